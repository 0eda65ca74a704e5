use rusqlite::Connection;

use super::*;

/// Whether the owner's entry stands alone in the list, and nothing comes from the folder.
///
/// Wine adds what the folder hands down to every list, also to one that says not to: there the owner's entry is
/// all that can be asked for.
fn is_owners_alone(path: &Path) -> bool {
    use std::os::windows::fs::OpenOptionsExt as _;
    const READ_CONTROL: u32 = 0x0002_0000;
    const FOLDERS_TOO: u32 = 0x0200_0000;
    let mut how = OpenOptions::new();
    let file = how
        .access_mode(READ_CONTROL)
        .custom_flags(FOLDERS_TOO)
        .open(path)
        .unwrap();
    let text = system::owner_and_list(&file).unwrap().into_string().unwrap();
    let (owner, list) = text.strip_prefix("O:").unwrap().split_once("D:").unwrap();
    let (flags, entries) = list.split_once('(').unwrap();
    let mut entries = entries.trim_end_matches(')').split(")(");
    let is_owners = |entry: &str| entry.starts_with("A;") && entry.ends_with(&format!(";;;{owner}"));
    if is_wine() {
        entries.any(is_owners)
    } else {
        flags.contains('P') && entries.all(is_owners)
    }
}

fn is_wine() -> bool {
    std::env::var_os("WINEPREFIX").is_some()
}

#[test]
fn nobody_else_reads_what_is_created() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("handed-down"), "").unwrap();
    assert!(
        is_wine() || !is_owners_alone(&folder.path().join("handed-down")),
        "the test could not fail"
    );
    let inner = folder.path().join("a/b");
    create_folders(&inner).unwrap();
    assert!(is_owners_alone(&folder.path().join("a")) && is_owners_alone(&inner));

    let at = |name: &str| folder.path().join(name);
    create_new(&at("new")).unwrap().write_all(b"x").unwrap();
    create_new(&at("new")).unwrap_err();
    open_or_create(&at("lock")).unwrap();
    replace(&at("marker"), b"1").unwrap();
    replace(&at("marker"), b"2").unwrap();
    for name in ["new", "lock", "marker"] {
        assert!(is_owners_alone(&at(name)), "{name}");
    }
    assert_eq!(fs::read(at("marker")).unwrap(), b"2");
}

#[test]
fn what_others_could_open_is_taken_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("lock");
    fs::write(&lock, "").unwrap();
    let held = open_or_create(&lock).unwrap();
    assert!(is_owners_alone(&lock));
    drop(held);
}

/// A database, what SQLite writes beside it, and once more after everything was closed.
#[test]
fn a_database_is_the_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let open = || {
        let connection = Connection::open(&path).unwrap();
        let mode: String = connection
            .query_row("PRAGMA journal_mode = wal", (), |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        connection
    };
    let all = || ["a.db", "a.db-wal", "a.db-shm"].map(|name| is_owners_alone(&folder.path().join(name)));

    make_database_ready(&path, true).unwrap();
    let first = open();
    first
        .execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
        .unwrap();
    make_database_ready(&path, false).unwrap();
    assert_eq!(all(), [true; 3]);
    drop(first);
    assert!(!folder.path().join("a.db-wal").exists(), "SQLite takes its log away");

    make_database_ready(&path, true).unwrap();
    let again = open();
    again.execute_batch("INSERT INTO t VALUES (2)").unwrap();
    assert_eq!(all(), [true; 3], "without being made ready once more");
    let rows: i64 = again.query_row("SELECT count(*) FROM t", (), |row| row.get(0)).unwrap();
    assert_eq!(rows, 2);
}
