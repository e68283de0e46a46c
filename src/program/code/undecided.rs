//! What a condition found that it cannot decide by: worked out anew for the few
//! failures that are shown.

use crate::model::ActualValue;
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::{DetachedContext, EvalContext, Missing};
use crate::program::expr::expression::Expression;
use crate::program::expr::value::Value;
use crate::program::expr::{number, operators};
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;
use crate::program::response::actual_value::json_value;

impl Expression {
    /// Of a comparison in it that cannot be made, the side that is no number;
    /// else its value. `unix_us` is the wall clock.
    pub(crate) fn actual_value(&self, variables: &Variables, unix_us: u64) -> Option<ActualValue> {
        let mut beside = DetachedContext::new();
        let mut context = beside.context(unix_us);
        let value = match self.evaluate(variables, &mut context) {
            Ok(value) => value,
            Err(_) => self.incomparable(variables, &mut context)?,
        };
        let mut json = Vec::new();
        encoding::write(&mut json, &value, Encoding::JsonValue).ok()?;
        Some(json_value(str::from_utf8(&json).ok()?))
    }

    fn incomparable<'a>(
        &'a self,
        variables: &'a Variables,
        context: &mut EvalContext<'_>,
    ) -> Option<Value<'a>> {
        if let Self::Binary(operator, left, right) = self
            && let Ok(left) = left.evaluate(variables, context)
            && let Ok(right) = right.evaluate(variables, context)
        {
            let compared = operators::apply(*operator, &left, &right);
            let is_number = number::of_value(&left).is_some();
            return match compared {
                Err(Missing::Incomparable) if is_number => Some(right),
                Err(Missing::Incomparable) => Some(left),
                _ => None,
            };
        }
        let mut parts = self.parts().into_iter();
        parts.find_map(|part| part.incomparable(variables, context))
    }
}
