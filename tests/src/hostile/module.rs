//! The core module of a policy by another hand: the canonical ABI of contract 1.0, by hand.

use std::fmt::Write as _;

use super::Foreign;

/// Where a test's own data begins in memory; the heap begins at 65,536.
pub const DATA: u32 = 4096;

/// A function of the module. All but [`Part::KeepUntil`] and [`Part::Classify`] answer with a pointer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// `session.open`; its question is in memory at `$question`.
    Open,
    /// `session.classify`; its question is in memory at `$question`. Answers 0 for other, 1 for training.
    Classify,
    /// `session.decide`; `$at`, `$width`, `$height`, `$windows` and `$count` among others.
    Decide,
    /// `terms-of`, of the string `$programme` with `$length` bytes.
    TermsOf,
    /// `review`; `$start` and `$end` among others.
    Review,
    /// `authorise`; its question is in memory at `$question`.
    Authorise,
    /// `keep-until`; `$collected` among others. Answers an instant.
    KeepUntil,
    /// `describe`.
    Describe,
    /// The allocator that the host calls; `$old`, `$old-size`, `$align`, `$size`.
    Realloc,
}

impl Part {
    const VERSIONED: [Self; 8] = [
        Self::Open,
        Self::Classify,
        Self::Decide,
        Self::TermsOf,
        Self::Review,
        Self::Authorise,
        Self::KeepUntil,
        Self::Describe,
    ];

    const fn interface(self) -> &'static str {
        match self {
            Self::Open | Self::Classify | Self::Decide | Self::TermsOf | Self::Review => "capture",
            Self::Authorise | Self::KeepUntil => "custody",
            Self::Describe => "about",
            Self::Realloc => "",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Open => "[static]session.open",
            Self::Classify => "[method]session.classify",
            Self::Decide => "[method]session.decide",
            Self::TermsOf => "terms-of",
            Self::Review => "review",
            Self::Authorise => "authorise",
            Self::KeepUntil => "keep-until",
            Self::Describe => "describe",
            Self::Realloc => "cabi_realloc",
        }
    }

    const fn signature(self) -> &'static str {
        match self {
            Self::Open | Self::Classify | Self::Authorise => "(param $question i32) (result i32)",
            Self::Decide => {
                "(param $self i32) (param $at i64) (param $from i64) (param $to i64) (param $gap i64) (param $phase i32)
                 (param $known i32) (param $holds i32) (param $counted i32) (param $employee i64) (param $programme i64)
                 (param $unreviewed i64) (param $width i32) (param $height i32) (param $windows i32)
                 (param $count i32) (result i32)"
            }
            Self::TermsOf => "(param $programme i32) (param $length i32) (result i32)",
            Self::Review => {
                "(param $start i64) (param $end i64) (param $was-answered i32) (param $answered i64)
                 (param $hung-up-when i32) (param $hung-up i64) (param $known i32) (param $holds i32)
                 (param $mode i32) (result i32)"
            }
            Self::KeepUntil => {
                "(param $artefact i32) (param $collected i64) (param $programme i32) (param $length i32) (result i64)"
            }
            Self::Describe => "(result i32)",
            Self::Realloc => "(param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)",
        }
    }

    pub(super) const fn good_body(self) -> &'static str {
        match self {
            Self::Open => "(call $opened (call $new (i32.const 1)))",
            Self::Classify => "(i32.const 1)",
            Self::Decide => GOOD_DECIDE,
            Self::TermsOf => GOOD_TERMS,
            Self::Review => "(call $disposed (i32.const 2) (i64.const 0) (i64.const 0))",
            Self::Authorise => "(call $authorised (i32.const 0) (i32.const 1))",
            Self::KeepUntil => "(i64.const -1)",
            Self::Describe => {
                "(call $described (i32.const 2048) (i32.const 7) (i32.const 2080) (i32.const 1) (i32.const 0) (i32.const 0))"
            }
            Self::Realloc => GOOD_REALLOC,
        }
    }
}

const GOOD_DECIDE: &str = "
    (if (local.get $count)
      (then (memory.copy (i32.const 1024) (i32.add (local.get $windows) (i32.const 4)) (i32.const 16)))
      (else
        (i64.store (i32.const 1024) (i64.const 0))
        (i32.store (i32.const 1032) (local.get $width))
        (i32.store (i32.const 1036) (local.get $height))))
    (call $verdict (i32.const 2) (i32.const 1024) (i32.const 1) (i32.const 0) (i32.const 0)
      (i64.const -1) (i64.const -1))";

/// Frames and facts within a second, no caps, periods of a week.
const GOOD_TERMS: &str = "
    (i32.store8 (i32.const 128) (i32.const 1))
    (i64.store (i32.const 136) (i64.const 1000))
    (i64.store (i32.const 144) (i64.const 1000))
    (i64.store (i32.const 152) (i64.const -1))
    (i64.store (i32.const 160) (i64.const 604800000))
    (i64.store (i32.const 168) (i64.const -1))
    (i64.store (i32.const 176) (i64.const 604800000))
    (i64.store (i32.const 184) (i64.const -1))
    (i64.store (i32.const 192) (i64.const 604800000))
    (i32.const 128)";

/// What a question brings is dead when the next one comes: the heap is a ring.
const GOOD_REALLOC: &str = "
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (if (i32.gt_u (i32.add (local.get $at) (local.get $size)) (i32.const 262144))
      (then (local.set $at (i32.const 65536))))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (local.get $at)";

/// The answers' layouts in memory.
const ANSWERS: &str = r#"
  (global $heap (mut i32) (i32.const 65536))
  (global $counter (mut i32) (i32.const 0))
  (data (i32.const 2048) "foreign")
  (data (i32.const 2064) "1")
  (data (i32.const 2072) "p")
  (data (i32.const 2080) "\18\08\00\00\01\00\00\00")
  (func $opened (param $session i32) (result i32)
    (i32.store8 (i32.const 256) (i32.const 0))
    (i32.store (i32.const 260) (local.get $session))
    (i32.const 256))
  (func $refused (param $reason i32) (param $detail i32) (result i32)
    (i32.store8 (i32.const 256) (i32.const 1))
    (i32.store16 (i32.const 260) (local.get $reason))
    (i32.store16 (i32.const 262) (local.get $detail))
    (i32.const 256))
  (func $verdict (param $action i32) (param $list i32) (param $length i32) (param $reason i32)
      (param $detail i32) (param $until i64) (param $budget i64) (result i32)
    (i32.store8 (i32.const 320) (local.get $action))
    (i32.store (i32.const 324) (local.get $list))
    (i32.store (i32.const 328) (local.get $length))
    (i32.store16 (i32.const 332) (local.get $reason))
    (i32.store16 (i32.const 334) (local.get $detail))
    (i64.store (i32.const 336) (local.get $until))
    (i64.store (i32.const 344) (local.get $budget))
    (i32.const 320))
  (func $disposed (param $what i32) (param $start i64) (param $end i64) (result i32)
    (i32.store8 (i32.const 384) (local.get $what))
    (i64.store (i32.const 392) (local.get $start))
    (i64.store (i32.const 400) (local.get $end))
    (i32.const 384))
  (func $authorised (param $what i32) (param $word i32) (result i32)
    (i32.store8 (i32.const 448) (local.get $what))
    (i32.store (i32.const 450) (local.get $word))
    (i32.const 448))
  (func $described (param $id i32) (param $id-length i32) (param $programmes i32) (param $programme-count i32)
      (param $notes i32) (param $note-count i32) (result i32)
    (i32.store (i32.const 512) (local.get $id))
    (i32.store (i32.const 516) (local.get $id-length))
    (i32.store (i32.const 520) (i32.const 2064))
    (i32.store (i32.const 524) (i32.const 1))
    (i64.store (i32.const 528) (i64.const 0))
    (i64.store (i32.const 536) (i64.const -1))
    (i64.store (i32.const 544) (i64.const 0))
    (i32.store (i32.const 552) (local.get $programmes))
    (i32.store (i32.const 556) (local.get $programme-count))
    (i32.store (i32.const 560) (local.get $notes))
    (i32.store (i32.const 564) (local.get $note-count))
    (i32.const 512))
"#;

/// The module's text.
pub(super) fn text(policy: &Foreign) -> String {
    let mut text = String::from("(module\n");
    for version in &policy.versions {
        if policy.interfaces.contains("capture") {
            writeln!(
                text,
                "(import \"[export]gardefou:policy/capture@{version}\" \"[resource-new]session\" \
                 (func $new-{version} (param i32) (result i32)))"
            )
            .unwrap();
        }
    }
    text += &policy.imports;
    write!(text, "(memory (export \"memory\") {})\n{ANSWERS}", policy.memory).unwrap();
    if let Some(body) = policy.body(Part::Realloc) {
        writeln!(
            text,
            "(func (export \"cabi_realloc\") {} {body})",
            Part::Realloc.signature()
        )
        .unwrap();
    }
    for version in &policy.versions {
        for part in Part::VERSIONED
            .into_iter()
            .filter(|part| policy.interfaces.contains(part.interface()))
        {
            if let Some(body) = policy.body(part) {
                let (interface, name, signature) = (part.interface(), part.name(), part.signature());
                let body = body.replace("$new", &format!("$new-{version}"));
                writeln!(
                    text,
                    "(func (export \"gardefou:policy/{interface}@{version}#{name}\") {signature} {body})"
                )
                .unwrap();
            }
        }
    }
    let bytes: String = policy.data.iter().map(|byte| format!("\\{byte:02x}")).collect();
    write!(text, "(data (i32.const {DATA}) \"{bytes}\")\n{}\n)", policy.fields).unwrap();
    text
}
