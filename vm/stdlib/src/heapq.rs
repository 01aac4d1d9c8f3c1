//! `_heapq`: heaps in lists, smallest first (or largest, the functions in `_max`).

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::list::sort::less;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

fn list_arg(vm: &Vm, heap: Value, function: &str) -> PyResult<Ref<PyList>> {
    heap.downcast()
        .ok_or_else(|| vm.type_error(format!("{function}() argument 1 must be list, not {}", vm.type_name(heap))))
}

fn item(vm: &Vm, heap: Ref<PyList>, i: usize) -> PyResult<Value> {
    heap.get(i).ok_or_else(|| vm.index_error("index out of range"))
}

/// Should `a` stand above `b`?
fn above(vm: &Vm, a: Value, b: Value, max: bool) -> PyResult<bool> {
    if max { less(vm, b, a) } else { less(vm, a, b) }
}

fn check_size(vm: &Vm, heap: Ref<PyList>, len: usize) -> PyResult<()> {
    if heap.len() == len { Ok(()) } else { Err(vm.runtime_error("list changed size during iteration")) }
}

fn swap(heap: Ref<PyList>, i: usize, j: usize) {
    if let (Some(a), Some(b)) = (heap.get(i), heap.get(j)) {
        heap.set(i, b);
        heap.set(j, a);
    }
}

/// Moves the item at `at` towards the root, no further than `start`.
fn sift_down(vm: &Vm, heap: Ref<PyList>, start: usize, mut at: usize, max: bool) -> PyResult<()> {
    let len = heap.len();
    let new = item(vm, heap, at)?;
    while at > start {
        let parent = (at - 1) / 2;
        let goes_up = above(vm, new, item(vm, heap, parent)?, max)?;
        check_size(vm, heap, len)?;
        if !goes_up {
            break;
        }
        swap(heap, parent, at);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `start` to a leaf, along the children that belong above, then back up to where it belongs.
fn sift_up(vm: &Vm, heap: Ref<PyList>, start: usize, max: bool) -> PyResult<()> {
    let len = heap.len();
    let mut at = start;
    while at < len / 2 {
        let mut child = 2 * at + 1;
        if child + 1 < len {
            let (left, right) = (item(vm, heap, child)?, item(vm, heap, child + 1)?);
            // Both orders ask whether the first is strictly above, as CPython does: on a tie the right one moves up
            // in a min-heap, and in a max-heap too.
            if !above(vm, left, right, max)? {
                child += 1;
            }
            check_size(vm, heap, len)?;
        }
        swap(heap, child, at);
        at = child;
    }
    sift_down(vm, heap, start, at, max)
}

fn push(vm: &Vm, heap: Ref<PyList>, value: Value, max: bool) -> PyResult<()> {
    heap.push(vm, value)?;
    sift_down(vm, heap, 0, heap.len() - 1, max)
}

fn pop(vm: &Vm, heap: Ref<PyList>, max: bool) -> PyResult<Value> {
    let last = match heap.len().checked_sub(1).and_then(|i| heap.remove_at(i)) {
        Some(last) => last,
        None => return Err(vm.index_error("index out of range")),
    };
    if heap.is_empty() {
        return Ok(last);
    }
    replace_top(vm, heap, last, max)
}

fn replace_top(vm: &Vm, heap: Ref<PyList>, value: Value, max: bool) -> PyResult<Value> {
    let top = item(vm, heap, 0)?;
    heap.set(0, value);
    sift_up(vm, heap, 0, max)?;
    Ok(top)
}

fn push_pop(vm: &Vm, heap: Ref<PyList>, value: Value, max: bool) -> PyResult<Value> {
    let Some(top) = heap.get(0) else { return Ok(value) };
    if !above(vm, top, value, max)? {
        return Ok(value);
    }
    replace_top(vm, heap, value, max)
}

fn heapify_any(vm: &Vm, heap: Ref<PyList>, max: bool) -> PyResult<()> {
    for i in (0..heap.len() / 2).rev() {
        sift_up(vm, heap, i, max)?;
    }
    Ok(())
}

macro_rules! functions {
    ($max:literal: $push:ident $pop:ident $replace:ident $pushpop:ident $heapify:ident) => {
        fn $push(vm: &Vm, heap: Value, value: Value) -> PyResult<()> {
            push(vm, list_arg(vm, heap, stringify!($push))?, value, $max)
        }
        fn $pop(vm: &Vm, heap: Value) -> PyResult<Value> {
            pop(vm, list_arg(vm, heap, stringify!($pop))?, $max)
        }
        fn $replace(vm: &Vm, heap: Value, value: Value) -> PyResult<Value> {
            replace_top(vm, list_arg(vm, heap, stringify!($replace))?, value, $max)
        }
        fn $pushpop(vm: &Vm, heap: Value, value: Value) -> PyResult<Value> {
            push_pop(vm, list_arg(vm, heap, stringify!($pushpop))?, value, $max)
        }
        fn $heapify(vm: &Vm, heap: Value) -> PyResult<()> {
            heapify_any(vm, list_arg(vm, heap, stringify!($heapify))?, $max)
        }
    };
}

functions!(false: heappush heappop heapreplace heappushpop heapify);
functions!(true: heappush_max heappop_max heapreplace_max heappushpop_max heapify_max);

const FUNCTIONS: &[MethodDef] = &[
    method!("heappush", 2, heappush).doc("Push item onto heap, maintaining the heap invariant."),
    method!("heappushpop", 2, heappushpop).doc(
        "Push item on the heap, then pop and return the smallest item from the heap.\n\nThe combined action runs more \
         efficiently than heappush() followed by\na separate call to heappop().",
    ),
    method!("heappop", 1, heappop).doc("Pop the smallest item off the heap, maintaining the heap invariant."),
    method!("heapreplace", 2, heapreplace).doc(
        "Pop and return the current smallest value, and add the new item.\n\nThis is more efficient than heappop() followed \
         by heappush(), and can be\nmore appropriate when using a fixed-size heap.  Note that the value\nreturned may be \
         larger than item!  That constrains reasonable uses of\nthis routine unless written as part of a conditional \
         replacement:\n\n    if item > heap[0]:\n        item = heapreplace(heap, item)",
    ),
    method!("heapify", 1, heapify).doc("Transform list into a heap, in-place, in O(len(heap)) time."),
    method!("heappush_max", 2, heappush_max).doc("Push item onto max heap, maintaining the heap invariant."),
    method!("heappushpop_max", 2, heappushpop_max).doc(
        "Maxheap variant of heappushpop.\n\nThe combined action runs more efficiently than heappush_max() followed by\na \
         separate call to heappop_max().",
    ),
    method!("heappop_max", 1, heappop_max).doc("Maxheap variant of heappop."),
    method!("heapreplace_max", 2, heapreplace_max).doc("Maxheap variant of heapreplace."),
    method!("heapify_max", 1, heapify_max).doc("Maxheap variant of heapify."),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    // "About" the algorithm: a text that CPython shows there.
    module.add_str(vm, "__about__", "Heap queues")
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_heapq", FUNCTIONS, init).doc("Heap queue algorithm (a.k.a. priority queue).\n");
