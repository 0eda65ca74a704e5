//! What people read of custody.

use gardefou::custody::{
    AskedBy, Doubtful, Granted, Invalidated, Item, ItemOutcome, OpenRequestShown, PurgeReport, Receipt, RefusalCause,
    Refused, RestrictionShown, Right, Subject, undone,
};
use gardefou::journal::{Head, OpenDiscard};
use gardefou::{Digest, Refusal, Timestamp};

use super::nearest::nearest;
use crate::language::{Language, say};
use crate::report::Cause;
use crate::text::{ALLOWED, FAINT, HEADING, Look, REFUSED, Titles, artefact, date, obligations, paint, plain, until};

/// A page that grows by lines.
struct Page {
    text: String,
    look: Look,
}

impl Page {
    fn titled(title: &str, look: Look) -> Self {
        Self {
            text: format!("{}\n", paint(HEADING, title)),
            look,
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A section with its rows; nothing where there are none.
    fn section(&mut self, title: &str, rows: Vec<String>) {
        if rows.is_empty() {
            return;
        }
        self.text.push('\n');
        self.line(&paint(HEADING, title));
        for row in rows {
            self.line(&format!("  {row}"));
        }
    }

    /// What a section is called.
    fn named(&mut self, english: &str, french: &str, rows: Vec<String>) {
        let title = self.look.language.pick(english, french);
        self.section(title, rows);
    }
}

/// An access that was granted: its files, one a line, and what goes with them.
pub(crate) fn granted(granted: &Granted, shown: &[String], look: Look) -> String {
    let language = look.language;
    let session = plain(&granted.session);
    let mut page = Page::titled(&say!(language, "Granted: {session}", "Accordé\u{a0}: {session}"), look);
    for file in shown {
        page.line(&format!("  {}", paint(ALLOWED, &plain(file))));
    }
    page.line(&paint(
        FAINT,
        &format!("  {}", obligations(granted.obligations, language)),
    ));
    if !granted.proven {
        page.line(&paint(
            REFUSED,
            language.pick(
                "  origin not proven: nothing beside the request and the journal shows whose it is",
                "  origine non prouvée\u{a0}: rien d'autre que la demande et le journal ne montre à qui il est",
            ),
        ));
    }
    page.line(&paint(FAINT, &format!("  {}", journal(&granted.head, language))));
    page.text
}

/// An access that was refused: by which rule, and where that comes from.
pub(crate) fn refused(refused: &Refused, titles: &Titles, look: Look) -> String {
    let word = look.language.pick("Refused", "Refusé");
    let (why, rule) = cause(refused, titles, look);
    let colon = look.language.pick(":", "\u{a0}:");
    format!("{}{colon} {why}\n  {}\n", paint(REFUSED, word), paint(FAINT, &rule))
}

/// Why something was refused, and the rule.
fn cause(refused: &Refused, titles: &Titles, look: Look) -> (String, String) {
    let policy = match &refused.cause {
        RefusalCause::Rule(why) => why.policy,
        RefusalCause::Fault(fault) => fault.digest(),
        _ => Digest::FLOOR,
    };
    let refusal = Refusal {
        reason: refused.reason,
        detail: refused.detail,
    };
    let title = titles.title(Cause { refusal, policy }, look);
    let why = match refused.cause.text() {
        Some(text) => plain(look.language.of(&text)),
        None => title.text,
    };
    (why, title.rule)
}

fn journal(head: &Head, language: Language) -> String {
    let root: String = crate::hex::of(&head.root).chars().take(16).collect();
    let size = head.size;
    say!(
        language,
        "the journal has {size} entries, root {root}…",
        "le journal a {size} entrées, racine {root}…"
    )
}

/// What a purge did, or would do.
pub(crate) fn purge(report: &PurgeReport, folder: &str, look: Look) -> String {
    let language = look.language;
    let (folder, at) = (plain(folder), date(report.at));
    let mut page = Page::titled(
        &say!(language, "Purge of {folder}, {at}", "Purge de {folder}, {at}"),
        look,
    );
    if report.dry_run {
        page.line(language.pick(
            "Dry run: nothing was touched.",
            "Simulation\u{a0}: rien n'a été touché.",
        ));
    }
    let over: Vec<String> = report
        .gone
        .iter()
        .map(|gone| {
            let late = days(gone.over(report.at), language);
            let known = |at: Timestamp| match at {
                Timestamp::MIN => language.pick("unknown", "inconnu").to_owned(),
                at => day(at),
            };
            let (until, collected) = (known(gone.until), known(gone.collected_at));
            let what = artefact(gone.artefact, language);
            let count = count(gone.files.len(), gone.entries, language);
            let name = plain(&gone.name);
            let lead = row(&name, what, &count);
            say!(
                language,
                "{lead}  its time was over on {until} ({late} ago), collected on {collected}",
                "{lead}  délai échu le {until} (il y a {late}), collecté le {collected}"
            )
        })
        .collect();
    match report.dry_run {
        true => page.named("Past its time", "Délai dépassé", over),
        false => page.named("Past its time, deleted", "Délai dépassé, effacé", over),
    }
    let stays = report.stays.iter().map(|stays| {
        let what = artefact(stays.artefact, language);
        let date = (stays.until != Timestamp::MAX).then(|| date(stays.until));
        let lead = row(&plain(&stays.name), what, &count(stays.files.len(), 0, language));
        format!("{lead}  {}", until(date.as_deref(), language))
    });
    page.named("Stays", "Reste", stays.collect());
    page.named(
        "Restricted, and not purged",
        "Limité, et non purgé",
        report.restricted.iter().map(|name| plain(name)).collect(),
    );
    let held = report.held.iter().map(|held| {
        let (name, reference, until) = (plain(&held.name), plain(&held.reference), date(held.until));
        say!(
            language,
            "{name}  request {reference}, until {until}",
            "{name}  demande {reference}, jusqu'au {until}"
        )
    });
    page.named(
        "Kept because a request about it is open",
        "Gardé parce qu'une demande à son sujet est ouverte",
        held.collect(),
    );
    page.restrictions(&report.restrictions, true);
    page.requests(&report.requests, true);
    page.doubtful(&report.doubtful);
    page.named(
        "Belongs to no recording, and was left alone",
        "N'appartient à aucun enregistrement, et n'est pas touché",
        report.strays.iter().map(|stray| plain(&stray.name)).collect(),
    );
    page.named(
        "Policies that failed, so that nothing may be kept",
        "Fichiers de règles en défaillance\u{a0}: rien ne peut être gardé",
        report
            .faults
            .iter()
            .map(|fault| plain(&crate::faults::fault(fault, language)))
            .collect(),
    );
    page.undone(&report.failed, &report.unanswered, &report.open);
    if let Some(ledger) = &report.ledger {
        page.named(
            "The ledger could not be told",
            "Le registre n'a pas pu être informé",
            vec![plain(ledger)],
        );
    }
    let (decisions, accesses) = report.entries;
    page.line("");
    page.line(&say!(
        language,
        "The journal keeps {decisions} decision records and {accesses} access records.",
        "Le journal garde {decisions} traces de décision et {accesses} traces d'accès."
    ));
    page.text
}

impl Page {
    /// What should be gone and is not.
    fn undone(&mut self, failed: &[(String, String)], unanswered: &[(String, String)], open: &[OpenDiscard]) {
        let language = self.look.language;
        let colon = language.pick(":", "\u{a0}:");
        let told = |(name, why): &(String, String)| {
            let why = undone(why);
            format!("{}{colon} {}", plain(name), plain(language.of(&why)))
        };
        self.named(
            "Could not be deleted",
            "N'a pas pu être effacé",
            failed.iter().map(told).collect(),
        );
        self.named(
            "The call's own recording could not be discarded",
            "L'enregistrement de l'appel n'a pas pu être effacé",
            unanswered.iter().map(told).collect(),
        );
        self.named(
            "Discards that nobody said to be done",
            "Effacements que personne n'a confirmés",
            open.iter()
                .map(|discard| format!("{}  {}", plain(&discard.session), date(discard.segment.start)))
                .collect(),
        );
    }

    /// By whose wish something is restricted: all of it, or what somebody must look at.
    fn restrictions(&mut self, restrictions: &[RestrictionShown], due: bool) {
        let language = self.look.language;
        let shown = restrictions.iter().filter(|one| one.overdue || !due).map(|one| {
            let session = plain(&one.session);
            let by = one.asked_by.map_or("?", |by| asked_by(by, language));
            let reference = plain(one.reference.as_deref().unwrap_or("-"));
            let review = one.review.map_or_else(|| "-".to_owned(), date);
            match one.overdue {
                true => say!(
                    language,
                    "{session}  asked for by {by}, reference {reference}, to be reviewed since {review}",
                    "{session}  demandé par {by}, référence {reference}, à réexaminer depuis le {review}"
                ),
                false => say!(
                    language,
                    "{session}  asked for by {by}, reference {reference}, to be reviewed on {review}",
                    "{session}  demandé par {by}, référence {reference}, à réexaminer le {review}"
                ),
            }
        });
        let shown: Vec<String> = shown.collect();
        match due {
            true => self.named("Restrictions to review", "Limitations à réexaminer", shown),
            false => self.named("Restrictions", "Limitations", shown),
        }
    }

    /// Requests that nobody said to be answered: all of them, or those whose time is over.
    fn requests(&mut self, requests: &[OpenRequestShown], due: bool) {
        let language = self.look.language;
        let shown = requests.iter().filter(|one| one.overdue || !due).map(|one| {
            let (reference, by) = (plain(&one.reference), asked_by(one.asked_by, language));
            let (since, until) = (date(one.since), date(one.until));
            match one.overdue {
                true => say!(
                    language,
                    "{reference}  of {by}, received on {since}, overdue since {until}: it keeps nothing any more",
                    "{reference}  de {by}, reçue le {since}, échue depuis le {until}\u{a0}: elle ne garde plus rien"
                ),
                false => say!(
                    language,
                    "{reference}  of {by}, received on {since}, open until {until}",
                    "{reference}  de {by}, reçue le {since}, ouverte jusqu'au {until}"
                ),
            }
        });
        let shown: Vec<String> = shown.collect();
        match due {
            true => self.named("Requests to answer", "Demandes à satisfaire", shown),
            false => self.named("Open requests", "Demandes ouvertes", shown),
        }
    }

    /// Recordings of which nothing shows whose they are.
    fn doubtful(&mut self, doubtful: &[Doubtful]) {
        let language = self.look.language;
        let colon = language.pick(":", "\u{a0}:");
        let shown = doubtful.iter().map(|doubt| {
            let (name, why) = (plain(&doubt.name), doubt.why.text());
            format!("{name}{colon} {}", language.of(&why))
        });
        self.named(
            "Origin not proven: look whose these are",
            "Origine non prouvée\u{a0}: chercher à qui c'est",
            shown.collect(),
        );
    }

    /// What was found, and what became of it.
    fn items(&mut self, items: &[Item], titles: &Titles) {
        let language = self.look.language;
        let mut session = "";
        for item in items {
            if session != item.session {
                session = &item.session;
                let mark = if item.restricted {
                    language.pick(" (restricted)", " (limité)")
                } else {
                    ""
                };
                self.line("");
                self.line(&format!("{}{mark}", paint(HEADING, &plain(session))));
            }
            let (style, outcome, rule) = match &item.outcome {
                ItemOutcome::Found => (ALLOWED, language.pick("found", "trouvé").to_owned(), String::new()),
                ItemOutcome::Done => (ALLOWED, language.pick("done", "fait").to_owned(), String::new()),
                ItemOutcome::NotRestricted => (
                    FAINT,
                    language.pick("was not restricted", "n'était pas limité").to_owned(),
                    String::new(),
                ),
                ItemOutcome::Refused(refused) => {
                    let (why, rule) = cause(refused, titles, self.look);
                    (REFUSED, say!(language, "refused: {why}", "refusé\u{a0}: {why}"), rule)
                }
                ItemOutcome::Failed(why) => {
                    let why = plain(language.of(&undone(why)));
                    (
                        REFUSED,
                        say!(language, "failed: {why}", "échec\u{a0}: {why}"),
                        String::new(),
                    )
                }
                _ => (REFUSED, "?".to_owned(), String::new()),
            };
            let what = artefact(item.artefact, language);
            let count = count(item.files.len(), item.entries, language);
            let origin = match item.proven {
                true => "",
                false => language.pick("  (origin not proven)", "  (origine non prouvée)"),
            };
            self.line(&format!(
                "  {what:<18}  {count:<22}  {}{origin}",
                paint(style, &outcome)
            ));
            if !rule.is_empty() {
                self.line(&format!("      {}", paint(FAINT, &rule)));
            }
        }
    }
}

/// What was done about a person's request.
pub(crate) fn receipt(receipt: &Receipt, right: &Right, titles: &Titles, look: Look) -> String {
    let language = look.language;
    let (whose, at) = (whose(&receipt.subject, language), date(receipt.at));
    let what = match right {
        Right::Find => language.pick("Request to find", "Demande de recherche"),
        Right::Disclose { .. } => language.pick("Request to disclose", "Demande de communication"),
        Right::Erase => language.pick("Request to erase", "Demande d'effacement"),
        Right::Restrict { .. } => language.pick("Request to restrict", "Demande de limitation"),
        Right::Release { .. } => language.pick("Request to release", "Demande de levée de la limitation"),
        Right::Open { .. } => language.pick("Request received", "Demande reçue"),
        Right::Close { .. } => language.pick("Request answered", "Demande satisfaite"),
        _ => "",
    };
    let account = plain(&receipt.account);
    let title = say!(
        language,
        "{what}: {whose}, by account {account}, {at}",
        "{what}\u{a0}: {whose}, par le compte {account}, {at}"
    );
    let mut page = Page::titled(&title, look);
    let closes = matches!(right, Right::Close { .. });
    match () {
        () if !receipt.known => page.unknown(receipt),
        () if receipt.missing => page.missing(),
        () if receipt.items.is_empty() && !closes => page.nothing_kept(receipt),
        () => {}
    }
    page.outcome(receipt, right);
    page.items(&receipt.items, titles);
    page.restrictions(&receipt.restrictions, false);
    page.requests(&receipt.requests, false);
    page.doubtful(&receipt.doubtful);
    page.named(
        "Nobody can tell whose these are",
        "Personne ne peut dire à qui c'est",
        receipt.unattributed.iter().map(|name| plain(name)).collect(),
    );
    page.undone(&receipt.failed, &receipt.unanswered, &receipt.open);
    page.line("");
    page.line(&paint(FAINT, &journal(&receipt.journal, language)));
    page.text
}

impl Page {
    /// The recording that a request names is not there for it.
    fn missing(&mut self) {
        self.line(&paint(
            REFUSED,
            self.look.language.pick(
                "The folder holds no such recording of theirs.",
                "Le dossier ne contient pas cet enregistrement parmi les leurs.",
            ),
        ));
    }

    /// Of somebody who is known nothing is kept.
    fn nothing_kept(&mut self, receipt: &Receipt) {
        let language = self.look.language;
        let whose = whose(&receipt.subject, language);
        let doubt = !receipt.doubtful.is_empty() || !receipt.unattributed.is_empty();
        self.line(&match doubt {
            true => say!(
                language,
                "Nothing that is kept is shown to be about {whose}; of what is listed below nobody can tell.",
                "Rien de ce qui est gardé n'est attribué à {whose}\u{a0}; de ce qui suit, personne ne peut le dire."
            ),
            false => say!(
                language,
                "Nothing is kept about {whose}.",
                "Rien n'est gardé au sujet de {whose}."
            ),
        });
    }

    /// What became of the request itself, where nothing of it shows in what was found.
    fn outcome(&mut self, receipt: &Receipt, right: &Right) {
        let language = self.look.language;
        let said = match right {
            Right::Open { reference, .. } => {
                let is_it =
                    |open: &&OpenRequestShown| open.reference == *reference && open.asked_by == receipt.asked_by;
                let open = receipt.requests.iter().find(is_it);
                let (reference, until) = (
                    plain(reference),
                    // The last day, as it is given.
                    open.map_or_else(|| "-".to_owned(), |open| day(open.until.minus(1))),
                );
                let kept = match receipt.items.is_empty() {
                    true => language.pick("it keeps nothing", "elle ne garde rien"),
                    false => language.pick(
                        "what was found is not purged meanwhile",
                        "ce qui a été trouvé n'est pas purgé d'ici là",
                    ),
                };
                say!(
                    language,
                    "The request {reference} is open until {until}, included: {kept}.",
                    "La demande {reference} est ouverte jusqu'au {until} inclus\u{a0}: {kept}."
                )
            }
            Right::Close { reference } => {
                let reference = plain(reference);
                say!(
                    language,
                    "The request {reference} is closed.",
                    "La demande {reference} est close."
                )
            }
            Right::Release { .. } if receipt.released_nothing() => language
                .pick(
                    "Nothing was restricted, and nothing was released.",
                    "Rien n'était limité, et aucune limitation n'a été levée.",
                )
                .to_owned(),
            Right::Erase | Right::Restrict { .. } | Right::Disclose { .. } if receipt.items.is_empty() => {
                language.pick("Nothing was done.", "Rien n'a été fait.").to_owned()
            }
            _ => return,
        };
        self.line(&said);
    }

    /// A name that nobody knows, and those that are nearest to it.
    fn unknown(&mut self, receipt: &Receipt) {
        let language = self.look.language;
        let whose = whose(&receipt.subject, language);
        self.line(&paint(
            REFUSED,
            &say!(
                language,
                "Nobody knows {whose}: nothing was found.",
                "Personne ne connaît {whose}\u{a0}: rien n'a été trouvé."
            ),
        ));
        let nearest: Vec<String> = nearest(receipt).into_iter().map(plain).collect();
        if !nearest.is_empty() {
            let nearest = nearest.join(", ");
            self.line(&say!(
                language,
                "Nearest to it: {nearest}",
                "Le plus proche\u{a0}: {nearest}"
            ));
        }
    }
}

/// Who asked.
fn asked_by(by: AskedBy, language: Language) -> &'static str {
    match by {
        AskedBy::Employee => language.pick("the employee", "le salarié"),
        AskedBy::Party => language.pick("the call's other party", "l'autre partie de l'appel"),
        AskedBy::Authority => language.pick("an authority", "une autorité"),
        AskedBy::Court => language.pick("a court", "un juge"),
        _ => "?",
    }
}

fn whose(subject: &Subject, language: Language) -> String {
    match subject {
        Subject::Employee(token) => {
            let token = plain(token);
            say!(language, "employee {token}", "salarié {token}")
        }
        Subject::Call(reference) => {
            let reference = plain(reference);
            say!(language, "call {reference}", "appel {reference}")
        }
        Subject::Session(session) => plain(session),
        _ => String::new(),
    }
}

/// What was discarded under a false fact.
pub(crate) fn invalidated(done: &Invalidated, fact: &str, titles: &Titles, look: Look) -> String {
    let language = look.language;
    let fact = plain(fact);
    let discarded = |item: &Item| matches!(item.outcome, ItemOutcome::Done);
    let title = match () {
        () if done.items.is_empty() => say!(
            language,
            "Nothing was kept under {fact}",
            "Rien n'a été gardé sous {fact}"
        ),
        () if done.items.iter().any(discarded) => say!(language, "Invalidated: {fact}", "Invalidé\u{a0}: {fact}"),
        () => say!(
            language,
            "Nothing was discarded of what was kept under {fact}",
            "Rien n'a été détruit de ce qui a été gardé sous {fact}"
        ),
    };
    let mut page = Page::titled(&title, look);
    page.items(&done.items, titles);
    page.doubtful(&done.doubtful);
    page.undone(&done.failed, &done.unanswered, &done.open);
    if let Some(head) = &done.head {
        page.line("");
        page.line(&paint(FAINT, &journal(head, language)));
    }
    page.text
}

fn row(name: &str, what: &str, count: &str) -> String {
    format!("{name:<16}  {what:<18}  {count:<22}")
}

/// "3 files, 2 entries".
fn count(files: usize, entries: u64, language: Language) -> String {
    let counted = |n: u64, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let files = u64::try_from(files).unwrap_or(u64::MAX);
    let parts = match language {
        Language::English => [counted(files, "file", "files"), counted(entries, "entry", "entries")],
        Language::French => [
            counted(files, "fichier", "fichiers"),
            counted(entries, "entrée", "entrées"),
        ],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The day of an instant (UTC).
fn day(at: Timestamp) -> String {
    let day = gardefou::journal::day(at);
    format!("{day} (UTC)")
}

/// A length of time in whole days, or hours below one.
fn days(millis: u64, language: Language) -> String {
    let (hours, days) = (millis / 3_600_000, millis / 86_400_000);
    match days {
        0 => format!("{hours} h"),
        _ => say!(language, "{days} d", "{days} j"),
    }
}
