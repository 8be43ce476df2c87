//! The TARGETS column: the current and target value of each metric.

use super::record::{Hpa, Metric, MetricCurrent, MetricType, TargetType};
use crate::kube::Quantity;

const UNKNOWN: &str = "<unknown>";

impl Hpa {
    /// Every metric as `name: current/target`, in the order of the spec. The notation is kubectl's,
    /// with the name added where kubectl omits it:
    ///
    /// | metric | text |
    /// |---|---|
    /// | Resource | `cpu: 68%/70%`, `memory: 100Mi/200Mi` |
    /// | `ContainerResource` | `cpu(app): 68%/70%` |
    /// | Pods | `http_requests_per_second: <unknown>/1k` |
    /// | Object | `requests on Ingress/main: 1500/2k` |
    /// | External | `queue_depth: 40/50 (avg)` |
    ///
    /// If two metrics differ only in their selectors, these are shown too.
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

    /// [`Hpa::target_texts`] on one line.
    pub fn targets(&self) -> String {
        self.target_texts().join(", ")
    }
}

impl Metric {
    /// A short name: `cpu`, `cpu(app)`, `requests on Ingress/main`. For a metric of an unknown
    /// type, the type's name.
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

    /// Current and target value: `68%/70%`, `<unknown>/1k`, `40/50 (avg)`.
    fn current_over_target(&self) -> String {
        let average = matches!(self.kind, MetricType::Object | MetricType::External)
            && self.target.kind == TargetType::AverageValue;
        let (current, target) = self.texts();
        format!("{current}/{target}{}", if average { " (avg)" } else { "" })
    }

    /// The current value for people, in the target's unit: `68%`, `100Mi`, `338k`, `<unknown>`.
    pub fn current_text(&self) -> String {
        self.texts().0
    }

    /// The target's value for people: `70%`, `200Mi`, `10k`, `<unknown>`.
    pub fn target_text(&self) -> String {
        self.texts().1
    }

    /// The current value as the controller wrote it, with a percent sign if it is a percentage:
    /// `68%`, `171502796800m`.
    pub fn exact_current(&self) -> Option<String> {
        Some(self.exact(self.current.as_ref()?.reading()?))
    }

    /// The target's value as it was written, with a percent sign if it is a percentage.
    pub fn exact_target(&self) -> Option<String> {
        Some(self.exact(self.target.value.as_deref()?))
    }

    fn exact(&self, value: &str) -> String {
        let sign = if self.target.kind == TargetType::Utilization { "%" } else { "" };
        format!("{value}{sign}")
    }

    /// An amount for people, in the target's unit.
    pub fn amount_text(&self, amount: Quantity) -> String {
        if self.target.kind == TargetType::Utilization {
            return format!("{}%", amount.beside("1", false));
        }
        let target = self.readable_target();
        amount.beside(target.as_deref().unwrap_or("1"), self.counts_cores())
    }

    /// Current and target. Different values never look alike, and a value never appears on the
    /// wrong side of the target.
    fn texts(&self) -> (String, String) {
        let reading = self.current.as_ref().and_then(MetricCurrent::reading);
        let known = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
        if self.target.kind == TargetType::Utilization {
            return (known(self.exact_current()), known(self.exact_target()));
        }
        let shown = self.readable_target();
        let exact = (known(reading.map(str::to_owned)), known(self.target.value.clone()));
        let (Some(target), Some(amount)) = (&shown, reading.and_then(|it| it.parse().ok())) else {
            let readable = |bytes: Quantity| bytes.human_bytes();
            let alone = reading.and_then(|it| it.parse().ok()).filter(|_| self.counts_bytes());
            return (alone.map_or(exact.0, readable), known(shown));
        };
        let current = Quantity::beside(amount, target, self.counts_cores());
        let side = |target: Option<Quantity>| target.map(|target| amount.cmp(&target));
        if side(target.parse().ok()) != side(self.target.quantity()) {
            // The target itself was rounded.
            return exact;
        }
        (current, target.clone())
    }

    /// The target's value: as it was written, except for bytes written without a unit.
    fn readable_target(&self) -> Option<String> {
        let value = self.target.value.as_deref()?;
        Some(if self.counts_bytes() { readable_bytes(value) } else { value.to_owned() })
    }

    fn is_of_pods(&self) -> bool {
        matches!(self.kind, MetricType::Resource | MetricType::ContainerResource)
    }

    /// Whether it is an amount of memory or storage.
    pub fn counts_bytes(&self) -> bool {
        self.is_of_pods() && (self.name == "memory" || self.name.ends_with("storage"))
    }

    fn counts_cores(&self) -> bool {
        self.is_of_pods() && self.name == "cpu"
    }
}

/// Bytes as the server writes them, unless it writes a plain number or thousandths of bytes
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
    fn targets_are_written_as_by_kubectl_with_names() {
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
    fn unusual_metrics_are_shown() {
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
