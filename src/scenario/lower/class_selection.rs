//! User classes that are chosen when a run starts.

use crate::scenario::lower::loader::{Loaded, read};
use crate::scenario::yaml::diagnostic::Diagnostic;
use crate::scenario::yaml::suggest::did_you_mean;

/// The most names that a refusal lists.
const NAMES: usize = 20;

/// Why user classes that were chosen cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// No class is chosen.
    #[error("choose at least one user class of {known}")]
    NoClass {
        /// Those on offer, in words.
        known: String,
    },
    /// There is none of that name, or it is not on offer.
    #[error("unknown user class `{name}`: {help}")]
    Unknown {
        /// As it was given.
        name: String,
        /// Which there are.
        help: String,
    },
    /// Something else in the scenario needs what was left out, or a file has
    /// changed meanwhile.
    #[error("the scenario has errors with these user classes: {}", shown(.0))]
    Mistakes(Vec<Diagnostic>),
}

impl Loaded {
    /// The scenario with only these of its user classes, as if they had been
    /// named on the command line. Blocks: what is left out is not in the
    /// program, so the files are read again.
    ///
    /// # Errors
    /// No class is chosen, or one that is not on offer, or the rest of the
    /// scenario does not go without those that were left out.
    pub fn choose(&self, classes: &[String]) -> Result<Self, ChoiceError> {
        let known = self.class_names();
        if classes.is_empty() {
            return Err(ChoiceError::NoClass {
                known: listed(&known),
            });
        }
        let mut changes = self.origin.changes.clone();
        changes.selection.classes = classes.to_vec();
        if let Some(name) = changes.selection.unknown_classes(&known).first() {
            return Err(ChoiceError::Unknown {
                name: (*name).to_owned(),
                help: help(name, &known),
            });
        }
        if known.iter().all(|name| changes.selection.has_class(name)) {
            return Ok(self.clone());
        }
        let reading = read(&self.origin.source, &self.origin.environment, &changes);
        reading.loaded.map_err(ChoiceError::Mistakes)
    }

    /// Which user classes of another reading of the scenario are not in this
    /// one, in words; `None` where all are.
    #[must_use]
    pub fn unselected_of(&self, whole: &Self) -> Option<String> {
        let kept = self.class_names();
        let mut left = whole.class_names();
        left.retain(|name| !kept.contains(name));
        (!left.is_empty()).then(|| format!("user classes not selected: {}", listed(&left)))
    }

    /// The names of its user classes.
    #[must_use]
    pub fn class_names(&self) -> Vec<&str> {
        let classes = self.scenario.user_classes.iter();
        classes.map(|class| class.name.as_str()).collect()
    }
}

fn help(name: &str, known: &[&str]) -> String {
    let question = did_you_mean(name, known.iter().copied());
    let question = question.map(|question| format!("{question} "));
    format!(
        "{}available: {}",
        question.unwrap_or_default(),
        listed(known)
    )
}

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(NAMES).copied().collect::<Vec<_>>();
    let shown = shown.join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn shown(mistakes: &[Diagnostic]) -> String {
    let texts = mistakes.iter().map(ToString::to_string);
    texts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_has_an_end() {
        let names: Vec<_> = (0..22).map(|at| format!("C{at}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(listed(&names[..2]), "C0, C1");
        assert!(listed(&names).ends_with("C19 and 2 more"));
    }
}
