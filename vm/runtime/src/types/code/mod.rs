//! `code`: code objects. What Python sees stands in [`methods`].
//!
//! A code object has two instruction streams of the same length. `co_code` is CPython's, unchanged. The *executable*
//! stream is made at the first call: in it, the first inline-cache unit of each instruction that has some holds the
//! number of that instruction's [`Feedback`], the side table that serves as inline cache and as profile.

pub mod methods;

use std::cell::Cell;

use brolga_bytecode::code::CodeObject;
use brolga_bytecode::constants::flags;
use brolga_bytecode::exceptions::ExceptionTable;
use brolga_bytecode::opcode::Opcode;

use crate::PyResult;
use crate::interp::feedback::Feedback;
use crate::interp::native::{Entry, resume_interpreted, run_interpreted};
use crate::object::layout::CODE;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;

pub use methods::{DEF, LINES_DEF, POSITIONS_DEF};

/// What of a code object is plain data.
pub struct CodeData {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub firstlineno: i32,
    pub code: Box<[u8]>,
    pub localspluskinds: Box<[u8]>,
    pub linetable: Box<[u8]>,
    pub exceptiontable: Box<[u8]>,
}

/// The executable stream and its side table.
pub struct Executable {
    pub units: Box<[Cell<u16>]>,
    pub feedback: Box<[Feedback]>,
}

#[repr(C)]
pub struct PyCode {
    header: Header,
    pub(crate) consts: Field,
    /// Interned strings.
    pub(crate) names: Field,
    pub(crate) localsplusnames: Field,
    pub(crate) filename: Field,
    pub(crate) name: Field,
    pub(crate) qualname: Field,
    /// Numbers that every call reads.
    pub flags: Cell<u32>,
    nlocalsplus: Cell<u32>,
    stacksize: Cell<u32>,
    /// Positional parameters, `*args` and `**kwargs` not counted.
    argcount: Cell<u32>,
    /// The same where there are no others, else [`u32::MAX`].
    plain_parameters: Cell<u32>,
    data: Cell<*const CodeData>,
    executable: Cell<*const Executable>,
    units: Cell<*const u16>,
    feedback: Cell<*const Feedback>,
    feedback_len: Cell<u32>,
    /// Calls until [`crate::interp::native::Compiler`] is asked for the function; stays at 1 once it is compiled.
    pub calls_left: Cell<u32>,
    /// Where compiled code calls it: its own compiled code, or [`crate::interp::native::run_interpreted`].
    pub native: Cell<Entry>,
    /// Resumptions of its generators until the compiler is asked for their code; stays at 1 once it is compiled.
    pub resumes_left: Cell<u32>,
    /// Where its generators are resumed natively, or [`crate::interp::native::resume_interpreted`].
    pub resume: Cell<Entry>,
    /// See [`PyCode::cleans_up`].
    cleans_up: Cell<Option<bool>>,
    /// What is known of it for events; null at first.
    pub(crate) hooks: Cell<*const crate::monitoring::code::CodeHooks>,
    /// The JIT's unit.
    pub extra: Field,
}

// SAFETY: repr(C), header first; traced by its own function.
unsafe impl HeapType for PyCode {
    const LAYOUT: LayoutId = CODE;
}

/// Where compiled code finds what to call.
pub const NATIVE_OFFSET: usize = std::mem::offset_of!(PyCode, native);
pub const RESUME_OFFSET: usize = std::mem::offset_of!(PyCode, resume);

/// The slots of feedback that have no place in 16 bits share the last one.
const MAX_FEEDBACK: usize = 0xffff;

impl PyCode {
    /// A code object of these parts. Consts is a tuple; names and localsplusnames are tuples of interned strings.
    pub fn new(
        vm: &Vm,
        data: CodeData,
        stacksize: u32,
        code_flags: u32,
        consts: Ref<PyTuple>,
        names: Ref<PyTuple>,
        localsplusnames: Ref<PyTuple>,
        filename: Ref<PyStr>,
        name: Ref<PyStr>,
        qualname: Ref<PyStr>,
    ) -> PyResult<Ref<PyCode>> {
        let code: Ref<PyCode> = vm.alloc(shape::code)?;
        code.consts.init(consts.value());
        code.names.init(names.value());
        code.localsplusnames.init(localsplusnames.value());
        code.filename.init(filename.value());
        code.name.init(name.value());
        code.qualname.init(qualname.value());
        code.flags.set(code_flags);
        code.nlocalsplus.set(localsplusnames.len() as u32);
        code.stacksize.set(stacksize);
        code.argcount.set(data.argcount);
        let is_plain = code_flags & (flags::VARARGS | flags::VARKEYWORDS) == 0 && data.kwonlyargcount == 0;
        code.plain_parameters.set(if is_plain { data.argcount } else { u32::MAX });
        code.calls_left.set(vm.call_threshold.get());
        code.native.set(run_interpreted);
        code.resumes_left.set(vm.call_threshold.get());
        code.resume.set(resume_interpreted);
        code.cleans_up.set(None);
        code.data.set(Box::into_raw(Box::new(data)));
        // SAFETY: a fresh cell of this heap, whose layout has a drop function.
        if unsafe { vm.heap.register_drop(code.obj().as_ptr()) }.is_err() {
            return Err(vm.memory_error());
        }
        Ok(code)
    }

    /// The code object that the compiler made.
    pub fn from_plain(vm: &Vm, plain: &CodeObject) -> PyResult<Ref<PyCode>> {
        crate::marshal::code_from_plain(vm, plain)
    }

    #[inline(always)]
    pub fn data(&self) -> &CodeData {
        // SAFETY: set by `new`, freed by `drop` only.
        unsafe { &*self.data.get() }
    }

    #[inline(always)]
    pub fn nlocalsplus(&self) -> usize {
        self.nlocalsplus.get() as usize
    }

    #[inline(always)]
    pub fn stacksize(&self) -> usize {
        self.stacksize.get() as usize
    }

    /// Of a generator's code: is there more to do when it is closed than to end it? (What its whole body is in, which makes a
    /// RuntimeError of a StopIteration, lets the GeneratorExit pass.)
    pub fn cleans_up(&self) -> bool {
        const STOPITERATION_ERROR: u8 = 3;
        let known = self.cleans_up.get().unwrap_or_else(|| {
            let data = self.data();
            ExceptionTable::new(&data.exceptiontable).any(|entry| {
                let at = entry.target as usize;
                data.code.get(at..at + 2) != Some(&[Opcode::CALL_INTRINSIC_1 as u8, STOPITERATION_ERROR])
            })
        });
        self.cleans_up.set(Some(known));
        known
    }

    /// Slots behind a frame's header.
    #[inline(always)]
    pub fn frame_slots(&self) -> usize {
        self.nlocalsplus() + self.stacksize()
    }

    /// How many arguments a call binds in order, where the parameters are of no other kind; else more than there are.
    #[inline(always)]
    pub fn plain_parameters(&self) -> usize {
        self.plain_parameters.get() as usize
    }

    #[inline(always)]
    pub fn argcount(&self) -> usize {
        self.argcount.get() as usize
    }

    pub fn kwonlyargcount(&self) -> usize {
        self.data().kwonlyargcount as usize
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    /// Plain positional parameters only: arguments are copied as they are.
    #[inline(always)]
    pub fn is_simple(&self) -> bool {
        self.plain_parameters.get() != u32::MAX
    }

    /// Where plain positional parameters are all, and a call does nothing but make a generator or coroutine: how many cells it
    /// copies from the function's closure first, and its RETURN_GENERATOR.
    pub fn makes_generator(&self) -> Option<(usize, *const u16)> {
        const ANY: u32 = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
        if self.flags.get() & ANY == 0 || !self.is_simple() {
            return None;
        }
        let first = self.instructions();
        let is = |at: *const u16, opcode: Opcode| {
            // SAFETY: a code object has at least one instruction, and none ends with a COPY_FREE_VARS.
            unsafe { *at as u8 == opcode as u8 }
        };
        if is(first, Opcode::RETURN_GENERATOR) {
            return Some((0, first));
        }
        if !is(first, Opcode::COPY_FREE_VARS) {
            return None;
        }
        // SAFETY: as above.
        let (copied, second) = unsafe { ((*first >> 8) as usize, first.add(1)) };
        is(second, Opcode::RETURN_GENERATOR).then_some((copied, second))
    }

    /// `co_names`.
    pub fn names(&self) -> Option<Ref<PyTuple>> {
        self.names.get()?.downcast()
    }

    pub fn consts(&self) -> Option<Ref<PyTuple>> {
        self.consts.get()?.downcast()
    }

    /// The constant; None where a code object that was never verified has no such.
    #[inline(always)]
    pub fn constant(&self, i: usize) -> Value {
        self.tuple(&self.consts).get(i).copied().unwrap_or(Value::NONE)
    }

    #[inline(always)]
    fn tuple<'a>(&self, field: &'a Field) -> &'a [Value] {
        match field.get().and_then(Value::as_obj) {
            // SAFETY: these fields are only ever set to tuples, which live as long as the code object.
            Some(obj) => unsafe { (*obj.as_ptr().cast::<PyTuple>().as_ptr()).as_slice() },
            None => &[],
        }
    }

    #[inline(always)]
    pub fn name_at(&self, i: usize) -> Ref<PyStr> {
        // SAFETY: the verifier has checked the index; names are strings.
        unsafe { Ref::from_ptr(self.tuple(&self.names).get_unchecked(i).as_obj().unwrap_unchecked().as_ptr()) }
    }

    /// The name of a local, cell or free variable.
    pub fn local_name(&self, i: usize) -> Option<Ref<PyStr>> {
        self.tuple(&self.localsplusnames).get(i)?.downcast()
    }

    pub fn local_kind(&self, i: usize) -> u8 {
        self.data().localspluskinds.get(i).copied().unwrap_or(0)
    }

    pub fn name_str(&self) -> Option<Ref<PyStr>> {
        self.name.get()?.downcast()
    }

    pub fn qualname_str(&self) -> Option<Ref<PyStr>> {
        self.qualname.get()?.downcast()
    }

    /// `_imp._fix_co_filename`: the file has moved since it was compiled.
    pub fn set_filename(&self, path: Ref<PyStr>) {
        // SAFETY: `self` lies in a live cell, whose header comes first.
        let owner = unsafe { crate::object::Obj::from_addr_unchecked(std::ptr::from_ref(self) as usize) };
        self.filename.set(owner, path.value());
    }

    pub fn filename_str(&self) -> Option<Ref<PyStr>> {
        self.filename.get()?.downcast()
    }

    /// The first unit of the executable stream.
    #[inline(always)]
    pub fn instructions(&self) -> *const u16 {
        let units = self.units.get();
        if units.is_null() { self.prepare() } else { units }
    }

    /// Makes the executable stream.
    #[cold]
    #[inline(never)]
    fn prepare(&self) -> *const u16 {
        let code = &self.data().code;
        let units: Box<[Cell<u16>]> =
            code.chunks_exact(2).map(|pair| Cell::new(u16::from_le_bytes([pair[0], pair[1]]))).collect();
        let mut count = 0usize;
        let mut at = 0;
        while at < units.len() {
            let caches = Opcode::caches_of(units[at].get() as u8);
            if caches > 0
                && let Some(cache) = units.get(at + 1)
            {
                cache.set(count.min(MAX_FEEDBACK) as u16);
                count += 1;
            }
            at += 1 + caches;
        }
        let feedback: Box<[Feedback]> = (0..count.min(MAX_FEEDBACK + 1)).map(|_| Feedback::new()).collect();
        let executable = Box::into_raw(Box::new(Executable { units, feedback }));
        // SAFETY: just made; freed by `drop` only.
        let executable_ref = unsafe { &*executable };
        self.feedback.set(executable_ref.feedback.as_ptr());
        self.feedback_len.set(executable_ref.feedback.len() as u32);
        self.executable.set(executable);
        let start = executable_ref.units.as_ptr().cast::<u16>();
        self.units.set(start);
        start
    }

    /// The side table, one entry for each instruction that has inline caches.
    #[inline(always)]
    pub fn feedback_base(&self) -> *const Feedback {
        self.feedback.get()
    }

    pub fn feedback(&self) -> &[Feedback] {
        if self.feedback.get().is_null() {
            return &[];
        }
        // SAFETY: as `prepare` made it.
        unsafe { std::slice::from_raw_parts(self.feedback.get(), self.feedback_len.get() as usize) }
    }

    /// The line of the instruction at this offset (bytes); the first line for -1.
    pub fn line_of(&self, lasti: i32) -> Option<u32> {
        let data = self.data();
        if lasti < 0 {
            return Some(data.firstlineno.max(0) as u32);
        }
        // Where events are watched the lines are at hand: a trace function asks for each.
        if let Some(hooks) = self.hooks() {
            return u32::try_from(hooks.line(lasti as usize / 2)).ok();
        }
        brolga_bytecode::lines::line_at(&data.linetable, data.firstlineno, lasti as u32)
            .and_then(|line| u32::try_from(line).ok())
    }
}

/// Traces the fields. The feedback's cached values are only used while something else keeps them alive.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let code: Ref<PyCode> = unsafe { Ref::from_ptr(obj) };
    for field in
        [&code.consts, &code.names, &code.localsplusnames, &code.filename, &code.name, &code.qualname, &code.extra]
    {
        if let Some(v) = field.get() {
            tracer.mark_value_word(v.bits());
        }
    }
}

/// Frees the plain data of a dead code object.
pub(crate) unsafe fn drop_cell(obj: std::ptr::NonNull<Header>) {
    // SAFETY: the collector calls this once, for a dead cell of this layout.
    let code: Ref<PyCode> = unsafe { Ref::from_ptr(obj) };
    let (data, executable, hooks) = (code.data.get(), code.executable.get(), code.hooks.get());
    // SAFETY: all came from `Box::into_raw` and nobody can reach them any more.
    unsafe {
        if !data.is_null() {
            drop(Box::from_raw(data.cast_mut()));
        }
        if !executable.is_null() {
            drop(Box::from_raw(executable.cast_mut()));
        }
        if !hooks.is_null() {
            drop(Box::from_raw(hooks.cast_mut()));
        }
    }
}
