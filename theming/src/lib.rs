//! x
#![allow(dead_code, unused_imports)]
mod syntax;
