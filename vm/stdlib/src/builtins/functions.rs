//! The functions that are little more than one operation.

use brolga_runtime::object::{Args, Ref};
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::object::attribute_name;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::{PyResult, Slot, Value, Vm};

pub fn import(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(name) = args.get(0).downcast::<PyStr>() else {
        return Err(vm.type_error("module name must be a string"));
    };
    let level = args.opt(4).unwrap_or(Value::from_i32(0));
    brolga_runtime::import::import(
        vm,
        name,
        args.opt(1).unwrap_or(Value::NONE),
        args.opt(3).unwrap_or(Value::NONE),
        level,
    )
}

pub fn abs(vm: &Vm, v: Value) -> PyResult<Value> {
    if let Some(f) = v.as_f64() {
        return Ok(Value::from_f64(f.abs()));
    }
    if let Some(i) = v.as_small_int() {
        return vm.new_int(i.abs());
    }
    vm.unary_op(v, Special::Abs)
}

pub fn aiter(vm: &Vm, v: Value) -> PyResult<Value> {
    match vm.call_special(v, Special::AIter, &[])? {
        Some(it) if vm.type_of(it).special(Special::ANext).is_some() => Ok(it),
        Some(it) => {
            Err(vm.type_error(format!("aiter() returned not an async iterator of type '{}'", vm.type_name(it))))
        }
        None => Err(vm.type_error(format!("'{}' object is not an async iterable", vm.type_name(v)))),
    }
}

pub fn anext(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let iterator = args.get(0);
    let Some(awaitable) = vm.call_special(iterator, Special::ANext, &[])? else {
        return Err(vm.type_error(format!("'{}' object is not an async iterator", vm.type_name(iterator))));
    };
    match args.opt(1) {
        Some(default) => brolga_runtime::types::asyncgen::anext_default(vm, awaitable, default),
        None => Ok(awaitable),
    }
}

pub fn ascii(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    vm.ascii(v)
}

/// `bin`, `oct`, `hex`.
fn in_base(vm: &Vm, v: Value, spec: &str) -> PyResult<Value> {
    let i = vm.index(v)?;
    let exact = int::to_exact(vm, i)?;
    let spec = vm.new_str(spec)?;
    Ok(vm.format(exact, spec)?.value())
}

pub fn bin(vm: &Vm, v: Value) -> PyResult<Value> {
    in_base(vm, v, "#b")
}

pub fn oct(vm: &Vm, v: Value) -> PyResult<Value> {
    in_base(vm, v, "#o")
}

pub fn hex(vm: &Vm, v: Value) -> PyResult<Value> {
    in_base(vm, v, "#x")
}

pub fn breakpoint(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let hook = match vm.sys.get_str(vm, vm.intern("breakpointhook")?) {
        Some(hook) => hook,
        None => return Err(vm.runtime_error("lost sys.breakpointhook")),
    };
    let kwargs = vm.new_dict()?;
    for (name, value) in args.kw.iter() {
        kwargs.set_item(vm, name, value)?;
    }
    vm.call_with_dict(hook, args.rest, Some(kwargs))
}

pub fn callable(vm: &Vm, v: Value) -> bool {
    vm.is_callable(v)
}

pub fn chr(vm: &Vm, v: Value) -> PyResult<Value> {
    let i = vm.index(v)?;
    match int::to_i64(i) {
        Some(c @ 0..0x11_0000) => Ok(PyStr::from_char(vm, c as u32)?.value()),
        _ => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

pub fn ord(vm: &Vm, v: Value) -> PyResult<Value> {
    let wrong = |len: usize| vm.type_error(format!("ord() expected a character, but string of length {len} found"));
    if let Some(s) = v.downcast::<PyStr>() {
        return if s.len() == 1 { Ok(Value::from_int_truncated(s.char_at(0).into())) } else { Err(wrong(s.len())) };
    }
    if vm.is_instance(v, vm.types.bytes) || vm.is_instance(v, vm.types.bytearray) {
        let len = vm.len(v)?;
        return if len == 1 { vm.get_item(v, Value::from_i32(0)) } else { Err(wrong(len)) };
    }
    Err(vm.type_error(format!("ord() expected string of length 1, but {} found", vm.type_name(v))))
}

pub fn getattr(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let name = attribute_name(vm, args.get(1))?;
    match args.opt(2) {
        None => vm.get_attr(args.get(0), name),
        Some(default) => Ok(vm.get_attr_opt(args.get(0), name)?.unwrap_or(default)),
    }
}

pub fn hasattr(vm: &Vm, v: Value, name: Value) -> PyResult<bool> {
    let name = attribute_name(vm, name)?;
    Ok(vm.get_attr_opt(v, name)?.is_some())
}

pub fn setattr(vm: &Vm, v: Value, name: Value, value: Value) -> PyResult<()> {
    let name = attribute_name(vm, name)?;
    vm.set_attr(v, name, value)
}

pub fn delattr(vm: &Vm, v: Value, name: Value) -> PyResult<()> {
    let name = attribute_name(vm, name)?;
    vm.del_attr(v, name)
}

pub fn dir(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let names = match args.opt(0) {
        None => {
            let locals = locals(vm)?;
            vm.call_method(locals, "keys", &[])?
        }
        Some(v) => match vm.call_special(v, Special::Dir, &[])? {
            Some(names) => names,
            None => return Err(vm.type_error("object does not provide __dir__")),
        },
    };
    let list = vm.list_from(names)?;
    vm.call_method(list.value(), "sort", &[])?;
    Ok(list.value())
}

pub fn divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match vm.binary_special(a, b, Special::DivMod, Special::RDivMod)? {
        Some(v) => Ok(v),
        None => Err(vm.type_error(format!(
            "unsupported operand type(s) for divmod(): '{}' and '{}'",
            vm.type_name(a),
            vm.type_name(b)
        ))),
    }
}

pub fn format(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let spec = match args.opt(1) {
        None => vm.names.empty,
        Some(spec) => match spec.downcast::<PyStr>() {
            Some(spec) => spec,
            None => {
                return Err(vm.type_error(format!("format() argument 2 must be str, not {}", vm.type_name(spec))));
            }
        },
    };
    Ok(vm.format(args.get(0), spec)?.value())
}

pub fn globals(vm: &Vm) -> PyResult<Value> {
    // SAFETY: the current frame is alive.
    match unsafe { vm.frame.get().as_ref() } {
        Some(frame) => Ok(frame.globals.get()),
        None => Ok(Value::NONE),
    }
}

pub fn locals(vm: &Vm) -> PyResult<Value> {
    // SAFETY: the current frame is alive.
    match unsafe { vm.frame.get().as_ref() } {
        Some(frame) => brolga_runtime::types::frame::snapshot(vm, frame),
        None => Err(vm.system_error("frame does not exist")),
    }
}

pub fn vars(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.opt(0) {
        None => locals(vm),
        Some(v) => match vm.get_attr_opt(v, vm.names.__dict__)? {
            Some(dict) => Ok(dict),
            None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
        },
    }
}

pub fn hash(vm: &Vm, v: Value) -> PyResult<i64> {
    vm.hash(v)
}

pub fn id(vm: &Vm, v: Value) -> u64 {
    vm.id_of(v)
}

pub fn isinstance(vm: &Vm, v: Value, class: Value) -> PyResult<bool> {
    vm.is_instance_of(v, class)
}

pub fn issubclass(vm: &Vm, sub: Value, class: Value) -> PyResult<bool> {
    vm.is_subclass_of(sub, class)
}

pub fn iter(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.opt(1) {
        None => vm.iter(args.get(0)),
        Some(sentinel) => {
            if !vm.is_callable(args.get(0)) {
                return Err(vm.type_error("iter(v, w): v must be callable"));
            }
            Ok(brolga_runtime::types::callable_iter::PyCallableIter::new(vm, args.get(0), sentinel)?.value())
        }
    }
}

pub fn len(vm: &Vm, v: Value) -> PyResult<Value> {
    // A range's may be greater than anything in memory.
    vm.new_int_u64(vm.len(v)? as u64)
}

pub fn next(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let iterator = args.get(0);
    let class = vm.type_of(iterator);
    let found = match class.iternext() {
        Some(next) => match next(vm, iterator) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => match args.opt(1) {
                Some(default) => return Ok(default),
                None => return Err(vm.stop_iteration(None)),
            },
            Err(raised) => Err(raised),
        },
        None => match vm.call_special(iterator, Special::Next, &[]) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => return Err(vm.type_error(format!("'{}' object is not an iterator", class.tp_name()))),
            Err(raised) => Err(raised),
        },
    };
    match args.opt(1) {
        Some(default) => match found {
            Ok(value) => Ok(value),
            Err(raised) => vm.catch(raised, vm.types.stop_iteration).map(|_| default),
        },
        None => found,
    }
}

pub fn pow(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.pow_mod(args.get(0), args.get(1), args.opt(2).unwrap_or(Value::NONE))
}

pub fn repr(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    vm.repr(v)
}

pub fn round(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let number = args.get(0);
    let digits: Slot = args.opt_not_none(1);
    let found = match digits {
        Some(digits) => vm.call_special(number, Special::Round, &[digits])?,
        None => vm.call_special(number, Special::Round, &[])?,
    };
    match found {
        Some(v) => Ok(v),
        None => Err(vm.type_error(format!("type {} doesn't define __round__ method", vm.type_name(number)))),
    }
}

/// `a + b` for `sum`.
pub fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    vm.binary_op(a, b, BinaryOp::Add)
}

/// A dict's copy as plain namespace, for `exec`.
pub fn is_mapping(vm: &Vm, v: Value) -> bool {
    v.downcast::<PyDict>().is_some() || vm.type_of(v).special(Special::GetItem).is_some()
}
