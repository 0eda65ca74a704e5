//! The calls that are played.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::Story;
use super::line::Line;
use super::stage::{SCREEN, Stage};

/// The customer desk, which the training is about.
const DESK: &str = "Ticket 7";

/// What is known about a call that may be recorded.
pub(super) fn facts(name: &str) -> Value {
    json!({
        "session": format!("s-{name}"),
        "employee": "e-1001",
        "programme": "crm-onboarding",
        "purpose": "training",
        "employee-notice": { "version": "2026-09", "given-at": 1_791_187_200_000_u64 },
        "employee-objected": false,
        "protected-line": false,
        "calls-offered": 10,
        "calls-recorded": 1,
        "usage": { "employee-used": 1_500_000, "programme-used": 9_000_000, "unreviewed": 5_400_000 },
    })
}

/// Every call.
pub(super) fn all() -> Vec<Story> {
    let story = |name, clock, plays| Story {
        name,
        clock,
        facts: |_| (),
        plays,
        besides: |_| Ok(()),
    };
    vec![
        story("ordinary-call", "2026-11-25 09:00:00", ordinary_call),
        Story {
            facts: |facts| set(facts, "employee", "e-1002".into()),
            ..story("held-and-consulting", "2026-11-25 13:30:00", held_and_consulting)
        },
        story("private-call", "2026-11-24 10:15:00", private_call),
        story("late-objection", "2026-11-24 14:05:00", late_objection),
        Story {
            facts: |facts| set(facts, "employee", "e-1002".into()),
            ..story("payment-and-password", "2026-11-26 09:45:00", payment_and_password)
        },
        Story {
            facts: |facts| set(facts, "employee-notice", Value::Null),
            ..story("employee-not-informed", "2026-11-26 10:30:00", employee_not_informed)
        },
        story("no-payment-hook", "2026-11-26 15:00:00", no_payment_hook),
        Story {
            besides: besides_the_demo,
            ..story("demo", "2026-11-25 09:00:00", demo)
        },
    ]
}

fn set(facts: &mut Value, name: &str, value: Value) {
    if let Some(fields) = facts.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

/// Everything is as it must be for recording.
fn well(stage: &mut Stage, ms: u64) -> Result<()> {
    let conditions = json!({
        "audio-recorded": true, "party-informed": true, "party-objected": false, "private-call": false,
        "payment-entry": false, "secure-input": false, "employee-paused": false,
    });
    stage.conditions(&conditions, ms)
}

fn desk(stage: &mut Stage) -> Result<()> {
    let place = format!("{}x{}+0+0", SCREEN.0 - 2, SCREEN.1 - 30);
    stage.opens("crm", "Crm", DESK, "0x00c000", &place)?;
    stage.pause(500);
    Ok(())
}

fn hang_up(stage: &mut Stage) -> Result<()> {
    stage.call("after-call", 1_000)?;
    stage.call("none", 500)
}

fn ordinary_call(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    let at_first = json!({
        "audio-recorded": false, "party-informed": false, "party-objected": false, "private-call": false,
        "payment-entry": false, "secure-input": false, "employee-paused": false,
    });
    stage.conditions(&at_first, 0)?;
    stage.call("ringing", 3_000)?;
    stage.call("connected", 100)?;
    stage.conditions(&json!({"audio-recorded": true}), 3_000)?;
    stage.conditions(&json!({"party-informed": true}), 5_000)?;
    stage.opens("mail", "Mail", "Inbox", "0xff00ff", "480x600+780+60")?;
    stage.pause(4_000);
    stage.closes("Inbox");
    stage.pause(2_000);
    stage.notifies("chat", "Chat", "A message", "336x130+920+560")?;
    stage.pause(3_000);
    stage.closes("A message");
    stage.pause(2_000);
    // No browser tells a recorder on X11 which page it shows.
    stage.opens("browser", "Browser", "Order 41", "0x00c000", "1278x690+0+0")?;
    stage.pause(3_000);
    stage.closes("Order 41");
    stage.pause(2_000);
    hang_up(stage)
}

fn held_and_consulting(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    well(stage, 0)?;
    stage.call("connected", 6_000)?;
    stage.call("held", 4_000)?;
    stage.call("consulting", 5_000)?;
    stage.call("held", 1_500)?;
    stage.call("connected", 6_000)?;
    hang_up(stage)
}

fn private_call(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    well(stage, 0)?;
    stage.call("connected", 9_000)?;
    stage.press("ctrl+alt+o")?;
    stage.pause(5_000);
    // It is not taken back.
    stage.conditions(&json!({"private-call": false}), 4_000)?;
    hang_up(stage)
}

fn late_objection(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    well(stage, 0)?;
    stage.call("connected", 20_000)?;
    stage.conditions(&json!({"party-objected": true}), 2_000)?;
    hang_up(stage)
}

fn payment_and_password(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    well(stage, 0)?;
    stage.call("connected", 5_000)?;
    stage.conditions(&json!({"payment-entry": true}), 5_000)?;
    stage.conditions(&json!({"payment-entry": null}), 2_000)?;
    stage.conditions(&json!({"payment-entry": false}), 3_000)?;
    stage.conditions(&json!({"secure-input": true}), 3_000)?;
    stage.conditions(&json!({"secure-input": null}), 3_000)?;
    stage.retitles(DESK, "Changer de mot de passe")?;
    stage.pause(3_000);
    stage.retitles(DESK, DESK)?;
    stage.pause(3_000);
    hang_up(stage)
}

fn employee_not_informed(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    well(stage, 0)?;
    stage.call("connected", 5_000)?;
    hang_up(stage)
}

fn no_payment_hook(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    let conditions = json!({
        "audio-recorded": true, "party-informed": true, "party-objected": false, "private-call": false,
        "secure-input": false, "employee-paused": false,
    });
    stage.conditions(&conditions, 0)?;
    stage.call("connected", 15_000)?;
    hang_up(stage)
}

fn demo(stage: &mut Stage) -> Result<()> {
    desk(stage)?;
    let at_first = json!({
        "audio-recorded": false, "party-objected": false, "private-call": false, "secure-input": false,
        "employee-paused": false,
    });
    stage.conditions(&at_first, 0)?;
    stage.call("ringing", 4_000)?;
    stage.call("connected", 100)?;
    stage.conditions(&json!({"audio-recorded": true}), 3_000)?;
    stage.conditions(&json!({"party-informed": true}), 2_000)?;
    stage.conditions(&json!({"payment-entry": false}), 7_000)?;
    stage.opens("mail", "Mail", "Inbox", "0xff00ff", "480x600+780+60")?;
    stage.pause(4_000);
    stage.closes("Inbox");
    stage.pause(3_000);
    stage.notifies("chat", "Chat", "A message", "336x130+920+560")?;
    stage.pause(3_000);
    stage.closes("A message");
    stage.pause(2_000);
    stage.opens("browser", "Browser", "Order 41", "0x00c000", "1278x690+0+0")?;
    stage.pause(4_000);
    stage.closes("Order 41");
    stage.pause(2_000);
    stage.stalls(1_200)?;
    stage.pause(3_000);
    stage.conditions(&json!({"payment-entry": true}), 4_000)?;
    stage.conditions(&json!({"payment-entry": false}), 3_000)?;
    stage.conditions(&json!({"secure-input": true}), 3_000)?;
    stage.conditions(&json!({"secure-input": false}), 2_000)?;
    stage.call("held", 4_000)?;
    stage.call("consulting", 4_000)?;
    stage.call("connected", 4_000)?;
    stage.press("ctrl+alt+p")?;
    stage.pause(3_000);
    stage.press("ctrl+alt+p")?;
    stage.pause(3_000);
    stage.busy(3)?;
    stage.pause(5_000);
    stage.call("after-call", 4_000)?;
    stage.call("none", 500)
}

/// What is asked elsewhere: of a part while the call lasts, of what comes after it, of who may see it.
fn besides_the_demo(lines: &mut Vec<Line>) -> Result<()> {
    let opened = lines.first().and_then(Line::at).context("the trace is empty")?;
    let reviewed = lines.iter().rev().find(|line| line.is("segment"));
    let first = reviewed.and_then(|line| line.get("started-at")?.as_u64());
    let first = first.context("nothing was recorded")?;
    let hole = gap(lines).context("the recorder did not stall")?;
    let middle = lines
        .get(hole)
        .and_then(Line::at)
        .context("the recorder did not stall")?;
    lines.insert(hole + 1, asked(middle, "segment", json!({"started-at": first})));
    let over = lines
        .iter()
        .position(|line| line.get("phase").is_some_and(|phase| phase == "after-call"));
    let over = over.context("nobody hung up")?;
    let hung_up = lines.get(over).and_then(Line::at).context("nobody hung up")?;
    for (place, at) in (over + 1..).zip((1..=18).map(|frame| hung_up + frame * 200)) {
        lines.insert(place, asked(at, "frame", json!({"facts": [at, at]})));
    }
    let end = lines.iter().filter_map(Line::at).max().context("the trace is empty")?;
    lines.push(asked(end, "segment", json!({"started-at": hung_up + 200})));
    for artefact in ["recording", "anonymised-copy", "temporary"] {
        let fields = json!({"artefact": artefact, "collected-at": opened, "programme": "crm-onboarding"});
        lines.push(asked(end, "retention", fields));
    }
    let accesses = [
        ("view", "training", "a-2001", "trainer", "e-2001"),
        ("view", "evaluation", "a-3001", "supervisor", "e-3001"),
        ("train-others", "training", "a-2001", "trainer", "e-2001"),
        ("view", "training", "a-1001", "recorded-employee", "e-1001"),
        ("view", "oversight", "a-5001", "oversight", "e-5001"),
    ];
    // The next day.
    let mut at = opened + 28 * 3_600_000;
    for (operation, purpose, account, role, viewer) in accesses {
        let fields = json!({
            "operation": operation, "artefact": "recording", "purpose": purpose, "account": account,
            "individual-account": true, "role": role, "authorised-until": 1_801_353_600_000_u64,
            "programme": "crm-onboarding", "subject": "e-1001", "viewer": viewer, "restricted": false,
            "collected-at": opened, "mode": "screen-video",
        });
        lines.push(asked(at, "access", fields));
        at += 300_000;
    }
    Ok(())
}

fn asked(at: u64, event: &str, fields: Value) -> Line {
    let fields = match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    Line::added(at, event, fields)
}

/// The place of the first frame that came a second after the one before it.
fn gap(lines: &[Line]) -> Option<usize> {
    let mut before = None;
    lines.iter().position(|line| {
        if !line.is("frame") {
            return false;
        }
        let at = line.at();
        let late = before
            .zip(at)
            .is_some_and(|(before, at): (u64, u64)| at.saturating_sub(before) >= 1_000);
        before = at;
        late
    })
}
