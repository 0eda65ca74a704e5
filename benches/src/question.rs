//! The question that every contender is asked: a connected call, nothing to object to, `n` windows of which
//! the lowest is of the training and the others lie over it.

use gardefou::{
    AppIdentity, CallFacts, Clock, Condition, Opening, Placed, Policy, PolicyHandle, Rect, Runtime, Session, Timestamp,
};
use gardefou_policy::facts::Window;
use gardefou_policy::types::WindowKind;
use gardefou_tests::fixture;

/// The surface: one monitor, in pixels.
pub const SURFACE: (u32, u32) = (1920, 1080);

/// How many windows each question names: none, one, the usual dozen, and a stress.
pub const SIZES: [usize; 4] = [0, 1, 12, 50];

/// The windows, topmost first: small ones over a large one of the training, which is last.
#[must_use]
pub fn windows(n: usize) -> Vec<Window> {
    let above = (1..n).map(|i| {
        let step = i32::try_from(i).unwrap_or(0);
        Window {
            kind: WindowKind::Other,
            inner: Rect::new(30 * step, 17 * step, 120, 90),
            outer: Rect::new(30 * step, 17 * step, 120, 90),
        }
    });
    let training = Rect::new(100, 50, 1700, 1000);
    let lowest = (n > 0).then_some(Window {
        kind: WindowKind::Training,
        inner: training,
        outer: training,
    });
    above.chain(lowest).collect()
}

/// A session of the SDK, on this clock, that was told of these windows at [`fixture::NOW`].
///
/// # Errors
/// When the policy does not load, or refuses the session: then there is nothing to measure.
pub fn session(runtime: &Runtime, n: usize, clock: Clock) -> Result<(Session, CallFacts), Box<dyn std::error::Error>> {
    let policy = Policy::from_checked_rules(runtime, &fixture::rules())?;
    let handle = PolicyHandle::new(vec![policy])?;
    let (mut session, call) = match handle.open_with_clock(fixture::facts(), clock)? {
        Opening::Open(session, call) => (session, call),
        Opening::Refused(why) => return Err(format!("the session was refused: {why:?}").into()),
    };
    call.phase_at(gardefou::CallPhase::Connected, fixture::NOW);
    for condition in Condition::ALL {
        call.condition_at(condition, Some(condition.must_hold()), fixture::NOW);
    }
    let mut crm = AppIdentity::default();
    crm.executable = Some("crm.exe".into());
    let nobody = AppIdentity::default();
    place(&mut session, n, fixture::NOW);
    for (id, window) in (0u32..).zip(windows(n)) {
        let known = window.kind == WindowKind::Training;
        session.identify_at(id, if known { &crm } else { &nobody }, fixture::NOW);
    }
    Ok((session, call))
}

/// Tells the session of the windows, as a recorder does before each frame.
pub fn place(session: &mut Session, n: usize, at: Timestamp) {
    let listed: Vec<Placed> = placed(n);
    session.windows(&listed, at, at);
}

/// The windows as the SDK is told of them.
#[must_use]
pub fn placed(n: usize) -> Vec<Placed> {
    let numbered = (0u32..).zip(windows(n));
    numbered
        .map(|(id, w)| Placed {
            id,
            inner: w.inner,
            outer: w.outer,
        })
        .collect()
}
