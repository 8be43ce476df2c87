//! Environment variables that the commands read and pass on as values.

/// Whether the user has tuned Go's garbage collector; kubectl then keeps that setting.
pub(super) fn go_is_tuned() -> bool {
    ["GOGC", "GOMEMLIMIT"].iter().any(|name| std::env::var_os(name).is_some())
}
