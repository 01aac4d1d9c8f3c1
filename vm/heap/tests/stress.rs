//! Each kind of death by itself, with a collection at every slow path and freed memory poisoned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use brolga_heap::*;
use common::native::{attached, cell, check, heap, tree};
use common::{CUSTOM, WEAK, WORDS, get, get_cell, set, set_cell};

/// All of it; and with spans of normal length, which takes the ways that are taken without stress.
const MODES: [Stress; 2] = [Stress::ALL, Stress { tiny_spans: false, ..Stress::ALL }];

fn under_stress(test: impl Fn(&Heap, &Allocator, u64)) {
    for stress in MODES {
        let heap = heap();
        heap.0.set_stress(stress);
        let rounds = if stress.tiny_spans { 150 } else { 1_500 };
        attached(&heap.0, |allocator| test(&heap.0, allocator, rounds));
    }
}

#[test]
fn weak_references_under_stress() {
    under_stress(|heap, allocator, rounds| {
        let mut cleared = 0;
        // A weak reference that dies with its target is not told of its death.
        let table = cell(allocator, 32, WORDS);
        for round in 0..rounds {
            let weak = cell(allocator, 2, WEAK);
            set_cell(table, round as usize % 32, weak);
            let holder = cell(allocator, 2, CUSTOM);
            let target = tree(allocator, 1, round);
            set_cell(weak, 0, target);
            set_cell(holder, 1, target);
            // SAFETY: live cells.
            unsafe { heap.weak_register(weak, 8, target, true).unwrap() };
            tree(allocator, 2, 1);
            assert_eq!(check(get_cell(weak, 0), 1, round), 3, "the holder keeps the target");
            set(holder, 1, 0);
            tree(allocator, 2, 1);
            while let Some(dead) = heap.take_cleared_weaks() {
                assert_eq!(get(dead, 0), 0);
                cleared += 1;
            }
        }
        // A stale word on the stack may keep the last few.
        assert!(cleared + 20 > rounds, "{cleared} of {rounds}");
    });
}

#[test]
fn ephemerons_under_stress() {
    under_stress(|heap, allocator, rounds| {
        let table = heap.new_ephemeron_table().unwrap();
        for round in 0..rounds {
            let key = tree(allocator, 0, round);
            let value = tree(allocator, 1, round);
            heap.ephemeron_insert(table, key, value.as_ptr() as u64).unwrap();
            // The value of one key is the next key: found in two turns of the fixpoint.
            let last = tree(allocator, 1, round + 7);
            heap.ephemeron_insert(table, value, last.as_ptr() as u64).unwrap();
            tree(allocator, 3, 1);
            let value = heap.is_cell(heap.ephemeron_get(table, key).unwrap()).unwrap();
            assert_eq!(check(value, 1, round), 3);
            let last = heap.is_cell(heap.ephemeron_get(table, value).unwrap()).unwrap();
            assert_eq!(check(last, 1, round + 7), 3);
        }
        scrub_stack();
        // SAFETY: one thread, attached.
        unsafe { heap.collect(CollectionKind::Full) };
        assert!(heap.ephemeron_len(table) < 20, "{}", heap.ephemeron_len(table));
    });
}

#[test]
fn finalizers_under_stress() {
    under_stress(|heap, allocator, rounds| {
        let mut finalized = 0;
        for round in 0..rounds {
            let made = tree(allocator, 2, round);
            // SAFETY: a live cell.
            unsafe { heap.register_finalizer(made).unwrap() };
            tree(allocator, 2, 1);
            while let Some(dead) = heap.take_pending_finalizer() {
                // It and what it refers to are whole, and stay so while it is held.
                tree(allocator, 2, 1);
                let label = get(get_cell(dead, 0), 0);
                assert_eq!(check(dead, 2, label), 7);
                finalized += 1;
            }
        }
        assert!(finalized + 20 > rounds, "{finalized} of {rounds}");
    });
}
