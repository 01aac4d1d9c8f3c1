//! Looks at the heap's cells: which are objects, and what they name.
//!
//! Storage that Python never sees (arrays behind lists, dicts' tables) counts as part of the objects that own it.

use std::ptr::NonNull;

use brolga_heap::Header;
use brolga_runtime::PyResult;
use brolga_runtime::object::{LayoutId, Obj, Ref, layout};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use rustc_hash::FxHashMap;

/// Storage.
fn is_internal(layout: LayoutId) -> bool {
    layout.0 < layout::INSTANCE.0 || [crate::layouts::FUNCTOOLS_LINK, crate::layouts::STRUCT_FORMAT].contains(&layout)
}

/// Cells whose words are data, or that name nothing strongly.
fn is_atomic(layout: LayoutId) -> bool {
    use layout::*;
    [BYTES_BUFFER, WEAK_CELL, STR, BYTES, BYTEARRAY, INT, FLOAT, COMPLEX, RANGE, CODE, WEAKREF, RANGE_ITER]
        .contains(&layout)
}

/// Would CPython's collector know of it?
pub fn is_tracked(object: Obj) -> bool {
    let layout = object.layout();
    !is_internal(layout)
        && (!is_atomic(layout) || layout == layout::WEAKREF || object.header().has(brolga_heap::flags::HAS_ATTRS))
}

fn tracked_object(cell: NonNull<Header>) -> Option<Obj> {
    // SAFETY: the heap names allocated cells; one whose header is still without a shape is no object yet.
    let object = unsafe { Obj::from_ptr(cell) };
    (object.shape_id() != 0 && is_tracked(object)).then_some(object)
}

/// The object whose address this word is, if there is one.
pub fn object_at(vm: &Vm, word: u64) -> Option<Obj> {
    let cell = vm.heap.is_cell(word).filter(|cell| cell.as_ptr() as u64 == word)?;
    // SAFETY: as in `tracked_object`.
    let object = unsafe { Obj::from_ptr(cell) };
    (object.shape_id() != 0 && !is_internal(object.layout())).then_some(object)
}

/// Objects in the heap, dead ones that wait for a collection among them.
pub fn count(vm: &Vm) -> usize {
    let mut n = 0;
    vm.heap.for_each_cell(|cell| n += usize::from(tracked_object(cell).is_some()));
    n
}

/// The words of a cell behind its header; none of cells that hold data.
fn words(vm: &Vm, cell: NonNull<Header>) -> impl Iterator<Item = u64> {
    // SAFETY: an allocated cell.
    let header = unsafe { cell.as_ref() };
    let atomic = is_atomic(header.layout()) && !header.has(brolga_heap::flags::HAS_ATTRS);
    let n = if atomic { 1 } else { vm.heap.size_of_cell(cell) / 8 };
    (1..n).map(move |i| {
        // SAFETY: a word of the cell; nothing runs meanwhile that could free it.
        unsafe { cell.as_ptr().cast::<u64>().add(i).read() }
    })
}

/// How many of these dead objects are in cycles, or named by such that are: those that reference counts would not have
/// freed at once. Without the memory to find out: 0.
pub fn in_cycles(vm: &Vm, dead: &[NonNull<Header>]) -> usize {
    let mut named: FxHashMap<u64, u32> = FxHashMap::default();
    let mut freed = Vec::new();
    if named.try_reserve(dead.len()).is_err() || freed.try_reserve(dead.len()).is_err() {
        return 0;
    }
    named.extend(dead.iter().map(|cell| (cell.as_ptr() as u64, 0)));
    for cell in dead {
        for word in words(vm, *cell) {
            if let Some(n) = named.get_mut(&word) {
                *n = n.saturating_add(1);
            }
        }
    }
    freed.extend(dead.iter().filter(|cell| named.get(&(cell.as_ptr() as u64)) == Some(&0)));
    let mut left = dead.iter().filter(|cell| tracked_object(**cell).is_some()).count();
    while let Some(cell) = freed.pop() {
        left -= usize::from(tracked_object(cell).is_some());
        for word in words(vm, cell) {
            if let Some(n) = named.get_mut(&word) {
                *n = n.saturating_sub(1);
                if *n == 0
                    && let Some(cell) = NonNull::new(word as *mut Header)
                {
                    freed.push(cell);
                }
            }
        }
    }
    left
}

/// All objects. The caller has just collected.
pub fn objects(vm: &Vm) -> PyResult<Ref<PyList>> {
    // The room is made before the walk, during which nothing may be allocated.
    let found = ValueVec::with_capacity(vm, count(vm).saturating_add(16))?;
    let mut failed = None;
    let room = found.as_slice().len().saturating_add(count(vm));
    vm.heap.for_each_cell(|cell| {
        if let Some(object) = tracked_object(cell)
            && found.len() < room
            && failed.is_none()
        {
            failed = found.push(vm, object.value()).err();
        }
    });
    match failed {
        Some(raised) => Err(raised),
        None => PyList::from_vec(vm, found),
    }
}

/// The objects that name one of `targets`.
pub fn referrers(vm: &Vm, targets: &[Value]) -> PyResult<Ref<PyList>> {
    let mut wanted: Vec<u64> = targets.iter().filter(|t| t.is_obj()).map(|t| t.bits()).collect();
    wanted.sort_unstable();
    // Storage that names a target stands for its owner: look again for who names the storage.
    loop {
        let mut storage = Vec::new();
        vm.heap.for_each_cell(|cell| {
            // SAFETY: an allocated cell.
            let internal = is_internal(unsafe { cell.as_ref() }.layout());
            let address = cell.as_ptr() as u64;
            if internal
                && wanted.binary_search(&address).is_err()
                && words(vm, cell).any(|w| wanted.binary_search(&w).is_ok())
            {
                storage.push(address);
            }
        });
        if storage.is_empty() {
            break;
        }
        wanted.append(&mut storage);
        wanted.sort_unstable();
    }
    let mut n = 0;
    let names_one = |object: Obj| {
        words(vm, object.as_ptr()).any(|w| wanted.binary_search(&w).is_ok())
            || wanted.binary_search(&vm.type_of(object.value()).value().bits()).is_ok()
    };
    vm.heap.for_each_cell(|cell| n += usize::from(tracked_object(cell).is_some_and(names_one)));
    let found = ValueVec::with_capacity(vm, n + 1)?;
    let mut failed = None;
    vm.heap.for_each_cell(|cell| {
        if let Some(object) = tracked_object(cell)
            && found.len() < n
            && failed.is_none()
            && names_one(object)
        {
            failed = found.push(vm, object.value()).err();
        }
    });
    match failed {
        Some(raised) => Err(raised),
        None => PyList::from_vec(vm, found),
    }
}

/// The objects that `sources` name, each as often as it is named; then, as in CPython, their classes.
pub fn referents(vm: &Vm, sources: &[Value]) -> PyResult<Ref<PyList>> {
    let found = vm.new_list(&[])?;
    for source in sources {
        let Some(object) = source.as_obj() else { continue };
        // Numbers are no objects of the heap, but items all the same.
        if vm.exact::<PyList>(*source, shape::list).is_some() || vm.exact::<PyTuple>(*source, shape::tuple).is_some() {
            let items = vm.collect(*source)?;
            for item in items.as_slice() {
                found.push(vm, *item)?;
            }
            continue;
        }
        if let Some(dict) = vm.exact::<PyDict>(*source, shape::dict) {
            let mut position = 0;
            while let Some((key, value)) = dict.next_item(&mut position) {
                found.push(vm, key)?;
                found.push(vm, value)?;
            }
            continue;
        }
        let mut todo = vec![object.as_ptr()];
        let mut seen = vec![object.as_ptr()];
        while let Some(cell) = todo.pop() {
            // The cell is part of `source`, which the caller's arguments keep.
            let n = words(vm, cell).count();
            for i in 0..n {
                let Some(word) = words(vm, cell).nth(i) else { break };
                let Some(target) = vm.heap.is_cell(word).filter(|t| t.as_ptr() as u64 == word) else { continue };
                // SAFETY: an allocated cell, by `is_cell`.
                let target_object = unsafe { Obj::from_ptr(target) };
                if !is_internal(target_object.layout()) {
                    if target_object.shape_id() != 0 {
                        found.push(vm, target_object.value())?;
                    }
                } else if !seen.contains(&target) {
                    seen.push(target);
                    todo.push(target);
                }
            }
        }
        let class = vm.type_of(*source);
        if class.is_heap_type() {
            found.push(vm, class.value())?;
        }
    }
    Ok(found)
}
