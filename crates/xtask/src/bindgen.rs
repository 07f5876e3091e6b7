//! What `wasm-bindgen --target web` does, from the library it is made of: Cargo.lock then ties its
//! version to that of the crate, and nothing has to be installed.

use std::error::Error;
use wasm_bindgen_cli_support::Bindgen;

/// Writes `OUT_NAME.js`, `OUT_NAME_bg.wasm` and their types into `out_dir`.
pub(crate) fn run(input: &str, out_dir: &str, out_name: &str) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name(out_name).typescript(true).web(true)?;
    // As the program does: the glue finds the module beside itself unless it is told where.
    bindgen.omit_default_module_path(false);
    // The alternate form prints the whole chain of causes.
    bindgen.generate(out_dir).map_err(|error| format!("bindgen {input}: {error:#}").into())
}
