//! Probes: readings taken from the target beside its responses.

use crate::model::Probe;
use crate::scenario::schema::limits::{
    MAX_PROBE_TIMEOUT, MAX_PROBES, MAX_READINGS, MAX_TIME, MAX_UNIT_CHARS, MIN_TIME,
};
use crate::scenario::schema::table::Kind::{
    Container, Database, Either, Known, List, Named, Of, Seconds, Short, Text, True, Url,
};
use crate::scenario::schema::table::{Key, MapDef, Names, Rule};

pub(crate) static PROBE: MapDef = MapDef {
    name: "probe",
    about: "What is read of the target beside its answers, and how often",
    keys: &[
        Key(
            "docker",
            Of(&DOCKER),
            "CPU, memory, network, restarts and logs of containers",
        ),
        Key(
            "postgres",
            Either(&[Database, Of(&PSQL)]),
            "the sessions of a PostgreSQL server, at its address or by psql in a container",
        ),
        Key(
            "prometheus",
            Url,
            "an address that answers in the text format of Prometheus",
        ),
        Key("json", Url, "an address that answers with JSON"),
        Key("process", True, "this process itself"),
        Key(
            "readings",
            Named(
                Names::Probe,
                &Either(&[Known, Of(&READING)]),
                1,
                MAX_READINGS,
            ),
            "of prometheus: metrics; of json: JSON paths",
        ),
        Key(
            "every",
            Seconds(Probe::EVERY_MIN, MAX_TIME),
            "from one reading to the next: 2s, 500ms at least",
        ),
        Key(
            "timeout",
            Seconds(MIN_TIME, MAX_PROBE_TIMEOUT),
            "of a reading: 2s",
        ),
    ],
    rules: &[
        Rule::One(
            &["docker", "postgres", "prometheus", "json", "process"],
            "process: true",
        ),
        Rule::Needs("readings", &["prometheus", "json"], ""),
        Rule::Needs(
            "prometheus",
            &["readings"],
            "readings: {inflight: http_requests_in_flight}",
        ),
        Rule::Needs("json", &["readings"], "readings: {queued: $.queue.length}"),
    ],
};

pub(crate) static DOCKER: MapDef = MapDef {
    name: "docker",
    about: "Containers of the Docker engine at DOCKER_HOST, else of this machine",
    keys: &[
        Key(
            "containers",
            Either(&[Container, List(&Container, 1, MAX_PROBES)]),
            "their names",
        ),
        Key(
            "logs",
            Known,
            "a regular expression: lines of the logs that match are counted",
        ),
    ],
    rules: &[Rule::All(
        &["containers"],
        "docker: {containers: [api, db]}",
    )],
};

pub(crate) static PSQL: MapDef = MapDef {
    name: "psql",
    about: "How psql is called in a container",
    keys: &[
        Key("docker", Container, "the name of the container"),
        Key("user", Text, "the role: postgres"),
        Key("database", Text, "the database: named like the role"),
    ],
    rules: &[Rule::All(
        &["docker"],
        "postgres: {docker: my-db, user: postgres}",
    )],
};

pub(crate) static READING: MapDef = MapDef {
    name: "reading",
    about: "What is read",
    keys: &[
        Key("value", Known, "where the value stands"),
        Key(
            "rate",
            Known,
            "where a counter stands, of which the rise per second is read",
        ),
        Key("unit", Short(MAX_UNIT_CHARS), "for people"),
    ],
    rules: &[Rule::One(
        &["value", "rate"],
        "{value: $.queue.length, unit: jobs}",
    )],
};
