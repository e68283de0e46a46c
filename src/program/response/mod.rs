//! Judging an answer: expectations, captures, and what is shown of it.

pub(crate) mod actual_value;
pub(crate) mod answer_text;
pub(crate) mod body_text;
pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod expectation;
pub(crate) mod html;
pub(crate) mod html_text;
pub(crate) mod response_view;
