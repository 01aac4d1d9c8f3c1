//! Threads beside the main one.

use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{InterpreterState, ThreadState, Vm};
use crate::PyResult;
use crate::object::Obj;
use crate::state::start::THREAD_STACK;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

/// Tells the payloads of threads apart that have not begun yet; never a static's address.
static NEXT_START: AtomicUsize = AtomicUsize::new(0);

/// What a thread needs before it has the GIL.
struct Start {
    interp: *const InterpreterState,
    thread: Box<ThreadState>,
    /// Where the payload is kept for it.
    key: usize,
    body: fn(&Vm, Value),
}

// SAFETY: the thread state is used by the new thread alone from now on, and the interpreter stays while a thread of it
// runs or waits for the GIL (`Interpreter::drop`).
unsafe impl Send for Start {}

impl Vm {
    /// Runs `body(payload)` on a new thread, which holds the GIL while it does. Gives the thread's ident.
    pub fn spawn_thread(&self, stack_size: usize, payload: Value, body: fn(&Vm, Value)) -> std::io::Result<u64> {
        let thread = ThreadState::new(self, THREAD_STACK)?;
        let key = usize::MAX - NEXT_START.fetch_add(1, Ordering::Relaxed);
        self.kept.borrow_mut().insert(key, payload);
        let start = Start { interp: self.interp, thread, key, body };
        let spawned = std::thread::Builder::new().stack_size(stack_size).spawn(move || run(start));
        match spawned {
            Ok(handle) => Ok(handle.as_pthread_t()),
            Err(e) => {
                self.kept.borrow_mut().remove(&key);
                Err(e)
            }
        }
    }

    /// `fork`. In the child, where it gives 0, this thread is the only one and the main one.
    pub fn fork(&self) -> Result<i32, std::io::Error> {
        let mut error = None;
        let pid = self.gil.across_fork(self, || {
            // SAFETY: the child has this thread only; what other threads had of the interpreter is set right below,
            // before anything else runs in it.
            let pid = unsafe { libc::fork() };
            if pid < 0 {
                error = Some(std::io::Error::last_os_error());
            }
            pid
        });
        if pid == 0 {
            self.threads.borrow_mut().retain(|t| {
                let own = std::ptr::eq(*t, self);
                if !own {
                    // SAFETY: the states of threads that the child does not have are still in its memory, and nobody
                    // else uses them.
                    unsafe { (**t).forget_thread_values() };
                }
                own
            });
            // SAFETY: this thread is the only one in this process.
            unsafe { self.heap.after_fork_child(&self.alloc) };
            self.main_thread.set(self);
            // The loop goes on in the parent.
            self.asyncio_task.set(None);
        }
        match error {
            Some(error) => Err(error),
            None => Ok(pid),
        }
    }

    /// What this thread keeps for an object.
    pub fn thread_value(&self, owner: Obj) -> Slot {
        let word = self.heap.ephemeron_get(self.locals.get()?, owner.as_ptr())?;
        // SAFETY: `set_thread_value` stored a value's bits, and the table keeps it alive.
        Some(unsafe { Value::from_bits(word) })
    }

    /// Keeps a value for an object until the object dies or the thread ends; `None` removes it.
    pub fn set_thread_value(&self, owner: Obj, value: Slot) -> PyResult<()> {
        let table = match (self.locals.get(), value) {
            (Some(table), _) => table,
            (None, None) => return Ok(()),
            (None, Some(_)) => {
                let table = self.heap.new_ephemeron_table().map_err(|_| self.memory_error())?;
                self.locals.set(Some(table));
                table
            }
        };
        match value {
            Some(value) => {
                self.heap.ephemeron_insert(table, owner.as_ptr(), value.bits()).map_err(|_| self.memory_error())
            }
            None => {
                self.heap.ephemeron_remove(table, owner.as_ptr());
                Ok(())
            }
        }
    }

    /// At the thread's end.
    pub(super) fn forget_thread_values(&self) {
        if let Some(table) = self.locals.take() {
            self.heap.free_ephemeron_table(table);
        }
    }

    /// The main thread's ident.
    pub fn main_thread_ident(&self) -> u64 {
        // SAFETY: the main thread's state lives as long as the interpreter.
        unsafe { self.main_thread.get().as_ref() }.map_or(0, |t| t.ident.get())
    }

    /// Makes the main thread look for signals at its next poll.
    pub fn request_main(&self, what: u32) {
        // SAFETY: as above; the breaker is atomic.
        if let Some(main) = unsafe { self.main_thread.get().as_ref() } {
            main.request(what);
        }
    }

    /// Raises a pending exception of this thread, runs signal handlers: what waits for the breaker.
    pub fn check_breaker(&self) -> PyResult<()> {
        if self.breaker.load(Ordering::Relaxed) != 0 { self.poll() } else { Ok(()) }
    }

    /// Calls a function with the items of a tuple, reporting what it raises as unraisable unless it is SystemExit.
    pub fn run_thread_function(&self, function: Value, args: Value, kwargs: Option<Value>) {
        let positional = match args.downcast::<PyTuple>() {
            Some(args) => args,
            None => *self.empty_tuple,
        };
        let kwargs = kwargs.and_then(Value::downcast);
        if let Err(raised) = self.call_with_dict(function, positional.as_slice(), kwargs) {
            match self.catch(raised, self.types.system_exit) {
                Ok(_) => {}
                Err(raised) => {
                    let text = self.repr_lossy(function).unwrap_or_default();
                    let message = format!("Exception ignored in thread started by {text}");
                    self.write_unraisable(raised, Value::NONE, Some(&message));
                }
            }
        }
    }
}

fn run(start: Start) {
    let Start { interp, thread, key, body } = start;
    debug_assert!(std::ptr::eq(interp, thread.interp));
    let vm: &Vm = &thread;
    vm.acquire_gil();
    vm.attach();
    let payload = vm.kept.borrow_mut().remove(&key);
    if let Some(payload) = payload {
        // A panic must not leave the GIL taken.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| body(vm, payload)));
        if result.is_err() {
            eprintln!("brolga: a thread ended by an internal error");
        }
    }
    vm.forget_thread_values();
    vm.detach();
    vm.release_gil();
}
