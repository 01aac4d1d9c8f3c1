//! Truth, and conversion to Rust's numbers.

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::dict::PyDict;
use crate::types::int;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;

impl Vm {
    /// `bool(v)`.
    #[inline]
    pub fn is_true(&self, v: Value) -> PyResult<bool> {
        if v.is_bool() || v.is_none() {
            return Ok(v.same_bits(Value::TRUE));
        }
        if let Some(i) = v.as_small_int() {
            return Ok(i != 0);
        }
        self.is_true_slow(v)
    }

    fn is_true_slow(&self, v: Value) -> PyResult<bool> {
        if let Some(f) = v.as_f64() {
            return Ok(f != 0.0);
        }
        if let Some(obj) = v.as_obj() {
            use crate::types::shape;
            match obj.shape_id() {
                shape::str => return Ok(obj.downcast::<PyStr>().is_some_and(|s| !s.is_empty())),
                shape::list => return Ok(obj.downcast::<PyList>().is_some_and(|l| !l.is_empty())),
                shape::tuple => return Ok(obj.downcast::<PyTuple>().is_some_and(|t| !t.is_empty())),
                shape::dict => return Ok(obj.downcast::<PyDict>().is_some_and(|d| !d.is_empty())),
                _ => {}
            }
        } else {
            // NotImplemented has a `__bool__` that raises; `...` is true.
            if !v.same_bits(Value::NOT_IMPLEMENTED) {
                return Ok(true);
            }
        }
        let class = self.type_of(v);
        if class.special(Special::Bool).is_some()
            && let Some(result) = self.call_special(v, Special::Bool, &[])?
        {
            return match result.as_bool() {
                Some(b) => Ok(b),
                None => Err(self
                    .type_error(format!("__bool__ should return bool, returned {}", self.type_of(result).tp_name()))),
            };
        }
        if class.special(Special::Len).is_some() {
            return Ok(self.len(v)? != 0);
        }
        Ok(true)
    }

    /// The int that `__index__` gives (an exact int stays as it is).
    pub fn index(&self, v: Value) -> PyResult<Value> {
        if v.is_small_int() || self.is_instance(v, self.types.int) {
            return Ok(v);
        }
        let Some(result) = self.call_special(v, Special::Index, &[])? else {
            return Err(
                self.type_error(format!("'{}' object cannot be interpreted as an integer", self.type_of(v).tp_name()))
            );
        };
        if !self.is_instance(result, self.types.int) {
            return Err(
                self.type_error(format!("__index__ returned non-int (type {})", self.type_of(result).tp_name()))
            );
        }
        if self.type_of(result) != self.types.int {
            let message = format!(
                "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int \
                 is deprecated, and may be removed in a future version of Python.",
                self.type_of(result).tp_name()
            );
            self.warn(self.types.deprecation_warning, &message, 1)?;
        }
        Ok(result)
    }

    /// An index or a size; OverflowError "cannot fit 'int' into an index-sized integer" beyond 64 bits... as CPython's
    /// `PyNumber_AsSsize_t` with OverflowError.
    #[inline]
    pub fn to_isize(&self, v: Value) -> PyResult<isize> {
        if let Some(i) = v.as_small_int() {
            return Ok(i as isize);
        }
        let i = self.index(v)?;
        match int::to_i64(i) {
            Some(i) => Ok(i as isize),
            None => Err(self.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }

    /// An index clamped to what fits, for slices and `seq[i]`.
    pub fn to_isize_clamped(&self, v: Value) -> PyResult<isize> {
        if let Some(i) = v.as_small_int() {
            return Ok(i as isize);
        }
        let i = self.index(v)?;
        Ok(match int::to_i64(i) {
            Some(i) => i as isize,
            None if int::is_negative(i) => isize::MIN,
            None => isize::MAX,
        })
    }

    #[inline]
    pub fn to_i64(&self, v: Value) -> PyResult<i64> {
        if let Some(i) = v.as_small_int() {
            return Ok(i);
        }
        let i = self.index(v)?;
        int::to_i64(i).ok_or_else(|| self.overflow_error("Python int too large to convert to C long"))
    }

    pub fn to_i32(&self, v: Value) -> PyResult<i32> {
        let i = self.index(v)?;
        int::to_i64(i)
            .and_then(|i| i32::try_from(i).ok())
            .ok_or_else(|| self.overflow_error("Python int too large to convert to C int"))
    }

    /// The length or count that must not be negative.
    pub fn to_usize(&self, v: Value) -> PyResult<usize> {
        let i = self.to_isize(v)?;
        usize::try_from(i).map_err(|_| self.value_error("negative value not allowed"))
    }

    /// The float by `__float__` or `__index__`.
    pub fn to_f64(&self, v: Value) -> PyResult<f64> {
        if let Some(f) = v.as_f64() {
            return Ok(f);
        }
        if let Some(i) = v.as_small_int() {
            return Ok(i as f64);
        }
        crate::types::float::from_object(self, v)
    }

    /// The argument as a `str`, or the TypeError "{what} must be str, not T".
    pub fn expect_str(&self, v: Value, what: &str) -> PyResult<Ref<PyStr>> {
        v.downcast().ok_or_else(|| self.type_error(format!("{what} must be str, not {}", self.tp_name(v))))
    }

    /// The class's name as messages have it: a native class outside `builtins` with its module.
    pub fn type_name(&self, v: Value) -> String {
        self.type_of(v).tp_name()
    }

    /// The class's name with its module, as the messages of operations have it: see [`PyType::tp_name`].
    ///
    /// [`PyType::tp_name`]: crate::types::type_object::PyType::tp_name
    pub fn tp_name(&self, v: Value) -> String {
        self.type_of(v).tp_name()
    }

    /// The class's name without its module, as representations have it.
    pub fn short_type_name(&self, v: Value) -> String {
        self.type_of(v).name()
    }

    pub fn new_int(&self, i: i64) -> PyResult<Value> {
        match Value::from_small_int(i) {
            Some(v) => Ok(v),
            None => int::new_i64(self, i),
        }
    }

    pub fn new_int_u64(&self, i: u64) -> PyResult<Value> {
        match i64::try_from(i) {
            Ok(i) => self.new_int(i),
            Err(_) => int::new_u64(self, i),
        }
    }

    pub fn new_int_i128(&self, i: i128) -> PyResult<Value> {
        match i64::try_from(i) {
            Ok(i) => self.new_int(i),
            Err(_) => int::new_i128(self, i),
        }
    }

    pub fn new_str(&self, s: &str) -> PyResult<Ref<PyStr>> {
        PyStr::new(self, s)
    }

    pub fn new_tuple(&self, items: &[Value]) -> PyResult<Ref<PyTuple>> {
        PyTuple::new(self, items)
    }

    pub fn new_list(&self, items: &[Value]) -> PyResult<Ref<PyList>> {
        PyList::new(self, items)
    }

    pub fn new_dict(&self) -> PyResult<Ref<PyDict>> {
        PyDict::new(self)
    }

    /// `id(v)`: the address; of floats and ints in place a number that no address equals.
    pub fn id_of(&self, v: Value) -> u64 {
        v.bits()
    }
}
