//! The windows that a session was told of: who is behind each, told again whenever that changes.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use anyhow::Result;
use gardefou::trace::{Event, Identity};
use gardefou::{AppIdentity, Placed, Session, WindowKind};

use crate::identity;
use crate::record::Record;
use crate::screen::{Look, Seen};

/// The windows of one session.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    known: HashMap<u32, Known>,
    seed: RandomState,
    write_identities: bool,
}

/// What is remembered of a window: no title, only a number that changes when the identity does.
#[derive(Debug)]
struct Known {
    print: u64,
    kind: Option<WindowKind>,
}

impl Windows {
    /// None yet. `write_identities`: the trace holds identities, not kinds.
    pub(crate) fn new(write_identities: bool) -> Self {
        Self {
            write_identities,
            ..Self::default()
        }
    }

    /// The windows of the training. The trace is told later, with the question.
    pub(crate) fn training(session: &mut Session, look: &Look, identities: &[AppIdentity]) -> HashSet<u32> {
        session.windows(&placed(look), look.from, look.to);
        for (seen, identity) in look.windows.iter().zip(identities) {
            session.identify_at(seen.id, identity, look.from);
        }
        let ids = look.windows.iter().map(|seen| seen.id);
        ids.filter(|id| session.kind(*id) == WindowKind::Training).collect()
    }

    /// Tells the session, and the trace, which windows there are and what each is.
    ///
    /// # Errors
    /// The trace cannot be written.
    pub(crate) fn tell(
        &mut self,
        session: &mut Session,
        record: &mut Record,
        look: &Look,
        identities: Vec<AppIdentity>,
    ) -> Result<Vec<Placed>> {
        let placed = placed(look);
        session.windows(&placed, look.from, look.to);
        self.forget(session, record, look)?;
        let asked: Vec<u32> = session.unidentified().collect();
        for (seen, identity) in look.windows.iter().zip(identities) {
            let print = self.print(&identity);
            let known = self.known.get(&seen.id);
            let changed = known.is_none_or(|known| known.print != print);
            if changed || asked.contains(&seen.id) {
                // What was read of it held from the beginning of the look to its end.
                session.identify_at(seen.id, &identity, look.from);
            }
            let kind = session.kind(seen.id);
            let told = known.and_then(|known| known.kind) == Some(kind);
            self.known.insert(
                seen.id,
                Known {
                    print,
                    kind: Some(kind),
                },
            );
            let identity = match self.write_identities {
                true if changed => Identity::App(identity),
                false if !told => Identity::Kind(kind),
                true | false => continue,
            };
            record.write(look.from, Event::Window { id: seen.id, identity })?;
        }
        Ok(placed)
    }

    fn forget(&mut self, session: &mut Session, record: &mut Record, look: &Look) -> Result<()> {
        let mut gone: Vec<u32> = self.known.keys().copied().collect();
        gone.retain(|id| look.windows.iter().all(|seen| seen.id != *id));
        gone.sort_unstable();
        for id in gone {
            self.known.remove(&id);
            session.forget(id);
            record.write(look.at, Event::WindowGone { id })?;
        }
        Ok(())
    }

    fn print(&self, identity: &AppIdentity) -> u64 {
        self.seed.hash_one([
            &identity.executable,
            &identity.package,
            &identity.signer,
            &identity.wm_class,
            &identity.title,
            &identity.url,
        ])
    }
}

/// Who is behind each window of the look, in its order, as far as it is certain.
pub(crate) fn identities(look: &Look) -> Vec<AppIdentity> {
    look.windows.iter().map(identity::of).collect()
}

fn placed(look: &Look) -> Vec<Placed> {
    let place = |seen: &Seen| Placed {
        id: seen.id,
        inner: seen.inner,
        outer: seen.outer,
    };
    look.windows.iter().map(place).collect()
}
