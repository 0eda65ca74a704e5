//! Policies of other hands: written in the WebAssembly text format against the published WIT alone, one
//! function of a well-behaved policy replaced at a time.

mod module;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use gardefou::Rect;
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

pub use module::{DATA, Part};

/// The published text of the contract.
const WIT: &str = include_str!("../../wit/1.0/policy.wit");

/// The interfaces of the contract that have functions.
pub const INTERFACES: [&str; 3] = ["capture", "custody", "about"];

/// A policy by another hand. [`Foreign::good`] opens every session of programme `p`, says that every window
/// is `training`, keeps the first window's `inner` (the whole surface where there is no window) for ever,
/// keeps every segment and allows every access.
#[derive(Clone, Debug)]
pub struct Foreign {
    wit: String,
    versions: Vec<&'static str>,
    interfaces: BTreeSet<&'static str>,
    packages: Vec<String>,
    world: String,
    imports: String,
    fields: String,
    memory: String,
    data: Vec<u8>,
    bodies: Vec<(Part, Option<String>)>,
}

impl Foreign {
    /// The well-behaved policy.
    #[must_use]
    pub fn good() -> Self {
        Self {
            wit: WIT.into(),
            versions: vec!["1.0.0"],
            interfaces: ["types"].into_iter().chain(INTERFACES).collect(),
            packages: vec![],
            world: String::new(),
            imports: String::new(),
            fields: String::new(),
            memory: "4".into(),
            data: vec![],
            bodies: vec![],
        }
    }

    /// With another body of this function; see [`Part`] for the names of its parameters.
    #[must_use]
    pub fn with(mut self, part: Part, body: &str) -> Self {
        self.bodies.insert(0, (part, Some(body.into())));
        self
    }

    /// Without this function in its module.
    #[must_use]
    pub fn without(mut self, part: Part) -> Self {
        self.bodies.insert(0, (part, None));
        self
    }

    /// Without this interface.
    #[must_use]
    pub fn without_interface(mut self, interface: &str) -> Self {
        self.interfaces.retain(|i| *i != interface);
        self
    }

    /// For these versions of the contract, which are alike but for their number.
    #[must_use]
    pub fn for_versions(mut self, versions: &[&'static str]) -> Self {
        self.versions = versions.to_vec();
        self
    }

    /// Built against a text of the contract in which `from` is `to`.
    ///
    /// # Panics
    /// When the text does not have it.
    #[must_use]
    pub fn edited(mut self, from: &str, to: &str) -> Self {
        assert!(self.wit.contains(from), "`{from}` is not in the contract");
        self.wit = self.wit.replacen(from, to, 1);
        self
    }

    /// With one more package that its world may name.
    #[must_use]
    pub fn package(mut self, wit: &str) -> Self {
        self.packages.push(wit.into());
        self
    }

    /// With more items in its world.
    #[must_use]
    pub fn world(mut self, items: &str) -> Self {
        self.world.push_str(items);
        self
    }

    /// With more imports in its module.
    #[must_use]
    pub fn imports(mut self, text: &str) -> Self {
        self.imports.push_str(text);
        self
    }

    /// With more functions, tables or a start in its module.
    #[must_use]
    pub fn fields(mut self, text: &str) -> Self {
        self.fields.push_str(text);
        self
    }

    /// With a memory of so many pages; 4 else.
    #[must_use]
    pub fn memory(mut self, pages: u32) -> Self {
        self.memory = pages.to_string();
        self
    }

    /// With these bytes at [`DATA`].
    #[must_use]
    pub fn data(mut self, bytes: Vec<u8>) -> Self {
        self.data = bytes;
        self
    }

    /// It answers every question about a frame with this.
    #[must_use]
    pub fn answering(self, answer: &Answer) -> Self {
        let body = answer.body();
        self.with(Part::Decide, &body)
    }

    /// It keeps these regions of every frame.
    #[must_use]
    pub fn keeping(self, regions: &[Rect]) -> Self {
        let words = regions.iter().flat_map(|r| {
            [
                r.x.to_le_bytes(),
                r.y.to_le_bytes(),
                r.width.to_le_bytes(),
                r.height.to_le_bytes(),
            ]
        });
        let count = u32::try_from(regions.len()).unwrap();
        self.data(words.flatten().collect())
            .answering(&Answer { count, ..Answer::KEEP })
    }

    /// The component.
    ///
    /// # Panics
    /// When its parts do not fit together: that is a mistake in a test.
    #[must_use]
    pub fn component(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.module()).unwrap();
        let mut resolve = Resolve::default();
        for version in &self.versions {
            resolve
                .push_str("policy.wit", &self.wit.replace("@1.0.0", &format!("@{version}")))
                .unwrap();
        }
        for package in &self.packages {
            resolve.push_str("package.wit", package).unwrap();
        }
        let package = resolve.push_str("world.wit", &self.world_text()).unwrap();
        let world = resolve.select_world(&[package], Some("foreign")).unwrap();
        wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
        ComponentEncoder::default()
            .validate(true)
            .module(&module)
            .unwrap()
            .encode()
            .unwrap()
    }

    fn world_text(&self) -> String {
        let mut text = String::from("package test:foreign;\nworld foreign {\n");
        for version in &self.versions {
            for interface in &self.interfaces {
                writeln!(text, "  export gardefou:policy/{interface}@{version};").unwrap();
            }
        }
        text + &self.world + "\n}\n"
    }

    fn module(&self) -> String {
        module::text(self)
    }

    fn body(&self, part: Part) -> Option<&str> {
        match self.bodies.iter().find(|(replaced, _)| *replaced == part) {
            Some((_, body)) => body.as_deref(),
            None => Some(part.good_body()),
        }
    }
}

/// An answer about a frame, word for word, sound or not.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// 0 keep, 1 skip, 2 stop; the others are none.
    pub action: u32,
    /// Where the list of regions is, and how many it has.
    pub at: u32,
    /// See above.
    pub count: u32,
    /// Why.
    pub reason: u16,
    /// Which note of it.
    pub detail: u16,
    /// Until when, as an expression: `(local.get $at)` is the instant of the question.
    pub until: &'static str,
}

/// The numbers of the actions, as the contract orders them.
pub const STOP: u32 = 0;
/// See [`STOP`].
pub const SKIP: u32 = 1;
/// See [`STOP`].
pub const KEEP: u32 = 2;

impl Answer {
    /// Keeps the regions that are in the data; there are none yet.
    pub const KEEP: Self = Self {
        action: KEEP,
        at: DATA,
        count: 0,
        reason: 0,
        detail: 0,
        until: "(i64.const -1)",
    };

    /// Refuses, for this reason, for this frame only.
    #[must_use]
    pub const fn refusal(action: u32, reason: u16, detail: u16) -> Self {
        Self {
            action,
            at: 0,
            count: 0,
            reason,
            detail,
            until: "(local.get $at)",
        }
    }

    /// The body of `decide` that gives it.
    #[must_use]
    pub fn body(&self) -> String {
        let Self {
            action,
            at,
            count,
            reason,
            detail,
            until,
        } = self;
        format!(
            "(call $verdict (i32.const {action}) (i32.const {at}) (i32.const {count}) \
             (i32.const {reason}) (i32.const {detail}) {until} (i64.const -1))"
        )
    }
}
