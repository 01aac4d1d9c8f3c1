//! Binds the arguments of a call to the parameters of a Python function.

use brolga_bytecode::constants::flags;

use crate::PyResult;
use crate::frame::Frame;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

/// Fills the frame's parameters. `args` holds the positional arguments and then the values of the keyword arguments.
#[inline]
pub fn bind(
    vm: &Vm,
    function: Ref<PyFunction>,
    frame: *mut Frame,
    args: &[Value],
    kwnames: Option<Ref<PyTuple>>,
) -> PyResult<()> {
    let code = function.code();
    // SAFETY: the frame was just pushed for this code, so it has a slot for every parameter.
    unsafe {
        if kwnames.is_none() && bind_plainly(function, (*frame).locals_ptr(), args) {
            return Ok(());
        }
    }
    // SAFETY: as above.
    let locals = unsafe { std::slice::from_raw_parts_mut((*frame).locals_ptr(), code.nlocalsplus()) };
    bind_slow(vm, function, locals, args, kwnames)
}

/// The defaults that fill up so many positional arguments, where no more is to be done: the function has plain parameters
/// only, and enough defaults. `Some(None)`: all parameters are given.
#[inline(always)]
fn plain_defaults(function: Ref<PyFunction>, given: usize) -> Option<Option<(Ref<PyTuple>, usize)>> {
    let missing = function.code().plain_parameters().checked_sub(given)?;
    if missing == 0 {
        return Some(None);
    }
    let defaults = function.defaults()?;
    Some(Some((defaults, defaults.len().checked_sub(missing)?)))
}

/// Are so many positional arguments all that the function needs: it has plain parameters, and defaults for the rest?
#[inline(always)]
pub(crate) fn takes_plainly(function: Ref<PyFunction>, given: usize) -> bool {
    plain_defaults(function, given).is_some()
}

/// Binds positional arguments where the function [`takes_plainly`] so many; else false, and nothing is written.
///
/// # Safety
/// `locals` has room for the function's parameters.
#[inline(always)]
pub(crate) unsafe fn bind_plainly(function: Ref<PyFunction>, locals: *mut Slot, args: &[Value]) -> bool {
    let Some(defaults) = plain_defaults(function, args.len()) else { return false };
    let defaults = defaults.as_ref().map_or(&[][..], |(defaults, first)| &defaults.as_slice()[*first..]);
    let mut local = locals;
    for v in args.iter().chain(defaults) {
        // SAFETY: arguments and defaults are as many as the plain parameters.
        unsafe {
            local.write(Some(*v));
            local = local.add(1);
        }
    }
    true
}

#[inline(never)]
fn bind_slow(
    vm: &Vm,
    function: Ref<PyFunction>,
    locals: &mut [Slot],
    args: &[Value],
    kwnames: Option<Ref<PyTuple>>,
) -> PyResult<()> {
    let code = function.code();
    let (argcount, kwonly) = (code.argcount(), code.kwonlyargcount());
    let posonly = code.data().posonlyargcount as usize;
    let total = argcount + kwonly;
    let keywords = kwnames.map_or(0, |k| k.len());
    let given = args.len() - keywords.min(args.len());
    let (positional, values) = args.split_at(given);

    let direct = given.min(argcount);
    for (slot, value) in locals.iter_mut().zip(&positional[..direct]) {
        *slot = Some(*value);
    }
    let varargs = code.has_flag(flags::VARARGS);
    let varkw = code.has_flag(flags::VARKEYWORDS);
    let mut next = total;
    if varargs {
        let rest = PyTuple::new(vm, &positional[direct..])?;
        locals[next] = Some(rest.value());
        next += 1;
    }
    let kwdict = if varkw {
        let dict = PyDict::new(vm)?;
        locals[next] = Some(dict.value());
        Some(dict)
    } else {
        None
    };

    if let Some(names) = kwnames {
        'keywords: for (i, name) in names.as_slice().iter().enumerate() {
            let value = values.get(i).copied().unwrap_or(Value::NONE);
            let Some(name) = name.downcast::<PyStr>() else {
                return Err(vm.type_error(format!("{}() keywords must be strings", function.qualname_lossy(vm))));
            };
            for (at, slot) in locals.iter_mut().enumerate().take(total).skip(posonly) {
                let Some(param) = code.local_name(at) else { continue };
                if param == name || param.equals(&name) {
                    if slot.is_some() {
                        return Err(vm.type_error(format!(
                            "{}() got multiple values for argument '{}'",
                            function.qualname_lossy(vm),
                            name.to_lossy()
                        )));
                    }
                    *slot = Some(value);
                    continue 'keywords;
                }
            }
            match kwdict {
                Some(dict) => dict.set_item(vm, name.value(), value)?,
                None => return Err(unexpected_keyword(vm, function, names, name, posonly, total)?),
            }
        }
    }

    if given > argcount && !varargs {
        return Err(too_many_positional(vm, function, given, locals)?);
    }
    if given < argcount {
        let defaults = function.defaults();
        let count = defaults.map_or(0, |d| d.len());
        let first_default = argcount.saturating_sub(count);
        let missing = ValueVec::new();
        for (at, slot) in locals.iter().enumerate().take(first_default).skip(given) {
            if slot.is_none()
                && let Some(name) = code.local_name(at)
            {
                missing.push(vm, name.value())?;
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(vm, function, "positional", &missing)?);
        }
        // More defaults than parameters (`__defaults__` is writable): the last ones count.
        let skip = count.saturating_sub(argcount);
        for (at, slot) in locals.iter_mut().enumerate().take(argcount).skip(given.max(first_default)) {
            if slot.is_none() {
                *slot = defaults.and_then(|d| d.get(at - first_default + skip));
            }
        }
    }
    if kwonly > 0 {
        let missing = ValueVec::new();
        let defaults = function.kwdefaults();
        for (at, slot) in locals.iter_mut().enumerate().take(total).skip(argcount) {
            if slot.is_some() {
                continue;
            }
            let Some(name) = code.local_name(at) else { continue };
            let default = match defaults {
                Some(d) => d.get_item(vm, name.value())?,
                None => None,
            };
            match default {
                Some(value) => *slot = Some(value),
                None => missing.push(vm, name.value())?,
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(vm, function, "keyword-only", &missing)?);
        }
    }
    Ok(())
}

#[cold]
fn unexpected_keyword(
    vm: &Vm,
    function: Ref<PyFunction>,
    names: Ref<PyTuple>,
    name: Ref<PyStr>,
    posonly: usize,
    total: usize,
) -> PyResult<crate::Raised> {
    let code = function.code();
    let qualname = function.qualname_lossy(vm);
    // Positional-only parameters given by name, all of them.
    let mut wrong = String::new();
    for at in 0..posonly {
        let Some(param) = code.local_name(at) else { continue };
        if names.as_slice().iter().any(|n| n.downcast::<PyStr>().is_some_and(|n| n.equals(&param))) {
            if !wrong.is_empty() {
                wrong.push_str(", ");
            }
            wrong.push_str(&param.to_lossy());
        }
    }
    if !wrong.is_empty() {
        return Ok(vm.type_error(format!(
            "{qualname}() got some positional-only arguments passed as keyword arguments: '{wrong}'"
        )));
    }
    let candidates: Vec<String> = (posonly..total).filter_map(|at| code.local_name(at)).map(|n| n.to_lossy()).collect();
    let name = name.to_lossy();
    let suggestion = crate::types::exception::suggest::closest(&name, &candidates);
    Ok(match suggestion {
        Some(s) => {
            vm.type_error(format!("{qualname}() got an unexpected keyword argument '{name}'. Did you mean '{s}'?"))
        }
        None => vm.type_error(format!("{qualname}() got an unexpected keyword argument '{name}'")),
    })
}

#[cold]
fn too_many_positional(vm: &Vm, function: Ref<PyFunction>, given: usize, locals: &[Slot]) -> PyResult<crate::Raised> {
    let code = function.code();
    let (argcount, kwonly) = (code.argcount(), code.kwonlyargcount());
    let kwonly_given = (argcount..argcount + kwonly).filter(|at| locals[*at].is_some()).count();
    let defaults = function.defaults().map_or(0, |d| d.len());
    let (takes, plural) = if defaults > 0 {
        (format!("from {} to {argcount}", argcount.saturating_sub(defaults)), true)
    } else {
        (argcount.to_string(), argcount != 1)
    };
    let extra = if kwonly_given > 0 {
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            if given == 1 { "" } else { "s" },
            if kwonly_given == 1 { "" } else { "s" }
        )
    } else {
        String::new()
    };
    Ok(vm.type_error(format!(
        "{}() takes {takes} positional argument{} but {given}{extra} {} given",
        function.qualname_lossy(vm),
        if plural { "s" } else { "" },
        if given == 1 && kwonly_given == 0 { "was" } else { "were" }
    )))
}

#[cold]
fn missing_arguments(vm: &Vm, function: Ref<PyFunction>, kind: &str, missing: &ValueVec) -> PyResult<crate::Raised> {
    let names: Vec<String> = missing.as_slice().iter().map(|n| vm.repr_lossy(*n)).collect::<PyResult<Vec<String>>>()?;
    let list = match names.as_slice() {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [init @ .., last] => format!("{}, and {last}", init.join(", ")),
        [] => String::new(),
    };
    Ok(vm.type_error(format!(
        "{}() missing {} required {kind} argument{}: {list}",
        function.qualname_lossy(vm),
        names.len(),
        if names.len() == 1 { "" } else { "s" }
    )))
}
