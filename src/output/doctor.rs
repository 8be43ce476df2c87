//! The results of `doctor`.

use serde::Serialize;

use crate::term::color::Style;
use crate::term::text::sanitize;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Fine.
    Ok,
    /// It works, but there is something to know.
    Warning,
    /// It will not work.
    Error,
}

/// One check of `doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The subject of the check.
    pub name: &'static str,
    /// The result.
    pub verdict: Verdict,
    /// What was found.
    pub message: String,
}

impl Check {
    /// A check and its verdict.
    pub fn new(name: &'static str, verdict: Verdict, message: impl Into<String>) -> Self {
        Self { name, verdict, message: message.into() }
    }
}

/// One line per check.
pub fn text(checks: &[Check], style: Style) -> String {
    checks.iter().map(|check| line(check, 14, style)).collect()
}

/// The line of one check, where the longest name has `width` characters.
pub fn line(check: &Check, width: usize, style: Style) -> String {
    let mark = match check.verdict {
        Verdict::Ok => style.ok("ok     "),
        Verdict::Warning => style.warning("warning"),
        Verdict::Error => style.error("error  "),
    };
    format!("{mark}  {:<width$} {}\n", check.name, sanitize(&check.message))
}
