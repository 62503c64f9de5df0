//! Where things are, and how cargo is called from within cargo.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};
use xshell::{Cmd, Shell};

use crate::Result;

/// The workspace that this program belongs to.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo builds: `CARGO_TARGET_DIR` where it is set.
    pub(crate) target: PathBuf,
    /// The members and what they declare; no resolved versions.
    pub(crate) metadata: Metadata,
    /// `CI=true`: nothing is skipped, and `Cargo.lock` must be current.
    pub(crate) ci: bool,
    /// A shell that stands in `root`.
    pub(crate) shell: Shell,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let metadata = metadata()?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let shell = Shell::new()?;
        shell.change_dir(&root);
        Ok(Self {
            target: metadata.target_directory.clone().into_std_path_buf(),
            ci: std::env::var("CI").is_ok_and(|value| value == "true"),
            root,
            metadata,
            shell,
        })
    }

    /// `cargo SUBCOMMAND`, as if called from a shell in the root: without what `cargo run` told this program about itself,
    /// which would make cargo build some dependencies once more.
    pub(crate) fn cargo(&self, subcommand: &str) -> Cmd<'_> {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut cargo = self.shell.cmd(program).arg(subcommand).quiet();
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(tells_about_ourselves) {
                cargo = cargo.env_remove(name);
            }
        }
        cargo.args(self.ci.then_some("--locked"))
    }

    /// Where the tools of the black-box tests are installed.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The server that the black-box tests start.
    pub(crate) fn binary(&self) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("leadhook{}", std::env::consts::EXE_SUFFIX))
    }
}

/// Asks cargo about the workspace of this program.
pub(crate) fn metadata() -> Result<Metadata> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    Ok(MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()?)
}

fn tells_about_ourselves(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || [
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "CARGO_PRIMARY_PACKAGE",
            "OUT_DIR",
        ]
        .contains(&variable)
}
