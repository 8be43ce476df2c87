//! Tells words of sentences from secrets.

use super::names::parts;

/// Words that follow `token`, `password:` and the like in messages of kubectl, its plugins and the
/// clouds' command lines. Lower case, in no particular order.
const WORDS: &str = "
a an the this that these those it its i you your we our they their he she who which what when where why how
is are was were be been being am has have had having do does did done can could cannot can't will would won't
may might must mustn't shall should shouldn't isn't wasn't aren't doesn't don't didn't hasn't haven't couldn't
of for from to in on at by with without within as and or nor not no none but if then than so too very also both
either neither only just already still yet again now once never always ever ago soon later before after during
until since while because due per via into onto out off over under above below between against about around
through across along behind beyond near up down here there all any some each every other another same such more
most less least few many much own first second last next new old current previous latest recent
expired expires expire expiring expiry expiration revoked revoke invalid valid validity validate missing required
requires require needed needs need empty blank unset set incorrect correct wrong bad good malformed mismatch match
matches unknown known unavailable available unsupported supported unauthorized unauthenticated authorized
forbidden denied refused rejected reject accepted failed fails fail failure failures failing succeeded success
error errors err warning warn info debug fatal panic exception problem issue reason cause detail details
found find exists exist existing created deleted updated changed unchanged loaded loading load reading read writing
write written stored saved cached cache fetching fetch fetched getting get got refreshing refresh refreshed
obtaining obtain obtained acquiring acquire acquired retrieving retrieve retrieved retrieval request requests
requested requesting response responses returned return returning received receive sent send sending using used use
uses given provided provide provides supplied supply specified specify expected expects unexpected entered enter
entering type typed typing input output prompt prompted prompting please try trying tried retry retrying wait waiting
run running ran execute executable exec executing command commands plugin plugins provider providers helper binary
program process exit exited code codes status signal timeout timed deadline exceeded context canceled cancelled
server servers client clients host hosts user users username usernames account accounts email group groups role
roles tenant tenants subscription project projects region cluster clusters namespace namespaces resource resources
object objects kind api apis version versions file files path directory folder field fields key keys value values
name names named id ids url uri endpoint endpoints audience issuer scope scopes claim claims header headers cookie
body payload string format length size characters character bytes json yaml xml base64 pem der jwt jwks oidc oauth
oauth2 saml ldap mfa sso aad adfs aws gcloud gke eks aks az azure google amazon okta dex keycloak vault teleport
kubelogin kubectl kubeconfig kubernetes rancher openshift credential authentication authorization
authenticating authenticate authenticated login logon logged log logout sign signed signing signature certificate
certificates cert ca tls ssl x509 http https tcp udp dial dns lookup connect connection connecting connected network
eof nil null undefined true false yes ok okay post put patch delete head options open opening close closed
permission permissions access policy policies admission rbac list lists lister listing watch watches watching create
update cannot unable couldn't failed-to auth-provider lacks lack lacking contains contain containing starts ends
begins ended started stopped store storage manager management management-api secretmanager rotation rotated rotate
lifetime lifetimes ttl age old-style based bound binding mount mounted mounting volume volumes projected projection
reference ref references type types exchange grant grants flow flows endpoint-url source sources vendor vending
generation generator generated generate issuing issue issued issuance review reviews authenticator webhook
controller service services serviceaccount sa manager's session sessions system systems store's engine backend
default defaults disabled enabled disable enable optional mandatory ignored ignoring skipped skipping unreadable
encrypted decrypted decrypting encryption decryption hash hashed hashing hidden masked redacted removed remove
protected secure insecure plain plaintext text chars too-short short long longer shorter shortest strength weak
strong policy-violation reset resets change reuse reused recovery hint manually again. line lines column character.
contact administrator admin support see consult check checking verify verified verifying verification verifier
ensure make sure note hint: help usage flag flags option argument arguments parameter parameters environment
variable variables env config configuration configured configure setting settings profile profiles app application
applications registration identity identities principal principals federated federation managed workload
temporary permanent permanently temporarily interactive interaction interactively non-interactive device browser
page pages web terminal console keyboard stdin stdout stderr tty keychain keyring prompt's cancelled.
one two three zero single multiple several both. retries attempts attempt times time date seconds minutes hours days
today yesterday tomorrow utc gmt max maximum min minimum limit limits quota rate rates-limit throttled throttling
data document documents database databases entry entries item items record records row part parts piece section
against: audit mapping map mapped maps parse parsing parsed parser decode decoding decoded encode encoding unmarshal
marshal convert converting conversion syntax semantic schema internal external local remote public private shared
global regional upstream downstream proxy gateway gateways ingress egress node nodes pod pods deployment deployments
secret-store locked unlock unlocked lock blocked block banned inactive active activated pending approved approval
compromised leaked exposed replaced superseded outdated stale fresh initial initialized uninitialized immutable
mutable opaque legacy deprecated unverifiable unsigned unrecognized unrecognised unspecified unregistered
unencrypted malformed: nothing something anything everything somebody nobody anyone everyone whether though although
however therefore otherwise instead unless except including excluding like unlike regarding concerning related
invalid_grant invalid_client invalid_request access_denied authorization_pending slow_down expired_token
invalid_token insufficient_scope nonce state challenge verifier: subject audience: kid alg iss aud sub exp iat nbf
sts iam arn mfa: assumerole assumed assume chain operation operations action actions call calls called calling
method methods function functions handler handle handled handling setup set-up installed install installation
installing not-found went gone lost dropped reached reachable unreachable refused: incomplete complete completed
completely partially entirely currently recently previously automatically properly correctly successfully
lowercase uppercase alphanumeric digits digit letters numeric number numbers integer boolean array
";

/// Endings of words in sentences, for `token is unverifiable` and the like.
const ENDINGS: [&str; 14] = [
    "ed", "ing", "able", "ible", "tion", "sion", "ment", "ence", "ance", "ly", "ful", "less",
    "ness", "ption",
];

/// Nouns with which a sentence may continue: `token: Token for x does not exist`.
const NOUNS: [&str; 12] = [
    "token",
    "tokens",
    "secret",
    "secrets",
    "password",
    "passwords",
    "credentials",
    "credential",
    "bearer",
    "passphrase",
    "pin",
    "otp",
];

fn words() -> &'static std::collections::HashSet<&'static str> {
    static SET: std::sync::LazyLock<std::collections::HashSet<&'static str>> =
        std::sync::LazyLock::new(|| WORDS.split_whitespace().collect());
    &SET
}

/// Whether `word` belongs to a sentence: a known word, made of known words, an HTTP status, or an
/// error code. `after` is the text that follows.
pub(super) fn is_prose(word: &str, after: &str) -> bool {
    let trimmed = word.trim_matches(|c: char| !c.is_alphanumeric());
    if trimmed.is_empty() {
        return word.chars().all(|c| ".…-–—".contains(c));
    }
    if trimmed.len() > 60 {
        return false;
    }
    let low = trimmed.to_lowercase().replace('’', "'");
    if low == "correct" {
        // `password is correct`, but not `passphrase: correct horse …`.
        let next = after.trim_start().split([' ', '\n', ',', '.']).next().unwrap_or_default();
        return next.is_empty() || words().contains(next);
    }
    if words().contains(low.as_str()) {
        return true;
    }
    if NOUNS.contains(&low.as_str()) {
        // `secret` is a value in `password: secret`, but not in `token: secret not found`.
        let next = after.trim_start().split([' ', '\n', ',', ':']).next().unwrap_or_default();
        if after.starts_with(" \"") && low.ends_with('s') {
            return true;
        }
        return after.starts_with([' ', ':', '/'])
            && words().contains(next.to_lowercase().as_str());
    }
    if is_code(trimmed) {
        return true;
    }
    let parts = parts(trimmed);
    let known = |part: &String| words().contains(part.as_str());
    let joined = trimmed.chars().all(|c| c.is_ascii_alphanumeric() || "_-'/.".contains(c));
    joined
        && parts.len() > 1
        && parts.iter().any(known)
        && parts.iter().all(|part| known(part) || NOUNS.contains(&part.as_str()))
}

/// Whether `word` has the ending of a word in a sentence.
pub(super) fn ends_like_prose(word: &str) -> bool {
    let word = word.trim_matches(|c: char| ".,:;!?)\"'".contains(c));
    let plain = word.len() >= 5
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    plain && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// `AADSTS700082`, `401`.
fn is_code(word: &str) -> bool {
    let status = word.len() == 3 && matches!(word.parse(), Ok(100..=599));
    let azure = word.strip_prefix("AADSTS").or_else(|| word.strip_prefix("AADB2C"));
    status || azure.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether `word` could be a label or name in Kubernetes: `team-sso`, `api-7d9f8b6c5d-x2v9k`, `db`.
pub(super) fn is_name(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ':', ';', '!', '?', ')']);
    let legal =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./_:".contains(&byte);
    let mut pieces = word.split(['-', '.', '/', '_', ':']);
    word.bytes().all(legal)
        && word.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && pieces.all(|piece| !is_mixed(piece) || (piece.len() <= 10 && word.contains('-')))
}

/// Whether letters follow digits in a piece of six characters or more: `hunter2secret`.
fn is_mixed(piece: &str) -> bool {
    let after_digit = piece.trim_start_matches(|c: char| !c.is_ascii_digit());
    piece.len() >= 6 && after_digit.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether `word` looks like a secret after an ambiguous noun: upper case mixed with digits,
/// symbols, digits in the middle.
pub(super) fn is_secretive(word: &str) -> bool {
    let word = word.trim_matches(|c: char| ".,:;!?()[]<>\"'".contains(c));
    if word.len() < 4 || word.starts_with(['/', '~', '$', '%', '-']) || word.contains("://") {
        return false;
    }
    let has = |test: fn(&u8) -> bool| word.bytes().any(|byte| test(&byte));
    let digit = has(u8::is_ascii_digit);
    let upper = has(u8::is_ascii_uppercase);
    let lower = has(u8::is_ascii_lowercase);
    let symbol = word.bytes().any(|byte| b"!@#$%^&*+=~".contains(&byte));
    let pieces: Vec<&str> = word.split(['-', '.', '/', '_', ':']).collect();
    (digit && upper && lower)
        || (digit && upper && pieces.len() == 1 && word.len() >= 6)
        || (symbol && (digit || upper))
        || (pieces.len() == 1 && is_mixed(word))
        || (upper && !lower && pieces.len() == 1 && word.len() >= 8)
}

/// Whether `word` is unlikely to follow `token` in a sentence: anything but a plain word of
/// letters.
pub(super) fn is_unlikely_word(word: &str) -> bool {
    let word = word.trim_matches(|c: char| ".,:;!?()[]<>\"'".contains(c));
    let plain = word.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_/'.".contains(&byte));
    let lower_tail = word.bytes().skip(1).all(|byte| !byte.is_ascii_uppercase());
    word.len() >= 4 && !word.starts_with(['/', '~', '$', '%', '-']) && (!plain || !lower_tail)
}
