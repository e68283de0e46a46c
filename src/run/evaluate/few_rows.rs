//! Data with fewer rows than users that need one: known before the run.

use crate::model::{FeedId, RunSpec, plural};
use crate::program::{AtEnd, Class, Program};
use crate::run::edits::user_mix::users_of;

/// Remarks on the data of a run before it starts, a sentence each: that
/// a user will find no row.
#[must_use]
pub fn few_rows(spec: &RunSpec, program: &Program) -> Vec<String> {
    // A search decides by itself how many users there are.
    if spec.find_limit.is_some() {
        return Vec::new();
    }
    let workloads = spec.workloads.iter();
    let users: Vec<_> = workloads.map(|one| f64::from(one.peak_users())).collect();
    let feeds = program.feeds.iter().enumerate();
    let said = feeds.filter_map(|(id, feed)| {
        let then = match feed.at_end {
            AtEnd::Again => return None,
            AtEnd::Stop => "a user without a row ends",
            AtEnd::Fail => "a user without a row does not send what uses it",
        };
        let id = FeedId::from(id);
        let classes = program.classes.iter().filter(|class| takes(class, id));
        let need: f64 = classes
            .map(|class| users_of(class, &program.classes, &users))
            .sum();
        let (rows, need) = (feed.rows.len(), need.floor());
        #[expect(clippy::cast_precision_loss, reason = "a million at most")]
        let is_short = need > rows as f64;
        is_short.then(|| {
            let rows = plural(rows, "row", "rows");
            format!(
                "data \"{}\" has {rows} for up to {need} users: {then}; add rows or use fewer users",
                feed.name
            )
        })
    });
    said.collect()
}

/// Whether users of a class take rows of this feed.
fn takes(class: &Class, id: FeedId) -> bool {
    let rows = &class.rows;
    let of_user = [&rows.user, &rows.on_start, &rows.on_stop].into_iter();
    let of_tasks = class.tasks.iter().map(|task| &task.rows);
    of_user.chain(of_tasks).any(|feeds| feeds.contains(&id))
}
