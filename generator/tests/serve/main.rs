//! `serve` over HTTP, while files change: pages, mistakes and their fixes, names of this machine, an owner's first hour.

mod edits;
mod names;
mod newcomer;
mod pages;
#[path = "../program/mod.rs"]
mod program;
mod server;
#[path = "../../../pages/tests/shop/mod.rs"]
mod shop;
