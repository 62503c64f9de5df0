//! Response attribute paths over JSON and XML: compiled once, all answered in one pass over the body.
