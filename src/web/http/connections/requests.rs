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

/// Answers the requests of one connection.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    router: TowerToHyperService<Router>,
    connection: Connection,
}

/// A body and what is dropped with it: when it has been read to its end, has
/// been sent, or the rest is not wanted.
struct BodyWith<T> {
    body: Body,
    _until_dropped: T,
}

/// A request in progress.
struct Answering(Connection);

impl Requests {
    pub(super) fn new(router: Router, connection: Connection) -> Self {
        Self {
            router: TowerToHyperService::new(router),
            connection,
        }
    }
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let Self { router, connection } = self.clone();
        connection.begin_request();
        let (over, is_over) = oneshot::channel::<()>();
        let has_body = !request.body().is_end_stream();
        let mut request = request.map(|body| {
            Body::new(BodyWith {
                body: Body::new(body),
                _until_dropped: has_body.then_some(over),
            })
        });
        request.extensions_mut().insert(connection.clone());
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
            let answering = Answering(connection);
            Ok(response.map(|body| {
                Body::new(BodyWith {
                    body,
                    _until_dropped: answering,
                })
            }))
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

impl<T: Unpin> HttpBody for BodyWith<T> {
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

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.end_request();
    }
}
