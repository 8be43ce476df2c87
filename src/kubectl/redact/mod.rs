//! Removes secrets from text that kubectl, a kubeconfig or a plugin wrote.
//!
//! Four finders mark what to hide, each with one rule and one pass over the text:
//!
//! 1. [`shapes`]: secrets recognizable by their form alone (JSON Web Tokens, keys of clouds and
//!    forges, PEM blocks), and long random texts;
//! 2. [`userinfo`]: user and password before an `@`, in a URL or without one;
//! 3. [`named`]: what follows a name that stands for a secret ([`names`]), however the two are
//!    joined, unless it is the next word of a sentence ([`prose`]);
//! 4. values of headers that carry credentials (a part of [`named`]).
//!
//! It is best effort and errs on the side of hiding, except for what helps a person: names of
//! objects, addresses of login pages and their codes, error codes, paths and host names.

mod named;
mod names;
mod prose;
mod shapes;
mod userinfo;
mod values;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

const HIDDEN: &str = "REDACTED";

/// The maximum length of a text, in bytes: nobody reads a longer message, and with this limit even
/// quadratic worst cases take only milliseconds.
const LONGEST: usize = 16 << 10;

/// `text` with secrets replaced by `REDACTED`, and without user and password in URLs. A very long
/// text is cut.
pub fn redact(text: &str) -> String {
    let (text, is_cut) = bounded(text);
    let mut redacted = without_secrets(text);
    if is_cut {
        redacted.push('…');
    }
    redacted
}

/// The beginning of a text that is too long, and whether it was cut. The cut is between words,
/// since half of a secret may not be recognizable as one.
fn bounded(text: &str) -> (&str, bool) {
    if text.len() <= LONGEST {
        return (text, false);
    }
    let cut = &text[..values::floor(text, LONGEST)];
    (cut.rfind(char::is_whitespace).map_or(cut, |end| &cut[..end]), true)
}

fn without_secrets(text: &str) -> String {
    let text = without_controls(text);
    let mut spans = Spans::default();
    shapes::find(&text, &mut spans);
    userinfo::find(&text, &mut spans);
    named::find(&text, &mut spans);
    spans.apply(&text)
}

/// [`redact`] for text that arrives line by line: tracks whether a line is inside a PEM block.
#[derive(Debug, Default)]
pub(super) struct LineRedactor {
    in_pem: bool,
}

impl LineRedactor {
    /// `line` without secrets.
    pub(in crate::kubectl) fn line(&mut self, line: &str) -> String {
        let (begins, ends) = (line.contains("-----BEGIN "), line.contains("-----END "));
        let was_in_pem = self.in_pem;
        self.in_pem = (was_in_pem || begins) && !ends;
        // A sentence of kubectl does not belong to a PEM block whose end is missing.
        if was_in_pem && !ends && line.contains(' ') {
            self.in_pem = begins;
            return redact(line);
        }
        if was_in_pem { HIDDEN.to_owned() } else { redact(line) }
    }
}

/// What to hide, as byte ranges on character boundaries.
#[derive(Debug, Default)]
struct Spans(Vec<(Range<usize>, &'static str)>);

impl Spans {
    /// Replaces the range with `REDACTED`.
    fn hide(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.0.push((range, HIDDEN));
        }
    }

    /// Removes the range.
    fn drop(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.0.push((range, ""));
        }
    }

    fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let mut kept = String::with_capacity(text.len());
        let mut at = 0;
        let mut spans = self.0.into_iter().peekable();
        while let Some((range, mut put)) = spans.next() {
            let mut end = range.end;
            while let Some((next, other)) = spans.next_if(|(next, _)| next.start < end) {
                end = end.max(next.end);
                if put.is_empty() {
                    put = other;
                }
            }
            kept.push_str(text.get(at..range.start).unwrap_or_default());
            kept.push_str(put);
            at = end;
        }
        kept.push_str(text.get(at..).unwrap_or_default());
        kept
    }
}

/// `text` without terminal sequences and other invisible characters, which may occur between a name
/// and its value, or inside either.
fn without_controls(text: &str) -> Cow<'_, str> {
    if !text.contains(shows_nothing) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(shows_nothing) {
        kept.push_str(&rest[..at]);
        rest = after_sequence(&rest[at..]);
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// Whether `c` is invisible: a control character other than white space, or a character without
/// width.
fn shows_nothing(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The rest of `text` after the control character at its beginning, and after the sequence that the
/// character introduces (ECMA-48).
fn after_sequence(text: &str) -> &str {
    let mut chars = text.chars();
    let kind = match chars.next() {
        Some('\u{1b}') => chars.next(),
        Some('\u{9b}') => Some('['),
        Some('\u{9d}') => Some(']'),
        _ => return chars.as_str(),
    };
    let rest = chars.as_str();
    match kind {
        // Parameters, and one final character.
        Some('[') => {
            let rest = rest.trim_start_matches(|c: char| matches!(c, ' '..='?'));
            rest.strip_prefix(|c: char| matches!(c, '@'..='~')).unwrap_or(rest)
        }
        // A title or a link, up to a bell or an escape; without an end it hides nothing.
        Some(']') => {
            let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
            match line.find(['\u{7}', '\u{1b}', '\u{9c}']) {
                Some(end) => {
                    let end = &rest[end..];
                    end.strip_prefix("\u{1b}\\")
                        .or_else(|| end.strip_prefix('\u{7}'))
                        .unwrap_or(end)
                }
                None => rest,
            }
        }
        // A character set selection, as written by `tput sgr0`.
        Some('(' | ')' | '*' | '+' | '#' | '%') => {
            rest.strip_prefix(|c: char| c.is_ascii_alphanumeric()).unwrap_or(rest)
        }
        Some(c) if c.is_ascii() && !c.is_control() => rest,
        _ => &text[1..],
    }
}
