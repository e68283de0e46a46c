//! The requests of a connection, on their way to the router.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::future::BoxFuture;
use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::connection::Connection;
use crate::web::tls::OverTls;

/// Answers the requests of one connection.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    router: TowerToHyperService<Router>,
    connection: Connection,
    is_tls: bool,
}

/// A body that tells when it is over, or nobody wants the rest.
struct Told {
    body: Body,
    /// Dropped then.
    _over: Option<oneshot::Sender<()>>,
}

/// The body of an answer; when it is dropped the answer is on its way.
struct Answer {
    body: Body,
    connection: Connection,
}

impl Requests {
    pub(super) fn new(router: Router, connection: Connection, is_tls: bool) -> Self {
        Self {
            router: TowerToHyperService::new(router),
            connection,
            is_tls,
        }
    }
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let Self {
            router,
            connection,
            is_tls,
        } = self.clone();
        connection.begin_request();
        let (over, is_over) = oneshot::channel();
        let has_body = !request.body().is_end_stream();
        let mut request = request.map(|body| {
            Body::new(Told {
                body: Body::new(body),
                _over: has_body.then_some(over),
            })
        });
        request.extensions_mut().insert(connection.clone());
        if is_tls {
            request.extensions_mut().insert(OverTls);
        }
        let limit = connection.limits().body;
        Box::pin(async move {
            let overdue = async {
                if timeout(limit, is_over).await.is_ok() {
                    std::future::pending::<()>().await;
                }
            };
            let response = tokio::select! {
                response = router.call(request) => response?,
                () = overdue => too_slow(),
            };
            Ok(response.map(|body| Body::new(Answer { body, connection })))
        })
    }
}

/// To a client whose body did not come.
fn too_slow() -> Response<Body> {
    let mut response = StatusCode::REQUEST_TIMEOUT.into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

impl HttpBody for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.connection.end_request();
    }
}
