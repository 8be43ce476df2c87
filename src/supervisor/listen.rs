//! The local ports of a forward: each is bound on all of its addresses or not at all, so that
//! `localhost` means the same to a client that tries IPv6 first and to one that does not.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

use super::protocol::{LocalPort, Refusal, RefusalKind};
use crate::process::{BindFailure, port_holders};

/// How many ports after the requested one are tried.
const PORTS_TRIED: u16 = 200;
/// How often the kernel is asked for a port that is free on all addresses.
const ANY_TRIED: u32 = 64;
/// Connections that may wait in the kernel.
const BACKLOG: i32 = 1024;
const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// The listeners of a forward.
#[derive(Debug)]
pub(super) struct Listening {
    /// The listeners, each with the index of its port.
    pub(super) listeners: Vec<(usize, TcpListener)>,
    /// The ports, in the order in which they were requested.
    pub(super) ports: Vec<u16>,
    /// The addresses on which each port is bound.
    pub(super) addresses: Vec<IpAddr>,
}

/// Binds every port on every address; no address means loopback of both families.
pub(super) fn listen(wanted: &[LocalPort], addresses: &[IpAddr]) -> Result<Listening, Refusal> {
    let mut addresses = distinct(addresses);
    if missing_v6(&addresses) {
        addresses.retain(|address| *address != V6);
    }
    let mut listening =
        Listening { listeners: Vec::new(), ports: Vec::new(), addresses: addresses.clone() };
    // Bind the ports with a fixed number first, or an automatically chosen one might take their
    // place.
    let is_chosen = |port: &LocalPort| !matches!(port, LocalPort::Exact(1..));
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|index| is_chosen(&wanted[*index]));
    let mut ports = vec![0; wanted.len()];
    for index in order {
        let (port, sockets) = match wanted[index] {
            LocalPort::Exact(0) | LocalPort::From(0) => any(&addresses)?,
            LocalPort::Exact(port) => (port, bind(&addresses, port).map_err(Taken::refusal)?),
            LocalPort::From(first) => next_free(&addresses, first)?,
        };
        ports[index] = port;
        for socket in sockets {
            let at = SocketAddr::new(addresses[0], port);
            let listener = TcpListener::from_std(socket.into());
            let listener = listener.map_err(|error| Taken { at, error }.refusal())?;
            listening.listeners.push((index, listener));
        }
    }
    listening.ports = ports;
    Ok(listening)
}

/// Whether a client that connects to `destination` reaches sockets on `addresses`.
pub(super) fn covers(addresses: &[IpAddr], destination: IpAddr) -> bool {
    let covers = |address: &IpAddr| {
        *address == destination
            || (address.is_unspecified() && address.is_ipv4() == destination.is_ipv4())
    };
    addresses.iter().any(covers)
}

/// Whether sockets on `existing` conflict with a request for the addresses `requested` (none means
/// loopback).
pub(super) fn conflicts(existing: &[IpAddr], requested: &[IpAddr]) -> bool {
    let requested = distinct(requested);
    let conflicts_at = |address: &IpAddr| {
        covers(existing, *address)
            || (address.is_unspecified()
                && existing.iter().any(|it| it.is_ipv4() == address.is_ipv4()))
    };
    requested.iter().any(conflicts_at)
}

/// The address at which clients on this machine reach sockets on `addresses`.
pub(super) fn reached_at(addresses: &[IpAddr]) -> IpAddr {
    let local = [V4, V6].into_iter().find(|local| covers(addresses, *local));
    local.or_else(|| addresses.first().copied()).unwrap_or(V4)
}

/// Removes duplicates, and addresses that the unspecified address of their family covers.
pub(super) fn distinct(addresses: &[IpAddr]) -> Vec<IpAddr> {
    if addresses.is_empty() {
        return vec![V4, V6];
    }
    let every = |address: &IpAddr| address.is_unspecified();
    let mut distinct: Vec<IpAddr> = addresses.iter().copied().filter(every).collect();
    distinct.dedup();
    for address in addresses {
        if !covers(&distinct, *address) {
            distinct.push(*address);
        }
    }
    distinct
}

/// Whether ::1 is requested together with 127.0.0.1 on a machine without IPv6, which is not an
/// error.
fn missing_v6(addresses: &[IpAddr]) -> bool {
    if !(addresses.contains(&V4) && addresses.contains(&V6)) {
        return false;
    }
    match one(V6, 0) {
        Ok(_) => false,
        Err(error) => BindFailure::of(&error) == BindFailure::NoAddress,
    }
}

/// A port chosen by the kernel that is free on all addresses.
fn any(addresses: &[IpAddr]) -> Result<(u16, Vec<Socket>), Refusal> {
    let at = SocketAddr::new(addresses[0], 0);
    let mut last = None;
    for _ in 0..ANY_TRIED {
        let failed = |error| Taken { at, error }.refusal();
        let first = one(at.ip(), 0).map_err(failed)?;
        let port = first.local_addr().map_err(failed)?.as_socket().map_or(0, |at| at.port());
        match bind(&addresses[1..], port) {
            Ok(mut rest) => {
                rest.insert(0, first);
                return Ok((port, rest));
            }
            Err(taken) if taken.may_be_free_elsewhere() => last = Some(taken),
            Err(taken) => return Err(taken.refusal()),
        }
    }
    let message = "no local port is free on all addresses".to_owned();
    Err(last.map_or(Refusal { kind: RefusalKind::PortTaken, message }, Taken::refusal))
}

/// The first port, counting up from `first`, that is free on all addresses.
fn next_free(addresses: &[IpAddr], first: u16) -> Result<(u16, Vec<Socket>), Refusal> {
    let last = first.saturating_add(PORTS_TRIED);
    let mut denied = None;
    for port in first..=last {
        match bind(addresses, port) {
            Ok(sockets) => return Ok((port, sockets)),
            Err(taken) if taken.may_be_free_elsewhere() => {
                if BindFailure::of(&taken.error) == BindFailure::Denied {
                    denied = Some(taken);
                }
            }
            Err(taken) => return Err(taken.refusal()),
        }
    }
    Err(denied.map_or_else(
        || Refusal {
            kind: RefusalKind::PortTaken,
            message: format!("none of the local ports {first} to {last} is free"),
        },
        Taken::refusal,
    ))
}

fn bind(addresses: &[IpAddr], port: u16) -> Result<Vec<Socket>, Taken> {
    let bind = |address: &IpAddr| {
        let at = SocketAddr::new(*address, port);
        one(*address, port).map_err(|error| Taken { at, error })
    };
    addresses.iter().map(bind).collect()
}

fn one(address: IpAddr, port: u16) -> io::Result<Socket> {
    let at = SocketAddr::new(address, port);
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        // `::` means IPv6 only, as in kubectl, so that 0.0.0.0 can be bound as well.
        socket.set_only_v6(true)?;
    }
    socket.bind(&at.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

/// An address that cannot be bound.
struct Taken {
    at: SocketAddr,
    error: io::Error,
}

impl Taken {
    /// Whether another port might be bound.
    fn may_be_free_elsewhere(&self) -> bool {
        matches!(BindFailure::of(&self.error), BindFailure::Taken | BindFailure::Denied)
    }

    fn refusal(self) -> Refusal {
        let Self { at, error } = self;
        let failure = BindFailure::of(&error);
        let why = match failure {
            BindFailure::Taken => holder(at),
            BindFailure::Denied => privileged(),
            BindFailure::NoAddress => "this machine does not have that address".to_owned(),
            BindFailure::NoDescriptor => {
                "the supervisor has no file descriptor left; stop forwards, or close connections through them".to_owned()
            }
            BindFailure::Other => error.to_string(),
        };
        let taken = failure == BindFailure::Taken;
        let kind = if taken { RefusalKind::PortTaken } else { RefusalKind::CannotListen };
        Refusal { kind, message: format!("cannot listen on {at}: {why}") }
    }
}

/// Which process holds the address, as a phrase.
fn holder(at: SocketAddr) -> String {
    match port_holders(at).first() {
        // Name the program without its arguments: they are another process's, and may contain a
        // secret.
        Some(holder) => format!("held by pid {} ({})", holder.pid, holder.program()),
        None if one(at.ip(), at.port()).is_ok() => "it was in use, but is free now".to_owned(),
        None => "held by a process that this user may not see".to_owned(),
    }
}

/// Why the kernel denied the port, and what to do.
fn privileged() -> String {
    let first = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    let first = first.ok().and_then(|text| text.trim().parse::<u16>().ok()).unwrap_or(1024);
    format!(
        "ports below {first} need root or CAP_NET_BIND_SERVICE; take another, or lower net.ipv4.ip_unprivileged_port_start"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<IpAddr> {
        text.split_whitespace().map(|it| it.parse().unwrap()).collect()
    }

    #[tokio::test]
    async fn each_port_is_bound_on_both_families() {
        let wanted = [LocalPort::Exact(0), LocalPort::From(40_000), LocalPort::From(40_000)];
        let listening = listen(&wanted, &[]).unwrap();
        let [a, b, c] = listening.ports[..] else { panic!("{listening:?}") };
        assert!(a > 0 && b >= 40_000 && c > b, "{listening:?}");
        assert_eq!(listening.addresses[0], V4);
        for (index, listener) in &listening.listeners {
            let at = listener.local_addr().unwrap();
            assert_eq!(at.port(), listening.ports[*index]);
            assert!(listening.addresses.contains(&at.ip()));
        }
        assert_eq!(listening.listeners.len(), 3 * listening.addresses.len());
    }

    #[tokio::test]
    async fn a_port_that_is_taken_on_one_family_is_not_bound() {
        let listening = listen(&[LocalPort::Exact(0)], &[]).unwrap();
        let own = std::process::id();
        for address in listening.addresses.clone() {
            let taken = listen(&[LocalPort::Exact(0)], &[address]).unwrap();
            let port = taken.ports[0];
            let at = SocketAddr::new(address, port);
            let refusal = listen(&[LocalPort::Exact(port)], &[]).unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::PortTaken);
            assert!(refusal.message.contains(&at.to_string()), "{refusal}");
            if cfg!(target_os = "linux") {
                assert!(refusal.message.contains(&format!("pid {own} ")), "{refusal}");
            }
            let next = listen(&[LocalPort::From(port)], &[]).unwrap();
            assert!(next.ports[0] > port);
        }
    }

    #[tokio::test]
    async fn a_fixed_port_is_not_taken_by_an_automatically_chosen_one() {
        let free = listen(&[LocalPort::Exact(0)], &[]).unwrap().ports[0];
        let listening = listen(&[LocalPort::From(free), LocalPort::Exact(free)], &[]).unwrap();
        assert_eq!(listening.ports[1], free);
        assert_ne!(listening.ports[0], free);
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_reported() {
        let refusal = listen(&[LocalPort::Exact(0)], &addresses("192.0.2.1")).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::CannotListen);
        assert!(refusal.message.ends_with("this machine does not have that address"), "{refusal}");
    }

    #[test]
    fn duplicate_addresses_are_removed_and_the_unspecified_address_covers_its_family() {
        assert_eq!(distinct(&[]), addresses("127.0.0.1 ::1"));
        assert_eq!(distinct(&addresses("::1 ::1")), addresses("::1"));
        let all = distinct(&addresses("127.0.0.1 0.0.0.0 ::1"));
        assert_eq!(all, addresses("0.0.0.0 ::1"));
        assert!(covers(&all, V4) && covers(&all, V6));
        assert!(!covers(&addresses("0.0.0.0"), V6));
        assert!(conflicts(&addresses("127.0.0.1 ::1"), &[]));
        assert!(conflicts(&addresses("127.0.0.1"), &addresses("0.0.0.0")));
        assert!(!conflicts(&addresses("127.0.0.1"), &addresses("127.0.0.2 ::")));
    }

    #[test]
    fn local_clients_use_loopback_if_it_is_served() {
        for (all, reached) in [
            ("127.0.0.1 ::1", "127.0.0.1"),
            ("0.0.0.0", "127.0.0.1"),
            ("::", "::1"),
            ("192.0.2.1 ::1", "::1"),
            ("192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(reached_at(&addresses(all)).to_string(), reached, "{all}");
        }
    }
}
