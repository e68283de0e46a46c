//! The paths that a source file names, taken from its tokens: macros are read like
//! any other code, comments and literals are no code at all.

use std::mem::take;

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

/// A path such as `crate::model::Wait`, a macro with its `!`, or a single word.
#[derive(Default)]
pub(super) struct UsedPath {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
}

/// Finds every path in `source`, groups in braces spread out.
pub(super) fn find_paths(source: &str) -> Result<Vec<UsedPath>, LexError> {
    let mut found = Vec::new();
    collect(source.parse()?, &[], &mut found);
    Ok(found)
}

/// Adds the paths in `tokens`; inside the braces of a `use` they continue `prefix`.
fn collect(tokens: TokenStream, prefix: &[String], found: &mut Vec<UsedPath>) {
    let mut path = UsedPath::default();
    let mut colons = 0;
    let mut is_alias = false;
    for token in tokens {
        if matches!(&token, TokenTree::Punct(mark) if mark.as_char() == ':') {
            colons += 1;
            continue;
        }
        let continues = take(&mut colons) == 2;
        match token {
            TokenTree::Ident(_) if take(&mut is_alias) => {}
            TokenTree::Ident(word) if word == "as" && !prefix.is_empty() => is_alias = true,
            TokenTree::Ident(word) => {
                if !continues {
                    finish(&mut path, found);
                }
                if path.segments.is_empty() {
                    path.line = word.span().start().line;
                    path.segments = prefix.to_vec();
                }
                path.segments.push(word.to_string());
            }
            TokenTree::Group(group) if continues && group.delimiter() == Delimiter::Brace => {
                collect(group.stream(), &take(&mut path.segments), found);
            }
            TokenTree::Group(group) => {
                finish(&mut path, found);
                collect(group.stream(), &[], found);
            }
            TokenTree::Punct(mark) => {
                match (mark.as_char(), path.segments.last_mut()) {
                    ('!', Some(name)) => name.push('!'),
                    ('*', Some(_)) if continues => path.segments.push("*".to_owned()),
                    _ => {}
                }
                finish(&mut path, found);
            }
            TokenTree::Literal(_) => finish(&mut path, found),
        }
    }
    finish(&mut path, found);
}

fn finish(path: &mut UsedPath, found: &mut Vec<UsedPath>) {
    if !path.segments.is_empty() {
        found.push(take(path));
    }
}
