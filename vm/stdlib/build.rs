//! Compiles CPython's `Lib` (as the crate `rustpython-pylib` ships it) and our own additions in `lib/` into one blob:
//! marshalled code as it is (inflating it would cost as much as reading it, and pages that are not touched cost nothing),
//! sources and data files, each deflated by itself so that a program pays for what it looks at only.
//! Beside it the docstrings of CPython's native modules, as the crate `rustpython-doc` ships them, of the names in
//! `data/natives.txt`. Writes `docs.txt`, `library.bin` and `library.rs`, its index, to `OUT_DIR`. Where `BROLGA_LIBRARY` names the folder of another build,
//! both are taken from there: a build for another machine need not have an optimised compiler of its own.

#[path = "build/patches.rs"]
mod patches;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, io, process, thread};

/// Where the library seems to lie; `src/library.rs` says why.
const ROOT: &str = "/<brolga>/lib/python3.14/";

/// Modules that CPython freezes: their code has `<frozen name>` for its file, and nothing on `sys.path` hides them.
const FROZEN: &[&str] = &[
    "importlib/_bootstrap",
    "importlib/_bootstrap_external",
    "zipimport",
    "abc",
    "codecs",
    "io",
    "_collections_abc",
    "_sitebuiltins",
    "genericpath",
    "ntpath",
    "posixpath",
    "os",
    "site",
    "stat",
    "importlib/util",
    "importlib/machinery",
    "runpy",
    "__hello__",
    "__phello__/__init__",
    "__phello__/spam",
    "__phello__/ham/__init__",
    "__phello__/ham/eggs",
    // Ours.
    "_embedded_library",
];

/// What is left out: GUI programs that need Tk, and what the crate has for its own interpreter only.
const LEFT_OUT: &[&str] = &[
    "idlelib",
    "tkinter",
    "turtledemo",
    "ensurepip/_bundled",
    "_dummy_os.py",
    "_dummy_thread.py",
    "dummy_threading.py",
    "_pycodecs.py",
    "README.md",
    "PSF-LICENSE",
    "mypy.ini",
    "tomllib/mypy.ini",
    "_pyrepl/mypy.ini",
    "ctypes/macholib/fetch_macholib",
    "ctypes/macholib/fetch_macholib.bat",
    "ctypes/macholib/README.ctypes",
];

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Input {
    /// Relative to the library's root, with `/`.
    name: String,
    path: PathBuf,
}

/// A part of the blob: bytes as stored, and how long they are unpacked. Of equal length they are not packed.
struct Part {
    bytes: Vec<u8>,
    unpacked: usize,
}

struct Built {
    name: String,
    code: Option<Part>,
    text: Part,
}

fn main() {
    if let Err(failure) = run() {
        eprintln!("{failure}");
        process::exit(1);
    }
}

fn run() -> Result<(), Failure> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let own = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("lib");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=lib");
    println!("cargo:rerun-if-changed=data/natives.txt");
    println!("cargo:rerun-if-env-changed=BROLGA_LIBRARY");
    if let Some(from) = env::var_os("BROLGA_LIBRARY") {
        for name in ["docs.txt", "library.bin", "library.rs"] {
            let file = Path::new(&from).join(name);
            println!("cargo:rerun-if-changed={}", file.display());
            fs::copy(file, out.join(name))?;
        }
        return Ok(());
    }
    let mut inputs = Vec::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", &mut inputs)?;
    let mut ours = Vec::new();
    collect(&own, "", &mut ours)?;
    inputs.retain(|i| ours.iter().all(|o| o.name != i.name));
    inputs.append(&mut ours);
    inputs.sort_by(|a, b| a.name.cmp(&b.name));
    let built = build_all(&inputs)?;
    write(&out, &built)?;
    fs::write(out.join("docs.txt"), docs(&fs::read_to_string("data/natives.txt")?)?)?;
    Ok(())
}

/// Docstrings by name, as `brolga_runtime::types::described` reads them.
fn docs(names: &str) -> Result<String, Failure> {
    let text = String::from_utf8(xz::decode_all(rustpython_doc::BLOB)?)?;
    let mut out = String::new();
    for name in names.lines().filter_map(|line| line.split('\t').next()) {
        let Ok(at) = rustpython_doc::DB.binary_search_by_key(&name, |(key, _)| *key) else { continue };
        let (_, place) = rustpython_doc::DB[at];
        match text.get(place.offset as usize..(place.offset + place.len) as usize) {
            Some(doc) if !doc.is_empty() && !doc.contains('\0') => write!(out, "{name}\t{doc}\0")?,
            _ => {}
        }
    }
    Ok(out)
}

fn collect(dir: &Path, prefix: &str, into: &mut Vec<Input>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let name = format!("{prefix}{file_name}");
        if LEFT_OUT.contains(&name.as_str()) || file_name == "__pycache__" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), into)?;
        } else {
            into.push(Input { name, path: entry.path() });
        }
    }
    Ok(())
}

fn build_all(inputs: &[Input]) -> Result<Vec<Built>, Failure> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Built, Failure>)>> = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, |n| n.get());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(input) = inputs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = build(input);
                    let at = inputs.iter().position(|i| std::ptr::eq(i, input)).unwrap_or(0);
                    if let Ok(mut done) = done.lock() {
                        done.push((at, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().map_err(|e| e.to_string())?;
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, built)| built).collect()
}

fn build(input: &Input) -> Result<Built, Failure> {
    let mut text = fs::read(&input.path)?;
    let Some(stem) = input.name.strip_suffix(".py") else {
        return Ok(Built { name: input.name.clone(), code: None, text: pack(text)? });
    };
    for patch in patches::PATCHES.iter().filter(|p| p.file == input.name) {
        text = patch.apply(&text)?;
    }
    let filename = if FROZEN.contains(&stem) {
        let module = stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".");
        format!("<frozen {module}>")
    } else {
        format!("{ROOT}{}", input.name)
    };
    let source = brolga_compiler::Source::Bytes(&text);
    let options = brolga_compiler::Options::default();
    let compiled = brolga_compiler::compile(source, &filename, brolga_compiler::Mode::Exec, &options)
        .map_err(|e| format!("{}: {e:?}", input.path.display()))?;
    let code = brolga_bytecode::marshal::write_code(&compiled.code);
    let code = Some(Part { unpacked: code.len(), bytes: code });
    Ok(Built { name: input.name.clone(), code, text: pack(text)? })
}

fn pack(raw: Vec<u8>) -> Result<Part, Failure> {
    let unpacked = raw.len();
    let mut room = vec![0; zlib_rs::compress_bound(raw.len())];
    let (bytes, code) = zlib_rs::compress_slice(&mut room, &raw, zlib_rs::DeflateConfig::best_compression());
    // Z_OK; the crate does not export the type.
    if code as i32 != 0 {
        return Err("deflate failed".into());
    }
    if bytes.len() >= unpacked {
        return Ok(Part { bytes: raw, unpacked });
    }
    Ok(Part { bytes: bytes.to_vec(), unpacked })
}

fn write(out: &Path, built: &[Built]) -> Result<(), Failure> {
    let mut blob: Vec<u8> = Vec::new();
    let mut index = String::new();
    let mut add = |part: &Part| {
        let at = blob.len();
        blob.extend_from_slice(&part.bytes);
        format!("Part {{ at: {at}, len: {}, unpacked: {} }}", part.bytes.len(), part.unpacked)
    };
    // Code lies together, so that start-up touches few pages.
    let codes: Vec<Option<String>> = built.iter().map(|b| b.code.as_ref().map(&mut add)).collect();
    let texts: Vec<String> = built.iter().map(|b| add(&b.text)).collect();
    let mut modules: Vec<(String, bool, bool, &String, &String, &str)> = Vec::new();
    let mut files = Vec::new();
    for ((b, code), text) in built.iter().zip(&codes).zip(&texts) {
        match code {
            Some(code) => {
                let stem = b.name.trim_end_matches(".py");
                let frozen = FROZEN.contains(&stem);
                let package = stem == "__init__" || stem.ends_with("/__init__");
                let key = stem.strip_suffix("/__init__").unwrap_or(stem);
                modules.push((key.to_owned(), package, frozen, code, text, &b.name));
            }
            None => files.push((&b.name, text)),
        }
    }
    modules.sort();
    writeln!(index, "pub static MODULES: [Module; {}] = [", modules.len())?;
    for (key, package, frozen, code, text, _) in &modules {
        writeln!(
            index,
            "    Module {{ key: {key:?}, package: {package}, frozen: {frozen}, code: {code}, source: {text} }},"
        )?;
    }
    writeln!(index, "];\n\npub static FILES: [File; {}] = [", files.len())?;
    for (name, text) in &files {
        writeln!(index, "    File {{ name: {name:?}, data: {text} }},")?;
    }
    writeln!(index, "];")?;
    fs::write(out.join("library.rs"), index)?;
    fs::write(out.join("library.bin"), blob)?;
    Ok(())
}
