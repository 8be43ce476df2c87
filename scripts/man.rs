//! Writes the manual pages: `cargo run --example man -- DIR`. Each command's page is generated from
//! the definition of the command line, `watchdog-findings(7)` from the rules, and `watchdog.yaml(5)`
//! from the shipped configuration.

use std::error::Error;
use std::fs;
use std::path::Path;

use clap_mangen::Man;
use roff::{Inline, Roff, bold, italic, roman};
use watchdog::findings::{Severity, rules};

const CONFIGURATION: &str = include_str!("../configs/watchdog.yaml");

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).ok_or("the directory to write to is missing")?;
    let directory = Path::new(&directory);
    let mut command = watchdog::cli::command();
    command.build();
    commands(&command, directory)?;
    fs::write(directory.join("watchdog-findings.7"), findings().render())?;
    fs::write(directory.join("watchdog.yaml.5"), configuration(CONFIGURATION).render())?;
    Ok(())
}

/// Writes a page for the command and for each of its subcommands that is not hidden.
fn commands(command: &clap::Command, directory: &Path) -> Result<(), Box<dyn Error>> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        if inner.get_name() != "help" {
            commands(inner, directory)?;
        }
    }
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render(&mut page)?;
    let mut related = Roff::new();
    related.control("SH", ["SEE ALSO"]);
    let own = command.get_display_name().unwrap_or(command.get_name());
    let pages = ["watchdog(1)", "watchdog-findings(7)", "watchdog.yaml(5)", "kubectl(1)"];
    let others = pages.into_iter().filter(|page| *page != format!("{own}(1)"));
    related.text([roman(others.collect::<Vec<_>>().join(", "))]);
    related.to_writer(&mut page)?;
    fs::write(directory.join(man.get_filename()), page)?;
    Ok(())
}

fn page(title: &str, section: &str, about: &str) -> Roff {
    let version = concat!("watchdog ", env!("CARGO_PKG_VERSION"));
    let mut page = Roff::new();
    page.control("TH", [title, section, "", version, ""]);
    page.control("SH", ["NAME"]);
    page.text([roman(format!("{title} - {about}"))]);
    page
}

fn paragraph(page: &mut Roff, text: impl Into<Vec<Inline>>) {
    page.control("PP", []);
    page.text(text.into());
}

fn findings() -> Roff {
    let mut page = page("watchdog-findings", "7", "what watchdog hpa check reports");
    page.control("SH", ["DESCRIPTION"]);
    page.text([roman(
        "A finding has an id, a severity (error: causes trouble now; warning: will cause trouble; \
         info: informational), a message, an action and evidence. Some rules change the severity \
         with the evidence. The id is used with --only, --ignore and --explain of \
         watchdog-hpa-check(1), and in JSON.",
    )]);
    page.control("SH", ["FINDINGS"]);
    for rule in rules() {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        page.control("SS", [rule.id]);
        page.text([bold(severity), roman(": "), roman(rule.condition)]);
        for text in rule.explain.split("\n\n") {
            paragraph(&mut page, [roman(text.replace('\n', " "))]);
        }
        paragraph(&mut page, [italic("To do: "), roman(rule.action)]);
    }
    page.control("SH", ["SEE ALSO"]);
    page.text([roman("watchdog(1), watchdog-hpa-check(1)")]);
    page
}

/// Comments of the file become paragraphs, keys become entries with their defaults, and indented
/// lines of a comment become examples.
fn configuration(file: &str) -> Roff {
    let mut page = page("watchdog.yaml", "5", "the configuration of watchdog");
    page.control("SH", ["DESCRIPTION"]);
    let mut section = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in file.lines() {
        let text = line.trim_start();
        if let Some(words) = text.strip_prefix('#') {
            comment.push(words.strip_prefix(' ').unwrap_or(words));
            continue;
        }
        let Some((key, default)) = text.split_once(':') else {
            // Comments before the first key describe the whole file.
            describe(&mut page, &std::mem::take(&mut comment));
            continue;
        };
        section.truncate((line.len() - text.len()) / 2);
        section.push(key);
        if section.len() == 1 {
            page.control("SH", [key.to_uppercase().as_str()]);
        } else {
            page.control("TP", []);
        }
        let default = default.trim();
        let name = bold(section.join("."));
        match default {
            "" if section.len() == 1 => {}
            "" => {
                page.text([name]);
            }
            default => {
                page.text([name, roman(format!(" (default: {default})"))]);
            }
        }
        if section.len() == 1 && !default.is_empty() {
            page.control("PP", []);
        }
        describe(&mut page, &std::mem::take(&mut comment));
    }
    page.control("SH", ["SEE ALSO"]);
    page.text([roman("watchdog(1), watchdog-config(1), watchdog-forward(1), watchdog-monitor(1)")]);
    page
}

fn describe(page: &mut Roff, comment: &[&str]) {
    let text: Vec<&str> = comment.iter().copied().take_while(|it| !it.starts_with(' ')).collect();
    if !text.is_empty() {
        page.text([roman(text.join(" "))]);
    }
    let example = &comment[text.len()..];
    if !example.is_empty() {
        page.control("PP", []);
        page.control("EX", []);
        for line in example {
            page.text([roman(*line)]);
        }
        page.control("EE", []);
    }
}
