//! `cargo xtask bench`: the criterion benches of the crates, and how we stand against each rival.
//!
//! In a group of benchmarks the one whose name begins with `leadhook` is ours; the others are its rivals. Criterion leaves its estimates
//! under `target/criterion`; the ratios are those of the medians of one run, since the machine drifts between runs.
//!
//! What measures the server as a whole stands in `tests/benches`, starts the release binary, and prints its figures itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use cargo_metadata::TargetKind;
use serde_json::Value;

use crate::Result;
use crate::workspace::Workspace;

const OURS: &str = "leadhook";

/// The package whose benches start the binary.
const BLACK_BOX: &str = "leadhook-tests";

/// Runs the benches of all crates, or the one of this name with these arguments, and prints the ratios.
pub(crate) fn run(workspace: &Workspace, name: Option<&str>, arguments: &[String]) -> Result {
    let benches = benches(workspace, name);
    if benches.is_empty() {
        return Err(format!("no crate has a bench {}", name.unwrap_or_default()).into());
    }
    let started = SystemTime::now();
    for (package, bench) in benches {
        println!("\n==> {package}: {bench}");
        if package == BLACK_BOX {
            workspace
                .cargo("build")
                .args(["--quiet", "--release", "--package", "leadhook"])
                .run()?;
        }
        workspace
            .cargo("bench")
            .args(["--quiet", "--package", package, "--bench", bench, "--"])
            .args(arguments)
            .run()?;
    }
    let medians = medians(&workspace.target.join("criterion"), started)?;
    println!("\n{}", ratios(&medians));
    Ok(())
}

/// Package and name of every bench.
fn benches<'a>(workspace: &'a Workspace, name: Option<&str>) -> Vec<(&'a str, &'a str)> {
    let targets = workspace.metadata.packages.iter().flat_map(|package| {
        let benches = package
            .targets
            .iter()
            .filter(|target| target.kind.contains(&TargetKind::Bench));
        benches.map(|bench| (package.name.as_str(), bench.name.as_str()))
    });
    targets
        .filter(|(_, bench)| name.is_none_or(|name| name == *bench))
        .collect()
}

/// Medians in nanoseconds, by group and benchmark.
type Medians = BTreeMap<String, BTreeMap<String, f64>>;

/// Reads what criterion wrote since `started`.
fn medians(folder: &Path, started: SystemTime) -> Result<Medians> {
    let mut medians = Medians::new();
    if !folder.exists() {
        return Ok(medians);
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if !path.is_dir() {
                continue;
            }
            if path.file_name().is_some_and(|name| name == "new") {
                let estimates = path.join("estimates.json");
                if fs::metadata(&estimates)?.modified()? >= started {
                    let (group, benchmark) = identity(&read(&path.join("benchmark.json"))?);
                    let median = read(&estimates)?["median"]["point_estimate"].as_f64();
                    medians
                        .entry(group)
                        .or_default()
                        .insert(benchmark, median.ok_or("a median is a number")?);
                }
            } else {
                folders.push(path);
            }
        }
    }
    Ok(medians)
}

/// The group, with the input where a group has several, and the benchmark within it.
fn identity(benchmark: &Value) -> (String, String) {
    let text = |name: &str| benchmark[name].as_str().unwrap_or_default().to_owned();
    let group = match benchmark["value_str"].as_str() {
        Some(input) => format!("{}/{input}", text("group_id")),
        None => text("group_id"),
    };
    (group, text("function_id"))
}

fn read(path: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// One line per benchmark; a rival's says how many times as long as ours it took.
fn ratios(medians: &Medians) -> String {
    let mut lines = Vec::new();
    for (group, benchmarks) in medians {
        let ours = benchmarks.iter().find(|(name, _)| name.starts_with(OURS));
        for (name, median) in benchmarks {
            let ratio = match ours {
                Some((our_name, ours)) if name != our_name => {
                    format!("{:6.2} x ours", median / ours)
                }
                _ => String::new(),
            };
            lines.push(
                format!(
                    "{:<60} {median:>14.1} ns {ratio}",
                    format!("{group}: {name}")
                )
                .trim_end()
                .to_owned(),
            );
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
