use hyper::Method;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use crate::model::DockerEngine;
use crate::probes::ProbeError;
use crate::probes::http::{ProbeRequest, ProbeResponse, ask};

/// The longest response with figures or settings of a container.
const BODY_MAX: usize = 1 << 20;

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

    /// A successful response as JSON.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        container: &str,
    ) -> Result<T, ProbeError> {
        let response = self.ask(Method::GET, path, String::new(), BODY_MAX);
        self.json(&self.accept(response.await?, container)?)
    }

    /// A successful response to JSON as JSON.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: String,
        container: &str,
    ) -> Result<T, ProbeError> {
        let response = self.ask(Method::POST, path, body, BODY_MAX);
        self.json(&self.accept(response.await?, container)?)
    }

    /// A response of any status, truncated to `max_bytes`.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
        max_bytes: usize,
    ) -> Result<ProbeResponse, ProbeError> {
        let place = self.0.to_string();
        let request = ProbeRequest {
            method,
            path,
            host: "docker",
            authorization: "",
            body,
            max_bytes,
        };
        match &self.0 {
            #[cfg(unix)]
            DockerEngine::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                let stream = stream.map_err(|error| self.unreachable(&error))?;
                ask(stream, request, &place).await
            }
            #[cfg(not(unix))]
            DockerEngine::Unix(_) => Err(self.unreachable(&std::io::ErrorKind::Unsupported.into())),
            DockerEngine::Tcp(authority) => {
                let stream = TcpStream::connect(authority.as_str()).await;
                let stream = stream.map_err(|error| self.unreachable(&error))?;
                ask(stream, request, &place).await
            }
        }
    }

    /// The body of a response that is about a container, unless it is a refusal.
    pub(super) fn accept(
        &self,
        response: ProbeResponse,
        container: &str,
    ) -> Result<Vec<u8>, ProbeError> {
        let status = response.status;
        match status {
            200..300 => Ok(response.body),
            404 => Err(ProbeError::NoContainer(container.to_owned())),
            409 => Err(ProbeError::NotRunning {
                name: container.to_owned(),
                detail: String::new(),
            }),
            _ => {
                let refusal = serde_json::from_slice::<Refusal>(&response.body);
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
        // A truncated body is not JSON either.
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

/// The first line of another program's message, shortened.
pub(crate) fn first_line(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars().take(MAX_CHARS).collect()
}
