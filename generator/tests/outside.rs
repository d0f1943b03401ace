//! Lists that others maintain: `docs/outside.md` says which library in which version contains each. When a version changes,
//! somebody has to look at what is new before updating the table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The versions of every package of `Cargo.lock`, by name.
fn locked() -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in read("Cargo.lock").split("[[package]]").skip(1) {
        let field = |name: &str| {
            let begins = format!("{name} = \"");
            package
                .lines()
                .find_map(|line| Some(line.strip_prefix(&begins)?.trim_end_matches('"').to_owned()))
        };
        if let (Some(name), Some(version)) = (field("name"), field("version")) {
            all.entry(name).or_default().push(version);
        }
    }
    all
}

#[test]
fn the_table_names_the_versions_that_are_locked() {
    let locked = locked();
    let table = read("docs/outside.md");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip_while(|line| !line.starts_with("## By a library"))
        .take_while(|line| !line.starts_with("## By a published"))
        .filter(|line| line.starts_with("| ") && !line.starts_with("| what"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 5, "the table was not found");
    for row in rows {
        let (crate_name, version, place) = (row[2].trim_matches('`'), row[3], row[4].trim_matches('`'));
        let known = locked.get(crate_name).unwrap_or_else(|| panic!("{crate_name} is not in Cargo.lock"));
        assert!(
            known.iter().any(|locked| locked == version),
            "docs/outside.md says {crate_name} {version}, Cargo.lock {known:?}: look at what its list takes now, then change the table"
        );
        assert!(!read(place).is_empty());
    }
}

#[test]
fn every_file_that_the_tables_name_is_there() {
    let table = read("docs/outside.md");
    let places = table.lines().filter(|line| line.starts_with("| ")).filter_map(|line| {
        let last = line.trim_end_matches(" |").rsplit('`').nth(1)?;
        last.ends_with(".rs").then_some(last)
    });
    let places: Vec<&str> = places.collect();
    assert!(places.len() > 15, "{places:?}");
    for place in places {
        assert!(!read(place).is_empty());
    }
}
