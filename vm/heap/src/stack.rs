//! Native stacks: the register dump, and where a stack begins.

/// Words that [`with_registers`] dumps.
#[cfg(target_arch = "x86_64")]
pub(crate) const REGISTERS: usize = 6;
#[cfg(target_arch = "aarch64")]
pub(crate) const REGISTERS: usize = 20;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("brolga-heap: write the register dump for this architecture");

/// Dumps the callee-saved registers on the stack and calls `f` with an address below the dump. All that the callers keep in
/// registers or in their frames is then in `[address, stack base)`; caller-saved registers were spilled by the callers.
#[inline(never)]
pub(crate) fn with_registers<R>(f: impl FnOnce(usize) -> R) -> R {
    let mut dump = [0_u64; REGISTERS];
    // SAFETY: the assembly stores the callee-saved registers into the array, which has room for all of them.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "mov [{0}], rbx",
            "mov [{0} + 8], rbp",
            "mov [{0} + 16], r12",
            "mov [{0} + 24], r13",
            "mov [{0} + 32], r14",
            "mov [{0} + 40], r15",
            in(reg) dump.as_mut_ptr(),
            options(nostack, preserves_flags)
        );
    }
    // SAFETY: likewise; d8 to d15 are callee-saved too, and compilers do keep pointers in them.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "stp x19, x20, [{0}]",
            "stp x21, x22, [{0}, #16]",
            "stp x23, x24, [{0}, #32]",
            "stp x25, x26, [{0}, #48]",
            "stp x27, x28, [{0}, #64]",
            "str x29, [{0}, #80]",
            "stp d8, d9, [{0}, #96]",
            "stp d10, d11, [{0}, #112]",
            "stp d12, d13, [{0}, #128]",
            "stp d14, d15, [{0}, #144]",
            in(reg) dump.as_mut_ptr(),
            options(nostack, preserves_flags)
        );
    }
    // The prologue of this function has saved registers too: the whole frame is to be scanned, not only from the dump on.
    let sp: usize;
    // SAFETY: reads the stack pointer.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        std::arch::asm!("mov {}, rsp", out(reg) sp, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        std::arch::asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags));
    }
    let result = f(sp.min(dump.as_ptr() as usize));
    // The dump must lie in this frame until `f` is done.
    std::hint::black_box(&mut dump);
    result
}

/// The highest address of the calling thread's stack and its size, as the system knows them. Some microseconds, and much
/// more on the first thread, where the system reads its memory map as text.
pub fn current_stack() -> Option<(usize, usize)> {
    #[cfg(target_os = "linux")]
    // SAFETY: plain calls of the thread library with valid out-parameters; the attributes are destroyed once initialised.
    unsafe {
        let mut attributes = std::mem::zeroed::<libc::pthread_attr_t>();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return None;
        }
        let mut low = std::ptr::null_mut();
        let mut size = 0;
        let failed = libc::pthread_attr_getstack(&attributes, &mut low, &mut size) != 0;
        libc::pthread_attr_destroy(&mut attributes);
        if failed { None } else { Some((low as usize + size, size)) }
    }
    #[cfg(target_os = "macos")]
    // SAFETY: plain calls on the current thread.
    unsafe {
        let thread = libc::pthread_self();
        Some((libc::pthread_get_stackaddr_np(thread) as usize, libc::pthread_get_stacksize_np(thread)))
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    None
}

/// Overwrites the dead part of the stack below the caller, so that stale pointers in it keep nothing alive. To be called
/// before an explicit collection.
#[inline(never)]
pub fn scrub_stack() {
    let mut area = [0_u64; 2048];
    for word in &mut area {
        // SAFETY: a place of our own array; volatile, so that the stores are not dropped.
        unsafe { std::ptr::write_volatile(word, 0) };
    }
    std::hint::black_box(&mut area);
}

/// A point on the calling thread's native stack where a function was called: what its callers keep lies above `sp`, or in
/// `registers`.
#[derive(Copy, Clone, Debug)]
pub struct CallSite {
    pub(crate) sp: usize,
    pub(crate) registers: [usize; REGISTERS],
}

/// The callee-saved registers by their numbers in DWARF.
#[cfg(target_arch = "x86_64")]
const SAVED: [i32; REGISTERS] = [3, 6, 12, 13, 14, 15];
/// The callee-saved registers by their numbers in DWARF; v8 to v15 are 72 to 79.
#[cfg(target_arch = "aarch64")]
const SAVED: [i32; REGISTERS] = [19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 29, 72, 73, 74, 75, 76, 77, 78, 79];

/// The unwinder's view of a frame.
#[repr(C)]
struct UnwindContext {
    _opaque: [u8; 0],
}

// The unwinder that the standard library uses for panics and backtraces.
unsafe extern "C" {
    fn _Unwind_Backtrace(
        visit: extern "C" fn(*mut UnwindContext, *mut std::ffi::c_void) -> i32,
        argument: *mut std::ffi::c_void,
    ) -> i32;
    fn _Unwind_GetRegionStart(context: *mut UnwindContext) -> usize;
    fn _Unwind_GetCFA(context: *mut UnwindContext) -> usize;
    fn _Unwind_GetGR(context: *mut UnwindContext, register: i32) -> usize;
}

/// Frames between the caller of [`call_site`] and the function at most.
const NEAR: usize = 64;

struct Search {
    function: usize,
    stop_at: [usize; 3],
    frames: usize,
    seen: bool,
    found: Option<CallSite>,
}

extern "C" fn visit(context: *mut UnwindContext, argument: *mut std::ffi::c_void) -> i32 {
    const GO_ON: i32 = 0;
    const STOP: i32 = 4;
    // SAFETY: the address of the search that `call_site` gave to the unwinder, which calls back before it returns.
    let search = unsafe { &mut *argument.cast::<Search>() };
    search.frames += 1;
    // SAFETY: the context that the unwinder has given, for the time of this call; callee-saved registers are known in
    // every frame.
    unsafe {
        if search.seen {
            // The caller of the function, as it is at that call.
            let registers = SAVED.map(|register| _Unwind_GetGR(context, register));
            search.found = Some(CallSite { sp: _Unwind_GetCFA(context), registers });
            return STOP;
        }
        let start = _Unwind_GetRegionStart(context);
        if search.stop_at.contains(&start) || search.frames > NEAR {
            return STOP;
        }
        search.seen = start == search.function;
    }
    GO_ON
}

/// Where the innermost running call of a function (by its address) was made; `None` if that cannot be told, or a call of
/// one of `stop_at` is running inside, or code that the unwinder does not know.
#[inline(never)]
pub fn call_site(function: usize, stop_at: [usize; 3]) -> Option<CallSite> {
    let mut search = Search { function, stop_at, frames: 0, seen: false, found: None };
    // SAFETY: the callback gets the address of a live search, and unwinds nothing.
    unsafe { _Unwind_Backtrace(visit, (&raw mut search).cast()) };
    search.found
}
