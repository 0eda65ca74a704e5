use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_else_reads_what_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    create_folders(&inner).unwrap();
    assert_eq!((mode(&folder.path().join("a")), mode(&inner)), (0o700, 0o700));

    let at = |name: &str| inner.join(name);
    create_new(&at("new")).unwrap();
    open_or_create(&at("lock")).unwrap();
    replace(&at("marker"), b"1").unwrap();
    replace(&at("marker"), b"2").unwrap();
    for name in ["new", "lock", "marker"] {
        assert_eq!(mode(&at(name)), 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 3, "nothing temporary is left");
}

#[test]
fn what_others_could_open_is_taken_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("lock");
    fs::write(&lock, "").unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o644)).unwrap();
    open_or_create(&lock).unwrap();
    assert_eq!(mode(&lock), 0o600);
}

#[test]
fn a_database_is_made_ready() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    make_database_ready(&at("a.db"), false).unwrap();
    assert!(!at("a.db").exists());
    make_database_ready(&at("a.db"), true).unwrap();
    assert_eq!(mode(&at("a.db")), 0o600);
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        fs::write(at(name), "x").unwrap();
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o664)).unwrap();
    }
    make_database_ready(&at("a.db"), true).unwrap();
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        assert_eq!(mode(&at(name)), 0o600, "{name}");
        assert_eq!(fs::read(at(name)).unwrap(), b"x", "{name}");
    }
    fs::write(at("theirs"), "theirs").unwrap();
    fs::set_permissions(at("theirs"), fs::Permissions::from_mode(0o644)).unwrap();
    for (link, to) in [("link", "theirs"), ("dangling", "nowhere"), ("b.db-wal", "theirs")] {
        symlink(at(to), at(link)).unwrap();
        let named = at(link.trim_end_matches("-wal"));
        for create in [true, false] {
            make_database_ready(&named, create).unwrap_err();
        }
    }
    assert_eq!(mode(&at("theirs")), 0o644);
    assert!(!at("nowhere").exists());
    make_database_ready(folder.path(), true).unwrap_err();
}

#[test]
fn no_link_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let [theirs, link, dangling] = ["theirs", "link", "dangling"].map(|name| folder.path().join(name));
    fs::write(&theirs, "theirs").unwrap();
    symlink(&theirs, &link).unwrap();
    symlink(folder.path().join("nowhere"), &dangling).unwrap();
    for link in [&link, &dangling] {
        create_new(link).unwrap_err();
        open_or_create(link).unwrap_err();
    }
    replace(&link, b"ours").unwrap();
    assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
    assert!(fs::symlink_metadata(&link).unwrap().is_file());
    assert!(!folder.path().join("nowhere").exists());
}
