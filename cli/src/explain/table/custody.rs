//! What is checked when somebody wants a recording.

use gardefou::Reason;

use super::{Entry, NO_DOCUMENT, key, of, w};

/// In the order of the register.
pub(super) const CUSTODY: &[Entry] = &[
    Entry {
        reason: Reason::NOT_AUTHORISED,
        says: w(
            "Only authorised people have access, each with an account of their own, in a role that allows it, and a journal traces it. Recipients are the trainers of the programme and the person recorded.",
            "Seules les personnes habilitées ont accès, chacune par un compte individuel, dans un rôle qui le permet, et un journal en garde la trace. Les destinataires sont les formateurs du programme et la personne enregistrée.",
        ),
        at_frame: "",
        facts: w(
            "Whether the account is a person's own, the role, the operation, the programme, the purpose, who looks and who is recorded, and until when the authorisation is good.",
            "Si le compte est individuel, le rôle, l'opération, le programme, la finalité, qui consulte et qui est enregistré, et la fin de validité de l'habilitation.",
        ),
        change: w(
            "The person signs in with an account of their own, in a role of the rules, with an authorisation that is still good; the note says what is missing.",
            "La personne se connecte par un compte individuel, dans un rôle des règles, avec une habilitation en cours\u{a0}; la note dit ce qui manque.",
        ),
        keys: &[
            of(&[2], "role[].id"),
            of(&[3], "role[].may"),
            of(&[4], "role[].programmes"),
            of(&[5], "role[].purposes"),
            of(&[6], "role[].own-only"),
        ],
        rules: w(
            "The controller decides on roles (notes 2 to 6). For a shared account, and without an authorisation that is still good, the floor refuses.",
            "Le responsable de traitement fixe les rôles (notes 2 à 6). Pour un compte partagé, ou sans habilitation en cours, le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::RESTRICTED,
        says: w(
            "A person, or an authority, can ask that the use of a recording be restricted. Then nobody trains with it, and nobody deletes it but in a role that answers such requests. It can still be looked at and disclosed for the person and for oversight.",
            "Une personne, ou une autorité, peut demander la limitation du traitement d'un enregistrement. Nul ne s'en sert alors pour former, et nul ne l'efface que dans un rôle qui répond à ces demandes. Il peut encore être consulté et communiqué pour la personne et pour le contrôle.",
        ),
        at_frame: "",
        facts: w(
            "Whether the recording is restricted; the purpose, and to delete the purposes of the role, whatever purpose is asked for.",
            "Si le traitement est limité\u{a0}; la finalité, et pour effacer les finalités du rôle, quelle que soit celle de la demande.",
        ),
        change: w(
            "Whoever answers such requests lifts the restriction (`release`), when the person agrees or the matter is settled; past its time, too. Or, at the person's wish, they delete it.",
            "Qui répond à ces demandes lève la limitation (`release`), quand la personne l'accepte ou que la question est réglée, même après le terme. Ou il l'efface, à la demande de la personne.",
        ),
        keys: &[of(&[2], "role[].purposes")],
        rules: w(
            "No rule document lets anybody train with it. Which roles may delete it (note 2), the controller decides: those with `subject-right` or `oversight` among their purposes. The floor knows no roles, and refuses no deletion for this.",
            "Aucun document de règles ne permet de s'en servir pour former. Quels rôles peuvent l'effacer (note 2), le responsable de traitement le fixe\u{a0}: ceux qui ont `subject-right` ou `oversight` parmi leurs finalités. Le socle ne connaît pas les rôles, et ne refuse aucun effacement pour cela.",
        ),
    },
    Entry {
        reason: Reason::RETENTION,
        says: w(
            "Recordings are kept for at most 6 months from collection, analyses for at most 1 year, the access journal for at most 1 year. Nobody trains with what is past its time. What still exists of it can be shown to the person and to an authority, restricted, and released.",
            "Les enregistrements sont conservés au plus 6 mois après la collecte, les analyses au plus 1 an, le journal des accès au plus 1 an. Nul ne se sert pour former de ce qui a dépassé son terme. Ce qui en existe encore peut être montré à la personne et à une autorité, limité, et la limitation levée.",
        ),
        at_frame: "",
        facts: w(
            "What it is, when it was collected, the programme, the purpose, and the instant of the access.",
            "Ce que c'est, quand cela a été collecté, le programme, la finalité, et l'instant de l'accès.",
        ),
        change: w(
            "Nothing: it is to be deleted, and may be (`delete`).",
            "Rien\u{a0}: cela doit être effacé, et peut l'être (`delete`).",
        ),
        keys: &[
            key("retention.recordings"),
            key("retention.analyses"),
            key("retention.decisions"),
            key("retention.accesses"),
            key("retention.temporary"),
            key("programme[].review-until"),
            key("programme[].until"),
        ],
        rules: w(
            "The rules can set up to {ceiling.recordings} for recordings and records of decisions, {ceiling.analyses} for analyses and records of accesses, {ceiling.temporary} for temporary files (this last a reading of ours); above that the floor refuses.",
            "Les règles peuvent fixer jusqu'à {ceiling.recordings} pour les enregistrements et traces de décision, {ceiling.analyses} pour les analyses et traces d'accès, {ceiling.temporary} pour les fichiers temporaires (ce dernier, une interprétation de notre part)\u{a0}; au-delà le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::NOT_ANONYMISED,
        says: w(
            "Other employees are trained only with an anonymised copy: a new file that nobody can be singled out in, linked to or inferred from. A voice identifies; a blanked name is not enough.",
            "D'autres salariés ne sont formés qu'avec une copie anonymisée\u{a0}: un nouveau fichier où nul ne peut être isolé, relié ou déduit. Une voix identifie\u{a0}; un nom masqué ne suffit pas.",
        ),
        at_frame: "",
        facts: w(
            "The operation, and what it is done with.",
            "L'opération, et ce sur quoi elle porte.",
        ),
        change: w(
            "Somebody makes an anonymised copy, and that is used instead.",
            "Quelqu'un fait une copie anonymisée, et c'est elle qui est utilisée.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
];
