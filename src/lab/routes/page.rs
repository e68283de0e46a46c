use hyper::body::Bytes;

/// How long Django's page for a path that it does not know is.
const NOT_FOUND_BYTES: usize = 5 * 1024;
/// How long its page for an exception is, with the frames of the stack.
const SERVER_ERROR_BYTES: usize = 120 * 1024;

/// A page for a path that nothing is at, as a framework in debug mode shows it.
pub(crate) fn not_found() -> Bytes {
    let row = "<li>api/v1/ [name='no-such-path']</li>\n";
    page("Page not found", row, NOT_FOUND_BYTES)
}

/// A page for an exception, as a framework in debug mode shows it.
pub(crate) fn server_error() -> Bytes {
    let row = "<tr><td class=\"frame\">/app/api/views.py in dispatch</td></tr>\n";
    page("Server error (500)", row, SERVER_ERROR_BYTES)
}

/// Exactly so many bytes, most of them rows.
fn page(title: &str, row: &str, bytes: usize) -> Bytes {
    let head = format!("<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n");
    let mut page = head + row.repeat(bytes / row.len()).as_str();
    page.truncate(bytes);
    page.into()
}
