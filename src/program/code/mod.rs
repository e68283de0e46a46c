//! The compiled scenario: classes, tasks, instructions, and the cursor that
//! walks them.

pub(crate) mod assignment;
pub(crate) mod class;
pub(crate) mod compiled;
pub(crate) mod coverage;
pub(crate) mod cursor;
pub(crate) mod instruction;
pub(crate) mod intent;
pub(crate) mod memory;
pub(crate) mod task_picker;
pub(crate) mod tasks;
pub(crate) mod trial_order;
pub(crate) mod undecided;
pub(crate) mod variables;
