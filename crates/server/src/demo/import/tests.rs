use std::collections::BTreeSet;

use super::*;

/// The script of a letter, by the blocks that examples/leads.csv uses.
fn script(letter: char) -> Option<&'static str> {
    Some(match letter {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => "Latin",
        '\u{370}'..='\u{3ff}' => "Greek",
        '\u{400}'..='\u{52f}' => "Cyrillic",
        '\u{531}'..='\u{587}' => "Armenian",
        '\u{5d0}'..='\u{5ea}' => "Hebrew",
        '\u{620}'..='\u{64a}' => "Arabic",
        '\u{904}'..='\u{939}' => "Devanagari",
        '\u{985}'..='\u{9b9}' => "Bengali",
        '\u{b85}'..='\u{bb9}' => "Tamil",
        '\u{d85}'..='\u{dc6}' => "Sinhala",
        '\u{e01}'..='\u{e2e}' => "Thai",
        '\u{10d0}'..='\u{10ff}' => "Georgian",
        '\u{1200}'..='\u{137f}' => "Ethiopic",
        '\u{1780}'..='\u{17a2}' => "Khmer",
        '\u{3041}'..='\u{3096}' => "Hiragana",
        '\u{30a1}'..='\u{30fa}' => "Katakana",
        '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2a6df}' => "Han",
        '\u{ac00}'..='\u{d7a3}' => "Hangul",
        _ => return None,
    })
}

fn rows() -> (Vec<String>, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_reader(LEADS);
    let heading = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    (heading, reader.records().map(Result::unwrap).collect())
}

#[test]
fn the_leads_are_at_least_a_thousand_each_with_its_own_address() {
    let (_, rows) = rows();
    assert!(rows.len() >= 1_000, "{}", rows.len());
    let addresses: BTreeSet<&str> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(addresses.len(), rows.len());
    for address in addresses {
        let domain = address.split_once('@').unwrap().1;
        assert!(
            ["example.com", "example.org", "example.net"].contains(&domain),
            "{address}"
        );
    }
}

#[test]
fn names_and_companies_stand_in_more_than_ten_scripts() {
    let (heading, rows) = rows();
    for column in ["Last Name", "Company Name"] {
        let at = heading.iter().position(|name| name == column).unwrap();
        let scripts: BTreeSet<_> = rows
            .iter()
            .flat_map(|row| row[at].chars().filter_map(script).collect::<Vec<_>>())
            .collect();
        assert!(scripts.len() > 10, "{column}: {scripts:?}");
    }
}

#[test]
fn the_leads_have_what_breaks_careless_code() {
    let (_, rows) = rows();
    let cells: Vec<&str> = rows.iter().flat_map(|row| row.iter()).collect();
    for part in [
        "\"",
        "&",
        ",",
        "\n",
        "\r\n",
        "👩‍💻",
        "{{my.secret}}",
        "\\",
        "<b>",
    ] {
        assert!(cells.iter().any(|cell| cell.contains(part)), "{part:?}");
    }
    assert!(cells.iter().any(|cell| cell.is_empty()));
}

#[test]
fn the_heading_of_a_users_file_is_read_with_byte_order_mark_and_quotes() {
    let csv = "\u{feff}Email,\"Job, or Title\"\nx@example.com,1\n";
    assert_eq!(columns(csv.as_bytes()).unwrap(), ["Email", "Job, or Title"]);
    assert!(columns(b"".as_slice()).unwrap().is_empty());
}

#[test]
fn a_fault_says_where_it_is() {
    let error = RowError {
        row: 2,
        field: "Lead Score".to_owned(),
        message: "`x` is no number".to_owned(),
        line: 5,
    };
    assert_eq!(
        fault(&error),
        "  row 2 (line 5), Lead Score: `x` is no number"
    );
}

#[test]
fn only_the_first_faults_are_kept_all_are_counted() {
    let mut imported = Imported::default();
    for failed in 1..=30 {
        imported.add(ImportLeadsProgress {
            failed,
            errors: vec![RowError::default()],
            ..ImportLeadsProgress::default()
        });
    }
    assert_eq!((imported.failed, imported.errors.len()), (30, SHOWN_ERRORS));
}

#[test]
fn a_heading_without_addresses_is_told_with_what_it_has() {
    let told = |columns: &[&str]| {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        without_addresses("x.csv", &columns)
    };
    for (columns, expected) in [
        (
            &["Emial", "a\nb"][..],
            "the columns in its heading line are `Emial`, `a\\nb`",
        ),
        (
            &["Email;Name"],
            "its heading line is `Email;Name`; columns are separated by commas",
        ),
        (
            &["Email\tName"],
            "its heading line is `Email\\tName`; columns are separated by commas",
        ),
        (&["Name"], "the columns in its heading line are `Name`"),
        (&[], "the file is empty"),
    ] {
        let expected = format!("x.csv lacks a column `Email Address` (or `Email`): {expected}");
        assert_eq!(told(columns), expected);
    }
    let many = vec!["x".repeat(100); 30];
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(told(&many).ends_with(&format!("`{}`, 10 more", "x".repeat(SHOWN_NAME))));
}
