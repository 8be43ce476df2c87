//! Environment variables that the commands read and pass on as values.

use crate::prometheus::Proxies;

/// Whether the user has tuned Go's garbage collector; kubectl then keeps that setting.
pub(super) fn go_is_tuned() -> bool {
    ["GOGC", "GOMEMLIMIT"].iter().any(|name| std::env::var_os(name).is_some())
}

/// The proxies by which kubectl too would reach a server.
pub(super) fn proxies() -> Proxies {
    let value = |name: &str| {
        let names = [name.to_owned(), name.to_lowercase()];
        names.iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()))
    };
    let value = |name: &str| value(name).unwrap_or_default();
    Proxies::new(value("HTTP_PROXY"), value("HTTPS_PROXY"), value("NO_PROXY"))
}
