//! Problems reported by people, each as a file in `tests/reports/`: an input, and the expected
//! output. CONTRIBUTING.md documents the format.
//!
//! `WATCHDOG_TEST_REPORTS=TEXT` runs only the files whose name contains TEXT.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{env, fs, thread};

mod expect;
mod format;
mod stage;

use format::Report;
use stage::Stage;

/// Runs mostly wait for kubectl, not for the processor.
const THREADS: usize = 4;

#[test]
fn every_report_has_the_expected_output() {
    let files = files();
    assert!(!files.is_empty(), "no report matches WATCHDOG_TEST_REPORTS");
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Collect a failure with the others, and report all together.
                    let run = catch_unwind(AssertUnwindSafe(|| failures_of(file)));
                    let found = run.unwrap_or_else(|panic| vec![words(panic.as_ref())]);
                    let mut all = failures.lock().unwrap_or_else(PoisonError::into_inner);
                    all.extend(found.into_iter().map(|text| (file.clone(), text)));
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.sort();
    let mut failed: Vec<String> = failures.iter().map(|(file, _)| name(file)).collect();
    failed.dedup();
    let texts: Vec<String> =
        failures.iter().map(|(file, text)| format!("==== {}\n{text}", name(file))).collect();
    assert!(
        failed.is_empty(),
        "{}\n==== {} of {} reports failed: {}",
        texts.join("\n"),
        failed.len(),
        files.len(),
        failed.join(" ")
    );
}

/// The unmet expectations of one file.
fn failures_of(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{error}"));
    let report = match Report::parse(&text) {
        Ok(report) => report,
        Err(error) => return vec![format!("this is no report: {error}")],
    };
    let number = report.number.to_lowercase();
    let own = name(file).strip_prefix(&number).is_some_and(|rest| {
        rest.starts_with('-') || rest.trim_start_matches(|c: char| c.is_ascii_lowercase()) != rest
    });
    if !own {
        return vec![format!("the name of a file begins with its number: {number}-…")];
    }
    Stage::of(&report).play(&report)
}

fn files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let wanted = env::var("WATCHDOG_TEST_REPORTS").unwrap_or_default();
    let files = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|file| name(file).contains(&wanted)).collect();
    files.sort();
    for file in &files {
        let yaml = file.extension().is_some_and(|extension| extension == "yaml");
        assert!(yaml, "{}: a report is a .yaml file", file.display());
    }
    files
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
