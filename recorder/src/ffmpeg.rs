//! How ffmpeg is called.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long it may take to finish a file.
pub(crate) const FINISHING: Duration = Duration::from_secs(60);

/// H.264 without lost colour (any size will do, also an odd one) in Matroska, every frame at its own time,
/// into a file that is open already, which nobody else may read. It is not given its name: when this recorder is
/// killed and the next one deletes the file, an ffmpeg that is still at work cannot make it anew.
pub(crate) fn command(input: &[&str], filter: &[&str], file: File) -> Command {
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
        .args(["-pix_fmt", "yuv444p", "-f", "matroska", "/dev/stdout"])
        .stdout(file);
    // Ctrl-C in a terminal goes to its whole process group: ffmpeg ends when the recorder lets it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Waits for its end.
///
/// # Errors
/// It did not end in that time.
pub(crate) fn ended(child: &mut Child, patience: Duration) -> Result<ExitStatus> {
    let until = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= until {
            bail!("`ffmpeg` did not finish the file in {} s", patience.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether there is a frame in the file that can be read.
pub(crate) fn has_frames(file: &Path) -> bool {
    let count = Command::new("ffprobe")
        .args(["-v", "error", "-count_packets", "-select_streams", "v"])
        .args(["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"])
        .arg(file)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let text = count.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.is_ok_and(|text| text.trim().parse::<u64>().is_ok_and(|frames| frames > 0))
}
