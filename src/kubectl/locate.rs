//! Finds the user's kubectl.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::error::{Error, ErrorKind};

/// The kubectl to run: `flag` (`--kubectl`), else `env` (`$WATCHDOG_KUBECTL`), else `config`
/// (`kubectl.path`), else the first one on PATH. A name without a slash is looked up on PATH.
pub fn locate(
    flag: Option<&Path>,
    env: Option<&OsStr>,
    config: Option<&Path>,
) -> Result<PathBuf, Error> {
    let env = env.filter(|value| !value.is_empty()).map(Path::new);
    let chosen = [(flag, "--kubectl"), (env, "$WATCHDOG_KUBECTL"), (config, "kubectl.path")]
        .into_iter()
        .find_map(|(path, source)| path.map(|path| (path, source)));
    let (program, source) = chosen.unwrap_or((Path::new("kubectl"), "PATH"));
    which::which(program).map_err(|error| {
        let message = if source == "PATH" {
            "kubectl was not found on PATH; install it (https://kubernetes.io/docs/tasks/tools), \
             or name it with --kubectl PATH or $WATCHDOG_KUBECTL"
                .to_owned()
        } else {
            let why = if program.is_dir() {
                "it is a directory".to_owned()
            } else if program.exists() {
                "it is not executable".to_owned()
            } else {
                error.to_string()
            };
            format!("{} (from {source}) is not a program that can be run: {why}", program.display())
        };
        Error::new(ErrorKind::KubectlMissing, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_outranks_the_environment_and_the_config() {
        let shell = Path::new("/bin/sh");
        let found = locate(Some(shell), Some(OsStr::new("/nope")), Some(Path::new("/nope")));
        assert_eq!(found.unwrap(), shell);
        let found = locate(None, Some(OsStr::new("/bin/sh")), Some(Path::new("/nope")));
        assert_eq!(found.unwrap(), shell);
        let found = locate(None, Some(OsStr::new("")), Some(shell));
        assert_eq!(found.unwrap(), shell);
    }

    #[test]
    fn a_missing_kubectl_is_named_with_its_origin() {
        let error = locate(Some(Path::new("/nope/kubectl")), None, None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::KubectlMissing);
        assert!(error.message.starts_with("/nope/kubectl (from --kubectl)"), "{error}");
    }
}
