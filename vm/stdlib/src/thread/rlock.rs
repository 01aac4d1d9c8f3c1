//! `_thread.RLock`: a lock that its owner may take again.

use std::cell::Cell;

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, Header, HeapType, LayoutId, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::raw::{OwnedLock, RawLock, Wait};
use super::wait_of;
use crate::layouts;

#[repr(C)]
pub struct PyRLock {
    header: Header,
    attrs: Field,
    raw: OwnedLock,
    /// The owner's ident, a `pthread_t`: an address outside the heap; 0 for none.
    owner: Cell<u64>,
    count: Cell<u64>,
}

// SAFETY: repr(C), header first; zeros are valid, and the words are no heap addresses.
unsafe impl HeapType for PyRLock {
    const LAYOUT: LayoutId = layouts::THREAD_RLOCK;
}

/// Frees the lock of a dead object.
pub unsafe fn drop_cell(obj: std::ptr::NonNull<Header>) {
    // SAFETY: the collector calls this once, for a dead cell of this layout.
    unsafe {
        let lock: Ref<PyRLock> = Ref::from_ptr(obj);
        lock.raw.free();
    }
}

impl PyRLock {
    fn wait_lock(&self) -> &RawLock {
        self.raw.get()
    }

    pub fn is_owned(&self, vm: &Vm) -> bool {
        self.count.get() > 0 && self.owner.get() == vm.ident.get()
    }

    pub fn is_locked(&self) -> bool {
        self.count.get() > 0
    }
}

fn make(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyRLock>> {
    let lock: Ref<PyRLock> = vm.alloc_instance(class)?;
    lock.raw.attach(vm, lock)?;
    Ok(lock)
}

pub fn new_lock(vm: &Vm) -> PyResult<Ref<PyRLock>> {
    make(vm, vm.native_type(&DEF)?)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyRLock>> {
    match args.get(0).downcast::<PyType>() {
        Some(class) => make(vm, class),
        None => Err(vm.type_error("RLock.__new__(X): X is not a type object")),
    }
}

fn acquire_waiting(vm: &Vm, lock: Ref<PyRLock>, wait: Wait) -> PyResult<bool> {
    if lock.is_owned(vm) {
        lock.count.set(lock.count.get().saturating_add(1));
        return Ok(true);
    }
    if !lock.wait_lock().acquire(vm, wait)? {
        return Ok(false);
    }
    lock.owner.set(vm.ident.get());
    lock.count.set(1);
    Ok(true)
}

pub fn acquire_forever(vm: &Vm, lock: Ref<PyRLock>) -> PyResult<()> {
    acquire_waiting(vm, lock, Wait::Forever).map(|_| ())
}

pub fn release(vm: &Vm, lock: Ref<PyRLock>) -> PyResult<()> {
    if !lock.is_owned(vm) {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    let left = lock.count.get() - 1;
    lock.count.set(left);
    if left == 0 {
        lock.owner.set(0);
        lock.wait_lock().release();
    }
    Ok(())
}

fn acquire(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let Some(lock) = args.get(0).downcast::<PyRLock>() else { return Ok(false) };
    let wait = wait_of(vm, args.opt(1), args.opt(2))?;
    acquire_waiting(vm, lock, wait)
}

fn enter(vm: &Vm, lock: Ref<PyRLock>) -> PyResult<bool> {
    acquire_waiting(vm, lock, Wait::Forever)
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    match args.get(0).downcast::<PyRLock>() {
        Some(lock) => release(vm, lock),
        None => Ok(()),
    }
}

fn locked(_: &Vm, lock: Ref<PyRLock>) -> bool {
    lock.is_locked()
}

fn is_owned(vm: &Vm, lock: Ref<PyRLock>) -> bool {
    lock.is_owned(vm)
}

fn recursion_count(vm: &Vm, lock: Ref<PyRLock>) -> u64 {
    if lock.is_owned(vm) { lock.count.get() } else { 0 }
}

/// For condition variables: gives up all levels at once.
fn release_save(vm: &Vm, lock: Ref<PyRLock>) -> PyResult<Ref<PyTuple>> {
    if lock.count.get() == 0 {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    let count = vm.new_int_u64(lock.count.get())?;
    let owner = vm.new_int_u64(lock.owner.get())?;
    let state = vm.new_tuple(&[count, owner])?;
    lock.count.set(0);
    lock.owner.set(0);
    lock.wait_lock().release();
    Ok(state)
}

fn acquire_restore(vm: &Vm, lock: Ref<PyRLock>, state: Value) -> PyResult<()> {
    let parts = state.downcast::<PyTuple>().and_then(|t| Some((t.get(0)?, t.get(1)?)));
    let Some((count, owner)) = parts else {
        return Err(vm.type_error("_acquire_restore() argument 1 must be 2-item tuple"));
    };
    let (count, owner) = (vm.to_i64(count)?, vm.to_i64(owner)?);
    lock.wait_lock().acquire(vm, Wait::Forever)?;
    lock.count.set(count.max(0) as u64);
    lock.owner.set(owner as u64);
    Ok(())
}

fn at_fork_reinit(_: &Vm, lock: Ref<PyRLock>) {
    lock.raw.reset();
    lock.owner.set(0);
    lock.count.set(0);
}

fn repr(vm: &Vm, lock: Ref<PyRLock>) -> String {
    let state = if lock.is_locked() { "locked" } else { "unlocked" };
    let name = vm.type_full_name(vm.type_of(lock.value()));
    format!("<{state} {name} object owner={} count={} at {:#x}>", lock.owner.get(), lock.count.get(), lock.addr())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("acquire", "($self, blocking=True, timeout=-1)", acquire),
    method!("release", 1, release),
    method!("locked", 1, locked)
        .doc("locked()\n\nReturn a boolean indicating whether this object is locked right now."),
    method!("_is_owned", 1, is_owned).doc("For internal use by `threading.Condition`."),
    method!("_recursion_count", 1, recursion_count).doc("For internal use by reentrancy checks."),
    method!("_release_save", 1, release_save).doc("For internal use by `threading.Condition`."),
    method!("_acquire_restore", 2, acquire_restore).doc("For internal use by `threading.Condition`."),
    method!("_at_fork_reinit", 1, at_fork_reinit),
    method!("__enter__", 1, enter).doc("Lock the lock."),
    method!("__exit__", "($self, /, *exc_info)", exit).doc("Release the lock."),
    method!("__repr__", 1, repr),
];

pub static DEF: TypeDef = TypeDef {
    module: "_thread",
    layout: Some(layouts::THREAD_RLOCK),
    flags: type_flags::BASETYPE | type_flags::IMMUTABLE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    ..TypeDef::new("RLock")
};
