//! The results of `doctor`.

use serde::Serialize;

use crate::term::color::Style;
use crate::term::text::{sanitize, wrap};

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

/// The most names of clusters in a sentence.
const FEW: usize = 10;

/// `eu-1, eu-2`; of many names the first ones, and where all are.
pub fn names(names: &[String]) -> String {
    match names.get(..FEW) {
        Some(first) if names.len() > FEW + 1 => {
            let more = names.len() - FEW;
            format!("{} and {more} more (watchdog cluster list)", first.join(", "))
        }
        _ => names.join(", "),
    }
}

/// One line per check, broken at a terminal's width.
pub fn text(checks: &[Check], style: Style, terminal: Option<usize>) -> String {
    checks.iter().map(|check| line(check, 14, style, terminal)).collect()
}

/// The narrowest column of messages: on a terminal with less room they begin on a line of their own.
const LEAST: usize = 24;

/// The line of one check, where the longest name has `width` characters. On a terminal that is narrower than the
/// line, the message continues below itself.
pub fn line(check: &Check, width: usize, style: Style, terminal: Option<usize>) -> String {
    let mark = match check.verdict {
        Verdict::Ok => style.ok("ok     "),
        Verdict::Warning => style.warning("warning"),
        Verdict::Error => style.error("error  "),
    };
    let head = format!("{mark}  {:<width$} ", check.name);
    let message = sanitize(&check.message);
    let Some(columns) = terminal else { return format!("{head}{message}\n") };
    let beside = "warning".len() + 2 + width.max(check.name.len()) + 1;
    let (head, indent) = match columns.checked_sub(beside) {
        Some(room) if room >= LEAST => (head, beside),
        _ => (format!("{}\n{:4}", head.trim_end(), ""), 4),
    };
    let lines = wrap(&message, columns.saturating_sub(indent));
    head + &lines.join(&format!("\n{:indent$}", "")) + "\n"
}
