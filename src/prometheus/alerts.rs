//! Alerts, as Alertmanager has them or, without one, as Prometheus itself has them.

use jiff::Timestamp;
use serde::Deserialize;

use super::answer::{LabelSet, is_html};
use super::client::Client;
use super::error::QueryError;

/// In which state an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertState {
    /// It fires, and somebody is notified.
    Firing,
    /// Its condition holds, and not for long enough yet. Only Prometheus knows these.
    Pending,
    /// It fires, and is silenced or inhibited.
    Suppressed,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is about.
    pub labels: LabelSet,
    /// What it says.
    pub annotations: LabelSet,
    /// Since when its condition has held.
    pub starts_at: Option<Timestamp>,
    /// In which state it is.
    pub state: AlertState,
    /// Ids of the silences that it matches.
    pub silenced_by: Vec<String>,
    /// Fingerprints of the alerts that inhibit it.
    pub inhibited_by: Vec<String>,
    /// Where its rule is.
    pub generator_url: Option<String>,
    /// Its id, where Alertmanager gives one.
    pub fingerprint: Option<String>,
}

impl Alert {
    /// Its name; empty if it has none.
    pub fn name(&self) -> &str {
        self.labels.get("alertname").map_or("", String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Managed {
    labels: LabelSet,
    #[serde(default)]
    annotations: LabelSet,
    #[serde(default)]
    starts_at: String,
    #[serde(default, rename = "generatorURL")]
    generator_url: String,
    #[serde(default)]
    fingerprint: Option<String>,
    #[serde(default)]
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    state: String,
    #[serde(default)]
    silenced_by: Option<Vec<String>>,
    #[serde(default)]
    inhibited_by: Option<Vec<String>>,
}

impl Managed {
    fn alert(self) -> Alert {
        let Status { state, silenced_by, inhibited_by } = self.status;
        let is_suppressed = state == "suppressed";
        Alert {
            labels: self.labels,
            annotations: self.annotations,
            starts_at: self.starts_at.parse().ok(),
            state: if is_suppressed { AlertState::Suppressed } else { AlertState::Firing },
            silenced_by: silenced_by.unwrap_or_default(),
            inhibited_by: inhibited_by.unwrap_or_default(),
            generator_url: Some(self.generator_url).filter(|url| !url.is_empty()),
            fingerprint: self.fingerprint,
        }
    }
}

#[derive(Deserialize)]
struct Own {
    data: OwnData,
}

#[derive(Deserialize)]
struct OwnData {
    alerts: Vec<OwnAlert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnAlert {
    labels: LabelSet,
    #[serde(default)]
    annotations: LabelSet,
    #[serde(default)]
    state: String,
    #[serde(default)]
    active_at: Option<String>,
}

impl OwnAlert {
    fn alert(self) -> Option<Alert> {
        let state = match &*self.state {
            "firing" => AlertState::Firing,
            "pending" => AlertState::Pending,
            _ => return None,
        };
        Some(Alert {
            labels: self.labels,
            annotations: self.annotations,
            starts_at: self.active_at.and_then(|at| at.parse().ok()),
            state,
            silenced_by: Vec::new(),
            inhibited_by: Vec::new(),
            generator_url: None,
            fingerprint: None,
        })
    }
}

/// All alerts of an Alertmanager, silenced and inhibited ones included.
///
/// # Errors
/// If it does not answer, or not as Alertmanager does.
pub async fn managed_alerts(alertmanager: &Client) -> Result<Vec<Alert>, QueryError> {
    let states = ["active", "silenced", "inhibited", "unprocessed"];
    let parameters = states.map(|state| (state, "true".to_owned()));
    let body = alertmanager.ask("/api/v2/alerts", &parameters).await?;
    let alerts: Vec<Managed> = parsed(&body, QueryError::NotAlertmanager)?;
    Ok(alerts.into_iter().map(Managed::alert).collect())
}

/// The alerts that a Prometheus evaluates itself, pending ones included.
///
/// # Errors
/// If it does not answer, or not as Prometheus does.
pub async fn own_alerts(prometheus: &Client) -> Result<Vec<Alert>, QueryError> {
    let body = prometheus.ask("/api/v1/alerts", &[]).await?;
    let own: Own = parsed(&body, QueryError::Unreadable)?;
    Ok(own.data.alerts.into_iter().filter_map(OwnAlert::alert).collect())
}

fn parsed<T: for<'de> Deserialize<'de>>(
    body: &[u8],
    foreign: fn(String) -> QueryError,
) -> Result<T, QueryError> {
    serde_json::from_slice(body).map_err(|error| {
        if is_html(body) {
            QueryError::Html
        } else if error.is_eof() {
            QueryError::CutOff(body.len())
        } else {
            foreign(format!("no list of alerts: {error}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::transport::{Pending, Reply, Transport};
    use super::*;

    /// Answers everything alike.
    #[derive(Debug)]
    struct Fixed(&'static str);

    impl Transport for Fixed {
        fn get<'a>(
            &'a self,
            _path: &'a str,
            _parameters: &'a [(&'a str, String)],
        ) -> Pending<'a, Result<Reply, QueryError>> {
            Box::pin(async { Ok(Reply { body: self.0.into(), date: None }) })
        }
    }

    fn client(answer: &'static str) -> Client {
        Client::new(Arc::new(Fixed(answer)))
    }

    #[tokio::test]
    async fn alerts_of_both_servers_are_of_one_type() {
        let managed = client(
            r#"[{"labels":{"alertname":"KubeHpaMaxedOut","namespace":"shop"},"annotations":{"summary":"x"},
              "startsAt":"2025-12-01T00:00:00.000Z","endsAt":"2025-12-01T00:05:00.000Z","fingerprint":"f00",
              "generatorURL":"http://p/graph","receivers":[{"name":"team"}],
              "status":{"state":"suppressed","silencedBy":["s1"],"inhibitedBy":[],"mutedBy":[]}},
             {"labels":{},"startsAt":"never","status":{"state":"active","silencedBy":null}}]"#,
        );
        let alerts = managed_alerts(&managed).await.unwrap();
        assert_eq!(
            (alerts[0].name(), alerts[0].state),
            ("KubeHpaMaxedOut", AlertState::Suppressed)
        );
        assert_eq!(alerts[0].starts_at.unwrap().to_string(), "2025-12-01T00:00:00Z");
        assert_eq!((&*alerts[0].silenced_by, alerts[1].starts_at), (&["s1".to_owned()][..], None));
        assert_eq!((alerts[1].name(), alerts[1].state), ("", AlertState::Firing));

        let own = client(
            r#"{"status":"success","data":{"alerts":[
              {"labels":{"alertname":"A"},"annotations":{},"state":"pending","activeAt":"2025-12-01T00:00:00.5Z","value":"1e+00"},
              {"labels":{},"state":"inactive"}]}}"#,
        );
        let alerts = own_alerts(&own).await.unwrap();
        assert_eq!(alerts.len(), 1);
        assert_eq!((alerts[0].name(), alerts[0].state), ("A", AlertState::Pending));
    }

    #[tokio::test]
    async fn what_is_no_list_of_alerts_is_named() {
        let text = |error: QueryError| error.to_string();
        let html = managed_alerts(&client("<html>")).await.map_err(text);
        assert!(html.unwrap_err().starts_with("the answer is an HTML page"));
        assert_eq!(managed_alerts(&client("[{")).await, Err(QueryError::CutOff(2)));
        let wrong = own_alerts(&client("{}")).await.map_err(text).unwrap_err();
        assert!(wrong.starts_with("not an answer of Prometheus: no list of alerts: "), "{wrong}");
        let prometheus = client(r#"{"status":"success","data":{"alerts":[]}}"#);
        let wrong = managed_alerts(&prometheus).await.map_err(text).unwrap_err();
        assert!(wrong.starts_with("not an answer of Alertmanager: no list of alerts: "), "{wrong}");
    }
}
