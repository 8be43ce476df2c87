//! Whether a failed start of a forward is worth waiting for, judged by kubectl's message.

/// Whether waiting helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Waiting does not help: a name, a certificate or the kubeconfig has to be changed first.
    Hopeless,
    /// The API server may be back in a moment, or the address may be wrong.
    Doubtful,
    /// Waiting helps: for example a pod that does not exist yet.
    Open,
}

impl Outlook {
    /// Judges the message with which kubectl ended.
    pub fn of(message: &str) -> Self {
        let low = message.to_ascii_lowercase();
        let contains_any = |texts: &[&str]| texts.iter().any(|text| low.contains(text));
        if contains_any(&[
            "x509:",
            "tls: ",
            "certificate signed by",
            "no such host",
            "does not exist",
            "http response to https client",
            "http request to an https server",
            "unsupported protocol scheme",
            "no configuration has been provided",
            "invalid configuration",
        ]) {
            Self::Hopeless
        } else if contains_any(&[
            "was refused",
            "connection refused",
            "no route to host",
            "network is unreachable",
            "server misbehaving",
            "temporary failure in name resolution",
        ]) {
            Self::Doubtful
        } else {
            Self::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectls_message_tells_whether_waiting_helps() {
        for (message, outlook) in [
            (
                "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
                Outlook::Hopeless,
            ),
            (
                "Unable to connect to the server: dial tcp: lookup api.example on 10.0.0.1:53: no such host",
                Outlook::Hopeless,
            ),
            ("error: context \"x\" does not exist", Outlook::Hopeless),
            (
                "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
                Outlook::Doubtful,
            ),
            (
                "Unable to connect to the server: dial tcp 10.0.0.1:443: connect: no route to host",
                Outlook::Doubtful,
            ),
            (
                "error: unable to forward port because pod is not running. Current status=Pending",
                Outlook::Open,
            ),
            ("error: timed out waiting for the condition", Outlook::Open),
        ] {
            assert_eq!(Outlook::of(message), outlook, "{message}");
        }
    }
}
