//! Equality, ordering and hashes.

use crate::PyResult;
use crate::object::{HeapType, Ref};
use crate::protocol::{exact, keys};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::function::PyFunction;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::types::tuple::{PyTuple, hashes};
use crate::types::type_object::PyType;
use crate::types::weakref::PyWeakRef;
use crate::value::Value;

/// The six comparisons, numbered as the COMPARE_OP argument's high bits are.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Compare {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl Compare {
    pub fn from_index(i: u32) -> Compare {
        [Compare::Lt, Compare::Le, Compare::Eq, Compare::Ne, Compare::Gt, Compare::Ge]
            .get(i as usize)
            .copied()
            .unwrap_or(Compare::Eq)
    }

    pub fn special(self) -> Special {
        match self {
            Compare::Lt => Special::Lt,
            Compare::Le => Special::Le,
            Compare::Eq => Special::Eq,
            Compare::Ne => Special::Ne,
            Compare::Gt => Special::Gt,
            Compare::Ge => Special::Ge,
        }
    }

    pub fn reflected(self) -> Compare {
        match self {
            Compare::Lt => Compare::Gt,
            Compare::Le => Compare::Ge,
            Compare::Gt => Compare::Lt,
            Compare::Ge => Compare::Le,
            same => same,
        }
    }

    pub fn symbol(self) -> &'static str {
        match self {
            Compare::Lt => "<",
            Compare::Le => "<=",
            Compare::Eq => "==",
            Compare::Ne => "!=",
            Compare::Gt => ">",
            Compare::Ge => ">=",
        }
    }

    #[inline(always)]
    pub fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Compare::Lt => a < b,
            Compare::Le => a <= b,
            Compare::Eq => a == b,
            Compare::Ne => a != b,
            Compare::Gt => a > b,
            Compare::Ge => a >= b,
        }
    }

    /// Whether an ordering satisfies the comparison.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Compare::Lt => ordering.is_lt(),
            Compare::Le => ordering.is_le(),
            Compare::Eq => ordering.is_eq(),
            Compare::Ne => ordering.is_ne(),
            Compare::Gt => ordering.is_gt(),
            Compare::Ge => ordering.is_ge(),
        }
    }
}

impl Vm {
    /// `a OP b`, any result.
    #[inline]
    pub fn compare(&self, a: Value, b: Value, op: Compare) -> PyResult<Value> {
        if a.is_small_int() && b.is_small_int() {
            return Ok(Value::from_bool(op.holds(&a.small_int_unchecked(), &b.small_int_unchecked())));
        }
        if a.is_float() && b.is_float() {
            return Ok(Value::from_bool(op.holds(&a.f64_unchecked(), &b.f64_unchecked())));
        }
        self.compare_slow(a, b, op)
    }

    fn compare_slow(&self, a: Value, b: Value, op: Compare) -> PyResult<Value> {
        if let Some(done) = exact::compare(self, a, b, op) {
            return done;
        }
        let (ta, tb) = (self.type_of(a), self.type_of(b));
        if matches!(op, Compare::Eq | Compare::Ne) && self.compares_by_identity(ta) && self.compares_by_identity(tb) {
            return Ok(Value::from_bool(a.is(b) == (op == Compare::Eq)));
        }
        self.check_native_stack(" in comparison")?;
        if let (Some(left), Some(_)) = (a.downcast::<PyTuple>(), b.downcast::<PyTuple>()) {
            // Subclasses of `tuple` that compare as it does, such as named tuples.
            let (own, other) = (op.special(), op.reflected().special());
            let plain = |class: Ref<PyType>, special| match (class.special(special), self.types.tuple.special(special))
            {
                (Some(its), Some(plain)) => its.same_bits(plain),
                _ => false,
            };
            if plain(ta, own) && plain(tb, other) {
                return crate::types::tuple::methods::rich(self, left, b, op);
            }
        }
        let mut tried_reflected = false;
        if ta != tb && tb.is_subtype(ta) {
            tried_reflected = true;
            if let Some(found) = self.call_comparison(b, op.reflected().special(), a)? {
                return Ok(found);
            }
        }
        if let Some(found) = self.call_comparison(a, op.special(), b)? {
            return Ok(found);
        }
        if tried_reflected { self.compare_unanswered(a, b, op) } else { self.compare_rest(a, b, op) }
    }

    /// Are `==` and `!=` of this class's instances those of `object`?
    pub fn compares_by_identity(&self, class: Ref<PyType>) -> bool {
        let is_plain = |special| match (class.special(special), self.types.object.special(special)) {
            (Some(own), Some(plain)) => own.same_bits(plain),
            _ => false,
        };
        is_plain(Special::Eq) && is_plain(Special::Ne)
    }

    /// What is left of `a OP b` where the method of `a` has returned NotImplemented, the class of `b` not being a subclass of
    /// that of `a`.
    pub fn compare_rest(&self, a: Value, b: Value, op: Compare) -> PyResult<Value> {
        match self.call_comparison(b, op.reflected().special(), a)? {
            Some(found) => Ok(found),
            None => self.compare_unanswered(a, b, op),
        }
    }

    /// What neither operand knows.
    fn compare_unanswered(&self, a: Value, b: Value, op: Compare) -> PyResult<Value> {
        match op {
            Compare::Eq => Ok(Value::from_bool(a.is(b))),
            Compare::Ne => Ok(Value::from_bool(!a.is(b))),
            _ => Err(self.type_error(format!(
                "'{}' not supported between instances of '{}' and '{}'",
                op.symbol(),
                self.tp_name(a),
                self.tp_name(b)
            ))),
        }
    }

    /// One of the two ways of a comparison. A method that cannot be had from its descriptor is one that is not there.
    #[inline]
    pub(crate) fn call_comparison(&self, receiver: Value, special: Special, other: Value) -> PyResult<Option<Value>> {
        let Some(method) = self.type_of(receiver).special(special) else { return Ok(None) };
        let plain = method.downcast::<PyNativeFunction>().is_some()
            || method.downcast::<PyFunction>().is_some()
            || method.is_none();
        let result = if plain {
            self.call_unbound(method, receiver, &[other])?
        } else {
            match self.bind_descriptor(method, receiver) {
                Ok(bound) => self.call(bound.unwrap_or(method), &[other])?,
                Err(raised) => {
                    self.catch(raised, self.types.attribute_error)?;
                    return Ok(None);
                }
            }
        };
        Ok(if result.same_bits(Value::NOT_IMPLEMENTED) { None } else { Some(result) })
    }

    /// Calls a binary special method; `None` where there is none or it gives NotImplemented.
    #[inline]
    pub fn call_special_or_not_implemented(
        &self,
        receiver: Value,
        special: Special,
        other: Value,
    ) -> PyResult<Option<Value>> {
        match self.call_special(receiver, special, &[other])? {
            Some(v) if v.same_bits(Value::NOT_IMPLEMENTED) => Ok(None),
            found => Ok(found),
        }
    }

    /// `a OP b` as a truth value; identical objects are equal (as containers compare).
    pub fn compare_bool(&self, a: Value, b: Value, op: Compare) -> PyResult<bool> {
        if matches!(op, Compare::Eq | Compare::Ne) && a.is(b) {
            return Ok(op == Compare::Eq);
        }
        let result = self.compare(a, b, op)?;
        self.is_true(result)
    }

    /// Equality as containers see it: identical objects are equal.
    #[inline]
    pub fn eq(&self, a: Value, b: Value) -> PyResult<bool> {
        if a.is(b) {
            return Ok(true);
        }
        if a.is_small_int() && b.is_small_int() {
            return Ok(false);
        }
        if let (Some(x), Some(y)) = (self.exact_str(a), self.exact_str(b)) {
            return Ok(x.equals(&y));
        }
        if let (Some(x), Some(y)) = (a.as_obj(), b.as_obj())
            && x.layout() == y.layout()
            && matches!(x.layout(), PyTuple::LAYOUT | PyWeakRef::LAYOUT)
            && let Some(equal) = keys::eq(self, a, b)
        {
            return Ok(equal);
        }
        self.compare_bool(a, b, Compare::Eq)
    }

    /// `hash(v)`. Never -1.
    #[inline]
    pub fn hash(&self, v: Value) -> PyResult<i64> {
        if let Some(s) = self.exact_str(v) {
            return Ok(s.hash(self));
        }
        if let Some(i) = v.as_small_int() {
            return Ok(if i == -1 { -2 } else { i });
        }
        self.hash_slow(v)
    }

    fn hash_slow(&self, v: Value) -> PyResult<i64> {
        if let Some(hash) = exact::hash(self, v) {
            return hash;
        }
        if let Some(f) = v.as_f64() {
            return Ok(crate::types::float::hash(f, v));
        }
        self.check_native_stack(" while hashing a tuple")?;
        let class = self.type_of(v);
        match class.special(Special::Hash) {
            Some(method) if self.types.object.special(Special::Hash).is_some_and(|plain| plain.same_bits(method)) => {
                return Ok(crate::types::object::identity_hash(self.id_of(v)));
            }
            // A subclass of `tuple` with its hash, such as a named tuple.
            Some(method) if self.types.tuple.special(Special::Hash).is_some_and(|own| own.same_bits(method)) => {
                if let Some(tuple) = v.downcast::<PyTuple>() {
                    return hashes::hash(self, tuple, hashes::Asked::Alone);
                }
            }
            Some(method) if !method.is_none() => {}
            _ => return Err(self.type_error(format!("unhashable type: '{}'", self.tp_name(v)))),
        }
        let Some(result) = self.call_special(v, Special::Hash, &[])? else {
            return Err(self.type_error(format!("unhashable type: '{}'", self.tp_name(v))));
        };
        match result.as_small_int() {
            Some(-1) => Ok(-2),
            Some(i) => Ok(i),
            None if self.is_instance(result, self.types.int) => Ok(crate::types::int::hash_result(self, result)),
            None => Err(self.type_error("__hash__ method should return an integer")),
        }
    }

    /// The value as an exact `str`.
    #[inline(always)]
    pub fn exact_str(&self, v: Value) -> Option<crate::object::Ref<PyStr>> {
        let obj = v.as_obj()?;
        if obj.shape_id() == crate::types::shape::str {
            // SAFETY: objects of the shape of `str` have its layout.
            Some(unsafe { crate::object::Ref::from_ptr(obj.as_ptr()) })
        } else {
            None
        }
    }

    /// The object as `T`, if its class is exactly the builtin one with this shape.
    #[inline(always)]
    pub fn exact<T: crate::object::HeapType>(&self, v: Value, shape: u32) -> Option<crate::object::Ref<T>> {
        let obj = v.as_obj()?;
        if obj.shape_id() == shape { obj.downcast() } else { None }
    }
}
