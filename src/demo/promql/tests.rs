//! What is not held against the real Prometheus (tests/it/prometheus): refusals, limits, gaps.

use proptest::prelude::*;

use super::*;

/// Samples by labels.
struct Given(Vec<(Labels, Vec<(i64, f64)>)>);

struct Slice<'a>(&'a [(i64, f64)]);

impl Samples for Slice<'_> {
    fn within(&self, after: i64, until: i64, out: &mut Vec<(i64, f64)>) {
        out.extend(self.0.iter().filter(|(at, _)| *at > after && *at <= until));
    }

    fn latest(&self, after: i64, until: i64) -> Option<(i64, f64)> {
        self.0.iter().rev().find(|(at, _)| *at > after && *at <= until).copied()
    }
}

impl Store for Given {
    fn select(&self, matchers: &[Matcher], _: i64, _: i64) -> Vec<Stored<'_>> {
        let found = self.0.iter().filter(|(labels, _)| matches(matchers, labels));
        found
            .map(|(labels, samples)| Stored {
                labels: labels.clone(),
                samples: Box::new(Slice(samples)),
            })
            .collect()
    }
}

fn given() -> Given {
    let series = |name: &str, hpa: &str, samples: &[(i64, f64)]| {
        let samples = samples.iter().map(|(at, value)| (at * 1000, *value)).collect();
        (Labels::of([(NAME, name), ("hpa", hpa)]), samples)
    };
    Given(vec![
        series("limit", "cart", &[(0, 10.0), (30, 10.0), (60, 12.0)]),
        series("limit", "web", &[(0, 6.0), (600, 7.0)]),
        series("total", "cart", &[(0, 0.0), (30, 30.0), (60, 10.0)]),
    ])
}

/// The values of a query by the label `hpa`.
fn at(query: &str, second: i64) -> Result<Vec<(String, f64)>, Error> {
    let value = Query::parse(query)?.at(&given(), second * 1000)?;
    let Value::Vector(rows) = value else { panic!("{query}: {value:?}") };
    let one = |row: &Row| Some((row.labels.get("hpa").to_owned(), row.values.first().copied()??));
    Ok(rows.iter().filter_map(one).collect())
}

#[test]
fn a_sample_stands_for_five_minutes() {
    let names = |second| at("limit", second).unwrap().into_iter().map(|(hpa, _)| hpa);
    assert_eq!(names(10).collect::<Vec<_>>(), ["cart", "web"]);
    assert_eq!(names(301).collect::<Vec<_>>(), ["cart"]);
    assert_eq!(names(361).collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(names(600).collect::<Vec<_>>(), ["web"]);
}

#[test]
fn a_counter_that_began_anew_goes_on_from_zero() {
    let increase = at("increase(total[70s])", 65).unwrap();
    let [(_, increase)] = increase.as_slice() else { panic!("{increase:?}") };
    // 30 and 10 in a minute, a little more at both ends.
    assert!((40.0..50.0).contains(increase), "{increase}");
}

#[test]
fn parts_of_a_range_are_put_together() {
    let query = Query::parse("limit or absent(limit{hpa=\"cart\"})").unwrap();
    let steps = Steps { start: 0, step: 60_000, count: 1000 };
    let rows = query.over(&given(), steps).unwrap();
    let count = |hpa: &str| {
        let row = rows
            .iter()
            .find(|row| row.labels.get("hpa") == hpa && !row.labels.get(NAME).is_empty());
        row.unwrap().values.iter().flatten().count()
    };
    assert_eq!((count("cart"), count("web")), (6, 10));
    assert!(rows.iter().all(|row| row.values.len() <= 1000));
    let absent = rows.iter().find(|row| row.labels.get(NAME).is_empty()).unwrap();
    assert_eq!(absent.values.iter().flatten().count(), 994);
}

#[test]
fn what_is_not_supported_is_said() {
    for (query, word) in [
        ("", "no expression"),
        ("limit{", "parse error"),
        ("limit{hpa=~\"(\"}", "parse error"),
        ("rate(limit)", "parse error"),
        ("count_values(\"x\", limit)", "not supported"),
        ("histogram_quantile(0.9, limit)", "not supported"),
        ("limit @ start()", "not supported"),
    ] {
        let error = at(query, 60).unwrap_err();
        assert!(matches!(&error, Error::Bad(text) if text.contains(word)), "{query}: {error:?}");
    }
    let many = "limit * on (hpa) {__name__=~\"limit|total\"}";
    assert!(matches!(at(many, 60), Err(Error::Execution(_))));
    let deep = "(".repeat(10_000);
    assert!(matches!(Query::parse(&deep), Err(Error::Bad(_))));
    let long = format!("limit{}", " + 1".repeat(10_000));
    assert!(matches!(Query::parse(&long), Err(Error::Bad(_))));
    let large = Query::parse("count_over_time(limit[30d:1s])").unwrap();
    assert!(matches!(large.at(&given(), 0), Err(Error::Execution(_))));
}

proptest! {
    #[test]
    fn any_text_does_not_panic(query in "\\PC{0,60}") {
        let _ = Query::parse(&query).and_then(|query| query.at(&given(), 60_000));
    }

    #[test]
    fn any_tokens_do_not_panic(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "limit", "total", "max", "(", ")", "{", "}", " by ", ",", "=", "=~", "\"a\"", "'",
                "1", "-", "vector", " or ", " on ", "[5m]", "[5m:]", " offset 1m", "rate", "topk",
                "label_replace", " == ", " bool ", " group_left ", "hpa", "\\", "é",
            ]),
            0..20,
        ),
    ) {
        let query = tokens.concat();
        let _ = Query::parse(&query).and_then(|query| query.at(&given(), 60_000));
    }
}
