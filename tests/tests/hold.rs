//! Facts hold from capture to question: each sentence of the contract as a small call, which the reference and
//! the SDK over a real component must both answer so, with leases and without.

use std::sync::LazyLock;

use gardefou::{CallPhase, Condition, Policy, PolicyHandle, Reason, Runtime};
use gardefou_policy::rules::Rules;
use gardefou_tests::call::{Event, Program};
use gardefou_tests::story::Said::{Discarded, Keep, Kept, Skip, Stop};
use gardefou_tests::story::{Said, Story, rules};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

const PAYMENT: Condition = Condition::PAYMENT_ENTRY;

/// The story is answered so, and these frames may stay in the end.
#[track_caller]
fn told(story: &mut Story, said: &[Said], stay: &[u64]) {
    let expected = (said.to_vec(), stay.to_vec());
    assert_eq!(story.by_reference(), expected, "the reference");
    for reuse in [true, false] {
        let generations: Vec<Vec<Policy>> = story.call().generations.iter().map(|g| load(g)).collect();
        let handle = PolicyHandle::new(generations[0].clone()).unwrap();
        let offer = |n: usize| {
            handle.offer(generations[n].clone()).unwrap();
        };
        assert_eq!(
            story.by_sdk(&handle, reuse, offer),
            expected,
            "the SDK, leases: {reuse}"
        );
    }
}

fn load(rules: &[Rules]) -> Vec<Policy> {
    let policy = |rules| Policy::from_checked_rules(&RUNTIME, rules).unwrap();
    rules.iter().map(policy).collect()
}

/// A story in which it is 100 ms after the opening.
fn story() -> Story {
    let mut story = Story::new();
    story.at(100);
    story
}

/// Rules under which a held call goes on, and cards and passwords are never entered.
fn lenient() -> Rules {
    let mut rules = rules();
    rules.while_held = true;
    for application in &mut rules.applications {
        application.never_payment_card = true;
        application.never_password = true;
    }
    rules
}

#[test]
fn what_was_over_before_the_question_still_refuses() {
    let mut s = story();
    s.frame(100).at(200).wrong(PAYMENT, 200).at(230);
    s.frame(210).right(PAYMENT, 230).at(240);
    s.frame(220).at(260).frame(230).at(270).frame(265);
    told(
        &mut s,
        &[Keep, Skip(Reason::PAYMENT), Skip(Reason::PAYMENT), Keep, Keep],
        &[100, 230, 265],
    );
}

#[test]
fn both_ends_are_included() {
    // The frame at the instant from which it passes is kept, that of a millisecond before is not.
    let mut s = story();
    s.wrong(PAYMENT, 100).at(200).right(PAYMENT, 200).at(300);
    s.frame(199).frame(200);
    told(&mut s, &[Skip(Reason::PAYMENT), Keep], &[200]);
    // What begins at the asking refuses, when it was told.
    let mut s = story();
    s.at(150).wrong(PAYMENT, 150).frame(120);
    told(&mut s, &[Skip(Reason::PAYMENT)], &[]);
}

#[test]
fn before_the_first_word_nothing_is_known() {
    let mut s = Story::silent(vec![vec![rules()]]);
    s.at(100).phase(CallPhase::Connected, 100);
    for condition in Condition::ALL {
        s.right(condition, 110);
    }
    s.at(120).frame(99).frame(100).frame(109).frame(110);
    let no_call = Skip(Reason::NO_CALL);
    told(&mut s, &[no_call, no_call, no_call, Keep], &[110]);
}

#[test]
fn a_late_refusal_holds_until_the_next_word() {
    let mut s = story();
    // Told in this order: over at 300, and then that it had begun at 200.
    s.wrong(PAYMENT, 100).right(PAYMENT, 150);
    s.at(300).wrong(PAYMENT, 290).right(PAYMENT, 300).wrong(PAYMENT, 200);
    s.at(320).frame(180).at(330).frame(295).frame(300);
    told(&mut s, &[Skip(Reason::PAYMENT), Skip(Reason::PAYMENT), Keep], &[300]);
}

#[test]
fn a_late_passing_word_is_dropped() {
    let mut s = story();
    s.at(200).wrong(PAYMENT, 200).right(PAYMENT, 150).at(300).frame(200);
    told(&mut s, &[Skip(Reason::PAYMENT)], &[]);
    // Also where the latest word said again what was so already.
    let mut s = story();
    s.wrong(PAYMENT, 100).at(200).wrong(PAYMENT, 200).right(PAYMENT, 150);
    s.at(300).frame(250);
    told(&mut s, &[Skip(Reason::PAYMENT)], &[]);
}

#[test]
fn a_late_unknown_leaves_a_refusal() {
    let mut s = Story::under(vec![vec![lenient()]]);
    // An unknown payment passes here; one that holds does not.
    s.at(100).condition(PAYMENT, None, 100).frame(100);
    s.at(200).wrong(PAYMENT, 200).at(300).right(PAYMENT, 300);
    s.condition(PAYMENT, None, 250).at(310).frame(260).at(320).frame(310);
    told(&mut s, &[Keep, Skip(Reason::PAYMENT), Keep], &[100, 310]);
}

#[test]
fn a_late_phase_only_tightens() {
    let mut s = Story::under(vec![vec![lenient()]]);
    s.at(100)
        .phase(CallPhase::Ringing, 100)
        .at(200)
        .phase(CallPhase::Connected, 200);
    // Held is less strict than ringing, and leaves it; connected is no tightening at all.
    s.phase(CallPhase::Held, 150).phase(CallPhase::Connected, 120);
    s.at(250).frame(160).frame(200);
    s.at(300).phase(CallPhase::Held, 260).frame(270);
    told(&mut s, &[Skip(Reason::NO_CALL), Keep, Keep], &[200, 270]);
}

#[test]
fn the_word_told_last_counts_of_two_of_one_instant() {
    let mut s = story();
    s.at(200).wrong(PAYMENT, 200).right(PAYMENT, 200).at(210).frame(200);
    s.at(300).right(PAYMENT, 300).wrong(PAYMENT, 300).at(310).frame(250);
    told(&mut s, &[Keep, Skip(Reason::PAYMENT)], &[200]);
}

#[test]
fn a_refusal_in_the_future_counts_at_once_and_a_pass_from_its_instant() {
    let mut s = story();
    s.wrong(PAYMENT, 200).at(150).frame(150).at(250).right(PAYMENT, 300);
    s.at(299).frame(299).at(310).frame(300);
    let payment = Skip(Reason::PAYMENT);
    told(&mut s, &[payment, payment, Keep], &[300]);
    // A refusal that is announced is not taken back by a passing word before it.
    let mut s = story();
    s.wrong(PAYMENT, 300)
        .at(200)
        .right(PAYMENT, 200)
        .at(250)
        .frame(250)
        .at(350)
        .frame(350);
    told(&mut s, &[payment, payment], &[]);
    // Nor by one that was announced for an instant before it.
    let mut s = story();
    s.right(PAYMENT, 200)
        .at(150)
        .wrong(PAYMENT, 300)
        .at(250)
        .frame(250)
        .at(350)
        .frame(350);
    told(&mut s, &[payment, payment], &[]);
}

#[test]
fn what_sticks_does_so_from_the_instant_at_which_it_held() {
    for (condition, reason) in [
        (Condition::PARTY_OBJECTED, Reason::PARTY_OBJECTED),
        (Condition::PRIVATE_CALL, Reason::PRIVATE_CALL),
    ] {
        let mut s = story();
        s.at(200).frame(150).at(300).wrong(condition, 250).right(condition, 300);
        s.at(310).frame(240).at(320).right(condition, 320).frame(315);
        told(&mut s, &[Keep, Stop(reason), Stop(reason)], &[]);
        // Told for an instant between two passing words: it goes on beyond the second.
        let mut s = story();
        s.at(300).right(condition, 300).wrong(condition, 200).at(350).frame(340);
        told(&mut s, &[Stop(reason)], &[]);
    }
}

#[test]
fn of_phases_the_strictest_counts() {
    use CallPhase::{AfterCall, Connected, Consulting, Held, None, Ringing};
    let order = [Connected, Held, Consulting, Ringing, None, AfterCall];
    for (n, stricter) in order.into_iter().enumerate() {
        for other in order.into_iter().take(n) {
            let mut s = Story::silent(vec![vec![lenient()]]);
            for condition in Condition::ALL {
                s.right(condition, 0);
            }
            // The one and the other for 10 ms each, and connected before and behind, as far as the call goes on.
            s.phase(other, 100).at(100);
            s.at(110).phase(stricter, 110).at(120).frame(105);
            let answer = match stricter {
                Connected | Held => Keep,
                Consulting | Ringing | None => Skip(Reason::NO_CALL),
                AfterCall => Stop(Reason::NO_CALL),
            };
            let (said, _) = s.by_reference();
            assert_eq!(said, [answer], "{stricter:?} after {other:?}");
            told(
                &mut s,
                &said,
                if said == [Keep] && other == Connected {
                    &[105]
                } else {
                    &[]
                },
            );
        }
    }
}

#[test]
fn a_window_is_of_the_training_only_if_it_was_throughout() {
    let nothing = Skip(Reason::NO_TRAINING_WINDOW);
    let mut s = story();
    s.at(200).identity(Program::Other, 190).frame(150);
    s.at(250).identity(Program::Crm, 230).at(260).frame(229).frame(230);
    told(&mut s, &[nothing, nothing, Keep], &[230]);
    // Known since then, and not since before.
    let mut s = Story::silent(vec![vec![rules()]]);
    s.window_leaves_and_comes_back().phase(CallPhase::Connected, 0);
    for condition in Condition::ALL {
        s.right(condition, 0);
    }
    s.at(100).identity(Program::Crm, 80).frame(79).frame(80);
    told(&mut s, &[nothing, Keep], &[80]);
    // Its identity ends when it leaves the list.
    let mut s = story();
    s.frame(100)
        .window_leaves_and_comes_back()
        .at(200)
        .identity(Program::Crm, 150)
        .frame(149)
        .frame(150);
    told(&mut s, &[Keep, nothing, Keep], &[100, 150]);
    // Said again, it is known since the first time.
    let mut s = story();
    s.identity(Program::Crm, 100)
        .at(200)
        .identity(Program::Crm, 200)
        .frame(110);
    told(&mut s, &[Keep], &[110]);
}

#[test]
fn a_swap_makes_no_gap_and_skips_what_was_composed_before() {
    let mut other = rules();
    other.digest = [9; 32];
    other.version = "2".into();
    let mut s = Story::under(vec![vec![rules()], vec![other]]);
    s.at(100).frame(90).at(200).swap(1).identity(Program::Crm, 200);
    s.at(220).frame(199).frame(200).frame(210);
    told(&mut s, &[Keep, Skip(Reason::NOT_IN_FORCE), Keep, Keep], &[90, 200, 210]);
}

#[test]
fn nothing_leads_back_into_a_call() {
    use CallPhase::{AfterCall, Connected, Held, None, Ringing};
    let no_call = Stop(Reason::NO_CALL);
    // The hang-up is told late, and a word behind it was told before.
    let mut s = story();
    s.at(200)
        .frame(150)
        .at(300)
        .phase(Held, 250)
        .at(400)
        .phase(Connected, 350)
        .phase(AfterCall, 300);
    s.at(410).frame(360).phase(Connected, 405).at(420).frame(410);
    s.segment(0, 420);
    told(&mut s, &[Keep, no_call, no_call, Kept(0, 300)], &[150]);
    // `none` hangs up as well, and then the earliest of them counts.
    let mut s = story();
    s.frame(100)
        .at(200)
        .frame(150)
        .at(300)
        .phase(None, 250)
        .segment(0, 300)
        .phase(AfterCall, 120)
        .segment(0, 300);
    told(&mut s, &[Keep, Keep, Kept(0, 250), Kept(0, 120)], &[100]);
    // Never answered: what comes is another call.
    let mut s = Story::silent(vec![vec![lenient()]]);
    for condition in Condition::ALL {
        s.right(condition, 0);
    }
    s.phase(Ringing, 0)
        .at(100)
        .phase(AfterCall, 100)
        .at(200)
        .phase(Connected, 200)
        .frame(200)
        .segment(0, 200);
    told(&mut s, &[no_call, Discarded(Reason::NO_CALL)], &[]);
}

#[test]
fn the_answer_never_moves_earlier() {
    let mut s = story();
    s.frame(100).phase(CallPhase::Connected, 50).segment(0, 100);
    told(&mut s, &[Keep, Kept(0, 100)], &[100]);
    let mut s = Story::silent(vec![vec![rules()]]);
    for condition in Condition::ALL {
        s.right(condition, 0);
    }
    s.at(200)
        .phase(CallPhase::Connected, 200)
        .frame(200)
        .phase(CallPhase::Connected, 100);
    s.at(300).segment(0, 300);
    told(&mut s, &[Keep, Kept(200, 300)], &[200]);
}

/// What each condition refuses with, when it comes too late.
const LATE: [(Condition, Reason); 7] = [
    (Condition::PRIVATE_CALL, Reason::PRIVATE_CALL),
    (Condition::PARTY_OBJECTED, Reason::PARTY_OBJECTED),
    (Condition::PARTY_INFORMED, Reason::PARTY_NOT_INFORMED),
    (Condition::AUDIO_RECORDED, Reason::NO_CALL),
    (Condition::PAYMENT_ENTRY, Reason::PAYMENT),
    (Condition::SECURE_INPUT, Reason::SECURE_INPUT),
    (Condition::EMPLOYEE_PAUSED, Reason::PAUSED),
];

#[test]
fn what_is_told_after_the_question_discards() {
    for (condition, reason) in LATE {
        for state in [Some(!condition.must_hold()), None] {
            let mut s = Story::under(vec![vec![lenient()]]);
            s.at(200).frame(150).at(400).frame(350).at(500);
            s.condition(condition, state, 190).right(condition, 300);
            s.segment(0, 300).segment(300, 500);
            let sticks = condition.is_sticky() && state == Some(true);
            let (second, stay): (_, &[u64]) = if sticks {
                (Discarded(reason), &[])
            } else {
                (Kept(300, 500), &[350])
            };
            told(&mut s, &[Keep, Keep, Discarded(reason), second], stay);
        }
    }
    for phase in [CallPhase::Held, CallPhase::Consulting, CallPhase::Ringing] {
        let mut s = Story::under(vec![vec![lenient()]]);
        s.at(200).frame(150).at(300).phase(phase, 190).segment(0, 300);
        told(&mut s, &[Keep, Discarded(Reason::NO_CALL)], &[]);
    }
}

#[test]
fn dated_at_the_asking_is_not_late_and_neither_is_what_was_over_at_the_capture() {
    let mut s = story();
    s.at(200).frame(150).at(300).wrong(PAYMENT, 200).segment(0, 300);
    told(&mut s, &[Keep, Kept(0, 300)], &[150]);
    let mut s = story();
    s.at(200).frame(150).at(300).wrong(PAYMENT, 199).segment(0, 300);
    told(&mut s, &[Keep, Discarded(Reason::PAYMENT)], &[]);
    // A frame that was asked about at once.
    for (since, kept) in [(200, Kept(0, 300)), (199, Discarded(Reason::PAYMENT))] {
        let mut s = story();
        s.at(200).frame(200).at(300).wrong(PAYMENT, since).segment(0, 300);
        told(&mut s, &[Keep, kept], if since == 200 { &[200] } else { &[] });
    }
    // A late word that ended when the frame was composed, and one that ended a millisecond later.
    for (end, stays) in [(150, true), (151, false)] {
        let mut s = story();
        s.at(160)
            .condition(PAYMENT, None, 90)
            .at(170)
            .right(PAYMENT, 100)
            .at(200);
        s.wrong(PAYMENT, 140).at(210).right(PAYMENT, 150).at(220);
        if stays {
            s.frame(150).at(300).wrong(PAYMENT, 120);
            s.segment(0, 300);
            told(&mut s, &[Keep, Kept(0, 300)], &[150]);
        } else {
            s.frame(150).at(300).condition(PAYMENT, None, 300).wrong(PAYMENT, end);
            s.segment(0, 300);
            told(&mut s, &[Keep, Discarded(Reason::PAYMENT)], &[]);
        }
    }
}

#[test]
fn of_several_reasons_the_first_discards() {
    for (n, (earlier, reason)) in LATE.into_iter().enumerate() {
        for (later, _) in LATE.into_iter().skip(n) {
            let mut s = story();
            s.at(200).frame(150).at(300);
            for condition in [later, earlier] {
                s.condition(condition, None, 190).right(condition, 200);
            }
            s.segment(0, 300);
            told(&mut s, &[Keep, Discarded(reason)], &[]);
        }
    }
    // With the policies': what nobody knows at the review comes before a card.
    let mut s = story();
    s.at(200)
        .frame(150)
        .at(300)
        .wrong(PAYMENT, 190)
        .condition(Condition::PRIVATE_CALL, None, 300)
        .segment(0, 300);
    told(&mut s, &[Keep, Discarded(Reason::PRIVATE_CALL)], &[]);
}

#[test]
fn a_segment_holds_the_frames_whose_instant_it_contains() {
    let mut s = story();
    s.at(200).frame(150).at(300).wrong(PAYMENT, 190).right(PAYMENT, 200);
    s.segment(0, 150).segment(150, 151).at(400).frame(400).segment(151, 400);
    told(
        &mut s,
        &[Keep, Kept(0, 150), Discarded(Reason::PAYMENT), Keep, Kept(151, 400)],
        &[400],
    );
}

#[test]
fn what_was_discarded_stays_discarded() {
    let objection = Condition::PARTY_OBJECTED;
    let unknown = Discarded(Reason::PARTY_OBJECTED);
    let mut s = story();
    s.frame(100)
        .at(200)
        .condition(objection, None, 200)
        .segment(50, 200)
        .right(objection, 200);
    // The same; with another end; what overlaps it; what touches it.
    s.segment(50, 200)
        .segment(50, 120)
        .segment(50, 50)
        .segment(0, 51)
        .segment(200, 201);
    s.at(300).frame(300).segment(200, 301);
    let discarded = [unknown; 5];
    told(
        &mut s,
        &[&[Keep], &discarded[..], &[Kept(200, 201), Keep, Kept(200, 301)]].concat(),
        &[300],
    );
}

#[test]
fn a_frame_asked_too_late_has_no_fresh_facts() {
    let mut s = story();
    s.at(2_100).frame(100).at(2_200).frame(200).at(2_201).frame(200);
    told(&mut s, &[Keep, Keep, Skip(Reason::STALE_FACTS)], &[100, 200]);
    // At that check's place: a card comes before it.
    let mut s = story();
    s.wrong(PAYMENT, 100).at(2_200).right(PAYMENT, 2_200).frame(100);
    told(&mut s, &[Skip(Reason::PAYMENT)], &[]);
    // A gap comes behind it.
    let mut s = story();
    s.frame(100).at(5_000).frame(2_999);
    told(&mut s, &[Keep, Skip(Reason::STALE_FACTS)], &[100]);
}

#[test]
fn sixty_four_words_are_remembered_and_the_one_at_the_horizon() {
    // That many changes, a millisecond apart, from 1,001 on; the last of them passes.
    let toggled = |changes: u64| {
        let mut s = story();
        s.at(1_001);
        for n in 0..changes {
            s.at(1_001 + n);
            if (changes - n).is_multiple_of(2) {
                s.wrong(Condition::EMPLOYEE_PAUSED, 1_001 + n);
            } else {
                s.right(Condition::EMPLOYEE_PAUSED, 1_001 + n);
            }
        }
        s
    };
    // The last one is always known, however many there were.
    for changes in [2, 64, 65, 66, 200] {
        let mut s = toggled(changes);
        let end = 1_001 + changes;
        s.at(end).frame(end - 1);
        told(&mut s, &[Keep], &[end - 1]);
    }
    // A frame from before them would pass, had they not been told: it is refused, remembered or not.
    for changes in [2, 64, 66, 200] {
        let mut s = toggled(changes);
        s.at(1_001 + changes).frame(1_000);
        told(&mut s, &[Skip(Reason::PAUSED)], &[]);
    }
}

#[test]
fn what_was_forgotten_is_unknown() {
    // Under rules by which an unknown card passes, a frame that would need what was forgotten passes too when it
    // was a card; so it is asked with what still refuses.
    let mut s = Story::under(vec![vec![lenient()]]);
    s.at(1_000).wrong(PAYMENT, 1_000);
    for n in 0..70u64 {
        s.at(1_001 + n);
        if n.is_multiple_of(2) {
            s.condition(PAYMENT, None, 1_001 + n);
        } else {
            s.right(PAYMENT, 1_001 + n);
        }
    }
    // 1,000 is forgotten, and an unknown card passes here as the rules say; but it is not loosened by that.
    s.at(1_100).frame(1_000);
    told(&mut s, &[Skip(Reason::PAYMENT)], &[]);
    let mut strict = Story::new();
    strict.at(1_000);
    for n in 0..70u64 {
        strict.at(1_000 + n).phase(
            if n.is_multiple_of(2) {
                CallPhase::Held
            } else {
                CallPhase::Connected
            },
            1_000 + n,
        );
    }
    strict.at(1_100).frame(1_099);
    told(&mut strict, &[Keep], &[1_099]);
}

#[test]
fn a_counter_does_not_fall_below_what_was_recorded() {
    let mut capped = rules();
    if let gardefou_policy::rules::Programmes::Listed(programmes) = &mut capped.programmes {
        programmes[0].max_unreviewed = 2_500;
    }
    let mut s = Story::under(vec![vec![capped]]);
    for n in 1..=3 {
        s.at(n * 500).frame(n * 500);
    }
    // 1,000 ms were recorded, and the next frame may count another 1,000.
    s.push(Event::Usage(gardefou::Usage::default()))
        .at(2_000)
        .frame(2_000)
        .at(2_500)
        .frame(2_500);
    // 1,500, 2,000 with the last one: no more.
    told(
        &mut s,
        &[Keep, Keep, Keep, Keep, Skip(Reason::VOLUME)],
        &[500, 1_000, 1_500, 2_000],
    );
    let mut s = story();
    let all = u64::MAX;
    let usage = gardefou::Usage {
        employee_used: all,
        programme_used: all,
        unreviewed: all,
    };
    s.frame(100).at(200).push(Event::Usage(usage)).at(300).frame(300);
    told(&mut s, &[Keep, Keep], &[100, 300]);
}
