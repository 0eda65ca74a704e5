//! What is written is read back; what is damaged is refused, with a line.

use gardefou_policy::facts::{Access, AppIdentity, Calls, Notice, SessionFacts};
use gardefou_policy::types::{
    Answer, Artefact, CallPhase, CaptureMode, Condition, Operation, Purpose, Rect, Timestamp, WindowKind,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::trace::names::Named;
use crate::trace::{Event, FactsSpan, FrameLine, Identity, Line, Malformed, ReadError, Reader, SessionLine, Writer};
use crate::{Placed, Usage};

fn named<T: Named + std::fmt::Debug>() -> impl Strategy<Value = T> {
    select(T::NAMES).prop_map(|(_, value)| value)
}

fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![any::<u64>(), 1_795_000_000_000_u64..1_795_000_900_000].prop_map(Timestamp::from_millis)
}

fn rect() -> impl Strategy<Value = Rect> {
    any::<(i32, i32, u32, u32)>().prop_map(|(x, y, width, height)| Rect::new(x, y, width, height))
}

fn usage() -> impl Strategy<Value = Usage> {
    any::<(u64, u64, u64)>().prop_map(|(employee_used, programme_used, unreviewed)| Usage {
        employee_used,
        programme_used,
        unreviewed,
    })
}

fn answer() -> impl Strategy<Value = Answer> {
    any::<Option<bool>>().prop_map(Answer::from)
}

fn session() -> impl Strategy<Value = Event> {
    let texts = (any::<String>(), any::<String>(), any::<String>());
    let notice = option::of((any::<String>(), instant()));
    let numbers = (any::<u64>(), option::of(any::<(u32, u32)>()));
    let extra = proptest::collection::btree_map(any::<String>(), any::<String>(), 0..4);
    let said = (answer(), answer(), option::of(instant()));
    let parts = (
        texts,
        named::<Purpose>(),
        named::<CaptureMode>(),
        notice,
        numbers,
        said,
        extra,
        option::of(usage()),
    );
    parts.prop_map(|(texts, purpose, mode, notice, numbers, said, extra, usage)| {
        let mut facts = SessionFacts::default();
        (facts.session, facts.employee, facts.programme) = texts;
        (facts.purpose, facts.mode) = (purpose, mode);
        facts.employee_notice = notice.map(|(version, given_at)| Notice { version, given_at });
        let (interval, calls) = numbers;
        facts.frame_interval = interval;
        facts.calls = calls.map(|(offered, recorded)| Calls { offered, recorded });
        (facts.employee_objected, facts.protected_line, facts.enrolled_at) = said;
        facts.extra = extra.into_iter().collect();
        Event::Session(Box::new(SessionLine { facts, usage }))
    })
}

fn identity() -> impl Strategy<Value = Identity> {
    let texts = vec(option::of(any::<String>()), 6);
    let app = texts.prop_map(|mut texts| {
        let mut app = AppIdentity::default();
        app.executable = texts.pop().flatten();
        app.package = texts.pop().flatten();
        app.signer = texts.pop().flatten();
        app.wm_class = texts.pop().flatten();
        app.title = texts.pop().flatten();
        app.url = texts.pop().flatten();
        Identity::App(app)
    });
    prop_oneof![app, named::<WindowKind>().prop_map(Identity::Kind)]
}

fn frame() -> impl Strategy<Value = Event> {
    let window = (any::<u32>(), rect(), rect(), any::<bool>()).prop_map(|(id, inner, outer, solid)| Placed {
        id,
        inner,
        outer: if solid { inner } else { outer },
    });
    let facts = option::of((instant(), instant()).prop_map(|(from, to)| FactsSpan { from, to }));
    let parts = (option::of(any::<(u32, u32)>()), option::of(vec(window, 0..5)), facts);
    parts.prop_map(|(surface, windows, facts)| {
        Event::Frame(FrameLine {
            surface,
            windows,
            facts,
        })
    })
}

fn access() -> impl Strategy<Value = Event> {
    let kinds = (
        named::<Operation>(),
        named::<Artefact>(),
        named::<Purpose>(),
        named::<CaptureMode>(),
    );
    let texts = vec(any::<String>(), 4);
    let options = (option::of(instant()), option::of(any::<String>()));
    let parts = (kinds, texts, options, (any::<bool>(), answer()), instant());
    parts.prop_map(|(kinds, mut texts, options, said, collected_at)| {
        Event::Access(Box::new(Access {
            at: Timestamp::MIN,
            operation: kinds.0,
            artefact: kinds.1,
            purpose: kinds.2,
            account: texts.pop().unwrap(),
            individual_account: said.0,
            role: texts.pop().unwrap(),
            authorised_until: options.0,
            programme: texts.pop().unwrap(),
            subject: options.1,
            viewer: texts.pop().unwrap(),
            restricted: said.1,
            collected_at,
            mode: kinds.3,
        }))
    })
}

fn event() -> impl Strategy<Value = Event> {
    let conditions = vec(option::of(option::of(any::<bool>())), Condition::ALL.len()).prop_map(|states| {
        let mentioned = Condition::ALL.into_iter().zip(states);
        Event::Conditions(mentioned.filter_map(|(c, state)| Some((c, state?))).collect())
    });
    let retention = (named::<Artefact>(), instant(), any::<String>());
    prop_oneof![
        session(),
        named::<CallPhase>().prop_map(Event::Call),
        conditions,
        (any::<u32>(), identity()).prop_map(|(id, identity)| Event::Window { id, identity }),
        any::<u32>().prop_map(|id| Event::WindowGone { id }),
        frame(),
        instant().prop_map(|started_at| Event::Segment { started_at }),
        access(),
        retention.prop_map(|(artefact, collected_at, programme)| Event::Retention {
            artefact,
            collected_at,
            programme
        }),
        usage().prop_map(Event::Usage),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    (instant(), event()).prop_map(|(at, mut event)| {
        if let Event::Access(access) = &mut event {
            access.at = at;
        }
        Line { at, event }
    })
}

fn written(lines: &[Line]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for line in lines {
        writer.write(line).unwrap();
    }
    writer.into_inner()
}

fn read(file: &[u8]) -> Result<Vec<Line>, Malformed> {
    Reader::new(file)
        .map(|line| match line {
            Ok((_, line)) => Ok(line),
            Err(ReadError::Malformed(malformed)) => Err(malformed),
            Err(other) => panic!("{other}"),
        })
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(lines in vec(line(), 0..12)) {
        let file = written(&lines);
        prop_assert_eq!(file.iter().filter(|byte| **byte == b'\n').count(), lines.len());
        prop_assert_eq!(read(&file).unwrap(), lines);
    }

    #[test]
    fn a_file_cut_anywhere_loses_its_last_line_only(lines in vec(line(), 1..6), cut in any::<Index>()) {
        let file = written(&lines);
        let cut = cut.index(file.len());
        let kept = &file[..cut];
        let whole = kept.iter().filter(|byte| **byte == b'\n').count();
        let read: Vec<_> = Reader::new(kept).collect();
        for (own, line) in read.iter().zip(&lines).take(whole) {
            prop_assert_eq!(&own.as_ref().unwrap().1, line);
        }
        match read.get(whole) {
            // Cut at a line's end, its line feed lost or not.
            None => prop_assert!(kept.is_empty() || kept.ends_with(b"\n")),
            Some(Ok((_, line))) => prop_assert_eq!(line, &lines[whole]),
            Some(Err(ReadError::Malformed(error))) => {
                prop_assert_eq!(error.line(), Some(u64::try_from(whole).unwrap() + 1));
            }
            Some(Err(other)) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_with_its_line(
        lines in vec(line(), 1..6),
        damage in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut file = written(&lines);
        for (place, byte) in damage {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let all = file.split(|byte| *byte == b'\n').count();
        if let Err(error) = read(&file) {
            let number = usize::try_from(error.line().unwrap()).unwrap();
            prop_assert!(number >= 1 && number <= all);
            prop_assert!(!error.help().is_empty());
        }
    }
}

#[test]
fn an_expectation_is_read_back_too() {
    let text = r#"{"at":5,"event":"expect","action":"keep","keep":[[0,0,800,600]],"odd":[null,1.5,-2,{"a":true}]}"#;
    let line = crate::trace::parse_line(text).unwrap();
    assert_eq!(String::from_utf8(written(&[line])).unwrap(), format!("{text}\n"));
}

const EXAMPLES: [&str; 3] = [
    include_str!("../../../../examples/traces/demo.jsonl"),
    include_str!("../../../../examples/traces/ordinary-call.jsonl"),
    include_str!("../../../../examples/traces/accesses.jsonl"),
];

#[test]
fn an_example_is_read_written_and_read_alike() {
    for example in EXAMPLES {
        let lines = read(example.as_bytes()).unwrap();
        assert_eq!(read(&written(&lines)).unwrap(), lines);
    }
}

proptest! {
    #[test]
    fn an_example_cut_or_damaged_is_read_or_refused_with_its_line(
        example in select(&EXAMPLES[..]),
        cut in any::<Index>(),
        damage in vec((any::<Index>(), prop_oneof![any::<u8>(), select(&b"{}[]\",:\\0\n-.e"[..])]), 0..3),
    ) {
        let mut file = example.as_bytes().to_vec();
        file.truncate(1 + cut.index(file.len()));
        for (place, byte) in damage {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let all = file.split(|byte| *byte == b'\n').count();
        let mut before = 0;
        for line in Reader::new(file.as_slice()) {
            match line {
                Ok((number, _)) => {
                    prop_assert!(number > before);
                    before = number;
                }
                Err(ReadError::Malformed(error)) => {
                    let number = error.line().unwrap();
                    prop_assert!(number > before && number <= u64::try_from(all).unwrap());
                    prop_assert!(!error.message().is_empty() && !error.help().is_empty());
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }
}
