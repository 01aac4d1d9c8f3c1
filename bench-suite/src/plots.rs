//! The figures as pictures (SVG).

use std::fmt::Write;

use crate::compare::{Figures, Results, Row};
use crate::figures::geometric_mean;

/// Colours of Pythons, in order; the styles of page and picture name them.
const COLOURS: usize = 6;

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub fn colour(python: usize) -> usize {
    python % COLOURS
}

pub fn legend(r: &Results) -> String {
    let entry = |(i, name): (usize, &String)| format!("<li><i class=\"c{}\"></i>{}</li>", colour(i), escaped(name));
    format!("<ul class=\"legend\">{}</ul>", r.pythons.iter().enumerate().map(entry).collect::<String>())
}

/// Numbers at the lines of a logarithmic axis, from one below to one above.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];
    let from = steps.iter().rposition(|s| *s <= low).unwrap_or(0);
    let to = steps.iter().position(|s| *s >= high).unwrap_or(steps.len() - 1);
    steps[from..=to].to_vec()
}

/// Ratios as points on a line for each program, on a logarithmic axis; the mean above.
pub fn ratios(r: &Results, of: fn(&Figures) -> f64, label: &str) -> String {
    const LEFT: f64 = 150.0;
    const WIDTH: f64 = 780.0;
    const ROW: f64 = 20.0;
    let all: Vec<f64> = r.rows.iter().flat_map(|row| row.figures.iter().map(of)).filter(|v| v.is_finite()).collect();
    let ticks = ticks(all.iter().copied().fold(1.0, f64::min), all.iter().copied().fold(1.0, f64::max));
    let (low, high) = (ticks[0].ln(), ticks[ticks.len() - 1].ln());
    let x = |v: f64| LEFT + (WIDTH - LEFT - 20.0) * (v.ln() - low) / (high - low).max(1e-9);
    let height = 34.0 + ROW * (r.rows.len() + 1) as f64;
    let mut out = format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">", escaped(label));
    for tick in &ticks {
        let at = x(*tick);
        let class = if (*tick - 1.0).abs() < 1e-9 { "one" } else { "grid" };
        let _ = write!(
            out,
            "<line class=\"{class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"20\" y2=\"{height}\"/><text class=\"tick\" x=\"{at:.1}\" y=\"13\">{tick}</text>"
        );
    }
    let mean =
        |i: usize| geometric_mean(&r.rows.iter().map(|row| of(&row.figures[i])).collect::<Vec<_>>()).unwrap_or(1.0);
    let means: Vec<f64> = (0..r.pythons.len()).map(mean).collect();
    let mut line = |k: usize, name: &str, class: &str, values: &[f64]| {
        let y = 34.0 + ROW * k as f64;
        let _ = write!(out, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", LEFT - 12.0, y + 4.0, escaped(name));
        let ends = (values.iter().copied().fold(1.0, f64::min), values.iter().copied().fold(1.0, f64::max));
        let _ =
            write!(out, "<line class=\"span\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y}\" y2=\"{y}\"/>", x(ends.0), x(ends.1));
        for (i, v) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
            let size = if class == "mean" { 6 } else { 4 };
            let _ = write!(
                out,
                "<circle class=\"c{}\" cx=\"{:.1}\" cy=\"{y}\" r=\"{size}\"><title>{}: {v:.2}</title></circle>",
                colour(i),
                x(*v),
                escaped(&r.pythons[i])
            );
        }
    };
    line(0, "geometric mean", "mean", &means);
    for (k, row) in r.rows.iter().enumerate() {
        let values: Vec<f64> = row.figures.iter().map(of).collect();
        line(k + 1, &row.program, "name", &values);
    }
    out + "</svg>"
}

/// Bars of one value for each Python.
pub fn bars(r: &Results, values: &[f64], unit: &str) -> String {
    let most = values.iter().copied().filter(|v| v.is_finite()).fold(1e-9, f64::max);
    let height = 26 * values.len();
    let mut out = format!("<svg viewBox=\"0 0 780 {height}\" role=\"img\" aria-label=\"{unit}\">");
    for (i, v) in values.iter().enumerate() {
        let y = 26 * i;
        let _ = write!(
            out,
            "<text class=\"name\" x=\"138\" y=\"{}\">{}</text><rect class=\"c{}\" x=\"150\" y=\"{}\" width=\"{:.1}\" height=\"14\" rx=\"2\"/><text class=\"value\" x=\"{:.1}\" y=\"{}\">{v:.1} {unit}</text>",
            y + 16,
            escaped(&r.pythons[i]),
            colour(i),
            y + 5,
            500.0 * v / most,
            158.0 + 500.0 * v / most,
            y + 16,
        );
    }
    out + "</svg>"
}

/// How fast a program runs after how much time: each Python's batches, over the first Python's steady state.
pub fn warm_up(row: &Row) -> String {
    const WIDTH: f64 = 240.0;
    const HEIGHT: f64 = 110.0;
    let base = row.figures[0].steady;
    let points: Vec<Vec<(f64, f64)>> = row
        .figures
        .iter()
        .map(|f| f.record.batches.iter().map(|(_, loops, took, at)| (at - took / 2.0, base * loops / took)).collect())
        .collect();
    let flat = || points.iter().flatten().filter(|p| p.1.is_finite() && p.1 > 0.0);
    let last = flat().map(|p| p.0).fold(1e-9, f64::max);
    let ticks = ticks(flat().map(|p| p.1).fold(1.0, f64::min), flat().map(|p| p.1).fold(1.0, f64::max));
    let (low, high) = (ticks[0].ln(), ticks[ticks.len() - 1].ln());
    let x = |t: f64| 34.0 + (WIDTH - 40.0) * t / last;
    let y = |v: f64| HEIGHT - 6.0 - (HEIGHT - 14.0) * (v.ln() - low) / (high - low).max(1e-9);
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Warm-up of {}\">",
        escaped(&row.program)
    );
    for tick in &ticks {
        let at = y(*tick);
        let class = if (*tick - 1.0).abs() < 1e-9 { "one" } else { "grid" };
        let _ = write!(
            out,
            "<line class=\"{class}\" x1=\"34\" x2=\"{WIDTH}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text class=\"small\" x=\"30\" y=\"{:.1}\">{tick}</text>",
            at + 3.0
        );
    }
    for (i, all) in points.iter().enumerate() {
        // So many points are enough for a picture of this size.
        let step = all.len().div_ceil(120).max(1);
        let mut path = String::new();
        for (t, v) in all.iter().step_by(step).filter(|p| p.1.is_finite() && p.1 > 0.0) {
            let _ = write!(path, "{}{:.1} {:.1}", if path.is_empty() { "M" } else { "L" }, x(*t), y(*v));
        }
        let _ = write!(out, "<path class=\"l{}\" d=\"{path}\"/>", colour(i));
    }
    out + "</svg>"
}

/// Colours and lines of pictures; what follows the system's scheme works in a picture of its own, too.
pub const STYLE: &str = "
svg { font: 12px system-ui, sans-serif; width: 100%; height: auto; }
text { fill: #23272b; } .name, .mean, .small { text-anchor: end; } .mean { font-weight: 600; }
.tick { text-anchor: middle; } .tick, .small { fill: #6a7178; font-size: 11px; }
.grid { stroke: #e2e4e6; } .one { stroke: #6a7178; } .span { stroke: #c9cdd1; stroke-width: 2; }
.c0 { fill: #7c8894; background: #7c8894; } .c1 { fill: #d98e2b; background: #d98e2b; } .c2 { fill: #2a9d8f; background: #2a9d8f; }
.c3 { fill: #8a6fc4; background: #8a6fc4; } .c4 { fill: #c65b4e; background: #c65b4e; } .c5 { fill: #4f86c6; background: #4f86c6; }
path { fill: none; stroke-width: 1.5; } .l0 { stroke: #7c8894; } .l1 { stroke: #d98e2b; } .l2 { stroke: #2a9d8f; }
.l3 { stroke: #8a6fc4; } .l4 { stroke: #c65b4e; } .l5 { stroke: #4f86c6; }
@media (prefers-color-scheme: dark) {
  text { fill: #d9dde1; } .tick, .small { fill: #939ba3; } .grid { stroke: #31363b; } .one { stroke: #939ba3; }
  .span { stroke: #454b52; }
}
";

/// The steady state as a picture for a README.
pub fn standalone(r: &Results) -> String {
    let picture = ratios(r, |f| f.ratio, "Speed in the steady state");
    let inner = picture.split_once('>').map_or("", |(_, rest)| rest).trim_end_matches("</svg>");
    let (_, size) = picture.split_once("viewBox=\"0 0 ").unwrap_or(("", "780 100\""));
    let size: Vec<&str> = size.split('"').next().unwrap_or("780 100").split(' ').collect();
    let (width, height) = (size[0], size.get(1).and_then(|h| h.parse::<f64>().ok()).unwrap_or(100.0));
    let mut names = String::new();
    for (i, name) in r.pythons.iter().enumerate() {
        let at = 150 + 130 * i;
        let _ = write!(
            names,
            "<circle class=\"c{}\" cx=\"{at}\" cy=\"12\" r=\"5\"/><text x=\"{}\" y=\"16\">{}</text>",
            colour(i),
            at + 10,
            escaped(name)
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\"><style>{STYLE}</style>{names}<g transform=\"translate(0 26)\">{inner}</g></svg>\n",
        height + 26.0
    )
}
