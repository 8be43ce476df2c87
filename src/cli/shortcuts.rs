//! Commands as users of kubectl type them. They are hidden from the help: each runs a command that
//! is documented.

use clap::{Args, Subcommand};

use super::emit::emit_text;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global};
use super::hpa_args::{Explain, HpaCheckArgs, HpaCommand, HpaGetArgs, HpaListArgs, HpaWatchArgs};
use super::past::PastArgs;
use super::snapshot::{DiffArgs, SnapshotCommand};
use super::top::HpaTopArgs;
use super::{check, complete, hpa, snapshot};
use crate::hpa::HpaName;
use crate::term::text::shell_quoted;

/// A command in the words of kubectl.
#[derive(Debug, Subcommand)]
pub enum Shortcut {
    /// hpa list
    #[command(hide = true, alias = "ls")]
    List(HpaListArgs),
    /// hpa list
    #[command(hide = true)]
    Get(KubectlGet),
    /// hpa get
    #[command(hide = true)]
    Describe(KubectlDescribe),
    /// hpa check
    #[command(hide = true)]
    Check(HpaCheckArgs),
    /// hpa top
    #[command(hide = true)]
    Top(HpaTopArgs),
    /// hpa watch
    #[command(hide = true)]
    Watch(HpaWatchArgs),
    /// hpa check --explain ID
    #[command(hide = true)]
    Explain(ExplainArgs),
    /// snapshot diff
    #[command(hide = true)]
    Diff(DiffArgs),
    /// The version
    #[command(hide = true)]
    Version(VersionArgs),
}

/// `get hpa …`
#[derive(Debug, Args)]
pub struct KubectlGet {
    /// hpa, in any of kubectl's spellings
    #[arg(value_name = "hpa", value_parser = hpa_type)]
    resource: HpaType,
    #[command(flatten)]
    list: HpaListArgs,
}

/// `describe hpa NAME`
#[derive(Debug, Args)]
pub struct KubectlDescribe {
    /// hpa, in any of kubectl's spellings
    #[arg(value_name = "hpa", value_parser = hpa_type)]
    resource: HpaType,
    /// As `hpa get` takes them
    #[arg(value_name = "NAME", value_parser = HpaName::parse,
          add = complete::hpas())]
    names: Vec<HpaName>,
    /// Explain all, where more than three match
    #[arg(long)]
    all: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    output: Description,
}

/// `explain ID`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The finding, or a glob; all without it
    #[arg(default_value = "all", add = complete::findings())]
    finding: Explain,
}

/// `version`
#[derive(Debug, Args)]
pub struct VersionArgs {
    /// As `--version` prints it, whatever kubectl would ask
    #[arg(long, hide = true)]
    client: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    output: Description,
}

/// Kinds that users of kubectl read most, in its spellings.
const KINDS: [&str; 36] = [
    "all",
    "cm",
    "configmap",
    "configmaps",
    "cronjob",
    "cronjobs",
    "daemonset",
    "daemonsets",
    "deploy",
    "deployment",
    "deployments",
    "ds",
    "event",
    "events",
    "ing",
    "ingress",
    "job",
    "jobs",
    "no",
    "node",
    "nodes",
    "po",
    "pod",
    "pods",
    "pvc",
    "replicaset",
    "replicasets",
    "rs",
    "secret",
    "secrets",
    "service",
    "services",
    "statefulset",
    "statefulsets",
    "sts",
    "svc",
];

/// `hpa`, or `hpa/NAME`.
#[derive(Clone, Debug)]
struct HpaType(Option<HpaName>);

fn hpa_type(text: &str) -> Result<HpaType, String> {
    if let Some((kind, _)) = text.split_once('/') {
        hpa_type(kind)?;
        return HpaName::parse(text).map(|name| HpaType(Some(name))).map_err(|it| it.to_string());
    }
    let plain = text.to_ascii_lowercase();
    let plain = plain.split('.').next().unwrap_or_default();
    match plain {
        "hpa" | "hpas" | "horizontalpodautoscaler" | "horizontalpodautoscalers" => {
            Ok(HpaType(None))
        }
        "ns" | "namespace" | "namespaces" => Err("watchdog ns list".to_owned()),
        kind if KINDS.contains(&kind) => Err(format!(
            "watchdog reads HorizontalPodAutoscalers; for others: kubectl get {}",
            shell_quoted(text)
        )),
        _ => Err(format!("for an HPA of this name: watchdog hpa get {}", shell_quoted(text))),
    }
}

pub(super) async fn run(global: &Global, shortcut: Shortcut) -> Result<Exit, CommandError> {
    let command = match shortcut {
        Shortcut::List(list) => HpaCommand::List(list),
        Shortcut::Get(KubectlGet { resource, mut list }) => {
            list.names.extend(resource.0);
            HpaCommand::List(list)
        }
        Shortcut::Describe(KubectlDescribe { resource, mut names, all, output }) => {
            names.extend(resource.0);
            if names.is_empty() {
                return Err(CommandError::usage("which HPA? watchdog hpa get NAME"));
            }
            HpaCommand::Get(HpaGetArgs {
                names,
                all,
                output,
                why: false,
                usage: false,
                past: PastArgs::default(),
                alerts: false,
                print_kubectl: false,
            })
        }
        Shortcut::Check(args) => HpaCommand::Check(args),
        Shortcut::Top(args) => HpaCommand::Top(top(args)?),
        Shortcut::Watch(args) => HpaCommand::Watch(args),
        Shortcut::Explain(args) => return check::explain(global, &args.finding),
        Shortcut::Diff(args) => return snapshot::run(global, SnapshotCommand::Diff(args)).await,
        Shortcut::Version(args) => return version(args.output),
    };
    Box::pin(hpa::run(global, command)).await
}

/// `top hpa NAME` and `top NAME`; of what kubectl shows usage too, kubectl's command.
fn top(mut args: HpaTopArgs) -> Result<HpaTopArgs, CommandError> {
    let Some(first) = args.names.first().map(HpaName::to_string) else { return Ok(args) };
    match first.as_str() {
        "hpa" | "hpas" | "horizontalpodautoscaler" | "horizontalpodautoscalers" => {
            args.names.remove(0);
            Ok(args)
        }
        "po" | "pod" | "pods" | "no" | "node" | "nodes" => Err(CommandError::usage(format!(
            "watchdog shows what the pods of HPAs use; for others: kubectl top {first}"
        ))),
        _ => Ok(args),
    }
}

fn version(format: Description) -> Result<Exit, CommandError> {
    let version = env!("CARGO_PKG_VERSION");
    let document =
        serde_json::json!({ "schemaVersion": "1", "kind": "Version", "version": version });
    emit_text(format, &document, || format!("watchdog {version}\n"))?;
    Ok(Exit::Done)
}
