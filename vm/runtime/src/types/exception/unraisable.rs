//! Exceptions that nobody can receive: in a finalizer, a callback, at exit. They go to `sys.unraisablehook`.

use super::{PyException, display};
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::value::Value;

/// Hands the exception to `sys.unraisablehook`, with the object it has to do with (or None). `message`: "Exception
/// ignored ..." in other words than "Exception ignored in". Whatever fails on the way is printed as far as possible.
pub fn report(vm: &Vm, exception: Ref<PyException>, object: Value, message: Option<&str>) {
    if let Err(raised) = try_report(vm, exception, object, message) {
        let second = vm.take_raised(raised);
        print_default(vm, exception, object, message);
        print_default(vm, second, Value::NONE, Some("Exception ignored in sys.unraisablehook"));
    }
}

fn try_report(vm: &Vm, exception: Ref<PyException>, object: Value, message: Option<&str>) -> PyResult<()> {
    let hook = match vm.sys.is_set() {
        true => vm.sys.get_str(vm, vm.names.unraisablehook),
        false => None,
    };
    let Some(hook) = hook.filter(|h| !h.is_none()) else {
        print_default(vm, exception, object, message);
        return Ok(());
    };
    let message = match message {
        Some(message) => vm.new_str(message)?.value(),
        None => Value::NONE,
    };
    let class = vm.type_of(exception.value());
    let traceback = exception.traceback().unwrap_or(Value::NONE);
    let fields = ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"];
    let values = [class.value(), exception.value(), traceback, message, object];
    let args = vm.call(vm.types.namespace.value(), &[])?;
    for (name, value) in fields.into_iter().zip(values) {
        vm.set_attr(args, vm.intern(name)?, value)?;
    }
    vm.call(hook, &[args])?;
    Ok(())
}

/// The default hook: `sys.__unraisablehook__(args)`.
pub fn default_hook(vm: &Vm, args: Value) -> PyResult<()> {
    let exception = vm.get_attr_str(args, "exc_value")?;
    let object = vm.get_attr_str(args, "object")?;
    let message = vm.get_attr_str(args, "err_msg")?;
    let message = if message.is_none() { None } else { Some(vm.str(message)?.to_lossy()) };
    match exception.downcast::<PyException>() {
        Some(exception) => print_default(vm, exception, object, message.as_deref()),
        None => {
            let class = vm.get_attr_str(args, "exc_type")?;
            let name = class.downcast().map_or_else(String::new, |c| vm.type_full_name(c));
            display::write(vm, &format!("{}{name}\n", heading(vm, object, message.as_deref())));
        }
    }
    Ok(())
}

fn heading(vm: &Vm, object: Value, message: Option<&str>) -> String {
    let shown = if object.is_none() { None } else { Some(repr_or_failure(vm, object)) };
    match (message, shown) {
        (Some(message), Some(object)) => format!("{message}: {object}\n"),
        (Some(message), None) => format!("{message}:\n"),
        (None, Some(object)) => format!("Exception ignored in: {object}\n"),
        (None, None) => String::new(),
    }
}

fn repr_or_failure(vm: &Vm, object: Value) -> String {
    match vm.repr_lossy(object) {
        Ok(text) => text,
        Err(raised) => {
            vm.take_raised(raised);
            "<object repr() failed>".to_owned()
        }
    }
}

fn print_default(vm: &Vm, exception: Ref<PyException>, object: Value, message: Option<&str>) {
    display::write(vm, &heading(vm, object, message));
    display::print(vm, exception);
}
