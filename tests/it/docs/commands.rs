//! Every watchdog command in a document is accepted by watchdog.

use std::collections::BTreeSet;

use clap::error::ErrorKind;
use regex::Regex;

use super::{documents, read};

/// The first command of a shell line as words, up to a comment, a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '|' | '>' | ';' | '#') if word.is_none() || c == ';' => break,
            (None, ' ') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The watchdog commands of a code block: prompts, crontab lines, pipeline steps.
fn of_block(language: &str, block: &str) -> Vec<String> {
    let crontab = Regex::new(r"^(\S+ ){5}(watchdog .*)$").unwrap();
    let step = Regex::new(r"^\s*- (?:run: )?(watchdog .*)$").unwrap();
    let mut commands = Vec::new();
    for line in block.lines() {
        let command = match language {
            "console" => line.strip_prefix("$ ").filter(|it| it.starts_with("watchdog ")),
            "crontab" => crontab.captures(line).map(|it| it.get(2).unwrap().as_str()),
            "yaml" => step.captures(line).map(|it| it.get(1).unwrap().as_str()),
            _ => None,
        };
        commands.extend(command.map(str::to_owned));
    }
    commands
}

/// Code blocks with their language, and the text around them.
fn parts(text: &str) -> (Vec<(String, String)>, String) {
    let (mut blocks, mut prose, mut current) = (Vec::new(), String::new(), None);
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), &mut current) {
            (Some(language), None) => current = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(current.take()),
            (None, Some((_, block))) => *block += &format!("{}\n", line.trim_start()),
            (None, None) => prose += &format!("{line}\n"),
        }
    }
    assert!(current.is_none(), "a block that is not closed");
    (blocks, prose)
}

/// A line with valid values for its placeholders.
fn placeholders(line: &str) -> String {
    let line = line.replace("SHELL", "bash").replace(" PORT", " 80").replace("$$", "1");
    line.replace("NAMESPACE", "shop").replace("--explain ID", "--explain low-min")
}

fn refusal(words: &[String]) -> Option<clap::Error> {
    watchdog::cli::command().try_get_matches_from(words).err()
}

/// In `watchdog demo -- watchdog …` the inner command is checked too.
fn check(document: &str, line: &str, complete: bool, wrong: &mut Vec<String>) {
    let words = words(&placeholders(line));
    if let Some(error) = refusal(&words) {
        let acceptable = match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
            ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => !complete,
            _ => false,
        };
        if !acceptable {
            let first = error.to_string().lines().next().unwrap_or_default().to_owned();
            wrong.push(format!("{document}: {line}: {first}"));
        }
    }
    if let Some(at) = words.iter().skip(1).position(|word| word == "watchdog") {
        let inner = words[at + 1..].to_vec();
        if let Some(error) = refusal(&inner) {
            wrong.push(format!("{document}: {line}: {error}"));
        }
    }
}

#[test]
fn every_command_in_a_document_is_accepted() {
    let inline = Regex::new("`(watchdog [^`]+)`").unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in documents() {
        let (blocks, prose) = parts(&read(&document));
        for (language, block) in &blocks {
            for line in of_block(language, block) {
                check(&document, &line, true, &mut wrong);
                seen += 1;
            }
        }
        for found in inline.captures_iter(&prose) {
            let line = found[1].replace('\n', " ");
            if line.contains('…') || line.contains("watchdog COMMAND") {
                continue;
            }
            check(&document, &line, false, &mut wrong);
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 100, "{seen}");
}

/// Flags of other programs that documents mention.
const FOREIGN: [&str; 7] = [
    "--all-targets",
    "--bench",
    "--kubeconfig",
    "--request-timeout",
    "--streaming-connection-idle-timeout",
    "--test",
    "--locked",
];

fn flags(command: &clap::Command, into: &mut BTreeSet<String>) {
    for argument in command.get_arguments() {
        into.extend(argument.get_long().map(|long| format!("--{long}")));
    }
    for inner in command.get_subcommands() {
        flags(inner, into);
    }
}

#[test]
fn every_flag_in_a_document_exists() {
    let mut known: BTreeSet<String> = FOREIGN.map(str::to_owned).into();
    flags(&watchdog::cli::command(), &mut known);
    known.extend(["--help".to_owned(), "--version".to_owned()]);
    let mention = Regex::new("`(--[a-z][a-z-]+)[^`]*`").unwrap();
    let mut wrong = Vec::new();
    for document in documents() {
        let (_, prose) = parts(&read(&document));
        for found in mention.captures_iter(&prose) {
            if !known.contains(&found[1]) {
                wrong.push(format!("{document}: {}", &found[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn words_end_with_the_command() {
    assert_eq!(words("watchdog -q x 'a b' # why"), ["watchdog", "-q", "x", "a b"]);
    assert_eq!(words("watchdog x --a=\"b c\" | tee y"), ["watchdog", "x", "--a=b c"]);
    assert_eq!(words("watchdog x >/dev/null"), ["watchdog", "x"]);
}
