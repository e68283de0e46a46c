//! The compiled scenario: a flat array of instructions, requests as bytes with
//! holes, expressions over a user's slots, expectations and captures.
//!
//! Everything here is built once before a run and then only read; what changes
//! is a user's [`Variables`]. Evaluation is pure: no I/O, no clock, randomness
//! handed in. Rendering and judging a request allocate nothing once the
//! buffers have grown, except for regular expressions, CSS selectors, all
//! matches of a capture, whole rows of data, links, JSON paths beyond `$.a.b[0]`, JSON
//! strings with escapes, skipping over deeply nested JSON, bodies that are
//! not UTF-8 or that only lenient parsers take for JSON, and texts computed
//! inside larger expressions.
//!
//! Shards share a program. What they change together are the counters of a
//! [`RowAllocator`] and of [`Sequences`], where a scenario asks for them.

mod answer_text;
mod assignment;
mod body_text;
mod capture;
mod check;
mod class;
mod compiled;
mod course;
mod credential_names;
mod credentials;
mod cursor;
mod deepest;
mod encoding;
mod evaluate;
mod expectation;
mod expression;
mod extract;
mod fake;
mod feed;
mod found;
mod function;
mod html;
mod html_text;
mod instruction;
mod intent;
mod json_mend;
mod json_path;
mod json_tree;
mod memory;
mod message_text;
mod number;
mod operators;
mod request;
mod row_allocator;
mod secrets;
mod seen;
mod sent_credentials;
mod sequences;
mod tasks;
mod template;
mod time;
mod tour;
mod undecided;
mod units;
mod usage;
mod value;
mod variables;

pub use answer_text::{AnswerText, TextKind};
pub use assignment::{Assigned, Assignment};
pub use capture::{Capture, CaptureSource, Pick};
pub use check::{Bound, Check, Relation, Varying, pattern};
pub use class::{Class, ClassRows};
pub use compiled::{CodeAt, HealthGate, Name, Once, Program};
pub use course::{Choice, Course, Order};
pub use credential_names::{is_credential_name, is_telling, without_scheme};
pub use credentials::{address_credential, literal_credentials, mask_address, mask_addresses};
pub use cursor::{Action, Cursor, Ending, OnFailure, Setting};
pub use encoding::Encoding;
pub use evaluate::Around;
pub use expectation::{Expectation, Expected, Figure, StatusRange, StatusRule};
pub use expression::{Binary, Expression, Literal};
pub use fake::Fake;
pub use feed::{AtEnd, Cell, Feed, FeedRef, RowPer, RowPick, Rows};
pub use function::Function;
pub use html_text::{is_page, visible_text};
pub use instruction::{Branch, Condition, Instruction, Poll, Rounds, TaskFailure};
pub use json_path::{JsonPath, PathError, Segment};
pub use message_text::MessageText;
pub use number::is_json as is_json_number;
pub use request::{
    Answer, Header, Link, LinkHost, Rendered, Request, RequestParts, RequestTarget, Scratch,
    WhenUnset,
};
pub use row_allocator::RowAllocator;
pub use secrets::Secrets;
pub use sent_credentials::SentCredentials;
pub use sequences::Sequences;
pub use tasks::{Task, Tasks};
pub use template::{Hole, Piece, Template};
pub use time::{Now, TimeForm};
pub use units::{bytes_of, duration_of, plain_number};
pub use usage::{Unselected, Usage};
pub use variables::{UserFact, Variables};
