//! Setting variables.

use crate::model::{Failure, NameId, SlotId};
use crate::program::code::cursor::Setting;
use crate::program::code::memory::MOST_OF_VARIABLE;
use crate::program::expr::evaluate::Missing;
use crate::program::expr::expression::Expression;
use crate::program::expr::value::Value;
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;
use crate::program::request::template::Template;

/// A variable and what it is set to.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub(crate) slot: SlotId,
    /// The first variable in its new value, whose address it takes over.
    pub(crate) from: Option<SlotId>,
    /// The row of the task that fails where it becomes too large; only what is
    /// made of a variable can grow.
    pub(crate) task: Option<NameId>,
    pub(crate) value: Assigned,
}

/// What a variable is set to.
#[derive(Clone, Debug)]
pub enum Assigned {
    /// The value of an expression, which keeps its type.
    Value(Expression),
    /// A text.
    Text(Template),
    /// A JSON value.
    Json(Template),
}

impl Assigned {
    /// The first variable in it.
    pub(crate) fn first_variable(&self) -> Option<SlotId> {
        match self {
            Self::Value(expression) => expression.first_variable(),
            Self::Text(template) | Self::Json(template) => template.first_variable(),
        }
    }
}

impl Assignment {
    /// Sets the variable; what has no value, or one that is too large, unsets it.
    pub(crate) fn apply(&self, setting: &mut Setting<'_>) {
        // The old value may be part of the new one: that is written elsewhere first.
        let out = &mut setting.scratch.body;
        out.clear();
        let (variables, context) = (&mut *setting.variables, &mut setting.context);
        let mut form = Encoding::JsonValue;
        // Where it could not be: whether something in it is too large.
        let written: Result<(), bool> = match &self.value {
            Assigned::Value(expression) => match expression.evaluate(variables, context) {
                Ok(value) => {
                    if let Value::Latin1(_) = value {
                        form = Encoding::Raw;
                    }
                    encoding::write(out, &value, form).map_err(|_| false)
                }
                Err(missing) => Err(matches!(missing, Missing::TooLarge(_) | Missing::Oversized)),
            },
            Assigned::Text(template) | Assigned::Json(template) => template
                .write(out, variables, context)
                .map_err(|why| matches!(why, Failure::TooLarge(_))),
        };
        if written == Err(true) || out.len() > MOST_OF_VARIABLE {
            variables.refuse(self.slot);
            *out = Vec::new();
            return;
        }
        match (&self.value, form) {
            _ if written.is_err() => variables.unset(self.slot),
            (Assigned::Text(_), _) | (Assigned::Value(_), Encoding::Raw) => {
                variables.set_bytes(self.slot, out);
            }
            (Assigned::Json(_) | Assigned::Value(_), _) => match str::from_utf8(out) {
                Ok(json) => variables.set_json(self.slot, json),
                Err(_) => variables.unset(self.slot),
            },
        }
        variables.copy_source(self.slot, self.from);
    }
}
