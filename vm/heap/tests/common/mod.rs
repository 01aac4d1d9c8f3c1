//! Shared by the tests: a heap with a few layouts, and precise roots.
#![allow(dead_code, reason = "each test uses part of it")]

use std::cell::RefCell;
use std::ptr::NonNull;

use brolga_heap::*;

pub type Cell = NonNull<Header>;

pub const LEAF: LayoutId = LayoutId(0);
pub const WORDS: LayoutId = LayoutId(1);
pub const WEAK: LayoutId = LayoutId(2);
pub const CUSTOM: LayoutId = LayoutId(3);
pub const DROP: LayoutId = LayoutId(4);

/// Traces the second word only: the first is weak.
unsafe fn trace_second(cell: Cell, tracer: &mut Tracer) {
    // SAFETY: cells of this layout have three words at least.
    tracer.mark_value_word(unsafe { *word(cell, 1) });
}

thread_local! {
    pub static DROPPED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

unsafe fn note_drop(cell: Cell) {
    // SAFETY: cells of this layout have two words.
    DROPPED.with_borrow_mut(|list| list.push(unsafe { *word(cell, 0) }));
}

pub static LAYOUTS: [Layout; 5] = [
    Layout { name: "leaf", trace: Trace::Leaf, drop: None },
    Layout { name: "words", trace: Trace::Words, drop: None },
    Layout { name: "weak", trace: Trace::Custom(trace_second), drop: None },
    Layout { name: "custom", trace: Trace::Custom(trace_second), drop: None },
    Layout { name: "drop", trace: Trace::Leaf, drop: Some(note_drop) },
];

#[derive(Default)]
pub struct Precise {
    pub list: RefCell<Vec<u64>>,
}

impl Roots for Precise {
    unsafe fn trace_roots(&self, tracer: &mut Tracer, _: CollectionKind) {
        for word in self.list.borrow().iter() {
            tracer.mark_value_word(*word);
        }
    }
}

/// A heap with its roots and an allocator whose native stack is not scanned.
pub struct World {
    pub roots: Box<Precise>,
    pub alloc: Box<Allocator>,
    pub heap: Box<Heap>,
}

impl World {
    pub fn new(config: Config) -> World {
        let heap = Heap::with_layouts(config, &LAYOUTS).unwrap();
        let (roots, alloc) = (Box::<Precise>::default(), Box::new(Allocator::new()));
        // SAFETY: both are boxed, and dropped after the heap has been (`close`) or with it.
        unsafe {
            heap.set_roots(Some(&raw const *roots));
            heap.attach_thread(&alloc, 0);
        }
        World { roots, alloc, heap }
    }

    pub fn small() -> World {
        World::new(Config { reserve: 256 << 20, ..Config::default() })
    }

    pub fn new_cell(&self, words: usize, layout: LayoutId) -> Cell {
        self.try_cell(words, layout).expect("memory")
    }

    pub fn try_cell(&self, words: usize, layout: LayoutId) -> Option<Cell> {
        // SAFETY: one thread; tests keep what they need in the roots.
        unsafe { self.alloc.alloc(8 + words * 8, Header::new(7, layout)) }
    }

    pub fn root(&self, cell: Cell) -> usize {
        self.roots.list.borrow_mut().push(cell.as_ptr() as u64);
        self.roots.list.borrow().len() - 1
    }

    pub fn unroot_all(&self) {
        self.roots.list.borrow_mut().clear();
    }

    pub fn rooted(&self, index: usize) -> Cell {
        NonNull::new(self.roots.list.borrow()[index] as *mut Header).unwrap()
    }

    pub fn full(&self) {
        // SAFETY: one thread; what is needed is in the roots.
        unsafe { self.heap.collect(CollectionKind::Full) };
    }

    pub fn minor(&self) {
        // SAFETY: as above.
        unsafe { self.heap.collect(CollectionKind::Minor) };
    }

    pub fn count(&self) -> usize {
        let mut count = 0;
        self.heap.for_each_cell(|_| count += 1);
        count
    }

    pub fn alive(&self, cell: Cell) -> bool {
        self.heap.is_cell(cell.as_ptr() as u64) == Some(cell)
    }
}

/// The address of a word behind the header.
pub unsafe fn word(cell: Cell, index: usize) -> *mut u64 {
    // SAFETY: the caller names a word of the cell.
    unsafe { cell.as_ptr().cast::<u64>().add(1 + index) }
}

pub fn get(cell: Cell, index: usize) -> u64 {
    // SAFETY: as `word`.
    unsafe { *word(cell, index) }
}

pub fn get_cell(cell: Cell, index: usize) -> Cell {
    NonNull::new(get(cell, index) as *mut Header).unwrap()
}

/// Stores with a barrier.
pub fn set(cell: Cell, index: usize, value: u64) {
    // SAFETY: as `word`.
    unsafe {
        *word(cell, index) = value;
        write_barrier_at(cell, index);
    }
}

pub fn set_cell(cell: Cell, index: usize, value: Cell) {
    set(cell, index, value.as_ptr() as u64);
}

/// A heap whose references stand on native stacks.
pub mod native {
    use super::*;

    pub struct Shared(pub Box<Heap>);

    // SAFETY: the tests use the heap under a lock only.
    unsafe impl Sync for Shared {}
    // SAFETY: likewise.
    unsafe impl Send for Shared {}

    pub fn heap() -> Shared {
        Shared(Heap::with_layouts(Config { reserve: 1 << 30, ..Config::default() }, &LAYOUTS).unwrap())
    }

    /// Attaches the thread and runs `f` below.
    #[inline(never)]
    pub fn attached<R>(heap: &Heap, f: impl FnOnce(&Allocator) -> R) -> R {
        let allocator = Allocator::new();
        let base = current_stack().unwrap().0;
        // SAFETY: the allocator lives on this frame and detaches itself.
        unsafe { heap.attach_thread(&allocator, base) };
        f(&allocator)
    }

    pub fn cell(allocator: &Allocator, words: usize, layout: LayoutId) -> Cell {
        // SAFETY: the tests hold references on the native stack, and the lock if there is one.
        unsafe { allocator.alloc(8 + 8 * words, Header::new(1, layout)).expect("memory") }
    }

    /// A tree that only native frames hold while it is built.
    pub fn tree(allocator: &Allocator, depth: u64, label: u64) -> Cell {
        let (left, right) = if depth > 0 {
            let left = tree(allocator, depth - 1, label * 2);
            (Some(left), Some(tree(allocator, depth - 1, label * 2 + 1)))
        } else {
            (None, None)
        };
        let boxed = cell(allocator, 1, LEAF);
        set(boxed, 0, label);
        let node = cell(allocator, 3 + (label % 5) as usize, WORDS);
        set_cell(node, 0, boxed);
        if let (Some(left), Some(right)) = (left, right) {
            set_cell(node, 1, left);
            set_cell(node, 2, right);
        }
        node
    }

    pub fn check(node: Cell, depth: u64, label: u64) -> u64 {
        assert_eq!(get(get_cell(node, 0), 0), label);
        if depth == 0 {
            return 1;
        }
        1 + check(get_cell(node, 1), depth - 1, label * 2) + check(get_cell(node, 2), depth - 1, label * 2 + 1)
    }
}
