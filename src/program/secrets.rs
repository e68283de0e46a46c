//! Values that are never shown.

use std::borrow::Cow;

use crate::program::encoding::Encoding;

/// The values of `secret()`, in every form in which a message can hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// What is written in their place.
    pub const MASK: &'static str = "***";
    /// The shortest value that is hidden, in bytes: hiding every `1` would hide
    /// nothing and garble everything.
    pub const MIN_BYTES: usize = 4;

    /// Hides these values.
    #[must_use]
    pub fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        const FORMS: [Encoding; 4] = [
            Encoding::Raw,
            Encoding::JsonString,
            Encoding::Query,
            Encoding::Form,
        ];
        let values = values.into_iter();
        let forms = values
            .filter(|value| value.len() >= Self::MIN_BYTES)
            .flat_map(|value| FORMS.map(|form| form.encode(value)))
            .flatten();
        let mut all: Vec<_> = forms
            .filter_map(|form| String::from_utf8(form).ok())
            .collect();
        // The longest first: one may be part of another.
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        Self(all)
    }

    /// The text with every secret replaced. Costs nothing without secrets.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in &self.0 {
            if masked.contains(secret.as_str()) {
                masked = Cow::Owned(masked.replace(secret.as_str(), Self::MASK));
            }
        }
        masked
    }

    /// The same of the beginning of a text: a secret at the end of which only
    /// the first bytes are there is replaced as well.
    #[must_use]
    pub fn mask_beginning<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let masked = self.mask(text);
        let cut_off = |secret: &String| {
            let ends = (Self::MIN_BYTES..secret.len()).rev();
            let starts = ends.filter_map(|end| secret.get(..end));
            starts
                .filter(|start| masked.ends_with(*start))
                .map(str::len)
                .next()
        };
        match self.0.iter().filter_map(cut_off).max() {
            Some(len) => Cow::Owned(format!("{}{}", &masked[..masked.len() - len], Self::MASK)),
            None => masked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_values_in_every_form() {
        let secrets = Secrets::new(["p&ss \"word\"", "p&ss", "abc"]);
        for text in [
            "x p&ss \"word\" y",
            "x p&ss \\\"word\\\" y",
            "x p%26ss%20%22word%22 y",
            "x p%26ss+%22word%22 y",
            "x p&ss y",
        ] {
            assert_eq!(secrets.mask(text), "x *** y", "{text}");
        }
        assert_eq!(secrets.mask("abc"), "abc", "too short to hide");
        assert!(matches!(Secrets::default().mask("x"), Cow::Borrowed("x")));
    }
}
