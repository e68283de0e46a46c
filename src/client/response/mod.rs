//! Reading an answer without doing I/O: bytes are pushed in as they come, in
//! any portions, and the reader says when the answer is whole.

mod chunked;
mod fields;
mod head;
mod reader;
#[cfg(test)]
mod tests;

pub(super) use chunked::Chunked;
pub(super) use fields::Codings;
pub(super) use head::field_values;
pub(super) use reader::{Asked, Closed, KeptBody, Progress, Reader, Redirects, Reuse};
