//! Evaluating expressions. Nothing here panics or overflows: what has no value
//! says so.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::SlotId;
use crate::program::code::variables::Variables;
use crate::program::data::sequences::Sequences;
use crate::program::expr::expression::{Binary, Expression, Literal};
use crate::program::expr::value::{SmallText, Value};
use crate::program::expr::{number, operators};
use crate::program::json::extract;
use crate::program::json::path::Segment;

/// What a request is rendered with beside the user's variables.
#[derive(Debug)]
pub struct EvalContext<'a> {
    /// Randomness of the shard.
    pub rng: &'a mut fastrand::Rng,
    /// The wall clock, in microseconds since 1970; what `now()` gives.
    pub unix_us: u64,
    /// The sequences of the run; what `sequence()` takes from.
    pub sequences: &'a Sequences,
}

/// What something is evaluated with beside a run: it takes nothing from the
/// sequences and the randomness of that.
#[derive(Debug)]
pub(crate) struct DetachedContext {
    rng: fastrand::Rng,
    sequences: Sequences,
}

impl DetachedContext {
    pub(crate) fn new() -> Self {
        Self {
            rng: fastrand::Rng::with_seed(0),
            sequences: Sequences::default(),
        }
    }

    /// At this time of the wall clock, which may be 0 where nothing asks for it.
    pub(crate) fn context(&mut self, unix_us: u64) -> EvalContext<'_> {
        EvalContext {
            rng: &mut self.rng,
            unix_us,
            sequences: &self.sequences,
        }
    }
}

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// A variable is not set yet.
    Unset(SlotId),
    /// There is no row of the data that this stands for.
    NoRow(SlotId),
    /// A variable would be larger than it may.
    TooLarge(SlotId),
    /// What it makes would be larger than a variable may be.
    Oversized,
    /// Wrong type, no such field, division by zero, overflow.
    NoValue,
    /// A number was compared with something else.
    Incomparable,
}

/// The longest text that `hex` makes.
const MAX_HEX_DIGITS: i64 = 65_536;

type Evaluated<'a> = Result<Value<'a>, Missing>;

impl Expression {
    pub(crate) fn evaluate<'a>(
        &'a self,
        variables: &'a Variables,
        context: &mut EvalContext<'_>,
    ) -> Evaluated<'a> {
        match self {
            Self::Literal(literal) => Ok(literal.value()),
            Self::Variable(slot) => variables.value(*slot).ok_or_else(|| {
                if variables.is_too_large(*slot) {
                    Missing::TooLarge(*slot)
                } else {
                    Missing::Unset(*slot)
                }
            }),
            Self::Field(..) => self.fields(variables, context),
            Self::Index(base, index) => {
                let base = base.evaluate(variables, context)?;
                let index = index.evaluate(variables, context)?;
                element(base, &index)
            }
            Self::List(items) => items
                .iter()
                .map(|item| item.evaluate(variables, context))
                .collect::<Result<_, _>>()
                .map(Value::List),
            Self::Not(inner) => Ok(Value::Bool(!inner.holds(variables, context)?)),
            Self::Negate(inner) => operators::negate(&inner.evaluate(variables, context)?),
            Self::And(left, right) => {
                let left = left.evaluate(variables, context)?;
                if left.is_true() {
                    right.evaluate(variables, context)
                } else {
                    Ok(left)
                }
            }
            Self::Or(left, right) => match left.evaluate(variables, context) {
                Ok(left) if left.is_true() => Ok(left),
                Err(Missing::Incomparable) => Err(Missing::Incomparable),
                _ => right.evaluate(variables, context),
            },
            Self::Binary(
                operator @ (Binary::Equal | Binary::NotEqual | Binary::In),
                left,
                right,
            ) => {
                let left = left.value_or_null(variables, context)?;
                let right = right.value_or_null(variables, context)?;
                operators::apply(*operator, &left, &right)
            }
            Self::Binary(operator, left, right) => {
                let left = left.evaluate(variables, context)?;
                let right = right.evaluate(variables, context)?;
                operators::apply(*operator, &left, &right)
            }
            Self::IsDefined(inner) => match inner.evaluate(variables, context) {
                Err(Missing::Incomparable) => Err(Missing::Incomparable),
                found => Ok(Value::Bool(found.is_ok())),
            },
            _ => self.call(variables, context),
        }
    }

    /// The value of a chain of fields: a loop, because a chain may be far longer
    /// than a thread's stack is deep.
    fn fields<'a>(
        &'a self,
        variables: &'a Variables,
        context: &mut EvalContext<'_>,
    ) -> Evaluated<'a> {
        let base = |expression: &'a Self| match expression {
            Self::Field(base, _) => Some(&**base),
            _ => None,
        };
        let chain = || std::iter::successors(Some(self), |at| base(at));
        let length = chain().count() - 1;
        let first = chain().last().unwrap_or(self);
        let mut value = first.evaluate(variables, context)?;
        for at in (0..length).rev() {
            if let Some(Self::Field(_, name)) = chain().nth(at) {
                value = field(value, name)?;
            }
        }
        Ok(value)
    }

    /// The value of a function.
    fn call<'a>(
        &'a self,
        variables: &'a Variables,
        context: &mut EvalContext<'_>,
    ) -> Evaluated<'a> {
        match self {
            Self::Uuid => uuid(context.rng),
            Self::Hex(digits) => hex(&digits.evaluate(variables, context)?, context.rng),
            Self::Int(low, high) => {
                let low = number::whole(&low.evaluate(variables, context)?);
                let high = number::whole(&high.evaluate(variables, context)?);
                match (low, high) {
                    (Some(low), Some(high)) if low <= high => {
                        Ok(Value::Int(context.rng.i64(low..=high)))
                    }
                    _ => Err(Missing::NoValue),
                }
            }
            Self::Float(low, high) => {
                let low = number::float(&low.evaluate(variables, context)?);
                let high = number::float(&high.evaluate(variables, context)?);
                match (low, high) {
                    (Some(low), Some(high)) if low <= high => {
                        operators::finite(low + (high - low) * context.rng.f64())
                    }
                    _ => Err(Missing::NoValue),
                }
            }
            Self::Choice(items) if !items.is_empty() => {
                let index = context.rng.usize(..items.len());
                items[index].evaluate(variables, context)
            }
            Self::ChoiceOf(list) => choice(list.evaluate(variables, context)?, context.rng),
            Self::Now(now) => now.value(context.unix_us),
            Self::Apply(function, first, second) => {
                let first = first.evaluate(variables, context)?;
                let second = match second {
                    Some(second) => second.evaluate(variables, context)?,
                    None => Value::None,
                };
                function.apply(first, &second)
            }
            Self::Default(left, right) => match left.evaluate(variables, context) {
                Err(Missing::Incomparable) => Err(Missing::Incomparable),
                Ok(Value::None) | Err(_) => right.evaluate(variables, context),
                found => found,
            },
            Self::Sequence(sequence) => context
                .sequences
                .take(*sequence)
                .map(Value::Int)
                .ok_or(Missing::NoValue),
            Self::User(fact) => Ok(variables.fact(*fact)),
            Self::Fake(fake) => fake.make(context.rng),
            Self::Cell(feed, column) => {
                let row = variables.row(feed.id).ok_or(Missing::NoRow(feed.missing))?;
                let value = feed.feed.rows.value(row, *column);
                value.ok_or(Missing::NoValue)
            }
            Self::Row(feed) => {
                let row = variables.row(feed.id).ok_or(Missing::NoRow(feed.missing))?;
                let json = feed.feed.rows.object(row).ok_or(Missing::NoValue)?;
                Ok(Value::Json(json.into()))
            }
            _ => Err(Missing::NoValue),
        }
    }

    /// Whether the expression holds as a condition. What has no value does not,
    /// whether it is `null` or not set; only what cannot be compared is an error.
    pub(crate) fn holds(
        &self,
        variables: &Variables,
        context: &mut EvalContext<'_>,
    ) -> Result<bool, Missing> {
        match self.evaluate(variables, context) {
            Ok(value) => Ok(value.is_true()),
            Err(Missing::Incomparable) => Err(Missing::Incomparable),
            Err(_) => Ok(false),
        }
    }

    /// The value to compare; `null` where there is none.
    fn value_or_null<'a>(
        &'a self,
        variables: &'a Variables,
        context: &mut EvalContext<'_>,
    ) -> Evaluated<'a> {
        match self.evaluate(variables, context) {
            Err(Missing::Unset(_) | Missing::NoValue) => Ok(Value::None),
            found => found,
        }
    }
}

impl Literal {
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::None => Value::None,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(int) => Value::Int(*int),
            Self::Float(float) => Value::Float(*float),
            Self::Number(number) => Value::Number(Cow::Borrowed(number)),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
        }
    }
}

fn field<'a>(base: Value<'a>, name: &str) -> Evaluated<'a> {
    let Value::Json(json) = base else {
        return Err(Missing::NoValue);
    };
    let segment = [Segment::Field(name.into())];
    inside(json, &segment)
}

/// The value at a path inside JSON text.
fn inside<'a>(json: Cow<'a, str>, path: &[Segment]) -> Evaluated<'a> {
    match json {
        Cow::Borrowed(json) => extract::within(json, path)
            .and_then(extract::decode)
            .ok_or(Missing::NoValue),
        Cow::Owned(json) => extract::within(&json, path)
            .and_then(extract::decode)
            .map(owned)
            .ok_or(Missing::NoValue),
    }
}

/// The same value, without borrowing from a text that goes away.
pub(crate) fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::None | Value::List(_) => Value::None,
        Value::Bool(value) => Value::Bool(value),
        Value::Int(int) => Value::Int(int),
        Value::Float(float) => Value::Float(float),
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
        Value::Number(number) => Value::Number(Cow::Owned(number.into_owned())),
        Value::Latin1(text) => Value::Latin1(Cow::Owned(text.into_owned())),
        Value::Json(json) => Value::Json(Cow::Owned(json.into_owned())),
        Value::Small(small) => Value::Small(small),
    }
}

pub(crate) fn element<'a>(base: Value<'a>, index: &Value<'_>) -> Evaluated<'a> {
    let Value::Int(index) = *index else {
        return match index.as_text() {
            Some(name) => field(base, name),
            None => Err(Missing::NoValue),
        };
    };
    match base {
        Value::List(mut list) => {
            let index = position(index, list.len())?;
            Ok(list.swap_remove(index))
        }
        Value::Json(json) => {
            let len = extract::array_len(&json).ok_or(Missing::NoValue)?;
            let index = position(index, len)?;
            inside(json, &[Segment::Index(index)])
        }
        _ => Err(Missing::NoValue),
    }
}

/// An index that may count from the end.
fn position(index: i64, len: usize) -> Result<usize, Missing> {
    let from_start = if index < 0 {
        index.checked_add_unsigned(len as u64)
    } else {
        Some(index)
    };
    from_start
        .and_then(|index| usize::try_from(index).ok())
        .filter(|&index| index < len)
        .ok_or(Missing::NoValue)
}

fn choice<'a>(list: Value<'a>, rng: &mut fastrand::Rng) -> Evaluated<'a> {
    let len = match &list {
        Value::List(list) => list.len(),
        Value::Json(json) => extract::array_len(json).unwrap_or(0),
        _ => 0,
    };
    if len == 0 {
        return Err(Missing::NoValue);
    }
    let index = i64::try_from(rng.usize(..len)).unwrap_or(0);
    element(list, &Value::Int(index))
}

fn uuid(rng: &mut fastrand::Rng) -> Evaluated<'static> {
    let uuid = uuid::Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid();
    let mut small = SmallText::EMPTY;
    write!(small, "{}", uuid.hyphenated()).map_err(|_| Missing::NoValue)?;
    Ok(Value::Small(small))
}

fn hex(digits: &Value<'_>, rng: &mut fastrand::Rng) -> Evaluated<'static> {
    let Some(digits @ 0..=MAX_HEX_DIGITS) = number::whole(digits) else {
        return Err(Missing::NoValue);
    };
    let mut left = usize::try_from(digits).unwrap_or(0);
    if left <= SmallText::CAPACITY {
        let mut small = SmallText::EMPTY;
        write_hex(&mut small, left, rng)?;
        return Ok(Value::Small(small));
    }
    let mut text = String::with_capacity(left);
    while left > 0 {
        let part = left.min(16);
        write_hex(&mut text, part, rng)?;
        left -= part;
    }
    Ok(Value::Text(Cow::Owned(text)))
}

fn write_hex(
    out: &mut impl std::fmt::Write,
    digits: usize,
    rng: &mut fastrand::Rng,
) -> Result<(), Missing> {
    let mut random = 0;
    for index in 0..digits {
        if index % 16 == 0 {
            random = rng.u64(..);
        }
        let digit = char::from_digit((random & 15) as u32, 16).unwrap_or('0');
        out.write_char(digit).map_err(|_| Missing::NoValue)?;
        random >>= 4;
    }
    Ok(())
}
