//! Bodies made at random, beside readers that build trees.

mod json;
mod never_panics;
mod xml;
