//! Output streams: closed pipes, full disks, missing streams.

use std::fs::File;
use std::io::{BufRead as _, BufReader};

use crate::support::Clusters;

const FORMS: [&str; 7] = ["table", "wide", "json", "jsonl", "yaml", "csv", "name"];

#[test]
fn a_closed_pipe_is_not_an_error() {
    let clusters = Clusters::new();
    for form in FORMS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = clusters.watchdog(["hpa", "list", "-o", form]).stdout(writer).run();
        output.code(0).quiet();
    }
    for command in ["cluster list", "ns list", "config show -q", "completions bash", "--help"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        clusters.watchdog(command.split(' ')).stdout(writer).run().code(0).quiet();
    }
}

/// As with `| head -1`: the list is longer than a pipe holds.
#[test]
fn a_reader_that_stops_after_a_line_is_not_an_error() {
    let clusters = Clusters::small(1, 400);
    let (reader, writer) = std::io::pipe().unwrap();
    let running = clusters.watchdog(["hpa", "list", "-o", "json"]).stdout(writer).start();
    let mut line = String::new();
    let mut reader = BufReader::new(reader);
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "{\n");
    drop(reader);
    running.wait().code(0).quiet();
}

/// The exit code still shows what could not be read.
#[test]
fn a_closed_pipe_hides_no_failure() {
    let clusters = Clusters::broken();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let args = ["hpa", "list", "--cluster", "production", "--cluster", "down"];
    clusters.watchdog(args).stdout(writer).run().code(3).says("error: down");
}

#[test]
fn a_full_disk_is_an_error() {
    let clusters = Clusters::new();
    let commands = [
        "cluster list",
        "cluster test",
        "ns list",
        "config show",
        "completions zsh",
        "doctor",
        "--help",
        "hpa list -h",
        "--version",
    ];
    let lists = FORMS.map(|form| format!("hpa list -o {form}"));
    for command in commands.iter().map(|command| (*command).to_owned()).chain(lists) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = clusters.watchdog(command.split(' ')).stdout(full).run();
        output.code(1).says("error: cannot write to standard output: No space left on device");
    }
}

#[test]
fn closed_standard_streams_cause_no_crash() {
    let clusters = Clusters::broken();
    let program = env!("CARGO_BIN_EXE_watchdog");
    let run = |script: &str| {
        let script = format!("\"$0\" hpa list -o name --timeout 20s --cluster production {script}");
        clusters.sandbox.command("/bin/sh").args(["-c", &script, program]).run()
    };
    let whole = run("").code(0).quiet();
    assert!(whole.lines().len() > 40, "{whole}");
    assert_eq!(run("2>&-").code(0).stdout, whole.stdout);
    assert_eq!(run("<&-").code(0).quiet().stdout, whole.stdout);
    let output = run("--cluster down 2>&-").code(3);
    assert_eq!(output.stdout, whole.stdout);
    run(">&-").code(1).says("error: cannot write to standard output: it is closed");
    // A reader that wants nothing is none that is missing.
    run("> /dev/null").code(0).quiet();
    run("<> /dev/null >&0").code(0).quiet();
    let output = run("--cluster down 2>/dev/full").code(3);
    assert_eq!(output.stdout, whole.stdout);
}
