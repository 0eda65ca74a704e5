//! The pause key and the private-call key: heard whatever window has the focus, and acted on before the
//! next frame.
//!
//! A thread waits for them, so that they act at once. But what it has not told yet counts as well: before
//! each look at the screen [`Keys::pressed`] asks the server, and has every key that was pressed before.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, Keycode, Mapping, ModMask, Window};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::{PollMode, Stream as _};
use x11rb::wrapper::ConnectionExt as _;

use super::shortcut::Shortcut;
use crate::screen::{Server, another_connection};
use crate::signal::Key;
use crate::threads;

/// How long a key may be held by a recorder that has just ended.
const PATIENCE: Duration = Duration::from_secs(1);

/// The two keys.
#[derive(Debug)]
pub(crate) struct Keys(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    conn: Server,
    root: Window,
    wanted: [(Key, Shortcut); 2],
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    grabs: Vec<Grab>,
    /// In the order in which they were pressed.
    pressed: VecDeque<Key>,
    /// The key that was let go last, and when.
    released: Option<(Keycode, u32)>,
    /// Why no key is heard any more.
    lost: Option<String>,
}

/// A key with what is held beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grab {
    key: Key,
    code: Keycode,
    held: u16,
}

impl Keys {
    /// Takes both keys for this recorder. `wake` is called whenever there may be something to take from
    /// [`Keys::pressed`].
    ///
    /// # Errors
    /// Both are the same, this keyboard has no such key, another program holds it, or the server does not
    /// answer.
    pub(crate) fn grab(
        pause: Shortcut,
        private_call: Shortcut,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        anyhow::ensure!(
            pause != private_call,
            "`{pause}` cannot be the pause key and the private-call key; help: give another with `--pause-key` or \
             `--private-key`"
        );
        let (conn, number) = another_connection()?;
        let root = conn
            .setup()
            .roots
            .get(number)
            .context("the X server has no such screen")?
            .root;
        let shared = Shared {
            conn,
            root,
            wanted: [(Key::Pause, pause), (Key::PrivateCall, private_call)],
            state: Mutex::default(),
        };
        let until = Instant::now() + PATIENCE;
        loop {
            match shared.take(&mut shared.lock()) {
                Err(error) if Instant::now() >= until => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
                Ok(()) => break,
            }
        }
        let shared = Arc::new(shared);
        let (theirs, failed) = (Arc::clone(&shared), Arc::clone(&shared));
        let wake = Arc::new(wake);
        let woken = Arc::clone(&wake);
        threads::start("keys", move || theirs.listen(&*wake), move || failed.fail(&*woken))?;
        Ok(Self(shared))
    }

    /// Every key that was pressed before this call, and not taken yet.
    ///
    /// # Errors
    /// The keys cannot be heard any more.
    pub(crate) fn pressed(&self) -> Result<Vec<Key>> {
        let mut state = self.0.lock();
        self.0
            .conn
            .sync()
            .context("the pause key and the private-call key are not heard any more")?;
        self.0.hear(&mut state);
        match &state.lost {
            Some(why) => anyhow::bail!("{why}"),
            None => Ok(state.pressed.drain(..).collect()),
        }
    }
}

impl Shared {
    fn listen(&self, wake: &impl Fn()) {
        loop {
            let waited = match self.conn.stream().poll(PollMode::Readable) {
                // Nothing came for some time.
                Err(error) if error.kind() == io::ErrorKind::TimedOut => continue,
                waited => waited,
            };
            let lost = {
                let mut state = self.lock();
                self.hear(&mut state);
                state.lost.is_some()
            };
            wake();
            if waited.is_err() || lost {
                return;
            }
        }
    }

    /// Nobody waits for keys any more: whoever asks for them learns it.
    fn fail(&self, wake: &impl Fn()) {
        self.lock()
            .lost
            .get_or_insert("what hears the pause key and the private-call key failed".to_owned());
        wake();
    }

    /// Takes what came. An error stays: a key that may not have been heard must not be missed.
    fn hear(&self, state: &mut State) {
        if let Err(error) = self.take_events(state) {
            state.lost.get_or_insert(format!("{error:#}"));
        }
    }

    fn take_events(&self, state: &mut State) -> Result<()> {
        while let Some(event) = self.conn.poll_for_event()? {
            match event {
                Event::KeyPress(press) => {
                    // A key that is held comes again and again, let go and pressed at the same instant.
                    let repeated = state.released == Some((press.detail, press.time));
                    let is_it =
                        |grab: &&Grab| grab.code == press.detail && grab.held == u16::from(press.state) & grab.held;
                    // Of two shortcuts on one key the one with more beside it is meant.
                    let grab = state
                        .grabs
                        .iter()
                        .filter(is_it)
                        .max_by_key(|grab| grab.held.count_ones());
                    if let (Some(grab), false) = (grab.copied(), repeated) {
                        state.pressed.push_back(grab.key);
                    }
                }
                Event::KeyRelease(release) => state.released = Some((release.detail, release.time)),
                Event::MappingNotify(changed) if changed.request != Mapping::POINTER => self.take(state)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes the keys as the keyboard has them now, and lets go of those that it had elsewhere before.
    fn take(&self, state: &mut State) -> Result<()> {
        let keyboard = Keyboard::read(&self.conn)?;
        let before = std::mem::take(&mut state.grabs);
        let ignored = keyboard.ignored();
        for (key, shortcut) in self.wanted {
            let held = keyboard.held(shortcut);
            let mut grabs: Vec<Grab> = keyboard
                .codes(shortcut.keysym)
                .map(|code| Grab { key, code, held })
                .collect();
            if grabs.is_empty() {
                // Another layout, on which that letter is not: its key stays where it was.
                grabs.extend(before.iter().filter(|grab| grab.key == key));
            }
            anyhow::ensure!(
                !grabs.is_empty(),
                "this keyboard has no key `{shortcut}`; help: give another with `{}`",
                option(key)
            );
            for grab in &grabs {
                self.take_one(*grab, ignored & !held, key, shortcut)?;
            }
            state.grabs.append(&mut grabs);
        }
        for gone in before.iter().filter(|grab| !state.grabs.contains(grab)) {
            for locks in subsets(ignored & !gone.held) {
                let held = ModMask::from(gone.held | locks);
                self.conn.ungrab_key(gone.code, self.root, held)?.ignore_error();
            }
        }
        self.conn.flush()?;
        Ok(())
    }

    /// Takes one key, whatever of `ignored` is locked beside it.
    fn take_one(&self, grab: Grab, ignored: u16, key: Key, shortcut: Shortcut) -> Result<()> {
        let mut asked = Vec::new();
        for locks in subsets(ignored) {
            let held = ModMask::from(grab.held | locks);
            let (pointer, keyboard) = (GrabMode::ASYNC, GrabMode::ASYNC);
            asked.push(
                self.conn
                    .grab_key(false, self.root, held, grab.code, pointer, keyboard)?,
            );
        }
        for answer in asked {
            match answer.check() {
                Ok(()) => {}
                Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => anyhow::bail!(
                    "another program holds the key `{shortcut}`; help: give another with `{}`, or see which program \
                     takes it, as a second recorder does",
                    option(key)
                ),
                Err(error) => return Err(error).context("cannot take the keys"),
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The option that names the key.
fn option(key: Key) -> &'static str {
    match key {
        Key::Pause => "--pause-key",
        Key::PrivateCall => "--private-key",
    }
}

/// Every choice of these bits, none and all of them included.
fn subsets(bits: u16) -> impl Iterator<Item = u16> {
    let mut next = Some(0_u16);
    std::iter::from_fn(move || {
        let subset = next?;
        // Counts upwards on the places of these bits only.
        next = (subset != bits).then(|| (subset | !bits).wrapping_add(1) & bits);
        Some(subset)
    })
}

/// What the server says of the keyboard.
#[derive(Debug)]
struct Keyboard {
    first: Keycode,
    /// Signs on each key, from the first on.
    keysyms: Vec<Vec<u32>>,
    /// The keys of each modifier: Shift, Lock, Control, Mod1 to Mod5.
    modifiers: Vec<Vec<Keycode>>,
}

const ALT: [u32; 2] = [0xffe9, 0xffea];
const SUPER: [u32; 2] = [0xffeb, 0xffec];

/// NumLock, ScrollLock, AltGr and what else chooses among the signs of a key.
const LOCKS: [u32; 5] = [0xff7f, 0xff14, 0xff7e, 0xfe03, 0xfe11];

impl Keyboard {
    fn read(conn: &Server) -> Result<Self> {
        let (first, last) = (conn.setup().min_keycode, conn.setup().max_keycode);
        let count = last.saturating_sub(first).saturating_add(1);
        let mapping = conn.get_keyboard_mapping(first, count)?.reply()?;
        let modifiers = conn.get_modifier_mapping()?.reply()?;
        let chunks = |width: usize| width.max(1);
        Ok(Self {
            first,
            keysyms: mapping
                .keysyms
                .chunks(chunks(mapping.keysyms_per_keycode.into()))
                .map(<[u32]>::to_vec)
                .collect(),
            modifiers: modifiers
                .keycodes
                .chunks(chunks(modifiers.keycodes_per_modifier().into()))
                .map(<[u8]>::to_vec)
                .collect(),
        })
    }

    /// The keys that give this sign without Shift; where there is none, those that give it at all.
    fn codes(&self, keysym: u32) -> impl Iterator<Item = Keycode> {
        // Signs stand in pairs, one pair for each layout: without and with Shift.
        let plain = |signs: &[u32]| signs.iter().step_by(2).any(|sign| *sign == keysym);
        let anyhow = |signs: &[u32]| signs.contains(&keysym);
        let with = |gives: &dyn Fn(&[u32]) -> bool| -> Vec<Keycode> {
            let keys = (self.first..=Keycode::MAX).zip(&self.keysyms);
            keys.filter(|(_, signs)| gives(signs)).map(|(code, _)| code).collect()
        };
        let codes = with(&plain);
        let codes = if codes.is_empty() { with(&anyhow) } else { codes };
        codes.into_iter()
    }

    /// What is held beside the key, as the server counts modifiers.
    fn held(&self, shortcut: Shortcut) -> u16 {
        let parts = [
            (shortcut.ctrl, u16::from(ModMask::CONTROL)),
            (shortcut.shift, u16::from(ModMask::SHIFT)),
            (shortcut.alt, self.modifier(&ALT).unwrap_or(u16::from(ModMask::M1))),
            (shortcut.super_, self.modifier(&SUPER).unwrap_or(u16::from(ModMask::M4))),
        ];
        let held = parts.iter().filter(|(holds, _)| *holds);
        held.fold(0, |all, (_, bit)| all | bit)
    }

    /// The modifiers that change nothing about which shortcut it is: what is locked.
    fn ignored(&self) -> u16 {
        let locks = LOCKS.iter().filter_map(|lock| self.modifier(&[*lock]));
        locks.fold(u16::from(ModMask::LOCK), |all, bit| all | bit)
    }

    /// The modifier that a key with one of these signs is.
    fn modifier(&self, keysyms: &[u32]) -> Option<u16> {
        let gives = |code: &Keycode| {
            let signs = code
                .checked_sub(self.first)
                .and_then(|at| self.keysyms.get(usize::from(at)));
            signs.is_some_and(|signs| signs.iter().any(|sign| keysyms.contains(sign)))
        };
        let place = self.modifiers.iter().position(|keys| keys.iter().any(gives))?;
        1_u16.checked_shl(u32::try_from(place).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_of_locks_is_there_once() {
        for bits in [0_u16, 0b10, 0b1001_0010, 0b1111, u16::MAX] {
            let mut found: Vec<u16> = subsets(bits).collect();
            let all: Vec<u16> = (0..=u16::MAX).filter(|choice| choice & !bits == 0).collect();
            found.sort_unstable();
            assert_eq!(found, all);
        }
    }

    #[test]
    fn a_key_is_found_by_its_sign_and_a_modifier_by_its_keys() {
        let keyboard = Keyboard {
            first: 8,
            keysyms: vec![
                vec![0x26, 0x31],
                vec![0x70, 0x50],
                vec![0x441, 0x421, 0x70, 0x50],
                vec![0xff7f],
                vec![0xffe9],
            ],
            modifiers: vec![vec![], vec![], vec![], vec![12, 0], vec![11]],
        };
        let codes = |keysym| keyboard.codes(keysym).collect::<Vec<_>>();
        assert_eq!(codes(0x70), [9, 10], "on either layout");
        assert_eq!(codes(0x31), [8], "with Shift, as on a French keyboard");
        assert!(codes(0x7a).is_empty());
        let held = keyboard.held("ctrl+alt+p".parse().unwrap());
        assert_eq!(held, 0b1100);
        assert_eq!(keyboard.ignored(), 0b1_0010);
    }
}
