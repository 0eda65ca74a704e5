//! Sessions that count at a real ledger and tell a real journal.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gardefou::custody::CallRecorder;
use gardefou::journal::{AccessEvent, AccessRecord, DecisionRecord, Journal, JournalKey, Record, replay};
use gardefou::ledger::{Ledger, SqliteLedger, Whose};
use gardefou::{
    Action, Answer, CallPhase, Calls, Clock, Condition, Counterpart, Opening, Outcome, Policy, PolicyHandle, Reason,
    Runtime, SessionFacts, Span, Stores, StoresOptions, Timestamp,
};
use gardefou_policy::rules::{Enrolment, Programmes, Rules};
use gardefou_policy::types::{Cap, DAY};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::sitting::Sitting;

/// A ledger, a journal and the rules over them.
struct Bench {
    folder: tempfile::TempDir,
    runtime: Runtime,
    ledger: Arc<dyn Ledger>,
    stores: Stores,
    handle: PolicyHandle,
}

impl Bench {
    fn under(rules: &Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::in_folder(folder, rules)
    }

    fn in_folder(folder: tempfile::TempDir, rules: &Rules) -> Self {
        Self::sliced(folder, rules, 1_000)
    }

    fn sliced(folder: tempfile::TempDir, rules: &Rules, slice: u64) -> Self {
        let runtime = Runtime::new().unwrap();
        let ledger: Arc<dyn Ledger> = Arc::new(SqliteLedger::open(folder.path().join("ledger")).unwrap());
        let key = JournalKey::at(&folder.path().join("key")).unwrap();
        let journal = Journal::open(&folder.path().join("journal"), &key).unwrap();
        let options = StoresOptions::default()
            .shared_ledger(Arc::clone(&ledger))
            .journal(journal)
            .site("paris")
            .slice(slice);
        let stores = Stores::start(options).unwrap();
        let policy = Policy::from_checked_rules(&runtime, rules).unwrap();
        let handle = PolicyHandle::with_stores(vec![policy], &stores).unwrap();
        Self {
            folder,
            runtime,
            ledger,
            stores,
            handle,
        }
    }

    /// What the journal holds.
    fn records(&self) -> Vec<Record> {
        let journal = self.stores.journal().unwrap();
        let entries = journal.entries(0, 10_000).unwrap();
        entries.into_iter().filter_map(|entry| entry.record).collect()
    }

    fn decisions(&self) -> Vec<DecisionRecord> {
        let decision = |record| match record {
            Record::Decision(decision) => Some(decision),
            _ => None,
        };
        self.records().into_iter().filter_map(decision).collect()
    }

    /// As after a crash: whatever was not written is lost, and everything is opened again.
    fn again(self, rules: &Rules) -> Self {
        self.stores.shutdown();
        self.runtime.shutdown();
        let Self { folder, .. } = self;
        Self::in_folder(folder, rules)
    }
}

/// The rules of the fixture, for more employees: each of them may have one call of a few recorded.
fn rules() -> Rules {
    let mut rules = fixture::rules();
    let Programmes::Listed(programmes) = &mut rules.programmes else {
        unreachable!("the fixture lists its programmes");
    };
    for programme in programmes {
        programme.enrolment = Enrolment::Listed((0..10).map(|n| format!("e-{n}")).collect());
    }
    rules
}

/// The rules, with this cap on the programme.
fn capped(limit: u64) -> Rules {
    let mut rules = rules();
    let Programmes::Listed(programmes) = &mut rules.programmes else {
        unreachable!("the fixture lists its programmes");
    };
    for programme in programmes {
        programme.programme_cap = Cap { limit, per: DAY };
    }
    rules
}

/// Session `s-N` is of employee `e-N`.
fn facts(session: &str) -> SessionFacts {
    let mut facts = fixture::facts();
    facts.session = session.into();
    facts.employee = session.replace("s-", "e-");
    facts
}

/// A session that is recorded.
fn sit(bench: &Bench, session: &str) -> Sitting {
    Sitting::of(&bench.handle, facts(session)).unwrap_or_else(|why| panic!("refused: {why:?}"))
}

/// Asks about frames until the answer is this one; the store thread answers when it can.
fn until(sitting: &mut Sitting, wanted: impl Fn(Action, Reason) -> bool) -> u64 {
    let patience = Instant::now() + Duration::from_secs(20);
    let mut kept = 0;
    loop {
        let frame = sitting.frame();
        if wanted(frame.action, frame.why.reason) {
            return kept;
        }
        kept += u64::from(frame.action == Action::Keep);
        assert!(Instant::now() < patience, "{frame:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_cap_holds_over_sessions_that_share_a_ledger() {
    let bench = Bench::under(&capped(5_000));
    let mut first = sit(&bench, "s-1");
    let mut second = sit(&bench, "s-2");
    let mut kept = 0;
    let patience = Instant::now() + Duration::from_secs(30);
    let mut full = 0;
    while full < 20 {
        let mut volume = true;
        for sitting in [&mut first, &mut second] {
            let frame = sitting.frame();
            assert!(frame.action != Action::Stop, "{frame:?}");
            kept += u64::from(frame.action == Action::Keep);
            volume &= frame.why.reason == Reason::VOLUME;
        }
        full = if volume { full + 1 } else { 0 };
        assert!(Instant::now() < patience);
        std::thread::sleep(Duration::from_millis(2));
    }
    // A frame counts at most its interval, of 200 ms; these follow one another after 100 ms.
    assert!(kept >= 10, "{kept} frames were kept");
    assert!(kept * 100 <= 5_000, "{kept} frames were kept");
    for sitting in [first, second] {
        let now = sitting.now;
        let _ = sitting.session.finish(now);
    }
    bench.stores.shutdown();
    let balances = bench.ledger.balances(NOW.plus(DAY / 2), DAY).unwrap();
    assert!(!balances.is_empty());
    for balance in balances {
        assert_eq!(balance.held, 0, "{balance:?}");
        assert!(balance.kept <= 5_000, "{balance:?}");
        if matches!(balance.of, Whose::Programme(_)) {
            assert!(balance.kept >= kept * 100, "{balance:?}");
        }
    }
}

#[test]
fn what_one_session_holds_the_other_cannot_have() {
    let bench = Bench::under(&capped(1_200));
    let first = sit(&bench, "s-1");
    let mut second = sit(&bench, "s-2");
    // The first holds a slice of 1,000 ms, and one of 200 ms is left for one frame of the second.
    let kept = until(&mut second, |_, reason| reason == Reason::VOLUME);
    assert!(kept <= 2, "{kept}");
    let now = first.now;
    let _ = first.session.finish(now);
    // What the first did not use is there for the second.
    until(&mut second, |action, _| action == Action::Keep);
}

#[test]
fn calls_are_counted_and_sampled_by_the_ledger() {
    let bench = Bench::under(&rules());
    let mut recorded = 0;
    for n in 0..10 {
        let mut facts = facts(&format!("s-{n}"));
        facts.employee = "e-1".into();
        // What the recorder claims is not heard.
        facts.calls = Some(Calls {
            offered: 1_000,
            recorded: 0,
        });
        match bench.handle.open_with_clock(facts, Clock::told(NOW.plus(n))).unwrap() {
            Opening::Open(session, call) => {
                let mut sitting = Sitting::with(session, call, NOW.plus(n));
                assert_eq!(sitting.frame().action, Action::Keep);
                let now = sitting.now;
                let _ = sitting.session.finish(now);
                recorded += 1;
            }
            Opening::Refused(why) => assert_eq!(why.reason, Reason::SYSTEMATIC),
        }
        // Its place returns in the background.
        bench.stores.flush().unwrap();
    }
    // A fifth, rounded up at each call: the first and the sixth.
    assert_eq!(recorded, 2);
}

#[test]
fn a_session_of_which_nothing_was_kept_leaves_its_place() {
    let bench = Bench::under(&rules());
    for n in 0..5 {
        let mut facts = facts(&format!("s-{n}"));
        facts.employee = "e-1".into();
        let sitting = Sitting::of(&bench.handle, facts).unwrap();
        let _ = sitting.session.finish(NOW);
        bench.stores.flush().unwrap();
    }
}

#[test]
fn a_ledger_that_was_replaced_is_not_believed() {
    let bench = Bench::under(&rules());
    let mut sitting = sit(&bench, "s-1");
    assert_eq!(sitting.frame().action, Action::Keep);
    let file = bench.folder.path().join("ledger");
    std::fs::rename(&file, bench.folder.path().join("away")).unwrap();
    std::fs::write(&file, b"").unwrap();
    let kept = until(&mut sitting, |action, reason| {
        action == Action::Skip && reason == Reason::STORE_UNAVAILABLE
    });
    assert!(kept <= 10, "no more than a slice: {kept}");
    let opening = bench.handle.open(facts("s-2"), NOW).unwrap();
    assert!(matches!(opening, Opening::Refused(why) if why.reason == Reason::STORE_UNAVAILABLE));
    let problem = bench.stores.problem().unwrap();
    assert!(problem.to_string().contains("ledger"), "{problem}");
}

#[test]
fn what_was_decided_is_journalled_with_the_facts_that_decided() {
    let bench = Bench::under(&rules());
    let mut sitting = sit(&bench, "s-1");
    sitting.session.set_call_reference("call-7");
    for _ in 0..5 {
        assert_eq!(sitting.frame().action, Action::Keep);
    }
    sitting.call.condition(Condition::PAYMENT_ENTRY, Some(true));
    assert_eq!(sitting.frame().why.reason, Reason::PAYMENT);
    sitting.call.condition(Condition::PAYMENT_ENTRY, Some(false));
    assert_eq!(sitting.frame().action, Action::Keep);
    sitting.pass(50);
    sitting.call.phase_at(CallPhase::AfterCall, sitting.now);
    let end = sitting.now.plus(50);
    let finished = sitting.session.finish(end);
    assert!(matches!(finished.reviewed[0].outcome, Outcome::Trim(_)));
    let sidecar = finished.sidecar.unwrap();
    assert_eq!(sidecar.call_reference.as_deref(), Some("call-7"));
    let parts: Vec<_> = sidecar
        .parts
        .iter()
        .map(|part| (part.kept, part.reason.as_str()))
        .collect();
    // What came after the call was hung up was cut off.
    assert_eq!(
        parts,
        [
            (true, "permitted"),
            (false, "payment"),
            (true, "permitted"),
            (false, "no-call")
        ]
    );

    let decisions = bench.decisions();
    let [decision] = decisions.as_slice() else {
        panic!("{decisions:?}");
    };
    assert_eq!((decision.session.as_str(), decision.outcome.as_str()), ("s-1", "trim"));
    assert_eq!(decision.sidecar, Some(sidecar.digest()));
    assert_eq!(decision.totals["payment"], 100);
    assert_eq!(decision.totals["permitted"], 5 * 100 + 200);
    let told = serde_json::to_string(&decision).unwrap();
    for secret in ["crm.exe", "title", "url", "executable"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    // The same rules decide it again the same.
    let replayed = replay(&PolicyHandle::new(bench.handle.policies()).unwrap(), decision).unwrap();
    assert_eq!(replayed.changed, []);
    assert_eq!(replayed.kept_before, replayed.kept_after);
}

#[test]
fn a_pause_and_a_private_call_are_counted_without_person_or_time() {
    let bench = Bench::under(&rules());
    let mut sitting = sit(&bench, "s-1");
    assert_eq!(sitting.frame().action, Action::Keep);
    for _ in 0..2 {
        sitting.call.condition(Condition::EMPLOYEE_PAUSED, Some(true));
        assert_eq!(sitting.frame().why.reason, Reason::PAUSED);
        sitting.call.condition(Condition::EMPLOYEE_PAUSED, Some(false));
        assert_eq!(sitting.frame().action, Action::Keep);
    }
    let end = sitting.now.plus(100);
    let _ = sitting.session.finish(end);
    let decisions = bench.decisions();
    let told = serde_json::to_string(&decisions).unwrap();
    assert!(!told.contains("\"paused\"") && told.contains("s-1"), "{told}");
    assert!(!told.contains("\"employee-paused\":true"), "{told}");
    // Nor does a hole say when: the frames that are told follow one another.
    let mut frames = vec![];
    decisions[0]
        .expanded(|line| {
            if matches!(line.event, gardefou::trace::Event::Frame(_)) {
                frames.push(line.at.as_millis());
            }
        })
        .unwrap();
    assert!(frames.windows(2).all(|pair| pair[1] - pair[0] <= 200), "{frames:?}");

    let mut private = sit(&bench, "s-2");
    assert_eq!(private.frame().action, Action::Keep);
    private.call.condition(Condition::PRIVATE_CALL, Some(true));
    assert_eq!(private.frame().action, Action::Stop);
    let end = private.now;
    let finished = private.session.finish(end);
    assert!(finished.sidecar.is_none());
    for review in finished.reviewed {
        let Outcome::Discard(ticket) = review.outcome else {
            panic!("a private call is kept");
        };
        ticket.done().unwrap();
    }
    bench.stores.flush().unwrap();
    let told = serde_json::to_string(&bench.records()).unwrap();
    assert!(
        !told.contains("private-call\":true") && !told.contains("\"private-call\"]"),
        "{told}"
    );
    assert!(bench.decisions().iter().all(|decision| decision.session != "s-2"));
    assert_eq!(bench.stores.journal().unwrap().open_discards().unwrap(), []);
}

#[test]
fn open_discards_and_crashed_sessions_are_listed_at_the_next_start() {
    let rules = rules();
    let bench = Bench::under(&rules);
    let mut objected = sit(&bench, "s-1");
    assert_eq!(objected.frame().action, Action::Keep);
    objected.call.condition(Condition::PARTY_OBJECTED, Some(true));
    let end = objected.now.plus(100);
    let finished = objected.session.finish(end);
    assert!(matches!(finished.reviewed[0].outcome, Outcome::Discard(_)));
    drop(finished);
    let bench = bench.again(&rules);
    let open = bench.handle.open_discards();
    let [ticket] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!(ticket.discard().session, "s-1");
    // Why is not journalled: else a discard without a reason would be a private call's.
    assert_eq!(ticket.discard().why.reason, Reason::INVALID_FACTS);
    for ticket in open {
        ticket.done().unwrap();
    }
    let bench = bench.again(&rules);
    assert!(bench.handle.open_discards().is_empty());

    // Long ago a recorder crashed: the ledger never saw the end of its session.
    let caps = gardefou::ledger::Caps {
        employee: Cap { limit: DAY, per: DAY },
        programme: Cap { limit: DAY, per: DAY },
        unreviewed: DAY,
    };
    let ledger = &bench.ledger;
    ledger
        .offer(&gardefou::ledger::Offer {
            session: "crashed",
            employee: "e",
            programme: "p",
            at: Timestamp::from_millis(1_000),
            periods: &[DAY],
        })
        .unwrap();
    ledger
        .reserve(&[gardefou::ledger::Reservation {
            session: "crashed",
            at: Timestamp::from_millis(1_000),
            kept: 0,
            wanted: 1_000,
            until: Timestamp::from_millis(61_000),
            caps: &[caps],
        }])
        .unwrap();
    let bench = bench.again(&rules);
    let open = bench.handle.open_discards();
    let [ticket] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!(ticket.discard().session, "crashed");
    assert_eq!(
        ticket.discard().segment,
        Span {
            start: Timestamp::from_millis(1_000),
            end: Timestamp::from_millis(61_000)
        }
    );
    // Once that is done it is over, in the ledger too, and nothing of it waits for a review.
    for ticket in open {
        ticket.done().unwrap();
    }
    let bench = bench.again(&rules);
    assert!(bench.handle.open_discards().is_empty());
    let balances = bench.ledger.balances(Timestamp::from_millis(70_000), DAY).unwrap();
    let crashed = balances
        .iter()
        .find(|balance| balance.of == Whose::Employee("e".into()));
    let crashed = crashed.unwrap();
    assert_eq!((crashed.kept, crashed.unreviewed), (1_000, 0));
}

#[test]
fn what_was_decided_to_be_kept_and_could_not_be_is_a_discard() {
    let rules = rules();
    let bench = Bench::under(&rules);
    let counted = |bench: &Bench| {
        bench.stores.flush().unwrap();
        // A closing is written after what is journalled: one more round, and it is there.
        bench.stores.flush().unwrap();
        let balances = bench.ledger.balances(NOW.plus(DAY / 2), DAY).unwrap();
        let mine = balances
            .into_iter()
            .find(|balance| balance.of == Whose::Employee("e-1".into()));
        mine.map(|balance| (balance.kept, balance.unreviewed, balance.held))
    };
    let mut sitting = sit(&bench, "s-1");
    sitting.session.set_call_reference("call-7");
    let start = sitting.now.plus(100);
    for _ in 0..3 {
        assert_eq!(sitting.frame().action, Action::Keep);
    }
    let middle = sitting.now;
    assert!(matches!(sitting.session.segment(start, middle), Outcome::Keep));
    assert_eq!(sitting.frame().action, Action::Keep);
    let end = sitting.now.plus(100);
    let finished = sitting.session.finish(end);
    assert_eq!(finished.reviewed.len(), 2);
    let whole = finished.span().unwrap();
    assert_eq!((whole.start, whole.end), (start, end));
    let (kept, unreviewed, held) = counted(&bench).unwrap();
    assert!(kept > 0 && unreviewed == kept && held == 0);

    // The disk was full, say.
    let ticket = bench.handle.not_kept("s-1", Some("call-7"), whole);
    assert_eq!(ticket.discard().call_reference.as_deref(), Some("call-7"));
    assert_eq!(bench.handle.open_discards().len(), 1);
    // It was recorded, and nobody waits for it.
    assert_eq!(counted(&bench), Some((kept, 0, 0)));
    // Another recorder starts before it is done: it is listed there.
    drop(ticket);
    let bench = bench.again(&rules);
    let mut open = bench.handle.open_discards();
    let ticket = open.pop().unwrap();
    assert!(open.is_empty() && ticket.discard().session == "s-1" && ticket.discard().segment == whole);
    ticket.done().unwrap();
    assert_eq!(counted(&bench), Some((kept, 0, 0)));
    assert!(bench.again(&rules).handle.open_discards().is_empty());
}

#[test]
fn a_session_that_is_dropped_after_a_segment_leaves_a_discard_of_it() {
    let bench = Bench::under(&rules());
    let mut sitting = sit(&bench, "s-1");
    assert_eq!(sitting.frame().action, Action::Keep);
    let end = sitting.now.plus(100);
    assert!(matches!(sitting.session.segment(sitting.now, end), Outcome::Keep));
    drop(sitting);
    assert_eq!(bench.handle.open_discards().len(), 1);
}

#[test]
fn what_was_to_be_discarded_is_not_brought_back_by_what_comes_later() {
    let bench = Bench::under(&rules());
    let mut sitting = sit(&bench, "s-1");
    let first = sitting.now.plus(100);
    assert_eq!(sitting.frame().action, Action::Keep);
    assert_eq!(sitting.frame().action, Action::Keep);
    sitting.call.condition(Condition::PARTY_OBJECTED, None);
    let end = sitting.now;
    let Outcome::Discard(ticket) = sitting.session.segment(first, end) else {
        panic!("nobody knows whether they objected");
    };
    drop(ticket);
    sitting.call.condition(Condition::PARTY_OBJECTED, Some(false));
    assert_eq!(sitting.frame().action, Action::Keep);
    let last = sitting.now.plus(100);
    let mut reviewed = sitting.session.finish(last).reviewed;
    assert_eq!(reviewed.len(), 2, "{reviewed:?}");
    assert!(matches!(reviewed[1].outcome, Outcome::Keep));
    let Outcome::Discard(ticket) = reviewed.remove(0).outcome else {
        panic!("it is kept");
    };
    ticket.done().unwrap();
    assert!(bench.handle.open_discards().is_empty());
}

#[test]
fn each_segment_has_the_facts_of_its_own_frames() {
    let bench = Bench::sliced(tempfile::tempdir().unwrap(), &rules(), 60_000);
    let mut sitting = sit(&bench, "s-1");
    let mut start = sitting.now.plus(100);
    for _ in 0..3 {
        for _ in 0..5 {
            assert_eq!(sitting.frame().action, Action::Keep);
        }
        let end = sitting.now.plus(100);
        assert!(matches!(sitting.session.segment(start, end), Outcome::Keep));
        start = end;
    }
    let end = sitting.now.plus(100);
    let _ = sitting.session.finish(end);
    let decisions = bench.decisions();
    let totals: Vec<u64> = decisions.iter().map(|decision| decision.totals["permitted"]).collect();
    assert_eq!(totals, [500, 500, 600]);
    for decision in &decisions {
        let replayed = replay(&PolicyHandle::new(bench.handle.policies()).unwrap(), decision).unwrap();
        assert_eq!(replayed.changed, [], "{decision:?}");
        assert!(replayed.kept_before >= 500);
    }
}

#[test]
fn nobody_waits_for_stores_that_were_shut_down() {
    let bench = Bench::under(&rules());
    let mut sitting = sit(&bench, "s-1");
    assert_eq!(sitting.frame().action, Action::Keep);
    let end = sitting.now.plus(100);
    bench.stores.shutdown();
    assert!(bench.stores.flush().is_err());
    let finished = sitting.session.finish(end);
    assert!(finished.sidecar.is_none());
    assert!(matches!(finished.reviewed[0].outcome, Outcome::Discard(_)));
    let opening = bench.handle.open(facts("s-2"), NOW).unwrap();
    assert!(matches!(opening, Opening::Refused(why) if why.reason == Reason::STORE_UNAVAILABLE));
}

#[test]
fn a_protected_line_is_told_of_nobody_whatever_else_refuses() {
    let bench = Bench::under(&rules());
    let mut facts = facts("s-1");
    facts.employee_objected = Answer::Yes;
    for (name, protected) in [("s-1", Answer::Yes), ("s-11", Answer::Unknown)] {
        facts.session = name.into();
        facts.protected_line = protected;
        let opening = bench.handle.open(facts.clone(), NOW).unwrap();
        assert!(matches!(opening, Opening::Refused(why) if why.reason == Reason::EMPLOYEE_OBJECTED));
    }
    bench.stores.flush().unwrap();
    let told = serde_json::to_string(&bench.records()).unwrap();
    assert!(!told.contains("e-1") && !told.contains("s-1"), "{told}");
}

#[test]
fn a_session_that_is_dropped_leaves_a_discard_that_survives() {
    let rules = rules();
    let bench = Bench::under(&rules);
    let mut sitting = sit(&bench, "s-1");
    assert_eq!(sitting.frame().action, Action::Keep);
    drop(sitting);
    let bench = bench.again(&rules);
    assert_eq!(bench.handle.open_discards().len(), 1);
    assert!(bench.decisions().is_empty());
}

#[test]
fn a_journal_that_cannot_be_written_stops_recording_and_discards() {
    let bench = Bench::under(&rules());
    let mut sitting = sit(&bench, "s-1");
    assert_eq!(sitting.frame().action, Action::Keep);
    let mut running = sit(&bench, "s-2");
    assert_eq!(running.frame().action, Action::Keep);
    let file = bench.folder.path().join("journal");
    std::fs::rename(&file, bench.folder.path().join("away")).unwrap();
    std::fs::write(&file, b"").unwrap();
    let end = sitting.now.plus(100);
    let finished = sitting.session.finish(end);
    assert!(finished.sidecar.is_none());
    assert!(matches!(
        &finished.reviewed[0].outcome,
        Outcome::Discard(ticket) if ticket.discard().why.reason == Reason::STORE_UNAVAILABLE
    ));
    let frame = running.frame();
    assert_eq!(
        (frame.action, frame.why.reason),
        (Action::Stop, Reason::STORE_UNAVAILABLE)
    );
    let opening = bench.handle.open(facts("s-3"), NOW).unwrap();
    assert!(matches!(opening, Opening::Refused(why) if why.reason == Reason::STORE_UNAVAILABLE));
    assert!(bench.stores.problem().unwrap().to_string().contains("journal"));
}

#[test]
fn new_rules_are_counted_over_their_own_periods() {
    let bench = Bench::under(&capped(100_000));
    let mut sitting = sit(&bench, "s-1");
    for _ in 0..8 {
        assert_eq!(sitting.frame().action, Action::Keep);
    }
    let tighter = Policy::from_checked_rules(&bench.runtime, &capped(900)).unwrap();
    bench.handle.offer(vec![tighter]).unwrap();
    // Until the ledger has counted anew, nothing is kept; and then the new cap is reached at once.
    let kept = until(&mut sitting, |_, reason| reason == Reason::VOLUME);
    assert_eq!(kept, 0);
}

/// The call's own recorder: remembers what it was told, and answers this.
#[derive(Clone, Debug)]
struct Pair {
    told: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<Result<Counterpart, String>>>,
}

impl Pair {
    fn answering(answer: Result<Counterpart, String>) -> Self {
        Self {
            told: Arc::default(),
            answer: Arc::new(Mutex::new(answer)),
        }
    }

    fn told(&self, what: String) -> Result<Counterpart, String> {
        self.told.lock().unwrap().push(what);
        self.answer.lock().unwrap().clone()
    }
}

impl CallRecorder for Pair {
    fn discard(&self, session: &str, reference: Option<&str>, segment: Span) -> Result<Counterpart, String> {
        self.told(format!("discard {session} {reference:?} {}", segment.length()))
    }

    fn trim(&self, session: &str, reference: Option<&str>, _: Span, kept: Span) -> Result<Counterpart, String> {
        self.told(format!("trim {session} {reference:?} {}", kept.length()))
    }
}

/// A recorder with that pair, and nothing else but a journal.
fn paired(pair: &Pair) -> (tempfile::TempDir, Stores, PolicyHandle) {
    let folder = tempfile::tempdir().unwrap();
    let key = JournalKey::at(&folder.path().join("key")).unwrap();
    let journal = Journal::open(&folder.path().join("journal"), &key).unwrap();
    let options = StoresOptions::default().journal(journal).call_recorder(pair.clone());
    let stores = Stores::start(options).unwrap();
    let runtime = Runtime::new().unwrap();
    let policy = Policy::from_checked_rules(&runtime, &rules()).unwrap();
    let handle = PolicyHandle::with_stores(vec![policy], &stores).unwrap();
    (folder, stores, handle)
}

#[test]
fn a_discard_covers_the_pair_and_stays_open_until_both_are_gone() {
    let pair = Pair::answering(Err("the disk is away".into()));
    let (_folder, stores, handle) = paired(&pair);
    let mut sitting = Sitting::of(&handle, facts("s-1")).unwrap();
    sitting.session.set_call_reference("call-7");
    assert_eq!(sitting.frame().action, Action::Keep);
    sitting.call.condition(Condition::PARTY_OBJECTED, Some(true));
    let end = sitting.now.plus(100);
    let mut reviewed = sitting.session.finish(end).reviewed;
    let Some(Outcome::Discard(ticket)) = reviewed.pop().map(|review| review.outcome) else {
        panic!("an objection is kept");
    };
    let error = ticket.done().unwrap_err();
    assert!(error.to_string().contains("the disk is away"), "{error}");
    let mut open = handle.open_discards();
    assert_eq!(open.len(), 1);
    *pair.answer.lock().unwrap() = Ok(Counterpart::Discarded);
    open.pop().unwrap().done().unwrap();
    assert!(handle.open_discards().is_empty());
    assert_eq!(*pair.told.lock().unwrap(), ["discard s-1 Some(\"call-7\") 100"; 2]);
    stores.flush().unwrap();
    assert_eq!(stores.journal().unwrap().open_discards().unwrap(), []);
}

#[test]
fn a_trim_covers_the_pair_and_what_could_not_be_cut_is_an_open_discard() {
    for (answer, open, journalled) in [
        (Ok(Counterpart::Absent), 0, Counterpart::Absent),
        (Err("no".into()), 1, Counterpart::Failed),
    ] {
        let pair = Pair::answering(answer);
        let (_folder, stores, handle) = paired(&pair);
        let mut sitting = Sitting::of(&handle, facts("s-1")).unwrap();
        for _ in 0..3 {
            assert_eq!(sitting.frame().action, Action::Keep);
        }
        sitting.call.phase_at(CallPhase::AfterCall, sitting.now);
        let end = sitting.now.plus(100);
        let finished = sitting.session.finish(end);
        assert!(matches!(finished.reviewed[0].outcome, Outcome::Trim(_)));
        assert_eq!(*pair.told.lock().unwrap(), ["trim s-1 None 200"]);
        assert_eq!(handle.open_discards().len(), open);
        let entries = stores.journal().unwrap().entries(0, 100).unwrap();
        let trimmed = entries.into_iter().find_map(|entry| match entry.record? {
            Record::Access(AccessRecord {
                event: AccessEvent::Trimmed { counterpart, .. },
                ..
            }) => Some(counterpart),
            _ => None,
        });
        assert_eq!(trimmed, Some(journalled));
    }
}
