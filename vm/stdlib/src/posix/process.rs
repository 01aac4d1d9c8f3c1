//! Processes, users, the environment, the system.

use std::ffi::CString;

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::struct_sequence;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::path::{self, Allow, path, system};
use crate::vectors;

unsafe extern "C" {
    fn getlogin_r(buffer: *mut libc::c_char, size: usize) -> i32;
}

/// The environment as a dict of bytes.
pub fn environ(vm: &Vm) -> PyResult<Ref<PyDict>> {
    use std::os::unix::ffi::OsStrExt;
    let dict = vm.new_dict()?;
    for (name, value) in std::env::vars_os() {
        let name = PyBytes::new(vm, name.as_bytes())?;
        let value = PyBytes::new(vm, value.as_bytes())?;
        dict.set_item(vm, name.value(), value.value())?;
    }
    Ok(dict)
}

pub fn text_argument(vm: &Vm, v: Value) -> PyResult<CString> {
    let bytes = match (v.downcast::<PyStr>(), v.downcast::<PyBytes>()) {
        (Some(s), _) => path::encode(vm, s)?,
        (None, Some(b)) => vectors::copy(vm, b.as_slice())?,
        _ => {
            let v = path::fspath(vm, v)?;
            return text_argument(vm, v);
        }
    };
    vectors::c_string(vm, bytes)
}

fn putenv(vm: &Vm, name: Value, value: Value) -> PyResult<()> {
    let (name, value) = (text_argument(vm, name)?, text_argument(vm, value)?);
    if name.as_bytes().contains(&b'=') {
        return Err(vm.value_error("illegal environment variable name"));
    }
    if vm.is_audited() {
        let (name, value) = (PyBytes::new(vm, name.as_bytes())?, PyBytes::new(vm, value.as_bytes())?);
        vm.audit("os.putenv", &[name.value(), value.value()])?;
    }
    // SAFETY: C strings; the GIL keeps the interpreter's threads from changing the environment at once.
    if unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) } != 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(())
}

fn unsetenv(vm: &Vm, name: Value) -> PyResult<()> {
    let name = text_argument(vm, name)?;
    if vm.is_audited() {
        vm.audit("os.unsetenv", &[PyBytes::new(vm, name.as_bytes())?.value()])?;
    }
    // SAFETY: a C string; as above.
    if unsafe { libc::unsetenv(name.as_ptr()) } != 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(())
}

macro_rules! ids {
    ($($name:ident),*) => {$(
        fn $name(_: &Vm) -> i64 {
            // SAFETY: no memory is involved; it can't fail.
            i64::from(unsafe { libc::$name() })
        }
    )*};
}
ids!(getpid, getppid, getuid, geteuid, getgid, getegid, getpgrp);

macro_rules! set_ids {
    ($($name:ident),*) => {$(
        fn $name(vm: &Vm, id: Value) -> PyResult<()> {
            let id = vm.to_i64(id)?;
            // SAFETY: no memory is involved.
            system(vm, None, || unsafe { libc::$name(id as u32) }).map(|_| ())
        }
    )*};
}
set_ids!(setuid, setgid, seteuid, setegid);

fn getpgid(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let pid = vm.to_i32(args.get(0))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::getpgid(pid) })
}

fn setpgid(vm: &Vm, pid: Value, group: Value) -> PyResult<()> {
    let (pid, group) = (vm.to_i32(pid)?, vm.to_i32(group)?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setpgid(pid, group) }).map(|_| ())
}

fn getsid(vm: &Vm, pid: Value) -> PyResult<i32> {
    let pid = vm.to_i32(pid)?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::getsid(pid) })
}

fn setsid(vm: &Vm) -> PyResult<i32> {
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setsid() })
}

fn getgroups(vm: &Vm) -> PyResult<Value> {
    let mut groups = [0 as libc::gid_t; 1 << 16];
    // SAFETY: room for so many.
    let n = system(vm, None, || unsafe { libc::getgroups(groups.len() as i32, groups.as_mut_ptr()) })?;
    let list = vm.new_list(&[])?;
    for group in groups.iter().take(n as usize) {
        list.push(vm, Value::from_int_truncated(i64::from(*group)))?;
    }
    Ok(list.value())
}

fn getlogin(vm: &Vm) -> PyResult<Value> {
    let mut buffer = [0u8; 256];
    // SAFETY: room for so many bytes, the result ends in a zero byte.
    let error = unsafe { getlogin_r(buffer.as_mut_ptr().cast(), buffer.len()) };
    if error != 0 {
        return Err(vm.os_error(error, None));
    }
    let name = buffer.split(|b| *b == 0).next().unwrap_or(&[]);
    Ok(path::decode(vm, name)?.value())
}

fn nice(vm: &Vm, by: Value) -> PyResult<i32> {
    let by = vm.to_i32(by)?;
    // SAFETY: errno is the thread's own; -1 may be a result, so errno tells.
    let (result, errno) = unsafe {
        *libc::__errno_location() = 0;
        (libc::nice(by), *libc::__errno_location())
    };
    if result == -1 && errno != 0 { Err(vm.os_error(errno, None)) } else { Ok(result) }
}

fn kill(vm: &Vm, pid: Value, signal: Value) -> PyResult<()> {
    let (pid, signal) = (vm.to_i32(pid)?, vm.to_i32(signal)?);
    vm.audit("os.kill", &[Value::from_i32(pid), Value::from_i32(signal)])?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::kill(pid, signal) })?;
    vm.poll()
}

fn killpg(vm: &Vm, group: Value, signal: Value) -> PyResult<()> {
    let (group, signal) = (vm.to_i32(group)?, vm.to_i32(signal)?);
    vm.audit("os.killpg", &[Value::from_i32(group), Value::from_i32(signal)])?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::killpg(group, signal) })?;
    vm.poll()
}

/// There are no C extensions that could install one.
fn has_no_input_hook(_: &Vm) -> bool {
    false
}

fn no_input_hook(_: &Vm) {}

fn exit_now(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let status = vm.to_i32(args.get(0))?;
    // SAFETY: ends the process.
    unsafe { libc::_exit(status) }
}

fn abort(_: &Vm) {
    // SAFETY: ends the process, as asked.
    unsafe { libc::abort() }
}

/// Calls `os.register_at_fork`'s functions of one moment.
fn run_fork_hooks(vm: &Vm, key: &'static ForkHooks) {
    let Some(list) = vm.kept(key).and_then(Value::downcast::<brolga_runtime::types::list::PyList>) else { return };
    for i in 0..list.len() {
        let i = if key.reversed { list.len() - 1 - i } else { i };
        if let Some(f) = list.get(i)
            && let Err(raised) = vm.call(f, &[])
        {
            vm.write_unraisable(raised, f, None);
        }
    }
}

struct ForkHooks {
    reversed: bool,
}
static BEFORE: ForkHooks = ForkHooks { reversed: true };
static AFTER_IN_CHILD: ForkHooks = ForkHooks { reversed: false };
static AFTER_IN_PARENT: ForkHooks = ForkHooks { reversed: false };

fn register_at_fork(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let given = [args.opt(0), args.opt(1), args.opt(2)];
    if given.iter().all(Option::is_none) {
        return Err(vm.type_error("At least one argument is required."));
    }
    for (name, f) in ["before", "after_in_child", "after_in_parent"].iter().zip(given) {
        if let Some(f) = f
            && !vm.is_callable(f)
        {
            return Err(vm.type_error(format!("'{name}' must be callable, not {}", vm.type_name(f))));
        }
    }
    let add = |key: &'static ForkHooks, f: Option<Value>| -> PyResult<()> {
        let Some(f) = f else { return Ok(()) };
        let list = match vm.kept(key).and_then(Value::downcast::<brolga_runtime::types::list::PyList>) {
            Some(list) => list,
            None => {
                let list = vm.new_list(&[])?;
                vm.keep(key, list.value());
                list
            }
        };
        list.push(vm, f)
    };
    add(&BEFORE, given[0])?;
    add(&AFTER_IN_CHILD, given[1])?;
    add(&AFTER_IN_PARENT, given[2])
}

/// What the native modules have to set right in a child, before Python's own hooks run.
fn after_fork_in_child(vm: &Vm) {
    crate::thread::after_fork(vm);
    crate::io::after_fork(vm);
}

/// `fork` with everything that has to be done around it. The GIL is held on both sides.
pub fn fork_process(vm: &Vm) -> PyResult<i32> {
    run_fork_hooks(vm, &BEFORE);
    let forked = vm.fork();
    if let Ok(0) = forked {
        after_fork_in_child(vm);
        run_fork_hooks(vm, &AFTER_IN_CHILD);
        return Ok(0);
    }
    run_fork_hooks(vm, &AFTER_IN_PARENT);
    forked.map_err(|error| vm.io_error(&error, None))
}

/// Warns of a fork that leaves other threads' locks behind. An error that a filter makes of it is dropped: the child
/// is there already.
pub fn warn_of_threads(vm: &Vm, function: &str) {
    if vm.threads.borrow().len() <= 1 {
        return;
    }
    let message = format!(
        "This process (pid={}) is multi-threaded, use of {function}() may lead to deadlocks in the child.",
        std::process::id()
    );
    if let Err(raised) = vm.warn(vm.types.deprecation_warning, &message, 1) {
        vm.take_raised(raised);
    }
}

fn fork(vm: &Vm) -> PyResult<i32> {
    vm.audit("os.fork", &[])?;
    let pid = fork_process(vm)?;
    if pid != 0 {
        warn_of_threads(vm, "fork");
    }
    Ok(pid)
}

fn waitpid(vm: &Vm, pid: Value, options: Value) -> PyResult<Value> {
    let (pid, options) = (vm.to_i32(pid)?, vm.to_i32(options)?);
    let mut status = 0;
    // SAFETY: room for a status.
    let got = system(vm, None, || unsafe { libc::waitpid(pid, &mut status, options) })?;
    Ok(vm.new_tuple(&[Value::from_i32(got), Value::from_i32(status)])?.value())
}

fn wait(vm: &Vm) -> PyResult<Value> {
    waitpid(vm, Value::from_i32(-1), Value::from_i32(0))
}

macro_rules! statuses {
    ($($name:ident $macro_name:ident -> $t:ty),* $(,)?) => {$(
        fn $name(vm: &Vm, args: &Args<'_>) -> PyResult<$t> {
            Ok(libc::$macro_name(vm.to_i32(args.get(0))?))
        }
    )*};
}
statuses! {
    wifexited WIFEXITED -> bool, wifsignaled WIFSIGNALED -> bool, wifstopped WIFSTOPPED -> bool,
    wifcontinued WIFCONTINUED -> bool, wcoredump WCOREDUMP -> bool, wexitstatus WEXITSTATUS -> i32,
    wtermsig WTERMSIG -> i32, wstopsig WSTOPSIG -> i32,
}

fn waitstatus_to_exitcode(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let status = args.get(0);
    if !vm.is_instance(status, vm.types.int) {
        return Err(vm.type_error("an integer is required"));
    }
    let status = vm.to_i32(status)?;
    if libc::WIFEXITED(status) {
        return Ok(libc::WEXITSTATUS(status));
    }
    if libc::WIFSIGNALED(status) {
        return Ok(-libc::WTERMSIG(status));
    }
    if libc::WIFSTOPPED(status) {
        return Err(vm.value_error(format!("process stopped by delivery of signal {}", libc::WSTOPSIG(status))));
    }
    Err(vm.value_error(format!("invalid wait status: {status}")))
}

fn c_strings(vm: &Vm, items: Value) -> PyResult<Vec<CString>> {
    let mut all = Vec::new();
    let items = vm.collect(items)?;
    for i in 0..items.len() {
        vectors::push(vm, &mut all, text_argument(vm, items.get(i).unwrap_or(Value::NONE))?)?;
    }
    Ok(all)
}

pub fn arguments(vm: &Vm, argv: Value, function: &str) -> PyResult<Vec<CString>> {
    let is_sequence = vm.is_instance(argv, vm.types.list) || vm.is_instance(argv, vm.types.tuple);
    if !is_sequence {
        return Err(vm.type_error(format!("{function}: argv must be a tuple or list")));
    }
    let all = c_strings(vm, argv)?;
    match all.first() {
        None => Err(vm.value_error(format!("{function}: argv must not be empty"))),
        Some(first) if first.is_empty() => {
            Err(vm.value_error(format!("{function}: argv first element cannot be empty")))
        }
        Some(_) => Ok(all),
    }
}

fn execv(vm: &Vm, program: Value, argv: Value) -> PyResult<()> {
    let program = path(vm, program, "execv", "path", Allow::default())?;
    let given = argv;
    let argv = arguments(vm, argv, "execv() arg 2")?;
    vm.audit("os.exec", &[program.given, given, Value::NONE])?;
    let argv = vectors::pointers(vm, &argv)?;
    // SAFETY: C strings, and a null at the end.
    unsafe { libc::execv(program.as_ptr(), argv.as_ptr()) };
    Err(vm.last_os_error(Some(program.given)))
}

fn execve(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let program = path(vm, args.get(0), "execve", "path", Allow { fd: true, none: false })?;
    let argv = arguments(vm, args.get(1), "execve")?;
    let env = args.get(2);
    vm.audit("os.exec", &[program.given, args.get(1), env])?;
    let lines = environment(vm, env)?;
    let (argv, lines) = (vectors::pointers(vm, &argv)?, vectors::pointers(vm, &lines)?);
    // SAFETY: C strings, and a null at the end of each array.
    unsafe {
        match program.fd {
            Some(fd) => libc::fexecve(fd, argv.as_ptr(), lines.as_ptr()),
            None => libc::execve(program.as_ptr(), argv.as_ptr(), lines.as_ptr()),
        }
    };
    Err(vm.last_os_error(Some(program.given)))
}

/// The lines of an environment.
pub fn environment(vm: &Vm, env: Value) -> PyResult<Vec<CString>> {
    let keys = vm.call_method(env, "keys", &[])?;
    let keys = vm.collect(keys)?;
    let mut lines = Vec::new();
    for i in 0..keys.len() {
        let key = keys.get(i).unwrap_or(Value::NONE);
        let value = vm.get_item(env, key)?;
        let (key, value) = (text_argument(vm, key)?, text_argument(vm, value)?);
        if key.is_empty() || key.as_bytes().get(1..).is_some_and(|k| k.contains(&b'=')) {
            return Err(vm.value_error("illegal environment variable name"));
        }
        let mut line = vectors::copy(vm, key.as_bytes())?;
        vectors::reserve(vm, &mut line, value.as_bytes().len().saturating_add(2))?;
        line.push(b'=');
        line.extend_from_slice(value.as_bytes());
        vectors::push(vm, &mut lines, vectors::c_string(vm, line)?)?;
    }
    Ok(lines)
}

fn shell(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let command = text_argument(vm, args.get(0))?;
    // SAFETY: a C string.
    Ok(vm.allow_threads(|| unsafe { libc::system(command.as_ptr()) }))
}

fn strerror(vm: &Vm, code: Value) -> PyResult<String> {
    Ok(brolga_runtime::types::exception::strerror(vm.to_i32(code)?))
}

struct_sequence! {
    static UNAME = "uname_result" in "posix", "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information.";
    visible ["sysname", "nodename", "release", "version", "machine"], hidden [], unnamed 0
}
struct_sequence! {
    static TIMES = "times_result" in "posix", "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information.";
    visible ["user", "system", "children_user", "children_system", "elapsed"], hidden [], unnamed 0
}

fn uname(vm: &Vm) -> PyResult<Value> {
    // SAFETY: all zero is a `utsname`.
    let mut names: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: room for one.
    if unsafe { libc::uname(&mut names) } < 0 {
        return Err(vm.last_os_error(None));
    }
    let text = |field: &[libc::c_char]| {
        let bytes: Vec<u8> = field.iter().map(|c| *c as u8).take_while(|b| *b != 0).collect();
        path::decode(vm, &bytes).map(Ref::value)
    };
    let values = [
        text(&names.sysname)?,
        text(&names.nodename)?,
        text(&names.release)?,
        text(&names.version)?,
        text(&names.machine)?,
    ];
    UNAME.make(vm, &values)
}

fn times(vm: &Vm) -> PyResult<Value> {
    // SAFETY: all zero is a `tms`.
    let mut t: libc::tms = unsafe { std::mem::zeroed() };
    // SAFETY: room for one; no memory is involved in the other.
    let (elapsed, tick) = unsafe { (libc::times(&mut t), libc::sysconf(libc::_SC_CLK_TCK) as f64) };
    let seconds = |ticks: libc::clock_t| Value::from_f64(ticks as f64 / tick);
    let values =
        [seconds(t.tms_utime), seconds(t.tms_stime), seconds(t.tms_cutime), seconds(t.tms_cstime), seconds(elapsed)];
    TIMES.make(vm, &values)
}

fn cpu_count(vm: &Vm) -> Option<Value> {
    if let Some(n) = vm.config.cpu_count {
        return Some(Value::from_int_truncated(i64::from(n)));
    }
    // SAFETY: no memory is involved.
    let n = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    if n >= 1 { Some(Value::from_int_truncated(n as i64)) } else { None }
}

fn sched_getaffinity(vm: &Vm, pid: Value) -> PyResult<Value> {
    let pid = vm.to_i32(pid)?;
    // SAFETY: all zero is a set of CPUs.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: room for one.
    system(vm, None, || unsafe { libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &mut set) })?;
    let list = vm.new_list(&[])?;
    for cpu in 0..libc::CPU_SETSIZE as usize {
        // SAFETY: a CPU below the set's size.
        if unsafe { libc::CPU_ISSET(cpu, &set) } {
            list.push(vm, Value::from_len(cpu))?;
        }
    }
    vm.call(vm.types.set.value(), &[list.value()])
}

fn sched_yield(_: &Vm) {
    std::thread::yield_now();
}

fn getloadavg(vm: &Vm) -> PyResult<Value> {
    let mut load = [0f64; 3];
    // SAFETY: room for three.
    if unsafe { libc::getloadavg(load.as_mut_ptr(), 3) } != 3 {
        return Err(vm.raise_message(vm.types.os_error, "Load averages are unobtainable"));
    }
    Ok(vm.new_tuple(&load.map(Value::from_f64))?.value())
}

fn fspath(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    path::fspath(vm, args.get(0))
}

pub fn add_types(vm: &Vm, module: Ref<brolga_runtime::types::module::PyModule>) -> PyResult<()> {
    module.add_type(vm, UNAME.class(vm)?)?;
    module.add_type(vm, TIMES.class(vm)?)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("putenv", 2, putenv),
    method!("unsetenv", 1, unsetenv),
    method!("getpid", 0, getpid),
    method!("getppid", 0, getppid),
    method!("getuid", 0, getuid),
    method!("geteuid", 0, geteuid),
    method!("getgid", 0, getgid),
    method!("getegid", 0, getegid),
    method!("getpgrp", 0, getpgrp),
    method!("setuid", 1, setuid),
    method!("setgid", 1, setgid),
    method!("seteuid", 1, seteuid),
    method!("setegid", 1, setegid),
    method!("getpgid", "($module, /, pid)", getpgid),
    method!("setpgid", 2, setpgid),
    method!("getsid", 1, getsid),
    method!("setsid", 0, setsid),
    method!("getgroups", 0, getgroups),
    method!("getlogin", 0, getlogin),
    method!("nice", 1, nice),
    method!("kill", 2, kill),
    method!("killpg", 2, killpg),
    method!("_exit", "($module, /, status)", exit_now),
    method!("_inputhook", 0, no_input_hook).doc("Calls PyOS_CallInputHook droppong the GIL first"),
    method!("_is_inputhook_installed", 0, has_no_input_hook).doc("Checks if PyOS_CallInputHook is set"),
    method!("abort", 0, abort),
    method!(
        "register_at_fork",
        "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)",
        register_at_fork
    ),
    method!("fork", 0, fork),
    method!("waitpid", 2, waitpid),
    method!("wait", 0, wait),
    method!("WIFEXITED", "($module, /, status)", wifexited),
    method!("WIFSIGNALED", "($module, /, status)", wifsignaled),
    method!("WIFSTOPPED", "($module, /, status)", wifstopped),
    method!("WIFCONTINUED", "($module, /, status)", wifcontinued),
    method!("WCOREDUMP", "($module, status, /)", wcoredump),
    method!("WEXITSTATUS", "($module, /, status)", wexitstatus),
    method!("WTERMSIG", "($module, /, status)", wtermsig),
    method!("WSTOPSIG", "($module, /, status)", wstopsig),
    method!("waitstatus_to_exitcode", "($module, /, status)", waitstatus_to_exitcode),
    method!("execv", 2, execv),
    method!("execve", "($module, /, path, argv, env)", execve),
    method!("system", "($module, /, command)", shell),
    method!("strerror", 1, strerror),
    method!("uname", 0, uname),
    method!("times", 0, times),
    method!("cpu_count", 0, cpu_count),
    method!("sched_getaffinity", 1, sched_getaffinity),
    method!("sched_yield", 0, sched_yield),
    method!("getloadavg", 0, getloadavg),
    method!("fspath", "($module, /, path)", fspath),
];
