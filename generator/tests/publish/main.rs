//! `bazaar publish aws` where nobody has an account: every command of a dry run, and a look at a shop that is whole or not.
//! What it does at AWS is shown by `tests/deploy/aws-deploy.test.mjs`.

#[path = "../program/mod.rs"]
mod program;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

const CATALOG: &str = "c5f1a8d0c5f1a8d0c5f1a8d0c5f1a8d0c5f1a8d0c5f1a8d0c5f1a8d0c5f1a8d0";

/// A shop as the last build and the last package left it, as far as a dry run looks.
fn built() -> TempDir {
    let shop = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let file = shop.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    };
    write("content/shop.yaml", "url: https://www.example.com\n");
    write(
        "deploy/aws.env",
        "AWS_REGION=eu-west-3\nBAZAAR_STACK=my-shop\nTILL_ARCH=arm64\nALARM_MAIL=you@example.com\n",
    );
    write("deploy/lambda/database.pem", "a certificate");
    write("dist/index.html", "<h1>Shop</h1>");
    write("dist/404.html", "<h1>Nothing</h1>");
    write("dist/catalog.json", &format!("{{\"hash\":\"{CATALOG}\",\"items\":[]}}"));
    write("dist/CNAME", "www.example.com");
    write("dist/_/3f2a/style.css", "h1{}");
    let headers = "/*\n  Content-Security-Policy: default-src 'self'\n/_/*\n  Cache-Control: immutable\n/catalog.json\n  Access-Control-Allow-Origin: *\n";
    write("dist/_headers", headers);
    write("dist/_redirects", "/old-bowl/ /bowl/ 301\n");
    write(".bazaar/lambda/bootstrap", "a till");
    shop
}

fn publish(shop: &Path, words: &[&str]) -> Output {
    let mut command = program::bazaar();
    // Nothing of this machine's account, and no program to be run.
    command.env_clear().env("BAZAAR_LANG", "en").arg("--shop").arg(shop).args(["publish", "aws"]);
    command.args(words).output().expect("the program runs")
}

/// Both outputs, with the long event of a health check cut short.
fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let health = include_str!("../../src/shell/publish/health.json").trim_end();
    (text(&output.stdout).replace(health, "HEALTH"), text(&output.stderr))
}

#[test]
fn a_dry_run_of_a_deploy_shows_every_command_and_runs_none() {
    let shop = built();
    for words in [["deploy", "--dry-run"].as_slice(), &["--dry-run"], &["--dry-run", "deploy"]] {
        let output = publish(shop.path(), words);
        let (out, err) = said(&output);
        assert!(output.status.success(), "{err}");
        assert_eq!(out, include_str!("deploy.txt"), "{words:?}");
        assert!(err.ends_with("\nthis was a dry run: nothing was done\n"), "{err}");
    }
    assert!(!shop.path().join(".bazaar/lambda/database.pem").exists());
}

#[test]
fn a_dry_run_of_a_rollback_shows_every_command_and_runs_none() {
    let output = publish(built().path(), &["rollback", "--dry-run"]);
    let (out, err) = said(&output);
    assert!(output.status.success(), "{err}");
    assert_eq!(out, include_str!("rollback.txt"));
}

#[test]
fn without_aws_nothing_begins() {
    for words in [["deploy"], ["rollback"]] {
        let output = publish(built().path(), &words);
        let (out, err) = said(&output);
        assert_eq!((output.status.code(), out.as_str()), (Some(3), ""), "{err}");
        assert!(err.contains("aws is not here\n  docs/deploy-aws.md, step 1"), "{err}");
    }
}

/// A status and a body for a path.
type Answer = fn(&str) -> (u16, String);

/// A shop on this machine that answers so many requests by their path; its address.
fn serving(requests: usize, answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            let mut stream = stream.expect("a connection");
            let lines: Vec<String> = BufReader::new(&stream)
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            let path = lines[0].split(' ').nth(1).expect("a path");
            let (status, body) = answer(path);
            let head = "content-security-policy: default-src 'self'\r\nconnection: close";
            let _ = write!(
                stream,
                "HTTP/1.1 {status} -\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    address
}

fn whole(path: &str) -> (u16, String) {
    match path {
        "/" => (200, String::new()),
        "/catalog.json" => (200, format!("{{\"hash\":\"{CATALOG}\"}}")),
        "/api/health" => (200, format!("{{\"ok\":true,\"catalog\":\"{CATALOG}\"}}")),
        _ => (404, String::new()),
    }
}

fn smoke(address: &str) -> (Option<i32>, String) {
    let output = publish(Path::new("."), &["smoke", address]);
    (output.status.code(), said(&output).1)
}

#[test]
fn a_shop_that_is_whole_is_said_to_be_so() {
    let (status, err) = smoke(&format!("{}/", serving(4, whole)));
    assert_eq!(status, Some(0), "{err}");
    assert!(err.contains(&format!("is whole: pages and till are of the catalog {CATALOG}")), "{err}");
}

#[test]
fn each_thing_that_is_wrong_with_a_shop_is_said() {
    let other_till = |path: &str| match path {
        "/api/health" => (200, "{\"ok\":true,\"catalog\":\"another\"}".to_owned()),
        path => whole(path),
    };
    let closed = |path: &str| if path == "/api/health" { (503, String::new()) } else { whole(path) };
    let all_pages =
        |path: &str| if path.contains("no-such-page") { (200, String::new()) } else { whole(path) };
    let wrong: [(Answer, &str); 3] = [
        (other_till, "sells another catalog than c5f1a8d0"),
        (closed, "/api/health answered 503, not 200"),
        (all_pages, "/there-is-no-such-page/ answered 200, not 404"),
    ];
    for (answer, says) in wrong {
        let (status, err) = smoke(&serving(4, answer));
        assert_eq!(status, Some(3), "{err}");
        assert!(err.contains(" is not whole\n") && err.contains(says), "{err}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let (status, err) = smoke(&format!("http://{nobody}"));
    assert_eq!(status, Some(3), "{err}");
    assert!(err.contains("does not answer"), "{err}");
}
