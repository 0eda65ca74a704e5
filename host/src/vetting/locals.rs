//! Sets of a function's local variables.

/// So many in one word.
const WORD: usize = 64;

/// A set of local variables.
#[derive(Debug, Clone, Default)]
pub(super) struct Locals(Vec<u64>);

impl Locals {
    /// How many words a set takes where there are so many variables.
    pub(super) const fn words(variables: u32) -> u64 {
        (variables as u64).div_ceil(WORD as u64)
    }

    /// Adds one. The set is as long as its largest member needs.
    pub(super) fn insert(&mut self, variable: u32) {
        let Ok(variable) = usize::try_from(variable) else {
            return;
        };
        let (word, bit) = (variable / WORD, variable % WORD);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Adds all of another set.
    pub(super) fn extend(&mut self, other: &Self) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own |= other;
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_counts_each_variable_once() {
        let (mut one, mut other) = (Locals::default(), Locals::default());
        for variable in [0, 63, 64, 63, 1_000] {
            one.insert(variable);
        }
        other.insert(7);
        other.insert(64);
        assert_eq!((one.count(), other.count()), (4, 2));
        other.extend(&one);
        one.extend(&other);
        assert_eq!((one.count(), other.count()), (5, 5));
        assert_eq!((Locals::words(0), Locals::words(64), Locals::words(65)), (0, 1, 2));
    }
}
