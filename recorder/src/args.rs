//! What the recorder is told when it starts.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Parser, ValueEnum};
use gardefou::Millis;

use crate::employee::language::Language;
use crate::employee::shortcut::Shortcut;

/// Records the screen of an X11 session beside a call, as far as the rules allow.
///
/// It waits for a call, asks the policies whether it may be recorded, and asks them about every frame before
/// the encoder sees it: what they do not keep is black, and what they refuse is not in the file. Each call
/// makes one Matroska file and, beside it, its trace, which `gardefou run` decides again.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER)]
#[command(group(ArgGroup::new("policies").required(true).args(["rules", "policy"])))]
pub(crate) struct Args {
    /// A rule document. It may be edited while a call is recorded: what is right takes effect at once
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,

    /// A policy component; several may be given, and the strictest wins
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,

    /// What is known about the call: the fields of a trace's `session` line but `at`, `mode` and
    /// `frame-interval`. It is read anew at each call; what it lacks refuses
    #[arg(long, value_name = "FACTS.json")]
    pub(crate) session: PathBuf,

    /// The folder that videos and traces are written to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Where the call is heard of: `stdin` (`call` and `conditions` lines of the format of traces, on standard
    /// input, without `at` where they happen now), or `baresip:HOST:PORT` (the `ctrl_tcp` module of that softphone)
    #[arg(long, value_name = "stdin|baresip:HOST:PORT", default_value = "stdin")]
    pub(crate) call: Telephony,

    /// Where the conditions of the call are heard of, whatever tells of the call itself
    #[arg(long, value_enum, default_value_t = Conditions::Stdin)]
    pub(crate) conditions: Conditions,

    /// Frames a second
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(crate) fps: u32,

    /// The ledger that counts what is recorded; made when there is none. The caps of the rules hold over
    /// every recorder that uses it
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,

    /// The journal that is told what was decided; made when there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,

    /// The key that the journal is signed with, made when there is none: `FILE.key` beside the journal when
    /// not given
    #[arg(long, value_name = "KEYFILE", requires = "journal")]
    pub(crate) journal_key: Option<PathBuf>,

    /// How many pixels around a window may be another's, on every side: blank them too
    #[arg(long, default_value_t = 0, value_name = "PX", value_parser = clap::value_parser!(u32).range(..=4096))]
    pub(crate) margin: u32,

    /// The keys that pause the recording, and go on with it when they are pressed again
    #[arg(long, value_name = "KEYS", default_value = "ctrl+alt+p")]
    pub(crate) pause_key: Shortcut,

    /// The keys that say that this call is private: its video is deleted at once, and no other is made of it
    #[arg(long, value_name = "KEYS", default_value = "ctrl+alt+o")]
    pub(crate) private_key: Shortcut,

    /// The language of the mark that tells the employee of the recording: that of the locale when not given
    #[arg(long, value_enum)]
    pub(crate) language: Option<Language>,

    /// Write into the trace who is behind each window, titles included: for tests with invented data only
    #[arg(long)]
    pub(crate) identities: bool,

    /// Write beside the trace what was answered to each of its questions, in the form of
    /// `gardefou run --format json`, and of each kept frame why what is blank is blank
    #[arg(long)]
    pub(crate) verdicts: bool,

    /// Write beside the trace how long each question took: NAME.timings.jsonl, in microseconds
    #[arg(long)]
    pub(crate) timings: bool,

    /// Leave the trace, the answers and the times of every call as they were written, also where nothing of it was
    /// kept: they say who was called and when, and when the employee paused. For tests with invented calls only
    #[arg(long)]
    pub(crate) keep_raw: bool,
}

/// Where calls are heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Telephony {
    /// JSON lines on standard input.
    Stdin,
    /// The event stream of a baresip: its host and port.
    Baresip(String),
}

impl FromStr for Telephony {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "stdin" {
            return Ok(Self::Stdin);
        }
        text.strip_prefix("baresip:")
            .filter(|address| {
                let port = address.rsplit_once(':').filter(|(host, _)| !host.is_empty());
                port.is_some_and(|(_, port)| port.parse::<u16>().is_ok_and(|port| port > 0))
            })
            .map(|address| Self::Baresip(address.to_owned()))
            .ok_or_else(|| "write `stdin`, or `baresip:HOST:PORT` as in `baresip:127.0.0.1:4444`".to_owned())
    }
}

/// Where conditions are heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Conditions {
    /// JSON lines on standard input.
    Stdin,
}

impl Args {
    /// The longest time between two questions, in ms, rounded up.
    pub(crate) fn interval(&self) -> Millis {
        1_000_u64.div_ceil(u64::from(self.fps.max(1)))
    }
}

const AFTER: &str = "\
Conditions are told before a call or while it lasts; what is never told stays unknown, and unknown refuses. \
After each call everything is unknown again. An objection or a private call that is told late still counts: until \
2 s after the phase `after-call` or `none`, whichever is told first, it is that call's, unless the next call has begun. It deletes the video at once. A line that cannot be read makes every condition unknown until \
it is told again. When standard input ends in mid-call, recording ends, and what the other party said since is \
not known: the recording is not kept. When it ends after `after-call` or `none`, nothing is discarded for that.

Example:
  gardefou-recorder --rules rules.toml --session facts.json --out recordings --call stdin
  {\"event\":\"conditions\",\"audio-recorded\":true,\"party-informed\":true,\"party-objected\":false,\
\"private-call\":false,\"payment-entry\":false,\"secure-input\":false,\"employee-paused\":false}
  {\"event\":\"call\",\"phase\":\"connected\"}
  {\"event\":\"call\",\"phase\":\"none\"}

While a call lasts, a mark in the top right corner of the primary monitor says whether the screen is recorded, or \
why not. Where it cannot be shown, nothing is recorded; where it is lost, the recording of that call ends.

Ctrl-C finishes the file.

With a ledger the counters of the facts are not read: it counts. A call that is kept has a sidecar beside its video, NAME.sidecar.json, which says why each part is there or blank. What an earlier run left without an end is deleted at the start, and the journal is told.

Exit codes: 0 when it ended as asked, 2 for arguments, rules or facts that cannot be used, 1 for anything else.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_well_formed_and_the_interval_is_rounded_up() {
        Args::command().debug_assert();
        let args = |fps| {
            let words = [
                "r",
                "--rules",
                "a",
                "--session",
                "b",
                "--out",
                "c",
                "--call",
                "stdin",
                "--fps",
                fps,
            ];
            Args::try_parse_from(words)
        };
        assert_eq!(args("5").unwrap().interval(), 200);
        assert_eq!(args("3").unwrap().interval(), 334);
        assert!(args("0").is_err());
        assert!(Args::try_parse_from(["r", "--session", "b", "--out", "c", "--call", "stdin"]).is_err());
    }
}
