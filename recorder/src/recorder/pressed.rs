//! What the employee does: keys that are pressed, a mark that is closed.

use std::time::Instant;

use anyhow::Result;
use gardefou::Condition;

use super::Recorder;
use crate::recording::{Recording, When};
use crate::signal::Key;
use crate::status::say;

impl Recorder<'_> {
    /// Acts on every key that was pressed until now, and on a mark that is gone.
    ///
    /// # Errors
    /// The keys are not heard any more, or the trace cannot be written.
    pub(super) fn employee(&mut self) -> Result<()> {
        for key in self.keys.pressed()? {
            self.pressed(key)?;
        }
        if let Some(recording) = self.now.recording_mut() {
            recording.see_that_the_mark_is_there();
        }
        Ok(())
    }

    fn pressed(&mut self, key: Key) -> Result<()> {
        if self.now.recording().is_none_or(Recording::hung_up) {
            self.stray.push((key, Instant::now()));
        }
        let Some(recording) = self.now.recording_mut() else {
            say(match key {
                Key::Pause => "the pause key was pressed, and no call is recorded",
                Key::PrivateCall => "the private-call key was pressed, and no call is recorded",
            });
            return Ok(());
        };
        let at = When::Received(Instant::now());
        match key {
            // Also when the call is over: it is not too late.
            Key::PrivateCall => {
                say("the employee says that this call is private");
                recording.conditions(&[(Condition::PRIVATE_CALL, Some(true))], at)
            }
            Key::Pause if recording.closing().is_some() => {
                say("the pause key was pressed, and the call is over");
                Ok(())
            }
            Key::Pause => {
                let state = self.pause.toggled();
                say(if self.pause.by_key() {
                    "the employee pauses the recording"
                } else {
                    "the employee ends the pause"
                });
                recording.conditions(&[(Condition::EMPLOYEE_PAUSED, state)], at)
            }
        }
    }

    /// Keys that were heard after the call was told of are of this call too, whatever else they were taken for.
    pub(super) fn pressed_meanwhile(&mut self, began: Instant) -> Result<()> {
        let stray = std::mem::take(&mut self.stray);
        for (key, _) in stray.into_iter().filter(|(_, heard)| *heard >= began) {
            self.pressed(key)?;
        }
        Ok(())
    }
}
