//! `mmap.mmap`: reading and writing, as a sequence and as a file.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::slice::{PySlice, adjust, unpack};
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::object::{Map, open, receiver, writable};
use crate::arguments::c_int_or;

fn is_index(vm: &Vm, v: Value) -> bool {
    vm.type_of(v).special(Special::Index).is_some()
}

/// The place that an index names.
fn place(vm: &Vm, this: Ref<Map>, v: Value) -> PyResult<usize> {
    let i = vm.to_isize(v)?;
    let len = open(vm, this)?.len.get();
    let i = if i < 0 { i.saturating_add(len as isize) } else { i };
    usize::try_from(i).ok().filter(|i| *i < len).ok_or_else(|| vm.index_error("mmap index out of range"))
}

/// The places that a slice names.
fn places(vm: &Vm, this: Ref<Map>, slice: Ref<PySlice>) -> PyResult<(isize, isize, usize)> {
    let (start, stop, step) = unpack(vm, &slice)?;
    let (start, _, step, count) = adjust(open(vm, this)?.len.get(), start, stop, step);
    Ok((start, step, count))
}

fn getitem(vm: &Vm, this: Ref<Map>, key: Value) -> PyResult<Value> {
    let this = open(vm, this)?;
    if is_index(vm, key) {
        let at = place(vm, this, key)?;
        return Ok(Value::from_i32(i32::from(this.bytes().get(at).copied().unwrap_or(0))));
    }
    let Some(slice) = key.downcast::<PySlice>() else { return Err(vm.type_error("mmap indices must be integers")) };
    let (start, step, len) = places(vm, this, slice)?;
    let mut out = Vec::new();
    out.try_reserve_exact(len).map_err(|_| vm.memory_error())?;
    let bytes = this.bytes();
    if step == 1 {
        out.extend_from_slice(bytes.get(start as usize..start as usize + len).unwrap_or(&[]));
    } else {
        out.extend((0..len as isize).filter_map(|i| bytes.get((start + i * step) as usize)));
    }
    Ok(PyBytes::new(vm, &out)?.value())
}

fn setitem(vm: &Vm, this: Ref<Map>, key: Value, value: Value) -> PyResult<()> {
    let this = open(vm, this)?;
    writable(vm, this)?;
    if is_index(vm, key) {
        place(vm, this, key)?;
        if !is_index(vm, value) {
            return Err(vm.type_error("mmap item value must be an int"));
        }
        let byte = int::to_i64(vm.index(value)?).and_then(|n| u8::try_from(n).ok());
        let Some(byte) = byte else { return Err(vm.value_error("mmap item value must be in range(0, 256)")) };
        // The conversions may have run Python.
        let at = place(vm, this, key)?;
        if let Some(slot) = this.bytes_mut().get_mut(at) {
            *slot = byte;
        }
        return Ok(());
    }
    let Some(slice) = key.downcast::<PySlice>() else { return Err(vm.type_error("mmap indices must be integer")) };
    let bytes = vm.with_buffer(value, |bytes| bytes.to_vec())?;
    let (start, step, len) = places(vm, this, slice)?;
    if bytes.len() != len {
        return Err(vm.index_error("mmap slice assignment is wrong size"));
    }
    let target = this.bytes_mut();
    for (i, byte) in bytes.iter().enumerate() {
        if let Some(slot) = target.get_mut((start + i as isize * step) as usize) {
            *slot = *byte;
        }
    }
    Ok(())
}

fn delitem(vm: &Vm, this: Ref<Map>, _: Value) -> PyResult<()> {
    let this = open(vm, this)?;
    writable(vm, this)?;
    Err(vm.type_error("mmap doesn't support item deletion"))
}

/// Takes bytes from where the map stands, as a file.
fn take(vm: &Vm, this: Ref<Map>, n: usize) -> PyResult<Value> {
    let at = this.at.get().min(this.len.get());
    let end = at.saturating_add(n).min(this.len.get());
    let taken = PyBytes::new(vm, this.bytes().get(at..end).unwrap_or(&[]))?;
    this.at.set(end);
    Ok(taken.value())
}

fn read(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let n = match args.opt_not_none(1) {
        None => -1,
        Some(v) if is_index(vm, v) => vm.to_isize_clamped(v)?,
        Some(v) => {
            return Err(vm.type_error(format!("argument should be integer or None, not '{}'", vm.type_name(v))));
        }
    };
    let this = open(vm, this)?;
    take(vm, this, usize::try_from(n).unwrap_or(usize::MAX))
}

fn read_byte(vm: &Vm, this: Ref<Map>) -> PyResult<i32> {
    let this = open(vm, this)?;
    let at = this.at.get();
    match this.bytes().get(at) {
        Some(byte) => {
            this.at.set(at + 1);
            Ok(i32::from(*byte))
        }
        None => Err(vm.value_error("read byte out of range")),
    }
}

fn readline(vm: &Vm, this: Ref<Map>) -> PyResult<Value> {
    let this = open(vm, this)?;
    let rest = this.bytes().get(this.at.get()..).unwrap_or(&[]);
    let n = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |i| i + 1);
    take(vm, this, n)
}

fn write(vm: &Vm, this: Ref<Map>, data: Value) -> PyResult<usize> {
    let this = open(vm, this)?;
    let bytes = vm.with_buffer(data, |bytes| bytes.to_vec())?;
    let this = open(vm, this)?;
    writable(vm, this)?;
    let at = this.at.get();
    match at.checked_add(bytes.len()).and_then(|end| this.bytes_mut().get_mut(at..end)) {
        Some(place) => place.copy_from_slice(&bytes),
        None => return Err(vm.value_error("data out of range")),
    }
    this.at.set(at + bytes.len());
    Ok(bytes.len())
}

fn write_byte(vm: &Vm, this: Ref<Map>, byte: Value) -> PyResult<()> {
    let n = vm.to_i64(byte)?;
    let Ok(byte) = u8::try_from(n) else {
        return Err(vm.overflow_error(if n < 0 {
            "unsigned byte integer is less than minimum"
        } else {
            "unsigned byte integer is greater than maximum"
        }));
    };
    let this = open(vm, this)?;
    writable(vm, this)?;
    let at = this.at.get();
    match this.bytes_mut().get_mut(at) {
        Some(slot) => *slot = byte,
        None => return Err(vm.value_error("write byte out of range")),
    }
    this.at.set(at + 1);
    Ok(())
}

fn seek(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver(vm, args)?;
    let distance = vm.to_isize(args.get(1))?;
    let whence = c_int_or(vm, args.opt(2), 0)?;
    let this = open(vm, this)?;
    let from = match whence {
        0 => 0,
        1 => this.at.get(),
        2 => this.len.get(),
        _ => return Err(vm.value_error("unknown seek type")),
    };
    let to = (from as isize).checked_add(distance).and_then(|to| usize::try_from(to).ok());
    match to.filter(|to| *to <= this.len.get()) {
        Some(to) => {
            this.at.set(to);
            Ok(to)
        }
        None => Err(vm.value_error("seek out of range")),
    }
}

fn tell(vm: &Vm, this: Ref<Map>) -> PyResult<usize> {
    Ok(open(vm, this)?.at.get())
}

fn seekable(_: &Vm, _: Value) -> bool {
    true
}

fn bound(vm: &Vm, v: Slot, default: usize, len: usize) -> PyResult<usize> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(default) };
    let i = vm.to_isize_clamped(v)?;
    let i = if i < 0 { i.saturating_add(len as isize).max(0) } else { i };
    Ok((i as usize).min(len))
}

fn search(vm: &Vm, args: &Args<'_>, backward: bool) -> PyResult<isize> {
    let this = receiver(vm, args)?;
    let wanted = vm.with_buffer(args.get(1), |bytes| bytes.to_vec())?;
    let len = this.len.get();
    let start = bound(vm, args.opt(2), this.at.get(), len)?;
    let end = bound(vm, args.opt(3), len, len)?;
    let this = open(vm, this)?;
    let Some(range) = this.bytes().get(start..end) else { return Ok(-1) };
    let found = if wanted.is_empty() {
        Some(if backward { range.len() } else { 0 })
    } else if backward {
        range.windows(wanted.len()).rposition(|w| w == wanted)
    } else {
        range.windows(wanted.len()).position(|w| w == wanted)
    };
    Ok(found.map_or(-1, |i| (start + i) as isize))
}

fn find(vm: &Vm, args: &Args<'_>) -> PyResult<isize> {
    search(vm, args, false)
}

fn rfind(vm: &Vm, args: &Args<'_>) -> PyResult<isize> {
    search(vm, args, true)
}

fn move_bytes(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let mut numbers = [0isize; 3];
    for (i, n) in numbers.iter_mut().enumerate() {
        *n = vm.to_isize(args.get(i + 1))?;
    }
    let this = open(vm, this)?;
    writable(vm, this)?;
    let len = this.len.get();
    let [to, from, count] = numbers.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let fits = |at: usize| at <= len && count <= len - at;
    if !fits(to) || !fits(from) {
        return Err(vm.value_error("source, destination, or count out of range"));
    }
    this.bytes_mut().copy_within(from..from + count, to);
    Ok(())
}

pub const METHODS: &[MethodDef] = &[
    method!("__getitem__", 2, getitem),
    method!("__setitem__", 3, setitem),
    method!("__delitem__", 2, delitem),
    method!("read", "($self, n=None, /)", read),
    method!("read_byte", 1, read_byte),
    method!("readline", 1, readline),
    method!("write", 2, write),
    method!("write_byte", 2, write_byte),
    method!("seek", "($self, pos, whence=0, /)", seek),
    method!("seekable", 1, seekable),
    method!("tell", 1, tell),
    method!("find", "($self, view, start=None, end=None, /)", find),
    method!("rfind", "($self, view, start=None, end=None, /)", rfind),
    method!("move", "($self, dest, src, count, /)", move_bytes),
];
