//! The readable colour that is nearest to one that is not.

use lightningcss::traits::Parse;
use lightningcss::values::color::{ColorGamut, ColorSpace, CssColor, OKLCH, SRGB};

use crate::colour::{Colour, colour, contrast};

/// Number of steps between black and white.
const STEPS: u16 = 500;

/// `text` with the nearest lightness in OKLCH at which it has the contrast `at_least` on `ground`. It keeps its hue, and as
/// much chroma as a screen can show. `None` if it is not a colour, is transparent, or cannot reach the contrast.
pub fn readable(text: &str, ground: Colour, at_least: f64) -> Option<String> {
    let own = colour(text).filter(|own| own.alpha >= 1.0)?;
    let from = OKLCH::try_from(&CssColor::parse_string(text.trim()).ok()?).ok()?.resolve_missing();
    let black = Colour { red: 0, green: 0, blue: 0, alpha: 1.0 };
    let end = if contrast(black, ground) > contrast(Colour::WHITE, ground) { 0.0 } else { 1.0 };
    if contrast(own, ground) >= at_least {
        return Some(text.trim().to_owned());
    }
    let shades = (1..=STEPS).map(|step| from.l + (end - from.l) * f32::from(step) / f32::from(STEPS));
    shades
        .map(|lightness| printed(OKLCH { l: lightness, ..from }))
        .find(|shade| colour(shade).is_some_and(|shade| contrast(shade, ground) >= at_least))
}

/// Reduced to what a screen can show, with three decimals.
fn printed(mut colour: OKLCH) -> String {
    const LESS: f32 = 0.005;
    while colour.c > 0.0 && !SRGB::from(colour).in_gamut() {
        colour.c = (colour.c - LESS).max(0.0);
    }
    format!("oklch({} {} {})", short(colour.l, 3), short(colour.c, 3), short(colour.h, 1))
}

fn short(number: f32, decimals: usize) -> String {
    let written = format!("{number:.decimals$}");
    if written.contains('.') {
        written.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opaque_colour_can_be_read_on_every_paper() {
        let papers = ["oklch(.975 .008 85)", "oklch(.20 .012 60)", "white", "black", "#111"];
        let colours = [
            "#8c3a21",
            "#ffeeaa",
            "#00f",
            "yellow",
            "#777",
            "black",
            "white",
            "oklch(0.5 0.13 38)",
            "hotpink",
        ];
        for paper in papers {
            let ground = colour(paper).expect("a colour");
            for text in colours {
                let moved = readable(text, ground, 4.5).unwrap_or_else(|| panic!("{text} on {paper}"));
                let ratio = contrast(colour(&moved).expect("a colour"), ground);
                assert!(ratio >= 4.5, "{text} on {paper} became {moved}: {ratio}");
                // No more than necessary.
                assert!(ratio < 4.8 || moved == text, "{text} on {paper} became {moved}: {ratio}");
            }
        }
    }

    #[test]
    fn what_can_be_read_stays_and_what_cannot_be_moved_is_none() {
        let white = Colour::WHITE;
        assert_eq!(readable(" #8c3a21", white, 4.5).as_deref(), Some("#8c3a21"));
        assert_eq!(readable("rgb(0 0 0 / 20%)", white, 4.5), None);
        assert_eq!(readable("currentcolor", white, 4.5), None);
        assert_eq!(readable("yellow", colour("#777").expect("a colour"), 7.0), None);
    }
}
