//! Where the answers of policies can change: the boundaries that their rule documents set, and the floor's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gardefou::{Artefact, CaptureMode, Millis, Notice, Purpose, SessionFacts, Span, Timestamp};
use gardefou_policy::rules::{Application, Enrolment, Programme, Programmes, Roles, Rules, ceilings};

use crate::question::Opening;

/// A programme that no document has.
pub const NO_PROGRAMME: &str = "no-such-programme";
/// An employee whom no document lists.
pub const NO_EMPLOYEE: &str = "no-such-employee";
/// A role that no document has.
pub const NO_ROLE: &str = "no-such-role";

/// What the questions are made from.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The rules of the documents, old before new; one or none where a component has no document.
    pub documents: Vec<Rules>,
    /// Sessions of given traces.
    pub openings: Vec<Opening>,
}

/// A programme to ask about, and how many it stands for: those that have the same rules, in every document,
/// are answered alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sample {
    pub(crate) id: String,
    pub(crate) alike: usize,
}

/// A session that every check of one document passes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Base {
    facts: SessionFacts,
    /// Whether notice and enrolment move with the opening; those of a trace stay where they are.
    moves: bool,
}

impl Base {
    /// Its facts, for an opening at this instant.
    pub(crate) fn at(&self, at: Timestamp) -> SessionFacts {
        let mut facts = self.facts.clone();
        if self.moves {
            facts.enrolled_at = Some(at);
            if let Some(notice) = &mut facts.employee_notice {
                notice.given_at = at;
            }
        }
        facts
    }
}

impl Outline {
    /// The documents' programmes with this id, each with its document.
    pub(crate) fn programmes<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a Rules, &'a Programme)> {
        self.documents
            .iter()
            .filter_map(move |rules| rules.programmes.find(id).map(|programme| (rules, programme)))
    }

    /// One programme of each kind, and one that no document has.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        let mut ids = BTreeSet::new();
        for rules in &self.documents {
            if let Programmes::Listed(listed) = &rules.programmes {
                ids.extend(listed.iter().map(|programme| programme.id.as_str()));
            }
        }
        ids.extend(self.openings.iter().map(|opening| opening.facts.programme.as_str()));
        let mut kinds: BTreeMap<String, Sample> = BTreeMap::new();
        for id in ids {
            let sample = kinds.entry(self.kind(id)).or_insert_with(|| Sample {
                id: id.to_owned(),
                alike: 0,
            });
            sample.alike += 1;
        }
        let mut samples: Vec<Sample> = kinds.into_values().collect();
        samples.sort_by(|a, b| a.id.cmp(&b.id));
        samples.push(Sample {
            id: NO_PROGRAMME.to_owned(),
            alike: 1,
        });
        samples
    }

    /// Everything that the answers about a programme depend on but its name and those of its employees, as text.
    fn kind(&self, id: &str) -> String {
        let mut kind = String::new();
        for rules in &self.documents {
            let own = rules.programmes.find(id).map(|programme| {
                let applications: Vec<&Application> = applications(rules, programme).collect();
                let nameless = Programme {
                    id: String::new(),
                    enrolment: Enrolment::Attested,
                    applications: Vec::new(),
                    ..programme.clone()
                };
                (applications, nameless)
            });
            kind.push_str(&format!("{own:?}"));
            let Roles::Listed(roles) = &rules.roles else { continue };
            for role in roles {
                kind.push_str(&format!("{}", covers(&role.programmes, id)));
            }
        }
        kind.push_str(&format!("{:?}", self.employees(id).into_keys().collect::<Vec<_>>()));
        if self.openings.iter().any(|opening| opening.facts.programme == id) {
            // What a trace has is asked about as it is.
            kind.push_str(id);
        }
        kind
    }

    /// One employee for each way in which the documents list people, and how many there are. The key says, for
    /// each document with the programme, whether it lists them; `None` where it lists nobody.
    pub(crate) fn employees(&self, id: &str) -> BTreeMap<Vec<Option<bool>>, (String, usize)> {
        let lists: Vec<Option<&Vec<String>>> = self
            .programmes(id)
            .map(|(_, programme)| match &programme.enrolment {
                Enrolment::Listed(employees) => Some(employees),
                Enrolment::Attested | Enrolment::NotAsked => None,
            })
            .collect();
        let mut listed: HashMap<&str, Vec<Option<bool>>> = HashMap::new();
        let nobody: Vec<Option<bool>> = lists.iter().map(|list| list.map(|_| false)).collect();
        for (at, list) in lists.iter().enumerate() {
            for employee in list.iter().copied().flatten() {
                let marks = listed.entry(employee).or_insert_with(|| nobody.clone());
                if let Some(mark) = marks.get_mut(at) {
                    *mark = Some(true);
                }
            }
        }
        let mut kinds: BTreeMap<Vec<Option<bool>>, (String, usize)> = BTreeMap::new();
        for (employee, marks) in listed {
            let (sample, count) = kinds.entry(marks).or_insert_with(|| (employee.to_owned(), 0));
            *count += 1;
            if employee < sample.as_str() {
                sample.clear();
                sample.push_str(employee);
            }
        }
        kinds.insert(nobody, (NO_EMPLOYEE.to_owned(), 1));
        kinds
    }

    /// Sessions that pass: one for each document that has the programme, and those of traces.
    pub(crate) fn bases(&self, id: &str) -> Vec<Base> {
        let mut bases: Vec<Base> = Vec::new();
        let known = self
            .programmes(id)
            .map(|(rules, programme)| passing(rules, id, &programme.enrolment));
        let traced = self.openings.iter().map(|opening| {
            let mut facts = opening.facts.clone();
            id.clone_into(&mut facts.programme);
            Base { facts, moves: false }
        });
        for base in known.chain(traced) {
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
        if bases.is_empty() {
            bases.extend(
                self.documents
                    .iter()
                    .map(|rules| passing(rules, id, &Enrolment::Attested)),
            );
        }
        bases
    }

    /// Every instant at which a date changes something for a programme, and the millisecond before it.
    pub(crate) fn instants(&self, id: &str) -> Vec<Timestamp> {
        let mut spans: Vec<Span> = self
            .documents
            .iter()
            .flat_map(|rules| {
                let attested = rules.attestations.iter().map(|attestation| attestation.valid);
                attested.chain([rules.in_force])
            })
            .collect();
        spans.extend(self.programmes(id).map(|(_, programme)| programme.dates));
        let ends = spans.into_iter().flat_map(|span| [span.start, span.end]);
        let traced = self.openings.iter().map(|opening| opening.at);
        boundaries(ends.chain(traced))
    }

    /// The distinct values of something, in every document and in the floor.
    pub(crate) fn values(&self, of: impl Fn(&Rules) -> Millis, floor: Millis) -> Vec<Millis> {
        distinct(self.documents.iter().map(of).chain([floor]))
    }

    /// The distinct values of something of a programme.
    pub(crate) fn of_programme(&self, id: &str, of: impl Fn(&Programme) -> Millis) -> Vec<Millis> {
        distinct(self.programmes(id).map(|(_, programme)| of(programme)))
    }

    /// The largest shares of calls for a programme, in millionths.
    pub(crate) fn shares(&self, id: &str) -> Vec<u32> {
        let shares = self.programmes(id).map(|(_, programme)| programme.share_millionths);
        shares
            .chain([ceilings::SHARE])
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// The notices that the documents ask for, and one that none does.
    pub(crate) fn notices(&self) -> Vec<String> {
        let asked = self.documents.iter().filter_map(|rules| rules.notice.version.clone());
        let given = self.openings.iter().filter_map(|o| o.facts.employee_notice.as_ref());
        let given = given.map(|notice| notice.version.clone());
        let versions = asked.chain(given).chain(["no-such-notice".to_owned()]);
        versions.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The roles of the documents, and one that none has.
    pub(crate) fn roles(&self) -> Vec<String> {
        let mut roles = BTreeSet::from([NO_ROLE.to_owned()]);
        for rules in &self.documents {
            if let Roles::Listed(listed) = &rules.roles {
                roles.extend(listed.iter().map(|role| role.id.clone()));
            }
        }
        roles.into_iter().collect()
    }

    /// When the review of a programme's recordings ends, and the millisecond before; now and then where no
    /// document says so.
    pub(crate) fn reviews(&self, id: &str) -> Vec<Timestamp> {
        let ends = self.programmes(id).map(|(_, programme)| programme.review_until);
        let traced = self.openings.iter().map(|opening| opening.at);
        let mut reviews = boundaries(ends.chain(traced));
        if reviews.is_empty() {
            reviews.extend(self.instants(id).into_iter().take(1));
        }
        if reviews.is_empty() {
            reviews.push(Timestamp::from_millis(SOME_DAY));
        }
        reviews
    }

    /// How long the documents and the floor keep an artefact.
    pub(crate) fn retentions(&self, artefact: Artefact) -> Vec<Millis> {
        self.values(|rules| rules.retention.of(artefact), ceilings::RETENTION.of(artefact))
    }
}

/// An instant for questions that no date bears on: 25 November 2026.
pub(crate) const SOME_DAY: u64 = 1_795_564_800_000;

/// The applications of a programme, in the order of the document.
pub(crate) fn applications<'a>(rules: &'a Rules, programme: &'a Programme) -> impl Iterator<Item = &'a Application> {
    let at = |at: &u32| rules.applications.get(usize::try_from(*at).ok()?);
    programme.applications.iter().filter_map(at)
}

fn covers(coverage: &gardefou_policy::rules::Coverage, id: &str) -> bool {
    match coverage {
        gardefou_policy::rules::Coverage::All => true,
        gardefou_policy::rules::Coverage::Only(ids) => ids.iter().any(|own| own == id),
    }
}

/// A session that every check of this document passes at an instant at which its dates allow one.
fn passing(rules: &Rules, id: &str, enrolment: &Enrolment) -> Base {
    let mut facts = SessionFacts::default();
    facts.session = "case".into();
    facts.employee = match enrolment {
        Enrolment::Listed(employees) => employees.first().cloned().unwrap_or_default(),
        Enrolment::Attested | Enrolment::NotAsked => NO_EMPLOYEE.to_owned(),
    };
    facts.programme = id.to_owned();
    facts.purpose = Purpose::Training;
    facts.mode = CaptureMode::ScreenVideo;
    // The shortest: no cap is so small that it refuses the first frame.
    facts.frame_interval = 1;
    facts.employee_notice = rules.notice.version.clone().map(|version| Notice {
        version,
        given_at: Timestamp::from_millis(0),
    });
    facts.employee_objected = false;
    facts.protected_line = false;
    // Of one call, one may be recorded, whatever the share.
    facts.calls_offered = 1;
    facts.calls_recorded = 0;
    Base { facts, moves: true }
}

/// These instants and the millisecond before each, in order. An end that never comes is none.
fn boundaries(instants: impl Iterator<Item = Timestamp>) -> Vec<Timestamp> {
    let bounded = instants.filter(|at| *at != Timestamp::MAX);
    let all: BTreeSet<Timestamp> = bounded.flat_map(|at| [at.minus(1), at]).collect();
    all.into_iter().collect()
}

fn distinct(values: impl Iterator<Item = Millis>) -> Vec<Millis> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}
