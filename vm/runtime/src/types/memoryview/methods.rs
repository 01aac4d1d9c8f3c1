//! The type `memoryview`: indexing, comparison, casts.

use super::copy::{copy_dims, copy_in};
use super::item::Format;
use super::{InUse, PROCS, PyMemoryView, int_tuple, release_view};
use crate::object::def::{GetSetDef, TypeDef, type_flags};
use crate::object::layout::MEMORYVIEW;
use crate::object::{Args, FromValue, MethodDef, Ref};
use crate::protocol::buffer::{Dimensions, RawBuffer};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::array::ValueVec;
use crate::types::bytes::PyBytes;
use crate::types::bytes::construct::to_hex;
use crate::types::list::PyList;
use crate::types::slice::{self, PySlice};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, getset, method};

type This = Ref<PyMemoryView>;

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<This> {
    let this: This = Ref::from_value(vm, args.get(0))?;
    Ok(this)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<This> {
    PyMemoryView::new(vm, args.get(1), false)
}

/// `__buffer__` of native types.
pub fn dunder_buffer(vm: &Vm, this: Value, flags: Value) -> PyResult<Value> {
    let flags = vm.to_i64(flags)?;
    let writable = flags & 1 != 0;
    if let Some(view) = this.downcast::<PyMemoryView>()
        && writable
        && view.is_readonly()
    {
        return Err(vm.buffer_error("memoryview: underlying buffer is not writable"));
    }
    Ok(PyMemoryView::new(vm, this, writable)?.value())
}

/// `__release_buffer__` of native types.
pub fn dunder_release_buffer(vm: &Vm, this: Value, view: Value) -> PyResult<()> {
    let Some(view) = view.downcast::<PyMemoryView>() else {
        return Err(vm.type_error("expected a memoryview object"));
    };
    if view.is_released() {
        return Err(vm.value_error("memoryview's buffer has already been released"));
    }
    if !view.lender(vm).is(this) {
        return Err(vm.value_error("memoryview's buffer is not this object"));
    }
    release_view(vm, view);
    Ok(())
}

/// The view's format, if it is a native one; else NotImplementedError.
pub(super) fn native_format(vm: &Vm, this: This) -> PyResult<Format> {
    let format = this.format(vm);
    match Format::parse(&format) {
        Some(f) => Ok(f),
        None => Err(vm.not_implemented_error(format!("memoryview: format {} not supported", format.to_lossy()))),
    }
}

/// The item at a byte offset.
pub(super) fn item_at(vm: &Vm, this: This, format: Format, offset: isize) -> PyResult<Value> {
    let mut bytes = [0u8; 8];
    let size = format.size().min(this.itemsize());
    // SAFETY: the caller computed the offset of an item within the shape; the memory is lent.
    unsafe { std::ptr::copy_nonoverlapping(this.address().offset(offset), bytes.as_mut_ptr(), size) };
    format.unpack(vm, bytes.get(..size).unwrap_or(&[]))
}

fn repr(vm: &Vm, this: This) -> String {
    let what = if this.is_released() { "released memory" } else { "memory" };
    format!("<{what} at {:#x}>", vm.id_of(this.value()))
}

fn len(vm: &Vm, this: This) -> PyResult<usize> {
    this.check(vm)?;
    if this.ndim() == 0 {
        return Err(vm.type_error("0-dim memory has no length"));
    }
    Ok(this.first_dim().0)
}

fn is_index(vm: &Vm, v: Value) -> bool {
    v.is_small_int() || vm.is_instance(v, vm.types.int) || vm.type_of(v).special(Special::Index).is_some()
}

/// The byte offset of index `i` of a dimension.
fn offset_in(vm: &Vm, i: Value, dim: usize, n: usize, stride: isize) -> PyResult<isize> {
    let i = crate::types::str::methods::index_number(vm, i)?;
    let i = if i < 0 { i.saturating_add_unsigned(n) } else { i };
    match usize::try_from(i) {
        Ok(at) if at < n => Ok(i.saturating_mul(stride)),
        _ => Err(vm.index_error(format!("index out of bounds on dimension {}", dim + 1))),
    }
}

enum Target {
    /// Byte offset.
    Item(isize),
    /// A view of a part.
    Part {
        offset: isize,
        dims: Dimensions,
    },
    Whole,
}

fn target(vm: &Vm, this: This, key: Value) -> PyResult<Target> {
    let ndim = this.ndim();
    if ndim == 0 {
        if key.same_bits(Value::ELLIPSIS) {
            return Ok(Target::Whole);
        }
        if key.downcast::<PyTuple>().is_some_and(|t| t.is_empty()) {
            return Ok(Target::Item(0));
        }
        return Err(vm.type_error("invalid indexing of 0-dim memory"));
    }
    if is_index(vm, key) {
        if ndim > 1 {
            return Err(vm.not_implemented_error("multi-dimensional sub-views are not implemented"));
        }
        let (n, stride) = this.first_dim();
        return Ok(Target::Item(offset_in(vm, key, 0, n, stride)?));
    }
    if let Some(slice) = key.downcast::<PySlice>() {
        let mut dims = this.dims();
        let (n, stride) = this.first_dim();
        let (start, _, step, count) = slice.indices(vm, n)?;
        let offset = start.saturating_mul(stride);
        if let (Some(n), Some(s)) = (dims.shape.first_mut(), dims.strides.first_mut()) {
            *n = count;
            *s = stride.saturating_mul(step);
        }
        return Ok(Target::Part { offset: if count == 0 { 0 } else { offset }, dims });
    }
    if key.same_bits(Value::ELLIPSIS) {
        return Err(vm.type_error("memoryview: invalid slice key"));
    }
    if let Some(tuple) = key.downcast::<PyTuple>() {
        if tuple.as_slice().iter().all(|v| is_index(vm, *v)) {
            if tuple.len() < ndim {
                return Err(vm.not_implemented_error("sub-views are not implemented"));
            }
            if tuple.len() > ndim {
                return Err(
                    vm.type_error(format!("cannot index {ndim}-dimension view with {}-element tuple", tuple.len()))
                );
            }
            let dims = this.dims();
            let mut offset = 0isize;
            for (dim, i) in tuple.as_slice().iter().enumerate() {
                let n = dims.shape.get(dim).copied().unwrap_or(0);
                let stride = dims.strides.get(dim).copied().unwrap_or(0);
                offset = offset.saturating_add(offset_in(vm, *i, dim, n, stride)?);
            }
            return Ok(Target::Item(offset));
        }
        if tuple.as_slice().iter().all(|v| v.downcast::<PySlice>().is_some()) {
            return Err(vm.not_implemented_error("multi-dimensional slicing is not implemented"));
        }
    }
    Err(vm.type_error("memoryview: invalid slice key"))
}

fn get_item(vm: &Vm, this: This, key: Value) -> PyResult<Value> {
    this.check(vm)?;
    // The format is looked at before the index.
    if this.ndim() == 1 && is_index(vm, key) {
        native_format(vm, this)?;
    }
    if this.ndim() == 1 && key.downcast::<PySlice>().is_some() {
        // The part has its share in the loan before the slice's bounds are asked for their `__index__`.
        let held = this.derived(vm, this.address(), &this.dims(), this.format(vm), this.itemsize())?;
        let part = match target(vm, held, key) {
            Ok(Target::Part { offset, dims }) => {
                // SAFETY: the offset is that of an item of the view, or 0, and the memory is lent to `held`.
                let ptr = unsafe { held.address().offset(offset) };
                held.derived(vm, ptr, &dims, held.format(vm), held.itemsize())
            }
            Ok(_) => Err(vm.type_error("memoryview: invalid slice key")),
            Err(raised) => Err(raised),
        };
        release_view(vm, held);
        return Ok(part?.value());
    }
    match target(vm, this, key)? {
        Target::Item(offset) => {
            this.check(vm)?;
            item_at(vm, this, native_format(vm, this)?, offset)
        }
        Target::Part { offset, dims } => {
            this.check(vm)?;
            // SAFETY: the offset is that of an item of the view, or 0.
            let ptr = unsafe { this.address().offset(offset) };
            Ok(this.derived(vm, ptr, &dims, this.format(vm), this.itemsize())?.value())
        }
        Target::Whole => Ok(this.value()),
    }
}

fn set_item(vm: &Vm, this: This, key: Value, value: Value) -> PyResult<()> {
    this.check(vm)?;
    if this.is_readonly() {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    match target(vm, this, key)? {
        Target::Item(offset) => store(vm, this, offset, value),
        Target::Whole => store(vm, this, 0, value),
        Target::Part { offset, dims } => {
            if this.ndim() != 1 {
                return Err(
                    vm.not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1")
                );
            }
            let (bytes, same) = {
                let source = vm.buffer_any(value, false)?;
                let ours = this.format(vm).to_lossy();
                let plain = |f: &str| f.strip_prefix('@').unwrap_or(f).to_owned();
                let source_dims = source.raw.dims();
                let same = source_dims.shape == dims.shape
                    && source.raw.itemsize == this.itemsize()
                    && plain(&source.raw.format) == plain(&ours);
                (super::copy_out(vm, &source.raw)?, same)
            };
            if !same {
                return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
            }
            this.check(vm)?;
            // SAFETY: the part lies within the lent memory, which may be written; the bytes are a copy.
            unsafe { copy_in(this.address().offset(offset), this.itemsize(), &dims, &bytes) };
            Ok(())
        }
    }
}

fn store(vm: &Vm, this: This, offset: isize, value: Value) -> PyResult<()> {
    let (bytes, size) = native_format(vm, this)?.pack(vm, value)?;
    // The value's methods may have released the view.
    this.check(vm)?;
    // SAFETY: the offset of an item within the shape; the memory is lent for writing.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), this.address().offset(offset), size) };
    Ok(())
}

fn del_item(vm: &Vm, this: This, _: Value) -> PyResult<()> {
    this.check(vm)?;
    Err(vm.type_error(if this.is_readonly() { "cannot modify read-only memory" } else { "cannot delete memory" }))
}

fn bytes_of(vm: &Vm, this: This) -> PyResult<Vec<u8>> {
    copy_dims(vm, this.address(), this.nbytes(), this.itemsize(), &this.dims())
}

fn tobytes(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyBytes>> {
    let this = receiver(vm, args)?;
    this.check(vm)?;
    let order = match args.opt_not_none(1) {
        Some(v) => vm.expect_str(v, "tobytes() argument 'order'")?.to_lossy(),
        None => "C".to_owned(),
    };
    let mut dims = this.dims();
    match order.as_str() {
        "C" => {}
        "F" => reverse(&mut dims),
        "A" if dims.is_f_contiguous(this.itemsize()) => reverse(&mut dims),
        "A" => {}
        _ => return Err(vm.value_error("order must be 'C', 'F' or 'A'")),
    }
    PyBytes::new(vm, &copy_dims(vm, this.address(), this.nbytes(), this.itemsize(), &dims)?)
}

fn reverse(dims: &mut Dimensions) {
    dims.shape.reverse();
    dims.strides.reverse();
}

fn hex(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    this.check(vm)?;
    let bytes = bytes_of(vm, this)?;
    let _in_use = InUse::new(this);
    to_hex(vm, &bytes, args.opt(1), args.opt(2))
}

fn tolist(vm: &Vm, this: This) -> PyResult<Value> {
    this.check(vm)?;
    let format = native_format(vm, this)?;
    let dims = this.dims();
    nested(vm, this, format, &dims.shape, &dims.strides, 0)
}

fn nested(vm: &Vm, this: This, format: Format, shape: &[usize], strides: &[isize], offset: isize) -> PyResult<Value> {
    let ([n, shape @ ..], [stride, strides @ ..]) = (shape, strides) else {
        return item_at(vm, this, format, offset);
    };
    let items = ValueVec::with_capacity(vm, *n)?;
    for i in 0..*n {
        items.push(vm, nested(vm, this, format, shape, strides, offset + i as isize * stride)?)?;
    }
    Ok(PyList::from_vec(vm, items)?.value())
}

fn cast(vm: &Vm, args: &Args<'_>) -> PyResult<This> {
    let this = receiver(vm, args)?;
    this.check(vm)?;
    let format_text = vm.expect_str(args.get(1), "cast() argument 'format'")?;
    let dims = this.dims();
    if !dims.is_c_contiguous(this.itemsize()) {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let shape = match args.opt(2) {
        None => None,
        Some(v) => Some(cast_shape(vm, v)?),
    };
    if dims.shape.len() != 1 && shape.as_ref().is_some_and(|s| s.len() != 1) {
        return Err(vm.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    if shape.is_some() && dims.shape.contains(&0) {
        return Err(vm.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let Some(format) = Format::parse(&format_text) else {
        return Err(vm.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_of_bytes = Format::parse(&this.format(vm)).is_some_and(|old| old.is_byte());
    if !is_of_bytes && !format.is_byte() {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let size = format.size();
    if !this.nbytes().is_multiple_of(size) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        None => vec![this.nbytes() / size],
        Some(shape) => {
            let total = shape.iter().try_fold(size, |n, d| n.checked_mul(*d));
            if total != Some(this.nbytes()) {
                return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
            }
            shape
        }
    };
    let dims = Dimensions::contiguous(shape, size);
    this.derived(vm, this.address(), &dims, format_text, size)
}

fn cast_shape(vm: &Vm, v: Value) -> PyResult<Vec<usize>> {
    if v.downcast::<PyList>().is_none() && v.downcast::<PyTuple>().is_none() {
        return Err(vm.type_error("shape must be a list or a tuple"));
    }
    let items = vm.collect(v)?;
    if items.len() > 64 {
        return Err(vm.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    let mut shape = Vec::new();
    for v in items.as_slice() {
        if !vm.is_instance(*v, vm.types.int) {
            return Err(vm.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        match crate::types::int::to_i64(*v).and_then(|n| usize::try_from(n).ok()) {
            Some(n) if n > 0 => shape.push(n),
            _ => return Err(vm.value_error("memoryview.cast(): elements of shape must be integers > 0")),
        }
    }
    Ok(shape)
}

fn toreadonly(vm: &Vm, this: This) -> PyResult<This> {
    this.check(vm)?;
    let view = this.derived(vm, this.address(), &this.dims(), this.format(vm), this.itemsize())?;
    view.readonly.set(true);
    Ok(view)
}

fn release(vm: &Vm, this: This) -> PyResult<()> {
    if this.is_released() {
        return Ok(());
    }
    match this.count.get() {
        0 => {
            release_view(vm, this);
            Ok(())
        }
        1 => Err(vm.buffer_error("memoryview has 1 exported buffer")),
        n => Err(vm.buffer_error(format!("memoryview has {n} exported buffers"))),
    }
}

fn enter(vm: &Vm, this: This) -> PyResult<This> {
    this.check(vm)?;
    Ok(this)
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    release(vm, receiver(vm, args)?)
}

fn hash(vm: &Vm, this: This) -> PyResult<i64> {
    if let Some(known) = this.hash.get().and_then(crate::types::int::to_i64) {
        return Ok(known);
    }
    this.check(vm)?;
    if !this.is_readonly() {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    if !Format::parse(&this.format(vm)).is_some_and(Format::is_byte) {
        return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    let lender = this.lender(vm);
    if lender.downcast::<PyMemoryView>().is_none() {
        // As the lender does it: TypeError where that can't be hashed.
        let _in_use = InUse::new(this);
        vm.hash(lender)?;
    }
    let hash = vm.hash_bytes(&bytes_of(vm, this)?);
    this.hash.set(this, vm.new_int(hash)?);
    Ok(hash)
}

/// The items of any buffer, if its format is a native one.
fn items_equal(vm: &Vm, a: &RawBuffer, b: &RawBuffer) -> PyResult<bool> {
    let (da, db) = (a.dims(), b.dims());
    if da.shape != db.shape {
        return Ok(false);
    }
    let plain = |f: &str| f.strip_prefix('@').unwrap_or(f).to_owned();
    let (fa, fb) = (Format::of(&a.format), Format::of(&b.format));
    let (ba, bb) = (super::copy_out(vm, a)?, super::copy_out(vm, b)?);
    match (fa, fb) {
        (Some(fa), Some(fb)) => {
            let floats = [b'f', b'd', b'e'];
            if fa == fb && !floats.contains(&fa.0) && fa.0 != b'?' {
                return Ok(ba == bb);
            }
            let (mut x, mut y) = (ba.chunks_exact(fa.size()), bb.chunks_exact(fb.size()));
            while let (Some(x), Some(y)) = (x.next(), y.next()) {
                let (x, y) = (fa.unpack(vm, x)?, fb.unpack(vm, y)?);
                if !vm.is_true(vm.compare(x, y, Compare::Eq)?)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        _ if plain(&a.format) == plain(&b.format) => Ok(ba == bb),
        _ => Ok(false),
    }
}

fn equal(vm: &Vm, this: This, other: Value) -> PyResult<Option<bool>> {
    if let Some(other) = other.downcast::<PyMemoryView>()
        && (this.is_released() || other.is_released())
    {
        return Ok(Some(this == other));
    }
    if this.is_released() {
        return Ok(Some(false));
    }
    if !vm.has_buffer(other) {
        return Ok(None);
    }
    let other = match vm.buffer_any(other, false) {
        Ok(buffer) => buffer,
        Err(raised) => {
            vm.catch(raised, vm.types.exception)?;
            return Ok(None);
        }
    };
    Ok(Some(items_equal(vm, &this.described(vm), &other.raw)?))
}

fn eq(vm: &Vm, this: This, other: Value) -> PyResult<Value> {
    Ok(equal(vm, this, other)?.map_or(Value::NOT_IMPLEMENTED, Value::from_bool))
}
fn ne(vm: &Vm, this: This, other: Value) -> PyResult<Value> {
    Ok(equal(vm, this, other)?.map_or(Value::NOT_IMPLEMENTED, |e| Value::from_bool(!e)))
}
fn unordered(_: &Vm, _: This, _: Value) -> Value {
    Value::NOT_IMPLEMENTED
}

fn count(vm: &Vm, this: This, value: Value) -> PyResult<usize> {
    let iterator = vm.iter(this.value())?;
    let mut n = 0;
    while let Some(item) = vm.next(iterator)? {
        n += usize::from(vm.eq(item, value)?);
    }
    Ok(n)
}

fn index(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver(vm, args)?;
    this.check(vm)?;
    match this.ndim() {
        0 => return Err(vm.type_error("invalid lookup on 0-dim memory")),
        1 => {}
        _ => return Err(vm.not_implemented_error("multi-dimensional lookup is not implemented")),
    }
    let format = native_format(vm, this)?;
    let (n, stride) = this.first_dim();
    let bound = |v: Option<Value>, default: isize| v.map_or(Ok(default), |v| slice::index(vm, v));
    let (start, stop) = (bound(args.opt(2), 0)?, bound(args.opt(3), isize::MAX)?);
    let (start, stop, _, _) = slice::adjust(n, start, stop, 1);
    let mut i = start;
    while i < stop {
        this.check(vm)?;
        let item = item_at(vm, this, format, i * stride)?;
        if vm.eq(item, args.get(1))? {
            return Ok(i as usize);
        }
        i += 1;
    }
    Err(vm.value_error("memoryview.index(x): x not found"))
}

fn from_flags(vm: &Vm, args: &Args<'_>) -> PyResult<This> {
    let writable = vm.to_i64(args.get(2))? & 1 != 0;
    PyMemoryView::new(vm, args.get(1), writable)
}

fn class_getitem(vm: &Vm, class: Value, key: Value) -> PyResult<Value> {
    crate::types::generic_alias::new(vm, class, key)
}

macro_rules! getters {
    ($($name:ident: $t:ty = |$vm:ident, $this:ident| $e:expr;)*) => {$(
        fn $name($vm: &Vm, $this: This) -> PyResult<$t> {
            $this.check($vm)?;
            Ok($e)
        }
    )*};
}

getters! {
    get_obj: Value = |vm, this| this.lender(vm);
    get_nbytes: usize = |vm, this| this.nbytes();
    get_readonly: bool = |vm, this| this.is_readonly();
    get_itemsize: usize = |vm, this| this.itemsize();
    get_format: Ref<PyStr> = |vm, this| this.format(vm);
    get_ndim: usize = |vm, this| this.ndim();
    get_shape: Ref<PyTuple> = |vm, this| this.shape_tuple(vm);
    get_strides: Ref<PyTuple> = |vm, this| this.strides_tuple(vm);
    get_suboffsets: Ref<PyTuple> = |vm, this| int_tuple(vm, std::iter::empty())?;
    get_c_contiguous: bool = |vm, this| this.dims().is_c_contiguous(this.itemsize());
    get_f_contiguous: bool = |vm, this| this.dims().is_f_contiguous(this.itemsize());
    get_contiguous: bool = |vm, this|
        this.dims().is_c_contiguous(this.itemsize()) || this.dims().is_f_contiguous(this.itemsize());
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, object)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash),
    method!("__eq__", 2, eq),
    method!("__ne__", 2, ne),
    method!("__lt__", 2, unordered),
    method!("__le__", 2, unordered),
    method!("__gt__", 2, unordered),
    method!("__ge__", 2, unordered),
    method!("__iter__", 1, super::iter::iter),
    method!("__len__", 1, len),
    method!("__getitem__", 2, get_item),
    method!("__setitem__", 3, set_item),
    method!("__delitem__", 2, del_item),
    method!("__buffer__", 2, dunder_buffer),
    method!("__release_buffer__", 2, dunder_release_buffer),
    method!("__enter__", 1, enter),
    method!("__exit__", "($self, /, *exc_info)", exit),
    method!("__class_getitem__", 2, class_getitem).class(),
    method!("_from_flags", "($type, /, object, flags)", from_flags).class(),
    method!("release", 1, release),
    method!("tobytes", "($self, /, order='C')", tobytes),
    method!("hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", hex).doc("Return the data in the buffer as a str of hexadecimal numbers.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = memoryview(b'\\xb9\\x01\\xef')\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'"),
    method!("tolist", 1, tolist),
    method!("cast", "($self, /, format, shape=<unrepresentable>)", cast),
    method!("toreadonly", 1, toreadonly),
    method!("count", 2, count),
    method!("index", "($self, value, start=0, stop=sys.maxsize, /)", index),
];

const GETSET: &[GetSetDef] = &[
    getset!("obj", get_obj),
    getset!("nbytes", get_nbytes),
    getset!("readonly", get_readonly),
    getset!("itemsize", get_itemsize),
    getset!("format", get_format),
    getset!("ndim", get_ndim),
    getset!("shape", get_shape),
    getset!("strides", get_strides),
    getset!("suboffsets", get_suboffsets),
    getset!("c_contiguous", get_c_contiguous),
    getset!("f_contiguous", get_f_contiguous),
    getset!("contiguous", get_contiguous),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(MEMORYVIEW),
    flags: type_flags::WEAKREFABLE | type_flags::SEQUENCE,
    methods: &[METHODS],
    getset: GETSET,
    buffer: Some(PROCS),
    doc: Some("Create a new memoryview object which references the given object."),
    ..TypeDef::new("memoryview")
};
