//! Tokens: from a file, or printed by a program that is run like a credential plugin.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::process::Group;
use crate::prometheus::{Pending, TokenSource};

/// A longer token is none.
const LONGEST: u64 = 64 << 10;

/// A file with a token. It is read each time: another program may renew it.
pub struct TokenFile(pub PathBuf);

impl TokenSource for TokenFile {
    fn token(&self, _renew: bool) -> Pending<'_, Result<String, String>> {
        Box::pin(async {
            let path = self.0.display();
            let text = std::fs::read_to_string(&self.0);
            let text = text.map_err(|error| format!("token_file {path}: {error}"))?;
            one_line(&text).map_err(|why| format!("token_file {path}: {why}"))
        })
    }
}

impl fmt::Debug for TokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenFile({})", self.0.display())
    }
}

/// A program that prints a token. It runs in a process group of its own, which ends with it, and within a time; what
/// it writes to standard error may have a secret and is read by nobody.
pub struct TokenCommand {
    command: Vec<String>,
    within: Duration,
    last: Mutex<Option<String>>,
}

impl TokenCommand {
    /// A program with its arguments, and the time that it may take.
    pub fn new(command: Vec<String>, within: Duration) -> Self {
        Self { command, within, last: Mutex::new(None) }
    }

    async fn run(&self) -> Result<String, String> {
        let program = self.command.first().map_or("", String::as_str);
        let named = |why: String| format!("token_command ({program}) {why}");
        let printed = timeout(self.within, printed(&self.command)).await;
        let late = |_| named(format!("gave none within {:?}", self.within));
        let text = printed.map_err(late)?.map_err(named)?;
        one_line(&text).map_err(|why| named(format!("printed what is no token: {why}")))
    }
}

/// The programs for tokens, each run once for all servers that want its token.
#[derive(Debug, Default)]
pub struct TokenCommands(std::sync::Mutex<Vec<Arc<TokenCommand>>>);

impl TokenCommands {
    /// The program with these arguments, with the token that it gave last.
    pub(super) fn of(&self, command: &[String], within: Duration) -> Arc<TokenCommand> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.iter().find(|it| it.command == command) {
            return Arc::clone(known);
        }
        let new = Arc::new(TokenCommand::new(command.to_vec(), within));
        all.push(Arc::clone(&new));
        new
    }
}

impl TokenSource for TokenCommand {
    fn token(&self, renew: bool) -> Pending<'_, Result<String, String>> {
        Box::pin(async move {
            let mut last = self.last.lock().await;
            match &*last {
                Some(token) if !renew => Ok(token.clone()),
                _ => {
                    let token = self.run().await?;
                    *last = Some(token.clone());
                    Ok(token)
                }
            }
        })
    }
}

impl fmt::Debug for TokenCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its arguments may have a secret.
        write!(f, "TokenCommand({})", self.command.first().map_or("", String::as_str))
    }
}

/// What the program prints. Its group is killed when this is dropped.
async fn printed(command: &[String]) -> Result<String, String> {
    let Some((program, args)) = command.split_first() else {
        return Err("names no program".to_owned());
    };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut group = Group::spawn(command).map_err(|error| format!("cannot be started: {error}"))?;
    let mut text = Vec::new();
    if let Some(stdout) = group.stdout().map_err(|error| error.to_string())? {
        let mut stdout = stdout.take(LONGEST);
        stdout.read_to_end(&mut text).await.map_err(|error| error.to_string())?;
    }
    group.exited().await.map_err(|error| error.to_string())?;
    let status = group.finish().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("failed: {status}"));
    }
    String::from_utf8(text).map_err(|_| "printed what is no text".to_owned())
}

/// The token alone. Errors do not contain it.
fn one_line(text: &str) -> Result<String, String> {
    let token = text.trim();
    if token.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a token is one word on one line".to_owned());
    }
    Ok(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, within: Duration) -> TokenCommand {
        TokenCommand::new(["sh", "-c", script].map(str::to_owned).to_vec(), within)
    }

    #[tokio::test]
    async fn a_command_runs_once_until_its_token_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let count = directory.path().join("count");
        let script = format!("echo x >> '{0}'; echo t$(wc -l < '{0}')", count.display());
        let command = shell(&script, Duration::from_secs(20));
        assert_eq!(command.token(false).await.unwrap(), "t1");
        assert_eq!(command.token(false).await.unwrap(), "t1");
        assert_eq!(command.token(true).await.unwrap(), "t2");
    }

    #[tokio::test]
    async fn a_command_runs_once_for_all_servers() {
        let directory = tempfile::tempdir().unwrap();
        let count = directory.path().join("count");
        let script = format!("echo x >> '{0}'; echo t$(wc -l < '{0}')", count.display());
        let command = ["sh", "-c", &script].map(str::to_owned);
        let (tokens, within) = (TokenCommands::default(), Duration::from_secs(20));
        for _ in 0..3 {
            assert_eq!(tokens.of(&command, within).token(false).await.unwrap(), "t1");
        }
        let other = ["echo".to_owned(), "other".to_owned()];
        assert_eq!(tokens.of(&other, within).token(false).await.unwrap(), "other");
    }

    #[tokio::test]
    async fn a_failure_has_no_output_in_it() {
        let long = Duration::from_secs(20);
        for (script, within, expected) in [
            (
                "echo s3cret; echo s3cret >&2; exit 3",
                long,
                "token_command (sh) failed: exit status: 3",
            ),
            ("true", long, "printed what is no token: it is empty"),
            ("echo s3cret s3cret", long, "a token is one word on one line"),
            ("echo s3cret; sleep 600", Duration::from_millis(50), "gave none within 50ms"),
        ] {
            let command = shell(script, within);
            let error = command.token(false).await.unwrap_err();
            assert!(error.contains(expected) && !error.contains("s3cret"), "{error}");
            assert!(!format!("{command:?}").contains("s3cret"));
        }
        let none = TokenCommand::new(vec!["/nonexistent/s".to_owned()], long);
        assert!(none.token(false).await.unwrap_err().contains("cannot be started"));
    }

    #[tokio::test]
    async fn a_file_is_read_each_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        let file = TokenFile(path.clone());
        assert!(file.token(false).await.unwrap_err().contains("token_file "));
        std::fs::write(&path, "one\n").unwrap();
        assert_eq!(file.token(false).await.unwrap(), "one");
        std::fs::write(&path, "two").unwrap();
        assert_eq!(file.token(false).await.unwrap(), "two");
    }
}
