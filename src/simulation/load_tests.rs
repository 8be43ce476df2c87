//! Loads as CSV.

use super::*;

fn error(text: &str) -> String {
    Load::parse(text).unwrap_err().to_string()
}

#[test]
fn rows_have_times_and_quantities() {
    let text = "\u{feff}cpu,time,setReplicas,\"queue{a=b,c=d}\"\r\n\r\n250m,0,,1e3\r\n\"0.25\", 15 ,3,\r\n,30.5,,1.5Gi\r\n";
    let load = Load::parse(text).unwrap();
    assert_eq!(load.times, [0, 15_000, 30_500]);
    assert_eq!(load.columns[0].values, [Some(250), Some(250), None]);
    assert_eq!(
        load.column("queue{a=b,c=d}").unwrap().values,
        [Some(1_000_000), None, Some(1_610_612_736_000)]
    );
    assert_eq!(load.set_replicas, [(1, 3)]);
    assert_eq!((load.start, load.replicas), (None, None));
}

#[test]
fn dates_and_seconds_since_1970_are_times() {
    let dates =
        "time,cpu,replicas,ready\n2026-01-31T12:00:00Z,1,2,2\n2026-01-31T13:00:15.5+01:00,2,3,\n";
    let load = Load::parse(dates).unwrap();
    assert_eq!(load.times, [0, 15_500]);
    assert_eq!(load.start.unwrap().to_string(), "2026-01-31T12:00:00Z");
    assert_eq!(load.replicas, Some(vec![Some(2), Some(3)]));
    assert_eq!(load.ready, Some(vec![Some(2), None]));
    let seconds = Load::parse("time,cpu\n1769860800,1\n1769860815,1\n").unwrap();
    assert_eq!(seconds.start.unwrap().to_string(), "2026-01-31T12:00:00Z");
    assert_eq!(seconds.end(), 15_000);
}

#[test]
fn what_is_wrong_has_its_place() {
    assert_eq!(error(""), ":1: the file is empty; its header is time,NAME,…");
    assert_eq!(error("time,cpu\n"), ":1: there is no row after the header");
    assert_eq!(
        error("t;cpu\n"),
        ":1: the header has no column time; it is time,NAME,… (columns are separated by commas)"
    );
    assert_eq!(error("time,cpu,cpu\n"), ":1: column 3 (cpu): the same name as column 2");
    assert_eq!(error("time,\n"), ":1: column 2: the column has no name");
    assert_eq!(error("time,cpu\n0,1\n\n15,1,2\n"), ":4: the row has 3 cells, the header has 2");
    assert_eq!(
        error("time,cpu\n0,12q\n"),
        ":2: column 2 (cpu): \"12q\" is not a quantity such as 500m, 2, 1.5Gi or 1e3"
    );
    assert_eq!(
        error("time,cpu\n0,9223372036854775808m\n"),
        ":2: column 2 (cpu): \"9223372036854775808m\" is too large: at most 9223372036854775807m"
    );
    assert_eq!(
        error("time,cpu\n15,1\n15,1\n"),
        ":3: column 1 (time): \"15\" is not after the time of the row before"
    );
    assert_eq!(
        error("time,cpu\n0,1\n2026-01-31T12:00:00Z,1\n"),
        ":3: column 1 (time): some times are seconds and some are dates"
    );
    assert_eq!(
        error("time,setReplicas\n0,-1\n"),
        ":2: column 2 (setReplicas): \"-1\" is no number of pods"
    );
    assert_eq!(
        error("time,replicas,ready\n0,4,4\n15,4,5\n"),
        ":3: column 3 (ready): 5 pods are ready, which is more than the 4 replicas"
    );
    assert!(error("time\nsoon\n").starts_with(":2: column 1 (time): \"soon\" is no time: "));
    assert!(error("time\nNaN\n").contains("no time") && error("time\n1e300\n").contains("no time"));
}

#[test]
fn a_load_spans_two_years_at_most() {
    assert_eq!(
        error("time,cpu\n1970-01-01T00:00:00Z,1\n2007-01-31T12:00:00Z,1\n"),
        ":3: column 1 (time): \"2007-01-31T12:00:00Z\" is 37 years after the row before; rows may be 90 days apart"
    );
    assert!(
        error("time,cpu\n0,1\n15,1\n40000000,1\n").contains("is 462 days after the row before")
    );
    assert!(error("time,cpu\n0,1\n1e12,1\n").contains("years after the row before"));
    let months = |count: i64| {
        let rows: String = (0..count).map(|row| format!("{},1\n", row * 7_000_000)).collect();
        Load::parse(&format!("time,cpu\n{rows}"))
    };
    assert_eq!(
        months(11).unwrap_err().to_string(),
        ":12: column 1 (time): \"70000000\" is 810 days after the first row; a load may span 2 years"
    );
    let months = months(10).unwrap();
    assert_eq!(months.too_many_syncs(15_000), None);
    assert!(months.too_many_syncs(1000).unwrap().starts_with("the load has 63000000 syncs"));
}

#[test]
fn a_quote_that_is_not_closed_is_named() {
    let open = "a quote (\") is not closed on this line";
    assert_eq!(error("time,\"cpu\n0,1\n15,2\n"), format!(":1: {open}"));
    for rows in ["15,\"1\n30,1\n", "15,\"1\n", "15,\"1", "15,\"1\n30,\"2\"\n45,1\n"] {
        assert_eq!(error(&format!("time,cpu\n0,1\n\n{rows}")), format!(":4: {open}"), "{rows}");
    }
    assert!(Load::parse("time,\"a\"\"b\"\n0,\"1\"\n").is_ok());
}
