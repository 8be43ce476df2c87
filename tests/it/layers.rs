//! The order of the rooms: the table in docs/architecture.md lists what each room may use and what
//! it must not contain, and the sources comply.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A file with something that its room forbids, and the reason. A stale exception fails the test.
const EXCEPTIONS: [(&str, &str, &str); 13] = [
    ("config/load.rs", "std::env", "`Env::current` is the edge"),
    ("config/load.rs", "std::fs", "the room reads one file, here"),
    ("history/location.rs", "std::env", "`Env::current` is the edge"),
    (
        "kubectl/kubeconfig.rs",
        "std::env",
        "`in_cluster` is the edge; kubectl reads the same variables",
    ),
    ("kubectl/kubeconfig/sources.rs", "std::env", "`Sources::from_env` is the edge"),
    ("kubectl/versions.rs", "std::env", "the environment is part of the key of a cache"),
    ("process/closed.rs", "io::stdout", "it is only asked whether that is open"),
    ("supervisor/paths.rs", "std::env", "`Paths::from_env` is the edge"),
    ("supervisor/protocol/spec.rs", "std::env", "`Environment::current` is the edge"),
    ("supervisor/socket.rs", "io::stdout", "readiness is reported to the process that started it"),
    ("supervisor/socket.rs", "std::env", "`Readiness::from_env` is the edge"),
    ("term/color.rs", "std::env", "`ColorEnv::current` is the edge"),
    ("term/stdout.rs", "std::env", "COLUMNS, like other terminal programs"),
];

/// A row of the table.
struct Room {
    name: String,
    /// The words in backquotes that must not occur in the room.
    forbidden: Vec<String>,
    /// Whether it may use no other room at all.
    alone: bool,
}

#[test]
fn each_room_uses_only_the_rooms_below_it_and_nothing_forbidden() {
    let rooms = rooms(&text("docs/architecture.md"));
    let order: Vec<&str> = rooms.iter().map(|room| room.name.as_str()).collect();
    let mut wrong = String::new();
    let mut unused: BTreeSet<(&str, &str)> =
        EXCEPTIONS.iter().map(|(file, word, _)| (*file, *word)).collect();
    for room in &rooms {
        for (file, depth) in sources(&room.name) {
            let code = without_tests(&fs::read_to_string(&file).unwrap());
            let file = file.strip_prefix(root().join("src")).unwrap().to_str().unwrap();
            for problem in problems(&order, room, &code, depth) {
                let known = EXCEPTIONS.iter().find(|it| it.0 == file && it.1 == problem);
                match known {
                    Some((file, word, _)) => drop(unused.remove(&(*file, *word))),
                    None => writeln!(wrong, "src/{file}: {problem}").unwrap(),
                }
            }
        }
    }
    for (file, word) in unused {
        writeln!(wrong, "{file} no longer has {word}: remove the exception").unwrap();
    }
    assert!(wrong.is_empty(), "against docs/architecture.md:\n{wrong}");
}

#[test]
fn the_table_has_every_room_in_the_order_of_the_library() {
    let library = text("src/lib.rs");
    let modules = library.lines().filter_map(declared_module);
    let modules: Vec<&str> = modules.filter(|module| *module != "fuzzing").collect();
    let rooms = rooms(&text("docs/architecture.md"));
    assert_eq!(modules, rooms.iter().map(|room| room.name.as_str()).collect::<Vec<_>>());
}

#[test]
fn forbidden_code_is_detected() {
    let table = "| room | | |\n|---|---|---|\n| `low` | | any other room, `std::fs` |\n\
                 | `mid` | | `std::env`, `print!` |\n| `high` | | |\n";
    let rooms = rooms(table);
    let order = ["low", "mid", "high"];
    let found = |room: usize, code: &str| problems(&order, &rooms[room], &without_tests(code), 1);
    assert_eq!(found(1, "use crate::{low::a, high::{b, c}};"), ["crate::high"]);
    assert_eq!(found(1, "fn f() { super::high::b(); super::x() }"), ["crate::high"]);
    assert_eq!(
        found(1, "use crate::low::a;\n#[cfg(test)]\nmod tests {\n    use crate::high;\n}\n"),
        [""; 0]
    );
    assert_eq!(
        found(1, "#[cfg(test)]\nmod tests {\n    f();\n}\nuse crate::high;\n"),
        ["crate::high"]
    );
    assert_eq!(found(1, "// crate::high\nfn f() { std::env::split_paths(x) }"), [""; 0]);
    assert_eq!(found(1, "use std::{fs, env};"), ["std::env"]);
    assert_eq!(
        found(1, "fn f() { std::env::var(x); eprint!(x); print!(x) }"),
        ["std::env", "print!"]
    );
    assert_eq!(
        found(0, "use crate::mid; use crate::low::a; use std::fs::File;"),
        ["crate::mid", "std::fs"]
    );
    assert_eq!(found(2, "use crate::{low, mid};"), [""; 0]);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// The table of rooms, from the ground up.
fn rooms(document: &str) -> Vec<Room> {
    let table = document.lines().skip_while(|line| !line.starts_with("| room |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, forbidden] = cells[..] else { panic!("three columns: {row}") };
        let words = forbidden.split('`').skip(1).step_by(2).map(str::to_owned);
        Room {
            name: name.trim_matches('`').to_owned(),
            forbidden: words.collect(),
            alone: forbidden.starts_with("any other room"),
        }
    })
    .collect()
}

/// The files of a room that are compiled without tests, each with its depth below the root.
fn sources(room: &str) -> Vec<(PathBuf, usize)> {
    let source = root().join("src");
    let mut found = Vec::new();
    let mut open = vec![(source.join(room), 1)];
    while let Some((module, depth)) = open.pop() {
        let file = [module.with_extension("rs"), module.join("mod.rs")];
        let file = file.into_iter().find(|file| file.exists());
        let file = file.unwrap_or_else(|| panic!("no file for {}", module.display()));
        let code = without_tests(&fs::read_to_string(&file).unwrap());
        for line in code.lines() {
            if let Some(name) = declared_module(line) {
                open.push((module.join(name), depth + 1));
            }
        }
        found.push((file, depth));
    }
    found
}

/// The module that a line declares in a file of its own.
fn declared_module(line: &str) -> Option<&str> {
    let line = line.trim();
    let visibilities = ["pub(crate) ", "pub(super) ", "pub "];
    let line = visibilities.iter().find_map(|it| line.strip_prefix(it)).unwrap_or(line);
    line.strip_prefix("mod ")?.strip_suffix(';')
}

/// The code without comments and tests. Relies on rustfmt's layout: an item ends at a line that
/// begins with a brace at its own indentation.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        if bare.starts_with("//") {
            continue;
        }
        if !bare.starts_with("#[cfg(test)]") {
            kept += line;
            kept.push('\n');
            continue;
        }
        let indent = &line[..line.len() - bare.len()];
        let item = lines.by_ref().find(|line| !line.trim_start().starts_with("#["));
        if !item.is_some_and(|item| item.ends_with(';') || item.ends_with('}')) {
            let end = |line: &str| line.strip_prefix(indent).is_some_and(|it| it.starts_with('}'));
            lines.by_ref().find(|line| end(line));
        }
    }
    kept
}

/// The violations in the code: use of rooms that are not below its own, and forbidden words.
fn problems(order: &[&str], room: &Room, code: &str, depth: usize) -> Vec<String> {
    let place = |name: &str| order.iter().position(|room| *room == name);
    let own = place(&room.name);
    let mut used: Vec<String> = Vec::new();
    for path in ["crate::".to_owned(), "super::".repeat(depth)] {
        for at in after(code, &path) {
            used.extend(heads(&code[at..]));
        }
    }
    let mut found: Vec<String> = used
        .into_iter()
        .filter(|name| {
            place(name).is_some_and(|at| Some(at) > own || (room.alone && Some(at) != own))
        })
        .map(|name| format!("crate::{name}"))
        .collect();
    found.extend(room.forbidden.iter().filter(|word| has(code, word)).cloned());
    found.dedup();
    found
}

/// The positions after each `path` that is not part of a longer word or path.
fn after(code: &str, path: &str) -> Vec<usize> {
    let whole =
        |at: &usize| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || "_:$".contains(c));
    code.match_indices(path).map(|(at, _)| at).filter(whole).map(|at| at + path.len()).collect()
}

/// The first names of an import: `a` of `a::b`, `a` and `c` of `{a::b, c::{d, e}}`.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(name(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// Whether the code has a forbidden path or macro. Functions that only split environment paths read
/// no environment.
fn has(code: &str, word: &str) -> bool {
    let pure = |at: &usize| {
        let rest = code[*at..].trim_start_matches("::");
        word == "std::env" && ["split_paths", "join_paths"].iter().any(|it| rest.starts_with(it))
    };
    let ends = |at: &usize| !code[*at..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let direct = if word.starts_with("io::") {
        code.contains(word)
    } else {
        after(code, word).iter().any(|at| !pure(at) && (word.ends_with('!') || ends(at)))
    };
    let imported = word.strip_prefix("std::").is_some_and(|module| {
        after(code, "std::").iter().any(|at| {
            code[*at..].starts_with('{') && heads(&code[*at..]).iter().any(|head| head == module)
        })
    });
    direct || imported
}
