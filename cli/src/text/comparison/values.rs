//! Which line of the rule document a change comes from: its key, the old value and the new one.

use std::collections::BTreeSet;

use gardefou::{Artefact, Reason, Span, Timestamp};
use gardefou_compare::{Change, Sides, Term, employees};
use gardefou_policy::rules::{Attestation, Coverage, Enrolment, Programme, Programmes, Role, Roles, Rules};

use super::super::{clock, titles::plain};

/// A line of the rule document that says something else. Texts that are alike in every language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// The key, with its section.
    pub(crate) key: String,
    /// What it said.
    pub(crate) old: String,
    /// What it says.
    pub(crate) new: String,
}

/// The lines that a change of answers comes from, as far as its reason tells. `rules` are those of the two
/// sides; of several programmes the first one's.
pub(crate) fn values(change: &Change, programmes: &BTreeSet<String>, rules: &[Rules; 2]) -> Vec<Value> {
    let [old, new] = rules;
    let in_both = |name: &&String| [old, new].iter().all(|rules| rules.programmes.find(name).is_some());
    let name = programmes.iter().find(in_both).map_or("", String::as_str);
    let lines = Lines { old, new, name };
    let mut found = match change {
        Change::Open { old, new } => lines.of(&[old.err(), new.err()]),
        Change::Frame { old, new } => lines.of(&[Some(old.1), Some(new.1)]),
        Change::Access {
            role,
            old: before,
            new: now,
        } => {
            let mut found = lines.of(&[before.err(), now.err()]);
            if [before.err(), now.err()]
                .into_iter()
                .flatten()
                .any(|why| why.reason == Reason::NOT_AUTHORISED)
            {
                found.extend(lines.role(role));
            }
            found
        }
        Change::KeepUntil { artefact } => lines.kept(*artefact),
        Change::Terms { term: Some(term), .. } => lines.term(*term),
        _ => Vec::new(),
    };
    found.retain(|value| value.old != value.new);
    found.dedup();
    found
}

struct Lines<'a> {
    old: &'a Rules,
    new: &'a Rules,
    /// The programme that programme keys are taken from.
    name: &'a str,
}

impl Lines<'_> {
    fn both(&self, key: impl Into<String>, of: impl Fn(&Rules) -> String) -> Vec<Value> {
        vec![Value {
            key: key.into(),
            old: of(self.old),
            new: of(self.new),
        }]
    }

    fn programme(&self, key: &str, of: impl Fn(&Programme) -> String) -> Vec<Value> {
        let name = plain(self.name);
        self.both(format!("programme {name}: {key}"), |rules| {
            rules.programmes.find(self.name).map_or_else(nothing, &of)
        })
    }

    fn of(&self, refusals: &[Option<gardefou::Refusal>]) -> Vec<Value> {
        let mut found = Vec::new();
        for why in refusals.iter().flatten() {
            found.extend(match why.reason {
                Reason::NOT_IN_FORCE => self.both("in-force", |rules| span(rules.in_force)),
                Reason::STILL_IMAGE => self.term(Term::FrameInterval),
                Reason::PROGRAMME => self.dates(why.detail),
                Reason::ATTESTATION => self.attestations(),
                Reason::NO_TRAINING_NEED => self.employees(),
                Reason::EMPLOYEE_NOT_INFORMED => self.notice(),
                Reason::SYSTEMATIC => self.programme("share-of-calls limit", |p| share(p.share_millionths)),
                Reason::NO_CALL => self.both("recording: while-held", |rules| rules.while_held.to_string()),
                Reason::PAYMENT | Reason::SECURE_INPUT => self.declared(),
                Reason::STALE_FACTS => self.term(Term::FactsAge),
                Reason::VOLUME => [Term::EmployeeLimit, Term::ProgrammeLimit, Term::Unreviewed]
                    .into_iter()
                    .flat_map(|term| self.term(term))
                    .collect(),
                Reason::RETENTION => Artefact::ALL
                    .into_iter()
                    .flat_map(|artefact| self.kept(artefact))
                    .collect(),
                _ => Vec::new(),
            });
        }
        found
    }

    fn dates(&self, detail: u16) -> Vec<Value> {
        // The note of an unknown programme.
        const UNKNOWN: u16 = 1;
        if detail == UNKNOWN {
            return self.both("[[programme]]", |rules| match &rules.programmes {
                Programmes::Listed(list) => names(list.iter().map(|p| p.id.as_str())),
                Programmes::Any(_) => "*".into(),
            });
        }
        let mut found = self.programme("from, until", |p| span(p.dates));
        found.extend(self.programme("review-until", |p| instant(p.review_until)));
        found
    }

    fn attestations(&self) -> Vec<Value> {
        let of = |rules: &Rules, step| {
            let found = rules.attestations.iter().find(|a: &&Attestation| a.step == step);
            found.map_or_else(nothing, |a| span(a.valid))
        };
        let steps = gardefou_policy::rules::Step::ALL.into_iter();
        steps
            .flat_map(|step| self.both(format!("attestations: {}", step.name()), |rules| of(rules, step)))
            .collect()
    }

    /// How many employees are listed, and how many came and went.
    fn employees(&self) -> Vec<Value> {
        let sides = Sides {
            old: self.old,
            new: self.new,
        };
        let [_, gone, come] = employees(&sides, self.name);
        let listed = |rules: &Rules| match rules.programmes.find(self.name).map(|p| &p.enrolment) {
            Some(Enrolment::Listed(list)) => list.len().to_string(),
            _ => nothing(),
        };
        let mut new = listed(self.new);
        if gone + come > 0 {
            new = format!("{new} (+{come} -{gone})");
        }
        vec![Value {
            key: format!("programme {}: employees", plain(self.name)),
            old: listed(self.old),
            new,
        }]
    }

    fn notice(&self) -> Vec<Value> {
        let mut found = self.both("employee-notice: version", |rules| {
            rules.notice.version.as_deref().map_or_else(nothing, plain)
        });
        found.extend(self.both("employee-notice: valid-for", |rules| {
            clock::exact(rules.notice.valid_for)
        }));
        found
    }

    fn declared(&self) -> Vec<Value> {
        let ids: BTreeSet<&str> = [self.old, self.new]
            .into_iter()
            .flat_map(|rules| rules.applications.iter().map(|a| a.id.as_str()))
            .collect();
        ids.into_iter()
            .flat_map(|id| {
                self.both(format!("application {}: never-entered", plain(id)), |rules| {
                    let found = rules.applications.iter().find(|a| a.id == id);
                    found.map_or_else(nothing, |a| {
                        let all = [(a.never_payment_card, "payment-card"), (a.never_password, "password")];
                        names(all.into_iter().filter_map(|(is, name)| is.then_some(name)))
                    })
                })
            })
            .collect()
    }

    fn kept(&self, artefact: Artefact) -> Vec<Value> {
        if artefact == Artefact::AnonymisedCopy {
            return Vec::new();
        }
        let key = format!("retention: {}", artefact_key(artefact));
        let mut found = self.both(key, |rules| clock::exact(rules.retention.of(artefact)));
        if matches!(
            artefact,
            Artefact::Recording | Artefact::Analysis | Artefact::DecisionRecord
        ) {
            found.extend(self.programme("review-until", |p| instant(p.review_until)));
        }
        found
    }

    fn term(&self, term: Term) -> Vec<Value> {
        match term {
            Term::FrameInterval => self.both("recording: max-frame-interval", |rules| {
                clock::exact(rules.max_frame_interval)
            }),
            Term::FactsAge => self.both("recording: max-facts-age", |rules| clock::exact(rules.max_facts_age)),
            Term::EmployeeLimit => self.programme("per-employee limit", |p| clock::exact(p.employee_cap.limit)),
            Term::EmployeePeriod => self.programme("per-employee per", |p| clock::exact(p.employee_cap.per)),
            Term::ProgrammeLimit => self.programme("programme limit", |p| clock::exact(p.programme_cap.limit)),
            Term::ProgrammePeriod => self.programme("programme per", |p| clock::exact(p.programme_cap.per)),
            Term::Unreviewed => self.programme("unreviewed", |p| clock::exact(p.max_unreviewed)),
            Term::SamplingPeriod => self.programme("share-of-calls per", |p| clock::exact(p.sampling_period)),
        }
    }

    fn role(&self, id: &str) -> Vec<Value> {
        let part = |key: &str, of: &dyn Fn(&Role) -> String| {
            self.both(format!("role {}: {key}", plain(id)), |rules| {
                role(rules, id).map_or_else(nothing, of)
            })
        };
        let parts = [
            part("may", &|role| {
                names(role.may.iter().map(|o| gardefou_compare::operation(*o)))
            }),
            part("purposes", &|role| format!("{:?}", role.purposes)),
            part("programmes", &|role| match &role.programmes {
                Coverage::All => "*".into(),
                Coverage::Only(list) => names(list.iter().map(String::as_str)),
            }),
            part("own-only", &|role| role.own_only.to_string()),
        ];
        parts.into_iter().flatten().collect()
    }
}

fn role<'a>(rules: &'a Rules, id: &str) -> Option<&'a Role> {
    match &rules.roles {
        Roles::Listed(roles) => roles.iter().find(|role| role.id == id),
        Roles::NotAsked => None,
    }
}

/// The key of `[retention]` for an artefact; an anonymised copy has none.
pub(super) const fn artefact_key(artefact: Artefact) -> &'static str {
    match artefact {
        Artefact::Recording => "recordings",
        Artefact::AnonymisedCopy => "anonymised-copy",
        Artefact::Analysis => "analyses",
        Artefact::DecisionRecord => "decisions",
        Artefact::AccessRecord => "accesses",
        Artefact::Temporary => "temporary",
        Artefact::Other => "other",
    }
}

fn nothing() -> String {
    "-".into()
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut named: Vec<String> = names.map(plain).collect();
    let rest = named.len().saturating_sub(8);
    named.truncate(8);
    if rest > 0 {
        named.push(format!("+{rest}"));
    }
    format!("[{}]", named.join(", "))
}

fn share(millionths: u32) -> String {
    let text = format!("0.{millionths:06}");
    text.trim_end_matches('0').to_owned()
}

fn span(span: Span) -> String {
    format!("[{}, {})", instant(span.start), instant(span.end))
}

fn instant(at: Timestamp) -> String {
    if at == Timestamp::MAX {
        nothing()
    } else {
        clock::date(at)
    }
}
