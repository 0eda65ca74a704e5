//! A disk as programs see it, and as a power cut finds it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::change::Change;
use crate::luck::Luck;
use crate::state::State;

/// Sectors of a disk are written whole or not at all.
const SECTOR: usize = 512;

/// `O_TRUNC`.
const TRUNCATE: i32 = 0o1000;

/// What a name stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Node {
    Folder,
    File(usize),
}

type Names = BTreeMap<PathBuf, Node>;

/// What is behind a handle of the program.
#[derive(Clone, Debug)]
enum Handle {
    Folder(PathBuf),
    File(usize),
}

#[derive(Clone, Default, Debug)]
struct File {
    now: Vec<u8>,
    synced: Vec<u8>,
    since: Vec<DataChange>,
}

/// What happened to a file's bytes since it was synced.
#[derive(Clone, Debug)]
enum DataChange {
    Bytes { at: usize, bytes: Vec<u8> },
    Length(usize),
}

/// What happened to names since their folder was synced: all of it is on the disk, or nothing.
#[derive(Clone, Debug)]
struct NameChange {
    removed: Option<PathBuf>,
    added: Option<(PathBuf, Node)>,
}

/// Everything below one folder.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    files: Vec<File>,
    names: Names,
    synced: Names,
    since: Vec<NameChange>,
    handles: HashMap<i64, Handle>,
}

impl Disk {
    /// What is in this folder now, all of it synced.
    pub(crate) fn of(root: &Path) -> Self {
        let mut disk = Self {
            root: root.to_owned(),
            files: Vec::new(),
            names: Names::new(),
            synced: Names::new(),
            since: Vec::new(),
            handles: HashMap::new(),
        };
        for (name, bytes) in State::read(root).entries() {
            let node = match bytes {
                None => Node::Folder,
                Some(bytes) => {
                    let (now, synced) = (bytes.to_vec(), bytes.to_vec());
                    disk.file(File {
                        now,
                        synced,
                        since: Vec::new(),
                    })
                }
            };
            disk.names.insert(root.join(name), node);
        }
        disk.synced.clone_from(&disk.names);
        disk
    }

    fn file(&mut self, file: File) -> Node {
        self.files.push(file);
        Node::File(self.files.len() - 1)
    }

    /// The program did this.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Started => self.handles.clear(),
            Change::Said(_) => {}
            Change::Opened { handle, flags, path } => self.open(*handle, *flags, path),
            Change::Wrote { handle, at, bytes } => {
                let (at, bytes) = (*at, bytes.clone());
                self.change_file(*handle, DataChange::Bytes { at, bytes });
            }
            Change::Cut { handle, length } => self.change_file(*handle, DataChange::Length(*length)),
            Change::Synced { handle } => self.sync(*handle),
            Change::Renamed { from, to } => {
                let node = self.names[from].clone();
                assert_ne!(node, Node::Folder, "folders are not renamed");
                self.name(Some(from.clone()), Some((to.clone(), node)));
            }
            Change::Linked { from, to } => {
                let node = self.names[from].clone();
                self.name(None, Some((to.clone(), node)));
            }
            Change::Removed { path } => self.name(Some(path.clone()), None),
            Change::Made { path } => self.name(None, Some((path.clone(), Node::Folder))),
        }
    }

    fn open(&mut self, handle: i64, flags: i32, path: &Path) {
        let opened = match self.names.get(path) {
            _ if path == self.root => Handle::Folder(path.to_owned()),
            Some(Node::Folder) => Handle::Folder(path.to_owned()),
            Some(Node::File(file)) => Handle::File(*file),
            None => {
                let node = self.file(File::default());
                self.name(None, Some((path.to_owned(), node)));
                Handle::File(self.files.len() - 1)
            }
        };
        self.handles.insert(handle, opened);
        if flags & TRUNCATE != 0 {
            self.change_file(handle, DataChange::Length(0));
        }
    }

    fn change_file(&mut self, handle: i64, change: DataChange) {
        let Some(Handle::File(file)) = self.handles.get(&handle) else {
            panic!("handle {handle} is not open");
        };
        let file = &mut self.files[*file];
        if matches!(change, DataChange::Length(length) if length == file.now.len()) {
            return;
        }
        change.to(&mut file.now);
        file.since.push(change);
    }

    fn name(&mut self, removed: Option<PathBuf>, added: Option<(PathBuf, Node)>) {
        let change = NameChange { removed, added };
        change.to(&mut self.names);
        self.since.push(change);
    }

    fn sync(&mut self, handle: i64) {
        match self.handles.get(&handle) {
            None => panic!("handle {handle} is not open"),
            Some(Handle::File(file)) => {
                let file = &mut self.files[*file];
                file.synced.clone_from(&file.now);
                file.since.clear();
            }
            Some(Handle::Folder(folder)) => {
                let (over, since) = self.since.drain(..).partition(|change| change.is_in(folder));
                self.since = since;
                let over: Vec<NameChange> = over;
                over.iter().for_each(|change| change.to(&mut self.synced));
            }
        }
    }

    /// Whether nothing would be lost now.
    pub(crate) fn is_synced(&self) -> bool {
        self.since.is_empty() && self.files.iter().all(|file| file.since.is_empty())
    }

    /// What is there when the power is cut now, and comes back.
    pub(crate) fn after_a_cut(&self, mut luck: Luck) -> State {
        let mut names = self.synced.clone();
        for change in &self.since {
            if luck.keeps_a_name() {
                change.to(&mut names);
            }
        }
        let mut written: HashMap<usize, Vec<u8>> = HashMap::new();
        let mut state = State::default();
        for (path, node) in &names {
            let name = path.strip_prefix(&self.root).unwrap();
            // Without its folder a file is nowhere.
            let stands = name
                .ancestors()
                .skip(1)
                .all(|above| above.as_os_str().is_empty() || names.contains_key(&self.root.join(above)));
            if !stands {
                continue;
            }
            let bytes = match node {
                Node::Folder => None,
                // A file with two names is one file.
                Node::File(file) => {
                    let bytes = written
                        .entry(*file)
                        .or_insert_with(|| self.files[*file].after_a_cut(&mut luck));
                    Some(bytes.clone())
                }
            };
            state.insert(name.to_owned(), bytes);
        }
        state
    }
}

impl File {
    /// A sector on the disk is the one that was there when the file was synced, or what it was after any
    /// change since: a later one holds the earlier ones too. A file may have become longer, and what was
    /// written there be lost.
    fn after_a_cut(&self, luck: &mut Luck) -> Vec<u8> {
        let (mut now, mut disk) = (self.synced.clone(), self.synced.clone());
        for change in &self.since {
            change.to(&mut now);
            match change {
                DataChange::Length(length) => {
                    if luck.keeps_data() {
                        disk.resize(*length, 0);
                    }
                }
                DataChange::Bytes { at, bytes } => {
                    if disk.len() < now.len() && luck.keeps_data() {
                        disk.resize(now.len(), 0);
                    }
                    for sector in at / SECTOR..(at + bytes.len()).div_ceil(SECTOR) {
                        if luck.keeps_data() {
                            let (start, end) = (sector * SECTOR, now.len().min((sector + 1) * SECTOR));
                            disk.resize(disk.len().max(end), 0);
                            disk[start..end].copy_from_slice(&now[start..end]);
                        }
                    }
                }
            }
        }
        disk
    }
}

impl DataChange {
    fn to(&self, file: &mut Vec<u8>) {
        match self {
            Self::Length(length) => file.resize(*length, 0),
            Self::Bytes { at, bytes } => {
                let end = at + bytes.len();
                file.resize(file.len().max(end), 0);
                file[*at..end].copy_from_slice(bytes);
            }
        }
    }
}

impl NameChange {
    fn to(&self, names: &mut Names) {
        if let Some(removed) = &self.removed {
            names.remove(removed);
        }
        if let Some((name, node)) = &self.added {
            names.insert(name.clone(), node.clone());
        }
    }

    /// Whether it is on the disk when this folder is.
    fn is_in(&self, folder: &Path) -> bool {
        let name = self.added.as_ref().map(|(name, _)| name).or(self.removed.as_ref());
        name.is_some_and(|name| name.parent() == Some(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(handle: i64, path: &Path) -> Change {
        let path = path.to_owned();
        Change::Opened { handle, flags: 0, path }
    }

    fn wrote(handle: i64, at: usize, bytes: &[u8]) -> Change {
        let bytes = bytes.to_vec();
        Change::Wrote { handle, at, bytes }
    }

    /// A disk on which the file `a` was made and written, and what was synced of it.
    fn with(synced: &[i64]) -> Disk {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let mut disk = Disk::of(&root);
        disk.apply(&opened(4, &root));
        disk.apply(&opened(5, &root.join("a")));
        disk.apply(&wrote(5, 0, &[1; 1024]));
        for handle in synced {
            disk.apply(&Change::Synced { handle: *handle });
        }
        disk
    }

    fn file(state: &State) -> Option<&[u8]> {
        state
            .entries()
            .find(|(name, _)| *name == Path::new("a"))
            .and_then(|(_, bytes)| bytes)
    }

    #[test]
    fn what_was_synced_is_there_and_what_was_not_may_be() {
        let nothing = |synced: &[i64]| with(synced).after_a_cut(Luck::Nothing);
        assert_eq!(file(&nothing(&[])), None);
        assert_eq!(file(&nothing(&[5])), None, "a name is its folder's");
        assert_eq!(file(&nothing(&[4])), Some(&[][..]));
        assert_eq!(file(&nothing(&[4, 5])), Some(&[1; 1024][..]));
        assert_eq!(file(&with(&[]).after_a_cut(Luck::Everything)), Some(&[1; 1024][..]));
        assert_eq!(file(&with(&[]).after_a_cut(Luck::Names)), Some(&[][..]));
        assert_eq!(file(&with(&[5]).after_a_cut(Luck::Data)), None);
    }

    /// Two writes into one sector: the second is never there without the first.
    #[test]
    fn a_sector_has_one_of_its_versions() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let mut disk = with(&[4, 5]);
            disk.apply(&wrote(5, 0, &[2; 10]));
            disk.apply(&wrote(5, 10, &[3; 10]));
            let state = disk.after_a_cut(Luck::random(seed));
            let bytes = file(&state).unwrap();
            seen.insert((bytes[0], bytes[10]));
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(1, 1), (2, 1), (2, 3)]);
    }

    #[test]
    fn a_write_is_torn_between_sectors_and_never_within_one() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let mut disk = with(&[4, 5]);
            disk.apply(&wrote(5, 100, &[2; 1000]));
            let state = disk.after_a_cut(Luck::random(seed));
            let bytes = file(&state).unwrap().to_vec();
            let (mut first, mut second) = (vec![1; 512], vec![1; 512]);
            let whole = bytes.len() > 1024;
            first[100..].fill(if bytes[511] == 2 { 2 } else { 1 });
            second.fill(if bytes[1023] == 2 { 2 } else { 1 });
            assert_eq!(bytes[..1024], [first, second].concat());
            seen.insert((bytes[511], bytes[1023], whole));
        }
        assert_eq!(seen.len(), 8, "{seen:?}");
    }

    #[test]
    fn a_renamed_file_has_one_of_its_names() {
        let disk = with(&[4, 5]);
        let root = disk.root.clone();
        for seed in 0..20 {
            let mut disk = disk.clone();
            let (from, to) = (root.join("a"), root.join("b"));
            disk.apply(&Change::Renamed { from, to });
            let state = disk.after_a_cut(Luck::random(seed));
            assert_eq!(state.entries().count(), 1);
            disk.apply(&Change::Synced { handle: 4 });
            assert_eq!(file(&disk.after_a_cut(Luck::random(seed))), None);
        }
    }
}
