//! What a user reads.

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::supervisor::{
    Event, KubectlStatus, LogLine, PortStatus, StartProgress, Starting, Story,
};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn ago(seconds: i64) -> Timestamp {
    now().checked_sub(SignedDuration::from_secs(seconds)).unwrap()
}

fn port(remote: &str, local: u16) -> PortStatus {
    let endpoint = format!("http://127.0.0.1:{local}");
    PortStatus { remote: remote.to_owned(), local, endpoint }
}

fn forward(name: &str, state: ForwardState) -> ForwardStatus {
    ForwardStatus {
        name: name.to_owned(),
        aliases: Vec::new(),
        cluster: "production".to_owned(),
        context: Some("admin@production".to_owned()),
        impersonation: crate::config::Impersonation::default(),
        namespace: "monitoring".to_owned(),
        resource: "service/prometheus-server".to_owned(),
        remote_port: "80".to_owned(),
        local_address: "127.0.0.1".to_owned(),
        local_port: 55553,
        endpoint: "http://127.0.0.1:55553".to_owned(),
        ports: vec![port("80", 55553)],
        addresses: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        state,
        pid: Some(4242),
        kubectls: Vec::new(),
        kubectl_starts: 3,
        application_resets: 0,
        restarts: 2,
        open_connections: 2,
        total_connections: 17,
        bytes_in: 1_258_291,
        bytes_out: 7 << 30,
        started_at: ago(3 * 3600),
        last_used_at: Some(ago(0)),
        idle_ms: 300_000,
        idle_deadline: None,
        leases: vec![LeaseStatus {
            kind: LeaseKind::Session,
            pid: Some(77),
            last_heartbeat_ms: Some(1200),
        }],
        last_error: None,
    }
}

fn unused() -> ForwardStatus {
    ForwardStatus {
        aliases: vec!["postgres".to_owned()],
        namespace: "databases-of-the-shop".to_owned(),
        resource: "statefulset/postgres".to_owned(),
        remote_port: "postgres".to_owned(),
        local_port: 55554,
        endpoint: "http://127.0.0.1:55554".to_owned(),
        ports: vec![port("postgres", 55554)],
        pid: None,
        open_connections: 0,
        total_connections: 0,
        bytes_in: 0,
        bytes_out: 0,
        restarts: 0,
        last_used_at: None,
        started_at: ago(95),
        idle_deadline: Some(ago(95 - 300)),
        leases: vec![
            LeaseStatus { kind: LeaseKind::Heartbeat, pid: None, last_heartbeat_ms: Some(3100) },
            LeaseStatus { kind: LeaseKind::Pid, pid: Some(9), last_heartbeat_ms: None },
        ],
        last_error: Some("error: lost connection to pod\u{1b}[2J".to_owned()),
        ..forward("db", ForwardState::NeedsLogin)
    }
}

fn some() -> Vec<ForwardStatus> {
    let dormant = ForwardStatus {
        open_connections: 0,
        last_used_at: Some(ago(1000)),
        leases: vec![LeaseStatus { kind: LeaseKind::None, pid: None, last_heartbeat_ms: None }],
        ..forward("rests", ForwardState::Dormant)
    };
    vec![forward("prometheus", ForwardState::Ready), unused(), dormant]
}

#[test]
fn a_wide_terminal_has_every_column() {
    insta::assert_snapshot!(table(&some(), Columns::Main, now(), Style::PLAIN, Some(160)).text, @r#"
    NAME           CLUSTER     NAMESPACE              TARGET                    LOCAL            STATE        CONNS    BYTES  IDLE    LEASES                   AGE
    prometheus     production  monitoring             svc/prometheus-server:80  127.0.0.1:55553  ready        2/17   7.0 GiB  -       session 77               3h
    db (postgres)  production  databases-of-the-shop  sts/postgres:postgres     127.0.0.1:55554  needs login  0/0        0 B  95s/5m  heartbeat 3s ago, pid 9  95s
    rests          production  monitoring             svc/prometheus-server:80  127.0.0.1:55553  dormant      0/17   7.0 GiB  16m     idle                     3h
    "#);
}

#[test]
fn several_ports_and_every_column() {
    let several = [ForwardStatus {
        ports: vec![port("80", 55553), port("https", 55560)],
        addresses: vec![Ipv4Addr::UNSPECIFIED.into()],
        kubectls: [4242, 4243]
            .map(|pid| KubectlStatus {
                pid,
                serves: true,
                open_connections: 1,
                resident_bytes: Some(45 << 20),
            })
            .to_vec(),
        ..forward("web", ForwardState::Ready)
    }];
    let rendered = table(&several, Columns::All, now(), Style::PLAIN, None);
    insta::assert_snapshot!(rendered.text, @r"
    NAME   CLUSTER      NAMESPACE    TARGET                           LOCAL                   STATE   CONNS     BYTES   IDLE   LEASES       AGE   CONTEXT            ADDRESSES   PID    KUBECTLS    RESTARTS
    web    production   monitoring   svc/prometheus-server:80,https   127.0.0.1:55553,55560   ready   2/17    7.0 GiB   -      session 77   3h    admin@production   0.0.0.0     4242   2, 90 MiB   2
    ");
    insta::assert_snapshot!(status(&several, now(), Style::PLAIN), @r"
    web  ready
      endpoint     http://127.0.0.1:55553  to 80
                   http://127.0.0.1:55560  to https
      listens on   0.0.0.0
      target       svc/prometheus-server:80,https in monitoring, cluster production (context admin@production)
      kubectl      pid 4242, 2 restarts
      connections  2 open, 17 in total
      bytes        1.2 MiB from clients, 7.0 GiB to clients
      used         now
      leases       session 77
      started      3h ago
    ");
    insta::assert_snapshot!(exports(&several.map(|it| ("my-web".to_owned(), it))), @r"
    export WATCHDOG_ENDPOINT='http://127.0.0.1:55553'
    export WATCHDOG_HOST='127.0.0.1'
    export WATCHDOG_PORT='55553'
    export WATCHDOG_ENDPOINT_80='http://127.0.0.1:55553'
    export WATCHDOG_PORT_80='55553'
    export WATCHDOG_ENDPOINT_HTTPS='http://127.0.0.1:55560'
    export WATCHDOG_PORT_HTTPS='55560'
    export MY_WEB_ENDPOINT='http://127.0.0.1:55553'
    export MY_WEB_HOST='127.0.0.1'
    export MY_WEB_PORT='55553'
    export MY_WEB_ENDPOINT_80='http://127.0.0.1:55553'
    export MY_WEB_PORT_80='55553'
    export MY_WEB_ENDPOINT_HTTPS='http://127.0.0.1:55560'
    export MY_WEB_PORT_HTTPS='55560'
    ");
}

#[test]
fn a_narrow_terminal_keeps_what_matters() {
    let rendered = table(&some(), Columns::Main, now(), Style::PLAIN, Some(80));
    assert!(rendered.text.lines().all(|line| crate::term::text::width(line) <= 80));
    insta::assert_snapshot!(rendered.text, @r#"
    NAME           CLUSTER     TARGET                    LOCAL   STATE        CONNS
    prometheus     production  svc/prometheus-server:80  :55553  ready        2/17
    db (postgres)  production  sts/postgres:postgres     :55554  needs login  0/0
    rests          production  svc/prometheus-server:80  :55553  dormant      0/17
    "#);
}

#[test]
fn the_json_is_the_contract() {
    let info = SupervisorInfo {
        protocol: 1,
        version: "0.1.0".to_owned(),
        pid: 4000,
        guard_pid: Some(3999),
        started_at: ago(3600),
    };
    let forwards = [unused()];
    let json = crate::term::json::pretty(&ForwardList::new(Some(&info), &forwards)).unwrap();
    insta::assert_snapshot!(String::from_utf8(json).unwrap(), @r#"
    {
      "schemaVersion": "1",
      "kind": "ForwardList",
      "supervisor": {
        "protocol": 1,
        "version": "0.1.0",
        "pid": 4000,
        "guardPid": 3999,
        "startedAt": "2026-11-23T11:00:00Z"
      },
      "forwards": [
        {
          "name": "db",
          "aliases": [
            "postgres"
          ],
          "cluster": "production",
          "context": "admin@production",
          "namespace": "databases-of-the-shop",
          "resource": "statefulset/postgres",
          "remotePort": "postgres",
          "localAddress": "127.0.0.1",
          "localPort": 55554,
          "endpoint": "http://127.0.0.1:55554",
          "ports": [
            {
              "remote": "postgres",
              "local": 55554,
              "endpoint": "http://127.0.0.1:55554"
            }
          ],
          "addresses": [
            "127.0.0.1",
            "::1"
          ],
          "state": "needsLogin",
          "pid": null,
          "restarts": 0,
          "kubectls": [],
          "kubectlStarts": 3,
          "applicationResets": 0,
          "openConnections": 0,
          "totalConnections": 0,
          "bytesIn": 0,
          "bytesOut": 0,
          "startedAt": "2026-11-23T11:58:25Z",
          "lastUsedAt": null,
          "idleMs": 300000,
          "idleDeadline": "2026-11-23T12:03:25Z",
          "leases": [
            {
              "kind": "heartbeat",
              "lastHeartbeatMs": 3100
            },
            {
              "kind": "pid",
              "pid": 9
            }
          ],
          "lastError": "error: lost connection to pod\u001b[2J"
        }
      ]
    }
    "#);
    let none = crate::term::json::line(&ForwardList::new(None, &[])).unwrap();
    assert_eq!(
        String::from_utf8(none).unwrap(),
        "{\"schemaVersion\":\"1\",\"kind\":\"ForwardList\",\"supervisor\":null,\"forwards\":[]}\n"
    );
}

#[test]
fn a_status_says_everything() {
    let forwards = [forward("prometheus", ForwardState::Ready), unused()];
    insta::assert_snapshot!(status(&forwards, now(), Style::PLAIN), @r#"
    prometheus  ready
      endpoint     http://127.0.0.1:55553
      target       svc/prometheus-server:80 in monitoring, cluster production (context admin@production)
      kubectl      pid 4242, 2 restarts
      connections  2 open, 17 in total
      bytes        1.2 MiB from clients, 7.0 GiB to clients
      used         now
      leases       session 77
      started      3h ago

    db  needs login
      also called  postgres
      endpoint     http://127.0.0.1:55554
      target       sts/postgres:postgres in databases-of-the-shop, cluster production (context admin@production)
      kubectl      none now, 0 restarts
      connections  0 open, 0 in total
      bytes        0 B from clients, 0 B to clients
      used         never; idle limit in 3m25s
      leases       heartbeat 3s ago, pid 9
      started      95s ago
      last error   error: lost connection to pod\u{1b}[2J
    "#);
}

#[test]
fn why_tells_a_story_in_order() {
    let event = |seconds: i64, state, message: &str| Event {
        name: "prometheus".to_owned(),
        at: ago(seconds),
        state,
        message: message.to_owned(),
    };
    let line = |seconds: i64, text: &str| LogLine { at: ago(seconds), text: text.to_owned() };
    let mut forward = forward("prometheus", ForwardState::Reconnecting);
    forward.last_error = Some("error: lost connection to pod".to_owned());
    let story = Story {
        name: "prometheus".to_owned(),
        aliases: Vec::new(),
        forward: Some(Box::new(forward)),
        events: vec![
            event(86_400, ForwardState::Starting, "asked for by pid 77; kubectl started as pid 41"),
            event(86_399, ForwardState::Ready, "kubectl forwards from 127.0.0.1:40001"),
            event(
                5,
                ForwardState::Reconnecting,
                "kubectl ended with exit code 1; it is started again in 200 ms, and connections wait meanwhile",
            ),
        ],
        log: vec![
            line(86_400, "Forwarding from 127.0.0.1:40001 -> 9090"),
            line(5, "error: lost connection to pod"),
        ],
    };
    insta::assert_snapshot!(why(&story, Style::PLAIN, Some(80)), @r#"
    prometheus to svc/prometheus-server:80 in monitoring, cluster production (context admin@production) is reconnecting.
    The last thing that went wrong: error: lost connection to pod
    kubectl is started again until it is ready; connections made meanwhile wait.

    2026-11-22, UTC
      12:00:00  starting      asked for by pid 77; kubectl started as pid 41
      12:00:00                kubectl: Forwarding from 127.0.0.1:40001 -> 9090
      12:00:01  ready         kubectl forwards from 127.0.0.1:40001

    2026-11-23, UTC
      11:59:55  reconnecting  kubectl ended with exit code 1; it is started again in
                              200 ms, and connections wait meanwhile
      11:59:55                kubectl: error: lost connection to pod
    "#);
    let ended = Story { forward: None, events: Vec::new(), log: Vec::new(), ..story.clone() };
    assert_eq!(
        why(&ended, Style::PLAIN, None),
        "prometheus has ended.\nNothing has happened to it yet.\n"
    );
    insta::assert_snapshot!(log_lines(&story, 1), @r#"2026-11-23T11:59:55.000Z error: lost connection to pod"#);
}

#[test]
fn the_live_lines_fit() {
    let forwards = some();
    insta::assert_snapshot!(live::live_lines(&forwards, Style::PLAIN, 120).join("\n"), @r#"
    prometheus  ready        http://127.0.0.1:55553  2 open of 17  2 restarts  1.2 MiB in, 7.0 GiB out
    db          needs login  http://127.0.0.1:55554  0 open of 0  0 B in, 0 B out
    rests       dormant      http://127.0.0.1:55553  0 open of 17  2 restarts  1.2 MiB in, 7.0 GiB out
    "#);
    let one = [ForwardStatus { restarts: 0, ..forward("prometheus-server", ForwardState::Ready) }];
    insta::assert_snapshot!(live::live_lines(&one, Style::PLAIN, 79).join("\n"), @"prometheus-server  ready  http://127.0.0.1:55553  2 open of 17  7.0 GiB");
    insta::assert_snapshot!(live::live_lines(&forwards[..1], Style::PLAIN, 60).join("\n"), @"prometheus  ready  http://127.0.0.1:55553  2 open of 17");
    for columns in 0..120 {
        for line in live::live_lines(&forwards, Style::PLAIN, columns) {
            assert!(crate::term::text::width(&line) <= columns, "{columns}: {line:?}");
        }
    }
    let event = Event {
        name: "db".to_owned(),
        at: ago(0),
        state: ForwardState::NeedsLogin,
        message: "Unauthorized\n".to_owned(),
    };
    assert_eq!(event_line(&event, Style::PLAIN), "12:00:00Z db needs login: Unauthorized\\n");
}

#[test]
fn variables_are_named_after_the_forwards() {
    let forwards = [
        ("prom.eu-1".to_owned(), forward("of-another-name", ForwardState::Ready)),
        ("9x".to_owned(), unused()),
    ];
    insta::assert_snapshot!(exports(&forwards), @r#"
    export WATCHDOG_ENDPOINT='http://127.0.0.1:55553'
    export WATCHDOG_HOST='127.0.0.1'
    export WATCHDOG_PORT='55553'
    export PROM_EU_1_ENDPOINT='http://127.0.0.1:55553'
    export PROM_EU_1_HOST='127.0.0.1'
    export PROM_EU_1_PORT='55553'
    export _9X_ENDPOINT='http://127.0.0.1:55554'
    export _9X_HOST='127.0.0.1'
    export _9X_PORT='55554'
    "#);
}

#[test]
fn bytes_have_at_most_four_digits() {
    let cases = [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (10_239, "10 KiB"),
        (1_048_525, "1.0 MiB"),
        (1_047_000, "1022 KiB"),
        (1_048_576, "1.0 MiB"),
        (1_258_291, "1.2 MiB"),
        (u64::MAX, "16 EiB"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(human_bytes(bytes), expected, "{bytes}");
    }
}

#[test]
fn the_line_says_what_is_waited_for_and_other_machines_are_warned_of() {
    let spec = |name: Option<&str>, addresses: &[&str]| -> Spec {
        serde_json::from_value(serde_json::json!({
            "name": name, "cluster": "prod", "context": "prod", "server": "https://prod",
            "namespace": "shop", "resource": "svc/web",
            "ports": [{"remote": 80, "local": {"from": 55553}}],
            "addresses": addresses, "idleMs": 0, "kubectl": "/bin/kubectl", "kubeconfig": null,
            "directory": "/", "environment": [],
        }))
        .unwrap()
    };
    let kubectl = crate::kubectl::Kubectl::new(crate::kubectl::Settings {
        program: "/nowhere/kubectl".into(),
        kubeconfig: None,
        impersonation: crate::config::Impersonation::default(),
        timeout: Duration::ZERO,
        retries: 0,
        versions: None,
        go_is_tuned: false,
    });
    let specs = [spec(Some("web"), &["::1"]), spec(None, &["0.0.0.0", "127.0.0.1"])];
    let starting = Starting::new(kubectl, &specs, |_, _| ());
    let line = || starting_line(&starting.forwards());
    assert_eq!(line().as_deref(), Some("waiting for 2 forwards: web, svc/web"));
    let (name, at, state) = ("web".to_owned(), now(), ForwardState::Starting);
    let event = Event { name, at, state, message: "no pod is ready".to_owned() };
    starting.progress(StartProgress::Event(&event));
    assert_eq!(line().as_deref(), Some("waiting for 2 forwards: web (no pod is ready), svc/web"));
    starting.progress(StartProgress::Ready(1));
    assert_eq!(line().as_deref(), Some("prod: web in shop: no pod is ready"));
    starting.progress(StartProgress::Ready(0));
    assert_eq!(line(), None);

    assert_eq!(exposure(&specs[..1]), None);
    let warning = exposure(&specs).unwrap();
    let listens = "svc/web:80 in shop, cluster prod listens on 0.0.0.0,127.0.0.1: anyone who";
    assert!(warning.starts_with(listens), "{warning}");
}
