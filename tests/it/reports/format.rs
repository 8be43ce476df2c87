//! The file format of a report.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use watchdog::config::duration;

/// One report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Its number, such as F1.
    #[serde(rename = "report")]
    pub number: String,
    pub title: String,
    /// Its sources: `owner/repo#1`.
    pub sources: Vec<String>,

    /// The objects of the cluster `test`.
    #[serde(default)]
    pub objects: Vec<Value>,
    /// Several clusters instead: objects by cluster name.
    #[serde(default)]
    pub clusters: Map<String, Value>,
    /// The path of the selector in the `/scale` of custom kinds.
    #[serde(default)]
    pub scale_selectors: BTreeMap<String, String>,
    /// The version of the API servers.
    pub server_version: Option<String>,
    /// Resources (`pods`, `deployments/scale`) that are forbidden.
    #[serde(default)]
    pub forbid: Vec<String>,
    /// Serves the clusters behind one port, below paths.
    #[serde(default)]
    pub path_prefix: bool,
    /// A kubeconfig to use instead of the generated one.
    pub kubeconfig: Option<String>,
    /// The encoding of that kubeconfig.
    #[serde(default)]
    pub encoding: Encoding,
    /// Further files by name; `~/…` is in the home directory.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Programs by name, which come first on PATH.
    #[serde(default)]
    pub scripts: BTreeMap<String, String>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The configuration file.
    pub config: Option<String>,

    pub runs: Vec<Wanted>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// With a byte order mark, little endian.
    #[serde(rename = "utf-16")]
    Utf16,
}

/// A run of the program, and its expected result.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub args: Vec<String>,
    pub exit: Option<i32>,
    #[serde(default)]
    pub stdout: Texts,
    #[serde(default)]
    pub stderr: Texts,
    /// Values of the JSON on stdout, by JSON pointer; null also matches a missing value.
    #[serde(default)]
    pub json: BTreeMap<String, Value>,
    /// All finding ids of an HPA (`shop/api`, `one/shop/api`), in order.
    #[serde(default)]
    pub findings: BTreeMap<String, Vec<String>>,
    /// Finding ids that an HPA must not have.
    #[serde(default)]
    pub lacks_findings: BTreeMap<String, Vec<String>>,
    /// Severities of an HPA's findings, by id.
    #[serde(default)]
    pub severities: BTreeMap<String, BTreeMap<String, String>>,
}

/// Texts that a stream must contain, and texts that it must not.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    #[serde(default)]
    pub has: Vec<String>,
    #[serde(default)]
    pub lacks: Vec<String>,
}

impl Report {
    /// Parses a file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = with_times(text)?;
        let report: Self = serde_yaml::from_str(&text).map_err(|error| error.to_string())?;
        if !report.objects.is_empty() && !report.clusters.is_empty() {
            return Err("`objects` are those of the one cluster `test`; here are `clusters`".into());
        }
        if report.runs.is_empty() {
            return Err("`runs` is empty: nothing is tried".into());
        }
        for (index, run) in report.runs.iter().enumerate() {
            if run.expects_nothing() {
                return Err(format!("run {} ({}) expects nothing", index + 1, run.args.join(" ")));
            }
        }
        Ok(report)
    }
}

impl Wanted {
    fn expects_nothing(&self) -> bool {
        let texts = [&self.stdout, &self.stderr];
        self.exit.is_none()
            && texts.iter().all(|texts| texts.has.is_empty() && texts.lacks.is_empty())
            && self.json.is_empty()
            && self.findings.is_empty()
            && self.lacks_findings.is_empty()
            && self.severities.is_empty()
    }
}

/// Replaces `{{ago:5m}}` by the time five minutes ago, and so on.
fn with_times(text: &str) -> Result<String, String> {
    let mut parts = text.split("{{ago:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (ago, rest) = part.split_once("}}").ok_or("{{ago:… has no end")?;
        let ago = duration::parse(ago).map_err(|error| format!("{{{{ago:{ago}}}}}: {error}"))?;
        let then = jiff::Timestamp::now() - ago;
        out += &jiff::Timestamp::from_second(then.as_second()).unwrap().to_string();
        out += rest;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(rest: &str) -> String {
        Report::parse(&format!("report: X1\ntitle: t\nsources: [o/r#1]\n{rest}")).unwrap_err()
    }

    #[test]
    fn a_file_with_a_mistake_is_refused() {
        let run = "runs: [{args: [hpa, list], exit: 0}]";
        for (rest, expected) in [
            ("objets: []\nruns: [{args: [], exit: 0}]".to_owned(), "objets"),
            ("runs: [{args: [], exit: 0, stdout: {hass: [a]}}]".to_owned(), "hass"),
            ("runs: [{args: [], stdin: a}]".to_owned(), "stdin"),
            ("runs: [{args: [hpa, list]}]".to_owned(), "run 1 (hpa list) expects nothing"),
            ("runs: [{args: [], stdout: {has: []}}]".to_owned(), "expects nothing"),
            ("runs: []".to_owned(), "nothing is tried"),
            (format!("objects: [{{}}]\nclusters: {{a: []}}\n{run}"), "here are `clusters`"),
            (format!("config: '{{{{ago:soon}}}}'\n{run}"), "ago:soon"),
        ] {
            let error = error(&rest);
            assert!(error.contains(expected), "{rest}: {error}");
        }
    }

    #[test]
    fn times_are_counted_back_from_now() {
        let text = with_times("a: {{ago:2h}}, b: '{{ago:5m}}'").unwrap();
        assert!(!text.contains("{{") && text.contains("Z, b: '"), "{text}");
    }
}
