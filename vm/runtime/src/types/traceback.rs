//! `traceback`: one entry of the way an exception took, from the frame that handles it to the one that raised it.

use std::cell::Cell;

use crate::frame::Frame;
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::TRACEBACK;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::exception::PyException;
use crate::types::frame::{self, PyFrame};
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyTraceback {
    header: Header,
    next: Field,
    /// A frame object.
    frame: Field,
    /// The offset of the instruction, in bytes.
    lasti: Cell<i32>,
    /// The line; [`LAZY`] while nobody asked: then it comes from the frame's code and `lasti`.
    lineno: Cell<i32>,
}

// SAFETY: repr(C), header first; two numbers of 32 bits make a word below 2^63 whose halves are an offset and a line:
// it could look like an address, so the type has its own trace.
unsafe impl HeapType for PyTraceback {
    const LAYOUT: LayoutId = TRACEBACK;
}

const LAZY: i32 = -1;

/// Traces the two fields only.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let this: Ref<PyTraceback> = unsafe { Ref::from_ptr(obj) };
    for field in [&this.next, &this.frame] {
        if let Some(v) = field.get() {
            tracer.mark_value_word(v.bits());
        }
    }
}

impl PyTraceback {
    /// An entry for `frame`, where the instruction at `lasti` (bytes) was running. `lineno` `None`: found when asked for.
    pub fn new(vm: &Vm, next: Slot, frame: Value, lasti: i32, lineno: Option<i32>) -> PyResult<Ref<PyTraceback>> {
        let tb: Ref<PyTraceback> = vm.alloc(shape::traceback)?;
        tb.next.init(next.filter(|n| !n.is_none()));
        tb.frame.init(frame);
        tb.lasti.set(lasti);
        tb.lineno.set(lineno.unwrap_or(LAZY));
        Ok(tb)
    }

    pub fn set_next(this: Ref<PyTraceback>, next: Slot) {
        this.next.set(this, next);
    }

    pub fn next(&self) -> Option<Ref<PyTraceback>> {
        self.next.get().and_then(Value::downcast)
    }

    pub fn frame(&self) -> Value {
        self.frame.get_or_none()
    }

    pub fn lasti(&self) -> i32 {
        self.lasti.get()
    }

    /// The line, if the code has one there.
    pub fn lineno(&self) -> Option<i32> {
        if self.lineno.get() != LAZY {
            return Some(self.lineno.get());
        }
        let frame = self.frame().downcast::<PyFrame>()?;
        let line = i32::try_from(frame.frame().code.get().line_of(self.lasti.get())?).ok()?;
        self.lineno.set(line);
        Some(line)
    }
}

/// Is the first entry of an exception's traceback that of this frame?
pub fn begins_at(exception: Ref<PyException>, running: &Frame) -> bool {
    let first = exception.traceback().and_then(Value::downcast::<PyTraceback>);
    let frame = first.and_then(|first| first.frame().downcast::<PyFrame>());
    frame.is_some_and(|frame| std::ptr::eq(frame.frame(), running))
}

/// Puts a frame, as it is at this instruction, before an exception's traceback.
pub fn here(vm: &Vm, exception: Ref<PyException>, running: &Frame) {
    let lasti = running.lasti();
    let made = frame::object_of(vm, running)
        .and_then(|object| PyTraceback::new(vm, exception.traceback(), object, lasti, None));
    match made {
        Ok(entry) => exception.set_traceback(entry.value()),
        // Without memory for an entry the traceback is a frame shorter; the exception matters more.
        Err(raised) => {
            vm.take_raised(raised);
        }
    }
}

/// [`here`] with the frame that is running.
pub fn add_current_frame(vm: &Vm, exception: Ref<PyException>) {
    // SAFETY: the current frame is null or alive while native code that it called runs.
    if let Some(frame) = unsafe { vm.frame.get().as_ref() } {
        here(vm, exception, frame);
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTraceback>> {
    let (next, frame) = (args.get(1), args.get(2));
    if !vm.is_instance(frame, vm.types.frame) {
        return Err(
            vm.type_error(format!("traceback() argument 'tb_frame' must be frame, not {}", vm.type_name(frame)))
        );
    }
    if !next.is_none() && next.downcast::<PyTraceback>().is_none() {
        return Err(vm.type_error(format!("expected traceback object or None, got '{}'", vm.type_name(next))));
    }
    let lasti = vm.to_i32(args.get(3))?;
    let lineno = vm.to_i32(args.get(4))?;
    PyTraceback::new(vm, Some(next), frame, lasti, Some(lineno))
}

fn tb_next(_: &Vm, this: Ref<PyTraceback>) -> Slot {
    this.next.get()
}

fn set_tb_next(vm: &Vm, this: Ref<PyTraceback>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete tb_next attribute")) };
    if value.is_none() {
        this.next.set(this, None);
        return Ok(());
    }
    let Some(new) = value.downcast::<PyTraceback>() else {
        return Err(vm.type_error(format!("expected traceback object, got '{}'", vm.type_name(value))));
    };
    let mut cursor = Some(new);
    while let Some(tb) = cursor {
        if tb == this {
            return Err(vm.value_error("traceback loop detected"));
        }
        cursor = tb.next();
    }
    this.next.set(this, value);
    Ok(())
}

fn tb_frame(_: &Vm, this: Ref<PyTraceback>) -> Value {
    this.frame()
}

fn tb_lasti(_: &Vm, this: Ref<PyTraceback>) -> i32 {
    this.lasti.get()
}

fn tb_lineno(_: &Vm, this: Ref<PyTraceback>) -> Value {
    this.lineno().map_or(Value::NONE, Value::from_i32)
}

fn dir(vm: &Vm, _: Ref<PyTraceback>) -> PyResult<Value> {
    let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
    let list = crate::types::list::PyList::with_capacity(vm, names.len())?;
    for name in names {
        list.push(vm, vm.intern(name)?.value())?;
    }
    Ok(list.value())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, tb_next, tb_frame, tb_lasti, tb_lineno)", new).static_().called("traceback"),
    method!("__dir__", 1, dir),
];
const GETSET: &[GetSetDef] = &[
    getset!("tb_next", tb_next, set_tb_next),
    getset!("tb_frame", tb_frame).member(),
    getset!("tb_lasti", tb_lasti).member(),
    getset!("tb_lineno", tb_lineno),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(TRACEBACK),
    flags: type_flags::IMMUTABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Create a new traceback object."),
    ..TypeDef::new("traceback")
};
