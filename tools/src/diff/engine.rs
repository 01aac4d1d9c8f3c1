//! One run of the program in one engine, and what was seen of it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::copy::{self, Content};
use crate::child::{self, Ended, Run};

/// What runs the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Brolga, with this `-X jit=`.
    Own(String),
    /// Another Python.
    Python(PathBuf),
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Engine::Own(mode) => write!(f, "-X jit={mode}"),
            Engine::Python(path) => write!(f, "{}", path.display()),
        }
    }
}

/// All that is compared.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub stdout: String,
    pub stderr: String,
    pub ended: Ended,
    /// Names of the main module and what they hold; `None`: the program did not come to its end.
    pub names: Option<Vec<(String, String)>>,
    /// Modules that were in use whose effects are not replayed.
    pub uses: Vec<String>,
    pub files: Content,
    /// What it read from outside beyond what was recorded.
    pub read_more: Option<String>,
}

/// Where runs take place: the same paths each time, so that all see the same names.
pub struct Bench {
    root: PathBuf,
    /// The working folder of the command line.
    origin: PathBuf,
    pub arguments: Vec<String>,
    pub stdin: Vec<u8>,
    timeout: Duration,
    own: PathBuf,
}

impl Drop for Bench {
    fn drop(&mut self) {
        // It is in the system's folder for such things: what can't be removed goes with that.
        let _ = fs::remove_dir_all(&self.root);
    }
}

impl Bench {
    pub fn new(arguments: &[String], stdin: Vec<u8>, timeout: Duration) -> Result<Bench, String> {
        let root = std::env::temp_dir().join(format!("brolga-diff-{}", std::process::id()));
        let wrong = |e: std::io::Error| format!("{}: {e}", root.display());
        fs::create_dir_all(root.join("lib")).map_err(wrong)?;
        let site = format!("{}\n{}", include_str!("digest.py"), include_str!("sitecustomize.py"));
        fs::write(root.join("lib/sitecustomize.py"), site).map_err(wrong)?;
        fs::write(root.join("stdin"), &stdin).map_err(wrong)?;
        let origin = std::env::current_dir().map_err(|e| format!("the working folder: {e}"))?;
        let own = child::own_program()?;
        Ok(Bench { root, origin, arguments: arguments.to_vec(), stdin, timeout, own })
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn origin(&self) -> &Path {
        &self.origin
    }

    /// Runs the program. `extra` are options before its own; `records`: what it reads from outside is written down, for all
    /// later runs to read.
    pub fn run(&self, engine: &Engine, extra: &[String], records: bool) -> Result<Seen, String> {
        let (work, record, digest) = (self.file("work"), self.file("record"), self.file("digest"));
        let more = self.file("record.more");
        for stale in [&digest, &more] {
            let _ = fs::remove_file(stale);
        }
        if work.exists() {
            fs::remove_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
        }
        copy::copy(&self.origin, &work)?;
        let option = |text: String| ["-X".to_owned(), text];
        let mut environment =
            vec![("PYTHONHASHSEED".to_owned(), "0".to_owned()), ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned())];
        let mut arguments: Vec<String> = Vec::new();
        let program = match engine {
            Engine::Own(mode) => {
                arguments.extend(option(format!("jit={mode}")));
                arguments.extend(option("jit-wait".to_owned()));
                let how = if records { "record" } else { "replay" };
                arguments.extend(option(format!("outside={how}:{}", record.display())));
                // (In lockstep bytecodes are counted, and the digest's are none of the program's.)
                if !extra.iter().any(|e| e == "fuel") {
                    arguments.extend(option(format!("globals-digest={}", digest.display())));
                }
                arguments.extend_from_slice(extra);
                &self.own
            }
            Engine::Python(path) => {
                let mut folders = self.file("lib").display().to_string();
                if let Ok(own) = std::env::var("PYTHONPATH") {
                    folders += ":";
                    folders += &own;
                }
                environment.push(("PYTHONPATH".to_owned(), folders));
                environment.push(("BROLGA_DIFF_RECORD".to_owned(), record.display().to_string()));
                environment.push(("BROLGA_DIFF_DIGEST".to_owned(), digest.display().to_string()));
                path
            }
        };
        arguments.extend(self.arguments.iter().cloned());
        let timeout = self.timeout;
        let run = Run { program, arguments, environment, folder: Some(&work), stdin: &self.stdin, timeout };
        let outcome = run.run().map_err(|e| format!("{}: {e}", program.display()))?;
        let (names, uses) = match fs::read_to_string(&digest) {
            Ok(text) => parse_digest(&text),
            Err(_) => (None, Vec::new()),
        };
        Ok(Seen {
            stdout: self.told(&outcome.stdout, &work),
            stderr: self.told(&outcome.stderr, &work),
            ended: outcome.status,
            names,
            uses,
            files: copy::content(&work),
            read_more: fs::read_to_string(&more).ok(),
        })
    }

    /// Text with the copy's path turned into the one that it is a copy of.
    fn told(&self, bytes: &[u8], work: &Path) -> String {
        let text = String::from_utf8_lossy(bytes);
        text.replace(&work.display().to_string(), &self.origin.display().to_string())
    }
}

fn parse_digest(text: &str) -> (Option<Vec<(String, String)>>, Vec<String>) {
    let mut lines = text.lines();
    let uses = lines.next().unwrap_or("").trim_start_matches('#').split_whitespace().map(str::to_owned).collect();
    let names = lines.filter_map(|l| l.split_once(" = ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    (Some(names), uses)
}
