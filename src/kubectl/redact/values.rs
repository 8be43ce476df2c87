//! Finds where a value ends.

use std::ops::Range;

/// The maximum length that is searched for the end of a value.
const MOST: usize = 16 << 10;

/// A value: the range to hide, and whether it was quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) quoted: bool,
}

/// An opening quote at `at`: its length, and what closes it.
fn quote(text: &str, at: usize) -> Option<(usize, Closer)> {
    let rest = text.get(at..)?;
    // .NET writes JSON this way.
    if rest.starts_with("\\u0022") {
        return Some((6, Closer { text: "\\u0022", slashes: 0 }));
    }
    let slashes = rest.bytes().take_while(|&byte| byte == b'\\').count();
    let after = &rest[slashes..];
    let closer = |text: &'static str| Closer { text, slashes };
    for mark in ["\"", "'", "`"] {
        if after.starts_with(mark) {
            return Some((slashes + 1, closer(mark)));
        }
    }
    if slashes > 0 {
        return None;
    }
    for (open, close) in [
        ("“", "”"),
        ("‘", "’"),
        ("«", "»"),
        ("&quot;", "&quot;"),
        ("&#34;", "&#34;"),
        ("%22", "%22"),
        ("b'", "'"),
        ("b\"", "\""),
        ("u'", "'"),
        ("$'", "'"),
    ] {
        if rest.starts_with(open) {
            return Some((open.len(), closer(close)));
        }
    }
    None
}

struct Closer {
    text: &'static str,
    slashes: usize,
}

impl Closer {
    /// Where the closing quote is, from `at`.
    fn find(&self, text: &str, at: usize) -> Option<usize> {
        let window = text.get(at..floor(text, at + MOST))?;
        for (offset, _) in window.match_indices(self.text) {
            let before = &window[..offset];
            let slashes = before.len() - before.trim_end_matches('\\').len();
            let closes = if self.slashes == 0 { slashes % 2 == 0 } else { slashes <= self.slashes };
            // Not an apostrophe inside a word.
            let inside = self.text == "'"
                && window[offset + 1..].starts_with(|c: char| c.is_alphanumeric())
                && before.ends_with(|c: char| c.is_alphanumeric());
            if closes && !inside {
                return Some(at + offset - slashes.min(self.slashes));
            }
        }
        None
    }
}

/// The value that begins at `at`.
pub(super) fn value(text: &str, at: usize) -> Value {
    if let Some((length, closer)) = quote(text, at) {
        let start = at + length;
        let Some(end) = closer.find(text, start) else {
            return Value { range: start..line_end(text, start), quoted: true };
        };
        // A shell joins adjacent strings: 'it'\''s'.
        let after = end + closer.slashes + closer.text.len();
        let joined =
            |rest: &str| rest.starts_with("\\'") || rest.starts_with(char::is_alphanumeric);
        if text.get(after..).is_some_and(joined) {
            return Value { range: start..unquoted_end(text, after), quoted: true };
        }
        return Value { range: start..end, quoted: true };
    }
    let first = text.as_bytes().get(at).copied();
    if let Some(open @ (b'[' | b'{' | b'(')) = first {
        let end = closing(text, at, open).unwrap_or_else(|| line_end(text, at));
        return Value { range: at + 1..end, quoted: true };
    }
    if first == Some(b'<')
        && let Some(end) = text[at..floor(text, at + 80)].find('>')
    {
        return Value { range: at..at + end + 1, quoted: false };
    }
    Value { range: at..unquoted_end(text, at), quoted: false }
}

/// The bracket that closes the one at `at`.
fn closing(text: &str, at: usize, open: u8) -> Option<usize> {
    let close = match open {
        b'[' => b']',
        b'{' => b'}',
        _ => b')',
    };
    let mut depth = 0usize;
    for (offset, &byte) in text.as_bytes()[at..].iter().enumerate().take(MOST) {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + offset);
            }
        }
    }
    None
}

/// The end of an unquoted value: white space; a quote or bracket that belongs to the surrounding
/// text; `&`, `,` or `;` before the next `name=`.
fn unquoted_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while let Some(&byte) = bytes.get(end) {
        if byte.is_ascii_whitespace() || byte.is_ascii_control() {
            break;
        }
        let next = bytes.get(end + 1).copied();
        let ends = match byte {
            b'"' | b'\'' | b'`' => next
                .is_none_or(|next| next.is_ascii_whitespace() || b",:;}])\\.?!&".contains(&next)),
            b'\\' => matches!(next, Some(b'"' | b'n' | b'r' | b't')),
            b'&' | b',' | b';' => {
                next.is_none_or(|next| next.is_ascii_whitespace()) || begins_pair(&bytes[end + 1..])
            }
            b'<' => next == Some(b'/'),
            b')' | b']' | b'}' => {
                next.is_none_or(|next| next.is_ascii_whitespace() || b",:;}])\"'.".contains(&next))
            }
            _ => false,
        };
        if ends {
            break;
        }
        end += 1;
    }
    // Punctuation at the end of a sentence does not belong to the value.
    let trimmed = text[at..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
    if trimmed.is_empty() { end } else { at + trimmed.len() }
}

/// Whether `name=` or `"name":` begins here.
fn begins_pair(rest: &[u8]) -> bool {
    let (quoted, rest) = rest.strip_prefix(b"\"").map_or((false, rest), |rest| (true, rest));
    let name = rest
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte));
    let length = name.count();
    match rest.get(length) {
        Some(b'"') => quoted && length > 0,
        // Not the padding of base64.
        Some(b'=') => length > 0 && !matches!(rest.get(length + 1), None | Some(b'=')),
        _ => false,
    }
}

/// The end of the line that `at` is on.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(['\n', '\r']).unwrap_or(rest.len())
}

/// The last character boundary up to `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
