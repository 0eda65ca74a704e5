//! See [`gardefou_fuzz::scenario`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::scenario(data));
