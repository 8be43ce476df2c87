//! Kills at random moments. Each run draws from a seed that it prints; `WATCHDOG_CHAOS_SEED=N`
//! repeats it, as far as the machine's own timing allows.

use std::env;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Forwards, PROMETHEUS, Running, free, healthy, until, wrapped};

const ROUNDS: usize = 10;

/// What there is to forward to.
const TARGETS: [&str; 5] = [
    PROMETHEUS,
    "svc/echo 80 -n default",
    "svc/bulk 80 -n default",
    "svc/prometheus-server 80 -n monitoring --context staging",
    "svc/echo 80 -n default --context staging --idle 500ms",
];

/// xorshift64*: enough to choose, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).unwrap() % bound
    }

    fn moment(&mut self, most_ms: usize) -> Duration {
        Duration::from_millis(self.below(most_ms).try_into().unwrap())
    }
}

#[derive(Clone, Copy, Debug)]
enum Victim {
    Client,
    Supervisor,
    Guard,
    Kubectl,
}

const VICTIMS: [Victim; 4] = [Victim::Client, Victim::Supervisor, Victim::Guard, Victim::Kubectl];

impl Victim {
    /// One of its kind that runs now.
    fn find(self, forwards: &Forwards, clients: &[Running], dice: &mut Dice) -> Option<Pid> {
        let all = match self {
            Self::Client => running(forwards, clients),
            Self::Kubectl => forwards.kubectls().iter().map(|it| it.pid).collect(),
            Self::Supervisor => by_name(forwards, "watchdog supervisor run"),
            Self::Guard => by_name(forwards, "watchdog guard"),
        };
        (!all.is_empty()).then(|| all[dice.below(all.len())])
    }
}

/// The clients that have not ended: a number that is free may be anybody's tomorrow.
fn running(forwards: &Forwards, clients: &[Running]) -> Vec<Pid> {
    let pids = forwards.clusters.sandbox.processes().into_iter().map(|process| process.pid);
    pids.filter(|pid| clients.iter().any(|client| client.pid() == *pid)).collect()
}

fn by_name(forwards: &Forwards, name: &str) -> Vec<Pid> {
    let all = forwards.clusters.sandbox.processes();
    all.iter().filter(|process| process.command == name).map(|process| process.pid).collect()
}

#[test]
fn whatever_is_killed_at_whatever_moment_nothing_stays() {
    let given = env::var("WATCHDOG_CHAOS_SEED").ok().filter(|seed| !seed.is_empty());
    let seed = given.map_or_else(
        || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into(),
        |seed| seed.parse::<u64>().expect("WATCHDOG_CHAOS_SEED is a number"),
    );
    eprintln!("WATCHDOG_CHAOS_SEED={seed}");
    // The generator has no use for zero.
    let mut dice = Dice(seed.wrapping_mul(2).wrapping_add(1));
    let forwards = Forwards::new();
    let family = "(trap '' TERM; setsid sleep 601) & exec \"$REAL\" \"$@\"";
    let family = wrapped(&forwards, family);
    for round in 0..ROUNDS {
        let told = self::round(&forwards, &mut dice, &family);
        // Whoever is left of the clients has had its turn.
        let told = format!("seed {seed}, round {round}: {told}");
        eprintln!("{told}");
        forwards.watchdog(["supervisor", "stop"]).run();
        // The last net, for rounds in which guard and supervisor went at once.
        forwards.run("reap").code(0);
        until(&format!("nothing is left of {told}"), || {
            let left = forwards.clusters.sandbox.processes();
            left.is_empty().then_some(())
        });
        let port = forwards.start(PROMETHEUS);
        healthy(port);
        assert_eq!(forwards.forward("prometheus-server")["localPort"], port);
        forwards.run("stop --all").code(0);
        free(port);
    }
}

/// A few forwards, a kill or two at random moments, the clients' ends; what was done.
fn round(forwards: &Forwards, dice: &mut Dice, family: &str) -> String {
    let mut told = Vec::new();
    let mut clients = Vec::new();
    for _ in 0..=dice.below(3) {
        let mut line = TARGETS[dice.below(TARGETS.len())].to_owned();
        if dice.below(3) == 0 {
            line = format!("{line} --kubectl {family}");
        }
        told.push(line.replace(family, "FAMILY"));
        let how = match dice.below(3) {
            0 => format!("start -d --local-port 0 {line}"),
            1 => format!("start --local-port 0 -o jsonl {line}"),
            _ => format!("run {line} -- sleep 600"),
        };
        clients.push(forwards.prepare(&how).start());
    }
    for _ in 0..=dice.below(2) {
        // Some meet it while it starts, some when all is well. A moment, not a wait for something.
        thread::sleep(dice.moment(1200));
        let two = dice.below(3) == 0;
        let wanted: Vec<Victim> =
            (0..=usize::from(two)).map(|_| VICTIMS[dice.below(VICTIMS.len())]).collect();
        let pids: Vec<_> =
            wanted.iter().filter_map(|victim| victim.find(forwards, &clients, dice)).collect();
        // At once: nobody has looked in between.
        for pid in pids {
            let _ = kill(pid, Signal::SIGKILL);
        }
        told.push(format!("{wanted:?}"));
    }
    thread::sleep(dice.moment(300));
    for pid in running(forwards, &clients) {
        let _ = kill(pid, Signal::SIGTERM);
    }
    let ends = clients.into_iter().map(|client| {
        let output = client.wait();
        format!("{:?}/{:?}", output.code, output.signal)
    });
    told.push(ends.collect::<Vec<_>>().join(" "));
    told.join("; ")
}
