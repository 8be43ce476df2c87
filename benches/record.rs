//! Parsing the JSON that kubectl prints into `Hpa` records: one HPA, and a list of 3,000.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use watchdog::hpa::{parse_list, parse_one};

const SHOP: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));
const MANY: usize = 3_000;

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().map_or(&[], Vec::as_slice)
}

fn record(criterion: &mut Criterion) {
    let list: Value = serde_json::from_str(SHOP).unwrap_or_default();
    assert!(!items(&list).is_empty(), "the recording has HPAs");
    let (cluster, context): (Arc<str>, Arc<str>) = (Arc::from("prod"), Arc::from("prod"));

    let mut group = criterion.benchmark_group("record");
    if let Some(healthy) = items(&list).iter().find(|i| i["metadata"]["name"] == "healthy") {
        let mut one = healthy.clone();
        one["kind"] = "HorizontalPodAutoscaler".into();
        one["apiVersion"] = "autoscaling/v2".into();
        let one = one.to_string();
        group.throughput(Throughput::Bytes(one.len() as u64));
        group.bench_function("one", |b| {
            b.iter(|| parse_one(&cluster, &context, black_box(one.as_bytes())));
        });
    }

    let mut many = list.clone();
    many["items"] = items(&list).iter().cycle().take(MANY).cloned().collect();
    let many = many.to_string();
    assert_eq!(
        parse_list(&cluster, &context, many.as_bytes()).map(|page| page.hpas.len()),
        Ok(MANY)
    );
    // Measured per HPA of the list. Dropping the records is not included.
    group.throughput(Throughput::Elements(MANY as u64));
    group.sample_size(30);
    group.bench_function("list of 3,000", |b| {
        b.iter_batched(
            || (),
            |()| parse_list(&cluster, &context, black_box(many.as_bytes())),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, record);
criterion_main!(benches);
