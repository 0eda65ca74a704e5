//! What one frame costs: leased and not, through the SDK as deployed and through the component alone,
//! against the same rules called natively and against an empty component call.
#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to say")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group};
use gardefou::{Clock, Runtime};
use gardefou_benches::bare::{Alone, Empty};
use gardefou_benches::question::{SIZES, SURFACE, placed, session, windows};
use gardefou_benches::ratios;
use gardefou_policy::regions::Painter;
use gardefou_policy::{frame, opening};
use gardefou_tests::fixture;

const GROUP: &str = "frame";

/// The component that the SDK embeds.
const COMPONENT: &[u8] = include_bytes!("../guest-policy/dist/policy.wasm");

fn empty_call(c: &mut Criterion) {
    let mut group = c.benchmark_group(GROUP);
    let mut empty = Empty::new().expect("the empty component loads");
    for n in SIZES {
        group.bench_function(BenchmarkId::new("empty", n), |b| {
            b.iter(|| empty.call().expect("it does nothing"));
        });
    }
}

fn native(c: &mut Criterion) {
    let mut group = c.benchmark_group(GROUP);
    let session = opening::open(&fixture::rules(), &fixture::facts(), fixture::NOW).expect("the session opens");
    let moment = fixture::moment();
    let (mut painter, mut keep) = (Painter::default(), Vec::new());
    for n in SIZES {
        let windows = windows(n);
        group.bench_function(BenchmarkId::new("native", n), |b| {
            b.iter(|| {
                let (width, height) = SURFACE;
                frame::decide(
                    &session,
                    black_box(&moment),
                    width,
                    height,
                    &windows,
                    &mut painter,
                    &mut keep,
                )
            });
        });
    }
}

fn alone(c: &mut Criterion) {
    let mut group = c.benchmark_group(GROUP);
    let moment = fixture::moment();
    for n in SIZES {
        let mut alone = Alone::new(COMPONENT, &windows(n)).expect("the policy loads");
        group.bench_function(BenchmarkId::new("alone", n), |b| {
            b.iter(|| alone.ask(black_box(&moment), SURFACE.0, SURFACE.1).expect("it answers"));
        });
    }
}

/// As deployed: the floor and one policy, through the SDK, with the list of windows given anew each time.
fn deployed(c: &mut Criterion, name: &str, reuse: bool) {
    let runtime = Runtime::new().expect("policies run here");
    let mut group = c.benchmark_group(GROUP);
    for n in SIZES {
        let (mut session, _call) = session(&runtime, n, Clock::starting(fixture::NOW)).expect("the session opens");
        session.set_reuse(reuse);
        let list = placed(n);
        let clock = session.clock();
        group.bench_function(BenchmarkId::new(name, n), |b| {
            b.iter(|| {
                // A frame is composed and asked about now: later ones are asked about too late.
                let at = clock.now();
                session.windows(black_box(&list), at, at);
                session.decide(black_box(at), SURFACE.0, SURFACE.1).number()
            });
        });
    }
}

fn asked(c: &mut Criterion) {
    deployed(c, "asked", false);
}

fn leased(c: &mut Criterion) {
    deployed(c, "leased", true);
}

criterion_group!(frames, native, empty_call, alone, asked, leased);

fn main() {
    let run = ratios::Run::begin();
    frames();
    Criterion::default().configure_from_args().final_summary();
    let contenders = [
        ("the same rules, native", "native"),
        ("an empty component call", "empty"),
        ("the policy alone, asked", "alone"),
        ("floor and policy, asked", "asked"),
        ("floor and policy, under a lease", "leased"),
    ];
    run.print("One frame", "windows", GROUP, &contenders, &SIZES);
}
