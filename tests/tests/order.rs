//! The order of the checks: for every pair of conditions that can fail together the reason is the earlier
//! one, and every reason is reached wherever the contract names it.

use gardefou::{
    Access, Answer, Artefact, CallPhase, Calls, CaptureMode, Condition, Operation, Purpose, Reason, Rect, SessionFacts,
    Usage,
};
use gardefou_policy::facts::{HungUp, Moment, Segment, Window};
use gardefou_policy::frame::decide;
use gardefou_policy::regions::Painter;
use gardefou_policy::rules::{Enrolment, Programmes, Rules};
use gardefou_policy::types::{Action, Conditions, DAY, Disposition, Span, Timestamp};
use gardefou_policy::{access, opening, review};
use gardefou_tests::fixture::{self, NOW};

/// Everything that an opening depends on.
struct Open {
    rules: Rules,
    facts: SessionFacts,
}

type Spoil<T> = (Reason, &'static str, fn(&mut T));

fn past() -> Span {
    Span {
        start: Timestamp::MIN,
        end: NOW,
    }
}

fn first_programme(rules: &mut Rules) -> &mut gardefou_policy::rules::Programme {
    match &mut rules.programmes {
        Programmes::Listed(list) => &mut list[0],
        Programmes::Any(_) => unreachable!("the fixture lists its programmes"),
    }
}

const fn calls(offered: u32, recorded: u32) -> Option<Calls> {
    Some(Calls { offered, recorded })
}

/// Each way to fail a check at open, in the order of the contract. Ways of one reason may stand together.
const AT_OPEN: &[Spoil<Open>] = &[
    (Reason::INVALID_FACTS, "no interval", |o| o.facts.frame_interval = 0),
    (Reason::INVALID_FACTS, "no session", |o| o.facts.session.clear()),
    (Reason::INVALID_FACTS, "no employee", |o| o.facts.employee.clear()),
    (Reason::INVALID_FACTS, "calls not counted", |o| o.facts.calls = None),
    (Reason::INVALID_FACTS, "no call offered", |o| {
        o.facts.calls = calls(0, 0)
    }),
    (Reason::INVALID_FACTS, "more recorded than offered", |o| {
        o.facts.calls = calls(10, 11)
    }),
    (Reason::NOT_IN_FORCE, "over", |o| o.rules.in_force = past()),
    (Reason::NOT_IN_FORCE, "not yet", |o| {
        o.rules.in_force.start = NOW.plus(1)
    }),
    (Reason::STILL_IMAGE, "screenshot", |o| {
        o.facts.mode = CaptureMode::Screenshot
    }),
    (Reason::STILL_IMAGE, "slow", |o| o.rules.max_frame_interval = 1),
    (Reason::PURPOSE, "evidence", |o| o.facts.purpose = Purpose::Evidence),
    (Reason::PURPOSE, "oversight", |o| o.facts.purpose = Purpose::Oversight),
    (Reason::PROGRAMME, "over", |o| {
        first_programme(&mut o.rules).dates = past()
    }),
    (Reason::PROGRAMME, "not begun", |o| {
        first_programme(&mut o.rules).dates.start = NOW.plus(1)
    }),
    (Reason::ATTESTATION, "expired", |o| {
        o.rules.attestations[2].valid = past()
    }),
    (Reason::ATTESTATION, "later", |o| {
        o.rules.attestations[0].valid.start = NOW.plus(1)
    }),
    (Reason::NO_TRAINING_NEED, "not listed", |o| {
        o.facts.employee = "e-3".into()
    }),
    (Reason::NO_TRAINING_NEED, "enrolled later", |o| {
        first_programme(&mut o.rules).enrolment = Enrolment::Attested;
        o.facts.enrolled_at = Some(NOW.plus(1));
    }),
    (Reason::EMPLOYEE_NOT_INFORMED, "no notice", |o| {
        o.facts.employee_notice = None
    }),
    (Reason::EMPLOYEE_NOT_INFORMED, "other version", |o| {
        o.rules.notice.version = Some("v2".into())
    }),
    (Reason::EMPLOYEE_NOT_INFORMED, "expired", |o| {
        o.rules.notice.valid_for = 10 * DAY
    }),
    (Reason::EMPLOYEE_OBJECTED, "", |o| {
        o.facts.employee_objected = Answer::Yes
    }),
    (Reason::EMPLOYEE_OBJECTED, "unknown", |o| {
        o.facts.employee_objected = Answer::Unknown
    }),
    (Reason::PROTECTED_LINE, "", |o| o.facts.protected_line = Answer::Yes),
    (Reason::PROTECTED_LINE, "unknown", |o| {
        o.facts.protected_line = Answer::Unknown
    }),
    (Reason::SYSTEMATIC, "above the share", |o| {
        first_programme(&mut o.rules).share_millionths = 1
    }),
];

#[test]
fn at_open_the_earlier_check_gives_the_reason() {
    let reason = |spoils: &[&Spoil<Open>]| {
        let mut open = Open {
            rules: fixture::rules(),
            facts: fixture::facts(),
        };
        spoils.iter().for_each(|(_, _, spoil)| spoil(&mut open));
        opening::open(&open.rules, &open.facts, NOW).err().map(|why| why.reason)
    };
    assert_eq!(reason(&[]), None);
    pairs(AT_OPEN, |spoils| reason(spoils));
}

#[test]
fn an_unknown_programme_and_a_later_notice_refuse() {
    let mut facts = fixture::facts();
    facts.programme = "none".into();
    assert_eq!(
        opening::open(&fixture::rules(), &facts, NOW).unwrap_err().reason,
        Reason::PROGRAMME
    );
    let mut facts = fixture::facts();
    facts.employee_notice.as_mut().unwrap().given_at = NOW.plus(1);
    assert_eq!(
        opening::open(&fixture::rules(), &facts, NOW).unwrap_err().reason,
        Reason::EMPLOYEE_NOT_INFORMED
    );
}

#[test]
fn the_share_is_rounded_up_and_counted_in_whole_calls() {
    let refused = |offered, recorded| {
        let mut facts = fixture::facts();
        facts.calls = calls(offered, recorded);
        opening::open(&fixture::rules(), &facts, NOW).is_err()
    };
    // A fifth of the calls: 1 of the first 5, the second from the 6th on.
    assert!(!refused(1, 0) && refused(1, 1));
    assert!(refused(5, 1) && !refused(6, 1) && refused(10, 2) && !refused(11, 2));
    assert!(!refused(u32::MAX, 858_993_458) && refused(u32::MAX, 858_993_459));
}

/// Everything that a frame depends on.
struct Frame {
    rules: Rules,
    facts: SessionFacts,
    moment: Moment,
    windows: Vec<Window>,
    surface: (u32, u32),
}

fn used(f: &mut Frame) -> &mut Usage {
    f.moment.usage.as_mut().unwrap()
}

fn hold(f: &mut Frame, condition: Condition) {
    f.moment.holds = f.moment.holds.with(condition);
}

fn unknown(f: &mut Frame, condition: Condition) {
    f.moment.known = f.moment.known.without(condition);
    f.moment.holds = f.moment.holds.without(condition);
}

/// An instant before the frame at which a date ends, after the opening.
fn soon() -> Timestamp {
    NOW.plus(500)
}

const INVALID: &[Spoil<Frame>] = &[
    (Reason::INVALID_FACTS, "before the opening", |f| {
        f.moment.at = NOW.minus(1)
    }),
    (Reason::INVALID_FACTS, "no surface", |f| f.surface = (0, 10)),
    (Reason::INVALID_FACTS, "no gap", |f| f.moment.gap = 0),
    (Reason::INVALID_FACTS, "not counted", |f| f.moment.usage = None),
    (Reason::INVALID_FACTS, "a window that paints nothing", |f| {
        (f.windows[0].inner, f.windows[0].outer) = (Rect::default(), Rect::new(5, 5, 0, 9))
    }),
    (Reason::INVALID_FACTS, "huge surface", |f| f.surface = (10, 1 << 31)),
    (Reason::INVALID_FACTS, "129 windows", |f| {
        f.windows = vec![f.windows[0]; 129]
    }),
    (Reason::INVALID_FACTS, "inner outside outer", |f| {
        f.windows[0].inner.width += 1
    }),
    (Reason::INVALID_FACTS, "holds unknown", |f| {
        f.moment.known = f.moment.known.without(Condition::AUDIO_RECORDED);
        f.moment.holds = f.moment.holds.with(Condition::AUDIO_RECORDED);
    }),
];

const STOPS: &[Spoil<Frame>] = &[
    (Reason::NOT_IN_FORCE, "", |f| f.rules.in_force.end = soon()),
    (Reason::PROGRAMME, "", |f| {
        first_programme(&mut f.rules).dates.end = soon()
    }),
    (Reason::ATTESTATION, "", |f| f.rules.attestations[1].valid.end = soon()),
    (Reason::EMPLOYEE_NOT_INFORMED, "", |f| {
        f.rules.notice.valid_for = 10 * DAY + 500
    }),
    (Reason::NO_CALL, "after the call", |f| {
        f.moment.phase = CallPhase::AfterCall
    }),
    (Reason::PRIVATE_CALL, "holds", |f| hold(f, Condition::PRIVATE_CALL)),
    (Reason::PARTY_OBJECTED, "holds", |f| hold(f, Condition::PARTY_OBJECTED)),
];

const SKIPS: &[Spoil<Frame>] = &[
    (Reason::NO_CALL, "ringing", |f| f.moment.phase = CallPhase::Ringing),
    (Reason::NO_CALL, "held", |f| f.moment.phase = CallPhase::Held),
    (Reason::NO_CALL, "audio unknown", |f| {
        unknown(f, Condition::AUDIO_RECORDED)
    }),
    (Reason::PRIVATE_CALL, "unknown", |f| unknown(f, Condition::PRIVATE_CALL)),
    (Reason::PARTY_OBJECTED, "unknown", |f| {
        unknown(f, Condition::PARTY_OBJECTED)
    }),
    (Reason::PARTY_NOT_INFORMED, "unknown", |f| {
        unknown(f, Condition::PARTY_INFORMED)
    }),
    (Reason::PARTY_NOT_INFORMED, "not told", |f| {
        f.moment.holds = f.moment.holds.without(Condition::PARTY_INFORMED)
    }),
    (Reason::PAYMENT, "holds", |f| hold(f, Condition::PAYMENT_ENTRY)),
    (Reason::PAYMENT, "unknown", |f| unknown(f, Condition::PAYMENT_ENTRY)),
    (Reason::SECURE_INPUT, "holds", |f| hold(f, Condition::SECURE_INPUT)),
    (Reason::SECURE_INPUT, "unknown", |f| unknown(f, Condition::SECURE_INPUT)),
    (Reason::PAUSED, "holds", |f| hold(f, Condition::EMPLOYEE_PAUSED)),
    (Reason::PAUSED, "unknown", |f| unknown(f, Condition::EMPLOYEE_PAUSED)),
    (Reason::STALE_FACTS, "from later", |f| {
        f.moment.facts_from = f.moment.at.plus(1)
    }),
    (Reason::STALE_FACTS, "to earlier", |f| {
        f.moment.facts_to = f.moment.at.minus(1)
    }),
    (Reason::STALE_FACTS, "too long", |f| {
        f.moment.facts_to = f.moment.facts_from.plus(251)
    }),
    (Reason::STILL_IMAGE, "a hole", |f| f.moment.gap = 501),
    (Reason::VOLUME, "employee", |f| used(f).employee_used = 7_200_000 - 199),
    (Reason::VOLUME, "programme", |f| used(f).programme_used = 72_000_000),
    (Reason::VOLUME, "review", |f| used(f).unreviewed = u64::MAX),
    (Reason::NO_TRAINING_WINDOW, "none", |f| f.windows.clear()),
];

fn ruling(spoils: &[&Spoil<Frame>]) -> (Action, Reason) {
    let mut frame = Frame {
        rules: fixture::rules(),
        facts: fixture::facts(),
        moment: fixture::moment(),
        windows: fixture::windows(),
        surface: (100, 100),
    };
    spoils.iter().for_each(|(_, _, spoil)| spoil(&mut frame));
    let session = opening::open(&frame.rules, &frame.facts, NOW).unwrap();
    let mut keep = vec![];
    let ruling = decide(
        &session,
        &frame.moment,
        frame.surface.0,
        frame.surface.1,
        &frame.windows,
        &mut Painter::default(),
        &mut keep,
    );
    assert_eq!(ruling.action == Action::Keep, !keep.is_empty());
    (ruling.action, ruling.reason)
}

#[test]
fn at_a_frame_the_earlier_check_gives_the_reason() {
    assert_eq!(ruling(&[]), (Action::Keep, Reason::PERMITTED));
    pairs(INVALID, |spoils| Some(ruling(spoils).1));
    pairs(STOPS, |spoils| Some(ruling(spoils).1));
    // Two spoils of one field overwrite each other: what they say then is the later spoil's.
    let same_field = |a: &Spoil<Frame>, b: &Spoil<Frame>| {
        let field = |s: &Spoil<Frame>| match (s.0, s.1) {
            (Reason::NO_CALL, "audio unknown") => "audio",
            (Reason::NO_CALL, _) => "phase",
            _ => s.0.name().unwrap(),
        };
        field(a) == field(b)
    };
    for (i, first) in SKIPS.iter().enumerate() {
        for second in SKIPS.iter().skip(i).filter(|s| !same_field(first, s)) {
            assert_eq!(
                ruling(&[first, second]),
                (Action::Skip, first.0),
                "{first:?} {second:?}"
            );
        }
    }
    for skip in SKIPS {
        assert_eq!(ruling(&[skip]), (Action::Skip, skip.0), "{}", skip.1);
        for stop in STOPS {
            let phase = |s: &Spoil<Frame>| s.0 == Reason::NO_CALL && s.1 != "audio unknown";
            if phase(skip) && phase(stop) || skip.1 == "unknown" && skip.0 == stop.0 {
                continue;
            }
            assert_eq!(ruling(&[stop, skip]), (Action::Stop, stop.0), "{} {}", stop.1, skip.1);
        }
    }
    for invalid in INVALID {
        for other in STOPS.iter().filter(|s| s.1 != "before the opening") {
            assert_eq!(
                ruling(&[other, invalid]),
                (Action::Skip, Reason::INVALID_FACTS),
                "{}",
                invalid.1
            );
        }
    }
}

#[test]
fn a_declared_application_lets_an_unknown_state_pass_and_no_other() {
    let unknown_passes = |condition: Condition, declare: fn(&mut Rules)| {
        let mut rules = fixture::rules();
        declare(&mut rules);
        let session = opening::open(&rules, &fixture::facts(), NOW).unwrap();
        let decided = |moment: &Moment| {
            decide(
                &session,
                moment,
                100,
                100,
                &fixture::windows(),
                &mut Painter::default(),
                &mut vec![],
            )
            .action
        };
        let mut moment = fixture::moment();
        moment.known = moment.known.without(condition);
        let unknown = decided(&moment);
        moment.known = moment.known.with(condition);
        moment.holds = moment.holds.with(condition);
        assert_eq!(decided(&moment), Action::Skip, "what holds is never passed over");
        unknown == Action::Keep
    };
    assert!(!unknown_passes(Condition::PAYMENT_ENTRY, |_| {}));
    assert!(unknown_passes(Condition::PAYMENT_ENTRY, |r| r.applications[0]
        .never_payment_card =
        true));
    assert!(!unknown_passes(Condition::PAYMENT_ENTRY, |r| r.applications[0]
        .never_password =
        true));
    assert!(unknown_passes(Condition::SECURE_INPUT, |r| r.applications[0].never_password = true));
    assert!(!unknown_passes(Condition::EMPLOYEE_PAUSED, |r| r.applications[0]
        .never_password =
        true));
    // Every application of the programme must declare it.
    assert!(!unknown_passes(Condition::PAYMENT_ENTRY, |r| {
        r.applications[0].never_payment_card = true;
        first_programme(r).applications = vec![0, 1];
    }));
}

const AT_ACCESS: &[Spoil<Access>] = &[
    (Reason::INVALID_FACTS, "no operation", |a| {
        a.operation = Operation::Other
    }),
    (Reason::INVALID_FACTS, "no artefact", |a| a.artefact = Artefact::Other),
    (Reason::INVALID_FACTS, "collected later", |a| {
        a.collected_at = NOW.plus(1)
    }),
    (Reason::INVALID_FACTS, "no subject", |a| a.subject = None),
    (Reason::STILL_IMAGE, "", |a| a.mode = CaptureMode::Screenshot),
    (Reason::PURPOSE, "evaluation", |a| a.purpose = Purpose::Evaluation),
    (Reason::PROGRAMME, "unknown", |a| a.programme = "none".into()),
    (Reason::NOT_AUTHORISED, "no account", |a| a.account.clear()),
    (Reason::NOT_AUTHORISED, "shared", |a| a.individual_account = false),
    (Reason::NOT_AUTHORISED, "no role", |a| a.role = "none".into()),
    (Reason::NOT_AUTHORISED, "expired", |a| a.authorised_until = Some(NOW)),
    (Reason::NOT_AUTHORISED, "never authorised", |a| {
        a.authorised_until = None
    }),
    (Reason::RESTRICTED, "", |a| a.restricted = Answer::Yes),
    (Reason::RESTRICTED, "unknown", |a| a.restricted = Answer::Unknown),
    (Reason::RETENTION, "", |a| a.collected_at = NOW.minus(100 * DAY)),
    (Reason::NOT_ANONYMISED, "train others", |a| {
        a.operation = Operation::TrainOthers
    }),
];

#[test]
fn at_access_the_earlier_check_gives_the_reason() {
    let reason = |spoils: &[&Spoil<Access>]| {
        let mut access = fixture::access();
        spoils.iter().for_each(|(_, _, spoil)| spoil(&mut access));
        access::authorise(&fixture::rules(), &access)
            .err()
            .map(|why| why.reason)
    };
    assert_eq!(reason(&[]), None);
    for (i, first) in AT_ACCESS.iter().enumerate() {
        assert_eq!(reason(&[first]), Some(first.0), "{}", first.1);
        for second in AT_ACCESS.iter().skip(i + 1) {
            // Both set the same field: what they say then is the later spoil's.
            let same_field = [
                ("collected later", Reason::RETENTION),
                ("no operation", Reason::NOT_ANONYMISED),
            ];
            if !same_field.contains(&(first.1, second.0)) {
                assert_eq!(reason(&[first, second]), Some(first.0), "{} {}", first.1, second.1);
            }
        }
    }
}

#[test]
fn roles_purposes_and_operations_fit_together() {
    let told = |spoil: fn(&mut Access)| {
        let mut access = fixture::access();
        spoil(&mut access);
        access::authorise(&fixture::rules(), &access).map_err(|why| why.reason)
    };
    let refused = |spoil, reason| assert_eq!(told(spoil), Err(reason));
    // Oversight looks, discloses and restricts, with a second person, and does nothing else.
    let oversight = |a: &mut Access| {
        a.purpose = Purpose::Oversight;
        a.role = "oversight".into();
        a.restricted = Answer::Yes;
    };
    assert!(told(oversight).unwrap().second_person);
    refused(
        |a| (a.purpose, a.operation) = (Purpose::Oversight, Operation::Export),
        Reason::PURPOSE,
    );
    refused(
        |a| (a.purpose, a.operation) = (Purpose::SubjectRight, Operation::Export),
        Reason::PURPOSE,
    );
    // The person's right is no trainer's: the role must have it among its purposes.
    refused(
        |a| (a.purpose, a.operation) = (Purpose::SubjectRight, Operation::View),
        Reason::NOT_AUTHORISED,
    );
    refused(|a| a.operation = Operation::Disclose, Reason::PURPOSE);
    refused(|a| a.role = "oversight".into(), Reason::NOT_AUTHORISED);
    refused(|a| a.programme = "q".into(), Reason::NOT_AUTHORISED);
    // One's own recordings, and those of nobody else.
    refused(|a| a.role = "self".into(), Reason::NOT_AUTHORISED);
    assert!(told(|a| (a.role, a.viewer) = ("self".into(), "e-1".into())).is_ok());
    // A deletion asks for nothing but authorisation, in whatever state the rest is.
    let delete = |a: &mut Access| {
        a.operation = Operation::Delete;
        a.artefact = Artefact::Recording;
        a.subject = None;
        a.purpose = Purpose::Evidence;
        a.mode = CaptureMode::Screenshot;
        a.collected_at = NOW.plus(5);
    };
    let granted = told(delete).unwrap();
    assert!(granted.journal && !granted.second_person);
    refused(
        |a| (a.operation, a.role) = (Operation::Delete, "self".into()),
        Reason::NOT_AUTHORISED,
    );
    refused(
        |a| (a.operation, a.restricted, a.individual_account) = (Operation::Delete, Answer::Yes, false),
        Reason::NOT_AUTHORISED,
    );
    // What is restricted asks for a role that answers persons or oversees, whatever purpose is asked for.
    for purpose in [
        Purpose::Training,
        Purpose::SubjectRight,
        Purpose::Oversight,
        Purpose::Evidence,
    ] {
        let restricted = |role: &str| {
            let access = Access {
                operation: Operation::Delete,
                restricted: Answer::Yes,
                purpose,
                role: role.into(),
                ..fixture::access()
            };
            access::authorise(&fixture::rules(), &access).map_err(|why| why.reason)
        };
        assert_eq!(restricted("trainer"), Err(Reason::RESTRICTED), "{purpose:?}");
        assert!(
            restricted("rights").is_ok() && restricted("oversight").is_ok(),
            "{purpose:?}"
        );
        // The floor knows no roles, and refuses only what no role could be given.
        let any = Access {
            operation: Operation::Delete,
            restricted: Answer::Yes,
            purpose,
            ..fixture::access()
        };
        assert!(access::authorise(&gardefou_policy::floor::rules(), &any).is_ok());
    }
    // The stricter reading of S1: nothing that comes from screenshots, whatever it is now.
    refused(
        |a| (a.artefact, a.mode) = (Artefact::Analysis, CaptureMode::Screenshot),
        Reason::STILL_IMAGE,
    );
    // An anonymised copy may leave, and needs no subject.
    let copy = |a: &mut Access| {
        (a.artefact, a.operation, a.subject) = (Artefact::AnonymisedCopy, Operation::Export, None);
    };
    assert!(told(copy).is_ok());
    // Trainers' time is over with the programme's review; the person's own rights go on, past the time of the
    // recording too, and whatever it was made of.
    refused(|a| a.at = NOW.plus(80 * DAY), Reason::PROGRAMME);
    for operation in [Operation::Disclose, Operation::Restrict, Operation::Release] {
        let late = Access {
            at: NOW.plus(300 * DAY),
            authorised_until: Some(NOW.plus(400 * DAY)),
            operation,
            purpose: Purpose::SubjectRight,
            role: "rights".into(),
            restricted: Answer::Yes,
            mode: CaptureMode::Screenshot,
            ..fixture::access()
        };
        let granted = access::authorise(&fixture::rules(), &late).unwrap();
        assert!(!granted.second_person, "{operation:?}");
    }
}

#[test]
fn the_floor_reaches_every_reason_it_is_to_check() {
    let floor = gardefou_policy::floor::rules();
    let open = |spoil: fn(&mut SessionFacts)| {
        let mut facts = fixture::facts();
        facts.programme = "any programme will do".into();
        spoil(&mut facts);
        opening::open(&floor, &facts, NOW).err().map(|why| why.reason)
    };
    assert_eq!(open(|_| {}), None);
    assert_eq!(open(|f| f.frame_interval = 0), Some(Reason::INVALID_FACTS));
    assert_eq!(open(|f| f.frame_interval = 1_001), Some(Reason::STILL_IMAGE));
    assert_eq!(open(|f| f.purpose = Purpose::Quality), Some(Reason::PURPOSE));
    assert_eq!(open(|f| f.employee_notice = None), Some(Reason::EMPLOYEE_NOT_INFORMED));
    assert_eq!(
        open(|f| f.employee_notice.as_mut().unwrap().version = "other".into()),
        None
    );
    let old = |f: &mut SessionFacts| f.employee_notice.as_mut().unwrap().given_at = NOW.minus(365 * DAY);
    assert_eq!(open(old), Some(Reason::EMPLOYEE_NOT_INFORMED));
    assert_eq!(
        open(|f| f.employee_objected = Answer::Yes),
        Some(Reason::EMPLOYEE_OBJECTED)
    );
    assert_eq!(open(|f| f.protected_line = Answer::Yes), Some(Reason::PROTECTED_LINE));
    assert_eq!(open(|f| f.calls = calls(10, 5)), Some(Reason::SYSTEMATIC));
    assert_eq!(open(|f| f.employee = "anybody".into()), None);
}

#[test]
fn reviews_reach_every_reason() {
    let told = |spoil: fn(&mut Segment)| {
        let moment = fixture::moment();
        let mut segment = Segment {
            started_at: NOW,
            ended_at: NOW.plus(100),
            answered_at: Some(NOW),
            hung_up: HungUp::GoesOn,
            known: moment.known,
            holds: moment.holds,
            mode: CaptureMode::ScreenVideo,
        };
        spoil(&mut segment);
        match review::review(&segment) {
            Disposition::Discard(why) => why.reason,
            Disposition::Keep | Disposition::Trim(_) => Reason::PERMITTED,
        }
    };
    assert_eq!(told(|_| {}), Reason::PERMITTED);
    assert_eq!(told(|s| s.mode = CaptureMode::Screenshot), Reason::STILL_IMAGE);
    assert_eq!(told(|s| s.known = Conditions::NONE), Reason::PRIVATE_CALL);
    assert_eq!(
        told(|s| s.holds = s.holds.with(Condition::PARTY_OBJECTED)),
        Reason::PARTY_OBJECTED
    );
    assert_eq!(
        told(|s| s.holds = s.holds.without(Condition::PARTY_INFORMED)),
        Reason::PARTY_NOT_INFORMED
    );
    assert_eq!(told(|s| s.answered_at = None), Reason::NO_CALL);
    assert_eq!(told(|s| s.hung_up = HungUp::Unknown), Reason::NO_CALL);
}

/// Checks that each spoil alone gives its reason, and each pair the earlier one's.
fn pairs<T>(spoils: &[Spoil<T>], reason: impl Fn(&[&Spoil<T>]) -> Option<Reason>) {
    for (i, first) in spoils.iter().enumerate() {
        assert_eq!(reason(&[first]), Some(first.0), "{}", first.1);
        for second in spoils.iter().skip(i + 1) {
            if (first.1, second.1) == ("no employee", "not listed") {
                // Both say who the employee is.
                continue;
            }
            // The later spoil may undo an earlier one of the same reason, never one of another.
            assert_eq!(reason(&[first, second]), Some(first.0), "{} and {}", first.1, second.1);
        }
    }
}
