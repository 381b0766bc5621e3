//! Turns `proto/` into Rust and into a descriptor set, with no external compiler.
//!
//! Two results of one compilation: the encoded set keeps our YAML options and is loaded at run time; the generated code cannot
//! carry them, because options are dropped on the way to it.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

const ROOTS: [&str; 5] = ["options.proto", "wrappers.proto", "componentfeatures.proto", "types.proto", "auth.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true);
    compiler.open_files(ROOTS)?;
    fs::write(out.join("schema.bin"), compiler.encode_file_descriptor_set())?;
    prost_build::Config::new().bytes(["."]).include_file("schema.rs").compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
