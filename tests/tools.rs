//! The command line's tools: what they say, and that the program's own behaviour stays as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod folder;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use folder::Folder;

impl Folder {
    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, b"")
    }

    fn run_with(&self, args: &[&str], stdin: &[u8]) -> Output {
        use std::io::Write;
        let mut child = Command::new(env!("CARGO_BIN_EXE_brolga"))
            .args(args)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A tool that finds its options wrong reads nothing.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        child.wait_with_output().unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

/// A hot loop; a function that is left each time; arguments and an exit status.
const PROGRAM: &str = "\
import sys

class Number:
    def __init__(self, n):
        self.n = n

def total(n):
    t = 0
    for i in range(n):
        t += i & 3
    return t

def changes(values):
    t = 0
    for v in values:
        t = v + v
    return t

print(total(20_000_000))
for k in range(300):
    changes([k] * 500)
for k in range(300):
    changes([k, 'x'] * 250)
print(sys.argv[1:], input())
sys.exit(5)
";

#[test]
fn dumps_of_one_function() {
    let folder = Folder::new("dumps");
    folder.write("p.py", PROGRAM);
    let run = folder.run_with(&["--jit-dump=ir,clif,asm,exits:changes", "p.py"], b"line\n");
    let report = err(&run);
    assert!(out(&run).starts_with("30000000\n"));
    says(
        &report,
        &[
            "changes\nloop at ",
            "guard_int",
            "function u0:0(i64, i64)",
            "iconst",
            "block0:\n",
            "in changes of changes (version 1)",
        ],
    );
    assert!(!report.contains("total\nloop at "), "{report}");
    let wrong = folder.run_with(&["--jit-dump=ir,c", "p.py"], b"");
    assert_eq!(wrong.status.code(), Some(2));
    says(&err(&wrong), &["wants some of ir, clif, asm, check, exits"]);
}

#[test]
fn explain_leaves_the_program_as_it_is() {
    let folder = Folder::new("explain");
    folder.write("p.py", PROGRAM);
    let plain = folder.run_with(&["p.py", "a", "--json"], b"line\n");
    let explained = folder.run_with(&["--jit-explain", "p.py", "a", "--json"], b"line\n");
    assert_eq!(out(&plain), "30000000\n['a', '--json'] line\n");
    assert_eq!(out(&explained), out(&plain));
    assert_eq!((plain.status.code(), explained.status.code()), (Some(5), Some(5)));
    assert_eq!(err(&plain), "");
    let report = err(&explained);
    says(
        &report,
        &[
            "What the JIT did for p.py (-X jit=on)",
            "compiled code, and what it called",
            "The hottest functions",
            "total",
            "p.py:7",
            "(its loops are compiled)",
            "Where compiled code was left",
            "p.py:16 in changes: a value was not of the kind seen before compilation",
            "t = v + v",
            "seen here:",
            "str and str",
            "What helps:",
        ],
    );
}

#[test]
fn the_prompt_tells_of_a_function() {
    let folder = Folder::new("prompt");
    let session = b"def total(n):\n    t = 0\n    for i in range(n): t += i\n    return t\n\n%jit total\ntotal(10**6)\n%jit total\n%jit\nx = 7 \\\n%jit\n%jit nothing\n(10\n%total(3))\n";
    let done = folder.run_with(&["-i", "-q", "-X", "jit-wait"], session);
    let text = out(&done);
    says(
        &text,
        &[
            "total (<stdin>:1)\n  it is not compiled\n",
            "the loop at line 3 is compiled: version 1",
            "loops and functions are compiled",
            "\n1\n",
        ],
    );
    says(&err(&done), &["NameError: name 'nothing' is not defined", "NameError: name 'jit' is not defined"]);
}

#[test]
fn explain_says_why_not() {
    let folder = Folder::new("why");
    folder.write("p.py", PROGRAM);
    let report = folder.run_with(&["-X", "jit=off", "--jit-explain=report.txt", "p.py"], b"\n");
    assert_eq!(err(&report), "");
    says(
        &folder.read("report.txt"),
        &[
            "-X jit=off",
            "100.0 %  the interpreter",
            "total  p.py:7  (not compiled)",
            "the JIT is off",
            "run without -X jit=off",
        ],
    );
    let traced = "import sys\ndef f():\n    for i in range(1000000): pass\nsys.settrace(lambda *a: None)\nf()\n";
    folder.write("traced.py", traced);
    says(&err(&folder.run(&["--jit-explain", "traced.py"])), &["events are wanted"]);
}

#[test]
fn explain_as_json_and_in_ci() {
    let folder = Folder::new("ci");
    folder.write("p.py", &PROGRAM.replace("sys.exit(5)", ""));
    let report = folder.run_with(&["--jit-explain", "--json", "--fail-on=uncompiled-hot", "p.py"], b"\n");
    assert_eq!(report.status.code(), Some(0), "{}", err(&report));
    let json = err(&report);
    says(
        &json,
        &[
            "{\"schema\": 1, \"program\": \"p.py\", \"jit\": \"on\"",
            "\"functions\": [{\"function\": \"",
            "{\"function\": \"total\"",
            "\"found\": []",
        ],
    );
    let args = ["-X", "jit=off", "--jit-explain", "--fail-on=uncompiled-hot", "p.py"];
    let found = folder.run_with(&args, b"\n");
    assert_eq!(found.status.code(), Some(3));
    says(&err(&found), &["--fail-on=uncompiled-hot: total (", "of the time in the interpreter."]);
    // The program's own failure comes first.
    folder.write("q.py", PROGRAM);
    let args = ["-X", "jit=off", "--jit-explain", "--fail-on=uncompiled-hot", "q.py"];
    assert_eq!(folder.run_with(&args, b"\n").status.code(), Some(5));
}

#[test]
fn profiles() {
    let folder = Folder::new("profile");
    folder.write(
        "p.py",
        "import json, sys\n\
         def leaf(n):\n\
         \x20   t = 0\n\
         \x20   for i in range(n): t += i & 7\n\
         \x20   return t\n\
         def steps():\n\
         \x20   for i in range(300): yield leaf(200000)\n\
         def outer(): return sum(steps())\n\
         if len(sys.argv) > 1:\n\
         \x20   t = json.load(open(sys.argv[1]))['threads'][0]\n\
         \x20   print(t['isMainThread'], t['samples']['length'] > 5, len(t['samples']['stack']) == t['samples']['length'])\n\
         else: print(outer())\n",
    );
    let output = folder.run(&["-X", "jit=off", "--profile=out.txt", "p.py"]);
    assert_eq!((out(&output).as_str(), output.status.code()), ("210000000\n", Some(0)), "{}", err(&output));
    says(&err(&output), &["brolga: --profile: ", "samples are in out.txt"]);
    let stacks = folder.read("out.txt");
    let line = stacks.lines().find(|l| l.contains("leaf (") && l.contains("p.py:4;")).expect("a stack with leaf");
    let order: Vec<usize> = ["<module> (", "outer (", "steps (", "leaf (", "p.py:4;", "[Interpreter] "]
        .iter()
        .map(|p| line.find(p).unwrap())
        .collect();
    assert!(order.is_sorted(), "{line}");
    let output = folder.run(&["--profile", "p.py"]);
    assert_eq!(out(&output), "210000000\n");
    let json = folder.read("profile.json");
    says(&json, &["\"preprocessedProfileVersion\"", "\"Compiled code\"", "p.py:"]);
    assert_eq!(out(&folder.run(&["p.py", "profile.json"])), "True True True\n");
}

#[test]
fn options_that_are_wrong() {
    let folder = Folder::new("wrong");
    folder.write("p.py", "print(1)\n");
    for (args, text) in [
        (&["--jit-explain", "--fail-on=x", "p.py"][..], "--fail-on: 'x' is none of deopt-loop, uncompiled-hot, slower"),
        (&["--jit-explain", "--jit-diff", "p.py"], "can't be had at once"),
        (&["--jit-count", "--fail-on=slower", "p.py"], "--fail-on is no option of --jit-count"),
        (&["--jit-diff"], "wants a program"),
        (&["--jit-diff", "--engines=on", "p.py"], "nothing to compare it with"),
        (&["--jit-count", "--by=eye", "p.py"], "--by: 'eye' is none of hardware, valgrind"),
        (&["-X", "jit-without=nothing", "p.py"], "no pass is called 'nothing'"),
        (&["-X", "outside=x", "p.py"], "wants record:FILE or replay:FILE"),
    ] {
        let output = folder.run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        says(&err(&output), &[text]);
        assert_eq!(out(&output), "");
    }
    // Behind the program, and without a tool, they are the program's.
    assert_eq!(out(&folder.run(&["-c", "import sys; print(sys.argv)", "--jit-diff"])), "['-c', '--jit-diff']\n");
    says(&out(&folder.run(&["--help-jit"])), &["--jit-explain", "--jit-diff", "--jit-count", "-X jit-log=FILE"]);
}

#[test]
fn diff_of_programs_that_behave() {
    let folder = Folder::new("same");
    folder.write(
        "p.py",
        "import os, random, sys, time\n\
         def f(n):\n    return sum(i * i for i in range(n))\n\
         started = time.time()\n\
         key = os.urandom(4)\n\
         picked = random.random()\n\
         table = {'a': [1, (2, 3)], 'b': {4, 5}}\n\
         text = sys.stdin.read()\n\
         open('made', 'w').write(str(picked))\n\
         print(f(1000), started, key, picked, text, time.perf_counter())\n\
         raise ValueError(table)\n",
    );
    let output = folder.run_with(&["--jit-diff", "p.py"], b"words");
    let report = err(&output);
    assert_eq!(output.status.code(), Some(0), "{report}");
    says(
        &report,
        &[
            "-X jit=nofast: the same",
            "-X jit=on: the same",
            "-X jit=eager: the same",
            "Not replayed: the process's number;",
        ],
    );
    assert!(!folder.0.join("made").exists() && !folder.0.join("brolga-diff").exists());
    assert_eq!(out(&output), "");
}

#[test]
fn diff_finds_what_differs() {
    let folder = Folder::new("differs");
    // What asks for the engine is different in each.
    folder.write(
        "p.py",
        "import sys\n\
         on = sys._jit.is_enabled()\n\
         print('first')\n\
         print('on' if on else 'off')\n\
         open('made', 'w').write(str(on))\n\
         if on: raise KeyError(3)\n",
    );
    let output = folder.run(&["--jit-diff", "--engines=off,on", "p.py"]);
    assert_eq!(output.status.code(), Some(1));
    says(
        &err(&output),
        &[
            "-X jit=on: DIFFERENT",
            "stdout: line 2 of standard output",
            "exception: the exception",
            "KeyError: 3",
            "globals: the global 'on' at the end",
            "files: the file made",
            "status: how it ended",
            "nothing compiled at all",
            "To see it again: brolga-diff/reproduce.sh",
        ],
    );
    says(&folder.read("brolga-diff/reproduce.sh"), &["-X jit=off", "-X jit=on", "p.py"]);
    assert_eq!(folder.read("brolga-diff/on.stdout"), "first\non\n");
    let again = Command::new("sh").arg(folder.0.join("brolga-diff/reproduce.sh")).output().unwrap();
    assert_eq!(out(&again), "== -X jit=off\nfirst\noff\nexit status 0\n== -X jit=on\nfirst\non\nexit status 1\n");
}

#[test]
fn diff_in_lockstep() {
    let folder = Folder::new("lockstep");
    let work =
        "def work(n):\n    total = 0.5\n    for i in range(n):\n        total += i % 7 and i * 1.5\n    return total\n";
    folder.write("p.py", &format!("{work}print(sum(work(i) for i in range(300)))\n"));
    let output = folder.run(&["--jit-diff", "--lockstep", "--engines=off,on,eager", "p.py"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    says(&err(&output), &["-X jit=on holds the same as -X jit=off at ", "-X jit=eager holds the same"]);
    // The process's number is not replayed: what differs from then on is found to the bytecode.
    let odd = format!(
        "import os\n{work}def odd(n):\n    own = os.getpid()\n    return work(n) + own\nwork(20000)\nodd(20000)\n"
    );
    folder.write("q.py", &odd);
    let output = folder.run(&["--jit-diff", "--lockstep", "--engines=off,on", "q.py"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    says(&err(&output), &["-X jit=on parts from -X jit=off after ", "q.py:8 odd @", "before, both:", "n=20000 |"]);
}

#[test]
fn diff_against_another_python() {
    let folder = Folder::new("against");
    folder.write("p.py", "print(2 ** 10)\n");
    let other = folder.write("other", "#!/bin/sh\necho 1025\n");
    make_program(&other);
    let output = folder.run(&["--jit-diff", "--engines=off", "--against=./other", "--json", "p.py"]);
    assert_eq!(output.status.code(), Some(1));
    says(
        &err(&output),
        &["\"same\": false", "\"what\": \"stdout\"", "\\\"1024\\\"", "\\\"1025\\\"", "\"narrowed\": null"],
    );
    let output = folder.run(&["--jit-diff", "--against=no-such-python", "p.py"]);
    assert_eq!(output.status.code(), Some(2));
    says(&err(&output), &["there is no program 'no-such-python'"]);
}

fn make_program(path: &Path) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(path, mode).unwrap();
}

#[test]
fn counts() {
    let folder = Folder::new("count");
    folder.write("p.py", "import sys\nt = 0\nfor i in range(30000): t += i\nprint(t, input())\nsys.exit(4)\n");
    let output = folder.run_with(&["--jit-count", "--save=counts", "p.py"], b"x\n");
    if err(&output).contains("instructions can't be counted here") {
        assert_eq!(output.status.code(), Some(2));
        return;
    }
    assert_eq!((out(&output).as_str(), output.status.code()), ("449985000 x\n", Some(4)), "{}", err(&output));
    says(&err(&output), &["Instructions, counted by", "-X jit=off", "-X jit=on", "times fewer"]);
    let counts = folder.read("counts");
    says(&counts, &["# Instructions counted by brolga --jit-count, version 1.\nby\t", "\noff\t", "\non\t"]);
    // Two runs agree; and half of it is a rise.
    let again = folder.run_with(&["--jit-count", "--against=counts", "--threshold=0.5%", "p.py"], b"x\n");
    assert_eq!(again.status.code(), Some(4), "{}", err(&again));
    let halved: String = counts
        .lines()
        .map(|line| match line.rsplit_once('\t') {
            Some((engine @ ("off" | "on"), n)) => format!("{engine}\t{}\n", n.parse::<u64>().unwrap() / 2),
            _ => format!("{line}\n"),
        })
        .collect();
    folder.write("halved", &halved);
    let above = folder.run_with(&["--jit-count", "--against=halved", "--engines=on", "--json", "p.py"], b"x\n");
    assert_eq!(above.status.code(), Some(3));
    says(&err(&above), &["\"above\": true", "\"engine\": \"on\""]);
    folder.write("other.py", "import os\nprint(os.getpid())\n");
    assert_eq!(folder.run(&["--jit-count", "other.py"]).status.code(), Some(4));
}

#[test]
fn the_module() {
    let folder = Folder::new("module");
    folder.write(
        "p.py",
        "import sys, brolga.jit\n\
         from brolga import jit\n\
         def f(n):\n\
         \x20   t = 0\n\
         \x20   for i in range(n): t += i\n\
         \x20   return t\n\
         def asks():\n\
         \x20   return [sys._jit.is_active() for _ in range(5000)]\n\
         class C:\n\
         \x20   def m(self): return 1\n\
         def fails(a): return a + a\n\
         print(sys._jit.is_available(), sys._jit.is_enabled(), sys._jit.is_active())\n\
         print(jit is brolga.jit, jit.is_compiled(f), jit.is_compiled(C().m), jit.is_compiled(f.__code__))\n\
         f(10)\n\
         events = []\n\
         print(jit.on_compile(events.append), jit.on_exit(events.append))\n\
         print(jit.compile(f), jit.is_compiled(f), jit.compile(f), f(10))\n\
         active = asks()\n\
         print(active[0], active[-1])\n\
         fails(1)\n\
         jit.compile(fails)\n\
         for _ in range(3): fails('x')\n\
         for _ in range(10): pass\n\
         e = [e for e in events if e.event == 'exit'][0]\n\
         print(e.function, e.line, e.reason, e.count)\n\
         e = events[0]\n\
         print(e.event, e.kind, e.function, e.line, e.version, e.bytes > 0, e.file == __file__)\n\
         print(jit.on_compile(None) == events.append, jit.on_exit(None) == events.append)\n\
         print(jit.explain(f).splitlines()[1].split(':')[0])\n\
         print(jit.explain(C.m).splitlines()[1:])\n\
         for form in ('assembly', 'clif', 'ir'): print(len(jit.disassemble(f, form)) > 100)\n\
         s = jit.stats()\n\
         print(s['enabled'], s['compiled'] > 2, s['exits'] >= 3, sorted(s))\n\
         def hook(e): raise OSError('no')\n\
         jit.on_compile(hook)\n\
         jit.compile(lambda: 3)\n\
         for _ in range(10): pass\n\
         for wrong in (lambda: jit.compile(3), lambda: jit.on_exit(3), lambda: jit.disassemble(f, 'x'), lambda: jit.compile(f.__code__)):\n\
         \x20   try: wrong()\n\
         \x20   except (TypeError, ValueError) as e: print(type(e).__name__, e)\n",
    );
    let output = folder.run(&["p.py"]);
    assert_eq!(
        out(&output),
        "True True False\n\
         True False False False\n\
         None None\n\
         True True False 45\n\
         False True\n\
         fails 11 guard 1\n\
         compiled function f 3 1 True True\n\
         True True\n\
         \x20 the function is compiled\n\
         ['  it is not compiled', '  - it was called 0 times; it is compiled after 500.', '    What helps: nothing, unless one run of it takes long: then see what it calls.']\n\
         True\nTrue\nTrue\n\
         True True True ['bytes', 'compilations', 'compiled', 'discarded', 'enabled', 'exits', 'memory_size', 'memory_used', 'refused', 'seconds']\n\
         TypeError expected a Python function, method or code object, not int\n\
         TypeError a hook must be callable or None, not int\n\
         ValueError form must be 'assembly', 'clif' or 'ir', not 'x'\n\
         TypeError expected a Python function or method, not a code object\n",
        "{}",
        err(&output)
    );
    says(&err(&output), &["Exception ignored in a hook of brolga.jit", "OSError: no"]);
    let off = "from brolga import jit\ndef f(): pass\ntry: jit.compile(f)\nexcept RuntimeError as e: print(e)\nprint(jit.explain(f))\n";
    says(&out(&folder.run(&["-X", "jit=off", "-c", off])), &["the JIT is off\n", "  - the JIT is off.\n"]);
}
