//! Purges of folders at random, against a model that knows the rules by heart.

use std::sync::OnceLock;

use gardefou_policy::types::DAY;
use proptest::prelude::*;

use super::shop::{NOW, Shop, policies, rights};
use crate::PolicyHandle;
use crate::custody::{AskedBy, RightRequest, Subject};

/// A recording, in days before now.
#[derive(Clone, Debug)]
struct Stocked {
    age: u64,
    restricted: bool,
    /// The ages of the files beside it, where there are any; one may be dated before the recording.
    analysis: Option<u64>,
    anonymised: Option<u64>,
    temporary: Option<u64>,
    /// Whether the journal knows it.
    decided: bool,
}

fn stocked() -> impl Strategy<Value = Stocked> {
    let age = || prop_oneof![Just(0), Just(179), Just(180), Just(364), Just(365), 0_u64..400];
    let beside = || proptest::option::of(age());
    let temporary = proptest::option::of(prop_oneof![Just(0), Just(1), 0_u64..3]);
    (age(), any::<bool>(), beside(), beside(), temporary, any::<bool>()).prop_map(
        |(age, restricted, analysis, anonymised, temporary, decided)| Stocked {
            age,
            restricted,
            analysis,
            anonymised,
            temporary,
            decided,
        },
    )
}

impl Stocked {
    /// The names behind that of the recording, and whether each is there after a purge: from the table in
    /// `docs/custody.md`, under the example rules (180 days, 365 days, one day).
    fn expected(&self) -> Vec<(&'static str, bool)> {
        // What the journal does not know nobody decided to keep: it is temporary.
        let recording = self.restricted || self.age < if self.decided { 180 } else { 2 };
        // An analysis is not older than what it is of, where anybody knows how old that is.
        let made = |age: u64| if self.decided { age.min(self.age) } else { age };
        let analysis = self.analysis.map(|age| self.restricted || made(age) < 365);
        let beside = [
            ("analysis.md", analysis),
            ("anonymised.mkv", self.anonymised.map(|_| true)),
            ("cut.mkv", self.temporary.map(|age| self.restricted || age < 1)),
            ("restricted.json", Some(true).filter(|_| self.restricted)),
        ];
        let own = [
            ("mkv", recording),
            ("jsonl", recording),
            (
                "sidecar.json",
                analysis
                    .filter(|_| !self.decided)
                    .unwrap_or(recording || analysis == Some(true)),
            ),
        ];
        let beside = beside.into_iter().filter_map(|(name, stays)| Some((name, stays?)));
        own.into_iter().chain(beside).collect()
    }

    fn put(&self, shop: &Shop, session: &str) {
        let at = NOW.minus(self.age * DAY);
        if self.decided {
            shop.recording(session, session, at);
        } else {
            shop.put(&super::shop::sidecar(session, session, at));
        }
        let dated = |age: u64| NOW.minus(age * DAY);
        let files = [
            ("analysis.md", self.analysis),
            ("anonymised.mkv", self.anonymised),
            ("cut.mkv", self.temporary),
        ];
        for (name, age) in files.into_iter().filter_map(|(name, age)| Some((name, age?))) {
            shop.file(&format!("{session}.{name}"), dated(age));
        }
    }
}

/// Whoever answers restricts it by its name: also what the journal does not know.
fn restrict(shop: &Shop, session: &str) {
    let request = RightRequest {
        asked_by: AskedBy::Employee,
        recording: Some(session),
        right: &super::shop::restrict(),
        subject: &Subject::Employee(session.into()),
        asker: &rights(),
        at: NOW,
    };
    assert!(!shop.custody().right(&request).unwrap().incomplete());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_purge_leaves_what_the_model_leaves(recordings in prop::collection::vec(stocked(), 0..5)) {
        static POLICIES: OnceLock<PolicyHandle> = OnceLock::new();
        let shop = Shop::under(POLICIES.get_or_init(policies).clone());
        let mut expected = Vec::new();
        let (mut told, mut decisions) = (Vec::new(), 0);
        let mut restricted = Vec::new();
        for (n, recording) in recordings.iter().enumerate() {
            let session = format!("s{n}");
            recording.put(&shop, &session);
            if recording.restricted {
                restricted.push(session.clone());
            }
            let stays = recording.expected().into_iter().filter(|(_, stays)| *stays);
            expected.extend(stays.map(|(name, _)| format!("{session}.{name}")));
            let kept = recording.restricted || recording.age < 180 || !recording.decided;
            decisions += usize::from(recording.decided && kept);
            told.extend((!kept).then(|| format!("{session} call-{session}")));
        }
        shop.clock_is_right(NOW);
        for session in restricted {
            restrict(&shop, &session);
        }
        expected.sort();
        let dry = shop.custody().purge(NOW, true).unwrap();
        let report = shop.custody().purge(NOW, false).unwrap();
        prop_assert!(!report.still_there());
        prop_assert_eq!(&dry.gone, &report.gone);
        prop_assert_eq!(shop.files(), expected);
        prop_assert_eq!(&*shop.calls.asked.lock().unwrap(), &told);
        prop_assert_eq!(report.entries.0, decisions);
        // Once its recording is gone, an analysis is as old as its file says.
        let older = |of: &Stocked| of.decided && of.age >= 180 && of.analysis.is_some_and(|age| age > of.age);
        let again = shop.custody().purge(NOW, false).unwrap();
        prop_assert!(again.gone.is_empty() && again.head.is_none() || recordings.iter().any(older));
    }
}
