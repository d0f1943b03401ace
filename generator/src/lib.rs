//! `bazaar`: the owner's program, which makes the [`pages`], runs the till of `functions` on this machine, and manages its orders.
#![allow(missing_docs, reason = "a program: its items are documented where that says more than their names")]

pub mod fuzzing;
pub mod shell;
