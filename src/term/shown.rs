//! Long names shown short: by their aliases, and without the part that all of them share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use super::text::width;

/// A name of at most this many columns is short enough.
const SHORT: usize = 16;

/// How each of a list's names is shown. Names that are not in the list are shown as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownNames {
    shown: BTreeMap<String, String>,
    /// The beginning and the end that are not shown; empty if there is none.
    left_out: (String, String),
}

static CURRENT: RwLock<ShownNames> =
    RwLock::new(ShownNames { shown: BTreeMap::new(), left_out: (String::new(), String::new()) });

impl ShownNames {
    /// Names with their aliases. Where `shorten` is set, names without an alias are shown without the part that all of
    /// them share. An alias that is also another one's name is not used.
    pub fn new<'a>(
        names: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
        shorten: bool,
    ) -> Self {
        let names: BTreeMap<&str, Option<&str>> = names.into_iter().collect();
        let usable = |alias: &&str| !names.contains_key(*alias);
        let mut shown: BTreeMap<String, String> = BTreeMap::new();
        let mut long: Vec<&str> = Vec::new();
        let mut left_out = (String::new(), String::new());
        for (name, alias) in &names {
            match alias.filter(usable) {
                Some(alias) => {
                    shown.insert((*name).to_owned(), alias.to_owned());
                }
                None => long.push(name),
            }
        }
        if shorten {
            let (prefix, suffix) = shared(&long);
            let short = |name: &str| name.get(prefix..name.len() - suffix).map(str::to_owned);
            let pairs = long.iter().filter_map(|name| Some(((*name).to_owned(), short(name)?)));
            let mut with_short = shown.clone();
            with_short.extend(pairs);
            let distinct: BTreeSet<&String> = with_short.values().collect();
            if distinct.len() == with_short.len() {
                shown = with_short;
                let first = long.first().copied().unwrap_or_default();
                let end = first.len().saturating_sub(suffix);
                let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
                left_out = (part(first.get(..prefix)), part(first.get(end..)));
            }
        }
        Self { shown, left_out }
    }

    /// How the name is shown.
    pub fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.shown.get(name).map_or(name, String::as_str)
    }

    /// Makes these the names of [`shown`].
    pub fn make_current(self) {
        *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = self;
    }
}

/// How the name is shown on the screen: as [`ShownNames::make_current`] has set, or as it is.
pub fn shown(name: &str) -> String {
    CURRENT.read().unwrap_or_else(PoisonError::into_inner).of(name).to_owned()
}

/// A sentence about what is not shown of all names; `None` if they are whole.
pub fn left_out() -> Option<String> {
    let current = CURRENT.read().unwrap_or_else(PoisonError::into_inner);
    let (prefix, suffix) = &current.left_out;
    let parts: Vec<String> =
        [prefix, suffix].iter().filter(|it| !it.is_empty()).map(|it| format!("{it:?}")).collect();
    (!parts.is_empty()).then(|| format!("clusters are shown without {}", parts.join(" and ")))
}

/// Where a name may be divided.
fn is_boundary(c: char) -> bool {
    matches!(c, '/' | ':' | '_' | '-' | '.')
}

/// The lengths of the prefix and the suffix that all names share, in bytes. Each ends at a boundary and leaves of every
/// name a part with a letter; no more is taken off than makes all names short. A single name shares nothing.
fn shared(names: &[&str]) -> (usize, usize) {
    let Some((first, rest)) = names.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return (0, 0);
    };
    let remains = |name: &&str, prefix: usize, suffix: usize| {
        let end = name.len().checked_sub(suffix)?;
        name.get(prefix..end).map(|rest| (width(rest), rest.chars().any(char::is_alphabetic)))
    };
    let leaves_a_word = |prefix: usize, suffix: usize| {
        names.iter().all(|name| remains(name, prefix, suffix).is_some_and(|(_, word)| word))
    };
    let is_short = |prefix: usize, suffix: usize| {
        names
            .iter()
            .all(|name| remains(name, prefix, suffix).is_some_and(|(width, _)| width <= SHORT))
    };
    if is_short(0, 0) {
        return (0, 0);
    }
    let cuts: Vec<(usize, char)> = first.char_indices().filter(|(_, c)| is_boundary(*c)).collect();
    let mut prefix = 0;
    for (at, c) in &cuts {
        let end = at + c.len_utf8();
        let start = first.get(..end).unwrap_or_default();
        let is_shared = rest.iter().all(|name| name.starts_with(start));
        if !is_shared || !leaves_a_word(end, 0) {
            break;
        }
        // What ends in / or : is a path to the name, the rest may be a part of the name.
        if matches!(c, '/' | ':') || !is_short(prefix, 0) {
            prefix = end;
        }
    }
    let mut suffix = 0;
    for (at, _) in cuts.iter().rev() {
        let end = first.get(*at..).unwrap_or_default();
        let is_shared = rest.iter().all(|name| name.ends_with(end));
        if is_short(prefix, suffix) || !is_shared || !leaves_a_word(prefix, end.len()) {
            break;
        }
        suffix = end.len();
    }
    (prefix, suffix)
}

/// The one of `names` that is meant by a part of it as it is shown: from boundary to boundary, with `…` or `...` for
/// what is left out. `None` if it is part of several, or of none.
pub fn meant<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let dots = typed.replace("...", "…");
    let parts: Vec<&str> = dots.split('…').collect();
    let mut matching: Vec<&str> = names.into_iter().filter(|name| has_part(name, &parts)).collect();
    matching.sort_unstable();
    matching.dedup();
    match matching[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// Whether the parts stand in the name in this order, the first after a boundary and the last before one.
fn has_part(name: &str, parts: &[&str]) -> bool {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    if parts.iter().all(|part| part.is_empty()) {
        return false;
    }
    let starts = std::iter::once(0).chain(
        name.char_indices().filter(|(_, c)| is_boundary(*c)).map(|(at, c)| at + c.len_utf8()),
    );
    let ends_well = |rest: &str| rest.is_empty() || rest.starts_with(is_boundary);
    starts.filter_map(|start| name.get(start..)?.strip_prefix(first)).any(|mut rest| {
        if parts.len() == 1 {
            return ends_well(rest);
        }
        for part in parts.iter().take(parts.len() - 1).skip(1) {
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
        rest.match_indices(last).any(|(at, _)| rest.get(at + last.len()..).is_some_and(ends_well))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn short(names: &[&str]) -> Vec<String> {
        let shown = ShownNames::new(names.iter().map(|name| (*name, None)), true);
        names.iter().map(|name| shown.of(name).to_owned()).collect()
    }

    #[test]
    fn what_all_names_share_is_left_out() {
        let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/";
        assert_eq!(
            short(&[&format!("{arn}shop-prod"), &format!("{arn}shop-staging")]),
            ["shop-prod", "shop-staging"]
        );
        assert_eq!(
            short(&["gke_acme_europe-west1_shop", "gke_acme_us-east1_media"]),
            ["europe-west1_shop", "us-east1_media"]
        );
        assert_eq!(
            short(&["https://rancher/k8s/clusters/c-1a", "https://rancher/k8s/clusters/c-2b"]),
            ["c-1a", "c-2b"]
        );
        assert_eq!(
            short(&["prod-eu.clusters.example.com", "prod-us.clusters.example.com"]),
            ["eu.clusters", "us.clusters"]
        );
    }

    #[test]
    fn short_names_numbers_and_a_single_name_stay() {
        assert_eq!(short(&["prod-eu", "prod-us"]), ["prod-eu", "prod-us"]);
        assert_eq!(
            short(&["arn:aws:eks:eu-west-1:1:cluster/shop"]),
            ["arn:aws:eks:eu-west-1:1:cluster/shop"]
        );
        assert_eq!(
            short(&["company-cluster-number-01", "company-cluster-number-02"]),
            ["number-01", "number-02"]
        );
        // One name is the beginning of the other.
        assert_eq!(
            short(&["company-wide-cluster-eu", "company-wide-cluster-eu-2"]),
            ["cluster-eu", "cluster-eu-2"]
        );
        assert_eq!(short(&[]), [""; 0]);
    }

    #[test]
    fn an_alias_is_shown_unless_it_is_another_name() {
        let names = [("arn:aws:eks:one/shop", Some("shop")), ("arn:aws:eks:two/shop", None)];
        let piped = ShownNames::new(names, false);
        assert_eq!(piped.of("arn:aws:eks:one/shop"), "shop");
        assert_eq!(piped.of("arn:aws:eks:two/shop"), "arn:aws:eks:two/shop");
        let clash = ShownNames::new([("a", Some("b")), ("b", None)], false);
        assert_eq!((clash.of("a"), clash.of("b")), ("a", "b"));
        assert_eq!(clash.of("elsewhere"), "elsewhere");
        // A shortened name that is an alias would be mistaken for it.
        let names = [
            ("x", Some("company-prod-eu")),
            ("the-company-prod-eu", None),
            ("the-company-prod-us", None),
        ];
        assert_eq!(ShownNames::new(names, true).of("the-company-prod-eu"), "the-company-prod-eu");
    }

    #[test]
    fn a_part_means_the_one_name_that_has_it() {
        let names = [
            "arn:aws:eks:eu-west-1:1:cluster/shop",
            "arn:aws:eks:us-east-1:1:cluster/shop",
            "gke_acme_media",
        ];
        assert_eq!(meant("media", names), Some("gke_acme_media"));
        assert_eq!(meant("eu-west-1:1:cluster/shop", names), Some(names[0]));
        assert_eq!(meant("eu-west…shop", names), Some(names[0]));
        assert_eq!(meant("us-east-1...shop", names), Some(names[1]));
        assert_eq!(meant("arn:aws:eks:us-ea…er/shop", names), Some(names[1]));
        for (none, why) in [
            ("shop", "two have it"),
            ("med", "no boundary"),
            ("edia", "no boundary"),
            ("", "empty"),
            ("…", "empty"),
        ] {
            assert_eq!(meant(none, names), None, "{none}: {why}");
        }
    }

    proptest! {
        #[test]
        fn shown_names_are_distinct_and_accepted_back(
            accounts in prop::collection::vec("[0-9]{4}", 1..4),
            regions in prop::collection::vec("(eu|us)-(west|east)-[1-3]", 1..4),
            clusters in prop::collection::vec("[a-c]{1,3}(-[a-c0-9]{1,2}){0,2}", 1..6),
            scheme in "(arn:aws:eks:|gke_|)",
        ) {
            let mut names = Vec::new();
            for account in &accounts {
                for region in &regions {
                    for cluster in &clusters {
                        names.push(format!("{scheme}{region}:{account}:cluster/{cluster}"));
                    }
                }
            }
            names.sort();
            names.dedup();
            let list = || names.iter().map(String::as_str);
            let shown = ShownNames::new(list().map(|name| (name, None)), true);
            let texts: BTreeSet<&str> = list().map(|name| shown.of(name)).collect();
            prop_assert_eq!(texts.len(), names.len());
            for name in list() {
                let text = shown.of(name);
                prop_assert!(!text.is_empty() && name.contains(text));
                // A part of one name may be a part of another one's too: then it is not accepted.
                let back = meant(text, list());
                prop_assert!(back.is_none_or(|back| back == name), "{} {:?}", text, back);
            }
        }
    }
}
