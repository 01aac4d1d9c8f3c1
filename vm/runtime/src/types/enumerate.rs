//! `enumerate`.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::ENUMERATE;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::number::BinaryOp;
use crate::state::Vm;
use crate::types::list::methods::{class_arg, class_getitem, same};
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyEnumerate {
    header: Header,
    attrs: Field,
    iterator: Field,
    /// The next index, an int of any size.
    index: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyEnumerate {
    const LAYOUT: LayoutId = ENUMERATE;
}

/// Where compiled code finds the iterator and the next index.
pub const ENUMERATE_ITERATOR_OFFSET: usize = std::mem::offset_of!(PyEnumerate, iterator);
pub const ENUMERATE_INDEX_OFFSET: usize = std::mem::offset_of!(PyEnumerate, index);

impl PyEnumerate {
    /// What it iterates over.
    pub fn inner(&self) -> Slot {
        self.iterator.get()
    }

    /// The next index and item.
    #[inline]
    pub fn advance_pair(this: Ref<PyEnumerate>, vm: &Vm) -> PyResult<Option<(Value, Value)>> {
        let Some(item) = vm.next(this.iterator.get_or_none())? else { return Ok(None) };
        let index = this.index.get_or_none();
        let following = match index.as_small_int() {
            Some(i) => vm.new_int(i + 1)?,
            None => vm.binary_op(index, Value::from_i32(1), BinaryOp::Add)?,
        };
        this.index.set(this, following);
        Ok(Some((index, item)))
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyEnumerate>> {
    let start = match args.opt(2) {
        Some(start) => vm.index(start)?,
        None => Value::from_i32(0),
    };
    let iterator = vm.iter(args.get(1))?;
    let this: Ref<PyEnumerate> = vm.alloc_instance(class_arg(vm, args)?)?;
    this.iterator.init(iterator);
    this.index.init(start);
    Ok(this)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyEnumerate>() else { return Ok(None) };
    match PyEnumerate::advance_pair(this, vm)? {
        Some((index, item)) => Ok(Some(vm.new_tuple(&[index, item])?.value())),
        None => Ok(None),
    }
}

fn reduce(vm: &Vm, this: Ref<PyEnumerate>) -> PyResult<Value> {
    let args = vm.new_tuple(&[this.iterator.get_or_none(), this.index.get_or_none()])?;
    Ok(vm.new_tuple(&[vm.type_of(this.value()).value(), args.value()])?.value())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, iterable, start=0)", new).static_(),
    method!("__iter__", 1, same),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(ENUMERATE),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    iternext: Some(next),
    doc: Some(
        "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields \
         pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable \
         argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), \
         ...",
    ),
    ..TypeDef::new("enumerate")
};
