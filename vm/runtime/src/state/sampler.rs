//! A sampling profiler of one thread: a timer of the thread's own processor time interrupts it, and what it was running is
//! written down. Nothing is paid for it while it is off.
//!
//! The signal handler reads words only: where native code was, which frame was the current one, and the return addresses
//! that lie on the native stack. What they mean is found out at the end ([`Sampler::stop`]). So nothing that the program
//! does changes: no poll is asked for, no compiled code left.
//!
//! *Which engine was running?* A native address in the JIT's memory says compiled code. In native code of ours (a helper,
//! the collector) the innermost caller decides: the nearest return address into compiled code on the native stack, unless
//! the interpreter was entered after that ([`ThreadState::interpreting`](super::ThreadState)).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::{ThreadState, Vm};
use crate::frame::Frame;

impl ThreadState {
    /// Until what it gives is dropped, the JIT is at work on this thread.
    pub fn compiling(&self) -> Compiling<'_> {
        Compiling { thread: self, before: self.is_compiling.replace(true) }
    }
}

/// See [`ThreadState::compiling`].
pub struct Compiling<'a> {
    thread: &'a ThreadState,
    before: bool,
}

impl Drop for Compiling<'_> {
    fn drop(&mut self) {
        self.thread.is_compiling.set(self.before);
    }
}

/// Who ran.
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Engine {
    Interpreter,
    /// Compiled code, and what it called.
    Compiled,
}

/// One interruption.
#[derive(Copy, Clone, Debug)]
#[repr(C)]
pub struct Sample {
    /// The current frame's code object, as a bare address: it may be dead by now. 0: there was no frame.
    pub code: usize,
    /// The frame's instruction, where the interpreter last wrote it down.
    pub instr: usize,
    /// An address in compiled code, or 0. Where that has called something, the call's last byte.
    pub compiled: usize,
    /// How many periods of the timer it stands for.
    pub weight: u32,
    /// Was the collector at work?
    pub collecting: bool,
    /// Was the JIT?
    pub compiling: bool,
    /// Nanoseconds since the start, of a clock that goes on while the thread sleeps.
    pub time: u64,
    /// Which of [`Samples::frames`] are its stack, the innermost first.
    pub stack: u32,
    pub depth: u32,
}

/// What the handler writes to. One at a time: the timer is one thread's.
struct Buffer {
    samples: *mut Sample,
    capacity: usize,
    used: AtomicUsize,
    dropped: AtomicUsize,
    /// Code objects of frames, one stack behind the other; null where no stacks are wanted.
    frames: *mut usize,
    frames_used: AtomicUsize,
    started: u64,
    thread: *const ThreadState,
    code: Range<usize>,
    process: u32,
}

static BUFFER: AtomicPtr<Buffer> = AtomicPtr::new(std::ptr::null_mut());

/// Samples that there is room for: more than an hour of one each millisecond.
const CAPACITY: usize = 4 << 20;
/// Frames that there is room for, in all; and in one stack.
const FRAMES: usize = 64 << 20;
const DEEPEST: usize = 200;
/// So many words of the native stack are looked at for a return address.
const SCANNED: usize = 4096;

/// A running sampler.
pub struct Sampler {
    buffer: *mut Buffer,
    timer: libc::timer_t,
    period: i64,
}

/// What was sampled.
#[derive(Debug, Default)]
pub struct Samples {
    pub all: Vec<Sample>,
    /// Addresses of code objects: see [`Sample::stack`].
    pub frames: Vec<usize>,
    /// Nanoseconds of processor time between two of them.
    pub period: i64,
    /// Those there was no room for.
    pub dropped: usize,
}

/// The signal: not one that programs use.
fn signal() -> i32 {
    libc::SIGRTMAX() - 3
}

impl Sampler {
    /// Starts sampling this thread, each `period` nanoseconds of its processor time; `code`: where compiled code lies;
    /// `stacks`: with all callers.
    pub fn start(vm: &Vm, period: i64, code: Range<usize>, stacks: bool) -> std::io::Result<Sampler> {
        // SAFETY: a fresh mapping, of which pages are taken as they are touched; plain calls with valid arguments. The buffer
        // is given to the handler before the timer begins, and lives until the process ends.
        unsafe {
            let samples = reserve(CAPACITY * size_of::<Sample>())?;
            let frames = if stacks { reserve(FRAMES * 8)?.cast() } else { std::ptr::null_mut() };
            let buffer = Box::into_raw(Box::new(Buffer {
                samples: samples.cast(),
                capacity: CAPACITY,
                used: AtomicUsize::new(0),
                dropped: AtomicUsize::new(0),
                frames,
                frames_used: AtomicUsize::new(0),
                started: now(),
                thread: std::ptr::from_ref(vm),
                code,
                process: std::process::id(),
            }));
            BUFFER.store(buffer, Ordering::SeqCst);
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = interrupted as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
            libc::sigfillset(&raw mut action.sa_mask);
            if libc::sigaction(signal(), &raw const action, std::ptr::null_mut()) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            let mut event: libc::sigevent = std::mem::zeroed();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = signal();
            event.sigev_notify_thread_id = libc::syscall(libc::SYS_gettid) as i32;
            let mut timer: libc::timer_t = std::mem::zeroed();
            if libc::timer_create(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut event, &raw mut timer) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            let every = libc::timespec { tv_sec: period / 1_000_000_000, tv_nsec: period % 1_000_000_000 };
            let setting = libc::itimerspec { it_interval: every, it_value: every };
            if libc::timer_settime(timer, 0, &raw const setting, std::ptr::null_mut()) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(Sampler { buffer, timer, period })
        }
    }

    /// Is this the process that was sampled, and not one forked off from it?
    pub fn is_of_this_process(&self) -> bool {
        // SAFETY: buffers are never freed.
        unsafe { (*self.buffer).process == std::process::id() }
    }

    /// Stops, and gives what was found.
    pub fn stop(self) -> Samples {
        // SAFETY: the timer of `start`; buffers are never freed, and after the timer's end nobody writes to this one (the
        // handler runs on this thread).
        unsafe {
            libc::timer_delete(self.timer);
            BUFFER.store(std::ptr::null_mut(), Ordering::SeqCst);
            let buffer = &*self.buffer;
            let used = buffer.used.load(Ordering::SeqCst).min(buffer.capacity);
            let all = std::slice::from_raw_parts(buffer.samples, used).to_vec();
            let frames = match buffer.frames.is_null() {
                true => Vec::new(),
                false => {
                    let used = buffer.frames_used.load(Ordering::SeqCst).min(FRAMES);
                    std::slice::from_raw_parts(buffer.frames, used).to_vec()
                }
            };
            Samples { all, frames, period: self.period, dropped: buffer.dropped.load(Ordering::SeqCst) }
        }
    }
}

/// A fresh mapping, of which pages are taken as they are touched.
fn reserve(bytes: usize) -> std::io::Result<*mut libc::c_void> {
    let (protection, kind) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE);
    // SAFETY: a mapping that nobody else has.
    let at = unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, kind, -1, 0) };
    if at == libc::MAP_FAILED { Err(std::io::Error::last_os_error()) } else { Ok(at) }
}

/// Nanoseconds of a clock that never goes back. (A signal handler may ask.)
fn now() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for a time.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut t) };
    (t.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(t.tv_nsec as u64)
}

/// Writes down the code objects of the current frame and its callers: where they begin, and how many.
///
/// # Safety
/// `frame` is a thread's current frame, and that thread stands still.
unsafe fn write_stack(buffer: &Buffer, frame: *mut Frame) -> (usize, usize) {
    let start = buffer.frames_used.load(Ordering::Relaxed);
    if buffer.frames.is_null() || start + DEEPEST > FRAMES {
        return (0, 0);
    }
    let (mut frame, mut depth) = (frame, 0);
    // SAFETY: the chain of frames is linked before a frame becomes the current one; there is room for `DEEPEST` words.
    unsafe {
        while depth < DEEPEST && !frame.is_null() && (frame as usize).is_multiple_of(8) {
            buffer.frames.add(start + depth).write((*frame).code.get().addr());
            depth += 1;
            frame = (*frame).previous.get();
        }
    }
    buffer.frames_used.store(start + depth, Ordering::Relaxed);
    (start, depth)
}

/// The handler.
extern "C" fn interrupted(_: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the buffer is null or lives for ever; the thread is the one that runs, so that its state stands still. The
    // frame that `frame` holds is memory of the VM stack or of a living generator, mapped in any case. The native stack is
    // read from its pointer up to its base, if the pointer is in it.
    unsafe {
        let Some(buffer) = BUFFER.load(Ordering::Relaxed).as_ref() else { return };
        let at = buffer.used.load(Ordering::Relaxed);
        if at >= buffer.capacity {
            buffer.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let thread = &*buffer.thread;
        let (pc, sp) = registers(context);
        let mut compiled = if buffer.code.contains(&pc) { pc } else { 0 };
        // (The compiler of sources has a stack of its own, of which nothing is known.)
        let base = thread.native_base.get();
        if compiled == 0 && (thread.native_floor.get()..base).contains(&sp) {
            let inner = thread.interpreting.get();
            let end = if inner > sp && inner < base { inner } else { base };
            let mut word = sp & !7;
            for _ in 0..SCANNED {
                if word + 8 > end {
                    break;
                }
                let v = *(word as *const usize);
                if buffer.code.contains(&v) {
                    // The call is before it.
                    compiled = v - 1;
                    break;
                }
                word += 8;
            }
        }
        let frame: *mut Frame = thread.frame.get();
        let (code, instr) = match frame.as_ref() {
            Some(f) => (f.code.get().addr(), f.instr.get() as usize),
            None => (0, 0),
        };
        let compiling = thread.is_compiling.get();
        let missed = if info.is_null() { 0 } else { overrun(info) };
        let collecting = thread.heap.is_collecting();
        let (stack, depth) = write_stack(buffer, frame);
        let time = now().saturating_sub(buffer.started);
        let (stack, depth, weight) = (stack as u32, depth as u32, 1 + missed);
        buffer.samples.add(at).write(Sample {
            code,
            instr,
            compiled,
            weight,
            collecting,
            compiling,
            time,
            stack,
            depth,
        });
        buffer.used.store(at + 1, Ordering::Relaxed);
    }
}

/// How many periods have passed unseen before this one.
unsafe fn overrun(info: *mut libc::siginfo_t) -> u32 {
    // SAFETY: a timer's signal; `si_overrun` follows the timer's number, behind three ints and their padding.
    let overrun = unsafe { *info.cast::<i32>().add(5) };
    u32::try_from(overrun).unwrap_or(0).min(1000)
}

#[cfg(target_arch = "x86_64")]
unsafe fn registers(context: *mut libc::c_void) -> (usize, usize) {
    // SAFETY: what the system passes to a handler with SA_SIGINFO.
    let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    (registers[libc::REG_RIP as usize] as usize, registers[libc::REG_RSP as usize] as usize)
}

#[cfg(target_arch = "aarch64")]
unsafe fn registers(context: *mut libc::c_void) -> (usize, usize) {
    // SAFETY: what the system passes to a handler with SA_SIGINFO.
    let machine = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
    (machine.pc as usize, machine.sp as usize)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn registers(_: *mut libc::c_void) -> (usize, usize) {
    (0, usize::MAX & !7)
}

/// What one function came to, in samples.
#[derive(Copy, Clone, Default, Debug)]
pub struct Tally {
    pub interpreted: u64,
    pub compiled: u64,
    /// Of these, in the collector.
    pub collecting: u64,
}

impl Tally {
    pub fn all(&self) -> u64 {
        self.interpreted + self.compiled
    }
}

impl Samples {
    /// By the addresses of code objects.
    pub fn by_function(&self) -> HashMap<usize, Tally> {
        let mut all: HashMap<usize, Tally> = HashMap::new();
        for s in &self.all {
            let tally = all.entry(s.code).or_default();
            let weight = u64::from(s.weight);
            *(if s.compiled != 0 { &mut tally.compiled } else { &mut tally.interpreted }) += weight;
            if s.collecting {
                tally.collecting += weight;
            }
        }
        all
    }
}
