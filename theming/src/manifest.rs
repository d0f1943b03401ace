//! `theme.yaml` of all layers, read together: what a child leaves out comes from its parent.

use faults::suggest::nearest;
use faults::{Fault, Faults, Place};
use messages::tr;
use yaml::{Fields, Node, Source, Spanned};

use crate::layer::Layer;

const FIELDS: [&str; 7] = ["api", "name", "extends", "settings", "photos", "fonts", "scripts"];

/// The version of the contract between theme and program that this program supports.
const API: &str = "1";

/// A layer's `theme.yaml`.
pub(crate) struct Manifest {
    pub(crate) source: Source,
    root: Node,
}

impl Manifest {
    /// Reads a layer's file; its absence is a fault.
    pub(crate) fn read(layer: &Layer, faults: &mut Faults) -> Option<Self> {
        if !layer.files.contains_key("theme.yaml") {
            let place = Place::file(format!("{}/theme.yaml", layer.folder()));
            let name = &layer.name;
            faults.push(
                Fault::error("missing-file", place, tr!("the theme `{name}` has no theme.yaml"))
                    .help(tr!("write one with `api: {API}` and `name: {name}`")),
            );
        }
        let source = layer.yaml("theme.yaml", faults)?;
        let root = yaml::parse(&source, 0..source.text.len());
        match root {
            Some(root) => Some(Manifest { source, root }),
            None => {
                faults.extend(source.take_faults());
                None
            }
        }
    }

    /// The fields. Each call reports unknown ones.
    pub(crate) fn fields(&self) -> Option<Fields<'_>> {
        Fields::new(&self.source, &self.root, "theme.yaml", FIELDS, &[])
    }

    /// Checks `api`, `name` and `extends`; false if the theme that it extends is missing.
    pub(crate) fn check(&self, fields: &Fields<'_>, index: usize, layers: &[Layer]) -> bool {
        fields.required("name", tr!("a theme"), "name: Atelier");
        if let Some(api) = fields.required("api", tr!("a theme"), &format!("api: {API}"))
            && let Some(written) = yaml::text(&self.source, "api", api)
            && written.value != API
        {
            self.source.error(
                "unknown-api",
                written.span,
                tr!("this program understands themes of `api: {API}`"),
                tr!("another version"),
                tr!("write `api: {API}`, or use the version of bazaar that the theme was made for"),
            );
        }
        let below: Vec<&str> = layers.iter().skip(index + 1).map(|layer| layer.name.as_str()).collect();
        let name = layers.get(index).map_or("", |layer| &layer.name);
        match fields.text("extends") {
            Some(parent) if parent.value == name || below.first() != Some(&parent.value.as_str()) => {
                self.no_parent(name, &parent, &below);
                false
            }
            _ => true,
        }
    }

    fn no_parent(&self, name: &str, parent: &Spanned<String>, below: &[&str]) {
        let (message, label, help) = if parent.value == name {
            (
                tr!("the theme `{name}` extends itself"),
                tr!("itself"),
                tr!("name another theme, or remove this line").to_owned(),
            )
        } else {
            let parent = &parent.value;
            let help = match nearest(parent, below.iter().copied().chain(["petit"])) {
                Some(meant) => tr!("did you mean `{meant}`?"),
                None => tr!("put it into themes/{parent}/, or write `extends: petit`"),
            };
            (tr!("there is no theme `{parent}`"), tr!("not found"), help)
        };
        self.source.error("unknown-theme", parent.span.clone(), message, label, help);
    }
}

/// The first value of a field, child first, with the fields of its layer.
pub(crate) fn first<'a>(stack: &[Fields<'a>], name: &str) -> Option<(Fields<'a>, &'a Node)> {
    stack.iter().find_map(|fields| Some((*fields, fields.get(name)?)))
}

/// A list of the theme's own files, such as `fonts:`. Each must be among `known`.
pub(crate) fn files<'k>(
    stack: &[Fields<'_>],
    name: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Vec<String> {
    let Some((fields, _)) = first(stack, name) else { return Vec::new() };
    let mut files = Vec::new();
    for file in fields.texts(name) {
        if known.clone().any(|one| one == file.value) {
            files.push(file.value);
            continue;
        }
        let help = match nearest(&file.value, known.clone()) {
            Some(meant) => tr!("did you mean `{meant}`?"),
            None => tr!("write its path inside the theme, such as `fonts/name.woff2`").to_owned(),
        };
        let message = tr!("the theme has no file `{path}`", path = file.value);
        fields.source().error("missing-file", file.span, message, tr!("not found"), help);
    }
    files
}
