//! The guard on systems without subreapers: the supervisor holds a connection to it and reports
//! which process groups it has started and which have ended. The end of the connection means that
//! the supervisor is gone, and the guard ends the remaining groups. The supervisor does not report
//! yet: outside Linux, only its registry finds what it has left.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::Command;

use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::unistd::Pid;

/// Tells the supervisor that its standard input is the connection.
const LINE: &str = "WATCHDOG_GUARD_LINE";

/// See [`super::guard()`].
#[cfg_attr(test, expect(dead_code, reason = "compiled for the tests of its parts"))]
pub(super) fn guard(mut command: Command) -> io::Result<u8> {
    let signals: SigSet = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP].into_iter().collect();
    let (ours, theirs) = UnixStream::pair()?;
    command.process_group(0).stdin(OwnedFd::from(theirs)).env(LINE, "stdin");
    let mut child = command.spawn()?;
    drop(command);
    super::daemon::stdout_to_null()?;
    // Only after the start, so that the supervisor does not inherit the signal mask.
    signals.thread_block()?;
    let supervisor = Pid::from_raw(child.id().cast_signed());
    std::thread::spawn(move || {
        while signals.wait().is_ok() {
            let _ = kill(supervisor, Signal::SIGTERM);
        }
    });
    for group in left(ours) {
        let _ = killpg(group, Signal::SIGKILL);
    }
    let status = child.wait()?;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Reads the connection to its end: `+PGID` for a started group, `-PGID` for an ended one. Returns
/// the groups that have not ended.
fn left(line: UnixStream) -> BTreeSet<Pid> {
    let mut groups = BTreeSet::new();
    let mut line = BufReader::new(line);
    let mut text = String::new();
    while line.read_line(&mut text).is_ok() {
        // A line without its line end was cut off, and its number may be incomplete.
        let Some(whole) = text.strip_suffix('\n') else { break };
        let sign_and_number = whole.split_at_checked(1);
        let Some((sign, Ok(number))) = sign_and_number.map(|(sign, it)| (sign, it.parse::<i32>()))
        else {
            text.clear();
            continue;
        };
        // 0 and 1 would address our own group and all processes.
        match (sign, Pid::from_raw(number)) {
            ("+", group) if number > 1 => drop(groups.insert(group)),
            ("-", group) => drop(groups.remove(&group)),
            _ => {}
        }
        text.clear();
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn groups_that_were_started_and_have_not_ended_are_returned() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(b"+41\n+42\nrubbish\n+0\n+1\n+-5\n-41\n\n+43\n+4").unwrap();
        drop(theirs);
        let expected = [42, 43].map(Pid::from_raw);
        assert_eq!(left(ours), BTreeSet::from(expected));
    }
}
