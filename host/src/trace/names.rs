//! The closed sets of the contract, by the names that a trace writes.

use gardefou_policy::types::{Artefact, CallPhase, CaptureMode, Operation, Purpose, WindowKind};

/// A closed set whose members have names.
pub(super) trait Named: Copy + 'static {
    /// Every member, with its name.
    const NAMES: &'static [(&'static str, Self)];
}

impl Named for Purpose {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("training", Self::Training),
        ("evaluation", Self::Evaluation),
        ("quality", Self::Quality),
        ("evidence", Self::Evidence),
        ("monitoring", Self::Monitoring),
        ("subject-right", Self::SubjectRight),
        ("oversight", Self::Oversight),
        ("other", Self::Other),
    ];
}

impl Named for CaptureMode {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("screen-video", Self::ScreenVideo),
        ("window-video", Self::WindowVideo),
        ("screenshot", Self::Screenshot),
    ];
}

impl Named for CallPhase {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("none", Self::None),
        ("ringing", Self::Ringing),
        ("connected", Self::Connected),
        ("held", Self::Held),
        ("consulting", Self::Consulting),
        ("after-call", Self::AfterCall),
    ];
}

impl Named for WindowKind {
    const NAMES: &'static [(&'static str, Self)] = &[("training", Self::Training), ("other", Self::Other)];
}

impl Named for Operation {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("view", Self::View),
        ("annotate", Self::Annotate),
        ("train-others", Self::TrainOthers),
        ("export", Self::Export),
        ("disclose", Self::Disclose),
        ("restrict", Self::Restrict),
        ("release", Self::Release),
        ("delete", Self::Delete),
        ("other", Self::Other),
    ];
}

impl Named for Artefact {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("recording", Self::Recording),
        ("anonymised-copy", Self::AnonymisedCopy),
        ("analysis", Self::Analysis),
        ("decision-record", Self::DecisionRecord),
        ("access-record", Self::AccessRecord),
        ("temporary", Self::Temporary),
        ("other", Self::Other),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_as_everywhere_else<T: Named + serde::Serialize>() {
        for (name, value) in T::NAMES {
            assert_eq!(serde_json::to_string(value).unwrap(), format!("\"{name}\""));
        }
    }

    #[test]
    fn the_names_are_those_of_the_vocabulary() {
        is_as_everywhere_else::<Purpose>();
        is_as_everywhere_else::<CaptureMode>();
        is_as_everywhere_else::<CallPhase>();
        is_as_everywhere_else::<WindowKind>();
        is_as_everywhere_else::<Operation>();
        is_as_everywhere_else::<Artefact>();
        assert_eq!(
            Operation::NAMES.len(),
            Operation::ALL.len() + 1,
            "and what is none of them"
        );
        assert_eq!(
            Artefact::NAMES.len(),
            Artefact::ALL.len() + 1,
            "and what is none of them"
        );
    }
}
