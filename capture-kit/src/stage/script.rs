//! What is played: which windows there are, and what happens to them.

use std::path::Path;

use serde::Deserialize;

use super::presets;
use crate::Malformed;
use crate::kind::Kind;

/// Windows, and what happens to them. As a file it is JSON.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Script {
    /// The windows, the lowest first.
    pub windows: Vec<Actor>,
    /// What happens to them.
    #[serde(flatten)]
    pub play: Play,
}

/// A window.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Actor {
    /// Its name in the steps.
    pub name: String,
    /// Whether its program may be recorded.
    pub allowed: bool,
    /// `[x, y, width, height]` of its client area as it opens, in pixels.
    pub place: (i16, i16, u16, u16),
    /// How it is made.
    #[serde(default)]
    pub look: Look,
}

/// How a window is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// The server paints its background.
    #[default]
    Plain,
    /// The program paints it, when it is told that something was uncovered. Until then the server leaves there what
    /// was there before.
    Own,
    /// Its corners are cut away.
    Shaped,
    /// It has an alpha channel, and lets two fifths of what lies beneath through where a compositor runs.
    Translucent,
    /// No window manager frames or places it: a menu, a notification.
    Popup,
}

impl Look {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Own => "own",
            Self::Shaped => "shaped",
            Self::Translucent => "translucent",
            Self::Popup => "popup",
        }
    }
}

/// What happens to the windows.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Play {
    /// These, again and again, each so long after the one before.
    Steps(Vec<Step>),
    /// One of these, drawn at random, to a window that it can happen to.
    Random(Vec<Action>),
    /// In each of these the turns of its kind, one after another, and of all of them at once.
    Stalls(Vec<Stall>),
}

/// A part of the screen in which two windows play the turns of one kind, and which they do not leave.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stall {
    /// Of which kind.
    pub kind: Kind,
    /// `[x, y, width, height]` on the screen, in pixels.
    pub place: (i16, i16, u16, u16),
    /// The window that may be recorded: one that paints itself.
    pub desk: String,
    /// The window that comes over it, and may not: a popup.
    pub cover: String,
}

/// Something that happens.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// How long after the step before, in ms.
    pub after: u64,
    /// What.
    #[serde(rename = "do")]
    pub action: Action,
    /// To which window: its name.
    pub window: String,
    /// For `move` where to, for `resize` how wide and high, in pixels.
    #[serde(default)]
    pub to: Option<(i16, i16)>,
}

/// What can happen to a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is placed elsewhere, also partly off the screen.
    Move,
    /// It gets another size.
    Resize,
    /// It comes to the top of the stack.
    Raise,
    /// It goes to the bottom.
    Lower,
    /// It is shown.
    Show,
    /// It is shown no longer.
    Hide,
    /// Its title becomes one that may not be recorded, and then its colour the forbidden one.
    Exclude,
    /// Its colour becomes the allowed one again, and then its title.
    Include,
}

impl Stall {
    /// The least width and height, in pixels: the windows in it have room to be covered in part.
    const LEAST: u16 = 80;

    fn check(&self, windows: &[Actor]) -> Result<(), String> {
        let found = |name: &str| windows.iter().find(|actor| actor.name == name);
        let desk = found(&self.desk).is_some_and(|actor| actor.allowed && actor.look == Look::Own);
        if !desk {
            return Err(format!(
                "the `desk` of a stall is an allowed window whose look is `own`, which `{}` is not",
                self.desk
            ));
        }
        let cover = found(&self.cover).is_some_and(|actor| !actor.allowed && actor.look == Look::Popup);
        if !cover {
            return Err(format!(
                "the `cover` of a stall is a window that is not allowed and whose look is `popup`, which `{}` is not",
                self.cover
            ));
        }
        let (_, _, width, height) = self.place;
        if width < Self::LEAST || height < Self::LEAST {
            return Err(format!("a stall has {} pixels each way at least", Self::LEAST));
        }
        Ok(())
    }
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// It cannot be read, or does not say what can be played.
    pub fn read(file: &Path) -> Result<Self, Malformed> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Malformed(format!("cannot read the script `{}`: {error}", file.display())))?;
        Self::parse(&text).map_err(|what| Malformed(format!("the script `{}`: {what}", file.display())))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let script: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let steps = match &script.play {
            Play::Steps(steps) => steps,
            Play::Random(_) => return Ok(script),
            Play::Stalls(stalls) => {
                for stall in stalls {
                    stall.check(&script.windows)?;
                }
                return Ok(script);
            }
        };
        if steps.iter().all(|step| step.after == 0) {
            return Err("no step comes after the one before: give one of them an `after` above 0".to_owned());
        }
        for step in steps {
            let named = |actor: &&Actor| actor.name == step.window;
            let Some(actor) = script.windows.iter().find(named) else {
                return Err(format!(
                    "a step names the window `{}`, which is none of them",
                    step.window
                ));
            };
            if step.to.is_some() != matches!(step.action, Action::Move | Action::Resize) {
                return Err(format!(
                    "`to` belongs to `move` and `resize` (window `{}`)",
                    step.window
                ));
            }
            if !actor.allowed && matches!(step.action, Action::Exclude | Action::Include) {
                return Err(format!("`{}` may not be recorded whatever its title is", step.window));
            }
        }
        Ok(script)
    }

    /// One that comes with the kit ([`super::PRESETS`]), for a screen of that size.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn preset(name: &str, width: u16, height: u16) -> Result<Self, Malformed> {
        presets::of(name, width, height).ok_or_else(|| {
            let names: Vec<_> = presets::PRESETS.iter().map(|(name, _)| format!("`{name}`")).collect();
            Malformed(format!(
                "there is no preset `{name}`; help: take one of {}",
                names.join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: &str = r#"{"name":"desk","allowed":true,"place":[1,2,3,4]}"#;

    #[test]
    fn a_script_is_read() {
        let text = format!(
            r#"{{"windows":[{DESK},{{"name":"mail","allowed":false,"place":[1,2,3,4],"look":"own"}}],
            "steps":[{{"after":17000,"do":"raise","window":"mail"}},{{"after":0,"do":"move","window":"desk","to":[-5,6]}}]}}"#
        );
        let script = Script::parse(&text).unwrap();
        assert_eq!(script.windows[1].look, Look::Own);
        assert!(matches!(&script.play, Play::Steps(steps) if steps[1].to == Some((-5, 6))));
        let random = format!(r#"{{"windows":[{DESK}],"random":["move","hide"]}}"#);
        assert_eq!(
            Script::parse(&random).unwrap().play,
            Play::Random(vec![Action::Move, Action::Hide])
        );
    }

    #[test]
    fn the_page_about_the_kit_shows_a_script_and_rules_that_are_right() {
        let page = include_str!("../../../docs/capture-kit.md");
        let block = |language: &str| {
            let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
            rest.split_once("```").unwrap().0
        };
        assert_eq!(Script::parse(block("json")).unwrap().windows.len(), 2);
        assert!(crate::RULES.contains(block("toml")));
        assert!(block("toml").contains(super::super::ALLOWED_PROGRAM));
        assert!(block("toml").contains(super::super::EXCLUDED_TITLE));
    }

    #[test]
    fn every_preset_can_be_played() {
        for (name, rate) in presets::PRESETS {
            let script = Script::preset(name, 1280, 720).unwrap();
            let random = matches!(script.play, Play::Random(_));
            assert_eq!(random, rate > 0, "{name}");
            if let Play::Stalls(stalls) = &script.play {
                for stall in stalls {
                    stall.check(&script.windows).unwrap();
                    assert!(name == "mix" || stall.kind.name() == name);
                }
            }
            assert!(script.windows.iter().any(|actor| actor.allowed), "{name}");
            assert!(script.windows.iter().any(|actor| !actor.allowed), "{name}");
        }
        assert!(
            Script::preset("calm", 1, 1)
                .unwrap_err()
                .0
                .contains("`switches`, `moves`, `storm`, `lines`, ")
        );
        let Play::Stalls(stalls) = Script::preset("mix", 801, 601).unwrap().play else {
            panic!("the mix has stalls");
        };
        for kind in Kind::ALL {
            assert!(stalls.iter().any(|stall| stall.kind == kind), "{kind:?}");
            assert!(presets::PRESETS.iter().any(|(name, _)| *name == kind.name()));
        }
    }

    #[test]
    fn what_cannot_be_played_is_refused() {
        let step = |step: &str| format!(r#"{{"windows":[{DESK}],"steps":[{step}]}}"#);
        for (text, what) in [
            (
                step(r#"{"after":1,"do":"raise","window":"mail"}"#),
                "names the window `mail`",
            ),
            (step(r#"{"after":0,"do":"raise","window":"desk"}"#), "`after` above 0"),
            (
                step(r#"{"after":1,"do":"raise","window":"desk","to":[1,1]}"#),
                "`to` belongs to",
            ),
            (step(r#"{"after":1,"do":"move","window":"desk"}"#), "`to` belongs to"),
            (
                step(r#"{"after":1,"do":"dance","window":"desk"}"#),
                "unknown variant `dance`",
            ),
            (format!(r#"{{"windows":[{DESK}]}}"#), "line 1"),
            (
                format!(
                    r#"{{"windows":[{DESK}],"stalls":[{{"kind":"lines","place":[0,0,200,200],"desk":"desk","cover":"desk"}}]}}"#
                ),
                "the `desk` of a stall",
            ),
            (
                format!(
                    r#"{{"windows":[{DESK}],"stalls":[{{"kind":"dance","place":[0,0,200,200],"desk":"desk","cover":"desk"}}]}}"#
                ),
                "unknown variant `dance`",
            ),
        ] {
            let said = Script::parse(&text).unwrap_err();
            assert!(said.contains(what), "{said}");
        }
    }
}
