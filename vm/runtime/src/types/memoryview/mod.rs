//! `memoryview`: the storage and life of views. Items stand in [`item`], indexing and methods in [`methods`].
//!
//! Views of one loan share a *root*, a view that Python never sees: it holds the loan and counts them. The loan is given
//! back when the last of them is released.

pub mod copy;
pub mod item;
pub mod iter;
pub mod methods;

pub use copy::copy_out;
pub use iter::ITER_DEF;
pub use methods::{DEF, dunder_buffer, dunder_release_buffer};

use std::borrow::Cow;
use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::MEMORYVIEW;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::buffer::{self, BufferProcs, Dimensions, RawBuffer};
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

#[repr(C)]
pub struct PyMemoryView {
    header: Header,
    /// The root of the views of one loan; empty in the root itself.
    root: Field,
    /// Who lends the memory, and through which object's `__buffer__` (root only).
    exporter: Field,
    through: Field,
    /// A string in `struct`'s notation.
    format: Field,
    /// Tuples of as many ints as there are dimensions.
    shape: Field,
    strides: Field,
    /// Coded by [`code_address`].
    ptr: Cell<u64>,
    /// Bytes of all items.
    len: Cell<usize>,
    itemsize: Cell<usize>,
    readonly: Cell<bool>,
    released: Cell<bool>,
    /// The hash as an int, once computed: it outlives the loan.
    hash: Field,
    /// Of the root: views that are not released. Of a view: loans of its memory.
    count: Cell<usize>,
}

// SAFETY: repr(C), header first; beside fields there are sizes, and an address coded so that it looks like none.
unsafe impl HeapType for PyMemoryView {
    const LAYOUT: LayoutId = MEMORYVIEW;
}

/// An address inside a cell, kept in a word that the collector reads as a value: as the bits of a float.
fn code_address(ptr: *mut u8) -> u64 {
    (ptr as usize as u64).wrapping_add(crate::value::DOUBLE_OFFSET)
}

impl PyMemoryView {
    fn alloc(vm: &Vm, format: Ref<PyStr>, dims: &Dimensions) -> PyResult<Ref<PyMemoryView>> {
        let shape_tuple = int_tuple(vm, dims.shape.iter().map(|n| *n as i64))?;
        let strides = int_tuple(vm, dims.strides.iter().map(|n| *n as i64))?;
        let view: Ref<PyMemoryView> = vm.alloc(shape::memoryview)?;
        view.format.init(format.value());
        view.shape.init(shape_tuple.value());
        view.strides.init(strides.value());
        Ok(view)
    }

    /// `memoryview(object)`.
    pub fn new(vm: &Vm, object: Value, writable: bool) -> PyResult<Ref<PyMemoryView>> {
        if let Some(view) = object.downcast::<PyMemoryView>() {
            view.check(vm)?;
            return view.derived(vm, view.address(), &view.dims(), view.format(vm), view.itemsize());
        }
        if !vm.has_buffer(object) {
            return Err(
                vm.type_error(format!("memoryview: a bytes-like object is required, not '{}'", vm.type_name(object)))
            );
        }
        let lent = vm.buffer_any(object, writable)?;
        let raw = lent.raw.clone();
        let dims = raw.dims();
        let format = vm.intern(&raw.format)?;
        let root = PyMemoryView::alloc(vm, format, &dims)?;
        let view = PyMemoryView::alloc(vm, format, &dims)?;
        let (exporter, through, _) = lent.into_parts();
        for v in [root, view] {
            v.set_memory(raw.ptr, raw.len, raw.itemsize, raw.readonly);
        }
        root.exporter.set(root, exporter);
        root.through.set(root, through);
        root.count.set(1);
        view.root.set(view, root.value());
        watch(vm, view);
        Ok(view)
    }

    fn set_memory(&self, ptr: *mut u8, len: usize, itemsize: usize, readonly: bool) {
        self.ptr.set(code_address(ptr));
        self.len.set(len);
        self.itemsize.set(itemsize);
        self.readonly.set(readonly);
    }

    /// Another view of the same loan.
    pub(crate) fn derived(
        &self,
        vm: &Vm,
        ptr: *mut u8,
        dims: &Dimensions,
        format: Ref<PyStr>,
        itemsize: usize,
    ) -> PyResult<Ref<PyMemoryView>> {
        let view = PyMemoryView::alloc(vm, format, dims)?;
        let len = dims.shape.iter().fold(itemsize, |n, d| n.saturating_mul(*d));
        view.set_memory(ptr, len, itemsize, self.readonly.get());
        if let Some(root) = self.root() {
            root.count.set(root.count.get() + 1);
            view.root.set(view, root.value());
        }
        watch(vm, view);
        Ok(view)
    }

    fn root(&self) -> Option<Ref<PyMemoryView>> {
        self.root.get().and_then(Value::downcast)
    }

    /// ValueError once the view is released.
    #[inline]
    pub fn check(&self, vm: &Vm) -> PyResult<()> {
        if self.released.get() || self.root().is_none_or(|r| r.released.get()) {
            return Err(vm.value_error("operation forbidden on released memoryview object"));
        }
        Ok(())
    }

    pub fn is_released(&self) -> bool {
        self.released.get()
    }

    /// The first item.
    #[inline]
    pub fn address(&self) -> *mut u8 {
        self.ptr.get().wrapping_sub(crate::value::DOUBLE_OFFSET) as usize as *mut u8
    }

    pub fn nbytes(&self) -> usize {
        self.len.get()
    }

    pub fn itemsize(&self) -> usize {
        self.itemsize.get()
    }

    pub fn is_readonly(&self) -> bool {
        self.readonly.get()
    }

    pub fn format(&self, vm: &Vm) -> Ref<PyStr> {
        self.format.get().and_then(Value::downcast).unwrap_or(vm.names.empty)
    }

    pub(crate) fn shape_tuple(&self, vm: &Vm) -> Ref<PyTuple> {
        self.shape.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
    }

    pub(crate) fn strides_tuple(&self, vm: &Vm) -> Ref<PyTuple> {
        self.strides.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
    }

    pub fn ndim(&self) -> usize {
        self.shape.get().and_then(Value::downcast::<PyTuple>).map_or(0, |t| t.len())
    }

    /// Items of the first dimension and the bytes from one to the next.
    #[inline]
    pub(crate) fn first_dim(&self) -> (usize, isize) {
        let first = |f: &Field| {
            f.get().and_then(Value::downcast::<PyTuple>).and_then(|t| t.get(0)).and_then(Value::as_small_int)
        };
        (first(&self.shape).unwrap_or(0) as usize, first(&self.strides).unwrap_or(0) as isize)
    }

    pub fn dims(&self) -> Dimensions {
        let ints = |f: &Field| -> Vec<i64> {
            let Some(tuple) = f.get().and_then(Value::downcast::<PyTuple>) else { return Vec::new() };
            tuple.as_slice().iter().map(|v| v.as_small_int().unwrap_or(0)).collect()
        };
        Dimensions {
            shape: ints(&self.shape).into_iter().map(|n| n as usize).collect(),
            strides: ints(&self.strides).into_iter().map(|n| n as isize).collect(),
        }
    }

    /// The memory as a lent buffer describes it.
    pub fn described(&self, vm: &Vm) -> RawBuffer {
        RawBuffer {
            ptr: self.address(),
            len: self.len.get(),
            readonly: self.readonly.get(),
            itemsize: self.itemsize.get(),
            format: Cow::Owned(self.format(vm).to_lossy()),
            dimensions: Some(self.dims()),
        }
    }

    /// The object whose memory it shows, or what handed that on.
    pub fn exporter(&self) -> Slot {
        let root = self.root()?;
        root.through.get().or(root.exporter.get())
    }

    /// The object that lends the memory, as `memoryview.obj` gives it.
    pub fn lender(&self, vm: &Vm) -> Value {
        let lender = |root: Ref<PyMemoryView>| {
            root.through.get().or_else(|| {
                let exporter = root.exporter.get()?;
                buffer::lender_behind(vm, exporter).or(Some(exporter))
            })
        };
        self.root().and_then(lender).unwrap_or(Value::NONE)
    }
}

/// A view that dies unreleased gives its loan back: it is finalized.
fn watch(vm: &Vm, view: Ref<PyMemoryView>) {
    // SAFETY: a cell of this heap. Without memory for the entry the loan lasts; nothing worse.
    let _ = unsafe { vm.heap.register_finalizer(view.obj().as_ptr()) };
}

/// Keeps a view from being released while Python code runs that an operation on it calls.
pub(super) struct InUse(Ref<PyMemoryView>);

impl InUse {
    pub(super) fn new(view: Ref<PyMemoryView>) -> InUse {
        view.count.set(view.count.get() + 1);
        InUse(view)
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.count.set(self.0.count.get().saturating_sub(1));
    }
}

/// What the finalizer of a dead view does.
pub fn finalize(vm: &Vm, view: Ref<PyMemoryView>) {
    release_view(vm, view);
}

/// A tuple of ints that fit 49 bits.
fn int_tuple(vm: &Vm, ints: impl Iterator<Item = i64>) -> PyResult<Ref<PyTuple>> {
    let values = crate::types::array::ValueVec::new();
    for i in ints {
        values.push(vm, Value::from_int_truncated(i))?;
    }
    vm.new_tuple(values.as_slice())
}

/// Releases a view; nothing where it is released already.
pub(crate) fn release_view(vm: &Vm, view: Ref<PyMemoryView>) {
    if view.released.replace(true) {
        return;
    }
    let Some(root) = view.root() else { return };
    let left = root.count.get().saturating_sub(1);
    root.count.set(left);
    if left == 0
        && !root.released.replace(true)
        && let Some(exporter) = root.exporter.get()
    {
        let through = root.through.get();
        root.exporter.set(root, None);
        buffer::release(vm, exporter, through);
        root.exporter.set(root, exporter);
    }
}

/// The memory of a contiguous view as a row of bytes, in the order in which they lie.
pub fn raw_bytes(vm: &Vm, view: Ref<PyMemoryView>) -> PyResult<Ref<PyMemoryView>> {
    view.check(vm)?;
    let dims = Dimensions::contiguous(vec![view.nbytes()], 1);
    view.derived(vm, view.address(), &dims, vm.intern("B")?, 1)
}

/// A loan of the view's memory was given back.
pub fn drop_export(_: &Vm, view: Ref<PyMemoryView>) {
    view.count.set(view.count.get().saturating_sub(1));
}

/// The buffer of a view.
pub fn get_buffer(vm: &Vm, v: Value, writable: bool) -> PyResult<RawBuffer> {
    let Some(view) = v.downcast::<PyMemoryView>() else { return Err(vm.type_error("memoryview expected")) };
    view.check(vm)?;
    if writable && view.is_readonly() {
        return Err(vm.buffer_error("memoryview: underlying buffer is not writable"));
    }
    view.count.set(view.count.get() + 1);
    Ok(view.described(vm))
}

fn release_buffer(vm: &Vm, v: Value) {
    if let Some(view) = v.downcast::<PyMemoryView>() {
        drop_export(vm, view);
    }
}

pub(crate) const PROCS: BufferProcs = BufferProcs { get: get_buffer, release: release_buffer, lender: None };
