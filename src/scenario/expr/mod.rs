//! The expression language: text to [`Expression`](crate::program::Expression),
//! with variables resolved to slots and mistakes placed.

mod filters;
mod functions;
mod lexer;
mod names;
mod parser;
pub(crate) mod template;
pub(crate) mod variables;

pub(super) use lexer::quoted_length;
pub(super) use names::{Named, Names};
pub(super) use parser::{Clock, parse};
