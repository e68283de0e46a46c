//! The expression language: text to [`Expression`](crate::program::Expression),
//! with variables resolved to slots and mistakes placed.

mod functions;
mod lexer;
mod parser;

pub(super) use lexer::quoted_length;
pub(super) use parser::{Clock, Names, parse};
