//! The stores that are measured on: leads are imported once per size, and each measurement gets a copy of its own, in which no field that
//! a call writes has a value yet.

use std::fmt::Write;
use std::fs::{self, File};
use std::path::Path;

use leadhook_proto::v1::{ImportLeadsRequest, Limits};
use leadhook_tests::{Options, Server, binary, flow, make};
use tempfile::TempDir;

use crate::service::MAPPINGS;
use crate::{Services, say};

/// About 300 bytes once it is rendered: `bare::PAYLOAD`.
const PAYLOAD: &str = r#"{"email": "{{lead.Email Address}}", "firstName": "{{lead.First Name}}", "lastName": "{{lead.Last Name}}", "city": "{{lead.City}}", "score": {{lead.Lead Score}}, "event": "{{my.event:default=none}}", "source": "Campaign of spring", "consent": {"mail": true, "phone": false}, "locale": "en-US", "products": ["starter", "support"], "note": "as agreed"}"#;

/// Calls to the slow service at once.
pub(crate) const WIDE: usize = 4_096;
/// Calls to the instant service at once.
pub(crate) const NARROW: usize = 256;
/// Slots of the server: more than `WIDE`, since one webhook does not get the last eighth.
const SLOTS: &str = "4800";

/// Webhooks, each with a campaign of the same id that calls it.
pub(crate) const SLOW: &str = "slow";
pub(crate) const INSTANT: &str = "instant";
pub(crate) const OTHER: &str = "other";
pub(crate) const HANGING: &str = "hanging";

/// A store that has its leads and was never run on.
#[derive(Debug)]
pub(crate) struct Prepared {
    folder: TempDir,
    pub(crate) leads: usize,
}

impl Prepared {
    /// Imports the leads and creates what is called.
    pub(crate) async fn new(leads: usize, services: &Services) -> Prepared {
        say(&format!("importing {leads} leads"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = options().start_on(folder.path()).await;
        let csv = csv(leads).into_bytes();
        // In messages that fit, as a client would send them.
        let messages = csv.chunks(1 << 20).map(|csv| ImportLeadsRequest {
            csv: csv.to_vec().into(),
            ..ImportLeadsRequest::default()
        });
        server.import(messages.collect()).await.expect("an import");
        for (id, service, in_flight) in [
            (SLOW, &services.slow, WIDE),
            (INSTANT, &services.instant, NARROW),
            (OTHER, &services.instant, NARROW),
            (HANGING, &services.hanging, NARROW),
        ] {
            let mut webhook = make::json_webhook(&service.url, PAYLOAD, &MAPPINGS);
            webhook.limits = Some(Limits {
                max_concurrency: i32::try_from(in_flight).expect("a small number"),
                max_rate: 0.0,
            });
            server.create_webhook(id, webhook).await;
            let campaign = flow::requested(vec![flow::step(flow::call(id))]);
            server.create_campaign(id, campaign).await;
        }
        server.stop().await;
        Prepared { folder, leads }
    }

    /// The folder itself, to be read alone.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A server on a copy.
    pub(crate) async fn start(&self) -> (Server, TempDir) {
        let copy = self.copy();
        (options().start_on(copy.path()).await, copy)
    }

    /// A copy that is on the disk, so that nothing of it is written while something is measured.
    fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().expect("a temporary folder");
        for entry in fs::read_dir(self.path()).expect("the folder is there") {
            let entry = entry.expect("a file");
            let target = copy.path().join(entry.file_name());
            fs::copy(entry.path(), &target).expect("room on the disk");
            File::open(&target)
                .and_then(|file| file.sync_all())
                .expect("it is written");
        }
        copy
    }
}

/// Every lead's values are of the same length, so that every payload is.
fn csv(leads: usize) -> String {
    let mut csv = String::from("Email Address,First Name,Last Name,City,Lead Score\n");
    for lead in 0..leads {
        let score = 10 + lead % 90;
        writeln!(
            csv,
            "lead{lead:07}@example.com,Ada {lead:07},Lovelace-King,San Francisco,{score}"
        )
        .expect("a string takes all");
    }
    csv
}

fn options() -> Options {
    let help = std::process::Command::new(binary())
        .args(["serve", "--help"])
        .output()
        .expect("the server's binary starts");
    let knows_slots = String::from_utf8_lossy(&help.stdout).contains("--max-in-flight");
    if knows_slots {
        Server::options().flag("--max-in-flight", SLOTS)
    } else {
        Server::options()
    }
}
