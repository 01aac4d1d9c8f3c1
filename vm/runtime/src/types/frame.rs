//! `frame`: a view of an activation. While it runs the object points to its frame; when it ends the object takes a copy
//! of the header and the slots over.

use std::cell::Cell;

use crate::frame::{FRAME_SLOTS, Frame, FrameOwner};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::{FRAME, FRAME_LOCALS};
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::cell::PyCell;
use crate::types::dict::PyDict;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyFrame {
    header: Header,
    pub(crate) trace: Field,
    /// `f_back` of a frame that has ended, if anybody had asked for its caller's frame object.
    back: Field,
    /// What `f_locals` was asked to keep beside the variables.
    extra_locals: Field,
    live: Cell<*mut Frame>,
    /// Set by assigning to `f_lineno` in a trace function.
    pub lineno: Cell<i32>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    copy: [u64; 0],
}

// SAFETY: repr(C), header first; traced by its own function.
unsafe impl HeapType for PyFrame {
    const LAYOUT: LayoutId = FRAME;
}

/// The frame object of a frame, made if there is none yet.
pub fn object_of(vm: &Vm, frame: &Frame) -> PyResult<Value> {
    if let Some(object) = frame.object.get() {
        return Ok(object);
    }
    let bytes = size_of::<PyFrame>() + (FRAME_SLOTS + frame.code.get().frame_slots()) * 8;
    let object: Ref<PyFrame> = vm.alloc_sized(shape::frame, Some(bytes))?;
    object.live.set(std::ptr::from_ref(frame).cast_mut());
    object.trace_lines.set(true);
    frame.object.set(Some(object.value()));
    slots_written(vm, object);
    Ok(object.value())
}

/// Tells the collector that a slot of the object's frame was written from outside: it lies on the VM stack, which is a
/// root, or in a heap cell.
fn slots_written(vm: &Vm, object: Ref<PyFrame>) {
    let frame = object.frame();
    frame.leave.set(true);
    match frame.owner.get() {
        FrameOwner::Thread => {}
        FrameOwner::Generator => {
            // SAFETY: the frame's owner says so, and its generator is alive.
            unsafe {
                let g = crate::types::generator::PyGenerator::of_frame(std::ptr::from_ref(frame).cast_mut());
                vm.heap.remember(g.obj().as_ptr());
            }
        }
        FrameOwner::FrameObject => object.obj().wrote(),
    }
}

/// The activation ends: its frame object gets a copy.
pub fn activation_ends(vm: &Vm, frame: &Frame) {
    let Some(object) = frame.frame_object() else { return };
    // The slots first: a generator that has finished no longer keeps what its frame names alive, and making the caller's
    // frame object may collect.
    let previous = frame.previous.get();
    let copy = object.copy.as_ptr() as *mut Frame;
    let slots = FRAME_SLOTS + frame.code.get().nlocalsplus();
    // SAFETY: the object's cell has room for the header and all slots.
    unsafe {
        std::ptr::copy_nonoverlapping(std::ptr::from_ref(frame).cast::<u64>(), copy.cast::<u64>(), slots);
        (*copy).owner.set(FrameOwner::FrameObject);
        (*copy).previous.set(std::ptr::null_mut());
        (*copy).sp.set((*copy).stack_base());
    }
    object.live.set(copy);
    object.obj().wrote();
    // The caller's frame object: whoever holds this one may ask for `f_back`.
    // SAFETY: the previous frame is alive while this one is.
    if let Some(previous) = unsafe { previous.as_ref() } {
        // That it has one is no change of the frame: compiled code need not leave it.
        let leave = previous.leave.get();
        if let Ok(back) = object_of(vm, previous) {
            object.back.set(object, back);
        }
        previous.leave.set(leave);
    }
}

impl PyFrame {
    #[inline]
    pub fn frame(&self) -> &Frame {
        // SAFETY: `live` is the activation's frame, or the copy in this object.
        unsafe { &*self.live.get() }
    }

    pub fn is_finished(&self) -> bool {
        self.frame().owner.get() == FrameOwner::FrameObject
    }
}

pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let f: Ref<PyFrame> = unsafe { Ref::from_ptr(obj) };
    for field in [&f.trace, &f.back, &f.extra_locals] {
        if let Some(v) = field.get() {
            tracer.mark_value_word(v.bits());
        }
    }
    let live = f.live.get();
    if live.cast_const() == f.copy.as_ptr().cast::<Frame>() {
        // SAFETY: the copy is complete: header and `localsplus`.
        unsafe {
            let end = (*live).stack_base();
            tracer.mark_range_conservative(live.cast::<u64>(), end.cast::<u64>());
        }
    } else if !live.is_null() {
        // A generator's frame keeps its generator alive through its object.
        tracer.mark_conservative(live as u64);
    }
}

fn back(vm: &Vm, f: Ref<PyFrame>) -> PyResult<Value> {
    if f.is_finished() {
        return Ok(f.back.get_or_none());
    }
    // SAFETY: the previous frame of a live one is alive.
    match unsafe { f.frame().previous.get().as_ref() } {
        Some(previous) => object_of(vm, previous),
        None => Ok(Value::NONE),
    }
}

fn code(_: &Vm, f: Ref<PyFrame>) -> Value {
    f.frame().code.get().value()
}

fn globals(_: &Vm, f: Ref<PyFrame>) -> Value {
    f.frame().globals.get()
}

fn builtins(_: &Vm, f: Ref<PyFrame>) -> Value {
    f.frame().builtins.get()
}

/// Of a generator that waits, CPython names the instruction that it goes on with.
fn lasti(_: &Vm, f: Ref<PyFrame>) -> i32 {
    let frame = f.frame();
    let waits = frame.owner.get() == FrameOwner::Generator && {
        use crate::types::generator::{PyGenerator, State};
        // SAFETY: the frame's owner says so.
        let g = unsafe { PyGenerator::of_frame(std::ptr::from_ref(frame).cast_mut()) };
        matches!(g.state(), State::Created | State::Suspended)
    };
    frame.lasti() + if waits { 2 } else { 0 }
}

fn lineno(_: &Vm, f: Ref<PyFrame>) -> Value {
    match f.frame().lineno() {
        Some(line) => Value::from_int_truncated(line as i64),
        None => Value::NONE,
    }
}

fn set_lineno(vm: &Vm, f: Ref<PyFrame>, value: Slot) -> PyResult<()> {
    crate::monitoring::jump::set_lineno(vm, f, value)
}

fn get_trace(_: &Vm, f: Ref<PyFrame>) -> Slot {
    f.trace.get()
}

fn set_trace(_: &Vm, f: Ref<PyFrame>, value: Slot) -> PyResult<()> {
    f.trace.set(f, value.filter(|v| !v.is_none()));
    Ok(())
}

fn bool_attribute(vm: &Vm, value: Value) -> PyResult<bool> {
    match value {
        v if v.bits() == Value::TRUE.bits() => Ok(true),
        v if v.bits() == Value::FALSE.bits() => Ok(false),
        _ => Err(vm.type_error("attribute value type must be bool")),
    }
}

fn get_trace_lines(_: &Vm, f: Ref<PyFrame>) -> bool {
    f.trace_lines.get()
}

fn set_trace_lines(vm: &Vm, f: Ref<PyFrame>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    f.trace_lines.set(bool_attribute(vm, value)?);
    Ok(())
}

fn get_trace_opcodes(_: &Vm, f: Ref<PyFrame>) -> bool {
    f.trace_opcodes.get()
}

fn set_trace_opcodes(vm: &Vm, f: Ref<PyFrame>, value: Slot) -> PyResult<()> {
    let Some(value) = value else {
        return Err(vm.attribute_error("attribute 'f_trace_opcodes' of 'frame' objects cannot be deleted"));
    };
    f.trace_opcodes.set(bool_attribute(vm, value)?);
    Ok(())
}

fn locals(vm: &Vm, f: Ref<PyFrame>) -> PyResult<Value> {
    locals_of(vm, f)
}

/// Does an inlined comprehension run, in a module's or class's frame? Then its variables are what `locals()` shows.
fn has_hidden(frame: &Frame) -> bool {
    let code = frame.code.get();
    (0..code.nlocalsplus())
        .any(|i| code.local_kind(i) & brolga_bytecode::constants::local_kind::HIDDEN != 0 && frame.local(i).is_some())
}

/// `f_locals`: the namespace of a module or class, or a write-through view of a function's variables (PEP 667).
pub fn locals_of(vm: &Vm, f: Ref<PyFrame>) -> PyResult<Value> {
    if let Some(locals) = f.frame().locals.get()
        && !f.frame().code.get().has_flag(brolga_bytecode::constants::flags::OPTIMIZED)
        && !has_hidden(f.frame())
    {
        return Ok(locals);
    }
    let proxy: Ref<PyFrameLocals> = vm.alloc(shape::frame_locals)?;
    proxy.frame.init(f.value());
    Ok(proxy.value())
}

/// `locals()`: a new dict of a function's variables, or the namespace itself.
pub fn snapshot(vm: &Vm, frame: &Frame) -> PyResult<Value> {
    if let Some(locals) = frame.locals.get()
        && !frame.code.get().has_flag(brolga_bytecode::constants::flags::OPTIMIZED)
        && !has_hidden(frame)
    {
        return Ok(locals);
    }
    let dict = PyDict::new(vm)?;
    each_variable(frame, |name, value| dict.set_str(vm, name, value))?;
    // What was added through `f_locals`.
    let object = frame.object.get().and_then(Value::downcast::<PyFrame>);
    if let Some(extra) = object.and_then(|f| f.extra_locals.get()).and_then(Value::downcast::<PyDict>) {
        let mut position = 0;
        while let Some((k, v)) = extra.next_item(&mut position) {
            dict.set_item(vm, k, v)?;
        }
    }
    Ok(dict.value())
}

/// Calls `f` with the bound variables, cells looked into.
pub fn each_variable(frame: &Frame, mut f: impl FnMut(Ref<PyStr>, Value) -> PyResult<()>) -> PyResult<()> {
    let code = frame.code.get();
    for i in 0..code.nlocalsplus() {
        if code.local_kind(i) & brolga_bytecode::constants::local_kind::HIDDEN != 0 && !is_visible_hidden(frame, i) {
            continue;
        }
        if let (Some(name), Some(value)) = (code.local_name(i), variable(frame, i)) {
            f(name, value)?;
        }
    }
    Ok(())
}

/// A comprehension's own variable shows while it runs.
fn is_visible_hidden(frame: &Frame, i: usize) -> bool {
    frame.local(i).is_some()
}

/// The value of variable `i`.
pub fn variable(frame: &Frame, i: usize) -> Slot {
    let value = frame.local(i)?;
    let kind = frame.code.get().local_kind(i);
    use brolga_bytecode::constants::local_kind::{CELL, FREE};
    if kind & (CELL | FREE) != 0
        && let Some(cell) = value.downcast::<PyCell>()
    {
        return cell.get();
    }
    Some(value)
}

fn set_variable(frame: &Frame, i: usize, value: Value) {
    let kind = frame.code.get().local_kind(i);
    use brolga_bytecode::constants::local_kind::{CELL, FREE};
    if kind & (CELL | FREE) != 0
        && let Some(cell) = frame.local(i).and_then(Value::downcast::<PyCell>)
    {
        cell.set(Some(value));
        return;
    }
    // SAFETY: `i` is below `nlocalsplus`.
    unsafe { *frame.locals_ptr().add(i) = Some(value) };
}

fn clear(vm: &Vm, f: Ref<PyFrame>) -> PyResult<()> {
    let frame = f.frame();
    match frame.owner.get() {
        FrameOwner::Thread => return Err(vm.runtime_error("cannot clear an executing frame")),
        FrameOwner::Generator => {
            // SAFETY: the frame's owner says so.
            let g = unsafe { crate::types::generator::PyGenerator::of_frame(std::ptr::from_ref(frame).cast_mut()) };
            match g.state() {
                crate::types::generator::State::Running => {
                    return Err(vm.runtime_error("cannot clear an executing frame"));
                }
                crate::types::generator::State::Suspended => {
                    return Err(vm.runtime_error("cannot clear a suspended frame"));
                }
                // It shall never run: its variables are gone.
                _ => g.set_state(crate::types::generator::State::Finished),
            }
        }
        FrameOwner::FrameObject => {}
    }
    for i in 0..frame.code.get().nlocalsplus() {
        // SAFETY: below `nlocalsplus`.
        unsafe { *frame.locals_ptr().add(i) = None };
    }
    Ok(())
}

fn repr(vm: &Vm, f: Ref<PyFrame>) -> PyResult<String> {
    let code = f.frame().code.get();
    let line = f.frame().lineno().map_or_else(|| "None".to_owned(), |l| l.to_string());
    Ok(format!(
        "<frame at {:#x}, file {}, line {line}, code {}>",
        f.addr(),
        vm.repr_lossy(code.filename.get_or_none())?,
        code.name_str().map(|n| n.to_lossy()).unwrap_or_default()
    ))
}

fn generator(_: &Vm, f: Ref<PyFrame>) -> Value {
    let frame = f.frame();
    if frame.owner.get() == FrameOwner::Generator {
        // SAFETY: the frame's owner says so.
        return unsafe { crate::types::generator::PyGenerator::of_frame(std::ptr::from_ref(frame).cast_mut()) }.value();
    }
    Value::NONE
}

/// `cr_origin`: (filename, line, name) of the innermost frames.
pub fn coroutine_origin(vm: &Vm, frame: &Frame, depth: i32) -> PyResult<Value> {
    let items = crate::types::array::ValueVec::new();
    let mut at = frame.previous.get();
    for _ in 0..depth {
        // SAFETY: callers' frames are alive.
        let Some(f) = (unsafe { at.as_ref() }) else { break };
        let code = f.code.get();
        let line = Value::from_int_truncated(f.lineno().unwrap_or(0) as i64);
        let item = vm.new_tuple(&[code.filename.get_or_none(), line, code.name.get_or_none()])?;
        items.push(vm, item.value())?;
        at = f.previous.get();
    }
    Ok(vm.new_tuple(items.as_slice())?.value())
}

/// The write-through view of a function's variables.
#[repr(C)]
pub struct PyFrameLocals {
    header: Header,
    frame: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyFrameLocals {
    const LAYOUT: LayoutId = FRAME_LOCALS;
}

impl PyFrameLocals {
    fn frame(&self) -> Option<Ref<PyFrame>> {
        self.frame.get()?.downcast()
    }

    /// The index of a variable by its name.
    fn index(&self, vm: &Vm, name: Value, bound: bool) -> PyResult<Option<usize>> {
        let Some(f) = self.frame() else { return Ok(None) };
        let code = f.frame().code.get();
        let shown = |i: usize| {
            (!bound || variable(f.frame(), i).is_some())
                && (code.local_kind(i) & brolga_bytecode::constants::local_kind::HIDDEN == 0
                    || f.frame().local(i).is_some())
        };
        if let Some(name) = vm.exact_str(name) {
            return Ok(
                (0..code.nlocalsplus()).find(|i| code.local_name(*i).is_some_and(|n| n.equals(&name)) && shown(*i))
            );
        }
        // Something that may equal a name, by its own hash and comparison.
        let hash = vm.hash(name)?;
        for i in 0..code.nlocalsplus() {
            let Some(own) = code.local_name(i) else { continue };
            if vm.hash(own.value())? == hash && vm.eq(own.value(), name)? && shown(i) {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    fn extra(&self) -> Option<Ref<PyDict>> {
        self.frame()?.extra_locals.get()?.downcast()
    }
}

/// All variables and what was added beside them, in a dict.
fn to_dict(vm: &Vm, this: Ref<PyFrameLocals>) -> PyResult<Ref<PyDict>> {
    let dict = PyDict::new(vm)?;
    if let Some(f) = this.frame() {
        each_variable(f.frame(), |name, value| dict.set_str(vm, name, value))?;
    }
    if let Some(extra) = this.extra() {
        let mut position = 0;
        while let Some((k, v)) = extra.next_item(&mut position) {
            dict.set_item(vm, k, v)?;
        }
    }
    Ok(dict)
}

fn locals_getitem(vm: &Vm, this: Ref<PyFrameLocals>, key: Value) -> PyResult<Value> {
    if let (Some(i), Some(f)) = (this.index(vm, key, true)?, this.frame())
        && let Some(value) = variable(f.frame(), i)
    {
        return Ok(value);
    }
    if let Some(extra) = this.extra()
        && let Some(value) = extra.get_item(vm, key)?
    {
        return Ok(value);
    }
    let text = vm.repr_lossy(key)?;
    Err(vm.raise_message(vm.types.key_error, &format!("local variable {text} is not defined")))
}

fn locals_setitem(vm: &Vm, this: Ref<PyFrameLocals>, key: Value, value: Value) -> PyResult<()> {
    let Some(f) = this.frame() else { return Ok(()) };
    if let Some(i) = this.index(vm, key, false)? {
        set_variable(f.frame(), i, value);
        slots_written(vm, f);
        return Ok(());
    }
    let extra = match this.extra() {
        Some(extra) => extra,
        None => {
            let extra = PyDict::new(vm)?;
            f.extra_locals.set(f, extra.value());
            extra
        }
    };
    extra.set_item(vm, key, value)
}

fn locals_delitem(vm: &Vm, this: Ref<PyFrameLocals>, key: Value) -> PyResult<()> {
    if this.index(vm, key, false)?.is_some() {
        return Err(vm.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    if let Some(extra) = this.extra()
        && extra.remove(vm, key)?.is_some()
    {
        return Ok(());
    }
    Err(vm.key_error(key))
}

fn locals_len(vm: &Vm, this: Ref<PyFrameLocals>) -> PyResult<usize> {
    Ok(to_dict(vm, this)?.len())
}

fn locals_contains(vm: &Vm, this: Ref<PyFrameLocals>, key: Value) -> PyResult<bool> {
    to_dict(vm, this)?.contains(vm, key)
}

fn locals_iter(vm: &Vm, this: Ref<PyFrameLocals>) -> PyResult<Value> {
    let keys = vm.list_from(to_dict(vm, this)?.value())?;
    vm.iter(keys.value())
}

fn locals_repr(vm: &Vm, this: Ref<PyFrameLocals>) -> PyResult<Ref<PyStr>> {
    if !vm.enter_repr(this.value()) {
        return vm.new_str("{...}");
    }
    let text = to_dict(vm, this).and_then(|d| vm.repr(d.value()));
    vm.leave_repr(this.value());
    text
}

fn locals_eq(vm: &Vm, this: Ref<PyFrameLocals>, other: Value) -> PyResult<Value> {
    let dict = to_dict(vm, this)?;
    let other = match other.downcast::<PyFrameLocals>() {
        Some(other) => to_dict(vm, other)?.value(),
        None if other.downcast::<PyDict>().is_some() => other,
        None => return Ok(Value::NOT_IMPLEMENTED),
    };
    vm.compare(dict.value(), other, crate::protocol::compare::Compare::Eq)
}

macro_rules! by_dict {
    ($($f:ident $name:literal;)*) => {$(
        fn $f(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
            let Some(this) = args.get(0).downcast::<PyFrameLocals>() else { return Ok(Value::NONE) };
            let dict = to_dict(vm, this)?;
            vm.call_method(dict.value(), $name, args.rest)
        }
    )*};
}

by_dict! {
    locals_get "get";
    locals_copy "copy";
    locals_or "__or__";
}

/// These give lists, as CPython's.
macro_rules! lists {
    ($($f:ident $name:literal;)*) => {$(
        fn $f(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
            let Some(this) = args.get(0).downcast::<PyFrameLocals>() else { return Ok(Value::NONE) };
            let dict = to_dict(vm, this)?;
            let view = vm.call_method(dict.value(), $name, args.rest)?;
            Ok(vm.list_from(view)?.value())
        }
    )*};
}

lists! {
    locals_keys "keys";
    locals_values "values";
    locals_items "items";
    locals_reversed "__reversed__";
}

/// `FrameLocalsProxy(frame)`.
fn locals_new(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
    match (args.rest, args.kw.is_empty()) {
        ([frame], true) => match frame.downcast::<PyFrame>() {
            Some(frame) => {
                let proxy: Ref<PyFrameLocals> = vm.alloc(shape::frame_locals)?;
                proxy.frame.init(frame.value());
                Ok(proxy.value())
            }
            None => Err(vm.type_error(format!("expect frame, not {}", vm.type_name(*frame)))),
        },
        (_, false) => Err(vm.type_error("FrameLocalsProxy takes no keyword arguments")),
        (given, _) => Err(vm.type_error(format!("FrameLocalsProxy expected 1 argument, got {}", given.len()))),
    }
}

fn locals_ror(vm: &Vm, this: Ref<PyFrameLocals>, other: Value) -> PyResult<Value> {
    let all = PyDict::new(vm)?;
    match other.downcast::<PyFrameLocals>() {
        Some(other) => crate::types::dict::methods::update(vm, all, to_dict(vm, other)?.value())?,
        None if other.downcast::<PyDict>().is_some() => crate::types::dict::methods::update(vm, all, other)?,
        None => return Ok(Value::NOT_IMPLEMENTED),
    }
    crate::types::dict::methods::update(vm, all, to_dict(vm, this)?.value())?;
    Ok(all.value())
}

fn locals_ior(vm: &Vm, this: Ref<PyFrameLocals>, other: Value) -> PyResult<Value> {
    let new = PyDict::new(vm)?;
    crate::types::dict::methods::update(vm, new, other)?;
    let mut position = 0;
    while let Some((k, v)) = new.next_item(&mut position) {
        locals_setitem(vm, this, k, v)?;
    }
    Ok(this.value())
}

fn locals_update(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<()> {
    let Some(this) = args.get(0).downcast::<PyFrameLocals>() else { return Ok(()) };
    let new = PyDict::new(vm)?;
    if let Some(other) = args.rest.first() {
        crate::types::dict::methods::update(vm, new, *other)?;
    }
    for (k, v) in args.kw.iter() {
        new.set_item(vm, k, v)?;
    }
    let mut position = 0;
    while let Some((k, v)) = new.next_item(&mut position) {
        locals_setitem(vm, this, k, v)?;
    }
    Ok(())
}

fn locals_setdefault(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<PyFrameLocals>() else { return Ok(Value::NONE) };
    if locals_contains(vm, this, args.get(1))? {
        return locals_getitem(vm, this, args.get(1));
    }
    let value = args.opt(2).unwrap_or(Value::NONE);
    locals_setitem(vm, this, args.get(1), value)?;
    Ok(value)
}

fn locals_pop(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<PyFrameLocals>() else { return Ok(Value::NONE) };
    if this.index(vm, args.get(1), false)?.is_some() {
        return Err(vm.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    if let Some(extra) = this.extra()
        && let Some(v) = extra.remove(vm, args.get(1))?
    {
        return Ok(v);
    }
    args.opt(2).ok_or_else(|| vm.key_error(args.get(1)))
}

const METHODS: &[MethodDef] = &[method!("clear", 1, clear), method!("__repr__", 1, repr)];
const GETSET: &[GetSetDef] = &[
    getset!("f_back", back),
    getset!("f_code", code),
    getset!("f_globals", globals),
    getset!("f_builtins", builtins),
    getset!("f_lasti", lasti),
    getset!("f_lineno", lineno, set_lineno),
    getset!("f_locals", locals),
    getset!("f_trace", get_trace, set_trace),
    getset!("f_trace_lines", get_trace_lines, set_trace_lines),
    getset!("f_trace_opcodes", get_trace_opcodes, set_trace_opcodes),
    getset!("f_generator", generator),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(FRAME),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("frame")
};

pub static LOCALS_DEF: TypeDef = TypeDef {
    layout: Some(FRAME_LOCALS),
    flags: type_flags::MAPPING,
    methods: &[&[
        method!("__new__", "($type, *args, **kwargs)", locals_new).static_(),
        method!("__getitem__", 2, locals_getitem),
        method!("__setitem__", 3, locals_setitem),
        method!("__delitem__", 2, locals_delitem),
        method!("__len__", 1, locals_len),
        method!("__contains__", 2, locals_contains),
        method!("__iter__", 1, locals_iter),
        method!("__repr__", 1, locals_repr),
        method!("__eq__", 2, locals_eq),
        method!("__or__", "($self, *args)", locals_or),
        method!("__ror__", 2, locals_ror),
        method!("__ior__", 2, locals_ior),
        method!("__reversed__", "($self, *args)", locals_reversed),
        method!("keys", "($self, *args)", locals_keys),
        method!("values", "($self, *args)", locals_values),
        method!("items", "($self, *args)", locals_items),
        method!("get", "($self, *args)", locals_get),
        method!("copy", "($self, *args)", locals_copy),
        method!("update", "($self, *args, **kwargs)", locals_update),
        method!("setdefault", "($self, key, default=None, /)", locals_setdefault),
        method!("pop", "($self, key, default=<unrepresentable>, /)", locals_pop),
    ]],
    ..TypeDef::new("FrameLocalsProxy")
};
