//! See [`gardefou_fuzz::rules`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::rules(data));
