//! The checks, each with what it is about.

use std::fmt::Debug;
use std::sync::Barrier;

use gardefou_policy::types::{Cap, Millis, NO_LIMIT, Timestamp};

use super::Thoroughness;
use super::history::{History, answer};
use super::model::Model;
use crate::ledger::{Caps, Closing, Granted, Ledger, MAX_TOKEN, Offer, Reservation, Review, Whose};
use crate::stores::StoreError;

type Make<'m> = &'m dyn Fn() -> Result<Box<dyn Ledger>, StoreError>;
type Check = fn(Make<'_>, &Thoroughness) -> Result<(), String>;

pub(super) const ALL: [(&str, Check); 10] = [
    ("a history is answered as the model answers it", histories),
    ("many threads at once never exceed a cap", threads),
    ("an employee is counted over all programmes", over_programmes),
    ("a slice leaves the period when its end does", leaving),
    ("a crash costs its slice, until it is over", crash),
    ("who comes back late is counted once, and never less than said", late),
    ("a clock that was set back loosens nothing", set_back),
    ("a call that was not recorded leaves its place", places),
    ("a review releases what waits", reviews),
    ("what is unknown or malformed gets nothing", malformed),
];

const NOW: u64 = 1_795_600_000_000;

fn at(after: u64) -> Timestamp {
    Timestamp::from_millis(NOW + after)
}

/// What a store said, in words.
fn said(error: StoreError) -> String {
    error.to_string()
}

fn expect<T: PartialEq + Debug>(what: &str, got: &T, wanted: &T) -> Result<(), String> {
    if got == wanted {
        return Ok(());
    }
    Err(format!("{what} must be {wanted:?}, and is {got:?}"))
}

/// Caps of which this one holds: on both, over this period.
fn capped(limit: Millis, per: Millis) -> Caps {
    Caps {
        employee: Cap { limit, per },
        programme: Cap::NONE,
        unreviewed: NO_LIMIT,
    }
}

fn offer(ledger: &dyn Ledger, session: &str, employee: &str, programme: &str, after: u64) -> Result<(), String> {
    let call = Offer {
        session,
        employee,
        programme,
        at: at(after),
        periods: &[],
    };
    ledger.offer(&call).map(drop).map_err(said)
}

/// One question: now, kept in all, wanted, the end of the slice.
fn reserve(
    ledger: &dyn Ledger,
    session: &str,
    (now, kept, wanted, until): (u64, Millis, Millis, u64),
    caps: Caps,
) -> Result<Granted, String> {
    let asked = Reservation {
        session,
        at: at(now),
        kept,
        wanted,
        until: at(until),
        caps: &[caps],
    };
    let mut granted = ledger.reserve(&[asked]).map_err(said)?;
    let granted = granted.pop().filter(|granted| granted.usage.len() == 1);
    granted.ok_or_else(|| "a question about one cap must have one answer with one usage".to_owned())
}

fn close(ledger: &dyn Ledger, session: &str, after: u64, kept: Millis, to_review: bool) -> Result<(), String> {
    let end = Closing {
        session,
        at: at(after),
        kept,
        to_review,
    };
    ledger.close(&end).map_err(said)
}

fn employee_used(granted: &Granted) -> Millis {
    granted.usage.first().map_or(NO_LIMIT, |usage| usage.employee_used)
}

fn histories(make: Make<'_>, thoroughness: &Thoroughness) -> Result<(), String> {
    for seed in 0..thoroughness.histories {
        let (ledger, model) = (make().map_err(said)?, Model::default());
        let mut done = Vec::new();
        for step in History::new(seed).take(thoroughness.steps) {
            let (got, wanted) = (answer(&*ledger, &step), answer(&model, &step));
            done.push(step);
            if got != wanted {
                return Err(format!(
                    "after {done:#?} the answer must be {wanted:#?}, and is {got:#?}"
                ));
            }
        }
    }
    Ok(())
}

/// Each thread records all it is granted until nothing is left: together exactly the cap.
fn threads(make: Make<'_>, thoroughness: &Thoroughness) -> Result<(), String> {
    const LIMIT: Millis = 1_000;
    let ledger = make().map_err(said)?;
    let ledger = &*ledger;
    let start = Barrier::new(thoroughness.threads);
    let work = |number: usize| -> Result<Millis, String> {
        let session = format!("s-{number}");
        start.wait();
        offer(ledger, &session, "e", &format!("p-{}", number % 2), 0)?;
        let mut kept = 0;
        loop {
            let granted = reserve(ledger, &session, (0, kept, 37, 1_000), capped(LIMIT, 10_000))?;
            if granted.slice == 0 {
                break;
            }
            kept += granted.slice;
        }
        close(ledger, &session, 0, kept, true)?;
        Ok(kept)
    };
    let kept: Result<Vec<Millis>, String> = std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..thoroughness.threads)
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        let ended = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended
            .map(|end| end.unwrap_or_else(|_| Err("it panicked".to_owned())))
            .collect()
    });
    // Kept by nobody while a slice was held by somebody who then kept it: none is wasted here.
    expect("what all kept together", &kept?.iter().sum(), &LIMIT)
}

fn over_programmes(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    let ledger = make().map_err(said)?;
    offer(&*ledger, "s-1", "e", "p", 0)?;
    offer(&*ledger, "s-2", "e", "q", 0)?;
    offer(&*ledger, "s-3", "f", "q", 0)?;
    let caps = capped(100, 10_000);
    reserve(&*ledger, "s-1", (0, 0, 60, 1_000), caps)?;
    let other = reserve(&*ledger, "s-2", (0, 0, 60, 1_000), caps)?;
    expect("the slice under another programme", &other.slice, &40)?;
    let another = reserve(&*ledger, "s-3", (0, 0, 60, 1_000), caps)?;
    expect("the slice of another employee", &another.slice, &60)
}

fn leaving(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    let ledger = make().map_err(said)?;
    offer(&*ledger, "s-1", "e", "p", 0)?;
    let caps = capped(100, 1_000);
    reserve(&*ledger, "s-1", (0, 0, 100, 5_000), caps)?;
    close(&*ledger, "s-1", 200, 80, true)?;
    offer(&*ledger, "s-2", "e", "p", 300)?;
    for (now, used) in [(300, 80), (1_199, 80), (1_200, 0)] {
        let granted = reserve(&*ledger, "s-2", (now, 0, 0, 9_000), caps)?;
        expect(
            &format!("what counts {} ms after it was kept", now - 200),
            &employee_used(&granted),
            &used,
        )?;
    }
    Ok(())
}

fn crash(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    let ledger = make().map_err(said)?;
    offer(&*ledger, "s-1", "e", "p", 0)?;
    offer(&*ledger, "s-2", "e", "p", 0)?;
    let caps = capped(100, 1_000);
    reserve(&*ledger, "s-1", (0, 0, 30, 500), caps)?;
    reserve(&*ledger, "s-1", (100, 20, 30, 500), caps)?;
    // It crashes here, with 20 kept and 30 held.
    for (now, slice) in [
        (200, 50),
        (500, 50),
        (1_099, 50),
        (1_100, 70),
        (1_499, 70),
        (1_500, 100),
    ] {
        let granted = reserve(&*ledger, "s-2", (now, 0, 100, 9_000), caps)?;
        expect(
            &format!("the slice of another {now} ms after the opening"),
            &granted.slice,
            &slice,
        )?;
    }
    let unfinished = ledger.unfinished(at(500)).map_err(said)?;
    let listed: Vec<(&str, Millis)> = unfinished.iter().map(|one| (&*one.session, one.at_most)).collect();
    expect("what is unfinished", &listed, &vec![("s-1", 50)])?;
    expect(
        "what is unfinished before",
        &ledger.unfinished(at(499)).map_err(said)?.len(),
        &0,
    )?;
    close(&*ledger, "s-1", 2_000, 50, true)?;
    expect(
        "what is unfinished after it was closed",
        &ledger.unfinished(at(500)).map_err(said)?.len(),
        &0,
    )
}

fn late(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    for (kept, counted) in [(0, 20), (20, 20), (35, 35), (50, 50), (70, 70)] {
        let ledger = make().map_err(said)?;
        offer(&*ledger, "s-1", "e", "p", 0)?;
        offer(&*ledger, "s-2", "e", "p", 0)?;
        let caps = capped(1_000, 100_000);
        reserve(&*ledger, "s-1", (0, 0, 30, 500), caps)?;
        reserve(&*ledger, "s-1", (100, 20, 30, 500), caps)?;
        let assumed = reserve(&*ledger, "s-2", (600, 0, 0, 9_000), caps)?;
        expect("what counts when the slice is over", &employee_used(&assumed), &50)?;
        let back = reserve(&*ledger, "s-1", (700, kept, 10, 900), caps)?;
        expect(
            &format!("what counts when it says {kept}"),
            &employee_used(&back),
            &counted,
        )?;
        close(&*ledger, "s-1", 800, kept, true)?;
        let closed = reserve(&*ledger, "s-2", (800, 0, 0, 9_000), caps)?;
        expect(
            &format!("what counts when it ends with {kept}"),
            &employee_used(&closed),
            &counted,
        )?;
    }
    Ok(())
}

fn set_back(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    let ledger = make().map_err(said)?;
    let (caps, day) = (capped(100, 1_000), 86_400_000);
    offer(&*ledger, "s-1", "e", "p", 400 * day)?;
    reserve(&*ledger, "s-1", (400 * day, 0, 60, 400 * day + 500), caps)?;
    close(&*ledger, "s-1", 400 * day + 100, 60, true)?;
    offer(&*ledger, "s-2", "e", "p", 0)?;
    let granted = reserve(&*ledger, "s-2", (0, 0, 100, 500), caps)?;
    expect(
        "the slice after the clock was set back by 400 days",
        &granted.slice,
        &40,
    )?;
    // Far ahead and back again: whatever was tidied away there, no less counts here.
    close(&*ledger, "s-2", 100, 40, true)?;
    for number in 0..40 {
        let session = format!("t-{number}");
        offer(&*ledger, &session, "f", "q", 4_000 * day)?;
        close(&*ledger, &session, 4_000 * day, 0, true)?;
        ledger.reviewed(&Review::Session("s-1")).map_err(said)?;
        ledger.reviewed(&Review::Session("s-2")).map_err(said)?;
    }
    offer(&*ledger, "s-3", "e", "p", 200)?;
    let granted = reserve(&*ledger, "s-3", (200, 0, 100, 500), caps)?;
    expect("the slice after a clock ran ahead and came back", &granted.slice, &0)
}

fn places(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    let ledger = make().map_err(said)?;
    let offered = |session: &str, after| -> Result<(u32, u32), String> {
        let call = Offer {
            session,
            employee: "e",
            programme: "p",
            at: at(after),
            periods: &[1_000],
        };
        let calls = ledger.offer(&call).map_err(said)?;
        calls
            .first()
            .map(|calls| (calls.offered, calls.recorded))
            .ok_or_else(|| "a question about one period must have one answer".to_owned())
    };
    expect("the calls at the first", &offered("s-1", 0)?, &(1, 0))?;
    expect("the calls at the second", &offered("s-2", 0)?, &(2, 1))?;
    close(&*ledger, "s-1", 10, 0, true)?;
    close(&*ledger, "s-1", 10, 0, true)?;
    expect(
        "the calls when the first was not recorded",
        &offered("s-3", 20)?,
        &(3, 1),
    )?;
    expect(
        "the calls at the last instant of the period",
        &offered("s-4", 1_000)?,
        &(4, 2),
    )?;
    expect("the calls after it", &offered("s-5", 1_001)?, &(3, 2))
}

fn reviews(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    let ledger = make().map_err(said)?;
    let caps = Caps {
        unreviewed: 100,
        ..capped(NO_LIMIT, NO_LIMIT)
    };
    for session in ["s-1", "s-2", "s-3"] {
        offer(&*ledger, session, "e", "p", 0)?;
        reserve(&*ledger, session, (0, 0, 30, 5_000), caps)?;
    }
    close(&*ledger, "s-1", 100, 30, true)?;
    reserve(&*ledger, "s-2", (200, 20, 10, 5_000), caps)?;
    let discarded = close(&*ledger, "s-3", 300, 30, false);
    discarded?;
    let waits = || -> Result<Millis, String> {
        let balances = ledger.balances(at(300), 1_000).map_err(said)?;
        let of = balances.iter().find(|one| one.of == Whose::Programme("p".to_owned()));
        of.map(|one| one.unreviewed)
            .ok_or_else(|| "the programme has no balance".to_owned())
    };
    expect("what waits when one was discarded", &waits()?, &50)?;
    let programme = |before| Review::Programme {
        programme: "p",
        before: at(before),
    };
    expect(
        "released before anything was kept",
        &ledger.reviewed(&programme(99)).map_err(said)?,
        &0,
    )?;
    expect(
        "released of the first",
        &ledger.reviewed(&programme(100)).map_err(said)?,
        &30,
    )?;
    expect(
        "released of it again",
        &ledger.reviewed(&Review::Session("s-1")).map_err(said)?,
        &0,
    )?;
    expect(
        "released of one that runs",
        &ledger.reviewed(&Review::Session("s-2")).map_err(said)?,
        &20,
    )?;
    expect("what waits then", &waits()?, &0)
}

fn malformed(make: Make<'_>, _: &Thoroughness) -> Result<(), String> {
    let ledger = make().map_err(said)?;
    let granted = reserve(&*ledger, "s-1", (0, 0, 10, 100), capped(100, 1_000))?;
    expect("the slice of a session that was never offered", &granted.slice, &0)?;
    offer(&*ledger, "s-1", "e", "p", 0)?;
    let refused = |what: &str, done: Result<(), String>| match done {
        Err(_) => Ok(()),
        Ok(()) => Err(format!("{what} must be refused")),
    };
    refused("offering a session twice", offer(&*ledger, "s-1", "e", "p", 0))?;
    let long = "é".repeat(MAX_TOKEN / 2) + "e";
    refused("a token that is too long", offer(&*ledger, "s-2", &long, "p", 0))?;
    refused("a token with a zero byte", offer(&*ledger, "s-2", "e\0", "p", 0))?;
    refused("a length that is none", close(&*ledger, "s-1", 0, NO_LIMIT, true))?;
    refused("keeping something without an offer", close(&*ledger, "s-9", 0, 1, true))?;
    offer(&*ledger, "s-2", long.trim_end_matches('e'), "'; --", 0)?;
    close(&*ledger, "s-2", 0, 5, true)?;
    let granted = reserve(&*ledger, "s-2", (0, 50, 10, 100), capped(100, 1_000))?;
    expect("the slice of a session that is closed", &granted.slice, &0)?;
    expect("what counts of it", &employee_used(&granted), &5)?;
    let identity = ledger.identity().map_err(said)?;
    expect("its identity", &ledger.identity().map_err(said)?, &identity)
}
