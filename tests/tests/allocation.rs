//! How often a frame allocates. A test binary of its own, for its allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gardefou::journal::{Journal, JournalKey};
use gardefou::ledger::SqliteLedger;
use gardefou::{
    Action, AppIdentity, CallFacts, CallPhase, Condition, Placed, Policy, PolicyHandle, Rect, Runtime, Stores,
    StoresOptions,
};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::sitting::{self, Sitting};

/// The system's allocator, counting what each thread asks of it.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending has no counter any more, and nobody reads it.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often the work allocates on this thread.
fn allocations<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let before = ALLOCATIONS.with(Cell::get);
    let result = work();
    (ALLOCATIONS.with(Cell::get) - before, result)
}

/// A few windows: two of the training, one of another program, one that nobody knows.
fn windows() -> Vec<Placed> {
    let place = |id, rect| Placed {
        id,
        inner: rect,
        outer: rect,
    };
    vec![
        place(1, Rect::new(50, 30, 30, 30)),
        place(2, Rect::new(0, 0, 60, 60)),
        place(3, Rect::new(90, 0, 60, 40)),
        place(4, Rect::new(0, 60, 200, 40)),
    ]
}

fn session() -> (Runtime, Sitting) {
    let runtime = Runtime::new().unwrap();
    let policy = Policy::from_checked_rules(&runtime, &fixture::rules()).unwrap();
    let mut sitting = Sitting::under(&PolicyHandle::new(vec![policy]).unwrap());
    let session = &mut sitting.session;
    session.windows(&windows(), NOW, NOW);
    session.identify_at(1, &AppIdentity::default(), NOW);
    session.identify_at(2, &sitting::app(), NOW);
    session.identify_at(3, &sitting::app(), NOW);
    session.identify_at(4, &gardefou_tests::call::Program::Mail.identity(), NOW);
    (runtime, sitting)
}

/// A frame as a recorder asks about it: the list of windows given anew.
fn frame(sitting: &mut Sitting, list: &[Placed]) -> Action {
    sitting.pass(100);
    let at = sitting.now;
    sitting.session.windows(list, at, at);
    assert_eq!(sitting.session.unidentified().count(), 0);
    sitting.session.decide(at, 200, 100).action()
}

/// Tells again and again what changes nothing, until it is enough.
fn telephony(call: &CallFacts, told: &AtomicU64, enough: &AtomicBool) {
    while !enough.load(Ordering::Acquire) {
        call.phase(CallPhase::Connected);
        for condition in Condition::ALL {
            call.condition(condition, Some(condition.must_hold()));
        }
        let _ = call.standing();
        told.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_frame_under_a_lease_allocates_nothing() {
    let (_runtime, mut sitting) = session();
    let list = windows();
    assert_eq!(frame(&mut sitting, &list), Action::Keep);
    let (told, enough) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let (call, told, enough) = (sitting.call.clone(), &told, &enough);
            scope.spawn(move || telephony(&call, told, enough));
        }
        while told.load(Ordering::Relaxed) < 100 {
            std::thread::yield_now();
        }
        let mut reused = 0;
        let (count, ()) = allocations(|| {
            for _ in 0..10_000 {
                assert_eq!(frame(&mut sitting, &list), Action::Keep);
                reused += 1;
            }
        });
        enough.store(true, Ordering::Release);
        assert_eq!((count, reused), (0, 10_000));
    });
    assert!(sitting.session.faults().is_empty());
}

/// The ledger answers on another thread; what it says is taken over without allocating, and so is asking it.
#[test]
fn a_frame_under_a_lease_allocates_nothing_where_stores_are() {
    let folder = tempfile::tempdir().unwrap();
    let key = JournalKey::at(&folder.path().join("key")).unwrap();
    let options = StoresOptions::default()
        .ledger(SqliteLedger::open(folder.path().join("ledger")).unwrap())
        .journal(Journal::open(&folder.path().join("journal"), &key).unwrap())
        .slice(2_000);
    let stores = Stores::start(options).unwrap();
    let runtime = Runtime::new().unwrap();
    let policy = Policy::from_checked_rules(&runtime, &fixture::rules()).unwrap();
    let mut sitting = Sitting::under(&PolicyHandle::with_stores(vec![policy], &stores).unwrap());
    let list = windows();
    sitting.session.windows(&list, NOW, NOW);
    for id in 1..5 {
        sitting.session.identify_at(id, &sitting::app(), NOW);
    }
    assert_eq!(frame(&mut sitting, &list), Action::Keep);
    let (mut answers, mut last) = (0, Action::Keep);
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while answers < 20 {
        // A question to the policies allocates, and so does the first frame of another verdict: the slice may
        // be used up before the ledger answered.
        let before = sitting.session.counted().is_some();
        let (count, action) = allocations(|| frame(&mut sitting, &list));
        let settled = sitting.session.counted().is_some();
        let alike = (last, action) == (Action::Keep, Action::Keep);
        last = action;
        if settled && !before && alike {
            assert_eq!(count, 0, "taking over what the ledger said");
            answers += 1;
        }
        assert!(std::time::Instant::now() < patience, "{answers} answers");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn blanking_a_frame_under_a_lease_allocates_nothing() {
    let (_runtime, mut sitting) = session();
    let list = windows();
    assert_eq!(frame(&mut sitting, &list), Action::Keep);
    let mut bytes = vec![255; 200 * 100 * 4];
    let (count, kept) = allocations(|| {
        (0..100)
            .filter(|_| {
                sitting.pass(100);
                sitting.session.windows(&list, sitting.now, sitting.now);
                let pixels = gardefou::Packed::new(&mut bytes, 200, 100, 800, 4).unwrap();
                matches!(sitting.session.frame(sitting.now, pixels), gardefou::Gated::Keep(..))
            })
            .count()
    });
    assert_eq!((count, kept), (0, 100));
}

#[test]
fn a_frame_that_is_asked_about_allocates_little() {
    let (_runtime, mut sitting) = session();
    let list = windows();
    sitting.session.set_reuse(false);
    for _ in 0..20 {
        assert_eq!(frame(&mut sitting, &list), Action::Keep);
    }
    let (count, ()) = allocations(|| {
        for _ in 0..1_000 {
            assert_eq!(frame(&mut sitting, &list), Action::Keep);
        }
    });
    println!(
        "a frame that is asked about allocates {:.2} times",
        count as f64 / 1_000.0
    );
    assert!(count >= 1_000, "the counter counts: the regions are one allocation");
    assert!(count <= 4_000, "{count} in 1,000 frames");
}

#[test]
fn a_window_that_moves_allocates_little() {
    let (_runtime, mut sitting) = session();
    let mut list = windows();
    for _ in 0..20 {
        frame(&mut sitting, &list);
    }
    let (count, kept) = allocations(|| {
        (0..1_000)
            .filter(|n| {
                list[1].outer.x = n % 50;
                list[1].inner.x = n % 50;
                frame(&mut sitting, &list) == Action::Keep
            })
            .count()
    });
    println!(
        "a frame whose windows moved allocates {:.2} times",
        count as f64 / 1_000.0
    );
    assert_eq!(kept, 1_000);
    assert!(count <= 6_000, "{count} in 1,000 frames");
}
