//! The kubectls that the tests use.

use std::env;
use std::path::PathBuf;

use serde_json::Value;

use super::sandbox::Sandbox;

/// Records the arguments in the directory `$LOG`, one file per process, with a NUL after each
/// argument; then becomes `$REAL`.
pub const WRAPPER: &str = r#"printf '%s\0' "$@" >"$LOG/$$"; exec "$REAL" "$@""#;

/// The kubectl on PATH. Without one the test fails with a message.
pub fn kubectl() -> PathBuf {
    which::which("kubectl").unwrap_or_else(|error| {
        panic!(
            "the suite needs a kubectl on PATH ({error}); \
             install it: https://kubernetes.io/docs/tasks/tools"
        )
    })
}

/// The kubectls of `$WATCHDOG_TEST_KUBECTLS`, else the one on PATH.
pub fn kubectls() -> Vec<PathBuf> {
    let Some(list) = env::var_os("WATCHDOG_TEST_KUBECTLS").filter(|list| !list.is_empty()) else {
        return vec![kubectl()];
    };
    let kubectls = env::split_paths(&list).filter(|path| !path.as_os_str().is_empty());
    let resolve = |path: PathBuf| {
        which::which(&path).unwrap_or_else(|error| {
            panic!("{} (from WATCHDOG_TEST_KUBECTLS): {error}", path.display())
        })
    };
    kubectls.map(resolve).collect()
}

/// The JSON that a kubectl prints.
pub fn kubectl_json(sandbox: &Sandbox, kubectl: &PathBuf, args: &[&str]) -> Value {
    sandbox.command(kubectl).args(args).run().code(0).json()
}
