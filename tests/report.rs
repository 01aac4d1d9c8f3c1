//! `--jit-report`, opened in a browser and clicked through.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod browser;
mod folder;

use std::path::{Path, PathBuf};
use std::process::Command;

use browser::Browser;
use folder::Folder;

/// The report of a program: what it wrote, and the page.
fn report(folder: &Folder, args: &[&str]) -> (String, PathBuf) {
    let page = folder.0.join("report.html");
    let done = Command::new(env!("CARGO_BIN_EXE_brolga"))
        .arg(format!("--jit-report={}", page.display()))
        .args(args)
        .current_dir(&folder.0)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    (String::from_utf8_lossy(&done.stdout).into_owned(), page)
}

/// A browser; without one the test says so and is skipped.
fn browser() -> Option<Browser> {
    let browser = Browser::start();
    if browser.is_none() {
        eprintln!("skipped: Chromium and its driver are not installed (Debian: chromium, chromium-driver)");
    }
    browser
}

fn data(page: &Path) -> serde_json::Value {
    let html = std::fs::read_to_string(page).unwrap();
    let (_, rest) = html.split_once("id=\"data\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

/// Rows of each pane that are marked.
const MARKED: &str = "return Object.fromEntries([...document.querySelectorAll('.pane')].map(p => [p.dataset.pane, \
    [...p.querySelectorAll('.rows > div.on, .rows > div.exact')].map(r => r.querySelector('.text').textContent)]))";

#[test]
fn the_data_of_a_page() {
    let folder = Folder::new("data");
    let hostile = "# </script><script>alert(1)</script> <!-- & \u{2028}\n";
    folder.write("p.py", &format!("{hostile}def total(n):\n    t = 0.0\n    for i in range(n):\n        t += i * 0.5\n    return t\n\nprint(total(30_000_000))\n"));
    let (out, page) = report(&folder, &["p.py"]);
    assert_eq!(out, "224999992500000.0\n");
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(!html.contains("<script>alert"));
    let data = data(&page);
    assert_eq!(data["files"][0]["text"].as_str().unwrap().lines().next(), Some(hostile.trim_end_matches('\n')));
    // The loop's lines have the time, and it is compiled code's.
    let lines = data["files"][0]["lines"].as_array().unwrap();
    let of_loop: u64 =
        lines.iter().filter(|l| (4..=5).contains(&l[0].as_u64().unwrap())).map(|l| l[1][1].as_u64().unwrap()).sum();
    let all: u64 = data["total"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).sum();
    assert!(of_loop * 2 > all, "{of_loop} of {all}");
    // The forms of the loop all know line 5.
    let unit = &data["compilations"][0];
    assert_eq!((unit["kind"].as_str(), unit["line"].as_u64()), (Some("loop"), Some(4)));
    let of_line =
        |place: &serde_json::Value| place.as_u64().is_some_and(|p| unit["places"][p as usize][2].as_u64() == Some(5));
    let forms = &unit["forms"];
    let lines = forms["lines"].as_array().unwrap();
    let at_5 = |text: &str| {
        let found = lines.iter().zip(forms["line_places"].as_array().unwrap());
        found.filter(|(line, place)| of_line(place) && line.as_str().unwrap().contains(text)).count()
    };
    assert!(at_5("float_add") > 0 && at_5("fadd") > 0, "{forms}");
    assert!(forms["machine"].as_array().unwrap().iter().any(|row| of_line(&row[2])));
    let passes: Vec<&str> = forms["passes"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(passes.first(), Some(&"translated"));
    assert!(passes.contains(&"rotate") && passes.contains(&"dce"), "{passes:?}");
}

#[test]
fn without_a_jit_and_without_time() {
    let folder = Folder::new("off");
    folder.write("p.py", "print(1)\n");
    for options in [&["-X", "jit=off", "p.py"][..], &["p.py"], &["-c", "print(1)"]] {
        let (out, page) = report(&folder, options);
        assert_eq!(out, "1\n");
        assert!(data(&page)["compilations"].as_array().unwrap().is_empty());
    }
    let Some(browser) = browser() else { return };
    browser.open(&folder.0.join("report.html"));
    for view in ["timeline", "memory", "findings", "code"] {
        browser.click(&format!("[data-view={view}]"));
    }
    assert_eq!(browser.run(MARKED)["source"], serde_json::json!(["print(1)"]));
    assert_eq!(browser.console(), Vec::<serde_json::Value>::new());
}

#[test]
fn panes_follow_each_other() {
    let Some(browser) = browser() else { return };
    let folder = Folder::new("panes");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/nbody.py");
    let (_, page) = report(&folder, &["-X", "jit-wait", example.to_str().unwrap(), "400000"]);
    browser.open(&page);
    let source = std::fs::read_to_string(&example).unwrap();
    let line = |text: &str| source.lines().position(|l| l.contains(text)).unwrap();
    // From a line of source to all the rest.
    let wanted = line("dx = a.x - b.x");
    browser.click(&format!("[data-pane=source] .rows > div[data-i='{wanted}']"));
    let marked = browser.run(MARKED);
    assert_eq!(marked["source"], serde_json::json!(["            dx = a.x - b.x"]));
    let has = |marked: &serde_json::Value, pane: &str, text: &str| {
        marked[pane].as_array().unwrap().iter().any(|row| row.as_str().unwrap().contains(text))
    };
    assert!(has(&marked, "bytecode", "STORE_FAST"), "{marked}");
    assert!(has(&marked, "ir", "float_sub"), "{marked}");
    assert!(has(&marked, "clif", "fsub"), "{marked}");
    assert!(!marked["machine"].as_array().unwrap().is_empty(), "{marked}");
    if cfg!(target_arch = "x86_64") {
        assert!(has(&marked, "machine", "sub"), "{marked}");
    }
    // From machine code back: the next line's.
    browser.click("[data-pane=machine] .rows > div.on ~ div:not(.on)");
    let other = browser.run(MARKED);
    assert_ne!(other["source"], marked["source"]);
    assert_eq!(other["source"].as_array().unwrap().len(), 1);
    assert!(!other["bytecode"].as_array().unwrap().is_empty() && !other["ir"].as_array().unwrap().is_empty());
    // An earlier pass; the line stays selected.
    let passes = browser.run(
        "const s = document.getElementById('pass'); s.value = 'translated'; s.dispatchEvent(new Event('change')); \
         return s.options.length",
    );
    assert!(passes.as_u64().unwrap() > 4);
    let translated = browser.run(MARKED);
    assert_eq!(translated["source"], other["source"]);
    assert!(!translated["ir"].as_array().unwrap().is_empty());
    // The keyboard goes on from there.
    let stepped = browser.run(
        "const rows = document.querySelector('[data-pane=source] .rows'); \
         rows.querySelector('.on').click(); \
         rows.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown'})); \
         return rows.querySelectorAll('.on').length",
    );
    assert_eq!(stepped, 1);
    assert_ne!(browser.run(MARKED)["source"], other["source"]);
    // The timeline and the map lead back to the code.
    browser.click("[data-view=timeline]");
    browser.click("#timeline table .link");
    assert_eq!(browser.run("return document.getElementById('code').hidden"), false);
    browser.click("[data-view=memory]");
    browser.click("#memory .map button");
    assert_eq!(browser.run("return document.getElementById('code').hidden"), false);
    browser.click("[data-view=findings]");
    browser.click("#findings .link");
    assert_eq!(browser.run("return document.getElementById('code').hidden"), false);
    assert_eq!(browser.console(), Vec::<serde_json::Value>::new());
}

#[test]
fn narrow_and_dark() {
    let Some(browser) = browser() else { return };
    let folder = Folder::new("narrow");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/nbody.py");
    let (_, page) = report(&folder, &["-X", "jit-wait", example.to_str().unwrap(), "200000"]);
    browser.resize(360, 740);
    browser.open(&page);
    let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    for view in ["code", "timeline", "memory", "findings"] {
        browser.click(&format!("[data-view={view}]"));
        assert_eq!(browser.run(overflow), 0, "{view}");
    }
    // One pane at a time.
    browser.click("[data-view=code]");
    let shown = "return [...document.querySelectorAll('.pane')].filter(p => p.offsetParent).map(p => p.dataset.pane)";
    for pane in ["source", "bytecode", "ir", "clif", "machine"] {
        browser.click(&format!("#tabs [data-pane={pane}]"));
        assert_eq!(browser.run(shown), serde_json::json!([pane]));
        assert_eq!(browser.run(overflow), 0, "{pane}");
    }
    let brightness =
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)";
    browser.prefer("light");
    let light = browser.run(brightness).as_u64().unwrap();
    browser.prefer("dark");
    let dark = browser.run(brightness).as_u64().unwrap();
    assert!(light > 600 && dark < 150, "{light} {dark}");
    assert_eq!(browser.console(), Vec::<serde_json::Value>::new());
}

#[test]
fn five_thousand_lines() {
    let Some(browser) = browser() else { return };
    let folder = Folder::new("long");
    let mut program = String::new();
    for i in 0..500 {
        program += &format!(
            "def f{i}(n):\n    t = {i}\n    for k in range(n):\n        if k % 3:\n            t += k\n        else:\n            t -= 1\n    return t\n\n\n"
        );
    }
    program += "print(sum(f(2000) for f in [v for k, v in sorted(globals().items()) if k.startswith('f')]))\n";
    folder.write("long.py", &program);
    let (_, page) = report(&folder, &["long.py"]);
    browser.open(&page);
    let took = browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd");
    assert!(took.as_f64().unwrap() < 20_000.0, "{took} ms");
    let rows = browser.run("return document.querySelectorAll('[data-pane=source] .rows > div').length");
    assert_eq!(rows, 5001);
    let clicked = browser.run(
        "const begun = performance.now(); \
         document.querySelectorAll('[data-pane=source] .rows > div')[4903].click(); \
         document.body.offsetHeight; return performance.now() - begun",
    );
    assert!(clicked.as_f64().unwrap() < 2_000.0, "{clicked} ms");
    assert_eq!(
        browser.run(MARKED)["source"],
        serde_json::json!(
            ["            t += k"].iter().map(|_| program.lines().nth(4903).unwrap()).collect::<Vec<_>>()
        )
    );
    eprintln!("loaded in {took} ms, a click in {clicked} ms");
    assert_eq!(browser.console(), Vec::<serde_json::Value>::new());
}
