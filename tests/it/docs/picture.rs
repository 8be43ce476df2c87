//! The picture in the README shows what the command prints today.

use crate::support::{Clusters, Terminal, plain};

/// As in `scripts/picture.py`.
const COLUMNS: u16 = 100;

/// The text of an SVG, a line each of its `text` elements.
fn text(svg: &str) -> Vec<String> {
    let lines = svg.lines().filter(|line| line.starts_with("<text "));
    let line = |line: &str| {
        let parts = line.split('<').filter_map(|part| Some(part.split_once('>')?.1));
        let text: String = parts.collect();
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    };
    lines.map(line).collect()
}

#[test]
fn the_picture_is_what_the_command_prints() {
    let clusters = Clusters::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.svg");
    let shown = text(&std::fs::read_to_string(path).unwrap());
    let (command, shown) = shown.split_first().unwrap();
    let arguments = command.strip_prefix("$ watchdog ").unwrap();
    let run = clusters.watchdog(arguments.split(' '));
    let printed = plain(&Terminal::new(COLUMNS, 50).run(run).stdout);
    let printed: Vec<&str> = printed.lines().collect();
    assert!(
        shown == printed,
        "stale: scripts/picture.py {arguments} >docs/check.svg\n{printed:#?}"
    );
}
