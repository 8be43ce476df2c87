//! Which rules are evaluated and reported, and for which HPAs.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::rule::{Need, Rule, find, rules};
use crate::config::Pattern;
use crate::config::pattern::{PatternError, nearest};
use crate::hpa::Hpa;

/// The rules that are evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    ids: BTreeSet<&'static str>,
    /// Rules that are evaluated if their data was read, but not reported: they still explain other
    /// findings.
    ignored: BTreeSet<&'static str>,
    /// Findings to ignore for some HPAs.
    ignore: Vec<Ignore>,
}

/// There is no rule with this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no finding {id:?}{}", did_you_mean(nearest))]
pub struct UnknownRule {
    /// The unknown id.
    pub id: String,
    /// The nearest ids, best first.
    pub nearest: Vec<&'static str>,
}

fn did_you_mean(nearest: &[&str]) -> String {
    match nearest {
        [] => "; watchdog hpa check --explain lists all".to_owned(),
        names => format!("; did you mean {}?", names.join(" or ")),
    }
}

impl UnknownRule {
    /// The error for an id, with the nearest ids.
    pub fn new(id: &str) -> Self {
        let ids = rules().iter().map(|rule| rule.id);
        Self { id: id.to_owned(), nearest: nearest(id, ids) }
    }
}

impl Default for Selection {
    fn default() -> Self {
        Self::all()
    }
}

impl Selection {
    /// Every rule.
    pub fn all() -> Self {
        Self { ids: rules().iter().map(|rule| rule.id).collect(), ..Self::none() }
    }

    /// Only these rules. Their causes are not evaluated.
    pub fn only<'a>(ids: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownRule> {
        let known = |id: &str| find(id).map(|rule| rule.id).ok_or_else(|| UnknownRule::new(id));
        let ids = ids.into_iter().map(known).collect::<Result<_, _>>()?;
        Ok(Self { ids, ..Self::none() })
    }

    fn none() -> Self {
        Self { ids: BTreeSet::new(), ignored: BTreeSet::new(), ignore: Vec::new() }
    }

    /// Only the rules that can be decided from the HPAs and the data `known`: for example those
    /// that need no history.
    #[must_use]
    pub fn decided_by(mut self, known: &[Need]) -> Self {
        let decided = |rule: &Rule| rule.needs.iter().all(|need| known.contains(need));
        self.ids.retain(|id| find(id).is_some_and(decided));
        self.ignored.retain(|id| find(id).is_some_and(decided));
        self
    }

    /// Only the rules with these ids.
    #[must_use]
    pub(super) fn among(mut self, ids: &[&str]) -> Self {
        self.ids.retain(|id| ids.contains(id));
        self.ignored.retain(|id| ids.contains(id));
        self
    }

    /// Without the findings that `ignored` lists. Ignoring a cause ignores its effects: a finding
    /// that follows from an ignored one is not reported, unless it is more severe. This needs no
    /// additional data: a cause counts if it can be decided from the data of the other rules.
    #[must_use]
    pub fn without(mut self, ignored: &[Ignore]) -> Self {
        let is_ignored = |id: &&'static str| ignored.iter().any(|ignore| ignore.is_whole(id));
        self.ignored.extend(self.ids.iter().filter(|id| is_ignored(id)));
        self.ids.retain(|id| !is_ignored(id));
        self.ignore.extend(ignored.iter().filter(|ignore| ignore.place.is_some()).cloned());
        self
    }

    /// Whether the rule is evaluated and its findings are reported.
    pub fn contains(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Whether the finding is ignored for this HPA.
    pub(super) fn ignores(&self, id: &str, hpa: &Hpa) -> bool {
        self.ignore.iter().any(|ignore| ignore.matches(id, hpa))
    }

    /// Whether everything that ignored rules need is read for the other rules.
    pub fn reads_ignored(&self) -> bool {
        let read = self.needs();
        let mut ignored = self.ignored.iter().filter_map(|id| find(id));
        ignored.all(|rule| rule.needs.iter().all(|need| read.contains(need)))
    }

    /// Whether the rule's findings may explain others.
    pub(super) fn explains(&self, id: &str) -> bool {
        self.contains(id) || self.ignored.contains(id)
    }

    /// The rules, in the order of the catalogue.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        rules().iter().filter(|rule| self.contains(rule.id))
    }

    /// All data that these rules use.
    pub fn needs(&self) -> BTreeSet<Need> {
        self.rules().flat_map(|rule| rule.needs.iter().chain(rule.uses)).copied().collect()
    }
}

/// Rules as a user writes them: an id, a glob over ids, or several of these with commas.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// The rules, in the order of the catalogue.
    pub rules: Vec<&'static Rule>,
    /// Whether all are written as ids.
    pub is_exact: bool,
}

impl FromStr for RuleSet {
    type Err = IgnoreError;

    fn from_str(text: &str) -> Result<Self, IgnoreError> {
        // A comma within braces is part of a glob.
        let texts: Vec<&str> =
            if text.contains('{') { vec![text] } else { text.split(',').map(str::trim).collect() };
        let patterns =
            texts.into_iter().map(id_pattern).collect::<Result<Vec<Pattern>, IgnoreError>>()?;
        let is_one = |rule: &&Rule| patterns.iter().any(|pattern| pattern.matches(rule.id));
        Ok(Self {
            rules: rules().iter().filter(is_one).collect(),
            is_exact: patterns.iter().all(Pattern::is_exact),
        })
    }
}

/// A pattern that matches at least one id.
fn id_pattern(text: &str) -> Result<Pattern, IgnoreError> {
    let pattern = Pattern::parse(text)?;
    if rules().iter().any(|rule| pattern.matches(rule.id)) {
        Ok(pattern)
    } else {
        Err(UnknownRule::new(text).into())
    }
}

/// `ID` or `ID=GLOB`: findings to ignore.
///
/// ID is an id or a glob over ids; GLOB is `NAMESPACE/NAME` or `CLUSTER/NAMESPACE/NAME`, each part
/// a name or a glob over that part alone. A cluster's name may contain slashes: everything before
/// the last two parts is the cluster. A pattern between slashes is a regular expression, searched
/// for in `CLUSTER/NAMESPACE/NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    id: Pattern,
    place: Option<Place>,
    /// Clusters with another name by which they may be meant.
    aliases: Vec<(String, String)>,
}

/// Selects HPAs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Parts(Box<Parts>),
    Whole(Pattern),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    cluster: Option<Pattern>,
    namespace: Pattern,
    name: Pattern,
}

impl Place {
    fn parse(text: &str) -> Result<Self, IgnoreError> {
        if text.len() > 1 && text.starts_with('/') && text.ends_with('/') {
            return Ok(Self::Whole(Pattern::parse(text)?));
        }
        let (rest, name) =
            text.rsplit_once('/').ok_or_else(|| IgnoreError::Place(text.to_owned()))?;
        let (cluster, namespace) = match rest.rsplit_once('/') {
            Some((cluster, namespace)) => (Some(Pattern::parse(cluster)?), namespace),
            None => (None, rest),
        };
        let (namespace, name) = (Pattern::parse(namespace)?, Pattern::parse(name)?);
        Ok(Self::Parts(Box::new(Parts { cluster, namespace, name })))
    }

    /// Whether the HPA is meant, of a cluster that has these names.
    fn matches(&self, hpa: &Hpa, clusters: &[&str]) -> bool {
        match self {
            Self::Parts(parts) => {
                let Parts { cluster, namespace, name } = &**parts;
                cluster.as_ref().is_none_or(|it| clusters.iter().any(|name| it.matches(name)))
                    && namespace.matches(&hpa.namespace)
                    && name.matches(&hpa.name)
            }
            Self::Whole(regex) => {
                let Hpa { namespace, name, .. } = hpa;
                clusters.iter().any(|it| regex.matches(&format!("{it}/{namespace}/{name}")))
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(regex) => write!(f, "{regex}"),
            Self::Parts(parts) => {
                let Parts { cluster, namespace, name } = &**parts;
                if let Some(cluster) = cluster {
                    write!(f, "{cluster}/")?;
                }
                write!(f, "{namespace}/{name}")
            }
        }
    }
}

impl fmt::Display for Ignore {
    /// As it was given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        self.place.iter().try_for_each(|place| write!(f, "={place}"))
    }
}

/// Why a text is not an [`Ignore`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreError {
    /// The id is unknown.
    #[error(transparent)]
    Unknown(#[from] UnknownRule),
    /// The pattern is invalid.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The pattern has no slash, so it cannot match an HPA.
    #[error("{0:?} is neither NAMESPACE/NAME nor CLUSTER/NAMESPACE/NAME")]
    Place(String),
}

impl Ignore {
    /// Whether this finding is ignored for this HPA.
    pub fn matches(&self, id: &str, hpa: &Hpa) -> bool {
        let Some(place) = &self.place else { return self.id.matches(id) };
        let aliases = self.aliases.iter().filter(|(name, _)| **name == *hpa.cluster);
        let mut clusters = vec![&*hpa.cluster];
        clusters.extend(aliases.map(|(_, alias)| alias.as_str()));
        self.id.matches(id) && place.matches(hpa, &clusters)
    }

    /// The same, where clusters may be named by these aliases too: each with the name that it is of.
    #[must_use]
    pub fn with_aliases(self, aliases: &[(String, String)]) -> Self {
        Self { aliases: aliases.to_vec(), ..self }
    }

    /// Whether all findings of this id are ignored.
    pub fn is_whole(&self, id: &str) -> bool {
        self.place.is_none() && self.id.matches(id)
    }
}

impl FromStr for Ignore {
    type Err = IgnoreError;

    fn from_str(text: &str) -> Result<Self, IgnoreError> {
        let (id, place) = match text.split_once('=') {
            Some((id, place)) => (id, Some(Place::parse(place)?)),
            None => (text, None),
        };
        Ok(Self { id: id_pattern(id)?, place, aliases: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures;
    use super::*;

    fn ignores(text: &str, id: &str, (cluster, namespace, name): (&str, &str, &str)) -> bool {
        let mut hpa = Hpa { cluster: cluster.into(), ..fixtures::hpa() };
        (hpa.namespace, hpa.name) = (namespace.into(), name.into());
        text.parse::<Ignore>().unwrap().matches(id, &hpa)
    }

    const WEB: (&str, &str, &str) = ("eu/prod", "shop", "web");

    #[test]
    fn an_id_alone_is_everywhere() {
        assert!(ignores("low-min", "low-min", WEB));
        assert!(!ignores("low-min", "maxed-out", WEB));
        assert!(ignores("*-min", "low-min", WEB));
    }

    #[test]
    fn a_pattern_narrows_it() {
        for (text, ignored) in [
            ("low-min=shop/web", true),
            ("low-min=shop/*", true),
            ("low-min=shop/web-*", false),
            ("low-min=eu/prod/shop/web", true),
            ("low-min=*/shop/*", true),
            ("low-min=us/prod/*", false),
            ("low-min=*/shop/web", true),
            ("low-min=eu/*/shop/*", true),
            ("low-min=eu/prod/*", false),
            ("low-min=*/*", true),
            ("low-min=*/*/*", true),
            ("low-min=/^eu.prod.shop/", true),
            ("low-min=/^shop/", false),
            ("maxed-out=shop/web", false),
        ] {
            assert_eq!(ignores(text, "low-min", WEB), ignored, "{text}");
            assert_eq!(text.parse::<Ignore>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_cluster_is_named_by_its_alias_too() {
        let mut hpa = Hpa { cluster: "eu/prod".into(), ..fixtures::hpa() };
        (hpa.namespace, hpa.name) = ("shop".into(), "web".into());
        let aliases = [("eu/prod".to_owned(), "x".to_owned()), ("us".to_owned(), "y".to_owned())];
        for (text, ignored) in [
            ("low-min=x/shop/*", true),
            ("low-min=eu/prod/shop/*", true),
            ("low-min=/^x.shop/", true),
            ("low-min=y/*/*", false),
        ] {
            let ignore = text.parse::<Ignore>().unwrap().with_aliases(&aliases);
            assert_eq!(ignore.matches("low-min", &hpa), ignored, "{text}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        let error = |text: &str| text.parse::<Ignore>().unwrap_err().to_string();
        assert_eq!(error("low-mim"), "there is no finding \"low-mim\"; did you mean low-min?");
        let unknown = "there is no finding \"zzz\"; watchdog hpa check --explain lists all";
        assert_eq!(error("zzz=a/b"), unknown);
        // A namespace may have the same name as a cluster: a pattern for one does not match the
        // other.
        assert!(!ignores("low-min=prod/*", "low-min", ("prod", "shop", "web")));
        assert!(!ignores("low-min=shop/*/*", "low-min", ("prod", "shop", "web")));
        for text in ["web", "", "*"] {
            let error = error(&format!("low-min={text}"));
            assert!(error.ends_with("is neither NAMESPACE/NAME nor CLUSTER/NAMESPACE/NAME"));
        }
        assert!(error("low-min=shop/").contains("empty pattern"));
        assert!(error("low-min=[a/b").contains("invalid glob"));
        assert!(error("").contains("empty pattern"));
    }

    #[test]
    fn rules_are_written_as_ids_and_globs() {
        let set = |text: &str| text.parse::<RuleSet>().unwrap();
        let ids = |text: &str| set(text).rules.iter().map(|rule| rule.id).collect::<Vec<_>>();
        assert_eq!(ids("low-min"), ["low-min"]);
        assert_eq!(ids("window-zero, low-min"), ["low-min", "window-zero"]);
        assert_eq!(ids("min-*,*-only"), ["min-eq-max", "memory-only"]);
        assert_eq!(ids("{low,no}-{min,max}"), ["low-min"]);
        assert_eq!(ids("*").len(), rules().len());
        assert!(set("low-min,maxed-out").is_exact && !set("low-*").is_exact);
        for text in ["", "low-min,", "z*", "low-mim", "[a"] {
            assert!(text.parse::<RuleSet>().is_err(), "{text}");
        }
    }

    #[test]
    fn selections() {
        let all = Selection::all();
        assert!(all.needs().contains(&Need::History));
        let ignored: Vec<Ignore> =
            ["maxed-out", "low-min=shop/*"].iter().map(|text| text.parse().unwrap()).collect();
        let less = all.without(&ignored);
        assert!(!less.contains("maxed-out"));
        assert!(less.contains("low-min"), "elsewhere it counts");

        let only = Selection::only(["window-zero", "min-eq-max"]).unwrap();
        assert_eq!(only.rules().count(), 2);
        assert!(only.needs().is_empty());
        assert_eq!(Selection::only(["low-mim"]).unwrap_err().nearest, ["low-min"]);

        let now = Selection::all().decided_by(&[Need::Target]);
        assert!(now.contains("maxed-out") && now.contains("container-missing"));
        assert!(!now.contains("flapping") && !now.contains("crash-oom"));
    }
}
