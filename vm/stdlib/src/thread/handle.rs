//! `_thread._ThreadHandle`: a thread that can be joined.

use std::cell::Cell;

use brolga_runtime::object::def::{GetSetDef, type_flags};
use brolga_runtime::object::{Args, Header, HeapType, LayoutId, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use super::raw::{OwnedLock, RawLock, Wait};
use crate::layouts;

const NOT_STARTED: u64 = 0;
const RUNNING: u64 = 1;
const DONE: u64 = 2;

#[repr(C)]
pub struct PyThreadHandle {
    header: Header,
    /// Locked while the thread runs.
    raw: OwnedLock,
    ident: Cell<u64>,
    state: Cell<u64>,
}

// SAFETY: repr(C), header first; zeros are valid, and the words are no heap addresses.
unsafe impl HeapType for PyThreadHandle {
    const LAYOUT: LayoutId = layouts::THREAD_HANDLE;
}

/// Frees the lock of a dead object.
pub unsafe fn drop_cell(obj: std::ptr::NonNull<Header>) {
    // SAFETY: the collector calls this once, for a dead cell of this layout.
    unsafe {
        let handle: Ref<PyThreadHandle> = Ref::from_ptr(obj);
        handle.raw.free();
    }
}

impl PyThreadHandle {
    fn wait_lock(&self) -> &RawLock {
        self.raw.get()
    }

    pub fn ident(&self) -> u64 {
        self.ident.get()
    }

    pub fn is_started(&self) -> bool {
        self.state.get() != NOT_STARTED
    }

    /// The thread is about to run.
    pub fn start(&self) {
        self.wait_lock().try_acquire();
        self.state.set(RUNNING);
    }

    /// It did not come to that.
    pub fn unstart(&self) {
        self.state.set(NOT_STARTED);
        self.wait_lock().open();
    }

    pub fn set_ident(&self, ident: u64) {
        self.ident.set(ident);
    }

    pub fn set_done(&self) {
        self.state.set(DONE);
        self.wait_lock().open();
    }

    /// In a child after `fork`, which does not have the thread.
    pub fn set_gone(&self) {
        self.state.set(DONE);
        self.raw.reset();
    }
}

pub fn new_handle(vm: &Vm) -> PyResult<Ref<PyThreadHandle>> {
    let class = vm.native_type(&DEF)?;
    let handle: Ref<PyThreadHandle> = vm.alloc_instance(class)?;
    handle.raw.attach(vm, handle)?;
    Ok(handle)
}

fn new(vm: &Vm, _: &Args<'_>) -> PyResult<Ref<PyThreadHandle>> {
    new_handle(vm)
}

/// A handle of a thread that runs already and was not started here.
pub fn make_for(vm: &Vm, ident: Value) -> PyResult<Ref<PyThreadHandle>> {
    let ident = vm.to_i64(ident)? as u64;
    let handle = new_handle(vm)?;
    handle.start();
    handle.set_ident(ident);
    super::note_foreign(vm, handle)?;
    Ok(handle)
}

pub fn wait_done(vm: &Vm, handle: Ref<PyThreadHandle>, wait: Wait) -> PyResult<bool> {
    handle.wait_lock().wait_free(vm, wait)
}

fn join(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let Some(handle) = args.get(0).downcast::<PyThreadHandle>() else { return Ok(()) };
    let wait = match args.opt_not_none(1) {
        None => Wait::Forever,
        Some(timeout) => match super::seconds(vm, timeout)? {
            Some(time) => Wait::For(time),
            None => Wait::Forever,
        },
    };
    match handle.state.get() {
        NOT_STARTED => return Err(vm.runtime_error("thread not started")),
        DONE => return Ok(()),
        _ => {}
    }
    if handle.ident.get() == vm.ident.get() {
        return Err(vm.runtime_error("Cannot join current thread"));
    }
    if vm.finalizing.get() {
        return Err(vm.raise_message(vm.types.python_finalization_error, "cannot join thread at interpreter shutdown"));
    }
    wait_done(vm, handle, wait).map(|_| ())
}

fn is_done(_: &Vm, handle: Ref<PyThreadHandle>) -> bool {
    handle.state.get() == DONE
}

fn set_done(vm: &Vm, handle: Ref<PyThreadHandle>) -> PyResult<()> {
    if !handle.is_started() {
        return Err(vm.runtime_error("thread not started"));
    }
    handle.set_done();
    Ok(())
}

fn ident(_: &Vm, handle: Ref<PyThreadHandle>) -> u64 {
    handle.ident.get()
}

fn repr(_: &Vm, handle: Ref<PyThreadHandle>) -> String {
    format!("<_ThreadHandle object: ident={}>", handle.ident.get())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type)", new).static_(),
    method!("join", "($self, timeout=None, /)", join),
    method!("is_done", 1, is_done),
    method!("_set_done", 1, set_done),
    method!("__repr__", 1, repr),
];

const GETSET: &[GetSetDef] = &[getset!("ident", ident)];

pub static DEF: TypeDef = TypeDef {
    module: "_thread",
    layout: Some(layouts::THREAD_HANDLE),
    flags: type_flags::IMMUTABLE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("_ThreadHandle")
};
