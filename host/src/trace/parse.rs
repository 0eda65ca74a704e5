//! One line of text into one event.

use gardefou_policy::facts::{Access, AppIdentity, Calls, Notice, SessionFacts};
use gardefou_policy::types::{Condition, Rect, Timestamp};

use super::event::{Event, Expectation, FactsSpan, FrameLine, Identity, Line, SessionLine};
use super::fields::{Field, Fields, perhaps};
use super::malformed::{Malformed, nearest, text};
use super::value::{self, Value};
use crate::{Placed, Text, Usage};

const EVENTS: [&str; 11] = [
    "session",
    "call",
    "conditions",
    "window",
    "window-gone",
    "frame",
    "segment",
    "access",
    "retention",
    "usage",
    "expect",
];

/// Reads one line of a trace, without its line ending.
///
/// # Errors
/// The line is malformed. The error has no line number: give it one with [`Malformed::on_line`].
pub fn parse_line(text: &str) -> Result<Line, Malformed> {
    let mut fields = object(text)?;
    let at = fields.required("at")?;
    let name: String = fields.required("event")?;
    let event = event(&name, at, fields)?;
    Ok(Line { at, event })
}

/// Reads one line of a running call: a `call` or `conditions` event, stamped `received` when it has no `at`.
///
/// # Errors
/// The line is malformed, or is another event.
pub fn parse_live(text: &str, received: Timestamp) -> Result<Line, Malformed> {
    let mut fields = object(text)?;
    let at = fields.when_there("at")?.unwrap_or(received);
    let name: String = fields.required("event")?;
    let event = match name.as_str() {
        "call" => call(fields)?,
        "conditions" => conditions(fields)?,
        _ => {
            return Err(Malformed::new(
                text!(
                    "`event` is none that can come from a running call",
                    "`event` n'est pas un événement qui peut venir d'un appel en cours"
                ),
                text!(
                    "only `call` and `conditions` can",
                    "seuls `call` et `conditions` le peuvent"
                ),
            ));
        }
    };
    Ok(Line { at, event })
}

fn object(text: &str) -> Result<Fields, Malformed> {
    match value::parse(text)? {
        Value::Object(fields) => Ok(Fields::new("", fields)),
        _ => Err(Malformed::new(
            text!("the line is not a JSON object", "la ligne n'est pas un objet JSON"),
            text!(
                "write one object a line, with `at` and `event` in it",
                "écrivez un objet par ligne, avec `at` et `event`"
            ),
        )),
    }
}

fn event(name: &str, at: Timestamp, fields: Fields) -> Result<Event, Malformed> {
    match name {
        "session" => session(fields),
        "call" => call(fields),
        "conditions" => conditions(fields),
        "window" => window(fields),
        "window-gone" => window_gone(fields),
        "frame" => frame(fields),
        "segment" => segment(fields),
        "access" => access(at, fields),
        "retention" => retention(fields),
        "usage" => usage(fields),
        "expect" => Ok(Event::Expect(Expectation(fields.rest()))),
        other => Err(unknown_event(other)),
    }
}

fn unknown_event(name: &str) -> Malformed {
    let events = EVENTS.join(", ");
    let help = match nearest(name, &EVENTS) {
        Some(meant) => perhaps(meant),
        None => text!("the events are {events}", "les événements sont {events}"),
    };
    let message = text!("`event` is no event", "`event` n'est pas un événement");
    Malformed::new(message, help)
}

fn session(mut fields: Fields) -> Result<Event, Malformed> {
    let mut facts = SessionFacts::default();
    facts.session = fields.required("session")?;
    facts.employee = fields.required("employee")?;
    facts.programme = fields.required("programme")?;
    facts.purpose = fields.required("purpose")?;
    facts.mode = fields.required("mode")?;
    facts.frame_interval = fields.required("frame-interval")?;
    facts.employee_notice = notice(&mut fields)?;
    facts.employee_objected = fields.option::<bool>("employee-objected")?.into();
    facts.enrolled_at = fields.option("enrolled-at")?;
    facts.protected_line = fields.option::<bool>("protected-line")?.into();
    facts.calls = calls(&mut fields)?;
    facts.extra = extra(&mut fields)?;
    let usage = session_usage(&mut fields)?;
    fields.finish()?;
    Ok(Event::Session(Box::new(SessionLine { facts, usage })))
}

/// Both numbers, or nobody counted.
fn calls(fields: &mut Fields) -> Result<Option<Calls>, Malformed> {
    let offered = fields.option("calls-offered")?;
    let recorded = fields.option("calls-recorded")?;
    let both = offered.zip(recorded);
    Ok(both.map(|(offered, recorded)| Calls { offered, recorded }))
}

fn notice(fields: &mut Fields) -> Result<Option<Notice>, Malformed> {
    let mut inner = match fields.take("employee-notice") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(inner)) => Fields::new("employee-notice.", inner),
        Some(_) => {
            return Err(no_object(
                "employee-notice",
                text!("`version` and `given-at`", "`version` et `given-at`"),
            ));
        }
    };
    let notice = Notice {
        version: inner.required("version")?,
        given_at: inner.required("given-at")?,
    };
    inner.finish()?;
    Ok(Some(notice))
}

fn extra(fields: &mut Fields) -> Result<Vec<(String, String)>, Malformed> {
    let entries = match fields.take("extra") {
        None => return Ok(Vec::new()),
        Some(Value::Object(entries)) => entries,
        Some(_) => {
            return Err(no_object("extra", text!("names and texts", "des noms et des textes")));
        }
    };
    let texts = entries.into_iter().map(|(name, value)| match value {
        Value::Text(text) => Ok((name, text)),
        _ => Err(Malformed::new(
            text!(
                "a fact in `extra` is not a text",
                "une information de `extra` n'est pas un texte"
            ),
            text!(
                "every fact there is a name with a text, in quotes",
                "chacune y est un nom avec un texte, entre guillemets"
            ),
        )),
    });
    texts.collect()
}

fn session_usage(fields: &mut Fields) -> Result<Option<Usage>, Malformed> {
    let mut inner = match fields.take("usage") {
        None => return Ok(None),
        Some(Value::Object(inner)) => Fields::new("usage.", inner),
        Some(_) => {
            return Err(no_object(
                "usage",
                text!(
                    "`employee-used`, `programme-used` and `unreviewed`",
                    "`employee-used`, `programme-used` et `unreviewed`"
                ),
            ));
        }
    };
    let usage = Usage {
        employee_used: inner.when_there("employee-used")?.unwrap_or_default(),
        programme_used: inner.when_there("programme-used")?.unwrap_or_default(),
        unreviewed: inner.when_there("unreviewed")?.unwrap_or_default(),
    };
    inner.finish()?;
    Ok(Some(usage))
}

fn no_object(name: &str, fields: Text) -> Malformed {
    Malformed::new(
        text!("`{name}` is not an object", "`{name}` n'est pas un objet"),
        text!(
            "write {fields} in braces, or leave it out",
            "écrivez {fields} entre accolades, ou retirez-le"; fields
        ),
    )
}

fn call(mut fields: Fields) -> Result<Event, Malformed> {
    let phase = fields.required("phase")?;
    fields.finish()?;
    Ok(Event::Call(phase))
}

fn conditions(mut fields: Fields) -> Result<Event, Malformed> {
    let mut changes = Vec::new();
    for condition in Condition::ALL {
        match fields.take(condition.name()) {
            None => {}
            Some(Value::Null) => changes.push((condition, None)),
            Some(Value::Bool(holds)) => changes.push((condition, Some(holds))),
            Some(_) => {
                let name = condition.name();
                return Err(Malformed::new(
                    text!(
                        "`{name}` is not true, false or null",
                        "`{name}` n'est ni true, ni false, ni null"
                    ),
                    text!("null says that it is not known", "null dit que ce n'est pas connu"),
                ));
            }
        }
    }
    fields.finish()?;
    Ok(Event::Conditions(changes))
}

fn window(mut fields: Fields) -> Result<Event, Malformed> {
    let id = fields.required("id")?;
    let kind = fields.when_there("kind")?;
    let mut app = AppIdentity::default();
    app.executable = fields.option("executable")?;
    app.package = fields.option("package")?;
    app.signer = fields.option("signer")?;
    app.wm_class = fields.option("wm-class")?;
    app.title = fields.option("title")?;
    app.url = fields.option("url")?;
    fields.finish()?;
    let identity = match kind {
        None => Identity::App(app),
        Some(kind) if app == AppIdentity::default() => Identity::Kind(kind),
        Some(_) => {
            return Err(Malformed::new(
                text!(
                    "a window has both a `kind` and an identity",
                    "une fenêtre a à la fois un `kind` et une identité"
                ),
                text!(
                    "write `kind` for a window that was classified before, its identity for any other",
                    "écrivez `kind` pour une fenêtre déjà classée, son identité pour toute autre"
                ),
            ));
        }
    };
    Ok(Event::Window { id, identity })
}

fn window_gone(mut fields: Fields) -> Result<Event, Malformed> {
    let id = fields.required("id")?;
    fields.finish()?;
    Ok(Event::WindowGone { id })
}

fn frame(mut fields: Fields) -> Result<Event, Malformed> {
    let surface = fields.when_there("surface")?;
    let windows = fields.when_there::<Windows>("windows")?.map(|windows| windows.0);
    let facts = fields.when_there("facts")?.map(|(from, to)| FactsSpan { from, to });
    fields.finish()?;
    Ok(Event::Frame(FrameLine {
        surface,
        windows,
        facts,
    }))
}

struct Windows(Vec<Placed>);

impl Field for Windows {
    fn what() -> Text {
        text!(
            "a list of windows, each [id, x, y, width, height] or [id, x, y, width, height, x, y, width, height]",
            "une liste de fenêtres, chacune [id, x, y, largeur, hauteur] ou [id, x, y, largeur, hauteur, x, \
             y, largeur, hauteur]"
        )
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::List(items) = value else { return None };
        items.into_iter().map(placed).collect::<Option<_>>().map(Self)
    }
}

fn placed(value: Value) -> Option<Placed> {
    let Value::List(items) = value else { return None };
    let mut numbers = items.into_iter();
    let id = u32::from_value(numbers.next()?)?;
    let inner = rect(&mut numbers)?;
    let outer = if numbers.len() == 0 { inner } else { rect(&mut numbers)? };
    numbers.next().is_none().then_some(Placed { id, inner, outer })
}

fn rect(numbers: &mut impl Iterator<Item = Value>) -> Option<Rect> {
    Some(Rect::new(
        i32::from_value(numbers.next()?)?,
        i32::from_value(numbers.next()?)?,
        u32::from_value(numbers.next()?)?,
        u32::from_value(numbers.next()?)?,
    ))
}

fn segment(mut fields: Fields) -> Result<Event, Malformed> {
    let started_at = fields.required("started-at")?;
    fields.finish()?;
    Ok(Event::Segment { started_at })
}

fn access(at: Timestamp, mut fields: Fields) -> Result<Event, Malformed> {
    let access = Access {
        at,
        operation: fields.required("operation")?,
        artefact: fields.required("artefact")?,
        purpose: fields.required("purpose")?,
        account: fields.required("account")?,
        individual_account: fields.required("individual-account")?,
        role: fields.required("role")?,
        authorised_until: fields.option("authorised-until")?,
        programme: fields.required("programme")?,
        subject: fields.option("subject")?,
        viewer: fields.required("viewer")?,
        restricted: fields.option::<bool>("restricted")?.into(),
        collected_at: fields.required("collected-at")?,
        mode: fields.required("mode")?,
    };
    fields.finish()?;
    Ok(Event::Access(Box::new(access)))
}

fn retention(mut fields: Fields) -> Result<Event, Malformed> {
    let artefact = fields.required("artefact")?;
    let collected_at = fields.required("collected-at")?;
    let programme = fields.required("programme")?;
    fields.finish()?;
    Ok(Event::Retention {
        artefact,
        collected_at,
        programme,
    })
}

fn usage(mut fields: Fields) -> Result<Event, Malformed> {
    let usage = Usage {
        employee_used: fields.required("employee-used")?,
        programme_used: fields.required("programme-used")?,
        unreviewed: fields.required("unreviewed")?,
    };
    fields.finish()?;
    Ok(Event::Usage(usage))
}
