//! One attempt: one kubectl, from its start to its end.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{debug, trace};

use super::{Call, Kubectl, Target, ending};
use crate::kubectl::error::{Ending, Error, ErrorKind, is_prompt};
use crate::kubectl::patience::Patience;
use crate::kubectl::redact::{LineRedactor, redact};
use crate::process::{self, Group};

/// No answer of an API server is nearly as large; a kubectl that writes more is broken.
const MAX_STDOUT: usize = 1 << 30;
/// How many bytes at the end of stderr are kept: kubectl's own sentence comes last.
const KEPT_STDERR: usize = 64 << 10;
/// How long a kubectl that is terminated may take before it is killed.
const GRACE: Duration = Duration::from_millis(500);
/// How long to read on after kubectl has exited, if a process outside its group (such as a helper
/// that a credential plugin started in another session) still holds its pipes open.
const DRAIN: Duration = Duration::from_secs(1);
/// How long to wait for the rest of an error message.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// How often silence is checked while a person waits.
const SILENCE_CHECKS: u32 = 20;

/// How one attempt failed.
pub(super) enum Failed {
    /// Our own deadline passed.
    Deadline(Error),
    /// kubectl failed, or could not be started.
    Kubectl(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Kubectl(error)
    }
}

impl Kubectl {
    /// Runs kubectl once.
    pub(super) async fn once(&self, call: &Call<'_>, deadline: Instant) -> Result<Vec<u8>, Failed> {
        let command = self.command(call);
        // The "path" may be something else: for example half of a password that contains a slash.
        let shown = |arg: &std::ffi::OsStr| {
            let arg = arg.to_string_lossy();
            let raw = format!("--raw={}", call.base);
            redact(&match arg.strip_prefix(&raw) {
                Some(rest) if !call.base.is_empty() => format!("--raw=…{rest}"),
                _ => arg.into_owned(),
            })
        };
        debug!(args = ?command.get_args().map(shown).collect::<Vec<_>>(), "kubectl");
        let started = Instant::now();
        let mut group = Group::spawn(command).map_err(|error| self.cannot_start(&error))?;
        let broken = |error: io::Error| Error::new(ErrorKind::Other, format!("kubectl: {error}"));
        let stdout = group.stdout().map_err(broken)?;
        let stderr = group.stderr().map_err(broken)?;
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
            return Err(Error::new(ErrorKind::Other, "kubectl has no output").into());
        };

        // Bytes that were read are kept when waiting for more ends.
        let (mut out, mut words) = (Vec::with_capacity(64 << 10), Vec::new());
        let received = AtomicUsize::new(0);
        let mut reading = Box::pin(read_all(stdout, &mut out, &received));
        let pid = group.id();
        let context = match call.target {
            Target::Context { name, .. } => name,
            Target::Default => "",
        };
        let mut lines = PluginLines {
            pid,
            context,
            patience: self.patience.as_ref(),
            rest: Vec::new(),
            is_cut: false,
            redactor: LineRedactor::default(),
        };
        let mut listening = Box::pin(keep_end(stderr, &mut words, |bytes| lines.take(bytes)));
        let (mut read_out, mut heard) = (None, false);
        let impatient = silent(self.patience.as_ref(), pid, &received);
        tokio::pin!(impatient);
        let in_time = timeout_at(deadline, async {
            let exited = group.exited();
            tokio::pin!(exited);
            loop {
                tokio::select! {
                    result = &mut reading, if read_out.is_none() => read_out = Some(result),
                    () = &mut listening, if !heard => heard = true,
                    // kubectl may exit while other processes still hold its pipes.
                    _ = &mut exited => return None,
                    silence = &mut impatient => return Some(silence),
                }
            }
        })
        .await;

        if !matches!(in_time, Ok(None)) {
            let plugin = process::busy_descendant(group.id(), "kubectl");
            drop((reading, listening));
            let said = String::from_utf8_lossy(&words).into_owned();
            let _ = group.stop(GRACE).await;
            return Err(Failed::Deadline(match (in_time, plugin) {
                (Ok(Some(silence)), _) => Error::silence(silence, &said),
                (_, Some(plugin)) => Error::plugin_deadline(self.settings.timeout, &plugin, &said),
                (_, None) => Error::deadline(self.settings.timeout, &said),
            }));
        }
        let status = group.finish().map_err(broken)?;
        trace!(%status, took = ?started.elapsed(), "kubectl ended");
        if read_out.is_none() {
            read_out = timeout(DRAIN, &mut reading).await.ok();
        }
        if !heard {
            // A daemon left by a credential plugin may hold stderr open forever.
            let _ = timeout(LAST_WORDS, &mut listening).await;
        }
        drop((reading, listening));
        if !status.success() {
            // On failure stdout may still contain an empty list, which is not an answer.
            let words = String::from_utf8_lossy(&words);
            let context = match call.target {
                Target::Context { name, .. } => Some(name.to_owned()),
                Target::Default => None,
            };
            return Err(Error::from_stderr(
                &words,
                &Ending { context, prompted: is_prompt(&out), ..ending(status) },
            )
            .into());
        }
        let bad = |why: &str| Failed::from(Error::new(ErrorKind::BadResponse, why));
        match read_out {
            Some(Ok(())) => Ok(out),
            Some(Err(error)) => Err(bad(&format!("kubectl's output: {error}"))),
            None => Err(bad("kubectl ended, but its output never did")),
        }
    }

    fn cannot_start(&self, error: &io::Error) -> Error {
        let program = self.settings.program.display();
        Error::new(ErrorKind::KubectlMissing, format!("cannot start {program}: {error}"))
    }
}

/// Resolves once kubectl has received nothing for as long as a person waits. The time during which a
/// credential plugin runs does not count.
async fn silent(patience: Option<&Patience>, pid: u32, received: &AtomicUsize) -> Duration {
    let Some(patience) = patience else { return std::future::pending().await };
    let (mut since, mut before) = (Instant::now(), 0);
    while since.elapsed() < patience.silence {
        tokio::time::sleep(patience.silence / SILENCE_CHECKS).await;
        let now = received.load(Relaxed);
        if now != before || process::busy_descendant(pid, "kubectl").is_some() {
            (since, before) = (Instant::now(), now);
        }
    }
    patience.silence
}

/// Passes on what a credential plugin writes: kubectl's own lines come when it ends.
struct PluginLines<'a> {
    pid: u32,
    context: &'a str,
    patience: Option<&'a Patience>,
    /// The beginning of a line.
    rest: Vec<u8>,
    /// Whether the beginning of the line was discarded: a secret in the rest of it could no longer
    /// be recognised by its name.
    is_cut: bool,
    redactor: LineRedactor,
}

impl PluginLines<'_> {
    fn take(&mut self, bytes: &[u8]) {
        let Some(patience) = self.patience else { return };
        self.rest.extend_from_slice(bytes);
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
            // Nobody reads so long a line.
            if self.rest.len() > KEPT_STDERR {
                self.rest.clear();
                self.is_cut = true;
            }
            return;
        };
        let lines: Vec<u8> = self.rest.drain(..=end).collect();
        let is_plugin = process::busy_descendant(self.pid, "kubectl").is_some();
        for line in String::from_utf8_lossy(&lines).lines() {
            // Every line, shown or not: a key may have begun in an earlier one.
            let line = self.redactor.line(line);
            if is_plugin && !std::mem::take(&mut self.is_cut) {
                (patience.plugin_said)(self.context, &line);
            }
        }
    }
}

/// Reads everything, up to [`MAX_STDOUT`]; `received` counts the bytes.
async fn read_all(
    mut from: impl AsyncRead + Unpin,
    all: &mut Vec<u8>,
    received: &AtomicUsize,
) -> io::Result<()> {
    while from.read_buf(all).await? > 0 {
        received.store(all.len(), Relaxed);
        if all.len() > MAX_STDOUT {
            return Err(io::Error::other("more than 1 GiB"));
        }
    }
    Ok(())
}

/// Keeps about the last [`KEPT_STDERR`] bytes.
async fn keep_end(
    mut from: impl AsyncRead + Unpin,
    end: &mut Vec<u8>,
    mut seen: impl FnMut(&[u8]),
) {
    loop {
        let start = end.len();
        let read = from.read_buf(end).await;
        seen(end.get(start..).unwrap_or_default());
        match read {
            Ok(0) | Err(_) => return,
            Ok(_) if end.len() > 2 * KEPT_STDERR => {
                end.drain(..end.len() - KEPT_STDERR);
                // The rest of a cut line or word could be a secret whose name was cut off.
                let whole = |test: fn(&u8) -> bool| end.iter().position(test);
                let cut = whole(|byte| *byte == b'\n').or(whole(u8::is_ascii_whitespace));
                end.drain(..cut.unwrap_or(end.len()));
            }
            Ok(_) => {}
        }
    }
}
