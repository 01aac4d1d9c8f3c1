//! `_posixsubprocess`: a new process, from `fork` to `exec`.

use std::ffi::CString;

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use crate::arguments::{c_int, owner_id};
use crate::posix::path;
use crate::posix::process::{fork_process, warn_of_threads};
use crate::vectors::{self, c_string, pointers};

/// What the child does, all made ready beforehand: it may call nothing that takes a lock, so must not allocate.
struct Plan {
    /// Programs to try, each ended by a null in `programs_raw`'s order.
    programs: Vec<CString>,
    /// Pointers into the strings above and below, each array ended by a null.
    argv: Option<Vec<*const libc::c_char>>,
    env: Option<Vec<*const libc::c_char>>,
    close_fds: bool,
    keep: Vec<i32>,
    cwd: Option<CString>,
    p2cread: i32,
    p2cwrite: i32,
    c2pread: i32,
    c2pwrite: i32,
    errread: i32,
    errwrite: i32,
    errpipe_read: i32,
    errpipe_write: i32,
    restore_signals: bool,
    new_session: bool,
    process_group: i32,
    gid: Option<u32>,
    groups: Option<Vec<u32>>,
    uid: Option<u32>,
    umask: i32,
}

/// Why the child could not run the program: an errno (0: see the text) and what stood in the way.
struct Failure(i32, &'static [u8]);

fn errno() -> i32 {
    // SAFETY: the thread's own.
    unsafe { *libc::__errno_location() }
}

fn call(result: i32, at: &'static [u8]) -> Result<i32, Failure> {
    if result < 0 { Err(Failure(errno(), at)) } else { Ok(result) }
}

/// Not yet at `exec`: the error is not about the program.
const NO_EXEC: &[u8] = b"noexec";

/// Sets whether a file stays open across `exec`.
fn set_inheritable(fd: i32, on: bool) -> Result<(), Failure> {
    // SAFETY: no memory is involved.
    unsafe {
        let flags = call(libc::fcntl(fd, libc::F_GETFD), NO_EXEC)?;
        let flags = if on { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
        call(libc::fcntl(fd, libc::F_SETFD, flags), NO_EXEC).map(|_| ())
    }
}

fn close(fd: i32) -> Result<(), Failure> {
    if fd < 0 {
        return Ok(());
    }
    // SAFETY: no memory is involved.
    call(unsafe { libc::close(fd) }, NO_EXEC).map(|_| ())
}

/// Makes `fd` the child's standard stream `target`.
fn place(fd: i32, target: i32) -> Result<(), Failure> {
    if fd == target {
        return set_inheritable(fd, true);
    }
    if fd < 0 {
        return Ok(());
    }
    // SAFETY: no memory is involved.
    call(unsafe { libc::dup2(fd, target) }, NO_EXEC).map(|_| ())
}

/// A copy of `fd` with another number, closed by `exec`.
fn copy(fd: i32) -> Result<i32, Failure> {
    // SAFETY: no memory is involved.
    call(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) }, NO_EXEC)
}

fn close_range(first: i32, last: i32) {
    if first > last {
        return;
    }
    // SAFETY: no memory is involved; the files belong to the program that is about to be replaced.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first as libc::c_uint, last as libc::c_uint, 0) == 0 {
            return;
        }
        let open_max = libc::sysconf(libc::_SC_OPEN_MAX);
        let end = if (0..1 << 20).contains(&open_max) { open_max as i32 } else { 1 << 20 };
        for fd in first..=last.min(end) {
            libc::close(fd);
        }
    }
}

/// Closes all files from 3 on that are not in `keep`, which is sorted.
fn close_others(keep: &[i32]) {
    let mut first = 3;
    for fd in keep {
        if *fd >= first {
            close_range(first, fd - 1);
            first = fd + 1;
        }
    }
    close_range(first, i32::MAX);
}

impl Plan {
    /// The child's work. Comes back only if it failed.
    fn run(&self, preexec: impl FnOnce() -> bool) -> Failure {
        match self.prepare(preexec) {
            Ok(never) => never,
            Err(failure) => failure,
        }
    }

    fn prepare(&self, preexec: impl FnOnce() -> bool) -> Result<Failure, Failure> {
        for fd in &self.keep {
            if *fd != self.errpipe_write {
                set_inheritable(*fd, true)?;
            }
        }
        // The parent's ends of the pipes.
        close(self.p2cwrite)?;
        close(self.c2pread)?;
        close(self.errread)?;
        close(self.errpipe_read)?;
        // Ends that stand where another stream is about to be put.
        let mut c2pwrite = self.c2pwrite;
        if c2pwrite == 0 {
            c2pwrite = copy(c2pwrite)?;
        }
        let mut errwrite = self.errwrite;
        while errwrite == 0 || errwrite == 1 {
            errwrite = copy(errwrite)?;
        }
        place(self.p2cread, 0)?;
        place(c2pwrite, 1)?;
        place(errwrite, 2)?;
        // SAFETY: C strings, arrays that are as long as is said, and calls that take no memory.
        unsafe {
            if let Some(cwd) = &self.cwd {
                call(libc::chdir(cwd.as_ptr()), b"noexec:chdir")?;
            }
            if self.umask >= 0 {
                libc::umask(self.umask as libc::mode_t);
            }
            if self.restore_signals {
                libc::signal(libc::SIGPIPE, libc::SIG_DFL);
                libc::signal(libc::SIGXFSZ, libc::SIG_DFL);
            }
            if self.new_session {
                call(libc::setsid(), NO_EXEC)?;
            }
            if self.process_group >= 0 {
                call(libc::setpgid(0, self.process_group), NO_EXEC)?;
            }
            if let Some(groups) = &self.groups {
                call(libc::setgroups(groups.len(), groups.as_ptr()), NO_EXEC)?;
            }
            if let Some(gid) = self.gid {
                call(libc::setregid(gid, gid), NO_EXEC)?;
            }
            if let Some(uid) = self.uid {
                call(libc::setreuid(uid, uid), NO_EXEC)?;
            }
        }
        if !preexec() {
            return Err(Failure(0, b"Exception occurred in preexec_fn."));
        }
        if self.close_fds {
            close_others(&self.keep);
        }
        let no_arguments = [std::ptr::null()];
        let argv = self.argv.as_ref().map_or(no_arguments.as_ptr(), |a| a.as_ptr());
        let mut first_error = 0;
        for program in &self.programs {
            // SAFETY: C strings, and arrays of such that end in a null; `environ` is the C library's.
            unsafe {
                match &self.env {
                    Some(env) => libc::execve(program.as_ptr(), argv, env.as_ptr()),
                    None => libc::execv(program.as_ptr(), argv),
                };
            }
            let error = errno();
            if first_error == 0 && error != libc::ENOENT && error != libc::ENOTDIR {
                first_error = error;
            }
        }
        Ok(Failure(if first_error != 0 { first_error } else { errno() }, b""))
    }

    /// Tells the parent, as `subprocess` expects it, and ends.
    fn fail(&self, failure: &Failure) -> ! {
        let Failure(error, text) = failure;
        let write = |bytes: &[u8]| {
            // SAFETY: the slice's memory.
            unsafe { libc::write(self.errpipe_write, bytes.as_ptr().cast(), bytes.len()) };
        };
        if *error == 0 {
            write(b"SubprocessError:0:");
        } else {
            write(b"OSError:");
            let mut digits = [0u8; 8];
            let mut at = digits.len();
            let mut rest = *error as u32;
            while rest > 0 && at > 0 {
                at -= 1;
                if let (Some(slot), Some(digit)) = (digits.get_mut(at), b"0123456789ABCDEF".get((rest & 15) as usize)) {
                    *slot = *digit;
                }
                rest >>= 4;
            }
            write(digits.get(at..).unwrap_or(&[]));
            write(b":");
        }
        write(text);
        // SAFETY: ends the process.
        unsafe { libc::_exit(255) }
    }
}

/// A path or text as the file system's bytes.
pub fn fs_string(vm: &Vm, v: Value) -> PyResult<CString> {
    let v = path::fspath(vm, v)?;
    match (v.downcast::<PyStr>(), v.downcast::<PyBytes>()) {
        (Some(s), _) => c_string(vm, path::encode(vm, s)?),
        (None, Some(b)) => c_string(vm, vectors::copy(vm, b.as_slice())?),
        _ => Err(vm.type_error("expected str or bytes")),
    }
}

/// A sequence of bytes objects.
fn byte_strings(vm: &Vm, sequence: Value) -> PyResult<Vec<CString>> {
    let n = vm.len(sequence)?;
    let mut all = Vec::new();
    for i in 0..n {
        let item = vm.get_item(sequence, vm.new_int(i as i64)?)?;
        match item.downcast::<PyBytes>() {
            Some(bytes) => {
                let copy = vectors::copy(vm, bytes.as_slice())?;
                vectors::push(vm, &mut all, c_string(vm, copy)?)?;
            }
            None => return Err(vm.type_error(format!("expected bytes, {} found", vm.type_name(item)))),
        }
    }
    Ok(all)
}

fn descriptors_to_keep(vm: &Vm, fds: Value) -> PyResult<Vec<i32>> {
    let Some(tuple) = fds.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!("fork_exec() argument 4 must be tuple, not {}", vm.type_name(fds))));
    };
    let mut keep = Vec::new();
    for i in 0..tuple.len() {
        let item = tuple.get(i).unwrap_or(Value::NONE);
        let fd = brolga_runtime::types::int::to_i64(item).and_then(|fd| i32::try_from(fd).ok());
        match fd.filter(|fd| *fd >= 0 && keep.last().is_none_or(|last| last < fd)) {
            Some(fd) => vectors::push(vm, &mut keep, fd)?,
            None => return Err(vm.value_error("bad value(s) in fds_to_keep")),
        }
    }
    Ok(keep)
}

/// Most groups that a process can be in.
const MAX_GROUPS: usize = 65536;

fn group_list(vm: &Vm, groups: Value) -> PyResult<Option<Vec<u32>>> {
    if groups.is_none() {
        return Ok(None);
    }
    let Some(list) = groups.downcast::<PyList>() else {
        return Err(vm.type_error("setgroups argument must be a list"));
    };
    if list.len() > MAX_GROUPS {
        return Err(vm.value_error("too many extra_groups"));
    }
    let mut all = Vec::new();
    let mut i = 0;
    while let Some(item) = list.get(i) {
        i += 1;
        if !vm.is_instance(item, vm.types.int) {
            return Err(vm.type_error("extra_groups must be integers"));
        }
        match owner_id(vm, item, "gid") {
            Ok(gid) => vectors::push(vm, &mut all, gid)?,
            Err(raised) => {
                vm.catch(raised, vm.types.overflow_error)?;
                return Err(vm.value_error("invalid group id"));
            }
        }
    }
    Ok(Some(all))
}

fn fork_exec(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let Ok(given) = <[Value; 22]>::try_from(args.rest) else {
        return Err(vm.type_error(format!("fork_exec expected 22 arguments, got {}", args.rest.len())));
    };
    let [
        argv,
        executables,
        close_fds,
        keep,
        cwd,
        env,
        fds @ ..,
        restore,
        session,
        group,
        gid,
        groups,
        uid,
        umask,
        preexec,
    ] = given;
    vm.audit("_posixsubprocess.fork_exec", &[executables, argv, env])?;
    let close_fds = vm.is_true(close_fds)?;
    let keep = descriptors_to_keep_type(vm, keep)?;
    let mut numbers = [0i32; 8];
    for (number, v) in numbers.iter_mut().zip(fds) {
        *number = c_int(vm, v)?;
    }
    let [p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write] = numbers;
    let (restore_signals, new_session) = (vm.is_true(restore)?, vm.is_true(session)?);
    let process_group = c_int(vm, group)?;
    let umask = c_int(vm, umask)?;
    if close_fds && errpipe_write < 3 {
        return Err(vm.value_error("errpipe_write must be >= 3"));
    }
    let keep = descriptors_to_keep(vm, keep)?;
    let arguments = if argv.is_none() {
        None
    } else {
        if argv.downcast::<PyList>().is_none() && argv.downcast::<PyTuple>().is_none() {
            return Err(vm.type_error("argv must be a tuple"));
        }
        let items = vm.collect(argv)?;
        let mut all = Vec::new();
        for i in 0..items.len() {
            vectors::push(vm, &mut all, fs_string(vm, items.get(i).unwrap_or(Value::NONE))?)?;
        }
        Some(all)
    };
    let programs = byte_strings(vm, executables)?;
    let environment = if env.is_none() { None } else { Some(byte_strings(vm, env)?) };
    let cwd = if cwd.is_none() { None } else { Some(fs_string(vm, cwd)?) };
    let groups = group_list(vm, groups)?;
    let gid = if gid.is_none() { None } else { Some(owner_id(vm, gid, "gid")?) };
    let uid = if uid.is_none() { None } else { Some(owner_id(vm, uid, "uid")?) };
    let plan = Plan {
        programs,
        argv: arguments.as_deref().map(|a| pointers(vm, a)).transpose()?,
        env: environment.as_deref().map(|e| pointers(vm, e)).transpose()?,
        close_fds,
        keep,
        cwd,
        p2cread,
        p2cwrite,
        c2pread,
        c2pwrite,
        errread,
        errwrite,
        errpipe_read,
        errpipe_write,
        restore_signals,
        new_session,
        process_group,
        gid,
        groups,
        uid,
        umask,
    };
    if preexec.is_none() {
        // SAFETY: the child makes system calls only, on memory made ready, then runs another program or ends.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            let failure = plan.run(|| true);
            plan.fail(&failure);
        }
        if pid < 0 {
            return Err(vm.last_os_error(None));
        }
        return Ok(pid);
    }
    let pid = fork_process(vm)?;
    if pid == 0 {
        let failure = plan.run(|| match vm.call(preexec, &[]) {
            Ok(_) => true,
            Err(raised) => {
                vm.take_raised(raised);
                false
            }
        });
        plan.fail(&failure);
    }
    warn_of_threads(vm, "fork");
    Ok(pid)
}

/// The fourth argument's type is checked before the values of others.
fn descriptors_to_keep_type(vm: &Vm, keep: Value) -> PyResult<Value> {
    if keep.downcast::<PyTuple>().is_some() {
        return Ok(keep);
    }
    Err(vm.type_error(format!("fork_exec() argument 4 must be tuple, not {}", vm.type_name(keep))))
}

const FUNCTIONS: &[MethodDef] = &[method!("fork_exec", "($module, /, *args)", fork_exec).doc(
    "Spawn a fresh new child process.\n\nFork a child process, close parent file descriptors as appropriate in the\nchild and duplicate the few that are needed before calling exec() in the\nchild process.\n\nIf close_fds is True, close file descriptors 3 and higher, except those listed\nin the sorted tuple pass_fds.\n\nThe preexec_fn, if supplied, will be called immediately before closing file\ndescriptors and exec.\n\nWARNING: preexec_fn is NOT SAFE if your application uses threads.\n         It may trigger infrequent, difficult to debug deadlocks.\n\nIf an error occurs in the child process before exec, it is\nserialized and written to the errpipe_write fd per subprocess.py.\n\nReturns: the child process's PID.\n\nRaises: Only on an error in the parent process.",
)];

pub static MODULE: ModuleDef =
    ModuleDef::new("_posixsubprocess", FUNCTIONS, nothing).doc("A POSIX helper for the subprocess module.");
