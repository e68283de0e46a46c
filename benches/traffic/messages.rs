//! What is sent, and what it is answered with.

/// A constant GET.
pub(crate) const STATIC: &str = include_str!("static.yaml");

/// Scenario 1's mix of requests.
pub(crate) const MIX: &str = include_str!("mix.yaml");

/// The path at which a POST is answered with 201.
pub(crate) const CREATES: &str = "/api/v1/deployments/";

/// What every request is answered with: 277 bytes of JSON.
pub(crate) const ANSWER: &str = concat!(
    r#"{"id": "5b1a3c60-98b5-4f0e-8d5c-2f0c3f4f7a11", "status": "PENDING", "#,
    r#""app_name": "nginx-5f3a9c21", "version": "3.0.0", "target_ring": "CANARY", "#,
    r#""created_at": "2026-01-31T12:00:00Z", "token": "c0ffee00c0ffee00c0ffee00c0ffee00", "#,
    r#""approvals": [], "sessions": 17, "note": "medium."}"#,
);

const _: () = assert!(ANSWER.len() == 277);
