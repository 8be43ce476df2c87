//! The verbs of `watchdog forward` that show: list, status, endpoint, env, logs, why; and
//! `watchdog supervisor status`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::args::ForwardListing;
use super::connection::{ask, connect, connect_for};
use crate::cli::emit::{emit_list, emit_text};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Description, Global, Listing};
use crate::cli::print::print;
use crate::cli::setup::Setup;
use crate::output::Document;
use crate::output::forwards::{self as output, Columns, ForwardList};
use crate::supervisor::{
    Client, ClientError, ForwardStatus, Reply, Request, Story, SupervisorInfo,
};
use crate::term::stdout;

/// How often `logs -f` looks.
const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn list(global: &Global, format: ForwardListing) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let (info, forwards) = match connect().await? {
        Some(mut client) => {
            let forwards = forwards(&mut client, Vec::new()).await?;
            (Some(client.info().clone()), forwards)
        }
        None => (None, Vec::new()),
    };
    let document = ForwardList::new(info.as_ref(), &forwards);
    let columns = if format == ForwardListing::Wide { Columns::All } else { Columns::Main };
    let format = Listing::from(format);
    let table = |width| {
        let now = Timestamp::now();
        let any = !forwards.is_empty();
        any.then(|| output::table(&forwards, columns, now, setup.style, width))
    };
    emit_list(&setup, format, &document, table, || output::names(&forwards))?;
    if format == Listing::Table {
        match info {
            None => setup.messages.note("no forwards: no supervisor is running"),
            Some(_) if forwards.is_empty() => setup.messages.note("no forwards"),
            Some(_) => output::problems(&forwards).iter().for_each(|it| setup.messages.note(it)),
        }
    }
    Ok(Exit::Done)
}

pub(super) async fn status(
    global: &Global,
    names: Vec<String>,
    format: Description,
) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let client = match names.first() {
        Some(name) => Some(connect_for(name).await?),
        None => connect().await?,
    };
    let (info, forwards) = match client {
        Some(mut client) => {
            let forwards = forwards(&mut client, names).await?;
            (Some(client.info().clone()), forwards)
        }
        None => (None, Vec::new()),
    };
    let document = ForwardList::new(info.as_ref(), &forwards);
    emit_text(format, &document, || output::status(&forwards, Timestamp::now(), setup.style))?;
    if format == Description::Text && forwards.is_empty() {
        setup.messages.note("no forwards");
    }
    Ok(Exit::Done)
}

pub(super) async fn endpoint(
    global: &Global,
    name: &str,
    port: Option<&str>,
) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let mut text = String::new();
    for forward in named(vec![name.to_owned()]).await? {
        let of = |wanted: &str| forward.ports.iter().find(|port| port.remote == wanted);
        let endpoint = match port.map(|wanted| (wanted, of(wanted))) {
            None => &forward.endpoint,
            Some((_, Some(port))) => &port.endpoint,
            Some((wanted, None)) => {
                let all: Vec<&str> = forward.ports.iter().map(|it| it.remote.as_str()).collect();
                let all = all.join(", ");
                return Err(CommandError::failed(format!(
                    "{name} has no port {wanted:?}; it has {all}"
                )));
            }
        };
        text += &format!("{endpoint}\n");
    }
    print(text.as_bytes())?;
    Ok(Exit::Done)
}

pub(super) async fn env(global: &Global, names: Vec<String>) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let found = named(names.clone()).await?;
    // In the order in which they were named: the first is the one of WATCHDOG_ENDPOINT.
    let pairs = names.into_iter().filter_map(|name| {
        let forward = found.iter().find(|forward| forward.is_named(&name))?.clone();
        Some((name, forward))
    });
    print(output::exports(&pairs.collect::<Vec<_>>()).as_bytes())?;
    Ok(Exit::Done)
}

pub(super) async fn logs(global: &Global, name: &str, follow: bool) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let mut client = connect_for(name).await?;
    let mut told = story(&mut client, name).await?;
    let mut text = output::log_lines(&told, 0);
    if text.is_empty() {
        setup.messages.note("kubectl has written nothing yet");
    }
    loop {
        // A reader that has gone wants no more.
        let written = stdout::write_all(text.as_bytes()).map_err(CommandError::failed)?;
        if !follow || written == stdout::Written::Closed || told.forward.is_none() {
            return Ok(Exit::Done);
        }
        tokio::time::sleep(LOOK).await;
        let next = story(&mut client, name).await?;
        text = output::log_lines(&next, seen(&told, &next));
        told = next;
    }
}

/// How many lines of `next` were in `before` already: the supervisor keeps the last ones, so
/// `next` begins somewhere in `before`.
fn seen(before: &Story, next: &Story) -> usize {
    let (old, new) = (&before.log, &next.log);
    (0..=old.len())
        .map(|from| old.get(from..).unwrap_or_default())
        .find(|tail| new.starts_with(tail))
        .map_or(0, <[_]>::len)
}

pub(super) async fn why(
    global: &Global,
    name: &str,
    format: Description,
) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let mut client = connect_for(name).await?;
    let story = story(&mut client, name).await?;
    let document = Document {
        kind: "ForwardStory",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "story",
        items: &story,
    };
    emit_text(format, &document, || output::why(&story, setup.style, stdout::terminal_width()))?;
    Ok(Exit::Done)
}

/// What `supervisor status` says.
#[derive(Serialize)]
struct Status<'a> {
    running: bool,
    #[serde(flatten)]
    info: Option<&'a SupervisorInfo>,
    forwards: usize,
}

pub(super) async fn supervisor(global: &Global, format: Description) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let client = connect().await?;
    let (info, count) = match client {
        Some(mut client) => {
            let forwards = forwards(&mut client, Vec::new()).await?;
            (Some(client.info().clone()), forwards.len())
        }
        None => (None, 0),
    };
    let status = Status { running: info.is_some(), info: info.as_ref(), forwards: count };
    let document = Document {
        kind: "SupervisorStatus",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "supervisor",
        items: &status,
    };
    emit_text(format, &document, || match &info {
        Some(info) => format!("{}\n", output::describe(info, count, Timestamp::now())),
        None => "not running; it is started on demand\n".to_owned(),
    })?;
    Ok(Exit::Done)
}

/// The forwards, all or those named.
async fn forwards(
    client: &mut Client,
    names: Vec<String>,
) -> Result<Vec<ForwardStatus>, CommandError> {
    match ask(client, &Request::List { names }).await? {
        Reply::Forwards { forwards } => Ok(forwards),
        _ => Err(CommandError::failed(ClientError::Confused)),
    }
}

/// The forwards of these names, each of which must be there.
async fn named(names: Vec<String>) -> Result<Vec<ForwardStatus>, CommandError> {
    let first = names.first().cloned().unwrap_or_default();
    let mut client = connect_for(&first).await?;
    forwards(&mut client, names).await
}

async fn story(client: &mut Client, name: &str) -> Result<Story, CommandError> {
    match ask(client, &Request::Story { name: name.to_owned() }).await? {
        Reply::Story(story) => Ok(story),
        _ => Err(CommandError::failed(ClientError::Confused)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::LogLine;

    #[test]
    fn following_prints_each_line_once() {
        let story = |lines: &[i64]| Story {
            name: "a".to_owned(),
            aliases: Vec::new(),
            forward: None,
            events: Vec::new(),
            log: lines
                .iter()
                .map(|&second| LogLine {
                    at: Timestamp::from_second(second).unwrap(),
                    text: "Handling connection for 1".to_owned(),
                })
                .collect(),
        };
        let before = story(&[1, 2, 3]);
        assert_eq!(seen(&before, &story(&[1, 2, 3])), 3);
        assert_eq!(seen(&before, &story(&[1, 2, 3, 4])), 3);
        assert_eq!(seen(&before, &story(&[3, 4, 5])), 1);
        assert_eq!(seen(&before, &story(&[7, 8])), 0);
        assert_eq!(seen(&story(&[]), &story(&[7])), 0);
    }
}
