//! To and from `dashu-int`'s integers, which do the work that is more than linear.

use dashu_int::{IBig, Sign, UBig};

use super::{IntRef, from_limbs, view};
use crate::PyResult;
use crate::state::Vm;
use crate::value::Value;

pub fn ubig(limbs: &[u64]) -> UBig {
    UBig::from_words(limbs)
}

/// The value of any int; `None` for what is no int.
pub fn to_ibig(v: Value) -> Option<IBig> {
    view(&v).map(ibig)
}

pub fn ibig(view: IntRef<'_>) -> IBig {
    let mut buffer = [0];
    let negative = view.is_negative();
    IBig::from_parts(if negative { Sign::Negative } else { Sign::Positive }, ubig(view.magnitude(&mut buffer)))
}

pub fn from_ibig(vm: &Vm, i: &IBig) -> PyResult<Value> {
    let (sign, words) = i.as_sign_words();
    from_limbs(vm, sign == Sign::Negative, words)
}

pub fn from_ubig(vm: &Vm, i: &UBig) -> PyResult<Value> {
    from_limbs(vm, false, i.as_words())
}

/// MemoryError unless so many limbs can be had several times over: `dashu-int` aborts where memory runs out.
pub fn check_room(vm: &Vm, limbs: usize) -> PyResult<()> {
    if limbs < 1 << 16 {
        return Ok(());
    }
    let mut probe: Vec<u64> = Vec::new();
    match limbs.checked_mul(4).map(|n| probe.try_reserve_exact(n)) {
        Some(Ok(())) => Ok(()),
        _ => Err(vm.memory_error()),
    }
}

/// The magnitude of any int.
pub fn to_ubig(v: Value) -> UBig {
    let mut buffer = [0];
    view(&v).map_or(UBig::ZERO, |i| ubig(i.magnitude(&mut buffer)))
}
