//! Reading the registers, and checking what a type cannot say.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use serde::Deserialize;

/// Both registers, in the order of their numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registers {
    #[serde(rename = "reason")]
    pub(crate) reasons: Vec<Reason>,
    #[serde(rename = "condition")]
    pub(crate) conditions: Vec<Condition>,
}

/// A reason, as the register has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub(crate) number: u16,
    pub(crate) name: String,
    pub(crate) rule: String,
    pub(crate) reference: String,
    pub(crate) french: String,
    pub(crate) english: String,
}

/// A condition, as the register has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) bit: u8,
    pub(crate) name: String,
    pub(crate) must: Must,
    #[serde(rename = "else")]
    pub(crate) otherwise: String,
    pub(crate) meaning: String,
    pub(crate) sticky: bool,
}

/// What a condition must be known to do before a frame is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Must {
    Hold,
    NotHold,
}

/// The first number that is a policy's own.
pub(crate) const FIRST_OWN: u16 = 1000;

impl Registers {
    /// Reads both registers.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let registers: Self = toml::from_str(text)?;
        registers.check()?;
        Ok(registers)
    }

    fn check(&self) -> Result<()> {
        ensure!(
            self.reasons.is_sorted_by(|a, b| a.number < b.number),
            "the numbers of the reasons do not ascend"
        );
        ensure!(
            self.conditions.is_sorted_by(|a, b| a.bit < b.bit),
            "the bits of the conditions do not ascend"
        );
        distinct(self.reasons.iter().map(|r| &r.name))?;
        distinct(self.conditions.iter().map(|c| &c.name))?;
        for reason in &self.reasons {
            ensure!(
                reason.number < FIRST_OWN,
                "`{}`: the numbers from {FIRST_OWN} on are a policy's own",
                reason.name
            );
        }
        for condition in &self.conditions {
            ensure!(condition.bit < 32, "`{}`: a set has 32 bits", condition.name);
            ensure!(
                self.reasons.iter().any(|r| r.name == condition.otherwise),
                "`{}`: no reason is called `{}`",
                condition.name,
                condition.otherwise
            );
        }
        Ok(())
    }
}

/// Names are words of small letters joined by `-`, and none is given twice.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for name in names {
        let well_formed = name
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
        ensure!(well_formed, "`{name}` is not made of small letters and `-`");
        if !seen.insert(name) {
            bail!("`{name}` is given twice");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASON: &str =
        "[[reason]]\nnumber = 7\nname = \"a-name\"\nrule = \"P\"\nreference = \"P\"\nfrench = \"F\"\nenglish = \"E\"\n";

    fn condition(bit: u8, otherwise: &str) -> String {
        format!(
            "[[condition]]\nbit = {bit}\nname = \"c\"\nmust = \"hold\"\nelse = \"{otherwise}\"\nmeaning = \"M.\"\nsticky = false\n"
        )
    }

    fn error(text: &str) -> String {
        Registers::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_sound_register_is_read() {
        let registers = Registers::parse(&format!("{REASON}{}", condition(3, "a-name"))).unwrap();
        assert_eq!(registers.reasons.first().unwrap().number, 7);
        assert_eq!(registers.conditions.first().unwrap().must, Must::Hold);
    }

    #[test]
    fn a_number_given_twice_is_refused() {
        let text = format!("{REASON}{REASON}{}", condition(3, "a-name"));
        assert!(error(&text).contains("do not ascend"));
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        let second = REASON.replace("number = 7", "number = 8");
        let text = format!("{REASON}{second}{}", condition(3, "a-name"));
        assert!(error(&text).contains("given twice"));
    }

    #[test]
    fn a_condition_without_its_reason_is_refused() {
        assert!(error(&format!("{REASON}{}", condition(3, "other"))).contains("`other`"));
    }

    #[test]
    fn numbers_out_of_their_block_are_refused() {
        assert!(error(&format!("{REASON}{}", condition(32, "a-name"))).contains("32 bits"));
        let own = REASON.replace("number = 7", "number = 1000");
        assert!(error(&format!("{own}{}", condition(3, "a-name"))).contains("own"));
    }
}
