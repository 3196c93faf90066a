#![no_main]

#[path = "../judge.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = judge::changed_example(bytes) {
        panic!("{problem}");
    }
});
