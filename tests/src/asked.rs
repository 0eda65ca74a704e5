//! Raw questions to a component, as a caller in any language passes them; sound ones, and what the answers come to.

use std::path::Path;
use std::sync::LazyLock;

use gardefou::{Operation, Timestamp};
use gardefou_policy::rules::{Enrolment, Entry, Programmes, Roles, Rules};
use gardefou_policy::types::DAY;
use wasmtime::component::{Component, ComponentExportIndex, Instance, Linker, Val};
use wasmtime::{Engine, Store};

use crate::fixture::{self, NOW};

/// Every function that asks something.
pub const FUNCTIONS: [&str; 8] = [
    "configure",
    "terms-of",
    "open",
    "classify",
    "decide",
    "review",
    "authorise",
    "keep-until",
];

/// A function and its parameters, without the session.
pub type Question = (String, Vec<Val>);

/// An instance of a component, and the session that it opened last.
#[derive(Debug)]
pub struct Asked {
    store: Store<()>,
    instance: Instance,
    session: Option<Val>,
}

/// Rules that look at everything: the recorder attests who needs the training, a role is for one's own
/// recordings, and an application is recognised by all six fields.
fn rules() -> Rules {
    let mut rules = fixture::rules();
    if let Programmes::Listed(programmes) = &mut rules.programmes {
        programmes[0].enrolment = Enrolment::Attested;
    }
    if let Roles::Listed(roles) = &mut rules.roles {
        let own = roles.iter_mut().find(|role| role.own_only).unwrap();
        own.may = vec![Operation::View, Operation::Delete];
    }
    rules.applications[0].entries = vec![Entry {
        executable: Some("crm.exe".into()),
        package: Some("acme.crm".into()),
        signer: Some("ACME SAS".into()),
        wm_class: Some("Crm".into()),
        title: Some("Ticket *".into()),
        url: Some("https://crm.example/*".into()),
    }];
    rules
}

impl Asked {
    /// An instance that was asked nothing.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(component: &Component) -> Self {
        let mut store = Store::new(component.engine(), ());
        let instance = Linker::new(component.engine())
            .instantiate(&mut store, component)
            .unwrap();
        Self {
            store,
            instance,
            session: None,
        }
    }

    /// Asks, and gives the raw answer. What is asked of a session is asked of the one that was opened last.
    ///
    /// # Panics
    /// When the question is none for this function, or no session is open.
    pub fn put(&mut self, function: &str, question: &[Val]) -> Val {
        let (interface, name) = match function {
            "configure" => (None, "configure"),
            "open" => (Some("capture"), "[static]session.open"),
            "classify" => (Some("capture"), "[method]session.classify"),
            "decide" => (Some("capture"), "[method]session.decide"),
            "terms-of" | "review" => (Some("capture"), function),
            _ => (Some("custody"), function),
        };
        let mut params = question.to_vec();
        if name.starts_with("[method]") {
            params.insert(0, self.session.clone().expect("a session that is open"));
        }
        let index = self.index(interface, name);
        let called = self.instance.get_func(&mut self.store, index).unwrap();
        let mut told = [Val::Bool(false)];
        called.call(&mut self.store, &params, &mut told).unwrap();
        let [told] = told;
        if function == "open" {
            self.session = match &told {
                Val::Result(Ok(Some(session))) => Some((**session).clone()),
                _ => None,
            };
        }
        told
    }

    fn index(&mut self, interface: Option<&str>, name: &str) -> ComponentExportIndex {
        let parent = interface.map(|interface| {
            let interface = format!("gardefou:policy/{interface}@1.0.0");
            let found = self.instance.get_export_index(&mut self.store, None, &interface);
            found.unwrap()
        });
        let found = self.instance.get_export_index(&mut self.store, parent.as_ref(), name);
        found.unwrap()
    }
}

/// The published component of that name in `guest-policy/dist/`, compiled.
///
/// # Panics
/// When there is none.
pub fn published(name: &str) -> Component {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../guest-policy/dist")
        .join(name);
    Component::from_file(&Engine::default(), file).unwrap()
}

/// A question of this function to which no rule objects.
///
/// # Panics
/// When there is no such function.
pub fn sound(function: &str) -> Vec<Val> {
    let at = instant(NOW);
    let surface = Val::U32(100);
    match function {
        "configure" => vec![bytes(&rules().encode().unwrap())],
        "terms-of" => vec![text("p")],
        "open" => vec![facts(), at],
        "classify" => vec![identity()],
        "decide" => vec![moment(), surface.clone(), surface, Val::List(vec![window()])],
        "review" => vec![segment()],
        "authorise" => vec![access("view")],
        "keep-until" => vec![case("recording"), at, text("p")],
        other => panic!("no function `{other}`"),
    }
}

/// A deletion to which no rule objects.
pub fn deletion() -> Vec<Val> {
    vec![access("delete")]
}

/// What is asked before a sound question of this function.
pub fn before(function: &str) -> Vec<Question> {
    let first: &[&str] = match function {
        "configure" => &[],
        "classify" | "decide" => &["configure", "open"],
        _ => &["configure"],
    };
    first
        .iter()
        .map(|function| ((*function).into(), sound(function)))
        .collect()
}

/// What the template answers to a question after [`before`], as a [`word`].
pub fn told(function: &str, question: &[Val]) -> String {
    static TEMPLATE: LazyLock<Component> = LazyLock::new(|| published("policy.wasm"));
    let mut asked = Asked::new(&TEMPLATE);
    for (function, question) in before(function) {
        asked.put(&function, &question);
    }
    word(function, &asked.put(function, question))
}

/// What an answer comes to: a reason, or one word for what is allowed.
///
/// # Panics
/// When it is no answer of this function.
pub fn word(function: &str, told: &Val) -> String {
    match (function, told) {
        ("configure", Val::Result(taken)) => named(taken.is_ok(), "taken", "not taken"),
        ("terms-of", Val::Option(terms)) => named(terms.is_some(), "known", "none"),
        ("keep-until", Val::U64(until)) => named(*until > NOW.as_millis(), "later", "over"),
        ("classify", Val::Enum(kind)) => kind.clone(),
        ("open", Val::Result(Ok(_))) => "open".into(),
        ("authorise", Val::Result(Ok(_))) => "allowed".into(),
        (_, Val::Result(Err(Some(refusal)))) => reason(refusal),
        ("decide", verdict @ Val::Record(_)) => match field(verdict, "action") {
            Val::Variant(action, _) if action == "keep" => "keep".into(),
            _ => reason(verdict),
        },
        ("review", Val::Variant(what, Some(refusal))) if what == "discard" => reason(refusal),
        ("review", Val::Variant(what, _)) => what.clone(),
        (function, told) => panic!("{function}: {told:?}"),
    }
}

/// Whether an answer allows something; a time of retention allows nothing.
pub fn permits(told: &Val) -> bool {
    match told {
        Val::Result(granted) => granted.is_ok(),
        Val::Option(known) => known.is_some(),
        Val::Enum(kind) => kind == "training",
        Val::Variant(what, _) => what != "discard",
        Val::Record(_) => matches!(field(told, "action"), Val::Variant(action, _) if action == "keep"),
        _ => false,
    }
}

/// A list of bytes, as rules are given.
pub fn bytes(bytes: &[u8]) -> Val {
    Val::List(bytes.iter().copied().map(Val::U8).collect())
}

fn named(is: bool, yes: &str, no: &str) -> String {
    if is { yes.into() } else { no.into() }
}

/// The name of the reason in a refusal or a verdict.
fn reason(of: &Val) -> String {
    match field(of, "reason") {
        Val::U16(number) => gardefou::Reason(*number).to_string(),
        other => panic!("{other:?}"),
    }
}

fn field<'v>(record: &'v Val, name: &str) -> &'v Val {
    let Val::Record(fields) = record else {
        panic!("{record:?}")
    };
    &fields.iter().find(|(own, _)| own == name).unwrap().1
}

fn record<const N: usize>(fields: [(&str, Val); N]) -> Val {
    Val::Record(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn some(value: Val) -> Val {
    Val::Option(Some(Box::new(value)))
}

fn case(name: &str) -> Val {
    Val::Enum(name.into())
}

fn text(text: &str) -> Val {
    Val::String(text.into())
}

fn instant(at: Timestamp) -> Val {
    Val::U64(at.as_millis())
}

fn facts() -> Val {
    let notice = record([("version", text("v1")), ("given-at", instant(NOW.minus(10 * DAY)))]);
    let calls = record([("offered", Val::U32(10)), ("recorded", Val::U32(1))]);
    let fact = Val::Tuple(vec![text("site"), text("north")]);
    record([
        ("session", text("s-1")),
        ("employee", text("e-1")),
        ("programme", text("p")),
        ("purpose", case("training")),
        ("mode", case("screen-video")),
        ("frame-interval", Val::U64(200)),
        ("employee-notice", some(notice)),
        ("employee-objected", case("no")),
        ("enrolled-at", some(instant(NOW.minus(DAY)))),
        ("protected-line", case("no")),
        ("calls", some(calls)),
        ("extra", Val::List(vec![fact])),
    ])
}

fn identity() -> Val {
    record([
        ("executable", some(text("crm.exe"))),
        ("package", some(text("acme.crm"))),
        ("signer", some(text("ACME SAS"))),
        ("wm-class", some(text("Crm"))),
        ("title", some(text("Ticket 7"))),
        ("url", some(text("https://crm.example/7"))),
    ])
}

fn moment() -> Val {
    let moment = fixture::moment();
    let usage = record([
        ("employee-used", Val::U64(1)),
        ("programme-used", Val::U64(2)),
        ("unreviewed", Val::U64(3)),
    ]);
    record([
        ("at", instant(moment.at)),
        ("facts-from", instant(moment.facts_from)),
        ("facts-to", instant(moment.facts_to)),
        ("gap", Val::U64(moment.gap)),
        ("phase", case("connected")),
        ("known", Val::U32(moment.known.0)),
        ("holds", Val::U32(moment.holds.0)),
        ("usage", some(usage)),
    ])
}

fn window() -> Val {
    let rect = |x, y, width, height| {
        record([
            ("x", Val::S32(x)),
            ("y", Val::S32(y)),
            ("width", Val::U32(width)),
            ("height", Val::U32(height)),
        ])
    };
    record([
        ("kind", case("training")),
        ("inner", rect(10, 10, 60, 40)),
        ("outer", rect(8, 8, 64, 44)),
    ])
}

fn segment() -> Val {
    let moment = fixture::moment();
    record([
        ("started-at", instant(NOW)),
        ("ended-at", instant(NOW.plus(1_000))),
        ("answered-at", some(instant(NOW))),
        ("hung-up", Val::Variant("goes-on".into(), None)),
        ("known", Val::U32(moment.known.0)),
        ("holds", Val::U32(moment.holds.0)),
        ("mode", case("screen-video")),
    ])
}

/// One's own recording, in a role that is for those.
fn access(operation: &str) -> Val {
    record([
        ("at", instant(NOW)),
        ("operation", case(operation)),
        ("artefact", case("recording")),
        ("purpose", case("training")),
        ("account", text("a-7")),
        ("individual-account", Val::Bool(true)),
        ("role", text("self")),
        ("authorised-until", some(instant(NOW.plus(DAY)))),
        ("programme", text("p")),
        ("subject", some(text("e-1"))),
        ("viewer", text("e-1")),
        ("restricted", case("no")),
        ("collected-at", instant(NOW.minus(DAY))),
        ("mode", case("screen-video")),
    ])
}
