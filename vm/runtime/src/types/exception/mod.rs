//! Exceptions: the struct that all of them share. What the classes are stands in [`defs`]; what each family of them does
//! in the module of its name.

mod attribute;
mod base;
pub mod defs;
pub mod display;
pub mod group;
mod import;
mod os;
mod stop;
pub mod suggest;
mod syntax;
mod unicode;
pub mod unraisable;

use std::cell::Cell;

use brolga_bytecode::constants::flags;

use crate::PyResult;
use crate::frame::Frame;
use crate::object::args::Keywords;
use crate::object::layout::EXCEPTION;
use crate::object::{Args, Field, Func, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

pub use os::strerror;

/// An instance of `BaseException` or a subclass. The fields of a family (`errno`, `name`, ...) follow the struct, as
/// many as its class says (see [`defs`]): an ordinary exception has none.
#[repr(C)]
pub struct PyException {
    header: Header,
    pub(crate) attrs: Field,
    args: Field,
    traceback: Field,
    context: Field,
    cause: Field,
    /// bit 0: `__suppress_context__`; bits 8.. the number of fields in `extra`.
    state: Cell<u64>,
    extra: [Field; 0],
}

// SAFETY: repr(C), header first; `state` is a small number, all else are fields.
unsafe impl HeapType for PyException {
    const LAYOUT: LayoutId = EXCEPTION;
}

const SUPPRESS_CONTEXT: u64 = 1;
const COUNT_SHIFT: u32 = 8;

/// Indexes of the families' fields.
pub const ATTRIBUTE_NAME: usize = 0;
pub const ATTRIBUTE_OBJ: usize = 1;
pub const NAME_NAME: usize = 0;
pub const STOP_VALUE: usize = 0;
pub const SYSTEM_EXIT_CODE: usize = 0;
pub const IMPORT_MSG: usize = 0;
pub const IMPORT_NAME: usize = 1;
pub const IMPORT_PATH: usize = 2;
pub const IMPORT_NAME_FROM: usize = 3;
pub const OSERROR_ERRNO: usize = 0;
pub const OSERROR_STRERROR: usize = 1;
pub const OSERROR_FILENAME: usize = 2;
pub const OSERROR_FILENAME2: usize = 3;
pub const OSERROR_WRITTEN: usize = 4;
pub const SYNTAX_MSG: usize = 0;
pub const SYNTAX_FILENAME: usize = 1;
pub const SYNTAX_LINENO: usize = 2;
pub const SYNTAX_OFFSET: usize = 3;
pub const SYNTAX_TEXT: usize = 4;
pub const SYNTAX_END_LINENO: usize = 5;
pub const SYNTAX_END_OFFSET: usize = 6;
pub const SYNTAX_PRINT_FILE_AND_LINE: usize = 7;
pub const SYNTAX_METADATA: usize = 8;
pub const UNICODE_ENCODING: usize = 0;
pub const UNICODE_OBJECT: usize = 1;
pub const UNICODE_START: usize = 2;
pub const UNICODE_END: usize = 3;
pub const UNICODE_REASON: usize = 4;
pub const GROUP_MESSAGE: usize = 0;
pub const GROUP_EXCEPTIONS: usize = 1;
/// What `repr` shows of exceptions that were given as neither list nor tuple.
pub const GROUP_TEXT: usize = 2;

/// Bytes of an exception with this many fields of its family.
const fn size_with(count: u32) -> usize {
    size_of::<PyException>() + count as usize * size_of::<Field>()
}

/// How many fields instances of `class` have: what the native classes that it derives from need.
fn extra_count(class: Ref<PyType>) -> u32 {
    if !class.is_heap_type() {
        return class.flags() >> defs::EXTRA_SHIFT;
    }
    class.mro().filter(|c| !c.is_heap_type()).map(|c| c.flags() >> defs::EXTRA_SHIFT).max().unwrap_or(0)
}

/// Are both made of one native function? Most exceptions have `BaseException.__new__` as one of their own.
fn same_native(a: Value, b: Value) -> bool {
    match (a.downcast::<PyNativeFunction>(), b.downcast::<PyNativeFunction>()) {
        (Some(a), Some(b)) => std::ptr::eq(a.def(), b.def()),
        _ => false,
    }
}

/// Has a builtin exception a `__new__` of its own, as most of CPython's have? Those of the others are their bases'.
pub(crate) fn has_own_new(name: &str) -> bool {
    const INHERIT: &[&str] = &[
        "AttributeError",
        "BlockingIOError",
        "BrokenPipeError",
        "ChildProcessError",
        "ConnectionAbortedError",
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "ExceptionGroup",
        "FileExistsError",
        "FileNotFoundError",
        "ImportError",
        "IndentationError",
        "InterruptedError",
        "IsADirectoryError",
        "KeyError",
        "ModuleNotFoundError",
        "NameError",
        "NotADirectoryError",
        "PermissionError",
        "ProcessLookupError",
        "StopIteration",
        "SyntaxError",
        "SystemExit",
        "TabError",
        "TimeoutError",
        "UnboundLocalError",
        "_IncompleteInputError",
    ];
    !INHERIT.contains(&name)
}

impl PyException {
    /// A new instance, its `args` set and nothing else.
    pub(crate) fn alloc(vm: &Vm, class: Ref<PyType>, args: Ref<PyTuple>) -> PyResult<Ref<PyException>> {
        let count = extra_count(class);
        let e: Ref<PyException> = vm.alloc_instance_sized(class, Some(size_with(count)))?;
        e.state.set(u64::from(count) << COUNT_SHIFT);
        e.args.set(e, args.value());
        Ok(e)
    }

    /// A new exception of a builtin class, as `class(*args)` makes it. Runs no Python code.
    pub fn new(vm: &Vm, class: Ref<PyType>, args: &[Value]) -> PyResult<Ref<PyException>> {
        if PyException::is_plain(vm, class) {
            return PyException::new_plain(vm, class, args);
        }
        if class.is_subtype(vm.types.os_error) {
            return os::new_native(vm, class, args);
        }
        if class.is_subtype(vm.types.base_exception_group) {
            return group::new_native(vm, class, args);
        }
        let tuple = vm.new_tuple(args)?;
        let e = PyException::alloc(vm, class, tuple)?;
        let init = class.special(Special::Init).and_then(Value::downcast::<PyNativeFunction>);
        if let Some(init) = init
            && extra_count(class) > 0
            && let Func::V(init) = init.def().func
        {
            init(vm, &Args { bound: &[Some(e.value())], rest: args, kw: Keywords::NONE })?;
        }
        Ok(e)
    }

    /// Has the class `BaseException`'s own `__new__` and `__init__`? Then [`PyException::new_plain`] is what calling it does.
    #[inline]
    pub fn is_plain(vm: &Vm, class: Ref<PyType>) -> bool {
        let base = vm.types.base_exception;
        let same = |which: Special| match (class.special(which), base.special(which)) {
            (Some(a), Some(b)) => a.same_bits(b) || same_native(a, b),
            _ => false,
        };
        class.layout() == EXCEPTION && same(Special::New) && same(Special::Init)
    }

    /// `class(*args)` of such a class.
    pub fn new_plain(vm: &Vm, class: Ref<PyType>, args: &[Value]) -> PyResult<Ref<PyException>> {
        let args = vm.new_tuple(args)?;
        PyException::alloc(vm, class, args)
    }

    /// A MemoryError; `None` where there is no memory even for that.
    pub fn new_memory_error(vm: &Vm) -> Option<Ref<PyException>> {
        // SAFETY: the header has the struct's layout, and a zeroed exception is valid.
        let cell = unsafe { vm.alloc.alloc(size_with(0), Header::new(shape::memory_error, EXCEPTION)) }?;
        // SAFETY: just allocated with this layout.
        let e: Ref<PyException> = unsafe { Ref::from_ptr(cell) };
        if vm.empty_tuple.is_set() {
            e.args.init(vm.empty_tuple.value());
        }
        Some(e)
    }

    /// `args`, a tuple always.
    pub fn args(&self, vm: &Vm) -> Ref<PyTuple> {
        self.args.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
    }

    pub fn traceback(&self) -> Slot {
        self.traceback.get().filter(|v| !v.is_none())
    }

    pub fn context(&self) -> Option<Ref<PyException>> {
        self.context.get().and_then(Value::downcast)
    }

    pub fn cause(&self) -> Option<Ref<PyException>> {
        self.cause.get().and_then(Value::downcast)
    }

    pub fn suppress_context(&self) -> bool {
        self.state.get() & SUPPRESS_CONTEXT != 0
    }

    pub fn set_suppress_context(&self, on: bool) {
        let state = self.state.get() & !SUPPRESS_CONTEXT;
        self.state.set(state | u64::from(on));
    }

    fn extra_len(&self) -> usize {
        (self.state.get() >> COUNT_SHIFT) as usize
    }

    fn extra_field(&self, index: usize) -> Option<&Field> {
        if index >= self.extra_len() {
            return None;
        }
        // SAFETY: `alloc` made room for `extra_len` fields behind the struct, and they live as long as it does.
        Some(unsafe { &*self.extra.as_ptr().add(index) })
    }

    /// A field of the exception's family; empty where it has none.
    pub fn extra(&self, index: usize) -> Slot {
        self.extra_field(index).and_then(Field::get)
    }
}

impl Ref<PyException> {
    /// Sets a field of the exception's family; nothing where it has no such field.
    pub fn set_extra(self, index: usize, value: impl Into<Slot>) {
        if let Some(field) = self.extra_field(index) {
            field.set(self, value);
        }
    }

    pub fn set_args(self, args: Ref<PyTuple>) {
        self.args.set(self, args.value());
    }

    pub fn set_traceback(self, traceback: impl Into<Slot>) {
        self.traceback.set(self, traceback.into().filter(|t: &Value| !t.is_none()));
    }

    pub fn set_context(self, context: Option<Ref<PyException>>) {
        self.context.set(self, context.map(Ref::value));
    }

    /// Sets `__cause__`, and with it `__suppress_context__`.
    pub fn set_cause(self, cause: Option<Ref<PyException>>) {
        self.cause.set(self, cause.map(Ref::value));
        self.set_suppress_context(true);
    }

    /// What a raise does: the exception being handled becomes the context, without making a cycle.
    pub fn set_context_at_raise(self, vm: &Vm) {
        let Some(handled) = vm.handled_exception().and_then(Value::downcast::<PyException>) else { return };
        if handled == self {
            return;
        }
        // The chain that is to hang below this exception must not come back to it. It may hold a cycle already, which a
        // second walker at half the speed finds.
        let (mut o, mut slow, mut step) = (handled, handled, false);
        while let Some(context) = o.context() {
            if context == self {
                o.set_context(None);
                break;
            }
            o = context;
            if o == slow {
                break;
            }
            if step {
                match slow.context() {
                    Some(next) => slow = next,
                    None => break,
                }
            }
            step = !step;
        }
        self.set_context(Some(handled));
    }
}

/// `raise ... from cause`: the cause may be None.
pub fn set_cause(_: &Vm, exception: Value, cause: Value) {
    if let Some(e) = exception.downcast::<PyException>() {
        e.set_cause(cause.downcast());
    }
}

/// INTRINSIC_STOPITERATION_ERROR: a StopIteration that leaves a generator becomes a RuntimeError.
pub fn stop_iteration_error(vm: &Vm, frame: &Frame, exception: Value) -> PyResult<Value> {
    let code = frame.code.get();
    let what = if code.has_flag(flags::ASYNC_GENERATOR) {
        "async generator"
    } else if code.has_flag(flags::COROUTINE) {
        "coroutine"
    } else {
        "generator"
    };
    let name = if vm.is_instance(exception, vm.types.stop_iteration) {
        "StopIteration"
    } else if code.has_flag(flags::ASYNC_GENERATOR) && vm.is_instance(exception, vm.types.stop_async_iteration) {
        "StopAsyncIteration"
    } else {
        return Ok(exception);
    };
    let message = vm.new_str(&format!("{what} raised {name}"))?;
    let error = PyException::new(vm, vm.types.runtime_error, &[message.value()])?;
    let cause = exception.downcast::<PyException>();
    error.set_cause(cause);
    error.set_context(cause);
    Ok(error.value())
}

impl Vm {
    /// The class is `BaseException` or derives from it.
    pub fn is_exception_class(&self, v: Value) -> bool {
        v.downcast::<PyType>().is_some_and(|c| c.is_subtype(self.types.base_exception))
    }
}
