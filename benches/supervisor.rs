//! The two most frequent requests to a supervisor, a heartbeat and the status of a forward, measured
//! inside its process. (`benches/forward` measures through the socket, from another process.)

use criterion::{Criterion, criterion_group, criterion_main};
use watchdog::supervisor::bench::Bench;

fn supervisor(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let directory = tempfile::tempdir();
    let (Ok(runtime), Ok(directory)) = (runtime, directory) else { panic!("no runtime") };
    let _entered = runtime.enter();
    let mut bench = match Bench::new(directory.path()) {
        Ok(bench) => bench,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(bench.status().len(), 1, "there is a forward");
    let mut group = criterion.benchmark_group("supervisor");
    group.bench_function("heartbeat", |b| b.iter(|| bench.heartbeat()));
    group.bench_function("status", |b| b.iter(|| bench.status()));
    group.finish();
}

criterion_group!(benches, supervisor);
criterion_main!(benches);
