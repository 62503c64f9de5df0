//! What the black-box tests need besides Rust, installed under the target folder: a Python virtual environment with
//! `tests/requirements.txt`, and the Node packages of `examples/clients/node`.
//!
//! A stamp beside each says what was installed from what, so that it is done again only when that changes.

use std::path::{Path, PathBuf};

use xshell::Shell;

use crate::Result;
use crate::workspace::Workspace;

/// Something that can be there or not.
#[derive(Debug)]
pub(crate) enum Tool {
    /// It is installed; where.
    Ready(PathBuf),
    /// It is not, and why.
    Absent(String),
}

/// The interpreter of a virtual environment with everything in `tests/requirements.txt`.
pub(crate) fn python(workspace: &Workspace) -> Result<Tool> {
    let shell = &workspace.shell;
    let folder = workspace.tools().join("python");
    let interpreter = folder.join("bin/python");
    let requirements = workspace.root.join("tests/requirements.txt");
    let stamp = Stamp::new(shell, &folder, &[&requirements])?;
    if stamp.holds(shell) {
        return Ok(Tool::Ready(interpreter));
    }
    if shell
        .cmd("python3")
        .arg("--version")
        .quiet()
        .ignore_stdout()
        .run()
        .is_err()
    {
        return Ok(Tool::Absent("there is no python3".into()));
    }
    let made = shell
        .cmd("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder)
        .quiet()
        .run();
    if made.is_err() {
        return Ok(Tool::Absent(
            "python3 makes no virtual environment (Debian: apt-get install python3-venv)".into(),
        ));
    }
    let pip = shell.cmd(&interpreter).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    if pip
        .arg("--requirement")
        .arg(&requirements)
        .quiet()
        .run()
        .is_err()
    {
        return Ok(Tool::Absent(
            "tests/requirements.txt could not be installed".into(),
        ));
    }
    stamp.set(shell)?;
    Ok(Tool::Ready(interpreter))
}

/// A copy of `examples/clients/node` with its packages.
pub(crate) fn node(workspace: &Workspace) -> Result<Tool> {
    let shell = &workspace.shell;
    let folder = workspace.tools().join("node");
    let source = workspace.root.join("examples/clients/node");
    let files =
        ["package.json", "package-lock.json", "quickstart.mjs"].map(|name| source.join(name));
    let stamp = Stamp::new(shell, &folder, &files.each_ref().map(PathBuf::as_path))?;
    if stamp.holds(shell) {
        return Ok(Tool::Ready(folder));
    }
    for program in ["node", "npm"] {
        if shell
            .cmd(program)
            .arg("--version")
            .quiet()
            .ignore_stdout()
            .run()
            .is_err()
        {
            return Ok(Tool::Absent(format!("there is no {program}")));
        }
    }
    shell.create_dir(&folder)?;
    for file in &files {
        shell.copy_file(file, &folder)?;
    }
    let npm = shell
        .cmd("npm")
        .args(["ci", "--silent", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder);
    if npm.quiet().run().is_err() {
        return Ok(Tool::Absent(
            "the packages of examples/clients/node could not be installed".into(),
        ));
    }
    stamp.set(shell)?;
    Ok(Tool::Ready(folder))
}

/// What an installation was made from.
struct Stamp {
    path: PathBuf,
    contents: String,
}

impl Stamp {
    fn new(shell: &Shell, folder: &Path, sources: &[&Path]) -> Result<Self> {
        let contents = sources
            .iter()
            .map(|source| shell.read_file(source))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            path: folder.join("installed-from"),
            contents: contents.join("\n"),
        })
    }

    fn holds(&self, shell: &Shell) -> bool {
        shell
            .read_file(&self.path)
            .is_ok_and(|present| present == self.contents)
    }

    fn set(&self, shell: &Shell) -> Result {
        Ok(shell.write_file(&self.path, &self.contents)?)
    }
}
