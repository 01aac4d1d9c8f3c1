//! The result of everything that can raise.

/// An exception has been raised: it is held by the thread state ([`Vm::take_raised`](crate::state::Vm::take_raised)).
/// Made only by the raising functions of `state::errors`.
#[derive(Debug)]
#[must_use]
pub struct Raised(pub(crate) ());

/// `PyResult<Value>` is one word: zero is `Err`.
pub type PyResult<T> = Result<T, Raised>;

const _: () = assert!(size_of::<PyResult<crate::value::Value>>() == 8);
