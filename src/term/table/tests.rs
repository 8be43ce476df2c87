use proptest::prelude::*;

use super::*;

type Row = (&'static str, &'static str, &'static str, &'static [&'static str], &'static str, Tone);

/// A table like the list of HPAs.
fn example() -> Table {
    let mut table = Table::new(vec![
        Column::new("CLUSTER").name(),
        Column::new("NAMESPACE").flexible(),
        Column::new("NAME").name(),
        Column::new("REFERENCE").flexible().optional(2),
        Column::new("TARGETS").flexible().optional(7),
        Column::new("MIN").right().optional(4),
        Column::new("MAX").right().optional(5),
        Column::new("REPLICAS").right().optional(6),
        Column::new("STATUS"),
        Column::new("AGE").optional(1),
    ])
    .headings(2);
    let rows: [Row; 5] = [
        ("production", "shop", "web", &["cpu: 81%/80%", "memory: 40%/70%"], "OK", Tone::Ok),
        ("production", "shop", "checkout", &["cpu: <unknown>/80%"], "FailedGetScale", Tone::Error),
        ("production", "データ", "取り込み", &["queue_messages_ready: 12/30"], "OK", Tone::Ok),
        ("staging", "shop", "web", &["cpu: 5%/80%"], "OK", Tone::Ok),
        ("staging", "shop", "evil\u{1b}[2J\u{202e}", &["cpu: 5%/80%"], "OK", Tone::Ok),
    ];
    for (cluster, namespace, name, targets, status, tone) in rows {
        table.row(vec![
            cluster.into(),
            namespace.into(),
            name.into(),
            Cell::new(format!("Deployment/{name}")).short(format!("deploy/{name}")),
            Cell::parts(targets),
            "2".into(),
            "10".into(),
            "10".into(),
            Cell::new(status).tone(tone),
            "5d".into(),
        ]);
    }
    table
}

fn plain(table: &Table, width: usize) -> String {
    let rendered = table.render(Some(width), Style::PLAIN);
    for line in rendered.text.lines() {
        assert!(super::width(line) <= width, "{width}: {line:?}");
        assert_eq!(line, line.trim_end());
    }
    let note = if rendered.truncated { ", cut" } else { "" };
    format!("{}[hidden: {}{note}]", rendered.text, rendered.hidden.join(" "))
}

#[test]
fn a_pipe_gets_all_columns() {
    insta::assert_snapshot!(example().render(None, Style::PLAIN).text, @r#"
    CLUSTER      NAMESPACE   NAME                    REFERENCE                          TARGETS                         MIN   MAX   REPLICAS   STATUS           AGE
    production   shop        web                     Deployment/web                     cpu: 81%/80%, memory: 40%/70%     2    10         10   OK               5d
    production   shop        checkout                Deployment/checkout                cpu: <unknown>/80%                2    10         10   FailedGetScale   5d
    production   データ      取り込み                Deployment/取り込み                queue_messages_ready: 12/30       2    10         10   OK               5d
    staging      shop        web                     Deployment/web                     cpu: 5%/80%                       2    10         10   OK               5d
    staging      shop        evil\u{1b}[2J\u{202e}   Deployment/evil\u{1b}[2J\u{202e}   cpu: 5%/80%                       2    10         10   OK               5d
    "#);
}

/// What the table is about is shortened only where there is no room for it.
#[test]
fn a_column_that_is_never_hidden_keeps_its_full_form_if_it_can() {
    let mut table = Table::new(vec![
        Column::new("NAME").name(),
        Column::new("REFERENCE").flexible().optional(2),
        Column::new("STATUS"),
    ]);
    for (name, status, short) in [("web", "throttled→OK", "OK"), ("api", "OK", "OK")] {
        let reference = Cell::new(format!("StatefulSet/a-longer-{name}")).short("sts");
        table.row(vec![name.into(), reference, Cell::new(status).short(short)]);
    }
    let last = |width| {
        let text = plain(&table, width);
        text.lines().nth(1).unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(last(60), ["web", "StatefulSet/a-longer-web", "throttled→OK"]);
    assert_eq!(last(36), ["web", "sts", "throttled→OK"]);
    assert_eq!(last(24), ["web", "sts", "OK"]);
}

#[test]
fn short_forms_are_for_all_cells_or_none_and_are_named() {
    let mut table = Table::new(vec![
        Column::new("NAME"),
        Column::new("LEFT").right().lost_when_short("the factor of LEFT"),
    ]);
    for (name, left, short) in [("web", "17 (1.25x)", "17"), ("api", "3 (1.0x)", "3")] {
        table.row(vec![name.into(), Cell::new(left).short(short)]);
    }
    let wide = table.render(Some(16), Style::PLAIN);
    assert!(wide.text.contains("17 (1.25x)") && wide.hidden.is_empty(), "{}", wide.text);
    let narrow = table.render(Some(13), Style::PLAIN);
    assert!(!narrow.text.contains('x'), "{}", narrow.text);
    assert_eq!(narrow.hidden, ["the factor of LEFT"]);
}

#[test]
fn a_value_is_never_cut_in_its_middle() {
    for room in 7..30 {
        let text = truncate_name("http_requests: 790/800", room);
        assert!(text.ends_with("790/800"), "{room}: {text}");
        assert!(width(&text) <= room);
    }
}

#[test]
fn the_table_at_160_columns() {
    insta::assert_snapshot!(plain(&example(), 160), @r#"
    CLUSTER      NAMESPACE   NAME                    REFERENCE                          TARGETS                         MIN   MAX   REPLICAS   STATUS           AGE
    production   shop        web                     Deployment/web                     cpu: 81%/80%, memory: 40%/70%     2    10         10   OK               5d
    production   shop        checkout                Deployment/checkout                cpu: <unknown>/80%                2    10         10   FailedGetScale   5d
    production   データ      取り込み                Deployment/取り込み                queue_messages_ready: 12/30       2    10         10   OK               5d
    staging      shop        web                     Deployment/web                     cpu: 5%/80%                       2    10         10   OK               5d
    staging      shop        evil\u{1b}[2J\u{202e}   Deployment/evil\u{1b}[2J\u{202e}   cpu: 5%/80%                       2    10         10   OK               5d
    [hidden: ]
    "#);
}

#[test]
fn the_table_at_145_columns() {
    insta::assert_snapshot!(plain(&example(), 145), @r#"
    CLUSTER     NAMESPACE  NAME                   REFERENCE                     TARGETS                       MIN  MAX  REPLICAS  STATUS          AGE
    production  shop       web                    deploy/web                    cpu: 81%/80%                    2   10        10  OK              5d
                                                                                memory: 40%/70%
    production  shop       checkout               deploy/checkout               cpu: <unknown>/80%              2   10        10  FailedGetScale  5d
    production  データ     取り込み               deploy/取り込み               queue_messages_ready: 12/30     2   10        10  OK              5d
    staging     shop       web                    deploy/web                    cpu: 5%/80%                     2   10        10  OK              5d
    staging     shop       evil\u{1b}[2J\u{202e}  deploy/evil\u{1b}[2J\u{202e}  cpu: 5%/80%                     2   10        10  OK              5d
    [hidden: ]
    "#);
}

#[test]
fn the_table_at_120_columns() {
    insta::assert_snapshot!(plain(&example(), 120), @r#"
      NAME                   REFERENCE                     TARGETS                        MIN  MAX  REPLICAS  STATUS
    production/shop
      web                    deploy/web                    cpu: 81%/80%, memory: 40%/70%    2   10        10  OK
      checkout               deploy/checkout               cpu: <unknown>/80%               2   10        10  FailedGetScale
    production/データ
      取り込み               deploy/取り込み               queue_messages_ready: 12/30      2   10        10  OK
    staging/shop
      web                    deploy/web                    cpu: 5%/80%                      2   10        10  OK
      evil\u{1b}[2J\u{202e}  deploy/evil\u{1b}[2J\u{202e}  cpu: 5%/80%                      2   10        10  OK
    [hidden: AGE]
    "#);
}

#[test]
fn the_table_at_110_columns() {
    insta::assert_snapshot!(plain(&example(), 110), @r#"
      NAME                   TARGETS                        MIN  MAX  REPLICAS  STATUS          AGE
    production/shop
      web                    cpu: 81%/80%, memory: 40%/70%    2   10        10  OK              5d
      checkout               cpu: <unknown>/80%               2   10        10  FailedGetScale  5d
    production/データ
      取り込み               queue_messages_ready: 12/30      2   10        10  OK              5d
    staging/shop
      web                    cpu: 5%/80%                      2   10        10  OK              5d
      evil\u{1b}[2J\u{202e}  cpu: 5%/80%                      2   10        10  OK              5d
    [hidden: REFERENCE]
    "#);
}

#[test]
fn the_table_at_80_columns() {
    insta::assert_snapshot!(plain(&example(), 80), @r#"
      NAME                  TARGETS               MIN  MAX  REPLICAS  STATUS
    production/shop
      web                   cpu: 81%/80%            2   10        10  OK
                            memory: 40%/70%
      checkout              cpu: <unknown>/80%      2   10        10  FailedGetScale
    production/データ
      取り込み              queue_messag…: 12/30    2   10        10  OK
    staging/shop
      web                   cpu: 5%/80%             2   10        10  OK
      evil\u{1b…2J\u{202e}  cpu: 5%/80%             2   10        10  OK
    [hidden: REFERENCE AGE, cut]
    "#);
}

#[test]
fn the_table_at_60_columns() {
    insta::assert_snapshot!(plain(&example(), 60), @r#"
      NAME                  TARGETS               STATUS
    production/shop
      web                   cpu: 81%/80%          OK
                            memory: 40%/70%
      checkout              cpu: <unknown>/80%    FailedGetScale
    production/データ
      取り込み              queue_messag…: 12/30  OK
    staging/shop
      web                   cpu: 5%/80%           OK
      evil\u{1b…2J\u{202e}  cpu: 5%/80%           OK
    [hidden: REFERENCE MIN MAX REPLICAS AGE, cut]
    "#);
}

#[test]
fn the_table_at_40_columns() {
    insta::assert_snapshot!(plain(&example(), 40), @r#"
      NAME                   STATUS
    production/shop
      web                    OK
      checkout               FailedGetScale
    production/データ
      取り込み               OK
    staging/shop
      web                    OK
      evil\u{1b}[2J\u{202e}  OK
    [hidden: REFERENCE TARGETS MIN MAX REPLICAS AGE]
    "#);
}

#[test]
fn colour_does_not_change_the_layout() {
    let table = example();
    for width in [None, Some(160), Some(80), Some(40)] {
        let colored = table.render(width, Style::COLORED).text;
        assert!(colored.contains("\x1b[31m"));
        let mut bare = colored;
        for code in ["\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[0m"] {
            bare = bare.replace(code, "");
        }
        assert_eq!(bare, table.render(width, Style::PLAIN).text);
    }
}

#[test]
fn headers_can_be_left_out() {
    let mut table =
        Table::new(vec![Column::new("A LONG HEADER"), Column::new("B")]).no_headers(true);
    table.row(vec!["x".into(), "y".into()]);
    table.row(vec!["".into(), "".into()]);
    assert_eq!(table.render(None, Style::PLAIN).text, "x   y\n\n");
    assert_eq!(table.render(Some(80), Style::PLAIN).text, "x   y\n\n");
}

#[test]
fn a_table_without_rows_shows_its_headers() {
    let table = Table::new(vec![Column::new("NAME"), Column::new("AGE")]);
    assert!(table.is_empty());
    assert_eq!(table.render(None, Style::PLAIN).text, "NAME   AGE\n");
}

#[test]
fn a_row_of_the_wrong_length_is_padded_or_cut() {
    let mut table = Table::new(vec![Column::new("A"), Column::new("B")]);
    table.row(vec!["x".into()]);
    table.row(vec!["x".into(), "y".into(), "z".into()]);
    assert_eq!(table.render(None, Style::PLAIN).text, "A   B\nx\nx   y\n");
}

proptest! {
    #[test]
    fn no_line_exceeds_the_width(
        rows in prop::collection::vec(prop::collection::vec(".{0,30}", 10), 0..6),
        width in 1_usize..200,
        no_headers: bool,
    ) {
        let mut table = example().no_headers(no_headers);
        for row in rows {
            let cells = row.iter().map(|text| Cell::parts(text.split(' '))).collect();
            table.row(cells);
        }
        let text = table.render(Some(width), Style::PLAIN).text;
        for line in text.lines() {
            prop_assert!(super::super::text::width(line) <= width, "{width}: {line:?}");
        }
        let piped = table.render(None, Style::PLAIN);
        prop_assert!(!piped.truncated && piped.hidden.is_empty());
    }
}

/// 300 clusters of several accounts and regions: each row can be told apart.
#[test]
fn the_names_of_300_clusters_stay_different_at_every_usual_width() {
    let regions = ["eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2"];
    let accounts = ["123456789012", "123456789987", "998877665544"];
    let mut names = Vec::new();
    for index in 0..300 {
        let (region, account) = (regions[index % 4], accounts[index / 4 % 3]);
        names.push(format!("{region}:{account}:cluster/shop-production-{}", index / 12));
    }
    for headings in [0, 2] {
        let mut table = Table::new(vec![
            Column::new("CLUSTER").name(),
            Column::new("NAMESPACE").name(),
            Column::new("NAME").name(),
            Column::new("TARGETS").flexible().optional(7),
            Column::new("MIN").optional(4),
            Column::new("STATUS"),
        ])
        .headings(headings);
        for name in &names {
            let cells =
                [name, "payments", "payments-gateway", "cpu: 81%/80%", "2", "metrics-unavailable"];
            table.row(cells.map(Cell::new).to_vec());
        }
        for width in [72, 80, 100, 120, 200] {
            let rendered = table.render(Some(width), Style::PLAIN);
            let lines: Vec<&str> = rendered.text.lines().skip(1).collect();
            let rows = lines.iter().filter(|line| line.contains("metrics-unavailable")).count();
            assert_eq!(rows, 300, "{width}: {}", rendered.text);
            let marked = |line: &&&str| !line.starts_with(' ');
            let clusters: BTreeSet<&str> = lines.iter().filter(marked).copied().collect();
            assert_eq!(clusters.len(), 300, "{headings} {width}: {}", rendered.text);
            assert!(lines.iter().all(|line| super::width(line) <= width));
        }
    }
}
