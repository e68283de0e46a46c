//! Where requests go and how: every pair that occurs gets an id of its own.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Origin, OriginId, Route};
use crate::scenario::lower::reader::Tables;
use crate::scenario::request::request_ir::RouteAt;

/// The origins of a program, each with one route.
pub(crate) struct Destinations {
    pub(crate) origins: Vec<Origin>,
    pub(crate) routes: Vec<Arc<Route>>,
    ids: HashMap<(OriginId, RouteAt), OriginId>,
}

impl Destinations {
    /// All that requests go to. The first goes to the host, even if no request does.
    pub(crate) fn new(host: &Origin, tables: &Tables) -> Self {
        let used = tables
            .requests
            .iter()
            .map(|draft| (draft.origin, draft.http.route));
        let to_host = used.clone().find(|(origin, _)| *origin == OriginId(0));
        let first = to_host.unwrap_or((OriginId(0), RouteAt::default()));
        let mut all = Self {
            origins: Vec::new(),
            routes: Vec::new(),
            ids: HashMap::new(),
        };
        // An address of a step may be that of the host.
        let mut places = HashMap::new();
        for pair in std::iter::once(first).chain(used) {
            if all.ids.contains_key(&pair) {
                continue;
            }
            let (id, route) = pair;
            let origin = match id.index().checked_sub(1) {
                Some(other) => &tables.other_origins[other].origin,
                None => host,
            };
            let place = *places.entry((origin, route)).or_insert_with(|| {
                all.origins.push(origin.clone());
                all.routes.push(tables.route_at(route));
                OriginId::from(all.origins.len() - 1)
            });
            all.ids.insert(pair, place);
        }
        all
    }

    /// The id of a pair that a request uses.
    pub(crate) fn id(&self, origin: OriginId, route: RouteAt) -> OriginId {
        self.ids
            .get(&(origin, route))
            .copied()
            .unwrap_or(OriginId(0))
    }
}
