//! Answers requests.

use crate::{
    contestants::{Contestant, EVERYONE, Run},
    problem::Problem,
    protocol::{Answer, Introduced, Request},
    refusal::Refusal,
};
use fearless_simd::Level;
use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::Instant,
};

/// What is prepared, by contestant.
#[derive(Default)]
pub(crate) struct Session {
    prepared: HashMap<String, Run>,
}

impl Session {
    pub(crate) fn answer(&mut self, line: &str) -> Answer {
        let request = match serde_json::from_str(line) {
            Ok(request) => request,
            Err(why) => return Answer::Failed { failed: format!("not a request: {why}") },
        };
        // A contestant that panics has lost its case; the others keep theirs.
        let answer = catch_unwind(AssertUnwindSafe(|| match request {
            Request::Hello {} => Ok(hello()),
            Request::Prepare { contestant, case, directory } => {
                self.prepare(contestant, &case, &directory)
            }
            Request::Time { contestant, runs } => self.time(&contestant, runs),
            Request::Drop { contestant } => {
                self.prepared.remove(&contestant);
                Ok(Answer::Dropped {})
            }
        }));
        match answer {
            Ok(answer) => answer.unwrap_or_else(Answer::from),
            Err(panic) => Answer::Failed { failed: format!("panicked: {}", message(&*panic)) },
        }
    }

    fn prepare(
        &mut self,
        contestant: String,
        problem: &Problem,
        directory: &Path,
    ) -> Result<Answer, Refusal> {
        self.prepared.remove(&contestant);
        let Some(found) = Contestant::named(&contestant) else {
            return Err(Refusal::Failed(format!("nobody is called {contestant}")));
        };
        let (run, error) = found.prepare(problem, directory)?;
        self.prepared.insert(contestant, run);
        Ok(Answer::Prepared { error })
    }

    fn time(&mut self, contestant: &str, runs: u32) -> Result<Answer, Refusal> {
        let Some((name, mut run)) = self.prepared.remove_entry(contestant) else {
            return Err(Refusal::Failed(format!("{contestant} has nothing prepared")));
        };
        let runs = runs.max(1);
        let began = Instant::now();
        for _ in 0..runs {
            run()?;
        }
        let milliseconds = 1e3 * began.elapsed().as_secs_f64() / f64::from(runs);
        self.prepared.insert(name, run);
        Ok(Answer::Timed { milliseconds })
    }
}

fn hello() -> Answer {
    let introduced =
        |contestant: &Contestant| Introduced { name: contestant.name, threads: contestant.count() };
    Answer::Hello {
        name: "rust",
        versions: BTreeMap::from([
            ("rustc", env!("BENCH_RUSTC").to_owned()),
            ("simd", simd()),
            ("ssm-scan-core", env!("CARGO_PKG_VERSION").to_owned()),
        ]),
        contestants: EVERYONE.iter().map(introduced).collect(),
        absent: [],
    }
}

/// The name of the widest vectors.
fn simd() -> String {
    let level = format!("{:?}", Level::new());
    level.split('(').next().unwrap_or_default().to_lowercase()
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref().copied()).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const CASE: &str = r#"{"operator": "linear", "batch": 1, "length": 2, "channels": 1,
        "dtype": "float64", "gates": "full", "reverse": false}"#;

    fn ask(session: &mut Session, request: &str) -> String {
        serde_json::to_string(&session.answer(request)).expect("an answer is JSON")
    }

    fn prepare(contestant: &str, directory: &Path) -> String {
        let directory = directory.display();
        format!(
            r#"{{"prepare": {{"contestant": "{contestant}", "case": {CASE},
                "directory": "{directory}"}}}}"#
        )
    }

    #[test]
    fn a_case_is_prepared_and_timed_and_dropped() {
        let directory = std::env::temp_dir().join(format!("ssm-scan-bench {}", std::process::id()));
        fs::create_dir_all(&directory).expect("a temporary folder");
        for (name, numbers) in [("a", [0.5, 0.5]), ("b", [1.0, 2.0]), ("truth.h", [1.0, 2.5])] {
            let path = directory.join(format!("{name}.f64"));
            fs::write(path, bytemuck::bytes_of(&numbers)).expect("a file");
        }
        let mut session = Session::default();
        for contestant in ["serial", "core 1T", "core allT"] {
            let answer = ask(&mut session, &prepare(contestant, &directory));
            assert_eq!(answer, r#"{"error":0.0}"#, "{contestant}");
        }
        let time = r#"{"time": {"contestant": "serial", "runs": 3}}"#;
        assert!(ask(&mut session, time).starts_with(r#"{"milliseconds":"#));
        assert_eq!(ask(&mut session, r#"{"drop": {"contestant": "serial"}}"#), "{}");
        assert_eq!(ask(&mut session, time), r#"{"failed":"serial has nothing prepared"}"#);
        let answer = ask(&mut session, &prepare("scan 1T", &directory));
        assert_eq!(answer, r#"{"unsupported":"other than one SSM"}"#);
        fs::remove_dir_all(&directory).expect("the folder is there");
        let answer = ask(&mut session, &prepare("serial", &directory));
        assert!(answer.starts_with(r#"{"failed":"a.f64: "#), "{answer}");
    }

    #[test]
    fn the_process_lives_on_after_nonsense() {
        let mut session = Session::default();
        for request in ["", "{", r#"{"sing": {}}"#, r#"{"time": {"contestant": "nobody"}}"#] {
            assert!(ask(&mut session, request).starts_with(r#"{"failed":"#), "{request}");
        }
        assert!(ask(&mut session, r#"{"hello": {}}"#).starts_with(r#"{"name":"rust","#));
    }
}
