//! An answer of HTTP/1, whole and in pieces: both have to come to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmdeck::client::fuzzing::read_answer;

fuzz_target!(|data: &[u8]| {
    let Some((&[how, cut], answer)) = data.split_first_chunk::<2>() else {
        return;
    };
    let whole = read_answer(how, answer, usize::MAX);
    let pieces = read_answer(how, answer, usize::from(cut).max(1));
    assert_eq!(whole, pieces);
});
