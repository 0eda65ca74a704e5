//! How much of everything a component may have.

use std::fmt;

/// Something that a component has a bounded number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Quantity {
    /// Core modules.
    Modules,
    /// Instances of core modules, real ones and lists of functions.
    CoreInstances,
    /// Components in the component: each names the types and functions of an interface.
    Components,
    /// Instances of them.
    Instances,
    /// Bytes of everything outside of core modules: types, names, and how the parts are put together.
    OutlineBytes,
    /// The parts of a type, those of its parts included.
    TypeParts,
    /// The same of all types together.
    AllTypeParts,
    /// Function types of core modules.
    Types,
    /// Functions of core modules.
    Functions,
    /// Imports of core modules, all from within the component.
    Imports,
    /// Exports of core modules.
    Exports,
    /// Bytes of those imports' and exports' names.
    NameBytes,
    /// Global variables.
    Globals,
    /// Tables.
    Tables,
    /// Elements that a table begins with, and that are put into tables.
    Elements,
    /// Pieces that memory is filled with.
    DataSegments,
    /// Parameters of a function, or of a block.
    Parameters,
    /// Results of a function, or of a block.
    Results,
    /// Local variables of one function, its parameters included.
    Locals,
    /// Bytes of one function's code.
    BodyBytes,
    /// Where ways through one function part or meet.
    Places,
    /// Blocks in one another, in one function.
    Nesting,
}

impl Quantity {
    /// The most of it.
    #[must_use]
    pub const fn limit(self) -> u64 {
        match self {
            Self::Modules => 8,
            Self::CoreInstances | Self::Tables => 16,
            Self::Results => 4,
            Self::Components | Self::Instances => 64,
            Self::OutlineBytes | Self::NameBytes => 64 << 10,
            Self::BodyBytes => 32 << 10,
            Self::Types | Self::Imports | Self::Exports | Self::Globals | Self::DataSegments | Self::Nesting => 1_000,
            Self::TypeParts | Self::Functions | Self::Elements => 10_000,
            Self::Parameters => 64,
            Self::Locals => 500,
            Self::Places => 2_500,
            Self::AllTypeParts => 100_000,
        }
    }

    /// What it is, in English and in French, for a number of them.
    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Modules => ["core modules", "modules"],
            Self::CoreInstances => ["instances of core modules", "instances de modules"],
            Self::Components => ["components within it", "composants dans le composant"],
            Self::Instances => ["instances of components", "instances de composants"],
            Self::OutlineBytes => ["bytes outside of core modules", "octets hors des modules"],
            Self::TypeParts => ["parts of a type", "parties d'un type"],
            Self::AllTypeParts => ["parts of all types", "parties de tous les types"],
            Self::Types => ["types of functions", "types de fonctions"],
            Self::Functions => ["functions", "fonctions"],
            Self::Imports => ["imports of its modules", "imports de ses modules"],
            Self::Exports => ["exports of its modules", "exports de ses modules"],
            Self::NameBytes => ["bytes of names", "octets de noms"],
            Self::Globals => ["global variables", "variables globales"],
            Self::Tables => ["tables", "tables"],
            Self::Elements => ["elements of tables", "éléments de tables"],
            Self::DataSegments => ["pieces of data", "morceaux de données"],
            Self::Parameters => ["parameters of one function", "paramètres d'une fonction"],
            Self::Results => ["results of one function", "résultats d'une fonction"],
            Self::BodyBytes => ["bytes of code in one function", "octets de code dans une fonction"],
            Self::Places => ["branches in one function", "branchements dans une fonction"],
            Self::Locals => ["local variables of one function", "variables locales d'une fonction"],
            Self::Nesting => ["blocks in one another", "blocs imbriqués"],
        }
    }

    /// What it is, in French.
    pub(crate) const fn french(self) -> &'static str {
        let [_, french] = self.words();
        french
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [english, _] = self.words();
        f.write_str(english)
    }
}
