//! The garbage-collected heap of Brolga. It knows nothing of Python.
//!
//! Non-moving; 32 KiB blocks of one size class; mark bits in a side table; bump allocation into the free spans between
//! marked cells (lazy sweep); sticky mark bits as generations; conservative native stacks. `docs/heap.md` tells how it works,
//! and the rules for those who use it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests"))]

mod alloc;
mod barrier;
mod classes;
mod cold_call;
mod collect;
mod header;
mod heap;
mod os;
mod registry;
mod space;
mod stack;
mod tracer;

use std::time::Duration;

pub use alloc::Allocator;
pub use barrier::{write_barrier, write_barrier_at, write_barrier_at_slow, write_barrier_slow};
pub use classes::{CLASS_SIZES, CLASSES, MAX_SMALL, size_class};
#[cfg(any(all(target_arch = "x86_64", not(target_feature = "avx")), target_arch = "aarch64"))]
pub use cold_call::alloc_slow_trampoline;
pub use header::{Header, Layout, LayoutId, Trace, flags};
pub use heap::{Audit, Config, Heap, Roots};
pub use registry::EphemeronTable;
pub use stack::{CallSite, call_site, current_stack, scrub_stack};
pub use tracer::Tracer;

/// There was no memory for a registration; nothing has changed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct OutOfMemory;

impl std::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("out of memory")
    }
}

impl std::error::Error for OutOfMemory {}

/// What a collection covers.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum CollectionKind {
    /// What was allocated since the last collection.
    Minor,
    /// Everything.
    Full,
}

/// Tells of a collection just done.
#[derive(Copy, Clone, Debug)]
pub struct CollectionInfo {
    /// What it covered.
    pub kind: CollectionKind,
    /// How long it took.
    pub pause: Duration,
    /// [`Heap::live_bytes`] now.
    pub live_bytes: usize,
    /// How much less that is than before, counting what was allocated since the collection before.
    pub freed_bytes: usize,
    /// [`Heap::poll_wanted`] now.
    pub poll_wanted: bool,
}

/// Counters of a heap.
#[derive(Copy, Clone, Debug, Default)]
pub struct Stats {
    /// Minor collections.
    pub minors: u64,
    /// Full collections.
    pub fulls: u64,
    /// Time spent in both.
    pub pause_total: Duration,
    /// The longest of them.
    pub pause_max: Duration,
    /// The last of them.
    pub pause_last: Duration,
    /// See [`Heap::live_bytes`].
    pub live_bytes: usize,
    /// See [`Heap::used_bytes`].
    pub used_bytes: usize,
    /// Bytes handed out since the heap was made (in spans: a little more than the cells').
    pub allocated_bytes: u64,
}

/// Makes use of freed memory show. All off by default; for tests.
#[derive(Copy, Clone, Debug, Default)]
pub struct Stress {
    /// Collect whenever an allocation takes the slow path.
    pub collect_every_slow_path: bool,
    /// Spans of one cell, so that every allocation takes the slow path.
    pub tiny_spans: bool,
    /// Fill what is freed with `0xDD`.
    pub poison: bool,
    /// Check every precise pointer; a wrong one ends the process with a message.
    pub check: bool,
}

impl Stress {
    /// Everything on.
    pub const ALL: Stress = Stress { collect_every_slow_path: true, tiny_spans: true, poison: true, check: true };
}
