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

mod code;
mod data;
mod expr;
mod json;
mod request;
mod response;

pub use code::assignment::{Assigned, Assignment};
pub use code::class::{Class, ClassRows};
pub use code::compiled::{CodeAt, HealthGate, Hooks, Name, Program};
pub use code::coverage::{Coverage, Unselected};
pub use code::cursor::{Action, Cursor, Ending, OnFailure, Setting};
pub use code::instruction::{Branch, Condition, Instruction, Poll, Rounds, TaskFailure};
pub use code::task_picker::{Choice, Order, TaskPicker};
pub use code::tasks::{Task, Tasks};
pub use code::variables::{UserFact, Variables};
pub use data::feed::{AtEnd, Cell, Feed, FeedRef, RowPer, RowPick, Rows};
pub use data::row_allocator::RowAllocator;
pub use data::sequences::Sequences;
pub use expr::evaluate::EvalContext;
pub use expr::expression::{Binary, Expression, Literal};
pub use expr::fake::Fake;
pub use expr::function::Function;
pub use expr::number::is_json as is_json_number;
pub use expr::time::{Now, TimeForm};
pub use expr::units::{MAX_DURATION, bytes_of, duration_of, plain_number};
pub use json::path::{JsonPath, PathError, Segment};
pub use request::credential_names::{is_credential_name, is_telling, without_scheme};
pub use request::credentials::{
    address_credential, literal_credentials, mask_address, mask_addresses,
};
pub use request::encoding::Encoding;
pub use request::message_text::MessageText;
pub use request::secrets::Secrets;
pub use request::sent_credentials::SentCredentials;
pub use request::template::{Hole, Piece, Template};
pub use request::{
    Header, Link, LinkHost, ReceivedResponse, Rendered, Request, RequestParts, RequestTarget,
    Scratch, WhenUnset,
};
pub use response::answer_text::{ResponseText, TextKind};
pub use response::capture::{Capture, CaptureSource, Pick};
pub use response::check::{Bound, Check, Relation, Varying, pattern};
pub use response::expectation::{Expectation, Expected, Figure, StatusRange, StatusRule};
pub use response::html_text::{is_page, visible_text};
