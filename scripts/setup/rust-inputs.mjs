// What both builds of the core depend on.

export const WORKSPACE = ["Cargo.toml", "Cargo.lock", ".cargo"];
export const CORE = ["crates/core/Cargo.toml", "crates/core/src"];

/** The variables by which a shell changes what cargo builds. */
export const flagsInForce = () =>
  Object.entries(process.env).filter(([name]) => /^(CARGO_(BUILD|ENCODED|PROFILE|TARGET)|RUSTFLAGS)/.test(name));
