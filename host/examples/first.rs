//! A first call: what is decided about four frames, and why.
use gardefou::*;
use std::error::Error;

/// 1 December 2026, 9:00 in Paris: a day on which the example rules hold. A recorder takes `wall_clock_now()`.
const NOW: Timestamp = Timestamp::from_millis(1_796_112_000_000);

fn main() -> Result<(), Box<dyn Error>> {
    let rules = std::env::args().nth(1).unwrap_or_else(|| "rules.toml".into());
    for line in decided(&std::fs::read_to_string(rules)?)? {
        println!("{line}");
    }
    Ok(())
}

/// What is decided about four frames, and why.
pub fn decided(rules: &str) -> Result<Vec<String>, Box<dyn Error>> {
    // Once. The floor is always under the policies, and nobody can take it away.
    let runtime = Runtime::new()?;
    let policies = PolicyHandle::new(vec![Policy::load(&runtime, Source::Rules(rules))?])?;

    // Once a call. A fact that is not set is unknown, and unknown refuses.
    let mut facts = SessionFacts::default();
    facts.session = "s-1".into();
    facts.employee = "e-1001".into();
    facts.programme = "crm-onboarding".into();
    facts.purpose = Purpose::Training;
    facts.mode = CaptureMode::ScreenVideo;
    facts.frame_interval = 200;
    facts.employee_notice = Some(Notice {
        version: "2026-09".into(),
        given_at: NOW,
    });
    facts.employee_objected = Answer::No;
    facts.protected_line = Answer::No;
    facts.calls = Some(Calls {
        offered: 10,
        recorded: 0,
    });
    let (mut session, call) = match policies.open(facts, NOW)? {
        Opening::Open(session, call) => (session, call),
        Opening::Refused(why) => return Ok(vec![format!("the call is not recorded: {}", because(&why))]),
    };

    // The capture thread, at every frame: what is on the screen, and what it is known to be.
    let (whole, mut said) = (Rect::new(0, 0, 400, 300), Vec::new());
    let mut frame = |moment: &str| -> Result<(), Box<dyn Error>> {
        std::thread::sleep(std::time::Duration::from_millis(200));
        let at = session.clock().now();
        session.windows(
            &[Placed {
                id: 1,
                inner: whole,
                outer: whole,
            }],
            at,
            session.clock().now(),
        );
        let mut app = AppIdentity::default();
        app.executable = Some("crm.exe".into());
        app.signer = Some("ACME SAS".into());
        app.title = Some("Ticket 7".into());
        session.identify(1, &app);
        let mut screen = vec![255; 800 * 600 * 4];
        let what = match session.frame(at, Packed::new(&mut screen, 800, 600, 800 * 4, 4)?) {
            // Only the SDK makes an `Approved`, the one thing that an encoder takes.
            Gated::Keep(approved, _) => {
                let kept = approved.bytes().iter().filter(|byte| **byte == 255).count() / 4;
                format!("recorded, {kept} pixels of it; all others are black")
            }
            Gated::Skip(why) => format!("not recorded: {}", because(&why)),
            Gated::Stop(why) => format!("the recording ends: {}", because(&why)),
        };
        said.push(format!("{moment}: {what}"));
        Ok(())
    };

    // Telephony threads, whenever something changes.
    for condition in Condition::ALL {
        call.condition(condition, Some(condition.must_hold()));
    }
    frame("it rings")?;
    call.phase(CallPhase::Connected);
    frame("they talk")?;
    call.condition(Condition::PAYMENT_ENTRY, None); // nobody knows
    frame("a card, perhaps")?;
    call.phase(CallPhase::AfterCall);
    frame("after the call")?;
    Ok(said)
}

/// The reason by its name, and in words.
fn because(why: &Why) -> String {
    let title = why
        .reason
        .info()
        .map_or("a reason of the policy's own", |info| info.english);
    format!("{} ({title})", why.reason)
}
