//! The events of a forward in order, interleaved with kubectl's output.

use jiff::Timestamp;

use super::live::clock;
use super::{place, state_words, target, tone};
use crate::supervisor::{ForwardState, ForwardStatus, Story};
use crate::term::color::{Style, Tone};
use crate::term::text::{sanitize, wrap};

/// The column at which the sentences begin, after indentation, time and state.
const LEFT: usize = 2 + 8 + 2 + 12 + 2;
/// The minimum width, in columns, at which sentences are wrapped.
const LEAST: usize = 24;

/// The output of `forward why`: the forward's state, what to do about it, and its events.
pub fn why(story: &Story, style: Style, columns: Option<usize>) -> String {
    let mut text = String::new();
    let name = style.bold(&sanitize(&story.name));
    if let Some(forward) = &story.forward {
        let state = style.paint(tone(forward.state), state_words(forward.state));
        let to = sanitize(&format!("{} in {}", target(forward), place(forward))).into_owned();
        text += &format!("{name} to {to} is {state}.\n");
        if forward.state != ForwardState::Ready
            && let Some(error) = &forward.last_error
        {
            text += &format!("The last thing that went wrong: {}\n", sanitize(error));
        }
        if let Some(advice) = advice(forward) {
            text += &format!("{}\n", sanitize(&advice));
        }
    } else {
        text += &format!("{name} has ended.\n");
    }
    let mut page = Page { style, columns, text, day: String::new() };
    page.moments(story);
    page.text
}

/// Only the lines that kubectl wrote.
pub fn log_lines(story: &Story, since: usize) -> String {
    let line = |line: &crate::supervisor::LogLine| {
        format!("{} {}\n", line.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"), sanitize(&line.text))
    };
    story.log.iter().skip(since).map(line).collect()
}

/// What the user can do, if anything.
fn advice(forward: &ForwardStatus) -> Option<String> {
    let name = &forward.name;
    Some(match forward.state {
        ForwardState::NeedsLogin => {
            let context = forward.context.as_deref().unwrap_or_default();
            format!(
                "Log in as you do for kubectl (kubectl --context '{context}' get namespaces); it then goes on by itself, or at once with: watchdog forward restart {name}"
            )
        }
        ForwardState::Failed => format!("To try again: watchdog forward restart {name}"),
        ForwardState::Dormant => {
            "Unused, it rests: its port is kept, and the next connection wakes it.".to_owned()
        }
        ForwardState::Reconnecting => {
            "kubectl is started again until it is ready; connections made meanwhile wait."
                .to_owned()
        }
        ForwardState::Recovering => {
            "kubectl was replaced since it passed nothing on; whether the new one does shows with the next connection."
                .to_owned()
        }
        ForwardState::Starting | ForwardState::Ready | ForwardState::Stopping => return None,
    })
}

struct Page {
    style: Style,
    columns: Option<usize>,
    text: String,
    /// The day of the last event.
    day: String,
}

impl Page {
    fn moments(&mut self, story: &Story) {
        if story.events.is_empty() && story.log.is_empty() {
            self.text += "Nothing has happened to it yet.\n";
            return;
        }
        let mut log = story.log.iter().peekable();
        for event in &story.events {
            while let Some(line) = log.next_if(|line| line.at < event.at) {
                self.moment(line.at, "", Tone::Plain, &kubectl(&line.text));
            }
            self.moment(event.at, state_words(event.state), tone(event.state), &event.message);
        }
        for line in log {
            self.moment(line.at, "", Tone::Plain, &kubectl(&line.text));
        }
    }

    fn moment(&mut self, at: Timestamp, state: &str, tone: Tone, sentence: &str) {
        let day = at.strftime("%Y-%m-%d").to_string();
        if day != self.day {
            self.text += &format!("\n{}\n", self.style.dim(&format!("{day}, UTC")));
            self.day = day;
        }
        let sentence = sanitize(sentence);
        let room = self.columns.and_then(|columns| columns.checked_sub(LEFT));
        let lines = match room {
            Some(room) if room >= LEAST => wrap(&sentence, room),
            _ => vec![sentence.into_owned()],
        };
        let painted = self.style.paint(tone, state);
        let gap = " ".repeat(12_usize.saturating_sub(state.len()));
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                self.text += &format!("  {}  {painted}{gap}  {line}\n", clock(at));
            } else {
                self.text += &format!("{}{line}\n", " ".repeat(LEFT));
            }
        }
    }
}

fn kubectl(line: &str) -> String {
    format!("kubectl: {line}")
}
