//! What a till's program file must be for a host to accept it, checked as the host's own tools do.

use std::fmt;

use catalog::snapshot::{FORMAT, READS, Snapshot, SnapshotError};
use messages::tr;
use object::elf::{EM_AARCH64, EM_X86_64, FileHeader64, PT_LOAD};
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};
use object::{Endianness, Object as _, ObjectSection as _, ObjectSymbol as _};

/// Netlify's packager recognises a Rust program by this symbol; without it the file is silently left out.
const RUST: &str = "rust_eh_personality";
/// The C library of Amazon Linux 2023, on which `provided.al2023` runs (docs.aws.amazon.com/lambda, OS-only runtimes).
const GLIBC: (u32, u32) = (2, 34);

/// Where the program is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Target {
    #[value(help = tr!("Netlify Functions"))]
    Netlify,
    #[value(help = tr!("AWS Lambda, runtime provided.al2023"))]
    Lambda,
}

impl Target {
    /// As `--target` names it.
    pub(in crate::shell) fn as_str(self) -> &'static str {
        match self {
            Target::Netlify => "netlify",
            Target::Lambda => "lambda",
        }
    }

    /// The default folder of its package, inside the shop's.
    pub(in crate::shell) fn folder(self) -> &'static str {
        match self {
            Target::Netlify => ".bazaar/netlify",
            Target::Lambda => ".bazaar/lambda",
        }
    }
}

/// A processor that hosts offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Machine {
    X86,
    Arm,
}

impl Machine {
    pub(super) fn name(self) -> &'static str {
        match self {
            Machine::X86 => "x86-64",
            Machine::Arm => "arm64",
        }
    }

    /// Whether this machine can run its programs.
    pub(super) fn is_ours(self) -> bool {
        cfg!(target_os = "linux")
            && match self {
                Machine::X86 => cfg!(target_arch = "x86_64"),
                Machine::Arm => cfg!(target_arch = "aarch64"),
            }
    }
}

/// Why a file cannot be a host's till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::shell) enum ProgramError {
    Foreign,
    Truncated(String),
    Machine(String),
    NotForNetlify,
    Stripped,
    NotTill,
    Format(String),
    Glibc(u32, u32),
    Snapshot,
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProgramError::Foreign => f.write_str(tr!(
                "it is no program for Linux (no ELF file)\n  name the `till` that was built for Linux: --binary target/release/till"
            )),
            ProgramError::Truncated(why) => {
                f.write_str(&tr!("it is cut off: {why}\n  build it again, or fetch it again"))
            }
            ProgramError::Machine(machine) => f.write_str(&tr!(
                "it is made for {machine}, which no host of tills has\n  build it for x86_64-unknown-linux-musl or aarch64-unknown-linux-musl"
            )),
            ProgramError::NotForNetlify => f.write_str(tr!(
                "it is made for arm64, and Netlify runs x86-64\n  build it for x86_64-unknown-linux-musl"
            )),
            ProgramError::Stripped => f.write_str(&tr!(
                "it is stripped whole: Netlify knows a Rust program by its symbol `{RUST}`, and leaves this one out without a word\n  build it with strip = \"debuginfo\", as the release profile does, and never run `strip` on it"
            )),
            ProgramError::NotTill => f.write_str(tr!(
                "it is a program, but not the till\n  name the file `till`: cargo build --release -p functions --bin till"
            )),
            ProgramError::Format(format) => f.write_str(&tr!(
                "it reads snapshots of format {format}, and this `bazaar` writes {FORMAT}\n  take `till` and `bazaar` of one version"
            )),
            ProgramError::Glibc(major, minor) => {
                let (oldest_major, oldest_minor) = GLIBC;
                f.write_str(&tr!(
                    "it needs glibc {major}.{minor}, and the host has {oldest_major}.{oldest_minor}: it would end at its first start\n  build it for x86_64-unknown-linux-musl, or on an older system"
                ))
            }
            ProgramError::Snapshot => f.write_str(tr!(
                "it carries a snapshot that is cut off or damaged\n  build it again, or fetch it again"
            )),
        }
    }
}

/// The program's own bytes, without an earlier snapshot, and its processor.
///
/// # Errors
/// The first thing that would prevent it from running on the host.
pub(super) fn inspect(file: &[u8], target: Target) -> Result<(&[u8], Machine), ProgramError> {
    if !file.starts_with(b"\x7fELF") {
        return Err(ProgramError::Foreign);
    }
    // ELF's class: 1 is 32 bits.
    if file.get(4) == Some(&1) {
        return Err(ProgramError::Machine(tr!("a processor of 32 bits").to_owned()));
    }
    let program = bare(file)?;
    let elf = ElfFile64::<Endianness>::parse(program).map_err(truncated)?;
    whole(&elf)?;
    let machine = match elf.elf_header().e_machine(elf.endian()) {
        EM_X86_64 => Machine::X86,
        EM_AARCH64 if target == Target::Netlify => return Err(ProgramError::NotForNetlify),
        EM_AARCH64 => Machine::Arm,
        other => return Err(ProgramError::Machine(tr!("another processor (ELF machine {other:?})"))),
    };
    let reads = reads(program).ok_or(ProgramError::NotTill)?;
    if !reads.split(',').any(|format| format == FORMAT) {
        return Err(ProgramError::Format(reads.to_owned()));
    }
    if target == Target::Netlify && !elf.symbols().any(|symbol| symbol.name() == Ok(RUST)) {
        return Err(ProgramError::Stripped);
    }
    match glibc(&elf) {
        Some((major, minor)) if (major, minor) > GLIBC => Err(ProgramError::Glibc(major, minor)),
        _ => Ok((program, machine)),
    }
}

/// The file without the snapshot at its end, if it has one.
fn bare(file: &[u8]) -> Result<&[u8], ProgramError> {
    match Snapshot::find(file) {
        Ok(snapshot) => {
            snapshot.verify().map_err(|_| ProgramError::Snapshot)?;
            usize::try_from(snapshot.start()).map(|start| &file[..start]).map_err(|_| ProgramError::Snapshot)
        }
        Err(SnapshotError::Absent) => Ok(file),
        Err(_) => Err(ProgramError::Snapshot),
    }
}

fn truncated(error: impl std::fmt::Display) -> ProgramError {
    ProgramError::Truncated(error.to_string())
}

/// Checks that every part that the headers name is present.
fn whole(elf: &ElfFile64<'_, Endianness>) -> Result<(), ProgramError> {
    for section in elf.sections() {
        section.data().map_err(truncated)?;
    }
    let (endian, data) = (elf.endian(), elf.data());
    let loaded = |header: &&<FileHeader64<Endianness> as object::read::elf::FileHeader>::ProgramHeader| {
        header.p_type(endian) == PT_LOAD
    };
    for header in elf.elf_program_headers().iter().filter(loaded) {
        header.data(endian, data).map_err(|()| truncated(tr!("a part that is to be loaded is missing")))?;
    }
    Ok(())
}

/// The snapshot formats that the program declares it can read.
fn reads(program: &[u8]) -> Option<&str> {
    memchr::memmem::find_iter(program, READS).find_map(|at| {
        let rest = program.get(at + READS.len()..)?;
        let end = rest.iter().take(64).position(|byte| *byte == b'>')?;
        std::str::from_utf8(&rest[..end]).ok().filter(|formats| formats.starts_with("BAZAAR"))
    })
}

/// The newest glibc version that the program needs; `None` when it is statically linked.
fn glibc(elf: &ElfFile64<'_, Endianness>) -> Option<(u32, u32)> {
    let (endian, data, sections) = (elf.endian(), elf.data(), elf.elf_section_table());
    let (mut needed, strings) = sections.gnu_verneed(endian, data).ok()??;
    let strings = sections.strings(endian, data, strings).ok()?;
    let mut newest = None;
    while let Ok(Some((_, mut versions))) = needed.next() {
        while let Ok(Some(version)) = versions.next() {
            let name = version.name(endian, strings).ok().and_then(|name| std::str::from_utf8(name).ok());
            newest = newest.max(name.and_then(|name| number(name.strip_prefix("GLIBC_")?)));
        }
    }
    newest
}

/// Major and minor part of `2.34`, and of `2.2.5`.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_program_is_told_apart() {
        for bytes in [&b""[..], b"#!/bin/sh\n", b"\xcf\xfa\xed\xfe mach-o", b"MZ windows"] {
            assert_eq!(inspect(bytes, Target::Lambda), Err(ProgramError::Foreign));
        }
        assert!(matches!(inspect(b"\x7fELF\x02\x01\x01", Target::Lambda), Err(ProgramError::Truncated(_))));
    }

    #[test]
    fn versions_of_the_c_library_are_compared_as_numbers() {
        assert!(number("2.4") < number("2.34"));
        assert_eq!(number("2.2.5"), Some((2, 2)));
        assert_eq!(number("PRIVATE"), None);
    }

    #[test]
    fn formats_are_read_where_the_whole_mark_stands() {
        let mark = format!("junk{READS}\0no mark of a till{READS}BAZAAR01,BAZAAR02> and more");
        assert_eq!(reads(mark.as_bytes()), Some("BAZAAR01,BAZAAR02"));
        assert_eq!(reads(READS.as_bytes()), None);
    }
}
