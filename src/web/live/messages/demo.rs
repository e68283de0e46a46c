use serde::Serialize;

use crate::session::Scene;

/// The act of the demo that is being played.
#[derive(Debug, Serialize)]
pub(crate) struct DemoBody {
    act: usize,
    of: usize,
    title: &'static str,
    text: String,
}

impl DemoBody {
    pub(crate) fn new(scene: &Scene) -> Self {
        Self {
            act: scene.act,
            of: scene.of,
            title: scene.title,
            text: scene.text.clone(),
        }
    }
}
