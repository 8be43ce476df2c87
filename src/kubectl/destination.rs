//! Which server kubectl would connect to, for kubeconfigs that only kubectl can read.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::timeout;

use super::error::{Ending, Error, ErrorKind};
use crate::process::Group;

/// The number of bytes read: no server's address is longer, and of an error message no more is
/// needed.
const MOST: u64 = 64 << 10;

/// `kubectl config view --minify`: reads files only, and starts no credential plugin.
pub struct Destination {
    /// The program.
    pub program: PathBuf,
    /// `--kubeconfig`.
    pub kubeconfig: Option<PathBuf>,
    /// `--context`.
    pub context: String,
    /// Its complete environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Its working directory.
    pub directory: PathBuf,
}

impl Destination {
    /// The server's address from the kubeconfig, if kubectl answers `within` this time.
    pub async fn server(&self, within: Duration) -> Result<String, Error> {
        let answer = timeout(within, self.query()).await;
        answer.unwrap_or_else(|_| {
            let limit = crate::config::duration::format(within);
            let text = format!("kubectl config view did not answer within {limit}");
            Err(Error::new(ErrorKind::Timeout, text))
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        if self.directory.is_dir() {
            command.current_dir(&self.directory);
        } else {
            command.current_dir("/");
        }
        command.envs(super::run::NO_COLOURS);
        if let Some(kubeconfig) = &self.kubeconfig {
            let mut arg = OsString::from("--kubeconfig=");
            arg.push(kubeconfig);
            command.arg(arg);
        }
        command.arg(format!("--context={}", self.context));
        command.args(["config", "view", "--minify=true", "--raw=false"]);
        command.arg("--output=jsonpath={.clusters[0].cluster.server}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    async fn query(&self) -> Result<String, Error> {
        let not_started = |error: std::io::Error| {
            let program = self.program.display();
            Error::new(ErrorKind::KubectlMissing, format!("cannot start {program}: {error}"))
        };
        let mut group = Group::spawn(self.command()).map_err(not_started)?;
        let (stdout, stderr) =
            (group.stdout().map_err(not_started)?, group.stderr().map_err(not_started)?);
        let (output, errors, _) = tokio::join!(read(stdout), read(stderr), group.exited());
        let status = group.finish().map_err(not_started)?;
        let server = output.trim();
        if status.success() && !server.is_empty() {
            return Ok(server.to_owned());
        }
        if status.success() {
            let text = format!("kubectl names no server for context {}", self.context);
            return Err(Error::new(ErrorKind::Other, text));
        }
        let ending = Ending { context: Some(self.context.clone()), ..super::run::ending(status) };
        Err(Error::from_stderr(&errors, &ending))
    }
}

/// Reads the text, up to a maximum length.
async fn read(from: Option<impl AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        let _ = from.take(MOST).read_to_end(&mut bytes).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
