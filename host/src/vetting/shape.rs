//! What a component may be made of, and what none needs that decides about frames.

use std::fmt;

/// A shape that no policy needs, and so none may have: the runtime has to be trusted with less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// A function of the component that is called from inside it: the code that carries its values across is made
    /// by the runtime.
    Adapter,
    /// A component in the component that does more than name types and functions.
    NestedComponent,
    /// More than one memory.
    SecondMemory,
    /// Code that runs before any question.
    Start,
    /// A built-in function of the component model that no policy needs: tasks, threads, streams.
    BuiltIn,
    /// A function that may answer later.
    Asynchronous,
    /// A type of core modules, or a core module that is a value.
    ModuleType,
    /// A section that nothing is known about.
    Unknown,
}

impl Shape {
    /// What it is, and the way out: in English and in French.
    const fn words(self) -> [&'static str; 4] {
        match self {
            Self::Adapter => [
                "a call from one part of it to another",
                "link its parts into one core module before it becomes a component",
                "un appel d'une de ses parties à une autre",
                "lier ses parties en un seul module avant d'en faire un composant",
            ],
            Self::NestedComponent => [
                "a component within it",
                "do not compose it of components: link them into one core module",
                "un composant dans le composant",
                "ne pas le composer de composants\u{a0}: les lier en un seul module",
            ],
            Self::SecondMemory => [
                "more than one memory",
                "link its modules into one, with one memory",
                "plus d'une mémoire",
                "lier ses modules en un seul, avec une seule mémoire",
            ],
            Self::Start => [
                "a start function",
                "do at the first question what it does",
                "une fonction de démarrage",
                "faire à la première question ce qu'elle fait",
            ],
            Self::BuiltIn => [
                "a built-in function other than those of resources",
                "build it for the world `policy` alone, without threads",
                "une fonction intégrée autre que celles des ressources",
                "le construire pour le seul monde `policy`, sans fils d'exécution",
            ],
            Self::Asynchronous => [
                "an asynchronous function",
                "answer at once",
                "une fonction asynchrone",
                "répondre aussitôt",
            ],
            Self::ModuleType => [
                "a type of core modules",
                "do not pass modules about: link them into one",
                "un type de modules",
                "ne pas transmettre de modules\u{a0}: les lier en un seul",
            ],
            Self::Unknown => [
                "a section of an unknown kind",
                "build it with tools for WebAssembly components of today",
                "une section d'un genre inconnu",
                "le construire avec des outils d'aujourd'hui pour les composants WebAssembly",
            ],
        }
    }

    /// The way out.
    pub(crate) const fn help(self) -> &'static str {
        let [_, help, _, _] = self.words();
        help
    }

    /// What it is, and the way out, in French.
    pub(crate) const fn french(self) -> (&'static str, &'static str) {
        let [_, _, what, help] = self.words();
        (what, help)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [what, ..] = self.words();
        f.write_str(what)
    }
}
