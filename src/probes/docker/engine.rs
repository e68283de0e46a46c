use hyper::Method;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use crate::model::DockerEngine;
use crate::probes::ProbeError;
use crate::probes::http::{Answer, Question, ask};

/// The longest answer with figures or settings of a container.
const FIGURES_MOST: usize = 1 << 20;

/// The engine. A connection is made for each request: they are few.
#[derive(Clone, Debug)]
pub(crate) struct Engine(DockerEngine);

/// The part of the engine's errors that people can read.
#[derive(serde::Deserialize)]
struct Refusal {
    message: String,
}

impl Engine {
    pub(crate) fn new(engine: &DockerEngine) -> Self {
        Self(engine.clone())
    }

    /// A successful answer as JSON.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        container: &str,
    ) -> Result<T, ProbeError> {
        let answer = self.ask(Method::GET, path, String::new(), FIGURES_MOST);
        self.json(&self.accept(answer.await?, container)?)
    }

    /// A successful answer to JSON as JSON.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: String,
        container: &str,
    ) -> Result<T, ProbeError> {
        let answer = self.ask(Method::POST, path, body, FIGURES_MOST);
        self.json(&self.accept(answer.await?, container)?)
    }

    /// An answer, whatever it is, but no more of it than `most` bytes.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
        most: usize,
    ) -> Result<Answer, ProbeError> {
        let place = self.0.to_string();
        let question = Question {
            method,
            path,
            host: "docker",
            authorization: "",
            body,
            most,
        };
        match &self.0 {
            #[cfg(unix)]
            DockerEngine::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                let stream = stream.map_err(|error| self.unreachable(&error))?;
                ask(stream, question, &place).await
            }
            #[cfg(not(unix))]
            DockerEngine::Unix(_) => Err(self.unreachable(&std::io::ErrorKind::Unsupported.into())),
            DockerEngine::Tcp(authority) => {
                let stream = TcpStream::connect(authority.as_str()).await;
                let stream = stream.map_err(|error| self.unreachable(&error))?;
                ask(stream, question, &place).await
            }
        }
    }

    /// The body of an answer that is about a container, unless it is a refusal.
    pub(super) fn accept(&self, answer: Answer, container: &str) -> Result<Vec<u8>, ProbeError> {
        let status = answer.status;
        match status {
            200..300 => Ok(answer.body),
            404 => Err(ProbeError::NoContainer(container.to_owned())),
            409 => Err(ProbeError::NotRunning {
                name: container.to_owned(),
                detail: String::new(),
            }),
            _ => {
                let refusal = serde_json::from_slice::<Refusal>(&answer.body);
                let detail = refusal.map_or_else(
                    |_| String::new(),
                    |refusal| format!(": {}", first_line(&refusal.message)),
                );
                Err(ProbeError::Status {
                    place: self.0.to_string(),
                    status,
                    detail,
                })
            }
        }
    }

    fn json<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, ProbeError> {
        // What was cut is no JSON either.
        serde_json::from_slice(body).map_err(|error| ProbeError::Broken {
            place: self.0.to_string(),
            why: error.to_string(),
        })
    }

    fn unreachable(&self, error: &std::io::Error) -> ProbeError {
        let place = self.0.to_string();
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => ProbeError::Denied(place),
            std::io::ErrorKind::NotFound => ProbeError::Unreachable {
                place,
                why: "socket not found; is Docker running? Set DOCKER_HOST to use another one"
                    .to_owned(),
            },
            _ => ProbeError::Unreachable {
                place,
                why: error.to_string(),
            },
        }
    }
}

/// The first line of what somebody else wrote, not longer than people read.
pub(crate) fn first_line(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars().take(MAX_CHARS).collect()
}
