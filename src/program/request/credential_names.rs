//! What names and values tell of credentials.

/// Shorter values, and words without a digit, are hidden where they stand, not
/// wherever else they occur: `password` may be the name of a field.
const MIN_VALUE_BYTES: usize = 8;
/// From this length on a value is hidden everywhere, digit or not.
const LONG_VALUE_BYTES: usize = 20;

/// Whether a field of this name is expected to hold a credential: `password`,
/// `accessToken`, `X-Api-Key`; not `password_reset_url` or `max_tokens`.
#[must_use]
pub fn is_credential_name(name: &str) -> bool {
    const PASSWORDS: [&str; 5] = ["password", "passwd", "passphrase", "pwd", "secret"];
    const ABOUT: [&str; 12] = [
        "field", "type", "length", "policy", "url", "uri", "path", "id", "name", "hint", "reset",
        "form",
    ];
    const LAST: [&str; 14] = [
        "token",
        "apikey",
        "accesskey",
        "privatekey",
        "authorization",
        "credential",
        "credentials",
        "cookie",
        "jwt",
        "sid",
        "sessionid",
        "signature",
        "otp",
        "csrf",
    ];
    const KEYS: [&str; 8] = [
        "api",
        "access",
        "private",
        "secret",
        "auth",
        "subscription",
        "functions",
        "signing",
    ];
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let ends = |word: &str, with: &[&str]| with.iter().any(|end| word.ends_with(end));
    let is_password = words.iter().any(|word| {
        ends(
            word.trim_end_matches(|c: char| c.is_ascii_digit()),
            &PASSWORDS,
        )
    });
    if is_password {
        return !ABOUT.contains(&last.as_str());
    }
    let before = before.last().map(String::as_str);
    match (before, last.as_str()) {
        (Some(kind), "key") => KEYS.contains(&kind),
        (Some("session"), "id") => true,
        (_, last) => last.len() > 2 && (LAST.contains(&last) || ends(last, &LAST[..4])),
    }
}

/// The words of a name, in lower case: `accessToken` and `X-Access_Token` are two
/// and three.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether what stands beneath a field of this name is one: `token`, `tokens`, `session`.
pub(crate) fn holds_credentials(name: &str) -> bool {
    let one = name.strip_suffix('s').unwrap_or(name);
    is_credential_name(name)
        || is_credential_name(one)
        || words(one).last().is_some_and(|last| last == "session")
}

/// A credential without the scheme of `Authorization` before it, which may be shown.
#[must_use]
pub fn without_scheme(value: &str) -> &str {
    const SCHEMES: [&str; 5] = ["bearer", "basic", "token", "digest", "apikey"];
    match value.split_once(' ') {
        Some((scheme, rest)) if SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) => rest,
        _ => value,
    }
}

/// Whether a value cannot be an ordinary word.
#[must_use]
pub fn is_telling(value: &str) -> bool {
    value.len() >= LONG_VALUE_BYTES
        || value.len() >= MIN_VALUE_BYTES && value.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_credentials() {
        for name in [
            "password",
            "Password2",
            "new_password",
            "userPassword",
            "db.passwd",
            "client_secret",
            "accessToken",
            "X-Api-Key",
            "api_key",
            "apikey",
            "csrfmiddlewaretoken",
            "Cookie",
            "Authorization",
            "Proxy-Authorization",
            "sessionid",
            "session_id",
            "X-Auth-Token",
            "Ocp-Apim-Subscription-Key",
            "sid",
            "otp",
        ] {
            assert!(is_credential_name(name), "{name}");
        }
        for name in [
            "",
            "user",
            "max_tokens",
            "token_type",
            "password_reset",
            "password_field",
            "inside",
            "Idempotency-Key",
            "key",
            "primary_key",
            "sessions",
            "author",
            "cookies",
        ] {
            assert!(!is_credential_name(name), "{name}");
        }
    }

    #[test]
    fn names_tell_what_is_beneath() {
        for name in [
            "token",
            "tokens",
            "access_tokens",
            "apiKeys",
            "credentials",
            "session",
            "sessions",
            "cookies",
        ] {
            assert!(holds_credentials(name), "{name}");
        }
        for name in ["residence", "users", "token_type", "items", "keys", "s"] {
            assert!(!holds_credentials(name), "{name}");
        }
    }
}
