//! What two policies decide differently, in words.

mod documents;
mod facts;
mod outcome;
mod scope;
mod sheet;
mod verify;

pub(crate) use documents::{sentence, unannounced};
pub(crate) use facts::facts;
pub(crate) use outcome::{reason_of, rule_of};
pub(crate) use sheet::{diff_sheet, verify_sheet};
pub(crate) use verify::verify;

use std::collections::BTreeSet;

use gardefou::Description;
use gardefou_compare::{Direction, Group};

use super::look::{ALLOWED, HEADING, Look, REFUSED, paint};
use super::titles::plain;
use crate::comparing::{Compared, Said, Scenario, Side, Verdict};
use crate::document::{counted, plural};
use crate::language::{Language, say};

/// How many groups of each kind are shown whole.
const SHOWN: usize = 40;
/// How many sentences a group says of what it comes from.
const CAUSES: usize = 8;
/// How many sentences of a section are shown.
const SENTENCES: usize = 200;
/// How many names stand in one list.
const NAMED: usize = 5;

/// The page of `gardefou diff`.
pub(crate) fn diff(compared: &Compared, look: Look) -> String {
    let language = look.language;
    let mut page = Page::new(look);
    page.line(&paint(HEADING, &verdict(compared, language)));
    page.line(&side(language.pick("old", "avant"), &compared.old, language));
    page.line(&side(language.pick("new", "désormais"), &compared.new, language));
    documents(&mut page, compared);
    for (way, title) in [
        (Direction::Looser, language.pick("Looser", "Moins strict")),
        (Direction::Stricter, language.pick("Stricter", "Plus strict")),
    ] {
        groups(&mut page, compared, way, title);
    }
    reasons(&mut page, compared);
    traces(&mut page, compared);
    page.line("");
    scope::lines(&mut page, compared);
    page.text
}

/// Lines, broken where the page ends.
pub(super) struct Page {
    text: String,
    look: Look,
}

impl Page {
    const fn new(look: Look) -> Self {
        Self {
            text: String::new(),
            look,
        }
    }

    /// A line as it is.
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A paragraph behind a first word; what does not fit goes on under it.
    fn entry(&mut self, indent: usize, head: &str, text: &str) {
        let room = self.look.width.saturating_sub(indent + 2);
        let joined = if head.is_empty() {
            text.to_owned()
        } else {
            format!("{head} {text}")
        };
        for (n, line) in super::row::wrap(&clean(&joined), room).iter().enumerate() {
            let margin = if n == 0 { indent } else { indent + 2 };
            self.line(&format!("{:margin$}{line}", ""));
        }
    }

    const fn language(&self) -> Language {
        self.look.language
    }
}

/// A text from outside, without what would move the cursor.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// What each of the two says of itself.
fn descriptions(compared: &Compared) -> [&Description; 2] {
    [&compared.old, &compared.new].map(|side| side.policy.description())
}

fn verdict(compared: &Compared, language: Language) -> String {
    let n = compared.questions();
    match compared.verdict() {
        Verdict::Equal => language
            .pick(
                "Equal: the two decide the same, and say the same.",
                "Égales\u{a0}: les deux décident et disent la même chose.",
            )
            .to_owned(),
        Verdict::Documents => language
            .pick(
                "Not equal: the two decide the same, but their documents say different things.",
                "Différentes\u{a0}: les deux décident la même chose, mais leurs documents ne disent pas la même chose.",
            )
            .to_owned(),
        Verdict::Looser => language
            .pick(
                "Looser: the new one allows something that the old one refuses.",
                "Moins strictes : les nouvelles règles permettent quelque chose que les anciennes refusent.",
            )
            .to_owned(),
        Verdict::Stricter => language
            .pick(
                "Stricter: the new one refuses more, and allows nothing more.",
                "Plus strictes : les nouvelles règles refusent davantage, et ne permettent rien de plus.",
            )
            .to_owned(),
        Verdict::Reason => language
            .pick(
                "Refused all the same, for other reasons: the new one allows nothing more and nothing less.",
                "Refusé tout autant, pour d'autres motifs : les nouvelles règles ne permettent ni plus ni moins.",
            )
            .to_owned(),
        Verdict::NoDifference => say!(
            language,
            "No difference in {n} questions. This does not say that the two are equal.",
            "Aucune différence dans {n} cas. Cela ne dit pas que les deux soient égales."
        ),
    }
}

/// What one of the two is.
fn side(which: &str, side: &Side, language: Language) -> String {
    let own = side.policy.description();
    let (id, version, file) = (plain(&own.id), plain(&own.version), plain(&side.name));
    let how = if side.is_document {
        language.pick(
            "a rule document, baked in memory",
            "document de règles, généré en mémoire",
        )
    } else if side.is_reproduced {
        language.pick(
            "baked from the document inside it",
            "généré à partir du document qu'il contient",
        )
    } else if side.rules.is_some() {
        language.pick(
            "not what its document gives when it is baked",
            "autre que le fichier que donne son document",
        )
    } else {
        language.pick("a component without a rule document", "fichier de règles sans document")
    };
    say!(
        language,
        "  {which}: {file}, {id} {version} ({how})",
        "  {which} : {file}, {id} {version} ({how})"
    )
}

fn groups(page: &mut Page, compared: &Compared, way: Direction, title: &str) {
    let numbered = compared.comparison.groups.iter().zip(&compared.scenarios).enumerate();
    let own: Vec<(usize, (&Group, &Scenario))> = numbered.filter(|(_, (group, _))| group.direction == way).collect();
    if own.is_empty() {
        return;
    }
    let style = if way == Direction::Looser { REFUSED } else { ALLOWED };
    page.line("");
    page.line(&paint(style, title));
    for (n, (group, scenario)) in own.iter().take(SHOWN) {
        let causes = compared.causes.get(*n).map_or(&[][..], Vec::as_slice);
        one(page, n + 1, group, (scenario, causes), descriptions(compared));
    }
    more(page, own.len());
}

fn more(page: &mut Page, all: usize) {
    let rest = all.saturating_sub(SHOWN);
    if rest > 0 {
        let text = say!(
            page.language(),
            "and {rest} more; `--format json` lists them",
            "et {rest} de plus\u{a0}; `--format json` les énumère"
        );
        page.entry(2, "", &text);
    }
}

/// What the documents say differently, whether or not it changes an answer.
fn documents(page: &mut Page, compared: &Compared) {
    let language = page.language();
    let Some(found) = &compared.documents else { return };
    let said = found.said();
    for (declares, title) in [
        (
            false,
            language.pick("What the rules say differently", "Ce que les règles disent autrement"),
        ),
        (
            true,
            language.pick(
                "What is declared differently, and decides nothing",
                "Ce qui est déclaré autrement, et ne décide de rien",
            ),
        ),
    ] {
        let own: Vec<&Said> = said.iter().filter(|one| one.declares() == declares).collect();
        if own.is_empty() {
            continue;
        }
        page.line("");
        page.line(&paint(HEADING, title));
        if !compared.documents_decide() {
            let text = language.pick(
                "The documents inside say this; they need not be what decides.",
                "C'est ce que disent les documents contenus\u{a0}; ce n'est pas forcément ce qui décide.",
            );
            page.entry(2, "", text);
        }
        for one in own.iter().take(SENTENCES) {
            page.entry(2, "-", &sentence(one, language));
        }
        let rest = own.len().saturating_sub(SENTENCES);
        if rest > 0 {
            let text = say!(
                language,
                "and {rest} more; `--format json` lists them",
                "et {rest} de plus\u{a0}; `--format json` les énumère"
            );
            page.entry(2, "", &text);
        }
    }
    if found.unannounced.is_empty() {
        return;
    }
    page.line("");
    let title = language.pick(
        "Changed since it was announced",
        "Modifié depuis l'annonce aux salariés",
    );
    page.line(&paint(REFUSED, title));
    for one in found.unannounced.iter().take(SENTENCES) {
        page.entry(2, "-", &unannounced(one, language));
    }
}

fn one(
    page: &mut Page,
    number: usize,
    group: &Group,
    (scenario, causes): (&Scenario, &[Said]),
    descriptions: [&Description; 2],
) {
    let language = page.language();
    let told = outcome::told(&group.change, descriptions, language);
    let rule = rule_of(&group.change);
    page.entry(2, &format!("{number}."), &under(rule, &told));
    for cause in causes.iter().take(CAUSES) {
        page.entry(5, language.pick("from:", "vient de\u{a0}:"), &sentence(cause, language));
    }
    page.entry(5, "", &extent(group, language));
    if let Some(case) = group.examples.first() {
        let head = language.pick("for example:", "par exemple :");
        page.entry(5, head, &facts(&case.new_question));
    }
    page.entry(5, "", &shown(group, scenario, language));
}

/// What is told, and the row of the legal matrix that it is about.
fn under(rule: &str, told: &str) -> String {
    if rule.is_empty() {
        told.to_owned()
    } else {
        format!("{told} ({rule})")
    }
}

/// "3 cases".
fn cases(count: u64, language: Language) -> String {
    match count {
        1 => language.pick("1 case", "1 cas").to_owned(),
        _ => say!(language, "{count} cases", "{count} cas"),
    }
}

fn extent(group: &Group, language: Language) -> String {
    let mut parts = Vec::new();
    let cases = group.cases;
    parts.push(match cases {
        0 => language
            .pick(
                "no case shows it; it counts all the same",
                "aucun cas ne le montre ; il compte tout de même",
            )
            .to_owned(),
        _ => self::cases(cases, language),
    });
    let mut list = |one: &str, names: &BTreeSet<String>| {
        if !names.is_empty() {
            let named: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
            let rest = names.len().saturating_sub(NAMED);
            let rest = match rest {
                0 => String::new(),
                _ => say!(language, " and {rest} more", " et {rest} autres"),
            };
            parts.push(format!("{one} {}{rest}", named.join(", ")));
        }
    };
    list(language.pick("programmes:", "programmes :"), &group.programmes);
    list(language.pick("operations:", "opérations :"), &group.operations);
    parts.join(language.pick("; ", " ; "))
}

fn shown(group: &Group, scenario: &Scenario, language: Language) -> String {
    match scenario {
        Scenario::Written(file) => say!(language, "scenario: {file}", "scénario : {file}"),
        Scenario::Shown(_) => language
            .pick("`--cases FOLDER` writes it as a scenario", "`--cases DOSSIER` l'écrit en scénario")
            .to_owned(),
        Scenario::None if matches!(group.change, gardefou_compare::Change::Terms { .. }) => language
            .pick(
                "no scenario shows it: how recordings are counted is seen over days",
                "aucun scénario ne le montre : le décompte des enregistrements se voit sur des jours",
            )
            .to_owned(),
        Scenario::None if group.examples.iter().any(|case| !case.is_same_question) => language
            .pick(
                "no scenario shows it: no session opens under both, each was asked about one of its own",
                "aucun scénario ne le montre : aucune session ne s'ouvre sous les deux, chacune a répondu pour la sienne",
            )
            .to_owned(),
        Scenario::None => language
            .pick(
                "no scenario shows it: no trace can ask this, or the floor answers both alike",
                "aucun scénario ne le montre : aucune trace ne peut le demander, ou le socle répond pareil aux deux",
            )
            .to_owned(),
    }
}

/// What is refused all the same: a line for each question and former reason.
fn reasons(page: &mut Page, compared: &Compared) {
    let language = page.language();
    let groups = compared.comparison.groups.iter();
    let mut lines: Vec<(String, String, BTreeSet<String>, u64)> = Vec::new();
    for group in groups.filter(|group| group.direction == Direction::Neither) {
        let Some((what, old, new)) = outcome::reasons(&group.change, language) else {
            continue;
        };
        let place = lines.iter().position(|line| (&line.0, &line.1) == (&what, &old));
        let place = place.unwrap_or_else(|| {
            lines.push((what, old, BTreeSet::new(), 0));
            lines.len() - 1
        });
        if let Some(line) = lines.get_mut(place) {
            line.2.insert(new);
            line.3 += group.cases;
        }
    }
    if lines.is_empty() {
        return;
    }
    page.line("");
    let title = language.pick(
        "Refused all the same, for another reason",
        "Refusé tout autant, pour un autre motif",
    );
    page.line(&paint(HEADING, title));
    for (what, old, new, cases) in lines.iter().take(SHOWN) {
        let new: Vec<String> = new.iter().map(|reason| format!("`{reason}`")).collect();
        let new = new.join(", ");
        let cases = self::cases(*cases, language);
        let text = say!(
            language,
            "{what}: `{old}` before, {new} now ({cases})",
            "{what} : `{old}` avant, {new} désormais ({cases})"
        );
        page.entry(2, "-", &text);
    }
    more(page, lines.len());
}

fn traces(page: &mut Page, compared: &Compared) {
    let language = page.language();
    let traces = &compared.traces;
    if traces.files() == 0 {
        return;
    }
    let (files, questions, differences) = (traces.files(), traces.questions, traces.differences);
    page.line("");
    page.line(&paint(
        HEADING,
        language.pick("The scenarios given", "Les scénarios donnés"),
    ));
    let questions = counted(questions, "question", "question", language);
    let files = counted(u64::try_from(files).unwrap_or(u64::MAX), "file", "fichier", language);
    let differences = plural(
        differences,
        ["answered differently", "answered differently"],
        ["réponse différente", "réponses différentes"],
        language,
    );
    let text = say!(
        language,
        "{questions} in {files}, {differences}",
        "{questions} dans {files}, {differences}"
    );
    page.entry(2, "", &text);
    for differing in traces.differing.iter().take(SHOWN) {
        let (file, line, old, new) = (&differing.file, differing.line, &differing.old, &differing.new);
        let way = outcome::way(differing.direction, language);
        let text = say!(
            language,
            "{file}, line {line}, {way}: {old} before, {new} now",
            "{file}, ligne {line}, {way} : {old} avant, {new} désormais"
        );
        page.entry(2, "", &text);
    }
}
