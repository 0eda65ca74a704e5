//! The report in words.

use gardefou_capture_kit::report::{ELSEWHERE, Evidence, OfKind, Report};

use crate::language::Language;

/// Says what was found, and whether it is what was asked for.
pub(crate) fn of(report: &Report, evidence: &Evidence, fine: bool, language: Language) -> String {
    let mut lines = vec![leak(report, language)];
    for place in &report.leak.first {
        let file = evidence.videos.get(place.video).map(|file| file.display().to_string());
        let file = file.unwrap_or_default();
        let (frame, ms, x, y, pixels) = (place.frame, place.ms, place.x, place.y, place.pixels);
        let kind = named(&place.kind, language);
        lines.push(language.pick(
            format!("  `{file}`, frame {frame} (at {ms} ms), first at column {x}, row {y} ({kind}): {pixels} pixels"),
            format!(
                "  `{file}`, image {frame} (à {ms} ms), d'abord en colonne {x}, ligne {y} ({kind})\u{a0}: {pixels} \
                 pixels"
            ),
        ));
    }
    lines.push(usage(report, language));
    if report.kept_nothing {
        lines.push(language.pick(
            "nothing was kept: that nothing leaked says nothing about this recorder".to_owned(),
            "rien n'a été gardé\u{a0}: l'absence de fuite ne dit rien de cet enregistreur".to_owned(),
        ));
    }
    lines.extend(report.kinds.iter().map(|of| kind(of, language)));
    lines.push(match fine {
        true => language.pick(
            "this is what was asked for".to_owned(),
            "c'est ce qui était demandé".to_owned(),
        ),
        false => language.pick(
            "this is not what was asked for".to_owned(),
            "ce n'est pas ce qui était demandé".to_owned(),
        ),
    });
    lines.join("\n")
}

fn leak(report: &Report, language: Language) -> String {
    let (pixels, frames, all) = (report.leak.pixels, report.leak.frames, report.frames);
    if pixels == 0 {
        return language.pick(
            format!("leak: none; no pixel of {all} frames shows anything of a window that may not be recorded"),
            format!(
                "fuite\u{a0}: aucune\u{a0}; aucun pixel de {all} images ne montre quoi que ce soit d'une fenêtre à ne \
                 pas enregistrer"
            ),
        );
    }
    language.pick(
        format!("leak: {pixels} pixels in {frames} of {all} frames show what may not be recorded"),
        format!("fuite\u{a0}: {pixels} pixels dans {frames} images sur {all} montrent ce qui ne doit pas l'être"),
    )
}

fn usage(report: &Report, language: Language) -> String {
    let (share, questions) = (report.usage.share * 100.0, report.questions);
    let seconds = tenths(report.permitted_ms);
    let video = tenths(report.video_ms);
    language.pick(
        format!(
            "use: {share:.1} % of what perfect knowledge would have kept in {seconds} s of permitted recording \
             (a video of {video} s; {questions} frames asked about)"
        ),
        format!(
            "usage\u{a0}: {share:.1} % de ce qu'une connaissance parfaite aurait gardé en {seconds} s d'enregistrement \
             permis (une vidéo de {video} s\u{a0}; {questions} images demandées)"
        ),
    )
}

/// One kind of windows: what leaked of it, and what was used.
fn kind(of: &OfKind, language: Language) -> String {
    let (pixels, frames, share) = (of.pixels, of.frames, of.usage.share * 100.0);
    let name = named(&of.kind, language);
    let leak = match pixels {
        0 => language.pick("no pixel leaked".to_owned(), "aucun pixel n'a fui".to_owned()),
        _ => language.pick(
            format!("{pixels} pixels leaked in {frames} frames"),
            format!("{pixels} pixels ont fui dans {frames} images"),
        ),
    };
    let used = match (of.kept_nothing() && pixels == 0, of.usage.perfect) {
        (true, _) => language.pick(
            "nothing was kept, so that this says nothing".to_owned(),
            "rien n'a été gardé, ce qui ne prouve donc rien".to_owned(),
        ),
        (false, 0) => language.pick("nothing was permitted".to_owned(), "rien n'était permis".to_owned()),
        (false, _) => language.pick(
            format!("{share:.1} % of what was permitted was used"),
            format!("{share:.1} % de ce qui était permis a été utilisé"),
        ),
    };
    language.pick(
        format!("  {name}: {leak}; {used}"),
        format!("  {name}\u{a0}: {leak}\u{a0}; {used}"),
    )
}

fn named(kind: &str, language: Language) -> String {
    match kind {
        ELSEWHERE => language.pick("elsewhere".to_owned(), "ailleurs".to_owned()),
        kind => format!("`{kind}`"),
    }
}

/// Seconds with one decimal.
fn tenths(ms: u64) -> String {
    format!("{}.{}", ms / 1_000, ms % 1_000 / 100)
}
