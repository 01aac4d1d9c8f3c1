//! `gc`, on a heap that is traced: there are no reference counts, and all garbage waits for a collection.

pub mod walk;

use brolga_heap::CollectionKind;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

/// What `set_threshold` and `set_debug` were given, and what collections have found: ints.
static THRESHOLDS: [u8; 3] = [0; 3];
static DEBUG: u8 = 0;
static COLLECTED: u16 = 0;
static FROZEN: u32 = 0;
/// Calls of `collect` that are running, one inside the other.
static RUNNING: i8 = 0;
/// The lists `callbacks` and `garbage`.
static CALLBACKS: u64 = 0;

const DEBUG_STATS: i64 = 1;

fn stored<K>(vm: &Vm, key: &'static K, default: i64) -> i64 {
    vm.kept(key).and_then(Value::as_small_int).unwrap_or(default)
}

fn store<K>(vm: &Vm, key: &'static K, value: i64) {
    vm.keep(key, Value::from_int_truncated(value));
}

fn tell(vm: &Vm, phase: &str, generation: i64, collected: i64) -> PyResult<()> {
    let Some(callbacks) = vm.kept(&CALLBACKS).and_then(Value::downcast::<PyList>).filter(|c| !c.is_empty()) else {
        return Ok(());
    };
    let info = vm.new_dict()?;
    info.set_name(vm, "generation", vm.new_int(generation)?)?;
    info.set_name(vm, "collected", vm.new_int(collected)?)?;
    info.set_name(vm, "uncollectable", Value::from_i32(0))?;
    let phase = vm.new_str(phase)?;
    let mut i = 0;
    while let Some(callback) = callbacks.get(i) {
        if let Err(raised) = vm.call(callback, &[phase.value(), info.value()]) {
            vm.write_unraisable(raised, callback, None);
        }
        i += 1;
    }
    Ok(())
}

/// Whether a function is `gc.collect`.
fn is_collect(f: &PyNativeFunction) -> bool {
    f.def().name == "collect"
}

/// One collection, finalizers, and another for what these let go. `nested`: inside another one, by a callback or finalizer.
/// Answers how many dead objects were left to a collector in CPython.
fn run(vm: &Vm, kind: CollectionKind, nested: bool) -> usize {
    let function: fn(&PyNativeFunction) -> bool = if nested { |_| false } else { is_collect };
    let mut found = 0usize;
    let mut collect = || {
        vm.heap.audited(&mut |dead| found += walk::in_cycles(vm, dead), || {
            // SAFETY: nothing here or in `collect` holds a value but the argument; nor does what calls this, when it is not
            // nested.
            unsafe { vm.collect_for(kind, function) };
        });
    };
    collect();
    if vm.heap.has_pending_finalizers() {
        vm.run_finalizers();
        collect();
    }
    vm.run_finalizers();
    found
}

fn collect(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let generation = match args.opt(0) {
        Some(g) => i64::from(vm.to_i32(g)?),
        None => 2,
    };
    if !(0..=2).contains(&generation) {
        return Err(vm.value_error("invalid generation"));
    }
    let depth = stored(vm, &RUNNING, 0);
    store(vm, &RUNNING, depth + 1);
    let result = collect_generation(vm, generation, depth > 0);
    store(vm, &RUNNING, depth);
    result
}

fn collect_generation(vm: &Vm, generation: i64, nested: bool) -> PyResult<i64> {
    tell(vm, "start", generation, 0)?;
    let found = run(vm, if generation == 0 { CollectionKind::Minor } else { CollectionKind::Full }, nested);
    let found = i64::try_from(found).unwrap_or(i64::MAX);
    store(vm, &COLLECTED, stored(vm, &COLLECTED, 0).saturating_add(found));
    if stored(vm, &DEBUG, 0) & DEBUG_STATS != 0 {
        // A stderr that can't be written to is no reason to fail.
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!(
                "gc: done, {found} unreachable, 0 uncollectable, {:.4}s elapsed\n",
                vm.heap.stats().pause_last.as_secs_f64()
            ),
        );
    }
    tell(vm, "stop", generation, found)?;
    Ok(found)
}

/// Full collections start by themselves if they are enabled and the first threshold is not 0.
fn apply(vm: &Vm) {
    vm.heap.set_auto_full(vm.gc_enabled.get() && stored(vm, &THRESHOLDS[0], 2000) != 0);
}

fn enable(vm: &Vm) {
    vm.gc_enabled.set(true);
    apply(vm);
}

fn disable(vm: &Vm) {
    vm.gc_enabled.set(false);
    apply(vm);
}

fn isenabled(vm: &Vm) -> bool {
    vm.gc_enabled.get()
}

fn thresholds(vm: &Vm) -> [i64; 3] {
    [stored(vm, &THRESHOLDS[0], 2000), stored(vm, &THRESHOLDS[1], 10), stored(vm, &THRESHOLDS[2], 10)]
}

fn get_threshold(vm: &Vm) -> PyResult<Value> {
    Ok(vm.new_tuple(&thresholds(vm).map(Value::from_int_truncated))?.value())
}

fn set_threshold(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let mut given = [0; 3];
    for (i, value) in given.iter_mut().enumerate() {
        *value = match args.opt(i) {
            Some(v) => i64::from(crate::arguments::parsed_int(vm, v)?),
            None => stored(vm, &THRESHOLDS[i], 10),
        };
    }
    for (key, value) in THRESHOLDS.iter().zip(given) {
        store(vm, key, value);
    }
    apply(vm);
    Ok(())
}

/// What was allocated, in objects of a usual size, below the first threshold; the collections that the old wait for.
fn get_count(vm: &Vm) -> PyResult<Value> {
    let stats = vm.heap.stats();
    let young = (stats.allocated_bytes / 64) as i64 % thresholds(vm)[0].max(1);
    let counts = [young, (stats.minors % 10) as i64, 0];
    Ok(vm.new_tuple(&counts.map(Value::from_int_truncated))?.value())
}

/// The young generation's are the minor collections, the oldest's the full ones.
fn get_stats(vm: &Vm) -> PyResult<Ref<PyList>> {
    let stats = vm.heap.stats();
    let list = vm.new_list(&[])?;
    for (collections, collected) in [(stats.minors as i64, 0), (0, 0), (stats.fulls as i64, stored(vm, &COLLECTED, 0))]
    {
        let entry = vm.new_dict()?;
        entry.set_name(vm, "collections", vm.new_int(collections)?)?;
        entry.set_name(vm, "collected", vm.new_int(collected)?)?;
        entry.set_name(vm, "uncollectable", Value::from_i32(0))?;
        list.push(vm, entry.value())?;
    }
    Ok(list)
}

fn get_debug(vm: &Vm) -> i64 {
    stored(vm, &DEBUG, 0)
}

fn set_debug(vm: &Vm, flags: i32) {
    store(vm, &DEBUG, i64::from(flags));
}

fn get_objects(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    let generation = match args.opt_not_none(0) {
        Some(g) => Some(vm.to_isize(g)?),
        None => None,
    };
    vm.audit("gc.get_objects", &[Value::from_int_truncated(generation.map_or(-1, |g| g as i64))])?;
    match generation {
        Some(g) if g < 0 => return Err(vm.value_error("generation parameter cannot be negative")),
        Some(g) if g > 2 => {
            return Err(
                vm.value_error("generation parameter must be less than the number of available generations (3)")
            );
        }
        _ => {}
    }
    run(vm, CollectionKind::Full, true);
    // After a full collection everything is in the oldest generation.
    if generation.is_some_and(|g| g < 2) { vm.new_list(&[]) } else { walk::objects(vm) }
}

fn get_referrers(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    if vm.is_audited() {
        vm.audit("gc.get_referrers", &[vm.new_tuple(args.rest)?.value()])?;
    }
    run(vm, CollectionKind::Full, true);
    walk::referrers(vm, args.rest)
}

fn get_referents(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    if vm.is_audited() {
        vm.audit("gc.get_referents", &[vm.new_tuple(args.rest)?.value()])?;
    }
    walk::referents(vm, args.rest)
}

fn is_tracked(vm: &Vm, object: Value) -> bool {
    fn tracked(vm: &Vm, object: Value, depth: usize) -> bool {
        if let Some(tuple) = vm.exact::<PyTuple>(object, shape::tuple) {
            // CPython's collector lets go of tuples that hold nothing it tracks.
            return depth > 50 || tuple.as_slice().iter().any(|v| tracked(vm, *v, depth + 1));
        }
        if vm.type_of(object) == vm.types.object {
            return false;
        }
        if object.downcast::<PyType>().is_some_and(|class| !class.is_heap_type()) {
            return false;
        }
        object.as_obj().is_some_and(walk::is_tracked)
    }
    tracked(vm, object, 0)
}

/// Its `__del__` has been called or stands in the queue.
fn is_finalized(vm: &Vm, object: Value) -> bool {
    object.as_obj().is_some_and(|o| {
        vm.type_of(object).has_flag(brolga_runtime::object::def::type_flags::HAS_DEL)
            && !o.header().has(brolga_heap::flags::HAS_FIN)
    })
}

/// Nothing has to be kept out of collections here; the number is there for whoever looks.
fn freeze(vm: &Vm) {
    store(vm, &FROZEN, i64::try_from(walk::count(vm)).unwrap_or(0));
}

fn unfreeze(vm: &Vm) {
    store(vm, &FROZEN, 0);
}

fn get_freeze_count(vm: &Vm) -> i64 {
    stored(vm, &FROZEN, 0)
}

static FUNCTIONS: &[MethodDef] = &[
    method!("enable", 0, enable).doc("Enable automatic garbage collection."),
    method!("disable", 0, disable).doc("Disable automatic garbage collection."),
    method!("isenabled", 0, isenabled).doc("Returns true if automatic garbage collection is enabled."),
    method!("set_debug", 1, set_debug),
    method!("get_debug", 0, get_debug).doc("Get the garbage collection debugging flags."),
    method!("get_count", 0, get_count),
    method!("set_threshold", "(threshold0, threshold1=0, threshold2=0, /)", set_threshold)
        .doc("set_threshold(threshold0, [threshold1, [threshold2]])\nSet the collection thresholds (the collection frequency).\n\nSetting 'threshold0' to zero disables collection.\n"),
    method!("get_threshold", 0, get_threshold).doc("Return the current collection thresholds."),
    method!("collect", "($module, /, generation=2)", collect),
    method!("get_objects", "($module, /, generation=None)", get_objects),
    method!("get_stats", 0, get_stats),
    method!("is_tracked", 1, is_tracked),
    method!("is_finalized", 1, is_finalized),
    method!("get_referrers", "($module, /, *objs)", get_referrers),
    method!("get_referents", "($module, /, *objs)", get_referents),
    method!("freeze", 0, freeze),
    method!("unfreeze", 0, unfreeze),
    method!("get_freeze_count", 0, get_freeze_count),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, value) in [
        ("DEBUG_STATS", DEBUG_STATS),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ] {
        module.add_int(vm, name, value)?;
    }
    let callbacks = vm.new_list(&[])?;
    vm.keep(&CALLBACKS, callbacks.value());
    module.add(vm, "callbacks", callbacks)?;
    module.add(vm, "garbage", vm.new_list(&[])?)
}

pub static MODULE: ModuleDef = ModuleDef::new("gc", FUNCTIONS, init).doc(
    "This module provides access to the garbage collector for reference cycles.\n\nenable() -- Enable automatic garbage collection.\ndisable() -- Disable automatic garbage collection.\nisenabled() -- Returns true if automatic collection is enabled.\ncollect() -- Do a full collection right now.\nget_count() -- Return the current collection counts.\nget_stats() -- Return list of dictionaries containing per-generation stats.\nset_debug() -- Set debugging flags.\nget_debug() -- Get debugging flags.\nset_threshold() -- Set the collection thresholds.\nget_threshold() -- Return the current collection thresholds.\nget_objects() -- Return a list of all objects tracked by the collector.\nis_tracked() -- Returns true if a given object is tracked.\nis_finalized() -- Returns true if a given object has been already finalized.\nget_referrers() -- Return the list of objects that refer to an object.\nget_referents() -- Return the list of objects that an object refers to.\nfreeze() -- Freeze all tracked objects and ignore them for future collections.\nunfreeze() -- Unfreeze all objects in the permanent generation.\nget_freeze_count() -- Return the number of objects in the permanent generation.\n",
);
