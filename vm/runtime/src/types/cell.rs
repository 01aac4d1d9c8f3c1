//! `cell`: a variable that a closure shares.

use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::CELL;
use crate::object::{Args, Field, GetSetDef, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, comparisons, getset, method};

#[repr(C)]
pub struct PyCell {
    header: Header,
    contents: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyCell {
    const LAYOUT: LayoutId = CELL;
}

/// Where a cell's contents stand, for compiled code.
pub const CONTENTS_OFFSET: usize = std::mem::offset_of!(PyCell, contents);

impl PyCell {
    #[inline]
    pub fn new(vm: &Vm, contents: Slot) -> PyResult<Ref<PyCell>> {
        // SAFETY: a cell has its contents only.
        unsafe { vm.alloc_fields(shape::cell, [contents]) }
    }

    #[inline(always)]
    pub fn get(&self) -> Slot {
        self.contents.get()
    }
}

impl Ref<PyCell> {
    #[inline(always)]
    pub fn set(self, contents: Slot) {
        self.contents.set(self, contents);
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyCell>> {
    PyCell::new(vm, args.opt(1))
}

fn contents(vm: &Vm, cell: Ref<PyCell>) -> PyResult<Value> {
    cell.get().ok_or_else(|| vm.value_error("Cell is empty"))
}

fn set_contents(_: &Vm, cell: Ref<PyCell>, value: Slot) -> PyResult<()> {
    cell.set(value);
    Ok(())
}

fn repr(vm: &Vm, cell: Ref<PyCell>) -> String {
    let at = cell.addr();
    match cell.get() {
        None => format!("<cell at {at:#x}: empty>"),
        Some(v) => format!("<cell at {at:#x}: {} object at {:#x}>", vm.type_name(v), vm.id_of(v)),
    }
}

/// Cells compare as their contents do; an empty one is less than any other.
fn compare(vm: &Vm, a: Ref<PyCell>, b: Value, op: Compare) -> PyResult<Value> {
    let Some(b) = b.downcast::<PyCell>() else { return Ok(Value::NOT_IMPLEMENTED) };
    match (a.get(), b.get()) {
        (Some(a), Some(b)) => vm.compare(a, b, op),
        (a, b) => Ok(Value::from_bool(op.holds(&a.is_some(), &b.is_some()))),
    }
}

const METHODS: &[MethodDef] =
    &[method!("__new__", "($type, contents=<unrepresentable>, /)", new).static_(), method!("__repr__", 1, repr)];
const GETSET: &[GetSetDef] = &[getset!("cell_contents", contents, set_contents)];

pub static DEF: TypeDef = TypeDef {
    layout: Some(CELL),
    flags: type_flags::IMMUTABLE,
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    ..TypeDef::new("cell")
};
