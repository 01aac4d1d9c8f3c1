//! `posix`: the system calls behind `os`.

mod configuration;
mod configuration_names;
mod descriptors;
mod dirs;
mod files;
mod owners;
pub mod path;
pub mod process;
mod scheduling;
mod spawn;
mod stat;
mod terminals;
mod waiting;
mod xattr;

use brolga_runtime::PyResult;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;

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
    CLD_CONTINUED,
    CLD_DUMPED,
    CLD_EXITED,
    CLD_KILLED,
    CLD_STOPPED,
    CLD_TRAPPED,
    CLONE_FILES,
    CLONE_FS,
    CLONE_NEWCGROUP,
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWTIME,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    CLONE_SIGHAND,
    CLONE_SYSVSEM,
    CLONE_THREAD,
    CLONE_VM,
    EFD_CLOEXEC,
    EFD_NONBLOCK,
    EFD_SEMAPHORE,
    MFD_ALLOW_SEALING,
    MFD_CLOEXEC,
    MFD_HUGETLB,
    MFD_HUGE_16GB,
    MFD_HUGE_16MB,
    MFD_HUGE_1GB,
    MFD_HUGE_1MB,
    MFD_HUGE_256MB,
    MFD_HUGE_2GB,
    MFD_HUGE_2MB,
    MFD_HUGE_32MB,
    MFD_HUGE_512KB,
    MFD_HUGE_512MB,
    MFD_HUGE_64KB,
    MFD_HUGE_8MB,
    MFD_HUGE_MASK,
    MFD_HUGE_SHIFT,
    RWF_APPEND,
    RWF_DSYNC,
    RWF_HIPRI,
    RWF_NOWAIT,
    RWF_SYNC,
    SCHED_DEADLINE,
    SCHED_RESET_ON_FORK,
    SPLICE_F_MORE,
    SPLICE_F_MOVE,
    SPLICE_F_NONBLOCK,
    ST_APPEND,
    ST_MANDLOCK,
    ST_NOATIME,
    ST_NODEV,
    ST_NODIRATIME,
    ST_NOEXEC,
    ST_RELATIME,
    ST_SYNCHRONOUS,
    ST_WRITE,
    TFD_CLOEXEC,
    TFD_NONBLOCK,
    TFD_TIMER_ABSTIME,
    TFD_TIMER_CANCEL_ON_SET,
    XATTR_CREATE,
    XATTR_REPLACE,
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
    ("O_FSYNC", libc::O_SYNC as i64),
    ("PIDFD_NONBLOCK", libc::O_NONBLOCK as i64),
    ("POSIX_SPAWN_OPEN", spawn::OPEN as i64),
    ("POSIX_SPAWN_CLOSE", spawn::CLOSE as i64),
    ("POSIX_SPAWN_DUP2", spawn::DUP2 as i64),
    ("POSIX_SPAWN_CLOSEFROM", spawn::CLOSE_FROM as i64),
    ("SCHED_NORMAL", libc::SCHED_OTHER as i64),
    ("XATTR_SIZE_MAX", 65536),
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

static FUNCTIONS: &[&[MethodDef]] = &[
    stat::FUNCTIONS,
    files::FUNCTIONS,
    dirs::FUNCTIONS,
    process::FUNCTIONS,
    terminals::FUNCTIONS,
    configuration::FUNCTIONS,
    descriptors::FUNCTIONS,
    owners::FUNCTIONS,
    scheduling::FUNCTIONS,
    spawn::FUNCTIONS,
    waiting::FUNCTIONS,
    xattr::FUNCTIONS,
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let name = vm.intern("posix")?.value();
    for function in FUNCTIONS.iter().copied().flatten() {
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
    module.add_type(vm, scheduling::SCHED_PARAM.class(vm)?)?;
    module.add_type(vm, waiting::WAITED.class(vm)?)?;
    configuration::add(vm, module)
}

pub static MODULE: ModuleDef = ModuleDef::new("posix", &[], init).doc(
    "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
);
