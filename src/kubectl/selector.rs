//! Checks a label selector before it is sent, so that a typo is one usage error instead of an error
//! for each of forty clusters.

use std::sync::LazyLock;

use regex::Regex;

/// Why a text is not a valid label selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid label selector {selector:?}: {requirement:?} is not of the form KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B), KEY>N or KEY<N"
)]
pub struct InvalidSelector {
    selector: String,
    requirement: String,
}

/// One requirement, by the API machinery's syntax for label selectors.
static REQUIREMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const KEY: &str =
        r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    const VALUE: &str = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?";
    Regex::new(&format!(
        r"^\s*(?:!\s*{KEY}|{KEY}(?:\s*(?:==?|!=)\s*{VALUE}|\s*[<>]\s*-?[0-9]+|\s+(?:in|notin)\s*\(\s*{VALUE}(?:\s*,\s*{VALUE})*\s*\))?)\s*$"
    ))
    .ok()
});

/// Accepts what the API server accepts as a label selector (`app=web,tier in (a,b),!canary`).
pub fn check_selector(selector: &str) -> Result<(), InvalidSelector> {
    let Some(requirement) = REQUIREMENT.as_ref() else { return Ok(()) };
    let bad = requirements(selector).find(|part| !requirement.is_match(part));
    match bad {
        None => Ok(()),
        Some(part) => Err(InvalidSelector {
            selector: selector.to_owned(),
            requirement: part.trim().to_owned(),
        }),
    }
}

/// The requirements of a selector: what stands between the commas outside parentheses.
pub(crate) fn requirements(selector: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    selector.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_servers_syntax_is_accepted() {
        for good in [
            "app=web",
            "app==web",
            "app!=web",
            "app",
            "!app",
            "app=",
            "a.b/c=d",
            "app in (a,b)",
            "app notin (a, b),tier=x",
            "app = web , tier",
            "n>5",
            "n<-3",
            "app in ()",
            "kubernetes.io/metadata.name=default",
        ] {
            check_selector(good).unwrap();
        }
        for bad in [
            "",
            "=web",
            "app=a b",
            "app in a",
            "app in (a",
            "app=web,",
            "app===web",
            "-n kube-system",
            "app=web;rm",
            "app=a/b",
            "a/b/c=d",
            "n>x",
            "app=\u{1b}[0m",
            "Ex.Org/a=b",
        ] {
            assert!(check_selector(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_error_names_the_requirement() {
        let error = check_selector("app=web,tier in a").unwrap_err();
        assert!(error.to_string().contains("\"tier in a\" is not of the form"), "{error}");
    }
}
