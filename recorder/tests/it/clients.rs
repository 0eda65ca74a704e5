//! Programs that people use: a terminal as the training's application, a dialog, a notification.

use std::process::Stdio;

use crate::harness::{CRM, Display, PATIENCE, Running, Session, program, rules, wait_for};

/// The window with that class, by xdotool.
fn window(display: &Display, class: &str) -> u32 {
    wait_for(&format!("a window of class {class}"), || {
        let output = program("xdotool")
            .env("DISPLAY", &display.name)
            .args(["search", "--onlyvisible", "--class", class])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().lines().last()?.parse().ok()
    })
}

fn xterm(display: &Display) -> Running {
    Running::start(
        program("xterm")
            .env("DISPLAY", &display.name)
            .args([
                "-geometry",
                "60x20+20+20",
                "-bg",
                "#00c000",
                "-fg",
                "#00c000",
                "-cr",
                "#00c000",
                "+sb",
                "-bw",
                "0",
            ])
            .args(["-b", "0", "-e", "sleep", "600"])
            .stdout(Stdio::null()),
    )
}

#[test]
fn a_dialog_and_a_notification_over_a_terminal_are_black() {
    let display = Display::start();
    let _terminal = xterm(&display);
    let terminal = window(&display, "XTerm");
    let rules = rules(r#"{ executable = "xterm", wm-class = "XTerm" }"#, "");
    display.shows(200, 150, CRM);
    let mut recorder = Session {
        rules,
        ..Session::default()
    }
    .start(&display);
    recorder.connect();
    recorder.frames(2);

    let dialog = Running::start(
        program("zenity")
            .env("DISPLAY", &display.name)
            .args(["--info", "--text", "a private message"])
            .stdout(Stdio::null()),
    );
    let box_ = window(&display, "Zenity");
    display.xdotool(&["windowmove", &box_.to_string(), "150", "120"]);
    wait_for("the dialog", || (display.pixel(220, 180) != CRM).then_some(()));
    recorder.frames(3);
    display.xdotool(&["windowraise", &terminal.to_string()]);
    recorder.frames(2);
    drop(dialog);

    // dunst draws an override-redirect window, without a window manager's knowledge.
    let bus = Running::start(
        program("dbus-run-session")
            .env("DISPLAY", &display.name)
            .args([
                "--",
                "sh",
                "-c",
                "dunst & sleep 1; notify-send -t 60000 Secret 'a private message'; wait",
            ])
            .stdout(Stdio::null()),
    );
    program("notify-send");
    program("dunst");
    let popup = window(&display, "Dunst");
    display.xdotool(&["windowmove", &popup.to_string(), "60", "60"]);
    wait_for("the notification", || (display.pixel(100, 80) != CRM).then_some(()));
    recorder.frames(4);
    let recorder = recorder.hang_up();
    drop(bus);
    recorder.plays_what_is_decided_again("s-1");
    let video = recorder.video("s-1").unwrap();
    video.leaks_nothing();
    let first = video.frames.first().unwrap();
    let last = video.frames.last().unwrap();
    assert!(first.is_crm(100, 80) && first.is_crm(220, 180));
    assert!(
        last.is_black(100, 80),
        "the notification is shown: {:?}",
        last.pixel(100, 80)
    );
    assert!(
        video.frames.iter().any(|frame| frame.is_black(220, 180)),
        "the dialog was never blank"
    );
}

#[test]
fn a_window_that_does_not_answer_is_not_recorded() {
    let display = Display::start();
    let dialog = Running::start(
        program("zenity")
            .env("DISPLAY", &display.name)
            .args(["--info", "--text", "a form"])
            .stdout(Stdio::null()),
    );
    window(&display, "Zenity");
    let rules = rules(r#"{ executable = "zenity" }"#, "");
    let mut recorder = Session {
        rules,
        ..Session::default()
    }
    .start(&display);
    recorder.connect();
    dialog.signal("STOP");
    recorder.says("not recording: no-training-window");
    dialog.signal("CONT");
    recorder.says_times(": recording", 2);
    let recorder = recorder.hang_up();
    recorder.plays_what_is_decided_again("s-1");
    assert!(PATIENCE.as_secs() > 10);
}
