//! The kinds of windows that try a recorder: each has a preset of its name.

use serde::{Deserialize, Serialize};

/// What an allowed window, or somebody else, does so that pixels of a window that may not be recorded lie where an
/// allowed one is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It was uncovered, and draws lines, outlines or single points: the area that is reported as painted is the
    /// rectangle around them.
    Lines,
    /// It was uncovered, and draws with XOR: what lay there shows through.
    Xor,
    /// It was uncovered, and fills with what changes nothing.
    NoOp,
    /// It was uncovered, and paints over what lay there with a translucent colour.
    Alpha,
    /// It was uncovered, and gets another size, under another gravity of its bits: what lay there moves along.
    Gravity,
    /// A window's shape changes and changes back within 5 ms, so that something is uncovered in between.
    Shape,
    /// A window's opacity changes, for good or for less than 5 ms.
    Opacity,
    /// A window is redirected: its pixels no longer reach the screen, or its image begins with those of another.
    Redirection,
    /// Somebody draws on the desktop, windows included.
    RootDrawing,
    /// It was uncovered, and paints late.
    LateRepaint,
    /// It was uncovered, and paints only a part of it.
    PartialRepaint,
    /// The program behind a window claims to be another, or becomes one while its connection stays.
    Identity,
    /// Several of them at once, one after the other in one window.
    Any,
}

impl Kind {
    /// Each of them but [`Kind::Any`].
    pub const ALL: [Self; 12] = [
        Self::Lines,
        Self::Xor,
        Self::NoOp,
        Self::Alpha,
        Self::Gravity,
        Self::Shape,
        Self::Opacity,
        Self::Redirection,
        Self::RootDrawing,
        Self::LateRepaint,
        Self::PartialRepaint,
        Self::Identity,
    ];

    /// As it is written, and the name of its preset (but for [`Kind::Any`]).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Xor => "xor",
            Self::NoOp => "no-op",
            Self::Alpha => "alpha",
            Self::Gravity => "gravity",
            Self::Shape => "shape",
            Self::Opacity => "opacity",
            Self::Redirection => "redirection",
            Self::RootDrawing => "root-drawing",
            Self::LateRepaint => "late-repaint",
            Self::PartialRepaint => "partial-repaint",
            Self::Identity => "identity",
            Self::Any => "any",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_written_by_its_name() {
        for kind in Kind::ALL.into_iter().chain([Kind::Any]) {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
