//! What the commands share: the configuration, the gate and the scope, made from the flags.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::environment::go_is_tuned;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, NamespaceArgs};
use super::print::print;
use crate::collect::{Collected, Collector, NamespaceFilter, Observer, Outcome, twins};
use crate::config::{self, Config, Contexts};
use crate::hpa::Hpa;
use crate::kubectl::{
    self, Cluster, KubeConfig, KubeConfigError, Kubectl, Name, Read, Scope, Selection, Settings,
    SingleFile, Sources, Target,
};
use crate::output::failures::{ClusterFailure, Group, grouped};
use crate::term::table::Rendered;
use crate::term::{ColorChoice, Messages, Progress, Style, stdout};

/// The configuration and how to talk to the user: all that a command without a cluster needs.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) config: Config,
    /// Where the configuration came from, if from a file.
    pub(super) config_path: Option<PathBuf>,
    pub(super) messages: Messages,
    /// For stdout.
    pub(super) style: Style,
}

impl Setup {
    /// Reads the configuration.
    pub(super) fn new(global: &Global) -> Result<Self, CommandError> {
        let loaded = config::load(global.config.as_deref(), &config::Env::current())
            .map_err(CommandError::from)?;
        Ok(Self::from_loaded(global, loaded))
    }

    /// With a configuration that has been read.
    pub(super) fn from_loaded(global: &Global, loaded: config::Loaded) -> Self {
        let color = loaded.config.output.color;
        let setup = Self::with(global, loaded.config, loaded.path, color);
        for warning in &loaded.warnings {
            setup.messages.note(&warning.to_string());
        }
        setup
    }

    /// The defaults, whatever the configuration file says.
    pub(super) fn without_config(global: &Global) -> Self {
        Self::with(global, Config::default(), None, ColorChoice::Auto)
    }

    fn with(global: &Global, config: Config, path: Option<PathBuf>, color: ColorChoice) -> Self {
        let color = global.color.map_or(color, ColorChoice::from);
        let messages = Messages::new(color, global.quiet);
        messages.make_current();
        Self { config, config_path: path, messages, style: stdout::style(color) }
    }

    /// The gate, without a process started. `--timeout` outranks the configuration.
    pub(super) fn kubectl(&self, global: &Global) -> Result<Kubectl, kubectl::Error> {
        let env = std::env::var_os("WATCHDOG_KUBECTL");
        let configured = self.config.kubectl.path.as_deref();
        let program = kubectl::locate(global.kubectl.as_deref(), env.as_deref(), configured)?;
        Ok(Kubectl::new(Settings {
            program,
            kubeconfig: global.kubeconfig.clone(),
            timeout: global.timeout.unwrap_or_else(|| self.config.kubectl.timeout()),
            retries: self.config.kubectl.retries,
            versions: kubectl::versions_file(),
            go_is_tuned: go_is_tuned(),
        })
        .until(global.deadline))
    }

    /// The kubeconfig: its files, or kubectl's view of it where the configuration says so or a
    /// file is not plain enough.
    pub(super) async fn kubeconfig(
        &self,
        global: &Global,
        kubectl: &Result<Kubectl, kubectl::Error>,
    ) -> Result<KubeConfig, CommandError> {
        self.read_kubeconfig(global, kubectl).await.map_err(CommandError::failed)
    }

    /// As [`Setup::kubeconfig`]; on failure, the sentence.
    pub(super) async fn read_kubeconfig(
        &self,
        global: &Global,
        kubectl: &Result<Kubectl, kubectl::Error>,
    ) -> Result<KubeConfig, String> {
        let sources = Sources::from_env(global.kubeconfig.clone());
        let mut irregular = None;
        if self.config.kubectl.contexts == Contexts::File {
            match KubeConfig::from_files(&sources) {
                Ok(kubeconfig) => return Ok(kubeconfig),
                Err(error @ KubeConfigError::Unreadable { .. }) => return Err(error.to_string()),
                Err(error @ KubeConfigError::Irregular { .. }) => {
                    tracing::debug!(%error, "asking kubectl instead");
                    irregular = Some(error);
                }
            }
        }
        let kubectl = kubectl.as_ref().map_err(ToString::to_string)?;
        let view = kubectl.read(Target::Default, &Read::ConfigView).await;
        view.map_err(|error| kubectl::refusal(&error.message).to_owned())
            .and_then(|view| KubeConfig::from_view(&view, sources.files()))
            .map_err(|error| match irregular {
                // The reason why it was left to kubectl is often kubectl's own, and always has the
                // file.
                Some(KubeConfigError::Irregular { path, reason })
                    if !error.contains(&*path.to_string_lossy()) =>
                {
                    let path = path.display();
                    format!("cannot read the kubeconfig {path} ({reason}): {error}")
                }
                _ => format!("cannot read the kubeconfig: {error}"),
            })
    }

    /// What reads clusters as the configuration says.
    pub(super) fn collector(&self, kubectl: Kubectl, observer: Arc<dyn Observer>) -> Collector {
        Collector {
            kubectl,
            lists: self.config.kubectl.lists,
            slots: Arc::new(Semaphore::new(self.config.clusters.max_parallel.max(1))),
            observer,
        }
    }

    /// Prints a table, and says what of it the terminal had no room for.
    pub(super) fn print_table(&self, table: &Rendered) -> Result<(), CommandError> {
        print(table.text.as_bytes())?;
        if !table.hidden.is_empty() {
            let hidden = table.hidden.join(", ");
            self.messages.note(&format!("no room for {hidden}: widen the terminal, or use a pipe"));
        }
        Ok(())
    }
}

/// Everything for a command that reads clusters.
pub(super) struct Reading {
    pub(super) setup: Setup,
    pub(super) collector: Collector,
    pub(super) clusters: Vec<Cluster>,
    progress: Arc<Progress>,
}

impl Reading {
    /// Configuration, gate, kubeconfig, scope.
    pub(super) async fn new(global: &Global) -> Result<Self, CommandError> {
        Self::with(global, Setup::new(global)?).await
    }

    /// As [`Reading::new`], where the configuration has been read.
    pub(super) async fn with(global: &Global, setup: Setup) -> Result<Self, CommandError> {
        let kubectl = setup.kubectl(global);
        let kubeconfig = setup.kubeconfig(global, &kubectl).await?;
        let kubectl = kubectl.map_err(CommandError::failed)?;
        let scope = scope(global, &setup.config, &kubeconfig).map_err(CommandError::from)?;
        for note in &scope.notes {
            setup.messages.note(&format!("skipped: {note}"));
        }
        for note in &scope.unread {
            setup.messages.note(note);
        }
        let progress = Arc::new(Progress::new(scope.clusters.len(), global.quiet));
        let collector = setup.collector(kubectl, Arc::clone(&progress) as Arc<dyn Observer>);
        Ok(Self { setup, collector, clusters: scope.clusters, progress })
    }

    /// The namespaces that the flags and the configuration mean.
    pub(super) fn namespaces(&self, args: &NamespaceArgs) -> NamespaceFilter {
        if args.all_namespaces {
            NamespaceFilter::All
        } else if args.namespace.is_empty() {
            NamespaceFilter::Default(self.setup.config.namespaces.clone())
        } else {
            NamespaceFilter::Only(args.namespace.clone())
        }
    }

    /// As [`Reading::namespaces`]; an HPA that is requested by name is meant wherever it is.
    pub(super) fn namespaces_for(
        &self,
        name: Option<&Name>,
        args: &NamespaceArgs,
    ) -> NamespaceFilter {
        match self.namespaces(args) {
            NamespaceFilter::Default(_) if name.is_some() => NamespaceFilter::All,
            given => given,
        }
    }

    /// Says which of the clusters are one cluster under several names, by what was read of them.
    pub(super) fn note_twins<'a>(&self, hpas: impl IntoIterator<Item = &'a Hpa>) {
        let seen = hpas.into_iter().map(|hpa| (&*hpa.cluster, hpa.uid.as_str()));
        for names in self.twins(seen) {
            self.setup.messages.note(&format!(
                "{} show the same HPAs (with the same uids), so they are one cluster under several \
                 names; leave all but one out with clusters.exclude in the configuration",
                joined(&names)
            ));
        }
    }

    /// The clusters that are one, save where contexts of one cluster were all asked for by name.
    pub(super) fn twins<'a>(
        &self,
        seen: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Vec<Vec<&'a str>> {
        let entry = |name: &str| {
            let cluster = self.clusters.iter().find(|cluster| &*cluster.name == name);
            cluster.map(|cluster| Arc::clone(&cluster.entry))
        };
        let mut groups = twins(seen);
        groups.retain(|names| names.iter().any(|name| entry(name) != entry(names[0])));
        groups
    }

    /// Clears the progress, once everything is read.
    pub(super) fn done(&self) {
        self.progress.clear();
    }

    /// Says what could not be read; how the command ends by that.
    pub(super) fn report<T>(&self, collected: &Collected<T>) -> Exit {
        self.report_outcomes(&collected.clusters)
    }

    /// As [`Reading::report`], of clusters alone.
    pub(super) fn report_outcomes<'a>(
        &self,
        outcomes: impl IntoIterator<Item = &'a Outcome>,
    ) -> Exit {
        let failures: Vec<ClusterFailure<'_>> = outcomes.into_iter().filter_map(failure).collect();
        if failures.is_empty() {
            return Exit::Done;
        }
        let groups = if self.setup.messages.is_for_a_person() {
            grouped(failures)
        } else {
            // A log, or a script that reads it: a line a cluster.
            failures.into_iter().map(|failure| Group { clusters: vec![failure] }).collect()
        };
        for group in &groups {
            self.setup.messages.error(&group.text());
            let kubeconfig = self.collector.kubectl.kubeconfig();
            if let Some(first) = group.clusters.first()
                && let Some(hint) = hint(first.kind, first.message, first.context, kubeconfig)
            {
                self.setup.messages.note(&format!("{}: {hint}", group.subject()));
            }
        }
        Exit::Incomplete
    }
}

/// What is said of a cluster that failed.
fn failure(cluster: &Outcome) -> Option<ClusterFailure<'_>> {
    let failure = cluster.error.as_ref()?;
    Some(ClusterFailure {
        name: &cluster.name,
        context: &cluster.context,
        server: &cluster.server,
        kind: failure.kind,
        message: &failure.message,
    })
}

impl Drop for Reading {
    fn drop(&mut self) {
        // Interrupted, tasks may still hold the progress: its line goes at once.
        self.progress.clear();
    }
}

/// The clusters that the flags and the configuration mean.
pub(super) fn scope(
    global: &Global,
    config: &Config,
    kubeconfig: &KubeConfig,
) -> Result<Scope, kubectl::ScopeError> {
    let unasked = global.context.is_empty() && global.cluster.is_empty();
    if kubeconfig.contexts.is_empty() && unasked && kubectl::in_cluster() {
        return Ok(Scope { clusters: vec![Cluster::own_pod()], ..Scope::default() });
    }
    kubectl::select(kubeconfig, &selection(global, kubeconfig), &config.clusters)
}

/// The files of the kubeconfig, each by itself, where there are several: those that are not plain by
/// way of kubectl.
pub(super) async fn single_files(
    global: &Global,
    setup: &Setup,
    kubectl: &Result<Kubectl, kubectl::Error>,
) -> Vec<SingleFile> {
    let sources = Sources::from_env(global.kubeconfig.clone());
    if sources.files().len() < 2 {
        return Vec::new();
    }
    let mut files = Vec::new();
    for file in SingleFile::read_all(&sources) {
        match (file, kubectl) {
            (Ok(file), _) => files.push(file),
            (Err(path), Ok(_)) => {
                let global = Global { kubeconfig: Some(path.clone()), ..global.clone() };
                let Ok(kubectl) = setup.kubectl(&global) else { continue };
                let view = kubectl.read(Target::Default, &Read::ConfigView).await;
                files.extend(view.ok().and_then(|view| SingleFile::from_view(path, &view)));
            }
            (Err(_), Err(_)) => {}
        }
    }
    files
}

/// What the flags say of contexts and clusters.
pub(super) fn selection(global: &Global, kubeconfig: &KubeConfig) -> Selection {
    let selection = Selection {
        contexts: global.context.clone(),
        clusters: global.cluster.clone(),
        current: global.current,
    };
    selection.among(kubeconfig)
}

/// What to do about a failure, where there is something to do.
fn hint(
    kind: kubectl::ErrorKind,
    message: &str,
    context: &str,
    kubeconfig: Option<&Path>,
) -> Option<String> {
    let file = kubeconfig
        .map(|file| format!("--kubeconfig {} ", quoted(&file.to_string_lossy())))
        .unwrap_or_default();
    let advice = kubectl::advice(kind, message)?;
    let context = quoted(context);
    Some(format!("{advice}, then try: kubectl {file}--context {context} get namespaces"))
}

/// `a, b and c`
pub(super) fn joined(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// For a shell to read.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
