//! Runs one kubectl: own process group, own deadline, both pipes drained, retry where it helps.

use std::borrow::Cow;
use std::future::Future;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{debug, trace};

use super::command::Read;
use super::deadline::Deadline;
use super::error::{Ending, Error, ErrorKind, is_prompt};
use super::redact::redact;
use super::retry::Backoff;
use super::server::ServerPath;
use super::version::{ClientVersion, RawPaths};
use super::versions::Versions;
use crate::process::{self, Group};

/// No answer of an API server is near this; a kubectl that writes more is broken.
const MAX_STDOUT: usize = 1 << 30;
/// Of stderr the end is kept: kubectl's own sentence is its last.
const KEPT_STDERR: usize = 64 << 10;
/// How long a kubectl that is told to go may take before it is killed.
const GRACE: Duration = Duration::from_millis(500);
/// How long to read on after kubectl has gone, where somebody outside its group (a helper that
/// a credential plugin put in a session of its own) still holds its pipes open.
const DRAIN: Duration = Duration::from_secs(1);
/// How long to listen on for the end of its error message.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// How long a further try waits at most for others' first ones.
const COURTESY: Duration = Duration::from_secs(1);

/// How to call kubectl.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program (see [`super::locate`]).
    pub program: PathBuf,
    /// `--kubeconfig`, where the user gave one.
    pub kubeconfig: Option<PathBuf>,
    /// The deadline of one call, its retries included.
    pub timeout: Duration,
    /// How many further tries a failure that may pass gets.
    pub retries: u32,
    /// Where the versions of kubectls are remembered; without it they are asked in each run that needs one.
    pub versions: Option<PathBuf>,
    /// The user has set Go's garbage collector in the environment (GOGC or GOMEMLIMIT): it stays so.
    pub go_is_tuned: bool,
}

/// The cluster that a call addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A context of the kubeconfig.
    Context {
        /// Its name.
        name: &'a str,
        /// The path of its server's URL, which kubectl up to 1.33 leaves out of raw paths.
        path: &'a ServerPath,
    },
    /// Whatever kubectl takes by itself: inside a pod, the pod's own cluster.
    Default,
}

impl<'a> Target<'a> {
    /// The path of the server's URL, where it has one.
    fn path(self) -> Option<&'a ServerPath> {
        match self {
            Self::Context { path, .. } if !path.is_empty() => Some(path),
            _ => None,
        }
    }
}

/// The handle by which everything else reads through kubectl. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kubectl {
    settings: Arc<Settings>,
    /// How many calls are in their first try: a further try lets them go first.
    first_tries: Arc<watch::Sender<usize>>,
    /// Whether kubectl is older than [`MANAGED_FIELDS`], as it has said.
    is_old: Arc<AtomicBool>,
    /// Whether kubectl is older than `get --subresource`, as it has said.
    pub(super) lacks_subresource: Arc<AtomicBool>,
    versions: Arc<Versions>,
    /// The end of the time for all calls.
    deadline: Option<Deadline>,
}

/// A read in the form in which it is put to kubectl.
struct Call<'a> {
    target: Target<'a>,
    read: Cow<'a, Read>,
    /// What goes in front of a raw path.
    base: &'a str,
}

/// Of kubectl 1.21 and newer. Those before print the fields anyway, and do not know it.
const MANAGED_FIELDS: &str = "--show-managed-fields=true";
/// Of kubectl 1.24 and newer.
const NO_SUBRESOURCE: &str = "--subresource=";

/// The context says which cluster is read and by which user, whatever kuberc sets for them. What it sets
/// for the way of authenticating (`as`, `token`, certificates) is the user's.
pub(super) const THAT_CLUSTER: [&str; 5] = [
    "--cluster=",
    "--server=",
    "--user=",
    "--match-server-version=false",
    "--warnings-as-errors=false",
];

/// What keeps colours out of what kubectl, or who stands in its place, writes.
pub(super) const NO_COLOURS: [(&str, &str); 2] =
    [("NO_COLOR", "1"), ("KUBECOLOR_FORCE_COLORS", "none")];

impl Kubectl {
    /// A handle. Starts nothing.
    pub fn new(settings: Settings) -> Self {
        Self {
            versions: Arc::new(Versions::new(settings.versions.clone())),
            deadline: None,
            settings: Arc::new(settings),
            first_tries: Arc::new(watch::Sender::new(0)),
            is_old: Arc::new(AtomicBool::new(false)),
            lacks_subresource: Arc::new(AtomicBool::new(false)),
        }
    }

    /// A handle by which nothing is read after `deadline`.
    #[must_use]
    pub fn until(self, deadline: Option<Deadline>) -> Self {
        Self { deadline, ..self }
    }

    /// A handle that reads this kubeconfig alone.
    #[must_use]
    pub fn with_kubeconfig(&self, path: PathBuf) -> Self {
        let settings = Settings { kubeconfig: Some(path), ..Settings::clone(&self.settings) };
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// The deadline of all calls.
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// A handle whose deadline, if it has one, is as far away as it was at first.
    #[must_use]
    pub fn renewed(&self) -> Self {
        self.clone().until(self.deadline.map(Deadline::again))
    }

    /// How long one call may take.
    pub fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// The program that is run.
    pub fn program(&self) -> &Path {
        &self.settings.program
    }

    /// `--kubeconfig`, where the user gave one.
    pub fn kubeconfig(&self) -> Option<&Path> {
        self.settings.kubeconfig.as_deref()
    }

    /// Asks, and returns what kubectl wrote to stdout. Tries again what may pass (refused,
    /// server busy), never what will not (401, 403, 404), all within the timeout.
    pub async fn read(&self, target: Target<'_>, read: &Read) -> Result<Vec<u8>, Error> {
        self.answer(target, read, self.settings.retries).await
    }

    /// As [`Kubectl::read`], without a further try.
    pub async fn read_once(&self, target: Target<'_>, read: &Read) -> Result<Vec<u8>, Error> {
        self.answer(target, read, 0).await
    }

    /// Where the deadline of the run cuts off a further try, the failure of the one before it: that says
    /// more.
    async fn answer(
        &self,
        target: Target<'_>,
        read: &Read,
        retries: u32,
    ) -> Result<Vec<u8>, Error> {
        let earlier = Mutex::new(None);
        let taken = || earlier.lock().unwrap_or_else(PoisonError::into_inner).take();
        let work = async {
            let answer = self.tries(target, read, retries, &earlier).await;
            taken();
            answer
        };
        let answer = self.bound(Box::pin(work)).await;
        answer.map_err(|error| taken().unwrap_or(error))
    }

    async fn bound<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match self.deadline {
            Some(deadline) => deadline.bound(work).await,
            None => work.await,
        }
    }

    /// What kubectl does with a raw path where it is asked for `target`, if that has a server with a path;
    /// none where its version cannot be had. Such a cluster is read without raw paths.
    ///
    /// kubectl is asked for its version once, and what it said is remembered.
    pub async fn raw_paths(&self, target: Target<'_>) -> Option<RawPaths> {
        let Target::Context { name, .. } = target else { return None };
        let ask = async {
            // Just as what is read: some programs choose a kubectl by the context.
            let call = Call { target, read: Cow::Owned(Read::ClientVersion), base: "" };
            match Box::pin(self.once(&call, Instant::now() + self.settings.timeout)).await {
                Ok(json) => ClientVersion::parse(&json),
                Err(Failed::Deadline(error) | Failed::Kubectl(error)) => {
                    debug!(%error, "kubectl's version cannot be had");
                    None
                }
            }
        };
        let version = async { Ok(self.versions.of(&self.settings.program, name, ask).await) };
        self.bound(version).await.ok()??.raw_paths()
    }

    /// Whether raw paths lead to `target`.
    pub async fn reads_raw(&self, target: Target<'_>) -> bool {
        target.path().is_none() || self.raw_paths(target).await.is_some()
    }

    /// The form of `read` that leads to the server of `target`, and to no other.
    async fn call<'a>(&self, target: Target<'a>, read: &'a Read) -> Result<Call<'a>, Error> {
        let as_it_is = |base| Call { target, read: Cow::Borrowed(read), base };
        let (Read::Raw(path), Some(base)) = (read, target.path()) else {
            return Ok(as_it_is(""));
        };
        match self.raw_paths(target).await {
            Some(RawPaths::Append) => Ok(as_it_is("")),
            Some(RawPaths::Replace) => Ok(as_it_is(base.as_str())),
            None => {
                let other = path.without_raw().ok_or_else(|| {
                    Error::new(
                        ErrorKind::Other,
                        "kubectl does not say its version, without which nothing can be asked that \
                         stands below the path of the server",
                    )
                })?;
                Ok(Call { target, read: Cow::Owned(other), base: "" })
            }
        }
    }

    /// `earlier` is how the try before the one under way failed.
    async fn tries(
        &self,
        target: Target<'_>,
        read: &Read,
        retries: u32,
        earlier: &Mutex<Option<Error>>,
    ) -> Result<Vec<u8>, Error> {
        let earlier = || earlier.lock().unwrap_or_else(PoisonError::into_inner);
        let call = self.call(target, read).await?;
        let deadline = Instant::now() + self.settings.timeout;
        let backoff = Backoff::default();
        let mut retry = 0;
        let mut first = Some(FirstTry::new(&self.first_tries));
        let mut learnt = 0;
        loop {
            let tried = self.once(&call, deadline).await;
            drop(first.take());
            let error = match tried {
                Ok(stdout) => return Ok(stdout),
                // A further try that found no time says less than the failure it followed.
                Err(Failed::Deadline(error)) => return Err(earlier().take().unwrap_or(error)),
                Err(Failed::Kubectl(error)) => error,
            };
            // It costs a start each to know: kubectl reads its flags before all else.
            if learnt < 2 && self.learns(&call.read, &error) {
                learnt += 1;
                continue;
            }
            let wait = backoff.delay(retry);
            if !error.transient || retry >= retries || Instant::now() + wait >= deadline {
                return Err(error);
            }
            debug!(%error, ?wait, "trying again");
            *earlier() = Some(error);
            tokio::time::sleep(wait).await;
            // Each kubectl costs a tenth of a second of CPU, which a cluster that is well may
            // be waiting for.
            let mut others = self.first_tries.subscribe();
            let until = deadline.min(Instant::now() + COURTESY);
            let _ = timeout_at(until, others.wait_for(|others| *others == 0)).await;
            retry += 1;
        }
    }

    /// Whether kubectl does not know a flag that is given where it is known.
    fn learns(&self, read: &Read, error: &Error) -> bool {
        let unknown = |flag: &str| error.message.contains(&format!("unknown flag: {flag}"));
        if read.wants_managed_fields() && unknown("--show-managed-fields") {
            self.is_old.store(true, Ordering::Relaxed);
            self.lacks_subresource.store(true, Ordering::Relaxed);
            return true;
        }
        if read.takes_subresource() && unknown("--subresource") {
            self.lacks_subresource.store(true, Ordering::Relaxed);
            return true;
        }
        false
    }

    fn command(&self, Call { target, read, base }: &Call<'_>) -> Command {
        let settings = &self.settings;
        let mut command = Command::new(&settings.program);
        let mut fixed = Vec::new();
        if let (Read::ClientVersion, Target::Default) = (&**read, target) {
            // It has no need of one, and one that cannot be read must not keep it from answering.
            command.env("KUBECONFIG", "/dev/null");
        } else if let Some(kubeconfig) = &settings.kubeconfig {
            let mut arg = std::ffi::OsString::from("--kubeconfig=");
            arg.push(kubeconfig);
            command.arg(arg);
        } else {
            fixed.push("--kubeconfig=");
        }
        if let Target::Context { name, .. } = target {
            command.arg(format!("--context={name}"));
        }
        if read.needs_cluster() {
            fixed.extend(THAT_CLUSTER);
            if let Target::Default = target {
                fixed.push("--context=");
            }
            // kubectl's own limit, a little after ours: a second net for the API call alone.
            let limit = settings.timeout.as_secs() + 1;
            command.arg(format!("--request-timeout={limit}s"));
        }
        if read.takes_subresource() && !self.lacks_subresource.load(Ordering::Relaxed) {
            fixed.push(NO_SUBRESOURCE);
        }
        let mut args = read.args(base);
        if read.wants_managed_fields() && !self.is_old.load(Ordering::Relaxed) {
            args.insert(1, MANAGED_FIELDS.to_owned());
        }
        // What comes after `--` is no flag.
        let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
        args.splice(end..end, fixed.into_iter().map(str::to_owned));
        command.args(args);
        // kubectl lives for a tenth of a second and much of it is Go's garbage collector cleaning
        // up after its start: without it a call costs about a third less CPU. The limit brings
        // the collector back for an answer that is large.
        if !settings.go_is_tuned {
            command.env("GOGC", "off").env("GOMEMLIMIT", "256MiB");
        }
        command.envs(NO_COLOURS);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    async fn once(&self, call: &Call<'_>, deadline: Instant) -> Result<Vec<u8>, Failed> {
        let command = self.command(call);
        // The server's path may be no path: half of a password with a slash in it, say.
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

        // What has been read stays when the waiting for more ends.
        let (mut out, mut words) = (Vec::with_capacity(64 << 10), Vec::new());
        let mut reading = Box::pin(read_all(stdout, &mut out));
        let mut listening = Box::pin(keep_end(stderr, &mut words));
        let (mut read_out, mut heard) = (None, false);
        let in_time = timeout_at(deadline, async {
            let exited = group.exited();
            tokio::pin!(exited);
            loop {
                tokio::select! {
                    result = &mut reading, if read_out.is_none() => read_out = Some(result),
                    () = &mut listening, if !heard => heard = true,
                    // It may go while others still hold its pipes.
                    _ = &mut exited => return,
                }
            }
        })
        .await;

        if in_time.is_err() {
            let limit = self.settings.timeout;
            let plugin = process::busy_descendant(group.id(), "kubectl");
            drop((reading, listening));
            let said = String::from_utf8_lossy(&words).into_owned();
            let _ = group.stop(GRACE).await;
            return Err(Failed::Deadline(match plugin {
                Some(plugin) => Error::plugin_deadline(limit, &plugin, &said),
                None => Error::deadline(limit, &said),
            }));
        }
        let status = group.finish().map_err(broken)?;
        trace!(%status, took = ?started.elapsed(), "kubectl ended");
        if read_out.is_none() {
            read_out = timeout(DRAIN, &mut reading).await.ok();
        }
        if !heard {
            // A daemon that a credential plugin left behind may hold stderr for good.
            let _ = timeout(LAST_WORDS, &mut listening).await;
        }
        drop((reading, listening));
        if !status.success() {
            // On failure stdout may hold an empty list all the same: it is no answer.
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

/// A call in its first try, for as long as this is held.
struct FirstTry<'a>(&'a watch::Sender<usize>);

impl<'a> FirstTry<'a> {
    fn new(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for FirstTry<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// How one try failed.
enum Failed {
    /// Our own deadline passed.
    Deadline(Error),
    /// kubectl, or starting it, failed.
    Kubectl(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Kubectl(error)
    }
}

pub(super) fn ending(status: ExitStatus) -> Ending {
    let words = match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("was ended by {}", process::signal_name(signal)),
        (None, None) => "ended".to_owned(),
    };
    Ending { words, code: status.code(), ..Ending::default() }
}

/// Everything, up to [`MAX_STDOUT`].
async fn read_all(mut from: impl AsyncRead + Unpin, all: &mut Vec<u8>) -> io::Result<()> {
    while from.read_buf(all).await? > 0 {
        if all.len() > MAX_STDOUT {
            return Err(io::Error::other("more than 1 GiB"));
        }
    }
    Ok(())
}

/// The last [`KEPT_STDERR`] bytes or so, however much there was.
async fn keep_end(mut from: impl AsyncRead + Unpin, end: &mut Vec<u8>) {
    loop {
        match from.read_buf(end).await {
            Ok(0) | Err(_) => return,
            Ok(_) if end.len() > 2 * KEPT_STDERR => {
                end.drain(..end.len() - KEPT_STDERR);
                // The rest of a line, or of a word, may be that of a secret without its name.
                let whole = |test: fn(&u8) -> bool| end.iter().position(test);
                let cut = whole(|byte| *byte == b'\n').or(whole(u8::is_ascii_whitespace));
                end.drain(..cut.unwrap_or(end.len()));
            }
            Ok(_) => {}
        }
    }
}
