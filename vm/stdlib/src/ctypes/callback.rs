//! Python functions as C functions.
//!
//! C may keep the address of a function that was made here longer than Python keeps the function, and call it on any thread.
//! So the code at the address is never freed: when its [`Thunk`] dies, the [`Socket`] that the code belongs to is empty, and
//! waits for another thunk of the same types. A call of an empty one is reported, and gives zeros.

use std::collections::HashMap;
use std::ffi::c_void;
use std::io::Write;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use brolga_runtime::object::{Field, Header, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::doorway::Doorway;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::code::Kind;
use super::data::CData;
use super::decode::decode;
use super::encode::encode;
use super::ffi::{self, Error, Interface};
use super::info::{self, OWN_SIMPLE, USE_ERRNO};
use super::memory::Address;
use super::shape::{self, Shape};
use super::width::Width;
use super::{current, errno};
use crate::object::{Boxed, object};

object!(
    /// A Python function that C can call.
    pub struct Thunk: CTYPES_THUNK {
        callable: Field,
        /// A tuple.
        argtypes: Field,
        restype: Field,
        /// The object that the last call gave, which C has the address of.
        last: Field,
        plug: Boxed<Plug>,
        flags: std::cell::Cell<u32>,
    }
);

/// A thunk's hold of a socket: dropped with it.
pub struct Plug(&'static Socket);

impl Drop for Plug {
    fn drop(&mut self) {
        let socket = self.0;
        socket.thunk.store(0, Ordering::SeqCst);
        *socket.doorway.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // (Without memory to remember it, it is never used again.)
        if let Some(free) = FREE.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
            && let Some(of_kind) = free.get_mut(&socket.types)
            && of_kind.try_reserve(1).is_ok()
        {
            of_kind.push(socket);
        }
    }
}

/// # Safety
/// `cell` is a `Thunk` that nothing reaches any more.
pub unsafe fn drop_thunk(cell: NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Thunk> = unsafe { Ref::from_ptr(cell) };
    drop(this.plug.take());
}

/// What a C function is like: its result and its arguments.
type Types = (Shape, Vec<Shape>);

/// The code of a C function, and what it runs.
struct Socket {
    types: Types,
    /// Where C finds it.
    code: AtomicUsize,
    /// The address of the thunk; 0: none. Read and followed only by who has the GIL, with which the collector frees one.
    thunk: AtomicUsize,
    /// The way into the thunk's interpreter.
    doorway: Mutex<Option<Arc<Doorway>>>,
}

/// Sockets without a thunk.
static FREE: Mutex<Option<HashMap<Types, Vec<&'static Socket>>>> = Mutex::new(None);

fn free_socket(types: &Types) -> Option<&'static Socket> {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    free.get_or_insert_default().entry(types.clone()).or_default().pop()
}

fn new_socket(vm: &Vm, types: Types) -> PyResult<&'static Socket> {
    let failed = |error: Error| match error {
        Error::Memory => vm.memory_error(),
        Error::Refused(number) => vm.runtime_error(format!("ffi_prep_cif failed with {number}")),
    };
    let interface = Interface::new(&types.0, &types.1, None).map_err(failed)?;
    // Both are kept for good: C may have the code's address at any time.
    let socket: &'static Socket = Box::leak(Box::new(Socket {
        types,
        code: AtomicUsize::new(0),
        thunk: AtomicUsize::new(0),
        doorway: Mutex::new(None),
    }));
    let code = ffi::make_function(Box::leak(interface), enter, socket).map_err(|error| match error {
        Error::Memory => vm.memory_error(),
        Error::Refused(number) => vm.runtime_error(format!("ffi_prep_closure failed with {number}")),
    })?;
    socket.code.store(code, Ordering::SeqCst);
    Ok(socket)
}

impl Thunk {
    /// The C function's.
    pub fn address(&self) -> Address {
        let code = self.plug.with(|plug| plug.0.code.load(Ordering::SeqCst)).unwrap_or(0);
        // SAFETY: code that stays for good.
        unsafe { Address::new(code) }
    }
}

/// The result's type, if C can be given its values.
fn result_shape(vm: &Vm, restype: Slot) -> PyResult<Shape> {
    let Some(restype) = restype.filter(|restype| !restype.is_none()) else { return Ok(Shape::Void) };
    match (restype.downcast::<PyType>(), info::of_type(restype)) {
        (Some(class), Some(info)) if info.code().is_some() => shape::of(vm, class, info),
        _ => Err(vm.type_error("invalid result type for callback function")),
    }
}

/// A C function that calls `callable`.
pub fn new(vm: &Vm, callable: Value, argtypes: Ref<PyTuple>, restype: Slot, flags: u32) -> PyResult<Ref<Thunk>> {
    let mut arguments = super::memory::room(vm, argtypes.len())?;
    for class in argtypes.as_slice() {
        arguments.push(match (class.downcast::<PyType>(), info::of_type(*class)) {
            (Some(class), Some(info)) => shape::of(vm, class, info)?,
            _ => shape::C_INT,
        });
    }
    let types = (result_shape(vm, restype)?, arguments);
    let socket = match free_socket(&types) {
        Some(socket) => socket,
        None => new_socket(vm, types)?,
    };
    // From here on it is free again if anything fails.
    let plug = Plug(socket);
    let this: Ref<Thunk> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.callable.init(callable);
    this.argtypes.init(argtypes.value());
    this.restype.init(restype);
    this.flags.set(flags);
    *socket.doorway.lock().unwrap_or_else(PoisonError::into_inner) = Some(vm.doorway());
    this.plug.attach(vm, this, plug)?;
    socket.thunk.store(this.addr(), Ordering::SeqCst);
    Ok(this)
}

/// Where the call's result goes, and where its arguments are.
struct Frame {
    result: *mut c_void,
    arguments: *const *const c_void,
    count: usize,
}

impl Frame {
    fn result(&self) -> Address {
        // SAFETY: `libffi`'s memory for the result, until the callback returns.
        unsafe { Address::new(self.result.expose_provenance()) }
    }

    fn argument(&self, i: usize) -> Option<Address> {
        if i >= self.count {
            return None;
        }
        // SAFETY: `libffi` gives the address of each of the arguments that the interface has, until the callback returns.
        Some(unsafe { Address::new((*self.arguments.add(i)).expose_provenance()) })
    }
}

/// The code of all these functions leads here. Nothing unwinds into C.
unsafe extern "C" fn enter(
    _: &libffi_sys::ffi_cif,
    result: *mut c_void,
    arguments: *const *const c_void,
    socket: &Socket,
) {
    let frame = Frame { result, arguments, count: socket.types.1.len() };
    let size = socket.types.0.size();
    if size > 0 {
        // Integers are given as whole words.
        frame.result().write(&[0; 32][..size.clamp(8, 32)]);
    }
    let run = |vm: &Vm| run(vm, socket, &frame);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match current::back(run) {
        Ok(()) => Some(()),
        // A thread that the interpreter does not know.
        Err(run) => {
            let doorway = socket.doorway.lock().unwrap_or_else(PoisonError::into_inner).clone();
            doorway.and_then(|doorway| doorway.enter(run))
        }
    }));
    if !matches!(done, Ok(Some(()))) {
        say("could not be called");
    }
}

/// Tells what nobody can be told by an exception. (Where stderr cannot be written to, nobody.)
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "brolga: a ctypes callback function {what}");
}

fn run(vm: &Vm, socket: &Socket, frame: &Frame) {
    let address = socket.thunk.load(Ordering::SeqCst);
    let own = socket.doorway.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let is_own = own.is_some_and(|doorway| Arc::ptr_eq(&doorway, &vm.doorway()));
    let found = crate::gc::walk::object_at(vm, address as u64).filter(|_| is_own && address != 0);
    let Some(thunk) = found.and_then(|object| object.downcast::<Thunk>()) else {
        say("was called that is gone");
        return;
    };
    // An exception that is on its way where C was called from stays.
    let pending = vm.take_in_flight();
    call_thunk(vm, thunk, &socket.types, frame);
    vm.put_in_flight(pending);
}

fn report(vm: &Vm, raised: brolga_runtime::Raised, what: &str, callable: Value) {
    let exception = vm.take_raised(raised);
    let shown = vm.repr_lossy(callable).unwrap_or_else(|raised| {
        vm.take_raised(raised);
        "<object repr() failed>".to_owned()
    });
    let message = format!("Exception ignored while {what} ctypes callback function {shown}");
    vm.write_unraisable(vm.reraise(exception), Value::NONE, Some(&message));
}

fn call_thunk(vm: &Vm, thunk: Ref<Thunk>, types: &Types, frame: &Frame) {
    let callable = thunk.callable.get_or_none();
    let values = ValueVec::new();
    let classes = thunk.argtypes.get().and_then(Value::downcast::<PyTuple>);
    for (i, class) in classes.iter().flat_map(|classes| classes.as_slice()).enumerate() {
        let shape = types.1.get(i).unwrap_or(&shape::C_INT);
        let made = frame.argument(i).map_or(Ok(Value::NONE), |from| argument(vm, *class, shape, from));
        if let Err(raised) = made.and_then(|value| values.push(vm, value)) {
            return report(vm, raised, &format!("creating argument {i} for"), callable);
        }
    }
    let swaps_errno = thunk.flags.get() & USE_ERRNO != 0;
    if swaps_errno {
        errno::swap();
    }
    let result = vm.check_native_stack(" in a ctypes callback").and_then(|()| vm.call(callable, values.as_slice()));
    if swaps_errno {
        errno::swap();
    }
    match result {
        Ok(result) if types.0 != Shape::Void => {
            if let Err(raised) = give(vm, thunk, &types.0, result, frame) {
                report(vm, raised, "converting result of", callable);
            }
        }
        Ok(_) => {}
        Err(raised) => report(vm, raised, "calling", callable),
    }
}

/// An argument as the Python function gets it.
fn argument(vm: &Vm, class: Value, shape: &Shape, from: Address) -> PyResult<Value> {
    let Some(info) = info::of_type(class) else {
        return Err(vm.type_error(format!("cannot build parameter of type {}", vm.repr_lossy(class)?)));
    };
    if let Some(code) = info.code()
        && !info.has_flag(OWN_SIMPLE)
    {
        return decode(vm, code, info.swapped.get(), from, Width::bytes(code.size()));
    }
    let made = vm.call(class, &[])?;
    let Some(object) = made.downcast::<CData>() else {
        let (class, got) = (vm.repr_lossy(class)?, vm.fully_qualified_name(vm.type_of(made)));
        return Err(vm.type_error(format!("{class} returned unexpected result of type {got}")));
    };
    let len = shape.size().min(info.size.get()).min(object.size.get());
    object.part(vm, 0, len)?.copy_from(from, len);
    Ok(made)
}

/// Key of the list of what C was given the address of by a callback's result, and nobody can say for how long.
static GIVEN: u8 = 0;

fn give(vm: &Vm, thunk: Ref<Thunk>, shape: &Shape, result: Value, frame: &Frame) -> PyResult<()> {
    let restype = thunk.restype.get().and_then(info::of_type);
    let Some((info, code)) = restype.and_then(|info| Some((info, info.code()?))) else { return Ok(()) };
    let encoded = encode(vm, code, info.swapped.get(), result, code.size())?;
    let bytes = encoded.bytes();
    if shape.is_int() && bytes.len() < 8 {
        // As a whole word, its sign extended: what is read of it depends on the machine.
        let value = decode(vm, code, info.swapped.get(), temporary(bytes), Width::bytes(bytes.len()));
        let word = value.ok().and_then(brolga_runtime::types::int::to_i64);
        match word {
            Some(word) => frame.result().write(&word.to_ne_bytes()),
            None => frame.result().write(bytes),
        }
    } else {
        frame.result().write(bytes);
    }
    if code.kind() == Kind::Object {
        thunk.last.set(thunk, result);
    } else if !encoded.keep.is_none() {
        let given = match vm.kept(&GIVEN).and_then(Value::downcast::<PyList>) {
            Some(given) => given,
            None => {
                let given = vm.new_list(&[])?;
                vm.keep(&GIVEN, given.value());
                given
            }
        };
        given.push(vm, encoded.keep)?;
        vm.warn(vm.types.runtime_warning, "memory leak in callback function.", 1)?;
    }
    Ok(())
}

/// The address of bytes on the caller's stack.
fn temporary(bytes: &[u8]) -> Address {
    // SAFETY: the callers use it while they have the bytes.
    unsafe { Address::new(bytes.as_ptr().expose_provenance()) }
}

fn repr(_: &Vm, this: Ref<Thunk>) -> String {
    format!("<_ctypes.CThunkObject object at {:#x}>", this.addr())
}

static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    layout: Some(crate::layouts::CTYPES_THUNK),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__repr__", 1, repr)]],
    doc: Some("CThunkObject"),
    ..TypeDef::new("CThunkObject")
};
