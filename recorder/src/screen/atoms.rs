//! The names that are looked up once.

use x11rb::atom_manager;

atom_manager! {
    /// The atoms that this recorder reads.
    pub(crate) Atoms: AtomsCookie {
        WM_STATE,
        WM_PROTOCOLS,
        UTF8_STRING,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_PING,
        _NET_WM_WINDOW_OPACITY,
    }
}
