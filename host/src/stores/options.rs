//! Which stores, and how they are used.

use std::sync::Arc;

use gardefou_policy::types::Millis;

use crate::custody::CallRecorder;
use crate::journal::Journal;
use crate::ledger::Ledger;

/// How much a session reserves ahead when nothing else is said, in ms.
const SLICE: Millis = 10_000;

/// Which stores a recorder has.
///
/// ```
/// use gardefou::{Stores, StoresOptions};
/// let stores = Stores::start(StoresOptions::default().site("paris-2"))?;
/// stores.shutdown();
/// # Ok::<(), gardefou::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StoresOptions {
    pub(super) ledger: Option<Arc<dyn Ledger>>,
    pub(super) journal: Option<Journal>,
    pub(super) call_recorder: Option<Arc<dyn CallRecorder>>,
    pub(super) site: String,
    pub(super) slice: Millis,
}

impl Default for StoresOptions {
    fn default() -> Self {
        Self {
            ledger: None,
            journal: None,
            call_recorder: None,
            site: String::new(),
            slice: SLICE,
        }
    }
}

impl StoresOptions {
    /// Where it is counted what was recorded.
    #[must_use]
    pub fn ledger(mut self, ledger: impl Ledger + 'static) -> Self {
        self.ledger = Some(Arc::new(ledger));
        self
    }

    /// The same, of a ledger that is shared already.
    #[must_use]
    pub fn shared_ledger(mut self, ledger: Arc<dyn Ledger>) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Where it is journalled what was decided.
    #[must_use]
    pub fn journal(mut self, journal: Journal) -> Self {
        self.journal = Some(journal);
        self
    }

    /// The recorder of the call itself: what is discarded or trimmed of the screen is, there too. Without one
    /// the vendor sees to it.
    #[must_use]
    pub fn call_recorder(mut self, recorder: impl CallRecorder + 'static) -> Self {
        self.call_recorder = Some(Arc::new(recorder));
        self
    }

    /// The site that private calls, pauses and protected lines are counted for. Never one person's desk:
    /// that would tell who.
    #[must_use]
    pub fn site(mut self, site: &str) -> Self {
        site.clone_into(&mut self.site);
        self
    }

    /// How much a session reserves ahead, in ms; 10 s by default, at least 1 s. A session that crashes loses
    /// at most that much of every cap; a smaller slice asks the ledger more often.
    #[must_use]
    pub fn slice(mut self, millis: Millis) -> Self {
        self.slice = millis.max(1_000);
        self
    }
}
