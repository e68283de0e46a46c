//! Whether a target asks for a certificate of ours, which the TLS library tells
//! nobody but the one who has to find it.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

thread_local! {
    /// A handshake is polled by one thread and asks for the certificate within
    /// a poll, so this belongs to the handshake that is being polled.
    static WAS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Finds certificates as another one does, and notes that it was asked to. All
/// connections of a route share it: resuming sessions depends on that.
#[derive(Debug)]
pub(super) struct RecordsCertificateRequests(pub(crate) Arc<dyn ResolvesClientCert>);

impl ResolvesClientCert for RecordsCertificateRequests {
    fn resolve(
        &self,
        root_hint_subjects: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        WAS_ASKED.set(true);
        self.0.resolve(root_hint_subjects, schemes)
    }

    fn only_raw_public_keys(&self) -> bool {
        self.0.only_raw_public_keys()
    }

    fn has_certs(&self) -> bool {
        self.0.has_certs()
    }
}

/// Awaits a handshake; also whether it was asked for a certificate.
pub(super) async fn noting_requests<F: Future>(handshake: F) -> (F::Output, bool) {
    let mut handshake = pin!(handshake);
    let mut was_asked = false;
    let output = std::future::poll_fn(|cx| {
        WAS_ASKED.set(false);
        let polled = handshake.as_mut().poll(cx);
        was_asked |= WAS_ASKED.get();
        polled
    })
    .await;
    (output, was_asked)
}
