//! The verbs of `watchdog forward` that show forwards: list, status, endpoint, env, logs, why; and
//! `watchdog supervisor status`.

use std::time::Duration;

use jiff::Timestamp;

use super::args::ForwardListing;
use super::connection::{connect, connect_for, not_running, unanswered};
use crate::cli::emit::{emit_list, emit_text};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Description, Global, Listing};
use crate::cli::print::print;
use crate::cli::setup::Setup;
use crate::output::Document;
use crate::output::forwards::{self as output, Columns, ForwardList};
use crate::supervisor::{Client, ForwardStatus, Story, SupervisorInfo};
use crate::term::stdout;

/// How often `logs -f` requests new lines.
const FOLLOW: Duration = Duration::from_millis(500);

pub(super) async fn list(global: &Global, format: ForwardListing) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let (info, forwards) = held(&[]).await?;
    setup.show_clusters(forwards.iter().map(|it| {
        let context = it.context.as_deref().unwrap_or_default();
        (&*it.cluster, context)
    }));
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
    let (info, forwards) = held(&names).await?;
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
    let forwards = woken(&[name.to_owned()]).await?;
    for forward in forwards {
        let endpoint = match port {
            None => Some(forward.endpoint.as_str()),
            Some(port) => forward.endpoint_of(port),
        };
        let Some(endpoint) = endpoint else {
            let all: Vec<&str> = forward.ports.iter().map(|it| it.remote.as_str()).collect();
            let (port, all) = (port.unwrap_or_default(), all.join(", "));
            return Err(CommandError::failed(format!("{name} has no port {port:?}; it has {all}")));
        };
        text += &format!("{endpoint}\n");
    }
    print(text.as_bytes())?;
    Ok(Exit::Done)
}

pub(super) async fn env(global: &Global, names: Vec<String>) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let found = woken(&names).await?;
    // In the order of the arguments: the first forward sets WATCHDOG_ENDPOINT.
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
    let mut printed = story(&mut client, name).await?;
    let mut text = output::log_lines(&printed, 0);
    if text.is_empty() {
        setup.messages.note("kubectl has written nothing yet");
    }
    loop {
        // A closed pipe ends `logs -f`.
        let written = stdout::write_all(text.as_bytes()).map_err(CommandError::failed)?;
        if !follow || written == stdout::Written::Closed || printed.forward.is_none() {
            return Ok(Exit::Done);
        }
        tokio::time::sleep(FOLLOW).await;
        let next = story(&mut client, name).await?;
        text = output::log_lines(&next, next.repeated(&printed));
        printed = next;
    }
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

pub(super) async fn supervisor(global: &Global, format: Description) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let (info, forwards) = held(&[]).await?;
    let status = output::SupervisorStatus::new(info.as_ref(), forwards.len());
    let document = Document {
        kind: "SupervisorStatus",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "supervisor",
        items: &status,
    };
    emit_text(format, &document, || status.text(Timestamp::now()))?;
    Ok(Exit::Done)
}

/// The named forwards, or all if no names are given, and their supervisor, if it runs.
async fn held(
    names: &[String],
) -> Result<(Option<SupervisorInfo>, Vec<ForwardStatus>), CommandError> {
    let mut client = match (names.first(), connect().await?) {
        (_, Some(client)) => client,
        (Some(name), None) => return Err(not_running(name)),
        (None, None) => return Ok((None, Vec::new())),
    };
    let forwards = client.forwards(names).await;
    let info = client.info().clone();
    let forwards = forwards.map_err(|error| unanswered(&client, error))?;
    Ok((Some(info), forwards))
}

/// The named forwards, whose endpoints are about to be used: the dormant ones wake.
async fn woken(names: &[String]) -> Result<Vec<ForwardStatus>, CommandError> {
    let mut client = connect_for(names.first().map_or("", String::as_str)).await?;
    let forwards = client.wake(names).await;
    forwards.map_err(|error| unanswered(&client, error))
}

async fn story(client: &mut Client, name: &str) -> Result<Story, CommandError> {
    let story = client.story(name).await;
    story.map_err(|error| unanswered(client, error))
}
