//! Five allocation shapes on this heap and on reference counting over mimalloc, in turns, in CPU seconds; then the pauses
//! with a big live heap.
//!
//! ```text
//! cargo run --release --ignore-rust-version -p brolga-heap --example shapes [-- shapes|pauses|start|small|SHAPE [runs]]
//! ```
//! Each figure is printed with its target; the exit status is 1 when one is missed. `own SHAPE` and `rc SHAPE` run one memory
//! alone, for profilers.
//!
//! Both memories run the same generic code. Reference counting is at its best here: counts are not atomic, moves are elided
//! by Rust, floats have a free list, borrowed reads cost nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "an example program")]

use std::alloc::{GlobalAlloc, Layout as MallocLayout};
use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::ptr::NonNull;
use std::time::Duration;

use brolga_heap::*;
use mimalloc::MiMalloc;

/// A memory that holds objects of some references and some raw words.
trait Memory {
    type Ref: Clone;

    fn new() -> Self;
    /// All slots zero.
    fn object(&self, refs: usize, raws: usize) -> Self::Ref;
    fn float(&self, value: f64) -> Self::Ref;
    fn value(of: &Self::Ref) -> f64;
    fn get(of: &Self::Ref, slot: usize) -> Option<&Self::Ref>;
    fn set(&self, of: &Self::Ref, slot: usize, value: Self::Ref);
    fn clear(&self, of: &Self::Ref, slot: usize);
    /// Raw words come after the references.
    fn raw(of: &Self::Ref, slot: usize) -> u64;
    fn set_raw(&self, of: &Self::Ref, slot: usize, value: u64);
    /// A raw buffer of more words with the same content; the old one is not used any more.
    fn grow(&self, buffer: Self::Ref, old: usize, new: usize) -> Self::Ref;
    fn report(&self) -> String;
}

// ---- this heap ------------------------------------------------------------------------------------------------------------

struct Own {
    alloc: Box<Allocator>,
    heap: Box<Heap>,
    log: Box<Log>,
}

#[derive(Default)]
struct Log {
    minors: RefCell<Vec<Duration>>,
    fulls: RefCell<Vec<Duration>>,
}

impl Roots for Log {
    unsafe fn trace_roots(&self, _: &mut Tracer, _: CollectionKind) {}

    fn after_collection(&self, info: &CollectionInfo) {
        match info.kind {
            CollectionKind::Minor => self.minors.borrow_mut().push(info.pause),
            CollectionKind::Full => self.fulls.borrow_mut().push(info.pause),
        }
    }
}

const LEAF: LayoutId = LayoutId(0);
const WORDS: LayoutId = LayoutId(1);
static LAYOUTS: [Layout; 2] = [
    Layout { name: "leaf", trace: Trace::Leaf, drop: None },
    Layout { name: "words", trace: Trace::Words, drop: None },
];

#[derive(Copy, Clone)]
#[repr(transparent)]
struct Obj(NonNull<Header>);

impl Obj {
    #[inline(always)]
    fn slot(&self, index: usize) -> *mut u64 {
        // SAFETY: callers name slots of the object.
        unsafe { self.0.as_ptr().cast::<u64>().add(1 + index) }
    }
}

impl Own {
    fn percentiles(&self) -> String {
        let text = |list: &mut Vec<Duration>| {
            list.sort();
            let at = |part: usize| list.get((list.len() * part / 100).min(list.len().saturating_sub(1)));
            let ms = |part| at(part).map_or(0.0, |pause: &Duration| pause.as_secs_f64() * 1e3);
            format!("{} (p50 {:.3} p95 {:.3} max {:.3} ms)", list.len(), ms(50), ms(95), ms(100))
        };
        format!("minors {}, fulls {}", text(&mut self.log.minors.borrow_mut()), text(&mut self.log.fulls.borrow_mut()))
    }
}

impl Memory for Own {
    type Ref = Obj;

    fn new() -> Own {
        let mut config = Config::default();
        if let Some(mib) = std::env::var("NURSERY_KIB").ok().and_then(|text| text.parse::<usize>().ok()) {
            config.nursery = mib << 10;
        }
        if let Some(mib) = std::env::var("THRESHOLD_MIB").ok().and_then(|text| text.parse::<usize>().ok()) {
            config.min_threshold = mib << 20;
        }
        let heap = Heap::with_layouts(config, &LAYOUTS).unwrap();
        let (alloc, log) = (Box::new(Allocator::new()), Box::<Log>::default());
        // SAFETY: boxed, and dropped with the heap.
        unsafe {
            heap.attach_thread(&alloc, current_stack().unwrap().0);
            heap.set_roots(Some(&raw const *log));
        }
        Own { alloc, heap, log }
    }

    #[inline(always)]
    fn object(&self, refs: usize, raws: usize) -> Obj {
        // SAFETY: one thread, references on its stack; as in all of the following.
        unsafe { Obj(self.alloc.alloc(8 + 8 * (refs + raws), Header::new(1, WORDS)).unwrap()) }
    }

    #[inline(always)]
    fn float(&self, value: f64) -> Obj {
        // SAFETY: as above.
        unsafe { Obj(self.alloc.alloc_filled(Header::new(2, LEAF), [value.to_bits()]).unwrap()) }
    }

    #[inline(always)]
    fn value(of: &Obj) -> f64 {
        // SAFETY: as above.
        unsafe { f64::from_bits(*of.slot(0)) }
    }

    #[inline(always)]
    fn get(of: &Obj, slot: usize) -> Option<&Obj> {
        // SAFETY: a reference slot holds zero or a pointer.
        unsafe { (*of.slot(slot).cast::<Option<Obj>>()).as_ref() }
    }

    #[inline(always)]
    fn set(&self, of: &Obj, slot: usize, value: Obj) {
        // SAFETY: as above.
        unsafe {
            of.slot(slot).write(value.0.as_ptr() as u64);
            write_barrier_at(of.0, slot);
        }
    }

    #[inline(always)]
    fn clear(&self, of: &Obj, slot: usize) {
        // SAFETY: as above.
        unsafe { of.slot(slot).write(0) };
    }

    #[inline(always)]
    fn raw(of: &Obj, slot: usize) -> u64 {
        // SAFETY: as above.
        unsafe { *of.slot(slot) }
    }

    #[inline(always)]
    fn set_raw(&self, of: &Obj, slot: usize, value: u64) {
        // SAFETY: as above.
        unsafe { of.slot(slot).write(value) };
    }

    fn grow(&self, buffer: Obj, old: usize, new: usize) -> Obj {
        // SAFETY: as above; the old buffer is not used any more.
        unsafe {
            if self.heap.try_grow_in_place(buffer.0, 8 + 8 * new) {
                return buffer;
            }
            let grown = Obj(self.alloc.alloc(8 + 8 * new, Header::new(1, WORDS)).unwrap());
            std::ptr::copy_nonoverlapping(buffer.slot(0), grown.slot(0), old);
            self.heap.free_now(buffer.0);
            grown
        }
    }

    fn report(&self) -> String {
        self.percentiles()
    }
}

// ---- reference counting ---------------------------------------------------------------------------------------------------

/// Header of 16 bytes: count, then how many slots there are and how many are references.
#[repr(C)]
struct RcHeader {
    count: Cell<u64>,
    words: u32,
    refs: u32,
}

#[repr(transparent)]
struct Rc(NonNull<RcHeader>);

thread_local! {
    static FREE_FLOATS: Cell<*mut RcHeader> = const { Cell::new(std::ptr::null_mut()) };
}

fn malloc_layout(words: usize) -> MallocLayout {
    MallocLayout::from_size_align(16 + 8 * words, 16).unwrap()
}

impl Rc {
    #[inline(always)]
    fn slot(&self, index: usize) -> *mut u64 {
        // SAFETY: callers name slots of the object.
        unsafe { self.0.as_ptr().cast::<u64>().add(2 + index) }
    }
}

impl Clone for Rc {
    #[inline(always)]
    fn clone(&self) -> Rc {
        // SAFETY: counted references point to live objects.
        let count = unsafe { &self.0.as_ref().count };
        count.set(count.get() + 1);
        Rc(self.0)
    }
}

impl Drop for Rc {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: as above.
        let count = unsafe { &self.0.as_ref().count };
        let left = count.get() - 1;
        count.set(left);
        if left == 0 {
            release(self.0);
        }
    }
}

#[inline(never)]
fn release(object: NonNull<RcHeader>) {
    // SAFETY: the count has reached zero: nothing refers to the object any more.
    unsafe {
        let header = object.as_ref();
        if header.words == 1 && header.refs == 0 {
            object.as_ptr().cast::<*mut RcHeader>().write(FREE_FLOATS.replace(object.as_ptr()));
            return;
        }
        let words = header.words as usize;
        for slot in 0..header.refs as usize {
            drop(object.as_ptr().cast::<Option<Rc>>().add(2 + slot).read());
        }
        MiMalloc.dealloc(object.as_ptr().cast(), malloc_layout(words));
    }
}

struct Counting;

impl Memory for Counting {
    type Ref = Rc;

    fn new() -> Counting {
        Counting
    }

    #[inline(always)]
    fn object(&self, refs: usize, raws: usize) -> Rc {
        let words = refs + raws;
        // SAFETY: fresh memory of the right size.
        unsafe {
            let memory = NonNull::new(MiMalloc.alloc(malloc_layout(words))).unwrap().cast::<RcHeader>();
            memory.write(RcHeader { count: Cell::new(1), words: words as u32, refs: refs as u32 });
            let object = Rc(memory);
            for slot in 0..words {
                object.slot(slot).write(0);
            }
            object
        }
    }

    #[inline(always)]
    fn float(&self, value: f64) -> Rc {
        let free = FREE_FLOATS.get();
        if let Some(memory) = NonNull::new(free) {
            // SAFETY: objects in the list are free, and linked by their first word.
            unsafe {
                FREE_FLOATS.set(free.cast::<*mut RcHeader>().read());
                memory.write(RcHeader { count: Cell::new(1), words: 1, refs: 0 });
                let object = Rc(memory);
                object.slot(0).write(value.to_bits());
                return object;
            }
        }
        let object = self.object(0, 1);
        self.set_raw(&object, 0, value.to_bits());
        object
    }

    #[inline(always)]
    fn value(of: &Rc) -> f64 {
        // SAFETY: as above.
        unsafe { f64::from_bits(*of.slot(0)) }
    }

    #[inline(always)]
    fn get(of: &Rc, slot: usize) -> Option<&Rc> {
        // SAFETY: a reference slot holds zero or a counted pointer.
        unsafe { (*of.slot(slot).cast::<Option<Rc>>()).as_ref() }
    }

    #[inline(always)]
    fn set(&self, of: &Rc, slot: usize, value: Rc) {
        // SAFETY: as above.
        drop(unsafe { (*of.slot(slot).cast::<Option<Rc>>()).replace(value) });
    }

    #[inline(always)]
    fn clear(&self, of: &Rc, slot: usize) {
        // SAFETY: as above.
        drop(unsafe { (*of.slot(slot).cast::<Option<Rc>>()).take() });
    }

    #[inline(always)]
    fn raw(of: &Rc, slot: usize) -> u64 {
        // SAFETY: as above.
        unsafe { *of.slot(slot) }
    }

    #[inline(always)]
    fn set_raw(&self, of: &Rc, slot: usize, value: u64) {
        // SAFETY: as above.
        unsafe { of.slot(slot).write(value) };
    }

    fn grow(&self, buffer: Rc, old: usize, new: usize) -> Rc {
        let memory = buffer.0;
        let _moved = std::mem::ManuallyDrop::new(buffer);
        // SAFETY: the old memory is not used any more.
        unsafe {
            let grown = MiMalloc.realloc(memory.as_ptr().cast(), malloc_layout(old), 16 + 8 * new);
            let grown = NonNull::new(grown).unwrap().cast::<RcHeader>();
            (*grown.as_ptr()).words = new as u32;
            Rc(grown)
        }
    }

    fn report(&self) -> String {
        String::new()
    }
}

// ---- the shapes -----------------------------------------------------------------------------------------------------------

struct Random(u64);

impl Random {
    #[inline(always)]
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) as usize * limit) >> 32
    }
}

/// Binary trees, as in the Computer Language Benchmarks Game.
fn trees<M: Memory>(memory: &M, size: usize) -> u64 {
    fn build<M: Memory>(memory: &M, depth: usize) -> M::Ref {
        if depth == 0 {
            return memory.object(2, 0);
        }
        let (left, right) = (build(memory, depth - 1), build(memory, depth - 1));
        let node = memory.object(2, 0);
        memory.set(&node, 0, left);
        memory.set(&node, 1, right);
        node
    }
    fn count<M: Memory>(node: &M::Ref) -> u64 {
        match (M::get(node, 0), M::get(node, 1)) {
            (Some(left), Some(right)) => 1 + count::<M>(left) + count::<M>(right),
            _ => 1,
        }
    }
    let mut total = count::<M>(&build(memory, size + 1));
    let long = build(memory, size);
    for depth in (4..=size).step_by(2) {
        for _ in 0..1 << (size - depth + 4) {
            total += count::<M>(&build(memory, depth));
        }
    }
    total + count::<M>(&long)
}

/// The n-body simulation with every number in a box.
fn floats<M: Memory>(memory: &M, steps: usize) -> u64 {
    const X: usize = 0;
    const V: usize = 3;
    const MASS: usize = 6;
    let bodies: Vec<M::Ref> = (0..5_u32)
        .map(|index| {
            let body = memory.object(7, 0);
            for slot in 0..7 {
                memory.set(&body, slot, memory.float(f64::from(index * 7 + slot as u32 + 1).sin()));
            }
            memory.set(&body, MASS, memory.float(0.01 * f64::from(index + 1)));
            body
        })
        .collect();
    // The vector is malloc's memory: the bodies are kept alive by an object.
    let system = memory.object(5, 0);
    for (slot, body) in bodies.iter().enumerate() {
        memory.set(&system, slot, body.clone());
    }
    let op = |a: &M::Ref, b: &M::Ref, f: fn(f64, f64) -> f64| memory.float(f(M::value(a), M::value(b)));
    let field = |body: &M::Ref, slot: usize| M::get(body, slot).unwrap().clone();
    let dt = memory.float(0.001);
    for _ in 0..steps {
        for first in 0..5 {
            for second in first + 1..5 {
                let (a, b) = (&bodies[first], &bodies[second]);
                let dx = op(&field(a, X), &field(b, X), |a, b| a - b);
                let dy = op(&field(a, X + 1), &field(b, X + 1), |a, b| a - b);
                let dz = op(&field(a, X + 2), &field(b, X + 2), |a, b| a - b);
                let (xx, yy) = (op(&dx, &dx, |a, b| a * b), op(&dy, &dy, |a, b| a * b));
                let zz = op(&dz, &dz, |a, b| a * b);
                let square = op(&op(&xx, &yy, |a, b| a + b), &zz, |a, b| a + b + 0.01);
                let root = memory.float(M::value(&square).sqrt());
                let distance = op(&square, &root, |a, b| a * b);
                let force = op(&dt, &distance, |a, b| a / b);
                for (body, other, sign) in [(a, b, -1.0), (b, a, 1.0)] {
                    let pull = op(&field(other, MASS), &force, |a, b| a * b);
                    for (axis, d) in [&dx, &dy, &dz].into_iter().enumerate() {
                        let change = memory.float(sign * M::value(&op(d, &pull, |a, b| a * b)));
                        let v = op(&field(body, V + axis), &change, |a, b| a + b);
                        memory.set(body, V + axis, v);
                    }
                }
            }
        }
        for body in &bodies {
            for axis in 0..3 {
                let move_by = op(&dt, &field(body, V + axis), |a, b| a * b);
                let x = op(&field(body, X + axis), &move_by, |a, b| a + b);
                memory.set(body, X + axis, x);
            }
        }
    }
    black_box(&system);
    M::value(&field(&bodies[0], X)).to_bits()
}

/// Records that refer to each other at random; then short-lived boxes, some of which are stored in a record.
fn graph<M: Memory>(memory: &M, (records, churn): (usize, usize)) -> u64 {
    let all = memory.object(records, 0);
    let mut random = Random(88_172_645_463_325_252);
    for index in 0..records {
        let record = memory.object(3, 2);
        memory.set_raw(&record, 3, index as u64);
        let number = memory.float(index as f64);
        memory.set(&record, 2, number);
        for slot in 0..2 {
            if let Some(other) = M::get(&all, random.below(index + 1)) {
                memory.set(&record, slot, other.clone());
            }
        }
        memory.set(&all, index, record);
    }
    let mut sum = memory.float(0.0);
    for round in 0..churn {
        // Mostly short-lived boxes: with a random record in each round, both memories would wait for the caches only.
        let step = memory.float((round & 1023) as f64);
        sum = memory.float(M::value(&sum) + M::value(&step));
        if round % 8 == 0 {
            let record = M::get(&all, random.below(records)).unwrap();
            let number = M::value(M::get(record, 2).unwrap());
            let changed = memory.float(number + M::value(&step));
            memory.set(record, 2, changed);
        }
    }
    // References between the records form no cycle: counting frees them all by itself, without deep recursion in this order.
    for index in (0..records).rev() {
        memory.clear(&all, index);
    }
    M::value(&sum) as u64
}

/// Lists that grow by appending, and are dropped.
fn lists<M: Memory>(memory: &M, rounds: usize) -> u64 {
    let alive = memory.object(16, 0);
    let mut random = Random(42);
    let mut total = 0;
    for round in 0..rounds {
        let length = 1 << random.below(17);
        let mut capacity = 4;
        let mut buffer = memory.object(0, capacity);
        for index in 0..length {
            if index == capacity {
                let wider = capacity + capacity / 8 + 6;
                buffer = memory.grow(buffer, capacity, wider);
                capacity = wider;
            }
            memory.set_raw(&buffer, index, index as u64 | 1 << 63);
        }
        total += M::raw(&buffer, length - 1) & 0xffff_ffff;
        memory.set(&alive, round % 16, buffer);
    }
    black_box(&alive);
    total
}

/// A table whose entries are replaced at random: the worst shape for generations.
fn cache<M: Memory>(memory: &M, (entries, rounds): (usize, usize)) -> u64 {
    let table = memory.object(entries, 0);
    let mut random = Random(4_101_842_887_655_102_017);
    let mut hits = 0;
    for round in 0..rounds {
        let slot = random.below(entries);
        if let Some(entry) = M::get(&table, slot) {
            hits += M::raw(entry, 1) & 1;
        }
        let entry = memory.object(1, 2);
        let number = memory.float(round as f64);
        memory.set(&entry, 0, number);
        memory.set_raw(&entry, 1, round as u64 & 0xff);
        memory.set(&table, slot, entry);
    }
    black_box(&table);
    hits
}

// ---- measuring ------------------------------------------------------------------------------------------------------------

fn cpu_seconds() -> f64 {
    // SAFETY: all zero is a valid timespec, and the call fills it in.
    unsafe {
        let mut time = std::mem::zeroed::<libc::timespec>();
        libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    }
}

/// Takes memory from the system and gives it back. A virtual machine's host may have withdrawn what is free (free page
/// reporting does within seconds, in huge pages); then whoever takes it first waits for the host, at some milliseconds for each
/// megabyte, and the second finds it in place. Both memories shall find it in place.
fn fetch_from_host() {
    const BYTES: usize = 384 << 20;
    // SAFETY: a fresh anonymous mapping, written and given back.
    unsafe {
        let (read_write, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
        let start = libc::mmap(std::ptr::null_mut(), BYTES, read_write, flags, -1, 0);
        if start == libc::MAP_FAILED {
            return;
        }
        #[cfg(target_os = "linux")]
        libc::madvise(start, BYTES, libc::MADV_HUGEPAGE);
        for page in (0..BYTES).step_by(4096) {
            start.cast::<u8>().add(page).write_volatile(1);
        }
        libc::munmap(start, BYTES);
    }
}

/// Runs a shape in a forked child, so that neither memory inherits the other's state. Answers CPU seconds, the checksum, peak
/// memory in MB, and what the memory reports.
fn measure<M: Memory>(shape: &str, small: bool) -> (f64, u64, f64, String) {
    fetch_from_host();
    let mut pipe = [0; 2];
    // SAFETY: plain system calls; the child leaves by _exit.
    unsafe {
        libc::pipe(pipe.as_mut_ptr());
        let child = libc::fork();
        if child == 0 {
            let before = cpu_seconds();
            let memory = M::new();
            let sum = run(&memory, shape, small);
            let seconds = cpu_seconds() - before;
            let mut usage = std::mem::zeroed::<libc::rusage>();
            libc::getrusage(libc::RUSAGE_SELF, &mut usage);
            let text = format!("{seconds} {sum} {} {}", usage.ru_maxrss as f64 / 1024.0, memory.report());
            libc::write(pipe[1], text.as_ptr().cast(), text.len());
            libc::_exit(0);
        }
        libc::close(pipe[1]);
        let mut status = 0;
        libc::waitpid(child, &mut status, 0);
        let mut text = vec![0_u8; 1000];
        let length = libc::read(pipe[0], text.as_mut_ptr().cast(), text.len());
        libc::close(pipe[0]);
        assert!(status == 0 && length > 0, "{shape}: the child failed ({status:#x})");
        let text = String::from_utf8_lossy(&text[..length as usize]).into_owned();
        let mut parts = text.splitn(4, ' ');
        let mut number = || parts.next().unwrap();
        (number().parse().unwrap(), number().parse().unwrap(), number().parse().unwrap(), number().to_owned())
    }
}

fn run<M: Memory>(memory: &M, shape: &str, small: bool) -> u64 {
    let scale = if small { 16 } else { 1 };
    match shape {
        "trees" => trees(memory, if small { 12 } else { 18 }),
        "floats" => floats(memory, 300_000 / scale),
        "graph" => graph(memory, (1_500_000 / scale, 20_000_000 / scale)),
        "lists" => lists(memory, 8_000 / scale),
        "cache" => cache(memory, (1_000_000 / scale, 8_000_000 / scale)),
        _ => panic!("no such shape: {shape}"),
    }
}

const SHAPES: [&str; 5] = ["trees", "floats", "graph", "lists", "cache"];

/// How many times as fast as reference counting this heap shall be.
fn target(shape: &str) -> f64 {
    match shape {
        "trees" => 1.5,
        "floats" => 2.0,
        "cache" => 1.0 / 1.5,
        _ => 1.0,
    }
}

/// Minor pauses with 1 GB live: 95 of 100 shall be shorter than this.
const PAUSE_TARGET_MS: f64 = 7.0;

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Runs the shapes in turns, all of them in each round, so that what the machine does besides meets every shape and both
/// memories alike; a shape's ratio is the median of its rounds'. Answers whether all targets were met.
fn compare(shapes: &[&str], rounds: usize, small: bool) -> bool {
    let mut all: Vec<Vec<[(f64, u64, f64, String); 2]>> = vec![Vec::new(); shapes.len()];
    for _ in 0..rounds {
        for (shape, of) in shapes.iter().zip(&mut all) {
            let now = [measure::<Own>(shape, small), measure::<Counting>(shape, small)];
            assert_eq!(now[0].1, now[1].1, "{shape}: the results differ");
            of.push(now);
        }
    }
    println!(
        "{:8} {:>8} {:>8} {:>6} {:>6} {:6} {:>11}  {:>7} {:>7}  pauses",
        "shape", "own s", "rc s", "ratio", "target", "", "rounds", "own MB", "rc MB"
    );
    let mut all_met = true;
    for (shape, mut of) in shapes.iter().zip(all) {
        let ratio = |[own, rc]: &[(f64, u64, f64, String); 2]| rc.0 / own.0;
        of.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let (least, most) = (ratio(&of[0]), ratio(&of[of.len() - 1]));
        let [own, rc] = &of[of.len() / 2];
        let (ratio, target) = (ratio(&of[of.len() / 2]), target(shape));
        let met = ratio > target;
        all_met &= met;
        println!(
            "{shape:8} {:8.3} {:8.3} {ratio:6.2} {target:6.2} {:6} {:>11}  {:7.0} {:7.0}  {}",
            own.0,
            rc.0,
            verdict(met),
            format!("{least:.2}..{most:.2}"),
            own.2,
            rc.2,
            own.3
        );
    }
    all_met
}

/// One memory alone, for profilers.
fn print_one((seconds, _, megabytes, report): (f64, u64, f64, String)) -> bool {
    println!("{seconds:.3} s of CPU, {megabytes:.0} MB at most; {report}");
    true
}

/// Pauses of minor collections with 1 GB of records live. Answers whether the target was met.
fn pauses() -> bool {
    fetch_from_host();
    let memory = Own::new();
    let records = 10_400_000;
    let all = memory.object(records, 0);
    let mut random = Random(1);
    for index in 0..records {
        let record = memory.object(3, 5);
        let number = memory.float(index as f64);
        memory.set(&record, 2, number);
        for slot in 0..2 {
            if let Some(other) = Own::get(&all, random.below(index + 1)) {
                memory.set(&record, slot, *other);
            }
        }
        memory.set(&all, index, record);
    }
    println!("building: {:?}", memory.heap.stats());
    println!("          {}", memory.percentiles());
    memory.log.minors.borrow_mut().clear();
    memory.log.fulls.borrow_mut().clear();
    let mut sum = memory.float(0.0);
    for round in 0..60_000_000 {
        let record = Own::get(&all, random.below(records)).unwrap();
        let number = Own::value(Own::get(record, 2).unwrap());
        sum = memory.float(Own::value(&sum) + number);
        if round % 8 == 0 {
            let changed = memory.float(number + 1.0);
            memory.set(record, 2, changed);
        }
    }
    println!("running:  {}", memory.percentiles());
    let minors = memory.log.minors.borrow();
    let p95 = minors.get(minors.len() * 95 / 100).map_or(f64::INFINITY, |pause| pause.as_secs_f64() * 1e3);
    let live = memory.heap.live_bytes() as f64 / 1e9;
    let met = p95 < PAUSE_TARGET_MS && live >= 1.0;
    println!("target:   p95 {p95:.2} ms of {PAUSE_TARGET_MS} with {live:.2} GB live: {}", verdict(met));
    drop(minors);
    for _ in 0..3 {
        memory.log.fulls.borrow_mut().clear();
        let before = cpu_seconds();
        // SAFETY: one thread.
        unsafe { memory.heap.collect(CollectionKind::Full) };
        let cpu = (cpu_seconds() - before) * 1e3;
        let live = memory.heap.live_bytes() >> 20;
        println!("full:     {:?}, {cpu:.0} ms of CPU, live {live} MB", memory.log.fulls.borrow());
    }
    black_box((&all, &sum));
    met
}

/// What a heap costs before it is used.
fn start() {
    let resident = || {
        let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4
    };
    let (before, clock) = (resident(), std::time::Instant::now());
    let memory = Own::new();
    let made = clock.elapsed();
    for words in 1..100 {
        black_box(memory.object(words, 0));
    }
    println!("made in {made:?}, first objects after {:?}, {} kB more resident", clock.elapsed(), resident() - before);
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rounds = args.get(1).and_then(|text| text.parse().ok()).unwrap_or(7);
    let met = match args.first().map(String::as_str) {
        None => compare(&SHAPES, rounds, false) & pauses(),
        Some("shapes") => compare(&SHAPES, rounds, false),
        Some("pauses") => pauses(),
        // Too short for the targets.
        Some("small") => {
            compare(&SHAPES, 1, true);
            true
        }
        Some("start") => {
            start();
            true
        }
        Some("own") => print_one(measure::<Own>(&args[1], false)),
        Some("rc") => print_one(measure::<Counting>(&args[1], false)),
        Some(shape) => compare(&[shape], rounds, false),
    };
    std::process::exit(i32::from(!met));
}
