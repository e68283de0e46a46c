//! A scenario file: read, compiled, its requests rendered, or mistakes with a
//! place within the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmdeck::model::Slots;
use swarmdeck::program::{EvalContext, Scratch, Sequences, Variables};
use swarmdeck::scenario::{Colour, Environment, Source, load};

fuzz_target!(|text: &str| {
    match load(&Source::new("fuzz.yaml", text), &Environment::default()) {
        Ok(loaded) => {
            let Ok(program) = loaded.compile(Some("http://127.0.0.1:1")) else {
                return;
            };
            let variables = Variables::new(program.slot_count());
            let mut rng = fastrand::Rng::with_seed(1);
            let sequences = Sequences::new(0, &Slots::all());
            for request in &program.requests {
                let mut around = EvalContext {
                    rng: &mut rng,
                    unix_us: 1_700_000_000_000_000,
                    sequences: &sequences,
                };
                let _ = request.render(&variables, &mut around, &mut Scratch::default());
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            let lines = text.split('\n').count();
            for problem in problems {
                assert!((1..=lines).contains(&problem.line), "{problem:?}");
                let _ = problem.render(Colour::Never);
            }
        }
    }
});
