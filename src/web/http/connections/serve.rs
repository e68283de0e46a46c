//! Accepting connections and speaking HTTP on them.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::yield_now;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::limits::ConnectionLimits;
use super::requests::Requests;
use super::stream::LimitedStream;
use crate::web::http::connections::connection::{Connection, Connections};
use crate::web::http::tls::ServerTls;

/// The longest head of a request, and the most that is buffered of a response.
const BUFFER: usize = 16 * 1024;
/// How long to wait when connections cannot be accepted and none can end.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown`, over TLS and nothing else if that is given. The
/// caller binds; connections that are open at the end are dropped with the
/// runtime.
pub async fn serve(
    listener: TcpListener,
    tls: Option<ServerTls>,
    router: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()> + Send,
) {
    let connections = Connections::new(limits, tls.is_some());
    let tls = tls.map(ServerTls::acceptor);
    tokio::select! {
        () = accept(&listener, tls.as_ref(), &router, &connections) => {}
        () = shutdown => {}
    }
}

/// Accepts connections; never ends.
async fn accept(
    listener: &TcpListener,
    tls: Option<&TlsAcceptor>,
    router: &Router,
    connections: &Arc<Connections>,
) {
    loop {
        match listener.accept().await {
            Ok((tcp, from)) => {
                let connection = connections.enter(from.ip());
                // Live messages are small and must not wait for each other.
                let _ = tcp.set_nodelay(true);
                let requests = Requests::new(router.clone(), connection.clone());
                let stream = LimitedStream::new(tcp, connection.clone());
                tokio::spawn(speak(stream, tls.cloned(), connection, requests));
                // Who gave way has to be gone before the next one comes.
                yield_now().await;
            }
            Err(error) if is_of_connection(&error) => {}
            // Most likely out of descriptors, though a load leaves some.
            Err(_) if connections.give_up_one() => yield_now().await,
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// True if the client disconnected before its connection was accepted.
fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Speaks on a connection until it ends or has to give way, whatever goes on
/// on it.
async fn speak(
    stream: LimitedStream,
    tls: Option<TlsAcceptor>,
    connection: Connection,
    requests: Requests,
) {
    let gives_way = poll_fn(|context| match connection.poll_closed(context) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    });
    tokio::select! {
        () = gives_way => {}
        () = speak_to_the_end(stream, tls, requests) => {}
    }
}

async fn speak_to_the_end(stream: LimitedStream, tls: Option<TlsAcceptor>, requests: Requests) {
    match tls {
        None => exchange(stream, requests).await,
        // A client without TLS, or with another version, is no error of ours.
        Some(tls) => {
            if let Ok(stream) = Box::pin(tls.accept(stream)).await {
                exchange(stream, requests).await;
            }
        }
    }
}

async fn exchange<S>(stream: S, requests: Requests)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http1::Builder::new()
        // The stream has limits of its own.
        .header_read_timeout(None)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), requests);
    // A client that disconnects or sends garbage is no error of ours.
    let _ = connection.with_upgrades().await;
}
