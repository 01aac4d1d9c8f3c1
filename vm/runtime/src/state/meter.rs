//! What bounds a program from outside: fuel, a count of bytecodes that runs out; and requests of other threads of the
//! process, to interrupt it or to stop it.
//!
//! A program that is stopped is unwound by an exception that no handler sees ([`Vm::is_stopping`]): neither `except` nor
//! `finally` nor `with` runs any more, and whatever Python is called from native code ends at once.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Vm, breaker};
use crate::types::exception::PyException;
use crate::value::Value;
use crate::{PyResult, Raised};

/// Asked when fuel has run out, before the next bytecode: how much more there is; `None` or 0 stops the program. The current
/// frame is at that bytecode. It must not run Python.
pub type FuelHook = Box<dyn FnMut(&Vm) -> Option<u64>>;

/// Bytecodes that finalizers may run at least: a program that gets its fuel in small portions has some that need more.
const FINALIZERS: i64 = 1_000_000;

/// Why a program was stopped.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Another thread has asked for it.
    Requested,
    /// There was no more fuel.
    OutOfFuel,
}

/// Fuel. Finalizers and callbacks of weak references have an account of their own, because it is the collector that says
/// when they run: what is left for the program does not depend on it.
#[derive(Default)]
pub struct Meter {
    /// Are bytecodes counted at all? Fixed when the interpreter starts: compiled code relies on it.
    is_on: Cell<bool>,
    /// Bytecodes that may still run on the account that is in use. Compiled code has its address.
    pub left: Cell<i64>,
    /// The same of the account that is not.
    aside: Cell<i64>,
    is_finalizing: Cell<bool>,
    given: Cell<i64>,
    hook: RefCell<Option<FuelHook>>,
    stopping: Cell<Option<Stop>>,
}

impl Meter {
    pub fn is_on(&self) -> bool {
        self.is_on.get()
    }

    /// Bytecodes are counted from now on, without a bound yet; before anything is run, or compiled.
    pub fn turn_on(&self, hook: FuelHook) {
        self.is_on.set(true);
        *self.hook.borrow_mut() = Some(hook);
        self.begin(u64::MAX);
    }

    /// The program begins, with so much fuel: what its own start has taken does not count.
    pub fn begin(&self, fuel: u64) {
        for account in [&self.left, &self.aside, &self.given] {
            account.set(0);
        }
        self.add(fuel);
        self.aside.set(self.aside.get().max(FINALIZERS));
    }

    /// Gives so many bytecodes more.
    pub fn add(&self, fuel: u64) {
        let fuel = i64::try_from(fuel).unwrap_or(i64::MAX);
        for account in [&self.left, &self.aside, &self.given] {
            account.set(account.get().saturating_add(fuel));
        }
    }

    /// What is left for the program.
    pub fn remaining(&self) -> u64 {
        let account = if self.is_finalizing.get() { &self.aside } else { &self.left };
        u64::try_from(account.get()).unwrap_or(0)
    }

    /// Bytecodes that the program has run, finalizers apart.
    pub fn used(&self) -> u64 {
        u64::try_from(self.given.get()).unwrap_or(0).saturating_sub(self.remaining())
    }

    /// Changes to the finalizers' account, or back: whether it was that one before.
    pub fn change_account(&self, is_finalizing: bool) -> bool {
        let before = self.is_finalizing.replace(is_finalizing);
        if before != is_finalizing {
            self.left.swap(&self.aside);
        }
        before
    }
}

/// Nobody has asked for anything.
const NOTHING: u8 = 0;
const INTERRUPT: u8 = 1;
const STOP: u8 = 2;

/// What other threads ask of an interpreter.
#[derive(Default)]
pub struct Requests {
    what: AtomicU8,
    /// The main thread's breaker, while there is one.
    breaker: Mutex<Option<Breaker>>,
}

struct Breaker(NonNull<AtomicU32>);

// SAFETY: the word is atomic, and the lock around the pointer is taken to remove it before the thread state goes.
unsafe impl Send for Breaker {}

impl Requests {
    pub(crate) fn attach(&self, breaker: Option<NonNull<AtomicU32>>) {
        *self.breaker.lock().unwrap_or_else(PoisonError::into_inner) = breaker.map(Breaker);
    }

    fn request(&self, what: u8) {
        self.what.fetch_max(what, Ordering::SeqCst);
        let word = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(word) = &*word {
            // SAFETY: it is removed, under the lock, before the thread state that it is part of is dropped.
            unsafe { word.0.as_ref() }.fetch_or(breaker::OUTSIDE, Ordering::SeqCst);
        }
    }

    /// The main thread raises KeyboardInterrupt, at its next loop end or function entry.
    pub fn interrupt(&self) {
        self.request(INTERRUPT);
    }

    /// The program is stopped there, and can't catch it.
    pub fn stop(&self) {
        self.request(STOP);
    }

    /// Forgets what was asked for.
    pub fn clear(&self) {
        self.what.store(NOTHING, Ordering::SeqCst);
    }
}

impl Vm {
    /// What other threads of the process ask by.
    pub fn requests(&self) -> Arc<Requests> {
        Arc::clone(&self.requests)
    }

    /// Is the program being unwound for good? No handler is to run.
    #[inline]
    pub fn is_stopping(&self) -> bool {
        self.meter.stopping.get().is_some()
    }

    /// The program has been unwound: why, if it was stopped. From now on Python can be run again.
    pub fn end_stop(&self) -> Option<Stop> {
        let stop = self.meter.stopping.take()?;
        for thread in self.threads.borrow().iter() {
            // SAFETY: the list has live thread states only; this thread holds the GIL.
            unsafe { (**thread).stopped_by.set(None) };
        }
        Some(stop)
    }

    /// Stops the program: what unwinds it.
    #[cold]
    pub fn stop(&self, why: Stop) -> Raised {
        if self.meter.stopping.get().is_none() {
            self.meter.stopping.set(Some(why));
            for thread in self.threads.borrow().iter() {
                // SAFETY: the list has live thread states only; this thread holds the GIL.
                unsafe { (**thread).request(breaker::OUTSIDE) };
            }
        }
        self.raise_stop()
    }

    /// Raises what unwinds this thread of a program which is being stopped: always the same exception, so that its traceback
    /// has all the frames.
    #[cold]
    pub(crate) fn raise_stop(&self) -> Raised {
        if let Some(exception) = self.stopped_by.get().and_then(Value::downcast::<PyException>) {
            return self.reraise(exception);
        }
        let raised = self.raise_args(self.types.keyboard_interrupt, &[]);
        self.stopped_by.set(self.raised.get());
        raised
    }

    /// At a poll: what was asked for from outside.
    #[cold]
    pub(crate) fn answer_requests(&self) -> PyResult<()> {
        if self.is_stopping() {
            // Until it has ended.
            self.request(breaker::OUTSIDE);
            return Err(self.raise_stop());
        }
        if !self.is_main_thread() {
            return Ok(());
        }
        match self.requests.what.swap(NOTHING, Ordering::SeqCst) {
            NOTHING => Ok(()),
            INTERRUPT => Err(self.raise_args(self.types.keyboard_interrupt, &[])),
            _ => Err(self.stop(Stop::Requested)),
        }
    }

    /// No fuel is left for the next bytecode: there is some when this returns.
    #[cold]
    #[inline(never)]
    pub(crate) fn refuel(&self) -> PyResult<()> {
        let meter = &self.meter;
        if self.is_stopping() {
            return Err(self.raise_stop());
        }
        // How much finalizers may use is not the embedder's to decide in the middle of the program.
        if !meter.is_finalizing.get() {
            // (One that is asked within itself has none.)
            let hook = meter.hook.borrow_mut().take();
            if let Some(mut hook) = hook {
                let more = hook(self);
                *meter.hook.borrow_mut() = Some(hook);
                meter.add(more.unwrap_or(0));
            }
        }
        if meter.left.get() > 0 { Ok(()) } else { Err(self.stop(Stop::OutOfFuel)) }
    }
}
