//! `cargo xtask integration`: the tests that start the real binary and speak gRPC to it.
//!
//! They stand in the test target `blackbox` of `tests/`, all within a module of that name, and learn from the environment
//! where the binary and the tools are. What needs a tool that this machine lacks is left out by the path of its module.

use crate::Result;
use crate::steps::Steps;
use crate::tools::{self, Tool};
use crate::workspace::Workspace;

/// Every black-box test's path begins with this, and no other test's does.
pub(crate) const PREFIX: &str = "blackbox::";

/// The modules whose tests need Python: httpbin, the Python client, and buf and grpcurl, which come as Python packages.
const PYTHON: [&str; 4] = [
    "blackbox::httpbin::",
    "blackbox::clients::python",
    "blackbox::contract::buf",
    "blackbox::clients::grpcurl",
];
/// The modules whose tests need Node.
const NODE: [&str; 1] = ["blackbox::clients::node"];

/// Builds the binary, installs the tools, runs the tests whose path contains `name`.
pub(crate) fn run(workspace: &Workspace, name: Option<&str>) -> Result {
    let mut steps = Steps::new(workspace.ci);
    steps.run("build", || build(workspace))?;
    self::steps(workspace, &mut steps, name)?;
    steps.print();
    Ok(())
}

/// Builds the binary and all tests at once: both then have the same features, and nothing is compiled twice.
pub(crate) fn build(workspace: &Workspace) -> Result {
    Ok(workspace
        .cargo("build")
        .args(["--workspace", "--bins", "--tests", "--examples", "--quiet"])
        .run()?)
}

/// The steps after the build, as part of a longer list.
pub(crate) fn steps(workspace: &Workspace, steps: &mut Steps, name: Option<&str>) -> Result {
    let mut python = Tool::Absent(String::new());
    steps.run("Python tools", || {
        python = tools::python(workspace)?;
        Ok(())
    })?;
    let mut node = Tool::Absent(String::new());
    steps.run("Node packages", || {
        node = tools::node(workspace)?;
        Ok(())
    })?;

    let mut left_out = Vec::new();
    let mut tests = workspace
        .cargo("test")
        .args(["--workspace", "--test", "blackbox", "--quiet"]);
    tests = tests.env("LEADHOOK_BIN", workspace.binary());
    for (tool, variable, modules) in [
        (&python, "LEADHOOK_PYTHON", &PYTHON[..]),
        (&node, "LEADHOOK_NODE", &NODE[..]),
    ] {
        match tool {
            Tool::Ready(path) => tests = tests.env(variable, path),
            Tool::Absent(reason) => {
                for module in modules {
                    steps.skip(module, reason)?;
                    left_out.extend(["--skip", module]);
                }
            }
        }
    }
    steps.run("black-box tests", || {
        Ok(tests.arg("--").args(name).args(left_out).run()?)
    })
}
