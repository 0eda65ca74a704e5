//! The registers of the contract: reasons and conditions, as numbers with names.
//!
//! Generated from `wit/1.0/registers.toml` by `cargo xtask registers`: do not edit it here.

use core::fmt;

/// Why a verdict is as it is: a number from the register of reasons; from 1000 on, a policy's own.
///
/// A number that is in no register is a refusal like any other, and its title is in the policy's own
/// description.
///
/// ```
/// use gardefou_policy::registers::Reason;
/// assert_eq!(Reason::from_name("no-call"), Some(Reason::NO_CALL));
/// assert_eq!(Reason::NO_CALL.to_string(), "no-call");
/// assert_eq!(Reason(1000).to_string(), "reason 1000");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason(pub u16);

/// What the register says of a reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReasonInfo {
    /// Its number.
    pub number: u16,
    /// Its name in traces, JSON and texts.
    pub name: &'static str,
    /// The row of the legal matrix that it belongs to; `P` is a reading of ours; empty for permitted.
    pub rule: &'static str,
    /// Where to look it up: gathered from secondary sources, for a lawyer to check.
    pub reference: &'static str,
    /// Its title in French.
    pub french: &'static str,
    /// Its title in English.
    pub english: &'static str,
}

impl Reason {
    /// No rule objects.
    pub const PERMITTED: Self = Self(0);
    /// Policy module fault (legal.md, P).
    pub const POLICY_FAULT: Self = Self(1);
    /// Ledger or journal unavailable (legal.md, P).
    pub const STORE_UNAVAILABLE: Self = Self(2);
    /// Facts missing or inconsistent (legal.md, P).
    pub const INVALID_FACTS: Self = Self(3);
    /// Rules in force not confirmed in time (legal.md, P).
    pub const RULES_UNCONFIRMED: Self = Self(4);
    /// Rules stopped by a signer (legal.md, P).
    pub const RULES_STOPPED: Self = Self(5);
    /// Rules not in force (legal.md, P).
    pub const NOT_IN_FORCE: Self = Self(10);
    /// Still image (screenshot) (legal.md, S1).
    pub const STILL_IMAGE: Self = Self(11);
    /// Purpose other than staff training (legal.md, S2).
    pub const PURPOSE: Self = Self(12);
    /// Outside a training programme or its dates (legal.md, S10).
    pub const PROGRAMME: Self = Self(13);
    /// Prior step missing or expired (legal.md, +6).
    pub const ATTESTATION: Self = Self(14);
    /// Training need not established (legal.md, S6).
    pub const NO_TRAINING_NEED: Self = Self(15);
    /// Employee not informed beforehand (legal.md, S3).
    pub const EMPLOYEE_NOT_INFORMED: Self = Self(16);
    /// Employee's objection (legal.md, +10).
    pub const EMPLOYEE_OBJECTED: Self = Self(17);
    /// Line reserved for a representative's mandate (legal.md, +4).
    pub const PROTECTED_LINE: Self = Self(18);
    /// Recording not occasional (legal.md, +1).
    pub const SYSTEMATIC: Self = Self(19);
    /// Private call (legal.md, +3).
    pub const PRIVATE_CALL: Self = Self(30);
    /// Other party's objection (legal.md, +2).
    pub const PARTY_OBJECTED: Self = Self(31);
    /// No recorded call in progress (legal.md, S5).
    pub const NO_CALL: Self = Self(32);
    /// Other party not informed (legal.md, +2).
    pub const PARTY_NOT_INFORMED: Self = Self(33);
    /// Payment card data (legal.md, +9).
    pub const PAYMENT: Self = Self(34);
    /// Password entry (legal.md, +9).
    pub const SECURE_INPUT: Self = Self(35);
    /// Paused by the employee (legal.md, +3).
    pub const PAUSED: Self = Self(36);
    /// Facts too old (legal.md, P).
    pub const STALE_FACTS: Self = Self(37);
    /// Volume limit reached (legal.md, S7).
    pub const VOLUME: Self = Self(38);
    /// No window of the training application (legal.md, S4).
    pub const NO_TRAINING_WINDOW: Self = Self(39);
    /// Person or operation not authorised (legal.md, S9).
    pub const NOT_AUTHORISED: Self = Self(50);
    /// Processing restricted (legal.md, +10).
    pub const RESTRICTED: Self = Self(51);
    /// Retention period over (legal.md, +7).
    pub const RETENTION: Self = Self(52);
    /// Recording not anonymised (legal.md, S8).
    pub const NOT_ANONYMISED: Self = Self(53);

    /// Every reason of the register, in the order of their numbers.
    pub const ALL: [Self; 30] = [
        Self::PERMITTED,
        Self::POLICY_FAULT,
        Self::STORE_UNAVAILABLE,
        Self::INVALID_FACTS,
        Self::RULES_UNCONFIRMED,
        Self::RULES_STOPPED,
        Self::NOT_IN_FORCE,
        Self::STILL_IMAGE,
        Self::PURPOSE,
        Self::PROGRAMME,
        Self::ATTESTATION,
        Self::NO_TRAINING_NEED,
        Self::EMPLOYEE_NOT_INFORMED,
        Self::EMPLOYEE_OBJECTED,
        Self::PROTECTED_LINE,
        Self::SYSTEMATIC,
        Self::PRIVATE_CALL,
        Self::PARTY_OBJECTED,
        Self::NO_CALL,
        Self::PARTY_NOT_INFORMED,
        Self::PAYMENT,
        Self::SECURE_INPUT,
        Self::PAUSED,
        Self::STALE_FACTS,
        Self::VOLUME,
        Self::NO_TRAINING_WINDOW,
        Self::NOT_AUTHORISED,
        Self::RESTRICTED,
        Self::RETENTION,
        Self::NOT_ANONYMISED,
    ];

    /// What the register says of it; `None` for a number that it does not have.
    #[must_use]
    pub const fn info(self) -> Option<&'static ReasonInfo> {
        Some(match self {
            Self::PERMITTED => &ReasonInfo {
                number: 0,
                name: "permitted",
                rule: "",
                reference: "CNIL, couplage, 17/09/2019",
                french: "Aucune règle ne s'y oppose",
                english: "No rule objects",
            },
            Self::POLICY_FAULT => &ReasonInfo {
                number: 1,
                name: "policy-fault",
                rule: "P",
                reference: "P; RGPD 32",
                french: "Défaillance des règles",
                english: "Policy module fault",
            },
            Self::STORE_UNAVAILABLE => &ReasonInfo {
                number: 2,
                name: "store-unavailable",
                rule: "P",
                reference: "P; RGPD 32",
                french: "Registre ou journal indisponible",
                english: "Ledger or journal unavailable",
            },
            Self::INVALID_FACTS => &ReasonInfo {
                number: 3,
                name: "invalid-facts",
                rule: "P",
                reference: "P",
                french: "Informations manquantes ou incohérentes",
                english: "Facts missing or inconsistent",
            },
            Self::RULES_UNCONFIRMED => &ReasonInfo {
                number: 4,
                name: "rules-unconfirmed",
                rule: "P",
                reference: "P; RGPD 24, 32",
                french: "Règles en vigueur non confirmées à temps",
                english: "Rules in force not confirmed in time",
            },
            Self::RULES_STOPPED => &ReasonInfo {
                number: 5,
                name: "rules-stopped",
                rule: "P",
                reference: "P; RGPD 24, 32",
                french: "Règles arrêtées par un signataire",
                english: "Rules stopped by a signer",
            },
            Self::NOT_IN_FORCE => &ReasonInfo {
                number: 10,
                name: "not-in-force",
                rule: "P",
                reference: "P; RGPD 24",
                french: "Règles hors période de validité",
                english: "Rules not in force",
            },
            Self::STILL_IMAGE => &ReasonInfo {
                number: 11,
                name: "still-image",
                rule: "S1",
                reference: "CNIL, couplage; RGPD 5.1.c",
                french: "Image fixe (capture d'écran)",
                english: "Still image (screenshot)",
            },
            Self::PURPOSE => &ReasonInfo {
                number: 12,
                name: "purpose",
                rule: "S2",
                reference: "CNIL, couplage; RGPD 5.1.b",
                french: "Finalité autre que la formation du personnel",
                english: "Purpose other than staff training",
            },
            Self::PROGRAMME => &ReasonInfo {
                number: 13,
                name: "programme",
                rule: "S10",
                reference: "CNIL, couplage; RGPD 5.1.b",
                french: "Hors programme ou période de formation",
                english: "Outside a training programme or its dates",
            },
            Self::ATTESTATION => &ReasonInfo {
                number: 14,
                name: "attestation",
                rule: "+6",
                reference: "C. trav. L2312-38; RGPD 30, 35",
                french: "Démarche préalable manquante ou expirée",
                english: "Prior step missing or expired",
            },
            Self::NO_TRAINING_NEED => &ReasonInfo {
                number: 15,
                name: "no-training-need",
                rule: "S6",
                reference: "CNIL, couplage; C. trav. L1121-1",
                french: "Besoin de formation non établi",
                english: "Training need not established",
            },
            Self::EMPLOYEE_NOT_INFORMED => &ReasonInfo {
                number: 16,
                name: "employee-not-informed",
                rule: "S3",
                reference: "C. trav. L1222-4; RGPD 13",
                french: "Salarié non informé au préalable",
                english: "Employee not informed beforehand",
            },
            Self::EMPLOYEE_OBJECTED => &ReasonInfo {
                number: 17,
                name: "employee-objected",
                rule: "+10",
                reference: "RGPD 21.1, 18.1.d",
                french: "Opposition du salarié",
                english: "Employee's objection",
            },
            Self::PROTECTED_LINE => &ReasonInfo {
                number: 18,
                name: "protected-line",
                rule: "+4",
                reference: "Cass. soc. 02-40.498, 10-20.845",
                french: "Ligne réservée à un mandat",
                english: "Line reserved for a representative's mandate",
            },
            Self::SYSTEMATIC => &ReasonInfo {
                number: 19,
                name: "systematic",
                rule: "+1",
                reference: "CNIL, écoute; SAN-2023-008",
                french: "Enregistrement non ponctuel",
                english: "Recording not occasional",
            },
            Self::PRIVATE_CALL => &ReasonInfo {
                number: 30,
                name: "private-call",
                rule: "+3",
                reference: "CNIL, écoute; C. civ. 9",
                french: "Appel privé",
                english: "Private call",
            },
            Self::PARTY_OBJECTED => &ReasonInfo {
                number: 31,
                name: "party-objected",
                rule: "+2",
                reference: "RGPD 21.1; CNIL, écoute",
                french: "Opposition de l'interlocuteur",
                english: "Other party's objection",
            },
            Self::NO_CALL => &ReasonInfo {
                number: 32,
                name: "no-call",
                rule: "S5",
                reference: "CNIL, couplage",
                french: "Hors appel enregistré",
                english: "No recorded call in progress",
            },
            Self::PARTY_NOT_INFORMED => &ReasonInfo {
                number: 33,
                name: "party-not-informed",
                rule: "+2",
                reference: "RGPD 13; C. pén. 226-1",
                french: "Interlocuteur non informé",
                english: "Other party not informed",
            },
            Self::PAYMENT => &ReasonInfo {
                number: 34,
                name: "payment",
                rule: "+9",
                reference: "CNIL 2018-303; RGPD 32",
                french: "Données de carte de paiement",
                english: "Payment card data",
            },
            Self::SECURE_INPUT => &ReasonInfo {
                number: 35,
                name: "secure-input",
                rule: "+9",
                reference: "RGPD 5.1.c, 32",
                french: "Saisie d'un mot de passe",
                english: "Password entry",
            },
            Self::PAUSED => &ReasonInfo {
                number: 36,
                name: "paused",
                rule: "+3",
                reference: "CNIL, écoute",
                french: "Pause demandée par le salarié",
                english: "Paused by the employee",
            },
            Self::STALE_FACTS => &ReasonInfo {
                number: 37,
                name: "stale-facts",
                rule: "P",
                reference: "P",
                french: "Informations trop anciennes",
                english: "Facts too old",
            },
            Self::VOLUME => &ReasonInfo {
                number: 38,
                name: "volume",
                rule: "S7",
                reference: "CNIL, couplage; RGPD 5.1.c",
                french: "Volume maximal atteint",
                english: "Volume limit reached",
            },
            Self::NO_TRAINING_WINDOW => &ReasonInfo {
                number: 39,
                name: "no-training-window",
                rule: "S4",
                reference: "CNIL, couplage",
                french: "Aucune fenêtre de l'application métier visible",
                english: "No window of the training application",
            },
            Self::NOT_AUTHORISED => &ReasonInfo {
                number: 50,
                name: "not-authorised",
                rule: "S9",
                reference: "RGPD 29, 32",
                french: "Personne ou opération non habilitée",
                english: "Person or operation not authorised",
            },
            Self::RESTRICTED => &ReasonInfo {
                number: 51,
                name: "restricted",
                rule: "+10",
                reference: "RGPD 18",
                french: "Traitement limité",
                english: "Processing restricted",
            },
            Self::RETENTION => &ReasonInfo {
                number: 52,
                name: "retention",
                rule: "+7",
                reference: "RGPD 5.1.e; CNIL, écoute; CNIL 2021-122",
                french: "Durée de conservation dépassée",
                english: "Retention period over",
            },
            Self::NOT_ANONYMISED => &ReasonInfo {
                number: 53,
                name: "not-anonymised",
                rule: "S8",
                reference: "CNIL, couplage; RGPD cons. 26",
                french: "Enregistrement non anonymisé",
                english: "Recording not anonymised",
            },
            _ => return None,
        })
    }

    /// Its name; `None` for a number that the register does not have.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self.info() {
            Some(info) => Some(info.name),
            None => None,
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == Some(name))
    }

    /// Whether it is a policy's own: 1000 or above.
    #[must_use]
    pub const fn is_own(self) -> bool {
        self.0 >= 1000
    }
}

/// The name, or `reason N` for a number that the register does not have.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "reason {}", self.0),
        }
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A fact about the call that holds, does not hold, or is not known: a bit in a set of conditions.
///
/// ```
/// use gardefou_policy::registers::{Condition, Reason};
/// assert_eq!(Condition::from_name("party-objected"), Some(Condition::PARTY_OBJECTED));
/// assert!(Condition::PARTY_OBJECTED.is_sticky() && !Condition::PARTY_OBJECTED.must_hold());
/// assert_eq!(Condition::AUDIO_RECORDED.reason(), Reason::NO_CALL);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Condition(u8);

impl Condition {
    /// The call itself is being recorded now.
    pub const AUDIO_RECORDED: Self = Self(0);
    /// Every other party was told of the recording.
    pub const PARTY_INFORMED: Self = Self(1);
    /// A party objected to the recording. Once it held, it holds until the session ends.
    pub const PARTY_OBJECTED: Self = Self(2);
    /// The call is private. Once it held, it holds until the session ends.
    pub const PRIVATE_CALL: Self = Self(3);
    /// Card data is being spoken or typed.
    pub const PAYMENT_ENTRY: Self = Self(4);
    /// A password field, a lock screen, or another desktop than the one whose windows were listed.
    pub const SECURE_INPUT: Self = Self(5);
    /// The employee paused the recording.
    pub const EMPLOYEE_PAUSED: Self = Self(6);

    /// Every condition of the register, in the order of their bits.
    pub const ALL: [Self; 7] = [
        Self::AUDIO_RECORDED,
        Self::PARTY_INFORMED,
        Self::PARTY_OBJECTED,
        Self::PRIVATE_CALL,
        Self::PAYMENT_ENTRY,
        Self::SECURE_INPUT,
        Self::EMPLOYEE_PAUSED,
    ];

    /// Its place in a set of conditions: 0 to 31.
    #[must_use]
    pub const fn bit(self) -> u8 {
        self.0
    }

    /// The set with this condition alone, as bits.
    #[must_use]
    pub const fn mask(self) -> u32 {
        1 << self.0
    }

    /// Its name in traces, JSON and texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AUDIO_RECORDED => "audio-recorded",
            Self::PARTY_INFORMED => "party-informed",
            Self::PARTY_OBJECTED => "party-objected",
            Self::PRIVATE_CALL => "private-call",
            Self::PAYMENT_ENTRY => "payment-entry",
            Self::SECURE_INPUT => "secure-input",
            _ => "employee-paused",
        }
    }

    /// The condition of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| condition.name() == name)
    }

    /// Whether it holds until the session ends, once it held.
    #[must_use]
    pub const fn is_sticky(self) -> bool {
        matches!(self, Self::PARTY_OBJECTED | Self::PRIVATE_CALL)
    }

    /// Whether it must be known to hold; the others must be known not to.
    #[must_use]
    pub const fn must_hold(self) -> bool {
        matches!(self, Self::AUDIO_RECORDED | Self::PARTY_INFORMED)
    }

    /// The reason that refuses when it is not as it must be, or not known.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::AUDIO_RECORDED => Reason::NO_CALL,
            Self::PARTY_INFORMED => Reason::PARTY_NOT_INFORMED,
            Self::PARTY_OBJECTED => Reason::PARTY_OBJECTED,
            Self::PRIVATE_CALL => Reason::PRIVATE_CALL,
            Self::PAYMENT_ENTRY => Reason::PAYMENT,
            Self::SECURE_INPUT => Reason::SECURE_INPUT,
            _ => Reason::PAUSED,
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
