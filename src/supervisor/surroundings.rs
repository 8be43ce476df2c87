//! The environment variables that decide which credentials and which route kubectl uses to reach
//! the cluster.

use std::ffi::OsStr;

use super::protocol::Environment;

const PREFIXES: &[&str] = &["AWS_", "GOOGLE_", "AZURE_", "CLOUDSDK_", "KUBECTL_"];
const NAMES: &[&str] = &["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "KUBECONFIG"];

/// The names of such variables whose values differ, never the values.
pub(super) fn differences(one: &Environment, other: &Environment) -> Vec<String> {
    let names = one.0.keys().chain(other.0.keys().filter(|name| !one.0.contains_key(*name)));
    let mut differ: Vec<String> = names
        .filter(|name| matters(name) && one.0.get(*name) != other.0.get(*name))
        .filter_map(|name| name.to_str().map(str::to_owned))
        .collect();
    differ.sort();
    differ
}

fn matters(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    // Programs also read proxy variables in lower case.
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment(pairs.iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    #[test]
    fn only_variables_for_credentials_and_routes_are_compared() {
        let one = environment(&[("AWS_PROFILE", "a"), ("PWD", "/a"), ("AWS_REGION", "x")]);
        let other = environment(&[("https_proxy", "http://p"), ("PWD", "/b"), ("AWS_REGION", "x")]);
        assert_eq!(differences(&one, &other), ["AWS_PROFILE", "https_proxy"]);
        assert!(differences(&one, &one).is_empty());
    }
}
