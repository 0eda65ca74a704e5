//! Facts that are changed one check at a time, or two.

/// A change of the facts that one check reads.
pub(super) struct Change<'a, T> {
    /// Which check reads them.
    pub(super) check: &'static str,
    apply: Box<dyn Fn(&mut T) + 'a>,
}

impl<'a, T: Clone> Change<'a, T> {
    pub(super) fn new(check: &'static str, apply: impl Fn(&mut T) + 'a) -> Self {
        Self {
            check,
            apply: Box::new(apply),
        }
    }

    /// These facts, changed.
    pub(super) fn of(&self, base: &T) -> T {
        let mut changed = base.clone();
        (self.apply)(&mut changed);
        changed
    }
}

/// These facts changed for two checks at once, in every way; the earlier change is made first.
pub(super) fn pairs<T: Clone>(base: &T, changes: &[Change<'_, T>]) -> impl Iterator<Item = T> {
    let two = changes.iter().enumerate().flat_map(move |(at, first)| {
        let others = changes
            .iter()
            .skip(at + 1)
            .filter(move |second| second.check != first.check);
        others.map(move |second| (first, second))
    });
    let base = base.clone();
    two.map(move |(first, second)| second.of(&first.of(&base)))
}
