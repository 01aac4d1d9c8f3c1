//! Copies of the working folder: each run has one of its own, and what it has written there is compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of more is not copied.
const MOST_BYTES: u64 = 256 << 20;
const MOST_FILES: usize = 20_000;
/// Files whose content is kept for comparison are this long at most; of longer ones the length is.
const KEPT_BYTES: u64 = 4 << 20;

/// What is in a folder: relative paths and their content.
pub type Content = BTreeMap<PathBuf, Entry>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Folder,
    Link(PathBuf),
    File(Vec<u8>),
    /// A file too long to keep: its length.
    Long(u64),
    Other,
}

/// Folders that are no part of a program's data.
fn is_skipped(name: &std::ffi::OsStr) -> bool {
    name == ".git" || name == "__pycache__" || name == ".venv" || name == "node_modules"
}

/// How much is in a folder; `Err`: too much to copy.
fn measure(from: &Path, files: &mut usize, bytes: &mut u64) -> Result<(), String> {
    let wrong = |e: std::io::Error| format!("{}: {e}", from.display());
    for entry in fs::read_dir(from).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        if is_skipped(&entry.file_name()) {
            continue;
        }
        let data = entry.metadata().map_err(wrong)?;
        *files += 1;
        *bytes += data.len();
        if *files > MOST_FILES || *bytes > MOST_BYTES {
            return Err(format!(
                "the working folder is too large to be copied for each run (more than {MOST_FILES} files or {} MB): run it in a smaller one",
                MOST_BYTES >> 20
            ));
        }
        if data.is_dir() {
            measure(&entry.path(), files, bytes)?;
        }
    }
    Ok(())
}

/// Copies a folder; `to` is made.
pub fn copy(from: &Path, to: &Path) -> Result<(), String> {
    measure(from, &mut 0, &mut 0)?;
    copy_all(from, to).map_err(|e| format!("{}: {e}", from.display()))
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let target = to.join(&name);
        if is_skipped(&name) {
            continue;
        }
        if kind.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// What is in a folder.
pub fn content(folder: &Path) -> Content {
    let mut all = Content::new();
    collect(folder, Path::new(""), &mut all);
    all
}

fn collect(folder: &Path, below: &Path, all: &mut Content) {
    // What can't be read is not there.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if is_skipped(&name) {
            continue;
        }
        let (path, relative) = (entry.path(), below.join(&name));
        let Ok(data) = entry.metadata() else { continue };
        let found = if data.is_dir() {
            collect(&path, &relative, all);
            Entry::Folder
        } else if data.is_symlink() {
            fs::read_link(&path).map_or(Entry::Other, Entry::Link)
        } else if !data.is_file() {
            Entry::Other
        } else if data.len() > KEPT_BYTES {
            Entry::Long(data.len())
        } else {
            fs::read(&path).map_or(Entry::Other, Entry::File)
        };
        all.insert(relative, found);
    }
}
