//! The files of a kubeconfig, by kubectl's rules.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a kubeconfig may come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// `--kubeconfig`: this file alone, and it must exist.
    pub explicit: Option<PathBuf>,
    /// `$KUBECONFIG`: files separated by colons; missing ones are skipped.
    pub env: Option<OsString>,
    /// The home directory, for `.kube/config`.
    pub home: Option<PathBuf>,
}

impl Sources {
    /// The sources in this process's environment.
    pub fn from_env(explicit: Option<PathBuf>) -> Self {
        Self {
            explicit,
            env: std::env::var_os("KUBECONFIG"),
            home: std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
        }
    }

    /// The files to read, in order, without duplicates.
    pub fn files(&self) -> Vec<PathBuf> {
        if let Some(explicit) = &self.explicit {
            return vec![explicit.clone()];
        }
        if let Some(list) = self.env.as_ref().filter(|list| !list.is_empty()) {
            let mut files: Vec<PathBuf> = Vec::new();
            for file in std::env::split_paths(list).filter(|file| !file.as_os_str().is_empty()) {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
            return files;
        }
        self.home.iter().map(|home| home.join(".kube").join("config")).collect()
    }
}

/// A likely mistake in an entry of `$KUBECONFIG`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// There is no such file.
    Missing(PathBuf),
    /// There is no such file, and the name contains characters that a shell would have expanded.
    Unexpanded(PathBuf, &'static str),
    /// The path depends on the working directory.
    Relative(PathBuf),
    /// An empty entry between two colons or at an end.
    Empty,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "{} does not exist", path.display()),
            Self::Unexpanded(path, what) => {
                write!(f, "{} does not exist: {what}; write the path in full", path.display())
            }
            Self::Relative(path) => write!(
                f,
                "{} is a relative path: it is another file in another directory",
                path.display()
            ),
            Self::Empty => f.write_str("KUBECONFIG has an empty entry, which kubectl passes over"),
        }
    }
}

impl Oddity {
    /// Why a file does not exist, if its path contains characters that a shell would have expanded.
    pub fn unexpanded(path: &Path) -> Option<&'static str> {
        let text = path.to_string_lossy();
        if text.starts_with('~') {
            Some("the ~ in it was not expanded (a shell does that, unless it is quoted)")
        } else if text.contains('$') {
            Some("the $ in it was not expanded (a shell does that, unless it is quoted)")
        } else if text.starts_with(['"', '\'']) {
            Some("the quotes in it are taken as part of the name")
        } else {
            None
        }
    }
}

impl Sources {
    /// The likely mistakes in the list of files.
    pub fn oddities(&self) -> Vec<Oddity> {
        let mut found = Vec::new();
        let listed = self.env.as_ref().filter(|list| !list.is_empty());
        let Some(list) = listed.filter(|_| self.explicit.is_none()) else { return found };
        for path in self.files() {
            if !path.exists() {
                found.push(match Oddity::unexpanded(&path) {
                    Some(what) => Oddity::Unexpanded(path, what),
                    None => Oddity::Missing(path),
                });
            } else if path.is_relative() {
                found.push(Oddity::Relative(path));
            }
        }
        if std::env::split_paths(list).any(|path| path.as_os_str().is_empty()) {
            found.push(Oddity::Empty);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_the_list_of_files_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let there = dir.path().join("there");
        std::fs::write(&there, "").unwrap();
        let list = format!("~/.kube/prod:{}::/no/such:$HOME/x", there.display());
        let sources = Sources { env: Some(list.into()), ..Sources::default() };
        let odd: Vec<String> = sources.oddities().iter().map(ToString::to_string).collect();
        assert_eq!(odd.len(), 4, "{odd:?}");
        assert!(
            odd[0].starts_with("~/.kube/prod does not exist: the ~ in it was not expanded"),
            "{odd:?}"
        );
        assert_eq!(odd[1], "/no/such does not exist");
        assert!(odd[2].contains("the $ in it was not expanded"), "{odd:?}");
        assert_eq!(odd[3], "KUBECONFIG has an empty entry, which kubectl passes over");
        let fine = Sources { env: Some(there.into()), ..Sources::default() };
        assert_eq!(fine.oddities(), []);
    }
}
