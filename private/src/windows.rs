//! Access lists with one entry: the owner's.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use windows_permissions::constants::{SeObjectType, SecurityInformation};
use windows_permissions::wrappers::{
    ConvertSecurityDescriptorToStringSecurityDescriptor, ConvertSidToStringSid, GetSecurityInfo, SetSecurityInfo,
};
use windows_permissions::{LocalBox, SecurityDescriptor};

use super::{Temporary, exchanged};

/// What SQLite makes beside a database has what the folder hands down; so it is made before SQLite looks for it.
pub(crate) const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

// Rights of a handle (winnt.h), and flags of an opening (winbase.h).
const GENERIC_WRITE: u32 = 0x4000_0000;
const READ_CONTROL: u32 = 0x0002_0000;
const WRITE_DAC: u32 = 0x0004_0000;
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;

/// What the list of a folder hands down to what is made in it.
enum Inherited {
    Nothing,
    All,
}

/// Nobody else can open the file before it has its list, because the first handle shares nothing.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let mut alone = OpenOptions::new()
        .write(true)
        .create_new(true)
        .access_mode(GENERIC_WRITE | READ_CONTROL | WRITE_DAC)
        .share_mode(0)
        .open(path)?;
    let list = keep_for_owner(&mut alone, &Inherited::Nothing);
    drop(alone);
    let opened = list.and_then(|list| {
        let file = OpenOptions::new()
            .access_mode(GENERIC_WRITE | READ_CONTROL)
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
            .open(path)?;
        let is_ours = owner_and_list(&file)? == list;
        is_ours.then_some(file).ok_or_else(exchanged)
    });
    opened.inspect_err(|_| drop(fs::remove_file(path)))
}

/// Takes from others what they may do with a file.
pub(crate) fn keep_to_oneself(path: &Path, _found: &Metadata) -> io::Result<()> {
    let mut file = to_change_list(path, FILE_FLAG_OPEN_REPARSE_POINT)?;
    keep_for_owner(&mut file, &Inherited::Nothing).map(drop)
}

/// Takes from others what they may do with an open file.
pub(crate) fn keep_from_others(path: &Path, file: &File) -> io::Result<()> {
    let mut named = to_change_list(path, FILE_FLAG_OPEN_REPARSE_POINT)?;
    if !same(&named.metadata()?, &file.metadata()?) {
        return Err(exchanged());
    }
    keep_for_owner(&mut named, &Inherited::Nothing).map(drop)
}

fn to_change_list(path: &Path, flags: u32) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.access_mode(READ_CONTROL | WRITE_DAC).custom_flags(flags).open(path)
}

/// Leaves the owner's entry alone in the list. What it answers tells this owner and list from any other.
fn keep_for_owner(file: &mut File, inherited: &Inherited) -> io::Result<OsString> {
    let flags = match inherited {
        Inherited::Nothing => "",
        Inherited::All => "OICI",
    };
    let described = GetSecurityInfo(file, SeObjectType::SE_FILE_OBJECT, SecurityInformation::Owner)?;
    let unowned = || io::Error::new(io::ErrorKind::Unsupported, "this file system knows no owner of a file");
    let owner = ConvertSidToStringSid(described.owner().ok_or_else(unowned)?)?;
    let list = format!("D:P(A;{flags};FA;;;{})", owner.to_string_lossy());
    let list: LocalBox<SecurityDescriptor> = list.parse()?;
    SetSecurityInfo(
        file,
        SeObjectType::SE_FILE_OBJECT,
        SecurityInformation::Dacl | SecurityInformation::ProtectedDacl,
        None,
        None,
        list.dacl(),
        None,
    )?;
    owner_and_list(file)
}

/// The owner and the list, as text.
pub(crate) fn owner_and_list(file: &File) -> io::Result<OsString> {
    let parts = SecurityInformation::Owner | SecurityInformation::Dacl;
    let described = GetSecurityInfo(file, SeObjectType::SE_FILE_OBJECT, parts)?;
    ConvertSecurityDescriptorToStringSecurityDescriptor(&described, parts)
}

/// The system has no number of a file that can be asked for without unsafe code: what both say of it must agree.
pub(crate) fn same(named: &Metadata, opened: &Metadata) -> bool {
    let dates = |metadata: &Metadata| (metadata.len(), metadata.created().ok(), metadata.modified().ok());
    dates(named) == dates(opened)
}

pub(crate) fn create_folders(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        create_folders(above)?;
    }
    match fs::create_dir(path) {
        Ok(()) => {
            let flags = FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS;
            keep_for_owner(&mut to_change_list(path, flags)?, &Inherited::All).map(drop)
        }
        // Created by another process between the two looks.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

pub(crate) fn put(file: Temporary, path: &Path) -> io::Result<()> {
    file.persist(path).map(drop).map_err(|refused| refused.error)
}

/// NTFS writes changes of names to its own log, in order; no program can flush a folder.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    fs::metadata(folder).map(drop)
}
