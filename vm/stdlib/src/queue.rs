//! `_queue`: a queue without bounds, of which every operation is one step for other threads.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Field, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::arguments::{Deadline, SECOND, nanoseconds, no_arguments};
use crate::exception_class::{Base, ExceptionClass};
use crate::object::{Settled, class_argument, class_getitem, object};

/// What a waiting `get` waits on: the count of all `put`s.
#[derive(Default)]
pub struct Signal {
    puts: Mutex<u64>,
    more: Condvar,
}

impl Signal {
    fn count(&self) -> u64 {
        *self.puts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self) {
        let mut puts = self.puts.lock().unwrap_or_else(PoisonError::into_inner);
        *puts = puts.wrapping_add(1);
        drop(puts);
        self.more.notify_all();
    }

    /// Waits until there were others than `seen` puts, or so long.
    fn wait(&self, seen: u64, limit: Option<Duration>) {
        let puts = self.puts.lock().unwrap_or_else(PoisonError::into_inner);
        match limit {
            Some(limit) => drop(self.more.wait_timeout_while(puts, limit, |puts| *puts == seen)),
            None => drop(self.more.wait_while(puts, |puts| *puts == seen)),
        }
    }
}

object!(
    /// Items stand in `items` from `start` on.
    pub struct SimpleQueue: QUEUE { items: Field, start: Cell<usize>, signal: Settled<Signal> }
);

/// Frees what a dead queue owned.
///
/// # Safety
/// `cell` is a `SimpleQueue` that nothing reaches any more.
pub unsafe fn drop_queue(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<SimpleQueue> = unsafe { Ref::from_ptr(cell) };
    // SAFETY: the object is dead; who waits on the signal holds the queue.
    unsafe { this.signal.free() };
}

/// Taken items before the others are more than this and half of all: the list is then moved up.
const SLACK: usize = 64;

impl SimpleQueue {
    fn items(&self) -> Option<Ref<PyList>> {
        self.items.get()?.downcast()
    }

    fn len(&self) -> usize {
        self.items().map_or(0, |items| items.len().saturating_sub(self.start.get()))
    }

    fn take(&self, vm: &Vm) -> PyResult<Slot> {
        let Some(items) = self.items() else { return Ok(None) };
        let start = self.start.get();
        let Some(item) = items.get(start) else { return Ok(None) };
        items.set(start, Value::NONE);
        self.start.set(start + 1);
        if self.start.get() >= items.len() {
            items.clear();
            self.start.set(0);
        } else if start > SLACK && start * 2 > items.len() {
            let left = brolga_runtime::types::array::ValueVec::new();
            for i in self.start.get()..items.len() {
                left.push(vm, items.get(i).unwrap_or(Value::NONE))?;
            }
            items.replace_all(left);
            self.start.set(0);
        }
        Ok(Some(item))
    }
}

static EMPTY: ExceptionClass =
    ExceptionClass::new("_queue", "Empty", Base::Exception).doc("Exception raised by Queue.get(block=0)/get_nowait().");

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<SimpleQueue>> {
    let class = class_argument(vm, args)?;
    if class == vm.native_type(&DEF)? {
        no_arguments(vm, args, "SimpleQueue")?;
    }
    let items = vm.new_list(&[])?;
    let this: Ref<SimpleQueue> = vm.alloc_instance(class)?;
    this.items.init(items.value());
    this.signal.attach(vm, this, Signal::default())?;
    Ok(this)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<SimpleQueue>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a SimpleQueue is required"))
}

fn put(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    if let (Some(items), Some(signal)) = (this.items(), this.signal.get()) {
        items.push(vm, args.get(1))?;
        signal.put();
    }
    Ok(())
}

/// The main thread looks for signals this often while it waits: in nanoseconds.
const SLICE: i64 = 20_000_000;

fn get_item(vm: &Vm, this: Ref<SimpleQueue>, block: bool, timeout: Slot) -> PyResult<Value> {
    let deadline = match timeout.filter(|t| block && !t.is_none()) {
        None => Deadline(None),
        Some(timeout) => {
            let ns = nanoseconds(vm, timeout, SECOND)?;
            if ns < 0 {
                return Err(vm.value_error("'timeout' must be a non-negative number"));
            }
            Deadline::after(ns)
        }
    };
    loop {
        // With the GIL held: a put that comes later changes the count.
        let seen = this.signal.get().map_or(0, Signal::count);
        if let Some(item) = this.take(vm)? {
            return Ok(item);
        }
        if !block || deadline.is_over() {
            return Err(EMPTY.raise_args(vm, &[]));
        }
        let left = deadline.left();
        let limit = if vm.is_main_thread() { Some(left.map_or(SLICE, |l| l.min(SLICE))) } else { left };
        let Some(signal) = this.signal.get() else { return Err(EMPTY.raise_args(vm, &[])) };
        vm.allow_threads(|| signal.wait(seen, limit.map(|ns| Duration::from_nanos(ns as u64))));
        vm.check_breaker()?;
    }
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let block = args.opt(1).map_or(Ok(true), |v| vm.is_true(v))?;
    get_item(vm, this, block, args.opt(2))
}

fn get_nowait(vm: &Vm, this: Ref<SimpleQueue>) -> PyResult<Value> {
    get_item(vm, this, false, None)
}

fn empty(_: &Vm, this: Ref<SimpleQueue>) -> bool {
    this.len() == 0
}

fn qsize(_: &Vm, this: Ref<SimpleQueue>) -> usize {
    this.len()
}

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", vm.type_full_name(vm.type_of(this)))))
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
    method!("__reduce__", 1, reduce),
    method!("empty", 1, empty).doc("Return True if the queue is empty, False otherwise (not reliable!)."),
    method!("get", "($self, /, block=True, timeout=None)", get).doc(
        "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until an item is available. If 'timeout' is\na non-negative number, it blocks at most 'timeout' seconds and raises\nthe Empty exception if no item was available within that time.\nOtherwise ('block' is false), return an item if one is immediately\navailable, else raise the Empty exception ('timeout' is ignored\nin that case).",
    ),
    method!("get_nowait", 1, get_nowait).doc(
        "Remove and return an item from the queue without blocking.\n\nOnly get an item if one is immediately available. Otherwise\nraise the Empty exception.",
    ),
    method!("put", "($self, /, item, block=True, timeout=None)", put).doc(
        "Put the item on the queue.\n\nThe optional 'block' and 'timeout' arguments are ignored, as this method\nnever blocks.  They are provided for compatibility with the Queue class.",
    ),
    method!("put_nowait", "($self, /, item)", put).doc(
        "Put an item into the queue without blocking.\n\nThis is exactly equivalent to `put(item)` and is only provided\nfor compatibility with the Queue class.",
    ),
    method!("qsize", 1, qsize).doc("Return the approximate size of the queue (not reliable!)."),
];

static DEF: TypeDef = TypeDef {
    module: "_queue",
    layout: Some(crate::layouts::QUEUE),
    flags: type_flags::BASETYPE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    doc: Some("Simple, unbounded, reentrant FIFO queue."),
    ..TypeDef::new("SimpleQueue")
};

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "Empty", EMPTY.class(vm)?)?;
    module.add_type(vm, vm.native_type(&DEF)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_queue", &[], init).doc(
    "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
);
