//! The processes started by a test, found by an environment variable that all of them inherit.

use std::time::Duration;
use std::{fs, thread};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A process with a mark.
#[derive(Clone, Debug)]
pub struct Marked {
    /// Its id.
    pub pid: Pid,
    /// Its command line.
    pub command: String,
}

impl Marked {
    /// Kills the process.
    pub fn kill(&self) {
        let _ = kill(self.pid, Signal::SIGKILL);
    }
}

/// Every process whose environment contains `mark`. A process that has exited has no environment.
pub fn marked(mark: &str) -> Vec<Marked> {
    let entries = fs::read_dir("/proc").expect("the suite finds processes in /proc");
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    numbers
        .filter_map(|pid| {
            // The process has ended, or belongs to another user.
            let environ = environment(pid)?;
            environ.split(|byte| *byte == 0).find(|entry| *entry == mark.as_bytes())?;
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command).replace('\0', " ").trim().to_owned();
            Some(Marked { pid: Pid::from_raw(pid), command })
        })
        .collect()
}

/// The environment of a process; `None` if it has ended or belongs to another user. During an exec
/// it is empty, so an empty one is read again.
fn environment(pid: i32) -> Option<Vec<u8>> {
    for _ in 0..10 {
        let environ = fs::read(format!("/proc/{pid}/environ")).ok()?;
        // Kernel threads and zombies have no program and never an environment.
        if !environ.is_empty() || fs::read_link(format!("/proc/{pid}/exe")).is_err() {
            return Some(environ);
        }
        thread::sleep(Duration::from_millis(1));
    }
    None
}
