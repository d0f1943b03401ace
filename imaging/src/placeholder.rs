//! The colour a photo's place has before the photo is there: one of 64, so that a page needs no style
//! attribute (the shop's content security policy forbids them) and the stylesheet only 64 rules.

/// How many classes there are: four steps of red, green and blue.
pub const CLASSES: u8 = 64;

/// The class of an sRGB colour, `0..64`: two bits each of red, green and blue.
pub fn colour_class(rgb: [u8; 3]) -> u8 {
    let [red, green, blue] = rgb.map(|channel| channel >> 6);
    red << 4 | green << 2 | blue
}

/// The sRGB colour of a class: the middle of its cell, no further than 32 steps from any colour in it.
/// Numbers from 64 on wrap around.
pub fn class_colour(class: u8) -> [u8; 3] {
    [class >> 4, class >> 2, class].map(|bits| (bits & 3) * 64 + 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_colour_falls_into_its_own_class() {
        for class in 0..CLASSES {
            assert_eq!(colour_class(class_colour(class)), class);
        }
    }

    #[test]
    fn no_colour_is_further_than_32_steps_from_its_class() {
        for value in 0..=255u8 {
            let rgb = [value, 255 - value, value / 2];
            let near = class_colour(colour_class(rgb));
            for (a, b) in rgb.iter().zip(near) {
                assert!(a.abs_diff(b) <= 32, "{rgb:?} -> {near:?}");
            }
        }
    }
}
