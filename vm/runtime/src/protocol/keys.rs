//! Keys that are hashed and compared without running Python code: strings, bytes, ints in place, floats, tuples of such
//! (named ones, too), objects that are equal to themselves only, and weak references to what is plain. `None`: the protocol is to be asked.

use crate::object::Ref;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::tuple::hashes::{self, Asked};
use crate::types::type_object::PyType;
use crate::types::weakref::PyWeakRef;
use crate::types::{float, shape};
use crate::value::Value;

/// Tuples are followed so deep.
const DEEPEST: usize = 6;

/// Is it worth trying with this key?
#[inline(always)]
pub fn may_be_plain(v: Value) -> bool {
    v.is_small_int() || v.is_obj() || v.is_float()
}

/// The hash of a plain key.
#[inline]
pub fn hash(vm: &Vm, key: Value) -> Option<i64> {
    if let Some(s) = vm.exact_str(key) {
        return Some(s.hash(vm));
    }
    deep_hash(vm, key, DEEPEST)
}

fn deep_hash(vm: &Vm, key: Value, deepest: usize) -> Option<i64> {
    if let Some(i) = key.as_small_int() {
        return Some(if i == -1 { -2 } else { i });
    }
    if let Some(s) = vm.exact_str(key) {
        return Some(s.hash(vm));
    }
    if let Some(bytes) = vm.exact::<PyBytes>(key, shape::bytes) {
        return Some(bytes.hash(vm));
    }
    if let Some(f) = key.as_f64() {
        return Some(float::hash(f, key));
    }
    let class = vm.type_of(key);
    if let Some(tuple) = key.downcast::<PyTuple>() {
        if deepest == 0 || class != vm.types.tuple && !is_inherited(class, vm.types.tuple, Special::Hash) {
            return None;
        }
        let asked = if deepest == DEEPEST { Asked::Alone } else { Asked::Within };
        return hashes::plain_hash(vm, tuple, asked, |item| deep_hash(vm, item, deepest - 1));
    }
    if class == vm.types.weakref {
        let reference = key.downcast::<PyWeakRef>()?;
        if let Some(known) = reference.known_hash() {
            return Some(known);
        }
        let hash = deep_hash(vm, reference.target()?, deepest.checked_sub(1)?)?;
        reference.keep_hash(hash);
        return Some(hash);
    }
    (key.is_obj() && is_inherited(class, vm.types.object, Special::Hash))
        .then(|| crate::types::object::identity_hash(vm.id_of(key)))
}

/// `other == key`, of a plain key whose hash is that of the other.
#[inline]
pub fn eq(vm: &Vm, other: Value, key: Value) -> Option<bool> {
    if other.same_bits(key) {
        return Some(true);
    }
    deep_eq(vm, other, key, DEEPEST)
}

fn deep_eq(vm: &Vm, other: Value, key: Value, deepest: usize) -> Option<bool> {
    let (Some(a), Some(b)) = (other.as_obj(), key.as_obj()) else { return with_number(other, key) };
    match (a.shape_id(), b.shape_id()) {
        (shape::str, shape::str) => return Some(a.downcast::<PyStr>()?.equals(&*b.downcast::<PyStr>()?)),
        (shape::bytes, shape::bytes) => {
            return Some(a.downcast::<PyBytes>()?.as_slice() == b.downcast::<PyBytes>()?.as_slice());
        }
        (shape::str, shape::tuple | shape::bytes | shape::int | shape::frozenset | shape::list | shape::dict)
        | (shape::tuple | shape::bytes | shape::int | shape::frozenset | shape::list | shape::dict, shape::str) => {
            return Some(false);
        }
        _ => {}
    }
    let (of_a, of_b) = (vm.type_of(other), vm.type_of(key));
    if let (Some(a), Some(b)) = (other.downcast::<PyTuple>(), key.downcast::<PyTuple>()) {
        let is_plain = |class| class == vm.types.tuple || compares_as(class, vm.types.tuple);
        if deepest == 0 || a.len() != b.len() || !is_plain(of_a) || of_a != of_b && !is_plain(of_b) {
            return None;
        }
        for (x, y) in a.as_slice().iter().zip(b.as_slice()) {
            if !x.same_bits(*y) && !deep_eq(vm, *x, *y, deepest - 1)? {
                return Some(false);
            }
        }
        return Some(true);
    }
    if of_a == vm.types.weakref && of_b == vm.types.weakref {
        // They are as equal as what they refer to, or else each to itself.
        return match (other.downcast::<PyWeakRef>()?.target(), key.downcast::<PyWeakRef>()?.target()) {
            (Some(a), Some(b)) if a.same_bits(b) => vm.compares_by_identity(vm.type_of(a)).then_some(true),
            (Some(a), Some(b)) => deep_eq(vm, a, b, deepest.checked_sub(1)?),
            _ => Some(false),
        };
    }
    (vm.compares_by_identity(of_a) && vm.compares_by_identity(of_b)).then_some(false)
}

/// Where one of the two, which are not the same word, is no object.
fn with_number(a: Value, b: Value) -> Option<bool> {
    let is_string_or_tuple =
        |v: Value| v.as_obj().is_some_and(|o| matches!(o.shape_id(), shape::str | shape::tuple | shape::bytes));
    if is_string_or_tuple(a) || is_string_or_tuple(b) {
        return Some(false);
    }
    if a.is_obj() || b.is_obj() {
        // Ints on the heap are too large to equal one in place.
        let is_int = |v: Value| v.as_obj().is_some_and(|o| o.shape_id() == shape::int);
        return ((is_int(a) && b.is_small_int()) || (is_int(b) && a.is_small_int())).then_some(false);
    }
    let number = |v: Value| v.as_small_int().or_else(|| v.as_bool().map(i64::from));
    match (number(a), number(b)) {
        (Some(a), Some(b)) => Some(a == b),
        // 49 bits are exact as a float.
        (Some(i), None) => Some(b.as_f64().is_some_and(|f| f == i as f64)),
        (None, Some(i)) => Some(a.as_f64().is_some_and(|f| f == i as f64)),
        (None, None) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => Some(a == b),
            _ => Some(false),
        },
    }
}

/// Has a class its special method from that other?
#[inline]
pub fn is_inherited(class: Ref<PyType>, from: Ref<PyType>, special: Special) -> bool {
    match (class.special(special), from.special(special)) {
        (Some(own), Some(theirs)) => own.same_bits(theirs),
        _ => false,
    }
}

/// Are `==` and `!=` of a class those of that other?
fn compares_as(class: Ref<PyType>, other: Ref<PyType>) -> bool {
    is_inherited(class, other, Special::Eq) && is_inherited(class, other, Special::Ne)
}
