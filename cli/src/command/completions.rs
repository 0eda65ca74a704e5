//! `gardefou completions`: for shells that complete what is typed.

use clap::Args;
use clap_complete::Shell;

use crate::failure::Failure;
use crate::help::Page;
use crate::language::Language;
use crate::output;

/// Print the completions of this command for a shell
///
/// docs/completions.md of the sources says where each shell looks for them.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const AFTER_HELP: &str = "\
Examples:
  gardefou completions bash > ~/.local/share/bash-completion/completions/gardefou
  gardefou completions zsh > ~/.zfunc/_gardefou
  gardefou completions fish > ~/.config/fish/completions/gardefou.fish

Exit codes:
  0  the completions were printed
  2  the arguments are malformed
  1  anything else";

pub(super) const FRENCH: Page = Page {
    about: "Afficher les complétions de cette commande pour un shell",
    more: "La page docs/completions.md des sources dit où chaque shell les cherche.",
    arguments: &[("shell", "Le shell")],
    after: "\
Exemples\u{a0}:
  gardefou completions bash > ~/.local/share/bash-completion/completions/gardefou
  gardefou completions zsh > ~/.zfunc/_gardefou
  gardefou completions fish > ~/.config/fish/completions/gardefou.fish

Codes de sortie\u{a0}:
  0  les complétions sont affichées
  2  les arguments sont mal formés
  1  tout le reste",
};

impl Completions {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut script = Vec::new();
        let mut command = super::definition(Language::of_the_user());
        clap_complete::generate(self.shell, &mut command, "gardefou", &mut script);
        output::bytes(&script)
    }
}
