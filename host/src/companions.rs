//! What stands beside a rule document: the files of employees that it names.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use gardefou_policy::document::{Absent, Companion, Companions, EMPLOYEES_FILE_BYTES};

/// The files below the folder of a document. A path with a link in it is refused: it may lead anywhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder in which the document of this path lies.
    #[must_use]
    pub fn of(document: &Path) -> Self {
        let folder = document.parent().filter(|folder| !folder.as_os_str().is_empty());
        Self(folder.unwrap_or(Path::new(".")).to_owned())
    }

    /// Where the companion of this path is.
    ///
    /// # Errors
    /// A part of it is a link, or there is no such regular file.
    pub fn locate(&self, companion: &str) -> Result<PathBuf, Absent> {
        let mut path = self.0.clone();
        let mut last = None;
        for name in companion.split('/') {
            if matches!(name, "" | "." | "..") {
                return Err(Absent::Missing);
            }
            path.push(name);
            let kind = fs::symlink_metadata(&path)
                .map_err(|error| absent(error.kind()))?
                .file_type();
            if kind.is_symlink() {
                return Err(Absent::Link);
            }
            last = Some(kind);
        }
        match last {
            Some(kind) if kind.is_file() => Ok(path),
            _ => Err(Absent::NotAFile),
        }
    }
}

impl Companions for Folder {
    fn companion(&self, path: &str) -> Result<Companion, Absent> {
        let file = File::open(self.locate(path)?).map_err(|error| absent(error.kind()))?;
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        if !is_file {
            return Err(Absent::NotAFile);
        }
        let limit = u64::try_from(EMPLOYEES_FILE_BYTES)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let mut bytes = Vec::new();
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|_| Absent::Unreadable)?;
        Ok(Companion::File(bytes))
    }
}

/// Companions that were read before: what is loaded is what was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Beside(BTreeMap<String, Result<Companion, Absent>>);

impl Beside {
    /// Reads every file of employees that the document names.
    #[must_use]
    pub fn read(document: &[u8], companions: &dyn Companions) -> Self {
        let paths = gardefou_policy::document::employees_files(document).into_iter();
        Self(paths.map(|path| (path.clone(), companions.companion(&path))).collect())
    }

    /// These lists of employees, by the paths that a document names.
    #[must_use]
    pub fn of(lists: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let lists = lists.into_iter();
        Self(
            lists
                .map(|(path, employees)| (path, Ok(Companion::Employees(employees))))
                .collect(),
        )
    }

    /// The paths, as the document names them.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Companions for Beside {
    fn companion(&self, path: &str) -> Result<Companion, Absent> {
        self.0.get(path).cloned().unwrap_or(Err(Absent::Missing))
    }
}

const fn absent(kind: ErrorKind) -> Absent {
    match kind {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Absent::Missing,
        _ => Absent::Unreadable,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_below_the_folder_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("rules");
        fs::create_dir_all(root.join("lists")).unwrap();
        fs::write(root.join("lists/a.csv"), "f-01\n").unwrap();
        fs::write(folder.path().join("outside.csv"), "f-02\n").unwrap();
        std::os::unix::fs::symlink(folder.path().join("outside.csv"), root.join("link.csv")).unwrap();
        std::os::unix::fs::symlink(folder.path(), root.join("above")).unwrap();
        let beside = Folder::of(&root.join("rules.toml"));
        assert_eq!(beside.companion("lists/a.csv"), Ok(Companion::File(b"f-01\n".to_vec())));
        assert_eq!(beside.companion("lists"), Err(Absent::NotAFile));
        assert_eq!(beside.companion("b.csv"), Err(Absent::Missing));
        assert_eq!(beside.companion("lists/a.csv/b"), Err(Absent::Missing));
        assert_eq!(beside.companion("link.csv"), Err(Absent::Link));
        assert_eq!(beside.companion("above/outside.csv"), Err(Absent::Link));
        for path in ["../outside.csv", "", "lists//a.csv", "./lists/a.csv"] {
            assert_eq!(beside.companion(path), Err(Absent::Missing), "{path}");
        }
        fs::write(root.join("large.csv"), vec![b'x'; EMPLOYEES_FILE_BYTES + 10]).unwrap();
        let Ok(Companion::File(bytes)) = beside.companion("large.csv") else {
            panic!("it is read");
        };
        assert_eq!(bytes.len(), EMPLOYEES_FILE_BYTES + 1);
    }
}
