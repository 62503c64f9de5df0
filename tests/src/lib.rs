//! Black-box tests of the leadhook binary.
