//! What is in a folder.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// The files of a folder with their bytes, and the folders in it, without.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct State {
    entries: BTreeMap<PathBuf, Option<Vec<u8>>>,
}

impl State {
    /// What is there now. SQLite's `-shm` files are left out: they are made anew after a crash.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut state = Self::default();
        state.read_below(folder, Path::new(""));
        state
    }

    fn read_below(&mut self, folder: &Path, name: &Path) {
        for entry in fs::read_dir(folder.join(name)).unwrap() {
            let entry = entry.unwrap();
            let name = name.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                self.read_below(folder, &name);
                self.insert(name, None);
            } else if !name.to_str().unwrap().ends_with("-shm") {
                self.insert(name, Some(fs::read(entry.path()).unwrap()));
            }
        }
    }

    pub(crate) fn insert(&mut self, name: PathBuf, bytes: Option<Vec<u8>>) {
        self.entries.insert(name, bytes);
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Path, Option<&[u8]>)> {
        self.entries
            .iter()
            .map(|(name, bytes)| (name.as_path(), bytes.as_deref()))
    }

    /// Two states with the same print are taken to be the same.
    pub(crate) fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    /// Writes it into this folder, which is empty.
    pub(crate) fn write(&self, folder: &Path) {
        for (name, bytes) in self.entries() {
            let path = folder.join(name);
            match bytes {
                // In the order of their names, a folder comes before what is in it.
                None => fs::create_dir(path).unwrap(),
                Some(bytes) => fs::write(path, bytes).unwrap(),
            }
        }
    }

    /// Where two states differ.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let names = self.entries.keys().chain(other.entries.keys());
        let differing = names.filter(|name| self.entries.get(*name) != other.entries.get(*name));
        let mut differing: Vec<String> = differing.map(|name| name.display().to_string()).collect();
        differing.dedup();
        differing
    }
}
