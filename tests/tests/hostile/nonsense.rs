//! Answers that no contract knows.

use gardefou::{Action, FaultKind, Outcome, Reason, Rect};
use gardefou_tests::fixture::NOW;
use gardefou_tests::hostile::{Answer, DATA, Foreign, Part, SKIP, STOP};
use gardefou_tests::sitting::{SURFACE, Sitting};

use crate::ask::{Question, assert_fault, faults, load};

fn nonsense_at_a_frame(name: &str, policy: &Foreign) {
    for kind in faults(Question::Frame, policy) {
        assert!(matches!(kind, FaultKind::Nonsense(_)), "{name}: {kind:?}");
    }
}

#[test]
fn regions_that_are_not_canonical_are_nonsense() {
    let (w, h) = SURFACE;
    let r = Rect::new;
    for (name, regions) in [
        ("off the left", vec![r(-1, 0, 10, 10)]),
        ("off the top", vec![r(0, -1, 10, 10)]),
        ("off the right", vec![r(1, 0, w, 10)]),
        ("off the bottom", vec![r(0, 1, 10, h)]),
        ("far off", vec![r(i32::MAX, i32::MAX, u32::MAX, u32::MAX)]),
        ("no columns", vec![r(0, 0, 0, 10)]),
        ("no rows", vec![r(0, 0, 10, 0)]),
        ("overlapping", vec![r(0, 0, 10, 10), r(5, 0, 10, 10)]),
        ("twice", vec![r(0, 0, 10, 10), r(0, 0, 10, 10)]),
        ("overlapping bands", vec![r(0, 0, 10, 10), r(20, 5, 10, 10)]),
        ("right before left", vec![r(20, 0, 5, 10), r(0, 0, 5, 10)]),
        ("bottom before top", vec![r(0, 20, 5, 5), r(0, 0, 5, 5)]),
        ("touching in a band", vec![r(0, 0, 10, 10), r(10, 0, 10, 10)]),
        ("equal bands that touch", vec![r(0, 0, 10, 10), r(0, 10, 10, 10)]),
        ("one band of two heights", vec![r(0, 0, 10, 10), r(20, 0, 10, 9)]),
    ] {
        nonsense_at_a_frame(name, &Foreign::good().keeping(&regions));
    }
}

#[test]
fn a_keep_of_nothing_is_nonsense() {
    nonsense_at_a_frame("none at all", &Foreign::good().keeping(&[]));
}

#[test]
fn lists_that_are_too_long_or_nowhere_are_nonsense() {
    let list = |at, count| Answer {
        at,
        count,
        ..Answer::KEEP
    };
    let good = Foreign::good();
    nonsense_at_a_frame(
        "10 million, beyond memory",
        &good.clone().answering(&list(DATA, 10_000_000)),
    );
    nonsense_at_a_frame("beyond memory", &good.clone().answering(&list(0xffff_fff0, 1)));
    nonsense_at_a_frame("across the end", &good.clone().answering(&list(4 * 65_536 - 16, 2)));
    nonsense_at_a_frame(
        "more than the address space",
        &good.clone().answering(&list(DATA, u32::MAX)),
    );
    nonsense_at_a_frame("crooked", &good.clone().answering(&list(DATA + 1, 1)));
    let large = good.memory(500);
    nonsense_at_a_frame("all of memory", &large.clone().answering(&list(DATA, 2_000_000)));
    nonsense_at_a_frame(
        "one more than any surface needs",
        &large.clone().answering(&list(DATA, 131_073)),
    );
    nonsense_at_a_frame("as many as are read, all empty", &large.answering(&list(DATA, 131_072)));
}

#[test]
fn a_verdict_that_contradicts_itself_is_nonsense() {
    let whole = |answer: Answer| {
        let rect: Vec<u8> = [0, 0, SURFACE.0, SURFACE.1]
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .collect();
        Foreign::good().data(rect).answering(&answer)
    };
    let keep = Answer {
        count: 1,
        ..Answer::KEEP
    };
    let frame = Sitting::alone(&load(&whole(keep)).unwrap()).frame();
    assert_eq!(frame.action, Action::Keep, "it is sound before it is spoilt");
    for reason in [1, 2, 3, 4, 5, 39, 1_000, u16::MAX] {
        nonsense_at_a_frame("a keep with a reason not to", &whole(Answer { reason, ..keep }));
    }
    for action in [STOP, SKIP] {
        for reason in [0, 1, 2, 4, 5] {
            nonsense_at_a_frame(
                "a refusal without a reason",
                &Foreign::good().answering(&Answer::refusal(action, reason, 0)),
            );
        }
    }
    for action in [3, 77, 255] {
        nonsense_at_a_frame(
            "no action",
            &Foreign::good().answering(&Answer {
                action,
                ..Answer::refusal(SKIP, 1_000, 0)
            }),
        );
    }
    for until in ["(i64.const 0)", "(i64.sub (local.get $at) (i64.const 1))"] {
        nonsense_at_a_frame("a lease in the past", &whole(Answer { until, ..keep }));
        nonsense_at_a_frame(
            "a lease in the past",
            &Foreign::good().answering(&Answer {
                until,
                ..Answer::refusal(SKIP, 1_000, 0)
            }),
        );
    }
}

#[test]
fn pointers_that_point_nowhere_are_nonsense() {
    for pointer in [
        "(i32.const -1)",
        "(i32.const -8)",
        "(i32.const 262140)",
        "(i32.const 321)",
    ] {
        for (question, part) in [
            (Question::Load, Part::Describe),
            (Question::Open, Part::Open),
            (Question::Open, Part::TermsOf),
            (Question::Frame, Part::Decide),
            (Question::Review, Part::Review),
            (Question::Access, Part::Authorise),
        ] {
            assert_fault!(question, &Foreign::good().with(part, pointer), FaultKind::Nonsense(_));
        }
    }
}

#[test]
fn a_pointer_of_the_allocator_that_points_nowhere_is_a_fault() {
    for pointer in ["(i32.const -1)", "(i32.const 262143)", "(i32.const 3)"] {
        let kinds = faults(Question::Open, &Foreign::good().with(Part::Realloc, pointer));
        assert!(
            kinds
                .iter()
                .all(|k| matches!(k, FaultKind::Nonsense(_) | FaultKind::Trap(_))),
            "{kinds:?}"
        );
    }
}

#[test]
fn numbers_that_no_set_has_are_nonsense() {
    assert_fault!(
        Question::Classify,
        &Foreign::good().with(Part::Classify, "(i32.const 2)"),
        FaultKind::Nonsense(_)
    );
    assert_fault!(
        Question::Classify,
        &Foreign::good().with(Part::Classify, "(i32.const -1)"),
        FaultKind::Nonsense(_)
    );
    let disposed = "(call $disposed (i32.const 3) (i64.const 0) (i64.const 0))";
    assert_fault!(
        Question::Review,
        &Foreign::good().with(Part::Review, disposed),
        FaultKind::Nonsense(_)
    );
    let authorised = "(call $authorised (i32.const 2) (i32.const 0))";
    assert_fault!(
        Question::Access,
        &Foreign::good().with(Part::Authorise, authorised),
        FaultKind::Nonsense(_)
    );
    let terms = "(i32.store8 (i32.const 128) (i32.const 2)) (i32.const 128)";
    assert_fault!(
        Question::Open,
        &Foreign::good().with(Part::TermsOf, terms),
        FaultKind::Nonsense(_)
    );
    let opened = "(i32.store8 (i32.const 256) (i32.const 2)) (i32.const 256)";
    assert_fault!(
        Question::Open,
        &Foreign::good().with(Part::Open, opened),
        FaultKind::Nonsense(_)
    );
}

#[test]
fn a_session_that_is_none_is_nonsense() {
    for handle in ["(i32.const 0)", "(i32.const 77)", "(i32.const -1)"] {
        let policy = Foreign::good().with(Part::Open, &format!("(call $opened {handle})"));
        assert_fault!(Question::Open, &policy, FaultKind::Nonsense(_));
    }
}

#[test]
fn a_refusal_without_a_reason_is_nonsense() {
    for reason in [0, 1, 2, 4, 5] {
        let open = format!("(call $refused (i32.const {reason}) (i32.const 0))");
        assert_fault!(
            Question::Open,
            &Foreign::good().with(Part::Open, &open),
            FaultKind::Nonsense(_)
        );
        let review = format!("(call $disposed (i32.const 0) (i64.const {reason}) (i64.const 0))");
        assert_fault!(
            Question::Review,
            &Foreign::good().with(Part::Review, &review),
            FaultKind::Nonsense(_)
        );
        let access = format!("(call $authorised (i32.const 1) (i32.const {reason}))");
        assert_fault!(
            Question::Access,
            &Foreign::good().with(Part::Authorise, &access),
            FaultKind::Nonsense(_)
        );
    }
}

#[test]
fn an_access_without_the_obligation_to_journal_it_is_nonsense() {
    // The flags are journal, watermark, second-person: 0 is what a policy gives that names none.
    for flags in [0, 0b110] {
        let access = format!("(call $authorised (i32.const 0) (i32.const {flags}))");
        let policy = Foreign::good().with(Part::Authorise, &access);
        assert_fault!(Question::Access, &policy, FaultKind::Nonsense(_));
    }
}

#[test]
fn a_time_that_is_over_before_it_began_is_nonsense() {
    for until in ["(i64.const 0)", "(i64.sub (local.get $collected) (i64.const 1))"] {
        let policy = Foreign::good().with(Part::KeepUntil, until);
        assert_fault!(Question::Retention, &policy, FaultKind::Nonsense(_));
    }
    let at_once = load(&Foreign::good().with(Part::KeepUntil, "(local.get $collected)")).unwrap();
    let handle = gardefou::PolicyHandle::new(vec![at_once]).unwrap();
    assert_eq!(handle.keep_until(gardefou::Artefact::Recording, NOW, "p").unwrap(), NOW);
}

#[test]
fn a_part_that_is_not_within_its_segment_is_nonsense() {
    let trim = |start: &str, end: &str| {
        let body = format!("(call $disposed (i32.const 1) {start} {end})");
        Foreign::good().with(Part::Review, &body)
    };
    let sound = trim("(i64.add (local.get $start) (i64.const 1))", "(local.get $end)");
    let mut sitting = Sitting::alone(&load(&sound).unwrap());
    match sitting.session.segment(NOW, NOW.plus(9)) {
        Outcome::Trim(part) => assert_eq!((part.start, part.end), (NOW.plus(1), NOW.plus(9))),
        other => panic!("{other:?}"),
    }
    for (start, end) in [
        ("(i64.sub (local.get $start) (i64.const 1))", "(local.get $end)"),
        ("(local.get $start)", "(i64.add (local.get $end) (i64.const 1))"),
        ("(local.get $start)", "(local.get $start)"),
        ("(local.get $end)", "(local.get $start)"),
        ("(i64.const 0)", "(i64.const -1)"),
    ] {
        assert_fault!(Question::Review, &trim(start, end), FaultKind::Nonsense(_));
    }
}

#[test]
fn a_session_of_a_programme_that_it_does_not_know_is_nonsense() {
    let none = "(i32.store8 (i32.const 128) (i32.const 0)) (i32.const 128)";
    assert_fault!(
        Question::Open,
        &Foreign::good().with(Part::TermsOf, none),
        FaultKind::Nonsense(_)
    );
}

/// The name, the programmes and the notes of a description, each as pointer and length.
fn described(id: (u32, u32), programmes: (u32, u32), notes: (u32, u32)) -> String {
    let words = [id.0, id.1, programmes.0, programmes.1, notes.0, notes.1];
    let words: String = words.iter().map(|word| format!(" (i32.const {word})")).collect();
    format!("(call $described{words})")
}

const NAME: (u32, u32) = (2048, 7);
const NOTHING: (u32, u32) = (0, 0);

#[test]
fn a_description_that_is_enormous_is_refused() {
    let large = Foreign::good().memory(500);
    let long = described((65_536, 30_000_000), NOTHING, NOTHING);
    assert_fault!(
        Question::Load,
        &large.clone().with(Part::Describe, &long),
        FaultKind::Nonsense(_)
    );
    let beyond = described((65_536, 100_000_000), NOTHING, NOTHING);
    assert_fault!(
        Question::Load,
        &large.clone().with(Part::Describe, &beyond),
        FaultKind::Nonsense(_)
    );
    let many = described(NAME, (65_536, 4_000_000), NOTHING);
    assert_fault!(
        Question::Load,
        &large.clone().with(Part::Describe, &many),
        FaultKind::Nonsense(_)
    );
    let notes = described(NAME, NOTHING, (65_536, 800_000));
    assert_fault!(
        Question::Load,
        &large.with(Part::Describe, &notes),
        FaultKind::Nonsense(_)
    );
}

#[test]
fn a_list_that_names_one_string_over_and_over_is_refused() {
    // 1,000 programmes, each of them the same megabyte: 8 kB that would become a gigabyte.
    let list: Vec<u8> = (0..1_000)
        .flat_map(|_| [65_536u32.to_le_bytes(), 1_000_000u32.to_le_bytes()].concat())
        .collect();
    let policy = Foreign::good()
        .memory(20)
        .data(list)
        .with(Part::Describe, &described(NAME, (DATA, 1_000), NOTHING));
    assert_fault!(Question::Load, &policy, FaultKind::Nonsense(_));
}

#[test]
fn a_string_that_is_not_utf_8_is_nonsense() {
    for bytes in [
        vec![0xff, 0xfe],
        vec![0xc0, 0x80],
        vec![0xed, 0xa0, 0x80],
        vec![b'a', 0xe2, 0x82],
    ] {
        let length = u32::try_from(bytes.len()).unwrap();
        let policy = Foreign::good()
            .data(bytes)
            .with(Part::Describe, &described((DATA, length), NOTHING, NOTHING));
        assert_fault!(Question::Load, &policy, FaultKind::Nonsense(_));
    }
}

/// An error is one line of text, whatever a policy calls itself.
#[test]
fn a_name_cannot_write_lines_or_colours_into_an_error() {
    let name = "x\n2026-01-01 recorded\u{1b}[32m\u{202e}".as_bytes().to_vec();
    let length = u32::try_from(name.len()).unwrap();
    let policy = Foreign::good()
        .data(name)
        .with(Part::Describe, &described((DATA, length), NOTHING, NOTHING))
        .with(Part::Decide, "(unreachable)");
    if let Ok(policy) = load(&policy) {
        let mut sitting = Sitting::alone(&policy);
        sitting.frame();
        let text = sitting.session.faults()[0].to_string();
        assert!(!text.contains(char::is_control), "{text:?}");
    }
}

#[test]
fn a_name_is_not_longer_than_an_error_may_be() {
    let policy = Foreign::good()
        .memory(20)
        .with(Part::Describe, &described((65_536, 1_000_000), NOTHING, NOTHING))
        .with(Part::Decide, "(unreachable)");
    if let Ok(policy) = load(&policy) {
        let mut sitting = Sitting::alone(&policy);
        sitting.frame();
        let length = sitting.session.faults()[0].to_string().len();
        assert!(length < 4_096, "an error of {length} bytes");
    }
}

#[test]
fn a_policys_own_reason_passes_with_its_note() {
    let titles = "Règle maison\0House rule\0H1\0clause 7";
    let at = DATA + 64;
    let place = |part: &str| {
        (
            at + u32::try_from(titles.find(part).unwrap()).unwrap(),
            u32::try_from(part.len()).unwrap(),
        )
    };
    let words = ["H1", "clause 7", "Règle maison", "House rule"].map(place);
    let mut note: Vec<u8> = [1_234u16.to_le_bytes(), 5u16.to_le_bytes()].concat();
    note.extend(
        words
            .iter()
            .flat_map(|(at, length)| [at.to_le_bytes(), length.to_le_bytes()].concat()),
    );
    note.resize(64, 0);
    note.extend(titles.as_bytes());
    let policy = Foreign::good()
        .data(note)
        .with(Part::Describe, &described(NAME, NOTHING, (DATA, 1)))
        .answering(&Answer::refusal(STOP, 1_234, 5))
        .with(
            Part::Review,
            "(call $disposed (i32.const 0) (i64.const 0x504d2) (i64.const 0))",
        )
        .with(Part::Authorise, "(call $authorised (i32.const 1) (i32.const 0x504d2))");
    let policy = load(&policy).unwrap();
    let [note] = policy.description().notes.as_slice() else {
        panic!()
    };
    assert_eq!((note.reason, note.detail, note.rule.as_str()), (Reason(1_234), 5, "H1"));
    assert_eq!(
        (note.title.french.as_str(), note.title.english.as_str()),
        ("Règle maison", "House rule")
    );

    let handle = gardefou::PolicyHandle::new(vec![policy.clone()]).unwrap();
    let mut sitting = Sitting::under(&handle);
    let frame = sitting.frame();
    assert_eq!(
        (frame.action, frame.why.reason, frame.why.detail),
        (Action::Stop, Reason(1_234), 5)
    );
    assert_eq!(frame.why.policy, policy.digest());
    let Outcome::Discard(ticket) = sitting.session.segment(NOW, sitting.now) else {
        panic!()
    };
    assert_eq!(
        (ticket.discard().why.reason, ticket.discard().why.detail),
        (Reason(1_234), 5)
    );
    ticket.done().unwrap();
    let told = handle.authorise(&gardefou_tests::fixture::access()).unwrap();
    let gardefou::Authorisation::Refused(why) = told else {
        panic!("{told:?}")
    };
    assert_eq!(
        (why.reason, why.detail, why.policy),
        (Reason(1_234), 5, policy.digest())
    );
    assert!(sitting.session.faults().is_empty());
}
