use std::path::Path;
use std::sync::Arc;

use axum::extract::FromRef;

use crate::session::Session;
use crate::web::live::feed::Feed;

/// The state that all handlers share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    pub(super) session: Session,
    pub(super) feed: Arc<Feed>,
    pub(super) class_picker: ClassPicker,
    /// The file with the history of every name, where one is written.
    pub(super) history: Option<Arc<Path>>,
}

/// The user-class picker of the start form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClassPicker {
    /// Folded, and shown only if there are several classes.
    #[default]
    Folded,
    /// Always visible.
    Open,
}

impl App {
    /// Starts feeding the live sockets on the current runtime.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self {
            feed: Feed::start(&session),
            session,
            class_picker: ClassPicker::default(),
            history: None,
        }
    }

    /// The same, with user classes chosen in this way.
    #[must_use]
    pub fn with_class_picker(self, class_picker: ClassPicker) -> Self {
        Self {
            class_picker,
            ..self
        }
    }

    /// The same, with a file in which the history of every name is written.
    #[must_use]
    pub fn with_history(self, history: Option<&Path>) -> Self {
        Self {
            history: history.map(Arc::from),
            ..self
        }
    }
}

impl FromRef<App> for Session {
    fn from_ref(app: &App) -> Self {
        app.session.clone()
    }
}
