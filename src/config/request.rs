//! The forwards that a user requests, in any number: names of configured forwards, or kubectl's
//! `TYPE/NAME [LOCAL:]REMOTE…`.

use super::Forward;
use super::pattern::nearest;
use super::target::{ForwardTarget, Ports, doubled_local};

/// A requested forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardRequest<'a> {
    /// A forward of the configuration.
    Configured(&'a Forward),
    /// A target and at least one port.
    Target(ForwardTarget, Vec<Ports>),
}

/// Why arguments do not request a forward, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RequestError(String);

impl<'a> ForwardRequest<'a> {
    /// Parses the arguments of a command line. `forwards` are those of the configuration.
    pub fn parse_all(words: &[String], forwards: &'a [Forward]) -> Result<Vec<Self>, RequestError> {
        parse_all(words, forwards).map_err(RequestError)
    }
}

/// A bare name is a configured forward, or else a pod if a port follows. All arguments after a
/// target's first port belong to the target, up to the next target or configured forward.
fn parse_all<'a>(
    words: &[String],
    forwards: &'a [Forward],
) -> Result<Vec<ForwardRequest<'a>>, String> {
    let named = |word: &str| forwards.iter().find(|forward| forward.name == word);
    let mut requests: Vec<ForwardRequest<'a>> = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if word.is_empty() {
            let text = "an empty word is not a target; write TYPE/NAME and a port, such as svc/web 80, or the name of a forward of the config";
            return Err(text.to_owned());
        }
        // A port or `LOCAL:REMOTE` in the place of a target.
        let stray = |word: &str| {
            let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
            (digits || word.contains(':')) && Ports::parse(word).is_ok()
        };
        if let Some(forward) = named(word) {
            if let Some(port) = words.peek().filter(|next| stray(next)) {
                return Err(format!(
                    "{word:?} is a forward of the config, which has its port, and {port:?} another; for a pod of that name, write pod/{word} {port}"
                ));
            }
            if requests.contains(&ForwardRequest::Configured(forward)) {
                return Err(format!("{word:?} is given twice"));
            }
            requests.push(ForwardRequest::Configured(forward));
            continue;
        }
        if stray(word) {
            return Err(format!(
                "{word:?} stands where TYPE/NAME should; the order is TYPE/NAME [LOCAL:]REMOTE"
            ));
        }
        let resource = ForwardTarget::parse(word);
        // An unknown name followed by another name: no pod was meant.
        let port = words.peek().filter(|next| named(next).is_none() && !next.contains('/'));
        let Some(port) = port else {
            return Err(match resource {
                Ok(_) if word.contains('/') => {
                    format!("{word:?} has no port after it, such as {word} 80")
                }
                Err(error) if word.contains('/') => error.to_string(),
                _ => unknown(word, forwards),
            });
        };
        let resource = resource.map_err(|error| error.to_string())?;
        let mut ports = vec![Ports::parse(port).map_err(|error| error.to_string())?];
        words.next();
        while let Some(word) = words.next_if(|next| named(next).is_none() && !next.contains('/')) {
            let port = Ports::parse(word).map_err(|error| error.to_string())?;
            if ports.contains(&port) {
                return Err(format!("{word:?} is given twice for {resource}"));
            }
            ports.push(port);
        }
        if let Some(port) = doubled_local(&ports) {
            return Err(format!("the local port {port} is given twice for {resource}"));
        }
        requests.push(ForwardRequest::Target(resource, ports));
    }
    Ok(requests)
}

fn unknown(word: &str, forwards: &[Forward]) -> String {
    let names = || forwards.iter().map(|forward| forward.name.as_str());
    let near = nearest(word, names());
    if !near.is_empty() {
        let near: Vec<String> = near.iter().map(|name| format!("{name:?}")).collect();
        return format!(
            "no forward of the config is named {word:?}; did you mean {}?",
            near.join(" or ")
        );
    }
    let known = if forwards.is_empty() {
        "the config names no forwards".to_owned()
    } else {
        format!("those of the config are {}", names().collect::<Vec<_>>().join(", "))
    };
    format!(
        "no forward of the config is named {word:?} ({known}); for a pod, give its port too: {word} 80"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn forwards() -> Vec<Forward> {
        let text = "forwards:\n- {name: prom, resource: svc/p, port: 80}\n- {name: db, resource: postgres-0, port: 5432}\n";
        crate::config::parse(text.as_bytes(), Path::new("w")).unwrap().forwards
    }

    fn read(words: &str) -> String {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let show = |request: &ForwardRequest<'_>| match request {
            ForwardRequest::Configured(forward) => forward.name.clone(),
            ForwardRequest::Target(resource, ports) => {
                let ports: Vec<String> = ports.iter().map(Ports::to_string).collect();
                format!("{resource} {}", ports.join(" "))
            }
        };
        match parse_all(&words, &forwards()) {
            Ok(requests) => requests.iter().map(show).collect::<Vec<_>>().join("; "),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn names_and_targets_may_be_in_any_order() {
        assert_eq!(read("prom db"), "prom; db");
        assert_eq!(read("svc/web 8080:80"), "service/web 8080:80");
        assert_eq!(read("web-0 http"), "pod/web-0 http");
        assert_eq!(read("prom svc/web http db"), "prom; service/web http; db");
        assert_eq!(read("svc/web 80 svc/api 81"), "service/web 80; service/api 81");
        assert_eq!(read("pod/prom 80"), "pod/prom 80");
    }

    #[test]
    fn a_target_has_several_ports() {
        assert_eq!(read("svc/web 80 443 8080:http :80"), "service/web 80 443 8080:http :80");
        assert_eq!(read("svc/web 80 http db web-0 :9"), "service/web 80 http; db; pod/web-0 :9");
        assert_eq!(
            read("deploy/web 80 81 svc/a :80 :81"),
            "deployment/web 80 81; service/a :80 :81"
        );
        // Here a pod must be written with its type.
        assert_eq!(read("svc/web 80 web-0 http"), "service/web 80 web-0 http");
    }

    #[test]
    fn an_empty_word_is_an_error_that_shows_the_form() {
        let error = parse_all(&[String::new()], &forwards()).unwrap_err();
        assert!(error.starts_with("an empty word is not a target; write TYPE/NAME"), "{error}");
    }

    #[test]
    fn errors_suggest_similar_names() {
        insta::assert_snapshot!(
            [
                "prmo", "prmo db", "zebra", "prom 80", "prom prom", "80 svc/web", "svc/web",
                "svc/web 80 443:0", "svc/web 80 80", "svc/web 9:80 9:81", "svc/web svc/api 80", "scv/web 80", "svc/web 0", "svc/web http:80",
                "-x 80", "svc/-x 80",
            ]
            .map(read)
            .join("\n"),
            @r#"
            error: no forward of the config is named "prmo"; did you mean "prom"?
            error: no forward of the config is named "prmo"; did you mean "prom"?
            error: no forward of the config is named "zebra" (those of the config are prom, db); for a pod, give its port too: zebra 80
            error: "prom" is a forward of the config, which has its port, and "80" another; for a pod of that name, write pod/prom 80
            error: "prom" is given twice
            error: "80" stands where TYPE/NAME should; the order is TYPE/NAME [LOCAL:]REMOTE
            error: "svc/web" has no port after it, such as svc/web 80
            error: "443:0": 0 is not a port; ports are 1 to 65535
            error: "80" is given twice for service/web
            error: the local port 9 is given twice for service/web
            error: "svc/web" has no port after it, such as svc/web 80
            error: "scv/web": nothing of the type "scv" can be forwarded to; did you mean svc?
            error: 0 is not a port; ports are 1 to 65535
            error: "http:80": the local port "http" is not a number; the order is LOCAL:REMOTE
            error: "-x" is not TYPE/NAME, such as svc/web: names begin and end with a letter or a digit
            error: "svc/-x" is not TYPE/NAME, such as svc/web: names begin and end with a letter or a digit
            "#
        );
    }
}
