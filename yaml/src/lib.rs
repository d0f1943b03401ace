//! YAML as owners write it, with the place of every word.
//!
//! [`parse`] turns text into a tree of [`Node`]s in which a scalar keeps its text as written: nothing is guessed to
//! be a number, a date or a boolean, so `no`, `010` and `1_000` cannot turn into something else. [`Fields`] reads a
//! mapping field by field, and reports unknown fields, wrong kinds and missing values as faults.
//!
//! The scanner is granit-parser, the one below serde-saphyr: events with byte spans, no unsafe code. serde is not used
//! because it stops at a file's first mistake.

pub mod characters;
mod fields;
mod slips;
mod tree;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use faults::{Fault, Faults, Place};

pub use fields::{Entries, Fields, Misplaced, integer, list, mapping, quote_help, text, write_help};
pub use tree::{Entry, Kind, Node, parse};

/// A value and the bytes it was written in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Byte range in the file.
    pub span: Range<usize>,
}

impl<T> Spanned<T> {
    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }

    /// A value that is written at `span`.
    pub fn new(value: T, span: Range<usize>) -> Self {
        Spanned { value, span }
    }
}

/// A file being read: its text, and what was found wrong in it so far.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the shop's folder.
    pub file: Arc<str>,
    /// The whole file.
    pub text: Arc<str>,
    faults: RefCell<Faults>,
}

impl Source {
    /// A file without any fault so far.
    pub fn new(file: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Source { file: file.into(), text: text.into(), faults: RefCell::new(Faults::new()) }
    }

    /// A place in this file.
    pub fn place(&self, span: Range<usize>) -> Place {
        Place::span(self.file.clone(), self.text.clone(), span)
    }

    /// The comment in the place of an entry's value: `accent: #8c3a21`.
    pub fn comment_after(&self, entry: &Entry) -> Option<&str> {
        let line = self.text.get(entry.key_span.end..)?.lines().next()?;
        let rest = line.split_once(':')?.1.trim();
        rest.starts_with('#').then_some(rest).filter(|_| entry.value.kind == Kind::Null)
    }

    /// Adds a fault.
    pub fn push(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// Adds an error at `span`: the message, the words under the mark, the help.
    pub fn error(
        &self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Fault::error(code, self.place(span), message).label(label).help(help));
    }

    /// Takes out the faults found so far.
    pub fn take_faults(&self) -> Faults {
        self.faults.take()
    }
}
