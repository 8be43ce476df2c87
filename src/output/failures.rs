//! Clusters that failed for one reason, as one message: for a person, whom 38 times the same line
//! tells less than once.

use crate::kubectl::ErrorKind;

/// Of the clusters of a group so many are named.
const MOST_NAMES: usize = 10;

/// One cluster's failure.
#[derive(Clone, Copy, Debug)]
pub struct ClusterFailure<'a> {
    /// The cluster's name.
    pub name: &'a str,
    /// The context by which it was read.
    pub context: &'a str,
    /// Its address.
    pub server: &'a str,
    /// The kind of failure.
    pub kind: ErrorKind,
    /// The sentence.
    pub message: &'a str,
}

/// Clusters that failed in the same way.
#[derive(Debug)]
pub struct Group<'a> {
    /// The clusters, in their order; never none.
    pub clusters: Vec<ClusterFailure<'a>>,
}

impl Group<'_> {
    /// Who it is about: the cluster's name, or how many there are.
    pub fn subject(&self) -> String {
        match self.clusters.as_slice() {
            [one] => one.name.to_owned(),
            many => format!("{} clusters", many.len()),
        }
    }

    /// What happened, and to which: `38 clusters: credentialPlugin: …: eu-1, eu-2 and 36 more`.
    pub fn text(&self) -> String {
        let Some(first) = self.clusters.first() else { return String::new() };
        // What is each cluster's own is left out where they differ in it.
        let alike = self.clusters.iter().all(|cluster| cluster.message == first.message);
        let message = if alike { first.message.to_owned() } else { impersonal(first) };
        let said = format!("{}: {}: {message}", self.subject(), first.kind);
        if self.clusters.len() == 1 {
            return said;
        }
        let names: Vec<&str> =
            self.clusters.iter().take(MOST_NAMES).map(|cluster| cluster.name).collect();
        let more = self.clusters.len() - names.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{said}: {}{more}", names.join(", "))
    }
}

/// `failures` by what happened, where each message is the same but for the cluster's own name,
/// context and address. A group stands where its first cluster does.
pub fn grouped<'a>(failures: impl IntoIterator<Item = ClusterFailure<'a>>) -> Vec<Group<'a>> {
    let mut places = std::collections::HashMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for failure in failures {
        let key = (failure.kind, impersonal(&failure));
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.clusters.push(failure),
            None => groups.push(Group { clusters: vec![failure] }),
        }
    }
    groups
}

/// The message without what is only the cluster's own.
fn impersonal(failure: &ClusterFailure<'_>) -> String {
    let address = failure.server.split_once("://").map_or(failure.server, |(_, rest)| rest);
    let address = address.split('/').next().unwrap_or_default();
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let mut own = [failure.server, address, host, failure.context, failure.name];
    // The longest first: a name may be a part of an address.
    own.sort_unstable_by_key(|text| std::cmp::Reverse(text.len()));
    own.iter()
        // A short one is a part of many words.
        .filter(|text| text.len() > 2)
        .fold(failure.message.to_owned(), |message, text| message.replace(text, "…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure<'a>(name: &'a str, server: &'a str, message: &'a str) -> ClusterFailure<'a> {
        ClusterFailure { name, context: name, server, kind: ErrorKind::Unreachable, message }
    }

    #[test]
    fn many_clusters_of_one_cause_are_one_message_with_ten_names() {
        let names: Vec<String> = (1..=300).map(|n| format!("eu-{n}")).collect();
        let groups = grouped(
            names.iter().map(|name| failure(name, "", "SSO session expired, run aws sso login")),
        );
        assert_eq!(groups.len(), 1);
        assert_eq!(
            groups[0].text(),
            "300 clusters: unreachable: SSO session expired, run aws sso login: \
             eu-1, eu-2, eu-3, eu-4, eu-5, eu-6, eu-7, eu-8, eu-9, eu-10 and 290 more"
        );
    }

    #[test]
    fn a_clusters_own_address_makes_no_other_cause() {
        let one = "The connection to the server 10.0.0.1:6443 was refused";
        let two = "The connection to the server 10.0.0.2:6443 was refused";
        let groups = grouped([
            failure("one", "https://10.0.0.1:6443", one),
            failure("other", "https://10.0.0.3:6443", "no such host"),
            failure("two", "https://10.0.0.2:6443", two),
        ]);
        let texts: Vec<String> = groups.iter().map(Group::text).collect();
        assert_eq!(
            texts,
            [
                "2 clusters: unreachable: The connection to the server … was refused: one, two",
                "other: unreachable: no such host"
            ]
        );
    }
}
