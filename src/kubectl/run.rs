//! Runs one kubectl: own process group, own deadline, both pipes drained, retried if that helps.

mod once;

use std::borrow::Cow;
use std::future::Future;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use once::Failed;

use super::command::Read;
use super::deadline::Deadline;
use super::error::{Ending, Error, ErrorKind};
use super::patience::Patience;
use super::retry::Backoff;
use super::server::ServerPath;
use super::version::{ClientVersion, RawPaths};
use super::versions::Versions;
use crate::config::Impersonation;
use crate::process;

/// How long a retry waits at most for first attempts of other calls.
const COURTESY: Duration = Duration::from_secs(1);

/// How to call kubectl.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program (see [`super::locate`]).
    pub program: PathBuf,
    /// The value of `--kubeconfig`, if given.
    pub kubeconfig: Option<PathBuf>,
    /// The user as which kubectl acts.
    pub impersonation: Impersonation,
    /// The time limit of one call, including its retries.
    pub timeout: Duration,
    /// The maximum number of retries after a transient failure.
    pub retries: u32,
    /// The file in which kubectl versions are cached; without it the version is asked in each run
    /// that needs it.
    pub versions: Option<PathBuf>,
    /// Whether the user has tuned Go's garbage collector in the environment (GOGC or GOMEMLIMIT),
    /// which is then left alone.
    pub go_is_tuned: bool,
}

impl Settings {
    /// The user's own kubeconfig, 30 s for a call, and two retries.
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            kubeconfig: None,
            impersonation: Impersonation::default(),
            timeout: Duration::from_secs(30),
            retries: 2,
            versions: None,
            go_is_tuned: false,
        }
    }
}

/// The cluster that a call addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A context of the kubeconfig.
    Context {
        /// Its name.
        name: &'a str,
        /// The path of its server's URL, which kubectl up to 1.33 omits for raw paths.
        path: &'a ServerPath,
    },
    /// kubectl's default: inside a pod, the pod's own cluster.
    Default,
}

impl<'a> Target<'a> {
    /// The path of the server's URL, if it has one.
    fn path(self) -> Option<&'a ServerPath> {
        match self {
            Self::Context { path, .. } if !path.is_empty() => Some(path),
            _ => None,
        }
    }
}

/// The handle for all reads through kubectl. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kubectl {
    settings: Arc<Settings>,
    /// How many calls are in their first attempt: retries let them go first.
    first_tries: Arc<watch::Sender<usize>>,
    /// Whether kubectl is older than [`MANAGED_FIELDS`], as learnt from its error.
    is_old: Arc<AtomicBool>,
    /// Whether kubectl is older than `get --subresource`, as learnt from its error.
    pub(super) lacks_subresource: Arc<AtomicBool>,
    versions: Arc<Versions>,
    /// The deadline of all calls together.
    deadline: Option<Deadline>,
    patience: Option<Patience>,
}

/// A read in the form in which kubectl is called.
struct Call<'a> {
    target: Target<'a>,
    read: Cow<'a, Read>,
    /// The prefix of a raw path.
    base: &'a str,
}

/// For kubectl 1.21 and newer. Older versions print the fields anyway, and do not know the flag.
const MANAGED_FIELDS: &str = "--show-managed-fields=true";
/// For kubectl 1.24 and newer.
const NO_SUBRESOURCE: &str = "--subresource=";

/// The context alone decides which cluster is read and as which user, whatever kuberc sets.
/// Settings for authentication in kuberc (`as`, `token`, certificates) are left to the user.
pub(super) const THAT_CLUSTER: [&str; 5] = [
    "--cluster=",
    "--server=",
    "--user=",
    "--match-server-version=false",
    "--warnings-as-errors=false",
];

/// Keeps colours out of the output of kubectl, or of a program in its place.
pub(super) const NO_COLOURS: [(&str, &str); 2] =
    [("NO_COLOR", "1"), ("KUBECOLOR_FORCE_COLORS", "none")];

impl Kubectl {
    /// Creates a handle. Starts no process.
    pub fn new(settings: Settings) -> Self {
        Self {
            versions: Arc::new(Versions::new(settings.versions.clone())),
            deadline: None,
            patience: None,
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

    /// A handle for a person who waits.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// The same handle with only this kubeconfig.
    #[must_use]
    pub fn with_kubeconfig(&self, path: PathBuf) -> Self {
        let settings = Settings { kubeconfig: Some(path), ..Settings::clone(&self.settings) };
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// The deadline of all calls.
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// A handle whose deadline, if it has one, starts again from now.
    #[must_use]
    pub fn renewed(&self) -> Self {
        self.clone().until(self.deadline.map(Deadline::again))
    }

    /// The time limit of one call.
    pub fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// The program that is run.
    pub fn program(&self) -> &Path {
        &self.settings.program
    }

    /// The value of `--kubeconfig`, if given.
    pub fn kubeconfig(&self) -> Option<&Path> {
        self.settings.kubeconfig.as_deref()
    }

    /// The user as which kubectl acts.
    pub fn impersonation(&self) -> &Impersonation {
        &self.settings.impersonation
    }

    /// Runs kubectl and returns its stdout. Retries transient failures (connection refused, server
    /// busy), but not permanent ones (401, 403, 404), all within the timeout.
    pub async fn read(&self, target: Target<'_>, read: &Read) -> Result<Vec<u8>, Error> {
        self.answer(target, read, self.settings.retries).await
    }

    /// Like [`Kubectl::read`], without retries.
    pub async fn read_once(&self, target: Target<'_>, read: &Read) -> Result<Vec<u8>, Error> {
        self.answer(target, read, 0).await
    }

    /// If the deadline of the run cuts off a retry, returns the failure before it, which is more
    /// informative.
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

    /// How kubectl treats raw paths for `target`, if its server's URL has a path; `None` if
    /// kubectl's version is unknown. Such a cluster is read without raw paths.
    ///
    /// kubectl is asked for its version once, and the answer is cached.
    pub async fn raw_paths(&self, target: Target<'_>) -> Option<RawPaths> {
        let Target::Context { name, .. } = target else { return None };
        let query = async {
            // Call it exactly like a read: some programs choose a kubectl by the context.
            let call = Call { target, read: Cow::Owned(Read::ClientVersion), base: "" };
            match Box::pin(self.once(&call, Instant::now() + self.settings.timeout)).await {
                Ok(json) => ClientVersion::parse(&json),
                Err(Failed::Deadline(error) | Failed::Kubectl(error)) => {
                    debug!(%error, "kubectl's version cannot be had");
                    None
                }
            }
        };
        let version = async { Ok(self.versions.of(&self.settings.program, name, query).await) };
        self.bound(version).await.ok()??.raw_paths()
    }

    /// Whether raw paths work for `target`.
    pub async fn reads_raw(&self, target: Target<'_>) -> bool {
        target.path().is_none() || self.raw_paths(target).await.is_some()
    }

    /// The form of `read` that reaches the server of `target`, and no other.
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

    /// `earlier` is the failure of the attempt before the present one.
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
                // A retry that ran out of time says less than the failure before it.
                Err(Failed::Deadline(error)) => return Err(earlier().take().unwrap_or(error)),
                Err(Failed::Kubectl(error)) => error,
            };
            // Learning this costs one start for each flag: kubectl parses its flags before anything
            // else.
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
            // Each kubectl costs a tenth of a second of CPU, for which a healthy cluster may be
            // waiting.
            let mut others = self.first_tries.subscribe();
            let until = deadline.min(Instant::now() + COURTESY);
            let _ = timeout_at(until, others.wait_for(|others| *others == 0)).await;
            retry += 1;
        }
    }

    /// Records that kubectl does not know a flag of newer versions. Returns whether it was such an
    /// error.
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
            // A kubeconfig is not needed here, and an unreadable one must not make the call fail.
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
            // kubectl's own limit, slightly longer than ours: a second safety net for the API call
            // only.
            let limit = settings.timeout.as_secs() + 1;
            command.arg(format!("--request-timeout={limit}s"));
            command.args(settings.impersonation.flags());
        }
        if read.takes_subresource() && !self.lacks_subresource.load(Ordering::Relaxed) {
            fixed.push(NO_SUBRESOURCE);
        }
        let mut args = read.args(base);
        if read.wants_managed_fields() && !self.is_old.load(Ordering::Relaxed) {
            args.insert(1, MANAGED_FIELDS.to_owned());
        }
        // Arguments after `--` are not flags.
        let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
        args.splice(end..end, fixed.into_iter().map(str::to_owned));
        command.args(args);
        // kubectl lives for a tenth of a second, and Go's garbage collector spends much of it
        // cleaning up after the start: without it a call costs about a third less CPU. The memory
        // limit enables the collector for a large answer.
        if !settings.go_is_tuned {
            command.env("GOGC", "off").env("GOMEMLIMIT", "256MiB");
        }
        command.envs(NO_COLOURS);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// A call in its first attempt, for as long as this value is held.
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

pub(super) fn ending(status: ExitStatus) -> Ending {
    let words = match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("was ended by {}", process::signal_name(signal)),
        (None, None) => "ended".to_owned(),
    };
    Ending { words, code: status.code(), ..Ending::default() }
}
