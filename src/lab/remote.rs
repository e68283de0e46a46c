use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Fault;

/// Time limit of a request to change faults.
const WITHIN: Duration = Duration::from_secs(2);

/// Why the faults of a lab could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// It is not there, or is something else.
    #[error("cannot set faults of the lab at {address}: {why}")]
    Unreachable {
        /// Where it should be.
        address: SocketAddr,
        /// The cause.
        why: String,
    },
    /// It does not answer in time.
    #[error("no response from the lab at {0}")]
    Silent(SocketAddr),
}

/// Gives a lab that serves elsewhere other faults; none at all makes it sound.
/// Takes two seconds at most.
///
/// # Errors
/// It is not there, is no lab, or is silent.
pub async fn set_faults(address: SocketAddr, faults: &[Fault]) -> Result<(), RemoteError> {
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    let body = serde_json::json!({ "faults": faults }).to_string();
    let done = timeout(WITHIN, put(address, body)).await;
    let done = done.map_err(|_| RemoteError::Silent(address))?;
    done.map_err(|why| RemoteError::Unreachable { address, why })
}

async fn put(address: SocketAddr, body: String) -> Result<(), String> {
    let request = Request::builder()
        .method(Method::PUT)
        .uri("/lab/faults")
        .header(HOST, address.to_string())
        .header(CONTENT_TYPE, "application/json")
        .header(CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| error.to_string())?;
    let stream = TcpStream::connect(address).await;
    let stream = stream.map_err(|error| error.to_string())?;
    let exchange = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let exchange = async move {
            let answer = sender.send_request(request).await?;
            let status = answer.status();
            let said = answer.into_body().collect().await?.to_bytes();
            Ok((status, said))
        };
        let mut exchange = std::pin::pin!(exchange);
        tokio::select! {
            answer = &mut exchange => answer,
            // An error of the connection also ends the exchange.
            _ = connection => exchange.await,
        }
    };
    let answer: Result<_, hyper::Error> = exchange.await;
    let (status, said) = answer.map_err(|error| error.to_string())?;
    if status.is_success() {
        return Ok(());
    }
    Err(format!("{status}: {}", String::from_utf8_lossy(&said)))
}
