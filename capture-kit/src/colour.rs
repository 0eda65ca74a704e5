//! The two colours, and how they are recognised in a video that was encoded with losses.
//!
//! What the kit paints is green where it may be recorded and magenta where it may not; what is blanked is black.
//! So nothing that belongs into the video has red or blue in it. Encoders that halve the colour resolution mix the
//! colours of neighbours and keep the brightness: an edge between green and black so becomes a dark grey. The
//! thresholds lie above that, and are tested with such a video.

/// The colour of windows that may be recorded, `0xRRGGBB`: a green.
pub const ALLOWED: u32 = 0x00_8000;

/// The colour of everything else, the desktop too, `0xRRGGBB`: magenta.
pub const FORBIDDEN: u32 = 0xff_00ff;

/// Red and blue that are both at least this (of 255) are forbidden on whatever ground: three eighths of the
/// forbidden colour, blended over the allowed one. White and grey are so too.
pub const BOTH: u8 = 96;

/// Red and blue that are both this much (of 255) above green are forbidden, however dark: a sixth of the forbidden
/// colour, blended over black.
pub const ABOVE_GREEN: u8 = 40;

/// Green that is at least this (of 255), and at least half of it above red and blue, is the allowed colour.
pub const GREEN: u8 = 64;

/// Whether a pixel (red, green, blue) shows anything of what may not be recorded.
///
/// ```
/// use gardefou_capture_kit::colour::is_forbidden;
/// assert!(is_forbidden([255, 0, 255]));
/// assert!(is_forbidden([102, 77, 102]), "two fifths of it, over the allowed colour");
/// assert!(is_forbidden([51, 0, 51]), "a fifth of it, over black");
/// assert!(!is_forbidden([0, 128, 0]) && !is_forbidden([0, 0, 0]));
/// ```
#[must_use]
pub const fn is_forbidden([red, green, blue]: [u8; 3]) -> bool {
    let both = if red < blue { red } else { blue };
    both >= BOTH || both.saturating_sub(green) >= ABOVE_GREEN
}

/// Whether a pixel (red, green, blue) shows the colour of what may be recorded.
///
/// ```
/// use gardefou_capture_kit::colour::is_allowed;
/// assert!(is_allowed([0, 128, 0]) && is_allowed([9, 120, 4]));
/// assert!(!is_allowed([0, 0, 0]) && !is_allowed([255, 0, 255]) && !is_allowed([200, 200, 200]));
/// ```
#[must_use]
pub const fn is_allowed([red, green, blue]: [u8; 3]) -> bool {
    let most = if red > blue { red } else { blue };
    green >= GREEN && green.saturating_sub(most) >= GREEN / 2
}
