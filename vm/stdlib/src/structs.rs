//! `_struct`: values packed into bytes.

use std::cell::Cell;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::complex;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};
use brolga_text::codecs::ByteOrder;
use brolga_text::struct_format::{self, Format, FormatError, Item, Kind};

use crate::exception_class::{Base, ExceptionClass};
use crate::object::{Settled, class_argument, itself, object};

object!(
    /// `format`: a [`Parsed`], none while `__init__` has not run.
    pub struct Struct: STRUCT { text: Field, format: Field }
);
object!(
    /// What a format means. `Struct.__init__` may be called again, while packing with the old format runs Python: so the
    /// struct names an object, which never changes.
    pub struct Parsed: STRUCT_FORMAT { format: Settled<Format> }
);
object!(pub struct Unpacker: STRUCT_ITER { owner: Field, buffer: Field, at: Cell<usize> });

/// Frees what a dead format owned.
///
/// # Safety
/// `cell` is a `Parsed` that nothing reaches any more.
pub unsafe fn drop_format(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Parsed> = unsafe { Ref::from_ptr(cell) };
    // SAFETY: it is dead.
    unsafe { this.format.free() };
}

static PARSED: TypeDef = TypeDef {
    layout: Some(crate::layouts::STRUCT_FORMAT),
    flags: type_flags::DISALLOW_NEW,
    ..TypeDef::new("_struct_format")
};

impl std::ops::Deref for Parsed {
    type Target = Format;

    fn deref(&self) -> &Format {
        static EMPTY: Format = Format::EMPTY;
        self.format.get().unwrap_or(&EMPTY)
    }
}

static ERROR: ExceptionClass = ExceptionClass::new("struct", "error", Base::Exception);
static CACHE: u8 = 0;

fn error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    ERROR.raise(vm, message)
}

impl Struct {
    fn format(&self, vm: &Vm) -> PyResult<Ref<Parsed>> {
        let format = self.format.get().and_then(Value::downcast);
        format.ok_or_else(|| vm.runtime_error("Struct object is not initialized"))
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Struct>> {
    vm.alloc_instance(class_argument(vm, args)?)
}

fn init_struct(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    set_format(vm, receiver(vm, args)?, args.get(1))
}

fn make(vm: &Vm, text: Value) -> PyResult<Ref<Struct>> {
    let this: Ref<Struct> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    set_format(vm, this, text)?;
    Ok(this)
}

fn set_format(vm: &Vm, this: Ref<Struct>, text: Value) -> PyResult<()> {
    let bytes = match (text.downcast::<PyStr>(), text.downcast::<PyBytes>()) {
        (Some(s), _) => match s.as_ascii() {
            Some(ascii) => ascii.as_bytes().to_vec(),
            None => {
                let encoded = vm.call_method(text, "encode", &[vm.new_str("ascii")?.value()])?;
                encoded.downcast::<PyBytes>().map(|b| b.as_slice().to_vec()).unwrap_or_default()
            }
        },
        (None, Some(b)) => b.as_slice().to_vec(),
        _ => {
            return Err(
                vm.type_error(format!("Struct() argument 1 must be a str or bytes object, not {}", vm.type_name(text)))
            );
        }
    };
    let format = struct_format::parse(&bytes).map_err(|e| match e {
        FormatError::NoMemory => vm.memory_error(),
        other => error(vm, other.to_string()),
    })?;
    let text =
        if text.downcast::<PyStr>().is_some() { text } else { vm.new_str(&String::from_utf8_lossy(&bytes))?.value() };
    let parsed: Ref<Parsed> = vm.alloc_instance(vm.native_type(&PARSED)?)?;
    parsed.format.attach(vm, parsed, format)?;
    this.text.set(this, text);
    this.format.set(this, parsed.value());
    Ok(())
}

/// The struct of a module function's format, from the cache of the last hundred.
fn cached(vm: &Vm, text: Value) -> PyResult<Ref<Struct>> {
    if text.downcast::<PyStr>().is_none() && text.downcast::<PyBytes>().is_none() {
        return make(vm, text);
    }
    let cache = match vm.kept(&CACHE).and_then(Value::downcast::<PyDict>) {
        Some(cache) => cache,
        None => {
            let cache = vm.new_dict()?;
            vm.keep(&CACHE, cache.value());
            cache
        }
    };
    if let Some(found) = cache.get_item(vm, text)?.and_then(Value::downcast::<Struct>) {
        return Ok(found);
    }
    let this = make(vm, text)?;
    if cache.len() >= 100 {
        cache.clear();
    }
    cache.set_item(vm, text, this.value())?;
    Ok(this)
}

/// Writes bytes that are in the machine's order, least first, in the format's.
fn store(out: &mut [u8], little: &[u8], order: ByteOrder) {
    for (slot, byte) in out.iter_mut().zip(little) {
        *slot = *byte;
    }
    if order == ByteOrder::Big {
        out.reverse();
    }
}

fn range_error(vm: &Vm, item: &Item) -> Raised {
    let bits = item.size as u32 * 8;
    let (low, high) = if item.kind == Kind::Signed {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    };
    error(vm, format!("'{}' format requires {low} <= number <= {high}", item.code as char))
}

fn float_bytes(vm: &Vm, f: f64, size: usize, code: u8) -> PyResult<Vec<u8>> {
    let too_large = || vm.overflow_error(format!("float too large to pack with {} format", code as char));
    Ok(match size {
        2 => struct_format::f64_to_half(f).ok_or_else(too_large)?.to_le_bytes().to_vec(),
        4 => {
            let single = f as f32;
            if single.is_infinite() && f.is_finite() {
                return Err(too_large());
            }
            single.to_le_bytes().to_vec()
        }
        _ => f.to_le_bytes().to_vec(),
    })
}

fn pack_one(vm: &Vm, item: &Item, order: ByteOrder, v: Value, out: &mut [u8]) -> PyResult<()> {
    match item.kind {
        Kind::Char => match v.downcast::<PyBytes>().and_then(|b| <[u8; 1]>::try_from(b.as_slice()).ok()) {
            Some(byte) => store(out, &byte, ByteOrder::Little),
            None => return Err(error(vm, "char format requires a bytes object of length 1")),
        },
        Kind::Bool => store(out, &[u8::from(vm.is_true(v)?), 0, 0, 0], order),
        Kind::Signed | Kind::Unsigned | Kind::Pointer => {
            let i = match vm.suppress(vm.index(v), vm.types.type_error)? {
                Some(i) => i,
                None => return Err(error(vm, "required argument is not an integer")),
            };
            if item.kind == Kind::Pointer {
                store(out, &int::low_u64(i).to_le_bytes(), order);
                return Ok(());
            }
            let signed = item.kind == Kind::Signed;
            let value = match (int::to_i64(i), int::to_u64(i)) {
                (Some(i), _) => i128::from(i),
                (None, Some(i)) => i128::from(i),
                _ => return Err(range_error(vm, item)),
            };
            let bits = item.size as u32 * 8;
            let fits = if signed {
                value >= -(1i128 << (bits - 1)) && value < 1i128 << (bits - 1)
            } else {
                value >= 0 && value < 1i128 << bits
            };
            if !fits {
                return Err(range_error(vm, item));
            }
            store(out, &value.to_le_bytes(), order);
        }
        Kind::Float => {
            let Some(f) = vm.suppress(vm.to_f64(v), vm.types.type_error)? else {
                return Err(error(vm, "required argument is not a float"));
            };
            store(out, &float_bytes(vm, f, item.size, item.code)?, order);
        }
        Kind::Complex => {
            let Some(z) = vm.suppress(complex::from_object(vm, v), vm.types.type_error)?.flatten() else {
                return Err(error(vm, "required argument is not a complex"));
            };
            let half = item.size / 2;
            let (first, second) = out.split_at_mut(half.min(out.len()));
            store(first, &float_bytes(vm, z.0, half, item.code)?, order);
            store(second, &float_bytes(vm, z.1, half, item.code)?, order);
        }
        Kind::Bytes | Kind::Pascal => {
            let wrong = || error(vm, format!("argument for '{}' must be a bytes object", item.code as char));
            if !vm.is_instance(v, vm.types.bytes) && !vm.is_instance(v, vm.types.bytearray) {
                return Err(wrong());
            }
            let buffer = vm.buffer(v, false)?;
            let bytes = buffer.as_slice();
            if item.kind == Kind::Bytes {
                out.iter_mut().zip(bytes).for_each(|(o, b)| *o = *b);
            } else if let Some((len, rest)) = out.split_first_mut() {
                let n = bytes.len().min(rest.len());
                rest.iter_mut().zip(bytes).for_each(|(o, b)| *o = *b);
                *len = n.min(255) as u8;
            }
        }
    }
    Ok(())
}

fn zeroed(vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    out.try_reserve_exact(n).map_err(|_| vm.memory_error())?;
    out.resize(n, 0);
    Ok(out)
}

/// Packs the values, and gives the bytes to `take`.
fn pack_values<R>(
    vm: &Vm,
    this: Ref<Struct>,
    values: &[Value],
    function: &str,
    take: impl FnOnce(&[u8]) -> PyResult<R>,
) -> PyResult<R> {
    let format = this.format(vm)?;
    if values.len() != format.values {
        return Err(error(
            vm,
            format!("{function} expected {} items for packing (got {})", format.values, values.len()),
        ));
    }
    // Most are small.
    let mut small = [0; 64];
    let mut large: Vec<u8>;
    let out = match small.get_mut(..format.size) {
        Some(small) => small,
        None => {
            large = zeroed(vm, format.size)?;
            &mut large[..]
        }
    };
    let mut values = values.iter();
    for item in &format.items {
        for i in 0..item.repeat {
            let at = item.offset + i * item.size;
            let (Some(v), Some(slot)) = (values.next(), out.get_mut(at..at + item.size)) else { break };
            pack_one(vm, item, format.order, *v, slot)?;
        }
    }
    take(out)
}

fn unpack_one(vm: &Vm, item: &Item, order: ByteOrder, bytes: &[u8]) -> PyResult<Value> {
    let float = |bytes: &[u8]| {
        let mut little = [0u8; 8];
        for (slot, b) in little.iter_mut().zip(bytes) {
            *slot = *b;
        }
        if order == ByteOrder::Big {
            little[..bytes.len().min(8)].reverse();
        }
        let bits = u64::from_le_bytes(little);
        match bytes.len() {
            2 => struct_format::half_to_f64(bits as u16),
            4 => f64::from(f32::from_bits(bits as u32)),
            _ => f64::from_bits(bits),
        }
    };
    match item.kind {
        Kind::Char | Kind::Bytes => Ok(PyBytes::new(vm, bytes)?.value()),
        Kind::Pascal => {
            let (len, rest) = bytes.split_first().map_or((0, bytes), |(l, r)| (usize::from(*l), r));
            Ok(PyBytes::new(vm, rest.get(..len.min(rest.len())).unwrap_or(&[]))?.value())
        }
        Kind::Bool => Ok(Value::from_bool(bytes.iter().any(|b| *b != 0))),
        Kind::Float => Ok(Value::from_f64(float(bytes))),
        Kind::Complex => {
            let (re, im) = bytes.split_at(bytes.len() / 2);
            let parts = [Value::from_f64(float(re)), Value::from_f64(float(im))];
            vm.call(vm.types.complex.value(), &parts)
        }
        Kind::Signed | Kind::Unsigned | Kind::Pointer => {
            let mut value: u64 = 0;
            let mut add = |b: &u8| value = value << 8 | u64::from(*b);
            match order {
                ByteOrder::Big => bytes.iter().for_each(&mut add),
                ByteOrder::Little => bytes.iter().rev().for_each(&mut add),
            }
            if item.kind == Kind::Signed {
                let unused = 64 - (bytes.len() as u32 * 8).clamp(1, 64);
                vm.new_int((value << unused) as i64 >> unused)
            } else {
                vm.new_int_u64(value)
            }
        }
    }
}

fn unpack_bytes(vm: &Vm, format: &Format, bytes: &[u8]) -> PyResult<Value> {
    let values = ValueVec::with_capacity(vm, format.values)?;
    for item in &format.items {
        for i in 0..item.repeat {
            let at = item.offset + i * item.size;
            values.push(vm, unpack_one(vm, item, format.order, bytes.get(at..at + item.size).unwrap_or(&[]))?)?;
        }
    }
    Ok(vm.new_tuple(values.as_slice())?.value())
}

fn unpack_as(vm: &Vm, this: Ref<Struct>, data: Value) -> PyResult<Value> {
    let format = this.format(vm)?;
    let buffer = vm.buffer(data, false)?;
    if buffer.len() != format.size {
        return Err(error(vm, format!("unpack requires a buffer of {} bytes", format.size)));
    }
    unpack_bytes(vm, &format, buffer.as_slice())
}

/// Where in a buffer of `len` bytes the struct lies.
fn place(vm: &Vm, format: &Format, len: usize, offset: isize, packing: bool) -> PyResult<usize> {
    let size = format.size;
    let mut at = offset as i128;
    if at < 0 {
        if at + size as i128 > 0 {
            return Err(error(
                vm,
                if packing {
                    format!("no space to pack {size} bytes at offset {offset}")
                } else {
                    format!("not enough data to unpack {size} bytes at offset {offset}")
                },
            ));
        }
        if at + (len as i128) < 0 {
            return Err(error(vm, format!("offset {offset} out of range for {len}-byte buffer")));
        }
        at += len as i128;
    }
    if len as i128 - at < size as i128 {
        let (function, doing) = if packing { ("pack_into", "packing") } else { ("unpack_from", "unpacking") };
        return Err(error(
            vm,
            format!(
                "{function} requires a buffer of at least {} bytes for {doing} {size} bytes at offset {at} (actual buffer size is {len})",
                at + size as i128
            ),
        ));
    }
    Ok(at as usize)
}

fn unpack_from_as(vm: &Vm, this: Ref<Struct>, data: Value, offset: Option<Value>) -> PyResult<Value> {
    let format = this.format(vm)?;
    let offset = offset.map_or(Ok(0), |v| vm.to_isize(v))?;
    let buffer = vm.buffer(data, false)?;
    let at = place(vm, &format, buffer.len(), offset, false)?;
    unpack_bytes(vm, &format, buffer.as_slice().get(at..at + format.size).unwrap_or(&[]))
}

fn pack_into_as(vm: &Vm, this: Ref<Struct>, args: &[Value]) -> PyResult<()> {
    let format = this.format(vm)?;
    let (target, offset, values) = match args {
        [target, offset, values @ ..] => (*target, *offset, values),
        [] => return Err(error(vm, "pack_into expected buffer argument")),
        [_] => return Err(error(vm, "pack_into expected offset argument")),
    };
    if values.len() != format.values {
        return Err(error(
            vm,
            format!("pack_into expected {} items for packing (got {})", format.values, values.len()),
        ));
    }
    let mut buffer = vm.writable_buffer(target, "argument")?;
    let offset = vm.to_isize(offset)?;
    let at = place(vm, &format, buffer.len(), offset, true)?;
    pack_values(vm, this, values, "pack_into", |packed| {
        if let Some(slot) = buffer.as_mut_slice().get_mut(at..at + format.size) {
            slot.copy_from_slice(packed);
        }
        Ok(())
    })
}

fn iter_unpack_as(vm: &Vm, this: Ref<Struct>, data: Value) -> PyResult<Value> {
    let format = this.format(vm)?;
    if format.size == 0 {
        return Err(error(vm, "cannot iteratively unpack with a struct of length 0"));
    }
    let len = vm.buffer(data, false)?.len();
    if len % format.size != 0 {
        return Err(error(vm, format!("iterative unpacking requires a buffer of a multiple of {} bytes", format.size)));
    }
    let iterator: Ref<Unpacker> = vm.alloc_instance(vm.native_type(&ITER)?)?;
    iterator.owner.init(this.value());
    iterator.buffer.init(data);
    Ok(iterator.value())
}

fn iter_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Unpacker>() else { return Ok(None) };
    let (Some(owner), Some(data)) = (this.owner.get().and_then(Value::downcast::<Struct>), this.buffer.get()) else {
        return Ok(None);
    };
    let format = owner.format(vm)?;
    let buffer = vm.buffer(data, false)?;
    let at = this.at.get();
    let Some(bytes) = buffer.as_slice().get(at..at.saturating_add(format.size)) else {
        this.buffer.set(this, None);
        return Ok(None);
    };
    this.at.set(at + format.size);
    unpack_bytes(vm, &format, bytes).map(Some)
}

fn iter_length_hint(vm: &Vm, this: Ref<Unpacker>) -> PyResult<usize> {
    let (Some(owner), Some(data)) = (this.owner.get().and_then(Value::downcast::<Struct>), this.buffer.get()) else {
        return Ok(0);
    };
    let format = owner.format(vm)?;
    let len = vm.buffer(data, false)?.len();
    Ok(len.saturating_sub(this.at.get()) / format.size.max(1))
}

static ITER: TypeDef = TypeDef {
    module: "_struct",
    layout: Some(crate::layouts::STRUCT_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__iter__", 1, itself), method!("__length_hint__", 1, iter_length_hint)]],
    iternext: Some(iter_next),
    ..TypeDef::new("unpack_iterator")
};

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Struct>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a Struct is required"))
}

fn pack(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    pack_values(vm, receiver(vm, args)?, args.rest, "pack", |packed| Ok(PyBytes::new(vm, packed)?.value()))
}

fn pack_into(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    pack_into_as(vm, receiver(vm, args)?, args.rest)
}

fn unpack(vm: &Vm, this: Ref<Struct>, data: Value) -> PyResult<Value> {
    unpack_as(vm, this, data)
}

fn unpack_from(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    unpack_from_as(vm, receiver(vm, args)?, args.get(1), args.opt(2))
}

fn iter_unpack(vm: &Vm, this: Ref<Struct>, data: Value) -> PyResult<Value> {
    iter_unpack_as(vm, this, data)
}

fn repr(vm: &Vm, this: Ref<Struct>) -> PyResult<String> {
    this.format(vm)?;
    Ok(format!("{}({})", vm.short_type_name(this.value()), vm.repr_lossy(this.text.get_or_none())?))
}

fn get_format(vm: &Vm, this: Ref<Struct>) -> PyResult<Value> {
    this.format(vm)?;
    Ok(this.text.get_or_none())
}

/// -1 as long as there is no format.
fn get_size(_: &Vm, this: Ref<Struct>) -> isize {
    this.format.get().and_then(Value::downcast::<Parsed>).map_or(-1, |format| format.size as isize)
}

fn sizeof(vm: &Vm, this: Ref<Struct>) -> PyResult<usize> {
    let format = this.format(vm)?;
    Ok(vm.heap.size_of_cell(this.obj().as_ptr()) + format.items.capacity() * size_of::<Item>())
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, format)", init_struct),
    method!("__sizeof__", 1, sizeof),
    method!("pack", "($self, /, *values)", pack),
    method!("pack_into", "($self, /, *args)", pack_into),
    method!("unpack", 2, unpack),
    method!("unpack_from", "($self, /, buffer, offset=0)", unpack_from),
    method!("iter_unpack", 2, iter_unpack),
    method!("__repr__", 1, repr),
];
static GETSET: &[GetSetDef] = &[getset!("format", get_format), getset!("size", get_size)];

static DEF: TypeDef = TypeDef {
    module: "_struct",
    layout: Some(crate::layouts::STRUCT),
    flags: type_flags::BASETYPE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Struct(fmt) --> compiled struct object"),
    ..TypeDef::new("Struct")
};

/// The format of a function whose arguments come as they are.
fn split_format<'a>(vm: &Vm, args: &Args<'a>) -> PyResult<(Ref<Struct>, &'a [Value])> {
    match args.rest {
        [] => Err(vm.type_error("missing format argument")),
        [format, rest @ ..] => Ok((cached(vm, *format)?, rest)),
    }
}

fn module_pack(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (this, values) = split_format(vm, args)?;
    pack_values(vm, this, values, "pack", |packed| Ok(PyBytes::new(vm, packed)?.value()))
}

fn module_pack_into(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (this, values) = split_format(vm, args)?;
    pack_into_as(vm, this, values)
}

fn module_unpack(vm: &Vm, format: Value, data: Value) -> PyResult<Value> {
    unpack_as(vm, cached(vm, format)?, data)
}

fn module_unpack_from(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    unpack_from_as(vm, cached(vm, args.get(0))?, args.get(1), args.opt(2))
}

fn module_iter_unpack(vm: &Vm, format: Value, data: Value) -> PyResult<Value> {
    iter_unpack_as(vm, cached(vm, format)?, data)
}

fn calcsize(vm: &Vm, format: Value) -> PyResult<usize> {
    Ok(cached(vm, format)?.format(vm)?.size)
}

fn clear_cache(vm: &Vm) {
    if let Some(cache) = vm.kept(&CACHE).and_then(Value::downcast::<PyDict>) {
        cache.clear();
    }
}

static FUNCTIONS: &[MethodDef] = &[
    method!("pack", "(*args)", module_pack).called("_struct.pack"),
    method!("pack_into", "(*args)", module_pack_into).called("_struct.pack_into"),
    method!("unpack", 2, module_unpack),
    method!("unpack_from", "($module, format, /, buffer, offset=0)", module_unpack_from),
    method!("iter_unpack", 2, module_iter_unpack),
    method!("calcsize", 1, calcsize),
    method!("_clearcache", 0, clear_cache),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, vm.native_type(&DEF)?)?;
    module.add(vm, "error", ERROR.class(vm)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_struct", FUNCTIONS, init);
