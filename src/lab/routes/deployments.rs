use std::collections::VecDeque;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lab::ids::{IdMaker, Kind};
use crate::lab::reply::Reply;
use crate::lab::routes::fields::{Field, FieldErrors};

/// How many deployments are kept; older ones are forgotten. At 12,000 creates
/// a second that is eight seconds, and ids are read right after creation.
const CAPACITY: usize = 100_000;

/// The deployment rings, each more widely felt than the one before.
pub(super) const RINGS: [&str; 4] = ["CANARY", "PILOT", "DEPARTMENT", "GLOBAL"];

/// Above this score an approval is needed.
const RISK_WITHOUT_APPROVAL: u8 = 50;

/// The newest deployments. An id carries its number, which is also its place.
pub(crate) struct Deployments {
    mint: IdMaker,
    kept: VecDeque<Deployment>,
    /// The number of the oldest one kept.
    first: u64,
}

/// A deployment as stored.
pub(crate) struct Deployment {
    id: Uuid,
    app_name: Box<str>,
    version: Box<str>,
    evidence_pack_id: Uuid,
    ring: u8,
    risk_score: u8,
    /// One bit a plane, in the order of the planes.
    pub(crate) planes: u8,
    /// How often a remedy was requested.
    pub(super) remediations: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewDeployment<'a> {
    #[serde(borrow)]
    app_name: Field<'a>,
    #[serde(borrow)]
    version: Field<'a>,
    #[serde(borrow)]
    target_ring: Field<'a>,
    #[serde(borrow)]
    evidence_pack_id: Field<'a>,
}

/// A deployment as shown.
#[derive(Serialize)]
struct View<'a> {
    id: Uuid,
    app_name: &'a str,
    version: &'a str,
    target_ring: &'static str,
    evidence_pack_id: Uuid,
    status: &'static str,
    risk_score: u8,
    requires_cab_approval: bool,
}

#[derive(Serialize)]
struct List<'a> {
    count: usize,
    deployments: Vec<View<'a>>,
}

impl Deployments {
    pub(crate) fn new() -> Self {
        Self {
            mint: IdMaker::new(Kind::Deployment),
            kept: VecDeque::new(),
            first: 0,
        }
    }

    pub(crate) fn create(&mut self, new: &NewDeployment<'_>) -> Result<Reply, Reply> {
        let mut errors = FieldErrors::default();
        let app_name = errors.text("app_name", &new.app_name);
        let version = errors.text("version", &new.version);
        if !version.is_empty() && !is_version(version) {
            errors.add("version", "Enter a version of the form x.y.z.");
        }
        let ring = errors.choice("target_ring", &new.target_ring, &RINGS);
        let evidence_pack_id = errors.uuid("evidence_pack_id", &new.evidence_pack_id);
        errors.check()?;

        if self.kept.len() == CAPACITY {
            self.kept.pop_front();
            self.first += 1;
        }
        let deployment = Deployment {
            id: self.mint.seal(self.first + self.kept.len() as u64),
            app_name: app_name.into(),
            version: version.into(),
            evidence_pack_id,
            ring: ring as u8,
            risk_score: ring as u8 * 20 + fastrand::u8(5..=25),
            planes: 0,
            remediations: 0,
        };
        let reply = Reply::json(StatusCode::CREATED, &deployment.view());
        self.kept.push_back(deployment);
        Ok(reply)
    }

    /// The newest first.
    pub(crate) fn list(&self, limit: usize) -> Reply {
        let newest = self.kept.iter().rev().take(limit);
        let list = List {
            count: self.kept.len(),
            deployments: newest.map(Deployment::view).collect(),
        };
        Reply::json(StatusCode::OK, &list)
    }

    pub(crate) fn read(&self, id: &str) -> Result<Reply, Reply> {
        let place = self.mint.open_text(id).and_then(|n| self.place(n));
        match place.and_then(|place| self.kept.get(place)) {
            Some(deployment) => Ok(Reply::json(StatusCode::OK, &deployment.view())),
            None => Err(not_found()),
        }
    }

    pub(crate) fn find(&mut self, id: Uuid) -> Result<&mut Deployment, Reply> {
        let place = self.mint.open(id).and_then(|n| self.place(n));
        place
            .and_then(|place| self.kept.get_mut(place))
            .ok_or_else(not_found)
    }

    fn place(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }
}

impl Deployment {
    fn view(&self) -> View<'_> {
        let requires_cab_approval = self.risk_score > RISK_WITHOUT_APPROVAL;
        View {
            id: self.id,
            app_name: &self.app_name,
            version: &self.version,
            target_ring: RINGS[usize::from(self.ring)],
            evidence_pack_id: self.evidence_pack_id,
            status: if requires_cab_approval {
                "AWAITING_CAB"
            } else {
                "APPROVED"
            },
            risk_score: self.risk_score,
            requires_cab_approval,
        }
    }
}

fn not_found() -> Reply {
    Reply::detail(StatusCode::NOT_FOUND, "No such deployment.")
}

fn is_version(text: &str) -> bool {
    let mut parts = 0;
    text.split('.').all(|part| {
        parts += 1;
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    }) && parts == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(deployments: &mut Deployments) -> Uuid {
        let body = br#"{"app_name": "nginx", "version": "1.0.0", "target_ring": "PILOT",
            "evidence_pack_id": "7f9c24e8-3b12-4f5a-9d3e-1a2b3c4d5e6f"}"#;
        let new: NewDeployment<'_> = serde_json::from_slice(body).unwrap();
        assert!(deployments.create(&new).is_ok());
        deployments.kept.back().unwrap().id
    }

    #[test]
    fn the_oldest_is_forgotten_and_the_rest_is_found() {
        let mut deployments = Deployments::new();
        let first = create(&mut deployments);
        let second = create(&mut deployments);
        assert!(deployments.find(first).is_ok());
        for _ in 0..CAPACITY - 1 {
            create(&mut deployments);
        }
        assert_eq!(deployments.kept.len(), CAPACITY);
        assert!(deployments.find(first).is_err());
        assert_eq!(deployments.find(second).ok().unwrap().id, second);
    }

    #[test]
    fn versions_have_three_numbers() {
        assert!(is_version("1.20.3"));
        for wrong in ["1.2", "1.2.3.4", "1..3", "a.b.c", "1.2.3-rc1"] {
            assert!(!is_version(wrong), "{wrong}");
        }
    }
}
