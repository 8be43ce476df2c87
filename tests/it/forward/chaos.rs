//! Kills processes of all kinds at random moments while traffic runs. Each run uses a random seed
//! that it prints; `WATCHDOG_CHAOS_SEED=N` repeats it, as far as the machine's timing allows, and
//! `WATCHDOG_CHAOS_KILLS=N` sets the minimum number of kills: `make chaos` has thousands.
//!
//! Afterwards no process and no port is left, no other process was touched, and nothing was
//! delivered twice.

use std::env;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{
    Forwards, PROMETHEUS, Payments, Running, free, healthy, number, until, wrapped,
};

/// The number of kills in an ordinary test run; a longer run has [`LONG`] waves of kills per round
/// instead of [`SHORT`].
const KILLS: usize = 15;
const SHORT: usize = 2;
const LONG: usize = 40;
/// How long a client pauses before it sends its next request: its behaviour, not a wait.
const CLIENTS_PAUSE: Duration = Duration::from_millis(20);
/// How long processes may take to disappear. A supervisor that was being started when its client was
/// ended has nobody to serve: it ends after its minute without a client.
const GOING: Duration = Duration::from_mins(2);

/// The targets; the first one has a fixed local port, and traffic.
const TARGETS: [&str; 5] = [
    "svc/echo 80 -n default",
    PROMETHEUS,
    "svc/bulk 80 -n default",
    "svc/prometheus-server 80 -n monitoring --context staging",
    "svc/echo 80 -n default --context staging --idle 500ms",
];

/// xorshift64*: random enough, and identical on all platforms.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).unwrap() % bound
    }

    /// Lets a random time pass. That kills come at any moment is the subject of the test: there is
    /// no condition to wait for.
    fn passes_a_moment(&mut self, most_ms: usize) {
        thread::sleep(Duration::from_millis(self.below(most_ms).try_into().unwrap()));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Client,
    Supervisor,
    Guard,
    Kubectl,
    /// The connections between kubectl and the API server.
    Api,
}

/// kubectl is killed more often than the others, as in reality.
const VICTIMS: [Victim; 7] = [
    Victim::Client,
    Victim::Supervisor,
    Victim::Guard,
    Victim::Kubectl,
    Victim::Kubectl,
    Victim::Kubectl,
    Victim::Api,
];

/// Processes that resemble watchdog's but do not belong to it.
struct Innocents(Vec<Running>);

impl Innocents {
    /// A kubectl of another user program, and one below a process named like a supervisor, each
    /// with a child.
    fn new(forwards: &Forwards) -> Self {
        let sandbox = &forwards.clusters.sandbox;
        let start = |name: &str, args: &[&str]| {
            let script = sandbox.script(name, "sleep 100000 & wait");
            let mut all = vec![script.to_str().unwrap()];
            all.extend(args);
            sandbox.command("setsid").args(["-w", "sh"]).args(all).start()
        };
        let kubectl = ["port-forward", "--address", "127.0.0.1", "svc/echo", ":80"];
        Self(vec![start("kubectl", &kubectl), start("watchdog", &["supervisor", "run"])])
    }

    /// These processes and their children, which are all processes of the sandbox so far.
    fn family(&self, forwards: &Forwards) -> Vec<Pid> {
        until("the innocents are up", || {
            let all = forwards.clusters.sandbox.processes();
            let children = all.iter().filter(|process| process.command == "sleep 100000").count();
            (children == self.0.len()).then(|| all.iter().map(|process| process.pid).collect())
        })
    }
}

/// The state of a run.
struct Chaos<'a> {
    forwards: &'a Forwards,
    innocents: &'a [Pid],
    /// A kubectl with children that ignore TERM.
    family: String,
    /// The local port of the first target.
    port: u16,
    waves: usize,
    dice: Dice,
    kills: usize,
}

impl Chaos<'_> {
    /// The processes of the sandbox, except the innocent ones.
    fn processes(&self) -> Vec<crate::support::Marked> {
        let mut all = self.forwards.clusters.sandbox.processes();
        all.retain(|process| !self.innocents.contains(&process.pid));
        all
    }

    /// The clients that have not ended; a pid that is free may be reused.
    fn running(&self, clients: &[Running]) -> Vec<Pid> {
        let pids = self.processes().into_iter().map(|process| process.pid);
        pids.filter(|pid| clients.iter().any(|client| client.pid() == *pid)).collect()
    }

    /// A running process of this kind.
    fn find(&mut self, victim: Victim, clients: &[Running]) -> Option<Pid> {
        let by_name = |name: &str| {
            let all = self.processes();
            all.iter().filter(|it| it.command == name).map(|it| it.pid).collect::<Vec<_>>()
        };
        let all = match victim {
            Victim::Client => self.running(clients),
            Victim::Kubectl => {
                let mut pids: Vec<_> = self.forwards.kubectls().iter().map(|it| it.pid).collect();
                pids.retain(|pid| !self.innocents.contains(pid));
                pids
            }
            Victim::Supervisor => by_name("watchdog supervisor run"),
            Victim::Guard => by_name("watchdog guard"),
            Victim::Api => Vec::new(),
        };
        (!all.is_empty()).then(|| all[self.dice.below(all.len())])
    }

    fn start(&mut self) -> (String, Running) {
        let at = self.dice.below(TARGETS.len());
        let mut line = TARGETS[at].to_owned();
        if self.dice.below(3) == 0 {
            line = format!("{line} --kubectl {}", self.family);
        }
        let said = line.replace(&self.family, "FAMILY");
        let port = if at == 0 { self.port } else { 0 };
        let how = match self.dice.below(3) {
            0 => format!("start -d --local-port {port} {line}"),
            1 => format!("start --local-port {port} -o jsonl {line}"),
            _ => format!("run --local-port {port} {line} -- sleep 600"),
        };
        (said, self.forwards.prepare(&how).start())
    }

    /// A wave of simultaneous kills, without checks in between.
    fn wave(&mut self, clients: &[Running]) -> Vec<Victim> {
        let two = self.dice.below(3) == 0;
        let wanted: Vec<Victim> =
            (0..=usize::from(two)).map(|_| VICTIMS[self.dice.below(VICTIMS.len())]).collect();
        let pids: Vec<_> = wanted.iter().filter_map(|victim| self.find(*victim, clients)).collect();
        if wanted.contains(&Victim::Api) {
            for cluster in self.forwards.clusters.demo().clusters() {
                cluster.cut_forwards();
            }
            self.kills += 1;
        }
        for pid in pids {
            self.kills += usize::from(kill(pid, Signal::SIGKILL).is_ok());
        }
        wanted
    }

    /// A few forwards, kills at random moments, and the clients' end; returns what was done, and
    /// the ports.
    fn round(&mut self) -> (String, Vec<u16>) {
        let (mut said, mut clients, mut ports) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..=self.dice.below(3) {
            let (line, client) = self.start();
            said.push(line);
            clients.push(client);
        }
        for wave in 0..=self.dice.below(self.waves) {
            // Some kills happen during the start, others while all is well.
            self.dice.passes_a_moment(if self.waves > SHORT { 400 } else { 1000 });
            if wave % 8 == 1 {
                ports.extend(self.ports());
            }
            if wave > 1 && self.dice.below(3) == 0 {
                let (line, client) = self.start();
                said.push(line);
                clients.push(client);
            }
            said.push(format!("{:?}", self.wave(&clients)));
        }
        self.dice.passes_a_moment(300);
        ports.extend(self.ports());
        for pid in self.running(&clients) {
            let _ = kill(pid, Signal::SIGTERM);
        }
        let ends = clients.into_iter().map(|client| {
            let output = client.wait();
            format!("{:?}/{:?}", output.code, output.signal)
        });
        said.push(ends.collect::<Vec<_>>().join(" "));
        (said.join("; "), ports)
    }

    /// What is left: each process with its supervisor's mark, and the contents of the registry.
    fn left(&self) -> String {
        let mark = |pid: Pid| {
            let environ = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let mut entries = environ.split(|byte| *byte == 0).map(String::from_utf8_lossy);
            entries
                .find(|it| it.starts_with("WATCHDOG_SUPERVISOR="))
                .map(std::borrow::Cow::into_owned)
        };
        let processes = self.processes().into_iter();
        let lines = processes.map(|it| format!("{} {:?} {}\n", it.pid, mark(it.pid), it.command));
        let registry = self.forwards.clusters.sandbox.path("run/watchdog/registry");
        let files = std::fs::read_dir(registry).into_iter().flatten().flatten();
        let files = files.map(|entry| format!("{}\n", entry.file_name().display()));
        lines.chain(files).collect()
    }

    /// The ports of the existing forwards, if a supervisor answers.
    fn ports(&self) -> Vec<u16> {
        let output = self.forwards.run("list -o json");
        if output.code != Some(0) {
            return Vec::new();
        }
        let list = output.json();
        let forwards = list["forwards"].as_array().cloned().unwrap_or_default();
        let ports = forwards.iter().map(|forward| number(&forward["localPort"]));
        ports.map(|port| u16::try_from(port).unwrap()).collect()
    }
}

/// Sends requests that must not be delivered twice, whether or not the port has a listener.
fn traffic(port: u16, client: usize, over: &AtomicBool, answered: &AtomicUsize) {
    let one = |id: &str| -> io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        // Shorter than some waits for kubectl: requests of clients that have left must be dropped.
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(stream, "POST /pay?id={id} HTTP/1.1\r\nContent-Length: 0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        assert!(
            answer.ends_with(&format!("done {id}")),
            "half an answer ended in order: {answer:?}"
        );
        Ok(())
    };
    for number in 0.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        if one(&format!("{client}-{number}")).is_ok() {
            answered.fetch_add(1, Ordering::SeqCst);
        } else {
            thread::sleep(CLIENTS_PAUSE);
        }
    }
}

fn given(name: &str) -> Option<u64> {
    let value = env::var(name).ok().filter(|value| !value.is_empty())?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is a number, not {value:?}")))
}

#[test]
fn nothing_is_left_whatever_is_killed_at_any_moment() {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
    let seed = given("WATCHDOG_CHAOS_SEED").unwrap_or_else(now);
    let kills = given("WATCHDOG_CHAOS_KILLS").map(|kills| usize::try_from(kills).unwrap());
    eprintln!("WATCHDOG_CHAOS_SEED={seed}");
    let forwards = Forwards::new();
    let innocents = Innocents::new(&forwards);
    let pids = innocents.family(&forwards);
    let payments = Payments::default();
    let application = payments.application(Duration::from_millis(5));
    forwards.lead_to(&application);
    // Free a moment ago. If another process takes it meanwhile, only starts with this port fail.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    // Children of the client's own kubectl calls do not belong to a forward.
    let family = "case \" $* \" in *\" port-forward \"*) (trap '' TERM; setsid sleep 601) & ;; esac\n\
                  exec \"$REAL\" \"$@\"";
    let mut chaos = Chaos {
        forwards: &forwards,
        innocents: &pids,
        family: wrapped(&forwards, family),
        port,
        waves: if kills.is_some() { LONG } else { SHORT },
        // The generator does not work with zero.
        dice: Dice(seed.wrapping_mul(2).wrapping_add(1)),
        kills: 0,
    };
    let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for client in 0..2 {
            let (over, answered) = (&over, &answered);
            scope.spawn(move || traffic(port, client, over, answered));
        }
        // The traffic must stop even if this fails.
        let _end = OnDrop(&over);
        let mut round = 0;
        while chaos.kills < kills.unwrap_or(KILLS) {
            one_round(&mut chaos, &format!("seed {seed}, round {round}"));
            round += 1;
            assert!(payments.repeated().is_empty(), "delivered twice: {:?}", payments.repeated());
        }
    });
    let (kills, executed) = (chaos.kills, payments.executed());
    eprintln!("{kills} kills; {answered:?} requests answered of {executed} executed");
    assert!(payments.repeated().is_empty(), "delivered twice: {:?}", payments.repeated());
    let alive = forwards.clusters.sandbox.processes();
    let alive: Vec<_> = alive.iter().map(|process| process.pid).collect();
    assert!(pids.iter().all(|pid| alive.contains(pid)), "innocents {pids:?}, alive {alive:?}");
    for pid in pids {
        let _ = kill(pid, Signal::SIGKILL);
    }
    innocents.0.into_iter().for_each(|innocent| _ = innocent.wait());
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn one_round(chaos: &mut Chaos<'_>, name: &str) {
    let forwards = chaos.forwards;
    let (said, ports) = chaos.round();
    let said = format!("{name}: {said}");
    eprintln!("{said}");
    forwards.watchdog(["supervisor", "stop"]).run();
    // Cleans up after rounds in which guard and supervisor were killed at the same time.
    forwards.run("reap").code(0);
    let start = Instant::now();
    while !chaos.processes().is_empty() {
        assert!(start.elapsed() < GOING, "{}left by {said}", chaos.left());
        thread::sleep(Duration::from_millis(10));
    }
    ports.into_iter().for_each(free);
    let port = forwards.start(PROMETHEUS);
    healthy(port);
    assert_eq!(forwards.forward("prometheus-server")["localPort"], port);
    forwards.run("stop --all").code(0);
    free(port);
}
