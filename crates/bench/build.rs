//! Lets the program say what compiled it.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let said = Command::new(rustc).arg("--version").output().map(|output| output.stdout);
    let said = String::from_utf8(said.unwrap_or_default()).unwrap_or_default();
    println!("cargo::rustc-env=BENCH_RUSTC={}", said.split(' ').nth(1).unwrap_or("unknown"));
}
