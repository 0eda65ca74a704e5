//! The table of `docs/embedding.md`: what each missing fact refuses.

use gardefou::{
    Action, AppIdentity, CallPhase, Clock, Condition, Opening, Outcome, Placed, PolicyHandle, Reason, Rect, Runtime,
    SessionFacts,
};
use gardefou::{Policy, Timestamp};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::sitting::{SURFACE, Sitting, WINDOW, app};

/// One row: what is not told, when, the answer and its reason.
struct Row {
    missing: String,
    when: String,
    answer: String,
    reason: Reason,
}

fn rows() -> Vec<Row> {
    let page = include_str!("../../docs/embedding.md");
    let (_, table) = page.split_once("| not told | when | answer | reason |").unwrap();
    let lines = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<String> = line
            .trim_matches('|')
            .split('|')
            .map(|c| c.trim().replace('`', ""))
            .collect();
        let [missing, when, answer, reason] = cells.as_slice() else {
            panic!("{line}");
        };
        Row {
            missing: missing.clone(),
            when: when.clone(),
            answer: answer.clone(),
            reason: Reason::from_name(reason).unwrap_or_else(|| panic!("no reason `{reason}`")),
        }
    };
    lines.map(row).collect()
}

/// What the SDK answers when that is missing.
fn answered(handle: &PolicyHandle, row: &Row) -> (&'static str, Reason) {
    match row.when.as_str() {
        "opening" | "opening, without a ledger" => at_opening(handle, &row.missing),
        "frame" => at_frame(handle, &row.missing),
        "at the end" => at_the_end(handle, &row.missing),
        "a crash, a session that is dropped" => dropped(handle),
        other => panic!("nobody tests `{other}`"),
    }
}

fn at_opening(handle: &PolicyHandle, missing: &str) -> (&'static str, Reason) {
    let (mut facts, untold) = (fixture::facts(), SessionFacts::default());
    match missing {
        "frame-interval" => facts.frame_interval = untold.frame_interval,
        "calls" => facts.calls = untold.calls,
        "session" => facts.session = untold.session,
        "mode" => facts.mode = untold.mode,
        "purpose" => facts.purpose = untold.purpose,
        "programme" => facts.programme = untold.programme,
        "employee" => facts.employee = untold.employee,
        "employee-notice" => facts.employee_notice = untold.employee_notice,
        "employee-objected" => facts.employee_objected = untold.employee_objected,
        "protected-line" => facts.protected_line = untold.protected_line,
        other => panic!("nobody tests `{other}`"),
    }
    match handle.open_with_clock(facts, Clock::told(NOW)).unwrap() {
        Opening::Open(..) => ("open", Reason::PERMITTED),
        Opening::Refused(why) => ("refuse", why.reason),
    }
}

fn at_frame(handle: &PolicyHandle, missing: &str) -> (&'static str, Reason) {
    let Opening::Open(mut session, call) = handle.open_with_clock(fixture::facts(), Clock::told(NOW)).unwrap() else {
        panic!("refused");
    };
    if missing != "the phase" {
        call.phase_at(CallPhase::Connected, NOW);
    }
    for condition in Condition::ALL
        .into_iter()
        .filter(|condition| condition.name() != missing)
    {
        call.condition(condition, Some(condition.must_hold()));
    }
    let at = NOW.plus(100);
    let inner = match missing {
        "a window's own pixels (empty inner)" => Rect::default(),
        _ => WINDOW,
    };
    let (inner, outer) = match missing {
        "where a window may have painted (empty outer)" => (Rect::default(), Rect::default()),
        _ => (inner, WINDOW),
    };
    let list = [Placed { id: 0, inner, outer }];
    if missing != "the windows" {
        session.windows(&list, at, at);
    }
    let identity = if missing == "who a window is" {
        AppIdentity::default()
    } else {
        app()
    };
    session.identify(0, &identity);
    let mut ask = |at: Timestamp| {
        let decision = session.decide(at, SURFACE.0, SURFACE.1);
        (decision.action(), decision.why().reason)
    };
    let (action, reason) = match missing {
        "the windows since the frame before" => {
            assert_eq!(ask(at), (Action::Keep, Reason::PERMITTED));
            ask(at.plus(100))
        }
        "a question within max-frame-interval (a hole: the picture stood still)" => {
            assert_eq!(ask(at), (Action::Keep, Reason::PERMITTED));
            let late = at.plus(10_000);
            session.windows(&list, late, late);
            let decision = session.decide(late, SURFACE.0, SURFACE.1);
            (decision.action(), decision.why().reason)
        }
        _ => ask(at),
    };
    (action.name(), reason)
}

fn at_the_end(handle: &PolicyHandle, missing: &str) -> (&'static str, Reason) {
    let mut sitting = Sitting::of(handle, fixture::facts()).unwrap();
    assert_eq!(sitting.frame().action, Action::Keep);
    sitting.call.condition(Condition::from_name(missing).unwrap(), None);
    let end = sitting.now.plus(100);
    match sitting.session.finish(end).reviewed.remove(0).outcome {
        Outcome::Discard(ticket) => ("discard", ticket.discard().why.reason),
        Outcome::Keep | Outcome::Trim(_) => ("keep", Reason::PERMITTED),
    }
}

fn dropped(handle: &PolicyHandle) -> (&'static str, Reason) {
    let mut sitting = Sitting::of(handle, fixture::facts()).unwrap();
    assert_eq!(sitting.frame().action, Action::Keep);
    let before = handle.open_discards().len();
    drop(sitting);
    let open = handle.open_discards();
    assert_eq!(open.len(), before + 1);
    ("discard", open.last().unwrap().discard().why.reason)
}

#[test]
fn every_row_of_the_table_is_what_the_sdk_answers() {
    let runtime = Runtime::new().unwrap();
    let policy = Policy::from_checked_rules(&runtime, &fixture::rules()).unwrap();
    let rows = rows();
    assert!(rows.len() > 20, "{} rows", rows.len());
    for row in &rows {
        // Sessions of one name and time would share their discards.
        let handle = PolicyHandle::new(vec![policy.clone()]).unwrap();
        let (answer, reason) = answered(&handle, row);
        let told = (row.answer.as_str(), row.reason);
        assert_eq!((answer, reason), told, "{} ({})", row.missing, row.when);
    }
    // Every condition is there, and so is every field of the facts that has no value which allows.
    for condition in Condition::ALL {
        assert!(
            rows.iter().any(|row| row.missing == condition.name()),
            "{}",
            condition.name()
        );
    }
}

#[test]
fn what_the_table_of_threads_says_may_cross_threads_may() {
    const fn moves<T: Send>() {}
    const fn is_shared<T: Send + Sync + Clone>() {}
    moves::<gardefou::Session>();
    moves::<gardefou::Finished>();
    moves::<gardefou::DiscardTicket>();
    is_shared::<gardefou::CallFacts>();
    is_shared::<PolicyHandle>();
    is_shared::<Policy>();
    is_shared::<Runtime>();
    is_shared::<gardefou::Stores>();
}
