//! The breaker: one word that is polled at loop ends and function entries. It is not zero while something waits:
//! a signal, another thread that wants the GIL, finalizers, an asynchronous exception.

use std::sync::atomic::Ordering;

use super::{InterpreterState, Vm};
use crate::PyResult;
use crate::types::generator::PyGenerator;
use crate::types::memoryview::PyMemoryView;
use crate::value::{Slot, Value};

/// Finalizers or callbacks of weak references wait.
pub const COLLECTOR: u32 = 1;
/// Another thread waits for the GIL.
pub const GIL: u32 = 2;
/// A signal came in.
pub const SIGNAL: u32 = 4;
/// An exception was set for this thread by another.
pub const ASYNC_EXCEPTION: u32 = 8;
/// The JIT has events for somebody: see [`BreakerHook`].
pub const EVENTS: u32 = 16;
/// Events are wanted of this thread from now on: whoever polls looks at `hooks.on`.
pub const HOOKS: u32 = 32;
/// Another thread of the process wants the program to be interrupted or stopped: see [`super::meter`].
pub const OUTSIDE: u32 = 64;

/// What the `_signal` module puts here to run its handlers on the main thread.
pub type SignalHook = fn(&Vm) -> PyResult<()>;

/// What hands the JIT's events over.
pub type BreakerHook = fn(&Vm);

impl Vm {
    /// Makes the thread look up at its next poll.
    pub fn request(&self, what: u32) {
        self.breaker.fetch_or(what, Ordering::SeqCst);
    }

    /// Does what waits.
    #[cold]
    pub fn poll(&self) -> PyResult<()> {
        let waiting = self.breaker.swap(0, Ordering::SeqCst);
        if waiting & GIL != 0 {
            self.yield_gil();
        }
        if waiting & OUTSIDE != 0
            && let Err(raised) = self.answer_requests()
        {
            // The rest waits on.
            self.request(waiting & !(GIL | OUTSIDE));
            return Err(raised);
        }
        if waiting & COLLECTOR != 0 {
            self.run_finalizers();
        }
        if waiting & EVENTS != 0
            && let Some(hook) = self.events_hook.get()
        {
            hook(self);
        }
        if waiting & ASYNC_EXCEPTION != 0
            && let Some(exception) = self.async_exception.take()
        {
            if waiting & SIGNAL != 0 {
                self.request(SIGNAL);
            }
            return Err(crate::interp::ops::exceptions::raise_varargs(self, Some(exception), None).0);
        }
        if waiting & SIGNAL != 0
            && self.is_main_thread()
            && let Some(hook) = self.signal_hook.get()
        {
            hook(self)?;
        }
        Ok(())
    }

    /// Where on the native stack the innermost interpreter was entered.
    pub fn interpreter_entered(&self) -> usize {
        self.interpreting.get()
    }

    /// Takes the exception in flight aside, for Python to run in between; [`Vm::put_in_flight`] puts it back.
    pub fn take_in_flight(&self) -> Slot {
        self.raised.take()
    }

    pub fn put_in_flight(&self, exception: Slot) {
        self.raised.set(exception);
    }

    /// Runs `__del__` methods and weak references' callbacks that a collection found due.
    pub fn run_finalizers(&self) {
        if self.in_finalizers.replace(true) {
            self.request(COLLECTOR);
            return;
        }
        let account = self.meter.change_account(true);
        crate::types::weakref::run_callbacks(self);
        let saved = self.raised.take();
        while let Some(cell) = self.heap.take_pending_finalizer() {
            // SAFETY: the heap hands out live cells.
            self.finalize(unsafe { crate::object::Obj::from_ptr(cell) });
        }
        self.raised.set(saved);
        self.meter.change_account(account);
        self.in_finalizers.set(false);
    }

    /// At the program's end: runs `__del__` of all objects of Python's classes, and closes suspended generators. Native
    /// objects keep their state: the standard streams are files that have a finalizer, too, and are still wanted.
    pub fn finalize_at_exit(&self) {
        self.run_finalizers();
        if self.in_finalizers.replace(true) {
            return;
        }
        let account = self.meter.change_account(true);
        let saved = self.raised.take();
        // A finalizer may make objects that have one: a few rounds, then they stay.
        for _ in 0..8 {
            if !self.heap.finalize_everything() {
                break;
            }
            while let Some(cell) = self.heap.take_pending_finalizer() {
                // SAFETY: the heap hands out live cells.
                let object = unsafe { crate::object::Obj::from_ptr(cell) };
                if self.type_of(object.value()).is_heap_type() || object.downcast::<PyGenerator>().is_some() {
                    self.finalize(object);
                }
            }
        }
        self.raised.set(saved);
        self.meter.change_account(account);
        self.in_finalizers.set(false);
    }

    fn finalize(&self, object: crate::object::Obj) {
        let result = match object.downcast::<PyGenerator>() {
            Some(g) => crate::types::generator::finalize(self, g),
            None => match object.downcast::<PyMemoryView>() {
                Some(view) => {
                    crate::types::memoryview::finalize(self, view);
                    Ok(())
                }
                None => self.call_special(object.value(), super::names::Special::Del, &[]).map(|_| ()),
            },
        };
        if let Err(raised) = result {
            let method = self.type_of(object.value()).special(super::names::Special::Del);
            let saved = self.raised.take();
            let shown = match self.repr_lossy(method.unwrap_or(object.value())) {
                Ok(text) => text,
                Err(second) => {
                    self.take_raised(second);
                    "<object repr() failed>".to_owned()
                }
            };
            self.raised.set(saved);
            let message = format!("Exception ignored while calling deallocator {shown}");
            self.write_unraisable(raised, Value::NONE, Some(&message));
        }
    }

    /// Are `__del__` methods being run that a collection found due?
    pub fn is_finalizing(&self) -> bool {
        self.in_finalizers.get()
    }

    pub fn is_main_thread(&self) -> bool {
        self.main_thread.get() == std::ptr::from_ref(self)
    }
}

impl InterpreterState {
    pub fn set_signal_hook(&self, hook: SignalHook) {
        self.signal_hook.set(Some(hook));
    }
}
