//! Random rules within the ceilings, and random calls under them. Dates lie in the middle of the calls,
//! caps are small, and most facts are sound, so that every answer is reached often.

use gardefou::{
    Answer, CallPhase, Calls, CaptureMode, Condition, Notice, Purpose, Rect, SessionFacts, Span, Timestamp, Usage,
};
use gardefou_policy::rules::{Attestation, Enrolment, NoticeRule, Programme, Programmes, Rules, Step};
use gardefou_policy::types::{Cap, DAY};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::call::{Call, Event, Offset, Program};
use crate::fixture::{self, NOW};

/// Mostly far away, sometimes in the middle of the call.
fn end() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        9 => Just(NOW.plus(40 * DAY)),
        1 => (0..6_000u64).prop_map(|ms| NOW.plus(ms)),
        1 => Just(Timestamp::MAX),
    ]
}

/// Mostly before the call, sometimes in it.
fn start() -> impl Strategy<Value = Timestamp> {
    prop_oneof![12 => Just(NOW.minus(20 * DAY)), 1 => (0..3_000u64).prop_map(|ms| NOW.plus(ms))]
}

fn span() -> impl Strategy<Value = Span> {
    (start(), end()).prop_map(|(start, end)| Span { start, end })
}

fn cap() -> impl Strategy<Value = Cap> {
    let limit = prop_oneof![6 => Just(7_200_000), 2 => 200..4_000u64];
    let per = prop_oneof![3 => Just(7 * DAY), 1 => 300..5_000u64];
    (limit, per).prop_map(|(limit, per)| Cap { limit, per })
}

prop_compose! {
    fn programme(id: &'static str)(
        dates in span(),
        applications in prop_oneof![4 => Just(vec![0]), 1 => Just(vec![1]), 2 => Just(vec![0, 1])],
        enrolment in prop_oneof![
            3 => Just(Enrolment::Attested),
            2 => Just(Enrolment::Listed(vec!["e-1".into(), "e-2".into()])),
            1 => Just(Enrolment::Listed(vec!["e-3".into()])),
        ],
        employee_cap in cap(),
        programme_cap in cap(),
        max_unreviewed in prop_oneof![6 => Just(72_000_000), 2 => 200..4_000u64],
        share_millionths in prop_oneof![9 => Just(500_000u32), 1 => 1..500_000u32],
    ) -> Programme {
        Programme {
            dates, applications, enrolment, employee_cap, programme_cap, max_unreviewed, share_millionths,
            ..fixture::programme(id)
        }
    }
}

prop_compose! {
    /// Rules within the ceilings.
    pub fn rules()(
        in_force in span(),
        valid in vec(span(), 3),
        notice_version in prop_oneof![9 => Just("v1"), 1 => Just("v2")],
        notice_valid in prop_oneof![5 => Just(100 * DAY), 1 => (0..6_000u64).prop_map(|ms| 10 * DAY + ms)],
        max_frame_interval in prop_oneof![4 => Just(500u64), 1 => 1..=1_000u64],
        max_facts_age in prop_oneof![4 => Just(250u64), 1 => 1..=1_000u64],
        while_held in any::<bool>(),
        never_title in prop_oneof![Just(vec![]), Just(vec!["*PASSWORD*".into()])],
        (never_payment_card, never_password) in any::<(bool, bool)>(),
        p in programme("p"),
        q in programme("q"),
        digest in any::<[u8; 32]>(),
    ) -> Rules {
        let mut applications = vec![fixture::application("crm"), fixture::application("mail")];
        applications[0].never_title = never_title;
        applications[0].never_payment_card = never_payment_card;
        applications[0].never_password = never_password;
        Rules {
            digest,
            in_force,
            attestations: Step::ALL.into_iter().zip(valid).map(|(step, valid)| Attestation { step, valid }).collect(),
            notice: NoticeRule { version: Some(notice_version.into()), valid_for: notice_valid },
            max_frame_interval,
            max_facts_age,
            while_held,
            applications,
            programmes: Programmes::Listed(vec![p, q]),
            ..fixture::rules()
        }
    }
}

fn answer() -> impl Strategy<Value = Answer> {
    prop::sample::select(vec![Answer::Unknown, Answer::No, Answer::Yes])
}

prop_compose! {
    /// Facts, most of them sound.
    pub fn facts()(
        programme in prop_oneof![9 => Just("p"), 1 => Just("q"), 1 => Just("none")],
        purpose in prop_oneof![19 => Just(Purpose::Training), 1 => Just(Purpose::Evidence)],
        mode in prop_oneof![9 => Just(CaptureMode::ScreenVideo), 9 => Just(CaptureMode::WindowVideo), 1 => Just(CaptureMode::Screenshot)],
        frame_interval in prop_oneof![6 => Just(200u64), 2 => 1..=600u64, 1 => Just(0u64)],
        notice in prop_oneof![
            18 => Just(Some(("v1", NOW.minus(10 * DAY)))),
            1 => Just(None),
            1 => Just(Some(("v1", NOW.plus(10)))),
        ],
        enrolled in prop_oneof![9 => Just(Some(NOW.minus(DAY))), 1 => Just(None)],
        (objected, protected) in prop_oneof![36 => Just((Answer::No, Answer::No)), 1 => (answer(), Just(Answer::No)), 1 => (Just(Answer::No), answer())],
        calls in prop_oneof![
            18 => Just(Some(Calls { offered: 10, recorded: 1 })),
            2 => (0..5u32, 0..5u32).prop_map(|(offered, recorded)| Some(Calls { offered, recorded })),
            1 => Just(None),
        ],
    ) -> SessionFacts {
        let mut facts = fixture::facts();
        facts.programme = programme.into();
        facts.purpose = purpose;
        facts.mode = mode;
        facts.frame_interval = frame_interval;
        facts.employee_notice = notice.map(|(version, given_at)| Notice { version: version.into(), given_at });
        facts.enrolled_at = enrolled;
        facts.employee_objected = objected;
        facts.protected_line = protected;
        facts.calls = calls;
        facts
    }
}

/// A window that paints nothing spoils the whole question: few do.
fn extent(below: u32) -> impl Strategy<Value = u32> {
    prop_oneof![99 => 1..below, 1 => Just(0)]
}

prop_compose! {
    fn window()(id in 0..8u32, x in -4..20i32, y in -4..16i32, w in extent(16), h in extent(12), shrink in 0..4u32) -> (u32, Rect, Rect) {
        let outer = Rect::new(x, y, w, h);
        let by = i32::try_from(shrink).unwrap_or(0);
        let inner = Rect::new(x + by, y + by, w.saturating_sub(2 * shrink), h.saturating_sub(2 * shrink));
        let inner = if inner.is_empty() { Rect::default() } else { inner };
        (id, inner, outer)
    }
}

fn program() -> impl Strategy<Value = Program> {
    prop::sample::select(vec![
        Program::Crm,
        Program::Mail,
        Program::Secret,
        Program::Other,
        Program::Unknown,
    ])
}

/// Mostly now; often a little earlier, as a message that was on its way; sometimes long ago or in the future.
fn offset() -> impl Strategy<Value = Offset> {
    prop_oneof![6 => Just(0), 4 => -400..0i64, 1 => -2_500..0i64, 1 => 1..400i64]
}

fn phase() -> impl Strategy<Value = CallPhase> {
    prop_oneof![
        1 => Just(CallPhase::None),
        1 => Just(CallPhase::Ringing),
        6 => Just(CallPhase::Connected),
        3 => Just(CallPhase::Held),
        2 => Just(CallPhase::Consulting),
        1 => Just(CallPhase::AfterCall),
    ]
}

/// Mostly what lets a frame pass.
fn state() -> impl Strategy<Value = (Condition, Option<bool>)> {
    let condition = prop::sample::select(Condition::ALL.to_vec());
    let right = prop_oneof![8 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    (condition, right).prop_map(|(c, right)| (c, right.map(|right| c.must_hold() == right)))
}

/// Something that is not as it must be for a while.
fn toggle() -> impl Strategy<Value = Vec<Event>> {
    // What once held for ever would end most calls.
    let for_a_while: Vec<Condition> = Condition::ALL.into_iter().filter(|c| !c.is_sticky()).collect();
    let told = (prop::sample::select(for_a_while), any::<bool>(), offset());
    (told, 0..120u64, offset()).prop_map(|((c, known, from), wait, to)| {
        vec![
            Event::Condition(c, known.then_some(!c.must_hold()), from),
            Event::Wait(wait),
            Event::Condition(c, Some(c.must_hold()), to),
        ]
    })
}

/// Composed a little earlier than it is asked about; sometimes much too early.
fn frame() -> impl Strategy<Value = Event> {
    let late = prop_oneof![4 => Just(0u64), 8 => 0..120u64, 2 => 0..500u64, 1 => 1_900..2_300u64];
    let after = prop_oneof![9 => 0..40u64, 1 => 200..900u64];
    (late, 0..40u64, after).prop_map(|(late, before, after)| Event::Frame { late, before, after })
}

/// Of any shape: told again with another end, overlapping, empty, reversed.
fn segment() -> impl Strategy<Value = Event> {
    let start = prop_oneof![3 => (0..8u64).prop_map(|n| n * 400), 1 => 0..4_000u64];
    let end = prop_oneof![3 => Just(0), 2 => -1_500..0i64];
    (start, end).prop_map(|(start, end)| Event::Segment { start, end })
}

fn events(generations: usize) -> impl Strategy<Value = Vec<Event>> {
    let millis = prop_oneof![3 => 0..100u64, 1 => Just(7_200_000u64), 1 => any::<u64>()];
    let one = prop_oneof![
        8 => (0..400u64).prop_map(Event::Wait),
        2 => (phase(), offset()).prop_map(|(phase, from)| Event::Phase(phase, from)),
        4 => (state(), offset()).prop_map(|((c, state), from)| Event::Condition(c, state, from)),
        2 => vec(window(), 0..6).prop_map(Event::Windows),
        3 => (0..8u32, program(), offset()).prop_map(|(id, program, from)| Event::Identity(id, program, from)),
        1 => offset().prop_map(Event::Again),
        1 => (0..8u32).prop_map(Event::Gone),
        1 => (millis.clone(), millis.clone(), millis).prop_map(|(employee_used, programme_used, unreviewed)| {
            Event::Usage(Usage { employee_used, programme_used, unreviewed })
        }),
        2 => (0..generations).prop_map(Event::Swap),
        2 => segment(),
    ];
    // Time goes on between two frames, so that most of them come in their order.
    let asked = (60..300u64, frame()).prop_map(|(wait, frame)| vec![Event::Wait(wait), frame]);
    prop_oneof![10 => one.prop_map(|event| vec![event]), 2 => toggle(), 10 => asked, 1 => frame().prop_map(|f| vec![f])]
}

prop_compose! {
    /// Rules whose dates and caps are far away, so that what was told decides.
    fn sound_rules()(
        max_frame_interval in prop_oneof![1 => Just(500u64), 2 => Just(1_000u64)],
        max_facts_age in prop_oneof![1 => Just(250u64), 2 => Just(1_000u64)],
        while_held in any::<bool>(),
        secret in any::<bool>(),
        (never_payment_card, never_password) in any::<(bool, bool)>(),
        applications in prop_oneof![2 => Just(vec![0]), 1 => Just(vec![0, 1])],
        max_unreviewed in prop_oneof![9 => Just(72_000_000), 1 => 1_000..4_000u64],
        digest in any::<[u8; 32]>(),
    ) -> Rules {
        let mut all = vec![fixture::application("crm"), fixture::application("mail")];
        all[0].never_title = if secret { vec!["*PASSWORD*".into()] } else { vec![] };
        for application in &mut all {
            application.never_payment_card = never_payment_card;
            application.never_password = never_password;
        }
        let programme = Programme { applications, max_unreviewed, ..fixture::programme("p") };
        Rules {
            digest,
            max_frame_interval,
            max_facts_age,
            while_held,
            applications: all,
            programmes: Programmes::Listed(vec![programme]),
            ..fixture::rules()
        }
    }
}

/// A call in which most things are right to begin with, and anything may happen later.
pub fn call(generations: usize) -> impl Strategy<Value = Call> {
    let any_rules = vec(vec(rules(), 1..3), generations);
    let sound = vec(vec(sound_rules(), 1..3), generations);
    let rules_and_facts = prop_oneof![
        1 => (any_rules, facts()),
        2 => (sound, Just(fixture::facts())),
    ];
    let told = vec(prop::bool::weighted(0.98), Condition::ALL.len());
    (
        rules_and_facts,
        told,
        vec(window(), 0..3),
        vec(events(generations), 1..60),
    )
        .prop_map(|((generations, facts), told, mut windows, later)| {
            // Under whatever else there is, most of the surface is a window of the first application.
            windows.push((0, Rect::new(1, 1, 18, 14), Rect::new(0, 0, 20, 16)));
            let mut events = vec![Event::Phase(CallPhase::Connected, 0), Event::Windows(windows)];
            let right = Condition::ALL.into_iter().zip(told).filter(|(_, told)| *told);
            events.extend(right.map(|(c, _)| Event::Condition(c, Some(c.must_hold()), 0)));
            events.extend(later.into_iter().flatten());
            Call {
                generations,
                facts,
                at: NOW,
                events,
            }
        })
}
