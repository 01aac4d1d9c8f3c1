//! `CField`: the descriptor of a field of a structure or union.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::access::{self, Coding, Place};
use super::code::{Code, Kind as CodeKind};
use super::data::CData;
use super::info::{self, Kind};
use super::traced;
use super::width::Width;
use crate::object::{class_argument, object};

object!(
    /// Where a field is and what it holds.
    pub struct CField: CTYPES_FIELD {
        pub name: Field,
        class: Field,
        pub offset: Cell<usize>,
        size: Cell<usize>,
        pub index: Cell<usize>,
        /// 0: no bit field.
        bit_size: Cell<u8>,
        bit_offset: Cell<u8>,
        pub anonymous: Cell<bool>,
        /// An array of characters, which is read as a string: its item's letter.
        characters: Cell<u8>,
    }
);
traced!(trace_field, CField: name, class);

impl CField {
    pub fn class(&self) -> Option<Ref<PyType>> {
        self.class.get()?.downcast()
    }

    pub fn width(&self) -> Width {
        let bits = Some((self.bit_size.get(), self.bit_offset.get())).filter(|(size, _)| *size > 0);
        Width { bytes: self.size.get(), bits }
    }

    fn coding(&self) -> Option<Coding> {
        match self.characters.get() {
            b'c' => Some((Code::CHAR_ARRAY, false)),
            b'u' => Some((Code::WIDE_ARRAY, false)),
            _ => None,
        }
    }
}

impl CField {
    /// The same field as one of the structure that an anonymous one is part of.
    pub fn moved(this: Ref<CField>, vm: &Vm, index: usize, offset: usize) -> PyResult<Ref<CField>> {
        let new: Ref<CField> = vm.alloc_instance(vm.type_of(this.value()))?;
        new.name.init(this.name.get());
        new.class.init(this.class.get());
        new.offset.set(offset);
        new.size.set(this.size.get());
        new.index.set(index);
        new.bit_size.set(this.bit_size.get());
        new.bit_offset.set(this.bit_offset.get());
        new.characters.set(this.characters.get());
        Ok(new)
    }
}

fn not_negative(vm: &Vm, v: Value, what: &str) -> PyResult<usize> {
    let n = vm.to_isize(v)?;
    usize::try_from(n).map_err(|_| vm.value_error(format!("{what} must not be negative, got {n}")))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<CField>> {
    let this_class = class_argument(vm, args)?;
    for (i, name) in ["name", "type", "byte_size", "byte_offset", "index", "_internal_use"].iter().enumerate() {
        if args.opt(i + 1).is_none() {
            let at = i + 1;
            return Err(vm.type_error(format!("CField() missing required argument '{name}' (pos {at})")));
        }
    }
    let Some(name) = args.get(1).downcast::<PyStr>() else {
        return Err(vm.type_error(format!("CField() argument 'name' must be str, not {}", vm.type_name(args.get(1)))));
    };
    let shown = vm.repr_lossy(name.value())?;
    let size = vm.to_isize(args.get(3))?;
    let offset = not_negative(vm, args.get(4), &format!("byte offset of field {shown}"))?;
    let index = not_negative(vm, args.get(5), &format!("index of field {shown}"))?;
    if !vm.is_true(args.get(6))? {
        let class = vm.fully_qualified_name(vm.type_of(this_class.value()));
        return Err(vm.type_error(format!("cannot create {class} object")));
    }
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.value_error(format!("byte size of field {shown} must not be negative, got {size}")));
    };
    let (Some(class), Some(of)) = (args.get(2).downcast::<PyType>(), info::of_type(args.get(2))) else {
        return Err(vm.type_error(format!("type of field {shown} must be a C type")));
    };
    if size != of.size.get() {
        let type_size = of.size.get();
        return Err(
            vm.value_error(format!("byte size of field {shown} ({size}) does not match type size ({type_size})"))
        );
    }
    let bits = match (args.opt_not_none(7), args.opt_not_none(8)) {
        (Some(bits), at) => Some(bit_field(vm, class, of, &shown, size, bits, at.unwrap_or(Value::NONE))?),
        (None, Some(_)) => {
            return Err(vm.value_error(format!("field {shown}: bit_offset must be specified if bit_size is")));
        }
        (None, None) => None,
    };
    let this: Ref<CField> = vm.alloc_instance(this_class)?;
    this.name.init(name.value());
    this.class.init(class.value());
    this.offset.set(offset);
    this.size.set(size);
    this.index.set(index);
    if let Some((size, at)) = bits {
        this.bit_size.set(size);
        this.bit_offset.set(at);
    }
    if of.kind() == Kind::Array
        && let Some(code) = of.proto_class().and_then(info::of_class).and_then(|item| item.code())
        && matches!(code.kind(), CodeKind::Char | CodeKind::WideChar)
    {
        this.characters.set(code.letter());
    }
    Ok(this)
}

fn bit_field(
    vm: &Vm,
    class: Ref<PyType>,
    of: Ref<info::TypeInfo>,
    shown: &str,
    size: usize,
    bits: Value,
    at: Value,
) -> PyResult<(u8, u8)> {
    let is_int = of.code().is_some_and(|code| matches!(code.kind(), CodeKind::Int(..) | CodeKind::Bool));
    if !is_int {
        return Err(vm.type_error(format!("bit fields not allowed for type {}", class.tp_name())));
    }
    let small = |v: Value, least: u8, what: &str| -> PyResult<u8> {
        let n = vm.to_isize(v)?;
        match u8::try_from(n) {
            Ok(n) if n >= least => Ok(n),
            _ => Err(vm.value_error(format!("bit {what} of field {shown} out of range, got {n}"))),
        }
    };
    let (bits, at) = (small(bits, 1, "size")?, small(at, 0, "offset")?);
    let room = size * 8;
    if usize::from(bits) + usize::from(at) > room {
        return Err(vm.value_error(format!("bit field {shown} overflows its type ({at} + {bits} > {room})")));
    }
    Ok((bits, at))
}

fn instance(vm: &Vm, v: Value) -> PyResult<Ref<CData>> {
    v.downcast().ok_or_else(|| vm.type_error("not a ctype instance"))
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<CField>() else { return Ok(args.get(0)) };
    let (Some(object), Some(class)) = (args.opt_not_none(1), this.class()) else { return Ok(this.value()) };
    let object = instance(vm, object)?;
    let place = Place::Inside(this.offset.get());
    access::get(vm, object, place, class, this.coding(), this.index.get(), this.width())
}

fn set(vm: &Vm, this: Ref<CField>, object: Value, value: Value) -> PyResult<()> {
    let object = instance(vm, object)?;
    let Some(class) = this.class() else { return Ok(()) };
    let place = Place::Inside(this.offset.get());
    access::set(vm, object, place, class, this.coding(), value, this.index.get(), this.width())
}

fn delete(vm: &Vm, _: Value, object: Value) -> PyResult<()> {
    instance(vm, object)?;
    Err(vm.type_error("can't delete attribute"))
}

fn repr(vm: &Vm, this: Ref<CField>) -> PyResult<String> {
    let class = vm.fully_qualified_name(vm.type_of(this.value()));
    let name = vm.repr_lossy(this.name.get_or_none())?;
    let of = this.class().map(|c| c.tp_name()).unwrap_or_default();
    let offset = this.offset.get();
    Ok(match this.width() {
        Width { bits: Some((size, at)), .. } => {
            format!("<{class} {name} type={of}, ofs={offset}, bit_size={size}, bit_offset={at}>")
        }
        Width { bytes, .. } => format!("<{class} {name} type={of}, ofs={offset}, size={bytes}>"),
    })
}

/// A bit field's size and offset in one number, as it used to be.
fn size(_: &Vm, this: Ref<CField>) -> usize {
    match this.width() {
        Width { bits: Some((size, at)), .. } => usize::from(size) << 16 | usize::from(at),
        Width { bytes, .. } => bytes,
    }
}

fn bit_size(vm: &Vm, this: Ref<CField>) -> PyResult<Value> {
    match this.width() {
        Width { bits: Some((size, _)), .. } => Ok(Value::from_i32(i32::from(size))),
        Width { bytes, .. } => brolga_runtime::types::int::new_u128(vm, bytes as u128 * 8),
    }
}

fn is_bitfield(_: &Vm, this: Ref<CField>) -> bool {
    this.width().bits.is_some()
}

fn is_anonymous(_: &Vm, this: Ref<CField>) -> bool {
    this.anonymous.get()
}

fn name(_: &Vm, this: Ref<CField>) -> Slot {
    this.name.get()
}

fn class(_: &Vm, this: Ref<CField>) -> Slot {
    this.class.get()
}

fn offset(_: &Vm, this: Ref<CField>) -> usize {
    this.offset.get()
}

fn byte_size(_: &Vm, this: Ref<CField>) -> usize {
    this.size.get()
}

fn bit_offset(_: &Vm, this: Ref<CField>) -> i32 {
    i32::from(this.bit_offset.get())
}

pub static DEF: TypeDef = TypeDef {
    module: "ctypes",
    layout: Some(crate::layouts::CTYPES_FIELD),
    methods: &[&[
        method!(
            "__new__",
            "($type, *, name=<unrepresentable>, type=<unrepresentable>, byte_size=<unrepresentable>, byte_offset=<unrepresentable>, index=<unrepresentable>, _internal_use=<unrepresentable>, bit_size=None, bit_offset=None)",
            new
        )
        .static_(),
        method!("__get__", "($self, instance, owner=None, /)", get),
        method!("__set__", 3, set),
        method!("__delete__", 2, delete),
        method!("__repr__", 1, repr),
    ]],
    getset: &[
        getset!("size", size).doc(
            "size in bytes of this field. For bitfields, this is a legacy packed value; use byte_size instead",
        ),
        getset!("bit_size", bit_size).doc("size of this field in bits"),
        getset!("is_bitfield", is_bitfield).doc("true if this is a bitfield"),
        getset!("is_anonymous", is_anonymous).doc("true if this field is anonymous"),
        getset!("name", name).member().doc("name of this field"),
        getset!("type", class).member().doc("type of this field"),
        getset!("offset", offset).member().doc("offset in bytes of this field (same as byte_offset)"),
        getset!("byte_offset", offset)
            .member()
            .doc("offset in bytes of this field. For bitfields: excludes bit_offset."),
        getset!("byte_size", byte_size).member().doc("size of this field in bytes"),
        getset!("bit_offset", bit_offset)
            .member()
            .doc("additional offset in bits (relative to byte_offset); zero for non-bitfields"),
    ],
    doc: Some("Structure/Union member"),
    ..TypeDef::new("CField")
};
