//! `completions SHELL`, and the scripts in `completions/`.

use std::io::{self, Write as _};
use std::path::Path;

use crate::support::Sandbox;

const SCRIPTS: [(&str, &str); 5] = [
    ("bash", "watchdog.bash"),
    ("zsh", "_watchdog"),
    ("fish", "watchdog.fish"),
    ("elvish", "watchdog.elv"),
    ("powershell", "_watchdog.ps1"),
];

#[test]
fn the_scripts_in_the_repository_are_those_that_the_program_prints() {
    let sandbox = Sandbox::new();
    for (shell, file) in SCRIPTS {
        let printed = sandbox.watchdog(["completions", shell]).run().code(0).quiet().stdout;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == printed, "{} is stale: make completions", path.display());
    }
}

#[test]
fn completions_work_with_a_broken_configuration() {
    let sandbox = Sandbox::new();
    sandbox.configure("nonsense: [");
    let output = sandbox.watchdog(["completions", "bash"]).run().code(0).quiet();
    assert!(output.stdout.contains("watchdog"), "{output}");
}

/// What is suggested for the last of the words.
fn suggested(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let output = sandbox
        .watchdog(["--", "watchdog"])
        .args(words)
        .env("WATCHDOG_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .run()
        .code(0)
        .quiet();
    output.lines().into_iter().map(str::to_owned).collect()
}

#[test]
fn findings_and_labels_of_clusters_are_suggested() {
    let sandbox = Sandbox::new();
    sandbox.configure(
        "clusters: {aliases: {arn/one: one}, labels: {'*prod*': {env: prod}, '*dev*': {env: dev}}}",
    );
    for words in [
        &["hpa", "check", "--only", "low-m"][..],
        &["hpa", "check", "--ignore", "low-m"],
        &["hpa", "check", "--explain", "low-m"],
        &["hpa", "list", "--status", "low-m"],
        &["monitor", "--ignore", "low-m"],
        &["explain", "low-m"],
    ] {
        assert_eq!(suggested(&sandbox, words), ["low-min"], "{words:?}");
    }
    let second = suggested(&sandbox, &["hpa", "check", "--only", "low-min,low-m"]);
    assert_eq!(second, ["low-min,low-min"]);
    let labels = suggested(&sandbox, &["hpa", "list", "--cluster-label", "env"]);
    assert_eq!(labels, ["env=dev", "env=prod"]);
    assert_eq!(suggested(&sandbox, &["hpa", "list", "--cluster", "o"]), ["one"]);
}

#[test]
fn bash_accepts_its_static_script() {
    let Ok(bash) = which::which("bash") else {
        let _ =
            writeln!(io::stderr(), "bash_accepts_its_static_script was not run: no bash on PATH");
        return;
    };
    let sandbox = Sandbox::new();
    let script = sandbox.watchdog(["completions", "bash", "--static"]).run().code(0).stdout;
    let file = sandbox.write("watchdog.bash", script);
    // The completions that the shell would offer after `watchdog hpa `.
    let ask = format!(
        ". '{}'; COMP_WORDS=(watchdog hpa ''); COMP_CWORD=2; _watchdog watchdog '' hpa; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        file.display()
    );
    let output = sandbox.command(bash).args(["-c", &ask]).run().code(0).quiet();
    assert!(output.lines().contains(&"list") && output.lines().contains(&"get"), "{output}");
}
