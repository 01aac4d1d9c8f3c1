//! Which event loop a thread runs, which task is its current one, and which tasks there are.
//!
//! All tasks are found through weak slots in leaf cells: the collector clears a slot when its task dies, so that nothing need
//! be done when a task ends.

use std::cell::Cell;

use brolga_runtime::object::{Args, Header, HeapType, LayoutId, MethodDef, Obj, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::future::{self, Future};
use super::{library, task};

// ---- the loop ---------------------------------------------------------------------------------------------------------

fn get_running_loop_or_none(vm: &Vm) -> Slot {
    vm.asyncio_loop.get()
}

fn set_running_loop(vm: &Vm, event_loop: Value) {
    vm.asyncio_loop.set(Some(event_loop).filter(|l| !l.is_none()));
}

fn get_running_loop(vm: &Vm) -> PyResult<Value> {
    vm.asyncio_loop.get().ok_or_else(|| vm.runtime_error("no running event loop"))
}

static GET_POLICY: u8 = 0;

/// The running loop, or the policy's.
pub(super) fn event_loop(vm: &Vm) -> PyResult<Value> {
    if let Some(running) = vm.asyncio_loop.get() {
        return Ok(running);
    }
    let policy = vm.call(library(vm, &GET_POLICY, "asyncio.events", "_get_event_loop_policy")?, &[])?;
    vm.call_method(policy, "get_event_loop", &[])
}

/// The loop of a future of whatever class.
pub(super) fn loop_of(vm: &Vm, v: Value) -> PyResult<Value> {
    if let Some(exact) = future::exact(vm, v) {
        return exact.require_loop(vm);
    }
    match vm.get_attr_opt(v, vm.intern("get_loop")?)? {
        Some(get_loop) => vm.call(get_loop, &[]),
        None => vm.get_attr_str(v, "_loop"),
    }
}

// ---- the current task -------------------------------------------------------------------------------------------------

/// The current task belongs to the thread that runs the loop.
fn check_loop(vm: &Vm, event_loop: Value) -> PyResult<()> {
    if vm.asyncio_loop.get().is_some_and(|running| running.is(event_loop)) {
        return Ok(());
    }
    let shown = vm.repr_lossy(event_loop)?;
    Err(vm.runtime_error(format!("loop {shown} is not the running loop")))
}

pub(super) fn enter_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<()> {
    check_loop(vm, event_loop)?;
    if let Some(current) = vm.asyncio_task.get() {
        let (task, current) = (vm.repr_lossy(task)?, vm.repr_lossy(current)?);
        let message = format!("Cannot enter into task {task} while another task {current} is being executed.");
        return Err(vm.runtime_error(message));
    }
    vm.asyncio_task.set(Some(task));
    Ok(())
}

pub(super) fn leave_task(vm: &Vm, event_loop: Value, task: Value) -> PyResult<()> {
    check_loop(vm, event_loop)?;
    let current = vm.asyncio_task.get();
    if !current.is_some_and(|current| current.is(task)) {
        let (task, current) = (vm.repr_lossy(task)?, vm.repr_lossy(current.unwrap_or(Value::NONE))?);
        return Err(vm.runtime_error(format!("Invalid attempt to leave task {task} while task {current} is entered.")));
    }
    vm.asyncio_task.set(None);
    Ok(())
}

pub(super) fn swap_task(vm: &Vm, event_loop: Value, task: Slot) -> PyResult<Slot> {
    check_loop(vm, event_loop)?;
    Ok(vm.asyncio_task.replace(task.filter(|task| !task.is_none())))
}

fn enter_task_function(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    enter_task(vm, args.get(0), args.get(1))
}

fn leave_task_function(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    leave_task(vm, args.get(0), args.get(1))
}

fn swap_task_function(vm: &Vm, args: &Args<'_>) -> PyResult<Slot> {
    swap_task(vm, args.get(0), Some(args.get(1)))
}

fn given_or_running(vm: &Vm, event_loop: Slot) -> PyResult<Value> {
    match event_loop.filter(|l| !l.is_none()) {
        Some(given) => Ok(given),
        None => get_running_loop(vm),
    }
}

fn current_task(vm: &Vm, args: &Args<'_>) -> PyResult<Slot> {
    let event_loop = given_or_running(vm, args.opt(0))?;
    Ok(vm.current_asyncio_task(event_loop))
}

// ---- all tasks --------------------------------------------------------------------------------------------------------

const CHUNK: usize = 255;

/// Weak slots. Not traced.
#[repr(C)]
pub struct Chunk {
    header: Header,
    slots: [Cell<u64>; CHUNK],
}

// SAFETY: repr(C), header first; the layout is a leaf.
unsafe impl HeapType for Chunk {
    const LAYOUT: LayoutId = crate::layouts::ASYNCIO_TASK_SLOTS;
}

/// The list of chunks, and the number of the slot to try next.
static CHUNKS: u8 = 0;
static NEXT: u8 = 0;
/// Registered tasks that are none of ours: a `WeakSet`, and a set of the eager ones.
static FOREIGN: u8 = 0;
static EAGER: u8 = 0;

fn chunks(vm: &Vm) -> PyResult<Ref<PyList>> {
    if let Some(list) = vm.kept(&CHUNKS).and_then(Value::downcast) {
        return Ok(list);
    }
    let list = vm.new_list(&[])?;
    vm.keep(&CHUNKS, list.value());
    Ok(list)
}

fn chunk(list: Ref<PyList>, i: usize) -> Option<Ref<Chunk>> {
    list.get(i)?.downcast()
}

/// The number of a free slot.
fn free_slot(vm: &Vm, list: Ref<PyList>) -> PyResult<usize> {
    let total = list.len() * CHUNK;
    let is_free = |i: usize| chunk(list, i / CHUNK).is_some_and(|c| c.slots[i % CHUNK].get() == 0);
    let next = vm.kept(&NEXT).and_then(Value::as_small_int).and_then(|i| usize::try_from(i).ok()).unwrap_or(0);
    if let Some(found) = (next..total).find(|i| is_free(*i)) {
        return Ok(found);
    }
    // From the beginning, if at least half is free: then finding the slots costs no more than using them. Else twice as
    // many.
    let free = (0..total).filter(|i| is_free(*i)).count();
    if free * 2 >= total
        && let Some(found) = (0..total).find(|i| is_free(*i))
    {
        return Ok(found);
    }
    for _ in 0..list.len().max(1) {
        let more: Ref<Chunk> = vm.alloc(shape::object)?;
        list.push(vm, more.value())?;
    }
    Ok(total)
}

pub(super) fn register(vm: &Vm, this: Ref<Future>) -> PyResult<()> {
    this.registered.set(true);
    if this.placed.get() {
        return Ok(());
    }
    let list = chunks(vm)?;
    let i = free_slot(vm, list)?;
    let Some(chunk) = chunk(list, i / CHUNK) else { return Err(vm.memory_error()) };
    let offset = std::mem::offset_of!(Chunk, slots) + i % CHUNK * 8;
    chunk.slots[i % CHUNK].set(this.addr() as u64);
    // SAFETY: both are live cells of this heap, and the word lies inside the chunk.
    if unsafe { vm.heap.weak_register(chunk.obj().as_ptr(), offset as u32, this.obj().as_ptr(), false) }.is_err() {
        chunk.slots[i % CHUNK].set(0);
        return Err(vm.memory_error());
    }
    this.placed.set(true);
    vm.keep(&NEXT, Value::from_int_truncated(i as i64 + 1));
    Ok(())
}

fn foreign(vm: &Vm) -> PyResult<Value> {
    if let Some(set) = vm.kept(&FOREIGN) {
        return Ok(set);
    }
    let class = vm.import_attr("weakref", "WeakSet")?;
    let set = vm.call(class, &[])?;
    vm.keep(&FOREIGN, set);
    Ok(set)
}

fn eager(vm: &Vm) -> PyResult<Ref<PySet>> {
    if let Some(set) = vm.kept(&EAGER).and_then(Value::downcast) {
        return Ok(set);
    }
    let set = PySet::new(vm, shape::set)?;
    vm.keep(&EAGER, set.value());
    Ok(set)
}

fn register_task(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    match task::is_task(vm, args.get(0))? {
        Some(own) => register(vm, own),
        None => vm.call_method(foreign(vm)?, "add", &[args.get(0)]).map(|_| ()),
    }
}

fn unregister_task(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    match task::is_task(vm, args.get(0))? {
        Some(own) => {
            own.registered.set(false);
            Ok(())
        }
        None => vm.call_method(foreign(vm)?, "discard", &[args.get(0)]).map(|_| ()),
    }
}

fn register_eager_task(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    eager(vm)?.add(vm, args.get(0))
}

fn unregister_eager_task(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    eager(vm)?.discard(vm, args.get(0)).map(|_| ())
}

fn all_tasks(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let event_loop = given_or_running(vm, args.opt(0))?;
    let found = PySet::new(vm, shape::set)?;
    let add = |v: Value| -> PyResult<()> {
        if loop_of(vm, v)?.is(event_loop) {
            let done = match future::exact(vm, v) {
                Some(own) => own.is_done(),
                None => {
                    let done = vm.call_method(v, "done", &[])?;
                    vm.is_true(done)?
                }
            };
            if !done {
                found.add(vm, v)?;
            }
        }
        Ok(())
    };
    let list = chunks(vm)?;
    for i in 0..list.len() * CHUNK {
        let Some(chunk) = chunk(list, i / CHUNK) else { continue };
        let address = chunk.slots[i % CHUNK].get();
        if address == 0 {
            continue;
        }
        // SAFETY: the collector sets the slot to 0 before the task's cell can be used for anything else.
        let task = unsafe { Obj::from_addr_unchecked(address as usize) };
        if task.downcast::<Future>().is_some_and(|task| task.registered.get() && !task.is_done()) {
            add(task.value())?;
        }
    }
    let eager = vm.collect(eager(vm)?.value())?;
    let foreign = vm.collect(foreign(vm)?)?;
    for i in 0..eager.len() {
        add(eager.get(i).unwrap_or(Value::NONE))?;
    }
    for i in 0..foreign.len() {
        add(foreign.get(i).unwrap_or(Value::NONE))?;
    }
    Ok(found.value())
}

fn add_awaited_by(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    future::add_awaited_by(vm, args.get(0), args.get(1))
}

fn discard_awaited_by(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    future::discard_awaited_by(vm, args.get(0), args.get(1))
}

pub(super) const FUNCTIONS: &[MethodDef] = &[
    method!("get_event_loop", 0, event_loop).doc(
        "Return an asyncio event loop.\n\nWhen called from a coroutine or a callback (e.g. scheduled with\ncall_soon or similar API), this function will always return the\nrunning event loop.\n\nIf there is no running event loop set, the function will return\nthe result of `get_event_loop_policy().get_event_loop()` call.",
    ),
    method!("get_running_loop", 0, get_running_loop)
        .doc("Return the running event loop.  Raise a RuntimeError if there is none.\n\nThis function is thread-specific."),
    method!("_get_running_loop", 0, get_running_loop_or_none).doc(
        "Return the running event loop or None.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
    ),
    method!("_set_running_loop", 1, set_running_loop).doc(
        "Set the running event loop.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
    ),
    method!("_register_task", "($module, /, task)", register_task)
        .doc("Register a new task in asyncio as executed by loop.\n\nReturns None."),
    method!("_unregister_task", "($module, /, task)", unregister_task).doc("Unregister a task.\n\nReturns None."),
    method!("_register_eager_task", "($module, /, task)", register_eager_task)
        .doc("Register a new task in asyncio as executed by loop.\n\nReturns None."),
    method!("_unregister_eager_task", "($module, /, task)", unregister_eager_task)
        .doc("Unregister a task.\n\nReturns None."),
    method!("_enter_task", "($module, /, loop, task)", enter_task_function).doc(
        "Enter into task execution or resume suspended task.\n\nTask belongs to loop.\n\nReturns None.",
    ),
    method!("_leave_task", "($module, /, loop, task)", leave_task_function)
        .doc("Leave task execution or suspend a task.\n\nTask belongs to loop.\n\nReturns None."),
    method!("_swap_current_task", "($module, /, loop, task)", swap_task_function).doc(
        "Temporarily swap in the supplied task and return the original one (or None).\n\nThis is intended for use during eager coroutine execution.",
    ),
    method!("current_task", "($module, /, loop=None)", current_task).doc("Return a currently executed task."),
    method!("all_tasks", "($module, /, loop=None)", all_tasks).doc("Return a set of all tasks for the loop."),
    method!("future_add_to_awaited_by", "($module, fut, waiter, /)", add_awaited_by)
        .doc("Record that `fut` is awaited on by `waiter`."),
    method!("future_discard_from_awaited_by", "($module, fut, waiter, /)", discard_awaited_by),
];
