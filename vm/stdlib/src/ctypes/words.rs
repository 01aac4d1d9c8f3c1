//! Python's values as words of C's memory: what `py_object` holds, and what functions of `PyDLL` are given and give.

use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;

/// The value whose word this is; `None` where it is no value's, or of an object that is gone.
pub fn value(vm: &Vm, bits: u64) -> Option<Value> {
    for constant in [Value::NONE, Value::FALSE, Value::TRUE, Value::NOT_IMPLEMENTED, Value::ELLIPSIS] {
        if bits == constant.bits() {
            return Some(constant);
        }
    }
    // Ints and floats are the words themselves: made anew, one that is none of theirs comes out as another word.
    let number = [Value::from_int_truncated(bits as i64), float(bits)];
    if let Some(number) = number.into_iter().find(|v| v.bits() == bits) {
        return Some(number);
    }
    crate::gc::walk::object_at(vm, bits).map(Value::from)
}

/// The float whose word this would be.
fn float(bits: u64) -> Value {
    Value::from_f64(f64::from_bits(bits.wrapping_sub(brolga_runtime::value::DOUBLE_OFFSET)))
}
