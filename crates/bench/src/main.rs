//! The contestants of the bench that are written in Rust: a process that answers requests, one JSON
//! object a line. `bench/README.md` describes them.
#![forbid(unsafe_code)]

mod array;
mod buffers;
mod contestants;
mod limits;
mod number;
mod ours;
mod problem;
mod protocol;
mod refusal;
mod serial;
mod session;
mod ssm;
mod threads;

use session::Session;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut session = Session::default();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = session.answer(&line?);
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        out.flush()?;
    }
    Ok(())
}
