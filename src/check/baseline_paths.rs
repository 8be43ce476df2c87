//! The paths of manifests in a baseline: relative to its own directory, so that it holds wherever the check is started.

use std::path::{Component, Path, PathBuf};

/// Converts paths of manifests as they are typed into those of a baseline.
#[derive(Clone, Debug)]
pub struct BaselinePaths {
    /// The working directory.
    here: PathBuf,
    /// That of the baseline.
    directory: PathBuf,
}

impl BaselinePaths {
    /// For the baseline in this file. `here` is the working directory.
    pub fn new(here: PathBuf, baseline: &Path) -> Self {
        let file = plain(&here.join(baseline));
        let directory = file.parent().unwrap_or(Path::new("/")).to_path_buf();
        Self { here, directory }
    }

    /// The path as the baseline has it, with slashes.
    pub fn stored(&self, typed: &str) -> String {
        let path = plain(&self.here.join(typed));
        let (mut to, mut from) =
            (path.components().peekable(), self.directory.components().peekable());
        while to.peek().is_some() && to.peek() == from.peek() {
            to.next();
            from.next();
        }
        let up = from.map(|_| "..".to_owned());
        let down = to.map(|part| part.as_os_str().to_string_lossy().into_owned());
        up.chain(down).collect::<Vec<_>>().join("/")
    }
}

/// The path without `.` and `..`, by its text alone.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_same_from_every_directory() {
        let stored = |here: &str, baseline: &str, typed: &str| {
            BaselinePaths::new(here.into(), Path::new(baseline)).stored(typed)
        };
        assert_eq!(stored("/repo", "b.json", "k8s/web.yaml"), "k8s/web.yaml");
        assert_eq!(stored("/repo", "./b.json", "./k8s/web.yaml"), "k8s/web.yaml");
        assert_eq!(stored("/repo/k8s", "../b.json", "web.yaml"), "k8s/web.yaml");
        assert_eq!(stored("/", "/repo/b.json", "/repo/k8s/web.yaml"), "k8s/web.yaml");
        assert_eq!(stored("/repo/ci", "b.json", "../k8s/web.yaml"), "../k8s/web.yaml");
        assert_eq!(stored("/repo", "ci/b.json", "k8s/web.yaml"), "../k8s/web.yaml");
        assert_eq!(stored("/", "/../b.json", "web.yaml"), "web.yaml");
    }
}
