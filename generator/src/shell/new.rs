//! `new product`: a product's file in which every field is explained in the user's language, from the same table that the
//! parser uses.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use messages::tr;

use pages::model::schema::PRODUCT;

/// Fields that are filled in; the others are comments.
const FILLED: &[&str] = &["title", "sku", "added", "price", "supply", "draft"];

/// Why there is no new file.
#[derive(Debug)]
pub(super) enum NewError {
    /// The title has no letter or digit.
    NoName,
    /// The product exists already.
    Exists(PathBuf),
    /// The disk refused.
    Disk(PathBuf, std::io::Error),
}

/// Writes `content/products/NAME/index.md` and returns its path. `today` is a date: `2026-11-02`.
pub(super) fn product(shop: &Path, title: &str, today: &str) -> Result<PathBuf, NewError> {
    let name: String = slug::slugify(title).chars().take(60).collect();
    let name = name.trim_matches('-');
    if name.is_empty() {
        return Err(NewError::NoName);
    }
    let folder = shop.join("content/products").join(name);
    let flat = ["md", "yaml"].map(|extension| shop.join(format!("content/products/{name}.{extension}")));
    if let Some(there) = flat.into_iter().chain([folder.clone()]).find(|path| path.exists()) {
        return Err(NewError::Exists(there));
    }
    let file = folder.join("index.md");
    let write = || {
        fs::create_dir_all(&folder)?;
        // Never overwrites: two concurrent runs cannot destroy each other's file.
        let mut open = fs::OpenOptions::new().write(true).create_new(true).open(&file)?;
        std::io::Write::write_all(&mut open, text(title, name, today).as_bytes())
    };
    write().map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => NewError::Exists(file.clone()),
        _ => NewError::Disk(file.clone(), error),
    })?;
    Ok(file)
}

fn text(title: &str, name: &str, today: &str) -> String {
    let sku: String = name.to_uppercase().chars().take(40).collect();
    let mut out = String::from("---\n");
    for name in FILLED {
        let Some(field) = PRODUCT.iter().find(|field| field.name == *name) else { continue };
        let value = match *name {
            "title" => quoted(title),
            "sku" => sku.clone(),
            "added" => today.to_owned(),
            // The price is only an example: nobody must be able to pay it.
            "draft" => "true".to_owned(),
            _ => field.example.to_owned(),
        };
        let _ = writeln!(out, "# {}\n{name}: {value}", (field.doc)());
    }
    let rest = tr!("Whatever else can be said; take away the # of what you need.");
    let _ = writeln!(out, "\n# {rest}");
    for field in PRODUCT.iter().filter(|field| !FILLED.contains(&field.name)) {
        let _ = writeln!(out, "# {}\n#{}: {}", (field.doc)(), field.name, field.example);
    }
    out.push_str("---\n");
    out
}

/// In YAML's double quotes: a title may contain anything.
fn quoted(title: &str) -> String {
    serde_json::to_string(title).unwrap_or_default()
}
