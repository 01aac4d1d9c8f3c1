//! `posix_spawn`: a new process by the C library's own fork and exec.

use std::ffi::CString;

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::path::{Allow, path};
use super::process::{arguments, environment};
use super::scheduling::parameter;
use crate::arguments::is_sequence;
use crate::builtins::functions::is_mapping;
use crate::vectors::{self, pointers};

pub const OPEN: i32 = 0;
pub const CLOSE: i32 = 1;
pub const DUP2: i32 = 2;
pub const CLOSE_FROM: i32 = 3;

/// What the child does with its files first.
struct Actions(libc::posix_spawn_file_actions_t);

impl Actions {
    fn new(vm: &Vm) -> PyResult<Actions> {
        // SAFETY: all zero is one that is not made yet, which the call makes.
        let (error, actions) = unsafe {
            let mut actions = std::mem::zeroed();
            (libc::posix_spawn_file_actions_init(&mut actions), actions)
        };
        if error == 0 { Ok(Actions(actions)) } else { Err(vm.os_error(error, None)) }
    }

    /// Adds the action that a tuple tells. The paths go to `paths`, where they stay until the process is made.
    fn add(&mut self, vm: &Vm, action: Value, paths: &mut Vec<CString>) -> PyResult<()> {
        let Some(action) = action.downcast::<PyTuple>().filter(|a| !a.is_empty()) else {
            return Err(vm.type_error("Each file_actions element must be a non-empty tuple"));
        };
        let item = |i: usize| action.get(i).unwrap_or(Value::NONE);
        let exactly = |n: usize, name: &str| {
            if action.len() == n {
                return Ok(());
            }
            Err(vm.type_error(format!("A {name} file_action tuple must have {n} elements")))
        };
        let error = match vm.to_i32(item(0))? {
            OPEN => {
                exactly(5, "open")?;
                let fd = vm.to_i32(item(1))?;
                let file = path(vm, item(2), "posix_spawn", "path", Allow::default())?.text;
                let (flags, mode) = (vm.to_i32(item(3))?, vm.to_i64(item(4))? as libc::mode_t);
                // SAFETY: made; a C string, which is kept until the process is made.
                let error =
                    unsafe { libc::posix_spawn_file_actions_addopen(&mut self.0, fd, file.as_ptr(), flags, mode) };
                vectors::push(vm, paths, file)?;
                error
            }
            CLOSE => {
                exactly(2, "close")?;
                let fd = vm.to_i32(item(1))?;
                // SAFETY: made.
                unsafe { libc::posix_spawn_file_actions_addclose(&mut self.0, fd) }
            }
            DUP2 => {
                exactly(3, "dup2")?;
                let (from, to) = (vm.to_i32(item(1))?, vm.to_i32(item(2))?);
                // SAFETY: made.
                unsafe { libc::posix_spawn_file_actions_adddup2(&mut self.0, from, to) }
            }
            CLOSE_FROM => {
                exactly(2, "closefrom")?;
                let fd = vm.to_i32(item(1))?;
                // SAFETY: made.
                unsafe { libc::posix_spawn_file_actions_addclosefrom_np(&mut self.0, fd) }
            }
            _ => return Err(vm.type_error("Unknown file_actions identifier")),
        };
        if error == 0 { Ok(()) } else { Err(vm.os_error(error, None)) }
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: made.
        unsafe { libc::posix_spawn_file_actions_destroy(&mut self.0) };
    }
}

/// What else differs in the child.
struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Attributes> {
        // SAFETY: all zero is one that is not made yet, which the call makes.
        let (error, attributes) = unsafe {
            let mut attributes = std::mem::zeroed();
            (libc::posix_spawnattr_init(&mut attributes), attributes)
        };
        let mut this = match error {
            0 => Attributes(attributes),
            error => return Err(vm.os_error(error, None)),
        };
        let mut flags = 0;
        let mut check = |error: i32, flag: i32| {
            flags |= flag;
            if error == 0 { Ok(()) } else { Err(vm.os_error(error, None)) }
        };
        if let Some(group) = args.opt_not_none(4) {
            let group = vm.to_i32(group)?;
            // SAFETY: made.
            check(unsafe { libc::posix_spawnattr_setpgroup(&mut this.0, group) }, libc::POSIX_SPAWN_SETPGROUP)?;
        }
        if args.opt(5).map_or(Ok(false), |v| vm.is_true(v))? {
            check(0, libc::POSIX_SPAWN_RESETIDS)?;
        }
        if args.opt(6).map_or(Ok(false), |v| vm.is_true(v))? {
            check(0, i32::from(libc::POSIX_SPAWN_SETSID))?;
        }
        if let Some(signals) = args.opt(7).filter(|v| !is_empty_tuple(*v)) {
            let set = crate::signal::set_from_python(vm, signals)?;
            // SAFETY: made, and a set.
            check(unsafe { libc::posix_spawnattr_setsigmask(&mut this.0, &set) }, libc::POSIX_SPAWN_SETSIGMASK)?;
        }
        if let Some(signals) = args.opt(8).filter(|v| !is_empty_tuple(*v)) {
            let set = crate::signal::set_from_python(vm, signals)?;
            // SAFETY: made, and a set.
            check(unsafe { libc::posix_spawnattr_setsigdefault(&mut this.0, &set) }, libc::POSIX_SPAWN_SETSIGDEF)?;
        }
        if let Some(scheduler) = args.opt_not_none(9) {
            let Some(scheduler) = scheduler.downcast::<PyTuple>() else {
                return Err(vm.type_error("posix_spawn: scheduler must be a tuple or None"));
            };
            let (Some(policy), Some(param), 2) = (scheduler.get(0), scheduler.get(1), scheduler.len()) else {
                return Err(vm.type_error("A scheduler tuple must have two elements"));
            };
            if !policy.is_none() {
                let policy = vm.to_i32(policy)?;
                // SAFETY: made.
                let error = unsafe { libc::posix_spawnattr_setschedpolicy(&mut this.0, policy) };
                check(error, libc::POSIX_SPAWN_SETSCHEDULER)?;
            }
            let param = parameter(vm, param)?;
            // SAFETY: made, and parameters.
            let error = unsafe { libc::posix_spawnattr_setschedparam(&mut this.0, &param) };
            check(error, libc::POSIX_SPAWN_SETSCHEDPARAM)?;
        }
        // SAFETY: made.
        let error = unsafe { libc::posix_spawnattr_setflags(&mut this.0, flags as libc::c_short) };
        if error == 0 { Ok(this) } else { Err(vm.os_error(error, None)) }
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: made.
        unsafe { libc::posix_spawnattr_destroy(&mut self.0) };
    }
}

fn is_empty_tuple(v: Value) -> bool {
    v.downcast::<PyTuple>().is_some_and(|t| t.is_empty())
}

fn spawn(vm: &Vm, args: &Args<'_>, by_path: bool) -> PyResult<i32> {
    let function = if by_path { "posix_spawnp" } else { "posix_spawn" };
    let program = path(vm, args.get(0), function, "path", Allow::default())?;
    let argv = arguments(vm, args.get(1), "posix_spawn")?;
    // None is the environment of this process.
    let env = match args.get(2) {
        none if none.is_none() => None,
        env if is_mapping(vm, env) => Some(environment(vm, env)?),
        _ => return Err(vm.type_error("posix_spawn: environment must be a mapping object or None")),
    };
    let mut paths = Vec::new();
    let mut actions = None;
    if let Some(given) = args.opt_not_none(3).filter(|v| !is_empty_tuple(*v)) {
        if !is_sequence(vm, given) {
            return Err(vm.type_error("file_actions must be a sequence or None"));
        }
        let list = vm.tuple_from(given)?;
        let made = actions.insert(Actions::new(vm)?);
        for i in 0..list.len() {
            made.add(vm, list.get(i).unwrap_or(Value::NONE), &mut paths)?;
        }
    }
    let attributes = Attributes::new(vm, args)?;
    vm.audit("os.posix_spawn", &[program.given, args.get(1), args.get(2)])?;
    let argv_pointers = pointers(vm, &argv)?;
    let env_pointers = env.as_deref().map(|env| pointers(vm, env)).transpose()?;
    let mut pid = 0;
    let call = if by_path { libc::posix_spawnp } else { libc::posix_spawn };
    // SAFETY: C strings with a null behind them, actions and attributes that are made, all of which live on here.
    let error = unsafe {
        call(
            &mut pid,
            program.as_ptr(),
            actions.as_ref().map_or(std::ptr::null(), |a| &a.0),
            &attributes.0,
            argv_pointers.as_ptr().cast(),
            env_pointers.as_ref().map_or(environ.cast_const(), |e| e.as_ptr()).cast(),
        )
    };
    if error == 0 { Ok(pid) } else { Err(vm.os_error(error, Some(program.given))) }
}

unsafe extern "C" {
    static environ: *mut *const libc::c_char;
}

fn posix_spawn(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    spawn(vm, args, false)
}

fn posix_spawnp(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    spawn(vm, args, true)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!(
        "posix_spawn",
        "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)",
        posix_spawn
    ),
    method!(
        "posix_spawnp",
        "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)",
        posix_spawnp
    ),
];
