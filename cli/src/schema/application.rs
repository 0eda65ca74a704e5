//! `[[application]]`, and how its windows are recognised.
#![expect(dead_code, reason = "these types are described, and never made")]

use schemars::JsonSchema;

use super::values::{Glob, Text, Url, Whole};

/// An application that a training is about.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Application {
    /// Its name within this file; no two applications have the same.
    #[schemars(extend("examples" = ["crm"]))]
    id: Text,
    /// Its name for people.
    #[schemars(extend("examples" = ["Customer desk"]))]
    title: Text,
    /// How its windows are recognised (S4): everything named in one entry must be true of a window; the
    /// entries are alternatives.
    #[schemars(length(min = 1))]
    r#match: Vec<Entry>,
    /// Windows with such a title are never recorded; `*` stands for any text. Capitals, accents, and kinds of
    /// spaces, quotes and dashes make no difference.
    #[schemars(default)]
    never_title: Vec<Glob>,
    /// What is never typed or spoken while the application is in use (+9): your declaration.
    #[schemars(default)]
    never_entered: Vec<Entered>,
}

/// What a window must be. A `title` alone is not enough: any program can show it.
#[derive(JsonSchema)]
#[schemars(
    rename_all = "kebab-case",
    deny_unknown_fields,
    extend("anyOf" = [
        { "required": ["executable"] },
        { "required": ["package"] },
        { "required": ["signer"] },
        { "required": ["wm-class"] },
        { "required": ["url"] },
    ])
)]
struct Entry {
    /// The file of the program, compared whole. Without `/` or `\` it is compared with the last part of the
    /// file's path. A browser needs a `url` beside it.
    executable: Option<Whole>,
    /// The bundle or package id, compared whole.
    package: Option<Whole>,
    /// Who signed the program, compared whole.
    signer: Option<Whole>,
    /// The window's class: on Linux the second name that `xprop WM_CLASS` shows, on Windows the class name.
    /// A pattern.
    wm_class: Option<Glob>,
    /// The window's title. A pattern.
    title: Option<Glob>,
    /// The address of the page: scheme, host and `/`, then a pattern in which `*` is any run without `/`, and
    /// `**` any run.
    #[schemars(extend("examples" = ["https://crm.acme.example/**"]))]
    url: Option<Url>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(super) enum Entered {
    PaymentCard,
    Password,
}
