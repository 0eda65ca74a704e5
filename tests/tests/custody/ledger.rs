//! A recording that is gone waits for no trainer.

use std::sync::Arc;

use gardefou::ledger::{Caps, Closing, Ledger, Offer, Reservation, SqliteLedger, Whose};
use gardefou::{PolicyHandle, Runtime};
use gardefou_policy::types::Cap;

use crate::shop::{DAY, NOW, Shop, example};

#[test]
fn a_purge_releases_the_backlog() {
    let runtime = Runtime::new().unwrap();
    let policies = PolicyHandle::new(vec![example(&runtime)]).unwrap();
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(181 * DAY));
    shop.recording("s-2", NOW.minus(DAY));
    shop.clock_is_right(NOW);
    let ledger: Arc<dyn Ledger> = Arc::new(SqliteLedger::open(shop.path("calls.ledger")).unwrap());
    for (session, at) in [("s-1", NOW.minus(181 * DAY)), ("s-2", NOW.minus(DAY))] {
        let offer = Offer {
            session,
            employee: "e-1001",
            programme: "crm-onboarding",
            at,
            periods: &[DAY],
        };
        ledger.offer(&offer).unwrap();
        let caps = [Caps {
            employee: Cap::NONE,
            programme: Cap::NONE,
            unreviewed: u64::MAX,
        }];
        let reservation = Reservation {
            session,
            at,
            kept: 0,
            wanted: 60_000,
            until: at.plus(60_000),
            caps: &caps,
        };
        ledger.reserve(&[reservation]).unwrap();
        let closing = Closing {
            session,
            at: at.plus(60_000),
            kept: 60_000,
            to_review: true,
        };
        ledger.close(&closing).unwrap();
    }
    let waiting = || {
        let balances = ledger.balances(NOW, 30 * DAY).unwrap();
        let programme = Whose::Programme("crm-onboarding".into());
        balances
            .iter()
            .find(|balance| balance.of == programme)
            .map_or(0, |balance| balance.unreviewed)
    };
    assert_eq!(waiting(), 120_000);
    let custody = shop.custody(&policies).with_ledger(Arc::clone(&ledger));
    let report = custody.purge(NOW, false).unwrap();
    assert!(!report.still_there() && report.ledger.is_none(), "{report:?}");
    assert_eq!(waiting(), 60_000);
    // The ledger lies among the recordings, and is none of them.
    assert!(report.strays.iter().any(|stray| stray.name == "calls.ledger") && shop.has("calls.ledger"));
}
