//! The grammar of {{scope.Name:default=text}} tokens, and templates that are parsed once and rendered without allocating.
