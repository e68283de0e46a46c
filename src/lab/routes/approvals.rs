use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lab::ids::{IdMaker, Kind};
use crate::lab::reply::Reply;
use crate::lab::routes::deployments::RINGS;
use crate::lab::routes::fields::{Field, FieldErrors};

/// How many approvals are pending at any time. A prime: then stepping by any
/// limit visits every place before one comes first again.
const PENDING: usize = 10_007;

/// A place's number within an approval's number.
const PLACE_BITS: u32 = 16;

/// The backlog: a fixed number of places, each with one pending approval. A
/// decision puts a new one in its place, so that the backlog never shrinks.
///
/// Successive lists do not overlap as long as there are places: users who each
/// decide something of their own list do not collide.
pub(crate) struct Approvals {
    mint: IdMaker,
    places: Vec<ApprovalSlot>,
    /// Where the next list starts.
    cursor: usize,
}

struct ApprovalSlot {
    id: Uuid,
    /// How many approvals this place has seen decided. An id carries the
    /// generation it was made in, which is how decided ones are remembered.
    generation: u64,
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Approve,
    Reject,
}

/// The body of a decision. `conditions` is not looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct DecisionBody<'a> {
    #[serde(borrow)]
    comments: Field<'a>,
}

#[derive(Serialize)]
struct View {
    id: Uuid,
    status: &'static str,
    target_ring: &'static str,
    risk_score: usize,
}

#[derive(Serialize)]
struct List {
    count: usize,
    approvals: Vec<View>,
}

#[derive(Serialize)]
struct Decided {
    id: Uuid,
    status: &'static str,
}

impl Approvals {
    pub(crate) fn new() -> Self {
        let mint = IdMaker::new(Kind::Approval);
        let places = (0..PENDING)
            .map(|place| ApprovalSlot {
                id: mint.seal(number(place, 0)),
                generation: 0,
            })
            .collect();
        Self {
            mint,
            places,
            cursor: 0,
        }
    }

    /// Up to `limit` pending ones, starting where the last list ended.
    pub(crate) fn list(&mut self, limit: usize) -> Reply {
        let limit = limit.min(PENDING);
        let list = List {
            count: PENDING,
            approvals: (0..limit)
                .map(|step| self.view((self.cursor + step) % PENDING))
                .collect(),
        };
        self.cursor = (self.cursor + limit.max(1)) % PENDING;
        Reply::json(StatusCode::OK, &list)
    }

    pub(crate) fn decide(
        &mut self,
        id: &str,
        decision: Decision,
        body: &DecisionBody<'_>,
    ) -> Result<Reply, Reply> {
        let Some(number) = self.mint.open_text(id) else {
            return Err(Reply::detail(StatusCode::NOT_FOUND, "No such approval."));
        };
        let mut errors = FieldErrors::default();
        match decision {
            Decision::Approve => errors.optional_text("comments", &body.comments),
            Decision::Reject => {
                errors.text("comments", &body.comments);
            }
        }
        errors.check()?;

        let at = (number & ((1 << PLACE_BITS) - 1)) as usize;
        let place = &mut self.places[at];
        if place.generation != number >> PLACE_BITS {
            return Err(Reply::detail(
                StatusCode::CONFLICT,
                "This approval has been decided already.",
            ));
        }
        let decided = Decided {
            id: place.id,
            status: match decision {
                Decision::Approve => "APPROVED",
                Decision::Reject => "REJECTED",
            },
        };
        place.generation += 1;
        place.id = self.mint.seal(self::number(at, place.generation));
        Ok(Reply::json(StatusCode::OK, &decided))
    }

    fn view(&self, place: usize) -> View {
        View {
            id: self.places[place].id,
            status: "PENDING",
            target_ring: RINGS[place % RINGS.len()],
            risk_score: 51 + place % 49,
        }
    }
}

fn number(place: usize, generation: u64) -> u64 {
    generation << PLACE_BITS | place as u64
}
