//! The text that `watchdog demo` prints before it waits.

use std::fmt::Write as _;
use std::path::Path;

use crate::term::text::shell_quoted;

/// The clusters (name, URL, description), and how to reach them from another shell.
pub fn welcome<'a>(
    clusters: impl IntoIterator<Item = (&'a str, String, &'a str)>,
    variables: &[(&str, &Path)],
) -> String {
    let mut text = String::from("Demo clusters, on this machine only, until Ctrl-C:\n");
    for (name, url, about) in clusters {
        let _ = writeln!(text, "  {name:<12} {url:<24} {about}");
    }
    text.push_str("\nIn another shell:\n  export");
    for (name, path) in variables {
        let _ = write!(text, " {name}={}", shell_quoted(&path.to_string_lossy()));
    }
    text.push_str("\n  watchdog hpa list\n  kubectl get hpa -A\n");
    text
}
