//! Counts in sentences.

use std::fmt::Display;

/// A count with its noun: `1 user`, `2 users`.
#[must_use]
pub fn plural<N: Copy + Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let noun = if count == N::from(1) { one } else { many };
    format!("{count} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_several() {
        let said = |count: u64| plural(count, "task", "tasks");
        assert_eq!([0, 1, 2].map(said), ["0 tasks", "1 task", "2 tasks"]);
        assert_eq!(plural(1.0, "user", "users"), "1 user");
    }
}
