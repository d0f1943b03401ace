//! The cache: entries are complete or absent, however many builds run and however they end.

mod fabricate;

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, SystemTime};

use fabricate::{jpeg, scene};
use imaging::{Cache, Developed, Kind, PhotoKey, Recipe, develop};

fn recipe() -> Recipe {
    Recipe { widths: vec![16, 32], fallback_width: 32, ..Recipe::default() }
}

fn developed() -> Developed {
    develop(&jpeg(&scene(50, 40)), &recipe()).expect("develops")
}

fn names(dir: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_stored_is_found_again_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(dir.path().join("deep/photos")).unwrap();
    let key = cache.key([7; 32], &recipe());
    assert_eq!(cache.lookup(&key), None);
    let photo = developed();
    let meta = cache.store(&key, &photo).unwrap();
    assert_eq!(cache.lookup(&key), Some(meta.clone()));
    assert_eq!((meta.width, meta.height, meta.colour), (50, 40, photo.colour));
    for (rendition, bytes) in &photo.renditions {
        assert_eq!(&fs::read(cache.path(&key, rendition)).unwrap(), bytes);
    }
    assert_eq!(names(&dir.path().join("deep/photos")), [key.as_str()], "nothing else is left");
}

#[test]
fn the_key_names_the_photo_and_the_recipe() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(dir.path()).unwrap();
    let key = cache.key([1; 32], &recipe());
    assert_eq!(key.as_str().len(), 20);
    assert_eq!(PhotoKey::parse(key.as_str()), Some(key.clone()));
    assert_ne!(key, cache.key([2; 32], &recipe()));
    assert_ne!(key, cache.key([1; 32], &Recipe::default()));
    for bad in ["", "..", "../../etc/passwd00000", "ABCDEF00000000000000", "0123456789"] {
        assert_eq!(PhotoKey::parse(bad), None);
    }
}

#[test]
fn a_damaged_entry_counts_as_absent_and_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(dir.path()).unwrap();
    let key = cache.key([7; 32], &recipe());
    let photo = developed();
    let first = photo.renditions[0].0;
    let folder = dir.path().join(key.as_str());
    let damages: [&dyn Fn(); 6] = [
        &|| fs::write(cache.path(&key, &first), b"short").unwrap(),
        &|| fs::remove_file(cache.path(&key, &first)).unwrap(),
        &|| fs::write(folder.join("meta.json"), b"{").unwrap(),
        &|| fs::write(folder.join("meta.json"), b"").unwrap(),
        &|| fs::remove_file(folder.join("meta.json")).unwrap(),
        &|| {
            fs::remove_dir_all(&folder).unwrap();
            fs::write(&folder, b"a file where the folder should be").unwrap();
        },
    ];
    for damage in damages {
        cache.store(&key, &photo).unwrap();
        damage();
        assert_eq!(cache.lookup(&key), None);
        cache.store(&key, &photo).unwrap();
        assert!(cache.lookup(&key).is_some());
        assert_eq!(names(dir.path()).len(), 1);
    }
}

#[test]
fn many_threads_may_store_the_same_photo() {
    let dir = tempfile::tempdir().unwrap();
    let photo = developed();
    let key = Cache::open(dir.path()).unwrap().key([7; 32], &recipe());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // Each with its own handle, like another process.
                let cache = Cache::open(dir.path()).unwrap();
                for _ in 0..20 {
                    let meta = cache.store(&key, &photo).unwrap();
                    assert_eq!(cache.lookup(&key), Some(meta));
                }
            });
        }
    });
    assert_eq!(names(dir.path()), [key.as_str()]);
}

#[test]
fn what_a_killed_build_left_is_harmless_and_goes_after_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let left = |name: &str, age: Duration| {
        let folder = dir.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("16.webp"), b"half").unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(60 * 60 * 24 * 365 * 30);
        if age > Duration::ZERO {
            fs::File::open(&folder).unwrap().set_modified(time).unwrap();
        }
    };
    left("tmp-1-0", Duration::from_secs(1));
    left(&format!("tmp-{}-0", std::process::id()), Duration::ZERO);
    left(&format!("tmp-{}-1", std::process::id()), Duration::ZERO);
    let cache = Cache::open(dir.path()).unwrap();
    assert_eq!(names(dir.path()).len(), 2, "the old one is gone, the young ones may be at work");
    let key = cache.key([7; 32], &recipe());
    cache.store(&key, &developed()).unwrap();
    assert!(cache.lookup(&key).is_some(), "a leftover of the same name is stepped over");
}

#[test]
fn pruning_takes_old_photos_that_are_not_wanted_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(dir.path()).unwrap();
    let photo = developed();
    let keys: Vec<PhotoKey> = (0..3).map(|n| cache.key([n; 32], &recipe())).collect();
    for key in &keys {
        cache.store(key, &photo).unwrap();
    }
    fs::write(dir.path().join("notes.txt"), b"mine").unwrap();
    let keep = BTreeSet::from([keys[0].clone()]);
    assert_eq!(cache.prune(&keep, Duration::from_secs(3600)).unwrap(), 0, "all are young");
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(cache.prune(&keep, Duration::ZERO).unwrap(), 2);
    assert_eq!(names(dir.path()).len(), 2);
    assert!(cache.lookup(&keys[0]).is_some());
    assert!(cache.path(&keys[0], &photo.renditions[0].0).is_file());
    assert_eq!(photo.renditions.last().unwrap().0.kind, Kind::Jpeg);
}
