//! See [`gardefou_fuzz::history`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::history(data));
