//! Which weak references an object has.
//!
//! A dict, kept by the interpreter, maps an object's place in memory to the numbers of its references' *slots*. The slots are
//! words in heap cells that are weak references themselves (to the `ref` objects): the heap clears a slot when its
//! reference dies. So nothing here keeps a reference or its target alive. An entry may outlive its object and even
//! name the address of a later one: every reference found is therefore asked whether this is its target.

use std::cell::Cell;

use super::PyWeakRef;
use crate::PyResult;
use crate::object::layout::WEAK_CELL;
use crate::object::{Header, HeapType, LayoutId, Obj, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::shape;
use crate::value::{Slot, Value};

/// A cell of slots. Not traced at all.
#[repr(C)]
struct Chunk {
    header: Header,
    slots: [Cell<u64>; CHUNK],
}

// SAFETY: repr(C), header first; the layout is a leaf.
unsafe impl HeapType for Chunk {
    const LAYOUT: LayoutId = WEAK_CELL;
}

const CHUNK: usize = 255;

/// Keys under which the interpreter keeps the dict, the list of chunks, and the list of free slots' numbers.
static INDEX: u8 = 0;
static CHUNKS: u8 = 0;
static FREE: u8 = 0;

fn kept<T: HeapType>(vm: &Vm, key: &'static u8, make: impl FnOnce() -> PyResult<Ref<T>>) -> PyResult<Ref<T>> {
    if let Some(found) = vm.kept(key).and_then(Value::downcast::<T>) {
        return Ok(found);
    }
    let made = make()?;
    vm.keep(key, made.value());
    Ok(made)
}

fn index(vm: &Vm) -> PyResult<Ref<PyDict>> {
    kept(vm, &INDEX, || vm.new_dict())
}

fn chunks(vm: &Vm) -> PyResult<Ref<PyList>> {
    kept(vm, &CHUNKS, || vm.new_list(&[]))
}

fn free(vm: &Vm) -> PyResult<Ref<PyList>> {
    kept(vm, &FREE, || vm.new_list(&[]))
}

/// (Low bits that are all zero would make keys collide.)
fn key(target: Obj) -> Value {
    Value::from_int_truncated((target.addr() / align_of::<Header>()) as i64)
}

/// The slot with this number, with its chunk.
fn slot(chunks: Ref<PyList>, number: usize) -> Option<(Ref<Chunk>, usize)> {
    let chunk = chunks.get(number / CHUNK)?.downcast::<Chunk>()?;
    Some((chunk, number % CHUNK))
}

fn reference(chunks: Ref<PyList>, number: usize) -> Option<Ref<PyWeakRef>> {
    let (chunk, i) = slot(chunks, number)?;
    match chunk.slots.get(i)?.get() {
        0 => None,
        // SAFETY: a slot is the address of a live reference: the heap clears it before the cell is used again.
        address => unsafe { Obj::from_addr_unchecked(address as usize) }.downcast(),
    }
}

/// The numbers in an entry: an int, or a list of ints.
fn numbers(entry: Slot) -> Vec<usize> {
    let number = |v: &Value| v.as_small_int().and_then(|i| usize::try_from(i).ok());
    match entry {
        None => Vec::new(),
        Some(v) => match v.downcast::<PyList>() {
            Some(list) => list.as_slice().iter().filter_map(number).collect(),
            None => number(&v).into_iter().collect(),
        },
    }
}

/// The first reference to the target that the test accepts.
pub(super) fn find(
    vm: &Vm,
    target: Obj,
    mut accept: impl FnMut(Ref<PyWeakRef>) -> bool,
) -> PyResult<Option<Ref<PyWeakRef>>> {
    if !target.header().has(brolga_heap::flags::HAS_WEAK) {
        return Ok(None);
    }
    let Some(entry) = index(vm)?.get_item(vm, key(target))? else { return Ok(None) };
    let chunks = chunks(vm)?;
    let mut look = |number: Value| {
        let number = number.as_small_int().and_then(|i| usize::try_from(i).ok())?;
        reference(chunks, number).filter(|r| r.target_obj() == Some(target) && accept(*r))
    };
    match entry.downcast::<PyList>() {
        None => Ok(look(entry)),
        Some(list) => {
            let mut i = 0;
            while let Some(number) = list.get(i) {
                if let Some(found) = look(number) {
                    return Ok(Some(found));
                }
                i += 1;
            }
            Ok(None)
        }
    }
}

/// Adds a new reference to the target. The one that all share goes first, as in CPython: it is looked for each time that
/// another is wanted, and classes have many with callbacks.
pub(super) fn add(vm: &Vm, target: Obj, r: Ref<PyWeakRef>) -> PyResult<()> {
    let free = free(vm)?;
    if free.is_empty() {
        sweep(vm)?;
    }
    let Some(number) = free.remove_at(free.len().wrapping_sub(1)).and_then(Value::as_small_int) else {
        return Err(vm.memory_error());
    };
    let chunks = chunks(vm)?;
    let Some((chunk, i)) = slot(chunks, number as usize) else { return Err(vm.memory_error()) };
    if let Some(word) = chunk.slots.get(i) {
        word.set(r.addr() as u64);
        let offset = (size_of::<Header>() + i * size_of::<u64>()) as u32;
        // SAFETY: both are live cells; the slot lies inside the chunk, whose layout is not traced.
        let registered = unsafe { vm.heap.weak_register(chunk.obj().as_ptr(), offset, r.obj().as_ptr(), false) };
        if registered.is_err() {
            word.set(0);
            return Err(vm.memory_error());
        }
    }
    let index = index(vm)?;
    let number = Value::from_int_truncated(number);
    let is_first = r.is_plain() && vm.type_of(r.value()) == vm.types.weakref;
    let entry = match index.get_item(vm, key(target))? {
        None => number,
        Some(old) => match old.downcast::<PyList>() {
            Some(list) => {
                // Slots that died, or belong to another target by now, make room.
                let live = ValueVec::new();
                if is_first {
                    live.push(vm, number)?;
                }
                for n in numbers(Some(old)) {
                    if reference(chunks, n).is_some_and(|r| r.target_obj() == Some(target)) {
                        live.push(vm, Value::from_len(n))?;
                    }
                }
                if !is_first {
                    live.push(vm, number)?;
                }
                list.replace_all(live);
                return Ok(());
            }
            None => {
                let still = numbers(Some(old))
                    .first()
                    .is_some_and(|n| reference(chunks, *n).is_some_and(|r| r.target_obj() == Some(target)));
                let both = if is_first { [number, old] } else { [old, number] };
                if still { vm.new_list(&both)?.value() } else { number }
            }
        },
    };
    index.set_item(vm, key(target), entry)
}

/// Finds the free slots, drops entries without any reference, and adds chunks where less than half is free.
fn sweep(vm: &Vm) -> PyResult<()> {
    let (index, chunks, free) = (index(vm)?, chunks(vm)?, free(vm)?);
    let stale = ValueVec::new();
    let mut position = 0;
    while let Some((address, entry)) = index.next_item(&mut position) {
        let address_of = |r: Ref<PyWeakRef>| r.target_obj().map(key);
        let live = numbers(Some(entry))
            .into_iter()
            .any(|n| reference(chunks, n).and_then(address_of).is_some_and(|k| k.same_bits(address)));
        if !live {
            stale.push(vm, address)?;
        }
    }
    for address in stale.as_slice() {
        index.remove(vm, *address)?;
    }
    for number in 0..chunks.len() * CHUNK {
        if slot(chunks, number).and_then(|(chunk, i)| chunk.slots.get(i).map(Cell::get)) == Some(0) {
            free.push(vm, Value::from_len(number))?;
        }
    }
    let total = chunks.len() * CHUNK;
    let wanted = if free.len() * 2 >= total && total > 0 { 0 } else { chunks.len().max(1) };
    for _ in 0..wanted {
        let chunk: Ref<Chunk> = vm.alloc(shape::object)?;
        let first = chunks.len() * CHUNK;
        chunks.push(vm, chunk.value())?;
        for number in first..first + CHUNK {
            free.push(vm, Value::from_len(number))?;
        }
    }
    Ok(())
}
