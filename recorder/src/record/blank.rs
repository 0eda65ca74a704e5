//! Why what is blank in a frame is blank.

use std::collections::HashSet;

use gardefou::Rect;
use serde_json::{Value, json};

use crate::geometry::{intersection, minus};
use crate::screen::Look;

/// What of a look is shown in a frame that was kept.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    /// Its regions.
    pub(crate) keep: &'a [Rect],
    pub(crate) look: &'a Look,
    /// The windows of the training.
    pub(crate) training: &'a HashSet<u32>,
}

impl Shown<'_> {
    /// The regions that are shown, as `gardefou run` prints them.
    pub(crate) fn kept(&self) -> Value {
        self.keep.iter().copied().map(place).collect()
    }

    /// Everything else of the surface, in parts of which each has one reason: the topmost window that lies there, or
    /// that none does.
    pub(crate) fn blank(&self) -> Value {
        let surface = Rect::new(0, 0, self.look.width.into(), self.look.height.into());
        let mut rest = self.keep.iter().fold(vec![surface], |rest, kept| minus(&rest, *kept));
        let mut told = Vec::new();
        for dark in &self.look.dark {
            let parts = take(&mut rest, *dark);
            told.extend(parts.map(|part| json!({"at": place(part), "why": "no-monitor"})));
        }
        for window in &self.look.windows {
            let why = match window.cause {
                Some(cause) if self.training.contains(&window.id) => cause.name(),
                None if self.training.contains(&window.id) => "frame",
                Some(_) | None => "other-window",
            };
            let parts = take(&mut rest, window.outer);
            told.extend(parts.map(|part| json!({"at": place(part), "why": why, "window": window.id})));
        }
        told.extend(
            rest.into_iter()
                .map(|part| json!({"at": place(part), "why": "no-window"})),
        );
        Value::Array(told)
    }
}

fn place(rect: Rect) -> Value {
    json!([rect.x, rect.y, rect.width, rect.height])
}

/// Takes what lies in the area out of the rest.
fn take(rest: &mut Vec<Rect>, area: Rect) -> impl Iterator<Item = Rect> {
    let before = std::mem::take(rest);
    *rest = minus(&before, area);
    before
        .into_iter()
        .map(move |part| intersection(part, area))
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gardefou::Timestamp;

    use super::*;
    use crate::screen::{Cause, Seen};

    #[test]
    fn each_blank_part_has_the_reason_of_what_lies_on_top_there() {
        let window = |id, outer, cause| Seen {
            id,
            outer,
            cause,
            ..Seen::default()
        };
        let at = Timestamp::MIN;
        let look = Look {
            at,
            from: at,
            to: at,
            width: 100,
            height: 50,
            dark: vec![Rect::new(90, 0, 10, 50)],
            windows: vec![
                window(1, Rect::new(10, 10, 20, 20), None),
                window(2, Rect::new(0, 0, 40, 50), None),
                window(3, Rect::new(60, 0, 40, 50), Some(Cause::Begins)),
            ],
            corner: None,
            unsettled: false,
            fresh: true,
            grabbed: Duration::ZERO,
            captured: Duration::ZERO,
        };
        let training = HashSet::from([2, 3]);
        let keep = [Rect::new(0, 30, 40, 20)];
        let shown = Shown {
            keep: &keep,
            look: &look,
            training: &training,
        };
        assert_eq!(shown.kept(), json!([[0, 30, 40, 20]]));
        let blank = shown.blank();
        let area = |why: &str| -> u64 {
            let parts = blank.as_array().unwrap().iter().filter(|part| part["why"] == why);
            parts
                .map(|part| part["at"][2].as_u64().unwrap() * part["at"][3].as_u64().unwrap())
                .sum()
        };
        assert_eq!(area("no-monitor"), 10 * 50);
        assert_eq!(area("other-window"), 20 * 20);
        assert_eq!(area("frame"), 40 * 30 - 20 * 20);
        assert_eq!(area("image-begins"), 30 * 50);
        assert_eq!(area("no-window"), 20 * 50);
    }
}
