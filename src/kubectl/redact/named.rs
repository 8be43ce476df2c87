//! Finds values that follow a name that stands for a secret.

use super::Spans;
use super::names::{Class, classify};
use super::prose;
use super::values::{Value, floor, line_end, value};

/// How a name and its value are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    /// `=`, `=>`, `->`, `":`: only a value can follow.
    Assigned,
    /// `: ` or ` is `: a sentence may follow.
    Said,
    /// `--password `.
    Flag,
    /// Only white space or an opening bracket.
    Beside,
    /// `secret/NAME`.
    Slash,
}

/// What closes a quoted name if quotes are escaped.
const CLOSERS: [&str; 4] = ["&quot;", "&#34;", "%22", "\\u0022"];
/// The maximum number of bytes examined between a name and its value.
const REACH: usize = 48;

pub(super) fn find(text: &str, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let mut at = 0;
    // The previous word, if only a space or a hyphen separates it.
    let mut before = 0..0;
    while at < bytes.len() {
        if !is_word(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        let end = start + text[start..at].trim_end_matches(['.', '-']).len();
        // In `->` the `-` is not part of the name.
        let name = &text[start..end];
        let gap = &text[before.end..start];
        let neighbour = if gap == " " { &text[before.clone()] } else { "" };
        before = start..end;
        let in_query = text[..start].ends_with(['?', '&']);
        let class = classify(name, neighbour).or_else(|| other_class(name, in_query));
        let Some(class) = class else { continue };
        let secret = Secret { text, start, end, class };
        if let Some(hidden) = secret.find() {
            // Search for a value may cover text that is already hidden, but hidden text is not
            // searched for names.
            at = at.max(hidden.end);
            spans.hide(hidden);
        }
    }
}

/// Names that stand for secrets in special positions: `?key=…` in the query of a URL; `-p`, which
/// may mean password.
fn other_class(name: &str, in_query: bool) -> Option<Class> {
    match name {
        "-p" => Some(Class::Noun),
        "key" | "ticket" if in_query => Some(Class::Weak),
        _ => None,
    }
}

/// A name that stands for a secret, with its position.
struct Secret<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    class: Class,
}

impl Secret<'_> {
    fn find(&self) -> Option<std::ops::Range<usize>> {
        let (join, at) = self.join()?;
        if self.class == Class::Header {
            return self.header(join, at);
        }
        let value = value(self.text, at);
        self.is_secret(join, &value).then(|| self.extended(join, &value))
    }

    /// How the name is joined to its value, and where the value begins.
    fn join(&self) -> Option<(Join, usize)> {
        let text = self.text;
        let mut rest = &text[self.end..floor(text, self.end + REACH)];
        let all = rest.len();
        // The end of a quoted name: `"token"`, `data[password]`, `token\"`.
        let closed = match without_space(rest) {
            spaced if spaced.len() < rest.len() || rest.starts_with("\\u0") => rest,
            _ => rest.trim_start_matches(['"', '\'', '`', '\\', '”', '’', ']']),
        };
        let closed = CLOSERS.iter().find_map(|mark| closed.strip_prefix(mark)).unwrap_or(closed);
        let was_quoted = closed.len() < rest.len();
        let in_tag = text[..self.start].ends_with('<') && closed.starts_with('>');
        rest = closed;
        let at = |rest: &str| self.end + all - rest.len();
        if in_tag {
            return Some((Join::Assigned, at(&rest[1..])));
        }
        if let Some(after) = rest.strip_prefix('/') {
            let in_path = text[..self.start].ends_with(['/', '.']);
            return (!in_path && !was_quoted).then(|| (Join::Slash, at(after)));
        }
        let spaced = without_space(rest);
        let has_space = spaced.len() < rest.len();
        rest = spaced;
        if let Some(after) = rest.strip_prefix(',').map(str::trim_start) {
            // `{name: TOKEN, value: …}` and `("token", "…")`.
            let quoted = was_quoted && text[..self.start].ends_with(['"', '\'', '`']);
            let value = value_key(after).or_else(|| quoted.then_some(after));
            if let Some(after) = value {
                return Some((Join::Assigned, at(after)));
            }
        }
        // `password value=…`, `token for admin@host is …`.
        let rest = value_key(rest).map_or(rest, |_| rest);
        let opened = text[..self.start].ends_with(['"', '\'', '`', '“', '[', '\\']);
        if let Some((join, after)) = connector(rest, was_quoted, opened) {
            return Some((join, at(after)));
        }
        if self.text[..self.start].ends_with("--") || text[self.start..self.end].starts_with("--") {
            return has_space.then(|| (Join::Flag, at(rest)));
        }
        if has_space && let Some(after) = stated_value(rest) {
            return Some((Join::Said, at(after)));
        }
        if rest.starts_with('(') && !rest.starts_with("(s)") {
            let join = if has_space { Join::Beside } else { Join::Said };
            return Some((join, at(&rest[1..])));
        }
        let rest = rest.strip_prefix(['[', '|', ',']).map_or(rest, str::trim_start);
        (has_space || rest.starts_with(['"', '\'', '`'])).then(|| (Join::Beside, at(rest)))
    }

    fn is_secret(&self, join: Join, value: &Value) -> bool {
        let range = value.range.clone();
        let all = &self.text[range.clone()];
        let word = all.split(char::is_whitespace).next().unwrap_or_default();
        let after = &self.text[range.start + word.len()..];
        if all.trim().is_empty() || is_placeholder(all) {
            return false;
        }
        let is_pwd = self.text[self.start..self.end].to_ascii_lowercase().ends_with("pwd");
        if is_pwd && word.starts_with('/') && join != Join::Flag {
            return false;
        }
        // A name before a sentence: quotes do not make "not found" a password.
        let prose = prose::is_prose(word, after)
            || (!value.quoted && join == Join::Said && prose::ends_like_prose(word));
        match (join, self.class) {
            (Join::Assigned, _) => true,
            (Join::Flag, Class::Weak) => prose::is_secretive(word) || value.quoted,
            (Join::Flag, _) => !word.starts_with('-') && (!prose || value.quoted),
            (Join::Said, Class::Password) => value.quoted || !prose,
            (Join::Said, Class::Noun) if self.is_plural() => prose::is_secretive(word),
            (Join::Said, Class::Token | Class::Noun) => {
                !prose && !is_link(word) && !Self::is_chain(word, &self.text[range.end..])
            }
            (Join::Said, Class::Weak) => !prose && !is_link(word) && prose::is_secretive(word),
            (Join::Beside, Class::Password) => {
                !prose && !is_link(word) && !prose::ends_like_prose(word) && !word.starts_with('-')
            }
            (Join::Beside, Class::Token) => {
                !prose && !is_link(word) && !prose::is_name(word) && prose::is_unlikely_word(word)
            }
            (Join::Slash, _) => {
                word.len() >= 6
                    && !prose
                    && !word.contains('/')
                    && (prose::is_secretive(word)
                        && word.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'_')
                        || self.class == Class::Password && prose::is_secretive(word))
            }
            (Join::Beside, _) => !prose && prose::is_secretive(word),
            (_, Class::Header) => false,
        }
    }

    fn is_plural(&self) -> bool {
        let name = &self.text[self.start..self.end];
        name.ends_with(['s', 'S']) && !name.to_ascii_lowercase().ends_with("ss")
    }

    /// A link in a chain of errors: `couldn't get token: exec: …`,
    /// `credential: AzureCLICredential: …`.
    fn is_chain(word: &str, after: &str) -> bool {
        const KINDS: [&str; 5] = ["Credential", "Credentials", "Exception", "Error", "Provider"];
        let kind = word.trim_end_matches(':');
        let lower = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
        word.strip_suffix(':').is_some_and(|word| !word.is_empty() && lower(word))
            || (kind.len() < word.len() || after.starts_with(": "))
                && kind.bytes().all(|byte| byte.is_ascii_alphabetic())
                && KINDS.iter().any(|end| kind.ends_with(end))
    }

    /// The range of an unquoted password that consists of several words.
    fn extended(&self, join: Join, value: &Value) -> std::ops::Range<usize> {
        let mut range = value.range.clone();
        if value.quoted
            || self.class != Class::Password
            || join == Join::Flag
            || join == Join::Beside
        {
            return range;
        }
        for _ in 0..8 {
            let Some(rest) = self.text[range.end..].strip_prefix(' ') else { break };
            let word = rest.split(char::is_whitespace).next().unwrap_or_default();
            let bare = word.trim_end_matches(['.', ',', ';', '!', '"', '\'']);
            let plain = (2..=20).contains(&bare.len())
                && bare.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !plain || prose::is_prose(word, &rest[word.len()..]) {
                break;
            }
            range.end += 1 + bare.len();
            if bare.len() < word.len() {
                break;
            }
        }
        range
    }

    /// The range of a header's value, without its scheme.
    fn header(&self, join: Join, at: usize) -> Option<std::ops::Range<usize>> {
        if !matches!(join, Join::Assigned | Join::Said) {
            return None;
        }
        let text = self.text;
        let opening = text[..self.start].chars().next_back().filter(|c| "\"'`".contains(*c));
        let first = text.get(at..)?;
        let word = first
            .trim_start_matches(['[', '"'])
            .split(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let is_scheme = SCHEMES.iter().any(|known| word.eq_ignore_ascii_case(known));
        if !is_scheme && (prose::is_prose(word, &first[word.len()..]) || is_placeholder(word)) {
            return None;
        }
        let (start, limit) = if first.starts_with(['"', '\'', '`', '\\', '“']) {
            let value = value(text, at);
            (value.range.start, value.range.end)
        } else {
            let start = at + usize::from(first.starts_with('['));
            let line = line_end(text, start);
            let close = if first.starts_with('[') { Some(']') } else { opening };
            let end = close
                .and_then(|close| text[start..line].find(close))
                .map_or(line, |end| start + end);
            (start, end)
        };
        let whole = &text[start..limit];
        let scheme = whole.split(char::is_whitespace).next().unwrap_or_default();
        let rest = whole[scheme.len()..].trim_start();
        let known = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        if known && !rest.is_empty() {
            let credentials = limit - rest.len();
            let word = rest.split(char::is_whitespace).next().unwrap_or_default();
            if is_placeholder(word) {
                return None;
            }
            let single = SINGLE.iter().any(|known| scheme.eq_ignore_ascii_case(known));
            let quoted = word.starts_with(['"', '\'']);
            return Some(
                credentials..if single && !quoted { credentials + word.len() } else { limit },
            );
        }
        Some(start..limit)
    }
}

const SCHEMES: [&str; 16] = [
    "basic",
    "bearer",
    "digest",
    "negotiate",
    "ntlm",
    "token",
    "aws4-hmac-sha256",
    "hawk",
    "apikey",
    "api-key",
    "hoba",
    "mutual",
    "scram-sha-256",
    "signature",
    "sharedkey",
    "kerberos",
];
/// Schemes whose credentials are a single word.
const SINGLE: [&str; 7] = ["basic", "bearer", "negotiate", "ntlm", "token", "apikey", "api-key"];

/// `=`, `:`, `=>`, `->` and similar at the beginning of `rest`, with the rest after them. A quoted
/// name, as in JSON, does not belong to a sentence; nor does one before a quoted value whose
/// beginning was cut off.
fn connector(rest: &str, closed: bool, opened: bool) -> Option<(Join, &str)> {
    const SIGNS: [(&str, Join); 16] = [
        ("=>", Join::Assigned),
        ("->", Join::Assigned),
        ("→", Join::Assigned),
        (":=", Join::Assigned),
        ("==", Join::Assigned),
        ("=", Join::Assigned),
        ("%3D", Join::Assigned),
        ("%3d", Join::Assigned),
        ("&#61;", Join::Assigned),
        ("\\u003d", Join::Assigned),
        ("\\u003D", Join::Assigned),
        ("%3A", Join::Said),
        ("%3a", Join::Said),
        (":", Join::Said),
        ("：", Join::Said),
        ("~>", Join::Assigned),
    ];
    let mut found = None;
    let mut rest = rest;
    for _ in 0..3 {
        let Some((sign, join)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) else {
            break;
        };
        let quoted = closed && (opened || rest[sign.len()..].starts_with(['"', '\'', '\\']));
        let join = if quoted { Join::Assigned } else { *join };
        found = Some(if found == Some(Join::Assigned) { Join::Assigned } else { join });
        rest = without_space(&rest[sign.len()..]);
    }
    found.map(|join| (join, without_indicator(rest)))
}

/// `text` without a YAML indicator before the value: a tag, or the sign of a block.
fn without_indicator(text: &str) -> &str {
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    let indicates = matches!(word, "|" | ">" | "|-" | ">-" | "|+" | ">+") || word.starts_with("!!");
    if indicates { text[word.len()..].trim_start() } else { text }
}

/// `text` without leading white space, including white space escaped as in string literals.
fn without_space(text: &str) -> &str {
    let mut text = text.trim_start();
    while let Some(rest) = text.strip_prefix("\\t").or_else(|| text.strip_prefix("\\n")) {
        text = rest.trim_start();
    }
    text
}

/// What follows `value: ` in `name: token, value: …`.
fn value_key(rest: &str) -> Option<&str> {
    let bare = rest.trim_start_matches(['"', '\'', '\\']);
    let after = bare.strip_prefix("value").or_else(|| bare.strip_prefix("Value"))?;
    let after = after.trim_start_matches(['"', '\'', '\\']).trim_start();
    after.strip_prefix([':', '=']).map(str::trim_start)
}

/// What follows ` is `, ` was set to ` or ` for admin is `.
fn stated_value(rest: &str) -> Option<&str> {
    let mut rest = rest;
    let mut words = 0;
    if let Some(after) = value_key(rest) {
        return Some(after);
    }
    while words < 4 {
        let word = rest.split([' ', '\n', '\t']).next().unwrap_or_default();
        let after = rest.get(word.len()..)?.trim_start();
        match (words, word) {
            (_, "is" | "was" | "are" | "equals" | "is:" | "was:" | "=" | ":") => {
                let after = after
                    .strip_prefix("set to ")
                    .or_else(|| after.strip_prefix("now "))
                    .unwrap_or(after);
                return Some(after.strip_prefix([':', '=']).unwrap_or(after).trim_start());
            }
            (0, "for" | "of" | "value" | "string" | "you") => words += 1,
            (0, _) => return None,
            (_, word) if word.ends_with(':') => return Some(after),
            _ => words += 1,
        }
        rest = after;
    }
    None
}

/// Whether the text is a placeholder for a secret, or empty.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let bare = text.trim_matches(|c: char| "<>[](){}\"'`,.;:".contains(c));
    // None of the placeholders is longer.
    let low = bare.get(..16).map_or_else(|| bare.to_ascii_lowercase(), |_| String::new());
    bare.is_empty()
        || matches!(
            low.as_str(),
            "redacted"
                | "masked"
                | "hidden"
                | "none"
                | "null"
                | "nil"
                | "true"
                | "false"
                | "undefined"
                | "empty"
                | "unset"
                | "omitted"
                | "data+omitted"
                | "unknown"
                | "no value"
                | "not set"
        )
        || bare.chars().all(|c| "*•x-_.".contains(c))
        || (bare.starts_with("${")
            || bare.starts_with("$(")
            || bare.starts_with('%') && bare.len() == 2)
}

/// Whether the word is the address of a page, which may follow `token:` in a sentence.
fn is_link(word: &str) -> bool {
    word.trim_start_matches(['<', '"', '(']).starts_with("http")
}
