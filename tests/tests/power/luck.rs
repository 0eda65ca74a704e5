//! What a power cut leaves of that which was not synced.

/// Which of it is on the disk all the same.
#[derive(Clone, Debug)]
pub(crate) enum Luck {
    /// None of it.
    Nothing,
    /// All of it.
    Everything,
    /// The names, and no byte.
    Names,
    /// The bytes, and no name.
    Data,
    /// Whatever these numbers say.
    Random(Numbers),
}

impl Luck {
    /// Pieces at random, the same for the same seed.
    pub(crate) fn random(seed: u64) -> Self {
        let mut numbers = Numbers { state: seed, odds: 0 };
        // Mostly lost, half and half, or mostly kept.
        numbers.odds = [20, 50, 90][usize::try_from(numbers.next() % 3).unwrap()];
        Self::Random(numbers)
    }

    pub(crate) fn keeps_a_name(&mut self) -> bool {
        self.keeps(true)
    }

    /// A sector, or a change of length.
    pub(crate) fn keeps_data(&mut self) -> bool {
        self.keeps(false)
    }

    fn keeps(&mut self, name: bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Names => name,
            Self::Data => !name,
            Self::Random(numbers) => numbers.next() % 100 < numbers.odds,
        }
    }
}

/// SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    state: u64,
    odds: u64,
}

impl Numbers {
    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
