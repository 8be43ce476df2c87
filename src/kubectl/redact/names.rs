//! The names that stand for secrets.

/// How certain it is that a secret follows a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// `password`: only a secret or a sentence can follow.
    Password,
    /// `token`, `api key`, `bearer`: a secret, the name of an object, or a sentence can follow.
    Token,
    /// `secret`, `credentials`, `pass`, `pin`: words of many sentences, and kinds of objects.
    Noun,
    /// `session`, `sig`, `auth`: a secret only if `=` or `:` follows.
    Weak,
    /// `Authorization`, `Cookie`: headers whose whole value is a secret.
    Header,
}

/// Parts of names that mean a password, also at the end of a longer word (`dbpassword`).
const PASSWORDS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "userpass",
    "passwort",
    "kennwort",
    "wachtwoord",
    "contrasena",
    "senha",
];
/// Short names for passwords, only as whole parts.
const SHORT_PASSWORDS: [&str; 5] = ["otp", "totp", "psk", "mfapin", "dbpass"];
/// Parts of names that mean a token, also at the end of a longer word.
const TOKENS: [&str; 10] = [
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "accountkey",
    "clientsecret",
    "secret",
    "credential",
];
/// Words that make a `key` a secret one: `api key`, `SharedAccessKey`.
const KEYS: [&str; 35] = [
    "api",
    "access",
    "private",
    "secret",
    "signing",
    "encryption",
    "account",
    "storage",
    "master",
    "shared",
    "client",
    "auth",
    "license",
    "licence",
    "ssh",
    "gpg",
    "tls",
    "root",
    "deploy",
    "service",
    "consumer",
    "app",
    "application",
    "subscription",
    "functions",
    "admin",
    "crypt",
    "hmac",
    "aes",
    "rsa",
    "apikey",
    "security",
    "decryption",
    "recovery",
    "session",
];
/// Words that make a `code` a secret one; a device code is meant to be shown.
const CODES: [&str; 8] =
    ["mfa", "otp", "totp", "2fa", "recovery", "backup", "sms", "authenticator"];
/// Last parts of names whose value is not a secret: `token_file`, `secretName`.
const HARMLESS_ENDS: [&str; 67] = [
    "file",
    "files",
    "path",
    "paths",
    "name",
    "names",
    "ref",
    "url",
    "uri",
    "type",
    "endpoint",
    "expiry",
    "expires",
    "expiration",
    "ttl",
    "length",
    "count",
    "dir",
    "directory",
    "policy",
    "provider",
    "review",
    "reviews",
    "request",
    "requests",
    "issuer",
    "audience",
    "audiences",
    "store",
    "manager",
    "class",
    "kind",
    "mount",
    "namespace",
    "helper",
    "plugin",
    "cache",
    "lifetime",
    "age",
    "scope",
    "scopes",
    "status",
    "version",
    "format",
    "resource",
    "rotation",
    "required",
    "field",
    "error",
    "source",
    "selector",
    "duration",
    "seconds",
    "algorithm",
    "alg",
    "protocol",
    "mode",
    "method",
    "enabled",
    "env",
    "user",
    "username",
    "command",
    "server",
    "host",
    "port",
    "service",
];
/// Last parts that do not change the meaning of a name: `token_value`, `password1`.
const NEUTRAL_ENDS: [&str; 13] = [
    "value", "data", "id", "text", "plain", "new", "old", "current", "default", "prod", "dev",
    "base64", "b64",
];

/// The class of the name `word`, if it stands for a secret; `before` is the previous word, for
/// names of two words (`api key`).
pub(super) fn classify(word: &str, before: &str) -> Option<Class> {
    let word = word.trim_start_matches(['-', '.', '_']).trim_end_matches(['-', '.', '_']);
    if word.len() > 120 {
        return None;
    }
    let low = word.to_ascii_lowercase();
    match low.as_str() {
        "authorization"
        | "proxy-authorization"
        | "x-authorization"
        | "x-forwarded-authorization"
        | "cookie"
        | "cookies"
        | "set-cookie"
        | "http_authorization"
        | "http_cookie" => {
            return Some(Class::Header);
        }
        "secret" | "secrets" | "credentials" | "credential" | "creds" | "cred" | "pass" | "pin"
        | "passwords" | "mfa" => return Some(Class::Noun),
        "bearer" => return Some(Class::Token),
        "session" | "sessionid" | "sid" | "jsessionid" | "phpsessid" | "auth" | "sig"
        | "signature" | "csrf" | "xsrf" | "hmac" | "assertion" | "samlresponse"
        | "samlassertion" | "x-auth" | "connect.sid" | "csrftoken" | "authcode" | "sas"
        | "passw" | "jwt" | "tok" => return Some(Class::Weak),
        "phrase" if before.eq_ignore_ascii_case("pass") => return Some(Class::Password),
        "key" | "keys" => return one_of(before, &KEYS).then_some(Class::Token),
        "code" => return one_of(before, &CODES).then_some(Class::Noun),
        _ => {}
    }
    // In a path of names the last one counts: `spring.datasource.password`.
    let last = word.rsplit('.').next().unwrap_or(word);
    let kebab = last.contains('-') && !last.starts_with("x-") && !last.starts_with("X-");
    let parts = parts(last);
    let end = parts.last()?.as_str();
    if HARMLESS_ENDS.contains(&end) {
        return None;
    }
    for (index, part) in parts.iter().enumerate().rev() {
        let at_end = index + 1 == parts.len();
        let neutral = parts[index + 1..].iter().all(|part| {
            NEUTRAL_ENDS.contains(&part.as_str()) || part.bytes().all(|byte| byte.is_ascii_digit())
        });
        // `my-secret-db` is the name of an object; `SECRET_DB` is a variable.
        if !at_end && !neutral && kebab {
            continue;
        }
        let previous =
            index.checked_sub(1).and_then(|index| parts.get(index)).map_or("", |part| part);
        if let Some(class) = part_class(part, previous, at_end || neutral) {
            return Some(class);
        }
    }
    None
}

fn part_class(part: &str, previous: &str, last: bool) -> Option<Class> {
    let single = part.strip_suffix('s').filter(|single| single.len() > 4).unwrap_or(part);
    let ends = |list: &[&str]| list.iter().any(|name| single.ends_with(name) || part == *name);
    if ends(&PASSWORDS) || SHORT_PASSWORDS.contains(&part) || (part == "pass" && last) {
        return Some(Class::Password);
    }
    if ends(&TOKENS) {
        return Some(Class::Token);
    }
    match part {
        "key" | "keys" if one_of(previous, &KEYS) => Some(Class::Token),
        "phrase" if previous == "pass" => Some(Class::Password),
        "code" if one_of(previous, &CODES) => Some(Class::Noun),
        "pin" | "creds" if last => Some(Class::Noun),
        "session" | "sessid" if last && previous != "sso" => Some(Class::Weak),
        "sid" | "sig" | "signature" | "csrf" | "assertion" | "auth" if last => Some(Class::Weak),
        "bearer" if last => Some(Class::Token),
        "verifier" if last && one_of(previous, &["oauth", "code", "pkce"]) => Some(Class::Weak),
        _ => None,
    }
}

fn one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|one| word.eq_ignore_ascii_case(one))
}

/// Splits `clientSecret`, `client_secret` and `CLIENT-SECRET` into `client` and `secret`.
pub(super) fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let bytes = word.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        let before = index.checked_sub(1).map_or(b' ', |index| bytes[index]);
        let after = bytes.get(index + 1).copied().unwrap_or(b' ');
        let begins = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        let digits = byte.is_ascii_digit() && before.is_ascii_alphabetic() && part.len() > 3;
        if (begins || digits || !byte.is_ascii_alphanumeric()) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        if byte.is_ascii_alphanumeric() {
            part.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}
