//! What is checked at every frame of a call.

use gardefou::Reason;

use super::{Entry, NO_DOCUMENT, key, of, w};

/// In the order of the register.
pub(super) const CALL: &[Entry] = &[
    Entry {
        reason: Reason::PRIVATE_CALL,
        says: w(
            "Private calls are kept out, inbound and outbound. One that turns private ends the recording, and what was recorded of it is discarded.",
            "Les appels privés sont écartés, entrants et sortants. Un appel qui devient privé met fin à l'enregistrement, et ce qui en a été enregistré est détruit.",
        ),
        at_frame: "stop or skip",
        facts: w(
            "The condition `private-call`: it must be known, and not hold. Once it held, it holds to the end of the session.",
            "La condition `private-call`\u{a0}: elle doit être connue, et fausse. Une fois vraie, elle le reste jusqu'à la fin de la session.",
        ),
        change: w(
            "Unknown (note 2): the recorder is connected to what tells private calls apart. Private (note 1): nothing changes it in this call.",
            "Inconnue (note 2)\u{a0}: l'enregistreur est relié à ce qui distingue les appels privés. Privé (note 1)\u{a0}: rien n'y change pour cet appel.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::PARTY_OBJECTED,
        says: w(
            "The other party can object before the call ends. An objection ends the recording, and what was recorded is discarded.",
            "L'interlocuteur peut s'opposer avant la fin de l'appel. Une opposition met fin à l'enregistrement, et ce qui a été enregistré est détruit.",
        ),
        at_frame: "stop or skip",
        facts: w(
            "The condition `party-objected`: it must be known, and not hold. Once it held, it holds to the end of the session.",
            "La condition `party-objected`\u{a0}: elle doit être connue, et fausse. Une fois vraie, elle le reste jusqu'à la fin de la session.",
        ),
        change: w(
            "Unknown (note 2): the recorder learns of objections, for instance from a key. Objected (note 1): nothing changes it in this call.",
            "Inconnue (note 2)\u{a0}: l'enregistreur apprend les oppositions, par exemple d'une touche. Opposition (note 1)\u{a0}: rien n'y change pour cet appel.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::NO_CALL,
        says: w(
            "The screen is recorded only while a call is being recorded: from pick-up to hang-up. Ringing, consulting a colleague and the work after the call are outside.",
            "L'écran n'est enregistré que pendant qu'un appel l'est\u{a0}: du décroché au raccroché. La sonnerie, la consultation d'un collègue et le travail après l'appel sont exclus.",
        ),
        at_frame: "stop or skip",
        facts: w(
            "The phase of the call, and the condition `audio-recorded`; at review when it was answered and hung up.",
            "La phase de l'appel, et la condition `audio-recorded`\u{a0}; à la revue, les instants de décroché et de raccroché.",
        ),
        change: w(
            "The call is connected, and the recorder knows that the call itself is being recorded. After the call, nothing changes it.",
            "L'appel est en ligne, et l'enregistreur sait que l'appel lui-même est enregistré. Après l'appel, rien n'y change.",
        ),
        keys: &[of(&[2], "recording.while-held")],
        rules: w(
            "Only note 2 depends on the rules: with `while-held = true` recording goes on while the caller is on hold. For the others the floor refuses.",
            "Seule la note 2 dépend des règles\u{a0}: avec `while-held = true`, l'enregistrement continue pendant la mise en attente. Pour les autres, le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::PARTY_NOT_INFORMED,
        says: w(
            "Every other party was told of the recording.",
            "Tout interlocuteur est informé de l'enregistrement.",
        ),
        at_frame: "skip",
        facts: w(
            "The condition `party-informed`: it must be known, and hold.",
            "La condition `party-informed`\u{a0}: elle doit être connue, et vraie.",
        ),
        change: w(
            "The other parties are told, by an announcement or by the employee, and the recorder knows it.",
            "Les interlocuteurs sont informés, par une annonce ou par le salarié, et l'enregistreur le sait.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::PAYMENT,
        says: w(
            "Card data are never captured.",
            "Les données de carte ne sont jamais captées.",
        ),
        at_frame: "skip",
        facts: w(
            "The condition `payment-entry`: it must not hold, and be known, unless the controller declares of every application of the programme that card data are never entered in it.",
            "La condition `payment-entry`\u{a0}: elle doit être fausse, et connue, sauf si le responsable de traitement déclare, pour toute application du programme, qu'aucune donnée de carte n'y est saisie.",
        ),
        change: w(
            "The entry is over (note 1); or the recorder is connected to what knows of payments (note 2).",
            "La saisie est terminée (note 1)\u{a0}; ou l'enregistreur est relié à ce qui connaît les paiements (note 2).",
        ),
        keys: &[of(&[2], "application[].never-entered")],
        rules: w(
            "If it is true of every application of the programme, the controller declares it: `never-entered = [\"payment-card\"]`. Then unknown passes. While card data are being entered the floor refuses.",
            "Si c'est vrai de toute application du programme, le responsable de traitement le déclare\u{a0}: `never-entered = [\"payment-card\"]`. L'ignorance passe alors. Pendant une saisie de carte, le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::SECURE_INPUT,
        says: w(
            "Passwords are never captured; nor is a lock screen, or another desktop than the one whose windows are listed.",
            "Les mots de passe ne sont jamais captés\u{a0}; ni un écran verrouillé, ni un autre bureau que celui dont les fenêtres sont listées.",
        ),
        at_frame: "skip",
        facts: w(
            "The condition `secure-input`: it must not hold, and be known, unless the controller declares of every application of the programme that passwords are never entered in it.",
            "La condition `secure-input`\u{a0}: elle doit être fausse, et connue, sauf si le responsable de traitement déclare, pour toute application du programme, qu'aucun mot de passe n'y est saisi.",
        ),
        change: w(
            "The entry is over, or the screen unlocked (note 1); or the recorder finds out about password fields (note 2).",
            "La saisie est terminée, ou l'écran déverrouillé (note 1)\u{a0}; ou l'enregistreur détecte les champs de mot de passe (note 2).",
        ),
        keys: &[of(&[2], "application[].never-entered")],
        rules: w(
            "If it is true of every application of the programme, the controller declares it: `never-entered = [\"password\"]`. Then unknown passes. While one is being entered the floor refuses.",
            "Si c'est vrai de toute application du programme, le responsable de traitement le déclare\u{a0}: `never-entered = [\"password\"]`. L'ignorance passe alors. Pendant une saisie, le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::PAUSED,
        says: w(
            "The employee can pause the recording.",
            "Le salarié peut mettre l'enregistrement en pause.",
        ),
        at_frame: "skip",
        facts: w(
            "The condition `employee-paused`: it must be known, and not hold.",
            "La condition `employee-paused`\u{a0}: elle doit être connue, et fausse.",
        ),
        change: w(
            "The employee ends the pause (note 1); or the recorder offers one, and knows its state (note 2).",
            "Le salarié met fin à la pause (note 1)\u{a0}; ou l'enregistreur en offre une, et en connaît l'état (note 2).",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::STALE_FACTS,
        says: w(
            "What is known of the windows holds at the instant of the frame, and is fresh. Older knowledge counts for nothing (a reading of ours).",
            "Ce que l'on sait des fenêtres vaut à l'instant de l'image, et est récent. Plus ancien, cela ne vaut rien (une interprétation de notre part).",
        ),
        at_frame: "skip",
        facts: w(
            "From when to when the list of windows is known to hold, and the instant of the frame.",
            "L'intervalle pendant lequel la liste des fenêtres est réputée valoir, et l'instant de l'image.",
        ),
        change: w(
            "The recorder looks at the windows before and after the frame, at most {recording.max-facts-age|what the rules allow} apart.",
            "L'enregistreur observe les fenêtres avant et après l'image, à {recording.max-facts-age|ce que les règles permettent} d'écart au plus.",
        ),
        keys: &[of(&[2], "recording.max-facts-age")],
        rules: w(
            "The rules can allow up to {ceiling.facts-age} (a reading of ours); above that the floor refuses.",
            "Les règles peuvent permettre jusqu'à {ceiling.facts-age} (une interprétation de notre part)\u{a0}; au-delà le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::VOLUME,
        says: w(
            "No more is recorded than the trainers can analyse, in proportion to the need. No text gives a number: it is the controller's parameter.",
            "On n'enregistre pas plus que ce que les formateurs peuvent analyser, en proportion du besoin. Aucun texte ne donne de nombre\u{a0}: c'est un paramètre du responsable de traitement.",
        ),
        at_frame: "skip",
        facts: w(
            "What was recorded of the employee, and under the programme, in their periods, what waits for review, and one frame interval.",
            "Ce qui a été enregistré du salarié, et pour le programme, sur leurs périodes, ce qui attend d'être analysé, et un intervalle entre images.",
        ),
        change: w(
            "The trainers review what waits (note 3); or time passes, and earlier recordings leave the rolling period (notes 1 and 2).",
            "Les formateurs analysent ce qui attend (note 3)\u{a0}; ou le temps passe, et d'anciens enregistrements sortent de la période glissante (notes 1 et 2).",
        ),
        keys: &[
            of(&[1], "programme[].volume.per-employee"),
            of(&[2], "programme[].volume.programme"),
            of(&[3], "programme[].volume.unreviewed"),
        ],
        rules: w(
            "The controller decides on these caps, and no ceiling bounds them: the floor has none.",
            "Le responsable de traitement fixe ces plafonds, et rien d'autre ne les borne\u{a0}: le socle n'en a pas.",
        ),
    },
    Entry {
        reason: Reason::NO_TRAINING_WINDOW,
        says: w(
            "Only windows of the application that the training is about are recorded. Here none of their pixels is left.",
            "Seules les fenêtres de l'application dont traite la formation sont enregistrées. Ici, il n'en reste aucun pixel.",
        ),
        at_frame: "skip",
        facts: w(
            "Every visible window: its identity, what it certainly covers and what it may have painted, and which lies above which.",
            "Toute fenêtre visible\u{a0}: son identité, ce qu'elle couvre certainement et ce qu'elle a pu peindre, et l'ordre de superposition.",
        ),
        change: w(
            "The employee brings a window of the application to the front; or the recorder identifies it (program, signer, address).",
            "Le salarié met une fenêtre de l'application au premier plan\u{a0}; ou l'enregistreur l'identifie (programme, signataire, adresse).",
        ),
        keys: &[
            key("programme[].applications"),
            key("application[].match[]"),
            key("application[].never-title"),
        ],
        rules: w(
            "The controller adds a `match` entry that recognises the window, if it is of the application. No rule keeps the desktop: there the floor refuses.",
            "Le responsable de traitement ajoute à `match` une entrée qui reconnaît la fenêtre, si elle est de l'application. Aucune règle ne garde le bureau\u{a0}: là, le socle refuse.",
        ),
    },
];
