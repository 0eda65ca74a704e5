//! From a rule document to a component.

use std::fmt;

use gardefou::rules::Problem;
use gardefou::{Policy, Runtime, Source, Timestamp};
use gardefou_policy::document::{self, Alone, Companions};
use gardefou_policy::rules::Rules;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime_wizer::Wizer;

use crate::contents::{self, Contents, Provenance};
use crate::error::BakeError;
use crate::instance::{INITIALISER, Ruled, at_once, engine};
use crate::template;

/// Bakes rule documents. The template is compiled once, for all that it bakes.
pub struct Baker {
    runtime: Runtime,
    engine: Engine,
    wizer: Wizer,
    /// The template, its initialiser under a name of its own.
    template: Vec<u8>,
    /// The same with accessors to its memory, compiled.
    component: Component,
}

impl fmt::Debug for Baker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Baker").finish_non_exhaustive()
    }
}

/// A policy that holds its rules.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Baked {
    /// The component: what goes into the file.
    pub component: Vec<u8>,
    /// The same, as a recorder would load it.
    pub policy: Policy,
    /// What is odd in the document, although it bakes.
    pub warnings: Vec<Problem>,
}

impl Baker {
    /// Prepares the template. Takes some tens of milliseconds.
    ///
    /// # Errors
    /// When this machine cannot run components.
    pub fn new() -> Result<Self, BakeError> {
        let failed = |e: wasmtime::Error| BakeError::snapshot(&e);
        let engine = engine()?;
        let template = template::with_initialiser(INITIALISER)?;
        let mut wizer = Wizer::new();
        wizer.init_func(INITIALISER);
        let (_, instrumented) = wizer.instrument_component(&template).map_err(failed)?;
        Ok(Self {
            runtime: Runtime::new()?,
            component: Component::from_binary(&engine, &instrumented).map_err(failed)?,
            engine,
            wizer,
            template,
        })
    }

    /// Bakes a rule document. `today` decides about some warnings, and about no byte of the component.
    ///
    /// # Errors
    /// When the document has errors ([`BakeError::Rules`] lists every problem of it), or what came out would
    /// not load.
    pub fn bake(&self, document: &[u8], today: Timestamp) -> Result<Baked, BakeError> {
        self.bake_with(document, &Alone, today)
    }

    /// Bakes a rule document with the files of employees that it names. Of those, the component holds the tokens and
    /// nothing else: other columns may say who somebody is.
    ///
    /// # Errors
    /// As [`Baker::bake`].
    pub fn bake_with(
        &self,
        document: &[u8],
        companions: &dyn Companions,
        today: Timestamp,
    ) -> Result<Baked, BakeError> {
        let reading = document::read_with(document, today, companions);
        let Some(rules) = reading.rules else {
            return Err(BakeError::Rules(reading.problems));
        };
        let mut component = self.snapshot(&rules)?;
        let provenance = Provenance::of(document, &rules.digest, template::TEMPLATE);
        contents::add(&mut component, document, &reading.employees_files, &provenance)?;
        Ok(Baked {
            policy: Policy::load(&self.runtime, Source::Bytes(&component))?,
            component,
            warnings: reading.problems,
        })
    }

    /// Bakes rules that a test or a tool put together. The component carries no document.
    ///
    /// # Errors
    /// When the rules are none that a document can say, or what came out would not load.
    pub fn bake_rules(&self, rules: &Rules) -> Result<Baked, BakeError> {
        let component = self.snapshot(rules)?;
        Ok(Baked {
            policy: Policy::load(&self.runtime, Source::Bytes(&component))?,
            component,
            warnings: Vec::new(),
        })
    }

    /// Whether baking the document inside a component gives that very component: then its text, and nothing
    /// else, is what it decides by. Without a document, or with one that has errors, it is not so.
    ///
    /// # Errors
    /// When the bytes are no component, or nothing can be baked on this machine.
    pub fn reproduces(&self, component: &[u8]) -> Result<bool, BakeError> {
        let contents = Contents::of(component)?;
        let Some(document) = contents.document else {
            return Ok(false);
        };
        match self.bake_with(document.as_bytes(), &contents.companions(), Timestamp::MIN) {
            Ok(baked) => Ok(baked.component == component),
            Err(BakeError::Rules(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// The template with these rules in its memory.
    fn snapshot(&self, rules: &Rules) -> Result<Vec<u8>, BakeError> {
        let failed = |e: wasmtime::Error| BakeError::snapshot(&e);
        let compact = rules.encode().map_err(|e| BakeError::NotTaken(e.to_string()))?;
        let mut ruled = Ruled::new(&self.engine, &self.component, compact)?;
        // What it says of the accessors is borrowed from the template, and takes a millisecond to have again.
        let (context, _) = self.wizer.instrument_component(&self.template).map_err(failed)?;
        let taken = at_once(self.wizer.snapshot_component(&context, &mut ruled));
        if let Some(failure) = ruled.failure() {
            return Err(failed(failure));
        }
        match taken {
            Some(component) => component.map_err(failed),
            None => Err(BakeError::Snapshot("the snapshot waits for something".into())),
        }
    }
}
