//! The skeletons as runs of characters, written as Rust. rustfmt lays the text out afterwards.

use std::fmt::Write as _;

use super::skeleton;

/// Hangul syllables: the guest takes them apart by arithmetic.
const HANGUL: std::ops::RangeInclusive<char> = '가'..='힣';

/// The shortest run of one kind that is worth a row of its own.
const WORTH: usize = 4;

/// A character, and what it becomes.
type Changed = (char, String);

/// The whole generated file.
pub(super) fn code(version: &str) -> String {
    let changed: Vec<Changed> = ('\0'..=char::MAX)
        .filter(|c| !HANGUL.contains(c))
        .map(|c| (c, skeleton(c)))
        .filter(|(c, text)| !text.chars().eq([*c]))
        .collect();
    let mut rows = String::new();
    let mut texts: Vec<&str> = Vec::new();
    let mut rest = changed.as_slice();
    while !rest.is_empty() {
        let (count, to) = special(rest).unwrap_or_else(|| {
            let to = format!("To::Texts({})", texts.len());
            let count = ordinary(rest);
            texts.extend(rest.iter().take(count).map(|(_, text)| text.as_str()));
            (count, to)
        });
        let (run, after) = rest.split_at(count);
        if let [(first, _), ..] = run
            && let [.., (last, _)] = run
        {
            let _ = writeln!(rows, "({}, {}, {to}),", number(*first), number(*last));
        }
        rest = after;
    }
    let ends = texts.iter().scan(0, |end, text| {
        *end += text.len();
        Some(format!("{end}, "))
    });
    let pieces = texts.chunks(16).map(|texts| {
        let piece: String = texts.concat().chars().flat_map(char::escape_default).collect();
        format!("\"{piece}\",\n")
    });
    format!(
        "//! What each character becomes in a skeleton.
//!
//! Generated from the data of Unicode {version} by `cargo xtask skeletons`: do not edit it here.

use super::To;

/// Runs of characters that become something else, in their order: the first, the last, and what becomes of
/// them. Hangul syllables, which are taken apart by arithmetic, are not among them.
pub(super) static RUNS: [(u32, u32, To); {}] = [
{rows}];

/// Where each text ends in [`TEXTS`].
pub(super) static ENDS: [u16; {}] = [{}];

/// The texts, one after the other.
pub(super) static TEXTS: &str = concat!({});
",
        rows.lines().count(),
        texts.len(),
        ends.collect::<String>(),
        pieces.collect::<String>(),
    )
}

fn number(character: char) -> u32 {
    u32::from(character)
}

/// How many characters from the first on become nothing, lie equally far from what they become, or are, every
/// second, the one before what they become; and which of it. Only where that is worth a row.
fn special(rest: &[Changed]) -> Option<(usize, String)> {
    let nothing = run(rest, 1, |(_, text)| text.is_empty());
    if nothing >= WORTH {
        return Some((nothing, "To::Nothing".into()));
    }
    let by = shift(rest.first()?)?;
    let shifted = run(rest, 1, |changed| shift(changed) == Some(by));
    if shifted >= WORTH {
        return Some((shifted, format!("To::Shift({by})")));
    }
    let every_second = run(rest, 2, |changed| shift(changed) == Some(1));
    (every_second >= WORTH).then(|| (every_second, "To::Next".into()))
}

/// How many characters from the first on stand next to one another and are in no special run.
fn ordinary(rest: &[Changed]) -> usize {
    let starts = |from: usize| rest.get(from..).is_some_and(|rest| special(rest).is_some());
    let adjacent = run(rest, 1, |_| true);
    (1..adjacent).find(|from| starts(*from)).unwrap_or(adjacent)
}

/// How many characters from the first on are so and follow one another in such steps.
fn run(rest: &[Changed], step: u32, is_so: impl Fn(&Changed) -> bool) -> usize {
    let Some((first, _)) = rest.first() else { return 0 };
    let numbers = (number(*first)..).step_by(usize::try_from(step).unwrap_or(1));
    let run = rest.iter().zip(numbers);
    run.take_while(|(changed, at)| number(changed.0) == *at && is_so(changed))
        .count()
}

/// How far from the character that lies which it becomes, where it is one.
fn shift((from, text): &Changed) -> Option<i64> {
    let mut characters = text.chars();
    let to = characters.next().filter(|_| characters.as_str().is_empty())?;
    Some(i64::from(number(to)) - i64::from(number(*from)))
}
