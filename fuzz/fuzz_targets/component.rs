//! See [`gardefou_fuzz::component`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gardefou_fuzz::component(data));
