//! Where the ledger is, and the marker beside it that says which one stands there.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::ledger::LedgerIdentity;
use crate::private;
use crate::stores::{StoreError, plain};

/// The longest that a marker can be, in bytes: 32 digits and a line feed.
const MARKER: u64 = 33;

/// The file of a ledger.
#[derive(Debug)]
pub(super) struct Place {
    /// As it was named.
    named: PathBuf,
    /// The same from the root: SQLite takes nothing in it for an address.
    path: PathBuf,
    marker: Option<LedgerIdentity>,
    /// Which file it is that was opened.
    file: Option<FileId>,
}

/// Which file it is.
#[cfg(unix)]
type FileId = (u64, u64);

/// Elsewhere SQLite holds the file so that nobody can put another in its place.
#[cfg(not(unix))]
type FileId = ();

impl Place {
    pub(super) fn new(named: &Path) -> Result<Self, StoreError> {
        let mut place = Self {
            named: named.to_owned(),
            path: named.to_owned(),
            marker: None,
            file: None,
        };
        place.path = std::path::absolute(named).map_err(|error| place.system(&error))?;
        place.marker = place.read_marker()?;
        Ok(place)
    }

    pub(super) fn name(&self) -> String {
        self.named.display().to_string()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The ledger that stands here, or stood here; none where there was never one.
    pub(super) const fn marker(&self) -> Option<LedgerIdentity> {
        self.marker
    }

    pub(super) fn lost(&self, sign: &str) -> StoreError {
        StoreError::Lost {
            store: self.name(),
            sign: sign.to_owned(),
        }
    }

    pub(super) fn foreign(&self, what: &str) -> StoreError {
        StoreError::Foreign {
            store: self.name(),
            what: what.to_owned(),
        }
    }

    fn system(&self, error: &io::Error) -> StoreError {
        let store = self.name();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { store },
            ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { store },
            _ => StoreError::Unreachable {
                store,
                error: error.to_string(),
            },
        }
    }

    /// Before the file is opened: whether what must be there is.
    pub(super) fn expect(&self, must_exist: bool) -> Result<(), StoreError> {
        match fs::metadata(&self.path) {
            Ok(found) if found.is_dir() => Err(self.foreign("it is a folder")),
            // Whoever opens a pipe waits until somebody writes into it.
            Ok(found) if !found.is_file() => Err(self.foreign("not a plain file")),
            // Opened, SQLite would fill an empty file from what is left of the old one beside it.
            Ok(found) if found.len() == 0 && self.marker.is_some() => Err(self.lost("it is empty")),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => match self.marker {
                Some(_) => Err(self.lost("the file is gone, and only its marker is there")),
                None if must_exist => Err(StoreError::Missing {
                    path: self.named.clone(),
                }),
                None => Ok(()),
            },
            Err(error) => Err(self.system(&error)),
        }
    }

    /// The file that stands here now is the one that was opened.
    pub(super) fn remember(&mut self) -> Result<(), StoreError> {
        self.file = Some(self.file_id()?);
        Ok(())
    }

    /// Whether the file is still the one that was opened.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        if Some(self.file_id()?) == self.file {
            return Ok(());
        }
        Err(self.lost("another file stands in its place"))
    }

    #[cfg(unix)]
    fn file_id(&self) -> Result<FileId, StoreError> {
        use std::os::unix::fs::MetadataExt as _;
        match fs::metadata(&self.path) {
            Ok(found) if found.len() == 0 => Err(self.lost("it is empty")),
            Ok(found) => Ok((found.dev(), found.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.lost("the file is gone")),
            Err(error) => Err(self.system(&error)),
        }
    }

    #[cfg(not(unix))]
    fn file_id(&self) -> Result<FileId, StoreError> {
        match fs::metadata(&self.path) {
            Ok(found) if found.len() == 0 => Err(self.lost("it is empty")),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.lost("the file is gone")),
            Err(error) => Err(self.system(&error)),
        }
    }

    /// Whether this account may put files where the ledger is, which SQLite must. The ledger itself is never opened
    /// beside SQLite: closing it would take away the locks that this process holds on it.
    pub(super) fn is_writable(&self) -> bool {
        let refused = |error: &io::Error| {
            matches!(
                error.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            )
        };
        let tried = private::takes_files(private::folder_of(&self.path));
        !tried.is_err_and(|error| refused(&error))
    }

    /// Makes the file ready to be opened for writing, for this account alone.
    pub(super) fn make_ready(&self, create: bool) -> Result<(), StoreError> {
        private::make_database_ready(&self.path, create).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied if !self.path.exists() => StoreError::ReadOnly { store: self.name() },
            _ => self.system(&error),
        })
    }

    /// Whether the ledger in the file is the one that the marker names.
    pub(super) fn agrees(&self, identity: LedgerIdentity) -> Result<(), StoreError> {
        match self.marker {
            Some(marker) if marker != identity => Err(self.lost("it has another identity than its marker")),
            _ => Ok(()),
        }
    }

    /// Puts the marker beside the file, whole and on the disk. Only whoever holds the ledger's lock does so.
    pub(super) fn mark(&mut self, identity: LedgerIdentity) -> Result<(), StoreError> {
        self.marker = self.read_marker()?;
        if self.marker.is_none() {
            self.write_marker(identity).map_err(|error| self.system(&error))?;
            self.marker = Some(identity);
        }
        self.agrees(identity)
    }

    fn write_marker(&self, identity: LedgerIdentity) -> io::Result<()> {
        private::replace(&self.beside(".identity"), format!("{identity}\n").as_bytes())
    }

    fn read_marker(&self) -> Result<Option<LedgerIdentity>, StoreError> {
        let mut text = String::new();
        let read = plain::open(&self.beside(".identity")).and_then(|file| file.take(MARKER).read_to_string(&mut text));
        match read {
            Ok(_) => LedgerIdentity::from_hex(text.trim_end())
                .map(Some)
                .ok_or_else(|| self.foreign("its marker, the `.identity` file beside it, is damaged")),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err(self.foreign("its marker, the `.identity` file beside it, is damaged"))
            }
            Err(error) => Err(self.system(&error)),
        }
    }

    /// The file, and whatever stands beside it.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let endings = ["", "-wal", "-shm", "-journal", ".identity", ".identity.new"];
        endings.into_iter().map(|ending| self.beside(ending)).collect()
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(self.path.as_os_str());
        name.push(ending);
        name.into()
    }
}
