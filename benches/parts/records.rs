//! Counting a request, and handing the counts over.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use swarmdeck::model::{NameId, Phases, Wait};
use swarmdeck::schedule::think_until_us;
use swarmdeck::stats::{Interval, Recorder, Sample};

/// Samples to draw from, so that buckets are not always the same.
const SAMPLES: usize = 4_096;

/// Recording into few names and into many, draining, and planning the next task.
pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stats");
    for names in [1_u16, 5, 300] {
        let samples = samples(names);
        let mut recorder = Recorder::new(usize::from(names));
        let mut next = samples.iter().cycle();
        group.bench_function(format!("record, {names} names"), |bencher| {
            bencher.iter(|| {
                if let Some(sample) = next.next() {
                    recorder.record(black_box(sample));
                }
            });
        });
        let (mut recorder, mut interval) = (Recorder::new(usize::from(names)), Interval::default());
        group.bench_function(format!("drain an interval, {names} names"), |bencher| {
            bencher.iter_batched_ref(
                || (),
                |()| {
                    samples.iter().for_each(|sample| recorder.record(sample));
                    recorder.drain(&mut interval);
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    criterion.bench_function("schedule/next start", |bencher| {
        bencher.iter(|| think_until_us(black_box(Wait::NONE), black_box(1_000), 0.5));
    });
}

fn samples(names: u16) -> Vec<Sample> {
    let mut rng = fastrand::Rng::with_seed(7);
    let mut sample = || {
        let service_us = rng.u32(200..5_000);
        Sample {
            name: NameId(rng.u16(0..names)),
            failure: None,
            status: 200,
            ended_us: 1_000_000,
            service_us: Some(u64::from(service_us)),
            response_us: None,
            bytes: 277,
            phases: Phases {
                first_byte_us: service_us,
                ..Phases::default()
            },
        }
    };
    std::iter::repeat_with(&mut sample).take(SAMPLES).collect()
}
