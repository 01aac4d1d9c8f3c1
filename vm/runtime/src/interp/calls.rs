//! Calls made by the interpreter: a Python function gets a frame, anything else is called natively.

use crate::PyResult;
use crate::attributes::instance::PyInstance;
use crate::frame::{Frame, OnReturn};
use crate::interp::feedback::{Feedback, Kind};
use crate::object::Ref;
use crate::object::def::type_flags;
use crate::object::layout::INSTANCE;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::method::PyMethod;
use crate::types::module::PyModule;
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

/// What a call has come to.
pub enum Called {
    Value(Value),
    /// A frame, pushed and bound, to be entered.
    Frame(*mut Frame),
}

/// Calls, or prepares the frame of a Python function. The arguments may stand on the caller's value stack.
#[inline(always)]
pub fn prepare(vm: &Vm, callable: Value, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Called> {
    if let Some(f) = vm.exact::<PyFunction>(callable, shape::function) {
        return vm.frame_for_call(f, args, kwnames).map(Called::Frame);
    }
    prepare_other(vm, callable, args, kwnames)
}

/// The same for CALL, which remembers what it has met.
#[inline(always)]
pub fn prepare_call(vm: &Vm, callable: Value, args: &[Value], feedback: &Feedback) -> PyResult<Called> {
    if let Some(f) = vm.exact::<PyFunction>(callable, shape::function) {
        feedback.met_function(callable);
        return vm.frame_for_call(f, args, None).map(Called::Frame);
    }
    feedback.met_arguments(args);
    remember_callable(vm, callable, args, feedback);
    prepare_other(vm, callable, args, None)
}

/// CALL has met something that is no function but calls one, or is bound.
#[inline]
fn remember_callable(vm: &Vm, callable: Value, args: &[Value], feedback: &Feedback) {
    let Some(obj) = callable.as_obj() else { return };
    match obj.shape_id() {
        shape::method_descriptor => {}
        shape::type_ => {
            if let [v] = args
                && let Some(v) = v.as_obj()
            {
                feedback.met_first_argument(v.shape_id());
            }
        }
        shape::builtin_function => {
            if let Some(v) = args.first().and_then(|v| v.as_obj()) {
                feedback.met_first_argument(v.shape_id());
            }
            if let Some(f) = obj.downcast::<PyNativeFunction>()
                && f.bound_receiver().is_some()
            {
                feedback.fill(Kind::BoundNative, 0, 0, 0, std::ptr::from_ref(f.def()) as u64);
            }
        }
        shape::method => {
            if let Some(m) = obj.downcast::<PyMethod>()
                && (feedback.kind.get() != Kind::BoundMethod || feedback.value.get() != m.function().bits())
            {
                remember_method(vm, m, feedback);
            }
        }
        id => {
            let class = vm.shapes.get(id).class.get();
            let known = feedback.kind.get() == Kind::CallMethod && feedback.shape.get() == id;
            // (Classes and modules share their shapes.)
            if !(known && feedback.version.get() == class.version.get())
                && class == vm.type_of(callable)
                && callable.downcast::<PyType>().is_none()
                && callable.downcast::<PyModule>().is_none()
                && let Some(f) = class.special(Special::Call).and_then(Value::downcast::<PyFunction>)
            {
                feedback.fill(Kind::CallMethod, id, class.version(vm), 0, f.value().bits());
            }
        }
    }
}

#[inline(never)]
fn remember_method(vm: &Vm, m: Ref<PyMethod>, feedback: &Feedback) {
    let Some(receiver) = m.receiver().as_obj() else { return };
    let class = vm.shapes.get(receiver.shape_id()).class.get();
    if class == vm.type_of(m.receiver())
        && let Some(f) = m.function().downcast::<PyFunction>()
        && let Some(name) = f.code().name_str()
        && class.lookup(vm, vm.intern_str(name)).is_some_and(|found| found.same_bits(f.value()))
    {
        feedback.fill(Kind::BoundMethod, receiver.shape_id(), class.version(vm), 0, f.value().bits());
    }
}

#[inline(never)]
fn prepare_other(vm: &Vm, callable: Value, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Called> {
    if let Some(obj) = callable.as_obj() {
        match obj.shape_id() {
            shape::builtin_function | shape::method_descriptor => {
                if let Some(f) = obj.downcast::<PyNativeFunction>() {
                    return vm.call_native(f, args, kwnames).map(Called::Value);
                }
            }
            shape::method => {
                if let Some(m) = obj.downcast::<PyMethod>() {
                    let function = m.function();
                    return vm.with_prefixed_args(m.receiver(), args, |args| prepare(vm, function, args, kwnames));
                }
            }
            shape::type_ => {
                if let Some(class) = obj.downcast::<PyType>() {
                    return prepare_class(vm, class, args, kwnames);
                }
            }
            _ => {
                // A function that has attributes has another shape.
                if let Some(f) = callable.downcast::<PyFunction>() {
                    return vm.frame_for_call(f, args, kwnames).map(Called::Frame);
                }
                let class = vm.type_of(callable);
                if let Some(f) = class.special(Special::Call).and_then(Value::downcast::<PyFunction>) {
                    return vm.with_prefixed_args(callable, args, |args| prepare(vm, f.value(), args, kwnames));
                }
            }
        }
    }
    vm.call_kw(callable, args, kwnames).map(Called::Value)
}

/// A class whose instances are made by `object.__new__` and initialised by a Python function: its frame is run by the
/// interpreter, too.
fn prepare_class(vm: &Vm, class: Ref<PyType>, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Called> {
    if class.layout() == INSTANCE
        && !class.has_flag(type_flags::ABSTRACT | type_flags::DISALLOW_NEW)
        && class.special(Special::New).is_some_and(|new| new.same_bits(vm.object_new()))
        && let Some(init) = class.special(Special::Init).and_then(Value::downcast::<PyFunction>)
    {
        let object = PyInstance::new(vm, class)?.value();
        let frame = vm.with_prefixed_args(object, args, |args| vm.frame_for_call(init, args, kwnames))?;
        // SAFETY: just pushed.
        unsafe {
            (*frame).on_return.set(OnReturn::Init);
            (*frame).result.set(Some(object));
        }
        return Ok(Called::Frame(frame));
    }
    vm.call_kw(class.value(), args, kwnames).map(Called::Value)
}

/// CALL_FUNCTION_EX: `callable(*args, **kwargs)`.
pub fn prepare_ex(vm: &Vm, callable: Value, args: Value, kwargs: Slot) -> PyResult<Called> {
    with_unpacked(vm, callable, args, kwargs, |args, kwnames| prepare(vm, callable, args, kwnames))
}

/// The same, called natively.
pub fn call_ex(vm: &Vm, callable: Value, args: Value, kwargs: Slot) -> PyResult<Value> {
    with_unpacked(vm, callable, args, kwargs, |args, kwnames| vm.call_kw(callable, args, kwnames))
}

/// `f` of the arguments that `*args` and `**kwargs` are, and the keywords' names.
pub(crate) fn with_unpacked<T>(
    vm: &Vm,
    callable: Value,
    args: Value,
    kwargs: Slot,
    f: impl FnOnce(&[Value], Option<Ref<PyTuple>>) -> PyResult<T>,
) -> PyResult<T> {
    let args = match vm.exact::<PyTuple>(args, shape::tuple) {
        Some(args) => args,
        None => {
            let class = vm.type_of(args);
            if class.special(Special::Iter).is_none() && class.special(Special::GetItem).is_none() {
                return Err(vm.type_error(format!(
                    "{} argument after * must be an iterable, not {}",
                    function_text(vm, callable)?,
                    class.tp_name()
                )));
            }
            vm.tuple_from(args)?
        }
    };
    let kwargs = match kwargs {
        None => None,
        Some(kwargs) => match kwargs.downcast::<PyDict>() {
            Some(dict) => Some(dict),
            None => {
                let dict = PyDict::new(vm)?;
                crate::types::dict::methods::merge_unique(vm, dict, kwargs, callable)?;
                Some(dict)
            }
        },
    };
    let Some(kwargs) = kwargs.filter(|d| !d.is_empty()) else {
        return f(args.as_slice(), None);
    };
    let all = ValueVec::from_slice(vm, args.as_slice())?;
    let names = ValueVec::new();
    let mut position = 0;
    while let Some((name, value)) = kwargs.next_item(&mut position) {
        if name.downcast::<crate::types::str::PyStr>().is_none() {
            return Err(vm.type_error("keywords must be strings"));
        }
        names.push(vm, name)?;
        all.push(vm, value)?;
    }
    let names = vm.new_tuple(names.as_slice())?;
    f(all.as_slice(), Some(names))
}

/// A callable as messages name it: `f()`, `module.f()`.
pub fn function_text(vm: &Vm, callable: Value) -> PyResult<String> {
    let qualname = vm.get_attr_opt(callable, vm.names.__qualname__)?;
    let module = vm.get_attr_opt(callable, vm.names.__module__)?;
    Ok(match (qualname, module) {
        (Some(q), Some(m)) if !m.is_none() && vm.to_lossy(m) != "builtins" => {
            format!("{}.{}()", vm.to_lossy(m), vm.to_lossy(q))
        }
        (Some(q), _) => format!("{}()", vm.to_lossy(q)),
        (None, _) => vm.str(callable)?.to_lossy(),
    })
}

/// Under which the interpreter keeps the functions that are common constants.
static ALL: u8 = 0;
static ANY: u8 = 0;

/// Keeps `all` and `any` as they are when the builtins are made: what a program calls so later is no common constant.
pub fn keep_common_constants(vm: &Vm, builtins: Ref<PyDict>) -> PyResult<()> {
    for (key, name) in [(&ALL, "all"), (&ANY, "any")] {
        // (The module may be made again.)
        if let (None, Some(function)) = (vm.kept(key), builtins.get_str(vm, vm.intern(name)?)) {
            vm.keep(key, function);
        }
    }
    Ok(())
}

/// LOAD_COMMON_CONSTANT.
pub fn common_constant(vm: &Vm, which: u32) -> PyResult<Value> {
    Ok(match which {
        0 => vm.types.assertion_error.value(),
        1 => vm.types.not_implemented_error.value(),
        2 => vm.types.tuple.value(),
        3 => vm.kept(&ALL).unwrap_or(Value::NONE),
        _ => vm.kept(&ANY).unwrap_or(Value::NONE),
    })
}
