//! `sys.monitoring` (PEP 669).

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::monitoring::{self, PUBLIC_TOOLS, event};
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::namespace::PyNamespace;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::{PyResult, Slot, Value, Vm, method};

const C_RETURN_EVENTS: u32 = 1 << event::C_RETURN | 1 << event::C_RAISE;
const C_CALL_EVENTS: u32 = C_RETURN_EVENTS | 1 << event::CALL;

fn tool(vm: &Vm, id: Value) -> PyResult<usize> {
    let id = vm.to_i32(id)?;
    match usize::try_from(id) {
        Ok(tool) if tool < PUBLIC_TOOLS => Ok(tool),
        _ => Err(vm.value_error(format!("invalid tool {id} (must be between 0 and 5)"))),
    }
}

/// A tool that somebody uses.
fn used(vm: &Vm, tool: usize) -> PyResult<()> {
    match vm.monitoring.name(tool) {
        Some(_) => Ok(()),
        None => Err(vm.value_error(format!("tool {tool} is not in use"))),
    }
}

fn use_tool_id(vm: &Vm, id: Value, name: Value) -> PyResult<()> {
    let tool = tool(vm, id)?;
    if name.downcast::<PyStr>().is_none() {
        return Err(vm.value_error("tool name must be a str"));
    }
    if vm.monitoring.name(tool).is_some() {
        return Err(vm.value_error(format!("tool {tool} is already in use")));
    }
    vm.monitoring.set_name(tool, Some(name));
    Ok(())
}

fn clear_tool_id(vm: &Vm, id: Value) -> PyResult<()> {
    let tool = tool(vm, id)?;
    if vm.monitoring.name(tool).is_some() {
        monitoring::clear_tool(vm, tool);
    }
    Ok(())
}

fn free_tool_id(vm: &Vm, id: Value) -> PyResult<()> {
    let tool = tool(vm, id)?;
    if vm.monitoring.name(tool).is_some() {
        monitoring::clear_tool(vm, tool);
    }
    vm.monitoring.set_name(tool, None);
    Ok(())
}

fn get_tool(vm: &Vm, id: Value) -> PyResult<Slot> {
    let tool = tool(vm, id)?;
    Ok(Some(vm.monitoring.name(tool).unwrap_or(Value::NONE)))
}

fn register_callback(vm: &Vm, id: Value, event_value: Value, function: Value) -> PyResult<Value> {
    let tool = tool(vm, id)?;
    let event = vm.to_i32(event_value)?;
    if event.count_ones() != 1 {
        return Err(vm.value_error("The callback can only be set for one event at a time"));
    }
    let number = event.trailing_zeros() as usize;
    if number >= event::COUNT {
        return Err(vm.value_error(format!("invalid event {event}")));
    }
    vm.audit("sys.monitoring.register_callback", &[function])?;
    let function = if function.is_none() { None } else { Some(function) };
    Ok(vm.monitoring.set_callback(tool, number, function).unwrap_or(Value::NONE))
}

fn get_events(vm: &Vm, id: Value) -> PyResult<Value> {
    let tool = tool(vm, id)?;
    Ok(Value::from_int_truncated(i64::from(vm.monitoring.events(tool))))
}

/// A set of events as they were given: C_RETURN and C_RAISE come with CALL, BRANCH stands for both branches.
fn event_set(vm: &Vm, events: i32) -> PyResult<u32> {
    let mut events = events as u32;
    if events & C_RETURN_EVENTS != 0 && events & C_CALL_EVENTS != C_CALL_EVENTS {
        return Err(vm.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    events &= !C_RETURN_EVENTS;
    if events & 1 << event::BRANCH != 0 {
        events &= !(1 << event::BRANCH);
        events |= 1 << event::BRANCH_LEFT | 1 << event::BRANCH_RIGHT;
    }
    Ok(events)
}

fn set_events(vm: &Vm, id: Value, events: Value) -> PyResult<()> {
    let tool = tool(vm, id)?;
    let events = vm.to_i32(events)?;
    if !(0..1 << event::COUNT).contains(&events) {
        return Err(vm.value_error(format!("invalid event set 0x{events:x}")));
    }
    let events = event_set(vm, events)?;
    used(vm, tool)?;
    monitoring::set_events(vm, tool, events);
    Ok(())
}

fn code(vm: &Vm, v: Value) -> PyResult<Ref<PyCode>> {
    v.downcast().ok_or_else(|| vm.type_error("code must be a code object"))
}

fn get_local_events(vm: &Vm, id: Value, v: Value) -> PyResult<Value> {
    let code = code(vm, v)?;
    let tool = tool(vm, id)?;
    let events = code.hooks().map_or(0, |h| h.local_events(tool));
    Ok(Value::from_int_truncated(i64::from(events)))
}

fn set_local_events(vm: &Vm, id: Value, v: Value, events: Value) -> PyResult<()> {
    let code = code(vm, v)?;
    let tool = tool(vm, id)?;
    let given = vm.to_i32(events)?;
    let events = event_set(vm, given)?;
    if events >= 1 << event::LOCAL {
        return Err(vm.value_error(format!("invalid local event set 0x{events:x}")));
    }
    used(vm, tool)?;
    monitoring::set_local_events(vm, code, tool, events);
    Ok(())
}

fn restart_events(vm: &Vm) {
    monitoring::restart_events(vm);
}

/// The events that tools want everywhere, by name, with the tools as a set of bits.
fn all_events(vm: &Vm) -> PyResult<Value> {
    let dict = vm.new_dict()?;
    for (e, name) in event::NAMES.iter().enumerate().take(event::UNGROUPED) {
        let tools = vm.monitoring.tools_of(e);
        if tools != 0 {
            dict.set_str(vm, vm.intern(name)?, Value::from_int_truncated(i64::from(tools)))?;
        }
    }
    Ok(dict.value())
}

const FUNCTIONS: &[MethodDef] = &[
    method!("use_tool_id", 2, use_tool_id),
    method!("clear_tool_id", 1, clear_tool_id),
    method!("free_tool_id", 1, free_tool_id),
    method!("get_tool", 1, get_tool),
    method!("register_callback", 3, register_callback),
    method!("get_events", 1, get_events),
    method!("set_events", 2, set_events),
    method!("get_local_events", 2, get_local_events),
    method!("set_local_events", 3, set_local_events),
    method!("restart_events", 0, restart_events),
    method!("_all_events", 0, all_events),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let (disable, missing) = (vm.call(vm.types.object.value(), &[])?, vm.call(vm.types.object.value(), &[])?);
    vm.monitoring.disable.set(Some(disable));
    vm.monitoring.missing.set(Some(missing));
    m.add(vm, "DISABLE", disable)?;
    m.add(vm, "MISSING", missing)?;
    for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
        m.add_int(vm, name, id)?;
    }
    let mut events: Vec<(&str, Value)> = Vec::new();
    for (e, name) in event::NAMES.iter().enumerate() {
        events.push((name, Value::from_int_truncated(1 << e)));
    }
    events.push(("NO_EVENTS", Value::from_int_truncated(0)));
    m.add(vm, "events", PyNamespace::new(vm, &events)?.value())
}

/// `sys.monitoring`, which `sys` makes.
pub static MODULE: ModuleDef = ModuleDef::new("sys.monitoring", FUNCTIONS, init);
