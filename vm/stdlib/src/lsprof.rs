//! `_lsprof`: the profiler behind `cProfile`. It is a tool of `sys.monitoring` whose callbacks are methods of its own.

use std::cell::Cell;
use std::collections::HashMap;
use std::time::Instant;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::monitoring::{self, event};
use brolga_runtime::object::{Args, Field, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method, struct_sequence};

use crate::object::{Boxed, class_argument, object};

/// `sys.monitoring.PROFILER_ID`.
const TOOL: usize = 2;

struct_sequence!(static ENTRY = "profiler_entry" in "_lsprof";
    visible ["code", "callcount", "reccallcount", "totaltime", "inlinetime", "calls"], hidden [], unnamed 0);
struct_sequence!(static SUBENTRY = "profiler_subentry" in "_lsprof";
    visible ["code", "callcount", "reccallcount", "totaltime", "inlinetime"], hidden [], unnamed 0);

/// What calls came to; times in nanoseconds, or the units of the timer.
#[derive(Default)]
struct Counts {
    calls: i64,
    /// Those while another of the same was running.
    recursive: i64,
    total: i64,
    inline: i64,
    /// How many are running.
    level: i64,
}

impl Counts {
    fn ended(&mut self, total: i64, inline: i64) {
        self.level -= 1;
        if self.level == 0 {
            self.total = self.total.saturating_add(total);
        } else {
            self.recursive += 1;
        }
        self.inline = self.inline.saturating_add(inline);
        self.calls += 1;
    }
}

/// A function that was called; its code object or name stands in the profiler's `objects` at the same index.
#[derive(Default)]
struct Entry {
    counts: Counts,
    /// What it called, by index.
    called: HashMap<usize, Counts>,
    order: Vec<usize>,
}

/// A call that is running.
struct Running {
    entry: usize,
    start: i64,
    /// What its own calls took.
    inner: i64,
}

/// What a profiler has counted.
struct Profile {
    /// By the address of a code object or a builtin function's definition.
    index: HashMap<usize, usize>,
    entries: Vec<Entry>,
    running: Vec<Running>,
    origin: Instant,
}

impl Profile {
    fn new() -> Profile {
        Profile { index: HashMap::new(), entries: Vec::new(), running: Vec::new(), origin: Instant::now() }
    }

    fn enter(&mut self, entry: usize, now: i64, subcalls: bool) {
        if let Some(e) = self.entries.get_mut(entry) {
            e.counts.level += 1;
        }
        if subcalls
            && let Some(caller) = self.running.last()
            && let Some(caller) = self.entries.get_mut(caller.entry)
        {
            let order = &mut caller.order;
            let counts = caller.called.entry(entry).or_insert_with(|| {
                order.push(entry);
                Counts::default()
            });
            counts.level += 1;
        }
        self.running.push(Running { entry, start: now, inner: 0 });
    }

    /// The innermost call ends, which is one of `entry` (`None`: of something that was never entered).
    fn leave(&mut self, entry: Option<usize>, now: i64, subcalls: bool) {
        let Some(ended) = self.running.pop() else { return };
        let Some(entry) = entry else { return };
        let total = now.saturating_sub(ended.start);
        let inline = total.saturating_sub(ended.inner);
        if let Some(e) = self.entries.get_mut(entry) {
            e.counts.ended(total, inline);
        }
        let Some(caller) = self.running.last_mut() else { return };
        caller.inner = caller.inner.saturating_add(total);
        if subcalls
            && let Some(caller) = self.entries.get_mut(caller.entry)
            && let Some(counts) = caller.called.get_mut(&entry)
        {
            counts.ended(total, inline);
        }
    }
}

object!(
    pub struct Profiler: LSPROF {
        /// The code objects, and the names of builtin functions.
        objects: Field,
        timer: Field,
        profile: Boxed<Profile>,
        /// Seconds for a tick of `timer`; 0: it gives seconds.
        unit: Cell<f32>,
        subcalls: Cell<bool>,
        builtins: Cell<bool>,
        enabled: Cell<bool>,
        in_timer: Cell<bool>,
    }
);

/// Frees what a dead profiler owned.
///
/// # Safety
/// `cell` is a `Profiler` that nothing reaches any more.
pub unsafe fn drop_profiler(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Profiler> = unsafe { Ref::from_ptr(cell) };
    drop(this.profile.take());
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Profiler>> {
    let this: Ref<Profiler> = vm.alloc_instance(class_argument(vm, args)?)?;
    this.subcalls.set(true);
    this.builtins.set(true);
    this.profile.attach(vm, this, Profile::new())?;
    let objects = vm.new_list(&[])?;
    this.objects.set(this, objects.value());
    Ok(this)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Profiler>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a Profiler is required"))
}

fn flag(vm: &Vm, v: Slot) -> PyResult<bool> {
    v.map_or(Ok(true), |v| vm.is_true(v))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let unit = args.opt(2).map_or(Ok(0.0), |v| vm.to_f64(v))?;
    let (subcalls, builtins) = (flag(vm, args.opt(3))?, flag(vm, args.opt(4))?);
    this.timer.set(this, args.opt_not_none(1));
    this.unit.set(unit as f32);
    this.subcalls.set(subcalls);
    this.builtins.set(builtins);
    Ok(())
}

/// The time; by the profiler's own timer if it has one.
fn now(vm: &Vm, this: Ref<Profiler>) -> i64 {
    let Some(timer) = this.timer.get() else {
        return this.profile.with(|p| p.origin.elapsed().as_nanos() as i64).unwrap_or(0);
    };
    this.in_timer.set(true);
    let time = vm.call(timer, &[]);
    this.in_timer.set(false);
    let ticks = time.and_then(|v| {
        if this.unit.get() > 0.0 { vm.to_i64(v) } else { Ok((vm.to_f64(v)? * 1e9).round_ties_even() as i64) }
    });
    ticks.unwrap_or_else(|raised| {
        let text = vm.repr_lossy(timer).unwrap_or_default();
        vm.write_unraisable(
            raised,
            Value::NONE,
            Some(&format!("Exception ignored while calling _lsprof timer {text}")),
        );
        0
    })
}

/// The entry of something that is called, made if need be. `name`: what stands for it.
fn entry(vm: &Vm, this: Ref<Profiler>, key: usize, name: impl FnOnce() -> PyResult<Value>) -> PyResult<Option<usize>> {
    if let Some(known) = this.profile.with(|p| p.index.get(&key).copied()).flatten() {
        return Ok(Some(known));
    }
    let object = name()?;
    let Some(objects) = this.objects.get().and_then(Value::downcast::<PyList>) else { return Ok(None) };
    objects.push(vm, object)?;
    let made = this.profile.with(|p| {
        p.entries.push(Entry::default());
        p.index.insert(key, p.entries.len() - 1);
        p.entries.len() - 1
    });
    Ok(made)
}

fn enter(vm: &Vm, this: Ref<Profiler>, key: usize, name: impl FnOnce() -> PyResult<Value>) -> PyResult<()> {
    let Some(entry) = entry(vm, this, key, name)? else { return Ok(()) };
    let now = now(vm, this);
    this.profile.with(|p| p.enter(entry, now, this.subcalls.get()));
    Ok(())
}

fn leave(vm: &Vm, this: Ref<Profiler>, key: usize) {
    if this.profile.with(|p| p.running.is_empty()) != Some(false) {
        return;
    }
    let now = now(vm, this);
    this.profile.with(|p| {
        let entry = p.index.get(&key).copied();
        p.leave(entry, now, this.subcalls.get());
    });
}

fn key_of(v: Value) -> usize {
    v.bits() as usize
}

fn started(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let code = args.get(1);
    enter(vm, receiver(vm, args)?, key_of(code), || Ok(code))
}

fn returned(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    leave(vm, receiver(vm, args)?, key_of(args.get(1)));
    Ok(())
}

/// The builtin function that a CALL calls, if it is one.
fn builtin(vm: &Vm, callable: Value, first: Value) -> Option<Ref<PyNativeFunction>> {
    let f = callable.downcast::<PyNativeFunction>()?;
    let unbound = f.is(shape::method_descriptor) && !vm.monitoring.missing.get().is_some_and(|m| m.is(first));
    (f.is(shape::builtin_function) || unbound).then_some(f)
}

fn called(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    if this.builtins.get()
        && let Some(f) = builtin(vm, args.get(3), args.get(4))
    {
        return enter(vm, this, std::ptr::from_ref(f.def()) as usize, || name_of(vm, f));
    }
    Ok(())
}

fn call_ended(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    if this.builtins.get()
        && let Some(f) = builtin(vm, args.get(3), args.get(4))
    {
        leave(vm, this, std::ptr::from_ref(f.def()) as usize);
    }
    Ok(())
}

/// What stands for a builtin function in the statistics.
fn name_of(vm: &Vm, f: Ref<PyNativeFunction>) -> PyResult<Value> {
    let name = f.def().name;
    if f.is(shape::method_descriptor) {
        return Ok(vm.repr(f.value())?.value());
    }
    if let Some(receiver) = f.bound_receiver() {
        let found = vm.type_of(receiver).lookup(vm, vm.intern(name)?);
        if let Some(found) = found {
            return Ok(vm.repr(found)?.value());
        }
    }
    let text = match f.module_name().and_then(Value::downcast::<PyStr>) {
        Some(module) => format!("<built-in method {}.{name}>", module.to_lossy()),
        None => format!("<built-in method {name}>"),
    };
    Ok(vm.new_str(&text)?.value())
}

const CALLBACKS: &[(usize, &str)] = &[
    (event::PY_START, "_pystart_callback"),
    (event::PY_RESUME, "_pystart_callback"),
    (event::PY_THROW, "_pythrow_callback"),
    (event::PY_RETURN, "_pyreturn_callback"),
    (event::PY_YIELD, "_pyreturn_callback"),
    (event::PY_UNWIND, "_pyreturn_callback"),
    (event::CALL, "_ccall_callback"),
    (event::C_RETURN, "_creturn_callback"),
    (event::C_RAISE, "_creturn_callback"),
];

fn not_in_timer(vm: &Vm, this: Ref<Profiler>, doing: &str) -> PyResult<()> {
    if this.in_timer.get() {
        return Err(vm.runtime_error(format!("cannot {doing} profiler in external timer")));
    }
    Ok(())
}

fn enable(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    not_in_timer(vm, this, "enable")?;
    let (subcalls, builtins) = (flag(vm, args.opt(1))?, flag(vm, args.opt(2))?);
    if vm.monitoring.name(TOOL).is_some() {
        return Err(vm.value_error("Another profiling tool is already active"));
    }
    vm.monitoring.set_name(TOOL, Some(vm.new_str("cProfile")?.value()));
    let mut events = 0;
    for (event, name) in CALLBACKS {
        let callback = vm.get_attr_str(this.value(), name)?;
        vm.monitoring.set_callback(TOOL, *event, Some(callback));
        if *event < event::UNGROUPED {
            events |= 1 << event;
        }
    }
    this.subcalls.set(subcalls);
    this.builtins.set(builtins);
    this.enabled.set(true);
    monitoring::set_events(vm, TOOL, events);
    Ok(())
}

fn disable(vm: &Vm, this: Ref<Profiler>) -> PyResult<()> {
    not_in_timer(vm, this, "disable")?;
    if this.enabled.replace(false) {
        monitoring::clear_tool(vm, TOOL);
        vm.monitoring.set_name(TOOL, None);
        flush(vm, this);
    }
    Ok(())
}

/// Ends what is still running.
fn flush(vm: &Vm, this: Ref<Profiler>) {
    while this.profile.with(|p| !p.running.is_empty()) == Some(true) {
        let now = now(vm, this);
        this.profile.with(|p| {
            let entry = p.running.last().map(|r| r.entry);
            p.leave(entry, now, this.subcalls.get());
        });
    }
}

fn clear(vm: &Vm, this: Ref<Profiler>) -> PyResult<()> {
    not_in_timer(vm, this, "clear")?;
    let objects = vm.new_list(&[])?;
    this.objects.set(this, objects.value());
    this.profile.put(Box::new(Profile::new()));
    Ok(())
}

fn getstats(vm: &Vm, this: Ref<Profiler>) -> PyResult<Value> {
    let factor = if this.timer.is_empty() || this.unit.get() <= 0.0 { 1e-9 } else { f64::from(this.unit.get()) };
    let all = vm.new_list(&[])?;
    let Some(objects) = this.objects.get().and_then(Value::downcast::<PyList>) else { return Ok(all.value()) };
    let object = |i: usize| objects.get(i).unwrap_or(Value::NONE);
    let numbers = |c: &Counts| (c.calls, c.recursive, c.total as f64 * factor, c.inline as f64 * factor);
    let values = |(calls, recursive, total, inline): (i64, i64, f64, f64)| {
        let count = Value::from_int_truncated;
        (count(calls), count(recursive), Value::from_f64(total), Value::from_f64(inline))
    };
    let count = this.profile.with(|p| p.entries.len()).unwrap_or(0);
    for i in 0..count {
        // Plain numbers first: making objects may run Python code.
        let copied = this.profile.with(|p| {
            let e = p.entries.get(i).filter(|e| e.counts.calls != 0)?;
            let called: Vec<(usize, (i64, i64, f64, f64))> =
                e.order.iter().filter_map(|o| Some((*o, numbers(e.called.get(o)?)))).collect();
            Some((numbers(&e.counts), called))
        });
        let Some(Some((own, called))) = copied else { continue };
        let calls = if called.is_empty() {
            Value::NONE
        } else {
            let list = vm.new_list(&[])?;
            for (of, counts) in called {
                let (a, b, c, d) = values(counts);
                list.push(vm, SUBENTRY.make(vm, &[object(of), a, b, c, d])?)?;
            }
            list.value()
        };
        let (a, b, c, d) = values(own);
        all.push(vm, ENTRY.make(vm, &[object(i), a, b, c, d, calls])?)?;
    }
    Ok(all.value())
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, timer=None, timeunit=0.0, subcalls=True, builtins=True)", init),
    method!("getstats", 1, getstats).doc("list of profiler_entry objects."),
    method!("enable", "($self, /, subcalls=True, builtins=True)", enable)
        .doc("Enable collection of profiling information."),
    method!("disable", 1, disable).doc("Disable collection of profiling information."),
    method!("clear", 1, clear).doc("Clear all profiling information collected so far."),
    method!("_pystart_callback", "($self, code, instruction_offset, /)", started),
    method!("_pythrow_callback", "($self, code, instruction_offset, exception, /)", started),
    method!("_pyreturn_callback", "($self, code, instruction_offset, retval, /)", returned),
    method!("_ccall_callback", "($self, code, instruction_offset, callable, self_arg, /)", called),
    method!("_creturn_callback", "($self, code, instruction_offset, callable, self_arg, /)", call_ended),
];

static DEF: TypeDef = TypeDef {
    layout: Some(crate::layouts::LSPROF),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    doc: Some("Build a profiler object using the specified timer function."),
    module: "_lsprof",
    ..TypeDef::new("Profiler")
};

fn module(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    m.add_type(vm, vm.native_type(&DEF)?)?;
    m.add_type(vm, ENTRY.class(vm)?)?;
    m.add_type(vm, SUBENTRY.class(vm)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_lsprof", &[], module).doc("Fast profiler");
