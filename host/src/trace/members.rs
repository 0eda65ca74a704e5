//! Where the fields of an object stand in its text.

use std::ops::Range;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// A field of an object. Its places are bytes of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Member {
    /// Its name, read.
    pub(super) name: String,
    /// From the name's first quote to the end of the value.
    pub(super) whole: Range<usize>,
    /// Its value.
    pub(super) value: Range<usize>,
}

/// The fields of the object that this text is, in their order; `None` when it is no object.
pub(super) fn members(text: &str) -> Option<Vec<Member>> {
    let mut cursor = Cursor { text, at: 0 };
    let mut members = Vec::new();
    cursor.sign(b'{')?;
    if cursor.sign(b'}').is_some() {
        return Some(members);
    }
    loop {
        members.push(cursor.member()?);
        if cursor.sign(b',').is_none() {
            return cursor.sign(b'}').map(|()| members);
        }
    }
}

/// The text without a field, and without the comma that parted it from the next one, or, when it is the last,
/// from the one before it. White space up to that neighbour goes with it.
pub(super) fn without(text: &str, members: &[Member], name: &str) -> Option<String> {
    let place = members.iter().position(|member| member.name == name)?;
    let own = members.get(place)?.whole.clone();
    let before = place.checked_sub(1).and_then(|before| members.get(before));
    let span = match (members.get(place + 1), before) {
        (Some(next), _) => own.start..next.whole.start,
        (None, Some(before)) => before.whole.end..own.end,
        (None, None) => own,
    };
    replaced(text, span, "")
}

/// The text with other bytes at this place.
pub(super) fn replaced(text: &str, span: Range<usize>, new: &str) -> Option<String> {
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    Some([before, new, after].concat())
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// What is left of the text, without the white space before it.
    fn rest(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    /// Passes this sign, when it is what comes next.
    fn sign(&mut self, sign: u8) -> Option<()> {
        let next = self.rest().bytes().next();
        (next == Some(sign)).then(|| self.at += 1)
    }

    fn member(&mut self) -> Option<Member> {
        let (name, name_at): (String, _) = self.value()?;
        self.sign(b':')?;
        let (_, value): (IgnoredAny, _) = self.value()?;
        let whole = name_at.start..value.end;
        Some(Member { name, whole, value })
    }

    /// Reads one value, and says where it stands.
    fn value<T: Deserialize<'a>>(&mut self) -> Option<(T, Range<usize>)> {
        let mut stream = Deserializer::from_str(self.rest()).into_iter();
        let value = stream.next()?.ok()?;
        let start = self.at;
        self.at += stream.byte_offset();
        Some((value, start..self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, &str, &str)> {
        let members = members(text).unwrap();
        let at = |span| text.get(span).unwrap();
        let of = |member: Member| (member.name, at(member.whole), at(member.value));
        members.into_iter().map(of).collect()
    }

    #[test]
    fn every_field_is_found_where_it_stands() {
        let text = " {\t\"a\\u0062\" : 1.50e1 ,\r\"}\\\"\":\"{,\\\\\" , \"\":[ {\"a\":[1,{}]} , null ],\"ü\":-0}\t";
        let found = read(text);
        let found: Vec<_> = found
            .iter()
            .map(|(name, whole, value)| (name.as_str(), *whole, *value))
            .collect();
        assert_eq!(
            found,
            [
                ("ab", "\"a\\u0062\" : 1.50e1", "1.50e1"),
                ("}\"", "\"}\\\"\":\"{,\\\\\"", "\"{,\\\\\""),
                ("", "\"\":[ {\"a\":[1,{}]} , null ]", "[ {\"a\":[1,{}]} , null ]"),
                ("ü", "\"ü\":-0", "-0"),
            ]
        );
        assert!(read("{}").is_empty() && read(" { } ").is_empty());
        assert_eq!(
            members("[]")
                .or(members(""))
                .or(members("{\"a\":1"))
                .or(members("{\"a\"}")),
            None
        );
    }

    #[test]
    fn a_field_goes_with_one_comma() {
        let gone = |text: &str, name: &str| without(text, &members(text).unwrap(), name);
        let text = "{ \"a\" : 1 , \"b\" : 2 ,\t\"c\" : 3 }";
        assert_eq!(gone(text, "a").unwrap(), "{ \"b\" : 2 ,\t\"c\" : 3 }");
        assert_eq!(gone(text, "b").unwrap(), "{ \"a\" : 1 , \"c\" : 3 }");
        assert_eq!(gone(text, "c").unwrap(), "{ \"a\" : 1 , \"b\" : 2 }");
        assert_eq!(gone("{ \"a\":1 }", "a").unwrap(), "{  }");
        assert_eq!(gone(text, "d"), None);
    }
}
