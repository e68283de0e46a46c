/// The value of `Content-Type`: a type and its parameters (RFC 9110, section 8.3.1).
#[derive(Clone, Copy, Debug)]
pub struct MediaType<'v>(&'v [u8]);

impl<'v> MediaType<'v> {
    /// Of this value.
    #[must_use]
    pub const fn new(value: &'v [u8]) -> Self {
        Self(value)
    }

    /// The type without its parameters, in small letters: `text/html`.
    #[must_use]
    pub fn essence(self) -> String {
        let essence = self.0.split(|&byte| byte == b';').next();
        let essence = essence.unwrap_or_default().trim_ascii();
        String::from_utf8_lossy(essence).to_ascii_lowercase()
    }

    /// The values of the parameters of this name, without the quotes around them.
    pub fn parameters(self, name: &str) -> impl Iterator<Item = &'v [u8]> {
        let parameters = self.0.split(|&byte| byte == b';').skip(1);
        parameters.filter_map(move |parameter| {
            let equals = parameter.iter().position(|&byte| byte == b'=');
            let (key, value) = parameter.split_at(equals.unwrap_or(parameter.len()));
            let is_named = key.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
            is_named.then(|| unquoted(value.get(1..).unwrap_or_default()))
        })
    }
}

fn unquoted(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii();
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    value.strip_suffix(b"\"").unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_parameters() {
        let media = MediaType::new(b" Multipart/Mixed ;a=1; BOUNDARY = \"x y\" ;boundary");
        assert_eq!(media.essence(), "multipart/mixed");
        let of = |name| media.parameters(name).collect::<Vec<_>>();
        assert_eq!(of("boundary"), [&b"x y"[..], b""]);
        assert_eq!(of("a"), [b"1"]);
        assert!(of("charset").is_empty());
        assert_eq!(MediaType::new(b"").essence(), "");
    }
}
