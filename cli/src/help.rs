//! The help of the commands, and what is said of arguments that cannot be used, in French.
//!
//! The English is where a command is defined: in its comments. Its French stands beside it, as a [`Page`],
//! and is put in its place before the arguments are read, so that help, man pages and completions speak it.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::language::Language;

/// A command's help in French.
#[derive(Debug)]
pub(crate) struct Page {
    /// What it does, in one line.
    pub(crate) about: &'static str,
    /// What `--help` says beside that; empty where there is nothing.
    pub(crate) more: &'static str,
    /// Each argument by its name, and what it is.
    pub(crate) arguments: &'static [(&'static str, &'static str)],
    /// Examples and exit codes.
    pub(crate) after: &'static str,
}

/// The library puts a colon after it.
const OPTIONS: &str = "Options\u{a0}";

/// The command in this language. `page` finds the French of a subcommand, and of the whole for `gardefou`.
pub(crate) fn speaking(command: Command, language: Language, page: fn(&str) -> Option<&'static Page>) -> Command {
    match language {
        Language::English => command,
        Language::French => french(command, "", page),
    }
}

/// What the page of a command is called below the page of that name: a subcommand of a subcommand after both.
pub(crate) fn page_name(command: &Command, above: &str) -> String {
    match above {
        "" | ROOT => command.get_name().to_owned(),
        above => format!("{above} {}", command.get_name()),
    }
}

/// The whole command.
const ROOT: &str = "gardefou";

fn french(command: Command, above: &str, page: fn(&str) -> Option<&'static Page>) -> Command {
    let own = page_name(&command, above);
    let has_subcommands = command.has_subcommands();
    let has_version = command.get_version().is_some() || has_subcommands;
    let usage = command.get_styles().get_usage();
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{usage}Utilisation\u{a0}:{usage:#} {{usage}}\n\n{{all-args}}{{after-help}}"
    );
    let mut command = command
        .help_template(template)
        .subcommand_help_heading("Commandes\u{a0}")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true);
    if let Some(page) = page(&own) {
        command = translated(command, page);
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |sub| french(sub, &own, page));
    }
    command = command.arg(flag(
        "help",
        'h',
        ArgAction::Help,
        "Afficher l'aide (avec `--help`, en entier)",
    ));
    if has_version {
        command = command.arg(flag("version", 'V', ArgAction::Version, "Afficher la version"));
    }
    command
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    let flag = Arg::new(name).short(short).long(name).action(action);
    flag.help(help).help_heading(OPTIONS)
}

fn translated(mut command: Command, page: &Page) -> Command {
    command = command.about(page.about).after_help(page.after);
    if !page.more.is_empty() {
        command = command.long_about(format!("{}\n\n{}", page.about, page.more));
    }
    command.mut_args(|argument| {
        let said = page.arguments.iter().find(|(name, _)| argument.get_id() == *name);
        let help = said.map_or_else(String::new, |(_, help)| (*help).to_owned());
        let heading = if argument.is_positional() {
            "Arguments\u{a0}"
        } else {
            OPTIONS
        };
        let values = closed_set(&argument);
        argument
            .help(format!("{help}{values}"))
            .help_heading(heading)
            .hide_default_value(true)
            .hide_possible_values(true)
    })
}

/// What an option can be, and what it is when nobody says; the library says it in English only.
fn closed_set(argument: &Arg) -> String {
    if !argument.get_action().takes_values() {
        return String::new();
    }
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| value.get_name().to_owned())
        .collect();
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|v| v.to_string_lossy())
        .collect();
    let mut said = String::new();
    if !values.is_empty() {
        said.push_str(&format!(" [valeurs\u{a0}: {}]", values.join(", ")));
    }
    if !defaults.is_empty() {
        said.push_str(&format!(" [par défaut\u{a0}: {}]", defaults.join(", ")));
    }
    said
}

/// What is said of arguments that cannot be used.
pub(crate) fn complaint(error: &clap::Error) -> String {
    let about = |kind| error.get(kind).map(shown).unwrap_or_default();
    let (argument, value) = (about(ContextKind::InvalidArg), about(ContextKind::InvalidValue));
    let problem = match error.kind() {
        ErrorKind::UnknownArgument => format!("l'argument «\u{a0}{argument}\u{a0}» est inconnu"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "la commande «\u{a0}{}\u{a0}» est inconnue",
                about(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingSubcommand => "il manque une commande".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("il manque\u{a0}: {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("il manque une valeur à «\u{a0}{argument}\u{a0}»"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map_or_else(String::new, |why| format!("\u{a0}: {why}"));
            format!("«\u{a0}{value}\u{a0}» n'est pas une valeur de «\u{a0}{argument}\u{a0}»{why}")
        }
        ErrorKind::ArgumentConflict => {
            let prior = about(ContextKind::PriorArg);
            format!("«\u{a0}{argument}\u{a0}» ne va pas avec «\u{a0}{prior}\u{a0}»")
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("«\u{a0}{argument}\u{a0}» n'a pas le bon nombre de valeurs")
        }
        ErrorKind::NoEquals => format!("«\u{a0}{argument}\u{a0}» s'écrit avec `=` devant sa valeur"),
        ErrorKind::InvalidUtf8 => "un argument n'est pas en UTF-8".to_owned(),
        _ => "les arguments sont mal formés".to_owned(),
    };
    let hints = hints(error);
    let usage = about(ContextKind::Usage).replacen("Usage:", "Utilisation\u{a0}:", 1);
    let usage = if usage.is_empty() {
        usage
    } else {
        format!("\n{usage}\n")
    };
    format!("{problem}\n{hints}{usage}\nPour en savoir plus, essayer «\u{a0}--help\u{a0}».\n")
}

fn hints(error: &clap::Error) -> String {
    let kinds = [
        (ContextKind::SuggestedArg, "l'argument proche est"),
        (ContextKind::SuggestedSubcommand, "la commande proche est"),
        (ContextKind::SuggestedValue, "la valeur proche est"),
        (ContextKind::ValidValue, "les valeurs possibles sont"),
    ];
    let hints = kinds.iter().filter_map(|(kind, words)| {
        let near = error.get(*kind).map(shown).filter(|near| !near.is_empty())?;
        Some(format!("  pour corriger\u{a0}: {words} {near}\n"))
    });
    hints.collect()
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
