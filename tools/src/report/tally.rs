//! Samples by line, by instruction, by machine instruction and by time.

use std::collections::{BTreeMap, HashMap};

use brolga_runtime::Vm;
use brolga_runtime::interp::recording::Recording;
use brolga_runtime::object::Ref;
use brolga_runtime::state::sampler::{Sample, Samples};
use brolga_runtime::types::code::PyCode;

use crate::explain::gather::code_at;

/// Who had the time: interpreter, compiled code, collector, compiler.
pub const ENGINES: usize = 4;
pub type Counts = [u64; ENGINES];

/// What the samples came to.
#[derive(Default)]
pub struct Tally {
    pub total: Counts,
    /// By function (a code object's address) and code unit.
    pub functions: HashMap<usize, BTreeMap<u32, Counts>>,
    /// By compilation and byte of its code.
    pub machine: HashMap<(usize, u32), u64>,
    /// (seconds since the start, engine, weight)
    pub moments: Vec<(f64, usize, u64)>,
    pub period: f64,
    pub dropped: usize,
}

fn engine(sample: &Sample) -> usize {
    match (sample.collecting, sample.compiling, sample.compiled) {
        (true, ..) => 2,
        (_, true, _) => 3,
        (_, _, 0) => 0,
        _ => 1,
    }
}

/// Where the interpreter was.
fn interpreted_at(code: Ref<PyCode>, instr: usize) -> u32 {
    let units = code.data().code.len() / 2;
    let at = instr.wrapping_sub(code.instructions().addr()) / 2;
    if at < units { at as u32 } else { 0 }
}

pub fn tally(vm: &Vm, samples: Option<&Samples>, recording: &Recording) -> Tally {
    let mut tally = Tally::default();
    let Some(samples) = samples else { return tally };
    tally.period = samples.period as f64 / 1e9;
    tally.dropped = samples.dropped;
    let mut starts: Vec<(usize, usize)> = recording
        .compilations
        .iter()
        .enumerate()
        .filter(|(_, c)| c.address != 0)
        .map(|(i, c)| (c.address, i))
        .collect();
    starts.sort_unstable();
    let mut known: HashMap<usize, Option<Ref<PyCode>>> = HashMap::new();
    for sample in &samples.all {
        let (engine, weight) = (engine(sample), u64::from(sample.weight));
        tally.total[engine] += weight;
        tally.moments.push((sample.time as f64 / 1e9, engine, weight));
        let next = starts.partition_point(|(start, _)| *start <= sample.compiled);
        let compilation = next.checked_sub(1).and_then(|i| starts.get(i)).and_then(|(start, i)| {
            let c = recording.compilations.get(*i)?;
            let offset = sample.compiled - start;
            (offset < c.bytes.len()).then_some((*i, c, offset as u32))
        });
        let place = match compilation {
            Some((i, c, offset)) => {
                *tally.machine.entry((i, offset)).or_default() += weight;
                c.place_at(offset).or(Some((c.code, c.at)))
            }
            None => {
                let code = *known.entry(sample.code).or_insert_with(|| code_at(vm, sample.code));
                code.map(|code| (code, interpreted_at(code, sample.instr)))
            }
        };
        if let Some((code, at)) = place {
            tally.functions.entry(code.addr()).or_default().entry(at).or_default()[engine] += weight;
        }
    }
    tally
}
