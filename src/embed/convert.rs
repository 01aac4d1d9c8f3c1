//! Values between Rust and Python.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;

use super::error::Error;
use super::object::Object;
use super::vm::Vm;

/// What a Python value can be made of.
pub trait ToPython {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error>;
}

/// What can be made of a Python value.
pub trait FromPython: Sized {
    fn from_python(object: &Object<'_>) -> Result<Self, Error>;
}

/// Bytes: a Python `bytes`, where a vector of numbers is a `list`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Bytes(pub Vec<u8>);

fn wrong<T>(object: &Object<'_>, expected: &'static str) -> Result<T, Error> {
    Err(Error::conversion(object.vm().state(), expected, object.value()))
}

impl<T: ToPython + ?Sized> ToPython for &T {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        (**self).to_python(vm)
    }
}

impl ToPython for Object<'_> {
    /// The same object.
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        if std::ptr::eq(self.vm(), vm) {
            return vm.hold(self.value());
        }
        Err(Error::Conversion { expected: "an object of this VM", found: self.type_name() })
    }
}

impl ToPython for () {
    /// None.
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        vm.hold(Value::NONE)
    }
}

impl FromPython for () {
    fn from_python(object: &Object<'_>) -> Result<(), Error> {
        if object.is_none() { Ok(()) } else { wrong(object, "None") }
    }
}

impl ToPython for bool {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        vm.hold(Value::from_bool(*self))
    }
}

impl FromPython for bool {
    fn from_python(object: &Object<'_>) -> Result<bool, Error> {
        let v = object.value();
        if v.is_bool() { Ok(v.same_bits(Value::TRUE)) } else { wrong(object, "bool") }
    }
}

macro_rules! ints {
    ($($t:ty, $name:literal, |$state:ident, $i:ident| $new:expr;)*) => { $(
        impl ToPython for $t {
            fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
                let $i = *self;
                vm.run_object(|$state| $new)
            }
        }

        impl FromPython for $t {
            fn from_python(object: &Object<'_>) -> Result<$t, Error> {
                let v = object.value();
                let number = match int::view(&v) {
                    Some(_) if v.is_bool() => None,
                    Some(view) => view.to_i64().map(i128::from).or_else(|| int::to_u64(v).map(i128::from)),
                    None => None,
                };
                match number.and_then(|n| <$t>::try_from(n).ok()) {
                    Some(number) => Ok(number),
                    None => wrong(object, $name),
                }
            }
        }
    )* };
}

ints! {
    i8, "an int of 8 bits", |state, i| state.new_int(i64::from(i));
    i16, "an int of 16 bits", |state, i| state.new_int(i64::from(i));
    i32, "an int of 32 bits", |state, i| state.new_int(i64::from(i));
    i64, "an int of 64 bits", |state, i| state.new_int(i);
    isize, "an int of 64 bits", |state, i| state.new_int(i as i64);
    u8, "an int of 0 to 255", |state, i| state.new_int(i64::from(i));
    u16, "an int of 0 to 65535", |state, i| state.new_int(i64::from(i));
    u32, "an int of 32 bits without sign", |state, i| state.new_int(i64::from(i));
    u64, "an int of 64 bits without sign", |state, i| state.new_int_u64(i);
    usize, "an int of 64 bits without sign", |state, i| state.new_int_u64(i as u64);
}

impl ToPython for f64 {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        vm.run_object(|_| Ok(Value::from_f64(*self)))
    }
}

impl FromPython for f64 {
    /// Of a float, or of an int as Python converts it.
    fn from_python(object: &Object<'_>) -> Result<f64, Error> {
        let (state, v) = (object.vm().state(), object.value());
        if state.is_instance(v, state.types.float) || state.is_instance(v, state.types.int) && !v.is_bool() {
            return object.vm().run(|state| state.to_f64(v));
        }
        wrong(object, "float")
    }
}

impl ToPython for str {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        vm.run_object(|state| Ok(state.new_str(self)?.value()))
    }
}

impl ToPython for String {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        self.as_str().to_python(vm)
    }
}

impl FromPython for String {
    fn from_python(object: &Object<'_>) -> Result<String, Error> {
        match object.value().downcast::<PyStr>() {
            Some(text) => match text.to_utf8() {
                Ok(text) => Ok(text),
                Err(_) => Err(Error::Conversion { expected: "str without surrogates", found: "str".to_owned() }),
            },
            None => wrong(object, "str"),
        }
    }
}

impl ToPython for Bytes {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        vm.run_object(|state| Ok(PyBytes::new(state, &self.0)?.value()))
    }
}

impl FromPython for Bytes {
    fn from_python(object: &Object<'_>) -> Result<Bytes, Error> {
        match object.value().downcast::<PyBytes>() {
            Some(bytes) => {
                let mut copy = Vec::new();
                copy.try_reserve_exact(bytes.as_slice().len()).map_err(|_| object.vm().no_memory())?;
                copy.extend_from_slice(bytes.as_slice());
                Ok(Bytes(copy))
            }
            None => wrong(object, "bytes"),
        }
    }
}

impl<T: ToPython> ToPython for Option<T> {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        match self {
            Some(value) => value.to_python(vm),
            None => vm.hold(Value::NONE),
        }
    }
}

impl<T: FromPython> FromPython for Option<T> {
    fn from_python(object: &Object<'_>) -> Result<Option<T>, Error> {
        if object.is_none() { Ok(None) } else { T::from_python(object).map(Some) }
    }
}

impl<T: ToPython> ToPython for [T] {
    /// A list.
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        let list = vm.run_object(|state| Ok(state.new_list(&[])?.value()))?;
        for item in self {
            let item = item.to_python(vm)?;
            vm.run(|state| match list.value().downcast::<brolga_runtime::types::list::PyList>() {
                Some(list) => list.push(state, item.value()),
                None => Ok(()),
            })?;
        }
        Ok(list)
    }
}

impl<T: ToPython> ToPython for Vec<T> {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        self.as_slice().to_python(vm)
    }
}

impl<T: FromPython> FromPython for Vec<T> {
    /// Of whatever can be iterated, but for strings and bytes.
    fn from_python(object: &Object<'_>) -> Result<Vec<T>, Error> {
        let v = object.value();
        if v.downcast::<PyStr>().is_some() || v.downcast::<PyBytes>().is_some() {
            return wrong(object, "a list");
        }
        collect(object.vm(), object.iter()?.map(|item| T::from_python(&item?)))
    }
}

fn to_dict<'a, 'vm, K: ToPython + 'a, V: ToPython + 'a>(
    vm: &'vm Vm,
    items: impl Iterator<Item = (&'a K, &'a V)>,
) -> Result<Object<'vm>, Error> {
    let dict = vm.run_object(|state| Ok(state.new_dict()?.value()))?;
    for (key, value) in items {
        dict.set_item(key, value)?;
    }
    Ok(dict)
}

fn of_dict<K: FromPython, V: FromPython, M: FromIterator<(K, V)>>(object: &Object<'_>) -> Result<M, Error> {
    if object.value().downcast::<PyDict>().is_none() {
        return wrong(object, "dict");
    }
    let items = object.call_method("items", ())?;
    items.iter()?.map(|pair| <(K, V)>::from_python(&pair?)).collect()
}

impl<K: ToPython, V: ToPython> ToPython for HashMap<K, V> {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        to_dict(vm, self.iter())
    }
}

impl<K: FromPython + Eq + Hash, V: FromPython> FromPython for HashMap<K, V> {
    fn from_python(object: &Object<'_>) -> Result<HashMap<K, V>, Error> {
        of_dict(object)
    }
}

impl<K: ToPython, V: ToPython> ToPython for BTreeMap<K, V> {
    fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
        to_dict(vm, self.iter())
    }
}

impl<K: FromPython + Ord, V: FromPython> FromPython for BTreeMap<K, V> {
    fn from_python(object: &Object<'_>) -> Result<BTreeMap<K, V>, Error> {
        of_dict(object)
    }
}

/// A vector of these; MemoryError where it has no room.
pub(super) fn collect<T>(vm: &Vm, items: impl Iterator<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    all.try_reserve(items.size_hint().0).map_err(|_| vm.no_memory())?;
    for item in items {
        let item = item?;
        all.try_reserve(1).map_err(|_| vm.no_memory())?;
        all.push(item);
    }
    Ok(all)
}

/// What a call's arguments are made of: a tuple, or a slice of objects.
pub trait Arguments {
    fn to_objects<'vm>(&self, vm: &'vm Vm) -> Result<Vec<Object<'vm>>, Error>;
}

impl Arguments for () {
    fn to_objects<'vm>(&self, _: &'vm Vm) -> Result<Vec<Object<'vm>>, Error> {
        Ok(Vec::new())
    }
}

impl Arguments for &[Object<'_>] {
    fn to_objects<'vm>(&self, vm: &'vm Vm) -> Result<Vec<Object<'vm>>, Error> {
        collect(vm, self.iter().map(|object| object.to_python(vm)))
    }
}

macro_rules! tuples {
    ($($count:literal: $($t:ident $i:tt),*;)*) => { $(
        impl<$($t: ToPython),*> Arguments for ($($t,)*) {
            fn to_objects<'vm>(&self, vm: &'vm Vm) -> Result<Vec<Object<'vm>>, Error> {
                collect(vm, [$(self.$i.to_python(vm)),*].into_iter())
            }
        }

        impl<$($t: ToPython),*> ToPython for ($($t,)*) {
            fn to_python<'vm>(&self, vm: &'vm Vm) -> Result<Object<'vm>, Error> {
                let items = self.to_objects(vm)?;
                vm.run_object(|state| Ok(state.new_tuple(&[$(items[$i].value()),*])?.value()))
            }
        }

        impl<$($t: FromPython),*> FromPython for ($($t,)*) {
            fn from_python(object: &Object<'_>) -> Result<($($t,)*), Error> {
                let item = |i| match object.value().downcast::<PyTuple>() {
                    Some(tuple) if tuple.len() == $count => match tuple.get(i) {
                        Some(item) => object.vm().hold(item),
                        None => wrong(object, concat!("a tuple of ", $count)),
                    },
                    _ => wrong(object, concat!("a tuple of ", $count)),
                };
                Ok(($($t::from_python(&item($i)?)?,)*))
            }
        }
    )* };
}

tuples! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
}
