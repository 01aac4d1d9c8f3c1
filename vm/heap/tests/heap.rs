//! The heap as its users see it, with precise roots only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use brolga_heap::*;
use common::*;

/// Allocates unreachable cells of several sizes.
fn churn(world: &World, bytes: usize) {
    let mut done = 0;
    let mut size = 1;
    while done < bytes {
        let cell = world.new_cell(size, WORDS);
        assert_eq!(get(cell, 0), 0);
        assert_eq!(get(cell, size - 1), 0);
        set(cell, 0, u64::MAX);
        set(cell, size - 1, u64::MAX);
        done += 8 + size * 8;
        size = if size > 700 { 1 } else { size * 3 / 2 + 1 };
    }
}

#[test]
fn allocates_zeroed_cells_of_any_size() {
    let world = World::small();
    for bytes in [8, 16, 17, 100, 256, 257, 1000, 5000, 16384, 16385, 40000, 1 << 20, 5 << 20] {
        // SAFETY: one thread, nothing is held.
        let cell = unsafe { world.alloc.alloc(bytes, Header::new(3, LEAF)) }.unwrap();
        let size = world.heap.size_of_cell(cell);
        assert!(size >= bytes && size.is_multiple_of(16), "{bytes} {size}");
        assert!((0..size / 8 - 1).all(|index| get(cell, index) == 0));
        // SAFETY: just allocated.
        unsafe {
            assert_eq!((cell.as_ref().tag(), cell.as_ref().layout(), cell.as_ref().flags()), (3, LEAF, 0));
            word(cell, 0).cast::<u8>().write_bytes(0xab, size - 8);
        }
    }
}

#[test]
fn keeps_what_is_reachable_and_frees_the_rest() {
    let world = World::small();
    // A list of 10,000, each with a leaf.
    let head = world.new_cell(2, WORDS);
    let root = world.root(head);
    for number in 0..10_000 {
        let leaf = world.new_cell(1, LEAF);
        let slot = world.root(leaf);
        set(leaf, 0, number);
        let node = world.new_cell(2, WORDS);
        set_cell(node, 0, world.rooted(slot));
        set_cell(node, 1, world.rooted(root));
        world.roots.list.borrow_mut().truncate(root);
        world.root(node);
    }
    churn(&world, 40 << 20);
    world.full();
    let mut node = world.rooted(root);
    for number in (0..10_000).rev() {
        assert_eq!(get(get_cell(node, 0), 0), number);
        node = get_cell(node, 1);
    }
    assert_eq!(world.count(), 20_001);
    world.unroot_all();
    world.full();
    assert_eq!(world.count(), 0);
    assert_eq!(world.heap.used_bytes(), 0);
    assert_eq!(world.heap.live_bytes(), 0);
    assert!(world.heap.stats().minors > 3);
}

#[test]
fn cycles_die() {
    let world = World::small();
    let (a, b) = (world.new_cell(1, WORDS), world.new_cell(1, WORDS));
    set_cell(a, 0, b);
    set_cell(b, 0, a);
    world.root(a);
    world.full();
    assert_eq!(world.count(), 2);
    world.unroot_all();
    world.minor();
    assert_eq!(world.count(), 2, "old by now");
    world.full();
    assert_eq!(world.count(), 0);
}

#[test]
fn the_barrier_reports_young_values_of_old_objects() {
    for size in [3, 500, 3000, 1 << 20] {
        let world = World::small();
        let old = world.new_cell(size, WORDS);
        let root = world.root(old);
        world.minor();
        for round in 0..5 {
            for index in [0, size / 2, size - 1] {
                let young = world.new_cell(1, LEAF);
                set(young, 0, round);
                set_cell(world.rooted(root), index, young);
            }
            churn(&world, 1 << 20);
            world.minor();
            for index in [0, size / 2, size - 1] {
                assert!(world.alive(get_cell(old, index)));
                assert_eq!(get(get_cell(old, index), 0), round);
            }
        }
        world.full();
        assert_eq!(world.count(), 4.min(size + 1));
    }
}

#[test]
fn weak_references() {
    let world = World::small();
    for age in 0..2 {
        let (weak, other, target) = (world.new_cell(2, WEAK), world.new_cell(2, WEAK), world.new_cell(1, LEAF));
        for cell in [weak, other] {
            set_cell(cell, 0, target);
            // SAFETY: live cells; the first word is not traced.
            unsafe { world.heap.weak_register(cell, 8, target, true).unwrap() };
        }
        world.root(weak);
        world.root(other);
        world.root(target);
        world.minor();
        assert_eq!(get_cell(weak, 0), target);
        // The other weak reference dies with the target, and says nothing.
        world.roots.list.borrow_mut().truncate(1);
        if age == 0 {
            world.full();
        } else {
            world.minor();
            assert_eq!(get_cell(weak, 0), target);
            world.full();
        }
        assert_eq!(get(weak, 0), 0);
        assert!(world.heap.poll_wanted());
        assert_eq!(world.heap.take_cleared_weaks(), Some(weak));
        assert_eq!(world.heap.take_cleared_weaks(), None);
        world.unroot_all();
        world.full();
        assert_eq!(world.count(), 0);
    }
}

#[test]
fn weak_references_to_the_young_are_cleared_by_a_minor_collection() {
    let world = World::small();
    let weak = world.new_cell(2, WEAK);
    world.root(weak);
    world.minor();
    let target = world.new_cell(1, LEAF);
    set_cell(weak, 0, target);
    // SAFETY: live cells.
    unsafe { world.heap.weak_register(weak, 8, target, false).unwrap() };
    world.minor();
    assert_eq!(get(weak, 0), 0);
    assert_eq!(world.heap.take_cleared_weaks(), None);
}

#[test]
fn ephemerons() {
    let world = World::small();
    let table = world.heap.new_ephemeron_table().unwrap();
    // key0 -> value that is key1 -> value that is key2 ...
    let keys: Vec<_> = (0..20).map(|_| world.new_cell(1, LEAF)).collect();
    for pair in keys.windows(2) {
        world.heap.ephemeron_insert(table, pair[0], pair[1].as_ptr() as u64).unwrap();
    }
    // An entry whose value refers to its own key.
    let own = world.new_cell(1, LEAF);
    world.heap.ephemeron_insert(table, own, own.as_ptr() as u64).unwrap();
    world.root(keys[0]);
    world.minor();
    assert_eq!(world.count(), 20);
    assert_eq!(world.heap.ephemeron_len(table), 19);
    world.full();
    assert_eq!(world.count(), 20);
    assert_eq!(world.heap.ephemeron_get(table, keys[3]), Some(keys[4].as_ptr() as u64));
    world.heap.ephemeron_remove(table, keys[9]);
    world.full();
    assert_eq!(world.count(), 10);
    world.unroot_all();
    world.full();
    assert_eq!(world.count(), 0);
    assert_eq!(world.heap.ephemeron_len(table), 0);
}

#[test]
fn finalizers_run_once_referrers_first() {
    for old in [false, true] {
        let world = World::small();
        // A chain registered in a shuffled order, with plain cells in between, and a shared tail.
        let nodes: Vec<_> = (0..50).map(|_| world.new_cell(2, WORDS)).collect();
        for (index, node) in nodes.iter().enumerate() {
            world.root(*node);
            set(*node, 1, index as u64);
        }
        for pair in nodes.windows(2) {
            let between = world.new_cell(2, WORDS);
            set_cell(pair[0], 0, between);
            set_cell(between, 0, pair[1]);
            set_cell(between, 1, nodes[49]);
        }
        for index in 0..50 {
            // SAFETY: live cells.
            unsafe { world.heap.register_finalizer(nodes[index * 7 % 50]).unwrap() };
        }
        if old {
            world.full();
        }
        assert!(!world.heap.has_pending_finalizers());
        world.unroot_all();
        world.full();
        world.full(); // What is pending stays alive.
        for node in &nodes {
            assert_eq!(world.heap.take_pending_finalizer(), Some(*node));
        }
        assert_eq!(world.heap.take_pending_finalizer(), None);
        // Resurrected, to die for good unless somebody keeps it.
        let kept = world.root(nodes[40]);
        world.full();
        assert_eq!(world.count(), 19);
        assert_eq!(get(world.rooted(kept), 1), 40);
        world.unroot_all();
        world.full();
        assert_eq!((world.count(), world.heap.take_pending_finalizer()), (0, None));
    }
}

#[test]
fn finalizers_of_cycles_and_of_the_independent_come_in_order_of_registration() {
    let world = World::small();
    let nodes: Vec<_> = (0..30).map(|_| world.new_cell(1, WORDS)).collect();
    for node in &nodes {
        // SAFETY: live cells.
        unsafe { world.heap.register_finalizer(*node).unwrap() };
    }
    // The last three are a cycle.
    for (from, to) in [(27, 28), (28, 29), (29, 27)] {
        set_cell(nodes[from], 0, nodes[to]);
    }
    world.minor();
    let order: Vec<_> = std::iter::from_fn(|| world.heap.take_pending_finalizer()).collect();
    assert_eq!(order.len(), 30);
    assert_eq!(order[..27], nodes[..27]);
}

#[test]
fn weak_references_are_cleared_before_finalizers() {
    let world = World::small();
    let (weak, target) = (world.new_cell(2, WEAK), world.new_cell(1, WORDS));
    world.root(weak);
    set_cell(weak, 0, target);
    // SAFETY: live cells.
    unsafe {
        world.heap.weak_register(weak, 8, target, true).unwrap();
        world.heap.register_finalizer(target).unwrap();
    }
    world.full();
    assert_eq!(get(weak, 0), 0);
    assert_eq!(world.heap.take_pending_finalizer(), Some(target));
    assert_eq!(world.heap.take_cleared_weaks(), Some(weak));
}

#[test]
fn drops_run_once_at_death_or_teardown() {
    let world = World::small();
    for number in 0..10 {
        let cell = world.new_cell(1, DROP);
        set(cell, 0, number);
        // SAFETY: a live cell of a layout with a drop.
        unsafe { world.heap.register_drop(cell).unwrap() };
        if number % 2 == 0 {
            world.root(cell);
        }
    }
    world.minor();
    assert_eq!(DROPPED.take(), [1, 3, 5, 7, 9]);
    world.full();
    assert_eq!(DROPPED.take(), []);
    world.roots.list.borrow_mut().truncate(2);
    world.full();
    assert_eq!(DROPPED.take(), [4, 6, 8]);
    drop(world);
    assert_eq!(DROPPED.take(), [0, 2]);
}

#[test]
fn large_objects_grow_in_place_and_are_reused() {
    let world = World::small();
    let big = world.new_cell(10_000, WORDS);
    let root = world.root(big);
    let size = world.heap.size_of_cell(big);
    set(big, 9_999, 42);
    // SAFETY: a live cell.
    assert!(unsafe { world.heap.try_grow_in_place(big, size + (1 << 20)) });
    let grown = world.heap.size_of_cell(big);
    assert!(grown >= size + (1 << 20));
    assert!((size / 8..grown / 8 - 1).all(|index| get(big, index) == 0));
    let young = world.new_cell(1, LEAF);
    set_cell(big, grown / 8 - 2, young);
    world.minor();
    let behind = world.new_cell(10_000, WORDS);
    // SAFETY: a live cell, with another behind it.
    assert!(!unsafe { world.heap.try_grow_in_place(big, 100 << 20) });
    let address = behind.as_ptr();
    // SAFETY: nothing refers to it.
    unsafe { world.heap.free_now(behind) };
    assert!(!world.alive(behind));
    let again = world.new_cell(10_000, WORDS);
    assert_eq!(again.as_ptr(), address);
    assert!((0..9_999).all(|index| get(again, index) == 0));
    world.full();
    assert_eq!(world.count(), 2);
    assert_eq!(get(world.rooted(root), 9_999), 42);
    world.unroot_all();
    // SAFETY: nothing refers to it any more; it is old and has been written to.
    unsafe {
        set(big, 5, 1);
        world.heap.free_now(big);
    }
    world.minor();
    world.full();
    assert_eq!(world.heap.used_bytes(), 0);
}

#[test]
fn the_limit_ends_in_none_and_everything_goes_on() {
    let world = World::new(Config { reserve: 1 << 30, limit: 20 << 20, ..Config::default() });
    let head = world.new_cell(2, WORDS);
    world.root(head);
    let mut count = 0;
    while let Some(cell) = world.try_cell(60, WORDS) {
        set(cell, 0, world.roots.list.borrow()[0]);
        world.roots.list.borrow_mut()[0] = cell.as_ptr() as u64;
        count += 1;
    }
    assert!((35_000..43_000).contains(&count), "{count}");
    assert!(world.try_cell(5 << 20, LEAF).is_none());
    assert!(world.try_cell(usize::MAX / 8 - 2000, LEAF).is_none());
    world.unroot_all();
    assert!(world.try_cell(60, WORDS).is_some());
    assert!(world.try_cell(1 << 20, LEAF).is_some());
    world.heap.external(21 << 20);
    assert!(world.try_cell(1 << 20, LEAF).is_none());
    world.heap.external(-(21 << 20));
    assert!(world.try_cell(1 << 20, LEAF).is_some());
}

#[test]
fn a_huge_request_fails_or_costs_nothing_until_it_is_used() {
    let world = World::new(Config::default());
    for gib in [1, 10, 40, 60, 1000, 1 << 30] {
        if let Some(cell) = world.try_cell((gib << 30) / 8, WORDS) {
            assert_eq!(get(cell, (gib << 27) - 1), 0);
            // SAFETY: nothing refers to it.
            unsafe { world.heap.free_now(cell) };
        }
        assert!(world.try_cell(10, WORDS).is_some());
    }
}

#[test]
fn memory_that_was_given_back_is_used_again() {
    let world = World::new(Config { reserve: 1 << 30, ..Config::default() });
    for round in 0..6_u64 {
        // Marks of all kinds over the same range: small cells, one large object, small cells of another size.
        let words = if round % 2 == 0 { 1 + round as usize } else { (40 << 20) / 8 };
        let count = if round % 2 == 0 { 200_000 } else { 1 };
        let head = world.new_cell(words, WORDS);
        world.root(head);
        for number in 1..count {
            let cell = world.new_cell(words + 1, WORDS);
            assert_eq!(get(cell, 1), 0);
            set(cell, 0, world.roots.list.borrow()[0]);
            set(cell, 1, number as u64);
            world.roots.list.borrow_mut()[0] = cell.as_ptr() as u64;
        }
        world.full();
        assert_eq!(world.count(), count);
        let mut cell = world.rooted(0);
        for number in (1..count).rev() {
            assert_eq!(get(cell, 1), number as u64);
            cell = get_cell(cell, 0);
        }
        world.unroot_all();
        for _ in 0..3 {
            world.full();
            assert_eq!((world.count(), world.heap.used_bytes()), (0, 0));
        }
    }
}

#[test]
fn a_small_reservation_ends_in_none() {
    let world = World::new(Config { reserve: 4 << 20, ..Config::default() });
    world.root(world.new_cell(2, WORDS));
    while let Some(cell) = world.try_cell(60, WORDS) {
        set(cell, 0, world.roots.list.borrow()[0]);
        world.roots.list.borrow_mut()[0] = cell.as_ptr() as u64;
    }
    assert!(world.heap.used_bytes() + (1 << 20) >= world.heap.capacity_bytes());
    world.unroot_all();
    world.new_cell(60, WORDS);
}

#[test]
fn the_mark_stack_may_overflow() {
    let world = World::new(Config { reserve: 1 << 30, mark_stack_limit: 64, ..Config::default() });
    // A binary tree of depth 12 below each of 100 slots of a wide array, and a long list.
    fn tree(world: &World, depth: usize) -> Cell {
        let node = world.new_cell(2, WORDS);
        let slot = world.root(node);
        if depth > 0 {
            for index in 0..2 {
                let child = tree(world, depth - 1);
                set_cell(world.rooted(slot), index, child);
            }
        }
        world.roots.list.borrow_mut().truncate(slot);
        node
    }
    let wide = world.new_cell(3_000, WORDS);
    world.root(wide);
    for index in 0..100 {
        set_cell(wide, index * 30, tree(&world, 7));
    }
    for (index, node) in (0..3000).map(|index| (index, world.new_cell(1, WORDS))) {
        if index % 30 != 0 {
            set_cell(wide, index, node);
        }
    }
    let expected = 1 + 100 * 255 + 2900;
    world.full();
    assert_eq!(world.count(), expected);
    world.full();
    assert_eq!(world.count(), expected);
    // What the stack had no room for is old as well: a young value stored into it is noticed.
    let mut nodes = Vec::new();
    world.heap.for_each_cell(|node| nodes.push(node));
    for node in &nodes {
        // SAFETY: a live cell.
        assert!(unsafe { node.as_ref() }.has(flags::OLD));
    }
    // Finalizers of a dead structure bigger than the stack.
    // SAFETY: a live cell.
    unsafe { world.heap.register_finalizer(wide).unwrap() };
    world.unroot_all();
    world.full();
    assert_eq!(world.count(), expected);
    assert_eq!(world.heap.take_pending_finalizer(), Some(wide));
    world.full();
    assert_eq!(world.count(), 0);
}

#[test]
fn deep_lists_need_no_native_stack() {
    let world = World::small();
    let mut head = world.new_cell(1, WORDS);
    world.root(head);
    for _ in 0..1_000_000 {
        let node = world.new_cell(1, WORDS);
        set_cell(node, 0, head);
        head = node;
        world.roots.list.borrow_mut()[0] = head.as_ptr() as u64;
    }
    world.full();
    assert_eq!(world.count(), 1_000_001);
}

#[test]
fn several_heaps_in_one_process() {
    let worlds: Vec<_> = (0..3).map(|_| World::small()).collect();
    let cells: Vec<_> = worlds.iter().map(|world| world.new_cell(1, WORDS)).collect();
    for (world, cell) in worlds.iter().zip(&cells) {
        world.root(*cell);
        world.minor();
        set_cell(*cell, 0, world.new_cell(1, LEAF));
        world.minor();
        assert_eq!(world.count(), 2);
        assert!(!worlds[0].alive(*cell) || std::ptr::eq(world, &worlds[0]));
    }
    drop(worlds);
    World::small().new_cell(1, LEAF);
}

#[test]
fn words_that_are_no_addresses_are_ignored() {
    let world = World::small();
    let cell = world.new_cell(8, WORDS);
    world.root(cell);
    let outside = Header::new(1, LEAF);
    for (index, value) in [1, u64::MAX, 0x7ff8_0000_0000_0000, &raw const outside as u64].iter().enumerate() {
        set(cell, index, *value);
    }
    world.full();
    assert_eq!((world.count(), outside.flags()), (1, 0));
}

#[test]
fn interior_words_find_their_cell() {
    let world = World::small();
    for size in [1, 2, 3, 9, 50, 300, 1000, 5000, 100_000] {
        let cell = world.new_cell(size, LEAF);
        let start = cell.as_ptr() as u64;
        let end = start + world.heap.size_of_cell(cell) as u64;
        for at in [start, start + 1, start + 15, end - 1] {
            assert_eq!(world.heap.is_cell(at), Some(cell));
        }
        assert_ne!(world.heap.is_cell(end), Some(cell));
        assert_ne!(world.heap.is_cell(start - 1), Some(cell));
        world.root(cell);
        world.full();
        assert_eq!(world.heap.is_cell(end - 1), Some(cell));
    }
}
