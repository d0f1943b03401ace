//! Colours of a setting: a light and a dark one, and the contrast they must have.

use messages::tr;
use yaml::{Fields, Node, Source};

/// WCAG 2.2, success criterion 1.4.3: text needs a contrast of at least 4.5.
const READABLE: f64 = 4.5;

/// A colour for light and, if it differs, for dark mode; both are valid CSS colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shades {
    pub(super) light: String,
    pub(super) dark: Option<String>,
}

impl Shades {
    /// The colour in dark mode.
    pub(super) fn dark(&self) -> &str {
        self.dark.as_deref().unwrap_or(&self.light)
    }
}

/// Reads one colour for both, or `{ light: …, dark: … }`.
pub(super) fn shades(source: &Source, name: &str, node: &Node) -> Option<Shades> {
    if !matches!(node.kind, yaml::Kind::Map(_)) {
        return Some(Shades { light: single(source, name, node)?, dark: None });
    }
    let what = tr!("the colour `{name}`");
    let fields = Fields::new(source, node, &what, ["light", "dark"], &[])?;
    let light = fields.required("light", &what, "light: \"#8c3a21\"");
    let dark = fields.get("dark").map(|node| single(source, "dark", node));
    let light = single(source, "light", light?)?;
    match dark {
        Some(dark) => Some(Shades { light, dark: Some(dark?) }),
        None => Some(Shades { light, dark: None }),
    }
}

/// The span of a mode's colour; the whole value if it is one colour for both.
pub(super) fn span_of(node: &Node, scheme: Scheme) -> std::ops::Range<usize> {
    let own = match &node.kind {
        yaml::Kind::Map(entries) => entries.iter().find(|entry| &*entry.key == scheme.field()),
        _ => None,
    };
    own.map_or_else(|| node.span.clone(), |entry| entry.value.span.clone())
}

/// Reads a CSS colour.
pub(super) fn single(source: &Source, name: &str, node: &Node) -> Option<String> {
    let text = yaml::text(source, name, node)?;
    if styling::colour(&text.value).is_some() {
        return Some(text.value.trim().to_owned());
    }
    source.error(
        "not-a-colour",
        text.span,
        tr!("`{text}` is not a colour", text = text.value),
        tr!("unknown"),
        tr!("write a CSS colour in quotes, such as `\"#8c3a21\"` or `\"oklch(0.5 0.13 38)\"`"),
    );
    None
}

/// The backgrounds that a colour must stand out from.
#[derive(Debug)]
pub(super) struct Contrast {
    light: Option<String>,
    dark: Option<String>,
    at_least: f64,
}

/// Reads `{ light: COLOUR, dark: COLOUR, at_least: 4.5 }`.
pub(super) fn contrast(source: &Source, node: &Node) -> Option<Contrast> {
    let fields = Fields::new(source, node, "`contrast`", ["light", "dark", "at_least"], &[])?;
    let colour = |name: &str| fields.get(name).and_then(|node| single(source, name, node));
    let (light, dark) = (colour("light"), colour("dark"));
    let at_least = match fields.text("at_least") {
        None => READABLE,
        Some(written) => match written.value.parse::<f64>() {
            Ok(ratio) if (1.0..=21.0).contains(&ratio) => ratio,
            _ => {
                let message = tr!("`at_least` is a contrast from 1 to 21");
                let help = tr!("write `at_least: 4.5`");
                source.error("bad-contrast", written.span, message, tr!("out of range"), help);
                return None;
            }
        },
    };
    Some(Contrast { light, dark, at_least })
}

/// Light or dark mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    /// The field of its colour.
    pub(super) fn field(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }
}

/// Whether a colour must become darker or lighter to stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Darker,
    Lighter,
}

/// A colour that is too similar to its background.
#[derive(Debug, Clone)]
pub(super) struct TooNear {
    pub(super) scheme: Scheme,
    /// The background.
    pub(super) ground: String,
    /// Rounded down to two decimals, so that 4.496 is not reported as 4.5.
    pub(super) ratio: f64,
    pub(super) at_least: f64,
    pub(super) way: Way,
}

impl Contrast {
    /// The modes in which the colour is too similar to its background.
    pub(super) fn too_near(&self, shades: &Shades) -> Vec<TooNear> {
        let sides =
            [(Scheme::Light, &self.light, shades.light.as_str()), (Scheme::Dark, &self.dark, shades.dark())];
        let near = sides.into_iter().filter_map(|(scheme, ground, colour)| {
            let ground = ground.as_ref()?;
            let ratio = ratio(colour, ground)?;
            let darker = ratio_to("black", ground) > ratio_to("white", ground);
            let way = if darker { Way::Darker } else { Way::Lighter };
            (ratio < self.at_least).then(|| TooNear {
                scheme,
                ground: ground.clone(),
                ratio: (ratio * 100.0).floor() / 100.0,
                at_least: self.at_least,
                way,
            })
        });
        near.collect()
    }
}

/// A colour that is replaced by another shade of it.
#[derive(Debug)]
pub(super) struct Moved {
    /// The reason.
    pub(super) near: TooNear,
    /// The replacement.
    pub(super) shade: String,
}

impl Contrast {
    /// One colour for both modes, changed in lightness where it is too similar to the background. Returns the changes, or the
    /// mode in which no shade of it is readable.
    pub(super) fn fitted(&self, written: &str) -> Result<(Shades, Vec<Moved>), TooNear> {
        let mut shades = Shades { light: written.to_owned(), dark: None };
        let mut moved = Vec::new();
        for near in self.too_near(&shades) {
            let ground = styling::colour(&near.ground);
            let shade = ground.and_then(|ground| styling::readable(written, ground, near.at_least));
            match shade {
                Some(shade) => moved.push(Moved { near, shade }),
                None => return Err(near),
            }
        }
        for Moved { near, shade } in &moved {
            match near.scheme {
                Scheme::Dark => shades.dark = Some(shade.clone()),
                Scheme::Light => shades.light.clone_from(shade),
            }
        }
        if shades.light != written && shades.dark.is_none() {
            shades.dark = Some(written.to_owned());
        }
        Ok((shades, moved))
    }
}

fn ratio(one: &str, other: &str) -> Option<f64> {
    Some(styling::contrast(styling::colour(one)?, styling::colour(other)?))
}

fn ratio_to(one: &str, other: &str) -> f64 {
    ratio(one, other).unwrap_or(1.0)
}
