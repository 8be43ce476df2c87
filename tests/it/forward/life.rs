//! Events in the supervisor's life: its runtime directory is removed, its program is replaced.

use std::fs;
use std::path::Path;

use nix::sys::signal::Signal;

use crate::support::{Forwards, PROMETHEUS, SHORT, free, healthy, sigkill, until, wrapped};

fn runtime(forwards: &Forwards) -> std::path::PathBuf {
    forwards.clusters.sandbox.path("run/watchdog")
}

/// Removes a directory to which the supervisor may write at the same time.
fn removed(directory: &Path) {
    until("it is removed", || match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::DirectoryNotEmpty => None,
        other => {
            other.unwrap();
            Some(())
        }
    });
}

/// By a logout, a cleaner of temporary files, or `rm`.
#[test]
fn a_removed_runtime_directory_or_socket_is_restored() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let (supervisor, directory) = (forwards.supervisor(), runtime(&forwards));
    let removals: [&dyn Fn(); 4] = [
        &|| removed(&directory),
        &|| fs::remove_file(directory.join("supervisor.sock")).unwrap(),
        &|| fs::remove_file(directory.join("supervisor.lock")).unwrap(),
        &|| removed(&directory.join("registry")),
    ];
    for remove in removals {
        remove();
        assert_eq!(forwards.supervisor(), supervisor);
        healthy(port);
        forwards.run("reap").code(0).says("nothing was left behind");
        // It is the same forward of the same supervisor.
        assert_eq!(forwards.start(PROMETHEUS), port);
        until("the registry is complete", || {
            let files = fs::read_dir(directory.join("registry")).ok()?;
            let names = files.flatten().map(|file| file.file_name().into_string().unwrap());
            let names: Vec<String> = names.collect();
            let any = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
            (any("instance-") && any("child-")).then_some(())
        });
    }
    forwards.watchdog(["supervisor", "stop"]).run().code(0);
    forwards.nothing();
    free(port);
}

/// A stopped supervisor restores nothing: it is found by its command line.
#[test]
fn a_supervisor_without_a_socket_can_be_ended() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let (supervisor, directory) = (forwards.supervisor(), runtime(&forwards));
    nix::sys::signal::kill(supervisor, Signal::SIGSTOP).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    let says = format!("a supervisor is running (pid {supervisor}), but its socket is gone");
    forwards.run("list").code(1).says(&says);
    forwards.run("reap").code(0).says("nothing was left behind");
    // Ending it also continues it.
    forwards.watchdog(["supervisor", "stop"]).run().code(0);
    forwards.nothing();
    free(port);
}

/// It leaves alone what belongs to another supervisor.
#[test]
fn a_displaced_supervisor_ends_as_in_a_crash() {
    let forwards = Forwards::new();
    let client = forwards.attached(PROMETHEUS);
    let (supervisor, guard, directory) =
        (forwards.supervisor(), forwards.guard(), runtime(&forwards));
    nix::sys::signal::kill(supervisor, Signal::SIGSTOP).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    forwards.start("svc/echo 80 -n default");
    let second = forwards.supervisor();
    assert_ne!(second, supervisor);
    nix::sys::signal::kill(supervisor, Signal::SIGCONT).unwrap();
    forwards.gone(&[supervisor, guard]);
    // Its client restarts its forwards with the present supervisor.
    forwards.becomes("prometheus-server", "ready");
    assert_eq!(forwards.supervisor(), second);
    client.signal(Signal::SIGINT);
    client.wait();
}

/// As done by `cargo install` and by packages.
#[test]
fn a_client_restarts_the_supervisor_after_its_program_was_replaced() {
    let forwards = Forwards::new();
    let program = forwards.clusters.sandbox.path("files/watchdog");
    fs::copy(env!("CARGO_BIN_EXE_watchdog"), &program).unwrap();
    let script = format!(
        "exec '{}' forward start --local-port 0 -o jsonl {PROMETHEUS} --context production",
        program.display()
    );
    let client = forwards.clusters.sandbox.command("sh").args(["-c", &script]).start();
    client.says("\n");
    let first = forwards.supervisor();
    let new = program.with_extension("new");
    fs::write(&new, "#!/bin/sh\nexit 1\n").unwrap();
    fs::rename(&new, &program).unwrap();
    sigkill(first);
    until("another supervisor holds it", || {
        let list = forwards.list();
        let ready = list["forwards"][0]["state"] == "ready";
        (ready && list["supervisor"]["pid"] != first.as_raw()).then_some(())
    });
    client.signal(Signal::SIGINT);
    client.wait();
}

/// As started by a service manager: kept forwards are started, even if the first attempts fail.
#[test]
fn kept_forwards_are_started_with_the_supervisor() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let (environment, calls) = (sandbox.path("files/environment"), sandbox.path("files/calls"));
    let body = format!(
        "echo \"$*\" >>{}\ncase \"$*\" in *port-forward*) echo \"$AWS_PROFILE\" >>{};; esac\nexec \"$REAL\" \"$@\"",
        calls.display(),
        environment.display()
    );
    let script = wrapped(&forwards, &body);
    sandbox.configure(&format!(
        "{SHORT}kubectl: {{path: {script}}}\nforwards:\n\
         - {{name: kept, context: production, namespace: monitoring, resource: svc/prometheus-server, port: 80, local_port: 0, keep: true, environment: {{AWS_PROFILE: blue}}}}\n\
         - {{name: other, context: production, resource: svc/echo, namespace: default, port: 80}}\n"
    ));
    let kubeconfig = forwards.clusters.demo().kubeconfig();
    sandbox.kubeconfig("clusters: [");
    let supervisor = forwards.watchdog(["supervisor", "run"]).start();
    // watchdog cannot read the kubeconfig and asks kubectl, which cannot read it either.
    until("it was tried", || {
        fs::read_to_string(&calls).ok()?.contains("config view").then_some(())
    });
    sandbox.kubeconfig(&kubeconfig);
    let kept = forwards.becomes("kept", "ready");
    assert_eq!(kept["idleMs"], 0);
    assert_eq!(kept["leases"][0]["pid"], supervisor.pid().as_raw());
    assert!(forwards.find("other").is_none(), "only what is kept");
    assert_eq!(fs::read_to_string(&environment).unwrap().trim(), "blue");
    healthy(u16::try_from(crate::support::number(&kept["localPort"])).unwrap());
    // A kept forward stopped by a user stays stopped.
    forwards.run("stop kept").code(0);
    until("it is gone", || forwards.find("kept").is_none().then_some(()));
    supervisor.signal(Signal::SIGTERM);
    supervisor.wait();
    forwards.nothing();
}

/// The forward keeps the credentials of the first client.
#[test]
fn joining_a_forward_with_another_environment_is_reported() {
    let forwards = Forwards::new();
    let start = format!("start -d --local-port 0 {PROMETHEUS}");
    forwards.prepare(&start).env("AWS_PROFILE", "blue").run().code(0);
    let joined = forwards.prepare(&start).env("AWS_PROFILE", "green").run().code(0);
    let joined = joined.says("differs in AWS_PROFILE");
    assert!(!joined.stderr.contains("green") && !joined.stderr.contains("blue"), "{joined}");
    let same = forwards.prepare(&start).env("AWS_PROFILE", "blue").run().code(0);
    assert!(!same.stderr.contains("AWS_PROFILE"), "{same}");
}
