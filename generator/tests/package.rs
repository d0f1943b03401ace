//! `bazaar package`: the till's program with a shop's snapshot at its end, and everything that can be wrong with either.

mod program;
#[path = "../../pages/tests/shop/mod.rs"]
mod shop;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use shop::Shop;

/// The till next to `bazaar`, built if the tests of the whole workspace did not do so.
fn till() -> PathBuf {
    let till = Path::new(env!("CARGO_BIN_EXE_bazaar")).with_file_name("till");
    if !till.is_file() {
        let cargo = Command::new(env!("CARGO")).args(["build", "-p", "functions", "--bin", "till"]).status();
        assert!(cargo.is_ok_and(|status| status.success()) && till.is_file(), "no {}", till.display());
    }
    till
}

fn package(shop: &Shop, arguments: &[&str]) -> Output {
    let mut command = program::bazaar();
    command.arg("--shop").arg(shop.path()).arg("package").args(arguments);
    command.env_remove("STRIPE_SECRET_KEY").output().expect("the program runs")
}

fn built() -> Shop {
    let shop = Shop::base();
    assert!(shop.build().published.is_some());
    shop
}

fn refusal(out: &Output) -> String {
    let words = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{words}");
    words
}

fn about(program: &Path) -> Value {
    let out = Command::new(program).arg("--about").env_clear().output().expect("it runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("JSON")
}

/// The path of a copy of the till with one thing changed.
fn spoilt(shop: &Shop, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = fs::read(till()).expect("readable");
    change(&mut bytes);
    let path = shop.path().join("spoilt");
    fs::write(&path, bytes).expect("written");
    path.to_string_lossy().into_owned()
}

/// Replaces all occurrences of some bytes by others of the same length.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = memchr::memmem::find_iter(bytes, from).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
}

#[test]
fn the_same_program_and_content_give_the_same_bytes_that_run() {
    let shop = built();
    let out = package(&shop, &["--target", "lambda", "--context", "preview"]);
    let words = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() && words.contains("it runs"), "{words}");
    let path = shop.path().join(".bazaar/lambda/bootstrap");
    let first = fs::read(&path).expect("written");
    let said = about(&path);
    let catalog: Value =
        serde_json::from_slice(&fs::read(shop.path().join("dist/catalog.json")).expect("published"))
            .expect("JSON");
    assert_eq!((&said["catalog"], &said["context"]), (&catalog["hash"], &Value::from("preview")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o755);
    }
    // Again, from a program that has a snapshot already and is not executable: the old snapshot is replaced.
    let carrying = shop.path().join("carrying");
    fs::write(&carrying, &first).expect("written");
    let carrying = carrying.to_string_lossy();
    let arguments =
        ["--target", "lambda", "--context", "preview", "--out", "elsewhere", "--binary", &carrying];
    let out =
        program::bazaar().current_dir(shop.path()).arg("package").args(arguments).output().expect("it runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(fs::read(shop.path().join("elsewhere/bootstrap")).expect("written") == first, "other bytes");
}

#[test]
fn netlify_gets_the_program_and_its_clock() {
    let shop = built();
    let out = package(&shop, &["--target", "netlify", "--context", "production"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let folder = shop.path().join(".bazaar/netlify");
    assert_eq!(about(&folder.join("till"))["context"], "production");
    assert!(fs::read_to_string(folder.join("sweep.mjs")).expect("written").contains("/api/sweep"));
    assert_eq!(fs::read_dir(&folder).expect("readable").count(), 2);
}

#[test]
fn an_address_that_nobody_else_reaches_is_for_trials() {
    let shop = Shop::base();
    let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("there");
    shop.write("content/shop.yaml", settings.replacen("https://shop.example", "http://localhost:8000", 1));
    assert!(shop.build().published.is_some());
    let words = refusal(&package(&shop, &["--target", "lambda", "--context", "production"]));
    assert!(words.contains("http://localhost:8000") && words.contains("`url` in shop.yaml"), "{words}");
    assert!(package(&shop, &["--target", "lambda", "--context", "preview"]).status.success());
}

#[test]
fn a_shop_that_is_not_built_whole_is_refused() {
    let shop = Shop::base();
    let lambda = ["--target", "lambda", "--context", "preview"];
    assert!(refusal(&package(&shop, &lambda)).contains("run `bazaar build` first"));
    shop.build();
    shop.write(".bazaar/incomplete", "");
    assert!(refusal(&package(&shop, &lambda)).contains("cut off or found faults"));
    shop.remove(".bazaar/incomplete");
    let mut snapshot = fs::read(shop.path().join(".bazaar/snapshot")).expect("built");
    snapshot[20] ^= 1;
    shop.write(".bazaar/snapshot", &snapshot);
    assert!(refusal(&package(&shop, &lambda)).contains("the snapshot is damaged"));
    shop.write(".bazaar/snapshot", &snapshot[..snapshot.len() - 1]);
    assert!(refusal(&package(&shop, &lambda)).contains("there is no snapshot"));
    shop.build();
    let catalog = fs::read_to_string(shop.path().join("dist/catalog.json")).expect("built");
    shop.write("dist/catalog.json", catalog.replacen("\"hash\":\"", "\"hash\":\"0", 1));
    assert!(refusal(&package(&shop, &lambda)).contains("is of another build"));
    assert!(!shop.path().join(".bazaar/lambda").exists(), "nothing was written");
}

#[test]
fn keys_of_the_wrong_mode_and_secrets_in_the_content_are_refused() {
    let shop = built();
    let with_key = |context: &str, key: &str| {
        let mut command = program::bazaar();
        command.arg("--shop").arg(shop.path()).args(["package", "--target", "lambda", "--context", context]);
        command.env("STRIPE_SECRET_KEY", key).output().expect("it runs")
    };
    let live = refusal(&with_key("preview", "rk_live_hunter2"));
    assert!(live.contains("a trial must not take money") && !live.contains("hunter2"), "{live}");
    assert!(refusal(&with_key("production", "sk_test_hunter2")).contains("nobody would pay"));

    let shop = Shop::base();
    let product = fs::read_to_string(shop.path().join("content/products/bol.md")).expect("there");
    shop.write("content/products/bol.md", product.replacen("title: ", "title: sk_live_hunter2 ", 1));
    shop.build();
    let words = refusal(&package(&shop, &["--target", "lambda", "--context", "preview"]));
    assert!(words.contains("looks like a secret (sk_live_…)") && !words.contains("hunter2"), "{words}");
}

#[test]
fn a_program_that_no_host_could_run_is_refused() {
    let shop = built();
    let refused = |target: &str, binary: &str| {
        refusal(&package(&shop, &["--target", target, "--context", "preview", "--binary", binary]))
    };
    shop.write("script", "#!/bin/sh\necho hello\n");
    assert!(
        refused("lambda", &shop.path().join("script").to_string_lossy()).contains("no program for Linux")
    );
    assert!(refused("lambda", "/nowhere/till").contains("there is no till"));
    assert!(refused("lambda", env!("CARGO_BIN_EXE_bazaar")).contains("a program, but not the till"));
    let cut = spoilt(&shop, |bytes| bytes.truncate(bytes.len() / 2));
    assert!(refused("lambda", &cut).contains("it is cut off"));
    let riscv = spoilt(&shop, |bytes| bytes[18] = 0xf3);
    assert!(refused("lambda", &riscv).contains("which no host of tills has"));
    let small = spoilt(&shop, |bytes| bytes[4] = 1);
    assert!(refused("lambda", &small).contains("a processor of 32 bits"));
    let arm = spoilt(&shop, |bytes| bytes[18] = 0xb7);
    assert!(refused("netlify", &arm).contains("Netlify runs x86-64"));
    let older = spoilt(&shop, |bytes| {
        replace(bytes, b"<bazaar-till reads=BAZAAR01>", b"<bazaar-till reads=BAZAAR00>")
    });
    assert!(refused("lambda", &older).contains("reads snapshots of format BAZAAR00"));
    let newer = spoilt(&shop, |bytes| replace(bytes, b"\0GLIBC_2.34\0", b"\0GLIBC_2.99\0"));
    assert!(refused("lambda", &newer).contains("needs glibc 2.99, and the host has 2.34"));
    assert!(!shop.path().join(".bazaar/lambda").exists(), "nothing was written");
}

#[test]
fn a_stripped_program_is_refused_for_netlify_alone() {
    let shop = built();
    let stripped = shop.path().join("stripped");
    let strip = Command::new("strip").arg("-o").arg(&stripped).arg(till()).status();
    assert!(
        strip.is_ok_and(|status| status.success()),
        "strip belongs to binutils, which the linker needs too"
    );
    let stripped = stripped.to_string_lossy().into_owned();
    let out = package(&shop, &["--target", "netlify", "--context", "preview", "--binary", &stripped]);
    assert!(refusal(&out).contains("stripped whole"));
    let out = package(&shop, &["--target", "lambda", "--context", "preview", "--binary", &stripped]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn a_program_for_another_machine_is_packaged_and_not_run() {
    let shop = built();
    let other = if cfg!(target_arch = "x86_64") { 0xb7 } else { 0x3e };
    let arm = spoilt(&shop, |bytes| bytes[18] = other);
    let out = package(&shop, &["--target", "lambda", "--context", "preview", "--binary", &arm]);
    let words = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() && words.contains("not run, this machine is another"), "{words}");
}

#[test]
fn a_package_that_was_cut_off_or_changed_is_told() {
    let shop = built();
    package(&shop, &["--target", "lambda", "--context", "preview"]);
    let path = shop.path().join(".bazaar/lambda/bootstrap");
    let whole = fs::read(&path).expect("written");
    let mut changed = whole.clone();
    let near_the_end = changed.len() - 200;
    changed[near_the_end] ^= 1;
    fs::write(&path, &changed).expect("written");
    let out = Command::new(&path).arg("--about").output().expect("it runs");
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("damaged"));
    let binary = path.to_string_lossy().into_owned();
    let arguments = ["--target", "lambda", "--context", "preview", "--binary", &binary];
    assert!(refusal(&package(&shop, &arguments)).contains("carries a snapshot that is cut off or damaged"));
    fs::write(&path, &whole[..whole.len() - 30]).expect("written");
    let out = Command::new(&path).arg("--about").output().expect("it runs");
    assert!(String::from_utf8_lossy(&out.stderr).contains("no snapshot"), "a till without a shop says so");
}
