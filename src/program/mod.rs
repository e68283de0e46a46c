//! The compiled scenario: a flat array of instructions, requests as bytes with
//! holes, expressions over a user's slots, expectations and captures.
//!
//! Everything here is built once before a run and then only read; what changes
//! is a user's [`Variables`]. Evaluation is pure: no I/O, no clock, randomness
//! handed in. Rendering and judging a request allocate nothing once the
//! buffers have grown, except for regular expressions, JSON paths beyond
//! `$.a.b[0]`, JSON strings with escapes, skipping over deeply nested JSON, and
//! texts computed inside larger expressions.

mod assignment;
mod capture;
mod class;
mod compiled;
mod course;
mod cursor;
mod encoding;
mod evaluate;
mod expectation;
mod expression;
mod extract;
mod instruction;
mod json_path;
mod operators;
mod request;
mod template;
mod value;
mod variables;

pub use assignment::{Assigned, Assignment};
pub use capture::{Capture, CaptureSource};
pub use class::{Class, Task};
pub use compiled::{CodeAt, Name, Program};
pub use course::{Choice, Course, Order};
pub use cursor::{Action, Cursor, Ending, OnFailure, Setting};
pub use encoding::Encoding;
pub use evaluate::Around;
pub use expectation::{Expectation, Expected, StatusRange, StatusRule};
pub use expression::{Binary, Expression, Literal};
pub use instruction::{Branch, Instruction, Poll};
pub use json_path::{JsonPath, PathError, Segment};
pub use request::{Answer, Header, Rendered, Request, RequestParts, Scratch, WhenUnset};
pub use template::{Hole, Piece, Template};
pub use variables::Variables;
