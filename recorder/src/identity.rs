//! Who is behind a window, as far as it is certain.

use gardefou::AppIdentity;

use crate::screen::Seen;

/// The identity that the policies are shown. Where anything is uncertain (no process, two different ones, a process
/// that is another program than the one that opened the connection, a field that cannot be read, a window that does
/// not answer) it is empty: then the window is `other`.
pub(crate) fn of(window: &Seen) -> AppIdentity {
    let claims = &window.claims;
    let mut identity = AppIdentity::default();
    let Some(process) = claims.process else { return identity };
    // The recorder's own: the mark, whatever a rule may match.
    if process == std::process::id() {
        return identity;
    }
    let contradicted = claims.claimed_process.is_some_and(|claimed| claimed != process);
    if window.frozen || claims.unreadable || contradicted {
        return identity;
    }
    let Some(program) = &window.program else {
        return identity;
    };
    identity.executable = Some(program.clone());
    identity.wm_class.clone_from(&claims.class);
    identity.title.clone_from(&claims.title);
    identity
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Claims;

    fn seen(claimed: Option<u32>) -> Seen {
        let claims = Claims {
            process: Some(std::os::unix::process::parent_id()),
            claimed_process: claimed,
            class: Some("Crm".into()),
            title: Some("Ticket 7".into()),
            ..Claims::default()
        };
        Seen {
            claims,
            program: Some("/opt/crm".into()),
            ..Seen::default()
        }
    }

    #[test]
    fn a_process_is_known_by_its_program() {
        for claimed in [None, Some(std::os::unix::process::parent_id())] {
            let identity = of(&seen(claimed));
            assert_eq!(identity.executable.as_deref(), Some("/opt/crm"));
            assert_eq!(identity.wm_class.as_deref(), Some("Crm"));
        }
    }

    #[test]
    fn what_is_uncertain_is_nobody() {
        let nobody = AppIdentity::default();
        assert!(of(&seen(Some(1))) == nobody, "it claims to be another process");
        assert!(
            of(&Seen {
                frozen: true,
                ..seen(None)
            }) == nobody
        );
        let mut unreadable = seen(None);
        unreadable.claims.unreadable = true;
        assert!(of(&unreadable) == nobody);
        let mut remote = seen(None);
        remote.claims.process = None;
        assert!(of(&remote) == nobody);
        let mut exchanged = seen(None);
        exchanged.program = None;
        assert!(of(&exchanged) == nobody, "it is another program now");
        let mut own = seen(None);
        own.claims.process = Some(std::process::id());
        assert!(of(&own) == nobody, "a window of this recorder");
    }
}
