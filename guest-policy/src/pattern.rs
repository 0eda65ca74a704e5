//! How a text in a rule matches a text in the facts (rules.md, "Matching").

use alloc::{string::String, vec::Vec};

/// How much may still be searched for one window: a unit is a byte of a text that a pattern was searched in, two
/// a byte of an address that was compared with 64 places of a pattern. Once it is spent, everything fits, and
/// nothing that is found counts.
#[derive(Clone, Debug)]
pub struct Effort {
    left: Option<usize>,
}

impl Effort {
    /// So much.
    #[must_use]
    pub const fn new(units: usize) -> Self {
        Self { left: Some(units) }
    }

    /// Whether more was searched than there was.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        self.left.is_none()
    }

    fn take(&mut self, units: usize) {
        self.left = self.left.and_then(|left| left.checked_sub(units));
    }
}

fn lower(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// The file of a program, in the form that rules about it are compared with.
#[derive(Clone, Debug)]
pub struct Program {
    /// Folded.
    path: String,
    /// Where its last part begins.
    name: usize,
}

impl Program {
    /// The program of that path.
    #[must_use]
    pub fn at(path: &str) -> Self {
        let path = folded(path);
        let name = path.rfind(SEPARATORS).map_or(0, |separator| separator + 1);
        Self { path, name }
    }

    /// Whether a rule names this file: a rule without `/` or `\` compares with the last part of the path, one
    /// with either compares with the whole.
    ///
    /// ```
    /// use gardefou_policy::pattern::Program;
    /// assert!(Program::at(r"C:\Apps\CRM.EXE").is("crm.exe"));
    /// assert!(!Program::at("/tmp/crm").is("/opt/crm/crm"));
    /// ```
    #[must_use]
    pub fn is(&self, rule: &str) -> bool {
        let from = if rule.contains(SEPARATORS) { 0 } else { self.name };
        is_folded(rule, self.path.get(from..).unwrap_or_default())
    }
}

const SEPARATORS: [char; 2] = ['/', '\\'];

/// Whether a rule's text is a fact's without regard to case: Unicode lower case, character by character. The fact
/// comes [`folded`], since many rules are compared with it.
///
/// ```
/// use gardefou_policy::pattern::{folded, is_folded};
/// assert!(is_folded("ACME SAS", &folded("Acme SAS")));
/// assert!(!is_folded("crm*.exe", &folded("crm1.exe")));
/// ```
#[must_use]
pub fn is_folded(rule: &str, folded: &str) -> bool {
    if rule.is_ascii() {
        rule.eq_ignore_ascii_case(folded)
    } else {
        lower(rule).eq(folded.chars())
    }
}

/// A text in the form that is compared without regard to case: Unicode lower case, character by character.
#[must_use]
pub fn folded(text: &str) -> String {
    lower(text).collect()
}

/// Whether a text matches a glob in which `*` is any run of characters. Case counts.
///
/// ```
/// use gardefou_policy::pattern::{Effort, glob};
/// let mut effort = Effort::new(1_000);
/// assert!(glob("Ticket *", "Ticket 7 / urgent", &mut effort));
/// assert!(!glob("Ticket *", "ticket 7", &mut effort));
/// ```
#[must_use]
pub fn glob(pattern: &str, text: &str, effort: &mut Effort) -> bool {
    in_turn(pattern, text, |_, _| false, effort)
}

/// The same for two skeletons, in which a run of white space is one space: the space that ends one part of the
/// pattern may be the one that begins the next, since there were two of them where the title was written so.
pub(crate) fn skeletons(pattern: &str, title: &str, effort: &mut Effort) -> bool {
    let shared = |before: &str, part: &str| before.ends_with(' ') && part.starts_with(' ');
    in_turn(pattern, title, shared, effort)
}

/// Whether the parts of a glob stand in the text in their order, the first at its start and the last at its end.
/// Each is taken as early as it can be, so that the text is gone through once; finding one is linear, whatever
/// the text. `shared` says of two parts whether they may have one byte in common.
fn in_turn(pattern: &str, text: &str, shared: impl Fn(&str, &str) -> bool, effort: &mut Effort) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    if !text.starts_with(first) {
        return false;
    }
    let (mut before, mut end) = (first, first.len());
    let from = |before: &str, end: usize, part: &str| end - usize::from(shared(before, part));
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        let start = from(before, end, part);
        let left = text.get(start..).unwrap_or_default();
        let found = left.find(part);
        effort.take(2 * part.len() + found.unwrap_or(left.len()));
        if effort.is_spent() {
            return true;
        }
        let Some(at) = found else {
            return false;
        };
        (before, end) = (part, start + at + part.len());
    }
    text.len() >= from(before, end, last) + last.len() && text.ends_with(last)
}

/// Whether an address matches a pattern: one `*` is any run without `/`, two or more any run, and in the
/// host any run of letters, digits, `-` and `.`. Case counts.
///
/// ```
/// use gardefou_policy::pattern::{Effort, url};
/// let mut effort = Effort::new(10_000);
/// let mut url = |pattern, address| url(pattern, address, &mut effort);
/// assert!(url("https://*.acme.example/app/**", "https://crm.acme.example/app/a/b"));
/// assert!(!url("https://*.acme.example/app/**", "https://evil.example#.acme.example/app/"));
/// assert!(!url("https://crm.acme.example/*", "https://crm.acme.example/a/b"));
/// ```
#[must_use]
pub fn url(pattern: &str, address: &str, effort: &mut Effort) -> bool {
    let literal = pattern.find('*').unwrap_or(pattern.len());
    let Some((before, runs)) = pattern.split_at_checked(literal) else {
        return false;
    };
    let Some(rest) = address.strip_prefix(before) else {
        return false;
    };
    let path = path_of(pattern);
    let star = |at: usize, length: usize| Star::of(literal + at < path, length);
    effort.take(2 * runs.len());
    effort.is_spent() || matches(&tokens(runs, star), rest.as_bytes(), effort)
}

/// Where the host of an address is over.
fn path_of(pattern: &str) -> usize {
    let host = pattern.find("://").map_or(0, |at| at + "://".len());
    let slash = pattern.get(host..).and_then(|rest| rest.find('/'));
    slash.map_or(pattern.len(), |at| host + at)
}

/// What a `*` stands for. Bytes are compared, not characters: every byte of a character that is not ASCII
/// is above all of those that matter here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Star {
    /// Letters, digits, `-` and `.`.
    Host,
    /// Everything but `/`.
    Part,
    /// Everything.
    Any,
}

impl Star {
    /// What so many stars stand for.
    const fn of(in_host: bool, length: usize) -> Self {
        match length {
            _ if in_host => Self::Host,
            1 => Self::Part,
            _ => Self::Any,
        }
    }

    const fn covers(self, byte: u8) -> bool {
        match self {
            Self::Host => byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.',
            Self::Part => byte != b'/',
            Self::Any => true,
        }
    }
}

#[derive(Clone)]
enum Token {
    One(u8),
    Run(Star),
}

/// The pattern's parts; `star` says what a run of stars stands for, by where it begins (in bytes) and how
/// long it is.
fn tokens(pattern: &str, star: impl Fn(usize, usize) -> Star) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut pattern = pattern.bytes().enumerate().peekable();
    while let Some((at, byte)) = pattern.next() {
        if byte != b'*' {
            tokens.push(Token::One(byte));
            continue;
        }
        let mut length = 1;
        while pattern.next_if(|(_, byte)| *byte == b'*').is_some() {
            length += 1;
        }
        tokens.push(Token::Run(star(at, length)));
    }
    tokens
}

/// How many tokens a word of [`Places`] holds.
const WORD: usize = 64;

/// A set of places in a pattern: bit n of it is the place before token n.
type Places = Vec<u64>;

/// The places of a pattern at which something is so.
fn places(pattern: &[Token], is_so: impl Fn(&Token) -> bool) -> Places {
    let words = pattern.len() / WORD + 1;
    let mut places: Places = pattern
        .chunks(WORD)
        .map(|tokens| {
            let bits = tokens.iter().enumerate();
            bits.fold(0, |word, (bit, token)| word | (u64::from(is_so(token)) << bit))
        })
        .collect();
    places.resize(words, 0);
    places
}

/// Goes through the text once, with every place in the pattern that what was read so far can have led to: a
/// word of them at a time, so that the work is the text's length times the pattern's words, whatever the text.
fn matches(pattern: &[Token], text: &[u8], effort: &mut Effort) -> bool {
    let is = |star: Star| places(pattern, |token| matches!(token, Token::Run(run) if *run == star));
    let (hosts, parts, anys) = (is(Star::Host), is(Star::Part), is(Star::Any));
    let words = hosts.len();
    let mut letters = alloc::vec![0; 256 * words];
    for (at, token) in pattern.iter().enumerate() {
        if let Token::One(byte) = token
            && let Some(word) = letters.get_mut(usize::from(*byte) * words + at / WORD)
        {
            *word |= 1 << (at % WORD);
        }
    }
    effort.take(64 * words);
    let is_at = |reached: &Places, place: usize| {
        let word = reached.get(place / WORD).copied().unwrap_or_default();
        (word >> (place % WORD)) & 1 == 1
    };
    // Where the rest of the text is anything at all.
    let anything = match pattern {
        [before @ .., Token::Run(Star::Any)] => Some(before.len()),
        _ => None,
    };
    let mut reached: Places = alloc::vec![0; words];
    if let Some(first) = reached.first_mut() {
        // A run at the start may be none.
        *first = 1 | (u64::from(matches!(pattern.first(), Some(Token::Run(_)))) << 1);
    }
    for byte in text {
        if anything.is_some_and(|place| is_at(&reached, place)) {
            return true;
        }
        effort.take(2 * words);
        if effort.is_spent() {
            return true;
        }
        let here = usize::from(*byte) * words;
        let next = letters.get(here..here + words).unwrap_or_default();
        let (covered_by_host, covered_by_part) = (Star::Host.covers(*byte), Star::Part.covers(*byte));
        let (mut read, mut passed, mut is_lost) = (0, 0, true);
        let runs = hosts.iter().zip(&parts).zip(&anys);
        for ((word, next), ((host, part), all)) in reached.iter_mut().zip(next).zip(runs) {
            let on = *word & next;
            let stays = all | if covered_by_part { *part } else { 0 } | if covered_by_host { *host } else { 0 };
            let mut places = (on << 1) | read | (*word & stays);
            // A run that is reached may be none; no two stand next to one another.
            let over = places & (host | part | all);
            places |= (over << 1) | passed;
            (read, passed) = (on >> (WORD - 1), over >> (WORD - 1));
            is_lost &= places == 0;
            *word = places;
        }
        if is_lost {
            return false;
        }
    }
    is_at(&reached, pattern.len())
}

#[cfg(test)]
mod tests {
    use std::vec;

    use proptest::prelude::*;

    use super::*;

    fn glob(pattern: &str, text: &str) -> bool {
        super::glob(pattern, text, &mut Effort::new(usize::MAX))
    }

    fn url(pattern: &str, address: &str) -> bool {
        super::url(pattern, address, &mut Effort::new(usize::MAX))
    }

    fn matches(pattern: &[Token], text: &[u8]) -> bool {
        super::matches(pattern, text, &mut Effort::new(usize::MAX))
    }

    /// The meaning, written down: whether the pattern from each place on matches the text from each place on.
    fn tried(pattern: &[Token], text: &[u8]) -> bool {
        let mut rest = vec![false; text.len() + 1];
        rest[text.len()] = true;
        for token in pattern.iter().rev() {
            let mut here = vec![false; text.len() + 1];
            for at in (0..=text.len()).rev() {
                let next = text.get(at);
                here[at] = match token {
                    Token::One(byte) => next == Some(byte) && rest[at + 1],
                    Token::Run(star) => rest[at] || next.is_some_and(|byte| star.covers(*byte) && here[at + 1]),
                };
            }
            rest = here;
        }
        rest[0]
    }

    fn any_token() -> impl Strategy<Value = Token> {
        prop_oneof![
            6 => prop::sample::select(b"ab/.@".to_vec()).prop_map(Token::One),
            1 => Just(Star::Host).prop_map(Token::Run),
            2 => Just(Star::Part).prop_map(Token::Run),
            2 => Just(Star::Any).prop_map(Token::Run),
        ]
    }

    impl core::fmt::Debug for Token {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            match self {
                Self::One(byte) => write!(f, "{}", char::from(*byte)),
                Self::Run(Star::Host) => f.write_str("<host>"),
                Self::Run(Star::Part) => f.write_str("*"),
                Self::Run(Star::Any) => f.write_str("**"),
            }
        }
    }

    /// Runs that touch are one: none is read from a pattern otherwise.
    fn any_pattern(length: usize) -> impl Strategy<Value = Vec<Token>> {
        prop::collection::vec(any_token(), 0..length).prop_map(|mut tokens| {
            tokens.dedup_by(|one, other| matches!((one, other), (Token::Run(_), Token::Run(_))));
            tokens
        })
    }

    fn any_text(length: usize) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(b"ab/.@".to_vec()), 0..length)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn matching_is_trying_everything(pattern in any_pattern(8), text in any_text(10)) {
            prop_assert_eq!(matches(&pattern, &text), tried(&pattern, &text));
        }

        #[test]
        fn an_address_is_matched_token_by_token(
            pattern in "(a|ab://)?[ab./]{0,3}[ab./*]{0,8}",
            address in "(a|ab://)?[ab./]{0,12}",
        ) {
            let path = path_of(&pattern);
            let tokens = tokens(&pattern, |at, length| Star::of(at < path, length));
            prop_assert_eq!(url(&pattern, &address), tried(&tokens, address.as_bytes()));
        }

        #[test]
        fn a_glob_is_trying_everything(pattern in "[ab*]{0,8}", text in "[ab]{0,12}") {
            let tokens = tokens(&pattern, |_, _| Star::Any);
            prop_assert_eq!(glob(&pattern, &text), tried(&tokens, text.as_bytes()));
        }
    }

    /// Patterns of several words, and texts that they nearly fit.
    #[test]
    fn a_long_pattern_is_matched_over_the_edges_of_its_words() {
        let mut matched = 0;
        for length in 60..200 {
            for hole in [0, 1, 62, 63, 64, 65, 127, 128, length - 1] {
                let mut pattern = vec![Token::One(b'a'); length];
                if let Some(token) = pattern.get_mut(hole) {
                    *token = Token::Run(Star::Part);
                }
                for text in [
                    vec![b'a'; length - 1],
                    vec![b'a'; length],
                    vec![b'a'; length + 70],
                    vec![b'a'; length - 2],
                    [vec![b'a'; hole.min(length)], b"b/".to_vec(), vec![b'a'; length]].concat(),
                ] {
                    assert_eq!(matches(&pattern, &text), tried(&pattern, &text), "{length} {hole}");
                    matched += usize::from(matches(&pattern, &text));
                }
            }
        }
        assert!(matched > 1_000, "{matched}");
    }

    #[test]
    fn case_is_folded_character_by_character() {
        assert!(same("ÉCRAN", "écran"));
        assert!(!same("STRASSE", "straße"));
        assert!(glob(&folded("*Mot de passe*"), &folded("Entrez votre MOT DE PASSE")));
    }

    #[test]
    fn a_host_cannot_be_smuggled_in() {
        let rule = "https://*.acme.example/**";
        assert!(url(rule, "https://a.b.acme.example/"));
        for address in [
            "https://evil.example/.acme.example/",
            "https://evil.example?.acme.example/",
            "https://user:x@evil.acme.example.evil.example/",
            "https://evil.example\\.acme.example/",
            "http://a.acme.example/",
        ] {
            assert!(!url(rule, address), "{address}");
        }
    }

    #[test]
    fn a_program_without_a_path_is_its_last_part() {
        assert!(Program::at("/opt/crm").is("crm"));
        assert!(Program::at(r"C:\Apps\crm.exe").is(r"c:\apps\crm.exe"));
        assert!(!Program::at(r"C:\crm.exe\other.exe").is("crm.exe"));
        assert!(Program::at("/opt/\u{c9}CRAN").is("\u{e9}cran"));
    }

    fn same(rule: &str, fact: &str) -> bool {
        lower(rule).eq(lower(fact))
    }

    /// The Kelvin sign is a small `k`, and a dotted capital `I` two characters.
    #[test]
    fn a_folded_fact_is_compared_as_an_unfolded_one() {
        for rule in ["k", "K", "\u{212a}", "i\u{307}", "\u{130}", "É", "ascii"] {
            for fact in ["k", "K", "\u{212a}", "i\u{307}", "\u{130}", "é", "ASCII"] {
                assert_eq!(is_folded(rule, &folded(fact)), same(rule, fact), "{rule} {fact}");
            }
        }
    }
}
