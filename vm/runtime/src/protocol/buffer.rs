//! The buffer protocol: how objects lend their memory. Native types name functions for it in their
//! [`TypeDef`](crate::object::TypeDef); Python classes define `__buffer__`.
//!
//! [`Vm::buffer`] gives a [`Buffer`], which holds the exporter and gives the memory back when it is dropped.

use std::borrow::Cow;
use std::cell::Cell;

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::memoryview::PyMemoryView;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

/// A type's half of the protocol.
#[derive(Copy, Clone)]
pub struct BufferProcs {
    /// Lends the memory. From now on until `release` it may neither move nor change its length. `writable` asks for
    /// memory that can be written (a BufferError "Object is not writable." where it can't).
    pub get: fn(&Vm, Value, writable: bool) -> PyResult<RawBuffer>,
    /// Called once for each `get` that succeeded.
    pub release: fn(&Vm, Value),
    /// Whose memory it is, for what hands on another object's.
    pub lender: Option<fn(Value) -> Slot>,
}

/// For types whose memory can always stay where it is.
pub fn release_nothing(_: &Vm, _: Value) {}

/// How often an object has lent its memory, which may neither move nor change its length meanwhile.
#[derive(Default)]
#[repr(transparent)]
pub struct Exports(Cell<usize>);

impl Exports {
    pub fn add(&self) {
        self.0.set(self.0.get().saturating_add(1));
    }

    pub fn remove(&self) {
        self.0.set(self.0.get().saturating_sub(1));
    }

    pub fn any(&self) -> bool {
        self.0.get() > 0
    }

    /// Are there loans to views that somebody can still reach? Those of the others end in a collection. The finalizers
    /// that run then may do anything to the object.
    pub fn any_alive(&self, vm: &Vm) -> bool {
        if self.any() {
            vm.collect_unreached();
        }
        self.any()
    }
}

/// Lent memory. `ptr` is the first item: of a view with negative strides not the lowest address.
#[derive(Clone)]
pub struct RawBuffer {
    pub ptr: *mut u8,
    /// Bytes of all items.
    pub len: usize,
    pub readonly: bool,
    pub itemsize: usize,
    /// In `struct`'s notation.
    pub format: Cow<'static, str>,
    /// `None`: one dimension, items side by side.
    pub dimensions: Option<Dimensions>,
}

/// Items, and bytes from one to the next, of each dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimensions {
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
}

impl Dimensions {
    /// Strides of items side by side, the last dimension varying fastest.
    pub fn contiguous(shape: Vec<usize>, itemsize: usize) -> Dimensions {
        let mut strides = vec![0; shape.len()];
        let mut step = itemsize as isize;
        for (stride, n) in strides.iter_mut().zip(&shape).rev() {
            *stride = step;
            step = step.saturating_mul(*n as isize);
        }
        Dimensions { shape, strides }
    }

    pub fn is_c_contiguous(&self, itemsize: usize) -> bool {
        is_packed(self.shape.iter().zip(&self.strides).rev(), itemsize, &self.shape)
    }

    pub fn is_f_contiguous(&self, itemsize: usize) -> bool {
        is_packed(self.shape.iter().zip(&self.strides), itemsize, &self.shape)
    }
}

fn is_packed<'a>(dims: impl Iterator<Item = (&'a usize, &'a isize)>, itemsize: usize, shape: &[usize]) -> bool {
    if shape.contains(&0) {
        return true;
    }
    let mut step = itemsize as isize;
    for (n, stride) in dims {
        if *n > 1 && *stride != step {
            return false;
        }
        step = step.saturating_mul(*n as isize);
    }
    true
}

impl RawBuffer {
    /// Plain bytes.
    pub fn bytes(ptr: *mut u8, len: usize, readonly: bool) -> RawBuffer {
        RawBuffer { ptr, len, readonly, itemsize: 1, format: Cow::Borrowed("B"), dimensions: None }
    }

    pub fn is_c_contiguous(&self) -> bool {
        self.dimensions.as_ref().is_none_or(|d| d.is_c_contiguous(self.itemsize))
    }

    pub fn dims(&self) -> Dimensions {
        match &self.dimensions {
            Some(d) => d.clone(),
            None => Dimensions::contiguous(vec![self.len / self.itemsize.max(1)], self.itemsize),
        }
    }
}

/// Memory that an object has lent; given back at the drop.
pub struct Buffer<'vm> {
    vm: &'vm Vm,
    /// The object whose procs were used. On the native stack, so the collector sees it.
    exporter: Value,
    /// The instance of a Python class whose `__buffer__` gave `exporter`.
    through: Option<Value>,
    /// Not taken over by somebody else.
    lent: bool,
    pub raw: RawBuffer,
}

impl Buffer<'_> {
    pub fn len(&self) -> usize {
        self.raw.len
    }

    pub fn is_empty(&self) -> bool {
        self.raw.len == 0
    }

    /// The bytes. They may change while Python code runs: don't hold the slice across that.
    pub fn as_slice(&self) -> &[u8] {
        if self.raw.len == 0 {
            return &[];
        }
        // SAFETY: the exporter keeps `len` bytes at `ptr` in place until the release; `Vm::buffer` gives only
        // contiguous memory.
        unsafe { std::slice::from_raw_parts(self.raw.ptr, self.raw.len) }
    }

    /// The bytes, for writing. Empty where the memory is read-only.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        if self.raw.len == 0 || self.raw.readonly {
            return &mut [];
        }
        // SAFETY: as `as_slice`; the exporter says that the memory may be written, and no Rust reference to it lives
        // across the caller's use of this one.
        unsafe { std::slice::from_raw_parts_mut(self.raw.ptr, self.raw.len) }
    }

    /// The object that lends the memory.
    pub fn exporter(&self) -> Value {
        self.through.unwrap_or(self.exporter)
    }

    /// The objects that must stay alive while the memory is lent: for who keeps the loan anywhere but on the native
    /// stack.
    pub fn held(&self) -> [Value; 2] {
        [self.exporter, self.exporter()]
    }

    /// Takes the loan over: the caller has to call [`release`] with what this gives.
    pub(crate) fn into_parts(mut self) -> (Value, Option<Value>, RawBuffer) {
        self.lent = false;
        let raw = std::mem::replace(&mut self.raw, RawBuffer::bytes(std::ptr::null_mut(), 0, true));
        (self.exporter, self.through, raw)
    }
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        if self.lent {
            release(self.vm, self.exporter, self.through);
        }
    }
}

/// The object whose memory another one lends, if that is not its own.
pub(crate) fn lender_behind(vm: &Vm, v: Value) -> Slot {
    procs(vm, v)?.lender?(v)
}

/// The functions of the nearest native class that has some.
fn procs(vm: &Vm, v: Value) -> Option<BufferProcs> {
    let class = vm.type_of(v);
    if let Some(procs) = class.native_def().and_then(|d| d.buffer) {
        return Some(procs);
    }
    class.mro().filter_map(|t| t.native_def()).find_map(|d| d.buffer)
}

/// The class's own `__buffer__`, written in Python.
fn python_buffer(vm: &Vm, v: Value) -> Option<Value> {
    let class: Ref<PyType> = vm.type_of(v);
    if !class.is_heap_type() {
        return None;
    }
    let method = class.special(Special::Buffer)?;
    method.downcast::<crate::types::native_function::PyNativeFunction>().is_none().then_some(method)
}

/// Gives lent memory back.
pub(crate) fn release(vm: &Vm, exporter: Value, through: Option<Value>) {
    if let Some(object) = through {
        // An exception in flight stays.
        let pending = vm.raised.take();
        if vm.type_of(object).special(Special::ReleaseBuffer).is_some()
            && let Err(raised) = vm.call_special(object, Special::ReleaseBuffer, &[exporter])
        {
            vm.write_unraisable(raised, object, None);
        }
        vm.raised.set(pending);
        if let Some(view) = exporter.downcast::<PyMemoryView>() {
            crate::types::memoryview::drop_export(vm, view);
            crate::types::memoryview::release_view(vm, view);
        }
        return;
    }
    if let Some(procs) = procs(vm, exporter) {
        (procs.release)(vm, exporter);
    }
}

impl Vm {
    /// Whether the object lends memory at all.
    pub fn has_buffer(&self, v: Value) -> bool {
        v.is_obj() && (procs(self, v).is_some() || python_buffer(self, v).is_some())
    }

    /// The object's memory, whatever its layout. TypeError "a bytes-like object is required, not 'T'".
    pub fn buffer_any(&self, v: Value, writable: bool) -> PyResult<Buffer<'_>> {
        if v.is_obj() {
            if let Some(method) = python_buffer(self, v) {
                return self.buffer_by_method(v, method, writable);
            }
            if let Some(procs) = procs(self, v) {
                let raw = (procs.get)(self, v, writable)?;
                return Ok(Buffer { vm: self, exporter: v, through: None, lent: true, raw });
            }
        }
        Err(self.type_error(format!("a bytes-like object is required, not '{}'", self.tp_name(v))))
    }

    fn buffer_by_method(&self, v: Value, method: Value, writable: bool) -> PyResult<Buffer<'_>> {
        // PyBUF_FULL_RO, with PyBUF_WRITABLE.
        let flags = 0x11c | i32::from(writable);
        let result = self.call_unbound(method, v, &[Value::from_i32(flags)])?;
        let Some(view) = result.downcast::<PyMemoryView>() else {
            return Err(
                self.type_error(format!("__buffer__ returned non-memoryview object of type {}", self.tp_name(result)))
            );
        };
        let raw = crate::types::memoryview::get_buffer(self, view.value(), writable)?;
        Ok(Buffer { vm: self, exporter: result, through: Some(v), lent: true, raw })
    }

    /// The object's memory as plain bytes side by side.
    pub fn buffer(&self, v: Value, writable: bool) -> PyResult<Buffer<'_>> {
        let buffer = self.buffer_any(v, writable)?;
        if !buffer.raw.is_c_contiguous() {
            return Err(self.buffer_error("memoryview: underlying buffer is not C-contiguous"));
        }
        Ok(buffer)
    }

    /// Memory to write to; else the TypeError "{what} must be read-write bytes-like object, not T".
    pub fn writable_buffer(&self, v: Value, what: &str) -> PyResult<Buffer<'_>> {
        if self.has_buffer(v) {
            match self.buffer(v, true) {
                Ok(buffer) => return Ok(buffer),
                Err(raised) => {
                    self.catch(raised, self.types.buffer_error)?;
                }
            }
        }
        Err(self.type_error(format!("{what} must be read-write bytes-like object, not {}", self.tp_name(v))))
    }

    /// Runs `f` on the bytes of a bytes-like object. `f` must not run Python code.
    pub fn with_buffer<R>(&self, v: Value, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        let buffer = self.buffer(v, false)?;
        Ok(f(buffer.as_slice()))
    }
}
