//! A compilation's forms, for the page.

use std::collections::HashMap;

use brolga_runtime::interp::recording::{Compilation, Listing};

use super::machine;
use crate::json::Json;

/// Ascending line numbers as start and length of each run, one behind the other.
fn runs(rows: &[u32]) -> Json {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for row in rows {
        match all.last_mut() {
            Some((start, len)) if *start + *len == *row => *len += 1,
            _ => all.push((*row, 1)),
        }
    }
    all.into_iter().flat_map(|(start, len)| [start, len]).collect()
}

fn listing(listing: &Listing) -> Json {
    Json::Object(vec![("name", listing.name.as_str().into()), ("rows", runs(&listing.rows))])
}

fn place(place: Option<u32>) -> Json {
    Json::Int(place.map_or(-1, i64::from))
}

/// The forms of a compilation. `samples`: of its code, by byte.
pub fn forms(c: &Compilation, samples: &HashMap<u32, u64>) -> Json {
    let instructions = machine::instructions(&c.bytes);
    let ends = instructions.iter().skip(1).map(|i| i.offset).chain([c.bytes.len() as u32]);
    let rows = instructions.iter().zip(ends).map(|(i, end)| {
        let count: u64 = (i.offset..end).filter_map(|at| samples.get(&at)).sum();
        let part = c.parts.partition_point(|(start, ..)| *start <= i.offset).checked_sub(1);
        let part = part.and_then(|k| c.parts.get(k)).filter(|(_, end, _)| i.offset < *end);
        let row = [Json::from(i.offset), i.text.as_str().into(), place(part.map(|(.., p)| *p)), count.into()];
        row.into_iter().collect::<Json>()
    });
    Json::Object(vec![
        ("lines", c.listings.lines.iter().map(|(text, _)| text.as_str()).collect()),
        ("line_places", c.listings.lines.iter().map(|(_, p)| place(*p)).collect()),
        ("passes", c.listings.passes.iter().map(listing).collect()),
        ("clif", listing(&c.listings.clif)),
        ("machine", rows.collect()),
    ])
}

/// About how many bytes [`forms`] takes as text.
pub fn size(c: &Compilation) -> usize {
    let lines: usize = c.listings.lines.iter().map(|(text, _)| text.len() + 8).sum();
    lines + c.listings.passes.iter().map(|p| p.rows.len()).sum::<usize>() + c.bytes.len() * 12
}
