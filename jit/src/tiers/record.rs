//! Writing down what is compiled and left, for `--jit-report`. Nothing of it is made where nobody asks.

use std::cell::{Cell, RefCell};
use std::time::Instant;

use brolga_runtime::interp::inspect::UnitKind;
use brolga_runtime::interp::recording::{self, Compilation, Listing, Listings, Recording, WHILE};
use brolga_runtime::object::{Header, Ref};
use brolga_runtime::types::code::PyCode;
use rustc_hash::FxHashMap as HashMap;

use crate::ir::{Origin, Places, Row, Unit};
use crate::lower::{Code, Exit};

/// Bytes of listings that are kept.
const MAX_LISTINGS: usize = 96 << 20;
/// Whiles with exits that are kept.
const MAX_EXITS: usize = 200_000;

/// The listings of one unit while it is made.
#[derive(Default)]
pub struct Scribe {
    listings: Listings,
    lines: HashMap<(String, Option<u32>), u32>,
    places: HashMap<Origin, u32>,
}

/// When a job was done, and what was written down.
#[derive(Clone, Debug)]
pub struct Written {
    pub begun: Instant,
    pub ended: Instant,
    pub listings: Listings,
    pub parts: Vec<(u32, u32, u32)>,
    pub bytes: Vec<u8>,
}

impl Scribe {
    fn place(&mut self, origin: Origin) -> u32 {
        *self.places.entry(origin).or_insert_with(|| {
            self.listings.places.push((origin.frame, origin.pc));
            self.listings.places.len() as u32 - 1
        })
    }

    fn line(&mut self, text: String, place: Option<u32>) -> u32 {
        let listings = &mut self.listings;
        *self.lines.entry((text, place)).or_insert_with_key(|line| {
            listings.lines.push(line.clone());
            listings.lines.len() as u32 - 1
        })
    }

    /// The unit after a pass; nothing where the pass has changed nothing.
    pub fn pass(&mut self, unit: &Unit, name: &str) {
        let places = Places::of(unit);
        let place_of = |row: &Row| {
            let place = row.inst.and_then(|v| places.of_val(v)).or_else(|| places.of_state(row.state?))?;
            places.all.get(place as usize).copied()
        };
        let mut rows = Vec::new();
        for row in unit.rows() {
            let place = place_of(&row).map(|origin| self.place(origin));
            rows.push(self.line(row.text, place));
        }
        let passes = &self.listings.passes;
        if passes.last().is_some_and(|last| last.rows == rows) {
            return;
        }
        let again = passes.iter().filter(|p| p.name.split(' ').next() == Some(name)).count();
        let name = if again > 0 { format!("{name} {}", again + 1) } else { name.to_owned() };
        self.listings.passes.push(Listing { name, rows });
    }

    /// What was made of the unit.
    pub fn code(mut self, unit: &Unit, code: &Code, begun: Instant) -> Written {
        let places = Places::of(unit);
        let known: Vec<u32> = places.all.iter().map(|origin| self.place(*origin)).collect();
        for line in code.listing.lines() {
            // `@PLACE text`, the place in hexadecimal.
            let (place, text) = match line.strip_prefix('@').and_then(|l| l.split_once(' ')) {
                Some((place, text)) => (u32::from_str_radix(place, 16).ok(), format!("    {}", text.trim_start())),
                None => (None, unpadded(line)),
            };
            let row = self.line(text, place.and_then(|p| known.get(p as usize).copied()));
            self.listings.clif.rows.push(row);
        }
        let part = |(start, end, place): &(u32, u32, u32)| Some((*start, *end, *known.get(*place as usize)?));
        let parts = code.places.iter().filter_map(part).collect();
        self.listings.clif.name = "clif".to_owned();
        Written { begun, ended: Instant::now(), listings: self.listings, parts, bytes: code.bytes.clone() }
    }
}

/// A line without the room that is left for places.
fn unpadded(line: &str) -> String {
    let text = line.trim_start();
    let is_inst = line.len() - text.len() > 4 && !text.starts_with("block");
    format!("{}{text}", if is_inst { "    " } else { "" })
}

/// The code object at an address.
fn code_at(address: u64) -> Option<Ref<PyCode>> {
    let header = std::ptr::NonNull::new(address as *mut Header)?;
    // SAFETY: the code object of a unit's frame, which is kept alive.
    Some(unsafe { Ref::from_ptr(header) })
}

/// What is written down of an interpreter's compilations.
pub struct Recorder {
    started: Instant,
    /// By number, from the first that was recorded on.
    first: usize,
    compilations: RefCell<Vec<Compilation>>,
    exits: RefCell<HashMap<(u32, u32), (u32, u32)>>,
    exits_dropped: Cell<u64>,
    listed: Cell<usize>,
    listings_dropped: Cell<usize>,
}

impl Recorder {
    /// `first`: the number of the next compilation.
    pub fn new(first: usize) -> Recorder {
        Recorder {
            started: Instant::now(),
            first,
            compilations: RefCell::default(),
            exits: RefCell::default(),
            exits_dropped: Cell::default(),
            listed: Cell::default(),
            listings_dropped: Cell::default(),
        }
    }

    fn seconds(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.started).as_secs_f64()
    }

    /// A compilation begins; they come in the order of their numbers.
    pub fn begin(&self, unit: usize, kind: UnitKind, code: Ref<PyCode>, at: u32, version: u32) {
        let now = self.seconds(Instant::now());
        self.compilations.borrow_mut().push(Compilation {
            unit,
            kind,
            code,
            at,
            version,
            asked: now,
            begun: now,
            ended: now,
            placed: now,
            is_behind: false,
            refused: None,
            given_up: None,
            address: 0,
            bytes: Vec::new(),
            parts: Vec::new(),
            frames: Vec::new(),
            listings: Listings::default(),
        });
    }

    fn with(&self, number: usize, f: impl FnOnce(&mut Compilation)) {
        let Some(index) = number.checked_sub(self.first) else { return };
        if let Some(of) = self.compilations.borrow_mut().get_mut(index) {
            f(of);
        }
    }

    /// It is the compiler's thread's.
    pub fn handed_on(&self, number: usize) {
        self.with(number, |c| c.is_behind = true);
    }

    pub fn refused(&self, number: usize, why: &'static str) {
        let now = self.seconds(Instant::now());
        self.with(number, |c| (c.refused, c.placed) = (Some(why), now));
    }

    /// Its code is at an address. Listings of the versions before it go.
    pub fn placed(&self, number: usize, unit: &Unit, address: usize, written: Written) {
        let now = self.seconds(Instant::now());
        let Some(index) = number.checked_sub(self.first) else { return };
        let mut all = self.compilations.borrow_mut();
        let Some(number) = all.get(index).map(|c| c.unit) else { return };
        for before in all.iter_mut().take(index).filter(|c| c.unit == number) {
            self.listed.set(self.listed.get().saturating_sub(size_of(&before.listings)));
            before.listings.lines = Vec::new();
            before.listings.passes = Vec::new();
            before.listings.clif = Listing::default();
        }
        let c = &mut all[index];
        (c.begun, c.ended, c.placed) = (self.seconds(written.begun), self.seconds(written.ended), now);
        (c.address, c.bytes, c.parts, c.listings) = (address, written.bytes, written.parts, written.listings);
        c.frames = unit.frames.iter().filter_map(|frame| code_at(frame.code)).collect();
        let size = size_of(&c.listings);
        if self.listed.get() + size > MAX_LISTINGS {
            self.listings_dropped.set(self.listings_dropped.get() + 1);
            (c.listings.lines, c.listings.passes, c.listings.clif) = (Vec::new(), Vec::new(), Listing::default());
            return;
        }
        self.listed.set(self.listed.get() + size);
    }

    pub fn given_up(&self, number: usize, exit: &Exit) {
        let now = self.seconds(Instant::now());
        if let Some(code) = code_at(exit.code) {
            self.with(number, |c| c.given_up = Some((now, exit.reason.sentence(), code, exit.pc)));
        }
    }

    /// An exit was taken.
    pub fn left(&self, number: usize, exit: &Exit) {
        let Some(index) = number.checked_sub(self.first) else { return };
        let during = (self.seconds(Instant::now()) / WHILE) as u32;
        let mut exits = self.exits.borrow_mut();
        if exits.len() >= MAX_EXITS && !exits.contains_key(&(during, index as u32)) {
            self.exits_dropped.set(self.exits_dropped.get() + 1);
            return;
        }
        let counts = exits.entry((during, index as u32)).or_default();
        let count = if exit.reason.is_expected() { &mut counts.1 } else { &mut counts.0 };
        *count = count.saturating_add(1);
    }

    pub fn recording(&self) -> Recording {
        let exit = |(&(during, compilation), &(failed, expected)): (&(u32, u32), &(u32, u32))| recording::Exits {
            time: f64::from(during) * WHILE,
            compilation: compilation as usize,
            failed,
            expected,
        };
        let mut exits: Vec<recording::Exits> = self.exits.borrow().iter().map(exit).collect();
        exits.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.compilation.cmp(&b.compilation)));
        Recording {
            compilations: self.compilations.borrow().clone(),
            exits,
            exits_dropped: self.exits_dropped.get(),
            listings_dropped: self.listings_dropped.get(),
            ..Recording::default()
        }
    }
}

/// Bytes of a unit's listings.
fn size_of(listings: &Listings) -> usize {
    let rows: usize = listings.passes.iter().chain([&listings.clif]).map(|l| l.rows.len() * 4).sum();
    listings.lines.iter().map(|(text, _)| text.len() + 32).sum::<usize>() + rows
}
