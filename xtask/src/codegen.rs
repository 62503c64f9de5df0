//! From `proto/leadhook/v1` to `crates/proto/src/generated`: protox reads the files (nobody needs protoc), tonic-prost-build
//! writes the code. What is generated is checked in, so that a build needs neither.

use std::fs;
use std::path::{Path, PathBuf};

use prost::Message;
use prost_types::FileDescriptorSet;

use crate::Result;

const CODE: &str = "leadhook.v1.rs";
const DESCRIPTORS: &str = "descriptors.binpb";

/// Not imported by any of our files, and yet what an error's details consist of: reflection has to know them.
const ERROR_DETAILS: [&str; 2] = ["google/rpc/error_details.proto", "google/rpc/code.proto"];

/// Whether to write the files or to compare them with what would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

/// Generates the code of leadhook-proto, or fails when what is checked in is not what would be generated.
pub(crate) fn run(root: &Path, mode: Mode) -> Result {
    let target = root.join("crates/proto/src/generated");
    let mut stale = Vec::new();
    for (name, contents) in generate(&root.join("proto"))? {
        let path = target.join(name);
        if fs::read(&path).is_ok_and(|present| present == contents) {
            continue;
        }
        match mode {
            Mode::Write => {
                fs::create_dir_all(&target)?;
                fs::write(&path, contents)?;
                println!("wrote {}", path.display());
            }
            Mode::Check => stale.push(name),
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "crates/proto/src/generated/{{{}}} is not what proto/ says; mend it with: cargo xtask codegen",
        stale.join(",")
    )
    .into())
}

fn generate(proto: &Path) -> Result<[(&'static str, Vec<u8>); 2]> {
    let descriptors = compile(proto)?;
    Ok([
        (CODE, code(descriptors.clone())?),
        (DESCRIPTORS, descriptors.encode_to_vec()),
    ])
}

fn compile(proto: &Path) -> Result<FileDescriptorSet> {
    let mut set = protox::Compiler::new([proto])?
        .include_imports(true)
        .include_source_info(true)
        .open_files(own_files(proto)?)?
        .open_files(ERROR_DETAILS)?
        .file_descriptor_set();
    // Ours are what `grpcurl describe` is asked about; those of others would double the size.
    for file in &mut set.file {
        if !file.name().starts_with("leadhook/") {
            file.source_code_info = None;
        }
    }
    Ok(set)
}

/// Our files by their names within `proto/`, in a stable order.
fn own_files(proto: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(proto.join("leadhook/v1"))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path.strip_prefix(proto)?.to_owned());
        }
    }
    files.sort();
    Ok(files)
}

fn code(descriptors: FileDescriptorSet) -> Result<Vec<u8>> {
    let scratch = tempfile::tempdir()?;
    tonic_prost_build::configure()
        .out_dir(scratch.path())
        .bytes(".")
        .btree_map(".")
        .extern_path(".google.rpc", "::tonic_types::pb")
        .emit_package(true)
        .compile_fds(descriptors)?;
    Ok(fs::read(scratch.path().join(CODE))?)
}

#[cfg(test)]
mod tests;
