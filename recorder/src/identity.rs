//! Who is behind a window, as far as it is certain.

use gardefou::AppIdentity;

use crate::screen::Seen;

/// The identity that the policies are shown. Where anything is uncertain (no process, two different ones,
/// a field that cannot be read, a window that does not answer) it is empty: then the window is `other`.
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
    let Some(executable) = executable(process) else {
        return identity;
    };
    identity.executable = Some(executable);
    identity.wm_class.clone_from(&claims.class);
    identity.title.clone_from(&claims.title);
    identity
}

/// The program's file, from the kernel. It is not to be had for another user's process.
fn executable(process: u32) -> Option<String> {
    let link = std::fs::read_link(format!("/proc/{process}/exe")).ok()?;
    link.to_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Claims;
    use gardefou::Rect;

    fn seen(claimed: Option<u32>) -> Seen {
        let claims = Claims {
            process: Some(std::os::unix::process::parent_id()),
            claimed_process: claimed,
            class: Some("Crm".into()),
            title: Some("Ticket 7".into()),
            ..Claims::default()
        };
        Seen {
            id: 1,
            inner: Rect::default(),
            outer: Rect::default(),
            claims,
            frozen: false,
        }
    }

    #[test]
    fn a_process_is_known_by_its_file() {
        // Whoever runs the tests.
        let other = std::os::unix::process::parent_id();
        let file = std::fs::read_link(format!("/proc/{other}/exe")).unwrap();
        for claimed in [None, Some(other)] {
            let identity = of(&seen(claimed));
            assert_eq!(identity.executable.as_deref(), file.to_str());
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
        let mut own = seen(None);
        own.claims.process = Some(std::process::id());
        assert!(of(&own) == nobody, "a window of this recorder");
    }
}
