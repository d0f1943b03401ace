//! The colour of a photo's placeholder until the photo is loaded: one of 64, so that a page needs no style attribute (the
//! shop's content security policy forbids them) and the stylesheet only 64 rules.
//!
//! Sixteen steps of lightness, four tints. A coarse grid over red, green and blue would turn the beige of a wall into
//! olive; a placeholder must not be garish.

/// How many classes there are: sixteen steps of lightness in four tints.
pub const CLASSES: u8 = 64;

/// How much more red than blue, or vice versa, a colour must have to count as tinted, of 255.
const TINTED: i16 = 14;

/// What each tint adds to a grey: none, warm, cool, green.
const TINTS: [[i16; 3]; 4] = [[0, 0, 0], [13, 1, -17], [-15, -1, 17], [-9, 7, -9]];

/// The class of an sRGB colour, `0..64`: its lightness (four bits) and its tint (two bits).
pub fn colour_class(rgb: [u8; 3]) -> u8 {
    let [red, green, blue] = rgb.map(i16::from);
    // Rec. 601 luma, in whole numbers.
    let lightness = (red * 30 + green * 59) / 100 + blue * 11 / 100;
    let tint = if green - red.max(blue) > TINTED / 2 {
        3
    } else if red - blue > TINTED {
        1
    } else if blue - red > TINTED {
        2
    } else {
        0
    };
    (u8::try_from(lightness).unwrap_or(u8::MAX) >> 4) << 2 | tint
}

/// The sRGB colour of a class. Numbers from 64 on wrap around.
pub fn class_colour(class: u8) -> [u8; 3] {
    let grey = i16::from(class >> 2 & 15) * 16 + 8;
    let tint = TINTS[usize::from(class & 3)];
    tint.map(|shift| u8::try_from((grey + shift).clamp(0, 255)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_keeps_its_lightness_and_no_class_is_vivid() {
        for class in 0..CLASSES {
            let [red, green, blue] = class_colour(class);
            let back = colour_class([red, green, blue]) >> 2;
            assert!(back.abs_diff(class >> 2) <= 1, "{class}");
            let most = red.max(green).max(blue);
            assert!(most - red.min(green).min(blue) <= 32, "{class}");
        }
    }

    #[test]
    fn a_limewashed_wall_is_a_warm_grey() {
        let [red, green, blue] = class_colour(colour_class([178, 166, 150]));
        assert!(red > green && green > blue && red - blue == 30, "{red} {green} {blue}");
    }
}
