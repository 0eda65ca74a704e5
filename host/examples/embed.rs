//! The smallest complete recorder: copy it, and put your screen, telephone and encoder in the place of these.
//! The session stays on the capture thread: nothing that it does at a frame waits for a thread or a disk. `CallFacts`
//! goes to the telephony's threads, and never waits. `open` and `finish` block: not while a frame is due.
use gardefou::*;
use std::{error::Error, thread, time::Duration};

const WINDOW: (Rect, Rect) = (Rect::new(8, 8, 40, 30), Rect::new(6, 6, 44, 34)); // its own pixels; its shadow too

fn main() -> Result<(), Box<dyn Error>> {
    let rules = Source::Rules(include_str!("../../rules/example.toml"));
    // With a ledger and a journal: `PolicyHandle::with_stores`; what `open_discards` lists goes before anything else.
    let handle = PolicyHandle::new(vec![Policy::load(&Runtime::new()?, rules)?])?;
    let facts = SessionFacts::default(); // what is not set is unknown, and unknown refuses: nothing is recorded
    println!("{} frames are kept", record(&handle, facts, wall_clock_now())?.len());
    Ok(())
}
/// One call, from its first ring on. Gives what an encoder would have of it in the end.
pub fn record(handle: &PolicyHandle, facts: SessionFacts, at: Timestamp) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let pace = Duration::from_millis(facts.frame_interval / 2); // the interval is the longest time between questions
    let (mut session, call) = match handle.open(facts, at)? {
        Opening::Open(session, call) => (session, call),
        Opening::Refused(why) => return Err(why.reason.to_string().into()), // tell the employee
    };
    let (clock, mut video, mut screen) = (session.clock(), Vec::new(), vec![0; 64 * 48 * 4]);
    let phone = thread::spawn(move || {
        for condition in Condition::ALL {
            call.condition(condition, Some(condition.must_hold())); // only what your telephony knows
        }
        call.phase(CallPhase::Connected); // now; a `Standing` tells what to do at once: ask, or stop
        thread::sleep(Duration::from_secs(1));
        call.phase(CallPhase::AfterCall); // `phase_at` where the telephone says when it was
    });
    loop {
        let (from, (inner, outer), id) = (clock.now(), WINDOW, 7); // no pixel, and no place of a window, is older
        screen.fill(255);
        session.windows(&[Placed { id, inner, outer }], from, clock.now()); // topmost first
        let mut app = AppIdentity::default(); // as the system knows it; a rule that needs what is not known refuses
        [app.executable, app.signer, app.title] = ["crm.exe", "ACME SAS", "Ticket 7"].map(|known| Some(known.into()));
        session.identify(id, &app); // what it is now; again whenever it may have changed
        match session.frame(from, Packed::new(&mut screen, 64, 48, 64 * 4, 4)?) {
            Gated::Keep(frame, _) => video.push((from, frame.bytes().to_vec())), // black where nobody may look
            Gated::Skip(_) => {}                                                 // show the employee why
            Gated::Stop(_) => break,
        }
        thread::sleep(pace); // no longer than `wake_at` says
    }
    phone.join().map_err(|_| "the telephone failed")?;
    for review in session.finish(clock.now()) {
        match review.outcome {
            Outcome::Keep => {} // write the sidecar last; what cannot be written: `PolicyHandle::not_kept`
            Outcome::Trim(kept) => video.retain(|(at, _)| kept.contains(*at)),
            Outcome::Discard(ticket) => {
                video.clear(); // every copy of it
                ticket.done()?;
            }
        }
    }
    Ok(video.into_iter().map(|(_, frame)| frame).collect())
}
