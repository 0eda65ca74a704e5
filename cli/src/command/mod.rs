//! The commands, one a file.

mod access;
mod bake;
mod check;
mod completions;
mod day;
mod demo;
mod diff;
mod employees;
mod explain;
mod inspect;
mod invalidate;
mod journal;
mod ledger;
mod man;
mod new;
mod purge;
mod replay;
mod rights;
mod run;
mod schema;
mod test;
mod verify;
mod which;

pub(crate) use day::day;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::failure::{Failure, say};
use crate::help::{self, Page};
use crate::language::Language;

pub(crate) use replay::Outcome;

/// Write rules and check them; try them on calls: see when a screen would be recorded beside a call, and
/// which rule refused the rest.
#[derive(Debug, Parser)]
#[command(name = "gardefou", version, propagate_version = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// The language of every page, message and help; that of the system when left out
    #[arg(long, value_enum, value_name = "LANGUAGE", global = true)]
    language: Option<Language>,
}

/// Shown under every help.
const EXIT_CODES: &str = "\
Exit codes:
  0  it was done; every question was answered, whatever was refused
  2  the trace, the rules or the arguments are malformed; what was decided before is printed
  1  anything else, such as a file that cannot be read";

#[derive(Debug, Subcommand)]
enum Command {
    Access(access::Access),
    Bake(bake::Bake),
    Check(check::Check),
    Completions(completions::Completions),
    Demo(demo::Demo),
    Employees(employees::Employees),
    Explain(explain::Explain),
    Inspect(inspect::Inspect),
    Journal(journal::Journal),
    Invalidate(invalidate::Invalidate),
    Ledger(ledger::Ledger),
    Man(man::Man),
    Diff(diff::Diff),
    New(new::New),
    Replay(replay::Replay),
    Purge(purge::Purge),
    Rights(rights::Rights),
    Run(run::Run),
    Schema(schema::Schema),
    Test(test::Test),
    Verify(verify::Verify),
    Which(which::Which),
}

const FRENCH: Page = Page {
    about: "Écrire des règles et les vérifier\u{a0}; les essayer sur des appels\u{a0}: voir quand l'écran serait enregistré à \
            côté d'un appel, et quelle règle a refusé le reste.",
    more: "",
    arguments: &[(
        "language",
        "La langue de toute page, de tout message et de l'aide\u{a0}; celle du système par défaut",
    )],
    after: "\
Codes de sortie\u{a0}:
  0  c'est fait\u{a0}; toute question a eu sa réponse, quels que soient les refus
  2  la trace, les règles ou les arguments sont mal formés\u{a0}; ce qui était décidé avant est affiché
  1  tout le reste, comme un fichier illisible",
};

/// The French of a command, and of the whole for `gardefou`. A subcommand of one is called after both.
fn french(name: &str) -> Option<&'static Page> {
    Some(match name {
        "gardefou" => &FRENCH,
        "access" => &access::FRENCH,
        "bake" => &bake::FRENCH,
        "check" => &check::FRENCH,
        "completions" => &completions::FRENCH,
        "demo" => &demo::FRENCH,
        "diff" => &diff::FRENCH,
        "employees" => &employees::FRENCH,
        "explain" => &explain::FRENCH,
        "inspect" => &inspect::FRENCH,
        "journal" => &journal::FRENCH,
        "journal export" => &journal::EXPORT,
        "journal prove" => &journal::PROVE,
        "journal show" => &journal::SHOW,
        "journal verify" => &journal::VERIFY,
        "invalidate" => &invalidate::FRENCH,
        "ledger" => &ledger::FRENCH,
        "ledger show" => &ledger::FRENCH_SHOW,
        "ledger reviewed" => &ledger::FRENCH_REVIEWED,
        "man" => &man::FRENCH,
        "new" => &new::FRENCH,
        "replay" => &replay::FRENCH,
        "purge" => &purge::FRENCH,
        "rights" => &rights::FRENCH,
        "run" => &run::FRENCH,
        "schema" => &schema::FRENCH,
        "test" => &test::FRENCH,
        "verify" => &verify::FRENCH,
        "which" => &which::FRENCH,
        _ => return None,
    })
}

/// The command's definition, in this language.
fn definition(language: Language) -> clap::Command {
    help::speaking(Arguments::command(), language, french)
}

/// What the command line says.
fn arguments() -> Result<Arguments, Failure> {
    let language = Language::of_the_user();
    let read = definition(language)
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    read.map_err(|error| match language {
        Language::French
            if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            say(&help::complaint(&error));
            Failure::Told
        }
        _ => error.exit(),
    })
}

/// Does what the command line says.
pub(crate) fn run() -> Result<(), Failure> {
    match arguments()?.command {
        Command::Access(access) => access.run(),
        Command::Bake(bake) => bake.run(),
        Command::Check(check) => check.run(),
        Command::Completions(completions) => completions.run(),
        Command::Demo(demo) => demo.run(),
        Command::Employees(employees) => employees.run(),
        Command::Explain(explain) => explain.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Journal(journal) => journal.run(),
        Command::Invalidate(invalidate) => invalidate.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Man(man) => man.run(),
        Command::Diff(diff) => diff.run(),
        Command::New(new) => new.run(),
        Command::Replay(replay) => replay.run(),
        Command::Purge(purge) => purge.run(),
        Command::Rights(rights) => rights.run(),
        Command::Run(run) => run.run(),
        Command::Schema(schema) => schema.run(),
        Command::Test(test) => test.run(),
        Command::Verify(verify) => verify.run(),
        Command::Which(which) => which.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &clap::Command, above: &str, see: &mut impl FnMut(&str, &clap::Command)) {
        let name = help::page_name(command, above);
        see(&name, command);
        for sub in command.get_subcommands() {
            walk(sub, &name, see);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_french() {
        walk(&Arguments::command(), "", &mut |name, command| {
            let page = french(name).unwrap_or_else(|| panic!("`{name}` has no page"));
            let long = command
                .get_long_about()
                .is_some_and(|long| Some(long) != command.get_about());
            assert_eq!(long, !page.more.is_empty(), "{name}");
            let arguments: Vec<&str> = command.get_arguments().map(|a| a.get_id().as_str()).collect();
            let translated: Vec<&str> = page.arguments.iter().map(|(name, _)| *name).collect();
            assert_eq!(arguments, translated, "{name}");
            let lines = |text: &str| text.lines().count();
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert_eq!(
                lines(&after),
                lines(page.after),
                "{name}: as many examples and exit codes"
            );
        });
    }

    #[test]
    fn the_definition_is_sound_in_both_languages() {
        for language in [Language::English, Language::French] {
            definition(language).debug_assert();
        }
    }
}
