//! `_thread.lock`.

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Header, HeapType, LayoutId, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::raw::{OwnedLock, RawLock, Wait};
use super::wait_of;
use crate::layouts;
use crate::object::class_argument;

#[repr(C)]
pub struct PyLock {
    header: Header,
    raw: OwnedLock,
}

// SAFETY: repr(C), header first; null is valid, and the pointer is no heap address.
unsafe impl HeapType for PyLock {
    const LAYOUT: LayoutId = layouts::THREAD_LOCK;
}

/// Frees the lock of a dead object.
pub unsafe fn drop_cell(obj: std::ptr::NonNull<Header>) {
    // SAFETY: the collector calls this once, for a dead cell of this layout.
    unsafe {
        let lock: Ref<PyLock> = Ref::from_ptr(obj);
        lock.raw.free();
    }
}

impl PyLock {
    fn wait_lock(&self) -> &RawLock {
        self.raw.get()
    }
}

fn make(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyLock>> {
    let lock: Ref<PyLock> = vm.alloc_instance(class)?;
    lock.raw.attach(vm, lock)?;
    Ok(lock)
}

pub fn new_lock(vm: &Vm) -> PyResult<Ref<PyLock>> {
    make(vm, vm.native_type(&DEF)?)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyLock>> {
    make(vm, class_argument(vm, args)?)
}

pub fn allocate(vm: &Vm) -> PyResult<Ref<PyLock>> {
    new_lock(vm)
}

fn acquire(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let Some(lock) = args.get(0).downcast::<PyLock>() else { return Ok(false) };
    let wait = wait_of(vm, args.opt(1), args.opt(2))?;
    lock.wait_lock().acquire(vm, wait)
}

fn release(vm: &Vm, lock: Ref<PyLock>) -> PyResult<()> {
    if lock.wait_lock().release() { Ok(()) } else { Err(vm.runtime_error("release unlocked lock")) }
}

fn enter(vm: &Vm, lock: Ref<PyLock>) -> PyResult<bool> {
    lock.wait_lock().acquire(vm, Wait::Forever)
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    match args.get(0).downcast::<PyLock>() {
        Some(lock) => release(vm, lock),
        None => Ok(()),
    }
}

fn locked(_: &Vm, lock: Ref<PyLock>) -> bool {
    lock.wait_lock().is_locked()
}

fn at_fork_reinit(_: &Vm, lock: Ref<PyLock>) {
    lock.raw.reset();
}

fn repr(vm: &Vm, lock: Ref<PyLock>) -> String {
    let state = if lock.wait_lock().is_locked() { "locked" } else { "unlocked" };
    format!("<{state} {} object at {:#x}>", vm.type_full_name(vm.type_of(lock.value())), lock.addr())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type)", new).static_(),
    method!("acquire", "($self, blocking=True, timeout=-1)", acquire).doc(
        "Lock the lock.\n\nWithout argument, this blocks if the lock is already\nlocked (even by the same thread), waiting for another thread to release\nthe lock, and return True once the lock is acquired.\nWith an argument, this will only block if the argument is true,\nand the return value reflects whether the lock is acquired.\nThe blocking operation is interruptible.",
    ),
    method!("acquire_lock", "($self, blocking=True, timeout=-1)", acquire),
    method!("release", 1, release).doc(
        "Release the lock, allowing another thread that is blocked waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nbut it needn't be locked by the same thread that unlocks it.",
    ),
    method!("release_lock", 1, release),
    method!("locked", 1, locked).doc("Return whether the lock is in the locked state."),
    method!("locked_lock", 1, locked),
    method!("_at_fork_reinit", 1, at_fork_reinit),
    method!("__enter__", 1, enter).doc("Lock the lock."),
    method!("__exit__", "($self, /, *exc_info)", exit).doc("Release the lock."),
    method!("__repr__", 1, repr),
];

pub static DEF: TypeDef = TypeDef {
    module: "_thread",
    layout: Some(layouts::THREAD_LOCK),
    flags: type_flags::IMMUTABLE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    doc: Some(
        "A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().  Methods are:\n\nacquire() -- lock the lock, possibly blocking until it can be obtained\nrelease() -- unlock of the lock\nlocked() -- test whether the lock is currently locked\n\nA lock is not owned by the thread that locked it; another thread may\nunlock it.  A thread attempting to lock a lock that it has already locked\nwill block until another thread unlocks it.  Deadlocks may ensue.",
    ),
    ..TypeDef::new("lock")
};

/// For `LockType`.
pub fn class(vm: &Vm) -> PyResult<Value> {
    Ok(vm.native_type(&DEF)?.value())
}
