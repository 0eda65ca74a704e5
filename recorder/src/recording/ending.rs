//! The end of a call: what is to become of its video, and doing it.

use anyhow::Result;
use gardefou::trace::Event;
use gardefou::{Outcome, PolicyHandle, Span};

use super::Recording;
use crate::record::Answer;
use crate::status::{reasoned, say};
use crate::video::Video;

impl Recording {
    /// Ends the call: asks what is to become of the video, and does it.
    ///
    /// # Errors
    /// The trace cannot be written, a video that must go cannot be deleted, or the encoder failed.
    pub(crate) fn finish(mut self, why: &str) -> Result<()> {
        self.stop(why);
        let mut written = Ok(());
        if let Some(mut span) = self.video.span(self.ended_at) {
            // A frame that was to be kept, and then could not be, is of the same segment.
            span.end = span.end.max(self.kept_at.plus(1));
            // Whatever becomes of the trace: a video that must go goes.
            written = self.review(span);
        }
        self.say_faults();
        let mut video = self.video;
        let finished = self.session.finish(self.clock.now());
        let (whole, sidecar) = (finished.span(), finished.sidecar);
        let mut carried_out = Ok(());
        for review in finished.reviewed {
            carried_out = carried_out.and(dispose(review.outcome, &mut video));
        }
        if let Some(sidecar) = sidecar {
            if !video.is_gone() && carried_out.is_ok() {
                carried_out = self.record.explain(&sidecar);
            }
            if let (Some(whole), true) = (whole, video.is_gone() || carried_out.is_err()) {
                carried_out = carried_out.and(not_kept(&self.handle, self.record.session(), whole, &mut video));
            }
        }
        let gone = video.is_gone() || video.len() == 0;
        let kept = !gone && carried_out.is_ok();
        // Beside a video that could not be deleted the trace says whose it is: the next start sees to both.
        let ended = if gone || kept { self.record.end(kept) } else { Ok(()) };
        carried_out.and(written).and(ended).and(self.broken.map_or(Ok(()), Err))
    }

    /// Asks about the one segment that the video is.
    fn review(&mut self, span: Span) -> Result<()> {
        let (started_at, at) = (span.start, span.end);
        let answer = match self.session.segment(started_at, at) {
            Outcome::Keep => Answer::permitted("segment", "keep"),
            Outcome::Trim(range) => Answer {
                range: Some(range),
                ..Answer::permitted("segment", "trim")
            },
            Outcome::Discard(ticket) => Answer::new("segment", "discard", ticket.discard().why.refusal()),
        };
        self.record.write(at, Event::Segment { started_at })?;
        self.record.answer(at, answer)
    }
}

/// The journal says that the video is to be kept, and it cannot be: it is told so, before the video goes.
fn not_kept(handle: &PolicyHandle, session: &str, whole: Span, video: &mut Video) -> Result<()> {
    let ticket = handle.not_kept(session, None, whole);
    if let Some(Err(error)) = handle.stores().map(gardefou::Stores::flush) {
        say(&format!("{error}; help: {}", error.help().english));
    }
    if !video.is_gone() {
        video.delete()?;
        say(&format!(
            "`{}` could not be kept, and was deleted",
            video.file().display()
        ));
    }
    Ok(ticket.done()?)
}

/// Does with the video what the policies said of it.
fn dispose(outcome: Outcome, video: &mut Video) -> Result<()> {
    match outcome {
        Outcome::Keep => complete(video, None),
        Outcome::Trim(span) => complete(video, Some(span)),
        Outcome::Discard(ticket) => {
            if !video.is_gone() {
                video.delete()?;
                let why = reasoned(ticket.discard().why.reason);
                say(&format!("discarded `{}`: {why}", video.file().display()));
            }
            Ok(ticket.done()?)
        }
    }
}

/// Makes the video one file of what may be kept; where that is not possible, it goes.
fn complete(video: &mut Video, span: Option<Span>) -> Result<()> {
    if video.is_gone() || video.is_complete() {
        return Ok(());
    }
    let shown = video.file().display().to_string();
    match video.complete(span) {
        Ok(None) => video.delete(),
        Ok(Some(_)) if !video.is_whole() => {
            say(&format!("kept `{shown}`, which may lack its end"));
            Ok(())
        }
        Ok(Some(cut)) if video.is_all(cut) => {
            say(&format!("kept `{shown}` ({} frames)", video.len()));
            Ok(())
        }
        Ok(Some(cut)) => {
            let (first, last, all) = (cut.first, cut.last, video.len());
            say(&format!("kept `{shown}`, cut to frames {first} to {last} of {all}"));
            Ok(())
        }
        Err(error) => {
            video.delete()?;
            Err(error.context(format!("`{shown}` could not be made of its parts, and was deleted")))
        }
    }
}
