//! `swarmdeck try`.

mod hooks;
mod requests;
mod secrets;

const FILE: &str = "user_classes:
  Deployer:
    wait: 1h
    headers: {Authorization: 'Bearer {{ token }}'}
    on_start:
      - post: /api/v1/auth/login/
        json: {username: loadtest_user, password: test123}
        expect: {status: 200}
        capture: {token: {json: $.token}}
    tasks:
      read:
        when: id is defined
        steps:
          - get: /api/v1/deployments/{{ id }}/
      create:
        - post: /api/v1/deployments/?source=try
          json: {app_name: nginx, version: 1.0.0, target_ring: PILOT, evidence_pack_id: '{{ uuid() }}'}
          expect: {status: 201}
          capture: {id: {json: $.id}}
      never:
        when: nothing is defined and id is not defined
        steps:
          - get: /never
            capture: {nothing: {header: X-Nothing}}
    on_stop:
      - get: /api/v1/health/
";

/// Asserts that all of these are shown, one after the other.
fn assert_in_order(said: &str, order: &[String]) {
    let mut rest = said;
    for part in order {
        let (_, after) = rest
            .split_once(part.as_str())
            .unwrap_or_else(|| panic!("{part} in {said}"));
        rest = after;
    }
}
