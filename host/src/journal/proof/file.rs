//! Reading the file of a proof: what is not exactly one is refused, and nothing of it is guessed.

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::de::SliceRead;
use serde_json::error::Category;

use super::{Consistency, Inclusion, MAX_PATH, MAX_PROOF, Malformed, Proof};

/// Exactly one proof.
pub(super) fn one(bytes: &[u8]) -> Result<Proof, Malformed> {
    let mut json = bounded(bytes)?;
    let proof = next(&mut json)?;
    json.end().map(|()| proof).map_err(|_| Malformed::ProofEnd)
}

/// One proof or more, one behind the other.
pub(super) fn all(bytes: &[u8]) -> Result<Vec<Proof>, Malformed> {
    let mut json = bounded(bytes)?;
    let mut proofs = vec![next(&mut json)?];
    while json.end().is_err() {
        let proof = next(&mut json).map_err(|malformed| match malformed {
            Malformed::ProofJson | Malformed::ProofObject => Malformed::ProofEnd,
            other => other,
        });
        proofs.push(proof?);
    }
    Ok(proofs)
}

type Json<'a> = serde_json::Deserializer<SliceRead<'a>>;

fn bounded(bytes: &[u8]) -> Result<Json<'_>, Malformed> {
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_PROOF);
    fits.then(|| Json::from_slice(bytes)).ok_or(Malformed::Long)
}

fn next(json: &mut Json<'_>) -> Result<Proof, Malformed> {
    let fault = Cell::new(Malformed::ProofObject);
    let members = Reading { fault: &fault }.deserialize(json);
    let members = members.map_err(|error| match error.classify() {
        Category::Data => fault.get(),
        Category::Syntax | Category::Eof | Category::Io => Malformed::ProofJson,
    })?;
    members.proof()
}

/// The members of every kind of proof, those that are there.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    index: Option<u64>,
    commitment: Option<String>,
    salt: Option<String>,
    content: Option<String>,
    old: Option<String>,
    path: Option<Nodes>,
    checkpoint: Option<String>,
    key: Option<String>,
}

impl Members {
    /// All of them, as a proof of its kind.
    fn proof(self) -> Result<Proof, Malformed> {
        match self.kind.as_deref() {
            Some("inclusion") => self.inclusion().map(Proof::Inclusion),
            Some("consistency") => self.consistency().map(Proof::Consistency),
            _ => Err(Malformed::Proof),
        }
    }

    fn inclusion(self) -> Result<Inclusion, Malformed> {
        if self.old.is_some() {
            return Err(Malformed::ProofMember);
        }
        // What is shown is shown with its salt.
        if self.salt.is_some() != self.content.is_some() {
            return Err(Malformed::Proof);
        }
        Ok(Inclusion {
            index: there(self.index)?,
            commitment: there(self.commitment)?,
            salt: self.salt,
            content: self.content,
            path: there(self.path)?.0,
            checkpoint: there(self.checkpoint)?,
            key: there(self.key)?,
        })
    }

    fn consistency(self) -> Result<Consistency, Malformed> {
        if self.index.is_some() || self.commitment.is_some() || self.salt.is_some() || self.content.is_some() {
            return Err(Malformed::ProofMember);
        }
        Ok(Consistency {
            old: there(self.old)?,
            path: there(self.path)?.0,
            checkpoint: there(self.checkpoint)?,
            key: there(self.key)?,
        })
    }

    /// Reads the value of a member.
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
        fault: &Cell<Malformed>,
    ) -> Result<(), A::Error> {
        match name {
            "proof" => once(&mut self.kind, map, fault),
            "index" => once(&mut self.index, map, fault),
            "commitment" => once(&mut self.commitment, map, fault),
            "salt" => once(&mut self.salt, map, fault),
            "content" => once(&mut self.content, map, fault),
            "old" => once(&mut self.old, map, fault),
            "path" => once(&mut self.path, map, fault),
            "checkpoint" => once(&mut self.checkpoint, map, fault),
            "key" => once(&mut self.key, map, fault),
            _ => Err(wrong(fault, Malformed::ProofMember)),
        }
    }
}

fn there<T>(member: Option<T>) -> Result<T, Malformed> {
    member.ok_or(Malformed::Proof)
}

fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    member: &mut Option<T>,
    map: &mut A,
    fault: &Cell<Malformed>,
) -> Result<(), A::Error> {
    if member.is_some() {
        return Err(wrong(fault, Malformed::ProofTwice));
    }
    *member = Some(map.next_value()?);
    Ok(())
}

/// The library's errors are words only: what is wrong is kept beside them.
fn wrong<E: serde::de::Error>(fault: &Cell<Malformed>, what: Malformed) -> E {
    fault.set(what);
    E::custom("no proof")
}

/// Reads one object, and says what is wrong with it.
struct Reading<'a> {
    fault: &'a Cell<Malformed>,
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Members;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        self.fault.set(Malformed::Proof);
        let mut members = Members::default();
        while let Some(name) = map.next_key::<String>()? {
            members.take(&name, &mut map, self.fault)?;
        }
        Ok(members)
    }
}

/// The nodes of a path, no more than one can have.
struct Nodes(Vec<String>);

impl<'de> Deserialize<'de> for Nodes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(NodesVisitor)
    }
}

struct NodesVisitor;

impl<'de> Visitor<'de> for NodesVisitor {
    type Value = Nodes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nodes, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            if nodes.len() >= MAX_PATH {
                return Err(A::Error::custom("too many nodes"));
            }
            nodes.push(node);
        }
        Ok(Nodes(nodes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INCLUSION: &str = r#"{"proof":"inclusion","index":1,"commitment":"c","salt":"s","content":"t","path":["n"],"checkpoint":"k","key":"v"}"#;
    const CONSISTENCY: &str = r#"{"proof":"consistency","old":"o","path":[],"checkpoint":"k","key":"v"}"#;

    #[test]
    fn a_proof_is_one_object() {
        for proof in [INCLUSION, CONSISTENCY] {
            let read = one(format!(" {proof}\n").as_bytes()).unwrap();
            assert_eq!(one(&read.to_bytes()).unwrap(), read);
            for (bad, what) in [
                (String::new(), Malformed::ProofJson),
                (proof.trim_end_matches('}').to_owned(), Malformed::ProofJson),
                (format!("[{proof}]"), Malformed::ProofObject),
                // A form that the library would take for an object.
                (r#"["inclusion",{"index":1}]"#.to_owned(), Malformed::ProofObject),
                (
                    r#"["inclusion",1,"c","s","t",["n"],"k","v"]"#.to_owned(),
                    Malformed::ProofObject,
                ),
                ("\"inclusion\"".to_owned(), Malformed::ProofObject),
                ("null".to_owned(), Malformed::ProofObject),
                ("12".to_owned(), Malformed::ProofObject),
                (format!("{proof}{proof}"), Malformed::ProofEnd),
                (format!("{proof} x"), Malformed::ProofEnd),
                (format!("{proof},"), Malformed::ProofEnd),
                (
                    proof.replace(r#""key":"v""#, r#""key":"v","key":"v""#),
                    Malformed::ProofTwice,
                ),
                (
                    proof.replace(r#""key":"v""#, r#""key":"v","k\u0065y":"v""#),
                    Malformed::ProofTwice,
                ),
                (
                    proof.replace(r#""key":"v""#, r#""key":"v","time":1"#),
                    Malformed::ProofMember,
                ),
                (proof.replace(r#","key":"v""#, ""), Malformed::Proof),
                (proof.replace(r#""key":"v""#, r#""key":null"#), Malformed::Proof),
                (proof.replace(r#""key":"v""#, r#""key":{"v":"v"}"#), Malformed::Proof),
                (
                    proof.replace(r#""path":["#, r#""path":[1,"#).replace(",]", "]"),
                    Malformed::Proof,
                ),
                (
                    proof
                        .replace(r#""path":["#, &format!(r#""path":[{}"#, r#""","#.repeat(128)))
                        .replace(",]", r#",""]"#),
                    Malformed::Proof,
                ),
                (proof.replace(r#""proof":""#, r#""proof":"x"#), Malformed::Proof),
                ("{}".to_owned(), Malformed::Proof),
            ] {
                assert_eq!(one(bad.as_bytes()), Err(what), "{bad}");
            }
        }
        for bad in [
            INCLUSION.replace(r#""salt":"s","#, ""),
            INCLUSION.replace(r#""content":"t","#, ""),
            INCLUSION
                .replace(r#""salt":"s""#, r#""salt":null"#)
                .replace(r#""content":"t""#, r#""content":null"#),
            INCLUSION.replace(r#""index":1"#, r#""index":1.0"#),
            INCLUSION.replace(r#""index":1"#, r#""index":-1"#),
        ] {
            assert_eq!(one(bad.as_bytes()), Err(Malformed::Proof), "{bad}");
        }
        let other = INCLUSION.replace(r#""key""#, r#""old":"o","key""#);
        assert_eq!(one(other.as_bytes()), Err(Malformed::ProofMember));
        let other = CONSISTENCY.replace(r#""key""#, r#""index":1,"key""#);
        assert_eq!(one(other.as_bytes()), Err(Malformed::ProofMember));
        assert_eq!(one(b"\xff{}"), Err(Malformed::ProofJson));
    }

    #[test]
    fn several_stand_one_behind_the_other() {
        let both = all(format!("{INCLUSION}\n{CONSISTENCY}{INCLUSION}\n\n").as_bytes()).unwrap();
        assert_eq!(both.len(), 3);
        for (bad, what) in [
            (String::new(), Malformed::ProofJson),
            (" \n".to_owned(), Malformed::ProofJson),
            (format!("{INCLUSION},{CONSISTENCY}"), Malformed::ProofEnd),
            (format!("{INCLUSION}[]"), Malformed::ProofEnd),
            (format!("{INCLUSION}\nnull"), Malformed::ProofEnd),
            (format!("{INCLUSION}{{}}"), Malformed::Proof),
        ] {
            assert_eq!(all(bad.as_bytes()), Err(what), "{bad}");
        }
    }
}
