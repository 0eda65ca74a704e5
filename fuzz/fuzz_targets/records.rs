//! See [`gardefou_fuzz::records`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::records(data));
