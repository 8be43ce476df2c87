//! `config init | show | validate`, and where the configuration is found.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::Sandbox;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn init_writes_a_private_file_that_is_valid_and_the_default() {
    let sandbox = Sandbox::new();
    let defaults =
        sandbox.watchdog(["config", "show"]).run().code(0).says("these are the defaults");
    let path = sandbox.path("config/watchdog/watchdog.yaml");
    let output = sandbox.watchdog(["config", "init"]).run().code(0).quiet();
    assert_eq!(output.stdout, format!("{}\n", path.display()));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/watchdog.yaml");
    assert_eq!(fs::read(&path).unwrap(), fs::read(shipped).unwrap());
    let output = sandbox.watchdog(["config", "validate"]).run().code(0).quiet();
    assert_eq!(output.stdout, format!("{}: OK\n", path.display()));
    let shown = sandbox.watchdog(["config", "show"]).run().code(0);
    assert_eq!(shown.stdout, defaults.stdout);
    // The output is itself a valid configuration file.
    let again = sandbox.write("again.yaml", &shown.stdout);
    sandbox.watchdog(["config", "validate"]).arg(&again).run().code(0).quiet();
    let shown_again = sandbox.watchdog(["config", "show", "--config"]).arg(&again).run().code(0);
    assert_eq!(shown_again.stdout, shown.stdout);
}

#[test]
fn init_overwrites_only_with_force() {
    let sandbox = Sandbox::new();
    let path = sandbox.configure("kubectl: {retries: 1}\n");
    let output = sandbox.watchdog(["config", "init"]).run().code(1).prints_nothing();
    output.says("exists").says("--force");
    assert_eq!(fs::read_to_string(&path).unwrap(), "kubectl: {retries: 1}\n");
    sandbox.watchdog(["config", "init", "--force"]).run().code(0);
    assert!(fs::read_to_string(&path).unwrap().contains("scan_interval_seconds"));
    let named = sandbox.path("new/dir/w.yaml");
    sandbox.watchdog(["config", "init", "--config"]).arg(&named).run().code(0);
    assert_eq!(mode(&named), 0o600);
    let blocked = sandbox.write("file", "").join("w.yaml");
    let output = sandbox.watchdog(["config", "init", "--config"]).arg(&blocked).run();
    output.code(1).says("cannot write").prints_nothing();
}

#[test]
fn the_file_is_found_at_the_given_path() {
    let sandbox = Sandbox::new();
    let home = sandbox.path("home/.config/watchdog/watchdog.yaml");
    fs::create_dir_all(home.parent().unwrap()).unwrap();
    fs::write(&home, "kubectl: {retries: 1}\n").unwrap();
    sandbox.configure("kubectl: {retries: 2}\n");
    let by_env = sandbox.write("env.yaml", "kubectl: {retries: 3}\n");
    let by_flag = sandbox.write("flag.yaml", "kubectl: {retries: 4}\n");
    let show = || sandbox.watchdog(["config", "show"]);
    let found = |run: crate::support::Run, retries: u32| {
        let output = run.run().code(0);
        assert!(output.stdout.contains(&format!("retries: {retries}\n")), "{output}");
    };
    found(show().without("XDG_CONFIG_HOME"), 1);
    found(show().env("XDG_CONFIG_HOME", "not/absolute"), 1);
    found(show(), 2);
    found(show().env("WATCHDOG_CONFIG", ""), 2);
    found(show().env("WATCHDOG_CONFIG", &by_env), 3);
    found(show().env("WATCHDOG_CONFIG", &by_env).arg("--config").arg(&by_flag), 4);
}

#[test]
fn a_named_file_must_exist() {
    let sandbox = Sandbox::new();
    for command in
        [&["config", "show"][..], &["config", "validate"], &["hpa", "list"], &["ns", "list"]]
    {
        let run = || sandbox.watchdog(command.iter().copied());
        let output = run().args(["--config", "/nope.yaml"]).run().code(1).prints_nothing();
        output.says("/nope.yaml").says("--config");
        let output = run().env("WATCHDOG_CONFIG", "/nope.yaml").run().code(1).prints_nothing();
        output.says("/nope.yaml").says("$WATCHDOG_CONFIG");
    }
    let output = sandbox.watchdog(["config", "validate", "/nope.yaml"]).run();
    output.code(1).says("/nope.yaml").prints_nothing();
}

#[test]
fn mistakes_are_named_with_file_line_and_column() {
    let sandbox = Sandbox::new();
    for (text, place, said) in [
        ("kubectl:\n  timeout_second: 3\n", ":2:3: ", "timeout_seconds"),
        ("kubectl:\n  retries: many\n", ":2:12: ", "many"),
        ("kubectl:\n  retries: 11\n", ":2:12: ", "10"),
        ("kubectl:\n  retries: -1\n", ":2:12: ", "0"),
        ("kubectl:\n  lists: yaml\n", ":2:10: ", "raw"),
        ("monitoring:\n  prometheus:\n    local_port: 70000\n", ":3:17: ", "65535"),
        ("clusters: {max_parallel: 0}\n", ":1:26: ", "1"),
        ("clusters: {exclude: ['/(/']}\n", ":1:22: ", "/(/"),
        ("namespaces: [kube-system]\n", ":1:13: ", "namespaces"),
        ("nonsense: 1\n", ":1:1: ", "nonsense"),
        ("kubectl: {\n", ":", "YAML"),
        ("kubectl:\n\tretries: 1\n", ":2:1: ", "tab"),
    ] {
        let path = sandbox.configure(text);
        let place = format!("{}{place}", path.display());
        for command in [&["config", "validate"][..], &["config", "show"], &["hpa", "list"]] {
            let output = sandbox.watchdog(command.iter().copied()).run().code(1).prints_nothing();
            output.says(&place).says(said);
        }
    }
    // All mistakes are reported at once, in the order of the file.
    let path = sandbox.configure("nonsense: 1\nkubectl: {retries: 11}\n");
    let output = sandbox.watchdog(["config", "validate"]).run().code(1);
    let output = output.says(&format!("{}:1:1", path.display()));
    output.says(&format!("{}:2:20", path.display()));
}
