//! The target of a run: how it is found, tried and spoken to, and what it does wrong.

mod dns;
mod faults;
mod first_contact;
mod http;
mod lifecycle_hooks;
mod login_check;
mod target_policy;
