//! What the kernel knows about a process's TCP connections: bytes that the process has not read,
//! and bytes that the other end has not acknowledged. Uses /proc, so nothing is known on systems
//! other than Linux.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use super::stat::{self, Stat};

/// One established TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpConnection {
    /// The process's own end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// Bytes that have arrived but have not been read by the process.
    pub unread: u32,
    /// How often in a row the oldest unacknowledged bytes were retransmitted.
    pub retransmits: u32,
}

impl TcpConnection {
    /// Whether the kernel would still choose this connection's local address to reach the other
    /// end. A lost address, or another route, cuts a connection without notice.
    pub fn has_its_route(&self) -> bool {
        let any: SocketAddr = match self.remote {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        // Connecting a datagram socket sends nothing.
        let chosen = UdpSocket::bind(any).and_then(|socket| {
            socket.connect(self.remote)?;
            socket.local_addr()
        });
        chosen.is_ok_and(|chosen| chosen.ip() == self.local.ip())
    }
}

/// The established TCP connections of the processes in group `group`.
pub fn tcp_connections(group: u32) -> Vec<TcpConnection> {
    let members: Vec<u32> =
        std::iter::once(group)
            .chain(stat::pids().into_iter().filter(|&pid| {
                pid != group && Stat::of(pid).is_some_and(|stat| stat.group == group)
            }))
            .collect();
    members.iter().flat_map(|&pid| of_process(pid)).collect()
}

/// Whether process `pid` has sockets that this user may see.
pub fn has_sockets(pid: u32) -> bool {
    !sockets(pid).is_empty()
}

/// The established TCP connections of one process.
pub fn tcp_connections_of(pid: u32) -> Vec<TcpConnection> {
    of_process(pid)
}

fn of_process(pid: u32) -> Vec<TcpConnection> {
    let held = sockets(pid);
    if held.is_empty() {
        return Vec::new();
    }
    // The process's own tables, since it may be in another network namespace.
    let tables = ["tcp", "tcp6"].into_iter();
    let tables =
        tables.filter_map(|name| fs::read_to_string(format!("/proc/{pid}/net/{name}")).ok());
    tables.flat_map(|table| of_table(&table, &held)).collect()
}

/// The connections in a table that belong to these sockets, and those that one of them has not
/// accepted yet, which have no inode.
fn of_table(table: &str, held: &HashSet<u64>) -> Vec<TcpConnection> {
    // Most rows belong to other processes: the cheap test comes first.
    let rows = |states: &'static [&'static str], unaccepted: bool| {
        let wanted = move |line: &&str| {
            let mut columns = line.split_ascii_whitespace();
            let inode = |text: &str| text.parse().ok();
            columns.nth(3).is_some_and(|state| states.contains(&state))
                && columns
                    .nth(5)
                    .and_then(inode)
                    .is_some_and(|it| held.contains(&it) || (unaccepted && it == 0))
        };
        table.lines().skip(1).filter(wanted).filter_map(row)
    };
    let listening: Vec<SocketAddr> =
        rows(&[LISTEN], false).map(|row| row.connection.local).collect();
    let waits_for = |local: SocketAddr, listener: &SocketAddr| {
        local.port() == listener.port()
            && (local.ip() == listener.ip() || listener.ip().is_unspecified())
    };
    rows(&[ESTABLISHED, CLOSE_WAIT], !listening.is_empty())
        .filter(|row| {
            let local = row.connection.local;
            row.inode != 0 || listening.iter().any(|listener| waits_for(local, listener))
        })
        .map(|row| row.connection)
        .collect()
}

/// The inodes of a process's sockets.
fn sockets(pid: u32) -> HashSet<u64> {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return HashSet::new() };
    let inode = |entry: fs::DirEntry| {
        let target = fs::read_link(entry.path()).ok()?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    descriptors.flatten().filter_map(inode).collect()
}

/// The maximum size of a table, about 10,000 connections; reading one takes milliseconds.
const LARGEST_TABLE: usize = 1500 << 10;

/// The established connections of a process at one time, to check later whether they still exist.
#[derive(Debug)]
pub struct Established {
    /// The paths of the process's tables.
    tables: [String; 2],
    /// Both ends and the state of each connection, as a table shows them.
    rows: Vec<String>,
}

impl Established {
    /// The connections of process `pid` whose local port is not in `ports`, as far as this user may
    /// see them.
    pub fn of(pid: u32, ports: &[u16]) -> Self {
        let held = sockets(pid);
        let tables = ["tcp", "tcp6"].map(|name| format!("/proc/{pid}/net/{name}"));
        let texts = tables.iter().filter_map(|table| fs::read_to_string(table).ok());
        let rows = texts.flat_map(|text| established(&text, &held, ports)).collect();
        Self { tables, rows }
    }

    /// Whether any of them is no longer established. `None` if there are none, if the tables can no
    /// longer be read, or if the machine has so many connections that frequent checks would be too
    /// expensive.
    pub fn is_any_lost(&self) -> Option<bool> {
        let lost = || {
            let now = self.read();
            let readable = (1..=LARGEST_TABLE).contains(&now.len());
            readable.then(|| self.rows.iter().any(|row| !now.contains(row)))
        };
        if self.rows.is_empty() {
            return None;
        }
        // A row may be missed in a table that changes during the read, but hardly twice.
        Some(lost()? && lost()?)
    }

    /// Forgets the connections that are no longer established.
    pub fn forget_lost(&mut self) {
        let now = self.read();
        self.rows.retain(|row| now.contains(row));
    }

    fn read(&self) -> String {
        self.tables.iter().filter_map(|table| fs::read_to_string(table).ok()).collect()
    }
}

/// The rows of a table for established connections of these sockets, up to the state column.
fn established(table: &str, held: &HashSet<u64>, ports: &[u16]) -> Vec<String> {
    let rows = table.lines().skip(1).filter_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let local = columns.nth(1)?;
        let (remote, state) = (columns.next()?, columns.next()?);
        let inode = columns.nth(5)?.parse().ok()?;
        let other = state == ESTABLISHED
            && held.contains(&inode)
            && !ports.contains(&address(local)?.port());
        other.then(|| format!("{local} {remote} {state} "))
    });
    rows.collect()
}

/// Whether the connection from `local` to `remote`, both on this machine, still has a process at
/// its `local` end. When a process closes its socket the kernel keeps a connection without an
/// owner; after shutting down only the sending half the process still owns it. `None` if the
/// connection is not in the kernel's tables, which means that the other end is elsewhere.
pub fn has_owner(local: SocketAddr, remote: SocketAddr) -> Option<bool> {
    let tables = ["tcp", "tcp6"].into_iter();
    let tables =
        tables.filter_map(|name| fs::read_to_string(format!("/proc/self/net/{name}")).ok());
    let mut found = None;
    for table in tables {
        let rows = table.lines().skip(1).filter_map(row);
        let same = |row: &Row| row.connection.local == local && row.connection.remote == remote;
        for row in rows.filter(same) {
            found = Some(found.unwrap_or(false) || row.inode != 0);
        }
    }
    found
}

struct Row {
    connection: TcpConnection,
    inode: u64,
}

/// The states of an established connection, of one whose other end sends no more, and of a
/// listener.
const ESTABLISHED: &str = "01";
const CLOSE_WAIT: &str = "08";
const LISTEN: &str = "0A";
/// The retransmission timer. Other timers are keep-alives, and probes of a closed window, which a
/// slow reader causes.
const RETRANSMIT_TIMER: &str = "01";

fn row(line: &str) -> Option<Row> {
    let mut columns = line.split_ascii_whitespace();
    let local = address(columns.nth(1)?)?;
    let remote = address(columns.next()?)?;
    let state = columns.next()?;
    let (_, unread) = columns.next()?.split_once(':')?;
    let unread = u32::from_str_radix(unread, 16).ok()?;
    let (timer, _) = columns.next()?.split_once(':')?;
    let retransmits = u32::from_str_radix(columns.next()?, 16).ok()?;
    let inode = columns.nth(2)?.parse().ok()?;
    let connection = TcpConnection {
        local,
        remote,
        // The end of the stream counts as one byte.
        unread: unread.saturating_sub(u32::from(state == CLOSE_WAIT)),
        retransmits: if timer == RETRANSMIT_TIMER { retransmits } else { 0 },
    };
    Some(Row { connection, inode })
}

/// Parses `0100007F:D901`: hexadecimal words in the machine's byte order.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words = address.as_bytes().chunks(8).map(|word| {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        Some(word.to_ne_bytes())
    });
    let words = words.collect::<Option<Vec<_>>>()?;
    let address = match words.as_slice() {
        [word] => IpAddr::from(*word),
        [_, _, _, _] => {
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            // An IPv4 connection on a socket that serves both families.
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(address, port))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::io::{Read as _, Write as _};
    use std::net::{Shutdown, TcpListener, TcpStream};

    #[test]
    fn the_kernels_table_is_parsed() {
        let line = "   0: 0100007F:D901 0200007F:01BB 01 0000000A:00000005 01:00000100 00000003  1000        0 4242 1 0";
        let row = row(line).unwrap();
        assert_eq!((row.inode, row.connection.unread, row.connection.retransmits), (4242, 5, 3));
        if cfg!(target_endian = "little") {
            assert_eq!(row.connection.local, "127.0.0.1:55553".parse().unwrap());
            assert_eq!(row.connection.remote, "127.0.0.2:443".parse().unwrap());
        }
        // A window that the other end keeps closed is not a loss.
        let probing = line.replace("01:00000100", "04:00000100");
        assert_eq!(super::row(&probing).unwrap().connection.retransmits, 0);
        assert!(super::row("   0: 0100007F:D901").is_none());
    }

    #[test]
    fn both_families_and_mapped_addresses_are_parsed() {
        if cfg!(target_endian = "little") {
            let one = address("00000000000000000000000001000000:0050").unwrap();
            assert_eq!(one, "[::1]:80".parse().unwrap());
            let mapped = address("0000000000000000FFFF00000100007F:0050").unwrap();
            assert_eq!(mapped, "127.0.0.1:80".parse().unwrap());
        }
        assert!(address("xyz:0050").is_none() && address("0100007F").is_none());
    }

    /// A stopped process accepts no connection and reads none of its bytes.
    #[test]
    fn connections_that_are_unaccepted_or_half_closed_are_found() {
        for host in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0"] {
            let Ok(listener) = TcpListener::bind(host) else { continue };
            let port = listener.local_addr().unwrap().port();
            let host = if host.starts_with('[') { "::1" } else { "127.0.0.1" };
            let mut client = TcpStream::connect((host, port)).unwrap();
            client.write_all(b"hello").unwrap();
            let of = |client: &TcpStream| {
                let own = tcp_connections_of(std::process::id()).into_iter();
                let found = own.filter(|it| it.remote == client.local_addr().unwrap());
                // A table that changes while it is read may contain a row more than once.
                found.map(|it| it.unread).collect::<BTreeSet<_>>()
            };
            assert_eq!(of(&client), BTreeSet::from([5]));
            client.shutdown(Shutdown::Write).unwrap();
            assert_eq!(of(&client), BTreeSet::from([5]));
            let (mut server, _) = listener.accept().unwrap();
            server.read_exact(&mut [0; 2]).unwrap();
            assert_eq!(of(&client), BTreeSet::from([3]));
        }
    }

    #[test]
    fn only_the_processs_own_connections_are_selected() {
        let row = |local: &str, state: &str, inode: u64| {
            format!("   0: {local} 0200007F:1F90 {state} 0:0 00:0 0 1000 0 {inode} 1 0\n")
        };
        let rows = [
            row("0100007F:9C40", "01", 1),
            row("0100007F:9C41", "01", 2),
            // A client's connection, a closed one, and another process's.
            row("0100007F:1388", "01", 3),
            row("0100007F:9C42", "08", 4),
            row("0100007F:9C43", "01", 5),
        ];
        let table = format!("head\n{}", rows.concat());
        let found = established(&table, &HashSet::from([1, 2, 3, 4]), &[0x1388]);
        let row = |local: &str| format!("{local} 0200007F:1F90 01 ");
        assert_eq!(found, [row("0100007F:9C40"), row("0100007F:9C41")]);
    }

    #[test]
    fn a_connection_closed_by_the_other_end_is_noticed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connect = || {
            let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
            (client, listener.accept().unwrap().0)
        };
        let pairs = [connect(), connect()];
        // Both ends are in this process; the listener's ends have its port.
        let mut connections = Established::of(std::process::id(), &[port]);
        // Ignore connections of other tests in this process.
        let of = |it: &TcpStream| format!(":{:04X} ", it.local_addr().unwrap().port());
        connections.rows.retain(|row| pairs.iter().any(|(client, _)| row.contains(&of(client))));
        assert_eq!((connections.rows.len(), connections.is_any_lost()), (2, Some(false)));
        let [(_first, server), (_second, _other)] = pairs;
        drop(server);
        assert_eq!(connections.is_any_lost(), Some(true));
        connections.forget_lost();
        assert_eq!((connections.rows.len(), connections.is_any_lost()), (1, Some(false)));
        connections.rows.clear();
        assert_eq!(connections.is_any_lost(), None);
    }

    #[test]
    fn unread_bytes_and_owners_are_reported() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(host) else { continue };
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (mut server, peer) = listener.accept().unwrap();
            client.write_all(b"hello").unwrap();
            let mut first = [0; 2];
            server.read_exact(&mut first).unwrap();
            let own = tcp_connections_of(std::process::id());
            let connection = own.iter().find(|connection| connection.remote == peer).unwrap();
            assert_eq!((connection.unread, connection.retransmits), (3, 0));
            assert!(connection.has_its_route());
            let elsewhere = SocketAddr::new([192, 0, 2, 1].into(), connection.local.port());
            assert!(!TcpConnection { local: elsewhere, ..*connection }.has_its_route());
            let (local, remote) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
            assert_eq!(has_owner(local, remote), Some(true));
            client.shutdown(Shutdown::Write).unwrap();
            assert_eq!(has_owner(local, remote), Some(true));
            drop(client);
            assert_ne!(has_owner(local, remote), Some(true));
        }
        assert_eq!(has_owner("192.0.2.1:1".parse().unwrap(), "192.0.2.2:2".parse().unwrap()), None);
    }
}
