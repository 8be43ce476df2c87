//! Port-forwards, as people and scripts read them.

mod env;
mod live;
mod missing;
mod story;

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::document::SCHEMA_VERSION;
use crate::config::duration;
use crate::config::target::{Addresses, ForwardTarget};
use crate::supervisor::{
    ForwardState, ForwardStatus, JoinedForward, LeaseKind, LeaseStatus, Reaped, Spec, Stray,
    SupervisorInfo,
};
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table};
use crate::term::text::sanitize;
use crate::term::time::{age, age_at};

pub use env::{exports, variables};
pub use live::{
    detached, endpoint_lines, event_json, event_line, live_screen, ready_event, released_event,
    starting, starting_line,
};
pub use missing::missing;
pub use story::{log_lines, why};

/// `running: pid 7, guard 6, version 0.1.0, for 3h, 2 forwards`
pub fn describe(info: &SupervisorInfo, forwards: usize, now: Timestamp) -> String {
    let guard = info.guard_pid.map(|pid| format!(", guard {pid}")).unwrap_or_default();
    let age = age_at(info.started_at, now);
    let plural = if forwards == 1 { "" } else { "s" };
    let (pid, version) = (info.pid, &info.version);
    format!("running: pid {pid}{guard}, version {version}, for {age}, {forwards} forward{plural}")
}

/// `forward list -o json`: `{"schemaVersion","kind":"ForwardList","supervisor","forwards"}`.
/// `supervisor` is null if no supervisor is running.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForwardList<'a> {
    schema_version: &'static str,
    kind: &'static str,
    supervisor: Option<&'a SupervisorInfo>,
    forwards: &'a [ForwardStatus],
}

impl<'a> ForwardList<'a> {
    /// The document of these forwards.
    pub fn new(supervisor: Option<&'a SupervisorInfo>, forwards: &'a [ForwardStatus]) -> Self {
        Self { schema_version: SCHEMA_VERSION, kind: "ForwardList", supervisor, forwards }
    }
}

/// The output of `supervisor status`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SupervisorStatus<'a> {
    running: bool,
    #[serde(flatten)]
    info: Option<&'a SupervisorInfo>,
    forwards: usize,
}

impl<'a> SupervisorStatus<'a> {
    /// The status of a supervisor with this number of forwards; `info` is `None` if no supervisor
    /// is running.
    pub fn new(info: Option<&'a SupervisorInfo>, forwards: usize) -> Self {
        Self { running: info.is_some(), info, forwards }
    }

    /// The line for people.
    pub fn text(&self, now: Timestamp) -> String {
        match self.info {
            Some(info) => format!("{}\n", describe(info, self.forwards, now)),
            None => "not running; it is started on demand\n".to_owned(),
        }
    }
}

/// The columns of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// The most important columns.
    Main,
    /// Additionally the context, all addresses, kubectl's process, the number and memory of all
    /// kubectls, and restarts.
    All,
}

/// NAME CLUSTER NAMESPACE TARGET LOCAL STATE CONNS BYTES IDLE LEASES AGE
///
/// CONNS is open/total connections; IDLE is the idle time and its limit.
pub fn table(
    forwards: &[ForwardStatus],
    columns: Columns,
    now: Timestamp,
    style: Style,
    width: Option<usize>,
) -> Rendered {
    let mut heads = vec![
        Column::new("NAME").name(),
        Column::new("CLUSTER").name().optional(5),
        Column::new("NAMESPACE").name().optional(4),
        Column::new("TARGET").flexible(),
        Column::new("LOCAL"),
        Column::new("STATE"),
        Column::new("CONNS"),
        Column::new("BYTES").right().optional(1),
        Column::new("IDLE").optional(3),
        Column::new("LEASES").flexible().optional(2),
        Column::new("AGE").optional(0),
    ];
    if columns == Columns::All {
        heads.extend(["CONTEXT", "ADDRESSES", "PID", "KUBECTLS", "RESTARTS"].map(Column::new));
    }
    let mut table = Table::new(heads);
    for forward in forwards {
        let bytes = forward.bytes_in.saturating_add(forward.bytes_out);
        let mut cells = vec![
            Cell::new(name(forward)).tone(Tone::Bold),
            Cell::new(shown(&forward.cluster)),
            Cell::new(&forward.namespace),
            Cell::new(target(forward)),
            Cell::new(local(forward)).short(format!(":{}", locals(forward))),
            Cell::new(state_words(forward.state)).tone(tone(forward.state)),
            Cell::new(format!("{}/{}", forward.open_connections, forward.total_connections)),
            Cell::new(human_bytes(bytes)),
            Cell::new(idle(forward, now)),
            Cell::parts(forward.leases.iter().map(lease)),
            Cell::new(age_at(forward.started_at, now)),
        ];
        if columns == Columns::All {
            let addresses: Vec<String> = forward.addresses.iter().map(IpAddr::to_string).collect();
            let pid = forward.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string());
            cells.extend([
                Cell::new(forward.context.as_deref().unwrap_or("-")),
                Cell::new(addresses.join(",")),
                Cell::new(pid),
                Cell::new(kubectls(forward)),
                Cell::new(forward.restarts.to_string()),
            ]);
        }
        table.row(cells);
    }
    table.render(width, style)
}

/// The forwards' names, one a line.
pub fn names(forwards: &[ForwardStatus]) -> String {
    forwards.iter().map(|forward| format!("{}\n", sanitize(&forward.name))).collect()
}

/// A warning about forwards that other machines can reach; `None` if there are none.
pub fn exposure(specs: &[Spec]) -> Option<String> {
    let exposed = specs.iter().filter(|spec| !spec.addresses.iter().all(IpAddr::is_loopback));
    let exposed: Vec<String> = exposed
        .map(|spec| format!("{} listens on {}", spec.title(), Addresses(spec.addresses.clone())))
        .collect();
    (!exposed.is_empty()).then(|| {
        format!(
            "{}: anyone who can reach this machine can reach the cluster through it, without a login",
            exposed.join(", ")
        )
    })
}

/// Notes about a forward that already existed: its names, whether it has another lease, and which
/// parts of the request do not apply to it.
pub fn joined(joined: JoinedForward<'_>) -> Vec<String> {
    let JoinedForward { spec, status: forward, leased, differs } = joined;
    let name = &forward.name;
    let mut text = match &spec.name {
        Some(requested) if requested != name => {
            format!("{requested} already runs as {name}; both names work")
        }
        _ => format!("{name} already runs"),
    };
    if leased {
        text += "; lease added";
    }
    if spec.idle_ms != forward.idle_ms {
        text += &match forward.idle_ms {
            0 => "; its idle timeout stays off".to_owned(),
            ms => {
                format!("; its idle timeout stays {}", duration::format(Duration::from_millis(ms)))
            }
        };
    }
    let mut notes = vec![text];
    if !differs.is_empty() {
        notes.push(format!(
            "{name} keeps the environment of its first client, which differs in {}; \
             pass another --local-port for a forward of its own",
            differs.join(", ")
        ));
    }
    notes
}

/// Why forwards are not ready, a line for each: the table has no room for it.
pub fn problems(forwards: &[ForwardStatus]) -> Vec<String> {
    use ForwardState::{Failed, NeedsLogin, Reconnecting};
    let problem = |forward: &ForwardStatus| {
        let error = forward.last_error.as_ref()?;
        let name = &forward.name;
        matches!(forward.state, Reconnecting | NeedsLogin | Failed)
            .then(|| format!("{name}: {error}; more: watchdog forward why {name}"))
    };
    forwards.iter().filter_map(problem).collect()
}

/// The processes that `forward reap` ended, one a line.
pub fn ended(reaped: &Reaped) -> String {
    let line = |stray: &Stray| {
        let forward = stray.forward.as_deref().unwrap_or("a descendant of one");
        format!("ended pid {} (forward {})\n", stray.pid, sanitize(forward))
    };
    reaped.ended.iter().map(line).collect()
}

/// All details of each forward, separated by empty lines.
pub fn status(forwards: &[ForwardStatus], now: Timestamp, style: Style) -> String {
    forwards.iter().map(|forward| page(forward, now, style)).collect::<Vec<_>>().join("\n")
}

fn page(forward: &ForwardStatus, now: Timestamp, style: Style) -> String {
    let mut text = format!("{}\n", head(forward, style));
    let mut field = |name: &str, value: &str| {
        text += &format!("  {name:<12} {}\n", sanitize(value));
    };
    if !forward.aliases.is_empty() {
        field("also called", &forward.aliases.join(", "));
    }
    for (index, port) in forward.ports.iter().enumerate() {
        let of =
            if forward.ports.len() > 1 { format!("  to {}", port.remote) } else { String::new() };
        let head = if index == 0 { "endpoint" } else { "" };
        field(head, &format!("{}{of}", port.endpoint));
    }
    if !forward.addresses.iter().all(IpAddr::is_loopback) {
        let all: Vec<String> = forward.addresses.iter().map(IpAddr::to_string).collect();
        field("listens on", &all.join(", "));
    }
    field("target", &format!("{} in {}", target(forward), place(forward)));
    if !forward.impersonation.is_none() {
        field("as", &forward.impersonation.to_string());
    }
    let restarts = match forward.restarts {
        0 => "0 restarts".to_owned(),
        1 => "1 restart".to_owned(),
        times => format!("{times} restarts"),
    };
    match forward.pid {
        Some(pid) => field("kubectl", &format!("pid {pid}, {restarts}")),
        None => field("kubectl", &format!("none now, {restarts}")),
    }
    let (open, ever) = (forward.open_connections, forward.total_connections);
    field("connections", &format!("{open} open, {ever} in total"));
    let (bytes_in, bytes_out) = (human_bytes(forward.bytes_in), human_bytes(forward.bytes_out));
    field("bytes", &format!("{bytes_in} from clients, {bytes_out} to clients"));
    let used = match (forward.open_connections, forward.last_used_at) {
        (1.., _) => "now".to_owned(),
        (0, Some(at)) => format!("{} ago", age_at(at, now)),
        (0, None) => "never".to_owned(),
    };
    let deadline =
        forward.idle_deadline.and_then(|at| Duration::try_from(at.duration_since(now)).ok());
    match deadline {
        Some(left) => {
            field("used", &format!("{used}; idle limit in {}", age(left)));
        }
        None => field("used", &used),
    }
    let leases: Vec<String> = forward.leases.iter().map(lease).collect();
    field("leases", if leases.is_empty() { "-".to_owned() } else { leases.join(", ") }.as_str());
    field("started", &format!("{} ago", age_at(forward.started_at, now)));
    if let Some(error) = &forward.last_error {
        field("last error", error);
    }
    text
}

/// `NAME  STATE`, painted.
fn head(forward: &ForwardStatus, style: Style) -> String {
    let state = style.paint(tone(forward.state), state_words(forward.state));
    format!("{}  {state}", style.bold(&sanitize(&forward.name)))
}

/// `NAME`, or `NAME (ALIAS, ALIAS)`.
fn name(forward: &ForwardStatus) -> String {
    match forward.aliases.as_slice() {
        [] => forward.name.clone(),
        aliases => format!("{} ({})", forward.name, aliases.join(", ")),
    }
}

/// The number of a forward's kubectls, and their memory: `2, 91 MiB`.
fn kubectls(forward: &ForwardStatus) -> String {
    let memory: u64 = forward.kubectls.iter().filter_map(|it| it.resident_bytes).sum();
    let count = forward.kubectls.len();
    if memory > 0 { format!("{count}, {}", human_bytes(memory)) } else { count.to_string() }
}

/// `svc/web:80,443`
fn target(forward: &ForwardStatus) -> String {
    let ports: Vec<&str> = forward.ports.iter().map(|port| port.remote.as_str()).collect();
    let ports = ports.join(",");
    match ForwardTarget::parse(&forward.resource) {
        Ok(resource) => format!("{}/{}:{ports}", resource.kind().short(), resource.name()),
        Err(_) => format!("{}:{ports}", forward.resource),
    }
}

/// `127.0.0.1:55553,55554`, `[::1]:55553`
fn local(forward: &ForwardStatus) -> String {
    let locals = locals(forward);
    let address = &forward.local_address;
    if address.contains(':') {
        format!("[{address}]:{locals}")
    } else {
        format!("{address}:{locals}")
    }
}

fn locals(forward: &ForwardStatus) -> String {
    let locals: Vec<String> = forward.ports.iter().map(|port| port.local.to_string()).collect();
    locals.join(",")
}

/// All endpoints of a forward, as a sentence takes them.
pub fn endpoints(forward: &ForwardStatus) -> String {
    let all: Vec<&str> = forward.ports.iter().map(|port| port.endpoint.as_str()).collect();
    all.join(", ")
}

/// `NAMESPACE, cluster NAME (context NAME)`
fn place(forward: &ForwardStatus) -> String {
    let context = match &forward.context {
        Some(context) if *context != forward.cluster => format!(" (context {context})"),
        _ => String::new(),
    };
    format!("{}, cluster {}{context}", forward.namespace, forward.cluster)
}

fn state_words(state: ForwardState) -> &'static str {
    match state {
        ForwardState::NeedsLogin => "needs login",
        other => other.as_str(),
    }
}

fn tone(state: ForwardState) -> Tone {
    match state {
        ForwardState::Ready => Tone::Ok,
        ForwardState::Starting | ForwardState::Recovering | ForwardState::Reconnecting => {
            Tone::Warning
        }
        ForwardState::NeedsLogin | ForwardState::Failed => Tone::Error,
        ForwardState::Dormant | ForwardState::Stopping => Tone::Dim,
    }
}

/// The idle time and its limit: `35s/5m`; empty while the forward is in use.
fn idle(forward: &ForwardStatus, now: Timestamp) -> String {
    if forward.open_connections > 0 {
        return "-".to_owned();
    }
    let limit = Duration::from_millis(forward.idle_ms);
    let left = forward.idle_deadline.map(|at| Duration::try_from(at.duration_since(now)));
    match left {
        // Computed from the deadline, because the idle time may restart without a connection.
        Some(left) => {
            let unused = limit.saturating_sub(left.unwrap_or_default());
            format!("{}/{}", age(unused), age(limit))
        }
        None => age_at(forward.last_used_at.unwrap_or(forward.started_at), now),
    }
}

fn lease(lease: &LeaseStatus) -> String {
    let pid = lease.pid.map(|pid| format!(" {pid}")).unwrap_or_default();
    match lease.kind {
        LeaseKind::Session => format!("session{pid}"),
        LeaseKind::Pid => format!("pid{pid}"),
        LeaseKind::Heartbeat => match lease.last_heartbeat_ms {
            Some(ms) => format!("heartbeat {} ago", age(Duration::from_millis(ms))),
            None => "heartbeat".to_owned(),
        },
        // Without a lease, only the idle timeout ends the forward.
        LeaseKind::None => "idle".to_owned(),
    }
}

/// `512 B`, `1.2 MiB`: at most four digits.
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut unit = UNITS[0];
    // In tenths of the unit, rounded half up.
    let mut scale = 1024_u128;
    for next in UNITS {
        unit = next;
        if u128::from(bytes) * 10 + scale / 2 < 1024 * 10 * scale {
            break;
        }
        scale *= 1024;
    }
    let tenths = (u128::from(bytes) * 10 + scale / 2) / scale;
    if tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", (u128::from(bytes) + scale / 2) / scale)
    }
}
