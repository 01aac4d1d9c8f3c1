//! Finding out what a difference comes from: the fewest units that must be compiled for it, the passes and the instructions
//! without whose help it goes away, and the guards there. Each question is a run of the program.

use super::compare::compare;
use super::engine::{Bench, Engine, Seen};
use super::log::{self, Event};
use super::report::where_is;

/// The passes, the most particular first: where several make the difference go away by being left out, the first is the
/// likeliest.
const PASSES: [&str; 11] = [
    "intervals",
    "promote",
    "virtuals",
    "share",
    "hoist",
    "representation",
    "numbering",
    "rotate",
    "dce",
    "merge",
    "parameters",
];
/// Runs that one search makes at most.
const MOST_RUNS: usize = 200;
/// Guards that are tried.
const MOST_GUARDS: usize = 12;
/// Instructions that are named.
const MOST_INSTRUCTIONS: usize = 4;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// Runs that it took.
    pub runs: usize,
    /// It does not come again when the program is run again.
    pub is_unsteady: bool,
    /// Without any compiled code it is there, too: the interpreter itself.
    pub without_code: bool,
    /// The units that must be compiled for it: `FILE:LINE:NAME/KIND@UNIT`.
    pub units: Vec<String>,
    /// All functions in them (inlined ones, too), with their lengths.
    pub functions: Vec<(String, u32)>,
    /// Passes that must not be left out for it.
    pub passes: Vec<&'static str>,
    /// It is there with all passes left out.
    pub not_passes: bool,
    /// The instructions without whose guesses it is gone.
    pub instructions: Vec<Instruction>,
    /// The options that show it with as little compiled as can be.
    pub options: Vec<String>,
}

/// One of these.
#[derive(Clone, Debug, Default)]
pub struct Instruction {
    /// The function, inlined or not, and the code units: several where it takes them together.
    pub place: String,
    pub first: u32,
    pub last: u32,
    /// The lines and instructions.
    pub source: Option<String>,
    /// A guard there that makes the difference go away if it is made to fail: what it guards, and the exit's reason.
    pub guard: Option<String>,
    /// Exits that were taken there.
    pub exits: Vec<String>,
}

struct Search<'a> {
    bench: &'a Bench,
    engine: &'a Engine,
    reference: &'a Seen,
    runs: usize,
}

fn option(text: String) -> Vec<String> {
    vec!["-X".to_owned(), text]
}

fn only(units: &[String]) -> Vec<String> {
    option(format!("jit-only={}", if units.is_empty() { "nothing".to_owned() } else { units.join(",") }))
}

impl Search<'_> {
    /// Is there a difference with these options? Where too many runs were made: no.
    fn differs(&mut self, options: &[String]) -> Result<bool, String> {
        if self.runs >= MOST_RUNS {
            return Ok(false);
        }
        self.runs += 1;
        let seen = self.bench.run(self.engine, options, false)?;
        Ok(!compare(self.reference, &seen, false).is_empty())
    }

    /// The same, and the JIT's log of that run.
    fn logged(&mut self, options: &[String]) -> Result<(bool, Vec<Event>), String> {
        let file = self.bench.file("jit-log");
        let _ = std::fs::remove_file(&file);
        let mut all = options.to_vec();
        all.extend(option(format!("jit-log={}", file.display())));
        let differs = self.differs(&all)?;
        Ok((differs, log::read(&file)))
    }

    /// A smallest part of `all` with which it still differs (delta debugging).
    fn fewest(&mut self, all: Vec<String>) -> Result<Vec<String>, String> {
        let mut all = all;
        let mut parts = 2;
        while all.len() > 1 {
            let size = all.len().div_ceil(parts);
            let chunks: Vec<Vec<String>> = all.chunks(size).map(<[String]>::to_vec).collect();
            let mut smaller = None;
            for chunk in &chunks {
                if self.differs(&only(chunk))? {
                    smaller = Some((chunk.clone(), 2));
                    break;
                }
            }
            if smaller.is_none() && chunks.len() > 2 {
                for i in 0..chunks.len() {
                    let rest: Vec<String> =
                        chunks.iter().enumerate().filter(|(j, _)| *j != i).flat_map(|(_, c)| c.clone()).collect();
                    if self.differs(&only(&rest))? {
                        smaller = Some((rest, (parts - 1).max(2)));
                        break;
                    }
                }
            }
            match smaller {
                Some((fewer, next)) => (all, parts) = (fewer, next),
                None if parts >= all.len() => break,
                None => parts = (parts * 2).min(all.len()),
            }
        }
        Ok(all)
    }
}

/// Looks into a difference between the reference and an engine of ours.
pub fn narrow(bench: &Bench, engine: &Engine, reference: &Seen) -> Result<Narrowed, String> {
    let mut search = Search { bench, engine, reference, runs: 0 };
    let mut found = Narrowed::default();
    steps(&mut search, &mut found)?;
    found.runs = search.runs;
    Ok(found)
}

fn steps(search: &mut Search<'_>, found: &mut Narrowed) -> Result<(), String> {
    let (differs, events) = search.logged(&[])?;
    if !differs {
        found.is_unsteady = true;
        return Ok(());
    }
    if search.differs(&only(&[]))? {
        found.without_code = true;
        return Ok(());
    }
    let mut places: Vec<String> =
        events.iter().filter(|e| e.is("compiled")).map(|e| e.get("place").to_owned()).collect();
    places.sort();
    places.dedup();
    if places.is_empty() || !search.differs(&only(&places))? {
        // What is compiled, and for which types, has changed with the options: then nothing narrower can be said.
        found.units = places;
        return Ok(());
    }
    found.units = search.fewest(places)?;
    found.options = only(&found.units);
    let (_, events) = search.logged(&found.options.clone())?;
    functions(&events, found);
    passes(search, found)?;
    instructions(search, found)?;
    guards(search, found)
}

fn functions(events: &[Event], found: &mut Narrowed) {
    for event in events.iter().filter(|e| e.is("compiled")) {
        for item in event.get("functions").split(',') {
            let Some((place, length)) = item.rsplit_once('@') else { continue };
            let item = (place.to_owned(), length.parse().unwrap_or(0));
            if !found.functions.contains(&item) {
                found.functions.push(item);
            }
        }
    }
}

fn passes(search: &mut Search<'_>, found: &mut Narrowed) -> Result<(), String> {
    let without = |passes: &[&str]| {
        let mut all = found.options.clone();
        all.extend(option(format!("jit-without={}", passes.join(","))));
        all
    };
    if search.differs(&without(&PASSES))? {
        found.not_passes = true;
        return Ok(());
    }
    let mut needed = Vec::new();
    for pass in PASSES {
        if !search.differs(&without(&[pass]))? {
            needed.push(pass);
        }
    }
    found.passes = needed;
    Ok(())
}

/// Without the guesses of these code units.
fn general(found: &Narrowed, place: &str, first: u32, last: u32) -> Vec<String> {
    let mut all = found.options.clone();
    all.extend(option(format!("jit-general={place}@{first}-{last}")));
    all
}

fn instructions(search: &mut Search<'_>, found: &mut Narrowed) -> Result<(), String> {
    // Those that were inlined last lie deepest: they say most.
    for (place, length) in found.functions.clone().into_iter().rev() {
        let last = length.saturating_sub(1);
        if !search.differs(&general(found, &place, 0, last))? {
            within(search, found, &place, 0, last)?;
        }
    }
    Ok(())
}

/// Without the guesses of these code units it is gone: looks which of them it takes.
fn within(search: &mut Search<'_>, found: &mut Narrowed, place: &str, first: u32, last: u32) -> Result<(), String> {
    if found.instructions.len() >= MOST_INSTRUCTIONS {
        return Ok(());
    }
    let mut narrower = false;
    if first < last {
        let middle = first + (last - first) / 2;
        for (first, last) in [(first, middle), (middle + 1, last)] {
            if !search.differs(&general(found, place, first, last))? {
                narrower = true;
                within(search, found, place, first, last)?;
            }
        }
    }
    // (Where no more runs are to be made nothing seems to differ: that says nothing.)
    if !narrower && search.runs < MOST_RUNS {
        let source = where_is(search.bench, place, first, last);
        found.instructions.push(Instruction { place: place.to_owned(), first, last, source, ..Instruction::default() });
    }
    Ok(())
}

fn guards(search: &mut Search<'_>, found: &mut Narrowed) -> Result<(), String> {
    if found.instructions.is_empty() {
        return Ok(());
    }
    let mut counting = found.options.clone();
    counting.extend(option("jit-stress=count".to_owned()));
    let (differs, events) = search.logged(&counting)?;
    let options = found.options.clone();
    for instruction in &mut found.instructions {
        let name = instruction.place.rsplit(':').next().unwrap_or("").rsplit('.').next().unwrap_or("").to_owned();
        let is_there = |e: &Event| {
            let at = u32::try_from(e.number("at")).unwrap_or(u32::MAX);
            e.get("in") == name && (instruction.first..=instruction.last).contains(&at)
        };
        let exits = events.iter().filter(|e| e.is("exit") && is_there(e));
        let mut taken: Vec<String> = exits.map(|e| format!("{} ({} times)", e.get("reason"), e.get("count"))).collect();
        let there = events.iter().filter(|e| e.is("guard") && is_there(e) && e.number("executed") > 0);
        let mut curing = None;
        for guard in there.take(if differs { MOST_GUARDS } else { 0 }) {
            let mut forced = options.clone();
            forced.extend(option(format!("jit-stress=guard:{}", guard.get("number"))));
            if !search.differs(&forced)? {
                curing = Some(format!("{} (reason: {})", guard.get("op"), guard.get("reason")));
                break;
            }
        }
        instruction.exits.append(&mut taken);
        instruction.guard = curing;
    }
    // Those that something happens at are the likeliest.
    found.instructions.sort_by_key(|i| (i.guard.is_none(), i.exits.is_empty()));
    Ok(())
}
