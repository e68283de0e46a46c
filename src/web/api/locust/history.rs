//! The full history as a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::task::spawn_blocking;

use crate::disk::open_regular;
use crate::web::api::locust::read::attachment;
use crate::web::state::App;

/// The part of the file that a download holds in memory.
const CHUNK_BYTES: usize = 64 * 1024;

/// Locust's route: the history of all names as CSV, as --csv-full-history has written it so far.
#[utoipa::path(
    get, path = "/stats/requests_full_history/csv",
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The file as it is now."),
        (status = 404, body = String, content_type = "text/plain", description = "There is no history."),
    ),
)]
pub(crate) async fn download_history(State(app): State<App>) -> Response {
    let Some(path) = app.history.clone() else {
        let why = "Error: Server was not started with option to generate full history.";
        return (StatusCode::NOT_FOUND, why).into_response();
    };
    let name = path.display().to_string();
    let opened = spawn_blocking(move || open(&path)).await;
    match opened.map_err(io::Error::other).flatten() {
        Ok(file) => {
            let fields = attachment(&app.session.runs().snapshot(), "requests_full_history.csv");
            (fields, Body::from_stream(chunks(file))).into_response()
        }
        Err(error) => {
            let why = format!("Error: cannot read {name}: {error}");
            (StatusCode::NOT_FOUND, why).into_response()
        }
    }
}

/// Opens the file up to its present length; it grows while it is read.
fn open(path: &Path) -> io::Result<io::Take<File>> {
    let file = open_regular(path)?;
    let length = file.metadata()?.len();
    Ok(file.take(length))
}

/// Streams the file in chunks: a disk may be slow, and a history long.
fn chunks(file: io::Take<File>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, async |mut file| {
        let read = spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK_BYTES];
            let length = file.read(&mut chunk)?;
            chunk.truncate(length);
            Ok((chunk, file))
        });
        let (chunk, file) = read.await.map_err(io::Error::other).flatten()?;
        Ok((!chunk.is_empty()).then(|| (chunk.into(), file)))
    })
}
