//! Takes secrets out of text that kubectl, a kubeconfig or a plugin wrote.

use std::sync::LazyLock;

use regex::{Captures, Regex};

const HIDDEN: &str = "REDACTED";

/// What looks like a secret: credentials inside a URL, a bearer token, a value given to a name
/// that stands for one, a JSON Web Token.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?P<url> [A-Za-z][A-Za-z0-9+.\-]*:// )
            (?: [^/?\#\s"'@:]* : [^\s"'@]* (?: @[^/?\#\s"'@]* )* | [^/?\#\s"'@]* ) @
        | (?P<bearer> (?i: bearer | basic ) \s+ ) [A-Za-z0-9._~+/=\-]{8,}
        | (?P<named> (?i: [a-z_\-]* (?: token | passwd | password | secret | signature
            | credential | (?: api | access | private | secret ) [_-]? key ) (?: [_-] [a-z_\-]* )? )
            (?: \\?["']? \s* [=:] \s* \\?["']? ) ) [^\s"'&,;\\]{4,}
        | (?P<flag> -- (?i: token | password | client-secret | secret ) \s+ ) \S+
        | (?: k8s-aws-v1 | ya29 ) \. [A-Za-z0-9._\-]+
        | eyJ[A-Za-z0-9_\-]{8,} (?: \.[A-Za-z0-9_\-]+ )*
        "#,
    )
    .ok()
});

/// `text` without secrets: URLs lose their user and password, bearer tokens, JSON Web Tokens and
/// values of `token=`, `password:` and the like become `REDACTED`.
///
/// It errs on the side of hiding: a word too much is better than a token on somebody's screen.
pub fn redact(text: &str) -> String {
    let Some(secret) = SECRET.as_ref() else {
        return HIDDEN.to_owned();
    };
    secret
        .replace_all(text, |found: &Captures<'_>| {
            let group = |name| found.name(name).map(|group| group.as_str().to_owned());
            if let Some(scheme) = group("url") {
                scheme
            } else {
                let name =
                    ["bearer", "named", "flag"].into_iter().find_map(group).unwrap_or_default();
                name + HIDDEN
            }
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_sentence_stays() {
        let cases = [
            ("https://me:hunter2@10.0.0.1:6443/api", "https://10.0.0.1:6443/api"),
            ("https://me:p@ss@h/x", "https://h/x"),
            (
                "proxyconnect tcp: http://u:p@proxy:3128: refused",
                "proxyconnect tcp: http://proxy:3128: refused",
            ),
            ("Authorization: Bearer abcdef012345.xyz", "Authorization: Bearer REDACTED"),
            (r#"{"token":"abcdefgh"}"#, r#"{"token":"REDACTED"}"#),
            ("GET /x?access_token=abcd1234&limit=5", "GET /x?access_token=REDACTED&limit=5"),
            ("https://u:pa/ss@10.0.0.1:6443/x", "https://10.0.0.1:6443/x"),
            ("run --token hunter2secret now", "run --token REDACTED now"),
            ("AWS_SECRET_ACCESS_KEY=abcd/efgh+1", "AWS_SECRET_ACCESS_KEY=REDACTED"),
            ("token k8s-aws-v1.aHR0cHM expired", "token REDACTED expired"),
            ("got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJr.c2ln-x here", "got REDACTED here"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact(text), expected);
        }
    }

    #[test]
    fn ordinary_sentences_are_left_alone() {
        for text in [
            "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?",
            "exec: executable gke-gcloud-auth-plugin failed with exit code 1",
            "pods is forbidden: User \"me@example.org\" cannot list resource \"pods\" in API group \"\"",
            "https://10.0.0.1:6443/apis/autoscaling/v2",
            "https://example.org/a@b",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
