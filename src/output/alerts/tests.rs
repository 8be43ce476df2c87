use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::alerts::fixtures::alert;
use crate::stores::cluster_alerts;
use crate::stores::fixtures::{read_alerts, world};
use crate::term::color::Style;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn options(width: usize) -> AlertTable {
    AlertTable { no_headers: false, width: Some(width), style: Style::PLAIN, now: NOW }
}

#[test]
fn names_of_alerts_are_whole_on_a_narrow_terminal() {
    let of = |name, severity, namespace, hpa| {
        alert(&[
            ("alertname", name),
            ("severity", severity),
            ("namespace", namespace),
            ("horizontalpodautoscaler", hpa),
        ])
    };
    let quota = alert(&[
        ("alertname", "KubeQuotaAlmostFullInThisNamespaceOfATeam"),
        ("namespace", "platform-services"),
    ]);
    let alerts = [
        of("KubeHpaReplicasMismatchForALongTime", "warning", "shop", "catalog-frontend"),
        of(
            "KubeHpaMaxedOutWithALotOfLoadAndMore",
            "critical",
            "platform-services",
            "billing-export",
        ),
        of("KubeHpaReplicasMismatchForALongTime", "info", "platform-services", "billing-export"),
        quota,
    ];
    let worlds =
        [world("production-eu", &["shop/catalog-frontend", "platform-services/billing-export"])];
    let reads = [Some((Ok(read_alerts(&alerts)), Ok(Arc::default())))];
    let joined = cluster_alerts(&worlds, &reads, NOW);
    let rows = Rows::new(&joined, Shown::default());
    let text = tables(&rows, options(80), None).unwrap().text;
    for whole in alerts.iter().map(Alert::name).chain(["billing-export", "catalog-frontend"]) {
        assert!(text.contains(whole), "{whole}: {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    // The group with the worst comes first, and each has one heading.
    let heading = |name: &str| text.lines().position(|line| line == name).expect(name);
    let groups = [heading("production-eu/platform-services"), heading("production-eu/shop")];
    assert!(groups[0] < groups[1], "{text}");
    assert_eq!(text.matches("production-eu/").count(), 3, "{text}");
    // Where there is room, the worst is first and there are no headings.
    let text = tables(&rows, options(200), None).unwrap().text;
    let severities: Vec<&str> =
        text.lines().filter_map(|line| line.split(' ').next()).take(4).collect();
    assert_eq!(severities, ["SEVERITY", "critical", "warning", "info"], "{text}");
}

#[test]
fn what_is_not_known_of_an_alert_leaves_no_empty_brackets() {
    let alerts = [alert(&[("namespace", "shop"), ("horizontalpodautoscaler", "web")])];
    let (worlds, reads) =
        ([world("a", &["shop/web"])], [Some((Ok(read_alerts(&alerts)), Ok(Arc::default())))]);
    let joined = cluster_alerts(&worlds, &reads, NOW);
    let hpa = &worlds[0].world.hpas[0];
    let lines = section(&AlertsOfHpa::new(&joined).of(hpa), hpa, NOW);
    assert_eq!(
        lines,
        ["(no alertname), by namespace, horizontalpodautoscaler", "from Alertmanager http://am",]
    );
}

#[test]
fn an_inhibited_alert_names_its_inhibitor() {
    let of = |name: &str, fingerprint: &str| Alert {
        fingerprint: Some(fingerprint.to_owned()),
        ..alert(&[("alertname", name), ("namespace", "shop"), ("horizontalpodautoscaler", "web")])
    };
    let inhibited_by = ["f1", "gone", "f3"].map(str::to_owned).to_vec();
    let victim = Alert { state: AlertState::Suppressed, inhibited_by, ..of("Victim", "f2") };
    let alerts = [of("Inhibitor", "f1"), victim, of("", "f3")];
    let (worlds, reads) =
        ([world("a", &["shop/web"])], [Some((Ok(read_alerts(&alerts)), Ok(Arc::default())))]);
    let joined = cluster_alerts(&worlds, &reads, NOW);
    let csv = String::from_utf8(csv(&Rows::new(&joined, Shown::ALL), true).unwrap()).unwrap();
    assert!(csv.contains("\"inhibited by Inhibitor, gone, f3\""), "{csv}");
}

#[test]
fn where_only_a_node_has_alerts_it_is_said_that_none_is_of_the_hpa() {
    let alerts = [alert(&[("alertname", "Quota"), ("namespace", "shop")])];
    let (worlds, reads) =
        ([world("a", &["shop/web"])], [Some((Ok(read_alerts(&alerts)), Ok(Arc::default())))]);
    let joined = cluster_alerts(&worlds, &reads, NOW);
    let rows = Rows::new(&joined, Shown::default());
    let text = tables(&rows, options(80), Some("No alert fires for it.")).unwrap().text;
    assert!(text.starts_with("No alert fires for it.\n\nOf their namespaces"), "{text}");
    let own =
        alert(&[("alertname", "Max"), ("namespace", "shop"), ("horizontalpodautoscaler", "web")]);
    let silence = "3f2a1c9d-0000-4000-8000-000000000000".to_owned();
    let silenced = Alert { state: AlertState::Suppressed, silenced_by: vec![silence], ..own };
    let reads = [Some((Ok(read_alerts(&[silenced])), Ok(Arc::default())))];
    let joined = cluster_alerts(&worlds, &reads, NOW);
    let rows = Rows::new(&joined, Shown::ALL);
    let text = tables(&rows, options(80), Some("No alert fires for it.")).unwrap().text;
    assert!(!text.contains("No alert fires"), "{text}");
    assert_eq!(text.matches("silenced").count(), 1, "{text}");
    assert!(text.contains("by 3f2a1c9d"), "{text}");
}
