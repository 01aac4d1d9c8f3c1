//! Running the program in a process of its own.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How a process is run.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub program: &'a Path,
    pub arguments: Vec<String>,
    /// Variables beyond those of this process.
    pub environment: Vec<(String, String)>,
    pub folder: Option<&'a Path>,
    pub stdin: &'a [u8],
    pub timeout: Duration,
}

/// What it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub status: Ended,
}

/// How it ended.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Ended {
    #[default]
    Nothing,
    Status(i32),
    Signal(i32),
    /// It was ended after its time.
    TimedOut,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ended::Nothing => f.write_str("no status"),
            Ended::Status(n) => write!(f, "exit status {n}"),
            Ended::Signal(n) => write!(f, "ended by signal {n}"),
            Ended::TimedOut => f.write_str("ended after its time"),
        }
    }
}

impl Run<'_> {
    /// Runs it to its end, or to the end of its time.
    pub fn run(&self) -> std::io::Result<Outcome> {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).envs(self.environment.iter().map(|(k, v)| (k, v)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = self.folder {
            command.current_dir(folder);
        }
        fix_addresses(&mut command);
        let mut child = command.spawn()?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let deadline = Instant::now() + self.timeout;
        std::thread::scope(|scope| {
            let input = self.stdin;
            scope.spawn(move || {
                // The program need not read all of it.
                if let Some(mut stdin) = stdin {
                    let _ = stdin.write_all(input);
                }
            });
            let read = |pipe: Option<_>| scope.spawn(move || read_all(pipe));
            let out = read(stdout.map(|s| Box::new(s) as Box<dyn Read + Send>));
            let err = read(stderr.map(|s| Box::new(s) as Box<dyn Read + Send>));
            let mut nap = Duration::from_millis(1);
            let status = loop {
                match child.try_wait()? {
                    Some(status) => break ended(status),
                    None if Instant::now() > deadline => {
                        child.kill()?;
                        child.wait()?;
                        break Ended::TimedOut;
                    }
                    None => {
                        std::thread::sleep(nap);
                        nap = (nap * 2).min(Duration::from_millis(20));
                    }
                }
            };
            let text = |pipe: std::thread::ScopedJoinHandle<'_, Vec<u8>>| pipe.join().unwrap_or_default();
            Ok(Outcome { stdout: text(out), stderr: text(err), status })
        })
    }
}

fn read_all(pipe: Option<Box<dyn Read + Send>>) -> Vec<u8> {
    let mut all = Vec::new();
    if let Some(mut pipe) = pipe {
        // What was read before an error is what there is.
        let _ = pipe.read_to_end(&mut all);
    }
    all
}

fn ended(status: std::process::ExitStatus) -> Ended {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Status(code),
        (None, Some(signal)) => Ended::Signal(signal),
        (None, None) => Ended::Nothing,
    }
}

/// Gives the process the same addresses each time: hash tables by address, and so counts, are then alike.
pub fn fix_addresses(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    const ADDR_NO_RANDOMIZE: libc::c_ulong = 0x004_0000;
    // SAFETY: a plain system call between fork and exec; where it is refused nothing changes.
    unsafe {
        command.pre_exec(|| {
            libc::personality(ADDR_NO_RANDOMIZE);
            Ok(())
        });
    }
}

/// All of standard input, for each run to read; nothing where it is a terminal.
pub fn standard_input() -> Vec<u8> {
    use std::io::IsTerminal;
    let mut all = Vec::new();
    if !std::io::stdin().is_terminal() {
        // What can't be read is not there.
        let _ = std::io::stdin().read_to_end(&mut all);
    }
    all
}

/// This executable.
pub fn own_program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|e| format!("this program's own file is not known: {e}"))
}

/// A program by its name, as a shell finds it.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let is_program = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
    };
    if name.contains('/') {
        // The runs have folders of their own.
        return std::path::absolute(name).ok().filter(|path| is_program(path));
    }
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| is_program(path))
}
