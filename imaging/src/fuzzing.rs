//! The entry point for the fuzzer, and for the test that runs its corpus: bytes as a photo.

use crate::format::Foreign;
use crate::sniff::HEAD;
use crate::{Format, PhotoError, Recipe, decode, develop, glance, plan, probe, shrink, vp8};

/// Small sizes, so that encoding takes no longer than decoding, and shrinking begins at 96 pixels.
fn recipe() -> Recipe {
    Recipe { widths: vec![8, 24], fallback_width: 16, max_pixels: 1 << 18, ..Recipe::default() }
}

/// Reads `bytes` as a photo. It may be refused with a message that fits on a line; if it is developed, the result matches its
/// header, and so do the files.
pub fn photo(bytes: &[u8]) {
    let recipe = recipe();
    let seen = probe(bytes);
    let glanced = glance(&bytes[..bytes.len().min(HEAD)]);
    match (&seen, &glanced) {
        (Ok(seen), glanced) => {
            assert_eq!(glanced.as_ref().ok(), Some(&seen.format), "another format at a glance")
        }
        (Err(fault), Err(glanced)) => assert_eq!(fault, glanced),
        (Err(_), Ok(_)) => {}
    }
    let developed = match develop(bytes, &recipe) {
        Ok(developed) => developed,
        Err(fault) => return refused(&fault),
    };
    let Ok(seen) = seen else { unreachable!("developed without a header: {seen:?}") };
    assert_eq!(recipe.admits(&seen), Ok(()), "developed, and not admitted");
    assert_eq!(
        (seen.width, seen.height),
        (developed.width, developed.height),
        "another size than its header says"
    );
    let made: Vec<_> = developed.renditions.iter().map(|(rendition, _)| *rendition).collect();
    assert_eq!(made, plan(&seen, &recipe), "other files than were planned");
    for (rendition, file) in &developed.renditions {
        let again = probe(file).map(|seen| (seen.width, seen.height));
        assert_eq!(again, Ok((rendition.width, rendition.height)), "{}", rendition.file_name());
    }
    if seen.format == Format::Webp {
        smaller(bytes);
    }
}

fn refused(fault: &PhotoError) {
    for words in [fault.to_string(), fault.help()] {
        assert!(!words.is_empty() && !words.contains('\n'), "{words:?}");
    }
    assert!(!matches!(fault, PhotoError::Encoding { .. }), "{fault}");
    assert!(!matches!(fault, PhotoError::Foreign(Foreign::Heic | Foreign::Avif)), "{fault}");
}

/// Checks that a WebP that is decoded smaller has the right number of pixels.
fn smaller(bytes: &[u8]) {
    let Ok(seen) = decode::probe_other(bytes, Format::Webp) else { return };
    for size in [(seen.width, seen.height), (seen.height, seen.width)] {
        for factor in [shrink::factor(size.0, 24), 2, 8] {
            let Some(data) = vp8::smaller(bytes, size, factor) else { continue };
            let pixels = u64::from(size.0.div_ceil(factor)) * u64::from(size.1.div_ceil(factor));
            assert_eq!(data.len() as u64, pixels * 3, "{size:?} at 1/{factor}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus() -> Vec<(String, Vec<u8>)> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/photo");
        let files = std::fs::read_dir(folder).expect("the corpus").flatten().map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).expect("readable"))
        });
        files.collect()
    }

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_developed_or_refused() {
        corpus().iter().for_each(|(_, bytes)| photo(bytes));
    }

    #[test]
    fn the_corpus_has_a_photo_of_each_format_that_is_developed() {
        let formats: std::collections::BTreeSet<Format> = corpus()
            .iter()
            .filter(|(_, bytes)| develop(bytes, &recipe()).is_ok())
            .filter_map(|(_, bytes)| Some(probe(bytes).ok()?.format))
            .collect();
        let all = [Format::Jpeg, Format::Png, Format::Webp, Format::Gif, Format::Heic, Format::Avif];
        assert_eq!(formats, all.into());
    }
}
