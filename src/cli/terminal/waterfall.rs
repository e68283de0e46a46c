//! Results of a trial: each request with its time as a bar.

use std::fmt::Write;

use crate::cli::terminal::messages;
use crate::engine::{Trace, TrialPart, TriedPart};
use crate::model::{Phases, SlotId, bytes_text, latency_text};
use crate::program::{Class, Program, Secrets};

/// The letters of a bar.
pub(crate) const LEGEND: &str =
    "time of each part from left to right: r resolve, c connect, t TLS, - first byte, = transfer";

/// How much is shown of each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Times and captures only.
    Brief,
    /// Its messages and their answers as well.
    Messages,
}

/// The most characters of an address.
const URL_CHARS: usize = 2_000;
/// Also of a value or the start of a body, which is already cut.
const VALUE_CHARS: usize = 201;
/// The width of a bar, in characters.
const WIDTH: u64 = 32;

/// A part of what was done, some lines long, without a line break at the end;
/// `None` for one beside the tasks in which nothing is sent. A hook has no class.
pub(crate) fn part(
    program: &Program,
    class: Option<&Class>,
    tried: &TriedPart,
    detail: Detail,
) -> Option<String> {
    let name = match tried.part {
        TrialPart::Setup => "setup",
        TrialPart::OnStart => "on_start",
        TrialPart::OnStop => "on_stop",
        TrialPart::Teardown => "teardown",
        TrialPart::Task(task) => {
            let task = class.and_then(|class| class.tasks.get(task.index()));
            task.map_or("", |task| task.name.as_str())
        }
    };
    let indent = if class.is_some() { "  " } else { "" };
    let is_silent = tried.traces.is_empty() && tried.failure.is_none();
    if is_silent && !matches!(tried.part, TrialPart::Task(_)) {
        return None;
    }
    let secrets = program.secrets_and(&tried.hidden);
    let shown = Shown {
        program,
        secrets: &secrets,
        detail,
    };
    let mut text = format!("{indent}{name}");
    if tried.is_repeat {
        text.push_str(", once more: another branch of `choose`");
    }
    let ends = tried.traces.iter().map(Trace::ended_us);
    let whole_us = ends.max().unwrap_or(0).saturating_sub(tried.started_us);
    for trace in &tried.traces {
        let offset_us = trace.started_us.saturating_sub(tried.started_us);
        shown.request(&mut text, trace, &bar(offset_us, trace, whole_us));
    }
    // Some steps fail without a request.
    if let Some((_, failure)) = tried.failure
        && tried.traces.iter().all(|trace| trace.failure.is_none())
    {
        let words = program.describe_actual(failure, tried.found.as_ref(), None, &secrets);
        let _ = write!(text, "\n    failed: {words}");
    }
    if is_silent {
        text.push_str("\n    no request");
    }
    Some(text)
}

/// The format of requests.
struct Shown<'s> {
    program: &'s Program,
    secrets: &'s Secrets,
    detail: Detail,
}

impl Shown<'_> {
    fn request(&self, text: &mut String, trace: &Trace, bar: &str) {
        // Writing to a string does not fail.
        let url = match trace.url.as_str() {
            "" => self.program.names[trace.name.index()].name.clone(),
            url => self.secrets.foreign_text(url, URL_CHARS),
        };
        let _ = write!(text, "\n    {} {url}", trace.method);
        if !trace.url.is_empty() {
            let status = trace
                .status
                .map_or("-".to_owned(), |status| status.to_string());
            let _ = write!(
                text,
                "\n      {status:3} {:>9}  |{bar}|\n      sent {}, received {}",
                latency_text(trace.service_us),
                bytes_text(trace.sent_bytes as u64),
                bytes_text(trace.received_bytes),
            );
            if let Some(peer) = trace.peer {
                let _ = write!(text, ", {peer}");
            }
        }
        if self.detail == Detail::Messages {
            messages::hops(text, self.secrets, &trace.hops);
        }
        for (slot, value) in &trace.captured {
            self.captured(text, *slot, value.as_deref());
        }
        if let Some(failure) = trace.failure {
            let (found, compared) = (trace.found.as_ref(), trace.compared.as_ref());
            let program = self.program;
            let words = program.describe_actual(failure, found, compared, self.secrets);
            let _ = write!(text, "\n      failed: {words}");
        }
        let is_shown = self.detail == Detail::Messages && !trace.hops.is_empty();
        if !trace.body.is_empty() && !is_shown {
            let body = self.secrets.foreign_text(&trace.body, VALUE_CHARS);
            let _ = write!(text, "\n      the body begins: {body}");
        }
    }

    /// A captured variable; of a credential that it is set.
    fn captured(&self, text: &mut String, slot: SlotId, value: Option<&str>) {
        let name = self.program.slots.get(slot.index());
        let name = name.map_or("", String::as_str);
        let is_structure = |value: &str| value.starts_with(['{', '[']);
        let _ = match value {
            None => write!(text, "\n      {name} is not set"),
            Some(value)
                if self.program.credentials.contains(slot)
                    && !value.is_empty()
                    && !is_structure(value) =>
            {
                write!(text, "\n      {name} = {}", Secrets::MASK)
            }
            Some(value) => {
                let value = self.secrets.foreign_text(value, VALUE_CHARS);
                write!(text, "\n      {name} = {value}")
            }
        };
    }
}

/// The phases of a request, placed within the time of the whole part.
fn bar(offset_us: u64, trace: &Trace, whole_us: u64) -> String {
    let Phases {
        resolve_us,
        connect_us,
        tls_us,
        first_byte_us,
        transfer_us,
    } = trace.phases;
    let column = |at_us: u64| (at_us * WIDTH / whole_us.max(1)).min(WIDTH) as usize;
    let mut bar = " ".repeat(column(offset_us).min(WIDTH as usize - 1));
    let mut at_us = offset_us;
    for (letter, us) in [
        ('r', resolve_us),
        ('c', connect_us),
        ('t', tls_us),
        ('-', first_byte_us.max(1)),
        ('=', transfer_us),
    ] {
        at_us += u64::from(us);
        // Every phase is visible, however short.
        let end = column(at_us).max(bar.len() + usize::from(us > 0));
        bar.extend((bar.len()..end.min(WIDTH as usize)).map(|_| letter));
    }
    format!("{bar:width$}", width = WIDTH as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Method, NameId};

    fn trace(connect_us: u32, first_byte_us: u32, transfer_us: u32) -> Trace {
        Trace {
            name: NameId(0),
            method: Method::Get,
            url: String::new(),
            sent_bytes: 0,
            started_us: 0,
            service_us: u64::from(connect_us + first_byte_us + transfer_us),
            phases: Phases {
                connect_us,
                first_byte_us,
                transfer_us,
                ..Phases::default()
            },
            peer: None,
            received_bytes: 0,
            status: None,
            failure: None,
            found: None,
            compared: None,
            hops: Vec::new(),
            captured: Vec::new(),
            body: String::new(),
            asks_for_password: false,
        }
    }

    #[test]
    fn a_bar_shows_when_and_what_for() {
        let drawn = |offset_us, trace: &Trace, whole_us| bar(offset_us, trace, whole_us);
        let whole = trace(250, 500, 250);
        assert_eq!(drawn(0, &whole, 1_000), "cccccccc----------------========");
        assert_eq!(
            drawn(1_000, &whole, 2_000),
            format!("{:16}cccc--------====", "")
        );
        let short = drawn(1_999, &trace(0, 1, 0), 2_000);
        assert_eq!(short, format!("{:31}-", ""));
        assert_eq!(drawn(0, &trace(0, 0, 0), 0), "-".repeat(32));
        let slow = drawn(0, &trace(1, 998, 1), 1_000);
        assert_eq!(slow, format!("c{}=", "-".repeat(30)));
    }
}
