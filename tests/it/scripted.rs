//! Behaviour that a real kubectl cannot be made to show: hanging forever, ignoring signals, leaving
//! processes behind, writing nonsense.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Clusters, Output};

/// An empty list, as printed by `get --raw`.
const EMPTY: &str = r#"{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","metadata":{},"items":[]}"#;

/// One cluster, with this script as kubectl.
fn scripted(body: &str) -> (Clusters, String) {
    let clusters = Clusters::small(1, 0);
    clusters.sandbox.configure("kubectl: {retries: 0}\n");
    let script = clusters.sandbox.script("kubectl", body);
    (clusters, script.to_str().unwrap().to_owned())
}

#[track_caller]
fn list(body: &str, flags: &str, code: i32) -> Output {
    let (clusters, script) = scripted(body);
    let run = clusters.watchdog(["hpa", "list", "-o", "json", "--kubectl", &script]);
    run.args(flags.split_whitespace()).run().code(code)
}

#[track_caller]
fn error(output: &Output) -> (String, String) {
    let error = &output.json()["clusters"][0]["error"];
    let text = |key: &str| error[key].as_str().unwrap().to_owned();
    (text("kind"), text("message"))
}

#[test]
fn a_hanging_kubectl_is_ended_at_the_deadline_with_its_children() {
    for body in [
        "exec sleep 600",
        "trap '' TERM; kill -STOP $$",
        // A child of a script is not a credential plugin, although it has another name.
        "sleep 600 & sleep 600 & wait",
        "trap '' TERM INT HUP; sleep 600; :",
        "(trap '' TERM; sleep 600; :) & kill -STOP $$",
        "exec >&- 2>&-; sleep 600; :",
    ] {
        let output = list(body, "--timeout 2s", 3);
        let (kind, message) = error(&output);
        assert_eq!(kind, "timeout", "{body}: {output}");
        assert_eq!(message, "no answer within 2 s", "{body}");
    }
}

#[test]
fn children_in_kubectls_group_are_ended_with_it() {
    let body = format!("sleep 600 & sleep 600 >/dev/null 2>&1 & echo '{EMPTY}'");
    assert_eq!(list(&body, "", 0).json()["clusters"][0]["outcome"], "ok");
}

/// A daemon in its own session; the script continues once it runs.
const DAEMON: &str = "setsid sh -c 'echo >away; exec sleep 600'";
const AWAY: &str = "until [ -e away ]; do sleep 0.05; done";

/// A daemon that left the group on purpose, such as ssh-agent, is not ended, and delays nothing.
#[test]
fn a_daemon_outside_the_group_is_left_running() {
    let (clusters, script) =
        scripted(&format!("{DAEMON} >/dev/null 2>&1 </dev/null & {AWAY}; echo '{EMPTY}'"));
    let run = || clusters.watchdog(["hpa", "list", "-o", "json", "--kubectl", &script]).run();
    assert_eq!(run().code(0).json()["clusters"][0]["outcome"], "ok");
    assert_eq!(clusters.sandbox.end(), ["sleep 600"]);
}

/// The daemon could still write, so the answer might be incomplete.
#[test]
fn an_answer_is_incomplete_while_a_daemon_holds_stdout_open() {
    let (clusters, script) = scripted(&format!("{DAEMON} & {AWAY}; echo '{EMPTY}'"));
    let output = clusters.watchdog(["hpa", "list", "-o", "json", "--kubectl", &script]).run();
    let (kind, message) = error(&output.clone().code(3));
    assert_eq!(kind, "badResponse", "{output}");
    assert!(message.contains("never did"), "{output}");
    assert_eq!(clusters.sandbox.end(), ["sleep 600"]);
}

/// A plugin's credential cache that inherited stderr: the answer is complete.
#[test]
fn a_daemon_that_holds_only_stderr_delays_nothing() {
    let (clusters, script) =
        scripted(&format!("{DAEMON} >/dev/null </dev/null & {AWAY}; echo '{EMPTY}'"));
    let output = clusters.watchdog(["hpa", "list", "-o", "json", "--kubectl", &script]).run();
    let output = output.code(0);
    assert_eq!(output.json()["clusters"][0]["outcome"], "ok", "{output}");
    assert_eq!(clusters.sandbox.end(), ["sleep 600"]);
    // The error of a failed kubectl is still reported.
    let fails = format!("{DAEMON} >/dev/null </dev/null & {AWAY}; echo 'error: no' >&2; exit 1");
    let (clusters, script) = scripted(&fails);
    let output = clusters.watchdog(["hpa", "list", "-o", "json", "--kubectl", &script]).run();
    assert_eq!(error(&output.code(3)), ("other".to_owned(), "no".to_owned()));
    assert_eq!(clusters.sandbox.end(), ["sleep 600"]);
}

#[test]
fn a_flood_on_stderr_hides_neither_the_answer_nor_the_error() {
    let flood = "yes 'E1123 05:10:11.123456 1 memcache.go:265] noise' | head -c 100000000 >&2";
    let output = list(&format!("{flood}; echo '{EMPTY}'"), "", 0);
    assert_eq!(output.json()["clusters"][0]["outcome"], "ok");
    let output = list(&format!("{flood}; echo >&2; echo 'error: it broke' >&2; exit 1"), "", 3);
    assert_eq!(error(&output), ("other".to_owned(), "it broke".to_owned()));
    assert!(output.both().len() < 10_000, "the flood is not passed on");
}

#[test]
fn an_invalid_answer_is_a_bad_response() {
    let half = &EMPTY[..EMPTY.len() / 2];
    for body in [
        "exit 0".to_owned(),
        format!("printf '%s' '{half}'"),
        "echo '<html><body>Please log in</body></html>'".to_owned(),
        "echo 'No resources found'".to_owned(),
        "echo null".to_owned(),
        "echo '[]'".to_owned(),
        "echo '{}'".to_owned(),
        r"printf '\377\376\000'".to_owned(),
        r#"echo '{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"web"}}]}'"#
            .to_owned(),
        format!("echo '{EMPTY}'; echo '{EMPTY}'"),
    ] {
        let output = list(&body, "", 3);
        let (kind, message) = error(&output);
        assert_eq!(kind, "badResponse", "{body}: {output}");
        assert!(!message.is_empty() && message.len() < 400, "{body}: {message}");
        assert_eq!(output.json()["hpas"], Value::Array(Vec::new()), "{body}");
    }
}

#[test]
fn the_stdout_of_a_failed_call_is_not_read() {
    let output = list(&format!("echo '{EMPTY}'; echo 'error: no' >&2; exit 1"), "", 3);
    assert_eq!(error(&output), ("other".to_owned(), "no".to_owned()));
}

#[test]
fn an_end_by_a_signal_or_without_a_message_is_reported() {
    let output = list("kill -KILL $$", "", 3);
    assert_eq!(error(&output).1, "kubectl was ended by SIGKILL without an error message");
    let output = list("exit 42", "", 3);
    assert_eq!(error(&output).1, "kubectl exited with status 42 without an error message");
}

#[test]
fn a_program_that_cannot_be_run_is_reported() {
    let clusters = Clusters::small(1, 0);
    let file = clusters.sandbox.write("no-program", "text");
    let output = clusters.watchdog(["hpa", "list", "--kubectl"]).arg(&file).run();
    output.code(1).says("no-program").prints_nothing();
    let script = clusters.sandbox.script("no-interpreter", "");
    std::fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    let output = clusters.watchdog(["hpa", "list", "--kubectl"]).arg(&script).run();
    output.code(3).says("kubectlMissing").says("no-interpreter").prints_nothing();
}

#[test]
fn the_answer_may_come_in_pieces_and_without_a_newline() {
    let (start, end) = EMPTY.split_at(40);
    let body =
        format!("printf '%s' '{start}'; sleep 0.2; printf '%s' '{end}'; exec >&-; sleep 0.2");
    let output = list(&body, "", 0);
    assert_eq!(output.json()["clusters"][0]["outcome"], "ok");
    let took = output.json()["clusters"][0]["durationMs"].as_u64().unwrap();
    assert!(Duration::from_millis(took) >= Duration::from_millis(200), "{took} ms");
}

/// A timeout is less informative than the failure before it.
#[test]
fn a_retry_that_times_out_reports_the_earlier_failure() {
    let (clusters, script) = scripted(
        "[ -e tried ] && exec sleep 600; touch tried; \
         echo 'Error from server (ServiceUnavailable): etcd is down' >&2; exit 1",
    );
    clusters.sandbox.configure("kubectl: {retries: 2}\n");
    let args = ["hpa", "list", "-o", "json", "--timeout", "3s", "--kubectl", &script];
    let (kind, message) = error(&clusters.watchdog(args).run().code(3));
    assert_eq!(kind, "other");
    assert_eq!(message, "Error from server (ServiceUnavailable): etcd is down");
}

/// A server's answer that is not a list of namespaces is not an empty list.
#[test]
fn an_invalid_list_of_namespaces_is_a_bad_response() {
    for body in [
        r#"{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"web"}}]}"#,
        r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#,
        r#"{"items":[]}"#,
        "{}",
        "[]",
        "null",
        "<html>",
        "",
    ] {
        let (clusters, script) = scripted(&format!("printf '%s' '{body}'"));
        let run = clusters.watchdog(["ns", "list", "-o", "json", "--kubectl", &script]);
        let output = run.run().code(3);
        assert_eq!(error(&output).0, "badResponse", "{body}: {output}");
        assert_eq!(output.json()["namespaces"], Value::Array(Vec::new()), "{body}");
    }
}

/// Only the server itself can say that it is not ready, not an intermediary.
#[test]
fn a_failed_readiness_check_is_not_reported_as_not_ready() {
    for (said, kind) in [
        ("Error from server (TooManyRequests): slow down", "other"),
        ("Error from server (Forbidden): no", "forbidden"),
        (
            "The connection to the server h:1 was refused - did you specify the right host?",
            "unreachable",
        ),
    ] {
        let (clusters, script) = scripted(&format!(
            "case \"$*\" in *readyz*) echo '{said}' >&2; exit 1;; esac; \
             echo '{{\"gitVersion\": \"v1.36.0\"}}'"
        ));
        let run = |form| {
            clusters.watchdog(["cluster", "test", "-o", form, "--kubectl", &script]).run().code(3)
        };
        let output = run("json").says(&format!("production: {kind}: "));
        let cluster = output.json()["clusters"][0].clone();
        assert_eq!(cluster["outcome"], "error", "{output}");
        assert_eq!(cluster["error"]["kind"], kind, "{output}");
        assert_eq!(cluster["ready"], Value::Null, "{output}");
        assert_eq!(cluster["version"], "v1.36.0", "what is known is told: {output}");
        let table = run("table");
        assert!(!table.stdout.contains("not ready"), "{table}");
    }
}
