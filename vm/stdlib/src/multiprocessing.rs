//! `_multiprocessing`: semaphores that processes share. And `_posixshmem`: memory that they share.

use std::cell::Cell;
use std::ffi::CString;

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use crate::arguments::c_int;
use crate::object::{class_argument, object};
use crate::posix::path;

const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;
const SEM_VALUE_MAX: i32 = i32::MAX;

object!(
    /// A named semaphore of the system. `name` is None where it has none any more.
    pub struct SemLock: SEM_LOCK {
        name: Field,
        semaphore: Cell<*mut libc::sem_t>,
        kind: Cell<i32>,
        max: Cell<i32>,
        /// How often this process has it, by the thread `owner` (a `pthread_t`: an address outside the heap).
        count: Cell<u32>,
        owner: Cell<u64>,
    }
);

/// Closes the semaphore of a dead object.
///
/// # Safety
/// `cell` is a `SemLock` that nothing reaches any more.
pub unsafe fn drop_lock(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<SemLock> = unsafe { Ref::from_ptr(cell) };
    let semaphore = this.semaphore.replace(std::ptr::null_mut());
    if !semaphore.is_null() {
        // SAFETY: the object's own, opened once; who waits for it holds the object.
        unsafe { libc::sem_close(semaphore) };
    }
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

impl SemLock {
    fn is_mine(&self, vm: &Vm) -> bool {
        self.count.get() > 0 && self.owner.get() == vm.ident.get()
    }

    fn level(&self, vm: &Vm) -> PyResult<i32> {
        let mut value = 0;
        // SAFETY: an open semaphore, and room for a number.
        if unsafe { libc::sem_getvalue(self.semaphore.get(), &mut value) } < 0 {
            return Err(vm.last_os_error(None));
        }
        Ok(value.max(0))
    }
}

fn name_text(vm: &Vm, v: Value, what: &str) -> PyResult<CString> {
    let Some(s) = v.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("{what} must be str, not {}", vm.type_name(v))));
    };
    CString::new(path::encode(vm, s)?).map_err(|_| vm.value_error("embedded null character"))
}

fn make(vm: &Vm, class: Ref<PyType>, semaphore: *mut libc::sem_t, name: Slot, kind: i32, max: i32) -> PyResult<Value> {
    let this: PyResult<Ref<SemLock>> = vm.alloc_instance(class);
    let close = || {
        // SAFETY: opened by the caller, and nobody else has it.
        unsafe { libc::sem_close(semaphore) };
    };
    let this = match this {
        Ok(this) => this,
        Err(raised) => {
            close();
            return Err(raised);
        }
    };
    this.name.init(name);
    this.kind.set(kind);
    this.max.set(max);
    // SAFETY: a fresh cell of this heap, whose layout has a drop function, which accepts one without a semaphore.
    if unsafe { vm.heap.register_drop(this.obj().as_ptr()) }.is_err() {
        close();
        return Err(vm.memory_error());
    }
    this.semaphore.set(semaphore);
    Ok(this.value())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args)?;
    let (kind, value, max) = (c_int(vm, args.get(1))?, c_int(vm, args.get(2))?, c_int(vm, args.get(3))?);
    let name = name_text(vm, args.get(4), "SemLock() argument 'name'")?;
    let unlink = vm.is_true(args.get(5))?;
    if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
        return Err(vm.value_error("unrecognized kind"));
    }
    // SAFETY: a C string; mode and value as the flags want them.
    let semaphore = unsafe {
        libc::sem_open(name.as_ptr(), libc::O_CREAT | libc::O_EXCL, 0o600 as libc::c_uint, value as libc::c_uint)
    };
    if semaphore == libc::SEM_FAILED {
        return Err(vm.last_os_error(None));
    }
    // SAFETY: a C string.
    if unlink && unsafe { libc::sem_unlink(name.as_ptr()) } < 0 {
        let raised = vm.last_os_error(None);
        // SAFETY: opened above, and nobody else has it.
        unsafe { libc::sem_close(semaphore) };
        return Err(raised);
    }
    let shown = if unlink { None } else { Some(args.get(4)) };
    make(vm, class, semaphore, shown, kind, max)
}

fn rebuild(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args)?;
    let (kind, max) = (c_int(vm, args.get(2))?, c_int(vm, args.get(3))?);
    if args.get(4).is_none() {
        return Err(vm.value_error("a semaphore without a name can't be rebuilt"));
    }
    let name = name_text(vm, args.get(4), "_rebuild() argument 4")?;
    // SAFETY: a C string.
    let semaphore = unsafe { libc::sem_open(name.as_ptr(), 0) };
    if semaphore == libc::SEM_FAILED {
        return Err(vm.last_os_error(None));
    }
    make(vm, class, semaphore, Some(args.get(4)), kind, max)
}

/// The moment so many seconds from now on the system's clock, now for negative ones.
fn deadline(vm: &Vm, timeout: Value) -> PyResult<libc::timespec> {
    // Not a number counts as none at all; so long that nobody waits for it is capped.
    let seconds = vm.to_f64(timeout)?;
    let seconds = if seconds.is_nan() { 0.0 } else { seconds.clamp(0.0, 4e9) };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let until = now + std::time::Duration::from_secs_f64(seconds);
    Ok(libc::timespec { tv_sec: until.as_secs() as libc::time_t, tv_nsec: i64::from(until.subsec_nanos()) as _ })
}

fn acquire_as(vm: &Vm, this: Ref<SemLock>, block: bool, timeout: Slot) -> PyResult<bool> {
    if this.kind.get() == RECURSIVE_MUTEX && this.is_mine(vm) {
        this.count.set(this.count.get().saturating_add(1));
        return Ok(true);
    }
    let until = match timeout.filter(|t| !t.is_none()) {
        Some(timeout) => Some(deadline(vm, timeout)?),
        None => None,
    };
    let semaphore = this.semaphore.get() as usize;
    let mut tried = false;
    loop {
        let (result, error) = if !tried {
            // SAFETY: an open semaphore.
            unsafe { (libc::sem_trywait(semaphore as *mut libc::sem_t), errno()) }
        } else {
            // SAFETY: an open semaphore that the object, which the caller holds, keeps; a time or none.
            vm.allow_threads(|| unsafe {
                let semaphore = semaphore as *mut libc::sem_t;
                let result = match &until {
                    Some(until) => libc::sem_timedwait(semaphore, until),
                    None => libc::sem_wait(semaphore),
                };
                (result, errno())
            })
        };
        match error {
            _ if result == 0 => break,
            libc::EINTR => vm.poll()?,
            libc::EAGAIN if !tried && block => {}
            libc::EAGAIN | libc::ETIMEDOUT => return Ok(false),
            error => return Err(vm.os_error(error, None)),
        }
        tried = true;
    }
    this.count.set(this.count.get().saturating_add(1));
    this.owner.set(vm.ident.get());
    Ok(true)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<SemLock>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a SemLock is required"))
}

fn acquire(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let block = args.opt(1).map_or(Ok(true), |v| vm.is_true(v))?;
    acquire_as(vm, receiver(vm, args)?, block, args.opt(2))
}

fn enter(vm: &Vm, this: Ref<SemLock>) -> PyResult<bool> {
    acquire_as(vm, this, true, None)
}

fn release(vm: &Vm, this: Ref<SemLock>) -> PyResult<()> {
    if this.kind.get() == RECURSIVE_MUTEX {
        if !this.is_mine(vm) {
            return Err(vm.assertion_error("attempt to release recursive lock not owned by thread"));
        }
        if this.count.get() > 1 {
            this.count.set(this.count.get() - 1);
            return Ok(());
        }
    } else if this.level(vm)? >= this.max.get() {
        return Err(vm.value_error("semaphore or lock released too many times"));
    }
    // SAFETY: an open semaphore.
    if unsafe { libc::sem_post(this.semaphore.get()) } < 0 {
        return Err(vm.last_os_error(None));
    }
    this.count.set(this.count.get().wrapping_sub(1));
    Ok(())
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    release(vm, receiver(vm, args)?)
}

fn count(_: &Vm, this: Ref<SemLock>) -> i32 {
    this.count.get() as i32
}

fn is_mine(vm: &Vm, this: Ref<SemLock>) -> bool {
    this.is_mine(vm)
}

fn get_value(vm: &Vm, this: Ref<SemLock>) -> PyResult<i32> {
    this.level(vm)
}

fn is_zero(vm: &Vm, this: Ref<SemLock>) -> PyResult<bool> {
    Ok(this.level(vm)? == 0)
}

fn after_fork(_: &Vm, this: Ref<SemLock>) {
    this.count.set(0);
}

fn handle(_: &Vm, this: Ref<SemLock>) -> usize {
    this.semaphore.get() as usize
}

fn kind(_: &Vm, this: Ref<SemLock>) -> i32 {
    this.kind.get()
}

fn max(_: &Vm, this: Ref<SemLock>) -> i32 {
    this.max.get()
}

fn name(_: &Vm, this: Ref<SemLock>) -> Slot {
    this.name.get()
}

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", vm.type_full_name(vm.type_of(this)))))
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, kind, value, maxvalue, name, unlink)", new).static_(),
    method!("__reduce__", 1, reduce),
    method!("_rebuild", "($type, handle, kind, maxvalue, name, /)", rebuild).class(),
    method!("acquire", "($self, /, block=True, timeout=None)", acquire).doc("Acquire the semaphore/lock."),
    method!("release", 1, release).doc("Release the semaphore/lock."),
    method!("__enter__", 1, enter).doc("Enter the semaphore/lock."),
    method!("__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", exit).doc("Exit the semaphore/lock."),
    method!("_count", 1, count).doc("Num of `acquire()`s minus num of `release()`s for this process."),
    method!("_is_mine", 1, is_mine).doc("Whether the lock is owned by this thread."),
    method!("_get_value", 1, get_value).doc("Get the value of the semaphore."),
    method!("_is_zero", 1, is_zero).doc("Return whether semaphore has value zero."),
    method!("_after_fork", 1, after_fork).doc("Rezero the net acquisition count after fork()."),
];

static GETSET: &[GetSetDef] = &[
    getset!("handle", handle).member(),
    getset!("kind", kind).member(),
    getset!("maxvalue", max).member(),
    getset!("name", name).member(),
];

static DEF: TypeDef = TypeDef {
    module: "_multiprocessing",
    layout: Some(crate::layouts::SEM_LOCK),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Semaphore/Mutex type"),
    ..TypeDef::new("SemLock")
};

fn sem_unlink(vm: &Vm, name: Value) -> PyResult<()> {
    let name = name_text(vm, name, "sem_unlink() argument")?;
    // SAFETY: a C string.
    if unsafe { libc::sem_unlink(name.as_ptr()) } < 0 { Err(vm.last_os_error(None)) } else { Ok(()) }
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let class = vm.native_type(&DEF)?;
    if let Some(dict) = class.dict() {
        dict.set_name(vm, "SEM_VALUE_MAX", Value::from_i32(SEM_VALUE_MAX))?;
        class.modified(vm, None);
    }
    module.add_type(vm, class)?;
    let flags = vm.new_dict()?;
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        flags.set_name(vm, name, Value::from_i32(1))?;
    }
    module.add(vm, "flags", flags)
}

pub static MODULE: ModuleDef = ModuleDef::new("_multiprocessing", &[method!("sem_unlink", 1, sem_unlink)], init);

fn shm_open(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let given = args.get(0);
    let name = name_text(vm, given, "shm_open() argument 1")?;
    let flags = c_int(vm, args.get(1))?;
    let mode = args.opt(2).map_or(Ok(0o777), |v| c_int(vm, v))?;
    // SAFETY: a C string.
    path::system(vm, Some(given), || unsafe { libc::shm_open(name.as_ptr(), flags, mode as libc::mode_t) })
}

fn shm_unlink(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let given = args.get(0);
    let name = name_text(vm, given, "shm_unlink() argument 1")?;
    // SAFETY: a C string.
    path::system(vm, Some(given), || unsafe { libc::shm_unlink(name.as_ptr()) }).map(|_| ())
}

static SHARED_MEMORY: &[MethodDef] = &[
    method!("shm_open", "($module, /, path, flags, mode=511)", shm_open)
        .doc("Open a shared memory object.  Returns a file descriptor (integer)."),
    method!("shm_unlink", "($module, path, /)", shm_unlink).doc(
        "Remove a shared memory object (similar to unlink()).\n\nRemove a shared memory object name, and, once all processes  have  unmapped\nthe object, de-allocates and destroys the contents of the associated memory\nregion.",
    ),
];

pub static SHMEM: ModuleDef = ModuleDef::new("_posixshmem", SHARED_MEMORY, nothing).doc("POSIX shared memory module");
