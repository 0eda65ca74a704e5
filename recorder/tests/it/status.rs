//! What a person who runs the recorder in a terminal sees.

use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use crate::harness::{CRM, Canary, Display, Running, facts, program, rules, wait_for};

#[test]
fn in_a_terminal_a_line_says_state_reason_time_and_budget() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let folder = display.folder.path();
    std::fs::write(folder.join("rules.toml"), rules(r#"{ executable = "crm-desk" }"#, "")).unwrap();
    std::fs::write(folder.join("facts.json"), facts("s-1").to_string()).unwrap();
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let command = format!(
        "'{}' --rules '{}' --session '{}' --out '{}' --call stdin --conditions stdin",
        env!("CARGO_BIN_EXE_gardefou-recorder"),
        at("rules.toml"),
        at("facts.json"),
        at("out")
    );
    // `script` gives it a terminal, 200 columns wide.
    let command = format!("stty cols 200; exec {command}");
    let mut script = Running::start(
        program("script")
            .args(["-qefc", &command, "/dev/null"])
            .env("DISPLAY", &display.name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped()),
    );
    let (mut stdin, mut stdout) = (script.0.stdin.take().unwrap(), script.0.stdout.take().unwrap());
    let seen = Arc::new(Mutex::new(String::new()));
    let writes = Arc::clone(&seen);
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = stdout.read(&mut bytes) {
            writes
                .lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    });
    let sees = |text: &str| {
        wait_for(text, || seen.lock().unwrap().contains(text).then_some(()));
    };
    sees("waiting for a call");
    let mut tell = |line: &str| writeln!(stdin, "{line}").unwrap();
    tell(r#"{"event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false}"#);
    tell(r#"{"event":"conditions","private-call":false,"payment-entry":false,"secure-input":false}"#);
    tell(r#"{"event":"call","phase":"connected"}"#);
    sees("not recording: paused (");
    tell(r#"{"event":"conditions","employee-paused":false}"#);
    sees("recording; 0:01 recorded, 1:59:58 of the budget left");
    tell(r#"{"event":"call","phase":"none"}"#);
    sees("the recording of this call ended; ");
    sees("kept `");
    // The terminal's own Ctrl-C.
    stdin.write_all(&[3]).unwrap();
    wait_for("the end", || script.0.try_wait().unwrap());
}
