//! The TARGETS column: what each metric is, and what it should be.

use super::quantity::Quantity;
use super::record::{Hpa, Metric, MetricType, TargetType};

const UNKNOWN: &str = "<unknown>";

impl Hpa {
    /// Every metric as `name: current/target`, in the order of the spec, none dropped. The forms
    /// are kubectl's, plus the name where kubectl leaves it out:
    ///
    /// | metric | text |
    /// |---|---|
    /// | Resource | `cpu: 68%/70%`, `memory: 100Mi/200Mi` |
    /// | `ContainerResource` | `cpu(app): 68%/70%` |
    /// | Pods | `http_requests_per_second: <unknown>/1k` |
    /// | Object | `requests on Ingress/main: 1500/2k` |
    /// | External | `queue_depth: 40/50 (avg)` |
    ///
    /// Where two metrics differ in nothing but their selectors, those are named too.
    pub fn target_texts(&self) -> Vec<String> {
        let labels: Vec<String> = self.metrics.iter().map(Metric::label).collect();
        let text = |(metric, label): (&Metric, &String)| {
            let alike = labels.iter().filter(|other| *other == label).count();
            let selector = match &metric.selector {
                Some(selector) if alike > 1 => format!("{{{selector}}}"),
                _ => String::new(),
            };
            format!("{label}{selector}: {}", metric.current_over_target())
        };
        self.metrics.iter().zip(&labels).map(text).collect()
    }

    /// [`Hpa::target_texts`] in one line.
    pub fn targets(&self) -> String {
        self.target_texts().join(", ")
    }
}

impl Metric {
    /// A short name: `cpu`, `cpu(app)`, `requests on Ingress/main`. A metric of an unknown type has
    /// the type's.
    pub fn label(&self) -> String {
        let name = match (&self.kind, self.name.as_str()) {
            (MetricType::Other(kind), "") if kind.is_empty() => UNKNOWN,
            (kind, "") => kind.as_str(),
            (_, name) => name,
        };
        match (&self.container, &self.object) {
            (Some(container), _) => format!("{name}({container})"),
            (None, Some(object)) => format!("{name} on {}/{}", object.kind, object.name),
            (None, None) => name.to_owned(),
        }
    }

    /// `68%/70%`, `<unknown>/1k`, `40/50 (avg)`.
    fn current_over_target(&self) -> String {
        let average = matches!(self.kind, MetricType::Object | MetricType::External)
            && self.target.kind == TargetType::AverageValue;
        format!(
            "{}/{}{}",
            self.current_text(),
            self.target_text(),
            if average { " (avg)" } else { "" }
        )
    }

    /// The current value for people: `68%`, `100Mi`, `<unknown>`.
    pub fn current_text(&self) -> String {
        self.amount(self.current.as_ref().and_then(|current| current.value.as_deref()))
    }

    /// The target's value for people: `70%`, `200Mi`, `<unknown>`.
    pub fn target_text(&self) -> String {
        self.amount(self.target.value.as_deref())
    }

    fn amount(&self, value: Option<&str>) -> String {
        match (value, &self.target.kind) {
            (None, _) => UNKNOWN.to_owned(),
            (Some(value), TargetType::Utilization) => format!("{value}%"),
            (Some(value), _) if self.counts_bytes() => readable_bytes(value),
            (Some(value), _) => value.to_owned(),
        }
    }

    fn counts_bytes(&self) -> bool {
        matches!(self.kind, MetricType::Resource | MetricType::ContainerResource)
            && (self.name == "memory" || self.name.ends_with("storage"))
    }
}

/// Bytes as the server writes them, unless it writes plain or thousandths of bytes
/// (`171502796800m`, as old clusters do).
fn readable_bytes(value: &str) -> String {
    match value.parse::<Quantity>() {
        Ok(bytes) if value.ends_with(|c: char| c == 'm' || c.is_ascii_digit()) => {
            bytes.human_bytes()
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{hpa, shop};

    #[test]
    fn says_what_kubectl_says_and_the_name() {
        let printed = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/recordings/hpas-shop.kubectl.txt"
        ));
        let mut lines = printed.lines();
        let column = |line: &str, from: &str, to: &str, header: &str| {
            let start = header.find(from).unwrap();
            let end = header.find(to).unwrap();
            line[start..end].trim().to_owned()
        };
        let header = lines.next().unwrap();
        let hpas = shop();
        assert_eq!(lines.clone().count(), hpas.len());
        for (line, hpa) in lines.zip(&hpas) {
            assert_eq!(column(line, "NAME", "REFERENCE", header), hpa.name);
            assert_eq!(column(line, "REFERENCE", "TARGETS", header), hpa.reference());
            let theirs = column(line, "TARGETS", "MINPODS", header);
            let ours = hpa.target_texts();
            for (text, metric) in theirs.split(", ").zip(&ours) {
                let value = text.rsplit(": ").next().unwrap();
                assert!(metric.ends_with(&format!(": {value}")), "{metric} for {text}");
                let name = text.strip_suffix(value).unwrap().trim_end_matches(": ");
                assert!(metric.starts_with(name), "{metric} for {text}");
            }
            assert_eq!(theirs.split(", ").count(), ours.len());
        }
    }

    #[test]
    fn every_metric_is_named() {
        let by_name = |name: &str| shop().into_iter().find(|h| h.name == name).unwrap().targets();
        assert_eq!(by_name("healthy"), "cpu: 68%/70%");
        assert_eq!(by_name("container"), "cpu(app): 68%/70%");
        assert_eq!(by_name("external"), "queue_depth: 40/50 (avg)");
        assert_eq!(by_name("objectmetric"), "requests on Ingress/main: <unknown>/2k");
        assert_eq!(by_name("podsmetric"), "http_requests_per_second: <unknown>/1k, cpu: 60%/70%");
    }

    #[test]
    fn odd_metrics() {
        let texts = |metrics: &str, current: &str| {
            hpa(&format!(
                r#"{{"spec":{{"maxReplicas":3,"metrics":{metrics}}},"status":{{"currentMetrics":{current}}}}}"#
            ))
            .targets()
        };
        assert_eq!(texts("null", "null"), "cpu: <unknown>/80%");
        assert_eq!(texts(r#"[{"type":"Moon"}]"#, "null"), "Moon: <unknown>/<unknown>");
        assert_eq!(texts(r#"[{"type":""}]"#, r#"[{"type":""}]"#), "<unknown>: <unknown>/<unknown>");
        assert_eq!(
            texts(
                r#"[{"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"200Mi"}}}]"#,
                r#"[{"type":"Resource","resource":{"name":"memory","current":{"averageValue":"171502796800m"}}}]"#
            ),
            "memory: 163.6Mi/200Mi"
        );
        let external = |queue: &str| {
            format!(
                r#"{{"type":"External","external":{{"metric":{{"name":"depth","selector":{{"matchLabels":{{"queue":"{queue}"}}}}}},"target":{{"type":"Value","value":30}}}}}}"#
            )
        };
        assert_eq!(
            texts(&format!("[{},{}]", external("a"), external("b")), "null"),
            "depth{queue=a}: <unknown>/30, depth{queue=b}: <unknown>/30"
        );
    }
}
