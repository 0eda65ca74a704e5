//! Writing a trace.

use std::io::{self, Write};

use gardefou_policy::facts::{Access, AppIdentity};
use gardefou_policy::types::{Millis, Rect, Timestamp};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::event::{Event, FrameLine, Identity, Line, SessionLine};
use crate::{Placed, Usage};

/// Writes a trace, one line an event. A line goes out whole, in one write; nothing is buffered here.
///
/// ```
/// use gardefou::trace::{Event, Line, Writer};
/// use gardefou::{CallPhase, Timestamp};
/// let mut file = Vec::new();
/// Writer::new(&mut file)
///     .write(&Line { at: Timestamp::from_millis(5), event: Event::Call(CallPhase::Connected) })
///     .unwrap();
/// assert_eq!(file, b"{\"at\":5,\"event\":\"call\",\"phase\":\"connected\"}\n");
/// ```
#[derive(Debug)]
pub struct Writer<W> {
    sink: W,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Writes there.
    pub fn new(sink: W) -> Self {
        Self { sink, line: Vec::new() }
    }

    /// Writes one line.
    ///
    /// # Errors
    /// What writing to the sink answers.
    pub fn write(&mut self, line: &Line) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.sink.write_all(&self.line)
    }

    /// Hands on what the sink still holds back.
    ///
    /// # Errors
    /// What flushing the sink answers.
    pub fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    /// The sink, without the writer.
    pub fn into_inner(self) -> W {
        self.sink
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &self.at)?;
        map.serialize_entry("event", name(&self.event))?;
        fields(&self.event, &mut map)?;
        map.end()
    }
}

const fn name(event: &Event) -> &'static str {
    match event {
        Event::Session(_) => "session",
        Event::Call(_) => "call",
        Event::Conditions(_) => "conditions",
        Event::Window { .. } => "window",
        Event::WindowGone { .. } => "window-gone",
        Event::Frame(_) => "frame",
        Event::Segment { .. } => "segment",
        Event::Access(_) => "access",
        Event::Retention { .. } => "retention",
        Event::Usage(_) => "usage",
        Event::Expect(_) => "expect",
    }
}

fn fields<M: SerializeMap>(event: &Event, map: &mut M) -> Result<(), M::Error> {
    match event {
        Event::Session(line) => session(line, map),
        Event::Call(phase) => map.serialize_entry("phase", phase),
        Event::Conditions(changes) => changes
            .iter()
            .try_for_each(|(condition, state)| map.serialize_entry(condition.name(), state)),
        Event::Window { id, identity } => {
            map.serialize_entry("id", id)?;
            match identity {
                Identity::Kind(kind) => map.serialize_entry("kind", kind),
                Identity::App(app) => app_identity(app, map),
            }
        }
        Event::WindowGone { id } => map.serialize_entry("id", id),
        Event::Frame(line) => frame(line, map),
        Event::Segment { started_at } => map.serialize_entry("started-at", started_at),
        Event::Access(line) => access(line, map),
        Event::Retention {
            artefact,
            collected_at,
            programme,
        } => {
            map.serialize_entry("artefact", artefact)?;
            map.serialize_entry("collected-at", collected_at)?;
            map.serialize_entry("programme", programme)
        }
        Event::Usage(counters) => usage(*counters, map),
        Event::Expect(expected) => expected
            .0
            .iter()
            .try_for_each(|(name, value)| map.serialize_entry(name, value)),
    }
}

fn when_known<M: SerializeMap, T: Serialize>(map: &mut M, name: &str, value: Option<&T>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, value),
        None => Ok(()),
    }
}

fn session<M: SerializeMap>(line: &SessionLine, map: &mut M) -> Result<(), M::Error> {
    let facts = &line.facts;
    map.serialize_entry("session", &facts.session)?;
    map.serialize_entry("employee", &facts.employee)?;
    map.serialize_entry("programme", &facts.programme)?;
    map.serialize_entry("purpose", &facts.purpose)?;
    map.serialize_entry("mode", &facts.mode)?;
    map.serialize_entry("frame-interval", &facts.frame_interval)?;
    if let Some(notice) = &facts.employee_notice {
        let written = WrittenNotice {
            version: &notice.version,
            given_at: notice.given_at,
        };
        map.serialize_entry("employee-notice", &written)?;
    }
    when_known(map, "employee-objected", facts.employee_objected.known().as_ref())?;
    when_known(map, "enrolled-at", facts.enrolled_at.as_ref())?;
    when_known(map, "protected-line", facts.protected_line.known().as_ref())?;
    if let Some(calls) = facts.calls {
        map.serialize_entry("calls-offered", &calls.offered)?;
        map.serialize_entry("calls-recorded", &calls.recorded)?;
    }
    if !facts.extra.is_empty() {
        map.serialize_entry("extra", &Extra(&facts.extra))?;
    }
    if let Some(counters) = line.usage {
        let written = WrittenUsage {
            employee_used: counters.employee_used,
            programme_used: counters.programme_used,
            unreviewed: counters.unreviewed,
        };
        map.serialize_entry("usage", &written)?;
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenNotice<'a> {
    version: &'a str,
    given_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenUsage {
    employee_used: Millis,
    programme_used: Millis,
    unreviewed: Millis,
}

struct Extra<'a>(&'a [(String, String)]);

impl Serialize for Extra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

fn app_identity<M: SerializeMap>(app: &AppIdentity, map: &mut M) -> Result<(), M::Error> {
    when_known(map, "executable", app.executable.as_ref())?;
    when_known(map, "package", app.package.as_ref())?;
    when_known(map, "signer", app.signer.as_ref())?;
    when_known(map, "wm-class", app.wm_class.as_ref())?;
    when_known(map, "title", app.title.as_ref())?;
    when_known(map, "url", app.url.as_ref())
}

fn frame<M: SerializeMap>(line: &FrameLine, map: &mut M) -> Result<(), M::Error> {
    when_known(map, "surface", line.surface.as_ref())?;
    if let Some(windows) = &line.windows {
        let written: Vec<WrittenWindow> = windows.iter().map(WrittenWindow::of).collect();
        map.serialize_entry("windows", &written)?;
    }
    when_known(map, "facts", line.facts.map(|facts| (facts.from, facts.to)).as_ref())
}

#[derive(Serialize)]
#[serde(untagged)]
enum WrittenWindow {
    Solid(u32, i32, i32, u32, u32),
    Layered(u32, i32, i32, u32, u32, i32, i32, u32, u32),
}

impl WrittenWindow {
    fn of(window: &Placed) -> Self {
        let Placed { id, inner, outer } = *window;
        let Rect { x, y, width, height } = inner;
        if inner == outer {
            Self::Solid(id, x, y, width, height)
        } else {
            Self::Layered(id, x, y, width, height, outer.x, outer.y, outer.width, outer.height)
        }
    }
}

fn access<M: SerializeMap>(access: &Access, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("operation", &access.operation)?;
    map.serialize_entry("artefact", &access.artefact)?;
    map.serialize_entry("purpose", &access.purpose)?;
    map.serialize_entry("account", &access.account)?;
    map.serialize_entry("individual-account", &access.individual_account)?;
    map.serialize_entry("role", &access.role)?;
    when_known(map, "authorised-until", access.authorised_until.as_ref())?;
    map.serialize_entry("programme", &access.programme)?;
    when_known(map, "subject", access.subject.as_ref())?;
    map.serialize_entry("viewer", &access.viewer)?;
    when_known(map, "restricted", access.restricted.known().as_ref())?;
    map.serialize_entry("collected-at", &access.collected_at)?;
    map.serialize_entry("mode", &access.mode)
}

fn usage<M: SerializeMap>(counters: Usage, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("employee-used", &counters.employee_used)?;
    map.serialize_entry("programme-used", &counters.programme_used)?;
    map.serialize_entry("unreviewed", &counters.unreviewed)
}
