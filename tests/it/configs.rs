//! The files in configs/ work as documented: units, the crontab and the CronJob.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize as _;
use serde_yaml::Value;

use crate::rbac::{granted, used};
use crate::support::{Clusters, Sandbox};

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(name)
}

fn documents(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(shipped(name)).unwrap();
    let documents = serde_yaml::Deserializer::from_str(&text);
    documents.map(|document| Value::deserialize(document).unwrap()).collect()
}

fn of_kind(documents: &[Value], kind: &str) -> Value {
    documents.iter().find(|it| it["kind"] == kind).unwrap_or_else(|| panic!("no {kind}")).clone()
}

fn words(value: &Value) -> Vec<String> {
    serde_yaml::from_value(value.clone()).unwrap()
}

#[test]
fn the_cron_job_needs_only_its_role_and_is_confined() {
    let cron = documents("cronjob.yaml");
    let account = of_kind(&cron, "ServiceAccount");
    let role = of_kind(&cron, "ClusterRole");
    let binding = of_kind(&cron, "ClusterRoleBinding");
    assert_eq!(binding["roleRef"]["name"], role["metadata"]["name"]);
    for key in ["name", "namespace"] {
        assert_eq!(binding["subjects"][0][key], account["metadata"][key]);
    }
    let job = of_kind(&cron, "CronJob");
    let claim = of_kind(&cron, "PersistentVolumeClaim");
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!(pod["serviceAccountName"], account["metadata"]["name"]);
    for document in [&job, &claim] {
        assert_eq!(document["metadata"]["namespace"], account["metadata"]["namespace"]);
    }
    let volumes = pod["volumes"].as_sequence().unwrap();
    let claimed = volumes.iter().find(|it| !it["persistentVolumeClaim"].is_null()).unwrap();
    assert_eq!(claimed["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"]);
    let [container] = &pod["containers"].as_sequence().unwrap()[..] else {
        panic!("one container")
    };
    // Pod Security Standards: restricted.
    let (whole, own) = (&pod["securityContext"], &container["securityContext"]);
    assert_eq!(whole["runAsNonRoot"], Value::Bool(true));
    assert_eq!(whole["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(own["allowPrivilegeEscalation"], Value::Bool(false));
    assert_eq!(own["readOnlyRootFilesystem"], Value::Bool(true));
    assert_eq!(words(&own["capabilities"]["drop"]), ["ALL"]);
    for volume in volumes {
        assert!(volume["hostPath"].is_null(), "{volume:?}");
    }

    let clusters = Clusters::new();
    assert_eq!(words(&container["command"]), ["watchdog"]);
    let history = clusters.sandbox.path("files/history");
    let mut run = clusters.watchdog([]).args(words(&container["args"]));
    for variable in container["env"].as_sequence().unwrap() {
        if variable["name"] == "XDG_STATE_HOME" {
            let mounts = container["volumeMounts"].as_sequence().unwrap();
            assert!(mounts.iter().any(|it| it["mountPath"] == variable["value"]));
            run = run.env("XDG_STATE_HOME", &history);
        }
    }
    run.run().code(0).quiet().prints_nothing();
    assert!(history.join("watchdog/history.db").exists());
    let granted = granted(&cron);
    let unused = used(&clusters).within(&granted);
    assert!(unused.is_empty(), "granted and never read: {unused:?}");
}

/// Runs them like cron: by sh, with cron's few variables.
#[test]
fn the_commands_of_the_crontab_run() {
    let clusters = Clusters::new();
    let program = Path::new(env!("CARGO_BIN_EXE_watchdog")).parent().unwrap();
    let mut path = format!("PATH={}", program.display());
    let text = fs::read_to_string(shipped("crontab")).unwrap();
    let mut ran = 0;
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(short) = line.strip_prefix("PATH=") {
            // The directory of the kubectl on this machine.
            path += &format!(":{short}:{}", std::env::var("PATH").unwrap());
            continue;
        }
        let command = line.splitn(6, ' ').nth(5).unwrap().replace("\\%", "%");
        assert!(!line.replace("\\%", "").contains('%'), "a bare % ends the command: {line}");
        let home = format!("HOME={}", clusters.sandbox.path("home").display());
        let run = clusters.sandbox.command("env").args(["-i", &home, &path, "SHELL=/bin/sh"]);
        run.args(["/bin/sh", "-c", &command]).run().code(0).quiet().prints_nothing();
        ran += 1;
    }
    assert_eq!(ran, 2);
    assert!(clusters.sandbox.path("home/.local/state/watchdog/history.db").exists());
    let files: Vec<_> = fs::read_dir(clusters.sandbox.path("home/hpas")).unwrap().collect();
    assert_eq!(files.len(), 1);
}

/// Verified by systemd itself, if it is installed.
#[test]
fn the_units_are_valid() {
    let sandbox = Sandbox::new();
    let units: Vec<PathBuf> = fs::read_dir(shipped(""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "service" || it == "timer"))
        .collect();
    assert_eq!(units.len(), 4);
    for unit in &units {
        let text = fs::read_to_string(unit).unwrap();
        // A supervisor started by the session would end with it.
        let wants = text
            .contains("\nWants=watchdog-supervisor.service\nAfter=watchdog-supervisor.service\n");
        assert_eq!(wants, unit.ends_with("watchdog-monitor.service"), "{}", unit.display());
        for line in text.lines().filter_map(|line| line.strip_prefix("ExecStart=")) {
            let words = line.strip_prefix("/usr/bin/env watchdog ").unwrap();
            // An unknown flag is an error even with --help.
            sandbox.watchdog(words.split(' ')).arg("--help").run().code(0);
        }
    }
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("not run: the part of the_units_are_valid that asks systemd-analyze");
        return;
    }
    let verify = sandbox.command("systemd-analyze").args(["--user", "verify"]).args(&units).run();
    let both = verify.both();
    // The manual page is installed by packages, not by this source tree.
    let said: Vec<&str> = both.lines().filter(|line| !line.contains("man watchdog")).collect();
    assert!(said.is_empty(), "{verify}");
}
