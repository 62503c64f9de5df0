//! Imports through the engine on the embedded store: R-LEAD-1 to -3.

use leadhook_engine::{Error, ImportOptions, ImportProgress, Importer, ListLeads};
use leadhook_field::Value;
use leadhook_store::LeadId;
use leadhook_store_sqlite::SqliteStore;

use crate::world::{World, lead};

type Outcome = Result<Vec<ImportProgress>, Error>;

async fn drain(import: &mut Importer<SqliteStore>) -> Outcome {
    let mut all = Vec::new();
    while let Some(progress) = import.next().await? {
        all.push(progress);
    }
    Ok(all)
}

async fn import(world: &World, options: &ImportOptions, csv: &[u8], chunk: usize) -> Outcome {
    let mut import = world.engine.import_leads(options)?;
    let mut all = Vec::new();
    for piece in csv.chunks(chunk) {
        import.push_csv(piece.to_vec());
        all.extend(drain(&mut import).await?);
    }
    import.finish();
    all.extend(drain(&mut import).await?);
    Ok(all)
}

async fn last(world: &World, csv: &str) -> ImportProgress {
    let all = import(world, &ImportOptions::default(), csv.as_bytes(), 1 << 16)
        .await
        .unwrap();
    all.into_iter().next_back().unwrap()
}

fn counts(progress: &ImportProgress) -> (u64, u64, u64, u64) {
    (
        progress.read,
        progress.created,
        progress.updated,
        progress.failed,
    )
}

async fn emails(world: &World) -> Vec<String> {
    let list = ListLeads {
        limit: 1_000,
        max_bytes: 1 << 20,
        ..ListLeads::default()
    };
    let leads = world.engine.list_leads(list).await.unwrap().rows;
    let email = |fields: Vec<(String, Value)>| {
        fields
            .into_iter()
            .find(|(name, _)| name == "Email")
            .and_then(|(_, value)| value.as_text().map(str::to_owned))
    };
    leads
        .into_iter()
        .filter_map(|lead| email(lead.fields))
        .collect()
}

#[tokio::test]
async fn r_lead_2_bad_rows_are_reported_with_row_line_and_field_and_the_others_go_in() {
    let world = World::new().await;
    let csv = "\u{FEFF}Email Address,First Name,Lead Score\r\n\
        a@b.c,\"A\r\nda\",1\r\n\
        b@b.c,Bob,high\r\n\
        \r\n\
        c@b.c,Cy\r\n\
        ,Dee,4\r\n\
        e@b.c,Eve,5";
    for chunk in [1, 7, csv.len()] {
        let all = import(&world, &ImportOptions::default(), csv.as_bytes(), chunk)
            .await
            .unwrap();
        assert_eq!(all.len(), 1);
        let progress = &all[0];
        assert!(progress.done);
        assert_eq!((progress.read, progress.failed), (5, 3));
        let told: Vec<_> = progress
            .errors
            .iter()
            .map(|error| (error.row, error.line, error.field.as_str()))
            .collect();
        assert_eq!(
            told,
            [(2, 4, "Lead Score"), (3, 6, ""), (4, 7, "Email Address")]
        );
        assert!(
            progress.errors[1]
                .message
                .contains("2 cells, the heading 3")
        );
    }
    assert_eq!(emails(&world).await, ["a@b.c", "e@b.c"]);
}

#[tokio::test]
async fn r_lead_2_a_refused_heading_lets_no_row_in() {
    let world = World::new().await;
    let csv = b"Email,Nmae,Id,email\na@b.c,x,1,y\n";
    let refused = import(&world, &ImportOptions::default(), csv, 3)
        .await
        .unwrap_err();
    let Error::Invalid { violations, .. } = refused else {
        panic!("{refused}")
    };
    assert_eq!(violations.len(), 3, "{violations:?}");
    assert!(violations.iter().all(|fault| fault.field == "csv"));
    assert_eq!(emails(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn r_lead_1_an_empty_cell_leaves_the_field_unless_it_clears() {
    let world = World::new().await;
    last(&world, "Email,City,Company Name\na@b.c,Oslo,Acme\n").await;
    let show = async || {
        world
            .engine
            .get_lead(LeadId(1), &["City".to_owned(), "Company Name".to_owned()])
            .await
            .unwrap()
    };
    let csv = "Email,City,Company Name\na@b.c,,\n";
    assert_eq!(counts(&last(&world, csv).await), (1, 0, 1, 0));
    assert_eq!(show().await.fields.len(), 2);
    let options = ImportOptions {
        empty_clears: true,
        ..ImportOptions::default()
    };
    import(&world, &options, csv.as_bytes(), 1 << 16)
        .await
        .unwrap();
    assert_eq!(show().await.fields, []);
    assert_eq!(
        show().await.company,
        None,
        "R-LEAD-5: without the name the lead leaves the company"
    );
}

#[tokio::test]
async fn r_lead_1_the_lookup_field_may_be_another() {
    let world = World::new().await;
    let options = ImportOptions {
        lookup_field: "Phone Number".to_owned(),
        ..ImportOptions::default()
    };
    let csv = b"Email,phone\na@b.c,1\nb@b.c,1\n";
    let all = import(&world, &options, csv, 1 << 16).await.unwrap();
    assert_eq!(counts(&all[0]), (2, 1, 1, 0));
    assert_eq!(emails(&world).await, ["b@b.c"]);
    let missing = import(&world, &options, b"Email\na@b.c\n", 1 << 16)
        .await
        .unwrap_err();
    assert!(
        missing.to_string().contains("the heading lacks Phone"),
        "{missing}"
    );
    let unknown = ImportOptions {
        lookup_field: "Telephon".to_owned(),
        ..ImportOptions::default()
    };
    assert!(matches!(
        world.engine.import_leads(&unknown),
        Err(Error::Invalid { .. })
    ));
}

#[tokio::test]
async fn progress_counts_what_is_durable_batch_by_batch() {
    let world = World::new().await;
    let mut csv = String::from("Email,Lead Score\n");
    for at in 0..2_500 {
        let score = if at % 100 == 7 { "?" } else { "1" };
        csv += &format!("{at}@b.c,{score}\n");
    }
    let mut import = world
        .engine
        .import_leads(&ImportOptions::default())
        .unwrap();
    import.push_csv(csv);
    let first = import.next().await.unwrap().unwrap();
    assert_eq!(counts(&first), (1_000, 990, 0, 10));
    assert_eq!(
        first
            .errors
            .iter()
            .map(|error| error.row)
            .collect::<Vec<_>>(),
        (0..10).map(|at| at * 100 + 8).collect::<Vec<_>>()
    );
    let list = ListLeads {
        limit: 1_000,
        max_bytes: 1 << 20,
        ..ListLeads::default()
    };
    assert_eq!(world.engine.list_leads(list).await.unwrap().rows.len(), 990);
    let second = import.next().await.unwrap().unwrap();
    assert_eq!(
        (counts(&second), second.errors.len(), second.done),
        ((2_000, 1_980, 0, 20), 10, false)
    );
    assert_eq!(
        import.next().await.unwrap(),
        None,
        "what is left waits for its batch to fill"
    );
    import.finish();
    let third = import.next().await.unwrap().unwrap();
    assert_eq!(
        (counts(&third), third.errors.len(), third.done),
        ((2_500, 2_475, 0, 25), 5, true)
    );
    assert_eq!(import.next().await.unwrap(), None);
}

#[tokio::test]
async fn leads_and_csv_share_one_count_of_rows() {
    let world = World::new().await;
    let mut import = world
        .engine
        .import_leads(&ImportOptions::default())
        .unwrap();
    import.push_leads(vec![lead(&[("Email", "a@b.c")]), lead(&[("City", "Oslo")])]);
    import.push_csv("Email\nb@b.c\n\"");
    let mut named = lead(&[("City", "Rome")]);
    named.name = "leads/99".to_owned();
    import.push_leads(vec![named]);
    import.finish();
    let progress = import.next().await.unwrap().unwrap();
    assert!(progress.done);
    assert_eq!(counts(&progress), (5, 2, 0, 3));
    let told: Vec<_> = progress
        .errors
        .iter()
        .map(|error| (error.row, error.line))
        .collect();
    assert_eq!(told, [(2, 0), (4, 0), (5, 3)]);
    assert!(
        progress.errors[1]
            .message
            .contains("leads/99 does not exist")
    );
    assert!(
        progress.errors[2].message.contains("line 3 is not closed"),
        "{:?}",
        progress.errors[2]
    );
}

#[tokio::test]
async fn an_import_that_ends_with_a_full_batch_keeps_its_last_row() {
    let world = World::new().await;
    let rows: Vec<_> = (0..1_001).map(|at| format!("{at}@b.c")).collect();
    // No line end follows the last row, which is known for one only when nothing more comes.
    let csv = format!("Email\n{}", rows.join("\n"));
    let all = import(&world, &ImportOptions::default(), csv.as_bytes(), csv.len())
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|it| (it.read, it.done)).collect::<Vec<_>>(),
        [(1_000, false), (1_001, true)]
    );
}

#[tokio::test]
async fn a_csv_without_heading_is_none_and_nothing_at_all_is_done_at_once() {
    let world = World::new().await;
    for csv in ["\n\r\n", "\u{FEFF}"] {
        let refused = import(&world, &ImportOptions::default(), csv.as_bytes(), 1)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("has no heading"), "{refused}");
    }
    let done = ImportProgress {
        done: true,
        ..ImportProgress::default()
    };
    for csv in ["", "Email", "Email\n"] {
        let all = import(&world, &ImportOptions::default(), csv.as_bytes(), 1)
            .await
            .unwrap();
        assert_eq!(*all, [done.clone()][..], "{csv:?}");
    }
}

#[tokio::test]
async fn large_cells_are_bad_rows_and_a_wrong_encoding_names_its_byte() {
    let world = World::new().await;
    let mut csv = b"Email,City\n".to_vec();
    csv.extend_from_slice(b"a@b.c,");
    csv.extend(std::iter::repeat_n(b'x', (1 << 20) + 1));
    csv.extend_from_slice(b"\nb@b.c,K\xF6ln\nc@b.c,Oslo\n");
    let all = import(&world, &ImportOptions::default(), &csv, 64 << 10)
        .await
        .unwrap();
    let told: Vec<_> = all[0]
        .errors
        .iter()
        .map(|error| (error.line, error.field.as_str(), error.message.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "City", "the cell has more than 1 MiB"),
            (
                3,
                "City",
                "the cell is not valid UTF-8 from its byte 2 on; save the file as UTF-8"
            ),
        ]
    );
    assert_eq!(emails(&world).await, ["c@b.c"]);
}
