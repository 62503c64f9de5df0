//! The proto files as buf judges them.

use std::path::{Path, PathBuf};
use std::process::Command;

use leadhook_tests::{environment, run};

fn buf(arguments: &[&str]) -> String {
    let buf = PathBuf::from(environment("LEADHOOK_PYTHON")).with_file_name("buf");
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    run(Command::new(buf).args(arguments).current_dir(proto))
}

#[test]
fn buf_lint_finds_nothing() {
    assert_eq!(buf(&["lint"]), "");
}

#[test]
fn buf_format_changes_nothing() {
    assert_eq!(buf(&["format", "--diff", "--exit-code"]), "");
}
