//! What the commands read of the environment, to pass it on as values.

/// Whether the user has set Go's garbage collector, which kubectl then keeps.
pub(super) fn go_is_tuned() -> bool {
    ["GOGC", "GOMEMLIMIT"].iter().any(|name| std::env::var_os(name).is_some())
}
