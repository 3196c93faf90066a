#![no_main]

#[path = "../judge.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = judge::spec_to_files(bytes) {
        panic!("{problem}");
    }
});
