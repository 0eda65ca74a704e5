//! `gardefou journal`: what was decided, and who looked.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::day::day;
use crate::failure::Failure;
use crate::help::Page;
use crate::journal::{self, Chosen, Kind, Showing, Which};

/// Read a journal: what was decided, and who looked; verify that it is what was written
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, arg_required_else_help = true)]
pub(super) struct Journal {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(Show),
    Verify(Verify),
    Export(Export),
    Prove(Prove),
}

const AFTER_HELP: &str = "\
Exit codes:
  0  it was done
  3  something is not what was written
  2  what was given is malformed
  1  anything else, such as a file that cannot be read";

/// Show entries, one a line
#[derive(Debug, Args)]
#[command(after_help = SHOW_HELP)]
struct Show {
    /// The journal
    file: PathBuf,

    /// Only entries of this kind
    #[arg(long, value_enum)]
    kind: Option<Kind>,

    /// Only entries of this session
    #[arg(long)]
    session: Option<String>,

    /// Only entries of this programme
    #[arg(long)]
    programme: Option<String>,

    /// The first day (UTC)
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Date>,

    /// The last day (UTC)
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Date>,

    /// Only so many, the latest
    #[arg(long, value_name = "N")]
    last: Option<usize>,

    /// Rules, or components, by whose names digests are shown; may be given several times
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,

    /// The key that must have signed it: a file, or the key itself; `FILE.pub` when there is none
    #[arg(long, value_name = "KEY")]
    key: Option<OsString>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Shown,
}

/// What to print of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// A page to read
    #[default]
    Text,
    /// The same as one page to print
    Html,
    /// JSON
    Json,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page to read
    #[default]
    Text,
    /// JSON
    Json,
}

const SHOW_HELP: &str = "\
Examples:
  gardefou journal show calls.journal --last 20
  gardefou journal show calls.journal --kind access --from 2026-11-01
  gardefou journal show calls.journal --session s-1 --format json
  gardefou journal show calls.journal --rules rules.toml --rules rules-october.toml

Exit codes:
  0  they were shown, and are what was signed
  3  something in the journal is not what was signed: the first line says what
  2  the file is no journal, or the arguments are malformed
  1  anything else, such as a file that cannot be read";

/// Verify that a journal is what was written, or that a proof holds
///
/// Every entry is held against its digest, the tree over them against every signed checkpoint, and so are the
/// counts, the open discards and what was forgotten. Whoever holds the file and the key can write all of it
/// anew: that shows against a checkpoint that was kept elsewhere, and only there.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_HELP)]
struct Verify {
    /// The journal
    #[arg(required_unless_present = "proof")]
    file: Option<PathBuf>,

    /// The key that must have signed it: a file, or the key itself; `FILE.pub` when there is none
    #[arg(long, value_name = "KEY")]
    key: Option<OsString>,

    /// A checkpoint that was kept elsewhere; may be given several times
    #[arg(long, value_name = "NOTE", conflicts_with = "proof")]
    checkpoint: Vec<PathBuf>,

    /// The proofs to verify instead, without any journal
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    proof: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const VERIFY_HELP: &str = "\
Examples:
  gardefou journal verify calls.journal
  gardefou journal verify calls.journal --key auditor/calls.pub --checkpoint auditor/october.note
  gardefou journal verify --proof entry-12.json --key auditor/calls.pub

Exit codes:
  0  it is what was signed; what that does not exclude is said
  3  something is not what was written; the first of it is named
  2  the file is no journal, or the key, a checkpoint, a proof or the arguments are malformed
  1  anything else, such as a file that cannot be read";

/// Write every entry as a line of JSON, or a checkpoint to keep elsewhere
#[derive(Debug, Args)]
#[command(after_help = EXPORT_HELP)]
struct Export {
    /// The journal
    file: PathBuf,

    /// What to write
    #[arg(long, value_enum, default_value_t)]
    what: Which,

    /// Where to, instead of standard output: a file that is not there yet
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The folder for each decision's trace, as `INDEX.jsonl`
    #[arg(long, value_name = "DIR")]
    traces: Option<PathBuf>,

    /// The key that must have signed it: a file, or the key itself; `FILE.pub` when there is none
    #[arg(long, value_name = "KEY")]
    key: Option<OsString>,
}

const EXPORT_HELP: &str = "\
Examples:
  gardefou journal export calls.journal > entries.jsonl
  gardefou journal export calls.journal --what checkpoint -o november.note
  gardefou journal export calls.journal --traces traces -o entries.jsonl

Exit codes:
  0  it was written, and is what was signed
  3  something in the journal is not what was signed: the first line says what
  2  the file is already there, the journal is none, or the arguments are malformed
  1  anything else, such as a file that cannot be read";

/// Write a proof that the recipient verifies without the journal
///
/// Of an entry: that it is in the journal, with its content if that was not forgotten. Since a checkpoint: that
/// the journal only grew.
#[derive(Debug, Args)]
#[command(after_help = PROVE_HELP)]
struct Prove {
    /// The journal
    file: PathBuf,

    /// The entry's number
    #[arg(required_unless_present_any = ["session", "since"], conflicts_with_all = ["session", "since"])]
    index: Option<u64>,

    /// Every entry of this session
    #[arg(long, conflicts_with = "since")]
    session: Option<String>,

    /// That the journal only grew since this checkpoint
    #[arg(long, value_name = "NOTE")]
    since: Option<PathBuf>,

    /// Where to, instead of standard output: a file that is not there yet
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const PROVE_HELP: &str = "\
Examples:
  gardefou journal prove calls.journal 12 -o entry-12.json
  gardefou journal prove calls.journal --session s-1 -o s-1.json
  gardefou journal prove calls.journal --since october.note

Exit codes:
  0  it was written
  3  the journal is not what was signed, and proves nothing
  2  there is no such entry, or the journal, the checkpoint or the arguments are malformed
  1  anything else, such as a file that cannot be read";

pub(super) const FRENCH: Page = Page {
    about: "Lire un journal\u{a0}: ce qui a été décidé, et qui a consulté\u{a0}; en vérifier l'intégrité",
    more: "",
    arguments: &[],
    after: "\
Codes de sortie\u{a0}:
  0  c'est fait
  3  l'intégrité du journal n'est pas vérifiée
  2  ce qui a été donné est mal formé
  1  tout le reste, comme un fichier illisible",
};

pub(super) const SHOW: Page = Page {
    about: "Montrer des entrées, une par ligne",
    more: "",
    arguments: &[
        ("file", "Le journal"),
        ("kind", "Seulement les entrées de cette sorte"),
        ("session", "Seulement les entrées de cette session"),
        ("programme", "Seulement les entrées de ce programme"),
        ("from", "Le premier jour (UTC)"),
        ("until", "Le dernier jour (UTC)"),
        ("last", "Seulement les N dernières"),
        (
            "rules",
            "Des documents ou fichiers de règles publiés, dont les noms remplacent les empreintes\u{a0}; peut être donné plusieurs fois",
        ),
        (
            "key",
            "La clé qui doit l'avoir signé\u{a0}: un fichier, ou la clé elle-même\u{a0}; `FICHIER.pub` sans elle",
        ),
        ("format", "Ce qui est affiché"),
    ],
    after: "\
Exemples\u{a0}:
  gardefou journal show appels.journal --last 20
  gardefou journal show appels.journal --kind access --from 2026-11-01
  gardefou journal show appels.journal --session s-1 --format json
  gardefou journal show appels.journal --rules regles.toml --rules regles-octobre.toml

Codes de sortie\u{a0}:
  0  elles sont affichées, et sont ce qui a été signé
  3  quelque chose dans le journal n'est pas ce qui a été signé\u{a0}: la première ligne dit quoi
  2  le fichier n'est pas un journal, ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

pub(super) const VERIFY: Page = Page {
    about: "Vérifier l'intégrité d'un journal, ou qu'une preuve tient",
    more: "Chaque entrée est confrontée à son empreinte, l'arbre au-dessus d'elles à chaque point de contrôle signé, et de même les décomptes, les suppressions en attente et ce qui a été effacé. Qui tient le fichier et la clé peut tout réécrire\u{a0}: cela se voit face à un point de contrôle gardé ailleurs, et là seulement.",
    arguments: &[
        ("file", "Le journal"),
        (
            "key",
            "La clé qui doit l'avoir signé\u{a0}: un fichier, ou la clé elle-même\u{a0}; `FICHIER.pub` sans elle",
        ),
        (
            "checkpoint",
            "Un point de contrôle gardé ailleurs\u{a0}; peut être donné plusieurs fois",
        ),
        ("proof", "Les preuves à vérifier à la place, sans aucun journal"),
        ("format", "Ce qui est affiché"),
    ],
    after: "\
Exemples\u{a0}:
  gardefou journal verify appels.journal
  gardefou journal verify appels.journal --key audit/appels.pub --checkpoint audit/octobre.note
  gardefou journal verify --proof entree-12.json --key audit/appels.pub

Codes de sortie\u{a0}:
  0  il est ce qui a été signé\u{a0}; ce que cela n'exclut pas est dit
  3  l'intégrité n'est pas vérifiée\u{a0}; le premier écart est nommé
  2  le fichier n'est pas un journal, ou la clé, un point de contrôle, une preuve ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

pub(super) const EXPORT: Page = Page {
    about: "Écrire chaque entrée en une ligne de JSON, ou un point de contrôle à garder ailleurs",
    more: "",
    arguments: &[
        ("file", "Le journal"),
        ("what", "Ce qui est écrit"),
        (
            "output",
            "Où, à la place de la sortie standard\u{a0}: un fichier qui n'existe pas encore",
        ),
        ("traces", "Le dossier pour la trace de chaque décision, `NUMÉRO.jsonl`"),
        (
            "key",
            "La clé qui doit l'avoir signé\u{a0}: un fichier, ou la clé elle-même\u{a0}; `FICHIER.pub` sans elle",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou journal export appels.journal > entrees.jsonl
  gardefou journal export appels.journal --what checkpoint -o novembre.note
  gardefou journal export appels.journal --traces traces -o entrees.jsonl

Codes de sortie\u{a0}:
  0  c'est écrit, et c'est ce qui a été signé
  3  quelque chose dans le journal n'est pas ce qui a été signé\u{a0}: la première ligne dit quoi
  2  le fichier existe déjà, le journal n'en est pas un, ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

pub(super) const PROVE: Page = Page {
    about: "Écrire une preuve que le destinataire vérifie sans le journal",
    more: "D'une entrée\u{a0}: qu'elle est dans le journal, avec son contenu s'il n'est pas effacé. Depuis un point de contrôle\u{a0}: que le journal n'a fait que croître.",
    arguments: &[
        ("file", "Le journal"),
        ("index", "Le numéro de l'entrée"),
        ("session", "Toutes les entrées de cette session"),
        (
            "since",
            "Que le journal n'a fait que croître depuis ce point de contrôle",
        ),
        (
            "output",
            "Où, à la place de la sortie standard\u{a0}: un fichier qui n'existe pas encore",
        ),
    ],
    after: "\
Exemples\u{a0}:
  gardefou journal prove appels.journal 12 -o entree-12.json
  gardefou journal prove appels.journal --session s-1 -o s-1.json
  gardefou journal prove appels.journal --since octobre.note

Codes de sortie\u{a0}:
  0  c'est écrit
  3  le journal n'est pas ce qui a été signé, et ne prouve rien
  2  cette entrée n'existe pas, ou le journal, le point de contrôle ou les arguments sont mal formés
  1  tout le reste, comme un fichier illisible",
};

impl Journal {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.action {
            Action::Show(show) => show.run(),
            Action::Verify(verify) => verify.run(),
            Action::Export(export) => journal::export(
                &export.file,
                export.key.as_deref(),
                export.what,
                export.output.as_deref(),
                export.traces.as_deref(),
            ),
            Action::Prove(prove) => prove.run(),
        }
    }
}

impl Show {
    fn run(&self) -> Result<(), Failure> {
        let chosen = Chosen {
            kind: self.kind,
            session: self.session.as_deref(),
            programme: self.programme.as_deref(),
            from: self.from.map(|day| day.to_string()),
            until: self.until.map(|day| day.to_string()),
        };
        let showing = Showing {
            last: self.last,
            json: self.format == Shown::Json,
            key: self.key.as_deref(),
            rules: &self.rules,
        };
        match self.format {
            Shown::Html => journal::show_sheet(&self.file, &chosen, &showing),
            Shown::Text | Shown::Json => journal::show(&self.file, &chosen, &showing),
        }
    }
}

impl Verify {
    fn run(&self) -> Result<(), Failure> {
        let key = self.key.as_deref();
        let json = self.format == Format::Json;
        match (&self.file, &self.proof) {
            (_, Some(proof)) => journal::verify_proofs(proof, key, json),
            (Some(file), None) => journal::verify(file, key, &self.checkpoint, json),
            // The library asks for one of them.
            (None, None) => Ok(()),
        }
    }
}

impl Prove {
    fn run(&self) -> Result<(), Failure> {
        let output = self.output.as_deref();
        match (&self.session, &self.since, self.index) {
            (Some(session), ..) => journal::prove_session(&self.file, session, output),
            (_, Some(since), _) => journal::prove_since(&self.file, since, output),
            (.., index) => journal::prove(&self.file, index.unwrap_or_default(), output),
        }
    }
}
