//! What the benchmarks share: one call's question at several sizes, and the table of ratios at the end.

pub mod bare;
pub mod question;
pub mod ratios;
