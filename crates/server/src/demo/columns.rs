//! Which columns of a CSV are no field yet.

use std::collections::HashSet;

use leadhook_proto::v1::Field;

/// The columns that no field is called by, in their order. Names are compared as R-LEAD-3 has it: any form, without regard to case,
/// runs of white space as one space, with or without the object before a dot.
pub(crate) fn unknown<'a>(columns: &'a [String], fields: &[Field]) -> Vec<&'a str> {
    let mut known: HashSet<String> = fields
        .iter()
        .flat_map(|field| {
            let api_name = field.name.trim_start_matches("fields/");
            [api_name, &field.rest_name, &field.display_name].map(folded)
        })
        .collect();
    let mut unknown = Vec::new();
    for column in columns {
        let name = folded(column);
        let bare = name
            .strip_prefix("lead.")
            .or_else(|| name.strip_prefix("company."));
        if name.is_empty() || bare.is_some_and(|bare| known.contains(bare)) {
            continue;
        }
        if known.insert(name) {
            unknown.push(column.trim());
        }
    }
    unknown
}

fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_by_any_form_of_its_fields_name() {
        let fields = [Field {
            name: "fields/Title".to_owned(),
            rest_name: "title".to_owned(),
            display_name: "Job Title".to_owned(),
            ..Field::default()
        }];
        let columns = [
            "Title",
            "job  title ",
            "lead.Title",
            "Favourite Colour",
            "",
            "favourite colour",
        ]
        .map(str::to_owned);
        assert_eq!(unknown(&columns, &fields), ["Favourite Colour"]);
    }
}
