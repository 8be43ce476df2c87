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

#[test]
fn bash_accepts_its_script() {
    let Ok(bash) = which::which("bash") else {
        let _ = writeln!(io::stderr(), "bash_accepts_its_script was not run: no bash on PATH");
        return;
    };
    let sandbox = Sandbox::new();
    let script = sandbox.watchdog(["completions", "bash"]).run().code(0).stdout;
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
