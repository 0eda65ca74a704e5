//! A real softphone, and callers who really call it.

use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Stdio;

use super::{Running, program, wait_for};

/// A baresip that takes calls on this machine.
pub(crate) struct Softphone {
    sip: u16,
    events: u16,
    console: u16,
    process: Running,
}

impl Softphone {
    pub(crate) fn start(folder: &Path) -> Self {
        let folder = folder.join("baresip");
        std::fs::create_dir(&folder).unwrap();
        let (sip, events, console) = (free_udp(), free_tcp(), free_tcp());
        let config = format!(
            "sip_listen 127.0.0.1:{sip}\naudio_source ausine,440\nausrc_srate 48000\nauplay_srate 48000\n\
             ausrc_channels 2\nauplay_channels 2\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\n\
             module ausine.so\nmodule aufile.so\nmodule ctrl_tcp.so\nmodule cons.so\nmodule_app account.so\n\
             module_app menu.so\nctrl_tcp_listen 127.0.0.1:{events}\ncons_listen 127.0.0.1:{console}\n"
        );
        let account = format!("<sip:agent@127.0.0.1:{sip};transport=udp>;regint=0;answermode=manual\n");
        std::fs::write(folder.join("config"), config).unwrap();
        std::fs::write(folder.join("accounts"), account).unwrap();
        std::fs::write(folder.join("contacts"), "").unwrap();
        let process = Running::start(
            program("baresip")
                .arg("-f")
                .arg(&folder)
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        );
        // Whoever connects to the events takes them from whom had them before: only the console is tried.
        wait_for("the softphone", || TcpStream::connect(("127.0.0.1", console)).ok());
        Self {
            sip,
            events,
            console,
            process,
        }
    }

    /// What the recorder is told to listen to.
    pub(crate) fn source(&self) -> String {
        format!("baresip:127.0.0.1:{}", self.events)
    }

    /// Somebody calls, and hangs up that many ms after it was answered.
    pub(crate) fn is_called(&self, hangs_up_after: u32) -> Running {
        let port = free_udp();
        Running::start(
            program("sipp")
                .args(["-sn", "uac", "-m", "1", "-s", "agent", "-i", "127.0.0.1", "-nostdin"])
                .args(["-d", &hangs_up_after.to_string(), "-p", &port.to_string()])
                .arg(format!("127.0.0.1:{}", self.sip))
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        )
    }

    /// The employee picks up.
    pub(crate) fn answers(&self) {
        self.says("/accept");
    }

    /// The employee hangs up.
    pub(crate) fn hangs_up(&self) {
        self.says("/hangup");
    }

    fn says(&self, command: &str) {
        let mut console = TcpStream::connect(("127.0.0.1", self.console)).unwrap();
        console.write_all(format!("{command}\n").as_bytes()).unwrap();
        // It is read before the connection ends.
        std::thread::sleep(std::time::Duration::from_millis(200));
    }

    /// Sends its process a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    pub(crate) fn kill(mut self) {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
    }
}

fn free_tcp() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A port where neither anything over UDP nor over TCP is: a softphone takes both.
fn free_udp() -> u16 {
    wait_for("a port", || {
        let port = UdpSocket::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        TcpListener::bind(("127.0.0.1", port)).is_ok().then_some(port)
    })
}
