//! A PostgreSQL server of one's own, in a folder of its own, reached over a socket in it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use tempfile::TempDir;

/// The server refuses to run as an administrator; this account has no rights.
const NOBODY: u32 = 65_534;

pub(crate) const PASSWORD: &str = "correct-horse-battery";

pub(crate) struct Server {
    folder: TempDir,
    programs: PathBuf,
    process: Option<Child>,
}

/// Where the server's programs are: Debian keeps them out of the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|entry| entry.unwrap().path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = folders.into_iter().find(|folder| folder.join("initdb").is_file());
    found.expect("PostgreSQL is not installed: `cargo xtask test` installs it, or `apt-get install postgresql`")
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            programs: programs(),
            process: None,
        };
        if is_root() {
            chown(server.folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let password = server.folder.path().join("password");
        fs::write(&password, PASSWORD).unwrap();
        let output = server
            .command("initdb")
            .args([
                "-U",
                "gardefou",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C",
                "--pwfile",
            ])
            .arg(&password)
            .arg("-D")
            .arg(server.data())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        server.resume(&[]);
        server
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.folder.path());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// Starts it, and waits until it answers.
    pub(crate) fn resume(&mut self, settings: &[&str]) {
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path());
        command.args(["-c", "listen_addresses="]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        self.process = Some(command.spawn().unwrap());
        let patience = Instant::now() + Duration::from_secs(60);
        while let Err(error) = Client::connect(&self.address(), NoTls) {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(Instant::now() < patience, "the server does not answer: {error}\n{log}");
            sleep(Duration::from_millis(50));
        }
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn crash(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        let stop = ["stop", "-m", "immediate", "-D"].map(OsStr::new);
        drop(self.command("pg_ctl").args(stop).arg(self.data()).output());
        drop(process.kill());
        process.wait().unwrap();
    }

    pub(crate) fn address(&self) -> String {
        self.address_with(PASSWORD)
    }

    pub(crate) fn address_with(&self, password: &str) -> String {
        let folder = self.folder.path().display();
        format!("host={folder} user=gardefou password={password} dbname=postgres connect_timeout=5")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Somebody else's line to the database.
    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.address(), NoTls).unwrap()
    }

    /// No ledger is there any more.
    pub(crate) fn wipe(&self) {
        let wipe = "SET client_min_messages = warning; DROP SCHEMA IF EXISTS gardefou_ledger CASCADE";
        self.client().batch_execute(wipe).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.crash();
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
