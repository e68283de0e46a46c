//! The runs of `benches/verdicts`, their labels, and the score.

#[path = "../../../benches/verdicts/case.rs"]
mod case;
#[path = "../../../benches/verdicts/cases/mod.rs"]
mod cases;
#[path = "../../../benches/verdicts/causes.rs"]
mod causes;
#[path = "../../../benches/verdicts/criterion.rs"]
mod criterion;
#[path = "../../../benches/verdicts/label.rs"]
mod label;
mod labels;
#[path = "../../../benches/verdicts/outcome.rs"]
mod outcome;
#[path = "../../../benches/verdicts/results.rs"]
mod results;
#[path = "../../../benches/verdicts/scenario.rs"]
mod scenario;
#[path = "../../../benches/verdicts/score.rs"]
mod score;
mod scores;
mod sets;
#[path = "../../../benches/verdicts/table.rs"]
mod table;
