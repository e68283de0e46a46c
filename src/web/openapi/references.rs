//! Types that stand for the schemas of `schemas.json`, and for that of a change.

use utoipa::ToSchema;

#[derive(ToSchema)]
pub(in crate::web) struct Change;

#[derive(ToSchema)]
pub(in crate::web) struct Frame;

#[derive(ToSchema)]
pub(in crate::web) struct Row;

#[derive(ToSchema)]
pub(in crate::web) struct Steps;

#[derive(ToSchema)]
pub(in crate::web) struct SwarmForm;

#[derive(ToSchema)]
pub(in crate::web) struct Tables;

#[derive(ToSchema)]
pub(in crate::web) struct Tasks;
