//! The supervisor's own life: its runtime directory is removed under it, its program is replaced.

use std::fs;

use nix::sys::signal::Signal;

use crate::support::{Forwards, PROMETHEUS, free, healthy, sigkill, until};

fn runtime(forwards: &Forwards) -> std::path::PathBuf {
    forwards.clusters.sandbox.path("run/watchdog")
}

/// A logout, a cleaner of temporary files, or somebody's `rm`.
#[test]
fn its_directory_or_socket_is_removed_and_it_is_found_again() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let (supervisor, directory) = (forwards.supervisor(), runtime(&forwards));
    let removals: [&dyn Fn(); 4] = [
        &|| fs::remove_dir_all(&directory).unwrap(),
        &|| fs::remove_file(directory.join("supervisor.sock")).unwrap(),
        &|| fs::remove_file(directory.join("supervisor.lock")).unwrap(),
        &|| fs::remove_dir_all(directory.join("registry")).unwrap(),
    ];
    for remove in removals {
        remove();
        assert_eq!(forwards.supervisor(), supervisor);
        healthy(port);
        forwards.run("reap").code(0).says("nothing was left behind");
        // The same forward, not another supervisor's.
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

/// Stopped, it puts nothing back: it is found by what it was started as.
#[test]
fn one_without_a_socket_can_be_ended() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let (supervisor, directory) = (forwards.supervisor(), runtime(&forwards));
    nix::sys::signal::kill(supervisor, Signal::SIGSTOP).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    let says = format!("a supervisor is running (pid {supervisor}), but its socket is gone");
    forwards.run("list").code(1).says(&says);
    forwards.run("reap").code(0).says("nothing was left behind");
    // Ending it wakes it.
    forwards.watchdog(["supervisor", "stop"]).run().code(0);
    forwards.nothing();
    free(port);
}

/// What is not its own any more it leaves alone.
#[test]
fn one_whose_place_was_taken_ends_as_in_a_crash() {
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
    // Its client starts what it held again, by the one that is there.
    forwards.becomes("prometheus-server", "ready");
    assert_eq!(forwards.supervisor(), second);
    client.signal(Signal::SIGINT);
    client.wait();
}

/// As `cargo install` and the packages do it.
#[test]
fn its_program_is_replaced_and_a_client_starts_it_again() {
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
