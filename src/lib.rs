//! Python in a Rust program.
//!
//! A [`Vm`] is one Python: its modules, its heap, its threads. There can be several in a process, each on the thread that
//! built it. Values go in and out by [`ToPython`] and [`FromPython`]; what Python holds is kept alive by an [`Object`];
//! what Python raises is an [`Error`].
//!
//! ```
//! use brolga::Vm;
//!
//! let vm = Vm::builder().build()?;
//! vm.exec("def area(width, height): return width * height")?;
//! let area: i64 = vm.get("area")?.call((6, 7))?.extract()?;
//! assert_eq!(area, 42);
//!
//! let error = vm.eval("1 / 0").unwrap_err();
//! assert_eq!(error.to_string(), "ZeroDivisionError: division by zero");
//! # Ok::<(), brolga::Error>(())
//! ```
//!
//! What a program may use is bounded when the VM is built ([`Builder`]): memory, bytecodes ([`Fuel`]), the host. Another
//! thread interrupts or stops it by an [`InterruptHandle`]. `docs/embedding.md` says how all of that is meant.

mod embed;

pub use brolga_runtime::state::config::JitMode;
pub use embed::builder::{Builder, Host, Stdlib};
pub use embed::convert::{Arguments, Bytes, FromPython, ToPython};
pub use embed::error::{Error, Exception};
pub use embed::limits::{Fuel, InterruptHandle, OutOfFuel};
pub use embed::object::{Iter, Object};
pub use embed::vm::Vm;
