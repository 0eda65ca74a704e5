//! Programs that are known by name: what they show is not theirs.

/// Programs that show any page: an entry that names one must name a `url` too. Compared with the last
/// part of an entry's `executable`, without its extension, and without regard to case.
pub const BROWSERS: [&str; 46] = [
    "arc",
    "brave",
    "brave browser",
    "brave-browser",
    "browser",
    "chrome",
    "chromium",
    "chromium-browser",
    "duckduckgo",
    "epiphany",
    "falkon",
    "firefox",
    "firefox developer edition",
    "firefox-bin",
    "firefox-esr",
    "floorp",
    "gnome-www-browser",
    "google chrome",
    "google-chrome",
    "google-chrome-beta",
    "google-chrome-stable",
    "iexplore",
    "konqueror",
    "librewolf",
    "microsoft edge",
    "microsoft-edge",
    "microsoft-edge-stable",
    "microsoftedge",
    "midori",
    "msedge",
    "msedgewebview2",
    "opera",
    "opera_gx",
    "palemoon",
    "qutebrowser",
    "safari",
    "seamonkey",
    "sidekick",
    "thorium",
    "thorium-browser",
    "tor browser",
    "vivaldi",
    "vivaldi-bin",
    "waterfox",
    "x-www-browser",
    "zen",
];

/// Programs that show another computer, whose windows nobody here can tell apart: an entry that names one
/// is warned about. Compared as [`BROWSERS`] are.
pub const REMOTE_DESKTOPS: [&str; 37] = [
    "anydesk",
    "cdviewer",
    "citrix viewer",
    "citrix workspace",
    "gnome-connections",
    "guacd",
    "kitty-rdp",
    "krdc",
    "microsoft remote desktop",
    "mobaxterm",
    "moonlight",
    "msrdc",
    "msrdcw",
    "mstsc",
    "nxplayer",
    "parsecd",
    "rdesktop",
    "rdp",
    "remmina",
    "remote desktop manager",
    "remotedesktopmanager",
    "royalts",
    "rustdesk",
    "sdl-freerdp",
    "screenconnect.windowsclient",
    "splashtop",
    "teamviewer",
    "tvnviewer",
    "virt-viewer",
    "vmconnect",
    "vmware-view",
    "vncviewer",
    "wfica",
    "wfica32",
    "wfreerdp",
    "windows app",
    "xfreerdp",
];

/// Whether it is a browser's executable.
pub(super) fn is_browser(executable: &str) -> bool {
    is_known(executable, &BROWSERS)
}

/// Whether it is the executable of a remote-desktop client.
pub(super) fn is_remote_desktop(executable: &str) -> bool {
    is_known(executable, &REMOTE_DESKTOPS)
}

/// What the channels and builds of a program add to its name.
const CHANNELS: [&str; 27] = [
    "alpha",
    "aurora",
    "beta",
    "bin",
    "browser",
    "build",
    "canary",
    "dev",
    "developer",
    "edition",
    "enterprise",
    "esr",
    "exe",
    "insider",
    "insiders",
    "lts",
    "nightly",
    "portable",
    "preview",
    "release",
    "snapshot",
    "stable",
    "sxs",
    "technology",
    "test",
    "testing",
    "unstable",
];

fn is_known(executable: &str, known: &[&str]) -> bool {
    let last = executable.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    let stem = last.rsplit_once('.').map_or(last.as_str(), |(stem, _)| stem);
    [last.as_str(), stem].into_iter().any(|name| is_of_family(name, known))
}

/// Whether it is one of these programs, or a channel of one: `google-chrome-unstable`, `Firefox Nightly`, `msedge_beta`.
fn is_of_family(name: &str, known: &[&str]) -> bool {
    if known.contains(&name) {
        return true;
    }
    // Nothing longer is a program's name.
    if name.len() > 64 {
        return false;
    }
    // At the end, with a version, a separator, or written together as in `firefoxnightly`.
    let trimmed = name.trim_end_matches(|c: char| c.is_ascii_digit() || "()[] ._-".contains(c));
    if trimmed.len() < name.len() {
        return is_of_family(trimmed, known);
    }
    let shorter = CHANNELS.iter().filter_map(|channel| name.strip_suffix(channel));
    shorter
        .filter(|rest| !rest.is_empty())
        .any(|rest| is_of_family(rest, known))
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn programs_are_known_without_path_extension_and_case() {
        for browser in [
            "chrome.exe",
            "CHROME",
            "C:\\Program Files\\Google\\Chrome.EXE",
            "/usr/bin/firefox-esr",
            "Google Chrome.app",
        ] {
            assert!(is_browser(browser), "{browser}");
        }
        for channel in [
            "google-chrome-unstable",
            "Google Chrome Canary.app",
            "chrome_beta.exe",
            "msedge_dev.exe",
            "microsoft-edge-beta",
            "Firefox Nightly.app",
            "FirefoxDeveloperEdition",
            "brave-browser-nightly",
            "vivaldi-snapshot",
            "Safari Technology Preview",
            "opera_developer.exe",
            "firefox128.exe",
            "chromium-browser (2)",
        ] {
            assert!(is_browser(channel), "{channel}");
        }
        for other in [
            "crm-beta.exe",
            "beta",
            "nightly.exe",
            "dev",
            "arcgis.exe",
            "crmchrome-x",
        ] {
            assert!(!is_browser(other), "{other}");
        }
        assert!(is_remote_desktop("AnyDesk-Beta.exe") && is_remote_desktop("rustdesk-nightly.exe"));
        for other in ["crm.exe", "chrome-crm.exe", "/opt/chrome/crm", "chrome.exe/crm"] {
            assert!(!is_browser(other), "{other}");
        }
        assert!(is_remote_desktop("mstsc.exe"));
        assert!(is_remote_desktop("ScreenConnect.WindowsClient.exe"));
        assert!(!is_remote_desktop("crm.exe"));
    }

    #[test]
    fn the_lists_are_written_as_they_are_compared() {
        for known in [&BROWSERS[..], &REMOTE_DESKTOPS[..]] {
            for name in known {
                assert_eq!(*name, name.to_lowercase());
                assert!(is_known(&format!("/x/{name}.exe"), known), "{name}");
            }
        }
    }
}
