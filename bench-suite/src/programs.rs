//! What is run.

use std::path::{Path, PathBuf};

/// A program.
#[derive(Clone, Debug)]
pub struct Program {
    pub name: String,
    /// The first line of its docstring.
    pub about: String,
    pub path: PathBuf,
    /// It is one of pyperformance's, which measure themselves (by our `pyperf`).
    pub measures_itself: bool,
}

/// The folder of the suite.
pub fn folder() -> Result<PathBuf, String> {
    let built_by_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let all = built_by_cargo.into_iter().chain(["bench-suite".into(), ".".into()]);
    let found = all.filter(|f| f.join("python/run.py").is_file()).find_map(|f| std::fs::canonicalize(f).ok());
    found.ok_or_else(|| "run it in the repository (its folder bench-suite is not here)".to_owned())
}

/// The suite's own.
pub fn ours() -> Result<Vec<Program>, String> {
    let folder = folder()?.join("programs");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let paths = entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "py"));
    let mut all: Vec<Program> = paths.map(|path| program(&path, false)).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// Of pyperformance, by their names: `NAME` is in the folder `bm_NAME`.
pub fn pyperformance(folder: &str, only: &[String]) -> Result<Vec<Program>, String> {
    let of = |name: &String| {
        let path = Path::new(folder).join(format!("bm_{name}/run_benchmark.py"));
        if !path.is_file() {
            return Err(format!("{} is not there", path.display()));
        }
        Ok(Program { name: name.clone(), ..program(&path, true) })
    };
    if only.is_empty() {
        return Err("--pyperformance wants --only=NAME,...".to_owned());
    }
    only.iter().map(of).collect()
}

fn program(path: &Path, measures_itself: bool) -> Program {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let about = text.lines().next().unwrap_or("").trim_matches('"').to_owned();
    Program { name, about, path: path.to_owned(), measures_itself }
}
