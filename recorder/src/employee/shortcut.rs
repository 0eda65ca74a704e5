//! A global shortcut, as it is written: `ctrl+alt+p`.

use std::fmt;
use std::str::FromStr;

/// Keys that are pressed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shortcut {
    /// Control is held.
    pub(crate) ctrl: bool,
    /// Alt is held.
    pub(crate) alt: bool,
    /// Shift is held.
    pub(crate) shift: bool,
    /// The key with the system's logo is held.
    pub(crate) super_: bool,
    /// The key itself, by its X11 number (keysym).
    pub(crate) keysym: u32,
}

/// Keys that have a name, with their X11 number.
const NAMED: [(&str, u32); 10] = [
    ("space", 0x20),
    ("pause", 0xff13),
    ("home", 0xff50),
    ("left", 0xff51),
    ("up", 0xff52),
    ("right", 0xff53),
    ("down", 0xff54),
    ("end", 0xff57),
    ("insert", 0xff63),
    ("delete", 0xffff),
];

/// The X11 number of F1; the others follow it.
const F1: u32 = 0xffbe;

/// How many function keys have a number.
const FUNCTION_KEYS: u32 = 24;

const HOW: &str = "write it as `ctrl+alt+p`: `ctrl`, `alt`, `shift` and `super`, then a letter from a to z, a digit, \
                   `f1` to `f24`, or one of `space`, `pause`, `home`, `end`, `insert`, `delete`, `left`, `right`, \
                   `up`, `down`";

impl FromStr for Shortcut {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        let (held, name) = lower.rsplit_once('+').unwrap_or(("", &lower));
        let keysym = keysym(name).ok_or(HOW)?;
        let mut shortcut = Self {
            ctrl: false,
            alt: false,
            shift: false,
            super_: false,
            keysym,
        };
        for word in held.split('+').filter(|_| lower.contains('+')) {
            let slot = match word {
                "ctrl" => &mut shortcut.ctrl,
                "alt" => &mut shortcut.alt,
                "shift" => &mut shortcut.shift,
                "super" => &mut shortcut.super_,
                _ => return Err(HOW.to_owned()),
            };
            if std::mem::replace(slot, true) {
                return Err(format!("`{word}` is there twice; {HOW}"));
            }
        }
        let types = keysym < 0x100 || matches!(keysym, 0xff50..=0xff57 | 0xff63 | 0xffff);
        if types && !(shortcut.ctrl || shortcut.alt || shortcut.super_) {
            return Err("nobody could type that key any more; help: add `ctrl`, `alt` or `super`".to_owned());
        }
        Ok(shortcut)
    }
}

fn keysym(name: &str) -> Option<u32> {
    if let [letter] = name.as_bytes()
        && letter.is_ascii_alphanumeric()
    {
        return Some(u32::from(*letter));
    }
    let named = NAMED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, keysym)| *keysym);
    let function = || {
        let number = name.strip_prefix('f')?;
        // `f01` is no key's name.
        let number: u32 = number.parse().ok().filter(|n: &u32| n.to_string() == number)?;
        (1..=FUNCTION_KEYS).contains(&number).then(|| F1 + number - 1)
    };
    named.or_else(function)
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = [
            (self.ctrl, "ctrl+"),
            (self.alt, "alt+"),
            (self.shift, "shift+"),
            (self.super_, "super+"),
        ];
        for (_, name) in held.iter().filter(|(holds, _)| *holds) {
            f.write_str(name)?;
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, keysym)| *keysym == self.keysym) {
            return f.write_str(name);
        }
        match u8::try_from(self.keysym) {
            Ok(letter) => write!(f, "{}", char::from(letter)),
            Err(_) => write!(f, "f{}", self.keysym.saturating_sub(F1).saturating_add(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_written_again() {
        for text in [
            "ctrl+alt+p",
            "ctrl+alt+o",
            "ctrl+shift+5",
            "super+space",
            "f1",
            "shift+f24",
            "pause",
            "ctrl+alt+shift+super+delete",
        ] {
            assert_eq!(text.parse::<Shortcut>().unwrap().to_string(), text);
        }
        assert_eq!("Alt+CTRL+P".parse::<Shortcut>().unwrap().to_string(), "ctrl+alt+p");
    }

    #[test]
    fn what_is_wrong_is_said_with_the_way_out() {
        for text in [
            "", "+", "ctrl+", "+p", "ctrl++p", "ctrl+é", "hyper+p", "f0", "f25", "f01", "f+1", "ctrl+pp",
        ] {
            let why = text.parse::<Shortcut>().unwrap_err();
            assert!(why.contains("`ctrl+alt+p`"), "{text}: {why}");
        }
        assert!("ctrl+ctrl+p".parse::<Shortcut>().unwrap_err().contains("twice"));
        for text in ["p", "shift+p", "space", "shift+delete"] {
            assert!(
                text.parse::<Shortcut>().unwrap_err().contains("nobody could type"),
                "{text}"
            );
        }
    }
}
