//! Waiting for processes, with what they used.

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method, struct_sequence};

use super::path::system;
use crate::arguments::{owner_value, unsigned};

fn waited(vm: &Vm, pid: i32, options: i32) -> PyResult<Value> {
    let mut status = 0;
    // SAFETY: all zero is a usage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: room for a status and a usage.
    let got = system(vm, None, || unsafe { libc::wait4(pid, &mut status, options, &mut usage) })?;
    let usage = crate::resource::usage(vm, &usage)?;
    Ok(vm.new_tuple(&[Value::from_i32(got), Value::from_i32(status), usage])?.value())
}

fn wait3(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    waited(vm, -1, vm.to_i32(args.get(0))?)
}

fn wait4(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    waited(vm, vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?)
}

struct_sequence! {
    pub static WAITED = "waitid_result" in "posix", "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.";
    visible ["si_pid", "si_uid", "si_signo", "si_status", "si_code"], hidden [], unnamed 0
}

fn waitid(vm: &Vm, kind: Value, id: Value, options: Value) -> PyResult<Value> {
    let kind = vm.to_i32(kind)? as libc::idtype_t;
    let id = match vm.index(id)? {
        id if id.as_small_int() == Some(-1) => libc::id_t::MAX,
        id => unsigned(vm, id, u64::from(libc::id_t::MAX), "int")? as libc::id_t,
    };
    let options = vm.to_i32(options)?;
    // SAFETY: all zero is a `siginfo_t`, and what is left if nothing has changed.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: room for one.
    system(vm, None, || unsafe { libc::waitid(kind, id, &mut info, options) })?;
    // SAFETY: the kernel has filled in what belongs to SIGCHLD, or nothing.
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    if pid == 0 {
        return Ok(Value::NONE);
    }
    let values = [
        Value::from_i32(pid),
        owner_value(uid),
        Value::from_i32(info.si_signo),
        Value::from_i32(status),
        Value::from_i32(info.si_code),
    ];
    WAITED.make(vm, &values)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("wait3", "($module, /, options)", wait3),
    method!("wait4", "($module, /, pid, options)", wait4),
    method!("waitid", 3, waitid),
];
