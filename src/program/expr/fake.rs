//! `fake.*`: what people, firms and places are called, made up. Nothing here
//! reaches anybody: addresses are of domains that are reserved for examples,
//! telephone numbers of ranges that are kept for fiction.

use std::fmt::Write as _;

use crate::program::expr::evaluate::Missing;
use crate::program::expr::value::{SmallText, Value};

/// A kind of made-up text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fake {
    /// First and last name.
    Name,
    /// A first name.
    FirstName,
    /// A last name.
    LastName,
    /// An e-mail address.
    Email,
    /// A name to log in with.
    Username,
    /// A telephone number.
    Phone,
    /// A firm.
    Company,
    /// A street with a house number.
    Street,
    /// A town.
    City,
    /// A postal code of five digits.
    Zip,
    /// A country.
    Country,
    /// A word of no meaning.
    Word,
    /// A sentence of such words.
    Sentence,
}

impl Fake {
    /// All of them, by the names that scenarios call them.
    pub const ALL: [(&'static str, Self); 13] = [
        ("name", Self::Name),
        ("first_name", Self::FirstName),
        ("last_name", Self::LastName),
        ("email", Self::Email),
        ("username", Self::Username),
        ("phone", Self::Phone),
        ("company", Self::Company),
        ("street", Self::Street),
        ("city", Self::City),
        ("zip", Self::Zip),
        ("country", Self::Country),
        ("word", Self::Word),
        ("sentence", Self::Sentence),
    ];

    /// One of its kind. Only a sentence allocates.
    pub(crate) fn make(self, rng: &mut fastrand::Rng) -> Result<Value<'static>, Missing> {
        let mut small = SmallText::EMPTY;
        let written = match self {
            Self::FirstName => return one(FIRST_NAMES, rng),
            Self::LastName => return one(LAST_NAMES, rng),
            Self::City => return one(CITIES, rng),
            Self::Country => return one(COUNTRIES, rng),
            Self::Word => return one(WORDS, rng),
            Self::Sentence => return Ok(Value::Text(sentence(rng).into())),
            Self::Name => {
                let (first, last) = (pick(FIRST_NAMES, rng), pick(LAST_NAMES, rng));
                write!(small, "{first} {last}")
            }
            Self::Email => write_lower(&mut small, pick(FIRST_NAMES, rng))
                .and_then(|()| small.write_str("."))
                .and_then(|()| write_lower(&mut small, pick(LAST_NAMES, rng)))
                .and_then(|()| {
                    let (number, domain) = (rng.u32(1..10_000), pick(DOMAINS, rng));
                    write!(small, "{number}@{domain}")
                }),
            Self::Username => write_lower(&mut small, pick(FIRST_NAMES, rng))
                .and_then(|()| write!(small, "{}", rng.u32(1..100_000))),
            Self::Phone => {
                let (area, line) = (pick(AREAS, rng), rng.u32(100..200));
                write!(small, "+1-{area}-555-0{line}")
            }
            Self::Company => {
                let (name, kind) = (pick(LAST_NAMES, rng), pick(FIRMS, rng));
                write!(small, "{name} {kind}")
            }
            Self::Street => {
                let (number, name) = (rng.u32(1..200), pick(STREETS, rng));
                write!(small, "{number} {name}")
            }
            Self::Zip => write!(small, "{:05}", rng.u32(1_000..99_999)),
        };
        written.map_err(|_| Missing::NoValue)?;
        Ok(Value::Small(small))
    }
}

fn pick(list: &[&'static str], rng: &mut fastrand::Rng) -> &'static str {
    rng.choice(list.iter().copied()).unwrap_or_default()
}

fn one(list: &[&'static str], rng: &mut fastrand::Rng) -> Result<Value<'static>, Missing> {
    Ok(Value::Text(pick(list, rng).into()))
}

fn write_lower(out: &mut SmallText, text: &str) -> std::fmt::Result {
    text.chars()
        .try_for_each(|c| out.write_char(c.to_ascii_lowercase()))
}

fn sentence(rng: &mut fastrand::Rng) -> String {
    let mut text = String::with_capacity(80);
    for index in 0..rng.usize(5..=10) {
        let word = pick(WORDS, rng);
        if index == 0 {
            let (first, rest) = word.split_at(1);
            text.push_str(&first.to_ascii_uppercase());
            text.push_str(rest);
        } else {
            text.push(' ');
            text.push_str(word);
        }
    }
    text.push('.');
    text
}

const DOMAINS: &[&str] = &["example.com", "example.org", "example.net"];
const AREAS: &[&str] = &[
    "202", "212", "303", "312", "404", "415", "512", "617", "702",
];
const FIRMS: &[&str] = &[
    "Ltd", "Inc", "Group", "Partners", "and Sons", "Works", "Labs", "Trading", "Systems", "Foods",
];
const FIRST_NAMES: &[&str] = &[
    "Ada", "Alan", "Alice", "Amara", "Anna", "Anton", "Aya", "Ben", "Bruno", "Carla", "Carlos",
    "Chen", "Clara", "Daniel", "Diana", "Diego", "Elena", "Elias", "Emma", "Eric", "Fatima",
    "Felix", "Flora", "Frank", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jack", "Jana", "Jonas",
    "Julia", "Kai", "Karim", "Laura", "Leo", "Lina", "Lucas", "Maria", "Martin", "Maya", "Mila",
    "Nadia", "Nils", "Noah", "Nora", "Olga", "Omar", "Oscar", "Paul", "Petra", "Priya", "Rafael",
    "Rosa", "Ruth", "Sam", "Sara", "Simon", "Sofia", "Tariq", "Theo", "Tom", "Vera", "Victor",
    "Yuki", "Zara", "Zoe",
];
const LAST_NAMES: &[&str] = &[
    "Abbott", "Adler", "Ahmed", "Baker", "Becker", "Berg", "Brown", "Carter", "Castro", "Clark",
    "Costa", "Dahl", "Davis", "Diaz", "Dubois", "Evans", "Fischer", "Foster", "Garcia", "Gray",
    "Haas", "Hall", "Hansen", "Hill", "Ito", "Jensen", "Jones", "Kaur", "Keller", "Khan", "Kim",
    "Klein", "Kumar", "Lang", "Lee", "Lopez", "Marino", "Martin", "Meyer", "Mills", "Moreau",
    "Murphy", "Nakamura", "Nguyen", "Novak", "Okafor", "Olsen", "Park", "Patel", "Perez", "Popov",
    "Reed", "Rossi", "Roth", "Sato", "Silva", "Singh", "Smith", "Suzuki", "Taylor", "Torres",
    "Vogel", "Walker", "Wang", "Weber", "White", "Wolf", "Wood", "Young", "Zhang",
];
const STREETS: &[&str] = &[
    "Oak Street",
    "Main Street",
    "Church Road",
    "Park Avenue",
    "Mill Lane",
    "Station Road",
    "High Street",
    "Elm Street",
    "Lake View",
    "Hill Road",
    "River Walk",
    "School Lane",
    "Garden Street",
    "Bridge Street",
    "Market Square",
    "Forest Drive",
    "Maple Avenue",
    "Harbour Road",
    "Castle Street",
    "Sunset Drive",
];
const CITIES: &[&str] = &[
    "Ashford",
    "Barton",
    "Brookfield",
    "Cedar Falls",
    "Clifton",
    "Dunmore",
    "Eastport",
    "Fairview",
    "Greenville",
    "Hampton",
    "Hillside",
    "Kingsbridge",
    "Lakewood",
    "Linden",
    "Maplewood",
    "Milford",
    "Newport",
    "Northfield",
    "Oakdale",
    "Riverside",
    "Rockport",
    "Salem",
    "Springfield",
    "Stonebridge",
    "Sunnyvale",
    "Thornton",
    "Westbrook",
    "Winfield",
];
const COUNTRIES: &[&str] = &[
    "Argentina",
    "Australia",
    "Austria",
    "Belgium",
    "Brazil",
    "Canada",
    "Chile",
    "Denmark",
    "Egypt",
    "Finland",
    "France",
    "Germany",
    "Ghana",
    "Greece",
    "India",
    "Ireland",
    "Italy",
    "Japan",
    "Kenya",
    "Mexico",
    "Morocco",
    "Netherlands",
    "New Zealand",
    "Nigeria",
    "Norway",
    "Peru",
    "Poland",
    "Portugal",
    "South Africa",
    "South Korea",
    "Spain",
    "Sweden",
    "Switzerland",
    "Thailand",
    "Turkey",
    "Uruguay",
    "Vietnam",
];
const WORDS: &[&str] = &[
    "lorem", "ipsum", "dolor", "sit", "amet", "elit", "sed", "tempor", "magna", "aliqua", "enim",
    "minim", "veniam", "quis", "nostrud", "ullamco", "laboris", "nisi", "commodo", "duis", "aute",
    "irure", "velit", "esse", "cillum", "fugiat", "nulla", "sint", "culpa", "officia", "mollit",
    "anim", "porta", "vitae", "semper", "risus", "lectus", "augue", "neque", "felis",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_something() {
        let mut rng = fastrand::Rng::with_seed(1);
        for (name, fake) in Fake::ALL {
            for _ in 0..500 {
                let value = fake.make(&mut rng).unwrap();
                let text = value.as_text().unwrap();
                assert!(!text.is_empty() && !text.contains('\n'), "{name}: {text}");
                match fake {
                    Fake::Email => assert!(text.contains("@example."), "{text}"),
                    Fake::Zip => assert_eq!(text.len(), 5, "{text}"),
                    Fake::Phone => assert!(text.contains("-555-01"), "{text}"),
                    Fake::Sentence => assert!(text.ends_with('.'), "{text}"),
                    _ => {}
                }
            }
        }
    }
}
