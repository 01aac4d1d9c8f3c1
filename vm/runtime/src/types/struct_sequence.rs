//! Struct sequences: tuples with named fields, such as `os.stat_result` and `sys.flags`.
//!
//! The class of one is a [`TypeDef`] made by [`struct_sequence!`] from the names of its fields. An instance is a tuple of
//! its visible fields; the invisible ones, which only their names reach, stand behind the items in the same cell (where
//! instances of other subclasses of `tuple` have their attributes: these classes can't be subclassed, so have none).

use crate::object::def::{GetSetDef, Getter, MethodDef, TypeDef};
use crate::object::{Args, Field, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

/// Most fields that a struct sequence may have.
pub const MAX_FIELDS: usize = 40;

/// A struct sequence's class: its definition, and how many of its fields are items and how many have no name.
pub struct StructSequence {
    pub def: TypeDef,
    /// All fields.
    pub fields: usize,
    /// Fields that are items of the tuple.
    pub visible: usize,
    /// Items without a name (they end the visible fields).
    pub unnamed: usize,
}

fn get<const I: usize>(_: &Vm, v: Value) -> PyResult<Value> {
    Ok(v.downcast::<PyTuple>().and_then(|t| field(t, I)).unwrap_or(Value::NONE))
}

macro_rules! getters {
    ($($i:literal)*) => { [$(get::<$i>),*] };
}

const GETTERS: [Getter; MAX_FIELDS] = getters![
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
];

/// The descriptors of `N` named fields, of which the last `hidden` are no items and come after `unnamed` items without
/// a name.
pub const fn descriptors<const N: usize>(names: [&'static str; N], hidden: usize, unnamed: usize) -> [GetSetDef; N] {
    let mut table = [const { GetSetDef::new("", get::<0>, None).member() }; N];
    let mut i = 0;
    while i < N {
        let at = if i < N - hidden { i } else { i + unnamed };
        table[i] = GetSetDef::new(names[i], GETTERS[at], None).member();
        i += 1;
    }
    table
}

/// Defines a [`StructSequence`]:
/// `struct_sequence!(static TIMES = "times_result" in "posix", doc; visible ["user", "system"], hidden [], unnamed 0);`
#[macro_export]
macro_rules! struct_sequence {
    ($(#[$meta:meta])* $vis:vis static $id:ident = $name:literal in $module:literal $(, $doc:literal)?;
     visible [$($visible:literal),* $(,)?], hidden [$($hidden:literal),* $(,)?], unnamed $unnamed:literal) => {
        $(#[$meta])*
        $vis static $id: $crate::types::struct_sequence::StructSequence = {
            use $crate::types::struct_sequence as s;
            const NAMES: &[&str] = &[$($visible,)* $($hidden,)*];
            const HIDDEN: &[&str] = &[$($hidden),*];
            const DESCRIPTORS: &[$crate::object::GetSetDef] =
                &s::descriptors::<{ NAMES.len() }>([$($visible,)* $($hidden,)*], HIDDEN.len(), $unnamed);
            s::StructSequence {
                def: $crate::object::TypeDef {
                    module: $module,
                    methods: &[s::METHODS],
                    getset: DESCRIPTORS,
                    $(doc: Some($doc),)?
                    ..$crate::object::TypeDef::new($name)
                },
                fields: NAMES.len() + $unnamed,
                visible: NAMES.len() - HIDDEN.len() + $unnamed,
                unnamed: $unnamed,
            }
        };
    };
}

/// Field `i` of an instance: an item, or an invisible field behind the items.
fn field(tuple: Ref<PyTuple>, i: usize) -> Slot {
    if i < tuple.len() {
        return tuple.get(i);
    }
    // SAFETY: instances of struct sequences are made by `make` alone, with room for every field of the class, and a
    // descriptor of the class asks for none beyond those; the descriptor has checked the class.
    unsafe { (*tuple.attrs_field().add(i - tuple.len())).get() }
}

/// A new instance of `class` of these fields, all of them; `visible` are items.
fn make(vm: &Vm, class: Ref<PyType>, fields: &[Value], visible: usize) -> PyResult<Value> {
    let visible = visible.min(fields.len());
    let (items, hidden) = fields.split_at(visible);
    let tuple = PyTuple::new_with_shape(vm, class.root_shape(), items, hidden.len())?;
    for (i, value) in hidden.iter().enumerate() {
        // SAFETY: the cell was just made with this many words behind the items; it is fresh, so no barrier is due.
        unsafe { (*(tuple.attrs_field().add(i) as *mut Field)).init(*value) };
    }
    Ok(tuple.value())
}

impl StructSequence {
    /// The class, made at its first use.
    pub fn class(&'static self, vm: &Vm) -> PyResult<Ref<PyType>> {
        let class = vm.native_type_with_bases(&self.def, &[vm.types.tuple])?;
        let Some(dict) = class.dict() else { return Ok(class) };
        if dict.get_str(vm, vm.names.n_fields).is_none() {
            dict.set_str(vm, vm.names.n_fields, Value::from_len(self.fields))?;
            dict.set_str(vm, vm.names.n_sequence_fields, Value::from_len(self.visible))?;
            dict.set_str(vm, vm.names.n_unnamed_fields, Value::from_len(self.unnamed))?;
            let names = ValueVec::new();
            for d in self.def.getset.iter().take(self.visible - self.unnamed) {
                names.push(vm, vm.intern(d.name)?.value())?;
            }
            dict.set_str(vm, vm.names.__match_args__, vm.new_tuple(names.as_slice())?.value())?;
            class.modified(vm, None);
        }
        Ok(class)
    }

    /// An instance of these values, one for each field.
    pub fn make(&'static self, vm: &Vm, values: &[Value]) -> PyResult<Value> {
        debug_assert_eq!(values.len(), self.fields);
        make(vm, self.class(vm)?, values, self.visible)
    }
}

/// (all fields, visible ones, unnamed ones) of a class.
fn counts(vm: &Vm, class: Ref<PyType>) -> (usize, usize, usize) {
    let get = |name| {
        class.lookup(vm, name).and_then(Value::as_small_int).map_or(0, |n: i64| n.clamp(0, MAX_FIELDS as i64) as usize)
    };
    (get(vm.names.n_fields), get(vm.names.n_sequence_fields), get(vm.names.n_unnamed_fields))
}

fn descriptors_of(class: Ref<PyType>) -> &'static [GetSetDef] {
    class.native_def().map_or(&[], |d| d.getset)
}

fn class_name(vm: &Vm, class: Ref<PyType>) -> String {
    vm.type_full_name(class)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("structseq.__new__(X): X is not a type object"));
    };
    let (fields, visible, unnamed) = counts(vm, class);
    let name = class_name(vm, class);
    let sequence = args.get(1);
    let items = match vm.collect(sequence) {
        Ok(items) => items,
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error("constructor requires a sequence"));
        }
    };
    let dict = match args.opt_not_none(2) {
        None => None,
        Some(d) => match d.downcast::<PyDict>() {
            Some(d) => Some(d),
            None => return Err(vm.type_error(format!("{name}() takes a dict as second arg, if any"))),
        },
    };
    let len = items.len();
    if visible != fields {
        if len < visible {
            return Err(vm.type_error(format!("{name}() takes an at least {visible}-sequence ({len}-sequence given)")));
        }
        if len > fields {
            return Err(vm.type_error(format!("{name}() takes an at most {fields}-sequence ({len}-sequence given)")));
        }
    } else if len != visible {
        return Err(vm.type_error(format!("{name}() takes a {visible}-sequence ({len}-sequence given)")));
    }
    let mut used = 0;
    for i in len..fields {
        let key = descriptors_of(class).get(i - unnamed).map_or("", |d| d.name);
        let found = match dict {
            Some(d) => d.get_item(vm, vm.intern(key)?.value())?,
            None => None,
        };
        used += usize::from(found.is_some());
        items.push(vm, found.unwrap_or(Value::NONE))?;
    }
    if dict.is_some_and(|d| d.len() > used) {
        return Err(vm.type_error(format!("{name}() got duplicate or unexpected field name(s)")));
    }
    make(vm, class, items.as_slice(), visible)
}

fn repr(vm: &Vm, this: Ref<PyTuple>) -> PyResult<Value> {
    let class = vm.type_of(this.value());
    let mut text = format!("{}(", class_name(vm, class));
    for i in 0..this.len() {
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(descriptors_of(class).get(i).map_or("", |d| d.name));
        text.push('=');
        text.push_str(&vm.repr_lossy(this.get(i).unwrap_or(Value::NONE))?);
    }
    text.push(')');
    Ok(vm.new_str(&text)?.value())
}

fn reduce(vm: &Vm, this: Ref<PyTuple>) -> PyResult<Value> {
    let class = vm.type_of(this.value());
    let (fields, visible, unnamed) = counts(vm, class);
    let items = vm.new_tuple(this.as_slice())?;
    let dict = vm.new_dict()?;
    for i in visible..fields {
        if let Some(d) = descriptors_of(class).get(i - unnamed) {
            dict.set_name(vm, d.name, field(this, i).unwrap_or(Value::NONE))?;
        }
    }
    let args = vm.new_tuple(&[items.value(), dict.value()])?;
    Ok(vm.new_tuple(&[class.value(), args.value()])?.value())
}

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<PyTuple>() else {
        return Err(vm.type_error("a struct sequence is required"));
    };
    let class = vm.type_of(this.value());
    let (fields, visible, unnamed) = counts(vm, class);
    if unnamed > 0 {
        return Err(vm.type_error(format!(
            "__replace__() is not supported for {} because it has unnamed field(s)",
            class_name(vm, class)
        )));
    }
    let values = ValueVec::new();
    for i in 0..fields {
        values.push(vm, field(this, i).unwrap_or(Value::NONE))?;
    }
    let unknown = ValueVec::new();
    for (name, value) in args.kw.iter() {
        let text = vm.to_lossy(name);
        match descriptors_of(class).iter().position(|d| d.name == text) {
            Some(i) => values.set(i, value),
            None => unknown.push(vm, name)?,
        }
    }
    if !unknown.is_empty() {
        let names = vm.new_list(unknown.as_slice())?;
        return Err(vm.type_error(format!("Got unexpected field name(s): {}", vm.repr_lossy(names.value())?)));
    }
    make(vm, class, values.as_slice(), visible)
}

pub const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, sequence, dict={})", new).static_(),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
    method!("__replace__", "($self, /, **changes)", replace),
];
