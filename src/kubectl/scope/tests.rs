use super::*;

fn kubeconfig(contexts: &[(&str, &str)], current: Option<&str>) -> KubeConfig {
    KubeConfig {
        contexts: contexts
            .iter()
            .map(|&(name, cluster)| {
                // `admin@prod` signs in as admin, all others as the same user.
                let context = Context {
                    name: name.into(),
                    cluster: cluster.into(),
                    user: name.split_once('@').map_or("u", |(user, _)| user).into(),
                    namespace: None,
                };
                (name.to_owned(), context)
            })
            .collect(),
        clusters: contexts
            .iter()
            .filter(|(_, cluster)| !cluster.is_empty() && *cluster != "gone")
            .map(|&(_, cluster)| (cluster.to_owned(), format!("https://{cluster}")))
            .collect(),
        current: current.map(str::to_owned),
        files: vec!["/k".into()],
        ..KubeConfig::default()
    }
}

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::parse(text).unwrap()).collect()
}

fn chosen(
    config: &KubeConfig,
    contexts: &[&str],
    clusters: &[&str],
) -> Result<Vec<String>, ScopeError> {
    let selection =
        Selection { contexts: patterns(contexts), clusters: patterns(clusters), current: false };
    let exclude = Clusters { exclude: patterns(&["old*"]), ..Clusters::default() };
    select(config, &selection, &exclude)
        .map(|scope| scope.clusters.iter().map(|c| c.context.to_string()).collect())
}

#[test]
fn a_shared_cluster_is_read_once_by_the_current_context() {
    let shared = [("admin", "prod"), ("me", "prod"), ("stage", "stage")];
    let config = kubeconfig(&shared, Some("me"));
    assert_eq!(chosen(&config, &[], &[]).unwrap(), ["me", "stage"]);
    let config = kubeconfig(&shared, None);
    assert_eq!(chosen(&config, &[], &[]).unwrap(), ["admin", "stage"]);
    let config = kubeconfig(&shared, Some("gone"));
    assert_eq!(chosen(&config, &["me"], &[]).unwrap(), ["me"]);
}

/// Returns names and contexts, and the sentences about the contexts that are not read.
fn read(
    config: &KubeConfig,
    contexts: &[&str],
    clusters: &[&str],
    current: bool,
) -> (Vec<(String, String)>, Vec<String>) {
    let (contexts, clusters) = (patterns(contexts), patterns(clusters));
    let selection = Selection { contexts, clusters, current };
    let exclude = Clusters { exclude: patterns(&["old*"]), ..Clusters::default() };
    let scope = select(config, &selection, &exclude).unwrap();
    let of = |cluster: &Cluster| (cluster.name.to_string(), cluster.context.to_string());
    (scope.clusters.iter().map(of).collect(), scope.unread)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect()
}

const TELEPORT: [(&str, &str); 5] = [
    ("us@tele", "tele"),
    ("eu@tele", "tele"),
    ("eu@tele-shop", "tele"),
    ("old@tele", "tele"),
    ("stage", "stage"),
];

#[test]
fn unread_contexts_of_one_cluster_with_other_users_are_reported() {
    let config = kubeconfig(&TELEPORT, None);
    let (clusters, unread) = read(&config, &[], &[], false);
    // The first in the file, not in alphabetical order.
    assert_eq!(clusters, pairs(&[("stage", "stage"), ("tele", "us@tele")]));
    assert_eq!(
        unread,
        [
            r#"cluster "tele" is read by context "us@tele" (user "us"); 2 further contexts with other users are not read ("eu@tele", "eu@tele-shop"): each may be a different cluster; name the ones to read with --context"#
        ]
    );
    for (contexts, clusters) in [(&["*tele*"][..], &[][..]), (&["/tele/"], &[]), (&[], &["tele"])] {
        let (read, unread) = read(&config, contexts, clusters, false);
        assert_eq!(read, pairs(&[("tele", "us@tele")]));
        assert_eq!(unread.len(), 1);
    }
    let config = kubeconfig(&TELEPORT, Some("eu@tele-shop"));
    let (clusters, unread) = read(&config, &["eu*"], &[], false);
    assert_eq!((clusters, unread.len()), (pairs(&[("tele", "eu@tele-shop")]), 0));
    // A single named context is deliberate: nothing is reported.
    for (contexts, current) in [(&["eu@tele"][..], false), (&[], true)] {
        assert_eq!(read(&config, contexts, &[], current).1, [""; 0]);
    }
}

#[test]
fn explicitly_named_contexts_are_all_read_under_their_own_names() {
    let config = kubeconfig(&TELEPORT, Some("eu@tele"));
    let (clusters, unread) = read(&config, &["us@tele", "eu@tele-shop", "eu@tele"], &[], false);
    let same = |name| (name, name);
    assert_eq!(clusters, pairs(&[same("eu@tele"), same("eu@tele-shop"), same("us@tele")]));
    assert_eq!(unread, [""; 0]);
    // They are read in addition to a glob, and the glob's other matches are reported.
    let (clusters, unread) = read(&config, &["us@tele", "old@tele", "*"], &[], false);
    assert_eq!(clusters, pairs(&[same("old@tele"), same("stage"), same("us@tele")]));
    assert!(unread[0].contains(
        r#"2 further contexts with other users are not read ("eu@tele", "eu@tele-shop")"#
    ));
    let (clusters, _) = read(&config, &["us@tele"], &["tele"], false);
    assert_eq!(clusters, pairs(&[("tele", "us@tele")]));
}

#[test]
fn a_contexts_name_is_never_mistaken_for_another_cluster() {
    let config =
        kubeconfig(&[("prod", "tele"), ("tele", "tele"), ("x", "prod"), ("prod@tele", "y")], None);
    let (clusters, _) = read(&config, &["prod", "tele", "x"], &[], false);
    assert_eq!(clusters, pairs(&[("prod", "x"), ("prod@tele@tele", "prod"), ("tele", "tele")]));
}

#[test]
fn a_name_that_looks_like_a_pattern_means_itself() {
    let contexts = [("/api:6443/", "one"), ("/api:6443/admin", "/api:6443/"), ("x", "/api:6443/x")];
    let config = kubeconfig(&contexts, None);
    assert_eq!(read(&config, &["/api:6443/"], &[], false).0, pairs(&[("one", "/api:6443/")]));
    let clusters = read(&config, &[], &["/api:6443/"], false).0;
    assert_eq!(clusters, pairs(&[("/api:6443/", "/api:6443/admin")]));
    let exclude = Clusters { exclude: patterns(&["/api:6443/"]), ..Clusters::default() };
    let scope = select(&config, &Selection::default(), &exclude).unwrap();
    assert_eq!(scope.clusters.iter().map(|c| &*c.context).collect::<Vec<_>>(), ["x"]);
}

#[test]
fn exclusions_hold_unless_the_cluster_is_named_explicitly() {
    let config = kubeconfig(&[("a", "new"), ("b", "old-1")], None);
    assert_eq!(chosen(&config, &[], &[]).unwrap(), ["a"]);
    assert_eq!(chosen(&config, &["b"], &[]).unwrap(), ["b"]);
    assert_eq!(chosen(&config, &[], &["old-1"]).unwrap(), ["b"]);
    assert_eq!(chosen(&config, &["b*"], &[]), Err(ScopeError::AllExcluded { count: 1 }));
}

#[test]
fn a_pattern_without_a_match_is_named_with_similar_names() {
    let config = kubeconfig(&[("production", "p"), ("staging", "s")], None);
    let error = chosen(&config, &["produktion"], &[]).unwrap_err();
    assert_eq!(error.to_string(), r#"no context named "produktion"; did you mean "production"?"#);
    assert!(error.is_usage());
    let error = chosen(&config, &["x*"], &[]).unwrap_err();
    assert_eq!(error.to_string(), r#"no context matches "x*" among 2; see watchdog cluster list"#);
    let error = chosen(&config, &["production"], &["s"]).unwrap_err();
    let text =
        "no context matches both --cluster s and --context production; see watchdog cluster list";
    assert_eq!(error.to_string(), text);
    assert!(error.is_usage());
}

#[test]
fn a_context_without_its_cluster_is_a_note_or_an_error_if_named() {
    let config = kubeconfig(&[("a", "x"), ("b", "gone"), ("c", "")], None);
    let scope = select(&config, &Selection::default(), &Clusters::default()).unwrap();
    assert_eq!(scope.clusters.len(), 1);
    assert_eq!(scope.notes.len(), 2);
    assert!(chosen(&config, &["b"], &[]).unwrap_err().is_usage());
    let all = kubeconfig(&[("b", "gone")], Some("b"));
    let error = chosen(&all, &[], &[]).unwrap_err();
    assert!(!error.is_usage() && error.to_string().contains("which the kubeconfig"), "{error}");
    let none = select(&KubeConfig::default(), &Selection::default(), &Clusters::default());
    assert!(matches!(none, Err(ScopeError::Empty { .. })));
}
