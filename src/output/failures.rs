//! One message for all clusters that failed for the same reason.

use std::path::Path;

use crate::kubectl::{Failure, Outcome, advice};
use crate::term::shown::shown;
use crate::term::text::shell_quoted;

/// The maximum number of clusters that a message names.
const MOST_NAMES: usize = 10;

/// An error about one or more clusters.
#[derive(Debug, PartialEq, Eq)]
pub struct FailureMessage {
    /// What failed.
    pub error: String,
    /// What the user can do, if anything.
    pub note: Option<String>,
}

/// One error for each cluster that failed; in messages for people, one for each cause.
/// `kubeconfig` is the value of `--kubeconfig`.
pub fn messages<'a>(
    outcomes: impl IntoIterator<Item = &'a Outcome>,
    for_a_person: bool,
    kubeconfig: Option<&Path>,
) -> Vec<FailureMessage> {
    let failures = outcomes.into_iter().filter_map(ClusterFailure::of);
    let groups = if for_a_person {
        grouped(failures)
    } else {
        failures.map(|failure| Group { clusters: vec![failure] }).collect()
    };
    let message = |group: &Group<'_>| {
        let hint = group.clusters.first().and_then(|first| first.hint(kubeconfig));
        let note = hint.map(|hint| format!("{}: {hint}", group.subject()));
        FailureMessage { error: group.text(), note }
    };
    groups.iter().map(message).collect()
}

/// `257 of 300 clusters read`, where several were to be read.
pub fn count(outcomes: &[&Outcome]) -> Option<String> {
    let total = outcomes.len();
    let read = outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
    (total > 1).then(|| format!("{read} of {total} clusters read"))
}

/// One cluster's failure.
#[derive(Clone, Copy, Debug)]
struct ClusterFailure<'a> {
    cluster: &'a Outcome,
    failure: &'a Failure,
}

impl<'a> ClusterFailure<'a> {
    fn of(cluster: &'a Outcome) -> Option<Self> {
        Some(Self { cluster, failure: cluster.error.as_ref()? })
    }

    fn hint(&self, kubeconfig: Option<&Path>) -> Option<String> {
        let file = kubeconfig.map(|file| {
            let file = file.to_string_lossy();
            format!("--kubeconfig {} ", shell_quoted(&file))
        });
        let file = file.unwrap_or_default();
        let advice = advice(self.failure.kind, &self.failure.message)?;
        let context = shell_quoted(&self.cluster.context);
        Some(format!("{advice}, then try: kubectl {file}--context {context} get namespaces"))
    }
}

/// Clusters that failed in the same way.
#[derive(Debug)]
struct Group<'a> {
    /// The clusters in their order; never empty.
    clusters: Vec<ClusterFailure<'a>>,
}

impl Group<'_> {
    /// The subject of the message: the cluster's name, or the number of clusters.
    fn subject(&self) -> String {
        match self.clusters.as_slice() {
            [one] => shown(&one.cluster.name),
            many => format!("{} clusters", many.len()),
        }
    }

    /// The error with the clusters: `38 clusters: credentialPlugin: …: eu-1, eu-2 and 36 more`.
    fn text(&self) -> String {
        let Some(first) = self.clusters.first() else { return String::new() };
        // The parts in which the clusters' messages differ are left out.
        let said = &first.failure.message;
        let alike = self.clusters.iter().all(|cluster| cluster.failure.message == *said);
        let message = if alike { said.clone() } else { impersonal(first) };
        let said = format!("{}: {}: {message}", self.subject(), first.failure.kind);
        if self.clusters.len() == 1 {
            return said;
        }
        let names: Vec<String> =
            self.clusters.iter().take(MOST_NAMES).map(|it| shown(&it.cluster.name)).collect();
        let more = self.clusters.len() - names.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{said}: {}{more}", names.join(", "))
    }
}

/// Groups failures whose messages are the same except for the cluster's own name, context and
/// address. A group has the position of its first cluster.
fn grouped<'a>(failures: impl IntoIterator<Item = ClusterFailure<'a>>) -> Vec<Group<'a>> {
    let mut places = std::collections::HashMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for failure in failures {
        let key = (failure.failure.kind, impersonal(&failure));
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.clusters.push(failure),
            None => groups.push(Group { clusters: vec![failure] }),
        }
    }
    groups
}

/// The message without the cluster's own name, context and address.
fn impersonal(ClusterFailure { cluster, failure }: &ClusterFailure<'_>) -> String {
    let server = cluster.server.as_str();
    let address = server.split_once("://").map_or(server, |(_, rest)| rest);
    let address = address.split('/').next().unwrap_or_default();
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let mut own = [server, address, host, &cluster.context, &cluster.name];
    // The longest first: a name may be a part of an address.
    own.sort_unstable_by_key(|text| std::cmp::Reverse(text.len()));
    own.iter()
        // A short name may also be part of other words.
        .filter(|text| text.len() > 2)
        .fold(failure.message.clone(), |message, text| message.replace(text, "…"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubectl::{Cluster, Error, ErrorKind};

    fn failed(name: &str, server: &str, message: &str) -> Outcome {
        let cluster = Cluster { name: name.into(), context: name.into(), ..Cluster::own_pod() };
        let error = Error::new(ErrorKind::Unreachable, message);
        let outcome = Outcome::new(&cluster, std::time::Duration::ZERO, Some(error));
        Outcome { server: server.to_owned(), ..outcome }
    }

    fn errors(outcomes: &[Outcome], for_a_person: bool) -> Vec<String> {
        messages(outcomes, for_a_person, None).into_iter().map(|message| message.error).collect()
    }

    #[test]
    fn many_clusters_of_one_cause_are_one_message_with_ten_names() {
        let name = |n| format!("eu-{n}");
        let clusters: Vec<Outcome> = (1..=300)
            .map(|n| failed(&name(n), "", "SSO session expired, run aws sso login"))
            .collect();
        assert_eq!(
            errors(&clusters, true),
            ["300 clusters: unreachable: SSO session expired, run aws sso login: \
              eu-1, eu-2, eu-3, eu-4, eu-5, eu-6, eu-7, eu-8, eu-9, eu-10 and 290 more"]
        );
        assert_eq!(errors(&clusters, false).len(), 300);
    }

    #[test]
    fn a_clusters_own_address_makes_no_other_cause() {
        let one = "The connection to the server 10.0.0.1:6443 was refused";
        let two = "The connection to the server 10.0.0.2:6443 was refused";
        let clusters = [
            failed("one", "https://10.0.0.1:6443", one),
            failed("other", "https://10.0.0.3:6443", "no such host"),
            failed("two", "https://10.0.0.2:6443", two),
            Outcome::new(&Cluster::own_pod(), std::time::Duration::ZERO, None),
        ];
        assert_eq!(
            errors(&clusters, true),
            [
                "2 clusters: unreachable: The connection to the server … was refused: one, two",
                "other: unreachable: no such host"
            ]
        );
    }

    #[test]
    fn a_note_says_what_to_run_with_the_same_kubeconfig() {
        let mut cluster = failed("prod eu", "https://10.0.0.1:6443", "login");
        cluster.error = Some(Error::new(ErrorKind::Unauthorized, "login").into());
        let [message] = &messages([&cluster], true, Some(Path::new("my config")))[..] else {
            panic!("not one message")
        };
        let note = message.note.as_deref().unwrap_or_default();
        let command = "kubectl --kubeconfig 'my config' --context 'prod eu' get namespaces";
        assert!(note.starts_with("prod eu: ") && note.ends_with(command), "{note}");
    }
}
