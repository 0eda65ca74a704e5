//! What an answer must have been: the fields that an `expect` line names, with their types.

use gardefou_policy::facts::Window;
use gardefou_policy::regions::{MAX_SIDE, Painter, is_canonical};
use gardefou_policy::types::{Obligations, Reason, Rect, Span, Timestamp, WindowKind};

use super::event::Expectation;
use super::fields::{Field, Fields, perhaps};
use super::malformed::{Malformed, nearest, text};
use super::names::Named;
use super::question::Question;
use super::value::Value;
use crate::Text;

/// The most rectangles of a `keep` that are not in the form in which answers give them: 128, as many as a frame
/// has windows. In that form there may be as many as a line has room for.
pub const MAX_LOOSE_RECTANGLES: usize = 128;

/// What the answer to a question must have been. A field that is `None` may be anything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Expected {
    /// What was asked.
    pub question: Option<Question>,
    /// What was decided: one of [`Question::actions`].
    pub action: Option<&'static str>,
    /// Why.
    pub reason: Option<Reason>,
    /// Which note of the reason; 0 for its own title.
    pub detail: Option<u16>,
    /// The pixels that are kept, in the canonical form of regions.
    pub keep: Option<Vec<Rect>>,
    /// The part of a segment that is kept.
    pub range: Option<Span>,
    /// What an access obliges to.
    pub obligations: Option<Obligations>,
    /// Until when something may be kept; `Some(None)`: without limit.
    pub until: Option<Option<Timestamp>>,
}

impl Expected {
    /// What the line expects of the answer to this question.
    ///
    /// # Errors
    /// It names a field that such an answer never has, gives one a value that it never has, or names none.
    pub fn read(line: &Expectation, question: Question) -> Result<Self, Malformed> {
        foreign(line, question)?;
        let mut fields = Fields::new("", line.0.clone());
        let mut expected = Self {
            question: fields.when_there("question")?,
            ..Self::default()
        };
        if question == Question::Retention {
            expected.until = until(&mut fields)?;
        } else {
            expected.action = action(&mut fields, question)?;
            expected.reason = fields.when_there("reason")?;
            expected.detail = fields.when_there::<Detail>("detail")?.map(|detail| detail.0);
        }
        match question {
            Question::Frame => expected.keep = fields.when_there::<Regions>("keep")?.map(canonical).transpose()?,
            Question::Segment => {
                let range = fields.when_there("range")?;
                expected.range = range.map(|(start, end)| Span { start, end });
            }
            Question::Access => expected.obligations = fields.when_there("obligations")?,
            Question::Session | Question::Retention => {}
        }
        fields.when_there::<Because>(BECAUSE)?;
        fields.finish()?;
        if expected
            == (Self {
                question: expected.question,
                ..Self::default()
            })
        {
            let fields = names(question).join(", ");
            return Err(Malformed::new(
                text!(
                    "the expectation would hold whatever is decided",
                    "l'attente serait remplie quoi qu'il soit décidé"
                ),
                text!(
                    "name a field of the answer: {fields}",
                    "nommez un champ de la réponse\u{a0}: {fields}"
                ),
            ));
        }
        Ok(expected)
    }

    /// Whether it says why: an action that only one reason can have says so too.
    #[must_use]
    pub fn names_the_reason(&self) -> bool {
        self.reason.is_some() || matches!(self.action, Some("open" | "allow" | "keep" | "trim"))
    }
}

/// The fields that an answer to this question can have, and an expectation can name.
pub(super) const fn names(question: Question) -> &'static [&'static str] {
    match question {
        Question::Session => &["question", "action", "reason", "detail"],
        Question::Frame => &["question", "action", "reason", "detail", "keep"],
        Question::Segment => &["question", "action", "reason", "detail", "range"],
        Question::Access => &["question", "action", "reason", "detail", "obligations"],
        Question::Retention => &["question", "until"],
    }
}

/// A field of another question's answer deserves a word of its own.
fn foreign(line: &Expectation, question: Question) -> Result<(), Malformed> {
    let own = names(question);
    let elsewhere = |name: &str| Question::ALL.iter().any(|other| names(*other).contains(&name));
    let mut foreign = line.0.iter().map(|(name, _)| name.as_str());
    let Some(name) = foreign.find(|name| !own.contains(name) && elsewhere(name)) else {
        return Ok(());
    };
    let (question, own) = (question.name(), own.join(", "));
    Err(Malformed::new(
        text!(
            "the answer to `{question}` has no `{name}`",
            "la réponse à `{question}` n'a pas de `{name}`"
        ),
        text!("it can name {own}", "elle peut nommer {own}"),
    ))
}

fn action(fields: &mut Fields, question: Question) -> Result<Option<&'static str>, Malformed> {
    let Some(text) = fields.when_there::<String>("action")? else {
        return Ok(None);
    };
    let known = question.actions();
    let found = known.iter().find(|known| **known == text).copied();
    found.map(Some).ok_or_else(|| {
        let (question, words) = (question.name(), known.join(", "));
        let message = text!(
            "`action` of a `{question}` is not one of {words}",
            "`action` d'un `{question}` n'est pas un de ces mots\u{a0}: {words}"
        );
        let help = nearest(&text, known).map_or_else(
            || text!("write one of those words", "écrivez l'un de ces mots"),
            perhaps,
        );
        Malformed::new(message, help)
    })
}

/// Null says that there is no limit.
fn until(fields: &mut Fields) -> Result<Option<Option<Timestamp>>, Malformed> {
    match fields.take("until") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(value) => Timestamp::from_value(value).map(|at| Some(Some(at))).ok_or_else(|| {
            let what = Timestamp::what();
            Malformed::new(
                text!("`until` is not {what}", "`until` n'est pas {what}"; what),
                text!("null says that there is no limit", "null dit qu'il n'y a pas de limite"),
            )
        }),
    }
}

/// The same pixels in canonical form.
fn canonical(regions: Regions) -> Result<Vec<Rect>, Malformed> {
    let regions = regions.0;
    if is_canonical(&regions, MAX_SIDE, MAX_SIDE) {
        return Ok(regions);
    }
    let surface = Rect::new(0, 0, MAX_SIDE, MAX_SIDE);
    if !regions.iter().all(|rect| surface.contains(*rect)) {
        return Err(Malformed::new(
            text!(
                "`keep` has a rectangle that lies on no surface",
                "`keep` a un rectangle qui n'est sur aucune surface"
            ),
            text!(
                "every kept pixel lies on the surface, whose top left pixel is 0, 0",
                "chaque pixel gardé est sur la surface, dont le pixel en haut à gauche est 0, 0"
            ),
        ));
    }
    if regions.len() > MAX_LOOSE_RECTANGLES {
        return Err(Malformed::new(
            text!(
                "`keep` has more than {MAX_LOOSE_RECTANGLES} rectangles that overlap or are out of order",
                "`keep` a plus de {MAX_LOOSE_RECTANGLES} rectangles qui se recouvrent ou ne sont pas en ordre"
            ),
            text!(
                "write fewer, or let `gardefou test --bless` write them",
                "écrivez-en moins, ou laissez `gardefou test --bless` les écrire"
            ),
        ));
    }
    let windows: Vec<Window> = regions.into_iter().map(all_of).collect();
    let mut union = Vec::new();
    Painter::default().kept(MAX_SIDE, MAX_SIDE, &windows, &mut union);
    Ok(union)
}

fn all_of(rect: Rect) -> Window {
    Window {
        kind: WindowKind::Training,
        inner: rect,
        outer: rect,
    }
}

struct Regions(Vec<Rect>);

impl Field for Regions {
    fn what() -> Text {
        text!(
            "a list of rectangles, each [x, y, width, height]",
            "une liste de rectangles, chacun [x, y, largeur, hauteur]"
        )
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::List(items) = value else { return None };
        items.into_iter().map(rect).collect::<Option<_>>().map(Self)
    }
}

fn rect(value: Value) -> Option<Rect> {
    let Value::List(items) = value else { return None };
    let mut numbers = items.into_iter();
    let rect = Rect::new(
        i32::from_value(numbers.next()?)?,
        i32::from_value(numbers.next()?)?,
        u32::from_value(numbers.next()?)?,
        u32::from_value(numbers.next()?)?,
    );
    numbers.next().is_none().then_some(rect)
}

/// The field of an expectation that says why it was blessed. It expects nothing.
pub(super) const BECAUSE: &str = "because";

/// The longest reason of a blessing, in bytes.
pub const MAX_BECAUSE: usize = 1_000;

/// Why an expectation was blessed.
struct Because;

impl Field for Because {
    fn what() -> Text {
        text!(
            "a text of 1 to {MAX_BECAUSE} bytes",
            "un texte de 1 à {MAX_BECAUSE} octets"
        )
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        (!text.trim().is_empty() && text.len() <= MAX_BECAUSE).then_some(Self)
    }
}

struct Detail(u16);

impl Field for Detail {
    fn what() -> Text {
        let most = u16::MAX;
        text!("a whole number from 0 to {most}", "un nombre entier de 0 à {most}")
    }

    fn from_value(value: Value) -> Option<Self> {
        u64::from_value(value)?.try_into().ok().map(Self)
    }
}

impl Field for Reason {
    fn what() -> Text {
        text!(
            "the name of a reason, such as `no-call`",
            "le nom d'un motif, comme `no-call`"
        )
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        let numbered = || text.strip_prefix("reason ")?.parse().ok().map(Self);
        // `reason 1000` stands only for a reason that has no name, and is written in one way.
        Self::from_name(&text)
            .or_else(numbered)
            .filter(|reason| reason.to_string() == text)
    }

    fn help(value: &Value) -> Option<Text> {
        let Value::Text(text) = value else { return None };
        let names: Vec<&str> = Self::ALL.iter().filter_map(|r| r.info()).map(|i| i.name).collect();
        let help = match nearest(text, &names) {
            Some(meant) => perhaps(meant),
            None => text!(
                "docs/contract.md lists the reasons; a policy's own is written like `reason 1000`",
                "docs/contract.md donne la liste des motifs\u{a0}; celui d'un fichier de règles s'écrit comme `reason 1000`"
            ),
        };
        Some(help)
    }
}

impl Field for Obligations {
    fn what() -> Text {
        text!(
            "a list of `journal`, `watermark`, `second-person`",
            "une liste de `journal`, `watermark`, `second-person`"
        )
    }

    fn from_value(value: Value) -> Option<Self> {
        let Value::List(items) = value else { return None };
        items.into_iter().try_fold(Self::default(), |all, item| {
            let Value::Text(name) = item else { return None };
            let mut one = Self::default();
            match name.as_str() {
                "journal" => one.journal = true,
                "watermark" => one.watermark = true,
                "second-person" => one.second_person = true,
                _ => return None,
            }
            Some(all.union(one))
        })
    }
}

impl Named for Question {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("session", Self::Session),
        ("frame", Self::Frame),
        ("segment", Self::Segment),
        ("access", Self::Access),
        ("retention", Self::Retention),
    ];
}
