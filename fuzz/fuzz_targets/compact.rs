//! See [`gardefou_fuzz::compact`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::compact(data));
