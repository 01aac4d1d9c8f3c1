//! Starting an interpreter: heap, types, names, in the order in which they need each other.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::sync::atomic::AtomicU32;

use brolga_heap::{Allocator, Heap, Layout, Stress};
use brolga_text::hash::HashKey;

use super::attribute_cache::AttributeCache;
use super::config::Config;
use super::interning::Interned;
use super::late::Late;
use super::method_cache::MethodCache;
use super::names::{Names, Special};
use super::shapes::ShapeTable;
use super::{HandledException, InterpreterState, ThreadState, Vm};
use crate::frame::stack::VmStack;
use crate::gil::Gil;
use crate::module_def::ModuleDef;
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::exception::PyException;
use crate::types::set::PySet;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::tuple::hashes::TupleHashes;
use crate::types::weakref::shared::SharedRefs;
use crate::types::{Types, shape};
use crate::value::Value;
use crate::{PyResult, Raised};

/// Address space of the main thread's VM stack: half a million frames and more.
const MAIN_STACK: usize = 4 << 30;
/// Of other threads'.
pub(crate) const THREAD_STACK: usize = 512 << 20;
/// Native stack left when RecursionError comes.
const STACK_MARGIN: usize = 256 << 10;

/// Why an interpreter could not be started.
#[derive(Debug)]
pub enum StartError {
    Io(std::io::Error),
    /// An exception was raised while starting: there is nothing yet to show it with.
    Raised,
}

impl From<std::io::Error> for StartError {
    fn from(e: std::io::Error) -> Self {
        StartError::Io(e)
    }
}

impl From<Raised> for StartError {
    fn from(_: Raised) -> Self {
        StartError::Raised
    }
}

/// What the standard library adds to an interpreter.
pub struct Library {
    pub layouts: Vec<Layout>,
    pub modules: Cow<'static, [ModuleDef]>,
}

/// An interpreter with its main thread.
pub struct Interpreter {
    // The thread goes first.
    thread: Box<ThreadState>,
    state: ManuallyDrop<Box<InterpreterState>>,
}

impl Interpreter {
    /// Starts an interpreter on the calling thread, which becomes its main thread. Modules are made later, by whoever
    /// runs Python's own start-up (`brolga-stdlib`).
    pub fn new(config: Config, library: &Library) -> Result<Interpreter, StartError> {
        let bounds = brolga_heap::Config::default();
        let bounds = brolga_heap::Config { limit: config.memory_limit.unwrap_or(bounds.limit), ..bounds };
        let heap = Heap::with_layouts(bounds, &crate::object::layout::table())?;
        // Ids up to the standard library's first are kept free for the runtime's own.
        for _ in crate::object::layout::COUNT..crate::object::layout::FIRST_STDLIB {
            heap.register_layout(Layout { name: "reserved", trace: brolga_heap::Trace::Leaf, drop: None })
                .map_err(|_| StartError::Raised)?;
        }
        for layout in &library.layouts {
            heap.register_layout(*layout).map_err(|_| StartError::Raised)?;
        }
        let hash_key = match config.hash_seed {
            Some(seed) => HashKey::from_seed(seed),
            None => {
                let mut bytes = [0u8; 16];
                // SAFETY: fills the buffer it is given.
                unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
                HashKey::from_bytes(bytes)
            }
        };
        let gc_stress = config.gc_stress;
        let state = Box::new(InterpreterState {
            heap,
            shapes: ShapeTable::new(shape::COUNT)?,
            types: Late::new(),
            names: Late::new(),
            special_names: Late::new(),
            interned: Interned::new(),
            latin1_chars: Late::new(),
            empty_tuple: Late::new(),
            empty_bytes: Late::new(),
            single_bytes: Late::new(),
            empty_frozenset: Late::new(),
            memory_error: Late::new(),
            method_cache: MethodCache::new(),
            attribute_cache: AttributeCache::new(),
            tuple_hashes: TupleHashes::new(),
            shared_refs: SharedRefs::new(),
            import_times: Default::default(),
            modules: Late::new(),
            sys: Late::new(),
            builtins: Late::new(),
            int_max_str_digits: Cell::new(config.int_max_str_digits.unwrap_or(4300)),
            config,
            recursion_limit: Cell::new(1000),
            hash_key,
            shape_epoch: Cell::new(1),
            traced: Cell::new(None),
            type_versions: Cell::new(0),
            keys_versions: Cell::new(0),
            native_types: RefCell::default(),
            kept: RefCell::default(),
            handles: super::handles::Handles::default(),
            native_modules: RefCell::default(),
            threads: RefCell::default(),
            gil: Gil::default(),
            finalizing: Cell::new(false),
            switch_interval: Cell::new(0.005),
            meter: super::meter::Meter::default(),
            requests: std::sync::Arc::default(),
            doorway: std::cell::OnceCell::new(),
            gc_enabled: Cell::new(true),
            loop_threshold: Cell::new(u32::MAX),
            call_threshold: Cell::new(u32::MAX),
            compiler: Late::new(),
            monitoring: crate::monitoring::Monitoring::new(),
            signal_hook: Cell::new(None),
            events_hook: Cell::new(None),
            outside: Late::new(),
            warn_hook: Cell::new(None),
            host_is_closed: Cell::new(false),
            main_thread: Cell::new(std::ptr::null()),
            in_finalizers: Cell::new(false),
            source_hook: Cell::new(None),
            described: Cell::default(),
        });
        for module in library.modules.iter() {
            state.native_modules.borrow_mut().insert(module.name, *module);
        }
        let thread = ThreadState::new(&state, MAIN_STACK)?;
        state.main_thread.set(std::ptr::from_ref(&*thread));
        let interpreter = Interpreter { thread, state: ManuallyDrop::new(state) };
        let vm = interpreter.vm();
        vm.attach();
        vm.acquire_gil();
        vm.requests.attach(Some(std::ptr::NonNull::from(&vm.breaker)));
        // SAFETY: the state outlives its heap's last collection: it owns the heap, and is boxed.
        unsafe { vm.heap.set_roots(Some(vm.interp as *const dyn brolga_heap::Roots)) };
        start(vm)?;
        if gc_stress {
            vm.heap.set_stress(Stress { collect_every_slow_path: true, tiny_spans: false, poison: true, check: true });
        }
        Ok(interpreter)
    }

    pub fn vm(&self) -> &Vm {
        &self.thread
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        let vm: &Vm = &self.thread;
        vm.requests.attach(None);
        let starting = vm.kept.borrow().keys().any(|key| *key > usize::MAX / 2);
        let visited = vm.doorway.get().is_some_and(|doorway| !doorway.close());
        if starting || visited || vm.threads.borrow().len() > 1 || vm.gil_waited_for() {
            // Daemon threads: they wait for the GIL for ever, and what they refer to stays.
            return;
        }
        vm.detach();
        vm.release_gil();
        // SAFETY: no collection happens any more; no other thread is left that uses the state, and this one's thread
        // state, dropped after this, only frees its own memory.
        unsafe {
            vm.heap.set_roots(None);
            ManuallyDrop::drop(&mut self.state);
        }
    }
}

impl ThreadState {
    /// A thread state that is not yet attached.
    pub(crate) fn new(interp: &InterpreterState, stack: usize) -> std::io::Result<Box<ThreadState>> {
        let thread = Box::new(ThreadState {
            alloc: Allocator::new(),
            breaker: AtomicU32::new(0),
            frame: Cell::new(std::ptr::null_mut()),
            stack: VmStack::new(stack)?,
            raised: Cell::new(None),
            handled: Cell::new(std::ptr::null()),
            handled_base: HandledException::new(),
            depth: Cell::new(0),
            native_limit: Cell::new(0),
            native_half: Cell::new(0),
            native_floor: Cell::new(0),
            native_base: Cell::new(0),
            interp,
            ident: Cell::new(0),
            async_exception: Cell::new(None),
            exit_words: Cell::new([0; crate::interp::native::EXIT_WORDS]),
            exit_status: Cell::new(0),
            trace: Cell::new(None),
            profile: Cell::new(None),
            hooks: crate::monitoring::Hooks::new(),
            context: Cell::new(None),
            async_gen_firstiter: Cell::new(None),
            async_gen_finalizer: Cell::new(None),
            coroutine_origin_depth: Cell::new(0),
            repr_running: RefCell::default(),
            locals: Cell::new(None),
            asyncio_loop: Cell::new(None),
            asyncio_task: Cell::new(None),
            stopped_by: Cell::new(None),
            interpreting: Cell::new(usize::MAX),
            is_compiling: Cell::new(false),
        });
        thread.handled.set(&thread.handled_base);
        Ok(thread)
    }

    /// Enters the calling thread. It holds the GIL, or there is no other thread yet.
    pub(crate) fn attach(&self) {
        let (base, size) = brolga_heap::current_stack().unwrap_or((0, 1 << 20));
        self.native_base.set(base);
        self.native_floor.set(base.saturating_sub(size));
        let limit = self.native_floor.get().saturating_add(STACK_MARGIN);
        self.native_limit.set(limit);
        self.native_half.set(limit + base.saturating_sub(limit) / 2);
        // SAFETY: `pthread_self` has no preconditions.
        self.ident.set(unsafe { libc::pthread_self() } as u64);
        // SAFETY: the thread state is boxed and detached before it is dropped.
        unsafe { self.heap.attach_thread(&self.alloc, base) };
        self.threads.borrow_mut().push(self);
        self.refresh_own_hooks();
    }

    pub(crate) fn detach(&self) {
        self.threads.borrow_mut().retain(|t| !std::ptr::eq(*t, self));
        // SAFETY: the thread ends; nothing on its stack is needed.
        unsafe { self.heap.detach_thread(&self.alloc) };
    }

    /// RecursionError when native stack runs short. `what` ends the message.
    #[inline(always)]
    pub fn check_native_stack(&self, what: &str) -> PyResult<()> {
        let here = 0u8;
        if (std::ptr::from_ref(&here) as usize) < self.native_limit.get() {
            return Err(self.native_stack_short(what));
        }
        Ok(())
    }

    /// Is less than half of the native stack left?
    pub(crate) fn native_stack_is_short(&self) -> bool {
        let here = 0u8;
        (std::ptr::from_ref(&here) as usize) < self.native_half.get()
    }

    #[cold]
    fn native_stack_short(&self, what: &str) -> Raised {
        // Room to make the exception.
        let limit = self.native_limit.replace(self.native_limit.get().saturating_sub(STACK_MARGIN / 2));
        let raised = self.recursion_error(format!("maximum recursion depth exceeded{what}"));
        self.native_limit.set(limit);
        raised
    }
}

/// Makes the types, names and shared objects.
fn start(vm: &Vm) -> PyResult<()> {
    // Nothing is collected before the roots are complete.
    vm.types.set(Types::new(vm)?);
    let Some(names) = Names::new(|text| vm.intern(text).ok()) else { return Err(vm.memory_error()) };
    vm.names.set(names);
    let mut specials = Vec::with_capacity(Special::COUNT);
    for special in Special::all() {
        let name = vm.intern(special.name())?;
        name.obj().header().set_aux(special as u8 + 1);
        specials.push(name);
    }
    if let Ok(specials) = specials.into_boxed_slice().try_into() {
        vm.special_names.set(specials);
    }
    vm.types.each(|t| t.fill_native(vm))?;
    if let Some(dict) = vm.types.interpolation.dict() {
        let names = crate::types::template::match_args(vm)?;
        dict.set_str(vm, vm.names.__match_args__, names.value())?;
    }
    let mut chars = Vec::with_capacity(256);
    for c in 0..=255u8 {
        let s = PyStr::from_latin1(vm, &[c])?;
        chars.push(vm.intern_str(s));
    }
    if let Ok(chars) = chars.into_boxed_slice().try_into() {
        vm.latin1_chars.set(chars);
    }
    let tuple = PyTuple::new_with_shape(vm, shape::tuple, &[], 0)?;
    vm.empty_tuple.set(tuple);
    vm.empty_bytes.set(PyBytes::new(vm, b"")?.value());
    let mut singles = Vec::with_capacity(256);
    for byte in 0..=255u8 {
        singles.push(PyBytes::new(vm, &[byte])?);
    }
    if let Ok(singles) = singles.into_boxed_slice().try_into() {
        vm.single_bytes.set(singles);
    }
    vm.empty_frozenset.set(PySet::new(vm, shape::frozenset)?.value());
    vm.memory_error.set(PyException::new(vm, vm.types.memory_error, &[])?.value());
    vm.modules.set(PyDict::new(vm)?);
    vm.sys.set(PyDict::new(vm)?);
    vm.builtins.set(PyDict::new(vm)?);
    vm.traced.set(Some((0, 0)));
    Ok(())
}

impl Vm {
    /// The hash of a string's or bytes object's memory.
    pub fn hash_bytes(&self, bytes: &[u8]) -> i64 {
        self.hash_key.hash_bytes(bytes)
    }

    /// The builtins for functions with these globals: their `__builtins__`, or the interpreter's.
    pub fn builtins_of(&self, globals: Value) -> PyResult<Value> {
        let own = match globals.downcast::<PyDict>() {
            Some(dict) => dict.get_str(self, self.names.__builtins__),
            None => None,
        };
        Ok(match own {
            Some(v) => match v.downcast::<crate::types::module::PyModule>().and_then(|m| m.dict()) {
                Some(dict) => dict.value(),
                None => v,
            },
            None => self.builtins.value(),
        })
    }

    /// A builtin function or class by name.
    pub fn builtin(&self, name: crate::object::Ref<PyStr>) -> PyResult<Value> {
        // SAFETY: the current frame is alive.
        let own = unsafe { self.frame.get().as_ref() }.map(|f| f.builtins.get());
        let found = match own {
            Some(own) if !own.is(self.builtins.value()) => match own.downcast::<PyDict>() {
                Some(own) => own.get_item(self, name.value())?,
                None => match self.get_item(own, name.value()) {
                    Ok(found) => Some(found),
                    Err(raised) => self.catch(raised, self.types.key_error).map(|_| None)?,
                },
            },
            _ => self.builtins.get_item(self, name.value())?,
        };
        match found {
            Some(found) => Ok(found),
            None => Err(self.raise_message(self.types.attribute_error, &name.to_lossy())),
        }
    }

    /// `__name__` of the module whose code runs.
    pub fn current_module_name(&self) -> Option<Value> {
        // SAFETY: the current frame is alive.
        let frame = unsafe { self.frame.get().as_ref() }?;
        frame.globals_dict()?.get_str(self, self.names.__name__)
    }
}
