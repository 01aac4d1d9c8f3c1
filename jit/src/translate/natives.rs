//! Calls of native functions that are known: arithmetic where they are that, a helper that runs no Python for plain
//! arguments, a direct call of those that always take as many arguments.

use brolga_bytecode::instructions::Instruction;
use brolga_runtime::interp::feedback::seen;
use brolga_runtime::object::Raw;
use brolga_runtime::value::Value;

use super::binary::{float, int};
use super::builder::Builder;
use super::calls::{call_any, on_stack};
use super::source::{Form, Native};
use super::{allocate, classes, fast, iterate};
use crate::helpers::Helper;
use crate::ir::{Op, Val};

/// Comparisons, as COMPARE_OP numbers them.
const LESS: u64 = 0;
const EQUAL: u64 = 2;
const GREATER: u64 = 4;
/// The ways of [`Op::FloatToInt`].
const TRUNC: u64 = 0;
const FLOOR: u64 = 1;
const CEIL: u64 = 2;
const NEAREST: u64 = 3;

/// What an argument is, by what made it or by what the call has met.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Int,
    Float,
    /// Either.
    Number,
    Other,
}

/// CALL of a native function; `arguments` with what it is bound to. `None`: it has no form, and nothing was done.
pub fn call(
    b: &mut Builder<'_>,
    i: &Instruction,
    native: &Native,
    arguments: Vec<Val>,
    bound: bool,
) -> Option<Option<()>> {
    let n = on_stack(i)?;
    if let Some(v) = number(b, i, native, &arguments) {
        return Some(done(b, n, v));
    }
    if native.form == Some(Form::IsInstance)
        && let Some(v) = classes::isinstance(b, i, &arguments)
    {
        return Some(done(b, n, v));
    }
    if native.form == Some(Form::Type)
        && let &[v] = arguments.as_slice()
    {
        let class = classes::type_of(b, i, v);
        return Some(done(b, n, class));
    }
    if native.form == Some(Form::Len)
        && let Some(v) = classes::len(b, i, &arguments)
    {
        return Some(done(b, n, v));
    }
    if let Some(form @ (Form::Enumerate | Form::Zip)) = native.form {
        if b.profile(i).is_none_or(|(_, p)| p.seen & seen::OTHER != 0) {
            return None;
        }
        let v = iterate::make(b, i, form, &arguments)?;
        b.set_full(v);
        return Some(done(b, n, v));
    }
    if let Some(done) = container(b, i, native.form, &arguments, n) {
        return Some(done);
    }
    if let Some(done) = on_list(b, i, native, &arguments, n) {
        return Some(done);
    }
    if let Some((op, helper)) = plain(native.form, arguments.len()) {
        let mut operands = arguments.clone();
        if operands.len() < helper.operands() {
            operands.push(b.constant(Value::NONE.bits()));
        }
        return Some(fast::or_else(b, op, (helper, 0, &operands), n, true, |b| {
            match direct(b, i, native, arguments, bound, n) {
                Some(done) => done?,
                None => call_any(b, i)?,
            }
            b.pop()
        }));
    }
    direct(b, i, native, arguments, bound, n)
}

/// A call of the function itself.
fn direct(
    b: &mut Builder<'_>,
    i: &Instruction,
    native: &Native,
    mut arguments: Vec<Val>,
    bound: bool,
    n: usize,
) -> Option<Option<()>> {
    let given = arguments.len() + usize::from(native.receiver.is_some());
    if native.is_descriptor && !bound {
        return None;
    }
    let (def, helper) = match (native.fixed, native.flexible) {
        (Some((def, arity)), _) if arity == given => {
            let helpers = [Helper::CallNative0, Helper::CallNative1, Helper::CallNative2, Helper::CallNative3];
            (def, *helpers.get(given)?)
        }
        (None, Some((def, takes))) if given < 64 && takes >> given & 1 != 0 && !b.source().no_fast_paths => {
            let helpers = [Helper::CallFlexible1, Helper::CallFlexible2, Helper::CallFlexible3];
            (def, *helpers.get(given.checked_sub(1)?)?)
        }
        _ => return None,
    };
    if let Some(receiver) = native.receiver {
        arguments.insert(0, b.constant(receiver));
    }
    let v = b.call(i, helper, def, &arguments);
    Some(done(b, n, v).map(|()| b.left(i, helper)))
}

/// A new container, empty or of something's items.
fn container(
    b: &mut Builder<'_>,
    i: &Instruction,
    form: Option<Form>,
    arguments: &[Val],
    n: usize,
) -> Option<Option<()>> {
    let helper = match (form?, arguments) {
        (Form::List, []) => Helper::BuildList,
        (Form::Set, []) => Helper::BuildSet,
        (Form::Dict, []) => Helper::BuildMap,
        (Form::List, [_]) => Helper::ListOf,
        (Form::Tuple, [_]) => Helper::TupleOf,
        (Form::Set, [_]) => Helper::SetOf,
        _ => return None,
    };
    let v = b.call(i, helper, 0, arguments);
    Some(done(b, n, v).map(|()| b.left(i, helper)))
}

/// `append` and `pop` of a list, in its array.
fn on_list(b: &mut Builder<'_>, i: &Instruction, native: &Native, arguments: &[Val], n: usize) -> Option<Option<()>> {
    if b.profile(i).is_none_or(|(_, p)| p.seen & seen::OTHER != 0) {
        return None;
    }
    match (native.form?, arguments) {
        (Form::ListPop, &[list]) => {
            let v = fast::pop(b, i, list);
            Some(done(b, n, v))
        }
        (Form::ListAppend, &[list, v]) => {
            let appended = fast::append(b, i, list, v, |b, list| {
                b.call(i, Helper::ListAppend, 0, &[list, v]);
                b.left(i, Helper::ListAppend);
                Some(())
            });
            let none = b.constant(Value::NONE.bits());
            Some(appended.and_then(|()| done(b, n, none)))
        }
        _ => None,
    }
}

/// The call's operands give way to its result.
fn done(b: &mut Builder<'_>, n: usize, v: Val) -> Option<()> {
    for _ in 1..n {
        b.pop()?;
    }
    b.replace(1, v)
}

/// The helper that does it for plain arguments.
fn plain(form: Option<Form>, arguments: usize) -> Option<(Op, Helper)> {
    Some(match (form?, arguments) {
        (Form::Len, 1) => (Op::FastRead, Helper::Len),
        (Form::IsInstance, 2) => (Op::FastRead, Helper::IsInstance),
        (Form::Abs, 1) => (Op::FastRead, Helper::Abs),
        (Form::Ord, 1) => (Op::FastRead, Helper::Ord),
        (Form::Chr, 1) => (Op::FastRead, Helper::Chr),
        (Form::ListAppend, 2) => (Op::Fast, Helper::MethodAppend),
        (Form::DictGet, 2 | 3) => (Op::FastRead, Helper::DictGetOr),
        (Form::DictSetDefault, 2 | 3) => (Op::Fast, Helper::DictSetDefault),
        (Form::SetAdd, 2) => (Op::Fast, Helper::MethodSetAdd),
        (Form::StrStartsWith, 2) => (Op::FastRead, Helper::StrStartsWith),
        (Form::StrEndsWith, 2) => (Op::FastRead, Helper::StrEndsWith),
        (Form::Str, 1) => (Op::Fast, Helper::FormatPlain),
        _ => return None,
    })
}

/// What each argument is; `None` where a guess about the call has failed.
fn kinds(b: &Builder<'_>, i: &Instruction, arguments: &[Val]) -> Option<Vec<Kind>> {
    let (_, profile) = b.profile(i)?;
    if profile.seen & seen::OTHER != 0 {
        return None;
    }
    let kind = |k: usize, v: &Val| match b.def(*v) {
        (Op::BoxInt, ..) => Kind::Int,
        (Op::BoxFloat, ..) => Kind::Float,
        (Op::Const, bits, _) if bits != 0 => {
            // SAFETY: a constant's word is 0 or a value's.
            let v = unsafe { Value::from_bits(bits) };
            match () {
                () if v.is_small_int() => Kind::Int,
                () if v.is_float() => Kind::Float,
                () => Kind::Other,
            }
        }
        _ => {
            let met = seen::ARGUMENT_SHIFTS.get(k).map_or(0, |shift| profile.seen >> shift & 7);
            const NUMBER: u16 = seen::ARGUMENT_INT | seen::ARGUMENT_FLOAT;
            match met {
                seen::ARGUMENT_INT => Kind::Int,
                seen::ARGUMENT_FLOAT => Kind::Float,
                NUMBER => Kind::Number,
                _ => Kind::Other,
            }
        }
    };
    Some(arguments.iter().enumerate().map(|(k, v)| kind(k, v)).collect())
}

/// Arithmetic; `None`: it is something else, and nothing was done.
fn number(b: &mut Builder<'_>, i: &Instruction, native: &Native, arguments: &[Val]) -> Option<Val> {
    if native.raw.is_none() && native.form.is_none() {
        return None;
    }
    let kinds = kinds(b, i, arguments)?;
    if kinds.is_empty() || kinds.contains(&Kind::Other) {
        return None;
    }
    if let Some(raw) = native.raw {
        return raw_call(b, i, raw, arguments, &kinds);
    }
    match (native.form?, arguments) {
        (Form::Int, &[v]) => to_int(b, i, v, kinds[0], TRUNC),
        (Form::Round, &[v]) => to_int(b, i, v, kinds[0], NEAREST),
        (Form::Float, &[v]) => {
            let x = as_float(b, i, v, kinds[0]);
            Some(b.pure(Op::BoxFloat, 0, &[x]))
        }
        (Form::Abs, &[v]) => match kinds[0] {
            Kind::Int => {
                let x = int(b, i, v);
                let state = b.before(i);
                let negative = b.guarded(Op::IntNeg, 0, &[x], state);
                let x = b.pure(Op::IntMax, 0, &[x, negative]);
                Some(b.pure(Op::BoxInt, 0, &[x]))
            }
            Kind::Float => {
                let x = float(b, i, v);
                let x = b.pure(Op::FloatAbs, 0, &[x]);
                Some(b.pure(Op::BoxFloat, 0, &[x]))
            }
            _ => None,
        },
        (Form::Min | Form::Max, &[_, _] | &[_, _, _]) => {
            extreme(b, i, native.form == Some(Form::Max), arguments, &kinds)
        }
        (Form::DivMod, &[v, w]) if kinds == [Kind::Int, Kind::Int] => {
            let (x, y) = (int(b, i, v), int(b, i, w));
            let state = b.before(i);
            let quotient = b.guarded(Op::IntFloorDiv, 0, &[x, y], state);
            let rest = b.guarded(Op::IntMod, 0, &[x, y], state);
            let (quotient, rest) = (b.pure(Op::BoxInt, 0, &[quotient]), b.pure(Op::BoxInt, 0, &[rest]));
            let pair = allocate::pair(b, i, quotient, rest);
            b.set_full(pair);
            Some(pair)
        }
        _ => None,
    }
}

fn as_float(b: &mut Builder<'_>, i: &Instruction, v: Val, kind: Kind) -> Val {
    match kind {
        Kind::Int => {
            let x = int(b, i, v);
            b.pure(Op::IntToFloat, 0, &[x])
        }
        Kind::Float => float(b, i, v),
        _ => fast::as_float(b, i, v),
    }
}

/// An int is itself.
fn to_int(b: &mut Builder<'_>, i: &Instruction, v: Val, kind: Kind, how: u64) -> Option<Val> {
    let x = match kind {
        Kind::Int => int(b, i, v),
        Kind::Float => {
            let (x, state) = (float(b, i, v), b.before(i));
            b.guarded(Op::FloatToInt, how, &[x], state)
        }
        _ => return None,
    };
    Some(b.pure(Op::BoxInt, 0, &[x]))
}

/// A function of floats, where it raises nothing.
fn raw_call(b: &mut Builder<'_>, i: &Instruction, raw: Raw, arguments: &[Val], kinds: &[Kind]) -> Option<Val> {
    let v = match (raw, arguments) {
        (Raw::Trunc, &[v]) => return to_int(b, i, v, kinds[0], TRUNC),
        (Raw::Floor, &[v]) => return to_int(b, i, v, kinds[0], FLOOR),
        (Raw::Ceil, &[v]) => return to_int(b, i, v, kinds[0], CEIL),
        (Raw::Abs, &[v]) => {
            let x = as_float(b, i, v, kinds[0]);
            b.pure(Op::FloatAbs, 0, &[x])
        }
        (Raw::Sqrt, &[v]) => {
            let x = as_float(b, i, v, kinds[0]);
            let v = b.pure(Op::FloatSqrt, 0, &[x]);
            require_equal(b, i, v);
            v
        }
        (Raw::Unary(f), &[v]) => {
            let x = as_float(b, i, v, kinds[0]);
            let v = b.pure(Op::FloatNative, f as usize as u64, &[x]);
            require_finite(b, i, v);
            v
        }
        (Raw::Binary(f), &[v, w]) => {
            let (x, y) = (as_float(b, i, v, kinds[0]), as_float(b, i, w, kinds[1]));
            let v = b.pure(Op::FloatNative2, f as usize as u64, &[x, y]);
            require_finite(b, i, v);
            v
        }
        _ => return None,
    };
    Some(b.pure(Op::BoxFloat, 0, &[v]))
}

/// Leaves where a float is a NaN: the function itself knows what that is.
fn require_equal(b: &mut Builder<'_>, i: &Instruction, v: Val) {
    let (state, equal) = (b.before(i), b.pure(Op::FloatCompare, EQUAL, &[v, v]));
    b.guarded(Op::GuardTrue, 0, &[equal], state);
}

/// The same where it is infinite.
fn require_finite(b: &mut Builder<'_>, i: &Instruction, v: Val) {
    let zero_or_nan = b.pure(Op::FloatSub, 0, &[v, v]);
    require_equal(b, i, zero_or_nan);
}

/// `min` and `max` of two or three numbers: the first of those that none is beyond.
fn extreme(b: &mut Builder<'_>, i: &Instruction, is_max: bool, arguments: &[Val], kinds: &[Kind]) -> Option<Val> {
    let comparison = if is_max { GREATER } else { LESS };
    if kinds.iter().all(|k| *k == Kind::Int) {
        let op = if is_max { Op::IntMax } else { Op::IntMin };
        let mut all = arguments.iter().map(|v| int(b, i, *v)).collect::<Vec<_>>().into_iter();
        let first = all.next()?;
        let best = all.fold(first, |best, x| b.pure(op, 0, &[best, x]));
        return Some(b.pure(Op::BoxInt, 0, &[best]));
    }
    let floats: Vec<Val> = arguments.iter().zip(kinds).map(|(v, k)| as_float(b, i, *v, *k)).collect();
    let (mut best, rest) = floats.split_first().map(|(first, rest)| (*first, rest))?;
    if kinds.iter().all(|k| *k == Kind::Float) {
        for x in rest {
            let better = b.pure(Op::FloatCompare, comparison, &[*x, best]);
            best = b.pure(Op::FloatSelect, 0, &[better, *x, best]);
        }
        return Some(b.pure(Op::BoxFloat, 0, &[best]));
    }
    // Ints of 49 bits are exact as floats. What it gives is the number that was given.
    let mut chosen = *arguments.first()?;
    for (x, v) in rest.iter().zip(arguments.get(1..)?) {
        let better = b.pure(Op::FloatCompare, comparison, &[*x, best]);
        best = b.pure(Op::FloatSelect, 0, &[better, *x, best]);
        chosen = b.pure(Op::Select, 0, &[better, *v, chosen]);
    }
    Some(chosen)
}
