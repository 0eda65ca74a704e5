//! The tree of RFC 6962 over the journal's entries, with SHA-256.

use sha2::{Digest as _, Sha256};

/// A node of the tree.
pub(super) type Hash = [u8; 32];

/// The largest tree that is read about.
pub(super) const MAX_SIZE: u64 = 1 << 48;

/// What an entry's leaf is made from: SHA-256(salt ‖ content).
pub(super) fn commitment(salt: &[u8; 32], content: &[u8]) -> Hash {
    Sha256::new().chain_update(salt).chain_update(content).finalize().into()
}

/// The leaf of a commitment.
pub(super) fn leaf(commitment: &Hash) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(commitment)
        .finalize()
        .into()
}

/// The node over two nodes.
pub(super) fn node(left: &Hash, right: &Hash) -> Hash {
    let hash = Sha256::new().chain_update([1]).chain_update(left);
    hash.chain_update(right).finalize().into()
}

/// What must be known of a tree to add to it, and to give its root: the roots of its full subtrees, the
/// largest first, one for each bit of its size.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// From the bytes that [`Frontier::to_bytes`] gave; `None` when they are not as many as the size wants.
    pub(super) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (nodes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && size <= MAX_SIZE && u32::try_from(nodes.len()).ok()? == size.count_ones();
        let nodes = nodes.to_vec();
        fits.then_some(Self { size, nodes })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.nodes.as_flattened().to_vec()
    }

    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf: it is joined with the subtree to its left for as long as both are of the same size.
    pub(super) fn push(&mut self, leaf: Hash) {
        let mut top = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                top = node(&left, &top);
            }
        }
        self.nodes.push(top);
        self.size = self.size.saturating_add(1);
    }

    /// The root of the tree; of an empty one, SHA-256 of nothing.
    pub(super) fn root(&self) -> Hash {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else {
            return Sha256::digest([]).into();
        };
        nodes.fold(*last, |right, left| node(left, &right))
    }
}

/// The entries `start..end` of which a proof wants the root, as one node.
pub(super) type Wanted = std::ops::Range<u64>;

/// Which nodes prove that entry `index` is in the tree of `size`: PATH of RFC 6962, 2.1.1.
pub(super) fn inclusion(index: u64, size: u64) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let mut whole = 0..size;
    while whole.end.saturating_sub(whole.start) > 1 {
        let middle = split(&whole);
        let (own, other) = halves(&whole, middle, index < middle);
        wanted.push(other);
        whole = own;
    }
    wanted.reverse();
    wanted
}

/// Which nodes prove that the tree of `size` begins with the one of `old`: PROOF of RFC 6962, 2.1.2.
pub(super) fn consistency(old: u64, size: u64) -> Vec<Wanted> {
    if old == 0 || old >= size {
        return Vec::new();
    }
    let mut wanted = Vec::new();
    let mut whole = 0..size;
    let mut known = true;
    while old != whole.end {
        let middle = split(&whole);
        let (own, other) = halves(&whole, middle, old <= middle);
        known &= old <= middle;
        wanted.push(other);
        whole = own;
    }
    if !known {
        wanted.push(whole);
    }
    wanted.reverse();
    wanted
}

/// Where a tree is split: after the largest power of two that is less than its size, which is 2 at least.
fn split(whole: &Wanted) -> u64 {
    let size = whole.end.saturating_sub(whole.start);
    let below = size.saturating_sub(1).max(1);
    whole.start.saturating_add(1 << below.ilog2())
}

fn halves(whole: &Wanted, middle: u64, left: bool) -> (Wanted, Wanted) {
    let halves = (whole.start..middle, middle..whole.end);
    if left { halves } else { (halves.1, halves.0) }
}

/// Whether a proof that entry `index` with this commitment is in a tree holds.
pub(super) fn includes(root: Hash, size: u64, index: u64, commitment: &Hash, path: &[Hash]) -> bool {
    if size > MAX_SIZE {
        return false;
    }
    let path = ct_merkle::InclusionProof::<Sha256>::try_from_bytes(path.as_flattened().to_vec());
    path.is_ok_and(|path| tree(root, size).verify_inclusion(commitment, index, &path).is_ok())
}

/// Whether a proof that a tree begins with an older one holds. Every tree begins with the empty one.
pub(super) fn extends(root: Hash, size: u64, old_root: Hash, old: u64, path: &[Hash]) -> bool {
    if old > size || size > MAX_SIZE {
        return false;
    }
    if old == 0 || old == size {
        let same = if old == 0 { Frontier::default().root() } else { root };
        return path.is_empty() && old_root == same;
    }
    let path = ct_merkle::ConsistencyProof::<Sha256>::try_from_bytes(path.as_flattened().to_vec());
    path.is_ok_and(|path| {
        let old = tree(old_root, old);
        tree(root, size).verify_consistency(&old, &path).is_ok()
    })
}

fn tree(root: Hash, size: u64) -> ct_merkle::RootHash<Sha256> {
    ct_merkle::RootHash::new(root.into(), size)
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use proptest::prelude::*;

    use super::*;

    fn own(leaves: &[Hash], range: Wanted) -> Frontier {
        let mut frontier = Frontier::default();
        for commitment in &leaves[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()] {
            frontier.push(leaf(commitment));
        }
        frontier
    }

    fn other(leaves: &[Hash]) -> MemoryBackedTree<Sha256, Hash> {
        let mut tree = MemoryBackedTree::new();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        tree
    }

    fn path(leaves: &[Hash], wanted: Vec<Wanted>) -> Vec<Hash> {
        wanted.into_iter().map(|range| own(leaves, range).root()).collect()
    }

    fn leaves(most: usize) -> impl Strategy<Value = Vec<Hash>> {
        prop::collection::vec(any::<Hash>(), 1..most)
    }

    proptest! {
        #[test]
        fn roots_are_those_of_the_library(leaves in leaves(70)) {
            for size in 0..=leaves.len() {
                let own = own(&leaves, 0..u64::try_from(size).unwrap());
                let root: Hash = (*other(&leaves[..size]).root().as_bytes()).into();
                prop_assert_eq!(own.root(), root);
                let read = Frontier::from_bytes(own.size(), &own.to_bytes());
                prop_assert_eq!(read, Some(own));
            }
        }

        #[test]
        fn proofs_are_those_of_the_library(leaves in leaves(70), at in any::<prop::sample::Index>()) {
            let size = u64::try_from(leaves.len()).unwrap();
            let index = at.index(leaves.len());
            let tree = other(&leaves);
            let root = own(&leaves, 0..size).root();
            let index64 = u64::try_from(index).unwrap();
            let included = path(&leaves, inclusion(index64, size));
            let library = tree.prove_inclusion(index);
            prop_assert_eq!(included.as_flattened(), library.as_bytes());
            prop_assert!(includes(root, size, index64, &leaves[index], &included));
            let old = index64 + 1;
            let old_root = own(&leaves, 0..old).root();
            let extended = path(&leaves, consistency(old, size));
            if old < size {
                let library = tree.prove_consistency(leaves.len() - index - 1);
                prop_assert_eq!(extended.as_flattened(), library.as_bytes());
            }
            prop_assert!(extends(root, size, old_root, old, &extended));
        }

        #[test]
        fn wrong_proofs_do_not_hold(
            leaves in leaves(40),
            at in any::<prop::sample::Index>(),
            part in any::<prop::sample::Index>(),
            bit in 0..8_u32,
        ) {
            let size = u64::try_from(leaves.len()).unwrap();
            let index = u64::try_from(at.index(leaves.len())).unwrap();
            let commitment = leaves[at.index(leaves.len())];
            let root = own(&leaves, 0..size).root();
            let mut wrong = path(&leaves, inclusion(index, size));
            prop_assert!(!includes(root, size, size, &commitment, &wrong));
            let old = index + 1;
            let old_root = own(&leaves, 0..old).root();
            prop_assert!(!extends(old_root, old, root, size, &[]) || old == size);
            if wrong.is_empty() {
                prop_assert!(!includes(root, size, index, &[0; 32], &wrong));
            } else {
                let part = part.index(wrong.len());
                wrong[part][part % 32] ^= 1_u8 << bit;
                prop_assert!(!includes(root, size, index, &commitment, &wrong));
                wrong.pop();
                prop_assert!(!includes(root, size, index, &commitment, &wrong));
            }
            let mut wrong = path(&leaves, consistency(old, size));
            if let Some(last) = wrong.last_mut() {
                last[3] ^= 1_u8 << bit;
                prop_assert!(!extends(root, size, old_root, old, &wrong));
            }
        }
    }

    #[test]
    fn the_published_roots_are_met() {
        // The test vectors of the first implementation of RFC 6962, over raw leaves.
        let mut frontier = Frontier::default();
        assert_eq!(
            super::super::hex(&frontier.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let raw: [&[u8]; 3] = [b"", b"\x00", b"\x10"];
        for data in raw {
            frontier.push(Sha256::new().chain_update([0]).chain_update(data).finalize().into());
        }
        assert_eq!(
            super::super::hex(&frontier.root()),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
    }
}
