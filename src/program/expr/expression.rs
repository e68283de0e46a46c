//! Expressions, compiled to slots.

use crate::model::SlotId;
use crate::program::code::variables::UserFact;
use crate::program::data::feed::FeedRef;
use crate::program::expr::fake::Fake;
use crate::program::expr::function::Function;
use crate::program::expr::time::Now;

/// An expression over a user's variables.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A value written down.
    Literal(Literal),
    /// A variable.
    Variable(SlotId),
    /// A field of an object.
    Field(Box<Self>, Box<str>),
    /// An element of a list, from 0; negative from its end.
    Index(Box<Self>, Box<Self>),
    /// A list.
    List(Vec<Self>),
    /// `not x`.
    Not(Box<Self>),
    /// `-x`.
    Negate(Box<Self>),
    /// `a and b`: the first that does not hold, else the last.
    And(Box<Self>, Box<Self>),
    /// `a or b`: the first that holds, else the last; what is unset does not hold.
    Or(Box<Self>, Box<Self>),
    /// An operator on two values.
    Binary(Binary, Box<Self>, Box<Self>),
    /// `x is defined`.
    IsDefined(Box<Self>),
    /// `uuid()`: a random UUID (version 4).
    Uuid,
    /// `hex(n)`: n random hexadecimal digits.
    Hex(Box<Self>),
    /// `int(a, b)`: a random whole number, both ends included.
    Int(Box<Self>, Box<Self>),
    /// `float(a, b)`: a random number.
    Float(Box<Self>, Box<Self>),
    /// `choice([...])`: one of the elements.
    Choice(Vec<Self>),
    /// `choice(x)`: one element of a list that is known only in the run.
    ChoiceOf(Box<Self>),
    /// `now()`: the time.
    Now(Now),
    /// A function of one value, or of two.
    Apply(Function, Box<Self>, Option<Box<Self>>),
    /// `x | default(y)`: y where x is `none` or has no value.
    Default(Box<Self>, Box<Self>),
    /// `sequence()`: the next number of a sequence of the program.
    Sequence(u16),
    /// `user.number` and so on.
    User(UserFact),
    /// `fake.name()` and so on.
    Fake(Fake),
    /// `accounts.name`: a field of the row that the user holds.
    Cell(FeedRef, u16),
    /// `accounts`: the row itself, as an object.
    Row(FeedRef),
}

impl Expression {
    /// The first variable in it, whatever is done with it.
    pub(crate) fn first_variable(&self) -> Option<SlotId> {
        match self {
            Self::Variable(slot) => Some(*slot),
            // Which element it is says nothing of where the list is from.
            Self::Index(list, _) => list.first_variable(),
            _ => self.parts().into_iter().find_map(Self::first_variable),
        }
    }

    /// The expressions that it is made of, in their order; of a chain of fields,
    /// which may be long, what that begins with.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Field(..) => {
                let mut base = self;
                while let Self::Field(inner, _) = base {
                    base = inner;
                }
                vec![base]
            }
            Self::Not(inner)
            | Self::Negate(inner)
            | Self::IsDefined(inner)
            | Self::ChoiceOf(inner)
            | Self::Hex(inner) => vec![inner],
            Self::List(items) | Self::Choice(items) => items.iter().collect(),
            Self::And(left, right)
            | Self::Or(left, right)
            | Self::Default(left, right)
            | Self::Index(left, right)
            | Self::Int(left, right)
            | Self::Float(left, right)
            | Self::Binary(_, left, right) => vec![left, right],
            Self::Apply(_, first, second) => {
                let second = second.as_deref();
                std::iter::once(&**first).chain(second).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it has the same value whenever and for whomever it is evaluated.
    pub(crate) fn is_constant(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::List(items) => items.iter().all(Self::is_constant),
            Self::Not(one) | Self::Negate(one) | Self::IsDefined(one) | Self::Field(one, _) => {
                one.is_constant()
            }
            Self::And(left, right)
            | Self::Or(left, right)
            | Self::Default(left, right)
            | Self::Index(left, right)
            | Self::Binary(_, left, right) => left.is_constant() && right.is_constant(),
            Self::Apply(_, first, second) => {
                let second = second.as_ref();
                first.is_constant() && second.is_none_or(|second| second.is_constant())
            }
            _ => false,
        }
    }
}

/// An operator on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`: sum, or texts joined.
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`: always a float.
    Divide,
    /// `%`: never negative for a positive divisor.
    Remainder,
    /// `in`: element of a list, part of a text, field of an object.
    In,
}

/// A value written down.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `none`
    None,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// A JSON number in its spelling, as `1.50`.
    Number(Box<str>),
    /// A text.
    Text(Box<str>),
}

impl Literal {
    /// Whether it holds as a condition.
    pub(crate) fn is_true(&self) -> bool {
        self.value().is_true()
    }
}
