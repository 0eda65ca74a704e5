//! The SDK that recorders embed: it asks a sandboxed policy about every frame, before it is encoded.
//!
//! Two nouns: a [`Policy`] (checked, compiled once, shared) and a [`Session`] (one call).
//!
//! ```
//! use gardefou::{
//!     Answer, AppIdentity, CallPhase, Calls, CaptureMode, Condition, Gated, Notice, Opening, Packed, Placed, Policy,
//!     PolicyHandle, Purpose, Rect, Runtime, SessionFacts, Source, Timestamp,
//! };
//!
//! // Once: the rules in force. The floor is always under them.
//! let runtime = Runtime::new()?;
//! let policy = Policy::load(&runtime, Source::Rules(include_str!("../../rules/example.toml")))?;
//! let handle = PolicyHandle::new(vec![policy])?;
//!
//! // Once a call. What is not set is unknown, and unknown refuses.
//! let now = Timestamp::from_millis(1_795_600_000_000); // a recorder takes `wall_clock_now()`
//! let mut facts = SessionFacts::default();
//! facts.session = "s-1".into();
//! facts.employee = "e-1001".into();
//! facts.programme = "crm-onboarding".into();
//! facts.purpose = Purpose::Training;
//! facts.mode = CaptureMode::ScreenVideo;
//! facts.frame_interval = 200;
//! facts.employee_notice = Some(Notice { version: "2026-09".into(), given_at: now.minus(86_400_000) });
//! facts.employee_objected = Answer::No;
//! facts.protected_line = Answer::No;
//! facts.calls = Some(Calls { offered: 10, recorded: 0 });
//! let Opening::Open(mut session, call) = handle.open(facts, now)? else {
//!     panic!("refused");
//! };
//!
//! // The telephony threads, with the instants at which things happened; without `_at`, it is now.
//! call.phase_at(CallPhase::Connected, now);
//! for condition in Condition::ALL {
//!     call.condition_at(condition, Some(condition.must_hold()), now);
//! }
//!
//! // The capture thread, at every frame.
//! let window = Rect::new(0, 0, 2, 2);
//! session.windows(&[Placed { id: 7, inner: window, outer: window }], now, now);
//! let mut app = AppIdentity::default();
//! app.executable = Some("crm.exe".into());
//! app.signer = Some("ACME SAS".into());
//! app.title = Some("Ticket 7".into());
//! session.identify_at(7, &app, now);
//! let mut screen = vec![255; 4 * 2 * 4];
//! match session.frame(now, Packed::new(&mut screen, 4, 2, 16, 4)?) {
//!     Gated::Keep(approved, _why) => assert_eq!(approved.bytes()[..16], [255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]),
//!     Gated::Skip(why) | Gated::Stop(why) => panic!("{why:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it does to the process
//!
//! One thread for a [`Runtime`] (`gardefou-deadline`), joined by [`Runtime::shutdown`]; where there are
//! [`Stores`], one more (`gardefou-stores`), joined by [`Stores::shutdown`], and their files (SQLite's, and the
//! markers beside them). Nothing else: no other file, no socket, no signal handler, nothing at load time. Blocking: loading a policy (a component is compiled: up to a second on a
//! busy machine; further rule documents over the embedded template take about a millisecond), opening a
//! session, offering new policies and custody (about 0.1 ms for each policy and session). Nothing that a
//! [`Session`] does at a frame waits for another thread.
//!
//! # When something goes wrong
//!
//! Finish sessions before [`Runtime::shutdown`]: a segment that no policy can be asked about any more is to be
//! discarded. A policy that traps, spends its budget or answers nonsense gives a skip with
//! [`Reason::POLICY_FAULT`], and a fresh instance; the third fault in a session stops it. No error leads to
//! a kept frame.

mod clock;
#[cfg(feature = "rules")]
mod companions;
#[cfg(feature = "stores")]
pub mod custody;
mod error;
mod floor;
mod french;
mod handle;
#[cfg(feature = "stores")]
pub mod journal;
#[cfg(feature = "stores")]
pub mod ledger;
#[cfg(feature = "probe")]
mod listener;
mod pixels;
mod policy;
#[cfg(feature = "probe")]
mod probe;
mod runtime;
mod sandbox;
mod session;
#[cfg(feature = "stores")]
mod stores;
#[cfg(feature = "trace")]
pub mod trace;
mod vetting;

pub use clock::{Clock, wall_clock_now};
#[cfg(feature = "stores")]
pub use error::OpenError;
#[cfg(feature = "rules")]
pub use error::RulesError;
pub use error::{Fault, FaultKind, LoadError, NotTaken};
pub use floor::floor_description;
#[cfg(feature = "stores")]
#[doc(no_inline)]
pub use gardefou_private as private;
pub use handle::{Authorisation, MAX_POLICIES, PolicyHandle, Swapped};
#[cfg(feature = "probe")]
pub use listener::RawQuestion;
pub use pixels::{Approved, BadFrame, Nv12, Packed, Pixels};
#[cfg(feature = "rules")]
pub use policy::MAX_DOCUMENT;
pub use policy::{Digest, MAX_CODE, MAX_COMPONENT, Policy, Source};
#[cfg(feature = "probe")]
pub use probe::{Probe, work};
pub use runtime::{Runtime, RuntimeOptions};
pub use session::{
    CallFacts, Counterpart, Decision, Discard, DiscardTicket, Finished, Gated, Opening, Outcome, Placed, Reviewed,
    Session, Standing, StillOpen, Why,
};
#[cfg(feature = "stores")]
pub use stores::{StoreError, Stores, StoresOptions};

pub use vetting::{MAX_WORK, Quantity, Shape};

pub use gardefou_policy::facts::{Access, AppIdentity, Calls, Notice, SessionFacts, Usage};
pub use gardefou_policy::notes::{Description, Note, Text};
pub use gardefou_policy::registers::{Condition, Reason, ReasonInfo};
pub use gardefou_policy::types::{
    Action, Answer, Artefact, CallPhase, Cap, CaptureMode, Conditions, Millis, NO_LIMIT, Obligations, Operation,
    Purpose, Rect, Refusal, Span, Terms, Timestamp, WindowKind,
};

/// Reading rule documents: every problem in one pass, each with its place.
#[cfg(feature = "rules")]
pub mod rules {
    pub use gardefou_policy::document::{
        Absent, Alone, Companion, Companions, EMPLOYEES_FILE_BYTES, EmployeesFile, PROBLEMS, Problem, Reading,
        Severity, TOO_MANY_PROBLEMS, edited_employees, employees_files, read, read_on, read_with, read_with_on, shown,
    };

    pub use crate::companions::{Beside, Folder};
}

/// So does that of the page about stores.
#[cfg(all(doctest, feature = "stores"))]
#[doc = include_str!("../../docs/stores.md")]
struct StoresPage;

/// The README's example runs with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
