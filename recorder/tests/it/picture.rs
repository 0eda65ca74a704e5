//! The pictures in the README: what a screen showed, and what of it was recorded.
//!
//! The test makes them anew in a folder of its own; with `GARDEFOU_PICTURES=docs` (a path from the workspace)
//! it makes those of the README.

use std::path::Path;
use std::process::Stdio;

use crate::harness::{Display, Running, Session, program, rules, wait_for};

fn terminal(display: &Display, class: &str, geometry: &str, colours: [&str; 2], title: &str, text: &str) -> Running {
    let file = display.folder.path().join(format!("{class}.txt"));
    std::fs::write(&file, text).unwrap();
    Running::start(
        program("xterm")
            .env("DISPLAY", &display.name)
            .args([
                "-class",
                class,
                "-T",
                title,
                "-geometry",
                geometry,
                "-fa",
                "DejaVu Sans Mono",
                "-fs",
                "11",
            ])
            .args([
                "-bg", colours[0], "-fg", colours[1], "-cr", colours[0], "+sb", "-b", "12", "-e", "sh", "-c",
            ])
            .arg(format!("cat '{}'; exec sleep 600", file.display()))
            .stdout(Stdio::null()),
    )
}

const CRM: &str = "\
ACME Customer desk                        ticket 7

  Customer     C-20817          Contract   FIBRE-200
  Opened       12:04            Priority   normal
  Subject      Router drops the line every evening

  12:04  Customer calls: the line drops since Monday.
  12:05  Line test started from the desk.
  12:07  Line test: 3 resynchronisations in 24 h.
  12:08  Profile changed to the long-line setting.

  Next step    [ Send technician ]  [ Close ticket ]
";

const MAIL: &str = "\
Inbox (2)

  From: Dr. Canari
  Your test results

  From: Bank
  Your new card
";

#[test]
fn for_the_readme() {
    let display = Display::of_size(1000, 600);
    let docs = match std::env::var_os("GARDEFOU_PICTURES") {
        Some(folder) => Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder),
        None => display.folder.path().to_owned(),
    };
    let status = program("xsetroot")
        .env("DISPLAY", &display.name)
        .args(["-solid", "#3b6ea5"])
        .status()
        .unwrap();
    assert!(status.success());
    let mut windows = vec![terminal(
        &display,
        "Crm",
        "58x16+60+60",
        ["#fdf6e3", "#20404a"],
        "Customer desk",
        CRM,
    )];
    display.shows(560, 120, 0xfd_f6e3);
    windows.push(terminal(
        &display,
        "Mail",
        "30x10+620+330",
        ["#ffffff", "#7a1f5c"],
        "Private mail",
        MAIL,
    ));
    display.shows(700, 520, 0xff_ffff);
    let rules = rules(r#"{ executable = "xterm", wm-class = "Crm" }"#, "");
    let mut recorder = Session {
        rules,
        ..Session::default()
    }
    .start(&display);
    recorder.connect();
    windows.push(Running::start(
        program("zenity")
            .env("DISPLAY", &display.name)
            .args([
                "--info",
                "--width",
                "260",
                "--title",
                "Message",
                "--text",
                "Lunch at one? Your results came!",
            ])
            .stdout(Stdio::null()),
    ));
    let dialog = wait_for("the dialog", || {
        let mut search = program("xdotool");
        search
            .env("DISPLAY", &display.name)
            .args(["search", "--onlyvisible", "--class", "Zenity"]);
        String::from_utf8(search.output().unwrap().stdout)
            .unwrap()
            .lines()
            .last()?
            .parse::<u32>()
            .ok()
    });
    display.place(dialog, 330, 250);
    recorder.frames(6);
    let screen = docs.join("screen.png");
    let status = program("import")
        .env("DISPLAY", &display.name)
        .args(["-window", "root"])
        .arg(&screen)
        .status();
    assert!(status.unwrap().success());
    recorder.frames(2);
    let recorder = recorder.hang_up();
    let video = recorder.video("s-1").unwrap();
    let last = video.frames.len() - 1;
    let picture = &video.frames[last];
    let desk = picture.pixel(80, 380);
    assert!(
        desk.0 > 0xe0 && desk.1 > 0xe0,
        "the customer desk is in the recording: {desk:?}"
    );
    assert!(
        picture.is_black(400, 300) && picture.is_black(20, 20),
        "the message and the desktop are not"
    );
    let status = program("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(recorder.file("s-1.mkv"))
        .args(["-vf", &format!("select=eq(n\\,{last})"), "-frames:v", "1"])
        .arg(docs.join("frame.png"))
        .status();
    assert!(status.unwrap().success());
}
