//! The table of layers in `ARCHITECTURE.md`, which is the one that is enforced.

/// One row: a layer, the layers it may use, and whether it has to be pure.
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) uses: Vec<String>,
    pub(super) is_pure: bool,
}

/// Reads the rows `` | `name` (pure) | holds | may use | ``; `all` stands for all rows above.
pub(super) fn parse_layers(document: &str) -> Vec<Layer> {
    let rows = document
        .lines()
        .skip_while(|line| !line.starts_with("| layer |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut layers: Vec<Layer> = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let &[_, name, _, uses, _] = cells.as_slice() else {
            panic!("not a row of three cells: {row}");
        };
        let uses = match uses {
            "" => Vec::new(),
            "all" => layers.iter().map(|layer| layer.name.clone()).collect(),
            names => names.split(", ").map(str::to_owned).collect(),
        };
        let (name, is_pure) = match name.strip_suffix(" (pure)") {
            Some(name) => (name, true),
            None => (name, false),
        };
        layers.push(Layer {
            name: name.trim_matches('`').to_owned(),
            uses,
            is_pure,
        });
    }
    layers
}
