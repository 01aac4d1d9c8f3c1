//! What bounds a program: fuel, and other threads of the process.

use std::sync::Arc;

use brolga_runtime::state::meter::{FuelHook, Requests};

/// How many bytecodes a program may run.
///
/// The count is the same whichever way the program is run, interpreted or compiled; it depends on the program, its input and
/// the hash seed alone ([`Builder::hash_seed`](crate::Builder::hash_seed)). Finalizers have an account of their own, of the
/// same size, since it is the garbage collector that says when they run.
pub struct Fuel {
    pub(super) first: u64,
    pub(super) hook: FuelHook,
}

impl Fuel {
    /// So many bytecodes, and then the program is stopped: [`Error::OutOfFuel`](crate::Error::OutOfFuel).
    pub fn limit(bytecodes: u64) -> Fuel {
        Fuel { first: bytecodes, hook: Box::new(|_| None) }
    }

    /// Bytecodes are counted, and there is no bound.
    pub fn unlimited() -> Fuel {
        Fuel::limit(u64::MAX)
    }

    /// So many bytecodes at first. When they have run `more` is asked, before the very next one: what it gives is added;
    /// `None` stops the program.
    pub fn refill(first: u64, mut more: impl FnMut(&OutOfFuel) -> Option<u64> + 'static) -> Fuel {
        let hook = Box::new(move |vm: &brolga_runtime::Vm| {
            // SAFETY: the current frame is alive while it is asked.
            let frame = unsafe { vm.frame.get().as_ref() };
            let (file, line) = match frame {
                Some(frame) => (frame.code.get().filename_str(), frame.lineno()),
                None => (None, None),
            };
            let file = file.map_or_else(String::new, |file| file.to_lossy());
            more(&OutOfFuel { used: vm.meter.used(), file, line: line.unwrap_or(0) })
        });
        Fuel { first, hook }
    }
}

/// What is known when fuel has run out.
#[derive(Clone, Debug)]
pub struct OutOfFuel {
    /// Bytecodes that have run since the VM was built.
    pub used: u64,
    /// Where the next one is: the name of the source, and the line (0: it has none).
    pub file: String,
    pub line: u32,
}

/// Interrupts or stops the program of a [`Vm`](crate::Vm) from any thread. It has its effect at the end of a loop's turn or
/// the start of a function; a native operation that takes long is waited for. Without effect where the VM is gone.
#[derive(Clone)]
pub struct InterruptHandle(pub(super) Arc<Requests>);

impl InterruptHandle {
    /// Raises KeyboardInterrupt in the main thread, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }

    /// Stops what the VM runs, or runs next: no `except`, `finally` or `with` gets to see it. The call that ran it
    /// returns [`Error::Stopped`](crate::Error::Stopped), and the VM can be used again.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// Takes back what has not had its effect.
    pub fn clear(&self) {
        self.0.clear();
    }
}
