//! The recent events of an HPA and of its target.

use super::{Detailed, Page};
use crate::kube::Event;
use crate::term::color::Tone;
use crate::term::text::sanitize;
use crate::term::time::age_at;

/// How many events are shown.
const SHOWN: usize = 5;

impl Page {
    pub(super) fn events(&mut self, detail: &Detailed<'_>) {
        self.heading("Events");
        let Some(events) = detail.events else {
            let why = detail.events_error.map_or("", |failure| failure.message.as_str());
            return self.indented(2, &format!("could not be read: {why}"));
        };
        for event in events.iter().take(SHOWN) {
            let tone = if event.is_warning() { Tone::Warning } else { Tone::Plain };
            let head = self.style.paint(tone, &sanitize(&event.reason));
            let age = event.last_at.map(|at| format!("{} ago", age_at(at, detail.now)));
            let mut place = vec![about(event)];
            place.extend((event.count > 1).then(|| format!("{} times", event.count)));
            place.extend(age);
            self.text += &format!("  {head}  {}\n", sanitize(&place.join(", ")));
            self.indented(4, &event.message);
        }
        match events.len() {
            0 => self.indented(2, "none; the server deletes events after an hour by default"),
            count if count > SHOWN => {
                self.indented(2, &format!("and {} older (-o json has all)", count - SHOWN));
            }
            _ => {}
        }
    }
}

/// The object, by kubectl's short name of its kind.
fn about(event: &Event) -> String {
    match event.object_kind.as_str() {
        "HorizontalPodAutoscaler" => "hpa".to_owned(),
        kind => kind.to_lowercase(),
    }
}
