//! Makes the plan of what is sent for events from the configuration, whose secrets are in files and
//! environment variables.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use crate::cli::error::CommandError;
use crate::config::Monitoring;
use crate::findings::Severity;
use crate::session::{NotifyPlan, Webhook};

/// The longest file with a URL, headers or certificates.
const MOST: u64 = 1 << 20;

/// Reads the files and variables that the configuration names.
pub(super) fn plan(monitoring: &Monitoring) -> Result<NotifyPlan, CommandError> {
    let events = &monitoring.events;
    Ok(NotifyPlan {
        command: monitoring.on_event.clone(),
        webhook: webhook(monitoring)?,
        severity: events.severity.parse().unwrap_or(Severity::Warning),
        kinds: events.kinds.clone(),
        within: Duration::from_secs(events.timeout_seconds),
    })
}

fn webhook(monitoring: &Monitoring) -> Result<Option<Webhook>, CommandError> {
    let config = &monitoring.webhook;
    let url = match (&config.url_file, &config.url_env) {
        (Some(_), Some(_)) => {
            let text = "monitoring.webhook: url_file and url_env are both given; one is enough";
            return Err(CommandError::failed(text));
        }
        (Some(path), None) => read(path)?,
        (None, Some(name)) => std::env::var(name).map_err(|_| {
            CommandError::failed(format!("monitoring.webhook.url_env: ${name} is not set"))
        })?,
        (None, None) => return Ok(None),
    };
    let headers = config.headers_file.as_deref().map(read).transpose()?.unwrap_or_default();
    let ca = config.ca_file.as_deref().map(read).transpose()?;
    let failed = |why| CommandError::failed(format!("monitoring.webhook: {why}"));
    Webhook::new(&url, &headers, ca.as_deref().map(str::as_bytes)).map_err(failed).map(Some)
}

fn read(path: &Path) -> Result<String, CommandError> {
    let mut text = String::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(MOST).read_to_string(&mut text));
    read.map_err(|error| {
        let path = path.display();
        CommandError::failed(format!("monitoring.webhook: cannot read {path}: {error}"))
    })?;
    Ok(text)
}
