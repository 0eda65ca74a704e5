//! See [`gardefou_fuzz::load`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::load(data));
