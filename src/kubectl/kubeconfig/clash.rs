//! Names that have different meanings in several files of a kubeconfig.
//!
//! kubectl takes the first entry of each name without a warning: whole clusters disappear, or a
//! context of one file leads to another file's cluster.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Context, Parsed, Sources, View, plain, read_file, shown_server};

/// One file by itself, before it is merged with others.
pub struct SingleFile {
    path: PathBuf,
    parsed: Parsed,
}

impl SingleFile {
    /// Parses the output of `kubectl config view -o json` for this file alone.
    pub fn from_view(path: PathBuf, json: &[u8]) -> Option<Self> {
        let view: View = serde_json::from_slice(json).ok()?;
        Some(Self { path, parsed: view.into() })
    }

    /// The existing files, in order; for those that are not plain, only the path.
    pub fn read_all(sources: &Sources) -> Vec<Result<Self, PathBuf>> {
        let files = sources.files().into_iter();
        files
            .filter_map(|path| {
                let bytes = read_file(&path).ok()?;
                Some(match plain::parse(&bytes) {
                    Ok(parsed) => Ok(Self { path, parsed }),
                    Err(_) => Err(path),
                })
            })
            .collect()
    }

    fn server(&self, cluster: &str) -> Option<&str> {
        let mut clusters = self.parsed.clusters.iter();
        Some(&clusters.find(|entry| entry.name == cluster)?.server)
    }
}

/// A name with two meanings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// A context that differs in a later file, where kubectl ignores it.
    Context {
        /// Its name.
        name: String,
        /// The file whose context kubectl takes.
        taken: PathBuf,
        /// The files whose contexts kubectl ignores.
        ignored: Vec<PathBuf>,
    },
    /// A context that kubectl takes from a later file, while it takes the context's cluster from an
    /// earlier one: the context leads to the other file's cluster.
    Crossed {
        /// The context.
        context: String,
        /// The file that contains it.
        file: PathBuf,
        /// The cluster's name in both files.
        cluster: String,
        /// The server of the context's own file.
        meant: String,
        /// The file whose cluster it gets.
        taken: PathBuf,
        /// The server of that cluster.
        server: String,
    },
    /// The same for a user: the context signs in with another file's credentials.
    CrossedUser {
        /// The context.
        context: String,
        /// The file that contains it.
        file: PathBuf,
        /// The user's name in both files.
        user: String,
        /// The file whose user it gets.
        taken: PathBuf,
    },
    /// A cluster with another server that no context of its file uses.
    Cluster {
        /// Its name.
        name: String,
        /// The file whose cluster kubectl takes.
        taken: PathBuf,
        /// The files whose clusters kubectl ignores.
        ignored: Vec<PathBuf>,
    },
    /// A user with other credentials that no context of its file uses.
    User {
        /// Its name.
        name: String,
        /// The file whose user kubectl takes.
        taken: PathBuf,
        /// The files whose users kubectl ignores.
        ignored: Vec<PathBuf>,
    },
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Context { name, taken, ignored } => write!(
                f,
                "context {name:?} is also in {}, where it leads elsewhere; kubectl takes the one of {}",
                listed(ignored),
                taken.display()
            ),
            Self::Crossed { context, file, cluster, meant, taken, server } => write!(
                f,
                "context {context:?} of {} leads to cluster {cluster:?} of {} ({server}), not to its own file's ({meant})",
                file.display(),
                taken.display()
            ),
            Self::CrossedUser { context, file, user, taken } => write!(
                f,
                "context {context:?} of {} signs in as user {user:?} of {}, not as its own file's",
                file.display(),
                taken.display()
            ),
            Self::Cluster { name, taken, ignored } => write!(
                f,
                "cluster {name:?} is also in {} with another server; kubectl takes the one of {}",
                listed(ignored),
                taken.display()
            ),
            Self::User { name, taken, ignored } => write!(
                f,
                "user {name:?} is also in {} with other credentials; kubectl takes the one of {}",
                listed(ignored),
                taken.display()
            ),
        }
    }
}

fn listed(files: &[PathBuf]) -> String {
    const MOST: usize = 3;
    let mut names: Vec<String> =
        files.iter().take(MOST).map(|file| file.display().to_string()).collect();
    if files.len() > MOST {
        names.push(format!("{} more", files.len() - MOST));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

impl Clash {
    /// Every clash among the files, which are in kubectl's order.
    pub fn among(files: &[SingleFile]) -> Vec<Self> {
        let mut found = Found::default();
        for file in files {
            found.add(file);
        }
        let Found { contexts, crossed, clusters, users, .. } = found;
        let gathered = |grouped: Vec<Grouped>, make: fn(Grouped) -> Self| {
            grouped.into_iter().map(make).collect::<Vec<_>>()
        };
        let mut all =
            gathered(contexts, |(name, taken, ignored)| Self::Context { name, taken, ignored });
        all.extend(crossed);
        all.extend(gathered(clusters, |(name, taken, ignored)| Self::Cluster {
            name,
            taken,
            ignored,
        }));
        all.extend(gathered(users, |(name, taken, ignored)| Self::User { name, taken, ignored }));
        all
    }
}

/// A name, the file whose entry is taken, and those whose entries are not.
type Grouped = (String, PathBuf, Vec<PathBuf>);

fn group(groups: &mut Vec<Grouped>, name: &str, taken: &Path, ignored: &Path) {
    match groups.iter_mut().find(|(known, ..)| known == name) {
        Some((.., files)) => files.push(ignored.to_owned()),
        None => groups.push((name.to_owned(), taken.to_owned(), vec![ignored.to_owned()])),
    }
}

/// The first entry of each name in the files so far, and the clashes.
#[derive(Default)]
struct Found<'a> {
    first_contexts: HashMap<&'a str, (&'a SingleFile, &'a Context)>,
    first_clusters: HashMap<&'a str, (&'a SingleFile, &'a str)>,
    first_users: HashMap<&'a str, (&'a SingleFile, Option<u64>)>,
    contexts: Vec<Grouped>,
    crossed: Vec<Clash>,
    clusters: Vec<Grouped>,
    users: Vec<Grouped>,
}

impl<'a> Found<'a> {
    fn add(&mut self, file: &'a SingleFile) {
        // The file's clusters and users that kubectl ignores although they differ.
        let mut clusters: HashMap<&str, (&SingleFile, &str)> = HashMap::new();
        for cluster in &file.parsed.clusters {
            let first =
                *self.first_clusters.entry(&cluster.name).or_insert((file, &cluster.server));
            if first.1 != cluster.server {
                clusters.insert(&cluster.name, first);
            }
        }
        let mut users: HashMap<&str, &SingleFile> = HashMap::new();
        for user in &file.parsed.users {
            let (first, known) =
                *self.first_users.entry(&user.name).or_insert((file, user.fingerprint));
            if known.is_some() && user.fingerprint.is_some() && known != user.fingerprint {
                users.insert(&user.name, first);
            }
        }
        let (mut told_clusters, mut told_users) = (HashSet::new(), HashSet::new());
        for context in &file.parsed.contexts {
            let (cluster, user) = (context.cluster.as_str(), context.user.as_str());
            let (first, taken) =
                *self.first_contexts.entry(&context.name).or_insert((file, context));
            if !std::ptr::eq(first, file) {
                let elsewhere = taken.cluster != cluster
                    || taken.user != user
                    || taken.namespace != context.namespace
                    || clusters.contains_key(cluster)
                    || users.contains_key(user);
                if elsewhere {
                    group(&mut self.contexts, &context.name, &first.path, &file.path);
                }
            } else if let Some((other, server)) = clusters.get(cluster) {
                self.crossed.push(Clash::Crossed {
                    context: context.name.clone(),
                    file: file.path.clone(),
                    cluster: cluster.to_owned(),
                    meant: shown_server(file.server(cluster).unwrap_or_default()),
                    taken: other.path.clone(),
                    server: shown_server(server),
                });
            } else if let Some(other) = users.get(user) {
                self.crossed.push(Clash::CrossedUser {
                    context: context.name.clone(),
                    file: file.path.clone(),
                    user: user.to_owned(),
                    taken: other.path.clone(),
                });
            }
            told_clusters.insert(cluster);
            told_users.insert(user);
        }
        for cluster in &file.parsed.clusters {
            let name = cluster.name.as_str();
            if let Some((first, _)) = clusters.get(name).filter(|_| !told_clusters.contains(name)) {
                group(&mut self.clusters, name, &first.path, &file.path);
            }
        }
        for user in &file.parsed.users {
            let name = user.name.as_str();
            if let Some(first) = users.get(name).filter(|_| !told_users.contains(name)) {
                group(&mut self.users, name, &first.path, &file.path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SingleFile {
        SingleFile { path: path.into(), parsed: plain::parse(text.as_bytes()).unwrap() }
    }

    fn clashes(files: &[SingleFile]) -> Vec<String> {
        Clash::among(files).iter().map(ToString::to_string).collect()
    }

    fn k3s(n: u8, context: &str) -> SingleFile {
        let text = format!(
            r#"{{clusters: [{{name: default, cluster: {{server: "https://10.0.0.{n}:6443"}}}}],
            contexts: [{{name: {context}, context: {{cluster: default, user: default}}}}],
            users: [{{name: default, user: {{token: t{n}}}}}]}}"#
        );
        file(&format!("k3s{n}"), &text)
    }

    #[test]
    fn one_line_says_which_files_lose_a_context() {
        let all = [k3s(1, "default"), k3s(2, "default"), k3s(3, "default")];
        assert_eq!(
            clashes(&all),
            [
                r#"context "default" is also in k3s2 and k3s3, where it leads elsewhere; kubectl takes the one of k3s1"#
            ]
        );
        assert!(clashes(&[k3s(1, "default"), k3s(1, "default")]).is_empty());
    }

    #[test]
    fn a_context_that_leads_to_another_files_cluster_is_reported_with_both_servers() {
        assert_eq!(
            clashes(&[k3s(1, "default"), k3s(2, "edge2")]),
            [
                r#"context "edge2" of k3s2 leads to cluster "default" of k3s1 (https://10.0.0.1:6443), not to its own file's (https://10.0.0.2:6443)"#
            ]
        );
        let (a, b) = (
            "{contexts: [{name: a, context: {cluster: a, user: u}}], users: [{name: u, user: {token: one}}]}",
            "{contexts: [{name: b, context: {cluster: b, user: u}}], users: [{name: u, user: {token: two}}]}",
        );
        assert_eq!(
            clashes(&[file("a", a), file("b", b)]),
            [r#"context "b" of b signs in as user "u" of a, not as its own file's"#]
        );
    }

    #[test]
    fn unused_clusters_and_users_are_reported_too() {
        let one = "{clusters: [{name: c, cluster: {server: one}}], users: [{name: u, user: {token: one}}]}";
        let two = one.replace("one}", "two}");
        assert_eq!(
            clashes(&[file("a", one), file("b", &two)]),
            [
                r#"cluster "c" is also in b with another server; kubectl takes the one of a"#,
                r#"user "u" is also in b with other credentials; kubectl takes the one of a"#,
            ]
        );
    }
}
