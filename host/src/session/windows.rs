//! The windows on the surface, and what each policy says that they are.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use gardefou_policy::facts::{AppIdentity, Window};
use gardefou_policy::frame::MAX_WINDOWS;
use gardefou_policy::types::{Rect, Timestamp, WindowKind};

use super::identity::{Identity, Kinds};

/// A window as the recorder found it on the surface, topmost first in a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// The recorder's own number for the window, stable while the window lives.
    pub id: u32,
    /// Pixels that are certainly the window's own and opaque, rounded inward; empty when it can be seen
    /// through.
    pub inner: Rect,
    /// Every pixel that the window may have painted (frame, shadow, animation, a safety margin), rounded
    /// outward. Contains `inner`.
    pub outer: Rect,
}

/// The latest list, and the identities of the windows in it.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    list: Vec<Placed>,
    identities: HashMap<u32, Identity>,
    from: Timestamp,
    to: Timestamp,
    seed: RandomState,
    /// From there on every window is what it is.
    settled: Timestamp,
    /// Whether the list or an identity changed since the policies were asked.
    changed: bool,
    /// Whether the policies were last asked about a frame from before a window was what it is.
    asked_unsettled: bool,
}

impl Windows {
    /// Takes over a list; compares it with the one before.
    ///
    /// Of a list that no policy accepts because it is too long, only so much that none accepts it.
    pub(crate) fn place(&mut self, list: &[Placed], from: Timestamp, to: Timestamp) {
        let list = list.get(..=MAX_WINDOWS).unwrap_or(list);
        (self.from, self.to) = (from, to);
        if self.list != list {
            self.list.clear();
            self.list.extend_from_slice(list);
            // A number that left the list may come back as another window's.
            let listed = |id: &u32| list.iter().any(|window| window.id == *id);
            self.identities.retain(|id, _| listed(id));
            self.took();
        }
    }

    pub(crate) const fn facts_from(&self) -> Timestamp {
        self.from
    }

    pub(crate) const fn facts_to(&self) -> Timestamp {
        self.to
    }

    /// The windows of the list that the policies in force were not asked about.
    pub(crate) fn unidentified(&self) -> impl Iterator<Item = u32> + '_ {
        let ids = self.list.iter().map(|window| window.id);
        ids.filter(|id| !self.identities.get(id).is_some_and(Identity::is_judged))
    }

    /// A number that changes when the identity does, and tells nothing of it outside this process.
    pub(crate) fn print(&self, app: &AppIdentity) -> u64 {
        self.seed.hash_one(app.fields())
    }

    /// Whether there is nothing to ask about this identity of the window: it is in no list, so that whatever is
    /// said is of another window than comes under this number, or the policies in force know it.
    pub(crate) fn needs_no_judgement(&self, id: u32, print: u64, since: Timestamp) -> bool {
        let is_listed = self.list.iter().any(|window| window.id == id);
        !is_listed
            || self
                .identities
                .get(&id)
                .is_some_and(|identity| identity.knows(print, since))
    }

    /// The window is known to be that since an instant, said when it is `now`.
    pub(crate) fn identify(&mut self, id: u32, print: u64, kinds: Kinds, since: Timestamp, now: Timestamp) {
        if self.identities.entry(id).or_default().tell(print, kinds, since, now) {
            self.took();
        }
    }

    /// Something changed: works out from when on everything is what it is.
    fn took(&mut self) {
        self.changed = true;
        let settled = self.identities.values().map(Identity::settled);
        self.settled = settled.max().unwrap_or(Timestamp::MIN);
    }

    pub(crate) fn forget(&mut self, id: u32) {
        if self.identities.remove(&id).is_some() {
            self.took();
        }
    }

    /// The policies changed: what they said counts no more. Since when a window is what it is still does.
    pub(crate) fn forget_judgements(&mut self) {
        self.identities.values_mut().for_each(Identity::forget_judgements);
        self.changed = true;
    }

    /// Whether a frame of `at` has the windows that the policies were last asked about.
    pub(crate) fn are_as_asked(&self, at: Timestamp) -> bool {
        !self.changed && !self.asked_unsettled && self.settled <= at
    }

    /// The policies were asked about a frame of `at`.
    pub(crate) fn asked(&mut self, at: Timestamp) {
        self.changed = false;
        self.asked_unsettled = at < self.settled;
    }

    /// What policy n says that a window is now. One that was never identified is `other`.
    pub(crate) fn kind(&self, id: u32, policy: usize) -> WindowKind {
        let latest = self.identities.get(&id).map(Identity::latest);
        latest.unwrap_or(Kinds::OTHER).of(policy)
    }

    pub(crate) const fn len(&self) -> usize {
        self.list.len()
    }

    /// The windows as policy n is asked about them: of the training when they were so throughout, from `at` to
    /// `asked`.
    pub(crate) fn seen_by(
        &self,
        policy: usize,
        (at, asked): (Timestamp, Timestamp),
    ) -> impl Iterator<Item = Window> + '_ {
        self.list.iter().map(move |window| Window {
            kind: self.kinds(window.id, at, asked).of(policy),
            inner: window.inner,
            outer: window.outer,
        })
    }

    fn kinds(&self, id: u32, at: Timestamp, asked: Timestamp) -> Kinds {
        let identity = self.identities.get(&id);
        identity.map_or(Kinds::OTHER, |identity| identity.throughout(at, asked))
    }

    /// The windows as they are journalled: of the training when all of so many policies say so.
    #[cfg(feature = "stores")]
    pub(crate) fn seen_by_all(
        &self,
        policies: usize,
        (at, asked): (Timestamp, Timestamp),
    ) -> impl Iterator<Item = super::chronicle::Seen> + '_ {
        self.list.iter().map(move |window| {
            let kinds = self.kinds(window.id, at, asked);
            let training = (0..policies).all(|policy| kinds.of(policy) == WindowKind::Training);
            super::chronicle::Seen {
                kind: if training {
                    WindowKind::Training
                } else {
                    WindowKind::Other
                },
                inner: window.inner,
                outer: window.outer,
            }
        })
    }

    /// The windows as the floor sees them: all of the training.
    pub(crate) fn seen_by_floor(&self) -> impl Iterator<Item = Window> + '_ {
        self.list.iter().map(|window| Window {
            kind: WindowKind::Training,
            inner: window.inner,
            outer: window.outer,
        })
    }
}
