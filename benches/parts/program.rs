//! What a user does between two turns on the wire.

use std::hint::black_box;

use criterion::Criterion;

use crate::traffic::{ANSWER, MIX, STATIC, Walker};

const HOST: &str = "http://127.0.0.1:8100";

/// Picking a task, going to its request, rendering it, judging its answer.
pub(crate) fn bench(criterion: &mut Criterion) {
    for (name, scenario) in [("static", STATIC), ("mix", MIX)] {
        let walker = || Walker::new(scenario, HOST).expect("a sound scenario");
        let mut group = criterion.benchmark_group("program");

        let mut user = walker();
        group.bench_function(format!("{name}/pick and step"), |bencher| {
            bencher.iter(|| black_box(user.next()));
        });

        let mut user = walker();
        let request = user.next();
        group.bench_function(format!("{name}/render"), |bencher| {
            bencher.iter(|| black_box(user.render(request).bytes.len()));
        });
        group.bench_function(format!("{name}/expect and capture"), |bencher| {
            bencher.iter(|| user.judge(black_box(request)));
        });

        let mut user = walker();
        group.bench_function(format!("{name}/all of it"), |bencher| {
            bencher.iter(|| {
                let request = user.next();
                black_box(user.render(request).bytes.len());
                user.judge(request);
            });
        });
        group.finish();
    }
    head(criterion);
}

/// The library's part of reading a head; what the client looks up in it is in
/// `sockets`.
fn head(criterion: &mut Criterion) {
    let answer = crate::target::answer(ANSWER);
    criterion.bench_function("client/parse a head (httparse alone)", |bencher| {
        bencher.iter(|| {
            let mut fields = [httparse::EMPTY_HEADER; 16];
            let mut head = httparse::Response::new(&mut fields);
            black_box(head.parse(black_box(&answer)).expect("a sound head"))
        });
    });
}
