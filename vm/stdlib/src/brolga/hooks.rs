//! `jit.on_compile` and `jit.on_exit`: the JIT keeps events, and asks the thread to look up; at its next poll they are handed
//! to the hooks. (Where they happen no Python can run.)

use brolga_runtime::interp::inspect::{Event, Watch};
use brolga_runtime::types::namespace::PyNamespace;
use brolga_runtime::{PyResult, Value, Vm};

use super::advice::{file_of, line_of, name_of, of_refusal};

/// What the hooks are kept by.
static ON_COMPILE: u8 = 0;
static ON_EXIT: u8 = 1;

fn hook(vm: &Vm, key: &'static u8) -> Option<Value> {
    vm.kept(key).filter(|v| !v.is_none())
}

/// Sets a hook, and returns the one before.
fn set(vm: &Vm, key: &'static u8, new: Value) -> PyResult<Value> {
    if !new.is_none() && !vm.is_callable(new) {
        return Err(vm.type_error(format!("a hook must be callable or None, not {}", vm.type_name(new))));
    }
    let old = vm.kept(key).unwrap_or(Value::NONE);
    vm.keep(key, new);
    if vm.compiler.is_set() {
        let inspect = vm.compiler.inspect();
        // What happened before is not told.
        if hook(vm, &ON_COMPILE).is_none() && hook(vm, &ON_EXIT).is_none() {
            inspect.take_events();
        }
        let (compilations, exits) = (hook(vm, &ON_COMPILE).is_some(), hook(vm, &ON_EXIT).is_some());
        inspect.watch(Watch { compilations, exits });
        vm.events_hook.set(Some(deliver));
    }
    Ok(old)
}

pub fn on_compile(vm: &Vm, new: Value) -> PyResult<Value> {
    set(vm, &ON_COMPILE, new)
}

pub fn on_exit(vm: &Vm, new: Value) -> PyResult<Value> {
    set(vm, &ON_EXIT, new)
}

/// Hands the events over. What happens while hooks run is dropped: a hook that makes code hot would never end.
fn deliver(vm: &Vm) {
    let inspect = vm.compiler.inspect();
    let events = inspect.take_events();
    let saved = vm.take_in_flight();
    for event in events {
        let key = if matches!(event, Event::Exit { .. }) { &ON_EXIT } else { &ON_COMPILE };
        let Some(hook) = hook(vm, key) else { continue };
        if let Err(raised) = describe(vm, &event).and_then(|event| vm.call(hook, &[event])) {
            vm.write_unraisable(raised, hook, Some("Exception ignored in a hook of brolga.jit"));
        }
    }
    vm.put_in_flight(saved);
    inspect.take_events();
}

fn describe(vm: &Vm, event: &Event) -> PyResult<Value> {
    let text = |t: &str| Ok(vm.new_str(t)?.value());
    let (name, code, at) = match event {
        Event::Compiled { code, at, .. } => ("compiled", *code, *at),
        Event::Refused { code, at, .. } => ("refused", *code, *at),
        Event::Exit { code, at, .. } => ("exit", *code, *at),
    };
    let mut attributes = vec![
        ("event", text(name)?),
        ("function", text(&name_of(code))?),
        ("file", text(&file_of(code))?),
        ("line", vm.new_int(i64::from(line_of(code, at)))?),
    ];
    match event {
        Event::Compiled { kind, version, bytes, .. } => {
            attributes.push(("kind", text(kind.name())?));
            attributes.push(("version", vm.new_int(i64::from(*version))?));
            attributes.push(("bytes", vm.new_int(i64::try_from(*bytes).unwrap_or(0))?));
        }
        Event::Refused { kind, why, .. } => {
            attributes.push(("kind", text(kind.name())?));
            attributes.push(("why", text(&of_refusal(why).why)?));
        }
        Event::Exit { reason, count, .. } => {
            attributes.push(("reason", text(reason)?));
            attributes.push(("count", vm.new_int(i64::from(*count))?));
        }
    }
    Ok(PyNamespace::new(vm, &attributes)?.value())
}
