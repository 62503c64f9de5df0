use std::fs;
use std::os::unix::fs::symlink;

use super::{CODE, DESCRIPTORS, Mode, run};

/// A root with our proto files and nothing generated.
fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    let proto = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto");
    symlink(proto, root.path().join("proto")).expect("a link");
    root
}

#[test]
fn what_was_written_passes_the_check() {
    let root = root();
    run(root.path(), Mode::Write).expect("it generates");
    run(root.path(), Mode::Check).expect("nothing changed since");
}

#[test]
fn a_changed_byte_fails_the_check_which_names_the_command_that_mends_it() {
    for file in [CODE, DESCRIPTORS] {
        let root = root();
        run(root.path(), Mode::Write).expect("it generates");
        let path = root.path().join("crates/proto/src/generated").join(file);
        let mut contents = fs::read(&path).expect("it was written");
        *contents.last_mut().expect("it is not empty") ^= 1;
        fs::write(&path, contents).expect("it can be written");

        let error = run(root.path(), Mode::Check)
            .expect_err("it differs")
            .to_string();
        assert!(
            error.contains(file) && error.ends_with("cargo xtask codegen"),
            "{error}"
        );
        assert!(
            run(root.path(), Mode::Check).is_err(),
            "a check mends nothing"
        );
    }
}
