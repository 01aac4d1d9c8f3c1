//! `isinstance`, `type` and `len` of what is known to be of some class.

use brolga_bytecode::instructions::Instruction;
use brolga_runtime::interp::feedback::{Kind, seen};
use brolga_runtime::types::{bytearray, bytes, dict, list, set, shape, tuple, typed_array};
use brolga_runtime::value::Value;

use super::binary::{float, int};
use super::builder::Builder;
use crate::ir::{Op, Val};

/// `isinstance(v, class)` where both are known, by what made `v` or by what the call has met; `None`: nothing was done.
pub fn isinstance(b: &mut Builder<'_>, i: &Instruction, arguments: &[Val]) -> Option<Val> {
    let &[v, class] = arguments else { return None };
    let (Op::Const, class_word, _) = b.def(class) else { return None };
    let of = shape_of(b, i, v)?;
    let known = b.resolver.is_instance(of, class_word)?;
    guard(b, i, v, of);
    let state = b.before(i);
    // The class is still an instance of `type` itself, whose answer this is.
    let class = b.guarded(Op::GuardShape, u64::from(known.class_shape), &[class], state);
    b.set_full(class);
    if let Some((address, version)) = known.version {
        b.push(Op::GuardWord, [address, u64::from(version)], vec![], Some(state));
    }
    Some(b.constant(Value::from_bool(known.is_instance).bits()))
}

/// `type` of a value: a constant where the value is known, or the call has met one kind only.
pub fn type_of(b: &mut Builder<'_>, i: &Instruction, v: Val) -> Val {
    let known = shape_of(b, i, v).and_then(|of| Some((of, b.resolver.class_of(of)?)));
    let class = match known {
        Some((of, class)) => {
            guard(b, i, v, of);
            b.constant(class)
        }
        None => b.pure(Op::TypeOf, 0, &[v]),
    };
    b.set_full(class);
    class
}

/// The shape of a value, or what stands for one where it is a number, by what made it or by what the call has met.
fn shape_of(b: &Builder<'_>, i: &Instruction, v: Val) -> Option<u32> {
    match b.def(v) {
        (Op::BoxInt, ..) => Some(shape::int),
        (Op::BoxFloat, ..) => Some(shape::float),
        (Op::BoxBool, ..) => Some(shape::bool),
        (Op::GuardShape, of, _) if b.unit.inst(v).immediates[1] == 0 => u32::try_from(of).ok(),
        _ => met(b, i),
    }
}

/// The value is still of this shape.
fn guard(b: &mut Builder<'_>, i: &Instruction, v: Val, of: u32) {
    let state = b.before(i);
    match of {
        shape::int => {
            int(b, i, v);
        }
        shape::float => {
            float(b, i, v);
        }
        shape::bool => {
            b.guarded(Op::GuardBool, 0, &[v], state);
        }
        _ => {
            b.guarded(Op::GuardShape, u64::from(of), &[v], state);
        }
    }
}

/// `len` of a container that is known by its shape; `None`: nothing was done.
pub fn len(b: &mut Builder<'_>, i: &Instruction, arguments: &[Val]) -> Option<Val> {
    let &[v] = arguments else { return None };
    let of = met(b, i)?;
    let offset = match of {
        shape::list => list::LIST_LEN_OFFSET,
        shape::tuple => tuple::TUPLE_LEN_OFFSET,
        shape::dict => dict::USED_OFFSET,
        shape::set | shape::frozenset => set::USED_OFFSET,
        shape::bytes => bytes::LEN_OFFSET,
        shape::bytearray => bytearray::LEN_OFFSET,
        shape::typed_array => typed_array::LEN_OFFSET,
        _ => return None,
    };
    let state = b.before(i);
    let object = b.guarded(Op::GuardShape, u64::from(of), &[v], state);
    let len = b.pure(Op::LoadRaw, offset as u64, &[object]);
    Some(b.pure(Op::BoxInt, 0, &[len]))
}

/// The one shape of first arguments that the call has met.
fn met(b: &Builder<'_>, i: &Instruction) -> Option<u32> {
    let (_, profile) = b.profile(i)?;
    const FIRST: u16 = seen::ARGUMENT_INT | seen::ARGUMENT_FLOAT | seen::ARGUMENT_OTHER;
    match profile.seen & FIRST {
        _ if profile.seen & seen::OTHER != 0 => None,
        seen::ARGUMENT_INT => Some(shape::int),
        seen::ARGUMENT_FLOAT => Some(shape::float),
        seen::ARGUMENT_OTHER if profile.kind == Kind::FirstArgument => Some(profile.shape),
        _ => None,
    }
}
