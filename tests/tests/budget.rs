//! What an employee is shown of the budget agrees with what decides.
#![cfg(test)]

use gardefou::{Action, PolicyHandle, Runtime, Usage};
use gardefou_policy::types::{Cap, DAY, NO_LIMIT, Reason};
use gardefou_tests::{fixture, sitting::Sitting};

fn handle(employee: u64) -> PolicyHandle {
    let mut rules = fixture::rules();
    if let gardefou_policy::rules::Programmes::Listed(programmes) = &mut rules.programmes {
        for programme in programmes {
            programme.employee_cap = Cap {
                limit: employee,
                per: 7 * DAY,
            };
        }
    }
    let runtime = Runtime::new().unwrap();
    PolicyHandle::new(vec![gardefou::Policy::from_checked_rules(&runtime, &rules).unwrap()]).unwrap()
}

#[test]
fn the_budget_shrinks_with_what_is_recorded_and_has_no_room_for_a_frame_where_the_cap_refuses() {
    let mut sitting = Sitting::under(&handle(1_000));
    sitting.session.set_usage(
        Usage {
            employee_used: 400,
            ..Usage::default()
        },
        sitting.now,
    );
    let mut kept = 0;
    loop {
        let frame = sitting.frame();
        let left = sitting.session.budget_left(sitting.now).unwrap();
        assert_eq!(left, 600 - sitting.session.recorded());
        if frame.action != Action::Keep {
            assert_eq!(frame.why.reason, Reason::VOLUME);
            assert!(left < fixture::facts().frame_interval, "room for another frame: {left}");
            break;
        }
        kept += 1;
    }
    assert!(kept > 1);
}

#[test]
fn without_a_cap_there_is_no_budget() {
    let mut rules = fixture::rules();
    if let gardefou_policy::rules::Programmes::Listed(programmes) = &mut rules.programmes {
        for programme in programmes {
            let none = Cap {
                limit: NO_LIMIT,
                per: DAY,
            };
            (programme.employee_cap, programme.programme_cap) = (none, none);
            programme.max_unreviewed = NO_LIMIT;
        }
    }
    let runtime = Runtime::new().unwrap();
    let policy = gardefou::Policy::from_checked_rules(&runtime, &rules).unwrap();
    let mut sitting = Sitting::alone(&policy);
    assert_eq!(sitting.frame().action, Action::Keep);
    assert_eq!(sitting.session.budget_left(sitting.now), None);
}
