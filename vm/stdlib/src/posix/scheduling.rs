//! The scheduler: policies, priorities, processors.

use brolga_runtime::object::def::TypeDef;
use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::struct_sequence::{METHODS, StructSequence, descriptors};
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::path::system;
use crate::vectors;

/// A struct sequence whose class takes its field instead of a sequence.
pub static SCHED_PARAM: StructSequence = StructSequence {
    def: TypeDef {
        module: "posix",
        methods: &[METHODS, PARAM_METHODS],
        getset: &descriptors::<1>(["sched_priority"], 0, 0),
        ..TypeDef::new("sched_param")
    },
    fields: 1,
    visible: 1,
    unnamed: 0,
};

static PARAM_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, sched_priority)", new_param).called("sched_param").static_(),
    method!("__reduce__", 1, reduce_param),
];

fn new_param(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    SCHED_PARAM.make(vm, &[args.get(1)])
}

fn reduce_param(vm: &Vm, this: Value) -> PyResult<Value> {
    let fields = vm.tuple_from(this)?;
    Ok(vm.new_tuple(&[SCHED_PARAM.class(vm)?.value(), fields.value()])?.value())
}

pub fn parameter(vm: &Vm, v: Value) -> PyResult<libc::sched_param> {
    let class = SCHED_PARAM.class(vm)?;
    let Some(fields) = v.downcast::<PyTuple>().filter(|_| vm.type_of(v) == class) else {
        return Err(vm.type_error("must have a sched_param object"));
    };
    let priority = vm.index(fields.get(0).unwrap_or(Value::NONE))?;
    match int::to_i64(priority).and_then(|n| i32::try_from(n).ok()) {
        Some(sched_priority) => Ok(libc::sched_param { sched_priority }),
        None => Err(vm.overflow_error("sched_priority out of range")),
    }
}

fn sched_get_priority_max(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let policy = vm.to_i32(args.get(0))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::sched_get_priority_max(policy) })
}

fn sched_get_priority_min(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let policy = vm.to_i32(args.get(0))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::sched_get_priority_min(policy) })
}

fn sched_getscheduler(vm: &Vm, pid: Value) -> PyResult<i32> {
    let pid = vm.to_i32(pid)?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::sched_getscheduler(pid) })
}

fn sched_setscheduler(vm: &Vm, pid: Value, policy: Value, param: Value) -> PyResult<()> {
    let (pid, policy, param) = (vm.to_i32(pid)?, vm.to_i32(policy)?, parameter(vm, param)?);
    // SAFETY: parameters.
    system(vm, None, || unsafe { libc::sched_setscheduler(pid, policy, &param) }).map(drop)
}

fn sched_getparam(vm: &Vm, pid: Value) -> PyResult<Value> {
    let pid = vm.to_i32(pid)?;
    let mut param = libc::sched_param { sched_priority: 0 };
    // SAFETY: room for parameters.
    system(vm, None, || unsafe { libc::sched_getparam(pid, &mut param) })?;
    SCHED_PARAM.make(vm, &[Value::from_i32(param.sched_priority)])
}

fn sched_setparam(vm: &Vm, pid: Value, param: Value) -> PyResult<()> {
    let (pid, param) = (vm.to_i32(pid)?, parameter(vm, param)?);
    // SAFETY: parameters.
    system(vm, None, || unsafe { libc::sched_setparam(pid, &param) }).map(drop)
}

fn sched_rr_get_interval(vm: &Vm, pid: Value) -> PyResult<Value> {
    let pid = vm.to_i32(pid)?;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for a time.
    system(vm, None, || unsafe { libc::sched_rr_get_interval(pid, &mut time) })?;
    Ok(Value::from_f64(time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9))
}

/// A set of processors has a bit for each; this many at most.
const MOST_PROCESSORS: usize = 1 << 20;

fn sched_setaffinity(vm: &Vm, pid: Value, processors: Value) -> PyResult<()> {
    let pid = vm.to_i32(pid)?;
    let mut set = vec![0u8; size_of::<libc::cpu_set_t>()];
    let iterator = vm.iter(processors)?;
    while let Some(item) = vm.next(iterator)? {
        if !vm.is_instance(item, vm.types.int) {
            let class = vm.repr_lossy(vm.type_of(item).value()).unwrap_or_default();
            return Err(vm.type_error(format!("expected an iterator of ints, but iterator yielded {class}")));
        }
        let processor = match int::to_i64(item) {
            Some(n) if n < 0 => return Err(vm.value_error("negative CPU number")),
            None if int::is_negative(item) => return Err(vm.value_error("negative CPU number")),
            Some(n) if n < i64::from(i32::MAX) => n as usize,
            _ => return Err(vm.overflow_error("CPU number too large")),
        };
        if processor >= MOST_PROCESSORS {
            // No such processor.
            return Err(vm.os_error(libc::EINVAL, None));
        }
        if processor / 8 >= set.len() {
            let size = (processor / 64 + 1) * 8;
            let new = size - set.len();
            vectors::reserve(vm, &mut set, new)?;
            set.resize(size, 0);
        }
        if let Some(bits) = set.get_mut(processor / 8) {
            *bits |= 1 << (processor % 8);
        }
    }
    // The kernel reads words of the machine, of which each byte is in its place on little-endian machines only.
    let word = |bytes: &[u8]| bytes.iter().enumerate().fold(0, |word, (i, b)| word | u64::from(*b) << (8 * i));
    let words = vectors::collect(vm, set.chunks(8).map(word))?;
    // SAFETY: so many bytes.
    system(vm, None, || unsafe { libc::sched_setaffinity(pid, size_of_val(words.as_slice()), words.as_ptr().cast()) })
        .map(drop)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("sched_get_priority_max", "($module, /, policy)", sched_get_priority_max),
    method!("sched_get_priority_min", "($module, /, policy)", sched_get_priority_min),
    method!("sched_getscheduler", 1, sched_getscheduler),
    method!("sched_setscheduler", 3, sched_setscheduler),
    method!("sched_getparam", 1, sched_getparam),
    method!("sched_setparam", 2, sched_setparam),
    method!("sched_rr_get_interval", 1, sched_rr_get_interval),
    method!("sched_setaffinity", 2, sched_setaffinity),
];
