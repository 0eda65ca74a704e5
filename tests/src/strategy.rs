//! Random rules within the ceilings, and random calls under them. Dates lie in the middle of the calls,
//! caps are small, and most facts are sound, so that every answer is reached often.

use gardefou::{CallPhase, CaptureMode, Condition, Notice, Purpose, Rect, SessionFacts, Span, Timestamp, Usage};
use gardefou_policy::rules::{Attestation, Enrolment, NoticeRule, Programme, Programmes, Rules, Step};
use gardefou_policy::types::{Cap, DAY};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::call::{Call, Event, Program};
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
        never_title in prop_oneof![Just(vec![]), Just(vec!["*PASSWORD*".to_owned()])],
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
        (objected, protected) in prop_oneof![18 => Just((false, false)), 1 => Just((true, false)), 1 => Just((false, true))],
        (offered, recorded) in prop_oneof![9 => Just((10u32, 1u32)), 1 => (0..5u32, 0..5u32)],
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
        facts.calls_offered = offered;
        facts.calls_recorded = recorded;
        facts
    }
}

prop_compose! {
    fn window()(id in 0..8u32, x in -4..20i32, y in -4..16i32, w in 0..16u32, h in 0..12u32, shrink in 0..4u32) -> (u32, Rect, Rect) {
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

fn event(generations: usize) -> impl Strategy<Value = Event> {
    let phases = vec![
        CallPhase::None,
        CallPhase::Ringing,
        CallPhase::Connected,
        CallPhase::Connected,
        CallPhase::Connected,
        CallPhase::Held,
        CallPhase::Consulting,
        CallPhase::AfterCall,
    ];
    let millis = prop_oneof![3 => 0..100u64, 1 => Just(7_200_000u64), 1 => any::<u64>()];
    prop_oneof![
        8 => (0..400u64).prop_map(Event::Wait),
        1 => prop::sample::select(phases).prop_map(Event::Phase),
        2 => (prop::sample::select(Condition::ALL.to_vec()), prop_oneof![8 => Just(false), 1 => Just(true)], prop_oneof![9 => Just(true), 1 => Just(false)])
            .prop_map(|(c, wrong, known)| Event::Condition(c, known.then_some(c.must_hold() != wrong))),
        2 => vec(window(), 0..6).prop_map(Event::Windows),
        1 => (0..8u32, program()).prop_map(|(id, program)| Event::Identity(id, program)),
        1 => (millis.clone(), millis.clone(), millis).prop_map(|(employee_used, programme_used, unreviewed)| {
            Event::Usage(Usage { employee_used, programme_used, unreviewed })
        }),
        24 => (prop_oneof![12 => Just(0u64), 1 => 0..500u64], 0..40u64, prop_oneof![9 => 0..40u64, 1 => 200..900u64])
            .prop_map(|(late, before, after)| Event::Frame { late, before, after }),
        2 => (0..generations).prop_map(Event::Swap),
        1 => (0..5_000u64).prop_map(Event::Segment),
    ]
}

/// A call in which every condition is right to begin with, and anything may happen later.
pub fn call(generations: usize) -> impl Strategy<Value = Call> {
    let policies = vec(vec(rules(), 1..3), generations);
    (policies, facts(), vec(window(), 1..5), vec(event(generations), 1..60)).prop_map(
        |(generations, facts, windows, later)| {
            let mut events = vec![Event::Phase(CallPhase::Connected), Event::Windows(windows)];
            events.extend(Condition::ALL.map(|c| Event::Condition(c, Some(c.must_hold()))));
            events.extend(later);
            Call {
                generations,
                facts,
                at: NOW,
                events,
            }
        },
    )
}
