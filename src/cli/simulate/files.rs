//! HPAs and loads from files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::cli::check::manifests::{names, read, report_problems};
use crate::cli::error::CommandError;
use crate::cli::flags::Global;
use crate::cli::setup::Setup;
use crate::collect::ClusterWorld;
use crate::config::Scope;
use crate::hpa::{Hpa, HpaName, HpaNames};
use crate::manifests::{Manifests, Request, STDIN};

/// The largest load: some millions of rows.
const MAX_BYTES: u64 = 256 << 20;

/// Reads HPAs from manifests.
pub(in crate::cli) struct Hpas<'a> {
    setup: &'a Setup,
    scope: Scope,
}

impl<'a> Hpas<'a> {
    pub(in crate::cli) fn new(setup: &'a Setup, global: &Global) -> Self {
        Self { setup, scope: Scope::only(global.namespaces.patterns()) }
    }

    /// The only HPA of a file, or the one of this name.
    pub(in crate::cli) fn one(
        &self,
        file: &Path,
        name: Option<&HpaName>,
    ) -> Result<Hpa, CommandError> {
        let names = names(&name.cloned().into_iter().collect::<Vec<_>>());
        let mut found = self.all(file, names)?;
        let only = found.pop();
        let place = shown(file);
        match (only, found.as_slice()) {
            (Some(hpa), []) => Ok(hpa),
            (None, _) => {
                let what = name.map_or_else(String::new, |name| format!(" named {name}"));
                let namespaces = self.scope.in_namespaces();
                Err(CommandError::failed(format!("no HPA{what}{namespaces} in {place}")))
            }
            (Some(last), others) => {
                let all: Vec<String> = others.iter().chain([&last]).map(full_name).collect();
                let error =
                    format!("{place} has {} HPAs; name one of them: {}", all.len(), all.join(", "));
                Err(CommandError::usage(error))
            }
        }
    }

    /// The HPA of a file that stands for another: of the same name, or the only one.
    pub(in crate::cli) fn instead_of(&self, hpa: &Hpa, file: &Path) -> Result<Hpa, CommandError> {
        let mut found = self.all(file, HpaNames::default())?;
        let is_same = |it: &Hpa| it.name == hpa.name && it.namespace == hpa.namespace;
        if let Some(place) = found.iter().position(is_same) {
            return Ok(found.swap_remove(place));
        }
        match (found.pop(), found.as_slice()) {
            (Some(only), []) => Ok(only),
            (None, _) => Err(CommandError::failed(format!("no HPA in {}", shown(file)))),
            _ => {
                let error = format!("no HPA in {} is named {}", shown(file), full_name(hpa));
                Err(CommandError::failed(error))
            }
        }
    }

    fn all(&self, file: &Path, names: HpaNames) -> Result<Vec<Hpa>, CommandError> {
        let files = read(&[file.to_owned()])?;
        let request = Request {
            scope: self.scope.clone(),
            names,
            annotation_prefix: self.setup.config.check.annotation_prefix.clone(),
        };
        let mut manifests = Manifests::read(&files, &request);
        let is_broken = !manifests.problems.is_empty();
        // That some documents are of other kinds matters only where an HPA is missing.
        manifests.skipped.clear();
        if is_broken {
            let error = manifests.problems.remove(0);
            report_problems(self.setup, &manifests);
            return Err(CommandError::failed(error));
        }
        report_problems(self.setup, &manifests);
        let found: Vec<Hpa> =
            manifests.worlds.iter().flat_map(ClusterWorld::judged).cloned().collect();
        match found.iter().find_map(|hpa| twice(hpa, &manifests)) {
            Some(twice) => Err(CommandError::failed(format!("{}: {twice}", shown(file)))),
            None => Ok(found),
        }
    }
}

/// That there are several HPAs of this one's name, with their lines.
fn twice(hpa: &Hpa, manifests: &Manifests) -> Option<String> {
    let named = manifests.names.iter().zip(&manifests.lines);
    let same =
        named.filter(|((namespace, name), _)| *namespace == hpa.namespace && *name == hpa.name);
    let lines: Vec<String> = same.map(|(_, line)| line.to_string()).collect();
    let (last, first) = lines.split_last().filter(|(_, first)| !first.is_empty())?;
    let times =
        if first.len() == 1 { "twice".to_owned() } else { format!("{} times", lines.len()) };
    let lines = format!("lines {} and {last}", first.join(", "));
    Some(format!("{} is there {times} ({lines})", full_name(hpa)))
}

pub(in crate::cli) fn full_name(hpa: &Hpa) -> String {
    format!("{}/{}", hpa.namespace, hpa.name)
}

/// A file as messages show it.
pub(in crate::cli) fn shown(path: &Path) -> String {
    if path == Path::new("-") { STDIN.to_owned() } else { path.display().to_string() }
}

/// The text of a file, or of standard input, which `other` must not be as well.
pub(in crate::cli) fn text(path: &Path, other: Option<&PathBuf>) -> Result<String, CommandError> {
    let failed = |error: &dyn std::fmt::Display| {
        CommandError::failed(format!("cannot read {}: {error}", shown(path)))
    };
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        if other.is_some_and(|other| other == path) {
            return Err(CommandError::usage("standard input is one file: --file - or --load -"));
        }
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(failed(&"it is longer than 256 MiB"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = valid.split(|byte| *byte == b'\n').count();
        CommandError::failed(format!("{}:{line}: not UTF-8 text", shown(path)))
    })
}
