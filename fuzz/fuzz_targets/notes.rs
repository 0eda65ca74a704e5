//! See [`gardefou_fuzz::notes`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::notes(data));
