//! Parameters with directions, names and defaults: what a call's arguments become by them, and which come back as results.

use brolga_runtime::PyResult;
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};

use super::code::Kind as CodeKind;
use super::info::{self, Kind};

const IN: u64 = 1;
const OUT: u64 = 2;
/// A locale id, which only COM has: always the default.
const LCID: u64 = 4;
const IN_OUT: u64 = IN | OUT;
const IN_LCID: u64 = IN | LCID;
const ALL: u64 = IN | OUT | LCID;

/// One parameter's tuple: flags, and perhaps a name and a default.
fn parse(item: Value) -> Option<(u64, Slot, Slot)> {
    let item = item.downcast::<PyTuple>()?;
    let flags = item.get(0).filter(|v| int::to_i64(*v).is_some())?;
    let name = item.get(1).filter(|name| !name.is_none());
    if item.len() > 3 || name.is_some_and(|name| name.downcast::<PyStr>().is_none()) {
        return None;
    }
    Some((int::low_u64(flags), name, item.get(2)))
}

/// Refuses what `arguments` could not use.
pub fn check(vm: &Vm, argtypes: Value, flags: Value) -> PyResult<()> {
    let Some(flags) = flags.downcast::<PyTuple>() else {
        return Err(vm.type_error("paramflags must be a tuple or None"));
    };
    let types = vm.tuple_from(argtypes)?;
    if flags.len() != types.len() {
        return Err(vm.value_error("paramflags must have the same length as argtypes"));
    }
    for (i, (item, class)) in flags.as_slice().iter().zip(types.as_slice()).enumerate() {
        let Some((flag, ..)) = parse(*item) else {
            return Err(vm.type_error("paramflags must be a sequence of (int [,string [,value]]) tuples"));
        };
        match flag & ALL {
            0 | IN | IN_LCID | IN_OUT => {}
            OUT => check_out(vm, *class, i + 1)?,
            _ => return Err(vm.type_error(format!("paramflag value {} not supported", flag as i32))),
        }
    }
    Ok(())
}

fn check_out(vm: &Vm, class: Value, number: usize) -> PyResult<()> {
    let fits = info::of_type(class).is_some_and(|info| match info.kind() {
        Kind::Pointer | Kind::Array => true,
        Kind::Simple => info.code().is_some_and(|code| {
            matches!(code.kind(), CodeKind::Pointer | CodeKind::CharPointer | CodeKind::WideCharPointer)
        }),
        _ => false,
    });
    if fits {
        return Ok(());
    }
    let name = class.downcast::<PyType>().unwrap_or_else(|| vm.type_of(class)).tp_name();
    Err(vm.type_error(format!("'out' parameter {number} must be a pointer type, not {name}")))
}

/// The arguments of a call.
pub struct Given {
    pub values: Ref<PyTuple>,
    /// Numbers of those that are results, too; of these the ones whose value is read behind the call.
    results: Vec<(usize, bool)>,
}

impl Given {
    /// The result of the call: the values that have come back, if there are some, else what the function gave.
    pub fn result(&self, vm: &Vm, result: Value) -> PyResult<Value> {
        if self.results.is_empty() {
            return Ok(result);
        }
        let found = ValueVec::new();
        for (at, is_read) in &self.results {
            let value = self.values.get(*at).unwrap_or(Value::NONE);
            let value = if *is_read { vm.call_method(value, "__ctypes_from_outparam__", &[])? } else { value };
            found.push(vm, value)?;
        }
        match found.as_slice() {
            [one] => Ok(*one),
            all => Ok(vm.new_tuple(all)?.value()),
        }
    }
}

/// The arguments as the function's parameters have them.
pub fn arguments(vm: &Vm, args: &Args<'_>, argtypes: Slot, flags: Option<Ref<PyTuple>>) -> PyResult<Given> {
    let types = match argtypes {
        Some(types) => Some(vm.tuple_from(types)?),
        None => None,
    };
    let (Some(types), Some(flags)) = (types.filter(|types| !types.is_empty()), flags) else {
        return Ok(Given { values: vm.new_tuple(args.rest)?, results: Vec::new() });
    };
    let values = ValueVec::new();
    let mut results = Vec::new();
    results.try_reserve(types.len()).map_err(|_| vm.memory_error())?;
    let mut taken = 0;
    for (i, class) in types.as_slice().iter().enumerate() {
        // (The instance's types may be others than those that the flags were checked with.)
        let Some((flag, name, default)) = flags.get(i).and_then(parse) else {
            return Err(vm.value_error("paramflags must have the same length as argtypes"));
        };
        let value = match flag & ALL {
            IN_LCID => default.unwrap_or(Value::from_i32(0)),
            IN_OUT => {
                results.push((i, false));
                next(vm, args, &mut taken, name, default)?
            }
            0 | IN => next(vm, args, &mut taken, name, default)?,
            OUT => {
                results.push((i, true));
                match default {
                    Some(default) => default,
                    None => new_out(vm, *class)?,
                }
            }
            _ => return Err(vm.value_error(format!("paramflag {flag} not yet implemented"))),
        };
        values.push(vm, value)?;
    }
    let given = args.rest.len() + args.kw.iter().count();
    if given != taken {
        return Err(vm.type_error(format!("call takes exactly {taken} arguments ({given} given)")));
    }
    Ok(Given { values: vm.new_tuple(values.as_slice())?, results })
}

/// The next argument: by position, by name, or the default. `taken` counts those that were given.
fn next(vm: &Vm, args: &Args<'_>, taken: &mut usize, name: Slot, default: Slot) -> PyResult<Value> {
    if let Some(value) = args.rest.get(*taken) {
        *taken += 1;
        return Ok(*value);
    }
    if let Some(name) = name {
        for (keyword, value) in args.kw.iter() {
            if vm.eq(keyword, name)? {
                *taken += 1;
                return Ok(value);
            }
        }
    }
    match (default, name) {
        (Some(default), _) => Ok(default),
        (None, Some(name)) => Err(vm.type_error(format!("required argument '{}' missing", vm.to_lossy(name)))),
        (None, None) => Err(vm.type_error("not enough arguments")),
    }
}

/// A new object for a function to write to.
fn new_out(vm: &Vm, class: Value) -> PyResult<Value> {
    match info::of_type(class).map(|info| (info, info.kind())) {
        Some((_, Kind::Array)) => vm.call(class, &[]),
        Some((info, Kind::Pointer)) => vm.call(info.proto.get_or_none(), &[]),
        Some(_) => {
            let name = class.downcast::<PyType>().map(|class| class.tp_name()).unwrap_or_default();
            Err(vm.type_error(format!("{name} 'out' parameter must be passed as default value")))
        }
        None => Err(vm.runtime_error("NULL stginfo unexpected")),
    }
}
