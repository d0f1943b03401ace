//! CSS colours as numbers, and how readable one is on another.

use lightningcss::traits::Parse;
use lightningcss::values::color::{ColorGamut, ColorSpace, CssColor, SRGB};

/// A colour as a screen shows it: sRGB, 8 bits per channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour {
    /// 0 to 255, gamma-encoded.
    pub red: u8,
    /// 0 to 255, gamma-encoded.
    pub green: u8,
    /// 0 to 255, gamma-encoded.
    pub blue: u8,
    /// 0 (transparent) to 1 (opaque).
    pub alpha: f64,
}

impl Colour {
    /// White, opaque.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255, alpha: 1.0 };

    /// `#rrggbb`, ignoring alpha.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Relative luminance, 0 (black) to 1 (white), of the colour as if opaque.
    /// WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
    pub fn luminance(self) -> f64 {
        0.2126 * linear(f64::from(self.red))
            + 0.7152 * linear(f64::from(self.green))
            + 0.0722 * linear(f64::from(self.blue))
    }

    /// The channels of this colour on an opaque background.
    fn over(self, ground: [f64; 3]) -> [f64; 3] {
        let own = [self.red, self.green, self.blue].map(f64::from);
        std::array::from_fn(|i| own[i] * self.alpha + ground[i] * (1.0 - self.alpha))
    }
}

/// Reads any CSS colour that is independent of its context: hex, named, `rgb()`, `hsl()`, `hwb()`, `lab()`, `oklch()`,
/// `color()`, `color-mix()` of these. The channels of colours outside sRGB are clipped, as browsers do on an sRGB screen
/// (CSS Color 4, section 14, recommends otherwise). `None` for anything else: `currentcolor`, system colours,
/// `light-dark()`, `var()`, invalid colours.
pub fn colour(text: &str) -> Option<Colour> {
    let text = text.trim();
    // Valid values are short; this bounds the cost and the nesting of hostile ones.
    const LONGEST: usize = 200;
    if text.len() > LONGEST {
        return None;
    }
    std::panic::catch_unwind(|| {
        let parsed = CssColor::parse_string(text).ok()?;
        // Not `to_rgb`, which reduces the chroma until the colour fits; no browser does that.
        let SRGB { r, g, b, alpha } = SRGB::try_from(&parsed).ok()?.resolve_missing().clip();
        let [red, green, blue] = [r, g, b].map(to_byte);
        Some(Colour { red, green, blue, alpha: f64::from(alpha) })
    })
    .unwrap_or(None)
}

/// From 0..1 to 0..255, rounded.
fn to_byte(channel: f32) -> u8 {
    // In range because of the clamp; NaN becomes 0.
    (channel.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// The contrast ratio of `text` on `ground`, 1 (none) to 21 (black on white).
/// WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>: at least 4.5 for text, 3 for large text and the
/// edges of controls (success criteria 1.4.3, 1.4.11). The order matters only for transparent colours: `text` is then
/// placed on `ground`, and `ground` on white.
pub fn contrast(text: Colour, ground: Colour) -> f64 {
    let ground = ground.over([255.0; 3]);
    let text = text.over(ground);
    let luminance =
        |[red, green, blue]: [f64; 3]| 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    let (a, b) = (luminance(text), luminance(ground));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The light, 0 to 1, of an encoded channel, 0 to 255.
fn linear(channel: f64) -> f64 {
    let channel = channel / 255.0;
    if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Colour {
        colour(text).unwrap_or_else(|| panic!("{text} is a colour"))
    }

    #[test]
    fn black_on_white_is_21_and_a_colour_on_itself_1() {
        assert!((contrast(of("black"), of("#fff")) - 21.0).abs() < 1e-9);
        assert!((contrast(of("#fff"), of("black")) - 21.0).abs() < 1e-9);
        assert!((contrast(of("teal"), of("teal")) - 1.0).abs() < 1e-9);
        // The well-known lightest grey that is still readable on white.
        assert!((contrast(of("#767676"), Colour::WHITE) - 4.54).abs() < 0.005);
        assert!((contrast(of("#777"), Colour::WHITE) - 4.48).abs() < 0.005);
    }

    #[test]
    fn what_shines_through_is_laid_on_its_ground_first() {
        let half = of("rgb(0 0 0 / 50%)");
        let opaque = of("rgb(127 127 127)");
        assert!((contrast(half, Colour::WHITE) - contrast(opaque, Colour::WHITE)).abs() < 0.05);
        assert!((contrast(of("transparent"), of("#888")) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn every_notation_is_read() {
        for (text, hex) in [
            ("#abc", "#aabbcc"),
            ("  RebeccaPurple ", "#663399"),
            ("rgb(10 20 30)", "#0a141e"),
            ("hsl(120deg 100% 25%)", "#008000"),
            ("hwb(0 0% 0%)", "#ff0000"),
            // Red, green, blue, as CSS Color 4 gives them.
            ("oklch(0.62796 0.25768 29.234)", "#ff0000"),
            ("oklch(51.975% 0.17686 142.495)", "#008000"),
            ("oklch(0.45201 0.31321 264.052)", "#0000ff"),
            ("oklab(1 0 0)", "#ffffff"),
            ("color-mix(in srgb, white, black)", "#808080"),
            ("oklch(0.5 none none)", "#636363"),
        ] {
            assert_eq!(of(text).hex(), hex, "{text}");
        }
        assert!((of("rgb(0 0 0 / .2)").alpha - 0.2).abs() < 0.003);
    }

    #[test]
    fn a_colour_beyond_the_screen_is_brought_in() {
        assert_eq!(of("color(display-p3 1 0 0)").hex(), "#ff0000");
        let vivid = of("oklch(0.7 0.4 150)");
        assert_eq!((vivid.red, vivid.green, vivid.blue), (0, 214, 0));
    }

    #[test]
    fn what_depends_on_the_page_is_no_colour() {
        for text in [
            "",
            "currentcolor",
            "var(--x)",
            "CanvasText",
            "light-dark(red, blue)",
            "12px",
            "red blue",
            "#ggg",
        ] {
            assert_eq!(colour(text), None, "{text}");
        }
        assert_eq!(colour(&"(".repeat(100_000)), None);
    }
}
