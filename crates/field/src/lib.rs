//! Lead and company field types: validation, conversion, canonical text, and Marketo's standard fields.
