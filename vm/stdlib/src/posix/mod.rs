//! `posix`: the system calls behind `os`.

mod dirs;
mod files;
pub mod path;
pub mod process;
mod stat;
mod terminals;

use brolga_runtime::PyResult;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::value::Value;

macro_rules! constants {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants![
    F_OK,
    R_OK,
    W_OK,
    X_OK,
    O_RDONLY,
    O_WRONLY,
    O_RDWR,
    O_NDELAY,
    O_NONBLOCK,
    O_APPEND,
    O_DSYNC,
    O_RSYNC,
    O_SYNC,
    O_NOCTTY,
    O_CREAT,
    O_EXCL,
    O_TRUNC,
    O_LARGEFILE,
    O_PATH,
    O_TMPFILE,
    O_CLOEXEC,
    O_ACCMODE,
    O_ASYNC,
    O_DIRECT,
    O_DIRECTORY,
    O_NOFOLLOW,
    O_NOATIME,
    WNOHANG,
    WCONTINUED,
    WUNTRACED,
    WEXITED,
    WNOWAIT,
    WSTOPPED,
    PRIO_PROCESS,
    PRIO_PGRP,
    PRIO_USER,
    SEEK_DATA,
    SEEK_HOLE,
    SCHED_OTHER,
    SCHED_FIFO,
    SCHED_RR,
    SCHED_BATCH,
    SCHED_IDLE,
    GRND_RANDOM,
    GRND_NONBLOCK,
    RTLD_LAZY,
    RTLD_NOW,
    RTLD_GLOBAL,
    RTLD_LOCAL,
    RTLD_NODELETE,
    RTLD_NOLOAD,
    RTLD_DEEPBIND,
    F_LOCK,
    F_TLOCK,
    F_ULOCK,
    F_TEST,
    ST_RDONLY,
    ST_NOSUID,
    P_PID,
    P_PGID,
    P_ALL,
    P_PIDFD,
];

/// `os.EX_*`, and others that the `libc` crate lacks.
static MORE_CONSTANTS: &[(&str, i64)] = &[
    ("EX_OK", 0),
    ("EX_USAGE", 64),
    ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66),
    ("EX_NOUSER", 67),
    ("EX_NOHOST", 68),
    ("EX_UNAVAILABLE", 69),
    ("EX_SOFTWARE", 70),
    ("EX_OSERR", 71),
    ("EX_OSFILE", 72),
    ("EX_CANTCREAT", 73),
    ("EX_IOERR", 74),
    ("EX_TEMPFAIL", 75),
    ("EX_PROTOCOL", 76),
    ("EX_NOPERM", 77),
    ("EX_CONFIG", 78),
    ("TMP_MAX", 238328),
    ("NGROUPS_MAX", 65536),
    ("POSIX_FADV_NORMAL", 0),
    ("POSIX_FADV_RANDOM", 1),
    ("POSIX_FADV_SEQUENTIAL", 2),
    ("POSIX_FADV_WILLNEED", 3),
    ("POSIX_FADV_DONTNEED", 4),
    ("POSIX_FADV_NOREUSE", 5),
];

/// What `os` builds `supports_dir_fd` and its like from.
static HAVE_FUNCTIONS: &[&str] = &[
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FEXECVE",
    "HAVE_FSTATAT",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_LINKAT",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let name = vm.intern("posix")?.value();
    for function in [stat::FUNCTIONS, files::FUNCTIONS, dirs::FUNCTIONS, process::FUNCTIONS, terminals::FUNCTIONS]
        .into_iter()
        .flatten()
    {
        let f = PyNativeFunction::new_function(vm, function, Some(module.value()), Some(name))?;
        module.add(vm, function.name, f)?;
    }
    for (name, value) in CONSTANTS.iter().chain(MORE_CONSTANTS) {
        module.add_int(vm, name, *value)?;
    }
    module.add(vm, "environ", process::environ(vm)?)?;
    module.add(vm, "error", vm.types.os_error)?;
    module.add_type(vm, stat::STAT_RESULT.class(vm)?)?;
    module.add_type(vm, files::types(vm)?)?;
    process::add_types(vm, module)?;
    module.add_type(vm, vm.native_type(&dirs::DIR_ENTRY)?)?;
    let have = vm.new_list(&[])?;
    for name in HAVE_FUNCTIONS {
        have.push(vm, vm.intern(name)?.value())?;
    }
    module.add(vm, "_have_functions", have)?;
    let names = vm.new_dict()?;
    for (name, number) in process::SYSCONF {
        names.set_name(vm, name, Value::from_i32(*number))?;
    }
    module.add(vm, "sysconf_names", names)
}

pub static MODULE: ModuleDef = ModuleDef::new("posix", &[], init).doc(
    "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
);
