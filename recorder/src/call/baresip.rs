//! The calls of a baresip, as its `ctrl_tcp` module tells of them: JSON in netstrings, over TCP.

use std::collections::VecDeque;
use std::io::BufReader;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use gardefou::CallPhase;
use serde::Deserialize;

use super::phone::{Phone, State};
use super::{CallSource, Gone, Told, What, netstring};

/// How long the softphone has to take the connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// A softphone that is listened to.
#[derive(Debug)]
pub(crate) struct Baresip {
    address: String,
    from: BufReader<TcpStream>,
    phone: Phone,
    /// What one event meant, as far as it was not told yet.
    waiting: VecDeque<Told>,
}

/// What is read of an event; names and numbers of callers are not.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(default)]
    event: bool,
    #[serde(default, rename = "type")]
    what: String,
    #[serde(default)]
    id: String,
}

impl Baresip {
    /// Connects to its `ctrl_tcp` module, at `HOST:PORT`.
    ///
    /// # Errors
    /// It is not there.
    pub(crate) fn connect(address: &str) -> Result<Self> {
        let connect = || -> Result<TcpStream> {
            let place = address.to_socket_addrs()?.next().context("no such host")?;
            Ok(TcpStream::connect_timeout(&place, PATIENCE)?)
        };
        let stream = connect().with_context(|| {
            format!(
                "no baresip answers at `{address}`; help: start it with `module ctrl_tcp.so` and `ctrl_tcp_listen {address}`"
            )
        })?;
        Ok(Self {
            address: address.to_owned(),
            from: BufReader::new(stream),
            phone: Phone::default(),
            waiting: VecDeque::new(),
        })
    }

    fn read(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(netstring::read(&mut self.from)?)
    }

    fn gone(&self, why: &str) -> Gone {
        Gone {
            why: format!("the softphone at `{}` is gone ({why})", self.address),
            expected: false,
        }
    }
}

impl CallSource for Baresip {
    fn next(&mut self) -> Result<Told, Gone> {
        loop {
            if let Some(told) = self.waiting.pop_front() {
                return Ok(told);
            }
            let bytes = match self.read() {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Err(self.gone("it closed the connection")),
                Err(error) => return Err(self.gone(&format!("{error:#}"))),
            };
            let received = Instant::now();
            for what in meant(&bytes, &mut self.phone) {
                self.waiting.push_back(Told {
                    received,
                    at: None,
                    what,
                });
            }
        }
    }
}

/// What one message means for the session.
fn meant(bytes: &[u8], phone: &mut Phone) -> Vec<What> {
    // A derived reader takes a list for an object: nobody means that.
    let object = bytes.trim_ascii_start().first() == Some(&b'{');
    let Some(event) = object.then(|| serde_json::from_slice::<Event>(bytes).ok()).flatten() else {
        return vec![What::Unclear(
            "the softphone told something that is no event".to_owned(),
        )];
    };
    let state = match event.what.as_str() {
        _ if !event.event => return Vec::new(),
        "CALL_INCOMING" | "CALL_OUTGOING" | "CALL_RINGING" | "CALL_PROGRESS" => Some(State::Ringing),
        "CALL_ESTABLISHED" | "CALL_RESUME" => Some(State::Talking),
        "CALL_HOLD" => Some(State::Held),
        "CALL_CLOSED" => None,
        _ => return Vec::new(),
    };
    if event.id.is_empty() {
        return vec![What::Unclear(
            "the softphone told of a call without saying which".to_owned(),
        )];
    }
    let phases: Vec<CallPhase> = phone.heard(&event.id, state);
    phases.into_iter().map(What::Phase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phases(messages: &[&str]) -> Vec<Option<CallPhase>> {
        let mut phone = Phone::default();
        let meant = messages
            .iter()
            .flat_map(|message| meant(message.as_bytes(), &mut phone));
        meant
            .map(|what| match what {
                What::Phase(phase) => Some(phase),
                What::Conditions(_) | What::Unclear(_) => None,
            })
            .collect()
    }

    #[test]
    fn events_as_baresip_writes_them_are_phases() {
        let event = |what: &str| {
            format!(
                "{{\"event\":true,\"type\":\"{what}\",\"class\":\"call\",\"accountaor\":\"sip:agent@127.0.0.1:5080\",\
                 \"direction\":\"incoming\",\"peeruri\":\"sip:sipp@127.0.0.1:5090\",\"id\":\"1-17866@127.0.0.1\",\
                 \"param\":\"\"}}"
            )
        };
        let (incoming, sdp) = (event("CALL_INCOMING"), event("CALL_LOCAL_SDP"));
        let (established, closed) = (event("CALL_ESTABLISHED"), event("CALL_CLOSED"));
        let response = "{\"response\":true,\"ok\":true,\"data\":\"CALL_CLOSED\",\"token\":\"a\"}";
        assert_eq!(
            phases(&[&incoming, &sdp, response, &established, &closed]),
            [
                Some(CallPhase::Ringing),
                Some(CallPhase::Connected),
                Some(CallPhase::None)
            ]
        );
    }

    #[test]
    fn what_nobody_understands_is_unclear() {
        for message in [
            "",
            "[]",
            "{\"event\":1}",
            "{\"event\":true,\"type\":\"CALL_CLOSED\"}",
            "\u{fffd}",
        ] {
            assert_eq!(phases(&[message]), [None], "{message}");
        }
    }

    proptest! {
        #[test]
        fn anything_at_all_is_taken(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = meant(&bytes, &mut Phone::default());
        }
    }
}
