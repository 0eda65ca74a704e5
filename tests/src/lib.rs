//! What the tests that cross crates share: sound facts to start from, random rules and calls, and a second,
//! simple implementation of what a session must answer.

pub mod asked;
pub mod bombs;
pub mod call;
pub mod contract;
pub mod fixture;
pub mod hostile;
pub mod plain;
pub mod power;
pub mod reference;
pub mod said;
pub mod sitting;
pub mod story;
pub mod strategy;
pub mod table;
pub mod wire;
pub mod zeros;
