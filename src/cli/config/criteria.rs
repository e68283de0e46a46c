//! `--criterion`: what has to hold, beside what scenarios ask for.

use crate::model::Criterion;
use crate::scenario::parse_criterion;
use crate::session::Catalog;

/// Reads the criteria of a command line.
///
/// # Errors
/// The first mistake.
pub(crate) fn read(texts: &[String]) -> Result<Vec<Criterion>, String> {
    let read = |text: &String| {
        let criterion = parse_criterion(text);
        criterion.map_err(|error| format!("--criterion {text:?}: {error}"))
    };
    texts.iter().map(read).collect()
}

/// Refuses criteria of which no scenario on offer has what they are about: a
/// start of another scenario than was meant is refused when it comes.
///
/// # Errors
/// The first mistake, as the first scenario sees it.
pub(crate) fn fit_some(criteria: &[Criterion], catalog: &Catalog) -> Result<(), String> {
    for criterion in criteria {
        let sound = catalog.iter().filter_map(|entry| entry.loaded().ok());
        let mut judged = sound
            .map(|loaded| loaded.check_criterion(criterion))
            .peekable();
        let first = judged.peek().cloned();
        if let (Some(Err(error)), true) = (first, judged.all(|one| one.is_err())) {
            return Err(format!("--criterion {:?}: {error}", criterion.text));
        }
    }
    Ok(())
}
