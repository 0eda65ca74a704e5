//! Writing the registers as Rust. rustfmt lays the text out afterwards.

use std::fmt::Write as _;

use super::{
    SOURCE,
    read::{Condition, FIRST_OWN, Must, Reason, Registers},
};

/// The whole generated file.
pub(crate) fn code(registers: &Registers) -> String {
    let Registers { reasons, conditions } = registers;
    let number_of = |name: &str| reasons.iter().find(|r| r.name == name).map(|r| constant(&r.name));
    [
        head(),
        reason_consts(reasons),
        reason_functions(reasons),
        condition_consts(conditions),
        condition_functions(conditions, &|c| number_of(&c.otherwise).unwrap_or_default()),
    ]
    .concat()
}

/// `policy-fault` as the name of a constant.
fn constant(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}

fn head() -> String {
    format!(
        "//! The registers of the contract: reasons and conditions, as numbers with names.
//!
//! Generated from `{SOURCE}` by `cargo xtask registers`: do not edit it here.

use core::fmt;

/// Why a verdict is as it is: a number from the register of reasons; from {FIRST_OWN} on, a policy's own.
///
/// A number that is in no register is a refusal like any other, and its title is in the policy's own
/// description.
///
/// ```
/// use gardefou_policy::registers::Reason;
/// assert_eq!(Reason::from_name(\"no-call\"), Some(Reason::NO_CALL));
/// assert_eq!(Reason::NO_CALL.to_string(), \"no-call\");
/// assert_eq!(Reason(1000).to_string(), \"reason 1000\");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason(pub u16);

/// What the register says of a reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReasonInfo {{
    /// Its number.
    pub number: u16,
    /// Its name in traces, JSON and texts.
    pub name: &'static str,
    /// The row of the legal matrix that it belongs to; `P` is a reading of ours; empty for permitted.
    pub rule: &'static str,
    /// Where to look it up: gathered from secondary sources, for a lawyer to check.
    pub reference: &'static str,
    /// Its title in French.
    pub french: &'static str,
    /// Its title in English.
    pub english: &'static str,
}}

"
    )
}

fn reason_consts(reasons: &[Reason]) -> String {
    let mut out = String::from("impl Reason {\n");
    for reason in reasons {
        let Reason {
            number, english, rule, ..
        } = reason;
        let rule = match rule.as_str() {
            "" => String::new(),
            rule => format!(" (legal.md, {rule})"),
        };
        let name = constant(&reason.name);
        _ = write!(
            out,
            "    /// {english}{rule}.\n    pub const {name}: Self = Self({number});\n"
        );
    }
    _ = write!(
        out,
        "
    /// Every reason of the register, in the order of their numbers.
    pub const ALL: [Self; {}] = [
",
        reasons.len()
    );
    for reason in reasons {
        _ = writeln!(out, "        Self::{},", constant(&reason.name));
    }
    out.push_str("    ];\n");
    out
}

fn reason_functions(reasons: &[Reason]) -> String {
    let mut out = String::from(
        "
    /// What the register says of it; `None` for a number that it does not have.
    #[must_use]
    pub const fn info(self) -> Option<&'static ReasonInfo> {
        Some(match self {
",
    );
    for reason in reasons {
        let Reason {
            number,
            name,
            rule,
            reference,
            french,
            english,
        } = reason;
        _ = write!(
            out,
            "            Self::{} => &ReasonInfo {{
                number: {number},
                name: {name:?},
                rule: {rule:?},
                reference: {reference:?},
                french: {french:?},
                english: {english:?},
            }},
",
            constant(name)
        );
    }
    out.push_str(
        "            _ => return None,
        })
    }

    /// Its name; `None` for a number that the register does not have.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self.info() {
            Some(info) => Some(info.name),
            None => None,
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == Some(name))
    }

",
    );
    _ = write!(
        out,
        "    /// Whether it is a policy's own: {FIRST_OWN} or above.
    #[must_use]
    pub const fn is_own(self) -> bool {{
        self.0 >= {FIRST_OWN}
    }}
}}

"
    );
    out.push_str(
        "/// The name, or `reason N` for a number that the register does not have.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, \"reason {}\", self.0),
        }
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

",
    );
    out
}

fn condition_consts(conditions: &[Condition]) -> String {
    let mut out = String::from(
        "/// A fact about the call that holds, does not hold, or is not known: a bit in a set of conditions.
///
/// ```
/// use gardefou_policy::registers::{Condition, Reason};
/// assert_eq!(Condition::from_name(\"party-objected\"), Some(Condition::PARTY_OBJECTED));
/// assert!(Condition::PARTY_OBJECTED.is_sticky() && !Condition::PARTY_OBJECTED.must_hold());
/// assert_eq!(Condition::AUDIO_RECORDED.reason(), Reason::NO_CALL);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Condition(u8);

impl Condition {
",
    );
    for condition in conditions {
        let name = constant(&condition.name);
        _ = write!(
            out,
            "    /// {}\n    pub const {name}: Self = Self({});\n",
            condition.meaning, condition.bit
        );
    }
    _ = write!(
        out,
        "
    /// Every condition of the register, in the order of their bits.
    pub const ALL: [Self; {}] = [
",
        conditions.len()
    );
    for condition in conditions {
        _ = writeln!(out, "        Self::{},", constant(&condition.name));
    }
    out.push_str("    ];\n");
    out
}

/// A match over all conditions. The last one is the wildcard: the field is private, so nothing else
/// exists, and an arm that cannot be reached would need a panic.
fn by_condition(conditions: &[Condition], value: impl Fn(&Condition) -> String) -> String {
    let mut out = String::from("        match self {\n");
    let last = conditions.len().saturating_sub(1);
    for (at, condition) in conditions.iter().enumerate() {
        let pattern = match at == last {
            true => "_".to_owned(),
            false => format!("Self::{}", constant(&condition.name)),
        };
        _ = writeln!(out, "            {pattern} => {},", value(condition));
    }
    out.push_str("        }\n");
    out
}

/// A condition on `self` that is true for those that `chosen` picks.
fn one_of(conditions: &[Condition], chosen: impl Fn(&Condition) -> bool) -> String {
    let names: Vec<_> = conditions
        .iter()
        .filter(|c| chosen(c))
        .map(|c| format!("Self::{}", constant(&c.name)))
        .collect();
    format!("        matches!(self, {})\n", names.join(" | "))
}

fn condition_functions(conditions: &[Condition], reason: &dyn Fn(&Condition) -> String) -> String {
    let names = by_condition(conditions, |c| format!("{:?}", c.name));
    let reasons = by_condition(conditions, |c| format!("Reason::{}", reason(c)));
    let sticky = one_of(conditions, |c| c.sticky);
    let must_hold = one_of(conditions, |c| c.must == Must::Hold);
    format!(
        "
    /// Its place in a set of conditions: 0 to 31.
    #[must_use]
    pub const fn bit(self) -> u8 {{
        self.0
    }}

    /// The set with this condition alone, as bits.
    #[must_use]
    pub const fn mask(self) -> u32 {{
        1 << self.0
    }}

    /// Its name in traces, JSON and texts.
    #[must_use]
    pub const fn name(self) -> &'static str {{
{names}    }}

    /// The condition of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {{
        Self::ALL.into_iter().find(|condition| condition.name() == name)
    }}

    /// Whether it holds until the session ends, once it held.
    #[must_use]
    pub const fn is_sticky(self) -> bool {{
{sticky}    }}

    /// Whether it must be known to hold; the others must be known not to.
    #[must_use]
    pub const fn must_hold(self) -> bool {{
{must_hold}    }}

    /// The reason that refuses when it is not as it must be, or not known.
    #[must_use]
    pub const fn reason(self) -> Reason {{
{reasons}    }}
}}

impl fmt::Debug for Condition {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.write_str(self.name())
    }}
}}
"
    )
}
