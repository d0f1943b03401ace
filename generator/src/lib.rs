//! `bazaar`: the program of the owner, which makes the [`pages`], runs the till of `functions` on this machine and speaks to both.

pub mod fuzzing;
pub mod shell;
