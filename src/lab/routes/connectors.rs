use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lab::reply::Reply;
use crate::lab::routes::deployments::Deployments;
use crate::lab::routes::fields::{Field, FieldErrors};

/// The planes that a deployment can be published to.
const PLANES: [&str; 5] = ["INTUNE", "JAMF", "SCCM", "LANDSCAPE", "ANSIBLE"];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Publication<'a> {
    #[serde(borrow)]
    deployment_id: Field<'a>,
    #[serde(borrow)]
    target_plane: Field<'a>,
    #[serde(borrow)]
    config: Field<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Remediation<'a> {
    #[serde(borrow)]
    deployment_id: Field<'a>,
    #[serde(borrow)]
    reason: Field<'a>,
    #[serde(borrow)]
    action: Field<'a>,
}

#[derive(Serialize)]
struct Published {
    deployment_id: Uuid,
    target_plane: &'static str,
    status: &'static str,
}

#[derive(Serialize)]
struct Remediated<'a> {
    deployment_id: Uuid,
    action: &'a str,
    status: &'static str,
}

#[derive(Serialize)]
struct Status {
    deployment_id: Uuid,
    status: &'static str,
    planes: Vec<&'static str>,
    remediations: u32,
}

pub(crate) fn publish(
    deployments: &mut Deployments,
    publication: &Publication<'_>,
) -> Result<Reply, Reply> {
    let mut errors = FieldErrors::default();
    let deployment_id = errors.uuid("deployment_id", &publication.deployment_id);
    let plane = errors.choice("target_plane", &publication.target_plane, &PLANES);
    match publication.config {
        Field::Missing | Field::Null | Field::Map => {}
        Field::Text(_) | Field::Other => errors.add("config", "Expected an object."),
    }
    errors.check()?;
    deployments.find(deployment_id)?.planes |= 1 << plane;
    let published = Published {
        deployment_id,
        target_plane: PLANES[plane],
        status: "PUBLISHING",
    };
    Ok(Reply::json(StatusCode::ACCEPTED, &published))
}

pub(crate) fn status(deployments: &mut Deployments, id: &str) -> Result<Reply, Reply> {
    let deployment_id = Uuid::try_parse(id).unwrap_or_default();
    let deployment = deployments.find(deployment_id)?;
    let on = |plane: &usize| deployment.planes & (1 << plane) != 0;
    let planes: Vec<_> = (0..PLANES.len()).filter(on).map(|p| PLANES[p]).collect();
    let status = Status {
        deployment_id,
        status: if planes.is_empty() {
            "NOT_PUBLISHED"
        } else {
            "PUBLISHED"
        },
        planes,
        remediations: deployment.remediations,
    };
    Ok(Reply::json(StatusCode::OK, &status))
}

pub(crate) fn remediate(
    deployments: &mut Deployments,
    remediation: &Remediation<'_>,
) -> Result<Reply, Reply> {
    let mut errors = FieldErrors::default();
    let deployment_id = errors.uuid("deployment_id", &remediation.deployment_id);
    errors.text("reason", &remediation.reason);
    let action = errors.text("action", &remediation.action);
    errors.check()?;
    let deployment = deployments.find(deployment_id)?;
    deployment.remediations = deployment.remediations.saturating_add(1);
    let remediated = Remediated {
        deployment_id,
        action,
        status: "SCHEDULED",
    };
    Ok(Reply::json(StatusCode::ACCEPTED, &remediated))
}
