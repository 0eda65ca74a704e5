//! What the windows of the latest list were, for each policy.

use std::collections::BTreeMap;

use gardefou::{Rect, Span, Timestamp, WindowKind};

use super::Party;
use super::history::{History, PASSES, Word};
use crate::call::Program;

/// Not of the training, or not identified.
const OTHER: u8 = 1;

/// Something that was told of a window's identity.
#[derive(Clone, Copy, Debug)]
struct Said {
    word: Word,
    program: Program,
    /// Whether the policies in force were asked about it.
    judged: bool,
}

/// One window, while it is in the list.
#[derive(Clone, Debug, Default)]
struct Identity {
    said: Vec<Said>,
    /// For each policy.
    kinds: Vec<History>,
}

/// The windows on the surface.
#[derive(Debug)]
pub struct Windows {
    range: Span,
    pub list: Vec<(u32, Rect, Rect)>,
    identities: BTreeMap<u32, Identity>,
}

impl Windows {
    pub fn none(range: Span) -> Self {
        Self {
            range,
            list: vec![],
            identities: BTreeMap::new(),
        }
    }

    fn is_listed(&self, id: u32) -> bool {
        self.list.iter().any(|(listed, ..)| *listed == id)
    }

    /// This is the list now. An identity ends when its window leaves it.
    pub fn place(&mut self, list: &[(u32, Rect, Rect)]) {
        self.list = list.to_vec();
        let listed: Vec<u32> = self.list.iter().map(|(id, ..)| *id).collect();
        self.identities.retain(|id, _| listed.contains(id));
    }

    /// The window is gone, whether or not a list says so.
    pub fn forget(&mut self, id: u32) {
        self.identities.remove(&id);
    }

    /// The windows whose present identity the policies in force were not asked about.
    pub fn unidentified(&self) -> Vec<u32> {
        let is_judged = |id: &u32| {
            let identity = self.identities.get(id);
            identity.and_then(Identity::present).is_some_and(|said| said.judged)
        };
        let ids = self.list.iter().map(|(id, ..)| *id);
        ids.filter(|id| !is_judged(id)).collect()
    }

    /// The window is that program, and has been since that instant. No word of a window that is not listed.
    pub fn identify(&mut self, now: Timestamp, id: u32, program: Program, since: Timestamp, parties: &[Party]) {
        if !self.is_listed(id) {
            return;
        }
        let identity = self.identities.entry(id).or_default();
        if identity.present().is_some_and(|present| present.program == program) {
            let of_this = identity.said.iter_mut().filter(|said| said.program == program);
            of_this.for_each(|said| said.judged = true);
        }
        if identity
            .present()
            .is_some_and(|present| present.program == program && present.word.date <= since)
        {
            // It says nothing new: no word, which a later one could come late behind.
            identity.kinds = identity.judged_by(parties, self.range);
            return;
        }
        let word = Word {
            told: identity.said.len() + 1,
            now,
            date: since,
        };
        identity.said.push(Said {
            word,
            program,
            judged: true,
        });
        identity.kinds = identity.judged_by(parties, self.range);
    }

    /// Other policies are in force: nothing is judged by them, and what was so since when is known as before.
    pub fn swapped(&mut self, parties: &[Party]) {
        for identity in self.identities.values_mut() {
            identity.said.iter_mut().for_each(|said| said.judged = false);
            identity.kinds = identity.judged_by(parties, self.range);
        }
    }

    /// What the window is to policy n, from the one instant to the other.
    pub fn kind(&self, id: u32, n: usize, from: Timestamp, to: Timestamp) -> WindowKind {
        let history = self.identities.get(&id).and_then(|identity| identity.kinds.get(n));
        match history.map(|history| history.strictest(from, to)) {
            Some(PASSES) => WindowKind::Training,
            _ => WindowKind::Other,
        }
    }
}

impl Identity {
    /// The word that says what the window is now: the one of the latest date, of those the one told last.
    fn present(&self) -> Option<&Said> {
        self.said.iter().max_by_key(|said| said.word.date)
    }

    fn judged_by(&self, parties: &[Party], range: Span) -> Vec<History> {
        parties.iter().map(|party| self.judged_by_one(party, range)).collect()
    }

    fn judged_by_one(&self, party: &Party, range: Span) -> History {
        let mut history = History::new(range, OTHER, None);
        for said in &self.said {
            let is_training = said.judged && party.classify(said.program) == WindowKind::Training;
            history.tell(said.word, if is_training { PASSES } else { OTHER });
        }
        history
    }
}
