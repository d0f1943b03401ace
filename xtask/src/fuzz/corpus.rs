//! Which inputs are kept in git: those that a person wrote and named, then those that add the most coverage to them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Maximum number of files in a target's corpus.
pub(crate) const MOST_FILES: usize = 60;
/// Maximum size of a target's corpus in bytes.
pub(crate) const MOST_BYTES: u64 = 100_000;

/// An input and its coverage, as libFuzzer counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    path: PathBuf,
    bytes: u64,
    reaches: BTreeSet<u64>,
}

/// Reads libFuzzer's control file of a merge: the number of files, how many of them are in the target folder, their
/// paths, then lines `STARTED number bytes` and `FT number feature...`.
pub(crate) fn inputs(control: &str) -> Result<Vec<Input>> {
    let mut lines = control.lines();
    let count: usize = lines.next().and_then(|line| line.parse().ok()).context("no number of files")?;
    lines.next();
    let paths = lines.by_ref().take(count);
    let mut all: Vec<Input> =
        paths.map(|path| Input { path: path.into(), bytes: 0, reaches: BTreeSet::new() }).collect();
    for line in lines {
        let mut words = line.split(' ');
        let (kind, at) = (words.next(), words.next().and_then(|at| at.parse::<usize>().ok()));
        let Some(input) = at.and_then(|at| all.get_mut(at)) else { continue };
        let mut numbers = words.filter_map(|word| word.parse::<u64>().ok());
        match kind {
            Some("STARTED") => input.bytes = numbers.next().unwrap_or(0),
            Some("FT") => input.reaches = numbers.collect(),
            _ => {}
        }
    }
    Ok(all)
}

/// Every named input of the folder, then repeatedly the one that adds the most coverage, or the smaller of two that add the
/// same, while there is room.
pub(crate) fn choose(inputs: &[Input], kept: &Path) -> Vec<Input> {
    let is_named = |input: &Input| input.path.parent() == Some(kept) && !is_found(&input.path);
    let (mut chosen, mut rest): (Vec<Input>, Vec<Input>) = inputs.iter().cloned().partition(is_named);
    let mut new: BTreeSet<u64> = chosen.iter().flat_map(|input| &input.reaches).copied().collect();
    let mut room = MOST_BYTES.saturating_sub(bytes(&chosen));
    while chosen.len() < MOST_FILES {
        for input in &mut rest {
            input.reaches.retain(|feature| !new.contains(feature));
        }
        rest.retain(|input| !input.reaches.is_empty() && input.bytes <= room);
        let best = rest
            .iter()
            .enumerate()
            .max_by_key(|(_, input)| (input.reaches.len(), std::cmp::Reverse(input.bytes)));
        let Some((at, _)) = best else { break };
        let best = rest.swap_remove(at);
        room -= best.bytes;
        new.clone_from(&best.reaches);
        chosen.push(best);
    }
    chosen
}

/// The total size of inputs in bytes.
pub(crate) fn bytes(inputs: &[Input]) -> u64 {
    inputs.iter().map(|input| input.bytes).sum()
}

/// Makes the folder contain exactly the chosen inputs.
pub(crate) fn replace(kept: &Path, chosen: &[Input]) -> Result<()> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::with_capacity(chosen.len());
    for input in chosen {
        let name = input.path.file_name().context("an input has no name")?;
        let content = fs::read(&input.path).with_context(|| format!("reading {}", input.path.display()))?;
        files.push((kept.join(name), content));
    }
    for entry in fs::read_dir(kept).with_context(|| format!("reading {}", kept.display()))?.flatten() {
        if !files.iter().any(|(path, _)| *path == entry.path()) {
            fs::remove_file(entry.path()).with_context(|| format!("removing {}", entry.path().display()))?;
        }
    }
    for (path, content) in files {
        fs::write(&path, content).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// Whether libFuzzer found it: such inputs are named by their SHA-1.
fn is_found(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL: &str = "4\n0\n/kept/by-hand\n/kept/0123456789012345678901234567890123456789\n/found/a\n/found/b\n\
        STARTED 0 10\nFT 0 1 2\nCOV 0 7\nSTARTED 1 5\nFT 1 1\nSTARTED 2 30\nFT 2 1 2 3 4\nSTARTED 3 20\nFT 3 3 4 2\nDONE\n";

    #[test]
    fn what_has_a_name_stays_and_of_the_rest_what_adds_most_in_fewest_bytes() {
        let inputs = inputs(CONTROL).expect("read");
        assert_eq!(inputs[2].bytes, 30);
        assert_eq!(inputs[2].reaches, [1, 2, 3, 4].into());
        let chosen = choose(&inputs, Path::new("/kept"));
        let names: Vec<String> = chosen.iter().map(|input| input.path.display().to_string()).collect();
        assert_eq!(names, ["/kept/by-hand", "/found/b"]);
        assert_eq!(bytes(&chosen), 30);
    }

    #[test]
    fn a_corpus_never_outgrows_its_bounds() {
        let large = |number: u64| Input {
            path: format!("/found/{number}").into(),
            bytes: 7_000,
            reaches: BTreeSet::from([number, number + 1_000]),
        };
        let many: Vec<Input> = (0..100).map(large).collect();
        assert_eq!(choose(&many, Path::new("/kept")).len(), 14);
        let small: Vec<Input> = many.iter().cloned().map(|input| Input { bytes: 7, ..input }).collect();
        assert_eq!(choose(&small, Path::new("/kept")).len(), MOST_FILES);
    }

    #[test]
    fn the_folder_then_holds_what_was_chosen_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let (kept, found) = (folder.path().join("kept"), folder.path().join("found"));
        for made in [&kept, &found] {
            fs::create_dir(made).expect("made");
        }
        fs::write(kept.join("old"), "1").expect("written");
        fs::write(found.join("new"), "2").expect("written");
        let new = Input { path: found.join("new"), bytes: 1, reaches: BTreeSet::new() };
        replace(&kept, &[new]).expect("replaced");
        let names: Vec<_> =
            fs::read_dir(&kept).expect("there").flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(names, ["new"]);
    }
}
