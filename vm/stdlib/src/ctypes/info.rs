//! What a metaclass keeps of each C type: size, alignment, what it is made of.

use std::cell::Cell;

use brolga_runtime::object::{Field, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::buffer::Dimensions;
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::code::Code;
use super::traced;
use crate::object::object;

/// Which of the metaclasses a type has.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    Simple,
    Structure,
    Union,
    Array,
    Pointer,
    Function,
}

/// Flags of a function type, which `_flags_` has; then ours.
pub const CDECL: u32 = 0x1;
pub const PYTHON_API: u32 = 0x4;
pub const USE_ERRNO: u32 = 0x8;
pub const USE_LAST_ERROR: u32 = 0x10;
pub const IS_POINTER: u32 = 0x100;
pub const HAS_POINTER: u32 = 0x200;
/// The type is in use: its fields can't be set any more.
pub const FINAL: u32 = 0x1000;
/// A subclass of a simple type: its instances stay what they are where others would become a Python value.
pub const OWN_SIMPLE: u32 = 0x2000;

object!(
    /// The extension of a class ([`PyType::extension`]).
    pub struct TypeInfo: CTYPES_INFO {
        /// The code's letter; the items' type; the type that a pointer points to.
        pub proto: Field,
        /// The format of a buffer.
        pub format: Field,
        pub pointer_type: Field,
        /// Of a structure or union: its own fields, a tuple.
        pub fields: Field,
        /// Of a function type.
        pub argtypes: Field,
        pub converters: Field,
        pub restype: Field,
        pub checker: Field,
        kind: Cell<Option<Kind>>,
        /// How values of a simple type are read and written.
        code: Cell<u8>,
        pub swapped: Cell<bool>,
        pub flags: Cell<u32>,
        pub size: Cell<usize>,
        pub align: Cell<usize>,
        /// Items of an array; fields of a structure, those of its bases counted.
        pub length: Cell<usize>,
    }
);
traced!(trace_info, TypeInfo: proto, format, pointer_type, fields, argtypes, converters, restype, checker);

static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    layout: Some(crate::layouts::CTYPES_INFO),
    flags: type_flags::DISALLOW_NEW,
    ..TypeDef::new("_TypeInfo")
};

impl TypeInfo {
    pub fn kind(&self) -> Kind {
        self.kind.get().unwrap_or(Kind::Simple)
    }

    pub fn code(&self) -> Option<Code> {
        match self.code.get() {
            0 => None,
            letter => Code::of(letter),
        }
    }

    pub fn has_flag(&self, flags: u32) -> bool {
        self.flags.get() & flags != 0
    }

    pub fn add_flag(&self, flags: u32) {
        self.flags.set(self.flags.get() | flags);
    }

    pub fn proto_class(&self) -> Option<Ref<PyType>> {
        self.proto.get()?.downcast()
    }

    pub fn format_text(&self) -> String {
        self.format.get().and_then(Value::downcast::<PyStr>).map_or_else(|| "B".to_owned(), |s| s.to_lossy())
    }
}

impl TypeInfo {
    pub fn set_code(this: Ref<TypeInfo>, vm: &Vm, code: Code, swapped: bool) -> PyResult<()> {
        this.code.set(code.letter());
        this.swapped.set(swapped);
        this.size.set(code.size());
        this.align.set(code.align());
        this.proto.set(this, vm.intern(&char::from(code.letter()).to_string())?.value());
        let order = if swapped { '>' } else { '<' };
        TypeInfo::set_format(this, vm, &format!("{order}{}", code.format_letter()))
    }

    pub fn set_format(this: Ref<TypeInfo>, vm: &Vm, format: &str) -> PyResult<()> {
        this.format.set(this, vm.new_str(format)?.value());
        Ok(())
    }

    /// Items of an array of arrays, and the type of the innermost ones.
    pub fn shape(this: Ref<TypeInfo>, vm: &Vm) -> PyResult<(Vec<usize>, Ref<TypeInfo>)> {
        let mut shape = Vec::new();
        let mut info = this;
        while info.kind() == Kind::Array
            && let Some(item) = info.proto.get().and_then(of_type)
        {
            shape.try_reserve(1).map_err(|_| vm.memory_error())?;
            shape.push(info.length.get());
            info = item;
        }
        Ok((shape, info))
    }

    pub fn dimensions(this: Ref<TypeInfo>, vm: &Vm) -> PyResult<(Dimensions, usize)> {
        let (shape, item) = TypeInfo::shape(this, vm)?;
        let itemsize = item.size.get();
        Ok((Dimensions::contiguous(shape, itemsize), itemsize))
    }
}

/// The information that `class` was given when it was made; abstract types have none.
pub fn of_class(class: Ref<PyType>) -> Option<Ref<TypeInfo>> {
    class.extension()?.downcast()
}

/// [`of_class`] of what may be anything.
pub fn of_type(class: Value) -> Option<Ref<TypeInfo>> {
    of_class(class.downcast()?)
}

/// Of an instance.
pub fn of_value(vm: &Vm, v: Value) -> Option<Ref<TypeInfo>> {
    of_class(vm.type_of(v))
}

#[cold]
pub fn abstract_class(vm: &Vm) -> Raised {
    vm.type_error("abstract class")
}

/// [`of_class`], or the error of who needs one.
pub fn required(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<TypeInfo>> {
    of_class(class).ok_or_else(|| abstract_class(vm))
}

/// Gives a class its information: at the end of its making, once.
pub fn new_info(vm: &Vm, class: Ref<PyType>, kind: Kind) -> PyResult<Ref<TypeInfo>> {
    if class.extension().is_some() {
        return Err(vm.system_error(format!("StgInfo of '{}' is already initialized.", class.tp_name())));
    }
    let info: Ref<TypeInfo> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    info.kind.set(Some(kind));
    class.set_extension(info.value());
    Ok(info)
}

/// What a class's own dict has.
pub fn own(vm: &Vm, class: Ref<PyType>, name: &str) -> PyResult<Slot> {
    let name = vm.intern(name)?;
    Ok(class.dict().and_then(|dict| dict.get_str(vm, name)))
}
