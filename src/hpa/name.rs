//! HPAs as users name them: in every form that watchdog prints, and in kubectl's.

use std::fmt;
use std::sync::Arc;

use super::Hpa;
use crate::config::pattern::PatternError;
use crate::config::{Pattern, Scope};
use crate::kubectl::{InvalidName, Name};

/// `NAME`, `NAMESPACE/NAME`, `CLUSTER/NAMESPACE/NAME` or `hpa/NAME`. Namespace and name may be globs, and the whole
/// may be a `/regex/` for the name. The name of a cluster may itself contain slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HpaName {
    source: String,
    cluster: Option<String>,
    /// The clusters that are meant by `cluster`, once they are known.
    clusters: Option<Vec<Arc<str>>>,
    namespace: Option<Pattern>,
    name: Pattern,
}

/// Why a text names no HPA.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HpaNameError {
    /// The namespace or the name is invalid.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// A glob or a regex is invalid.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A part between slashes is empty.
    #[error(
        "{0:?} has an empty part; an HPA is named NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME"
    )]
    EmptyPart(String),
}

/// kubectl's names for the type, before `/NAME`.
const TYPES: [&str; 4] = ["hpa", "hpas", "horizontalpodautoscaler", "horizontalpodautoscalers"];

impl HpaName {
    /// Reads a name in one of the forms.
    pub fn parse(text: &str) -> Result<Self, HpaNameError> {
        let parsed = |cluster: Option<&str>, namespace: Option<Pattern>, name: Pattern| Self {
            source: text.to_owned(),
            cluster: cluster.map(str::to_owned),
            clusters: None,
            namespace,
            name,
        };
        if text.len() > 1 && text.starts_with('/') && text.ends_with('/') {
            return Ok(parsed(None, None, Pattern::parse(text)?));
        }
        let Some((above, name)) = text.rsplit_once('/') else {
            return Ok(parsed(None, None, pattern(text, Name::parse)?));
        };
        let (cluster, namespace) = match above.rsplit_once('/') {
            Some((cluster, namespace)) => (Some(cluster), namespace),
            None => (None, above),
        };
        if name.is_empty() || namespace.is_empty() || cluster.is_some_and(str::is_empty) {
            return Err(HpaNameError::EmptyPart(text.chars().take(80).collect()));
        }
        let name = pattern(name, Name::parse)?;
        if cluster.is_none() && Self::is_type(namespace) {
            return Ok(parsed(None, None, name));
        }
        Ok(parsed(cluster, Some(pattern(namespace, Name::namespace)?), name))
    }

    /// Whether the text is a name of the type, such as `hpa` or `horizontalpodautoscalers.v2.autoscaling`.
    pub fn is_type(text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        let (kind, group) = lower.split_once('.').unwrap_or((&lower, ""));
        let is_group = group.is_empty()
            || group.strip_suffix("autoscaling").is_some_and(|version| {
                version.is_empty() || version.starts_with('v') && version.ends_with('.')
            });
        TYPES.contains(&kind) && is_group
    }

    /// The name of the cluster, as it was typed.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// The name of the HPA, or its pattern.
    pub fn name(&self) -> &Pattern {
        &self.name
    }

    /// The namespace, if one is named.
    pub fn namespace(&self) -> Option<&Pattern> {
        self.namespace.as_ref()
    }

    /// Says which clusters are meant by [`HpaName::cluster`].
    pub fn resolve(&mut self, clusters: Vec<Arc<str>>) {
        self.clusters = Some(clusters);
    }

    /// Whether HPAs of the cluster may be meant. A cluster that is not resolved excludes none.
    pub fn is_in(&self, cluster: &str) -> bool {
        self.clusters.as_ref().is_none_or(|some| some.iter().any(|it| **it == *cluster))
    }

    /// Whether an HPA with this namespace and name is meant, if its cluster is.
    pub fn covers(&self, namespace: &str, name: &str) -> bool {
        self.namespace.as_ref().is_none_or(|it| it.matches(namespace)) && self.name.matches(name)
    }

    /// Whether the HPA is meant.
    pub fn matches(&self, hpa: &Hpa) -> bool {
        self.is_in(&hpa.cluster) && self.covers(&hpa.namespace, &hpa.name)
    }
}

/// A part as a pattern: a glob, or a name that is valid for the API server.
fn pattern(
    text: &str,
    check: fn(&str) -> Result<Name, InvalidName>,
) -> Result<Pattern, HpaNameError> {
    if text.contains(['*', '?', '[', '{']) && !text.starts_with('-') {
        return Ok(Pattern::parse(text)?);
    }
    // As a narrow terminal shows it.
    let elided = text.replace("...", "…");
    if elided.contains('…') && !text.starts_with('-') {
        return Ok(Pattern::parse(&elided.replace('…', "*"))?);
    }
    check(text)?;
    Ok(Pattern::exact(text))
}

impl fmt::Display for HpaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

/// The HPAs of a request; all of the scope if there are no names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HpaNames(Vec<HpaName>);

impl HpaNames {
    /// The request for these HPAs.
    pub fn new(names: Vec<HpaName>) -> Self {
        Self(names)
    }

    /// Whether no HPA is named, so that all are requested.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &HpaName> {
        self.0.iter()
    }

    /// Whether the HPA is requested.
    pub fn matches(&self, hpa: &Hpa) -> bool {
        self.is_empty() || self.0.iter().any(|name| name.matches(hpa))
    }

    /// The names by which HPAs of the cluster are requested.
    #[must_use]
    pub fn of_cluster(&self, cluster: &str) -> Self {
        Self(self.0.iter().filter(|name| name.is_in(cluster)).cloned().collect())
    }

    /// The one name that all requested HPAs have, if it is not a pattern.
    pub fn only_name(&self) -> Option<Name> {
        let (first, rest) = self.0.split_first()?;
        let is_one = first.name.is_exact() && rest.iter().all(|other| other.name == first.name);
        is_one.then(|| Name::parse(first.name.as_str()).ok()).flatten()
    }

    /// The namespaces of the requested HPAs, if all of them are known.
    pub fn namespaces(&self) -> Option<Vec<Name>> {
        let mut names = Vec::new();
        for name in &self.0 {
            let namespace = name.namespace.as_ref().filter(|it| it.is_exact())?;
            let namespace = Name::namespace(namespace.as_str()).ok()?;
            if !names.contains(&namespace) {
                names.push(namespace);
            }
        }
        (!names.is_empty()).then_some(names)
    }

    /// The first name whose namespace the scope leaves out.
    pub fn outside(&self, scope: &Scope) -> Option<&HpaName> {
        self.0.iter().find(|name| {
            let namespace = name.namespace.as_ref().filter(|it| it.is_exact());
            namespace.is_some_and(|namespace| !scope.covers(namespace.as_str()))
        })
    }

    /// The names that none of these HPAs has.
    pub fn missing(&self, found: &[&Hpa]) -> Vec<&HpaName> {
        let is_missing = |name: &&HpaName| !found.iter().any(|hpa| name.matches(hpa));
        self.0.iter().filter(is_missing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hpa::fixtures::shop;

    fn parse(text: &str) -> HpaName {
        HpaName::parse(text).unwrap()
    }

    /// Cluster, namespace and name.
    fn parts(text: &str) -> [String; 3] {
        let name = parse(text);
        let namespace = name.namespace.map(|it| it.to_string());
        [name.cluster, namespace, Some(name.name.to_string())].map(Option::unwrap_or_default)
    }

    #[test]
    fn every_form_that_is_printed_is_read() {
        assert_eq!(parts("web"), ["", "", "web"]);
        assert_eq!(parts("shop/web"), ["", "shop", "web"]);
        assert_eq!(parts("prod/shop/web"), ["prod", "shop", "web"]);
        let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/shop-prod";
        assert_eq!(parts(&format!("{arn}/shop/web")), [arn, "shop", "web"]);
        let openshift = "default/api-host:6443/admin";
        assert_eq!(parts(&format!("{openshift}/shop/web")), [openshift, "shop", "web"]);
        assert_eq!(parts("/api:6443/admin/shop/web"), ["/api:6443/admin", "shop", "web"]);
    }

    #[test]
    fn kubectls_types_stand_before_the_name() {
        for form in [
            "hpa",
            "HPA",
            "hpas",
            "horizontalpodautoscaler",
            "horizontalpodautoscalers.autoscaling",
            "horizontalpodautoscaler.v2.autoscaling",
        ] {
            assert_eq!(parts(&format!("{form}/web")), ["", "", "web"], "{form}");
        }
        assert_eq!(parts("deploy/web"), ["", "deploy", "web"]);
        assert_eq!(parts("prod/hpa/web"), ["prod", "hpa", "web"]);
        assert!(HpaName::parse("hpa.apps/web").is_err());
    }

    #[test]
    fn globs_and_a_regex_mean_several() {
        assert!(parse("web-*").covers("any", "web-1") && !parse("web-*").covers("any", "api"));
        assert!(parse("pay*/w?b").covers("payments", "web"));
        assert!(!parse("pay*/w?b").covers("shop", "web"));
        assert!(parse("/^web/").covers("any", "web-1"));
        for shortened in ["rec…ions", "rec...ions", "p…s/rec…ions"] {
            assert!(parse(shortened).covers("payments", "recommendations"), "{shortened}");
            assert!(!parse(shortened).covers("payments", "records"), "{shortened}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            "-o",
            "--all",
            "/",
            "//",
            "/web",
            "shop/",
            "/shop/web",
            "a b",
            "Shop/web",
            "shop/-o",
            "/(/",
            "a%2f",
        ] {
            assert!(HpaName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn reading_is_as_narrow_as_the_names_allow() {
        let names = |texts: &[&str]| HpaNames::new(texts.iter().map(|text| parse(text)).collect());
        let read = |texts: &[&str]| {
            let names = names(texts);
            let namespaces = names.namespaces().unwrap_or_default();
            let namespaces: Vec<String> = namespaces.iter().map(Name::to_string).collect();
            (
                names.only_name().map(|name| name.to_string()).unwrap_or_default(),
                namespaces.join(","),
            )
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read(&[]), pair("", ""));
        assert_eq!(read(&["shop/web"]), pair("web", "shop"));
        assert_eq!(read(&["shop/web", "a/shop/web"]), pair("web", "shop"));
        assert_eq!(read(&["shop/web", "media/web"]), pair("web", "shop,media"));
        assert_eq!(read(&["shop/web", "shop/api"]), pair("", "shop"));
        assert_eq!(read(&["shop/web", "api"]), pair("", ""));
        assert_eq!(read(&["web-*"]), pair("", ""));
        let only_shop = Scope::only(vec![Pattern::exact("shop")]);
        assert!(names(&["shop/web", "web"]).outside(&only_shop).is_none());
        let names = names(&["shop/web", "media/web"]);
        assert_eq!(names.outside(&only_shop).unwrap().to_string(), "media/web");
        assert!(names.outside(&Scope::default()).is_none());
    }

    #[test]
    fn a_cluster_counts_once_it_is_resolved() {
        let hpa = shop().remove(0);
        let text = format!("somewhere/{}/{}", hpa.namespace, hpa.name);
        let mut name = parse(&text);
        name.resolve(vec!["elsewhere".into()]);
        assert!(!name.matches(&hpa));
        name.resolve(vec![Arc::clone(&hpa.cluster)]);
        assert!(name.matches(&hpa));
        let names = HpaNames::new(vec![name, parse("no-such")]);
        assert!(names.of_cluster("elsewhere").iter().count() == 1);
        let missing = names.missing(&[&hpa]);
        assert_eq!(missing.iter().map(ToString::to_string).collect::<Vec<_>>(), ["no-such"]);
    }
}
