//! `cargo xtask test`: what CI runs, in the order in which faults are cheapest to find.
//!
//! Every build of the whole tree names the workspace, so that cargo settles on one set of features and compiles each
//! dependency once for checking and once for running; the black-box tests use the binary that the tests were built with.

use crate::codegen::Mode;
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{Result, codegen, graph, integration};

/// The crates that promise to be useful by themselves: each compiles with its own features, not by accident of the workspace.
const ALONE: [&str; 7] = [
    "leadhook-token",
    "leadhook-field",
    "leadhook-encoding",
    "leadhook-filter",
    "leadhook-http",
    "leadhook-mapping",
    "leadhook-store",
];

pub(crate) fn run(workspace: &Workspace) -> Result {
    let mut steps = Steps::new(workspace.ci);
    // Not `workspace.cargo`: fmt takes no --locked.
    steps.run("format", || {
        Ok(workspace
            .shell
            .cmd("cargo")
            .args(["fmt", "--all", "--check"])
            .quiet()
            .run()?)
    })?;
    steps.run("generated code", || {
        codegen::run(&workspace.root, Mode::Check)
    })?;
    steps.run("crate graph", || graph::check(&workspace.metadata))?;
    steps.run("clippy", || {
        let clippy = workspace
            .cargo("clippy")
            .args(["--workspace", "--all-targets", "--quiet"]);
        Ok(clippy.args(["--", "-D", "warnings"]).run()?)
    })?;
    steps.run("build", || integration::build(workspace))?;
    steps.run("tests", || {
        let tests = workspace.cargo("test").args([
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--examples",
            "--quiet",
        ]);
        Ok(tests.args(["--", "--skip", integration::PREFIX]).run()?)
    })?;
    steps.run("doc tests", || {
        Ok(workspace
            .cargo("test")
            .args(["--workspace", "--doc", "--quiet"])
            .run()?)
    })?;
    steps.run("docs", || {
        let doc = workspace
            .cargo("doc")
            .args(["--workspace", "--no-deps", "--quiet"]);
        Ok(doc.env("RUSTDOCFLAGS", "-D warnings").run()?)
    })?;
    steps.run("each crate alone", || {
        for name in ALONE {
            workspace
                .cargo("check")
                .args(["--quiet", "--package", name])
                .run()?;
        }
        Ok(())
    })?;
    integration::steps(workspace, &mut steps, None)?;
    steps.print();
    Ok(())
}
