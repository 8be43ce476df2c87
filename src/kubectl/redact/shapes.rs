//! Finds secrets that are recognizable by their form alone.

use std::ops::Range;

use super::Spans;
use super::values::floor;

/// Prefixes that only secrets have, with the number of characters that must follow.
const PREFIXES: [(&str, usize); 77] = [
    ("eyJ", 8),
    ("k8s-aws-v1.", 4),
    ("ghp_", 8),
    ("gho_", 8),
    ("ghu_", 8),
    ("ghs_", 8),
    ("ghr_", 8),
    ("github_pat_", 8),
    ("glpat-", 8),
    ("gldt-", 8),
    ("glrt-", 8),
    ("glcbt-", 8),
    ("glptt-", 8),
    ("glft-", 8),
    ("glsoat-", 8),
    ("glagent-", 8),
    ("gloas-", 8),
    ("glimt-", 8),
    ("xoxb-", 6),
    ("xoxp-", 6),
    ("xoxa-", 6),
    ("xoxe-", 6),
    ("xoxe.", 6),
    ("xoxo-", 6),
    ("xoxr-", 6),
    ("xoxs-", 6),
    ("xoxc-", 6),
    ("xoxd-", 6),
    ("xapp-", 6),
    ("AIza", 16),
    ("ya29.", 4),
    ("GOCSPX-", 8),
    ("1//0", 16),
    ("hvs.", 6),
    ("hvb.", 6),
    ("hvr.", 6),
    ("npm_", 16),
    ("pypi-", 16),
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("rk_test_", 8),
    ("pk_live_", 8),
    ("whsec_", 8),
    ("sk-", 20),
    ("SG.", 20),
    ("dop_v1_", 8),
    ("doo_v1_", 8),
    ("shpat_", 8),
    ("shpss_", 8),
    ("sha256~", 16),
    ("dckr_pat_", 8),
    ("hf_", 20),
    ("rubygems_", 16),
    ("dp.pt.", 8),
    ("dp.st.", 8),
    ("AGE-SECRET-KEY-1", 8),
    ("ATATT3", 8),
    ("ATBB", 16),
    ("PMAK-", 16),
    ("NRAK-", 16),
    ("glsa_", 16),
    ("tskey-", 8),
    ("CFPAT-", 16),
    ("nvapi-", 16),
    ("lin_api_", 16),
    ("dapi", 32),
    ("figd_", 16),
    ("pat-eu1-", 20),
    ("pat-na1-", 20),
    ("LTAI", 12),
    ("dp.ct.", 8),
    ("pscale_", 16),
    ("CCIPAT_", 16),
    ("sntrys_", 16),
    ("ory_", 24),
    ("BBDC-", 20),
];
/// Prefixes of AWS identifiers for keys, and for the roles and users they belong to.
const AWS: [&str; 9] = ["AKIA", "ASIA", "AROA", "AIDA", "ABIA", "ACCA", "AGPA", "ANPA", "APKA"];

/// Parameters of a login page that must stay, although they are long and random.
const PUBLIC: [&str; 22] = [
    "state",
    "nonce",
    "code_challenge",
    "client_id",
    "redirect_uri",
    "user_code",
    "scope",
    "scopes",
    "tenant",
    "request_id",
    "requestid",
    "correlation_id",
    "trace_id",
    "traceid",
    "session_state",
    "commit",
    "digest",
    "gitcommit",
    "gittreestate",
    "login_challenge",
    "flow",
    "uid",
];
/// Words before a number that identifies something but grants no access.
const IDENTIFIES: [&str; 20] = [
    "id",
    "ids",
    "commit",
    "digest",
    "revision",
    "uid",
    "uuid",
    "trace",
    "request",
    "correlation",
    "image",
    "fingerprint",
    "sha256",
    "sha1",
    "sha512",
    "etag",
    "checksum",
    "build",
    "container",
    "gitcommit",
];

pub(super) fn find(text: &str, spans: &mut Spans) {
    pem(text, spans);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+/=.~%".contains(&byte);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_word(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        word(text, start..at, spans);
    }
}

/// `-----BEGIN … PRIVATE KEY-----` up to its end, or that of the text. Certificates are hidden as
/// well: they are long and help nobody.
fn pem(text: &str, spans: &mut Spans) {
    let mut from = 0;
    while let Some(begin) = text[from..].find("-----BEGIN ").map(|index| from + index) {
        let label = &text[begin + 11..];
        let head = label[..floor(label, 60)].find("-----").map_or(11, |end| 11 + end + 5);
        let body = begin + head;
        let end = text[body..].find("-----END ").map_or(text.len(), |end| body + end);
        spans.hide(body..end);
        from = end;
    }
}

fn word(text: &str, range: Range<usize>, spans: &mut Spans) {
    let word = &text[range.clone()];
    if word.len() < 12 {
        return;
    }
    // A secret of a known form may begin after `=`, `/` or an escape (`%3D`).
    let mut begin = 0;
    let mut boundaries = vec![0];
    for (index, byte) in word.bytes().enumerate() {
        if b"=/+.~".contains(&byte) {
            boundaries.push(index + 1);
        }
    }
    boundaries.extend(word.match_indices('%').map(|(index, _)| (index + 3).min(word.len())));
    boundaries.sort_unstable();
    for boundary in boundaries {
        if boundary < begin || !word.is_char_boundary(boundary) {
            continue;
        }
        if let Some(length) = known_form(&word[boundary..]) {
            spans.hide(range.start + boundary..range.start + boundary + length);
            begin = boundary + length;
        }
    }
    if is_random_word(text, &range) {
        hide_random(text, range, spans);
    }
}

/// The length of the secret of a known form at the beginning of `text`.
fn known_form(text: &str) -> Option<usize> {
    let run = |allowed: fn(u8) -> bool| text.bytes().take_while(|&byte| allowed(byte)).count();
    // Computed only after a prefix matched: at each boundary of a long word it would be quadratic.
    let token = || run(|byte| byte.is_ascii_alphanumeric() || b"_-.~=/+".contains(&byte));
    for (prefix, least) in PREFIXES.iter().filter(|(prefix, _)| text.starts_with(prefix)) {
        let token = token();
        if token >= prefix.len() + least {
            // Names of objects can begin with `sk-` too.
            let plain =
                *prefix == "sk-" && !text[..token].bytes().any(|byte| byte.is_ascii_uppercase());
            return (!plain).then_some(token);
        }
    }
    if AWS.iter().any(|prefix| text.starts_with(prefix)) {
        let length = run(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if (16..=40).contains(&length) {
            return Some(length);
        }
    }
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let after = text.get(2..34).filter(|_| text.starts_with("SK") && token() == 34);
    if after.is_some_and(is_hex) {
        return Some(34);
    }
    // Terraform's tokens.
    let second = text.get(..32).unwrap_or_default().split_once('.').map(|(_, second)| second);
    if second.is_some_and(|second| second.starts_with("atlasv1.")) {
        return Some(token()).filter(|token| *token >= 40);
    }
    // Vault's older tokens, and the bootstrap tokens of kubeadm.
    let dot = text.bytes().take(7).position(|byte| byte == b'.')?;
    let (first, second) = (text.get(..dot)?, text.get(dot + 1..)?);
    let length = second.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let only = second.len() == length || !second[length..].starts_with(['.', '-']);
    if matches!(first, "s" | "b") && length >= 20 && only {
        return Some(2 + length);
    }
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let bootstrap = first.len() == 6
        && length == 16
        && only
        && text[..23].bytes().all(|byte| lower(byte) || byte == b'.')
        && digits(&second[..16]) >= 3
        && digits(&second[..16]) < 16;
    bootstrap.then_some(23)
}

/// Whether a long random text in the word at `range` can be a secret at all.
fn is_random_word(text: &str, range: &Range<usize>) -> bool {
    let before = &text[..range.start];
    let is_digest =
        ["sha256:", "sha512:", "sha1:", "md5:"].iter().any(|digest| before.ends_with(digest));
    let in_arn = {
        let low = floor(before, before.len().saturating_sub(200));
        let near = &before[low..];
        let start = near
            .rfind(|c: char| c.is_whitespace() || "\"'`(".contains(c))
            .map_or(0, |index| index + 1);
        near.get(start..).unwrap_or_default().starts_with("arn:")
    };
    !(is_digest || in_arn || is_public(before))
}

/// Whether the word is a host name such as `6F…1A.gr7.eu-west-1.eks.amazonaws.com`: the address of
/// a cluster may begin with a random label.
fn is_host(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let labels: Vec<&str> = word.split('.').collect();
    let Some((last, rest)) = labels.split_last() else { return false };
    let legal = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let domain =
        (2..=12).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_lowercase());
    let second =
        rest.last().is_some_and(|label| !label.bytes().any(|byte| byte.is_ascii_uppercase()));
    domain && second && rest.len() >= 2 && rest.iter().all(legal)
}

/// Whether the preceding words say that what follows identifies something but grants no access.
fn is_public(before: &str) -> bool {
    let low = floor(before, before.len().saturating_sub(40));
    let near = before[low..].trim_end_matches([' ', ':', '=', '"', '\'', '(', '/', '@', '#']);
    let name = near
        .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .next()
        .unwrap_or_default();
    let name = name.to_ascii_lowercase();
    PUBLIC.contains(&name.as_str()) || IDENTIFIES.contains(&name.as_str())
}

/// Whether `before` ends inside a URL, after its host and before its query.
fn is_path_of_url(before: &str) -> bool {
    let near = &before[floor(before, before.len().saturating_sub(300))..];
    let word = near.rfind(|c: char| c.is_whitespace() || "\"'`<>()".contains(c));
    let url = word.map_or(near, |index| &near[index..]);
    url.split_once("://").is_some_and(|(_, rest)| !rest.contains(['?', '#', '&', '=', '@']))
}

/// Hides long random texts in the word at `range`.
fn hide_random(text: &str, range: Range<usize>, spans: &mut Spans) {
    let mut word = &text[range.clone()];
    let path = word.starts_with(['/', '.', '~']) || is_path_of_url(&text[..range.start]);
    let address = word.trim_start_matches('/');
    let host = address.split('/').next().unwrap_or_default();
    let mut begin = range.start;
    if is_host(host) {
        word = &address[host.len()..];
        begin = range.end - word.len();
    }
    // A secret key may contain slashes; in a path each name is judged by itself.
    let whole: &[char] = if path { &['/', '.', '%', '='] } else { &['.', '%'] };
    let mut at = 0;
    for piece in word.split(whole) {
        let start = begin + at;
        at += piece.len() + 1;
        let name_end =
            piece.find('=').filter(|&index| index + 1 < piece.trim_end_matches('=').len());
        let (name, value) =
            name_end.map_or(("", piece), |index| (&piece[..index], &piece[index + 1..]));
        if is_public(name) {
            continue;
        }
        let slashed = value.matches('/').count();
        let found =
            if slashed == 0 { is_random(value, path) } else { is_random_with_slashes(value) };
        if found {
            let from = start + piece.len() - value.len();
            spans.hide(from..from + value.len());
        }
    }
}

/// Whether a text with slashes is random, such as `wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`, but
/// not `apps/v1/namespaces/shop/deployments`.
fn is_random_with_slashes(text: &str) -> bool {
    let joined: String = text.chars().filter(|&c| c != '/').collect();
    let capitals = joined.bytes().filter(u8::is_ascii_uppercase).count();
    let digits = joined.bytes().filter(u8::is_ascii_digit).count();
    (joined.len() >= 24 && digits > 0 && capitals * 4 >= joined.len() && unrest(&joined) >= 0.18)
        || text.split('/').any(|piece| is_random(piece, false))
}

/// Whether `text` is long and not a name given by a person. Directories may have names of small
/// letters and digits (`/nix/store/…`).
fn is_random(text: &str, in_path: bool) -> bool {
    let padded = text.ends_with('=');
    let text = text.trim_end_matches('=');
    if text.len() < 16 || is_uuid(text) {
        return false;
    }
    let count = |test: fn(&u8) -> bool| text.bytes().filter(test).count();
    let (upper, lower, digit) =
        (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase), count(u8::is_ascii_digit));
    if padded && upper > 0 && lower > 0 && (digit > 0 || unrest(text) > 0.3) {
        return true;
    }
    if text.len() < 20 {
        return false;
    }
    let pieces = || text.split(['-', '_', '~', '+']);
    let longest = pieces().map(str::len).max().unwrap_or(0);
    let hex = |piece: &str| piece.len() >= 32 && piece.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !in_path
        && pieces().any(|piece| hex(piece) && piece.bytes().any(|byte| byte.is_ascii_digit()))
    {
        return true;
    }
    let base36 = |piece: &str| {
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        piece.len() >= 24 && digits >= 3 && digits < piece.len() && unrest(piece) > 0.22
    };
    if !in_path && pieces().any(base36) {
        return true;
    }
    // All three kinds of characters in disorder. Kubernetes names have no capitals; names in
    // programs begin each word with one.
    let mixed = upper >= 2 && lower >= 2 && digit >= 1;
    (mixed && longest >= 20 && unrest(text) >= 0.28)
        || (mixed && text.len() >= 24 && digit >= 2 && unrest(text) >= 0.34)
        || (text.len() >= 32 && upper >= 4 && lower >= 4 && unrest(text) >= 0.36)
}

/// How often the kind of character changes, not counting an upper case letter before a lower case
/// one: about 0.45 for random text, below 0.2 for `HorizontalPodAutoscaler`.
fn unrest(text: &str) -> f64 {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let changes = text
        .as_bytes()
        .windows(2)
        .filter(|pair| {
            let (one, two) = (kind(pair[0]), kind(pair[1]));
            one != two && one != 3 && two != 3 && (one, two) != (1, 0)
        })
        .count();
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric).count().max(1);
    f64::from(u32::try_from(changes).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(letters).unwrap_or(u32::MAX))
}

fn is_uuid(text: &str) -> bool {
    let mut lengths = text.split('-').map(str::len);
    let form =
        text.len() == 36 && [8, 4, 4, 4, 12].iter().all(|&length| lengths.next() == Some(length));
    form && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
