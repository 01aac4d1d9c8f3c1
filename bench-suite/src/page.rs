//! The figures as a page: one file that asks for nothing from a network.

use std::fmt::Write;

use crate::compare::Results;
use crate::figures::geometric_mean;
use crate::plots;

const PAGE: &str = "\
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1rem; max-width: 960px; background: #fbfbfa; color: #23272b; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 0; padding: 0; list-style: none; }
.legend i { display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem; border-radius: 2px; }
.many { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr)); }
figure { margin: 0; } figcaption { font-size: .85rem; }
.hint { color: #6a7178; font-size: .87rem; }
.scrolls { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
td, th { padding: .2rem .9rem .2rem 0; text-align: right; border-bottom: 1px solid #8884; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:first-child, th:first-child { text-align: left; }
@media (prefers-color-scheme: dark) { body { background: #16181b; color: #d9dde1; } .hint { color: #939ba3; } }
";

pub fn page(r: &Results) -> String {
    let base = plots::escaped(&r.pythons[0]);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>Pythons compared</title><style>{PAGE}{}</style></head><body><h1>Pythons compared</h1>{}",
        plots::STYLE,
        plots::legend(r)
    );
    let checked = match r.unchecked.len() {
        0 => "All gave the same results.".to_owned(),
        n => format!("All gave the same results, where programs tell any ({n} do not)."),
    };
    let _ = write!(out, "<p class=\"hint\">Times as fast as {base}, on logarithmic axes. {checked}</p>");
    let _ = write!(out, "<h2>Steady state</h2>{}", plots::ratios(r, |f| f.ratio, "Speed in the steady state"));
    let _ = write!(
        out,
        "<h2>A process that does what {base} does in its first second</h2>{}",
        plots::ratios(r, |f| f.one_second, "Speed of a whole process")
    );
    let _ = write!(
        out,
        "<h2>Warm-up</h2><p class=\"hint\">How many times as fast as {base}'s steady state, after how many seconds of processor time.</p><div class=\"many\">"
    );
    for row in &r.rows {
        let _ = write!(
            out,
            "<figure><figcaption>{}</figcaption>{}</figure>",
            plots::escaped(&row.program),
            plots::warm_up(row)
        );
    }
    let memory = |i: usize| {
        geometric_mean(&r.rows.iter().map(|row| row.figures[i].memory.max(1) as f64 / 1024.0).collect::<Vec<_>>())
    };
    let memory: Vec<f64> = (0..r.pythons.len()).map(|i| memory(i).unwrap_or(0.0)).collect();
    let _ = write!(
        out,
        "</div><h2>Memory</h2><p class=\"hint\">The most that was resident, in the mean of all programs.</p>{}<h2>Start-up</h2><p class=\"hint\">A process that does nothing.</p>{}",
        plots::bars(r, &memory, "MB"),
        plots::bars(r, &r.starts, "ms")
    );
    out += "<h2>Figures</h2><div class=\"scrolls\"><table><tr><th>program</th>";
    for name in &r.pythons {
        let name = plots::escaped(name);
        let _ = write!(out, "<th>{name} ms</th><th>steady</th><th>1 s</th><th>MB</th>");
    }
    out += "</tr>";
    for row in &r.rows {
        let _ = write!(out, "<tr><td>{}</td>", plots::escaped(&row.program));
        for f in &row.figures {
            let _ = write!(
                out,
                "<td>{:.3}</td><td>{:.2}</td><td>{:.2}</td><td>{:.0}</td>",
                f.steady * 1e3,
                f.ratio,
                f.one_second,
                f.memory as f64 / 1024.0
            );
        }
        out += "</tr>";
    }
    out + "</table></div></body></html>\n"
}
