//! `--jit-diff` finds what planted bugs come from: cargo test --features planted --test jit_diff_planted
#![cfg(feature = "planted")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod folder;

use std::process::Command;

use folder::Folder;

/// Runs the program with the bug of that number, and checks what is found.
#[track_caller]
fn finds(number: u32, program: &str, parts: &[&str]) {
    let folder = Folder::new(&number.to_string());
    folder.write("p.py", program);
    let plant = format!("jit-plant={number}");
    let output = Command::new(env!("CARGO_BIN_EXE_brolga"))
        .args(["--jit-diff", "--engines=off,on", "-X", &plant, "p.py"])
        .current_dir(&folder.0)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{report}");
    for part in parts {
        assert!(report.contains(part), "{part:?} is not in\n{report}");
    }
    let again = Command::new("sh").arg(folder.0.join("brolga-diff/reproduce.sh")).output().unwrap();
    let text = String::from_utf8_lossy(&again.stdout).into_owned();
    let (off, on) = text.split_once("== -X jit=on\n").unwrap();
    assert_ne!(off.strip_prefix("== -X jit=off\n").unwrap(), on, "it is seen again");
}

#[test]
fn a_wrong_fast_path() {
    finds(
        5,
        "def other(n):\n\
         \x20   return sum(i for i in range(n))\n\
         def count(n, x):\n\
         \x20   c = 0\n\
         \x20   for i in range(n):\n\
         \x20       if x != x: c += 1\n\
         \x20   return c\n\
         for i in range(300): other(i)\n\
         print(count(30000, float('nan')))\n",
        &["p.py:3:count/loop@", "pass: none", "line 6: if x != x: c += 1", "COMPARE_OP"],
    );
}

#[test]
fn a_wrong_pass() {
    finds(
        19,
        "class Counter:\n\
         \x20   def __init__(self): self.n = 0\n\
         def run(counter, times):\n\
         \x20   for i in range(times):\n\
         \x20       counter.n += 1\n\
         \x20   return counter.n\n\
         def other(n):\n\
         \x20   return [i for i in range(n)]\n\
         for i in range(300): other(i)\n\
         print(run(Counter(), 30000))\n",
        &["p.py:3:run/loop@", "pass: promote", "counter.n += 1"],
    );
}

#[test]
fn a_wrong_frame_state() {
    finds(
        14,
        "seen = []\n\
         def product(a, b):\n\
         \x20   b = a + 1\n\
         \x20   seen.append(a)\n\
         \x20   return b * a + b\n\
         def run(n):\n\
         \x20   t = 0\n\
         \x20   for i in range(n):\n\
         \x20       x = 1 << 40 if i % 3000 == 2999 else i\n\
         \x20       t ^= product(x, x)\n\
         \x20   return t\n\
         print(run(20000))\n",
        &["run/loop@", "p.py:2:product", "line 5: return b * a + b", "exits taken there: overflow"],
    );
}
