//! How a text in a rule matches a text in the facts (rules.md, "Matching").

use alloc::{string::String, vec::Vec};

/// Compares whole texts without regard to case: Unicode lower case, character by character.
///
/// ```
/// use gardefou_policy::pattern::same;
/// assert!(same("ACME SAS", "acme sas"));
/// assert!(!same("crm*.exe", "crm1.exe"));
/// ```
#[must_use]
pub fn same(rule: &str, fact: &str) -> bool {
    lower(rule).eq(lower(fact))
}

fn lower(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// Whether a rule about a program's file names this file: a rule without `/` or `\` compares with the
/// last part of the path, one with either compares with the whole.
///
/// ```
/// use gardefou_policy::pattern::names_program;
/// assert!(names_program("crm.exe", r"C:\Apps\CRM.EXE"));
/// assert!(!names_program("/opt/crm/crm", "/tmp/crm"));
/// ```
#[must_use]
pub fn names_program(rule: &str, path: &str) -> bool {
    let separators = ['/', '\\'];
    let compared = if rule.contains(separators) {
        path
    } else {
        path.rsplit(separators).next().unwrap_or(path)
    };
    same(rule, compared)
}

/// A text in the form that globs without regard to case compare: Unicode lower case, character by
/// character.
#[must_use]
pub fn folded(text: &str) -> String {
    lower(text).collect()
}

/// Whether a text matches a glob in which `*` is any run of characters. Case counts.
///
/// ```
/// use gardefou_policy::pattern::glob;
/// assert!(glob("Ticket *", "Ticket 7 / urgent"));
/// assert!(!glob("Ticket *", "ticket 7"));
/// ```
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    matches(&tokens(pattern, |_, _| Star::Any), text.as_bytes())
}

/// Whether an address matches a pattern: one `*` is any run without `/`, two or more any run, and in the
/// host any run of letters, digits, `-` and `.`. Case counts.
///
/// ```
/// use gardefou_policy::pattern::url;
/// assert!(url("https://*.acme.example/app/**", "https://crm.acme.example/app/a/b"));
/// assert!(!url("https://*.acme.example/app/**", "https://evil.example#.acme.example/app/"));
/// assert!(!url("https://crm.acme.example/*", "https://crm.acme.example/a/b"));
/// ```
#[must_use]
pub fn url(pattern: &str, address: &str) -> bool {
    let host = pattern.find("://").map_or(0, |at| at + "://".len());
    let slash = pattern.get(host..).and_then(|rest| rest.find('/'));
    let path = slash.map_or(pattern.len(), |at| host + at);
    let star = |at: usize, length: usize| match length {
        _ if at < path => Star::Host,
        1 => Star::Part,
        _ => Star::Any,
    };
    matches(&tokens(pattern, star), address.as_bytes())
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

/// Matches from left to right. A run takes as little as it can and grows when what follows does not
/// match. Only the latest bounded run and the latest unbounded one are ever grown: what an earlier one
/// could still take, the later one can take as well, or it stands behind a `/` that neither crosses.
fn matches(pattern: &[Token], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut bounded: Option<(usize, usize, Star)> = None;
    let mut unbounded: Option<(usize, usize)> = None;
    loop {
        match pattern.get(p) {
            Some(Token::Run(Star::Any)) => {
                p += 1;
                t = next_place(pattern.get(p), text, t);
                unbounded = Some((p, t));
                bounded = None;
                continue;
            }
            Some(Token::Run(star)) => {
                p += 1;
                bounded = Some((p, t, *star));
                continue;
            }
            Some(Token::One(byte)) if text.get(t) == Some(byte) => {
                p += 1;
                t += 1;
                continue;
            }
            None if t == text.len() => return true,
            _ => {}
        }
        if let Some((after, from, star)) = bounded
            && text.get(from).is_some_and(|byte| star.covers(*byte))
        {
            bounded = Some((after, from + 1, star));
            (p, t) = (after, from + 1);
        } else if let Some((after, from)) = unbounded
            && from < text.len()
        {
            let from = next_place(pattern.get(after), text, from + 1);
            unbounded = Some((after, from));
            bounded = None;
            (p, t) = (after, from);
        } else {
            return false;
        }
    }
}

/// Where what follows an unbounded run can begin, from `from` on: at its first byte when that is known,
/// at the end when it does not occur any more. This is where the time goes with a long title.
fn next_place(follows: Option<&Token>, text: &[u8], from: usize) -> usize {
    match follows {
        Some(Token::One(byte)) => {
            let found = text.get(from..).and_then(|rest| rest.iter().position(|b| b == byte));
            found.map_or(text.len(), |at| from + at)
        }
        Some(Token::Run(_)) => from,
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The meaning, tried out: a run is nothing, or one more character and the same run.
    fn tried(pattern: &[Token], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((Token::One(c), rest)), Some((d, left))) => c == d && tried(rest, left),
            (Some((Token::Run(star), rest)), next) => {
                tried(rest, text) || next.is_some_and(|(d, left)| star.covers(*d) && tried(pattern, left))
            }
            _ => false,
        }
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

    /// Patterns as rules can write them: before the run in a host there is none, and what follows it goes
    /// on to a `/`.
    fn sound(pattern: &[Token]) -> bool {
        let run = |t: &Token| matches!(t, Token::Run(_));
        let host = |t: &Token| matches!(t, Token::Run(Star::Host));
        let Some(at) = pattern.iter().position(host) else {
            return true;
        };
        let (before, after) = (&pattern[..at], &pattern[at + 1..]);
        let slash = |t: &Token| matches!(t, Token::One(b'/'));
        !before.iter().any(run) && !after.iter().any(host) && after.iter().take_while(|t| !run(t)).any(slash)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn matching_is_trying_everything(
            pattern in prop::collection::vec(any_token(), 0..8).prop_filter("a rule's pattern", |p| sound(p)),
            text in prop::collection::vec(prop::sample::select(b"ab/.@".to_vec()), 0..10),
        ) {
            prop_assert_eq!(matches(&pattern, &text), tried(&pattern, &text));
        }
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
        assert!(names_program("crm", "/opt/crm"));
        assert!(names_program(r"c:\apps\crm.exe", r"C:\Apps\crm.exe"));
        assert!(!names_program("crm.exe", r"C:\crm.exe\other.exe"));
    }
}
