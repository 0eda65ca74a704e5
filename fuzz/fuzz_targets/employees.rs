//! See [`gardefou_fuzz::employees`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::employees(data));
