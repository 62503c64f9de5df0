//! Which columns of a CSV are no field yet, and what to call the fields that are made for them.

use std::collections::HashSet;

use leadhook_proto::v1::Field;

/// A column that no field is called by.
#[derive(Debug, PartialEq)]
pub(crate) struct Unknown<'a> {
    /// As the heading has it.
    pub(crate) column: &'a str,
    /// A name that no field bears.
    pub(crate) api_name: String,
}

/// The longest API name that the server takes.
const MAX_API_NAME: usize = 64;

/// Whether a column holds the e-mail address, by which leads are looked up (R-LEAD-1).
pub(crate) fn is_email(column: &str) -> bool {
    matches!(bare(&folded(column)), "email" | "email address")
}

/// The columns that are no field, in their order.
pub(crate) fn unknown<'a>(columns: &'a [String], fields: &[Field]) -> Vec<Unknown<'a>> {
    let mut known: HashSet<String> = fields.iter().flat_map(forms).collect();
    let mut unknown = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let name = folded(column);
        if name.is_empty() || known.contains(bare(&name)) {
            continue;
        }
        known.insert(name);
        let api_name = Some(api_name(column))
            .filter(|name| !name.is_empty() && !known.contains(&folded(name)))
            .unwrap_or_else(|| format!("Column{}", at + 1));
        known.insert(folded(&api_name));
        unknown.push(Unknown {
            column: column.trim(),
            api_name,
        });
    }
    unknown
}

/// The names that a field goes by (R-LEAD-3).
fn forms(field: &Field) -> [String; 3] {
    let api_name = field.name.trim_start_matches("fields/");
    [api_name, &field.rest_name, &field.display_name].map(folded)
}

/// A name without what says whose field is meant: `company.City`.
fn bare(name: &str) -> &str {
    name.strip_prefix("lead.")
        .or_else(|| name.strip_prefix("company."))
        .unwrap_or(name)
}

fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// `Favourite colour (2)` gives `FavouriteColour2`; a name in another script gives nothing.
fn api_name(column: &str) -> String {
    let mut name = String::new();
    for word in column.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut characters = word.chars();
        name.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(characters);
    }
    name.trim_start_matches(|c: char| c.is_ascii_digit())
        .chars()
        .take(MAX_API_NAME)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(columns: &[&str]) -> Vec<(String, String)> {
        let field = |name: &str, rest_name: &str, display_name: &str| Field {
            name: format!("fields/{name}"),
            rest_name: rest_name.to_owned(),
            display_name: display_name.to_owned(),
            ..Field::default()
        };
        let fields = [
            field("Email", "email", "Email Address"),
            field("Title", "title", "Job Title"),
        ];
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        unknown(&columns, &fields)
            .into_iter()
            .map(|unknown| (unknown.column.to_owned(), unknown.api_name))
            .collect()
    }

    #[test]
    fn r_lead_3_a_column_is_known_by_any_form_of_its_fields_name() {
        let columns = [
            "EMAIL",
            "Title",
            "job  title ",
            "lead.Title",
            "company.title",
            "",
        ];
        assert_eq!(found(&columns), []);
    }

    #[test]
    fn a_new_field_has_a_name_of_its_own() {
        let columns = [
            "Email Address",
            "favourite colour (2)",
            "Favourite  Colour (2)",
            "Favourite Colour 2",
            "Größe",
            "生日",
            "2",
        ];
        let pair = |column: &str, name: &str| (column.to_owned(), name.to_owned());
        assert_eq!(
            found(&columns),
            [
                pair("favourite colour (2)", "FavouriteColour2"),
                pair("Favourite Colour 2", "Column4"),
                pair("Größe", "GrE"),
                pair("生日", "Column6"),
                pair("2", "Column7"),
            ]
        );
    }

    #[test]
    fn r_lead_1_the_column_of_addresses_is_known_by_any_form_of_its_name() {
        for column in ["Email Address", " EMAIL", "email  address", "lead.Email"] {
            assert!(is_email(column), "{column}");
        }
        for column in ["Emial", "E-Mail", "Email;Favourite Colour", ""] {
            assert!(!is_email(column), "{column}");
        }
    }
}
