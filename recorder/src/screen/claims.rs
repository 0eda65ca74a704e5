//! What the server and the client say of a window: read under the same grab as the pixels, so that a
//! title never belongs to another moment than the picture.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use x11rb::cookie::Cookie;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _, QueryClientIdsReply};
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, GetPropertyReply, Window};

use super::atoms::Atoms;
use super::wire::Server;

/// In 32-bit units: a little more than the longest field that a policy reads (4,096 bytes).
const LONGEST: u32 = 1_100;

/// What is known of the program behind a window. A title is personal data: it is compared and handed to
/// the policies, and goes nowhere else.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Claims {
    /// The process that the server says the window is of.
    pub(crate) process: Option<u32>,
    /// The process that the client says it is, when it says so.
    pub(crate) claimed_process: Option<u32>,
    /// The class part of `WM_CLASS`.
    pub(crate) class: Option<String>,
    /// The title.
    pub(crate) title: Option<String>,
    /// Whether it promises to answer when asked if it is alive.
    pub(crate) answers_ping: bool,
    /// Whether a field was too long or not text: then nothing is known for certain.
    pub(crate) unreadable: bool,
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claims")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

/// What was read of the clients, for as long as nothing was told that may have changed it.
#[derive(Debug, Default)]
pub(crate) struct Read(HashMap<Window, Claims>);

impl Read {
    /// What is known of the window, which nobody changed since.
    pub(crate) fn of(&self, client: Window) -> Option<Claims> {
        self.0.get(&client).cloned()
    }

    /// It was read.
    pub(crate) fn learn(&mut self, client: Window, claims: &Claims) {
        self.0.insert(client, claims.clone());
    }

    /// A property of the window changed, or the window is gone or elsewhere.
    pub(crate) fn forget(&mut self, window: Window) {
        self.0.remove(&window);
    }

    /// These are the clients that are shown: of others nothing is heard, and nothing is kept.
    pub(crate) fn only(&mut self, clients: &HashSet<Window>) {
        self.0.retain(|client, _| clients.contains(client));
    }
}

type Answer<'c, R> = Cookie<'c, Server, R>;

/// Questions that were sent and not yet answered.
pub(crate) struct Asked<'c> {
    process: Answer<'c, QueryClientIdsReply>,
    claimed: Answer<'c, GetPropertyReply>,
    class: Answer<'c, GetPropertyReply>,
    name: Answer<'c, GetPropertyReply>,
    old_name: Answer<'c, GetPropertyReply>,
    protocols: Answer<'c, GetPropertyReply>,
}

impl<'c> Asked<'c> {
    /// Sends the questions.
    pub(crate) fn of(conn: &'c Server, atoms: &Atoms, window: Window) -> Result<Self> {
        let spec = ClientIdSpec {
            client: window,
            mask: ClientIdMask::LOCAL_CLIENT_PID,
        };
        let property = |name: Atom| conn.get_property(false, window, name, AtomEnum::ANY, 0, LONGEST);
        Ok(Self {
            process: conn.res_query_client_ids(&[spec])?,
            claimed: property(atoms._NET_WM_PID)?,
            class: property(AtomEnum::WM_CLASS.into())?,
            name: property(atoms._NET_WM_NAME)?,
            old_name: property(AtomEnum::WM_NAME.into())?,
            protocols: property(atoms.WM_PROTOCOLS)?,
        })
    }

    /// Waits for the answers.
    pub(crate) fn answers(self, atoms: &Atoms) -> Result<Claims> {
        let process = self.process.reply()?;
        let claimed = self.claimed.reply()?;
        let class = self.class.reply()?;
        let name = self.name.reply()?;
        let old_name = self.old_name.reply()?;
        let protocols = self.protocols.reply()?;
        let texts = [&class, &name, &old_name];
        let mut unreadable = texts.iter().any(|text| text.bytes_after > 0);
        let title = if absent(&name) {
            text(&old_name, atoms)
        } else {
            text(&name, atoms)
        };
        unreadable |= title.is_none() && !(absent(&name) && absent(&old_name));
        let claimed_process = claimed.value32().and_then(|mut values| values.next());
        unreadable |= claimed_process.is_none() && !absent(&claimed);
        Ok(Claims {
            process: process
                .ids
                .iter()
                .find(|id| id.spec.mask == ClientIdMask::LOCAL_CLIENT_PID)
                .and_then(|id| id.value.first().copied()),
            claimed_process,
            class: class_part(&class),
            title,
            answers_ping: protocols
                .value32()
                .is_some_and(|mut atoms_in| atoms_in.any(|atom| atom == atoms._NET_WM_PING)),
            unreadable,
        })
    }
}

fn absent(property: &GetPropertyReply) -> bool {
    property.type_ == u32::from(AtomEnum::NONE)
}

/// The property as text: UTF-8 or Latin-1, as its type says. Other encodings are not read.
fn text(property: &GetPropertyReply, atoms: &Atoms) -> Option<String> {
    if property.format != 8 {
        return None;
    }
    if property.type_ == atoms.UTF8_STRING {
        return String::from_utf8(property.value.clone()).ok();
    }
    (property.type_ == u32::from(AtomEnum::STRING)).then(|| latin1(&property.value))
}

/// `WM_CLASS` is two texts, each ended by a zero byte: the instance and the class.
fn class_part(property: &GetPropertyReply) -> Option<String> {
    if property.format != 8 {
        return None;
    }
    let mut parts = property.value.split(|byte| *byte == 0);
    let _instance = parts.next()?;
    parts
        .next()
        .filter(|class| !class.is_empty())
        .map(|class| match std::str::from_utf8(class) {
            Ok(class) => class.to_owned(),
            Err(_) => latin1(class),
        })
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
