//! Reading an answer without doing I/O: bytes are pushed in as they come, in
//! any portions, and the reader says when the answer is whole.

mod chunked;
mod fields;
mod head;
mod reader;
#[cfg(test)]
mod tests;

pub(crate) use chunked::Chunked;
pub(crate) use fields::Codings;
pub(crate) use head::field_values;
pub(crate) use reader::{Closed, KeptBody, Progress, Reader, Redirects, ResponseOptions, Reuse};
