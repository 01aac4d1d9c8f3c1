//! Conservative native stacks: references in locals only, several threads under a GIL, fork, stress.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::hint::black_box;
use std::sync::{Condvar, Mutex};

use brolga_heap::*;
use common::native::{attached, cell, check, heap, tree};
use common::{CUSTOM, Cell, DROP, LEAF, WEAK, WORDS, get, get_cell, set, set_cell};

#[test]
fn locals_are_roots() {
    let heap = heap();
    attached(&heap.0, |allocator| {
        let kept = tree(allocator, 14, 1);
        for _ in 0..60 {
            black_box(tree(allocator, 12, 1));
        }
        assert_eq!(check(kept, 14, 1), (1 << 15) - 1);
        assert!(heap.0.stats().minors > 2);
    });
}

#[test]
fn interior_pointers_are_roots() {
    let heap = heap();
    attached(&heap.0, |allocator| {
        let inside = black_box(cell(allocator, 500, LEAF).as_ptr() as usize + 2000);
        let large = black_box(cell(allocator, 500_000, LEAF).as_ptr() as usize + 2_000_000);
        for kind in [CollectionKind::Minor, CollectionKind::Full] {
            scrub_stack();
            // SAFETY: one thread.
            unsafe { heap.0.collect(kind) };
            assert!(heap.0.is_cell(black_box(inside) as u64).is_some());
            assert!(heap.0.is_cell(black_box(large) as u64).is_some());
        }
    });
}

/// Every kind of operation with references in locals, collecting all the time, freed memory poisoned.
fn mixed(heap: &Heap, allocator: &Allocator, rounds: u64, mut seed: u64) {
    const SLOTS: usize = 64;
    let table = cell(allocator, SLOTS, WORDS);
    let big = cell(allocator, 5_000, WORDS);
    let ephemerons = heap.new_ephemeron_table().unwrap();
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for round in 0..rounds {
        let slot = random(SLOTS as u64) as usize;
        match random(8) {
            0 => {
                let made = tree(allocator, 3, 1);
                let holder = cell(allocator, 2, CUSTOM);
                set_cell(holder, 1, made);
                set(holder, 0, 0xdead_beef);
                set_cell(table, slot, holder);
            }
            1 => {
                let target = tree(allocator, 1, 1);
                let weak = cell(allocator, 2, WEAK);
                set_cell(weak, 0, target);
                // SAFETY: live cells.
                unsafe { heap.weak_register(weak, 8, target, true).unwrap() };
                let other = cell(allocator, 2, CUSTOM);
                let keep = if random(2) == 0 { target } else { cell(allocator, 1, LEAF) };
                set_cell(other, 1, keep);
                set_cell(weak, 1, other);
                set_cell(table, slot, weak);
            }
            2 => {
                let made = tree(allocator, 1, 1);
                // SAFETY: a live cell.
                unsafe { heap.register_finalizer(made).unwrap() };
                let holder = cell(allocator, 2, CUSTOM);
                set_cell(holder, 1, made);
                set_cell(table, slot, holder);
            }
            3 => {
                let made = cell(allocator, 1, DROP);
                set(made, 0, round);
                // SAFETY: a live cell whose layout has a drop.
                unsafe { heap.register_drop(made).unwrap() };
                let holder = cell(allocator, 2, CUSTOM);
                set_cell(holder, 1, made);
                set_cell(table, slot, holder);
            }
            4 => {
                let value = tree(allocator, 1, 1);
                let key = get(table, slot);
                if let Some(key) = heap.is_cell(key) {
                    heap.ephemeron_insert(ephemerons, key, value.as_ptr() as u64).unwrap();
                }
            }
            5 => {
                let made = tree(allocator, 2, 1);
                set_cell(big, random(5_000) as usize, made);
            }
            6 => {
                let large = cell(allocator, 4_000 + random(20_000) as usize, WORDS);
                set_cell(large, 3_999, tree(allocator, 1, 1));
                set_cell(table, slot, large);
            }
            _ => set(table, slot, 0),
        }
        while let Some(dead) = heap.take_pending_finalizer() {
            assert_eq!(check(dead, 1, 1), 3);
        }
        while let Some(weak) = heap.take_cleared_weaks() {
            assert_eq!(get(weak, 0), 0);
        }
        if round % 16 == 0 {
            verify(heap, table, SLOTS, big, ephemerons);
        }
    }
}

fn verify(heap: &Heap, table: Cell, slots: usize, big: Cell, ephemerons: EphemeronTable) {
    for slot in 0..slots {
        let Some(found) = heap.is_cell(get(table, slot)) else { continue };
        // SAFETY: an allocated cell.
        let layout = unsafe { found.as_ref() }.layout();
        if layout == WEAK {
            if get(found, 0) != 0 {
                assert_eq!(check(get_cell(found, 0), 1, 1), 3);
            }
            assert_eq!(heap.is_cell(get(get_cell(found, 1), 1)), Some(get_cell(get_cell(found, 1), 1)));
        } else if layout == CUSTOM {
            assert_ne!(get(get_cell(found, 1), 0), 0xdddd_dddd_dddd_dddd);
        } else {
            assert_eq!(check(get_cell(found, 3_999), 1, 1), 3);
        }
        if let Some(value) = heap.ephemeron_get(ephemerons, found) {
            assert_eq!(check(heap.is_cell(value).unwrap(), 1, 1), 3);
        }
    }
    for index in 0..5_000 {
        if let Some(found) = heap.is_cell(get(big, index)) {
            assert_eq!(check(found, 2, 1), 7);
        }
    }
}

#[test]
fn stress() {
    for stress in
        [Stress::ALL, Stress { tiny_spans: false, ..Stress::ALL }, Stress { poison: true, ..Stress::default() }]
    {
        let heap = heap();
        heap.0.set_stress(stress);
        let rounds = if stress.tiny_spans { 1_500 } else { 10_000 };
        attached(&heap.0, |allocator| mixed(&heap.0, allocator, rounds, 42));
        let stats = heap.0.stats();
        assert!(!stress.collect_every_slow_path || stats.minors > 500 && stats.fulls > 30, "{stats:?}");
    }
}

/// A GIL that is handed over on request.
struct Gil(Mutex<bool>, Condvar);

impl Gil {
    fn take(&self) {
        let mut held = self.0.lock().unwrap();
        while *held {
            held = self.1.wait(held).unwrap();
        }
        *held = true;
    }

    fn give(&self) {
        *self.0.lock().unwrap() = false;
        self.1.notify_one();
    }
}

#[test]
fn four_threads_hand_over_a_gil() {
    for stress in [Stress::default(), Stress { tiny_spans: false, ..Stress::ALL }] {
        let (heap, gil) = (heap(), Gil(Mutex::new(false), Condvar::new()));
        let heap = &heap;
        heap.0.set_stress(stress);
        std::thread::scope(|scope| {
            for number in 0..4 {
                let gil = &gil;
                scope.spawn(move || {
                    gil.take();
                    attached(&heap.0, |allocator| {
                        let kept = tree(allocator, 8, 1);
                        for round in 0..50 {
                            mixed(&heap.0, allocator, 20, number * 1000 + round);
                            let local = tree(allocator, 4, 1);
                            // SAFETY: gives the GIL up and takes it again, and nothing else.
                            unsafe {
                                allocator.with_published_stack(|| {
                                    gil.give();
                                    std::thread::yield_now();
                                    gil.take();
                                });
                            }
                            assert_eq!(check(local, 4, 1), 31);
                        }
                        assert_eq!(check(kept, 8, 1), 511);
                    });
                    gil.give();
                });
            }
        });
        // All threads are gone, and so is what they held.
        // SAFETY: no thread is attached.
        unsafe { heap.0.collect(CollectionKind::Full) };
        while heap.0.take_pending_finalizer().is_some() || heap.0.take_cleared_weaks().is_some() {}
        // SAFETY: likewise.
        unsafe { heap.0.collect(CollectionKind::Full) };
        assert_eq!(heap.0.used_bytes(), 0);
    }
}

#[test]
fn the_stack_that_was_left_stays_a_root() {
    let heap = heap();
    attached(&heap.0, |allocator| {
        let kept = tree(allocator, 6, 1);
        // SAFETY: comes back by returning.
        unsafe {
            allocator.with_other_stack(|| {
                // Not another stack in truth: its base is set to cut off the frames above.
                let local = 0_u64;
                allocator.set_stack_base(&raw const local as usize);
                heap.0.collect(CollectionKind::Full);
                black_box(&local);
            });
        }
        assert_eq!(check(kept, 6, 1), 127);
        assert!(allocator.stack_base() > &raw const kept as usize);
    });
}

#[test]
fn a_forked_child_allocates_and_collects() {
    fork_and_collect(Stress::default());
}

#[test]
fn a_forked_child_collects_under_stress() {
    fork_and_collect(Stress::ALL);
}

fn fork_and_collect(stress: Stress) {
    let heap = heap();
    heap.0.set_stress(stress);
    attached(&heap.0, |allocator| {
        let kept = tree(allocator, 10, 1);
        // SAFETY: the child touches the heap only, and leaves by _exit without unwinding.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: the only thread of the child.
            unsafe { heap.0.after_fork_child(allocator) };
            let ok = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                for _ in 0..20 {
                    black_box(tree(allocator, if stress.tiny_spans { 4 } else { 12 }, 1));
                }
                mixed(&heap.0, allocator, 200, 3);
                // SAFETY: one thread.
                unsafe { heap.0.collect(CollectionKind::Full) };
                check(kept, 10, 1)
            }));
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(if ok.is_ok_and(|count| count == 2047) { 7 } else { 1 }) };
        }
        assert!(child > 0);
        let mut status = 0;
        // SAFETY: waits for the child made above.
        unsafe { libc::waitpid(child, &mut status, 0) };
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 7, "{status:#x}");
        assert_eq!(check(kept, 10, 1), 2047);
    });
}

/// Floats that are live across allocations stay in registers, of which the slow path must leave every one as it was.
#[test]
fn the_slow_path_keeps_all_registers() {
    for stress in [Stress::default(), Stress { tiny_spans: false, ..Stress::ALL }, Stress::ALL] {
        let heap = heap();
        heap.0.set_stress(stress);
        attached(&heap.0, |allocator| {
            let kept = tree(allocator, 3, 1);
            let rounds = if stress.tiny_spans { 2_000 } else { 100_000 };
            let (mut floats, mut words) = ([0.0_f64; 12], [0_u64; 8]);
            for round in 0..rounds {
                let boxed = cell(allocator, 1 + round % 12, LEAF);
                set(boxed, 0, round as u64);
                for (index, float) in floats.iter_mut().enumerate() {
                    *float += (round + index) as f64;
                }
                for (index, word) in words.iter_mut().enumerate() {
                    *word += get(boxed, 0) ^ index as u64;
                }
            }
            for (index, float) in floats.iter().enumerate() {
                assert_eq!(*float, (0..rounds).map(|round| (round + index) as f64).sum::<f64>());
            }
            for (index, word) in words.iter().enumerate() {
                assert_eq!(*word, (0..rounds as u64).map(|round| round ^ index as u64).sum::<u64>());
            }
            assert_eq!(check(kept, 3, 1), 15);
        });
    }
}
