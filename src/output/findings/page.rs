//! Lines of text about findings, broken at the terminal's edge.

use super::tone;
use crate::findings::{Finding, Severity};
use crate::term::color::{Style, Tone};
use crate::term::text::{sanitize, width, wrap};

/// The width of `warning`, with a gap.
pub(super) const SEVERITY: usize = 9;
/// The minimum width of a text, on a terminal of any width.
const LEAST: usize = 24;

pub(super) struct Page {
    pub(super) style: Style,
    pub(super) width: Option<usize>,
    pub(super) text: String,
}

impl Page {
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn finding(&mut self, finding: &Finding) {
        let severity = self.severity(finding.severity);
        self.line(&format!("  {severity}{}", self.style.bold(finding.id)));
        self.what(2 + SEVERITY, &finding.message, &finding.action);
    }

    /// What is wrong, and what to do.
    pub(super) fn what(&mut self, indent: usize, message: &str, action: &str) {
        self.wrapped(indent, message, Tone::Plain);
        self.wrapped(indent, &format!("To do: {action}"), Tone::Dim);
    }

    /// The severity, followed by blanks up to [`SEVERITY`].
    pub(super) fn severity(&self, severity: Severity) -> String {
        let text = severity.as_str();
        let blanks = " ".repeat(SEVERITY.saturating_sub(text.len()));
        self.style.paint(tone(severity), text) + &blanks
    }

    /// A text below an indent.
    pub(super) fn wrapped(&mut self, indent: usize, text: &str, tone: Tone) {
        for line in self.broken(indent, text) {
            let line = self.style.paint(tone, &line);
            self.line(&format!("{:indent$}{line}", ""));
        }
    }

    /// `SEVERITY ID: rest`, the rest broken below the id.
    pub(super) fn entry(&mut self, indent: usize, severity: Severity, id: &str, rest: &str) {
        let lines = self.broken(indent + SEVERITY, &format!("{id}: {rest}"));
        for (index, line) in lines.iter().enumerate() {
            let line = match line.strip_prefix(id) {
                Some(rest) if index == 0 => self.style.bold(id) + rest,
                _ => line.clone(),
            };
            let head = if index == 0 { self.severity(severity) } else { " ".repeat(SEVERITY) };
            self.line(&format!("{:indent$}{head}{line}", ""));
        }
    }

    /// A line with colours where it fits, else the same text without them in several lines.
    pub(super) fn painted(&mut self, line: impl Fn(Style) -> String) {
        let plain = line(Style::PLAIN);
        if self.width.is_none_or(|room| width(&plain) <= room) {
            self.line(&line(self.style));
        } else {
            self.wrapped(0, &plain, Tone::Plain);
        }
    }

    fn broken(&self, indent: usize, text: &str) -> Vec<String> {
        let text = sanitize(text);
        match self.width {
            Some(width) => wrap(&text, width.saturating_sub(indent).max(LEAST)),
            None => vec![text.into_owned()],
        }
    }
}
