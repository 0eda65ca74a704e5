//! What the hosts give, and what is checked first when a session opens.

use gardefou::Reason;

use super::{Entry, NO_DOCUMENT, key, of, w};

/// In the order of the register.
pub(super) const OPENING: &[Entry] = &[
    Entry {
        reason: Reason::PERMITTED,
        says: w(
            "Every check passed, so the question is answered with yes. This says which rules did not object, and not that everything around the recording is as the law wants it.",
            "Tous les contrôles sont passés, et la réponse est oui. Cela dit quelles règles ne s'y opposent pas, et non que tout ce qui entoure l'enregistrement est tel que la loi le veut.",
        ),
        at_frame: "keep",
        facts: w("All of them.", "Toutes."),
        change: w(
            "Any fact that a check asks for and that is missing, unknown or too old refuses.",
            "Toute information qu'un contrôle demande et qui manque, est inconnue ou trop ancienne fait refuser.",
        ),
        keys: &[],
        rules: w(
            "It is what is left when every check of the rules and of the floor has passed.",
            "C'est ce qui reste quand tous les contrôles des règles et du socle sont passés.",
        ),
    },
    Entry {
        reason: Reason::POLICY_FAULT,
        says: w(
            "The policy component misbehaved: it stopped, took too long or too much memory, or answered nonsense. Then nothing is recorded.",
            "Le fichier de règles a défailli\u{a0}: il s'est arrêté, a pris trop de temps ou de mémoire, ou a donné une réponse absurde. Rien n'est alors enregistré.",
        ),
        at_frame: "skip or stop",
        facts: w(
            "None: the recorder gives it, before every other reason.",
            "Aucune\u{a0}: l'enregistreur le donne, avant tout autre motif.",
        ),
        change: w(
            "Whoever runs the recorder reads the error beside it, and has the component replaced by one that `gardefou bake` made.",
            "Qui exploite l'enregistreur lit l'erreur qui l'accompagne, et fait remplacer le fichier de règles par un autre, généré par `gardefou bake`.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::STORE_UNAVAILABLE,
        says: w(
            "The ledger or the journal cannot be read or written, so nobody could count or trace what is recorded. Then nothing is recorded, and nothing is shown.",
            "Le registre ou le journal ne peut être lu ou écrit, et l'on ne pourrait ni compter ni tracer. Rien n'est alors enregistré, ni montré.",
        ),
        at_frame: "skip or stop",
        facts: w(
            "None: the recorder gives it, before every other reason but policy-fault.",
            "Aucune\u{a0}: l'enregistreur le donne, avant tout autre motif sauf policy-fault.",
        ),
        change: w(
            "Whoever runs the recorder restores the ledger and the journal.",
            "Qui exploite l'enregistreur rétablit le registre et le journal.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::INVALID_FACTS,
        says: w(
            "What the recorder says is missing or contradicts itself. A decision on such facts would be worth nothing.",
            "Ce que dit l'enregistreur manque ou se contredit. Une décision sur de telles informations ne vaudrait rien.",
        ),
        at_frame: "skip",
        facts: w(
            "The frame interval, calls offered and recorded, the instant of the frame, the size of the surface, the windows and their rectangles, which conditions are known; at an access when it was collected, and who is recorded.",
            "L'intervalle entre images, les appels présentés ou émis et enregistrés, l'instant de l'image, la taille de la surface, les fenêtres et leurs rectangles, les conditions connues\u{a0}; à l'accès, la date de collecte et la personne enregistrée.",
        ),
        change: w(
            "The maker of the recorder mends what it sends; the note says which fact.",
            "L'éditeur de l'enregistreur corrige ce qu'il envoie\u{a0}; la note dit quelle information.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::RULES_UNCONFIRMED,
        says: w(
            "Those who sign the rules have not confirmed for too long that these are the ones in force. Then nothing is recorded; what was recorded can still be reviewed, looked at and deleted.",
            "Ceux qui signent les règles n'ont pas confirmé depuis trop longtemps que celles-ci sont en vigueur. Rien n'est alors enregistré\u{a0}; ce qui l'a été peut encore être analysé, consulté et supprimé.",
        ),
        at_frame: "skip",
        facts: w(
            "None: the recorder gives it, before every reason of the rules.",
            "Aucune\u{a0}: l'enregistreur le donne, avant tout motif des règles.",
        ),
        change: w(
            "Whoever runs the recorder restores its connection; those who sign the rules confirm them.",
            "Qui exploite l'enregistreur rétablit sa connexion\u{a0}; ceux qui signent les règles les confirment.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::RULES_STOPPED,
        says: w(
            "One of those who sign the rules stopped them. Then nothing is recorded; what was recorded can still be reviewed, looked at and deleted.",
            "L'un de ceux qui signent les règles les a arrêtées. Rien n'est alors enregistré\u{a0}; ce qui l'a été peut encore être analysé, consulté et supprimé.",
        ),
        at_frame: "skip",
        facts: w(
            "None: the recorder gives it, before every reason of the rules.",
            "Aucune\u{a0}: l'enregistreur le donne, avant tout motif des règles.",
        ),
        change: w(
            "Those who sign the rules put new ones in force.",
            "Ceux qui signent les règles en mettent d'autres en vigueur.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::NOT_IN_FORCE,
        says: w(
            "Rules hold from the first to the last day that the controller set. Outside them nothing is recorded.",
            "Les règles valent du premier au dernier jour que le responsable de traitement a fixés. En dehors, rien n'est enregistré.",
        ),
        at_frame: "stop",
        facts: w("The instant of the question.", "L'instant de la question."),
        change: w(
            "Nobody can mend it in the call: the question is asked from {in-force.from|the first day} to {in-force.until|the last day}, or other rules are published.",
            "Personne n'y peut rien pendant l'appel\u{a0}: la question doit venir du {in-force.from|premier jour} au {in-force.until|dernier jour}, ou d'autres règles sont publiées.",
        ),
        keys: &[of(&[2], "in-force.from"), of(&[3], "in-force.until"), key("time-zone")],
        rules: w(
            "The controller decides on these dates; no ceiling bounds them. A component without rules (note 1) is baked from a rule document first.",
            "Le responsable de traitement fixe ces dates\u{a0}; aucun plafond ne les borne. Un fichier sans règles (note 1) est d'abord généré à partir d'un document.",
        ),
    },
    Entry {
        reason: Reason::STILL_IMAGE,
        says: w(
            "A still screenshot beside a call is never allowed, whatever it is for. So slow a video, or one with holes, is a series of stills (a reading of ours). What was made of screenshots all the same is used for nothing but a person's own request and oversight.",
            "Une capture d'écran à côté d'un appel n'est jamais permise, quelle qu'en soit la finalité. Une vidéo trop lente, ou trouée, est une série d'images fixes (une interprétation de notre part). Ce qui vient malgré tout de captures d'écran ne sert qu'à la demande d'une personne sur ses données et au contrôle.",
        ),
        at_frame: "skip",
        facts: w(
            "How the screen is captured, the frame interval, and the time since the frame before; at an access, the purpose.",
            "Le mode de capture, l'intervalle entre images, et le temps écoulé depuis l'image précédente\u{a0}; à l'accès, la finalité.",
        ),
        change: w(
            "The recorder records a video, whose frames, holes included, are no more than {recording.max-frame-interval|the interval of the rules} apart. What was made of screenshots stays refused for training.",
            "L'enregistreur fait une vidéo, dont les images et les trous ne sont pas espacés de plus de {recording.max-frame-interval|ce que fixent les règles}. Ce qui vient de captures d'écran reste refusé pour former.",
        ),
        keys: &[of(&[2, 3], "recording.max-frame-interval")],
        rules: w(
            "The rules can allow up to {ceiling.frame-interval} between two images (a reading of ours); above that, and for screenshots, the floor refuses.",
            "Les règles peuvent permettre jusqu'à {ceiling.frame-interval} entre deux images (une interprétation de notre part)\u{a0}; au-delà, et pour les captures d'écran, le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::PURPOSE,
        says: w(
            "The screen may be recorded beside a call for one purpose, the training of staff; and what was recorded may be used for training, a person's own request, or oversight, each with its own operations: training with view, annotate, train-others and export; a person's request with view, annotate, disclose, restrict and release; oversight with view, disclose and restrict.",
            "L'écran ne peut être enregistré à côté d'un appel que pour une finalité, la formation du personnel\u{a0}; et ce qui est enregistré ne sert qu'à la formation, à la demande d'une personne sur ses données, ou au contrôle, chacun avec ses opérations\u{a0}: la formation avec view, annotate, train-others et export\u{a0}; la demande d'une personne avec view, annotate, disclose, restrict et release\u{a0}; le contrôle avec view, disclose et restrict.",
        ),
        at_frame: "",
        facts: w(
            "The purpose that is declared, and the operation.",
            "La finalité déclarée, et l'opération.",
        ),
        change: w(
            "Nothing makes another purpose possible. If it is training, the recorder declares it as such.",
            "Rien ne rend une autre finalité possible. S'il s'agit de formation, l'enregistreur la déclare comme telle.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::PROGRAMME,
        says: w(
            "Recording belongs to a training programme, whose dates were announced to the employees; trainers work with it until its period of review is over.",
            "L'enregistrement relève d'un programme de formation, dont les dates ont été annoncées aux salariés\u{a0}; les formateurs y travaillent jusqu'à la fin de sa période d'analyse.",
        ),
        at_frame: "stop",
        facts: w(
            "The programme that is named, and the instant.",
            "Le programme nommé, et l'instant.",
        ),
        change: w(
            "The recorder names a programme of the rules, and asks within its dates.",
            "L'enregistreur nomme un programme des règles, et demande dans ses dates.",
        ),
        keys: &[
            of(&[1], "programme[].id"),
            of(&[2], "programme[].from"),
            of(&[3], "programme[].until"),
            of(&[4], "programme[].review-until"),
            of(&[2], "programme[].announced-on"),
        ],
        rules: w(
            "The controller decides on programmes and dates, announces them before the first day, and publishes the rules. No ceiling bounds them; the last day of review ends retention too.",
            "Le responsable de traitement fixe les programmes et leurs dates, les annonce avant le premier jour, et publie les règles. Aucun plafond ne les borne\u{a0}; le dernier jour d'analyse met aussi fin à la conservation.",
        ),
    },
    Entry {
        reason: Reason::ATTESTATION,
        says: w(
            "Before anything is recorded, the works council was consulted (from 50 employees), the impact assessment was done, and the processing is in the register. A program can only check that the dates are there.",
            "Avant tout enregistrement, le CSE a été consulté (à partir de 50 salariés), l'analyse d'impact est faite, et le traitement est au registre. Un programme ne peut que contrôler que les dates y sont.",
        ),
        at_frame: "stop",
        facts: w("The instant of the question.", "L'instant de la question."),
        change: w(
            "The controller takes the step that the note names, or takes it again, and writes its date into the rules.",
            "Le responsable de traitement accomplit le préalable que la note désigne, ou le refait, et en inscrit la date dans les règles.",
        ),
        keys: &[
            of(&[1, 4], "attestations.works-council"),
            of(&[2, 5], "attestations.impact-assessment"),
            of(&[3, 6], "attestations.register-entry"),
        ],
        rules: w(
            "The controller decides how long a step is good for; no ceiling bounds it, and without `valid-for` it does not expire. All three must be named; only the works council can be not applicable.",
            "Le responsable de traitement fixe la durée de validité\u{a0}; aucun plafond ne la borne, et sans `valid-for` elle n'expire pas. Les trois doivent être nommés\u{a0}; seul le CSE peut être sans objet.",
        ),
    },
    Entry {
        reason: Reason::NO_TRAINING_NEED,
        says: w(
            "Only people who really need training on that software are recorded.",
            "Seules les personnes qui ont réellement besoin d'une formation à ce logiciel sont enregistrées.",
        ),
        at_frame: "",
        facts: w(
            "The employee's token, and since when they are enrolled in the programme.",
            "L'identifiant pseudonyme du salarié, et depuis quand il est inscrit au programme.",
        ),
        change: w(
            "Where the programme lists employees, this one is on its list; where it lists none, the recorder knows since when this one is enrolled, and that is not later than the opening.",
            "Si le programme liste des salariés, celui-ci y figure\u{a0}; s'il n'en liste pas, l'enregistreur sait depuis quand celui-ci est inscrit, et ce n'est pas après l'ouverture.",
        ),
        keys: &[key("programme[].employees")],
        rules: w(
            "The controller adds the employee to `employees`, if the need is real, or leaves the list out and has the recorder attest the enrolment. The floor does not ask for it.",
            "Le responsable de traitement ajoute le salarié à `employees`, si le besoin est réel, ou retire la liste et fait attester l'inscription par l'enregistreur. Le socle ne le demande pas.",
        ),
    },
    Entry {
        reason: Reason::EMPLOYEE_NOT_INFORMED,
        says: w(
            "The employee knows beforehand that they are filmed and listened to.",
            "Le salarié sait d'avance qu'il est filmé et écouté.",
        ),
        at_frame: "stop",
        facts: w(
            "Which version of the notice the employee was given, and when.",
            "La version de l'information que le salarié a reçue, et quand.",
        ),
        change: w(
            "The employee is given version {employee-notice.version|that the rules name} of the notice, before the recording and less than {employee-notice.valid-for|the validity in the rules} ago, and the recorder knows the date.",
            "Le salarié reçoit la version {employee-notice.version|que les règles nomment} de l'information, avant l'enregistrement et il y a moins de {employee-notice.valid-for|la durée de validité des règles}, et l'enregistreur en connaît la date.",
        ),
        keys: &[
            of(&[2], "employee-notice.version"),
            of(&[4], "employee-notice.valid-for"),
        ],
        rules: w(
            "The rules can let a notice count for up to {ceiling.notice} (a reading of ours); above that, with none, or with one that comes later, the floor refuses.",
            "Les règles peuvent faire valoir une information jusqu'à {ceiling.notice} (une interprétation de notre part)\u{a0}; au-delà, sans elle, ou si elle vient après, le socle refuse.",
        ),
    },
    Entry {
        reason: Reason::EMPLOYEE_OBJECTED,
        says: w(
            "An employee can object, for reasons of their own situation. Then they are not recorded.",
            "Un salarié peut s'opposer, pour des raisons tenant à sa situation. Il n'est alors pas enregistré.",
        ),
        at_frame: "",
        facts: w(
            "Whether the employee objected; unknown counts as yes.",
            "Si le salarié s'est opposé\u{a0}; l'ignorer vaut oui.",
        ),
        change: w(
            "The employee, and nobody else, takes the objection back.",
            "Le salarié, et personne d'autre, retire son opposition.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::PROTECTED_LINE,
        says: w(
            "Lines that employee representatives use for their mandate are kept out.",
            "Les lignes que les représentants du personnel utilisent pour leur mandat sont écartées.",
        ),
        at_frame: "",
        facts: w(
            "Whether the line is reserved; unknown counts as yes.",
            "Si la ligne est réservée\u{a0}; l'ignorer vaut oui.",
        ),
        change: w(
            "The call comes over another line; or whoever runs the telephony marks the line as not reserved, if it is not.",
            "L'appel passe par une autre ligne\u{a0}; ou qui exploite la téléphonie indique que la ligne n'est pas réservée, si c'est le cas.",
        ),
        keys: &[],
        rules: NO_DOCUMENT,
    },
    Entry {
        reason: Reason::SYSTEMATIC,
        says: w(
            "Recording is occasional, never permanent or systematic. Recording everything and deleting half was held insufficient.",
            "L'enregistrement est ponctuel, jamais permanent ni systématique. Tout enregistrer et en effacer la moitié a été jugé insuffisant.",
        ),
        at_frame: "",
        facts: w(
            "Of this employee under this programme, in the sampling period: calls offered, this one included, and calls recorded.",
            "Pour ce salarié et ce programme, sur la période d'échantillonnage\u{a0}: appels présentés ou émis, celui-ci compris, et appels enregistrés.",
        ),
        change: w(
            "More calls come in that are not recorded, or earlier recorded ones leave the period.",
            "D'autres appels arrivent sans être enregistrés, ou d'anciens appels enregistrés sortent de la période.",
        ),
        keys: &[key("programme[].volume.share-of-calls")],
        rules: w(
            "The rules can allow up to {ceiling.share} of the calls (a reading of ours; above 20% there is a warning); above that the floor refuses.",
            "Les règles peuvent permettre jusqu'à {ceiling.share} des appels (une interprétation de notre part\u{a0}; au-dessus de 20\u{a0}%, un avertissement)\u{a0}; au-delà le socle refuse.",
        ),
    },
];
