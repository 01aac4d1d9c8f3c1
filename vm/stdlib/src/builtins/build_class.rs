//! `__build_class__`: what a `class` statement calls.

use brolga_runtime::frame::OnReturn;
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::cell::PyCell;
use brolga_runtime::types::function::PyFunction;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::types::type_object::create::metaclass_of;
use brolga_runtime::{PyResult, Value, Vm};

pub fn build_class(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(body) = args.get(0).downcast::<PyFunction>() else {
        return Err(vm.type_error("__build_class__: func must be a function"));
    };
    let name = args.get(1);
    if name.downcast::<PyStr>().is_none() {
        return Err(vm.type_error("__build_class__: name is not a string"));
    }
    let original = vm.new_tuple(args.rest)?;
    let bases = resolve_bases(vm, original)?;
    let explicit = args.opt(2);
    let meta = match explicit {
        Some(meta) => meta,
        None => match bases.get(0) {
            Some(base) => vm.type_of(base).value(),
            None => vm.types.type_.value(),
        },
    };
    let meta = match meta.downcast::<PyType>() {
        Some(meta) => metaclass_of(vm, meta, bases)?.value(),
        None => meta,
    };
    let values = ValueVec::new();
    let names = ValueVec::new();
    for (k, v) in args.kw.iter() {
        names.push(vm, k)?;
        values.push(vm, v)?;
    }
    let kwnames = if names.is_empty() { None } else { Some(vm.new_tuple(names.as_slice())?) };

    let prepare = vm.special_name(Special::Prepare);
    let namespace = match vm.get_attr_opt(meta, prepare)? {
        Some(prepare) => {
            let all = ValueVec::from_slice(vm, &[name, bases.value()])?;
            all.extend(vm, values.as_slice())?;
            let found = vm.call_kw(prepare, all.as_slice(), kwnames)?;
            if vm.type_of(found).special(Special::GetItem).is_none() {
                let meta_name = meta.downcast::<PyType>().map_or_else(|| "<metaclass>".to_owned(), |t| t.name());
                return Err(vm.type_error(format!(
                    "{meta_name}.__prepare__() must return a mapping, not {}",
                    vm.type_name(found)
                )));
            }
            found
        }
        None => vm.new_dict()?.value(),
    };
    // The body runs with the namespace as its locals.
    vm.check_native_stack("")?;
    let frame = vm.push_frame(body.code(), body.globals(), body.builtins(), Some(body.value()), Some(namespace))?;
    // SAFETY: just pushed, and set to return to its native caller before it is entered.
    let cell = unsafe {
        (*frame).on_return.set(OnReturn::Exit);
        brolga_runtime::interp::run(vm, frame)?
    };
    if bases != original {
        vm.set_item(namespace, vm.names.__orig_bases__.value(), original.value())?;
    }
    let all = ValueVec::from_slice(vm, &[name, bases.value(), namespace])?;
    all.extend(vm, values.as_slice())?;
    let class = vm.call_kw(meta, all.as_slice(), kwnames)?;
    if let (Some(cell), Some(_)) = (cell.downcast::<PyCell>(), class.downcast::<PyType>()) {
        match cell.get() {
            None => {
                return Err(vm.runtime_error(format!(
                    "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                    vm.repr_lossy(name)?,
                    vm.repr_lossy(class)?
                )));
            }
            Some(set) if !set.is(class) => {
                return Err(vm.type_error(format!(
                    "__class__ set to {} defining {} as {}",
                    vm.repr_lossy(set)?,
                    vm.repr_lossy(name)?,
                    vm.repr_lossy(class)?
                )));
            }
            Some(_) => {}
        }
    }
    Ok(class)
}

/// Bases that are no classes are asked for theirs (`__mro_entries__`).
fn resolve_bases(vm: &Vm, bases: Ref<PyTuple>) -> PyResult<Ref<PyTuple>> {
    if bases.as_slice().iter().all(|b| b.downcast::<PyType>().is_some()) {
        return Ok(bases);
    }
    let resolved = ValueVec::new();
    let mut changed = false;
    for base in bases.as_slice() {
        if base.downcast::<PyType>().is_some() {
            resolved.push(vm, *base)?;
            continue;
        }
        match vm.get_attr_opt(*base, vm.special_name(Special::MroEntries))? {
            None => resolved.push(vm, *base)?,
            Some(method) => {
                let entries = vm.call(method, &[bases.value()])?;
                let Some(entries) = entries.downcast::<PyTuple>() else {
                    return Err(vm.type_error("__mro_entries__ must return a tuple"));
                };
                changed = true;
                resolved.extend(vm, entries.as_slice())?;
            }
        }
    }
    if changed { vm.new_tuple(resolved.as_slice()) } else { Ok(bases) }
}
