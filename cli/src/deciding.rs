//! Putting a trace to policies, and printing what they answer.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use gardefou::rules::{Folder, Problem, Severity};
use gardefou::trace::{Answer, Line, Malformed, ReadError, Reader, Run};
use gardefou::{Fault, LoadError, Outcome, Policy, PolicyHandle, Runtime, Source, Stores, Timestamp, wall_clock_now};
use indicatif::{ProgressBar, ProgressStyle};

use crate::diagnostics;
use crate::document::{Document, date};
use crate::failure::{Complaint, Failure, SHOWN, and_more};
use crate::faults;
use crate::language::{Language, say};
use crate::output;
use crate::policy_file;
use crate::report::Report;
use crate::text::{self, Look, Titles};

/// Above this size, in bytes, a trace takes long enough for a progress bar.
const LONG: u64 = 4 * 1024 * 1024;

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A timeline of the call, the time per reason, and everything else that was asked
    #[default]
    Text,
    /// One JSON object a question, each as soon as it is decided
    Json,
}

/// A trace to decide over.
pub(crate) struct Trace<'a, R> {
    name: &'a str,
    source: R,
    size: Option<u64>,
}

impl<'a, R: BufRead> Trace<'a, R> {
    /// The trace that stands there; `name` is what messages call it.
    pub(crate) fn named(name: &'a str, source: R) -> Self {
        Self {
            name,
            source,
            size: None,
        }
    }

    /// The same, of so many bytes.
    pub(crate) fn of_size(self, bytes: u64) -> Self {
        Self {
            size: Some(bytes),
            ..self
        }
    }
}

/// What policies run in.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let context = Language::of_the_user().pick("the sandbox does not start", "le bac à sable ne démarre pas");
    Runtime::new().map_err(|error| anyhow::Error::new(error).context(context).into())
}

/// Loads one policy; `name` is what messages call it.
pub(crate) fn load(runtime: &Runtime, source: Source<'_>, name: &Path) -> Result<Policy, Failure> {
    Policy::load(runtime, source).map_err(|error| match error {
        LoadError::Rules(rules) => errors(rules.problems(), name),
        error @ (LoadError::Read { .. } | LoadError::Engine(_)) => Failure::Other(anyhow::Error::new(error)),
        error => Failure::input(located(name, &faults::load(&error, Language::of_the_user())), None),
    })
}

/// Loads a rule document or a component, whichever the file is, and says what is odd in a document. The file is
/// opened once, so that it may be a pipe.
pub(crate) fn load_either(runtime: &Runtime, file: &Path) -> Result<Policy, Failure> {
    let bytes = policy_file::beginning(file)?;
    if policy_file::is_component(&bytes, file) {
        return load(runtime, Source::Bytes(&bytes), file);
    }
    let policy = load(runtime, Source::RulesWith(&bytes, &Folder::of(file)), file)?;
    warn_of(policy.warnings(), file);
    if policy.description().in_force_from > wall_clock_now() {
        warnings([located(file, &starts_later(&bytes))]);
    }
    Ok(policy)
}

/// That rules which are loaded hold from their first day on.
fn starts_later(document: &[u8]) -> String {
    let language = Language::of_the_user();
    let document = Document::read(str::from_utf8(document).unwrap_or_default());
    let first = document.root().get("in-force").and_then(|days| days.text("from"));
    let first = first.map_or_else(String::new, |day| date(day, language));
    let zone = document.time_zone();
    say!(
        language,
        "these rules hold from {first} on ({zone}); nothing is recorded before",
        "ces règles valent à partir du {first} ({zone})\u{a0}; rien n'est enregistré avant"
    )
}

/// What `--rules` and `--policy` name: each a document or a component.
pub(crate) fn policies(
    runtime: &Runtime,
    rules: Option<&Path>,
    components: &[PathBuf],
) -> Result<Vec<Policy>, Failure> {
    let all = rules.into_iter().chain(components.iter().map(PathBuf::as_path));
    all.map(|file| load_either(runtime, file)).collect()
}

/// The errors among these problems of a rule document.
pub(crate) fn errors(problems: &[Problem], name: &Path) -> Failure {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    Failure::Input(errors.map(|error| complaint(error, name)).collect())
}

fn complaint(problem: &Problem, name: &Path) -> Complaint {
    let language = Language::of_the_user();
    Complaint {
        problem: located(name, &diagnostics::in_one_line(problem, language)),
        rule: problem.rule.map(str::to_owned),
        help: problem.help.as_ref().map(|help| language.of(help).to_owned()),
    }
}

/// What is said of a file, behind its name.
fn located(name: &Path, said: &str) -> String {
    let name = name.display();
    say!(Language::of_the_user(), "{name}: {said}", "{name}\u{a0}: {said}")
}

/// Says what is odd in a rule document of this name.
pub(crate) fn warn_of<'p>(problems: impl IntoIterator<Item = &'p Problem>, name: &Path) {
    let language = Language::of_the_user();
    warnings(
        problems
            .into_iter()
            .map(|problem| located(name, &diagnostics::in_one_line(problem, language))),
    );
}

/// Puts the trace to the policies and prints their answers.
pub(crate) fn decide<R: BufRead>(
    trace: Trace<'_, R>,
    policies: Vec<Policy>,
    stores: Option<&Stores>,
    format: Format,
) -> Result<(), Failure> {
    let titles = Titles::of(&policies);
    let handle = match stores {
        Some(stores) => PolicyHandle::with_stores(policies, stores).map_err(anyhow::Error::new)?,
        None => handle(policies)?,
    };
    let name = trace.name;
    let progress = progress(trace.size, format);
    let source = Measured {
        inner: trace.source,
        progress: progress.clone(),
    };
    let ended = match format {
        Format::Json => print_json(name, source, handle),
        Format::Text => print_text(name, source, handle, &titles, &progress),
    };
    progress.finish_and_clear();
    ended
}

/// The policies, as a recorder has them: together, with the floor under them.
pub(crate) fn handle(policies: Vec<Policy>) -> Result<PolicyHandle, Failure> {
    let context = Language::of_the_user().pick(
        "the policies cannot be combined",
        "les fichiers de règles ne peuvent pas être combinés",
    );
    PolicyHandle::new(policies).map_err(|error| anyhow::Error::new(error).context(context).into())
}

fn print_json(name: &str, source: impl BufRead, handle: PolicyHandle) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let mut run = Deciding::new(handle);
    let mut json = Vec::new();
    for line in Reader::new(source) {
        let (number, line) = line.map_err(|error| unreadable(name, error))?;
        let answer = run
            .apply(number, line)
            .map_err(|error| unreadable(name, error.into()))?;
        let Some(answer) = answer else { continue };
        warn_of_fault(&answer);
        json.clear();
        serde_json::to_writer(&mut json, &answer).map_err(anyhow::Error::new)?;
        json.push(b'\n');
        out.write_all(&json)?;
        out.flush()?;
    }
    Ok(())
}

fn print_text(
    name: &str,
    source: impl BufRead,
    handle: PolicyHandle,
    titles: &Titles,
    progress: &ProgressBar,
) -> Result<(), Failure> {
    let mut report = Report::new(name);
    let ended = collect(&mut report, source, handle);
    progress.finish_and_clear();
    report.finish();
    let page = text::render(&report, titles, Look::of_the_terminal());
    output::page(&page)?;
    ended.map_err(|error| unreadable(name, error))
}

/// Everything that was decided, up to the end or to a line that is malformed.
fn collect(report: &mut Report, source: impl BufRead, handle: PolicyHandle) -> Result<(), ReadError> {
    let mut run = Deciding::new(handle);
    for line in Reader::new(source) {
        let (number, line) = line?;
        let said = report.hear(&line);
        if let Some(answer) = run.apply(number, line)? {
            warn_of_fault(&answer);
            report.record(said, &answer);
        }
    }
    Ok(())
}

/// A trace that is being decided. Its session ends with it, also where a line is malformed: what was decided
/// before stands, and is journalled.
struct Deciding {
    run: Option<Run>,
    latest: Timestamp,
}

impl Deciding {
    fn new(handle: PolicyHandle) -> Self {
        Self {
            run: Some(Run::new(handle)),
            latest: Timestamp::MIN,
        }
    }

    fn apply(&mut self, number: u64, line: Line) -> Result<Option<Answer>, Malformed> {
        self.latest = self.latest.max(line.at);
        self.run.as_mut().map_or(Ok(None), |run| run.apply(number, line))
    }
}

impl Drop for Deciding {
    fn drop(&mut self) {
        let finished = self.run.take().and_then(|run| run.finish(self.latest));
        for review in finished.into_iter().flatten() {
            // A trace holds no recording: what is to be discarded is not there.
            if let Outcome::Discard(ticket) = review.outcome {
                let _ = ticket.done();
            }
        }
    }
}

fn warn_of_fault(answer: &Answer) {
    if let Some(fault) = &answer.fault {
        warning(&failed(fault));
    }
}

/// That a policy misbehaved.
pub(crate) fn failed(fault: &Fault) -> String {
    let language = Language::of_the_user();
    let fault = faults::fault(fault, language);
    say!(
        language,
        "a policy failed, and its question is refused: {fault}",
        "un fichier de règles a failli, et sa question est refusée\u{a0}: {fault}"
    )
}

/// Says something that keeps nothing from being done.
pub(crate) fn warning(text: &str) {
    let style = anstyle::AnsiColor::Yellow.on_default().bold();
    let warning = Language::of_the_user().pick("warning", "attention\u{a0}");
    anstream::eprintln!("{style}{warning}{style:#}: {text}");
}

/// Says the first of these, and how many more there are.
pub(crate) fn warnings(texts: impl IntoIterator<Item = String>) {
    let mut texts = texts.into_iter();
    texts.by_ref().take(SHOWN).for_each(|text| warning(&text));
    let more = texts.count();
    if more > 0 {
        warning(&and_more(more, Language::of_the_user()));
    }
}

/// Why a trace or scenario is not one, behind its name.
pub(crate) fn malformed(name: &str, malformed: &Malformed) -> Complaint {
    let language = Language::of_the_user();
    let said = language.of(malformed.text());
    let said = match malformed.line() {
        Some(line) => say!(language, "line {line}: {said}", "ligne {line}\u{a0}: {said}"),
        None => said.to_owned(),
    };
    Complaint {
        problem: located(Path::new(name), &said),
        rule: None,
        help: Some(language.of(malformed.help_text()).to_owned()),
    }
}

/// Why no more of a trace is read.
pub(crate) fn unreadable(name: &str, error: ReadError) -> Failure {
    match error {
        ReadError::Malformed(what) => Failure::Input(vec![malformed(name, &what)]),
        other => unopened(name, other.into()),
    }
}

/// A trace that the system does not give.
pub(crate) fn unopened(name: &str, error: anyhow::Error) -> Failure {
    let context = say!(
        Language::of_the_user(),
        "the trace `{name}` cannot be read",
        "la trace `{name}` ne peut pas être lue"
    );
    Failure::Other(error.context(context))
}

/// A progress bar on standard error, for a long trace and a person who looks; else one that shows nothing.
fn progress(size: Option<u64>, format: Format) -> ProgressBar {
    let answers_scroll_by = format == Format::Json && io::stdout().is_terminal();
    let Some(size) = size.filter(|size| *size > LONG && !answers_scroll_by) else {
        return ProgressBar::hidden();
    };
    let bar = ProgressBar::new(size);
    let style = ProgressStyle::with_template(Language::of_the_user().pick(
        "deciding {wide_bar} {bytes} of {total_bytes}, {eta} left",
        "décision en cours {wide_bar} {bytes} sur {total_bytes}, reste {eta}",
    ));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A source whose progress somebody follows.
struct Measured<R> {
    inner: R,
    progress: ProgressBar,
}

impl<R: BufRead> Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.progress.inc(u64::try_from(length).unwrap_or_default());
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Measured<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.progress.inc(u64::try_from(amount).unwrap_or_default());
        self.inner.consume(amount);
    }
}
