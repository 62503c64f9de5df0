//! Everything that a person runs by hand.
fn main() {}
