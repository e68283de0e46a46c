/// The description of all routes, an OpenAPI 3.1 document. A test holds it
/// equal to the router.
pub(super) const OPENAPI: &str = include_str!("openapi.json");
