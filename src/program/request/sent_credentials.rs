//! Variables whose values are sent as credentials: known before the run by where
//! they stand in messages, so that a token is hidden from the moment it is captured.

use crate::model::SlotId;
use crate::program::code::assignment::Assigned;
use crate::program::code::instruction::Instruction;
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::DetachedContext;
use crate::program::expr::expression::{Binary, Expression};
use crate::program::expr::function::Function;
use crate::program::expr::value::Value;
use crate::program::json::extract;
use crate::program::request::Request;
use crate::program::request::credential_names::{is_credential_name, is_telling, without_scheme};

/// What of a user's variables and rows is sent as a credential.
#[derive(Clone, Debug, Default)]
pub struct SentCredentials {
    /// Variables, fields of them, and fields of rows.
    paths: Vec<Expression>,
}

impl SentCredentials {
    /// Those of a program: what its requests send under the name of a credential,
    /// variables that have such a name, and what these are set from.
    pub(crate) fn of(requests: &[Request], code: &[Instruction], slots: &[String]) -> Self {
        let mut credentials = Self::default();
        for (at, name) in slots.iter().enumerate() {
            if is_credential_name(name) {
                credentials.add(&Expression::Variable(SlotId::from(at)));
            }
        }
        for template in requests.iter().flat_map(Request::templates) {
            template.each_hole(&mut String::new(), &mut |before, value| {
                if field_name(before).is_some_and(is_credential_name) {
                    credentials.add(value);
                }
            });
        }
        loop {
            let known = credentials.paths.len();
            code.iter().for_each(|step| credentials.add_source(step));
            if credentials.paths.len() == known {
                return credentials;
            }
        }
    }

    /// Whether a variable as a whole is a credential.
    pub(crate) fn contains(&self, slot: SlotId) -> bool {
        self.paths.contains(&Expression::Variable(slot))
    }

    /// The values of a user that are hidden wherever they occur: those that
    /// cannot be ordinary words.
    pub(crate) fn values(&self, variables: &Variables) -> Vec<String> {
        let mut values = Vec::new();
        // Paths do not ask for the time.
        let mut beside = DetachedContext::new();
        let mut context = beside.context(0);
        for path in &self.paths {
            match path.evaluate(variables, &mut context) {
                Ok(Value::Json(list)) => {
                    let elements = extract::elements(&list).unwrap_or_default();
                    let elements = elements.into_iter().filter_map(extract::decode);
                    elements.for_each(|one| add_value(&mut values, &one));
                }
                Ok(value) => add_value(&mut values, &value),
                Err(_) => {}
            }
        }
        values
    }

    /// Adds what a value passes on unchanged.
    fn add(&mut self, value: &Expression) {
        match value {
            _ if self.paths.contains(value) => {}
            Expression::Variable(_) | Expression::Cell(..) | Expression::Field(..) => {
                self.paths.push(value.clone());
            }
            Expression::Index(_, index) if index.is_constant() => self.paths.push(value.clone()),
            Expression::Or(left, right)
            | Expression::And(left, right)
            | Expression::Default(left, right)
            | Expression::Binary(Binary::Add, left, right) => {
                self.add(left);
                self.add(right);
            }
            Expression::Apply(Function::Raw | Function::Trim | Function::ToString, of, _) => {
                self.add(of);
            }
            _ => {}
        }
    }

    /// Adds what a step sets one of them from.
    fn add_source(&mut self, step: &Instruction) {
        match step {
            Instruction::Set(set) if self.uses(set.slot) => match &set.value {
                Assigned::Value(value) => self.add(value),
                Assigned::Text(text) | Assigned::Json(text) => {
                    text.each_hole(&mut String::new(), &mut |_, value| self.add(value));
                }
            },
            Instruction::Element {
                slot,
                from: Some(from),
                ..
            } if self.uses(*slot) => self.add(&Expression::Variable(*from)),
            _ => {}
        }
    }

    /// Whether a variable, or a part of it, is one of them.
    fn uses(&self, slot: SlotId) -> bool {
        let mut variables = self.paths.iter().map(Expression::first_variable);
        variables.any(|variable| variable == Some(slot))
    }
}

fn add_value(values: &mut Vec<String>, value: &Value<'_>) {
    let text = value.as_text().map(without_scheme).unwrap_or_default();
    if is_telling(text) && !values.iter().any(|known| known == text) {
        values.push(text.to_owned());
    }
}

/// The name of the field whose value begins or goes on behind this text of a
/// message: a header field, or `name=`, `"name": "`.
fn field_name(before: &str) -> Option<&str> {
    const QUOTES: [char; 4] = [' ', '"', '\'', '\\'];
    let is_name = |c: char| c.is_ascii_alphanumeric() || ['_', '-', '.'].contains(&c);
    let line = before.rsplit('\n').next().unwrap_or(before);
    if let Some((name, _)) = line.split_once(':')
        && !name.is_empty()
        && name.chars().all(is_name)
    {
        return Some(name);
    }
    let name = before.trim_end_matches(QUOTES).strip_suffix(['=', ':'])?;
    let name = name.trim_end_matches(QUOTES);
    name.rsplit(|c| !is_name(c)).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_of_a_value_is_known_by_what_stands_before_it() {
        for (before, name) in [
            ("GET / HTTP/1.1\r\nAuthorization: ", Some("Authorization")),
            (
                "GET / HTTP/1.1\r\nAuthorization: Bearer ",
                Some("Authorization"),
            ),
            ("GET / HTTP/1.1\r\nCookie: theme=dark; sid=", Some("Cookie")),
            ("X-Api-Key: ", Some("X-Api-Key")),
            ("GET /x?page=2&token=", Some("token")),
            ("GET /x?page=", Some("page")),
            ("user=a&password=", Some("password")),
            (r#"{"user": "a", "api_key": ""#, Some("api_key")),
            (r#"{"a":{"token":"#, Some("token")),
            ("GET /a:b/", None),
            ("GET /items/", None),
            ("", None),
            ("ä=", Some("")),
        ] {
            assert_eq!(field_name(before), name, "{before}");
        }
    }
}
