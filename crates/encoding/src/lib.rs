//! Request token encodings: none, JSON (aware of string literals), form/URL and XML.
