//! All that the page shows, as one JSON object.

use std::collections::HashMap;

use brolga_runtime::Vm;
use brolga_runtime::interp::recording::{Compilation, Recording, WHILE};
use brolga_stdlib::brolga::advice;

use super::code;
use super::sources::Sources;
use super::tally::{Counts, ENGINES, Tally};
use crate::json::Json;

/// Bytes of listings in a page; the hottest units come first.
const MAX_FORMS: usize = 24 << 20;
/// The time is cut into so many parts.
const MOMENTS: usize = 200;

fn counts(counts: &Counts) -> Json {
    counts.iter().copied().collect()
}

/// Milliseconds, to a thousandth.
fn ms(seconds: f64) -> Json {
    Json::Number(seconds * 1e3)
}

pub fn data(vm: &Vm, explained: Json, seconds: f64, recording: &Recording, tally: &Tally) -> Json {
    let mut sources = Sources::default();
    // The script is the first file.
    let script = vm.config.argv.first().map(|p| std::path::absolute(p).unwrap_or_default());
    let script = script.filter(|p| p.is_file()).map_or_else(|| "<string>".to_owned(), |p| p.display().to_string());
    let script = sources.file(vm, &script);
    let mut functions: Vec<_> = tally.functions.iter().collect();
    functions.sort_by_key(|(address, _)| **address);
    for (address, places) in functions {
        let Some(code) = crate::explain::gather::code_at(vm, *address) else { continue };
        let function = sources.function(vm, code);
        for (at, counts) in places {
            sources.add(function, *at, counts);
        }
    }
    let units = units(vm, recording, tally, &mut sources);
    sources.add_the_rest_of(script);
    let exits = recording.exits.iter().map(|e| {
        let row = [ms(e.time), e.compilation.into(), e.failed.into(), e.expected.into()];
        row.into_iter().collect::<Json>()
    });
    Json::Object(vec![
        ("seconds", seconds.into()),
        ("period", ms(tally.period)),
        ("total", counts(&tally.total)),
        ("dropped", tally.dropped.into()),
        ("explained", explained),
        ("files", sources.files.iter().map(file).collect()),
        ("functions", sources.functions.iter().map(function).collect()),
        ("compilations", units),
        ("exits", exits.collect()),
        ("exits_while", ms(WHILE)),
        ("exits_dropped", recording.exits_dropped.into()),
        ("listings_dropped", recording.listings_dropped.into()),
        ("moments", moments(seconds, tally)),
        (
            "memory",
            Json::Object(vec![
                ("used", recording.used.into()),
                ("size", recording.size.into()),
                ("page", recording.page.into()),
            ]),
        ),
    ])
}

/// Samples by engine, over time.
fn moments(seconds: f64, tally: &Tally) -> Json {
    let mut all = vec![[0; ENGINES]; MOMENTS];
    for (at, engine, weight) in &tally.moments {
        let moment = (at / seconds.max(1e-9) * MOMENTS as f64) as usize;
        all[moment.min(MOMENTS - 1)][*engine] += weight;
    }
    all.iter().map(counts).collect()
}

fn file(f: &super::sources::File) -> Json {
    let lines = f.lines.iter().map(|(line, c)| {
        let row = [Json::from(*line), counts(c)];
        row.into_iter().collect::<Json>()
    });
    Json::Object(vec![("name", f.name.as_str().into()), ("text", f.text.clone().into()), ("lines", lines.collect())])
}

fn function(f: &super::sources::Function) -> Json {
    let rows = f.rows.iter().map(|(at, line, c, text)| {
        let samples = if c.iter().all(|n| *n == 0) { Json::Null } else { counts(c) };
        let row = [Json::from(*at), (*line).into(), text.as_str().into(), samples];
        row.into_iter().collect::<Json>()
    });
    Json::Object(vec![
        ("name", f.name.as_str().into()),
        ("file", f.file.into()),
        ("line", f.line.into()),
        ("samples", counts(&f.counts)),
        ("rows", rows.collect()),
    ])
}

fn units(vm: &Vm, recording: &Recording, tally: &Tally, sources: &mut Sources) -> Json {
    let mut samples: Vec<HashMap<u32, u64>> = vec![HashMap::new(); recording.compilations.len()];
    for ((compilation, offset), weight) in &tally.machine {
        if let Some(of) = samples.get_mut(*compilation) {
            *of.entry(*offset).or_default() += weight;
        }
    }
    let heat: Vec<u64> = samples.iter().map(|of| of.values().sum()).collect();
    // The hottest get their forms shown, as long as there is room.
    let mut order: Vec<usize> = (0..heat.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(heat[*i]));
    let (mut room, mut shown) = (MAX_FORMS, vec![false; heat.len()]);
    for i in order {
        let c = &recording.compilations[i];
        let size = code::size(c);
        if !c.bytes.is_empty() && size <= room {
            room -= size;
            shown[i] = true;
        }
    }
    let all = recording.compilations.iter().enumerate().map(|(i, c)| {
        let forms = if shown[i] { code::forms(c, &samples[i]) } else { Json::Null };
        unit(vm, c, recording.base, heat[i], forms, sources)
    });
    all.collect()
}

fn unit(vm: &Vm, c: &Compilation, base: usize, heat: u64, forms: Json, sources: &mut Sources) -> Json {
    let function = sources.function(vm, c.code);
    let frames: Vec<usize> = c.frames.iter().map(|code| sources.function(vm, *code)).collect();
    // Places: the function's number, the code unit, the line.
    let places = c.listings.places.iter().map(|(frame, pc)| {
        let (function, line) = match (frames.get(*frame as usize), c.frames.get(*frame as usize)) {
            (Some(function), Some(code)) => (*function as i64, advice::line_of(*code, *pc)),
            _ => (-1, 0),
        };
        let row = [Json::Int(function), (*pc).into(), line.into()];
        row.into_iter().collect::<Json>()
    });
    let given_up = c.given_up.map(|(time, why, code, at)| {
        Json::Object(vec![
            ("time", ms(time)),
            ("why", why.into()),
            ("function", advice::name_of(code).into()),
            ("line", advice::line_of(code, at).into()),
        ])
    });
    Json::Object(vec![
        ("unit", c.unit.into()),
        ("kind", c.kind.name().into()),
        ("function", function.into()),
        ("line", advice::line_of(c.code, c.at).into()),
        ("version", c.version.into()),
        ("asked", ms(c.asked)),
        ("begun", ms(c.begun)),
        ("ended", ms(c.ended)),
        ("placed", ms(c.placed)),
        ("behind", c.is_behind.into()),
        ("refused", c.refused.map(|why| advice::of_refusal(why).why).into()),
        ("given_up", given_up.unwrap_or(Json::Null)),
        ("address", c.address.saturating_sub(base).into()),
        ("bytes", c.bytes.len().into()),
        ("samples", heat.into()),
        ("inlined", frames.iter().skip(1).copied().collect()),
        ("places", places.collect()),
        ("forms", forms),
    ])
}
