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

fn is_known(executable: &str, known: &[&str]) -> bool {
    let last = executable.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    let stem = last.rsplit_once('.').map_or(last.as_str(), |(stem, _)| stem);
    known.contains(&stem) || known.contains(&last.as_str())
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
