//! The programs give what CPython gave, and `compare` says so before it says how fast.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The brolga that was built beside; without one the test says so and is skipped.
fn brolga() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_BIN_EXE_bench-suite")).with_file_name("brolga");
    if !beside.is_file() {
        eprintln!("skipped: brolga is not built yet");
        return None;
    }
    Some(beside)
}

fn suite(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bench-suite")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn programs_give_what_cpython_gave() {
    let Some(brolga) = brolga() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let results = std::fs::read_to_string(folder.join("programs/results.txt")).unwrap();
    let mut count = 0;
    for line in results.lines() {
        let (name, result) = line.split_once(' ').unwrap();
        let program = folder.join(format!("programs/{name}.py"));
        for mode in ["jit=off", "jit=on", "jit=eager"] {
            let run = Command::new(&brolga)
                .args(["-X", mode, "-X", "jit-wait"])
                .arg(folder.join("python/once.py"))
                .arg(&program)
                .arg("2")
                .env("PYTHONHASHSEED", "0")
                .output()
                .unwrap();
            assert_eq!(text(&run.stdout).trim_end(), result, "{name} -X {mode}: {}", text(&run.stderr));
        }
        count += 1;
    }
    let all = text(&suite(&["list"]).stdout);
    assert!(count >= 30 && all.lines().count() == count, "{count} results for\n{all}");
}

#[test]
fn a_comparison() {
    let Some(brolga) = brolga() else { return };
    let folder = std::env::temp_dir().join(format!("bench-suite-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name).display().to_string();
    let (off, on) = (format!("off={} -X jit=off", brolga.display()), format!("on={}", brolga.display()));
    let (html, svg, json) = (file("c.html"), file("c.svg"), file("c.json"));
    let done = suite(&[
        "compare",
        "--only=queens,machine",
        "--seconds=0.2",
        &format!("--html={html}"),
        &format!("--svg={svg}"),
        &format!("--json={json}"),
        &off,
        &on,
    ]);
    let table = text(&done.stdout);
    assert!(done.status.success(), "{}", text(&done.stderr));
    for part in ["on steady", "on 1 s", "machine", "queens", "geometric mean", "All gave the same results"] {
        assert!(table.contains(part), "{part:?} is not in\n{table}");
    }
    let page = std::fs::read_to_string(&html).unwrap();
    for part in ["Steady state", "Warm-up", "Memory", "Start-up", "<path class=\"l1\""] {
        assert!(page.contains(part), "{part:?}");
    }
    assert!(!page.contains("src=") && !page.contains("href="));
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg xmlns="));
    let figures: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(figures["rows"].as_array().unwrap().len(), 2);
    assert_eq!(figures["rows"][0]["pythons"]["off"]["steady"], 1.0);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn no_number_where_results_differ() {
    let Some(brolga) = brolga() else { return };
    // A Python that computes otherwise.
    let folder = std::env::temp_dir().join(format!("bench-suite-other-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = folder.join("other.py");
    let wrong = "import builtins, runpy, sys\nbuiltins.sum = lambda values, start=0: 42\nsys.argv = sys.argv[1:]\nsys.path.insert(0, __import__('os').path.dirname(sys.argv[0]))\nrunpy.run_path(sys.argv[0], run_name='__main__')\n";
    std::fs::write(&script, wrong).unwrap();
    let (right, other) =
        (format!("right={}", brolga.display()), format!("other={} {}", brolga.display(), script.display()));
    let done = suite(&["compare", "--only=matrix", "--seconds=0.1", &right, &other]);
    assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
    assert_eq!(text(&done.stdout), "");
    let err = text(&done.stderr);
    assert!(err.contains("do not give the same") && err.contains("matrix: right gives"), "{err}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_asked_wrongly() {
    for args in [
        &["compare", "--only=nothing", "a=x", "b=y"][..],
        &["compare", "x"],
        &["compare", "--seconds=x"],
        &["what"],
        &[],
    ] {
        assert_eq!(suite(args).status.code(), Some(2), "{args:?}");
    }
}
