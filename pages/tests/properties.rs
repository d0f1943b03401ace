//! Promises that hold for every shop: the same input gives the same bytes, whatever was built before.

mod shop;

use std::fs;
use std::path::Path;
use std::time::Duration;

use pages::build::{self, Memory};
use proptest::prelude::*;
use shop::{Shop, jpeg, tree};

fn build_to(shop: &Shop, out: &str, memory: &mut Memory) -> std::collections::BTreeMap<String, Vec<u8>> {
    let options = build::Options { out: shop.path().join(out), ..shop.options() };
    let outcome = build::build(&options, memory, &|_, _| {}).expect("the disk works");
    assert!(outcome.published.is_some(), "{:?}", outcome.faults);
    tree(&options.out)
}

fn larger() -> Shop {
    let shop = Shop::base();
    for number in 0..30 {
        let text = format!(
            "---\ntitle: Bol {number}\nsku: B-{number}\nprice: {}.50\nsupply: {}\ncategory: bols\nmaker: claire\ntags: [a{}, b]\n\
             added: 2026-02-{:02}\nimages:\n  - {{ file: p{number}.jpg, alt: Un bol }}\n---\nVoir [le bol](product:bol).\n",
            number + 1,
            number % 3,
            number % 4,
            number % 28 + 1
        );
        shop.write(&format!("content/products/n{number}.md"), text);
        shop.write(&format!("content/products/p{number}.jpg"), jpeg(400, 300, number));
    }
    shop
}

#[test]
fn a_second_build_writes_nothing() {
    let shop = larger();
    shop.build();
    let again = shop.build().published.expect("published");
    assert_eq!((again.written, again.rendered, again.removed), (0, 0, 0), "{again:?}");
}

#[test]
fn one_thread_and_many_two_folders_and_two_days_give_the_same_bytes() {
    let shop = larger();
    let first = build_to(&shop, "a", &mut Memory::default());
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let second = one.install(|| build_to(&shop, "b", &mut Memory::default()));
    assert!(first == second, "one thread gives other bytes");
    let elsewhere = larger();
    assert!(
        first == build_to(&elsewhere, "dist", &mut Memory::default()),
        "another folder gives other bytes"
    );
    let options = build::Options {
        now: shop.options().now + Duration::from_secs(86_400),
        out: shop.path().join("c"),
        ..shop.options()
    };
    build::build(&options, &mut Memory::default(), &|_, _| {}).expect("the disk works");
    assert!(first == tree(&options.out), "another day gives other bytes");
}

#[test]
fn a_killed_build_is_mended_by_the_next() {
    let shop = larger();
    let whole = build_to(&shop, "dist", &mut Memory::default());
    let page = shop.path().join("dist/produits/bol/index.html");
    fs::write(&page, "half a pa").expect("written");
    fs::remove_file(shop.path().join("dist/atom.xml")).expect("removed");
    assert!(whole == build_to(&shop, "dist", &mut Memory::default()));
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let shop = Shop::base();
    shop.write("dist/precious.txt", "mine");
    let refused = build::build(&shop.options(), &mut Memory::default(), &|_, _| {});
    assert!(refused.is_err());
    assert_eq!(shop.site().len(), 1);
}

#[test]
fn a_folder_whose_manifest_was_lost_is_known_by_its_first_line() {
    let shop = Shop::base();
    shop.build();
    std::fs::remove_dir_all(shop.path().join(".bazaar")).expect("removed");
    assert!(shop.build().published.is_some());
    std::fs::remove_dir_all(shop.path().join(".bazaar")).expect("removed");
    shop.write("dist/_headers", "/*\n  X-Frame-Options: DENY\n");
    assert!(build::build(&shop.options(), &mut Memory::default(), &|_, _| {}).is_err(), "somebody else's");
}

#[test]
fn what_is_counted_as_removed_was_there() {
    let shop = Shop::base();
    shop.build();
    let files = shop.site().len();
    shop.remove("content/products/bol.en.md");
    shop.remove("content/products/bol.md");
    shop.remove("dist/produits/bol/index.html");
    let removed = shop.build().published.expect("published").removed;
    assert_eq!(removed, files - 1 - shop.site().len(), "one was gone already");
}

#[test]
fn only_our_own_files_are_removed() {
    let shop = Shop::base();
    shop.build();
    shop.write("dist/precious.txt", "mine");
    shop.remove("content/products/bol.md");
    shop.remove("content/products/bol.en.md");
    let removed = shop.build().published.expect("published").removed;
    assert!(removed > 0);
    let site = shop.site();
    assert!(site.contains_key("precious.txt"));
    assert!(!site.contains_key("produits/bol/index.html"));
    assert!(!shop.path().join("dist/produits/bol").exists());
}

#[test]
fn a_folder_that_was_moved_or_renamed_is_still_ours_to_prune() {
    let gone = "produits/bol/index.html";
    let without = |shop: &Path| {
        for name in ["bol.md", "bol.en.md"] {
            fs::remove_file(shop.join("content/products").join(name)).expect("removed");
        }
    };
    let build_in = |shop: &Path, out: &str| {
        let base = Shop::empty().options();
        let options = build::Options { shop: shop.to_owned(), out: shop.join(out), ..base };
        build::build(&options, &mut Memory::default(), &|_, _| {})
            .expect("the disk works")
            .published
            .expect("published")
    };
    let around = Shop::empty();
    let (first, second) = (around.path().join("first"), around.path().join("second"));
    around.lay_at("first", &shop::base());
    build_in(&first, "dist");
    assert!(first.join("dist").join(gone).is_file());
    fs::rename(&first, &second).expect("moved");
    without(&second);
    assert!(build_in(&second, "dist").removed > 0);
    assert!(!second.join("dist").join(gone).exists(), "the shop moved");

    around.lay_at("second", &shop::base());
    build_in(&second, "dist");
    fs::rename(second.join("dist"), second.join("public")).expect("renamed");
    without(&second);
    assert!(build_in(&second, "public").removed > 0);
    assert!(!second.join("public").join(gone).exists(), "the output folder was renamed");
}

#[test]
fn what_all_pages_share_is_a_part_of_each() {
    let shop = Shop::base();
    let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    let mut lines = String::new();
    let mut before = build_to(&shop, "dist", &mut Memory::default());
    // Each appears only in the frame: in the head, the header or the footer of every page.
    for more in [
        "contact: { email: bonjour@example.com, phone: \"+33 1 23 45 67 89\" }",
        "tagline: { fr: Des bols, en: Bowls }",
        "social: [\"https://example.com/atelier\"]",
        "menus: { main: [categories], footer: [makers] }",
        "theme_settings: { density: compact }",
        "closed: { message: { fr: En vacances, en: Away } }",
    ] {
        lines += &format!("{more}\n");
        shop.write("content/shop.yaml", settings.clone() + &lines);
        // With the memory of a new process, like an owner's builds: only what is on disk is known.
        let incremental = build_to(&shop, "dist", &mut Memory::default());
        let clean = Shop::base();
        clean.write("content/shop.yaml", settings.clone() + &lines);
        let clean = build_to(&clean, "dist", &mut Memory::default());
        let stale: Vec<_> = clean.keys().filter(|path| incremental.get(*path) != clean.get(*path)).collect();
        assert!(stale.is_empty(), "{more}: {stale:?}");
        let page = "produits/bol/index.html";
        assert_ne!(before.get(page), incremental.get(page), "{more} shows on every page");
        before = incremental;
    }
}

/// One change an owner may make.
#[derive(Debug, Clone)]
enum Edit {
    Price(u8, u16),
    Title(u8, String),
    Add(u8),
    Remove(u8),
    Category(u8, bool),
    Translate(u8),
    Photo(u8, u8),
    Shop(String),
    Theme(String),
    Word(String),
}

fn edits() -> impl Strategy<Value = Edit> {
    let word = "[a-z]{1,8}";
    prop_oneof![
        (0..6u8, 50..9999u16).prop_map(|(n, price)| Edit::Price(n, price)),
        (0..6u8, word).prop_map(|(n, title)| Edit::Title(n, title)),
        (0..6u8).prop_map(Edit::Add),
        (0..6u8).prop_map(Edit::Remove),
        (0..6u8, any::<bool>()).prop_map(|(n, yes)| Edit::Category(n, yes)),
        (0..6u8).prop_map(Edit::Translate),
        (0..6u8, 0..3u8).prop_map(|(n, seed)| Edit::Photo(n, seed)),
        word.prop_map(Edit::Shop),
        word.prop_map(Edit::Theme),
        word.prop_map(Edit::Word),
    ]
}

#[derive(Debug, Clone)]
struct Piece {
    title: String,
    price: u16,
    category: bool,
    photo: Option<u8>,
    translated: bool,
}

#[derive(Debug, Clone, Default)]
struct Model {
    pieces: [Option<Piece>; 6],
    name: String,
    footer: String,
    word: String,
}

impl Model {
    fn apply(&mut self, edit: Edit) {
        let fresh =
            || Piece { title: "x".into(), price: 100, category: true, photo: None, translated: false };
        match edit {
            Edit::Add(n) => self.pieces[usize::from(n)] = Some(fresh()),
            Edit::Remove(n) => self.pieces[usize::from(n)] = None,
            Edit::Shop(name) => self.name = name,
            Edit::Theme(words) => self.footer = words,
            Edit::Word(word) => self.word = word,
            Edit::Price(n, _)
            | Edit::Title(n, _)
            | Edit::Category(n, _)
            | Edit::Translate(n)
            | Edit::Photo(n, _) => {
                let piece = self.pieces[usize::from(n)].get_or_insert_with(fresh);
                match edit {
                    Edit::Price(_, price) => piece.price = price,
                    Edit::Title(_, title) => piece.title = title,
                    Edit::Category(_, yes) => piece.category = yes,
                    Edit::Photo(_, seed) => piece.photo = Some(seed),
                    _ => piece.translated = !piece.translated,
                }
            }
        }
    }

    fn write(&self, shop: &Shop) {
        let _ = fs::remove_dir_all(shop.path().join("content"));
        shop.lay(&shop::base());
        let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
        shop.write(
            "content/shop.yaml",
            settings.replace("Atelier", &format!("A{}", self.name)) + "theme: child\nper_page: 2\n",
        );
        shop.write("themes/child/theme.yaml", "api: 1\nname: child\nextends: petit\n");
        let page = format!(
            "{{% extends \"petit/404.html\" %}}\n{{# {} #}}{{% block main %}}<main id=\"main\"><h1>{}</h1></main>{{% endblock main %}}\n",
            self.footer, self.footer
        );
        shop.write("themes/child/templates/404.html", page);
        shop.write("themes/child/styles/99-child.css", format!(".x{} {{ color: #123456 }}\n", self.footer));
        for (number, piece) in self.pieces.iter().enumerate() {
            let Some(piece) = piece else { continue };
            let category = if piece.category { "category: bols\n" } else { "" };
            let photo = piece.photo.map_or_else(String::new, |seed| {
                shop.write(&format!("content/products/p{number}.jpg"), jpeg(64, 48, seed));
                format!("images: [{{ file: p{number}.jpg, alt: \"{}\" }}]\n", self.word)
            });
            let text = format!(
                "---\ntitle: \"{}\"\nsku: S{number}\nprice: {}.{:02}\nsupply: 1\n{category}{photo}tags: [t{}]\n---\nTexte {}.\n",
                piece.title,
                piece.price / 100,
                piece.price % 100,
                number % 2,
                self.word
            );
            shop.write(&format!("content/products/s{number}.md"), text);
            if piece.translated {
                shop.write(
                    &format!("content/products/s{number}.en.md"),
                    format!("---\ntitle: \"{}\"\n---\nText.\n", piece.title),
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    /// The manifest, the memory of a process and the photo cache never show in what is published.
    #[test]
    fn after_any_edits_an_incremental_build_equals_a_clean_one(edits in prop::collection::vec(edits(), 1..8)) {
        let shop = Shop::empty();
        let mut model = Model { name: "a".into(), footer: "f".into(), word: "w".into(), ..Model::default() };
        let mut memory = Memory::default();
        model.write(&shop);
        build_to(&shop, "dist", &mut memory);
        for edit in edits {
            model.apply(edit);
            model.write(&shop);
            let incremental = build_to(&shop, "dist", &mut memory);
            let clean = Shop::empty();
            model.write(&clean);
            let clean = build_to(&clean, "dist", &mut Memory::default());
            let same: Vec<_> = incremental.keys().chain(clean.keys()).filter(|path| incremental.get(*path) != clean.get(*path)).collect();
            prop_assert!(same.is_empty(), "these differ: {same:?}");
        }
    }
}
