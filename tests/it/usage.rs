//! The command line itself.

use crate::support::{Clusters, Sandbox};

const COMMANDS: [&str; 13] = [
    "cluster list",
    "cluster test",
    "ns list",
    "hpa list",
    "hpa get",
    "hpa check",
    "config init",
    "config show",
    "config validate",
    "doctor",
    "completions",
    "demo",
    "hpa ls",
];

#[test]
fn help_and_version_always_work() {
    let sandbox = Sandbox::new();
    sandbox.configure("nonsense: [");
    let run = |args: &str| sandbox.watchdog(args.split_whitespace()).env("PATH", "").run();
    let version = concat!("watchdog ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(run("--version").code(0).quiet().stdout, version);
    assert_eq!(run("-V").code(0).quiet().stdout, version);
    for help in ["--help", "-h", "hpa --help", "cluster -h", "ns --help", "config --help"] {
        let output = run(help).code(0).quiet();
        assert!(output.stdout.contains("Usage: watchdog"), "{output}");
    }
    for command in COMMANDS {
        let output = run(&format!("{command} --help")).code(0).quiet();
        assert!(output.stdout.contains("Usage: watchdog"), "{output}");
    }
    let codes = run("--help").stdout;
    for code in ["0 done", "1 failed", "2 findings", "3 incomplete", "64 bad usage", "130/143"] {
        assert!(codes.split_whitespace().collect::<Vec<_>>().join(" ").contains(code), "{codes}");
    }
}

#[test]
fn a_usage_error_exits_with_64_and_writes_only_to_stderr() {
    let sandbox = Sandbox::new();
    let mut lines: Vec<String> =
        COMMANDS.iter().map(|command| format!("{command} --no-such-flag")).collect();
    lines.extend(
        [
            "",
            "nonsense",
            "hpa",
            "cluster",
            "ns",
            "config",
            "hpa nonsense",
            "hpa get",
            "hpa list -o nonsense",
            "hpa check --fail-on nonsense",
            "hpa check --ignore nonsense",
            "hpa check --only nonsense",
            "hpa check --explain nonsense",
            "hpa check --explain low-min -n shop",
            "hpa check --baseline a --write-baseline b",
            "hpa list --sort-by nonsense",
            "hpa list --timeout 0s",
            "hpa list --timeout soon",
            "hpa list --timeout -1s",
            "hpa list --timeout 200000000d",
            "hpa list --timeout 18446744073709551615ms",
            "doctor --timeout 200000000d",
            "hpa list --color maybe",
            "hpa list -v -q",
            "ns list -o csv",
            "cluster list -o wide",
            "completions",
            "completions nonsense",
            "config validate a b",
            "doctor extra",
            "demo --clusters 0",
            "demo --clusters many",
            "demo --hpas -1",
            "demo hpa list",
        ]
        .map(str::to_owned),
    );
    for line in lines {
        let output = sandbox.watchdog(line.split_whitespace()).run();
        assert_eq!(output.code, Some(64), "{output}");
        assert!(!output.stderr.is_empty(), "{output}");
        output.prints_nothing();
    }
}

#[test]
fn a_mistyped_command_or_flag_gets_a_suggestion() {
    let sandbox = Sandbox::new();
    let run = |args: &str| sandbox.watchdog(args.split_whitespace()).run();
    run("hpa lst").code(64).says("list");
    run("hpa list --contxt x").code(64).says("--context");
}

/// The longest meaningful timeout, and a little more.
#[test]
fn a_timeout_beyond_the_maximum_is_refused() {
    let clusters = Clusters::small(1, 3);
    clusters.run("hpa list --timeout 1h").code(0).quiet();
    for timeout in ["61m", "200000000d"] {
        let output = clusters.run(&format!("hpa list --timeout {timeout}")).code(64);
        output.says("--timeout").says(timeout).says("1h").prints_nothing();
    }
}
