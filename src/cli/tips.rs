//! Tips for command lines that clap refuses: where a kubectl user means something that is done
//! otherwise here, the error shows the line to type.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::term::text::shell_quoted;

/// Hidden commands that are no user's business: an error must not suggest them.
pub(super) const INTERNAL: [&str; 2] = ["guard", "exec-newest"];

/// Adds tips to an error about the command line `args` (without the program's name).
pub(super) fn add(error: &mut clap::Error, args: &[String]) {
    hide_internal(error);
    hide_value(error, args);
    let has_similar = error.get(ContextKind::SuggestedSubcommand).is_some();
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let tip = match error.kind() {
        ErrorKind::InvalidSubcommand => text(ContextKind::InvalidSubcommand)
            .and_then(|word| of_command(word, args))
            .or_else(|| {
                let word = text(ContextKind::InvalidSubcommand).filter(|_| !has_similar)?;
                of_name(word, args)
            }),
        ErrorKind::UnknownArgument => {
            text(ContextKind::InvalidArg).and_then(|word| of_argument(word, args))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            match (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue)) {
                (Some(arg), Some(value)) => of_value(arg, value, args),
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(tip) = tip {
        // The nearest spelling is not what is meant.
        let nearest = [
            ContextKind::SuggestedSubcommand,
            ContextKind::SuggestedArg,
            ContextKind::SuggestedValue,
        ];
        for kind in nearest {
            error.remove(kind);
        }
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
}

/// clap proposes `-- -w` for each unknown flag. Behind `--` stand names, and none begins with a dash; but for what the
/// demo runs.
fn hide_value(error: &mut clap::Error, args: &[String]) {
    let is_demo = args.first().is_some_and(|first| first == "demo");
    if error.kind() != ErrorKind::UnknownArgument || is_demo {
        return;
    }
    let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) else { return };
    let is_useful = |tip: &&clap::builder::StyledStr| !tip.to_string().contains("as a value");
    let tips: Vec<_> = tips.iter().filter(is_useful).cloned().collect();
    error.remove(ContextKind::Suggested);
    if !tips.is_empty() {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
}

fn hide_internal(error: &mut clap::Error) {
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::ValidSubcommand];
    for kind in kinds {
        if let Some(ContextValue::Strings(names)) = error.get(kind) {
            let names: Vec<String> =
                names.iter().filter(|it| !INTERNAL.contains(&it.as_str())).cloned().collect();
            error.remove(kind);
            if !names.is_empty() {
                error.insert(kind, ContextValue::Strings(names));
            }
        }
    }
}

/// The group of commands in which the word stands, such as `hpa`; empty at the top.
fn group<'a>(word: &str, args: &'a [String]) -> &'a str {
    let before = args.iter().take_while(|arg| *arg != word);
    let groups = [
        "hpa",
        "snapshot",
        "forward",
        "forwards",
        "fwd",
        "pf",
        "port-forward",
        "cluster",
        "ns",
        "config",
        "supervisor",
    ];
    let mut named = before.filter(|arg| groups.contains(&arg.as_str()));
    match named.next().map_or("", String::as_str) {
        "fwd" | "pf" | "forwards" | "port-forward" => "forward",
        group => group,
    }
}

fn of_command(word: &str, args: &[String]) -> Option<String> {
    Some(match (group(word, args), word) {
        ("forward", target) if target.contains('/') => {
            let rest = args.iter().skip_while(|arg| *arg != target);
            let rest: Vec<_> = rest.map(|arg| shell_quoted(arg)).collect();
            format!("to start a forward: watchdog forward start {}", rest.join(" "))
        }
        ("hpa", "explain") => {
            let finding = args.iter().skip_while(|arg| *arg != word).nth(1);
            let finding = finding.map_or_else(|| "ID".into(), |it| shell_quoted(it));
            format!("watchdog hpa check --explain {finding}")
        }
        ("config", "get-contexts" | "get-clusters" | "current-context") => {
            "watchdog cluster list".to_owned()
        }
        ("config" | "cluster" | "", "use-context" | "use") => {
            "--context NAME for one command; for all: kubectl config use-context NAME".to_owned()
        }
        ("hpa", "history") => "watchdog history [NAME]".to_owned(),
        ("hpa", "diff") => "watchdog snapshot diff".to_owned(),
        ("hpa" | "", "events") => "an HPA's events: watchdog hpa get NAME".to_owned(),
        ("" | "hpa", "describe") => "watchdog hpa get NAME".to_owned(),
        (
            "" | "hpa",
            "apply" | "create" | "delete" | "edit" | "patch" | "scale" | "autoscale" | "replace"
            | "rollout" | "set" | "annotate" | "label" | "drain" | "cordon" | "expose",
        ) => format!("watchdog only reads clusters; to change one: kubectl {word}"),
        ("", "logs" | "exec" | "cp" | "attach" | "debug") => {
            format!("kubectl {word}; the log of a forward: watchdog forward logs NAME")
        }
        ("", "status") => "watchdog hpa list, or watchdog forward status".to_owned(),
        ("", "start" | "stop" | "restart" | "endpoint" | "env" | "heartbeat" | "why" | "reap") => {
            format!("watchdog forward {word}")
        }
        ("", "take" | "prune" | "export" | "show") => format!("watchdog snapshot {word}"),
        ("", "init" | "validate" | "view") => format!("watchdog config {word}"),
        ("", "login" | "auth") => {
            "credentials are those of your kubeconfig; watchdog doctor checks them".to_owned()
        }
        ("snapshot", "delete" | "rm") => {
            "old snapshots: watchdog snapshot prune --keep 30d".to_owned()
        }
        _ => return None,
    })
}

/// A name where a command is expected.
fn of_name(word: &str, args: &[String]) -> Option<String> {
    let is_name = crate::kubectl::Name::parse(word).is_ok() || word.contains('/');
    (is_name && group(word, args) == "hpa")
        .then(|| format!("an HPA of this name: watchdog hpa get {}", shell_quoted(word)))
}

fn of_argument(word: &str, args: &[String]) -> Option<String> {
    let flag = word.split(['=', ' ']).next().unwrap_or_default();
    Some(match flag {
        "--token"
        | "--server"
        | "-s"
        | "--user"
        | "--username"
        | "--password"
        | "--certificate-authority"
        | "--client-certificate"
        | "--client-key"
        | "--insecure-skip-tls-verify"
        | "--tls-server-name" => {
            "servers and credentials come from the kubeconfig: --kubeconfig FILE, --context NAME"
                .to_owned()
        }
        "--field-selector" => format!(
            "choose by name and namespace: watchdog hpa list NAME -n NAMESPACE; by other fields: {}",
            jq(args, &[])
        ),
        "--template" => of_value("--output", "go-template", args)?,
        "--on-event" | "--webhook" => {
            "in the configuration: monitoring.on_event and monitoring.webhook".to_owned()
        }
        "--all" => "-A for all namespaces".to_owned(),
        "--filter" | "--maxed" | "--maxed-out" | "--at-max" | "--only" | "--finding"
        | "--state" => {
            let value = word.split_once('=').map(|(_, value)| value);
            let pattern = value.filter(|value| !value.is_empty()).unwrap_or("*max*");
            format!("by STATUS: watchdog hpa list --status {}", shell_quoted(pattern))
        }
        "-w" | "--watch" | "--watch-only" => "watchdog hpa watch".to_owned(),
        "--prometheus" | "--alertmanager" if args.iter().any(|it| it == "doctor") => {
            "watchdog prometheus test checks each cluster's Prometheus; watchdog alerts names each Alertmanager"
                .to_owned()
        }
        "--sort-by" if args.first().is_some_and(|it| it == "alerts") => {
            "the worst is first; another order: watchdog alerts -o json | jq '.alerts | sort_by(.startsAt)'"
                .to_owned()
        }
        number if number.starts_with('-') && number[1..].parse::<u64>().is_ok() => {
            let before = args.iter().take_while(|it| *it != number).last()?;
            if before != "--limit" {
                return None;
            }
            "--limit 0 shows all, --limit N the first N".to_owned()
        }
        "--limit" => {
            "all HPAs are listed: name some (watchdog hpa list 'web-*'), or --problems".to_owned()
        }
        "-R" | "--recursive" => {
            "a directory is read with all below it: watchdog hpa check -f DIR".to_owned()
        }
        "-k" | "--kustomize" => {
            "manifests of kustomize: kubectl kustomize DIR | watchdog hpa check -f -".to_owned()
        }
        "-c" | "--container" => {
            "for one cluster: --context NAME; containers of a pod: kubectl logs POD -c NAME"
                .to_owned()
        }
        "--since" | "--since-time" => {
            "over time: watchdog history --since 1h; what changed: watchdog snapshot diff -1h"
                .to_owned()
        }
        "--filename" | "-f" => "manifests: watchdog hpa check -f FILE".to_owned(),
        "--ignore-not-found"
        | "--chunk-size"
        | "--show-kind"
        | "--show-managed-fields"
        | "--server-print"
        | "--use-openapi-print-columns" => format!("leave {flag} out"),
        _ => return None,
    })
}

fn of_value(arg: &str, value: &str, args: &[String]) -> Option<String> {
    let flag = arg.split(' ').next().unwrap_or_default();
    let (form, rest) = value.split_once('=').unwrap_or((value, ""));
    match (flag, form) {
        ("<SHELL>", _) => {
            Some("completions are for bash, elvish, fish, powershell and zsh only".to_owned())
        }
        ("[NAME]...", directory)
            if directory.ends_with('/') && args.iter().any(|it| it == "check") =>
        {
            Some(format!(
                "the manifests of a directory: watchdog hpa check -f {}",
                shell_quoted(directory)
            ))
        }
        ("--output", "name") if args.iter().any(|it| it == "top") => {
            Some("names alone: watchdog hpa list -o name".to_owned())
        }
        ("--output", "name") if args.first().is_some_and(|it| it == "alerts") => {
            Some("names alone: watchdog alerts -o json | jq -r '.alerts[].alertname'".to_owned())
        }
        ("--output", "custom-columns" | "custom-columns-file") => {
            let columns = rest.split(',').filter_map(|column| column.split_once(':'));
            let paths: Vec<&str> = columns.map(|(_, path)| path).collect();
            Some(format!("with jq: {}", jq(args, &paths)))
        }
        (
            "--output",
            "jsonpath" | "jsonpath-as-json" | "jsonpath-file" | "go-template" | "go-template-file"
            | "template" | "templatefile",
        ) => Some(format!("with jq: {}", jq(args, &braced_paths(rest)))),
        ("--sort-by", path) if path.contains('.') => {
            let path = path.trim_start_matches('{').trim_end_matches('}');
            let path = path.strip_prefix(".items[*]").unwrap_or(path);
            let field = match field("hpas", path).as_deref()? {
                ".name" => "name",
                ".namespace" => "namespace",
                ".createdAt" => "age",
                ".minReplicas" => "min",
                ".maxReplicas" => "max",
                ".currentReplicas" | ".desiredReplicas" => "replicas",
                ".target.name" | ".target.kind" => "reference",
                _ => return None,
            };
            Some(format!("here: --sort-by {field}"))
        }
        _ => None,
    }
}

/// The command line that prints JSON and filters it by paths of Kubernetes' objects: `.name`, or several as columns.
/// Paths that watchdog's documents do not have are left out.
fn jq(args: &[String], paths: &[&str]) -> String {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let list = match words.iter().find(|word| !word.starts_with('-')) {
        Some(&"version") => "",
        Some(&"ns") => "namespaces",
        Some(&"cluster") => "clusters",
        Some(&"snapshot") => "snapshots",
        Some(&"forward" | &"fwd" | &"pf") => "forwards",
        _ if words.contains(&"check") => "findings",
        _ => "hpas",
    };
    let mut index = "";
    let fields: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let path = path.trim_start_matches('{').trim_end_matches('}').trim();
            let Some(rest) = path.strip_prefix(".items[") else { return field(list, path) };
            let (item, rest) = rest.split_once(']')?;
            match item {
                "*" => {}
                _ if item.bytes().all(|byte| byte.is_ascii_digit()) => index = item,
                _ => return None,
            }
            field(list, rest)
        })
        .collect();
    let filter = match &fields[..] {
        [] => String::new(),
        [one] => one.clone(),
        several => format!(" | [{}] | @tsv", several.join(", ")),
    };
    let command = without_output(&words).map(shell_quoted).collect::<Vec<_>>().join(" ");
    let filter = match list {
        "" => ".".to_owned(),
        list => format!(".{list}[{index}]{filter}"),
    };
    format!("watchdog {command} -o json | jq -r {}", shell_quoted(&filter))
}

/// The words without the flags that kubectl's formats and selections of fields are given by, and their values.
fn without_output<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let mut is_value = false;
    words.iter().copied().filter(move |word| {
        if std::mem::take(&mut is_value) {
            return false;
        }
        let flag = word.split('=').next().unwrap_or_default();
        let is_dropped = matches!(flag, "-o" | "--output" | "--template" | "--field-selector");
        is_value = is_dropped && flag == *word;
        !(is_dropped || word.starts_with("-o"))
    })
}

/// The paths in braces of a template.
fn braced_paths(template: &str) -> Vec<&str> {
    let inner = template.split('{').skip(1).filter_map(|part| part.split('}').next());
    inner.map(|part| part.trim_start_matches("range ").trim()).collect()
}

/// A path of a Kubernetes object as a path in the elements of a list that watchdog prints; none if
/// it has no such field.
fn field(list: &str, path: &str) -> Option<String> {
    let only_name = [(".metadata.name", ".name"), (".metadata.namespace", ".namespace")];
    let exact: &[(&str, &str)] = match list {
        "hpas" => &[
            (".metadata.name", ".name"),
            (".metadata.namespace", ".namespace"),
            (".metadata.uid", ".uid"),
            (".metadata.labels", ".labels"),
            (".metadata.creationTimestamp", ".createdAt"),
            (".spec.scaleTargetRef", ".target"),
            (".spec.scaleTargetRef.name", ".target.name"),
            (".spec.scaleTargetRef.kind", ".target.kind"),
            (".spec.scaleTargetRef.apiVersion", ".target.apiVersion"),
            (".spec.minReplicas", ".minReplicas"),
            (".spec.maxReplicas", ".maxReplicas"),
            (".spec.metrics", ".metrics"),
            (".status.currentReplicas", ".currentReplicas"),
            (".status.desiredReplicas", ".desiredReplicas"),
            (".status.lastScaleTime", ".lastScaleTime"),
            (".status.currentMetrics", ".metrics"),
            (".status.conditions", ".conditions"),
        ],
        "findings" => &[(".metadata.name", ".hpa"), (".metadata.namespace", ".namespace")],
        _ => &only_name[..1],
    };
    if let Some((_, ours)) = exact.iter().find(|(theirs, _)| *theirs == path) {
        return Some((*ours).to_owned());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '[' | ']');
    if list != "hpas" || !path.chars().all(plain) {
        return None;
    }
    if let Some(label) = path.strip_prefix(".metadata.labels.") {
        return Some(format!(".labels.{label}"));
    }
    // Its index, and the field in it.
    let item = |prefix: &str| {
        let (index, field) = path.strip_prefix(prefix)?.strip_prefix('[')?.split_once(']')?;
        let is_index = index.bytes().all(|byte| byte.is_ascii_digit());
        is_index.then_some((index, field))
    };
    if let Some((index, field)) = item(".status.conditions") {
        let is_known =
            ["", ".type", ".status", ".reason", ".message", ".lastTransitionTime"].contains(&field);
        return is_known.then(|| format!(".conditions[{index}]{field}"));
    }
    let (index, field) = item(".spec.metrics").or_else(|| item(".status.currentMetrics"))?;
    let (source, rest) = field.strip_prefix('.').unwrap_or_default().split_once('.').unzip();
    let ours = match (source, rest) {
        _ if field.is_empty() || field == ".type" => field,
        (_, Some("name" | "metric.name")) => ".name",
        (_, Some("target.averageUtilization" | "target.averageValue" | "target.value")) => {
            ".target.value"
        }
        (_, Some("target.type")) => ".target.type",
        (_, Some("current.averageUtilization")) => ".current.utilization",
        (_, Some("current.averageValue")) => ".current.averageValue",
        (_, Some("current.value")) => ".current.value",
        _ => return None,
    };
    Some(format!(".metrics[{index}]{ours}"))
}

#[cfg(test)]
mod tests;
