//! Shared by the commands: the configuration, the gate and the scope, made from the flags.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::environment::go_is_tuned;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::named;
use super::namespaces::NamespaceArgs;
use super::print::print;
use crate::collect::{Collected, Collector, Observer, Stop, unexpected_twins};
use crate::config::{self, Config, Scope};
use crate::hpa::{Hpa, HpaName, HpaNames};
use crate::kube::Selector;
use crate::kubectl::{
    self, Cluster, KubeConfig, Kubectl, Outcome, Patience, ScopeError, Selected, Selection,
    Settings, Sources,
};
use crate::output::clusters::same_hpas;
use crate::output::failures;
use crate::output::findings::unknown_silences;
use crate::term::shown::{self, ShownNames};
use crate::term::table::Rendered;
use crate::term::{ColorChoice, Messages, Progress, Style, stdout};

/// The configuration, messages and style: all that a command without a cluster needs.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) config: Config,
    /// The file that the configuration was read from, if any.
    pub(super) config_path: Option<PathBuf>,
    pub(super) messages: Messages,
    /// The style of standard output.
    pub(super) style: Style,
}

impl Setup {
    /// Reads the configuration.
    pub(super) fn new(global: &Global) -> Result<Self, CommandError> {
        let loaded = config::load(global.config.as_deref(), &config::Env::current())
            .map_err(CommandError::from)?;
        Ok(Self::from_loaded(global, loaded))
    }

    /// Makes the setup from a configuration that has been read.
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

    /// The gate; starts no process. `--timeout` overrides the configuration.
    pub(super) fn kubectl(&self, global: &Global) -> Result<Kubectl, kubectl::Error> {
        let env = std::env::var_os("WATCHDOG_KUBECTL");
        let configured = self.config.kubectl.path.as_deref();
        let program = kubectl::locate(global.kubectl.as_deref(), env.as_deref(), configured)?;
        Ok(Kubectl::new(Settings {
            program,
            kubeconfig: global.kubeconfig.clone(),
            impersonation: global.impersonation(),
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

    /// As [`Setup::kubeconfig`], but with the error as text.
    pub(super) async fn read_kubeconfig(
        &self,
        global: &Global,
        kubectl: &Result<Kubectl, kubectl::Error>,
    ) -> Result<KubeConfig, String> {
        let sources = Sources::from_env(global.kubeconfig.clone());
        KubeConfig::read(&sources, self.config.kubectl.contexts, kubectl.as_ref()).await
    }

    /// The selection of the flags: aliases resolved, and narrowed by `--cluster-label`.
    pub(super) fn selection(
        &self,
        global: &Global,
        kubeconfig: &KubeConfig,
    ) -> Result<Selection, ScopeError> {
        let config = &self.config.clusters;
        let selection = global.selection().resolved(kubeconfig, config);
        let selectors = &global.cluster_label;
        if selectors.is_empty() {
            return Ok(selection);
        }
        let contexts = kubeconfig.contexts.values().filter(|context| {
            let labels = config.labels_of(&[&context.name, &context.cluster]);
            selectors.iter().all(|selector| selector.matches(&labels))
        });
        let only: BTreeSet<String> = contexts.map(|context| context.name.clone()).collect();
        let labelled = Selection { only: Some(only), ..selection };
        let mut contexts = kubeconfig.contexts.values();
        let is_current = |name: &str| kubeconfig.current.as_deref() == Some(name);
        if !contexts.any(|context| labelled.means(context, is_current(&context.name))) {
            let labels: Vec<String> = selectors.iter().map(Selector::to_string).collect();
            let exists = labelled.only.as_ref().is_some_and(|only| !only.is_empty());
            return Err(ScopeError::NoLabelled { labels: labels.join(","), exists });
        }
        Ok(labelled)
    }

    /// The clusters selected by the flags and the configuration.
    pub(super) fn select(
        &self,
        global: &Global,
        kubeconfig: &KubeConfig,
    ) -> Result<Selected, ScopeError> {
        let selection = self.selection(global, kubeconfig)?;
        Selected::of(kubeconfig, &selection, &self.config.clusters)
    }

    /// The collector, set up as configured.
    pub(super) fn collector(&self, kubectl: Kubectl, observer: Arc<dyn Observer>) -> Collector {
        Collector {
            kubectl,
            lists: self.config.kubectl.lists,
            annotation_prefix: self.config.check.annotation_prefix.as_str().into(),
            slots: Arc::new(Semaphore::new(self.config.clusters.max_parallel.max(1))),
            observer,
            stop: Stop::default(),
        }
    }

    /// Sets how clusters are shown in text: by their aliases, and on a terminal without what all names share. Each
    /// cluster has a name and a context.
    pub(super) fn show_clusters<'a>(&self, clusters: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let alias = |name, context| self.config.clusters.alias(&[name, context]);
        let names = clusters.into_iter().map(|(name, context)| (name, alias(name, context)));
        ShownNames::new(names, stdout::is_terminal()).make_current();
    }

    /// Prints a table, and notes the columns hidden for lack of width, and what is not shown of clusters' names.
    pub(super) fn print_table(&self, table: &Rendered) -> Result<(), CommandError> {
        print(table.text.as_bytes())?;
        if !table.hidden.is_empty() {
            let hidden = table.hidden.join(", ");
            self.messages
                .note(&format!("hidden columns: {hidden} (a wider terminal or a pipe shows all)"));
        }
        if let Some(left_out) = shown::left_out() {
            self.messages.note(&left_out);
        }
        Ok(())
    }
}

/// How long a person waits for a silent API server.
const SILENCE: Duration = Duration::from_secs(10);

/// Everything for a command that reads clusters.
pub(super) struct Reading {
    pub(super) setup: Setup,
    pub(super) collector: Collector,
    pub(super) clusters: Vec<Cluster>,
    /// The requested HPAs; all of the scope if none is named.
    pub(super) names: HpaNames,
    namespaces: NamespaceArgs,
    progress: Arc<Progress>,
    /// Whether `--timeout` was given.
    timeout_given: bool,
    /// Whether the kubeconfig has no other cluster.
    pub(super) is_only_cluster: bool,
}

impl Reading {
    /// Reads configuration and kubeconfig, and selects the clusters.
    pub(super) async fn new(global: &Global) -> Result<Self, CommandError> {
        Self::with(global, Setup::new(global)?).await
    }

    /// As [`Reading::new`], with a configuration that has been read.
    pub(super) async fn with(global: &Global, setup: Setup) -> Result<Self, CommandError> {
        Self::of(global, setup, &[]).await
    }

    /// As [`Reading::with`], for the HPAs of these names: only the clusters that they name are read.
    pub(super) async fn of(
        global: &Global,
        setup: Setup,
        names: &[HpaName],
    ) -> Result<Self, CommandError> {
        let kubectl = setup.kubectl(global);
        let kubeconfig = setup.kubeconfig(global, &kubectl).await?;
        let kubectl = kubectl.map_err(CommandError::failed)?;
        let (chosen, names) = named::select(&setup, global, &kubeconfig, names)?;
        for note in &chosen.notes {
            setup.messages.note(&format!("skipped: {note}"));
        }
        for note in &chosen.unread {
            setup.messages.note(note);
        }
        setup.show_clusters(chosen.clusters.iter().map(|it| (&*it.name, &*it.context)));
        let progress = Arc::new(Progress::new(chosen.clusters.len(), global.quiet));
        let collector = setup.collector(kubectl, Arc::clone(&progress) as Arc<dyn Observer>);
        let namespaces = global.namespaces.clone();
        let timeout_given = global.timeout.is_some();
        let entries: BTreeSet<&String> =
            kubeconfig.contexts.values().map(|context| &context.cluster).collect();
        let is_only_cluster = entries.len() <= 1;
        let clusters = chosen.clusters;
        Ok(Self {
            setup,
            collector,
            clusters,
            names,
            namespaces,
            progress,
            timeout_given,
            is_only_cluster,
        })
    }

    /// For a command that a person waits for: `stop` ends the reading, and on a terminal a server
    /// that is silent has failed after a while, unless a timeout was configured or given.
    pub(super) fn attended(mut self, stop: Stop) -> Self {
        self.collector.stop = stop;
        let config = &self.setup.config.kubectl;
        let default = Config::default().kubectl.timeout();
        let is_default = !self.timeout_given && config.timeout() == default;
        if is_default && stdout::is_terminal() && std::io::stderr().is_terminal() {
            let (progress, messages) = (Arc::clone(&self.progress), self.setup.messages);
            let plugin_said = move |context: &str, line: &str| {
                if !line.trim().is_empty() {
                    progress.suspend(|| messages.note(&format!("{context}: {line}")));
                }
            };
            let patience = Patience { silence: SILENCE, plugin_said: Arc::new(plugin_said) };
            self.collector.kubectl = self.collector.kubectl.clone().with_patience(patience);
        }
        self
    }

    /// The namespaces selected by the flags or the configuration. An HPA that is named is read in any namespace.
    pub(super) fn scope(&self) -> Scope {
        let scope = self.namespaces.scope(&self.setup.config.namespaces);
        let scope = if self.names.is_empty() { scope } else { scope.without_exclusions() };
        scope.with_impersonation(self.collector.kubectl.impersonation().clone())
    }

    /// Notes clusters that are one cluster under several names, recognized by their HPAs' uids.
    pub(super) fn note_twins<'a>(&self, hpas: impl IntoIterator<Item = &'a Hpa>) {
        let seen = hpas.into_iter().map(|hpa| (&*hpa.cluster, hpa.uid.as_str()));
        for names in unexpected_twins(&self.clusters, seen) {
            self.setup.messages.note(&same_hpas(&names));
        }
    }

    /// The other names by which clusters may be meant: aliases, and what is shown of names.
    pub(super) fn aliases(&self) -> Vec<(String, String)> {
        let config = &self.setup.config.clusters;
        let names = |cluster: &Cluster| {
            let alias = config.alias(&[&cluster.name, &cluster.context]).map(str::to_owned);
            let others = alias.into_iter().chain([shown::shown(&cluster.name)]);
            let name = cluster.name.to_string();
            let others = others.filter(move |it| *it != name);
            let name = cluster.name.to_string();
            others.map(move |other| (name.clone(), other)).collect::<Vec<_>>()
        };
        self.clusters.iter().flat_map(names).collect()
    }

    /// Notes annotations that silence findings which do not exist.
    pub(super) fn note_unknown_silences<'a>(&self, hpas: impl IntoIterator<Item = &'a Hpa>) {
        let prefix = &self.setup.config.check.annotation_prefix;
        for note in unknown_silences(hpas, prefix) {
            self.setup.messages.note(&note);
        }
    }

    /// Clears the progress display, once everything is read.
    pub(super) fn done(&self) {
        self.progress.clear();
    }

    /// Prints the failures of clusters, and returns how the command ends.
    pub(super) fn report<T>(&self, collected: &Collected<T>) -> Exit {
        self.report_outcomes(&collected.clusters)
    }

    /// As [`Reading::report`], given only the outcomes.
    pub(super) fn report_outcomes<'a>(
        &self,
        outcomes: impl IntoIterator<Item = &'a Outcome>,
    ) -> Exit {
        let messages = self.setup.messages;
        let kubeconfig = self.collector.kubectl.kubeconfig();
        let outcomes: Vec<&Outcome> = outcomes.into_iter().collect();
        let failures =
            failures::messages(outcomes.iter().copied(), messages.is_for_a_person(), kubeconfig);
        for failure in &failures {
            messages.error(&failure.error);
            if let Some(note) = &failure.note {
                messages.note(note);
            }
        }
        if failures.is_empty() {
            return Exit::Done;
        }
        if let Some(count) = failures::count(&outcomes) {
            messages.note(&count);
        }
        Exit::Incomplete
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        // After an interruption, tasks may still hold the progress: clear its line at once.
        self.progress.clear();
    }
}
