//! Which process holds a local port, and which processes run: like `lsof` and `ps`. Uses /proc, so
//! nothing is found on systems other than Linux.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use nix::errno::Errno;

use super::stat::{self, Stat};

/// A process, as far as messages need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its id.
    pub pid: u32,
    /// Its parent's id.
    pub parent: u32,
    /// Its command line, arguments separated by spaces.
    pub command: String,
}

impl ProcessInfo {
    /// The process `pid`; `None` if there is none, or this user may not see it.
    pub fn of(pid: u32) -> Option<Self> {
        let parent = Stat::of(pid)?.parent;
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let words = line.split(|&byte| byte == 0).map(String::from_utf8_lossy);
        let command = words.collect::<Vec<_>>().join(" ").trim_end().to_owned();
        Some(Self { pid, parent, command })
    }

    /// The program's name without its directory, from the command line.
    pub fn program(&self) -> &str {
        let program = self.command.split(' ').next().unwrap_or_default();
        program.rsplit('/').next().unwrap_or_default()
    }
}

/// Checks whether a TCP port of 127.0.0.1 can be bound now. `Err` holds the reason if not.
pub fn try_bind(port: u16) -> io::Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop)
}

/// Why an address cannot be bound, by categories that callers distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindFailure {
    /// Another socket has it.
    Taken,
    /// This user has no permission.
    Denied,
    /// This machine does not have the address, or does not support its family.
    NoAddress,
    /// No file descriptor is left.
    NoDescriptor,
    /// Any other error.
    Other,
}

impl BindFailure {
    /// The category of this error.
    pub fn of(error: &io::Error) -> Self {
        match error.raw_os_error().map(Errno::from_raw) {
            Some(Errno::EADDRINUSE) => Self::Taken,
            Some(Errno::EACCES | Errno::EPERM) => Self::Denied,
            Some(Errno::EADDRNOTAVAIL | Errno::EAFNOSUPPORT | Errno::EPROTONOSUPPORT) => {
                Self::NoAddress
            }
            Some(Errno::EMFILE | Errno::ENFILE) => Self::NoDescriptor,
            _ => Self::Other,
        }
    }
}

/// The processes with a socket that prevents binding `at`, as far as this user may see them.
pub fn port_holders(at: SocketAddr) -> Vec<ProcessInfo> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| socket_inodes(&table, at))
        .collect();
    if inodes.is_empty() {
        return Vec::new();
    }
    let links: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    processes().into_iter().filter(|process| holds(process.pid, &links)).collect()
}

/// All processes that this user may see.
pub fn processes() -> Vec<ProcessInfo> {
    stat::pids().into_iter().filter_map(ProcessInfo::of).collect()
}

fn holds(pid: u32, links: &[String]) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors.flatten().any(|descriptor| {
        fs::read_link(descriptor.path())
            .is_ok_and(|target| links.iter().any(|link| target == Path::new(link)))
    })
}

/// The inodes of the sockets that prevent binding `at`, from the text of /proc/net/tcp.
fn socket_inodes(table: &str, at: SocketAddr) -> Vec<String> {
    let addresses = conflicting(at.ip());
    let (any, length) = (at.ip().is_unspecified(), if at.is_ipv4() { 8 } else { 32 });
    let port = format!("{:04X}", at.port());
    let rows = table.lines().skip(1).filter_map(|row| {
        let mut columns = row.split_whitespace();
        let (address, its_port) = columns.nth(1)?.split_once(':')?;
        // Seven columns further: after `tx:rx`, timers, uid and timeout comes the inode.
        let inode = columns.nth(7)?;
        let here = (any && address.len() == length) || addresses.iter().any(|it| it == address);
        (here && its_port == port && inode != "0").then(|| inode.to_owned())
    });
    rows.collect()
}

/// The addresses that conflict with this one, in the kernel's notation: itself, and those that mean
/// every address.
fn conflicting(address: IpAddr) -> Vec<String> {
    let words = |bytes: &[u8]| -> String {
        let (words, _) = bytes.as_chunks::<4>();
        words.iter().map(|word| format!("{:08X}", u32::from_ne_bytes(*word))).collect()
    };
    let every = [0; 16];
    match address {
        IpAddr::V4(v4) => vec![
            words(&v4.octets()),
            words(&Ipv4Addr::UNSPECIFIED.octets()),
            words(&v4.to_ipv6_mapped().octets()),
            words(&every),
        ],
        IpAddr::V6(v6) => vec![words(&v6.octets()), words(&every)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_port_is_found() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(try_bind(address.port()).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        if cfg!(target_os = "linux") {
            let holders = port_holders(address);
            let own = std::process::id();
            assert!(holders.iter().any(|holder| holder.pid == own), "{holders:?}");
        }
        drop(listener);
    }

    #[test]
    fn the_kernels_table_is_parsed() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:D901 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0\n   1: 0100007F:D902 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4243 1 0\n   2: 0100007F:D901 00000000:0000 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0\n";
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert_eq!(socket_inodes(table, at("127.0.0.1:55553")), ["4242"]);
        assert_eq!(socket_inodes(table, at("0.0.0.0:55553")), ["4242"]);
        assert!(socket_inodes(table, at("127.0.0.2:55553")).is_empty());
        assert!(socket_inodes("", at("127.0.0.1:1")).is_empty());
        let table = "head\n   0: 00000000000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 7 1 0\n";
        assert_eq!(socket_inodes(table, at("[::1]:5432")), ["7"]);
        assert_eq!(socket_inodes(table, at("[::]:5432")), ["7"]);
        assert!(socket_inodes(table, at("127.0.0.1:5432")).is_empty());
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
