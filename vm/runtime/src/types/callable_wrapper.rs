//! What `classmethod` and `staticmethod` share: an object around a callable, of which it shows the attributes.

use crate::object::def::GetSetDef;
use crate::object::{Args, Field, HeapType, Ref};
use crate::state::Vm;
use crate::value::{Slot, Value};
use crate::{PyResult, getset};

/// An object that wraps a callable.
pub(crate) trait CallableWrapper: HeapType + Sized {
    /// The type's name.
    const NAME: &'static str;

    /// Holds the callable; empty before `__init__`.
    fn field(&self) -> &Field;
}

pub(crate) fn receiver<W: CallableWrapper>(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<W>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error(format!("a {} is required", W::NAME)))
}

pub(crate) fn callable<W: CallableWrapper>(vm: &Vm, this: Ref<W>) -> PyResult<Value> {
    this.field().get().ok_or_else(|| vm.runtime_error(format!("uninitialized {} object", W::NAME)))
}

pub(crate) fn init<W: CallableWrapper>(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Ref<W> = receiver(vm, args)?;
    if !args.kw.is_empty() {
        return Err(vm.type_error(format!("{}() takes no keyword arguments", W::NAME)));
    }
    let [function] = args.rest else {
        return Err(vm.type_error(format!("{} expected 1 argument, got {}", W::NAME, args.rest.len())));
    };
    if this.field().get().is_some() {
        // Caches hold what it wrapped until now.
        vm.descriptors_changed();
    }
    this.field().set(this, *function);
    let names = &vm.names;
    for name in [names.__module__, names.__name__, names.__qualname__, names.__doc__] {
        if let Some(value) = vm.get_attr_opt(*function, name)? {
            vm.set_attr(this.value(), name, value)?;
        }
    }
    Ok(())
}

pub(crate) fn repr<W: CallableWrapper>(vm: &Vm, this: Ref<W>) -> PyResult<String> {
    Ok(format!("<{}({})>", W::NAME, vm.repr_lossy(this.field().get_or_none())?))
}

fn function<W: CallableWrapper>(_: &Vm, this: Ref<W>) -> Slot {
    this.field().get()
}

fn is_abstract_method<W: CallableWrapper>(vm: &Vm, this: Ref<W>) -> PyResult<bool> {
    crate::types::property::is_abstract(vm, this.field().get())
}

/// `__annotations__` and `__annotate__` are the callable's, kept once read.
fn wrapped_attribute<W: CallableWrapper>(vm: &Vm, this: Ref<W>, name: &str) -> PyResult<Value> {
    let name = vm.intern(name)?;
    if let Some(own) = crate::attributes::instance::get(vm, this.obj(), name) {
        return Ok(own);
    }
    let value = vm.get_attr(callable(vm, this)?, name)?;
    crate::attributes::instance::set(vm, this.obj(), name, value)?;
    Ok(value)
}

fn set_wrapped_attribute<W: CallableWrapper>(vm: &Vm, this: Ref<W>, name: &str, value: Slot) -> PyResult<()> {
    let name = vm.intern(name)?;
    match value {
        Some(value) => crate::attributes::instance::set(vm, this.obj(), name, value),
        None => match crate::attributes::instance::delete(vm, this.obj(), name)? {
            true => Ok(()),
            false => Err(vm.no_attribute(this.value(), name)),
        },
    }
}

fn annotations<W: CallableWrapper>(vm: &Vm, this: Ref<W>) -> PyResult<Value> {
    wrapped_attribute(vm, this, "__annotations__")
}

fn set_annotations<W: CallableWrapper>(vm: &Vm, this: Ref<W>, value: Slot) -> PyResult<()> {
    set_wrapped_attribute(vm, this, "__annotations__", value)
}

fn annotate<W: CallableWrapper>(vm: &Vm, this: Ref<W>) -> PyResult<Value> {
    wrapped_attribute(vm, this, "__annotate__")
}

fn set_annotate<W: CallableWrapper>(vm: &Vm, this: Ref<W>, value: Slot) -> PyResult<()> {
    set_wrapped_attribute(vm, this, "__annotate__", value)
}

/// The attributes of a wrapper type.
pub(crate) struct Attributes<W>(std::marker::PhantomData<W>);

impl<W: CallableWrapper> Attributes<W> {
    pub(crate) const GETSET: &'static [GetSetDef] = &[
        getset!("__func__", function::<W>).member(),
        getset!("__wrapped__", function::<W>).member(),
        getset!("__dict__", crate::types::object::get_dict, crate::types::object::set_dict),
        getset!("__isabstractmethod__", is_abstract_method::<W>),
        getset!("__annotations__", annotations::<W>, set_annotations::<W>),
        getset!("__annotate__", annotate::<W>, set_annotate::<W>),
    ];
}
