//! How ffmpeg is called.

use std::path::Path;
use std::process::{Command, Stdio};

/// H.264 without lost colour (any size will do, also an odd one) in Matroska, every frame at its own time,
/// into a file that is there and empty: so nobody else may read it.
pub(crate) fn command(input: &[&str], filter: &[&str], file: &Path) -> Command {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-hide_banner", "-loglevel", "error", "-nostats", "-y"])
        .args(input)
        .args(filter)
        .args([
            "-fps_mode",
            "passthrough",
            // Without it times are rounded to a frame rate that ffmpeg guesses.
            "-enc_time_base",
            "1:1000",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "18",
        ])
        .args(["-pix_fmt", "yuv444p", "-f", "matroska"])
        .arg(file)
        .stdout(Stdio::null());
    // Ctrl-C in a terminal goes to its whole process group: ffmpeg ends when the recorder lets it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}
