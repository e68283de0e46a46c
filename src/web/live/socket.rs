//! The live socket: `/api/v1/live`.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use crate::web::http::connections::Connection;
use crate::web::http::problem::{Outcome, Problem};
use crate::web::state::App;

/// A viewer that takes no message for this long is let go.
const STALLED: Duration = Duration::from_secs(10);
/// Viewers have nothing to say; longer messages end the connection.
const INCOMING_BYTES: usize = 1024;
/// What is read of a socket at a time.
const READ_BUFFER: usize = 4 * 1024;
/// A viewer that answers no ping for so long is let go, so that one which lost
/// its network does not keep its place.
const SILENT: Duration = Duration::from_secs(60);

/// Upgrades to a WebSocket with all live data; see docs/live.md.
#[utoipa::path(
    get, path = "/api/v1/live",
    responses(
        (status = 101, description = "Upgraded."),
        (status = 400, description = "Not an upgrade to a WebSocket."),
        (status = 503, body = Outcome, description = "The maximum of live sockets is open."),
    ),
)]
pub(crate) async fn live(
    State(app): State<App>,
    connection: Option<Extension<Connection>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if let Some(Extension(connection)) = connection {
        connection
            .go_live()
            .map_err(|_| Problem::too_many_pages())?;
    }
    let upgrade = upgrade
        .max_message_size(INCOMING_BYTES)
        .max_frame_size(INCOMING_BYTES)
        // Each socket has one of this length.
        .read_buffer_size(READ_BUFFER)
        .on_upgrade(move |socket| async move {
            // A viewer that vanishes is nobody's failure.
            let _ = feed(socket, &app).await;
        });
    Ok(upgrade)
}

/// Why a viewer is no longer fed.
struct Gone;

async fn feed(mut socket: WebSocket, app: &App) -> Result<(), Gone> {
    let (hello, mut messages) = app.feed.subscribe();
    send(&mut socket, Message::Text(hello)).await?;
    app.session.dead_man().seen();
    let mut heard = Instant::now();
    let every = app.session.dead_man().ping_every();
    let mut ping = interval_at(Instant::now() + every, every);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = messages.recv() => match message {
                Ok(text) => send(&mut socket, Message::Text(text)).await?,
                Err(RecvError::Lagged(_)) => {
                    let (hello, resumed) = app.feed.subscribe();
                    messages = resumed;
                    send(&mut socket, Message::Text(hello)).await?;
                }
                Err(RecvError::Closed) => return Ok(()),
            },
            incoming = socket.recv() => match incoming {
                // Without a word: nobody knows since when it has been gone.
                Some(Err(_)) | None => return Ok(()),
                Some(Ok(Message::Close(_))) => {
                    app.session.dead_man().seen();
                    return Ok(());
                }
                Some(Ok(_)) => {
                    heard = Instant::now();
                    app.session.dead_man().seen();
                }
            },
            _ = ping.tick() => {
                if heard.elapsed() > SILENT {
                    return Err(Gone);
                }
                send(&mut socket, Message::Ping(Utf8Bytes::default().into())).await?;
            }
        }
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Gone> {
    match timeout(STALLED, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone),
    }
}
