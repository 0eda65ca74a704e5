//! PostgreSQL counts as the model counts; and what becomes of it when the server goes away.

use std::sync::Barrier;

use gardefou::StoreError;
use gardefou::ledger::{Ledger, PostgresLedger, Review, kit};

use crate::call::{NOW, close, offer, reserve, whole};
use crate::server::{PASSWORD, Server};

#[test]
fn postgresql_does_what_any_ledger_must_do() {
    let server = Server::start();
    let conforms = kit::conforms(|| {
        server.wipe();
        Ok(Box::new(PostgresLedger::connect(&server.address())?))
    });
    if let Err(failures) = conforms {
        let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
        panic!("{}", told.join("\n"));
    }
}

#[test]
fn many_hosts_never_exceed_a_cap_and_make_one_ledger() {
    let server = Server::start();
    let start = Barrier::new(6);
    let host = |number: usize| {
        start.wait();
        let ledger = PostgresLedger::connect(&server.address()).unwrap();
        let session = format!("s-{number}");
        offer(&ledger, &session).unwrap();
        let mut kept = 0;
        loop {
            let slice = reserve(&ledger, &session, kept).unwrap().slice;
            if slice == 0 {
                break;
            }
            kept += slice / 3 + 1;
        }
        close(&ledger, &session, kept).unwrap();
        (ledger.identity().unwrap(), kept)
    };
    let ends: Vec<_> = std::thread::scope(|scope| {
        let host = &host;
        let hosts: Vec<_> = (0..6).map(|number| scope.spawn(move || host(number))).collect();
        hosts.into_iter().map(|host| host.join().unwrap()).collect()
    });
    assert!(ends.iter().all(|(identity, _)| *identity == ends[0].0), "{ends:?}");
    assert_eq!(ends.iter().map(|(_, kept)| kept).sum::<u64>(), 1_000, "{ends:?}");
}

#[test]
fn a_server_that_crashes_and_comes_back_lost_nothing() {
    let mut server = Server::start();
    let ledger = PostgresLedger::connect(&server.address()).unwrap();
    whole(&ledger, "first").unwrap();
    offer(&ledger, "s").unwrap();
    let identity = ledger.identity().unwrap();
    server.crash();
    let away = reserve(&ledger, "s", 0).unwrap_err();
    assert!(matches!(away, StoreError::Unreachable { .. }), "{away:?}");
    server.resume(&[]);
    let granted = reserve(&ledger, "s", 0).unwrap();
    assert_eq!((granted.slice, granted.usage[0].employee_used), (100, 100));
    // And unnoticed, when nobody asked meanwhile.
    server.crash();
    server.resume(&[]);
    assert_eq!(reserve(&ledger, "s", 50).unwrap().usage[0].employee_used, 150);
    assert_eq!(ledger.identity().unwrap(), identity);
}

#[test]
fn another_ledger_or_an_older_copy_in_its_place_is_noticed() {
    let server = Server::start();
    let lost = |error: StoreError| match error {
        StoreError::Lost { sign, .. } => sign,
        other => panic!("{other:?}"),
    };
    let ledger = PostgresLedger::connect(&server.address()).unwrap();
    offer(&ledger, "s").unwrap();
    reserve(&ledger, "s", 0).unwrap();
    server
        .client()
        .batch_execute("UPDATE gardefou_ledger.about SET turn = 1")
        .unwrap();
    assert!(lost(reserve(&ledger, "s", 0).unwrap_err()).contains("older copy"));
    server
        .client()
        .batch_execute("UPDATE gardefou_ledger.about SET turn = 9")
        .unwrap();
    assert_eq!(reserve(&ledger, "s", 0).unwrap().slice, 100);
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                  WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
    server.wipe();
    server.client().batch_execute(others).unwrap();
    assert!(lost(reserve(&ledger, "s", 0).unwrap_err()).contains("any more"));
    // Somebody starts anew; this one does not go along.
    PostgresLedger::connect(&server.address()).unwrap();
    assert!(lost(reserve(&ledger, "s", 0).unwrap_err()).contains("identity"));
}

#[test]
fn what_must_not_be_is_refused_in_words_without_the_password() {
    let mut server = Server::start();
    let ledger = PostgresLedger::connect(&server.address()).unwrap();
    let folder = server.folder().display().to_string();
    assert_eq!(ledger.name(), format!("postgresql://{folder}/postgres"));
    assert!(!format!("{ledger:?}").contains(PASSWORD));
    let wrong = PostgresLedger::connect(&server.address_with("wrong-password")).unwrap_err();
    assert!(matches!(wrong, StoreError::Unreachable { .. }), "{wrong:?}");
    assert!(!wrong.to_string().contains("wrong-password"), "{wrong}");
    let malformed = PostgresLedger::connect("host=/tmp password=wrong-password nonsense=wrong-password").unwrap_err();
    assert!(malformed.to_string().contains("malformed"), "{malformed}");
    assert!(!malformed.to_string().contains("wrong-password"), "{malformed}");

    // Held by somebody else: waited for, then busy, then it goes on.
    offer(&ledger, "s").unwrap();
    let mut other = server.client();
    other
        .batch_execute("BEGIN; SELECT * FROM gardefou_ledger.about FOR UPDATE")
        .unwrap();
    let busy = reserve(&ledger, "s", 0).unwrap_err();
    assert!(matches!(busy, StoreError::Busy { waited: 5_000, .. }), "{busy:?}");
    assert_eq!(ledger.balances(NOW, 1_000).unwrap().len(), 2);
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(reserve(&ledger, "s", 0).unwrap().slice, 100);

    // A database that may only be read.
    other
        .batch_execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
        .unwrap();
    let reader = PostgresLedger::connect(&server.address()).unwrap();
    let refused = reserve(&reader, "s", 0).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused:?}");
    other
        .batch_execute("ALTER DATABASE postgres RESET default_transaction_read_only")
        .unwrap();

    other
        .batch_execute("UPDATE gardefou_ledger.layout SET version = 8")
        .unwrap();
    let newer = PostgresLedger::connect(&server.address()).unwrap_err();
    assert!(matches!(newer, StoreError::Newer { version: 8, .. }), "{newer:?}");
    server.crash();
    server.resume(&["fsync=off"]);
    let unsafe_server = PostgresLedger::connect(&server.address()).unwrap_err();
    assert!(unsafe_server.to_string().contains("fsync"), "{unsafe_server}");
}

/// The columns that somebody may have written anything into.
const NUMBERS: [(&str, &[&str]); 5] = [
    (
        "about",
        &[
            "turn",
            "longest",
            "tidied",
            "removed_ms",
            "removed_kept",
            "removed_recorded",
        ],
    ),
    (
        "account",
        &["kind", "held", "unreviewed", "sessions", "kept", "offered", "recorded"],
    ),
    ("entry", &["account", "at_ms", "kept", "offered", "recorded"]),
    (
        "session",
        &[
            "employee",
            "programme",
            "pair",
            "opened_ms",
            "until_ms",
            "closed_ms",
            "kept",
            "held",
            "assumed",
            "backlog",
        ],
    ),
    ("waiting", &["programme", "at_ms", "session", "amount"]),
];

/// Everything that a ledger is asked for; whatever it answers, it grants no more than was wanted, and names nobody.
fn asked_everything(ledger: &PostgresLedger, session: &str, what: &str) {
    let told = |error: StoreError| {
        for said in [error.to_string(), error.text().french.clone()] {
            assert!(
                !said.contains(PASSWORD) && !said.contains("secret-token"),
                "{what}: {said}"
            );
        }
    };
    let all = [
        offer(ledger, session).map_err(told),
        ledger.identity().map(drop).map_err(told),
    ];
    let mut answered = all.iter().filter(|answer| answer.is_ok()).count();
    for kept in [0, 10, 10] {
        match reserve(ledger, session, kept) {
            Ok(granted) => assert!(granted.slice <= 100, "{what}: {granted:?}"),
            Err(error) => told(error),
        }
    }
    let all = [
        close(ledger, session, 10).map_err(told),
        close(ledger, "s", 10).map_err(told),
        ledger.reviewed(&Review::Session("s")).map(drop).map_err(told),
        ledger.reviewed(&Review::Session(session)).map(drop).map_err(told),
        ledger.unfinished(NOW.plus(10_000)).map(drop).map_err(told),
        ledger.balances(NOW, 10_000).map(drop).map_err(told),
    ];
    answered += all.iter().filter(|answer| answer.is_ok()).count();
    println!("{what}: {answered} of 8 answered");
}

#[test]
fn rows_that_a_hostile_writer_left_make_no_host_panic_and_grant_no_more_than_was_wanted() {
    let server = Server::start();
    let mut tried = 0;
    for (table, columns) in NUMBERS {
        for column in columns {
            for value in [i64::MIN, -1, i64::MAX] {
                server.wipe();
                let ledger = PostgresLedger::connect(&server.address()).unwrap();
                whole(&ledger, "first").unwrap();
                offer(&ledger, "s").unwrap();
                reserve(&ledger, "s", 0).unwrap();
                let mut hostile = server.client();
                // One row: keys are of one row each.
                let sql = format!(
                    "UPDATE gardefou_ledger.{table} SET {column} = {value} WHERE ctid = \
                     (SELECT max(ctid) FROM gardefou_ledger.{table})"
                );
                hostile.batch_execute(&sql).unwrap();
                let what = format!("{table}.{column} = {value}");
                asked_everything(&ledger, "t", &what);
                // As does whoever connects now.
                if let Ok(another) = PostgresLedger::connect(&server.address()) {
                    asked_everything(&another, "u", &what);
                }
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 3 * 32);
}

#[test]
fn rows_that_contradict_each_other_are_told_and_grant_nothing_for_nothing() {
    let server = Server::start();
    for hostile in [
        "DELETE FROM gardefou_ledger.about",
        "INSERT INTO gardefou_ledger.about SELECT * FROM gardefou_ledger.about",
        "UPDATE gardefou_ledger.about SET identity = 'no identity'",
        "DELETE FROM gardefou_ledger.account",
        "DELETE FROM gardefou_ledger.session",
        "DELETE FROM gardefou_ledger.layout",
        "INSERT INTO gardefou_ledger.layout VALUES (1), (2)",
        "UPDATE gardefou_ledger.account SET token = repeat('secret-token', 100)",
        "UPDATE gardefou_ledger.session SET name = repeat('secret-token', 100) || id",
        "INSERT INTO gardefou_ledger.entry SELECT id, n, 9000000000000000000, 1, 1 \
         FROM gardefou_ledger.account, generate_series(1795599999000, 1795599999999) AS n",
        "INSERT INTO gardefou_ledger.waiting SELECT id, n, n, 9000000000000000000 \
         FROM gardefou_ledger.account, generate_series(1, 1000) AS n",
        "ALTER TABLE gardefou_ledger.account ALTER COLUMN held TYPE TEXT",
        "ALTER TABLE gardefou_ledger.session DROP COLUMN assumed",
        "DROP TABLE gardefou_ledger.waiting",
    ] {
        server.wipe();
        let ledger = PostgresLedger::connect(&server.address()).unwrap();
        whole(&ledger, "first").unwrap();
        offer(&ledger, "s").unwrap();
        reserve(&ledger, "s", 0).unwrap();
        server.client().batch_execute(hostile).unwrap();
        asked_everything(&ledger, "t", hostile);
        if let Ok(another) = PostgresLedger::connect(&server.address()) {
            asked_everything(&another, "u", hostile);
        }
    }
    // More that is held than there can be lets nobody record more.
    server.wipe();
    let ledger = PostgresLedger::connect(&server.address()).unwrap();
    whole(&ledger, "first").unwrap();
    offer(&ledger, "s").unwrap();
    let full = "UPDATE gardefou_ledger.account SET held = 9000000000000000000";
    server.client().batch_execute(full).unwrap();
    match reserve(&ledger, "s", 0) {
        Ok(granted) => assert_eq!(granted.slice, 0, "{granted:?}"),
        Err(error) => assert!(!error.to_string().contains(PASSWORD)),
    }
}
