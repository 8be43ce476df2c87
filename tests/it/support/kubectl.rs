//! Which kubectls the tests run.

use std::env;
use std::path::PathBuf;

use serde_json::Value;

use super::sandbox::Sandbox;

/// Records in the directory `$LOG`, one file a process, what it was asked, a NUL after each word;
/// then is `$REAL`.
pub const WRAPPER: &str = r#"printf '%s\0' "$@" >"$LOG/$$"; exec "$REAL" "$@""#;

/// The kubectl of PATH. Without one there is nothing to test: the test fails and says so.
pub fn kubectl() -> PathBuf {
    which::which("kubectl").unwrap_or_else(|error| {
        panic!(
            "the suite needs a kubectl on PATH ({error}); \
             install it: https://kubernetes.io/docs/tasks/tools"
        )
    })
}

/// The kubectls of `$WATCHDOG_TEST_KUBECTLS`, else the one of PATH.
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

/// What a kubectl prints as JSON.
pub fn kubectl_json(sandbox: &Sandbox, kubectl: &PathBuf, args: &[&str]) -> Value {
    sandbox.command(kubectl).args(args).run().code(0).json()
}
