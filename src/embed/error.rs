//! What can go wrong.

use std::fmt::{self, Display, Formatter};

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm as State;
use brolga_runtime::state::meter::Stop;
use brolga_runtime::types::exception::{PyException, display};
use brolga_runtime::value::Value;

/// What an operation on a [`Vm`](crate::Vm) fails with.
#[derive(Clone, Debug)]
pub enum Error {
    /// Python has raised an exception that nobody caught.
    Exception(Box<Exception>),
    /// The program was stopped by an [`InterruptHandle`](crate::InterruptHandle). With the traceback of where it was.
    Stopped { traceback: String },
    /// The program has used up its fuel. With the traceback of where it was.
    OutOfFuel { traceback: String },
    /// A Python value is not what Rust asked for.
    Conversion {
        /// What was asked for.
        expected: &'static str,
        /// The Python value's type.
        found: String,
    },
    /// The VM could not be started.
    Start(String),
}

/// A Python exception, as text: it holds nothing of the VM.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its class, with the module unless that is `builtins` or `__main__`.
    pub type_name: String,
    /// What `str()` gives of it.
    pub message: String,
    /// What Python would print.
    pub traceback: String,
    /// The names of its class and of those that it inherits from.
    classes: Vec<String>,
}

impl Exception {
    /// Is it an instance of a class of this name, such as `LookupError`?
    pub fn is_instance(&self, class: &str) -> bool {
        self.classes.iter().any(|name| name == class)
    }

    pub(super) fn of(state: &State, exception: Ref<PyException>) -> Exception {
        let class = state.type_of(exception.value());
        let name = state.type_full_name(class);
        let type_name = name.strip_prefix("__main__.").unwrap_or(&name).to_owned();
        let message = match state.str(exception.value()) {
            Ok(text) => text.to_lossy(),
            Err(raised) => {
                state.take_raised(raised);
                String::new()
            }
        };
        let classes = class.mro().map(|c| c.name()).collect();
        Exception { type_name, message, traceback: traceback(state, exception), classes }
    }
}

/// What Python's own `traceback` makes of it, or plain text where that fails.
fn traceback(state: &State, exception: Ref<PyException>) -> String {
    let formatted = state.import("traceback").and_then(|module| {
        let lines = state.call_method(module, "format_exception", &[exception.value()])?;
        let empty = state.new_str("")?;
        let text = state.call_method(empty.value(), "join", &[lines])?;
        Ok(text.downcast::<brolga_runtime::types::str::PyStr>().map(|text| text.to_lossy()))
    });
    match formatted {
        Ok(Some(text)) => text,
        Ok(None) => display::format_plain(state, exception),
        Err(raised) => {
            state.take_raised(raised);
            display::format_plain(state, exception)
        }
    }
}

impl Error {
    /// What was raised; `stop`: the program was stopped by it.
    pub(super) fn of(state: &State, exception: Ref<PyException>, stop: Option<Stop>) -> Error {
        match stop {
            None => {
                // What the text takes is none of the program's fuel, but bounded like that of finalizers.
                let account = state.meter.change_account(true);
                let exception = Exception::of(state, exception);
                state.meter.change_account(account);
                if state.frame.get().is_null() {
                    state.end_stop();
                }
                Error::Exception(Box::new(exception))
            }
            Some(stop) => Error::stopped(stop, display::format_plain(state, exception)),
        }
    }

    pub(super) fn stopped(stop: Stop, traceback: String) -> Error {
        match stop {
            Stop::Requested => Error::Stopped { traceback },
            Stop::OutOfFuel => Error::OutOfFuel { traceback },
        }
    }

    pub(super) fn conversion(state: &State, expected: &'static str, found: Value) -> Error {
        Error::Conversion { expected, found: state.type_name(found) }
    }

    /// The Python exception, if it is one.
    pub fn exception(&self) -> Option<&Exception> {
        match self {
            Error::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// Is it a Python exception of a class of this name?
    pub fn is_instance(&self, class: &str) -> bool {
        self.exception().is_some_and(|e| e.is_instance(class))
    }
}

impl Display for Exception {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => f.write_str(&self.type_name),
            message => write!(f, "{}: {message}", self.type_name),
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::Exception(exception) => exception.fmt(f),
            Error::Stopped { .. } => f.write_str("the program was stopped"),
            Error::OutOfFuel { .. } => f.write_str("the program has used up its fuel"),
            Error::Conversion { expected, found } => write!(f, "expected {expected}, got a Python {found}"),
            Error::Start(why) => write!(f, "Python could not be started: {why}"),
        }
    }
}

impl std::error::Error for Error {}
