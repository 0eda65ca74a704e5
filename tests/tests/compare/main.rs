//! No difference escapes a comparison: random pairs of rules against random questions and calls, every key of
//! the rule document one by one, and deliberately loose components against the floor.

mod escapes;
mod floor;
mod keys;
mod loose;
mod pairs;
mod questions;

use std::sync::LazyLock;

use gardefou::Runtime;
use gardefou_bake::Baker;
use gardefou_compare::{Comparison, Native, Plan, Sides};
use gardefou_policy::document;
use gardefou_policy::rules::Rules;
use gardefou_tests::fixture::NOW;

pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
pub(crate) static BAKER: LazyLock<Baker> = LazyLock::new(|| Baker::new().unwrap());

pub(crate) const EXAMPLE: &str = include_str!("../../../rules/example.toml");

pub(crate) fn natively(old: &Rules, new: &Rules) -> Comparison {
    Plan::of(Sides { old, new }).compare(&mut Native::new(old), &mut Native::new(new), || {})
}

pub(crate) fn read(text: &str) -> Rules {
    let reading = document::read(text.as_bytes(), NOW);
    reading.rules.unwrap_or_else(|| panic!("{:?}", reading.problems))
}
