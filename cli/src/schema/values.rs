//! The kinds of values: texts, patterns, dates, durations.
#![expect(dead_code, reason = "these types are described, and never made")]

use schemars::JsonSchema;

/// A text that is not blank, on one line.
#[derive(JsonSchema)]
pub(super) struct Text(
    #[schemars(regex(
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$"
    ))]
    String,
);

/// A text that is compared whole, so that `*` means nothing in it.
#[derive(JsonSchema)]
pub(super) struct Whole(
    #[schemars(regex(
        pattern = r"^[^*\u0000-\u001F\u007F-\u009F]*[^*\s\u0000-\u001F\u007F-\u009F][^*\u0000-\u001F\u007F-\u009F]*$"
    ))]
    String,
);

/// A pattern in which `*` stands for any text, and which is more than `*`.
#[derive(JsonSchema)]
pub(super) struct Glob(
    #[schemars(regex(
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^*\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$"
    ))]
    String,
);

/// The addresses of pages: a scheme, a host and a `/`, then a pattern.
#[derive(JsonSchema)]
pub(super) struct Url(
    #[schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9+.\-]*://(\*\.)?[^/*\s]+/[^\u0000-\u001F\u007F-\u009F]*$"))]
    String,
);

/// A whole day, without quotes, like 2026-11-01.
#[derive(JsonSchema)]
pub(super) struct Date(
    #[schemars(
        regex(pattern = r"^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
        extend("format" = "date")
    )]
    String,
);

/// A whole number above 0 and one unit (ms, s, min, h or d), like "180d".
#[derive(JsonSchema)]
pub(super) struct Duration(#[schemars(regex(pattern = r"^0*[1-9][0-9]*(ms|s|min|h|d)$"))] String);

/// The same, or a number of months from "1months" to "12months": the shortest that they can be, in days.
#[derive(JsonSchema)]
pub(super) struct Kept(#[schemars(regex(pattern = r"^(0*[1-9][0-9]*(ms|s|min|h|d)|([1-9]|1[0-2])months)$"))] String);

/// A whole number of days above 0, like "730d": whole days of the calendar.
#[derive(JsonSchema)]
pub(super) struct Validity(#[schemars(regex(pattern = r"^0*[1-9][0-9]*d$"))] String);

/// The first and the last day, both included.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Days {
    /// The first day.
    from: Date,
    /// The last day.
    until: Date,
}
