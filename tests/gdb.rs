//! With `-X gdb` the debugger names compiled frames, where there is a gdb.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod folder;

use std::process::{Command, Stdio};

use folder::Folder;

/// `inner` raises a signal from compiled code, which `outer` has called, compiled too.
const PROGRAM: &str = "
import os, signal

def inner(k, process):
    return os.kill(process, k)

def outer(k, process):
    for i in range(3):
        inner(k, process)
    return k

for turn in range(2000):
    outer(0, os.getpid())
outer(signal.SIGUSR1, os.getpid())
";

#[test]
fn backtraces_name_compiled_frames() {
    if Command::new("gdb").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("there is no gdb");
        return;
    }
    let folder = Folder::new("gdb");
    let program = folder.write("program.py", PROGRAM);
    let output = Command::new("gdb")
        .args(["-nx", "-batch", "-iex", "set auto-load off", "-iex", "set debuginfod enabled off"])
        .args(["-ex", "handle SIGUSR1 stop", "-ex", "run", "-ex", "backtrace 40", "--args"])
        .arg(env!("CARGO_BIN_EXE_brolga"))
        .args(["-X", "gdb", "-X", "jit=on", "-X", "jit-threshold=100,50"])
        .arg(&program)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    if out.contains("Couldn't get registers") || !out.contains("SIGUSR1") {
        // Where processes may not be traced.
        eprintln!("gdb cannot run the program:\n{out}{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let frame = |name: &str| out.lines().position(|l| l.starts_with('#') && l.contains(name));
    let (inner, outer) = (frame("inner:"), frame("outer:"));
    assert!(outer.is_some(), "{out}");
    // It may be inlined.
    assert!(inner.is_none() || inner < outer, "{out}");
    // The walk goes on behind compiled frames.
    assert!(frame("main").is_some_and(|main| Some(main) > outer), "{out}");
}
