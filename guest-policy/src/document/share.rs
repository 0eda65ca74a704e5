//! The share of calls: a decimal, read exactly.

use alloc::{format, string::String};

use toml::de::DeValue;

use super::cursor::Item;
use super::problem::{Problem, Problems};
use super::words::{Words, text, words};
use crate::rules::ceilings;

/// One, in millionths.
const ONE: u128 = 1_000_000;
/// Above this a share is warned about, in millionths (contract, ceilings).
const LARGE: u32 = 200_000;

/// Reads a share in (0, 0.5], in whole millionths (legal.md, +1).
pub(super) fn read(item: &Item<'_>, problems: &mut Problems<'_>) -> Option<u32> {
    let parsed = match item.value {
        DeValue::Float(number) => parse(number.as_str()),
        DeValue::Integer(number) if number.radix() == 10 => parse(number.as_str()),
        DeValue::Integer(_) => Err(Wrong::OutOfRange),
        _ => {
            problems.add(item.wrong_type(words("a number such as `0.2`", "un nombre comme `0.2`")));
            return None;
        }
    };
    let right_way = item.right_way();
    let help = percent(item.value).map_or_else(
        || text!("{right_way}, or less", "{right_way}, ou moins"; right_way),
        |(number, share)| {
            text!(
                "{number} in a hundred is written `limit = {share}`",
                "{number} pour cent s'écrit `limit = {share}`"
            )
        },
    );
    let told = |problem: Problem| problem.rule(item.key.rule).help(help.clone());
    let error = |code, message: Words| told(Problem::error(code, &item.span, message));
    match parsed {
        Ok(millionths) => {
            if millionths > LARGE {
                let message = words(
                    "more than one call in five is recorded, which is hardly occasional",
                    "plus d'un appel sur cinq est enregistré, ce qui n'est guère ponctuel",
                );
                problems.add(told(Problem::warning("large-share", &item.span, message)));
            }
            return Some(millionths);
        }
        Err(Wrong::Decimals) => problems.add(error(
            "share-decimals",
            words(
                "the share has more than six decimals",
                "la part des appels a plus de six décimales",
            ),
        )),
        Err(Wrong::OutOfRange) => problems.add(error(
            "share-out-of-range",
            words(
                "the share must be above 0 and at most 0.5, half of the calls (the product's own reading)",
                "la part des appels doit être supérieure à 0 et d'au plus 0.5, la moitié des appels \
                 (interprétation propre au produit)",
            ),
        )),
    }
    None
}

/// The share that somebody meant who wrote a whole number from 1 to 50: so many in a hundred.
fn percent(value: &DeValue<'_>) -> Option<(u32, String)> {
    let number = match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str().strip_suffix(".0")?,
        _ => return None,
    };
    let number = number.parse::<u32>().ok().filter(|number| (1..=50).contains(number))?;
    let share = format!("0.{number:02}");
    Some((number, share.trim_end_matches('0').into()))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wrong {
    OutOfRange,
    Decimals,
}

/// Millionths of a decimal number as TOML writes it, `_` left out.
fn parse(number: &str) -> Result<u32, Wrong> {
    let number = number.strip_prefix('+').unwrap_or(number);
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let exponent: i64 = exponent.parse().map_err(|_| Wrong::OutOfRange)?;
    let written = i64::try_from(fraction.len()).map_err(|_| Wrong::Decimals)?;
    let decimals = written.saturating_sub(exponent);
    let digits = format!("{whole}{fraction}");
    if digits.starts_with('-') || digits.contains(|c: char| !c.is_ascii_digit()) {
        return Err(Wrong::OutOfRange);
    }
    if decimals > 6 {
        return Err(Wrong::Decimals);
    }
    let shift = u32::try_from(6 - decimals).map_err(|_| Wrong::OutOfRange)?;
    let millionths = digits
        .parse::<u128>()
        .ok()
        .zip(10_u128.checked_pow(shift))
        .and_then(|(digits, power)| digits.checked_mul(power))
        .filter(|millionths| *millionths < ONE)
        .and_then(|millionths| u32::try_from(millionths).ok());
    match millionths {
        Some(millionths) if 0 < millionths && millionths <= ceilings::SHARE => Ok(millionths),
        _ => Err(Wrong::OutOfRange),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_are_exact() {
        assert_eq!(parse("0.2"), Ok(200_000));
        assert_eq!(parse("+0.000001"), Ok(1));
        assert_eq!(parse("0.5"), Ok(500_000));
        assert_eq!(parse("0.2000000"), Ok(200_000), "zeros at the end are no decimals");
        assert_eq!(parse("2e-1"), Ok(200_000));
        assert_eq!(parse("0.0002E+3"), Ok(200_000));
    }

    #[test]
    fn shares_outside_their_range_are_refused() {
        for bad in [
            "0",
            "0.0",
            "-0.2",
            "0.500001",
            "1",
            "inf",
            "-nan",
            "nan",
            "",
            "5e99",
            "5e99999999999999999999",
        ] {
            assert_eq!(parse(bad), Err(Wrong::OutOfRange), "{bad}");
        }
        for bad in ["0.1234567", "0.0000001", "1e-7", "0.2e-6"] {
            assert_eq!(parse(bad), Err(Wrong::Decimals), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_millionth_reads_back(millionths in 1_u32..=500_000) {
            prop_assert_eq!(parse(&format!("0.{millionths:06}")), Ok(millionths));
        }
    }
}
