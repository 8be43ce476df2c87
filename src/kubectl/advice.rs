//! What a person can do about a failure.

use super::error::ErrorKind;

/// The remedy for a failure of this kind with this message of kubectl, if there is one. It is
/// followed by `, then try: kubectl …`.
pub fn advice(kind: ErrorKind, message: &str) -> Option<&'static str> {
    let low = message.to_ascii_lowercase();
    let contains_any = |texts: &[&str]| texts.iter().any(|text| low.contains(text));
    match kind {
        ErrorKind::CredentialPlugin => Some(if contains_any(&["did not answer within"]) {
            if contains_any(&["://"]) {
                "log in at the page that it names, or as you do for kubectl"
            } else {
                LOG_IN
            }
        } else if contains_any(&["plugin returned version client.authentication.k8s.io/__internal"])
        {
            "run the plugin by hand: it prints no credential to standard output"
        } else if contains_any(&["not allowed: policy", "credential plugin allowlist"]) {
            "allow the plugin in your kuberc (credentialPluginPolicy and credentialPluginAllowlist)"
        } else if contains_any(&[
            "invalid apiversion",
            "plugin returned version",
            "apiversion must be",
        ]) {
            "the kubeconfig and the plugin are of different versions: rewrite the kubeconfig \
             (such as aws eks update-kubeconfig), or set apiVersion \
             client.authentication.k8s.io/v1beta1 in the user's exec"
        } else if contains_any(&["interactivemode must be"]) {
            "set interactiveMode: IfAvailable in the user's exec in the kubeconfig"
        } else if contains_any(&["auth plugin has been removed", "no auth provider found"]) {
            "install the plugin that replaces it and rewrite the kubeconfig (such as gcloud \
             container clusters get-credentials)"
        } else if contains_any(&["decoding stdout", "didn't return a status"]) {
            "run the plugin by hand: it prints something else than a credential to standard \
             output, such as a greeting"
        } else if contains_any(&["standard input is not a terminal"]) {
            "the plugin needs a terminal: run it by hand once, or set interactiveMode: \
             IfAvailable in the user's exec"
        } else if contains_any(&["executable"])
            && contains_any(&["not found", "no such file", "permission denied"])
            && !contains_any(&["failed with exit code"])
        {
            "install the plugin, or put it on PATH"
        } else {
            LOG_IN
        }),
        ErrorKind::Unauthorized => Some(if contains_any(&["proxy authentication required"]) {
            "give the proxy its user and password (proxy-url in the kubeconfig, or HTTPS_PROXY)"
        } else if contains_any(&["its user is missing or empty"]) {
            "give the context a user with credentials in the kubeconfig"
        } else {
            LOG_IN
        }),
        ErrorKind::KubectlMissing => {
            contains_any(&["version", "shim", "command", "not found", "kubectl"])
                .then_some(
                    "install kubectl or set its version in your version manager, or name kubectl \
                 itself with --kubectl PATH",
                )
                .filter(|_| !contains_any(&["--kubectl"]))
        }
        ErrorKind::BadResponse if contains_any(&["it begins with"]) && is_coloured(&low) => {
            Some("it is coloured: set NO_COLOR=1, or name kubectl itself with --kubectl PATH")
        }
        _ => None,
    }
}

const LOG_IN: &str = "log in as you do for kubectl";

/// Whether JSON in the text is preceded by the rest of a terminal's colour sequence, such as
/// `[33m`.
fn is_coloured(text: &str) -> bool {
    text.split('[').skip(1).any(|part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest.len() < part.len() && rest.starts_with('m')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_fits_the_cause() {
        use ErrorKind as K;
        for (kind, message, part) in [
            (
                K::CredentialPlugin,
                "getting credentials: exec: executable aws failed with exit code 255",
                "log in",
            ),
            (
                K::CredentialPlugin,
                "getting credentials: exec: executable nope not found",
                "install",
            ),
            (
                K::CredentialPlugin,
                "getting credentials: plugin \"/x\" not allowed: policy set to \"DenyAll\"",
                "kuberc",
            ),
            (
                K::CredentialPlugin,
                "plugin path \"/x\" is not permitted by the credential plugin allowlist",
                "kuberc",
            ),
            (
                K::CredentialPlugin,
                "exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\"",
                "rewrite the kubeconfig",
            ),
            (
                K::CredentialPlugin,
                "interactiveMode must be specified for u",
                "interactiveMode: IfAvailable",
            ),
            (
                K::CredentialPlugin,
                "getting credentials: decoding stdout: json parse error",
                "by hand",
            ),
            (K::CredentialPlugin, "The gcp auth plugin has been removed.", "replaces"),
            (
                K::CredentialPlugin,
                "credential plugin x did not answer within 5 s: exec: \"xdg-open\": executable file not found in $PATH; visit http://localhost:8000/",
                "the page that it names",
            ),
            (
                K::CredentialPlugin,
                "exec plugin is configured to use API version client.authentication.k8s.io/v1, plugin returned version client.authentication.k8s.io/__internal",
                "prints no credential",
            ),
            (K::Unauthorized, "You must be logged in to the server (Unauthorized)", "log in"),
            (K::Unauthorized, "proxyconnect tcp: Proxy Authentication Required", "proxy-url"),
            (K::KubectlMissing, "No version is set for command kubectl", "--kubectl"),
            (
                K::BadResponse,
                "the answer is not JSON: it begins with \" [33m{\"kind\"…\"",
                "NO_COLOR",
            ),
        ] {
            let advice = advice(kind, message).unwrap_or_default();
            assert!(advice.contains(part), "{part} in {advice:?} of {message}");
            assert_eq!(advice.contains("log in as"), part == "log in", "{message}");
        }
        assert_eq!(
            advice(K::BadResponse, "the answer is not JSON: it begins with \"<html>\""),
            None
        );
        assert_eq!(advice(K::Unreachable, "refused"), None);
    }
}
