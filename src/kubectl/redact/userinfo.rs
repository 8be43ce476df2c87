//! Finds user and password before an `@`.

use super::Spans;
use super::values::{floor, line_end};

/// The maximum length of an address that is examined.
const MOST: usize = 2 << 10;

pub(super) fn find(text: &str, spans: &mut Spans) {
    urls(text, spans);
    bare(text, spans);
    flags(text, spans);
}

/// `scheme://user:password@host`: everything up to the `@` is removed.
fn urls(text: &str, spans: &mut Spans) {
    let mut done = 0;
    // The next `@`, searched once instead of for each address before it.
    let mut ats = text.match_indices('@').map(|(at, _)| at).peekable();
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        if start < done {
            continue;
        }
        while ats.next_if(|at| *at < start).is_some() {}
        let end = floor(text, start + MOST);
        let window = &text[start..line_end(&text[..end], start)];
        let has_at = ats.peek().is_some_and(|at| *at < start + window.len());
        let scheme = text[..at]
            .bytes()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte));
        let before = text[..at - scheme.count()].chars().next_back();
        let userinfo = if has_at { userinfo_end(window, before) } else { None };
        if let Some(end) = userinfo {
            spans.drop(start..start + end);
            done = start + end;
        } else if let Some(end) = unfinished(window) {
            // The address was cut off before its `@`.
            let colon = window.find(':').map_or(0, |colon| colon + 1);
            spans.hide(start + colon..start + end);
        }
    }
}

/// The position after the `@` that ends the user part of the address `window`.
fn userinfo_end(window: &str, before: Option<char>) -> Option<usize> {
    let quote = before.filter(|c| "\"'`".contains(*c));
    let whole = match quote {
        Some(quote) => window.find(quote).map_or(window, |end| &window[..end]),
        None => window.find(['"', '<', '>']).map_or(window, |end| &window[..end]),
    };
    let word = whole.find(char::is_whitespace).map_or(whole, |end| &whole[..end]);
    if let Some(end) = in_piece(word) {
        return Some(end);
    }
    // A password that contains a space: the first word contains no port.
    if word.len() < whole.len() && has_password(word) {
        let end = whole.find('@')?;
        return (quote.is_some() || end < 200).then_some(end + 1);
    }
    None
}

fn in_piece(piece: &str) -> Option<usize> {
    let authority = piece.find(['/', '?', '#']).unwrap_or(piece.len());
    if let Some(end) = piece[..authority].rfind('@') {
        return Some(end + 1);
    }
    // A slash in a password ends the authority for parsers that split at slashes.
    has_password(&piece[..authority]).then(|| piece.rfind('@').map(|end| end + 1))?
}

/// Whether the text after the first colon is not a port.
fn has_password(authority: &str) -> bool {
    if authority.starts_with('[') {
        return false;
    }
    authority.split_once(':').is_some_and(|(_, port)| {
        let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
        let rest = port[end..]
            .trim_start_matches(['.', ',', ';', ':', ')', ']', '}', '\'', '`', '"', '\\', '/']);
        let is_port = (1..=5).contains(&end) && rest.is_empty();
        !is_port && !port.is_empty()
    })
}

/// Where the password of an address without an end stops, if it has one.
fn unfinished(window: &str) -> Option<usize> {
    let end =
        window.find(|c: char| c.is_whitespace() || "\"'`/?#<>".contains(c)).unwrap_or(window.len());
    let authority = &window[..end];
    let (host, port) = authority.split_once(':')?;
    let placeholder = port.starts_with(['$', '{', '%', '<', '*'])
        || port.trim_end_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case("port");
    let secretive = port.bytes().any(|byte| byte.is_ascii_alphabetic());
    let plain = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.%+".contains(&byte));
    // `host:6443: connection refused` and `host:6443,https://…` have a port.
    let is_port = port.starts_with(|c: char| c.is_ascii_digit())
        && port
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with([':', ',', ';', ')', ']', '}', '\\']);
    (plain && secretive && !placeholder && !is_port && has_password(authority)).then_some(end)
}

/// Schemes and prefixes that are not user names: `repo/app:v1@sha256:…`, `mailto:me@example.org`.
const NO_USERS: [&str; 14] = [
    "mailto",
    "email",
    "upn",
    "system",
    "kube",
    "serviceaccount",
    "group",
    "account",
    "subject",
    "principal",
    "member",
    "from",
    "to",
    "arn",
];

/// `user:password@host` without a scheme.
fn bare(text: &str, spans: &mut Spans) {
    let is_user = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+%\\".contains(&byte);
    let mut from = 0;
    for (at, _) in text.match_indices('@') {
        let host = &text[at + 1..];
        if !host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || c == '_')
            || ["sha256:", "sha512:", "sha1:"].iter().any(|digest| host.starts_with(digest))
        {
            continue;
        }
        // The word up to the `@`, within the maximum length.
        let low = from.max(at.saturating_sub(MOST));
        let low = floor(text, low);
        let before = &text[low..at];
        let begin = before
            .rfind(|c: char| c.is_whitespace() || "\"'`<>([{".contains(c))
            .map_or(low, |index| {
                low + index + before[index..].chars().next().map_or(1, char::len_utf8)
            });
        let word = &text[begin..at];
        from = at + 1;
        if word.contains("://") {
            continue;
        }
        let Some((user, password)) = word.split_once(':') else { continue };
        let start = user.bytes().rev().take_while(|&byte| is_user(byte)).count();
        // The colon is in a path before the name of a context: `ns/api-host:6443/admin@x`.
        let has_slash = password
            .split_once('/')
            .is_some_and(|(port, _)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let name = &user[user.len() - start..];
        let known = NO_USERS.iter().any(|one| name.eq_ignore_ascii_case(one));
        if name.is_empty() || known || password.is_empty() || has_slash {
            continue;
        }
        spans.hide(begin + user.len() + 1..at);
    }
}

/// `curl -u user:password`.
fn flags(text: &str, spans: &mut Spans) {
    for flag in [
        "-u ",
        "--user ",
        "-u=",
        "--user=",
        "--proxy-user ",
        "-U ",
        "--basic-auth=",
        "--basic-auth ",
    ] {
        for (at, _) in text.match_indices(flag) {
            if !text[..at].ends_with(|c: char| c.is_whitespace() || "\"'`[(".contains(c)) && at != 0
            {
                continue;
            }
            let start = at + flag.len();
            let word = &text[start..floor(text, start + MOST)];
            let word = word.split(char::is_whitespace).next().unwrap_or_default();
            if let Some((user, password)) = word.split_once(':')
                && !password.starts_with("//")
                && !NO_USERS.contains(&user)
            {
                let password = password.trim_end_matches(['"', '\'', '`']);
                spans.hide(start + user.len() + 1..start + user.len() + 1 + password.len());
            }
        }
    }
}
