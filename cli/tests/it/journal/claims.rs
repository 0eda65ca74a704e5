//! What is said of a journal and of a proof is what they show, and what is malformed is said to be.

use super::*;

const ENGLISH: &str = "en_GB.UTF-8";

impl Written {
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// The exit code, and what was said.
    fn ends(&self, locale: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.run(locale, arguments);
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        (output.status.code(), said)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(arguments)).unwrap()
    }
}

/// Entry 3 was forgotten; from the proof of entry 1 somebody took the content out. Neither shows which.
#[test]
fn a_content_that_is_left_out_is_not_shown() {
    let journal = written();
    journal.done(&["prove", "calls.journal", "3", "-o", "forgotten.json"]);
    let mut proof = journal.json(&["prove", "calls.journal", "1"]);
    for member in ["salt", "content"] {
        proof.as_object_mut().unwrap().remove(member).unwrap();
    }
    journal.write("left-out.json", proof.to_string());
    for file in ["forgotten.json", "left-out.json"] {
        let verify = ["verify", "--proof", file, "--key", "calls.journal.pub"];
        for (locale, not_shown) in LOCALES.into_iter().zip(["content not shown", "contenu non montré"]) {
            let (code, said) = journal.ends(locale, &verify);
            assert_eq!(code, Some(0), "{said}");
            assert!(said.contains(not_shown), "{said}");
            assert!(!said.contains("forgotten") && !said.contains("oubli"), "{said}");
        }
        let json = journal.json(&[&verify[..], &["--format", "json"]].concat());
        assert_eq!(
            (&json["content"], &json["key-given"]),
            (&Value::Null, &Value::Bool(true))
        );
    }
    let json = journal.json(&["verify", "--proof", "left-out.json", "--format", "json"]);
    assert_eq!(json["key-given"], false);
}

#[test]
fn a_proof_is_one_object_or_malformed() {
    let journal = written();
    let proof = journal.done(&["prove", "calls.journal", "1"]);
    let one_line = |text: &str| serde_json::from_str::<Value>(text).unwrap().to_string();
    let proof = one_line(&proof);
    let note = serde_json::from_str::<Value>(&proof).unwrap()["checkpoint"].to_string();
    for (bad, [english, french]) in [
        (
            format!("[{proof}]"),
            ["a proof is a JSON object", "une preuve est un objet JSON"],
        ),
        (
            proof.replacen(r#""index""#, r#""index":1,"index""#, 1),
            ["there twice", "deux fois"],
        ),
        (
            proof.replacen(r#""index""#, r#""time":1,"index""#, 1),
            ["no such proof has", "n'a pas"],
        ),
        (format!("{proof} and more"), ["behind the proof", "suit la preuve"]),
        (format!("{proof},{proof}"), ["behind the proof", "suit la preuve"]),
        ("\"inclusion\"".to_owned(), ["a JSON object", "un objet JSON"]),
        (String::new(), ["not JSON", "pas du JSON"]),
        (
            proof.replace(&note, "\"no note\""),
            ["a signed note is", "une note signée est"],
        ),
        (
            proof.replacen(r#""key":""#, r#""key":"x"#, 1),
            ["the id in the key", "l'id de la clé"],
        ),
    ] {
        assert_ne!(bad, proof);
        journal.write("bad.json", &bad);
        for (locale, what) in LOCALES.into_iter().zip([english, french]) {
            let (code, said) = journal.ends(locale, &["verify", "--proof", "bad.json"]);
            assert_eq!(code, Some(2), "{bad}: {said}");
            assert!(said.contains("`bad.json`") && said.contains(what), "{bad}: {said}");
        }
    }
    journal.write("bad.json", b"\xff\xfe");
    assert_eq!(journal.ends("C", &["verify", "--proof", "bad.json"]).0, Some(2));
    // Several proofs in one file are proofs, too.
    journal.write("two.json", format!("{proof}{proof}\n"));
    journal.done(&["verify", "--proof", "two.json"]);
}

#[test]
fn a_malformed_key_is_what_was_given_wrongly() {
    let journal = written();
    let key = fs::read_to_string(journal.path("calls.journal.pub")).unwrap();
    journal.done(&["prove", "calls.journal", "1", "-o", "1.json"]);
    let cases: [&[u8]; 5] = [
        b"",
        b"\xff\xfe+",
        b"no key",
        key.as_bytes().split_at(1).1,
        b"PRIVATE+KEY+a+00000000+AAAA",
    ];
    for bad in cases {
        journal.write("bad.pub", bad);
        for verify in [&["verify", "calls.journal"][..], &["verify", "--proof", "1.json"]] {
            let (code, said) = journal.ends(ENGLISH, &[verify, &["--key", "bad.pub"]].concat());
            assert_eq!(code, Some(2), "{said}");
            assert!(said.contains("`bad.pub`"), "{said}");
        }
    }
    let written = key.trim().replace("paris", "lyon");
    assert_eq!(
        journal.ends("C", &["verify", "calls.journal", "--key", &written]).0,
        Some(2)
    );
    assert_eq!(
        journal.ends("C", &["verify", "calls.journal", "--key", key.trim()]).0,
        Some(0)
    );
    assert_eq!(
        journal.ends("C", &["verify", "calls.journal", "--key", "none.pub"]).0,
        Some(1)
    );
    journal.write("calls.journal.pub", b"\xff\xfe");
    assert_eq!(journal.ends("C", &["verify", "calls.journal"]).0, Some(2));

    // The signing key, and what is no journal at all.
    journal.write("call.jsonl", "");
    for bad in cases {
        journal.write("bad.key", bad);
        let run = [
            "run",
            "call.jsonl",
            "--journal",
            "new.journal",
            "--journal-key",
            "bad.key",
        ];
        let output = spoken(ENGLISH, journal.folder.path(), &run);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    }
    for command in [
        &["show", "1.json"][..],
        &["verify", "1.json"],
        &["export", "1.json"],
        &["prove", "1.json", "0"],
    ] {
        assert_eq!(journal.ends("C", command).0, Some(2), "{command:?}");
    }
}

/// Witnesses sign as well, with algorithms that nobody here knows.
#[test]
fn a_checkpoint_may_be_signed_by_fifteen_others() {
    let journal = written();
    journal.done(&["export", "calls.journal", "--what", "checkpoint", "-o", "own.note"]);
    let own = fs::read_to_string(journal.path("own.note")).unwrap();
    // 4 + 4,627 bytes, as of ML-DSA-87.
    let others: String = (0..15)
        .map(|n| format!("\u{2014} witness.example.com/{n} {}AA=\n", "A".repeat(6173)))
        .collect();
    journal.write("kept.note", format!("{own}{others}"));
    let verify = [
        "verify",
        "calls.journal",
        "--key",
        "calls.journal.pub",
        "--checkpoint",
        "kept.note",
    ];
    let page = journal.done(&verify);
    assert!(page.contains("the first 5 entries are those of then"), "{page}");
    journal.done(&["prove", "calls.journal", "--since", "kept.note", "-o", "since.json"]);
    journal.done(&["verify", "--proof", "since.json", "--key", "calls.journal.pub"]);
    // The same key twice, and one of its signatures is wrong.
    let (name, signature) = own.trim_end().rsplit_once(' ').unwrap();
    let (before, after) = signature.split_at(20);
    let other = if after.starts_with('A') { 'B' } else { 'A' };
    let line = name.rsplit_once('\n').unwrap().1;
    let twice = format!("{own}{line} {before}{other}{}\n", after.split_at(1).1);
    journal.write("kept.note", twice);
    assert_eq!(journal.ends("C", &verify).0, Some(2));
}

#[test]
fn what_a_verification_does_not_exclude_is_said() {
    let journal = written();
    let empty = tempfile::tempdir().unwrap();
    let verify = |more: &[&str]| journal.done(&[&["verify", "calls.journal"], more].concat());
    let page = verify(&[]);
    for part in [
        "it is what was signed",
        "of 1 the content was destroyed with the key, why is not shown",
        "(give `--key`)",
        "(give `--checkpoint`)",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(
        !page.contains("time was over") && !page.contains("what was written"),
        "{page}"
    );
    let french = journal.ends("fr_FR.UTF-8", &["verify", "calls.journal"]).1;
    assert!(
        french.contains("il est ce qui a été signé") && french.contains("sans que le motif soit montré"),
        "{french}"
    );

    // A checkpoint of nothing shows nothing.
    let key = JournalKey::at(&journal.path("calls.key")).unwrap();
    drop(Journal::open(&empty.path().join("calls.journal"), &key).unwrap());
    let export = ["journal", "export", "calls.journal", "--what", "checkpoint"];
    let nothing = spoken("C", empty.path(), &export).stdout;
    journal.write("nothing.note", nothing);
    let page = verify(&["--checkpoint", "nothing.note"]);
    assert!(page.contains("(give `--checkpoint`)"), "{page}");

    journal.done(&["export", "calls.journal", "--what", "checkpoint", "-o", "kept.note"]);
    journal.journal.append(&[access("s-3", true)]).unwrap();
    let page = verify(&["--checkpoint", "kept.note"]);
    assert!(page.contains("not excluded, behind the first 5 entries"), "{page}");
    let json = journal.json(&[
        "verify",
        "calls.journal",
        "--checkpoint",
        "kept.note",
        "--format",
        "json",
    ]);
    assert_eq!((&json["kept-entries"], &json["entries"]), (&5.into(), &6.into()));
}

/// The rows of the table under this heading line: the names in the first column.
fn listed(page: &str, heading: &str) -> Vec<String> {
    let (_, table) = page.split_once(heading).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn the_page_lists_the_members_of_a_line_of_an_export() {
    let journal = written();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/journal.md")).unwrap();
    let (_, page) = page.split_once("## Export").unwrap();
    let mut listed = listed(page, "| member | what |");
    listed.sort();
    let lines = journal.done(&["export", "calls.journal"]);
    assert_eq!(lines.lines().count(), 5);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let mut members: Vec<&String> = line.as_object().unwrap().keys().collect();
        members.sort();
        assert_eq!(members, listed.iter().collect::<Vec<_>>());
        assert_eq!(line["salt"].is_null(), line["content"].is_null());
    }
    assert!(page.contains("with one member, `note`"));
    let lines = journal.done(&["export", "calls.journal", "--what", "checkpoints"]);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), ["note"]);
    }
}

/// Every text in it that is neither a signed note nor a key.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ Value::Object(_)) => texts(&inner, found),
            _ => found.push(text.clone()),
        },
        Value::Array(list) => list.iter().for_each(|one| texts(one, found)),
        Value::Object(members) => {
            let signed = |name: &str| matches!(name, "note" | "checkpoint" | "old" | "key");
            members
                .iter()
                .filter(|(name, _)| !signed(name))
                .for_each(|(_, value)| texts(value, found));
        }
        _ => {}
    }
}

#[test]
fn digests_are_written_in_one_way() {
    let journal = written();
    journal.done(&["export", "calls.journal", "--what", "checkpoint", "-o", "kept.note"]);
    journal.done(&["prove", "calls.journal", "1", "-o", "1.json"]);
    let mut found = Vec::new();
    for command in [
        &["export", "calls.journal"][..],
        &["show", "calls.journal", "--format", "json"],
        &["verify", "calls.journal", "--format", "json"],
        &["verify", "--proof", "1.json", "--format", "json"],
    ] {
        for line in journal.done(command).lines() {
            texts(&serde_json::from_str(line).unwrap(), &mut found);
        }
    }
    texts(&journal.json(&["prove", "calls.journal", "1"]), &mut found);
    texts(
        &journal.json(&["prove", "calls.journal", "--since", "kept.note"]),
        &mut found,
    );
    let is_hex = |text: &&String| text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    assert!(found.iter().filter(is_hex).count() > 10);
    let base64 = |text: &&String| text.len() == 44 && text.ends_with('=');
    assert_eq!(found.iter().find(base64), None);

    // The same entry has the same commitment in both.
    let proof = journal.json(&["prove", "calls.journal", "1"]);
    let lines = journal.done(&["export", "calls.journal"]);
    let line: Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    for member in ["commitment", "salt", "content"] {
        assert_eq!(proof[member], line[member]);
    }
}

/// Names of files are bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_journal_may_have_a_name_that_is_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join(OsStr::from_bytes(b"\xe9t\xe9"));
    fs::create_dir(&folder).unwrap();
    let file = OsStr::from_bytes(b"appels\xff.journal");
    let key = JournalKey::at(&folder.join(OsStr::from_bytes(b"cl\xe9"))).unwrap();
    let journal = Journal::open(&folder.join(file), &key).unwrap();
    journal.append(&[access("s-1", true), decision("s-1")]).unwrap();
    journal.forget(&[0]).unwrap();
    let run = |arguments: &[&OsStr]| {
        let mut command = in_locale(ENGLISH);
        let output = command
            .current_dir(base.path())
            .arg("journal")
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    };
    let at = |name: &[u8]| folder.join(OsStr::from_bytes(name));
    let file = &at(b"appels\xff.journal");
    let word = OsStr::new;
    let path = |path: &'static [u8]| at(path).into_os_string();
    let page = run(&[word("verify"), file.as_os_str()]);
    assert!(text(&page.stdout).contains("it is what was signed"));
    run(&[word("show"), file.as_os_str()]);
    run(&[
        word("export"),
        file.as_os_str(),
        word("-o"),
        &path(b"lignes\xe9"),
        word("--traces"),
        &path(b"\xe9"),
    ]);
    let note = path(b"not\xe9");
    run(&[
        word("export"),
        file.as_os_str(),
        word("--what"),
        word("checkpoint"),
        word("-o"),
        &note,
    ]);
    let proof = path(b"preuv\xe9");
    run(&[word("prove"), file.as_os_str(), word("1"), word("-o"), &proof]);
    run(&[word("prove"), file.as_os_str(), word("--since"), &note]);
    let public = path(b"appels\xff.journal.pub");
    run(&[word("verify"), word("--proof"), &proof, word("--key"), &public]);
    run(&[
        word("verify"),
        file.as_os_str(),
        word("--key"),
        &public,
        word("--checkpoint"),
        &note,
    ]);
    assert!(at(b"appels\xff.journal-wal").exists(), "the log has the name, too");
}
