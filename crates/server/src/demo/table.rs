//! Some leads before and after their calls, as a table.

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use leadhook_proto::v1::{GetLeadRequest, Lead, lead_service_client::LeadServiceClient};
use prost_types::value::Kind;
use tonic::transport::Channel;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::explain::explain;

/// Leads in the table at most.
const SHOWN: usize = 8;
/// Columns of a terminal that a text takes at most; Han and Kana take two a character.
const CELL: usize = 20;
/// What the table shows: API name and heading. The first two are as imported, the others are written by the webhook.
const COLUMNS: [(&str, &str); 7] = [
    ("FullName", "Full Name"),
    ("Company", "Company Name"),
    ("Industry", "Industry"),
    ("Seniority", "Seniority"),
    ("DecisionMaker", "Decision\nMaker"),
    ("LeadScore", "Lead\nScore"),
    ("CheckedAt", "Checked At"),
];
/// How many of the columns stay as they are.
const UNCHANGED: usize = 2;

/// Some leads at one time.
#[derive(Debug)]
pub(crate) struct Snapshot {
    leads: Vec<Lead>,
}

impl Snapshot {
    pub(crate) async fn take(channel: &Channel, names: &[String]) -> anyhow::Result<Snapshot> {
        let mut service = LeadServiceClient::new(channel.clone());
        let mut leads = Vec::new();
        for name in names {
            let request = GetLeadRequest {
                name: name.clone(),
                fields: COLUMNS.map(|(api_name, _)| api_name.to_owned()).to_vec(),
            };
            match service.get_lead(request).await {
                Ok(lead) => leads.push(lead.into_inner()),
                Err(status) => return Err(explain(name, &status)),
            }
        }
        Ok(Snapshot { leads })
    }
}

/// Leads from the whole of the list, at even distances but for one step, so that no rhythm of the file is hit.
pub(crate) fn choose(names: &[String]) -> Vec<String> {
    let step = (names.len() / SHOWN).max(1) | 1;
    names.iter().step_by(step).take(SHOWN).cloned().collect()
}

/// Two lines for each lead.
pub(crate) fn before_and_after(before: &Snapshot, after: &Snapshot) -> String {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(
            ["Lead"]
                .into_iter()
                .chain(COLUMNS.map(|(_, heading)| heading)),
        );
    for (before, after) in before.leads.iter().zip(&after.leads) {
        table.add_row(row(before, &before.name, 0));
        table.add_row(row(after, "  after", UNCHANGED));
    }
    format!("\nSome leads before and after their calls:\n{table}")
}

/// The cells of a lead; the first `left_out` columns stay empty.
fn row(lead: &Lead, label: &str, left_out: usize) -> Vec<String> {
    let cells = COLUMNS.iter().enumerate().map(|(at, (api_name, _))| {
        if at < left_out {
            String::new()
        } else {
            cell(&text(lead, api_name))
        }
    });
    std::iter::once(label.to_owned()).chain(cells).collect()
}

fn text(lead: &Lead, api_name: &str) -> String {
    match lead
        .fields
        .get(api_name)
        .and_then(|value| value.kind.as_ref())
    {
        Some(Kind::StringValue(text)) => text.clone(),
        Some(Kind::NumberValue(number)) => number.to_string(),
        Some(Kind::BoolValue(true)) => "yes".to_owned(),
        Some(Kind::BoolValue(false)) => "no".to_owned(),
        _ => "-".to_owned(),
    }
}

/// A text that stays within its cell: one line, not too long, and where it runs from right to left, fenced off, so that a terminal that
/// turns such text round leaves the rest of the line alone (UAX #9, isolates).
fn cell(text: &str) -> String {
    let line = shortened(
        text.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect(),
    );
    if line.chars().any(runs_leftward) {
        return format!("\u{2068}{line}\u{2069}");
    }
    line
}

/// As much of a line as there is room for.
fn shortened(mut line: String) -> String {
    if line.width() <= CELL {
        return line;
    }
    let mut columns = 0;
    let end = line.char_indices().find(|(_, c)| {
        columns += c.width().unwrap_or(0);
        columns >= CELL
    });
    line.truncate(end.map_or(line.len(), |(at, _)| at));
    line.push('…');
    line
}

/// Letters of the blocks that are written from right to left, and marks that make text so.
fn runs_leftward(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{202b}' | '\u{202e}' | '\u{2067}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::Value;

    fn lead(name: &str, company: &str, score: Option<f64>) -> Lead {
        let text = |text: &str| Value {
            kind: Some(Kind::StringValue(text.to_owned())),
        };
        let score = score.map(|score| Value {
            kind: Some(Kind::NumberValue(score)),
        });
        Lead {
            name: "leads/1".to_owned(),
            fields: [
                ("FullName", Some(text(name))),
                ("Company", Some(text(company))),
                ("LeadScore", score),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
            ..Lead::default()
        }
    }

    #[test]
    fn every_line_of_the_table_is_as_wide_as_the_others_whatever_the_script() {
        let before: Vec<Lead> = [
            ("髙橋 さくら", "山と川, 合同会社 長い名前の会社"),
            ("Ada", "Nile & Sons"),
            ("김 민준", "ｱｵｲﾃﾞﾝｷ"),
            ("فاطمة", "สมชาย"),
        ]
        .map(|(name, company)| lead(name, company, None))
        .to_vec();
        let after = before.iter().map(|_| lead("x", "y", Some(87.0))).collect();
        let shown = before_and_after(&Snapshot { leads: before }, &Snapshot { leads: after });
        let widths: Vec<usize> = shown.lines().skip(2).map(UnicodeWidthStr::width).collect();
        assert_eq!(widths.len(), 4 + 8 + 1, "{shown}");
        assert!(
            widths.iter().all(|width| *width == widths[0]),
            "{widths:?}\n{shown}"
        );
        assert!(widths[0] <= 130, "{shown}");
        assert!(shown.contains(" 87 "), "{shown}");
    }

    #[test]
    fn right_to_left_text_is_fenced_off_and_line_ends_are_none() {
        assert_eq!(cell("شركة النيل & 1"), "\u{2068}شركة النيل & 1\u{2069}");
        assert_eq!(cell("a\r\nb\tc"), "a  b c");
        assert_eq!(cell(&"é".repeat(20)), "é".repeat(20));
        assert_eq!(cell(&"é".repeat(21)), format!("{}…", "é".repeat(19)));
        assert_eq!(cell(&"山".repeat(11)), format!("{}…", "山".repeat(9)));
    }

    #[test]
    fn the_leads_shown_come_from_the_whole_list() {
        let names: Vec<String> = (1..=1_200).map(|id| format!("leads/{id}")).collect();
        let chosen = choose(&names);
        assert_eq!(chosen.len(), SHOWN);
        assert_eq!(chosen[0], "leads/1");
        assert_eq!(chosen[7], "leads/1058");
        assert_eq!(choose(&names[..3]), names[..3]);
        assert!(choose(&[]).is_empty());
    }
}
