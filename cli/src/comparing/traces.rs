//! Traces and scenarios: what they mention, and what two policies answer to their questions.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use gardefou::Policy;
use gardefou::trace::{Line, Reader, Run};
use gardefou_compare::{Direction, answer_of, direction};

use crate::deciding;
use crate::failure::Failure;
use crate::language::{Language, say};
use crate::scenarios::found;

/// The most lines of all files together; a call of an hour with thirty frames a second has a tenth.
const MOST_LINES: usize = 1_000_000;
/// How many differing answers are kept to be shown.
const KEPT: usize = 100;

/// Traces that were read, and how they were answered.
#[derive(Default)]
pub(crate) struct Traces {
    files: Vec<(String, Vec<(u64, Line)>)>,
    /// How many questions were put to both.
    pub(crate) questions: u64,
    /// How many were answered differently.
    pub(crate) differences: u64,
    /// The first of them.
    pub(crate) differing: Vec<Differing>,
}

/// A question of a trace that is answered differently.
pub(crate) struct Differing {
    /// The file.
    pub(crate) file: String,
    /// Its line.
    pub(crate) line: u64,
    /// Which way.
    pub(crate) direction: Direction,
    /// The old answer, in JSON.
    pub(crate) old: String,
    /// The new answer, in JSON.
    pub(crate) new: String,
}

impl Traces {
    /// Reads files, and the `.jsonl` files of folders.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut traces = Self::default();
        let mut left = MOST_LINES;
        for file in found(paths, Language::of_the_user())? {
            let lines = lines(&file, &mut left)?;
            traces.files.push((file.display().to_string(), lines));
        }
        Ok(traces)
    }

    /// How many files there are.
    pub(crate) const fn files(&self) -> usize {
        self.files.len()
    }

    /// Every line of every file.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let all = self.files.iter().flat_map(|(_, lines)| lines);
        all.map(|(_, line)| line.clone()).collect()
    }

    /// Puts their questions to both policies, each with the floor under it.
    pub(crate) fn ask(&mut self, old: &Policy, new: &Policy) -> Result<(), Failure> {
        for (name, lines) in &self.files {
            let run = |policy: &Policy| {
                let handle = deciding::handle(vec![policy.clone()])?;
                Ok::<Run, Failure>(Run::new(handle))
            };
            let (mut one, mut other) = (run(old)?, run(new)?);
            for (number, line) in lines {
                let told = [&mut one, &mut other].map(|run| run.apply(*number, line.clone()));
                let [old, new] = told;
                let (old, new) = (
                    old.map_err(|e| deciding::unreadable(name, e.into()))?,
                    new.map_err(|e| deciding::unreadable(name, e.into()))?,
                );
                let (Some(old), Some(new)) = (old, new) else { continue };
                self.questions += 1;
                let Some(direction) = direction(&answer_of(&old), &answer_of(&new)) else {
                    continue;
                };
                self.differences += 1;
                // One that is looser is never crowded out by those that are not.
                if self.differing.len() < KEPT || direction == Direction::Looser {
                    self.differing.truncate(KEPT - 1);
                    self.differing.push(Differing {
                        file: name.clone(),
                        line: *number,
                        direction,
                        old: serde_json::to_string(&old).map_err(anyhow::Error::new)?,
                        new: serde_json::to_string(&new).map_err(anyhow::Error::new)?,
                    });
                }
            }
        }
        self.differing.sort_by_key(|differing| differing.direction);
        Ok(())
    }
}

fn lines(path: &Path, left: &mut usize) -> Result<Vec<(u64, Line)>, Failure> {
    let language = Language::of_the_user();
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| deciding::unopened(&name, error.into()))?;
    let mut lines = Vec::new();
    for line in Reader::new(BufReader::new(file)) {
        let line = line.map_err(|error| deciding::unreadable(&name, error))?;
        let Some(rest) = left.checked_sub(1) else {
            let problem = say!(
                language,
                "the scenarios have more than {MOST_LINES} lines",
                "les scénarios ont plus de {MOST_LINES} lignes"
            );
            let help = language.pick("give fewer of them", "en donner moins");
            return Err(Failure::input(problem, Some(help)));
        };
        *left = rest;
        lines.push(line);
    }
    Ok(lines)
}
