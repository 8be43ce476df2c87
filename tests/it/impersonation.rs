//! `--as`, `--as-group` and `--as-uid` go to kubectl: in every read and every forward.

use crate::support::{Clusters, ECHO, Forwards};

#[test]
fn clusters_are_read_as_the_user_that_is_named() {
    let clusters = Clusters::new();
    let refused = clusters.run("hpa list --as jane --as-uid 7 --cluster staging").code(3);
    assert!(refused.stderr.contains("User \"jane\" cannot list"), "{refused}");
    clusters.run("hpa list --cluster staging --as jane --as-group system:masters").code(0);
    let own = clusters.run("hpa list --cluster staging --as reader -o name").code(0);
    assert!(own.stdout.starts_with("staging/"), "{own}");
    let alone = clusters.run("hpa list --as-group system:masters").code(64);
    assert!(alone.stderr.contains("--as <USER>"), "{alone}");
    // A value that looks like a flag is only ever a value.
    clusters.run("hpa list --cluster staging --as=--token=x --as-group=system:masters").code(0);
}

#[test]
fn a_snapshot_says_as_whom_it_was_taken() {
    let clusters = Clusters::new();
    let line = "snapshot take --cluster staging --as jane --as-group system:masters -o json";
    let json = clusters.run(line).code(0).json();
    assert_eq!(json["scope"]["as"]["user"], "jane", "{json}");
    assert_eq!(json["scope"]["as"]["groups"][0], "system:masters", "{json}");
    let stored = clusters.run("snapshot show latest -o json").code(0).json();
    assert_eq!(stored["scope"]["as"], json["scope"]["as"]);
    let plain = clusters.run("snapshot take --cluster staging -o json").code(0).json();
    assert!(plain["scope"].get("as").is_none(), "{plain}");
}

#[test]
fn forwards_of_two_users_are_two_forwards() {
    let forwards = Forwards::new();
    let masters = "--as jane --as-group system:masters";
    forwards.start(&format!("{ECHO} {masters} --name of-jane"));
    forwards.start(&format!(
        "{ECHO} --pod-selection newest {masters} --as-uid 7 --name newest-of-jane"
    ));
    forwards.start(&format!("{ECHO} --name own"));
    let list = forwards.list();
    assert_eq!(list["forwards"].as_array().unwrap().len(), 3, "{list}");
    assert_eq!(forwards.forward("of-jane")["as"]["user"], "jane");
    assert!(forwards.forward("own").get("as").is_none());
    let status = forwards.run("status of-jane").code(0);
    assert!(status.stdout.contains("jane in system:masters"), "{status}");

    let refused = forwards.run(&format!("start {ECHO} -d --as jane")).code(1);
    assert!(refused.stderr.contains("User \"jane\" cannot"), "{refused}");
    forwards.run("stop --all").code(0);
}
