//! Response attribute paths over JSON and XML: compiled once, all answered in one pass over the body.
//!
//! A webhook's response mappings name places in its response and lead fields that take what stands there. A [`Path`] is
//! such a place, a [`Plan`] all places of a webhook with the types of their fields, an [`Outcome`] what came of one: a
//! value, a cleared field, or a [`Problem`] that says what was there instead.
//!
//! ```
//! use leadhook_mapping::{Format, Path};
//!
//! assert!(Path::parse(Format::Json, "orders[0].orderDate").is_ok());
//! let error = Path::parse(Format::Xml, "/order/@id").unwrap_err();
//! assert_eq!(error.suggestion(), Some("order.@id"));
//! ```
//!
//! A plan is made when a webhook is saved or loaded, and applied to every response, with a vector that is used again:
//!
//! ```
//! use leadhook_field::{FieldType, Value, Zone};
//! use leadhook_mapping::{Format, Outcome, Path, Plan, Reason, Target};
//!
//! let target = |path, field_type| Path::parse(Format::Json, path).map(|path| Target::new(path, field_type));
//! let plan = Plan::new(
//!     Format::Json,
//!     &[
//!         target("person.title", FieldType::String)?,
//!         target("person.score", FieldType::Integer)?,
//!         target("person.employees", FieldType::Integer)?,
//!         target("person.fax", FieldType::Phone)?,
//!     ],
//! );
//!
//! let body = br#"{"person": {"title": "CTO", "score": 87, "employees": "420", "fax": null}}"#;
//! let mut outcomes = Vec::new();
//! plan.apply(body, Some("utf-8"), &Zone::utc(), &mut outcomes);
//!
//! assert_eq!(outcomes[0], Outcome::Value(Value::Text("CTO".into())));
//! assert_eq!(outcomes[1], Outcome::Value(Value::Integer(87)));
//! let Outcome::Problem(problem) = &outcomes[2] else { panic!("a text fits no Integer, even \"420\"") };
//! assert_eq!(problem.reason, Reason::TypeMismatch);
//! assert_eq!(problem.detail, r#"the text "420" does not fit the type integer"#);
//! assert_eq!(outcomes[3], Outcome::Clear);
//! # Ok::<(), leadhook_mapping::PathError>(())
//! ```
//!
//! XML is read as the field's type, whatever its charset:
//!
//! ```
//! use leadhook_field::{FieldType, Value, Zone};
//! use leadhook_mapping::{Format, Outcome, Path, Plan, Target, charset_of};
//!
//! let path = Path::parse(Format::Xml, "Envelope.Body.company[1].@size")?;
//! let plan = Plan::new(Format::Xml, &[Target::new(path, FieldType::Integer)]);
//!
//! let body = b"<s:Envelope xmlns:s='urn:s'><s:Body><company/><company size=' 420 '>S\xf6ner</company></s:Body></s:Envelope>";
//! let charset = charset_of("text/xml; charset=iso-8859-1");
//! let mut outcomes = Vec::new();
//! plan.apply(body, charset.as_deref(), &Zone::utc(), &mut outcomes);
//! assert_eq!(outcomes, [Outcome::Value(Value::Integer(420))]);
//! # Ok::<(), leadhook_mapping::PathError>(())
//! ```
//!
//! # Paths into JSON
//!
//! ```text
//! path     = ( key / bracket ) *( "." key / bracket )
//! key      = 1*( letter / digit / "-" / "_" / ":" / white space )
//! bracket  = "[" ( 1*DIGIT / JSON string ) "]"
//! ```
//!
//! | path | finds (R-MAP-2) |
//! |---|---|
//! | `status` | the member `status` of the root object |
//! | `orders[0].orderDate` | `orderDate` in the first element of `orders`; indexes count from 0, up to 4,294,967,295 |
//! | `[0].id` | `id` in the first element of a root array; `[0][1]` goes on into arrays of arrays |
//! | `First Name`, `größe`, `ns:a-b_c` | keys of letters and digits of any script, `-`, `_`, `:` and white space, none of which is trimmed |
//! | `a["x.y"]`, `["\u00e9"]`, `[""]` | any other key, as a JSON string in brackets |
//!
//! Keys are compared with their escapes resolved, and with regard to case. A key that an object has twice is the last
//! one, and the earlier is as if it were not there (R-MAP-8). A path that leads through anything but the object or
//! array that it names is not there.
//!
//! # Paths into XML
//!
//! ```text
//! path     = element *( "." element ) [ "." "@" name ]
//! element  = name [ "[" 1*DIGIT "]" ]
//! name     = an XML 1.0 name without "."
//! ```
//!
//! | path | finds (R-MAP-3) |
//! |---|---|
//! | `example.foo` | the text of the first `foo` in the root element `example`: every level is named, from the root on |
//! | `list.element[1].foo` | `foo` in the second `element` of `list`; siblings are counted by name, from 0 |
//! | `list.element[0]` | the first, also when it is the only one; without an index it is the first too |
//! | `order.@id` | an attribute |
//! | `soap:Body`, `@xml:lang` | with a colon: the name as it is written in the response |
//! | `Body`, `@lang` | without one: the name whatever its prefix; of attributes the one without prefix, if there is one. `xmlns:...` is only found as written |
//!
//! The text of an element is put together from its text, CDATA sections and references, and trimmed of white space, as
//! the value of an attribute is. An element with child elements has no text ([`Reason::NotScalar`]). A path that leads into the
//! first of several siblings does not look into the others.
//!
//! A path of either format has at most [`MAX_LEVELS`] levels (each key, index, element and attribute is one; `a[0]` is two in JSON and one in
//! XML) and [`MAX_PATH_LENGTH`] code points.
//!
//! # Types
//!
//! What stands in the response must fit the field (R-MAP-4):
//!
//! | in the response | goes to |
//! |---|---|
//! | JSON text | the text types; Date and Datetime as ISO 8601; nothing else, even `"42"` |
//! | JSON number | Float and Currency; Integer, Percent and Score if it has no fraction; text types with every digit, without exponent |
//! | JSON Boolean | Boolean; text types, as `true` or `false` |
//! | JSON object, array | Text Area, as it came, without the white space between its tokens |
//! | XML text | any type that reads it (R-FLD-2) |
//! | null, empty text | any type: the field is cleared ([`Outcome::Clear`]) |
//!
//! What does not fit is a [`Problem`] of its target alone; it is never cut or rounded to fit (R-MAP-5).
//!
//! # Bodies
//!
//! A body is read to its end before any value is believed: if it is not well-formed (RFC 8259, XML 1.0) every target of
//! the plan has [`Reason::InvalidResponse`] (R-MAP-6). How deep JSON is nested does not matter; XML may have 1,000 levels, and an element 1,000
//! attributes. A DOCTYPE is skipped, and a reference to an entity that XML does not predefine makes the body invalid, so that no entity is ever
//! expanded. Half a surrogate pair (`\ud800`) makes JSON invalid in a key and in a value that a path reads.
//! Names and prefixes of XML are compared as they are written: namespaces are not resolved, and an unbound prefix is no fault.
//!
//! # Charsets
//!
//! A byte order mark prevails; else the Content-Type's charset ([`charset_of`]); else, in XML, that of its declaration; else the body is UTF-8. Labels are those
//! of the WHATWG Encoding Standard, so that `iso-8859-1` is windows-1252. An unknown label, or a byte anywhere in the body that does not fit, makes the body invalid (R-MAP-6).

mod charset;
mod json;
mod outcome;
mod path;
mod plan;
mod slots;
mod xml;

pub use charset::charset_of;
pub use outcome::{MAX_DETAIL_LENGTH, Outcome, Problem, Reason};
pub use path::{MAX_LEVELS, MAX_PATH_LENGTH, Path, PathError, PathErrorKind};
pub use plan::{Format, Plan, Target};

/// The README's example is run with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
