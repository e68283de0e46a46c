//! Functions of values: the same arguments always give the same value.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::model::{latin1_bytes, latin1_text};
use crate::program::code::memory::MOST_OF_VARIABLE;
use crate::program::expr::evaluate::Missing;
use crate::program::expr::value::{SmallText, Value};
use crate::program::expr::{evaluate, number};
use crate::program::json::extract;
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;

/// A function of one or two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Base64 of a text.
    Base64,
    /// Base64 in the alphabet of URLs, without padding.
    Base64Url,
    /// The text that a Base64 text stands for, in either alphabet.
    Base64Decode,
    /// SHA-256 of a text, in hexadecimal digits.
    Sha256,
    /// MD5 of a text, in hexadecimal digits.
    Md5,
    /// HMAC-SHA-256 of the second text under the first, in hexadecimal digits.
    HmacSha256,
    /// The same in Base64.
    HmacSha256Base64,
    /// A text as it stands in the query of a URL.
    UrlEncode,
    /// In capitals.
    Upper,
    /// In small letters.
    Lower,
    /// Without the space around it.
    Trim,
    /// How many characters, elements or fields there are.
    Length,
    /// The first element, or character.
    First,
    /// The last element, or character.
    Last,
    /// The elements of a list, the second text between them.
    Join,
    /// The JSON of a value, as text.
    Json,
    /// A whole number: of a text, or what is before the point.
    ToInt,
    /// A number: of a text, or the number itself.
    ToFloat,
    /// A value as text.
    ToString,
    /// The value itself: the place that it goes to leaves it as it is.
    Raw,
}

/// Reads with and without padding.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

type Evaluated<'a> = Result<Value<'a>, Missing>;

impl Function {
    /// The value for its arguments; those of one argument leave the second alone.
    pub(crate) fn apply<'a>(self, first: Value<'a>, second: &Value<'_>) -> Evaluated<'a> {
        match self {
            Self::Base64 => base64(&bytes(&first)?, &general_purpose::STANDARD),
            Self::Base64Url => base64(&bytes(&first)?, &general_purpose::URL_SAFE_NO_PAD),
            Self::Base64Decode => base64_decode(&text(&first)?),
            Self::Sha256 => hex(&Sha256::digest(&*bytes(&first)?)),
            Self::Md5 => hex(&Md5::digest(&*bytes(&first)?)),
            Self::HmacSha256 => hex(&hmac_sha256(&first, second)?),
            Self::HmacSha256Base64 => {
                base64(&hmac_sha256(&first, second)?, &general_purpose::STANDARD)
            }
            Self::UrlEncode => {
                let mut out = Vec::new();
                encoding::write(&mut out, &as_text(first)?, Encoding::Query)
                    .map_err(|_| Missing::NoValue)?;
                owned(out)
            }
            Self::Upper => Ok(Value::Text(text(&first)?.to_uppercase().into())),
            Self::Lower => Ok(Value::Text(text(&first)?.to_lowercase().into())),
            Self::Trim => Ok(match first {
                Value::Text(Cow::Borrowed(text)) => Value::Text(Cow::Borrowed(text.trim())),
                other => Value::Text(text(&other)?.trim().to_owned().into()),
            }),
            Self::Length => length(&first),
            Self::First | Self::Last => end(first, self == Self::First),
            Self::Join => join(&first, &text(second)?),
            Self::Json => {
                let mut out = Vec::new();
                encoding::write(&mut out, &first, Encoding::JsonValue)
                    .map_err(|_| Missing::NoValue)?;
                owned(out)
            }
            Self::ToInt => to_int(&first),
            Self::ToFloat => to_float(&first),
            Self::Raw => Ok(first),
            Self::ToString => Ok(Value::Text(text(&first)?.into_owned().into())),
        }
    }
}

/// A value as the text that it is in a text.
fn text<'v>(value: &'v Value<'_>) -> Result<Cow<'v, str>, Missing> {
    if let Some(text) = value.as_text() {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::new();
    encoding::write(&mut out, value, Encoding::Raw).map_err(|_| Missing::NoValue)?;
    let text = String::from_utf8(out).map_err(|_| Missing::NoValue)?;
    Ok(Cow::Owned(text))
}

/// A value as the text that it is in a text, of which bytes are kept.
fn as_text(value: Value<'_>) -> Result<Value<'_>, Missing> {
    match value {
        Value::Text(_) | Value::Latin1(_) => Ok(value),
        other => Ok(Value::Text(text(&other)?.into_owned().into())),
    }
}

/// The bytes of a value in a text.
fn bytes<'v>(value: &'v Value<'_>) -> Result<Cow<'v, [u8]>, Missing> {
    if let Value::Latin1(text) = value {
        return Ok(latin1_bytes(text));
    }
    Ok(match text(value)? {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

fn owned(bytes: Vec<u8>) -> Evaluated<'static> {
    let text = String::from_utf8(bytes).map_err(|_| Missing::NoValue)?;
    Ok(Value::Text(text.into()))
}

fn base64(bytes: &[u8], engine: &GeneralPurpose) -> Evaluated<'static> {
    let mut buffer = [0; SmallText::CAPACITY];
    if let Ok(len) = engine.encode_slice(bytes, &mut buffer)
        && let Ok(text) = std::str::from_utf8(&buffer[..len])
    {
        let mut small = SmallText::EMPTY;
        small.write_str(text).map_err(|_| Missing::NoValue)?;
        return Ok(Value::Small(small));
    }
    Ok(Value::Text(engine.encode(bytes).into()))
}

fn base64_decode(text: &str) -> Evaluated<'static> {
    let text = text.trim();
    let engine = if text.contains(['-', '_']) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    let bytes = engine.decode(text).map_err(|_| Missing::NoValue)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Value::Text(text.into()),
        Err(error) => Value::Latin1(latin1_text(error.as_bytes()).into_owned().into()),
    })
}

fn hmac_sha256(key: &Value<'_>, message: &Value<'_>) -> Result<[u8; 32], Missing> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&bytes(key)?).map_err(|_| Missing::NoValue)?;
    mac.update(&bytes(message)?);
    Ok(mac.finalize().into_bytes().into())
}

fn hex(bytes: &[u8]) -> Evaluated<'static> {
    let mut small = SmallText::EMPTY;
    for byte in bytes {
        write!(small, "{byte:02x}").map_err(|_| Missing::NoValue)?;
    }
    Ok(Value::Small(small))
}

fn length(value: &Value<'_>) -> Evaluated<'static> {
    let length = match value {
        Value::List(list) => Some(list.len()),
        Value::Json(json) => extract::array_len(json).or_else(|| extract::object_len(json)),
        _ => value.as_text().map(|text| text.chars().count()),
    };
    let length = length.and_then(|length| i64::try_from(length).ok());
    length.map(Value::Int).ok_or(Missing::NoValue)
}

fn end(value: Value<'_>, is_first: bool) -> Evaluated<'_> {
    if let Some(text) = value.as_text() {
        let mut chars = text.chars();
        let found = if is_first {
            chars.next()
        } else {
            chars.next_back()
        };
        let found = found.ok_or(Missing::NoValue)?;
        return Ok(Value::Text(found.to_string().into()));
    }
    evaluate::element(value, &Value::Int(if is_first { 0 } else { -1 }))
}

fn join(list: &Value<'_>, between: &str) -> Evaluated<'static> {
    let mut out = Vec::new();
    let mut add = |index: usize, value: &Value<'_>| {
        if index > 0 {
            out.extend_from_slice(between.as_bytes());
        }
        if !matches!(value, Value::None) {
            encoding::write(&mut out, value, Encoding::Raw).map_err(|_| Missing::NoValue)?;
        }
        if out.len() > MOST_OF_VARIABLE {
            return Err(Missing::Oversized);
        }
        Ok(())
    };
    match list {
        Value::List(list) => {
            for (index, value) in list.iter().enumerate() {
                add(index, value)?;
            }
        }
        Value::Json(json) => {
            let elements = extract::elements(json).ok_or(Missing::NoValue)?;
            for (index, json) in elements.into_iter().enumerate() {
                add(index, &extract::decode(json).ok_or(Missing::NoValue)?)?;
            }
        }
        _ => return Err(Missing::NoValue),
    }
    owned(out)
}

fn to_int(value: &Value<'_>) -> Evaluated<'static> {
    if let Value::Bool(value) = value {
        return Ok(Value::Int(i64::from(*value)));
    }
    let int = match number::of_value(value).ok_or(Missing::NoValue)? {
        Value::Int(int) => Some(int),
        long if number::is_long(&long) => return Ok(evaluate::owned(long)),
        other => other.as_float().and_then(number::truncated),
    };
    int.map(Value::Int).ok_or(Missing::NoValue)
}

fn to_float(value: &Value<'_>) -> Evaluated<'static> {
    let number = number::of_value(value).map(evaluate::owned);
    number.ok_or(Missing::NoValue)
}
