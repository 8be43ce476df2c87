//! What a person sees while a forward starts: progress, the reason for a delay, and at once any
//! problem that waiting cannot fix.

use std::time::Instant;

use nix::sys::signal::Signal;

use crate::support::{
    Forwards, PROMETHEUS, SHORT, Terminal, healthy, number, port_of, until, wrapped,
};

/// A kubeconfig whose only context leads to this server.
fn kubeconfig(forwards: &Forwards, server: &str) -> String {
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: there\n\
         clusters: [{{name: there, cluster: {{server: '{server}'}}}}]\n\
         contexts: [{{name: there, context: {{cluster: there, user: me, namespace: shop}}}}]\n\
         users: [{{name: me, user: {{token: abc}}}}]\n"
    );
    forwards.clusters.sandbox.write("there.yaml", text).to_str().unwrap().to_owned()
}

/// A permanent problem is reported at once, long before the timeout.
#[test]
fn problems_that_waiting_cannot_fix_fail_at_once() {
    let forwards = Forwards::new();
    let plain = forwards.clusters.cluster("production").url().replace("http://", "https://");
    let x509 = "echo 'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority' >&2; exit 1";
    let x509 = format!("--kubectl {}", wrapped(&forwards, x509));
    for (server, flags, words) in [
        ("https://api.invalid:6443", "", "api.invalid"),
        (plain.as_str(), "", "HTTP response to HTTPS client"),
        ("https://127.0.0.1:1", x509.as_str(), "x509: certificate signed by"),
    ] {
        let config = kubeconfig(&forwards, server);
        let began = Instant::now();
        let output = forwards.run(&format!(
            "start svc/web 80 --ready-timeout 10m --local-port 0 --kubeconfig {config} {flags}"
        ));
        // The timeout is ten minutes.
        assert!(began.elapsed().as_secs() < 60, "{output}");
        output.code(1).says(words).says("svc/web:80 in shop, cluster there: ").prints_nothing();
    }
    let output = forwards.run("start svc/web 80 --context nowhere --ready-timeout 10m");
    output.code(64).says(r#"no context named "nowhere""#);
    forwards.nothing_forwards();
}

#[test]
fn a_server_that_refuses_connections_is_awaited_only_briefly() {
    let forwards = Forwards::new();
    let config = kubeconfig(&forwards, "https://127.0.0.1:1");
    let start = |flags: &str| {
        let line = format!("{flags} start -d web 80 --ready-timeout 10m --kubeconfig {config}");
        forwards.run(line.trim()).code(1).prints_nothing()
    };
    let output = start("");
    let lines: Vec<&str> = output.stderr.lines().collect();
    let [note, error] = lines[..] else { panic!("{output}") };
    assert!(note.starts_with("note: pod/web:80 in shop, cluster there: not ready yet: "), "{note}");
    assert!(note.contains("was refused") && error.contains("was refused"), "{output}");
    assert!(error.starts_with("error: pod/web:80 in shop, cluster there: "), "{error}");
    assert_eq!(start("-q").stderr.lines().count(), 1);
    forwards.nothing_forwards();
}

/// A Service whose pod is missing, or finds no node: the pod and the reason are read from the
/// cluster.
#[test]
fn the_awaited_pods_are_reported() {
    let forwards = Forwards::new();
    let start = |target: &str| {
        forwards.run(&format!("start -d {target} --local-port 0 --ready-timeout 6s")).code(1)
    };
    start("svc/no-pods 80 -n default")
        .says("svc/no-pods:80 in default, cluster production: not ready yet: there is no pod yet with app=nothing")
        .says("it was not ready in time");
    let output = start("svc/pending 80 -n default").says("is Pending: 0/").prints_nothing();
    // One line for each change of the cause, not for each attempt of kubectl.
    let tries = output.stderr.lines().filter(|line| line.contains("Current status=Pending"));
    assert!(tries.count() <= 2, "{output}");
    start("deployment.apps/pending 8080 -n default").says("is Pending: 0/");
    // This fails without waiting.
    forwards
        .run("start -d svc/external-database 80 -n default --ready-timeout 10m")
        .code(1)
        .says("Service is defined without a selector");
    forwards.nothing_forwards();
}

#[test]
fn a_pod_that_appears_later_is_awaited_and_served() {
    let forwards = Forwards::new();
    let ready = forwards.clusters.sandbox.path("pod-is-there");
    let pending = format!(
        "case \"$*\" in *port-forward*) [ -e {} ] || {{ echo 'error: unable to forward port because pod is not running. Current status=Pending' >&2; exit 1; }};; esac\nexec \"$REAL\" \"$@\"",
        ready.display()
    );
    let kubectl = wrapped(&forwards, &pending);
    let line = format!("start -d {PROMETHEUS} --local-port 0 --kubectl {kubectl}");
    let running = forwards.prepare(&line).start();
    running.complains("Current status=Pending");
    std::fs::write(&ready, "").unwrap();
    let output = running.wait().code(0);
    healthy(port_of(output.stdout.trim()));
}

#[test]
fn several_forwards_are_reported_by_name() {
    let forwards = Forwards::new();
    let line = "start svc/pending 80 svc/no-pods 80 svc/echo 80 -n default --ready-timeout 6s";
    let output = forwards.run(line).code(1);
    output.says("svc/pending:80 in default").says("svc/no-pods:80 in default");
}

#[test]
fn on_a_terminal_a_progress_line_appears_and_is_removed() {
    let forwards = Forwards::new();
    let terminal = Terminal::new(120, 24);
    let run = forwards.prepare(&format!("start -d {PROMETHEUS} --local-port 0 --idle 0"));
    let output = terminal.run_both(run).code(0);
    let screen = &output.stdout;
    assert!(
        screen.contains("production: starting kubectl port-forward svc/prometheus-server:80 in"),
        "{screen:?}"
    );
    let last = screen.trim_end().rsplit("\r\x1b[K").next().unwrap();
    let (note, endpoint) = last.split_once('\n').unwrap();
    assert!(note.contains("prometheus-server leads to svc/prometheus-server:80 in monitoring"));
    assert!(endpoint.starts_with("http://127.0.0.1:") && !last.contains("starting"), "{screen:?}");
    // Ctrl-C while waiting.
    let run = forwards.prepare("start svc/no-pods 80 -n default --local-port 0");
    let running = run.start();
    running.complains("there is no pod yet");
    running.signal(Signal::SIGINT);
    running.wait().code(130);
    // The supervisor notices the end of the connection a moment later.
    until("the forward is gone", || forwards.find("no-pods").is_none().then_some(()));
}

#[test]
fn a_detached_forward_reports_when_it_will_end() {
    let forwards = Forwards::new();
    let start = |flags: &str| forwards.run(&format!("start -d {PROMETHEUS} {flags}")).code(0);
    let leads = "note: prometheus-server leads to svc/prometheus-server:80 in monitoring, cluster production";
    start("").says(&format!("{leads}; it ends after 5m without use (--idle 0 keeps it)\n"));
    assert_eq!(number(&forwards.forward("prometheus-server")["idleMs"]), 300_000);
    forwards.run("stop --all").code(0);
    for flags in ["--idle 0", "--owner-pid 1", "--require-heartbeat"] {
        assert_eq!(start(flags).stderr, format!("{leads}\n"), "{flags}");
        assert_eq!(start(&format!("-q {flags}")).stderr, "", "{flags}");
        forwards.run("stop --all").code(0);
    }
}

/// The API server accepts connections and never answers: what is tried and waited for is shown long before the timeout.
#[test]
fn a_silent_api_server_is_reported_while_it_is_awaited() {
    let forwards = Forwards::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let config = kubeconfig(&forwards, &server);
    let line = format!("start -d svc/web 80 --local-port 0 --kubeconfig {config}");
    let running = forwards.prepare(&line).start();
    running.complains("note: there: starting kubectl port-forward svc/web:80 in shop\n");
    running.complains("not ready yet: the API server has not answered yet\n");
    running.signal(Signal::SIGINT);
    running.wait().code(130).prints_nothing();
    until("the forward is gone", || forwards.find("web").is_none().then_some(()));
}

#[test]
fn several_detached_forwards_are_told_apart_by_name() {
    let forwards = Forwards::new();
    let output = forwards.run("start -d svc/echo :80 svc/bulk :80 :81 --idle 0 -n default").code(0);
    let output = output.says("note: bulk leads to svc/bulk:80,81 in default, cluster production\n");
    let words: Vec<Vec<&str>> =
        output.stdout.lines().map(|line| line.split(' ').collect()).collect();
    let [echo, bulk, more] = &words[..] else { panic!("{output}") };
    let endpoint = |name: &str, port: &str| {
        forwards.run(&format!("endpoint {name} {port}")).code(0).stdout.trim().to_owned()
    };
    assert_eq!(echo[..], ["echo", &endpoint("echo", "80")]);
    assert_eq!(bulk[..], ["bulk", &endpoint("bulk", "80"), "80"]);
    assert_eq!(more[..], ["bulk", &endpoint("bulk", "81"), "81"]);
}

#[test]
fn a_missing_target_is_searched_for_in_the_cluster() {
    let forwards = Forwards::new();
    let start = |line: &str| {
        let output = forwards.run(&format!("start -d {line} --local-port 0"));
        output.code(1).says("(NotFound)").prints_nothing()
    };
    let command =
        "watchdog forward start svc/prometheus-server 80 -n monitoring --context production\n";
    for line in ["prometheus-server 80", "svc/prometheus-server 80", "prometheus-server 80 -n shop"]
    {
        start(line).says(command);
    }
    start("svc/prometheus-server 80 --wait pod").says(command);
    start("prometheus-server 80").says(r#"searched namespace "default" of context "production""#);
    start("svc/ecko 80").says("; did you mean svc/echo?\n");
    start("deploy/zebra 80").says("; -n and --context choose others\n");
    forwards.clusters.sandbox.configure(&format!(
        "{SHORT}forwards: [{{name: prom, resource: svc/prometheus-server, port: 80, namespace: shop}}]\n"
    ));
    start("prim 80").says("did you mean the configured forward \"prom\"?\n");
    let output = forwards.run("start -d prom").code(1);
    output.says("namespace monitoring: change forward \"prom\" of the config\n");
    forwards.nothing_forwards();
}
