//! `watchdog hpa check -f`: manifests, before they reach a cluster.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::settings::{Settings, baseline_paths, stored};
use crate::check::{Report, Unfound, check_manifests};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::hpa_args::HpaCheckArgs;
use crate::cli::setup::Setup;
use crate::collect::ClusterWorld;
use crate::config::Scope;
use crate::findings::Baseline;
use crate::hpa::{Hpa, HpaName, HpaNames};
use crate::manifests::{File, Manifests, Place, Request, STDIN};
use crate::output::findings::unknown_silences;
use crate::term::text::shell_quoted;

/// What the names of manifests end in.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The largest file. A larger one is a wrong one, or endless.
const MAX_BYTES: u64 = 256 << 20;

pub(super) fn check(global: &Global, args: &HpaCheckArgs) -> Result<Exit, CommandError> {
    let setup = &Setup::new(global)?;
    let settings = Settings::new(setup, args, &[])?;
    let files = read(&args.files)?;
    let settings = settings.of_files(&files)?;
    let request = Request {
        scope: Scope::only(global.namespaces.patterns()).with_selector(args.selector.clone()),
        names: names(&args.names),
        annotation_prefix: setup.config.check.annotation_prefix.clone(),
    };
    let manifests = Manifests::read(&files, &request);
    let judged = manifests.worlds.iter().flat_map(ClusterWorld::judged);
    for note in unknown_silences(judged, &request.annotation_prefix) {
        setup.messages.note(&note);
    }
    let report = check_manifests(&manifests, &settings.criteria(), Timestamp::now());
    let scope = &request.scope;
    let is_whole = scope.namespaces.is_empty() && scope.selector.is_none();
    settings.note_baseline(setup, &report, is_whole && args.names.is_empty());
    let is_empty = report.hpas().next().is_none();
    let is_broken = !manifests.problems.is_empty();
    if manifests.documents == 0 && !is_broken {
        report_problems(setup, &manifests);
        let place = match files.as_slice() {
            [File { path, .. }] if &**path == STDIN => "standard input".to_owned(),
            [File { path, .. }] => path.to_string(),
            files => counted(files.len()),
        };
        return Err(CommandError::failed(no_object(&place)));
    }
    let absent = absent(&manifests, &request, &report);
    if is_empty && !is_broken && !absent.is_empty() {
        // The errors alone: a report of nothing would look like a clean one.
        for error in &absent {
            setup.messages.error(error);
        }
        return Ok(Exit::Failed);
    }
    report_problems(setup, &manifests);
    let mut exit = match &args.write_baseline {
        Some(_) if is_broken => {
            setup.messages.note("baseline not written: some manifests are not valid");
            Exit::Failed
        }
        Some(_) if !absent.is_empty() => {
            setup.messages.note("baseline not written: not all that was named is there");
            Exit::Failed
        }
        Some(_) if is_empty && args.fail_on_empty => Exit::Failed,
        Some(file) => {
            let (paths, findings) = (baseline_paths(file)?, report.findings());
            let baseline: Baseline = findings.collect();
            super::write_baseline(setup, file, &baseline.renamed(|it| stored(&paths, &it)))?
        }
        None => {
            super::print::report(setup, global, args, &report)?;
            super::exit_of(setup.messages, &report)
        }
    };
    if is_empty {
        let (namespaces, labels) = (request.scope.in_namespaces(), request.scope.with_labels());
        let place = counted(files.len());
        setup.messages.note(&format!("no HPA found{namespaces}{labels} in {place}"));
        if args.fail_on_empty {
            exit = super::fail_on_empty(setup.messages);
        }
    }
    for error in &absent {
        setup.messages.error(error);
        exit = Exit::Failed;
    }
    Ok(if is_broken { Exit::Failed } else { exit })
}

/// The error of a file that stands where the name of an HPA would: `hpa check base.yaml`, or `-f *.yaml`.
pub(super) fn named_as_hpa(args: &HpaCheckArgs) -> Option<CommandError> {
    let names: Vec<String> = args.names.iter().map(ToString::to_string).collect();
    let is_file = |name: &&String| {
        let path = Path::new(name.as_str());
        let is_manifest = path.extension().is_some_and(|it| EXTENSIONS.iter().any(|e| it == *e));
        path.exists() && (is_manifest || path.components().count() > 1)
    };
    let file = names.iter().find(is_file)?;
    let files = args.files.iter().map(|it| it.display().to_string());
    let all = files.chain(names.iter().filter(is_file).cloned());
    let all: Vec<String> = all.map(|it| format!("-f {}", shell_quoted(&it))).collect();
    let error = CommandError::usage(format!("{file} is a file, and no HPA is named so"));
    Some(error.note(format!("manifests: watchdog hpa check {}", all.join(" "))))
}

/// The requested HPAs: what stands where a cluster would is the file.
pub(in crate::cli) fn names(names: &[HpaName]) -> HpaNames {
    let of_file = |name: &HpaName| {
        let mut name = name.clone();
        if let Some(file) = name.cluster().map(Arc::from) {
            name.resolve(vec![file]);
        }
        name
    };
    HpaNames::new(names.iter().map(of_file).collect())
}

/// What was named and is not among the manifests: namespaces, or else HPAs.
fn absent(manifests: &Manifests, request: &Request, report: &Report<'_>) -> Vec<String> {
    let namespaces = manifests.absent_namespaces.iter();
    let namespaces: Vec<String> =
        namespaces.map(|name| format!("no manifest is of namespace {name}")).collect();
    if !namespaces.is_empty() {
        return namespaces;
    }
    let found: Vec<&Hpa> = report.hpas().map(|judged| judged.hpa).collect();
    let existing = manifests.names.iter().map(|(namespace, name)| (&**namespace, &**name));
    let existing: Vec<(&str, &str)> = existing.collect();
    let (missing, place) = (request.names.missing(&found), request.scope.in_namespaces());
    let error = |name: &HpaName| {
        let verb = if name.name().is_exact() { "is named" } else { "matches" };
        let near = Unfound::new(name, &request.scope, &existing).suggestion();
        format!("no HPA {verb} {name}{place} in the manifests{near}")
    };
    missing.into_iter().map(error).collect()
}

fn no_object(place: &str) -> String {
    format!("no Kubernetes object in {place}")
}

fn counted(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

pub(in crate::cli) fn report_problems(setup: &Setup, manifests: &Manifests) {
    for problem in &manifests.problems {
        setup.messages.error(&problem.to_string());
    }
    if let [(place, version), rest @ ..] = manifests.removed.as_slice() {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" (and {more} more HPAs of removed versions)"),
        };
        let since = if version == "autoscaling/v2beta1" { "1.25" } else { "1.26" };
        setup.messages.note(&format!(
            "{place}: Kubernetes {since} removed {version}; write autoscaling/v2{more}"
        ));
    }
    let is_kustomization = |place: &&Place| is_kustomization(Path::new(&*place.path));
    let (kustomizations, skipped): (Vec<&Place>, Vec<&Place>) =
        manifests.skipped.iter().partition(is_kustomization);
    if let Some(first) = kustomizations.first() {
        let directory = Path::new(&*first.path).parent().filter(|it| !it.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new(".")).to_string_lossy();
        setup.messages.note(&format!(
            "{} is not applied (prefixes, namespace, patches): kubectl kustomize {} | watchdog hpa check -f -",
            first.path,
            shell_quoted(&directory),
        ));
    }
    let skipped = match skipped.as_slice() {
        [] => return,
        [one] => format!("skipped: {one} is not a Kubernetes object"),
        [first, rest @ ..] => {
            let all = rest.len() + 1;
            format!(
                "skipped: {all} documents that are not Kubernetes objects, the first is {first}"
            )
        }
    };
    setup.messages.note(&skipped);
}

fn is_kustomization(path: &Path) -> bool {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    path.file_name().is_some_and(|name| names.iter().any(|it| name == *it))
}

/// The files that the arguments name, each once, in their order.
pub(in crate::cli) fn read(arguments: &[PathBuf]) -> Result<Vec<File>, CommandError> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        let failed = |error: io::Error| {
            let is_absent = error.kind() == io::ErrorKind::NotFound;
            let failed =
                CommandError::failed(format!("cannot read {}: {error}", argument.display()));
            match instead(argument).filter(|_| is_absent) {
                Some(instead) => failed.note(instead),
                None => failed,
            }
        };
        if argument == Path::new("-") {
            if seen.insert(argument.clone()) {
                let read = file(argument, &mut io::stdin().lock()).map_err(failed)?;
                if read.is_blank() {
                    return Err(CommandError::failed(no_object("standard input")));
                }
                files.push(read);
            }
            continue;
        }
        let mut paths = Vec::new();
        if fs::metadata(argument).map_err(failed)?.is_dir() {
            walk(argument, &mut paths).map_err(failed)?;
            if paths.is_empty() {
                let why = "no *.yaml, *.yml or *.json below it";
                return Err(CommandError::failed(format!("{}: {why}", argument.display())));
            }
        } else {
            paths.push(argument.clone());
        }
        // What made an empty file has failed: `helm template` before a pipe, for instance.
        let mut is_blank = true;
        for path in paths {
            if seen.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
                let read = fs::File::open(&path).and_then(|mut opened| file(&path, &mut opened));
                let failed = |error: io::Error| {
                    CommandError::failed(format!("cannot read {}: {error}", path.display()))
                };
                let read = match read {
                    // What is wrong with one of many files hides nothing of the others.
                    Err(error) if path != *argument => {
                        manifest(&path, Err(format!("cannot be read: {error}")))
                    }
                    read => read.map_err(failed)?,
                };
                is_blank &= read.is_blank();
                files.push(read);
            } else {
                is_blank = false;
            }
        }
        if is_blank {
            return Err(CommandError::failed(no_object(&argument.display().to_string())));
        }
    }
    Ok(files)
}

/// What to type instead of an argument that is no file: a URL, or a list.
fn instead(argument: &Path) -> Option<String> {
    let text = argument.to_str()?;
    if text.starts_with("https://") || text.starts_with("http://") {
        let url = shell_quoted(text);
        return Some(format!("-f reads files; try: curl -fsSL {url} | watchdog hpa check -f -"));
    }
    if text.contains('*') {
        let directory = argument.parent().filter(|it| !it.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new(".")).to_string_lossy();
        let directory =
            if directory.contains('*') { "DIR".into() } else { shell_quoted(&directory) };
        return Some(format!("-f takes no glob; all manifests of a directory: -f {directory}"));
    }
    let parts: Vec<&str> = text.split(',').filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 {
        return None;
    }
    let flags: Vec<String> = parts.iter().map(|it| format!("-f {}", shell_quoted(it))).collect();
    Some(format!("-f takes one file and may be repeated: {}", flags.join(" ")))
}

fn file(path: &Path, from: &mut impl Read) -> io::Result<File> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "is longer than 256 MiB"));
    }
    Ok(manifest(path, decoded(bytes)))
}

/// UTF-8; or UTF-16 with its mark, as PowerShell's `>` writes it.
fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let wide = |of: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.get(2..).unwrap_or_default().as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| of(*pair)).collect();
        let text = String::from_utf16(&units).ok().filter(|_| rest.is_empty());
        text.ok_or_else(|| "not valid UTF-16 text".to_owned())
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8(bytes).map_err(|error| {
            let valid = error.as_bytes().get(..error.utf8_error().valid_up_to());
            let line = valid.unwrap_or_default().split(|it| *it == b'\n').count();
            format!("not UTF-8 text (line {line})")
        }),
    }
}

fn manifest(path: &Path, text: Result<String, String>) -> File {
    let is_stdin = path == Path::new("-");
    // `./a.yaml` and `a.yaml` are one file to those who read annotations.
    let shown = path.strip_prefix(".").unwrap_or(path);
    let shown = if is_stdin { STDIN.into() } else { shown.to_string_lossy() };
    let directory = path.parent().map(|it| it.to_string_lossy().into_owned());
    File { path: shown.as_ref().into(), directory: directory.unwrap_or_default(), text }
}

/// The manifests below a directory, sorted; hidden ones, and links to directories, are left out.
fn walk(directory: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&path, found)?;
        } else if let Some(extension) = path.extension()
            && EXTENSIONS.iter().any(|it| extension == *it)
            && path.is_file()
        {
            found.push(path);
        }
    }
    Ok(())
}
