//! Build steps that Rust does best, each a subcommand.

mod bindgen;

use std::process::ExitCode;

const USAGE: &str = "usage: xtask bindgen INPUT.wasm OUT_DIR OUT_NAME";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["bindgen", input, out_dir, out_name] => bindgen::run(input, out_dir, out_name),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
