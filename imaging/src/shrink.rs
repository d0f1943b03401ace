//! Shrinking a very large photo while it is decoded, so that it is never completely in memory.

/// By which factor a photo may be decoded smaller: the power of two that leaves at least twice the width of its largest size,
/// so that the final filter has enough pixels to work with. One for all but the largest photos.
pub(crate) fn factor(width: u32, largest: u32) -> u32 {
    match width / largest.saturating_mul(2).max(1) {
        0 | 1 => 1,
        2 | 3 => 2,
        4..=7 => 4,
        _ => 8,
    }
}

/// Averages squares of pixels, fed row by row.
pub(crate) struct Shrink {
    factor: usize,
    channels: usize,
    /// The last channel is the weight of the others: invisible pixels have no colour.
    alpha: bool,
    sums: Vec<u32>,
    rows: usize,
    out: Vec<u8>,
}

impl Shrink {
    pub(crate) fn new(factor: u32, channels: usize, alpha: bool) -> Self {
        let factor = usize::try_from(factor).unwrap_or(1);
        Self { factor, channels, alpha, sums: Vec::new(), rows: 0, out: Vec::new() }
    }

    /// Takes the next row from the top.
    pub(crate) fn row(&mut self, row: &[u8]) {
        let wide = (row.len() / self.channels).div_ceil(self.factor);
        // Each square's sums are followed by their total weight.
        self.sums.resize(wide * (self.channels + 1), 0);
        let squares = row.chunks(self.channels * self.factor);
        for (square, sums) in squares.zip(self.sums.chunks_exact_mut(self.channels + 1)) {
            for pixel in square.chunks_exact(self.channels) {
                let weight = if self.alpha { pixel.last().map_or(0, |alpha| u32::from(*alpha)) } else { 1 };
                let Some((count, sums)) = sums.split_last_mut() else { continue };
                *count += 1;
                let last = self.channels - 1;
                for (at, (sum, value)) in sums.iter_mut().zip(pixel).enumerate() {
                    let weight = if self.alpha && at == last { 1 } else { weight };
                    *sum += u32::from(*value) * weight;
                }
            }
        }
        self.rows += 1;
        if self.rows == self.factor {
            self.flush();
        }
    }

    /// The shrunk picture.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.rows > 0 {
            self.flush();
        }
        self.out
    }

    fn flush(&mut self) {
        let mean =
            |sum: u32, weight: u32| u8::try_from((sum + weight / 2) / weight.max(1)).unwrap_or(u8::MAX);
        for sums in self.sums.chunks_exact_mut(self.channels + 1) {
            let Some((count, sums)) = sums.split_last_mut() else { continue };
            let opacity = sums.last().copied().unwrap_or(0);
            for (at, sum) in sums.iter_mut().enumerate() {
                let weight = if self.alpha && at + 1 < self.channels { opacity } else { *count };
                self.out.push(mean(*sum, weight));
                *sum = 0;
            }
            *count = 0;
        }
        self.rows = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_far_larger_than_its_largest_size_is_decoded_smaller() {
        let factors: Vec<u32> =
            [100, 1600, 4032, 6399, 6400, 8160, 12_800, 30_000].map(|own| factor(own, 1600)).into();
        assert_eq!(factors, [1, 1, 1, 1, 2, 2, 4, 8]);
        assert_eq!(factor(5000, 0), 8);
    }

    #[test]
    fn squares_become_their_mean_and_clear_pixels_have_no_colour() {
        let mut grey = Shrink::new(2, 1, false);
        for row in [[10, 20, 7], [30, 40, 9], [1, 1, 5]] {
            grey.row(&row);
        }
        assert_eq!(grey.finish(), [25, 8, 1, 5]);
        let mut clear = Shrink::new(2, 4, true);
        clear.row(&[255, 0, 0, 255, 0, 255, 0, 0]);
        clear.row(&[0, 0, 0, 0, 9, 9, 9, 0]);
        assert_eq!(clear.finish(), [255, 0, 0, 64]);
    }
}
