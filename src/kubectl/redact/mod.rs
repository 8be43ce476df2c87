//! Takes secrets out of text that kubectl, a kubeconfig or a plugin wrote.
//!
//! Four finders mark what is to be hidden, each with one rule and one pass over the text:
//!
//! 1. [`shapes`]: what is a secret by its form alone (JSON Web Tokens, keys of clouds and forges,
//!    PEM blocks), and what is long and random;
//! 2. [`userinfo`]: user and password in front of an `@`, in a URL or without one;
//! 3. [`named`]: what follows a name that stands for a secret ([`names`]), however the two are joined,
//!    unless it is the next word of a sentence ([`prose`]);
//! 4. values of headers that carry credentials (a part of [`named`]).
//!
//! It is best effort and errs on the side of hiding, save for what helps a person: names of
//! objects, addresses of log-in pages and their codes, error codes, paths and host names.

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

/// No more of a text is kept, in bytes: nobody reads that much of a message, and what is quadratic in the
/// worst case stays a matter of milliseconds.
const LONGEST: usize = 16 << 10;

/// `text` without secrets: they become `REDACTED`, and URLs lose their user and password. A very long one
/// is cut.
pub fn redact(text: &str) -> String {
    let (text, is_cut) = bounded(text);
    let mut redacted = without_secrets(text);
    if is_cut {
        redacted.push('…');
    }
    redacted
}

/// The beginning of a text that is too long, and whether it was. It is cut between words: half of a secret
/// may not look like one.
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

/// [`redact`] for text that comes line by line: it knows when it is inside a PEM block.
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
        // A sentence of kubectl's is no line of a block whose end never came.
        if was_in_pem && !ends && line.contains(' ') {
            self.in_pem = begins;
            return redact(line);
        }
        if was_in_pem { HIDDEN.to_owned() } else { redact(line) }
    }
}

/// What is to be hidden, as ranges of bytes that begin and end between characters.
#[derive(Debug, Default)]
struct Spans(Vec<(Range<usize>, &'static str)>);

impl Spans {
    /// Puts `REDACTED` in its place.
    fn hide(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.0.push((range, HIDDEN));
        }
    }

    /// Leaves it out.
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

/// `text` without the terminal's sequences and what else shows nothing: any of them may stand between
/// a name and its value, or inside of either.
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

/// Control characters, but for those that are white space, and characters without a width.
fn shows_nothing(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// What comes after the control character that `text` begins with, and after the sequence that it
/// begins (ECMA-48).
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
        // Parameters, and one character that ends it.
        Some('[') => {
            let rest = rest.trim_start_matches(|c: char| matches!(c, ' '..='?'));
            rest.strip_prefix(|c: char| matches!(c, '@'..='~')).unwrap_or(rest)
        }
        // A title or a link, up to a bell or an escape; one that does not end hides nothing.
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
        // A choice of characters, as `tput sgr0` writes.
        Some('(' | ')' | '*' | '+' | '#' | '%') => {
            rest.strip_prefix(|c: char| c.is_ascii_alphanumeric()).unwrap_or(rest)
        }
        Some(c) if c.is_ascii() && !c.is_control() => rest,
        _ => &text[1..],
    }
}
