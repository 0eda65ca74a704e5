//! What baking costs, by the size of the document: against reading and checking it alone, and against giving
//! the rules to the template, which a recorder does when it loads a document instead of a baked component.
#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to say")]

use criterion::{BenchmarkId, Criterion, criterion_group};
use gardefou::{Policy, Runtime, Source, Timestamp};
use gardefou_bake::Baker;
use gardefou_benches::ratios;
use gardefou_tests::fixture::largest_document;

const GROUP: &str = "bake";

const EXAMPLE: &str = include_str!("../rules/example.toml");

/// Noon of 25 November 2026, UTC: the example is in force.
const TODAY: Timestamp = Timestamp::from_millis(1_795_608_000_000);

/// The example, and a document at every limit.
fn documents() -> [String; 2] {
    [EXAMPLE.to_owned(), largest_document(EXAMPLE)]
}

fn read(c: &mut Criterion) {
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(10);
    for document in documents() {
        group.bench_function(BenchmarkId::new("read", document.len()), |b| {
            b.iter(|| gardefou::rules::read(document.as_bytes(), TODAY));
        });
    }
}

fn configured(c: &mut Criterion) {
    let runtime = Runtime::new().expect("policies run here");
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(10);
    for document in documents() {
        group.bench_function(BenchmarkId::new("configured", document.len()), |b| {
            b.iter(|| Policy::load(&runtime, Source::Rules(&document)).expect("the document loads"));
        });
    }
}

/// As the command does it: with a template that is prepared each time, and the result loaded.
fn baked(c: &mut Criterion) {
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(10);
    for document in documents() {
        group.bench_function(BenchmarkId::new("baked", document.len()), |b| {
            b.iter(|| {
                let baker = Baker::new().expect("components run here");
                baker.bake(document.as_bytes(), TODAY).expect("the document bakes")
            });
        });
    }
}

criterion_group!(bakes, read, configured, baked);

fn main() {
    let run = ratios::Run::begin();
    bakes();
    Criterion::default().configure_from_args().final_summary();
    let contenders = [
        ("the document read and checked", "read"),
        ("the template given the rules", "configured"),
        ("baked, and loaded once", "baked"),
    ];
    let sizes = documents().map(|document| document.len());
    run.print("One document", "bytes", GROUP, &contenders, &sizes);
}
