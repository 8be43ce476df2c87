//! Who holds a local port, and which processes run: what a person would look up with `lsof` and
//! `ps`. From /proc, so on Linux only; elsewhere nothing is known.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// A process, as far as a message needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its id.
    pub pid: u32,
    /// Its parent's id.
    pub parent: u32,
    /// Its command line, arguments separated by a space.
    pub command: String,
}

impl ProcessInfo {
    /// The program's name alone, of its command line.
    pub fn program(&self) -> &str {
        let program = self.command.split(' ').next().unwrap_or_default();
        program.rsplit('/').next().unwrap_or_default()
    }
}

/// Whether a TCP port of 127.0.0.1 can be bound right now. `Err` says why not.
pub fn try_bind(port: u16) -> io::Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop)
}

/// The processes with a socket on TCP port `port` of 127.0.0.1 or of every address, as far as this user may see them.
pub fn port_holders(port: u16) -> Vec<ProcessInfo> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| socket_inodes(&table, port))
        .collect();
    if inodes.is_empty() {
        return Vec::new();
    }
    let links: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    processes().into_iter().filter(|process| holds(process.pid, &links)).collect()
}

/// All processes that this user may see.
pub fn processes() -> Vec<ProcessInfo> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(process).collect()
}

fn process(pid: u32) -> Option<ProcessInfo> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may itself hold spaces and parentheses.
    let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words = line.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    let command = words.collect::<Vec<_>>().join(" ").trim_end().to_owned();
    Some(ProcessInfo { pid, parent, command })
}

fn holds(pid: u32, links: &[String]) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors.flatten().any(|descriptor| {
        fs::read_link(descriptor.path())
            .is_ok_and(|target| links.iter().any(|link| target == Path::new(link)))
    })
}

/// The inodes of the sockets whose local port is `port`, from the table that /proc/net/tcp is.
fn socket_inodes(table: &str, port: u16) -> Vec<String> {
    // 127.0.0.1, 0.0.0.0, and IPv6's ::, ::ffff:127.0.0.1, as the kernel writes them (in the
    // machine's byte order: little-endian here; elsewhere only the wildcards are known).
    let addresses = [
        "0100007F",
        "00000000",
        "00000000000000000000000000000000",
        "0000000000000000FFFF00000100007F",
    ];
    let wanted = addresses.map(|address| format!("{address}:{port:04X}"));
    let rows = table.lines().skip(1).filter_map(|row| {
        let mut columns = row.split_whitespace();
        let local = columns.nth(1)?;
        // Nine columns on from the first: `tx:rx`, timers, uid, timeout, inode.
        let inode = columns.nth(7)?;
        let held = wanted.iter().any(|address| address == local) && inode != "0";
        held.then(|| inode.to_owned())
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_port_is_seen_with_its_holder() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(try_bind(address.port()).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        if cfg!(target_os = "linux") {
            let holders = port_holders(address.port());
            let own = std::process::id();
            assert!(holders.iter().any(|holder| holder.pid == own), "{holders:?}");
        }
        drop(listener);
    }

    #[test]
    fn the_kernels_table_is_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:D901 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0\n   1: 0100007F:D902 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4243 1 0\n   2: 0100007F:D901 00000000:0000 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0\n";
        assert_eq!(socket_inodes(table, 0xD901), ["4242"]);
        assert!(socket_inodes("", 1).is_empty());
    }

    #[test]
    fn this_process_is_among_the_processes() {
        if cfg!(target_os = "linux") {
            let own = std::process::id();
            let found = processes().into_iter().find(|process| process.pid == own).unwrap();
            assert!(!found.command.is_empty() && found.parent > 0);
        }
    }
}
