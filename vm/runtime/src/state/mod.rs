//! The state of the virtual machine: [`InterpreterState`] (one Python: modules, types, heap, shapes, the list of its
//! threads) and [`ThreadState`] (one thread: current frame, recursion depth, exception in flight). The GIL serialises
//! the threads of an interpreter. Nothing mutable is process-global but signal state.
//!
//! Builtins get a `&Vm`: the VM as one thread sees it.

pub mod attribute_cache;
pub mod breaker;
mod collect;
pub mod config;
pub mod doorway;
pub mod errors;
pub mod handles;
pub mod interning;
pub mod late;
pub mod memory;
pub mod meter;
pub mod method_cache;
pub mod names;
pub mod outside;
pub mod roots;
pub mod sampler;
pub mod shapes;
pub mod start;
pub mod threads;

use rustc_hash::FxHashMap as HashMap;
use std::cell::{Cell, RefCell};

use brolga_heap::{Allocator, Heap};

use crate::frame::Frame;
use crate::frame::stack::VmStack;
use crate::object::Ref;
use crate::object::def::TypeDef;
use crate::types::Types;
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use config::Config;
use interning::Interned;
use late::Late;
use method_cache::MethodCache;
use names::{Names, Special};
use shapes::ShapeTable;

/// The VM as seen from one thread.
pub type Vm = ThreadState;

/// An exception being handled (`sys.exception()`): one for each thread and one for each generator that is suspended
/// or running, linked to that of whoever resumed it.
#[repr(C)]
pub struct HandledException {
    pub value: Cell<Slot>,
    pub previous: Cell<*const HandledException>,
}

impl HandledException {
    pub const fn new() -> HandledException {
        HandledException { value: Cell::new(None), previous: Cell::new(std::ptr::null()) }
    }
}

/// One thread of Python.
#[repr(C)]
pub struct ThreadState {
    /// First: compiled code reaches its spans at fixed offsets.
    pub alloc: Allocator,
    /// Not zero when something waits for the next poll: see [`breaker`].
    pub breaker: std::sync::atomic::AtomicU32,
    /// The innermost frame.
    pub frame: Cell<*mut Frame>,
    pub stack: VmStack,
    /// The exception in flight, between raise and handler.
    pub(crate) raised: Cell<Slot>,
    /// While the program is being stopped: what unwinds this thread, one exception from the first frame to the last.
    pub(crate) stopped_by: Cell<Slot>,
    /// The innermost exception being handled.
    pub handled: Cell<*const HandledException>,
    pub(crate) handled_base: HandledException,
    /// Python frames on this thread.
    pub depth: Cell<u32>,
    /// Native stack below this address raises RecursionError.
    pub native_limit: Cell<usize>,
    /// Below this address less than half of the native stack is left.
    pub native_half: Cell<usize>,
    /// Lowest address of the native stack.
    pub(crate) native_floor: Cell<usize>,
    /// Highest address of the native stack.
    pub native_base: Cell<usize>,
    pub(crate) interp: *const InterpreterState,
    /// `threading.get_ident()`.
    pub ident: Cell<u64>,
    /// An exception that another thread set for this one (`PyThreadState_SetAsyncExc`), or a pending call.
    pub async_exception: Cell<Slot>,
    /// What compiled code hands over where it leaves a frame: see [`crate::interp::native::Compiler::left`].
    pub exit_words: Cell<[u64; crate::interp::native::EXIT_WORDS]>,
    /// What it then answers as [`crate::interp::native::Answer::status`].
    pub exit_status: Cell<u64>,
    /// `sys.settrace`'s and `sys.setprofile`'s functions.
    pub trace: Cell<Slot>,
    pub profile: Cell<Slot>,
    /// Which events are wanted of this thread.
    pub hooks: crate::monitoring::Hooks,
    /// The current `contextvars` context.
    pub context: Cell<Slot>,
    pub async_gen_firstiter: Cell<Slot>,
    pub async_gen_finalizer: Cell<Slot>,
    pub coroutine_origin_depth: Cell<i32>,
    /// The containers whose repr is being made, for `[...]`.
    pub repr_running: RefCell<Vec<usize>>,
    /// What `_thread._local` objects hold in this thread: their dicts, which live as long as both. Made at first use.
    pub(crate) locals: Cell<Option<brolga_heap::EphemeronTable>>,
    /// The event loop of `asyncio` that this thread runs, and the task that it is in.
    pub asyncio_loop: Cell<Slot>,
    pub asyncio_task: Cell<Slot>,
    /// Where on the native stack the innermost interpreter was entered: for the [`sampler`], which asks whether compiled
    /// code was entered after it.
    pub(crate) interpreting: Cell<usize>,
    /// The JIT is at work on this thread: for the sampler, too.
    pub(crate) is_compiling: Cell<bool>,
}

/// One Python.
pub struct InterpreterState {
    pub heap: Box<Heap>,
    pub shapes: ShapeTable,
    pub types: Late<Types>,
    pub names: Late<Names>,
    pub special_names: Late<Box<[Ref<PyStr>; Special::COUNT]>>,
    pub(crate) interned: Interned,
    pub latin1_chars: Late<Box<[Ref<PyStr>; 256]>>,
    pub empty_tuple: Late<Ref<PyTuple>>,
    pub empty_bytes: Late<Value>,
    /// The bytes objects of one byte.
    pub single_bytes: Late<Box<[Ref<PyBytes>; 256]>>,
    pub empty_frozenset: Late<Value>,
    /// A MemoryError made in advance.
    pub(crate) memory_error: Late<Value>,
    pub method_cache: MethodCache,
    pub attribute_cache: attribute_cache::AttributeCache,
    /// Hashes of tuples, until the next collection.
    pub(crate) tuple_hashes: crate::types::tuple::hashes::TupleHashes,
    pub(crate) shared_refs: crate::types::weakref::shared::SharedRefs,
    pub(crate) import_times: crate::import::timing::ImportTimes,
    /// `sys.modules`.
    pub modules: Late<Ref<PyDict>>,
    /// The dict of `sys`, of `builtins`.
    pub sys: Late<Ref<PyDict>>,
    pub builtins: Late<Ref<PyDict>>,
    pub config: Config,
    pub recursion_limit: Cell<u32>,
    pub hash_key: brolga_text::hash::HashKey,
    /// Changes when a class gets a data descriptor, or another way of reading attributes: what holds for all objects of
    /// a shape may then no longer.
    pub shape_epoch: Cell<u32>,
    /// How many interned strings and shapes there were at the last collection; `None` while the interpreter starts.
    pub(crate) traced: Cell<Option<(usize, usize)>>,
    type_versions: Cell<u32>,
    keys_versions: Cell<u32>,
    /// Types of native modules, by their definition.
    pub(crate) native_types: RefCell<HashMap<*const TypeDef, Ref<PyType>>>,
    /// Values that native modules keep for the interpreter: by the address of a static of theirs.
    pub(crate) kept: RefCell<HashMap<usize, Value>>,
    /// Values that a program which embeds the interpreter holds.
    pub handles: handles::Handles,
    /// Native modules by name.
    pub native_modules: RefCell<HashMap<&'static str, crate::module_def::ModuleDef>>,
    pub threads: RefCell<Vec<*const ThreadState>>,
    pub gil: crate::gil::Gil,
    /// Set while the interpreter shuts down.
    pub finalizing: Cell<bool>,
    pub int_max_str_digits: Cell<usize>,
    pub switch_interval: Cell<f64>,
    pub meter: meter::Meter,
    pub(crate) requests: std::sync::Arc<meter::Requests>,
    pub(crate) doorway: std::cell::OnceCell<std::sync::Arc<doorway::Doorway>>,
    pub gc_enabled: Cell<bool>,
    /// Turns of a loop after which [`crate::interp::native::Compiler`] is asked for it; `u32::MAX` without one.
    pub loop_threshold: Cell<u32>,
    /// Calls of a function after which it is asked for it.
    pub call_threshold: Cell<u32>,
    pub compiler: Late<Box<dyn crate::interp::native::Compiler>>,
    pub monitoring: crate::monitoring::Monitoring,
    pub(crate) signal_hook: Cell<Option<breaker::SignalHook>>,
    pub events_hook: Cell<Option<breaker::BreakerHook>>,
    /// `-X outside`
    pub outside: Late<outside::Outside>,
    /// How native code issues warnings.
    pub warn_hook: Cell<Option<crate::warnings::WarnHook>>,
    /// The program has no access to files.
    pub host_is_closed: Cell<bool>,
    pub(crate) main_thread: Cell<*const ThreadState>,
    pub(crate) in_finalizers: Cell<bool>,
    /// Gives the text of a line of a source that is no file (the embedded library).
    pub source_hook: Cell<Option<fn(&Vm, &str, usize) -> Option<String>>>,
    /// Signatures and docstrings of what is native.
    pub described: Cell<crate::types::described::Described>,
}

impl std::ops::Deref for ThreadState {
    type Target = InterpreterState;
    #[inline(always)]
    fn deref(&self) -> &InterpreterState {
        // SAFETY: a thread state points to its interpreter, which outlives it (`start`, `gil`).
        unsafe { &*self.interp }
    }
}

impl InterpreterState {
    /// A version no class has had.
    pub(crate) fn next_type_version(&self) -> u32 {
        next(&self.type_versions)
    }

    /// What caches know of shapes alone is void.
    pub(crate) fn void_shape_caches(&self) {
        next(&self.shape_epoch);
    }

    /// A version no dict's keys have had.
    pub(crate) fn next_keys_version(&self) -> u32 {
        next(&self.keys_versions)
    }

    #[inline(always)]
    pub fn latin1_char(&self, c: u8) -> Ref<PyStr> {
        self.latin1_chars[c as usize]
    }

    /// A value that a native module keeps, by the address of a static of its own.
    pub fn kept<K>(&self, key: &'static K) -> Slot {
        self.kept.borrow().get(&(std::ptr::from_ref(key) as usize)).copied()
    }

    pub fn keep<K>(&self, key: &'static K, value: Value) {
        self.kept.borrow_mut().insert(std::ptr::from_ref(key) as usize, value);
    }
}

impl ThreadState {
    /// The task of `asyncio` that the thread which runs this event loop is in.
    pub fn current_asyncio_task(&self, event_loop: Value) -> Slot {
        let runs = |thread: &ThreadState| thread.asyncio_loop.get().is_some_and(|running| running.is(event_loop));
        if runs(self) {
            return self.asyncio_task.get();
        }
        // SAFETY: the list has live thread states only, and this thread holds the GIL.
        let other = self.threads.borrow().iter().map(|thread| unsafe { &**thread }).find(|thread| runs(thread));
        other.and_then(|thread| thread.asyncio_task.get())
    }

    /// The type that a native module defined, made at its first use.
    pub fn native_type(&self, def: &'static TypeDef) -> crate::PyResult<Ref<PyType>> {
        self.native_type_with_bases(def, &[])
    }

    pub fn native_type_with_bases(&self, def: &'static TypeDef, bases: &[Ref<PyType>]) -> crate::PyResult<Ref<PyType>> {
        self.native_type_of(self.types.type_, def, bases)
    }

    /// The type that a native module defined with a metaclass of its own.
    pub fn native_type_of(
        &self,
        meta: Ref<PyType>,
        def: &'static TypeDef,
        bases: &[Ref<PyType>],
    ) -> crate::PyResult<Ref<PyType>> {
        if let Some(t) = self.native_types.borrow().get(&std::ptr::from_ref(def)) {
            return Ok(*t);
        }
        let class = self.new_native_type(meta, def, bases)?;
        self.native_types.borrow_mut().insert(def, class);
        Ok(class)
    }
}

/// The next number; after 2^32 - 1 of them always that one, which is never equal to a cached one.
fn next(counter: &Cell<u32>) -> u32 {
    let n = counter.get().saturating_add(1);
    counter.set(n);
    n
}
