//! The windows on the surface, and what each policy says that they are.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use gardefou_policy::facts::{AppIdentity, Window};
use gardefou_policy::types::{Rect, Timestamp, WindowKind};

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

/// What is known of a window's kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// What each policy said of its identity: bit n for policy n, set for `training`. `print` changes when
    /// the identity does, and tells nothing of it outside this process.
    Judged { training: u32, print: u64 },
    /// Classified before, by whoever wrote the trace; counts for every policy.
    #[cfg(feature = "trace")]
    Declared(WindowKind),
}

/// The latest list, and the classes of the windows that were identified.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    list: Vec<Placed>,
    classes: HashMap<u32, Class>,
    from: Timestamp,
    to: Timestamp,
    seed: RandomState,
    /// Whether the list or a class changed since the policies were asked.
    changed: bool,
}

impl Windows {
    /// Takes over a list; compares it with the one before.
    pub(crate) fn place(&mut self, list: &[Placed], from: Timestamp, to: Timestamp) {
        (self.from, self.to) = (from, to);
        if self.list != list {
            self.list.clear();
            self.list.extend_from_slice(list);
            // A number that left the list may come back as another window's.
            let listed = |id: &u32| list.iter().any(|w| w.id == *id);
            self.classes
                .retain(|id, class| !matches!(class, Class::Judged { .. }) || listed(id));
            self.changed = true;
        }
    }

    pub(crate) const fn facts_from(&self) -> Timestamp {
        self.from
    }

    pub(crate) const fn facts_to(&self) -> Timestamp {
        self.to
    }

    pub(crate) fn unidentified(&self) -> impl Iterator<Item = u32> + '_ {
        let ids = self.list.iter().map(|w| w.id);
        ids.filter(|id| !self.classes.contains_key(id))
    }

    /// A number that changes when the identity does.
    pub(crate) fn print(&self, app: &AppIdentity) -> u64 {
        self.seed.hash_one(app.fields())
    }

    /// Whether the policies in force were asked about this identity of the window.
    pub(crate) fn is_judged(&self, id: u32, of: u64) -> bool {
        matches!(self.classes.get(&id), Some(Class::Judged { print, .. }) if *print == of)
    }

    /// Policy n said `training` where bit n is set.
    pub(crate) fn judge(&mut self, id: u32, print: u64, training: u32) {
        self.set(id, Class::Judged { training, print });
    }

    #[cfg(feature = "trace")]
    pub(crate) fn declare(&mut self, id: u32, kind: WindowKind) {
        self.set(id, Class::Declared(kind));
    }

    fn set(&mut self, id: u32, class: Class) {
        self.changed |= self.classes.insert(id, class) != Some(class);
    }

    pub(crate) fn forget(&mut self, id: u32) {
        if self.classes.remove(&id).is_some() {
            self.changed = true;
        }
    }

    /// The policies changed: what they said counts no more.
    pub(crate) fn forget_judgements(&mut self) {
        self.classes.retain(|_, class| !matches!(class, Class::Judged { .. }));
        self.changed = true;
    }

    pub(crate) const fn changed(&self) -> bool {
        self.changed
    }

    pub(crate) const fn asked(&mut self) {
        self.changed = false;
    }

    /// What policy n says that a window is. One that was never identified is `other`.
    pub(crate) fn kind(&self, id: u32, policy: usize) -> WindowKind {
        match self.classes.get(&id) {
            Some(Class::Judged { training, .. }) if training.checked_shr(bit(policy)).unwrap_or(0) & 1 == 1 => {
                WindowKind::Training
            }
            #[cfg(feature = "trace")]
            Some(Class::Declared(kind)) => *kind,
            Some(Class::Judged { .. }) | None => WindowKind::Other,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The windows as policy n is asked about them.
    pub(crate) fn seen_by(&self, policy: usize) -> impl Iterator<Item = Window> + '_ {
        self.list.iter().map(move |w| Window {
            kind: self.kind(w.id, policy),
            inner: w.inner,
            outer: w.outer,
        })
    }

    /// The windows as they are journalled: of the training when all of so many policies say so.
    #[cfg(feature = "stores")]
    pub(crate) fn seen_by_all(&self, policies: usize) -> impl Iterator<Item = super::chronicle::Seen> + '_ {
        self.list.iter().map(move |w| {
            let training = (0..policies).all(|policy| self.kind(w.id, policy) == WindowKind::Training);
            super::chronicle::Seen {
                kind: if training {
                    WindowKind::Training
                } else {
                    WindowKind::Other
                },
                inner: w.inner,
                outer: w.outer,
            }
        })
    }

    /// The windows as the floor sees them: all of the training.
    pub(crate) fn seen_by_floor(&self) -> impl Iterator<Item = Window> + '_ {
        self.list.iter().map(|w| Window {
            kind: WindowKind::Training,
            inner: w.inner,
            outer: w.outer,
        })
    }
}

fn bit(policy: usize) -> u32 {
    u32::try_from(policy).unwrap_or(u32::MAX)
}
