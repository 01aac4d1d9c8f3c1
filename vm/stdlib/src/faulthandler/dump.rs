//! Writes tracebacks without asking anything of the interpreter: for signal handlers, and for threads that have no GIL.
//! Nothing here allocates (but what [`Out::holding`] holds) or takes a lock; memory is read, and `write`
//! is called.

use std::cell::RefCell;
use std::sync::atomic::{AtomicPtr, Ordering};

use brolga_runtime::frame::Frame;
use brolga_runtime::object::Ref;
use brolga_runtime::state::{InterpreterState, ThreadState, Vm};
use brolga_runtime::types::str::PyStr;

/// So many frames of a thread, threads, and characters of a name are written.
const MAX_FRAMES: usize = 100;
const MAX_THREADS: usize = 100;
const MAX_TEXT: usize = 500;
const MAX_C_FRAMES: usize = 32;

/// The interpreter whose threads are shown: that of whoever asked last.
static INTERPRETER: AtomicPtr<InterpreterState> = AtomicPtr::new(std::ptr::null_mut());

/// From now on the threads of this interpreter are those that are shown.
pub fn watch(vm: &Vm) {
    let interpreter: &InterpreterState = vm;
    INTERPRETER.store(std::ptr::from_ref(interpreter).cast_mut(), Ordering::SeqCst);
}

/// The interpreter is about to go.
pub fn forget(vm: &Vm) {
    let interpreter: &InterpreterState = vm;
    let this = std::ptr::from_ref(interpreter).cast_mut();
    let _ = INTERPRETER.compare_exchange(this, std::ptr::null_mut(), Ordering::SeqCst, Ordering::SeqCst);
}

pub fn interpreter() -> Option<&'static InterpreterState> {
    // SAFETY: null, or the state of an interpreter. A program's only one lives until the process ends.
    unsafe { INTERPRETER.load(Ordering::SeqCst).as_ref() }
}

pub struct Out {
    file: i32,
    /// What is not written yet, if it is held back.
    held: Option<RefCell<Vec<u8>>>,
}

impl Out {
    pub fn to(file: i32) -> Out {
        Out { file, held: None }
    }

    /// Holds back what it gets, which takes memory, until [`Out::let_go`]: whoever reads the file may need what the caller
    /// has meanwhile.
    pub fn holding(file: i32) -> Out {
        Out { file, held: Some(RefCell::default()) }
    }

    pub fn let_go(self) {
        Out::to(self.file).bytes(&self.held.map(RefCell::into_inner).unwrap_or_default());
    }

    pub fn bytes(&self, bytes: &[u8]) {
        if let Some(held) = &self.held {
            held.borrow_mut().extend_from_slice(bytes);
            return;
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            // SAFETY: memory of this length.
            let n = unsafe { libc::write(self.file, rest.as_ptr().cast(), rest.len()) };
            match usize::try_from(n) {
                Ok(n) if n > 0 => rest = rest.get(n..).unwrap_or(&[]),
                // SAFETY: the location of errno is always valid.
                _ if unsafe { *libc::__errno_location() } == libc::EINTR => {}
                _ => return,
            }
        }
    }

    pub fn text(&self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub fn number(&self, n: u64) {
        let (mut digits, mut at, mut n) = ([0u8; 20], 20, n);
        loop {
            at -= 1;
            digits[at] = b'0' + (n % 10) as u8;
            n /= 10;
            if n == 0 {
                break;
            }
        }
        self.bytes(&digits[at..]);
    }

    /// So many hexadecimal digits at least.
    pub fn hex(&self, n: u64, width: usize) {
        let mut digits = [0u8; 16];
        for (i, digit) in digits.iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(n >> (60 - 4 * i) & 15) as usize];
        }
        let used = (64 - n.leading_zeros() as usize).div_ceil(4).max(width).clamp(1, 16);
        self.bytes(&digits[16 - used..]);
    }

    fn string(&self, s: Option<Ref<PyStr>>) {
        let Some(s) = s else {
            self.text("???");
            return;
        };
        let len = s.len();
        for i in 0..len.min(MAX_TEXT) {
            match s.char_at(i) {
                c @ 0x20..0x7f => self.bytes(&[c as u8]),
                c @ 0..0x100 => {
                    self.text("\\x");
                    self.hex(u64::from(c), 2);
                }
                c @ 0..0x1_0000 => {
                    self.text("\\u");
                    self.hex(u64::from(c), 4);
                }
                c => {
                    self.text("\\U");
                    self.hex(u64::from(c), 8);
                }
            }
        }
        if len > MAX_TEXT {
            self.text("...");
        }
    }
}

/// # Safety
/// The thread stands still: it is this one, it waits for the GIL, or it does nothing that changes its frames.
unsafe fn frames(out: &Out, thread: &ThreadState) {
    let mut frame: *mut Frame = thread.frame.get();
    if frame.is_null() {
        out.text("  <no Python frame>\n");
    }
    for _ in 0..MAX_FRAMES {
        // SAFETY: by this function's contract the chain from the current frame is alive.
        let Some(f) = (unsafe { frame.as_ref() }) else { return };
        let code = f.code.get();
        out.text("  File \"");
        out.string(code.filename_str());
        out.text("\", line ");
        match f.lineno() {
            Some(line) => out.number(u64::from(line)),
            None => out.text("???"),
        }
        out.text(" in ");
        out.string(code.name_str());
        out.text("\n");
        frame = f.previous.get();
    }
}

/// The state of the thread that asks, if it is one of the interpreter's.
fn own<'a>(threads: &[*const ThreadState]) -> Option<&'a ThreadState> {
    // SAFETY: a plain call.
    let me = unsafe { libc::pthread_self() } as u64;
    // SAFETY: the list has live thread states only.
    threads.iter().map(|thread| unsafe { &**thread }).find(|thread| thread.ident.get() == me)
}

/// The threads that there are, the newest last.
fn with_threads<R>(f: impl FnOnce(&[*const ThreadState]) -> R) -> Option<R> {
    // Being changed by this very thread, it cannot be read: a signal came in between.
    let threads = interpreter()?.threads.try_borrow().ok()?;
    Some(f(&threads))
}

/// The traceback of this thread.
///
/// # Safety
/// As of [`frames`], which holds for the thread that calls this.
pub unsafe fn this_thread(out: &Out) {
    out.text("Stack (most recent call first):\n");
    let shown = with_threads(|threads| match own(threads) {
        Some(thread) => {
            // SAFETY: this thread's own.
            unsafe { frames(out, thread) };
            true
        }
        None => false,
    });
    if shown != Some(true) {
        out.text("  <no Python frame>\n");
    }
}

fn header(out: &Out, thread: &ThreadState, is_current: bool) {
    out.text(if is_current { "Current thread 0x" } else { "Thread 0x" });
    out.hex(thread.ident.get(), 16);
    let mut name = [0u8; 64];
    // SAFETY: room for a name, and the handle of a thread that has not ended.
    let known = unsafe {
        libc::pthread_getname_np(thread.ident.get() as libc::pthread_t, name.as_mut_ptr().cast(), name.len())
    };
    let len = name.iter().position(|b| *b == 0).unwrap_or(0);
    if known == 0 && len > 0 {
        out.text(" [");
        out.bytes(&name[..len]);
        out.text("]");
    }
    out.text(" (most recent call first):\n");
}

/// The tracebacks of all threads; `has_current`: that this one is among them is said.
///
/// # Safety
/// As of [`frames`], for all threads.
pub unsafe fn all_threads(out: &Out, has_current: bool) {
    let shown = with_threads(|threads| {
        let current = own(threads).filter(|_| has_current).map(std::ptr::from_ref);
        for (i, thread) in threads.iter().rev().enumerate() {
            if i > 0 {
                out.text("\n");
            }
            if i >= MAX_THREADS {
                out.text("...\n");
                break;
            }
            // SAFETY: the list has live thread states only.
            let thread = unsafe { &**thread };
            let is_current = current == Some(std::ptr::from_ref(thread));
            header(out, thread, is_current);
            if is_current && (thread.heap.is_collecting() || thread.is_finalizing()) {
                out.text("  Garbage-collecting\n");
            }
            // SAFETY: by this function's contract.
            unsafe { frames(out, thread) };
        }
    });
    if shown.is_none() {
        out.text("<the list of threads is being changed>\n");
    }
}

/// The native stack of this thread.
pub fn native_stack(out: &Out) {
    out.text("Current thread's C stack trace (most recent call first):\n");
    let mut addresses = [std::ptr::null_mut(); MAX_C_FRAMES];
    // SAFETY: room for so many addresses.
    let count = unsafe { libc::backtrace(addresses.as_mut_ptr(), MAX_C_FRAMES as i32) };
    let count = usize::try_from(count).unwrap_or(0).min(MAX_C_FRAMES);
    for address in &addresses[..count] {
        // SAFETY: all zero is a valid `Dl_info`.
        let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
        // SAFETY: any address may be asked about.
        let known = unsafe { libc::dladdr(*address, &raw mut info) } != 0;
        out.text("  ");
        if !known || info.dli_fname.is_null() {
            out.text("<unknown> [0x");
        } else {
            out.text("Binary file \"");
            // SAFETY: a string of the loader's.
            out.bytes(unsafe { std::ffi::CStr::from_ptr(info.dli_fname) }.to_bytes());
            out.text("\"");
            if !info.dli_sname.is_null() {
                out.text(", at ");
                // SAFETY: as above.
                out.bytes(unsafe { std::ffi::CStr::from_ptr(info.dli_sname) }.to_bytes());
                out.text("+0x");
                out.hex((*address as u64).wrapping_sub(info.dli_saddr as u64), 1);
            }
            out.text(" [0x");
        }
        out.hex(*address as u64, 1);
        out.text("]\n");
    }
    if count == MAX_C_FRAMES {
        out.text("  <truncated rest of calls>\n");
    }
    if count == 0 {
        out.text("  <cannot get C stack on this system>\n");
    }
}
