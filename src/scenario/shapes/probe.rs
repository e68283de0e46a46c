//! What is read of the target beside its answers.

use super::Kind::{Duration, Either, Known, List, Named, Of, True};
use super::{Key, Rule, Shape};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "probe",
        about: "What is read of the target beside its answers, and how often",
        keys: &[
            Key(
                "docker",
                Of("docker"),
                "CPU, memory, network, restarts and logs of containers",
            ),
            Key(
                "postgres",
                Either(&[Known, Of("psql")]),
                "the sessions of a PostgreSQL server, at its address or by psql in a container",
            ),
            Key(
                "prometheus",
                Known,
                "an address that answers in the text format of Prometheus",
            ),
            Key("json", Known, "an address that answers with JSON"),
            Key("process", True, "this process itself"),
            Key(
                "readings",
                Named(&Either(&[Known, Of("reading")])),
                "of prometheus: metrics; of json: JSON paths",
            ),
            Key(
                "every",
                Duration,
                "from one reading to the next: 2s, 500ms at least",
            ),
            Key("timeout", Duration, "of a reading: 2s"),
        ],
        rule: Rule::One(&["docker", "postgres", "prometheus", "json", "process"]),
    },
    Shape {
        name: "docker",
        about: "Containers of the Docker engine at DOCKER_HOST, else of this machine",
        keys: &[
            Key(
                "containers",
                Either(&[Known, List(&Known, 1)]),
                "their names",
            ),
            Key(
                "logs",
                Known,
                "a regular expression: lines of the logs that match are counted",
            ),
        ],
        rule: Rule::All(&["containers"]),
    },
    Shape {
        name: "psql",
        about: "How psql is called in a container",
        keys: &[
            Key("docker", Known, "the name of the container"),
            Key("user", Known, "the role: postgres"),
            Key("database", Known, "the database: named like the role"),
        ],
        rule: Rule::All(&["docker"]),
    },
    Shape {
        name: "reading",
        about: "What is read",
        keys: &[
            Key("value", Known, "where the value stands"),
            Key(
                "rate",
                Known,
                "where a counter stands, of which the rise per second is read",
            ),
            Key("unit", Known, "for people"),
        ],
        rule: Rule::One(&["value", "rate"]),
    },
];
