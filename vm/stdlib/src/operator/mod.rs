//! `_operator`.

mod getters;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

macro_rules! binary {
    ($($name:ident $inplace:ident $op:ident),* $(,)?) => {$(
        fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            vm.binary_op(a, b, BinaryOp::$op)
        }
        fn $inplace(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            vm.inplace_op(a, b, BinaryOp::$op)
        }
    )*};
}
binary! {
    add iadd Add, and_ iand And, floordiv ifloordiv FloorDiv, lshift ilshift LShift, matmul imatmul MatMul, mul imul Mul,
    mod_ imod Mod, or_ ior Or, pow ipow Pow, rshift irshift RShift, sub isub Sub, truediv itruediv TrueDiv, xor ixor Xor,
}

macro_rules! comparisons {
    ($($name:ident $op:ident),*) => {$(
        fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            vm.compare(a, b, Compare::$op)
        }
    )*};
}
comparisons!(lt Lt, le Le, eq Eq, ne Ne, gt Gt, ge Ge);

macro_rules! unary {
    ($($name:ident $special:ident),*) => {$(
        fn $name(vm: &Vm, v: Value) -> PyResult<Value> {
            vm.unary_op(v, Special::$special)
        }
    )*};
}
unary!(neg Neg, pos Pos, abs Abs, invert Invert);

fn truth(vm: &Vm, v: Value) -> PyResult<bool> {
    vm.is_true(v)
}

fn not_(vm: &Vm, v: Value) -> PyResult<bool> {
    Ok(!vm.is_true(v)?)
}

fn is_(_: &Vm, a: Value, b: Value) -> bool {
    a.is(b)
}

fn is_not(_: &Vm, a: Value, b: Value) -> bool {
    !a.is(b)
}

fn is_none(_: &Vm, a: Value) -> bool {
    a.is_none()
}

fn is_not_none(_: &Vm, a: Value) -> bool {
    !a.is_none()
}

fn contains(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    vm.contains(a, b)
}

fn getitem(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    vm.get_item(a, b)
}

fn setitem(vm: &Vm, a: Value, b: Value, c: Value) -> PyResult<()> {
    vm.set_item(a, b, c)
}

fn delitem(vm: &Vm, a: Value, b: Value) -> PyResult<()> {
    vm.del_item(a, b)
}

fn index(vm: &Vm, v: Value) -> PyResult<Value> {
    let i = vm.index(v)?;
    if vm.type_of(i) == vm.types.int { Ok(i) } else { brolga_runtime::types::int::to_exact(vm, i) }
}

/// Sequences only: what has `__getitem__` and is no mapping.
fn check_sequence(vm: &Vm, v: Value) -> PyResult<()> {
    if vm.type_of(v).special(Special::GetItem).is_none() || vm.is_instance(v, vm.types.dict) {
        return Err(vm.type_error(format!("'{}' object can't be concatenated", vm.type_name(v))));
    }
    Ok(())
}

fn concat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    check_sequence(vm, a)?;
    vm.binary_op(a, b, BinaryOp::Add)
}

fn iconcat(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    check_sequence(vm, a)?;
    vm.inplace_op(a, b, BinaryOp::Add)
}

fn not_iterable(vm: &Vm, v: Value, raised: brolga_runtime::Raised) -> brolga_runtime::Raised {
    match vm.catch(raised, vm.types.type_error) {
        Ok(_) => vm.type_error(format!("argument of type '{}' is not iterable", vm.type_name(v))),
        Err(raised) => raised,
    }
}

fn count_of(vm: &Vm, a: Value, b: Value) -> PyResult<i64> {
    let iterator = vm.iter(a).map_err(|r| not_iterable(vm, a, r))?;
    let mut count = 0;
    while let Some(item) = vm.next(iterator)? {
        if vm.eq(item, b)? {
            count += 1;
        }
    }
    Ok(count)
}

fn index_of(vm: &Vm, a: Value, b: Value) -> PyResult<i64> {
    let iterator = vm.iter(a).map_err(|r| not_iterable(vm, a, r))?;
    let mut index = 0;
    while let Some(item) = vm.next(iterator)? {
        if vm.eq(item, b)? {
            return Ok(index);
        }
        index += 1;
    }
    Err(vm.value_error("sequence.index(x): x not in sequence"))
}

fn length_hint(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let default = match args.opt(1) {
        None => 0,
        Some(d) if vm.is_instance(d, vm.types.int) => {
            usize::try_from(vm.to_isize(d)?).map_err(|_| vm.value_error("default must be non-negative"))?
        }
        Some(d) => {
            return Err(vm.type_error(format!("'{}' object cannot be interpreted as an integer", vm.type_name(d))));
        }
    };
    vm.length_hint(args.get(0), default)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.call_again(args)
}

/// Comparison in time that does not depend on where they differ.
pub(crate) fn compare_digest(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    fn same(a: &[u8], b: &[u8]) -> bool {
        let mut differ = u8::from(a.len() != b.len());
        for (i, x) in b.iter().enumerate() {
            let y = a.get(if a.len() == b.len() { i } else { i.wrapping_rem(a.len().max(1)) }).copied().unwrap_or(0);
            differ |= x ^ y;
        }
        std::hint::black_box(differ) == 0 && a.len() == b.len()
    }
    if let (Some(x), Some(y)) = (a.downcast::<PyStr>(), b.downcast::<PyStr>()) {
        let (Some(x), Some(y)) = (x.as_ascii(), y.as_ascii()) else {
            return Err(vm.type_error("comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(same(x.as_bytes(), y.as_bytes()));
    }
    if let (Some(x), Some(y)) = (a.downcast::<PyBytes>(), b.downcast::<PyBytes>()) {
        return Ok(same(x.as_slice(), y.as_slice()));
    }
    if vm.has_buffer(a) && vm.has_buffer(b) {
        let (x, y) = (vm.buffer(a, false)?, vm.buffer(b, false)?);
        return Ok(same(x.as_slice(), y.as_slice()));
    }
    Err(vm.type_error(format!(
        "unsupported operand types(s) or combination of types: '{}' and '{}'",
        vm.type_name(a),
        vm.type_name(b)
    )))
}

static FUNCTIONS: &[MethodDef] = &[
    method!("truth", 1, truth),
    method!("contains", 2, contains),
    method!("indexOf", 2, index_of),
    method!("countOf", 2, count_of),
    method!("is_", 2, is_),
    method!("is_not", 2, is_not),
    method!("is_none", 1, is_none),
    method!("is_not_none", 1, is_not_none),
    method!("add", 2, add),
    method!("sub", 2, sub),
    method!("mul", 2, mul),
    method!("matmul", 2, matmul),
    method!("floordiv", 2, floordiv),
    method!("truediv", 2, truediv),
    method!("mod", 2, mod_),
    method!("neg", 1, neg),
    method!("pos", 1, pos),
    method!("abs", 1, abs),
    method!("inv", 1, invert),
    method!("invert", 1, invert),
    method!("lshift", 2, lshift),
    method!("rshift", 2, rshift),
    method!("not_", 1, not_),
    method!("and_", 2, and_),
    method!("xor", 2, xor),
    method!("or_", 2, or_),
    method!("iadd", 2, iadd),
    method!("isub", 2, isub),
    method!("imul", 2, imul),
    method!("imatmul", 2, imatmul),
    method!("ifloordiv", 2, ifloordiv),
    method!("itruediv", 2, itruediv),
    method!("imod", 2, imod),
    method!("ilshift", 2, ilshift),
    method!("irshift", 2, irshift),
    method!("iand", 2, iand),
    method!("ixor", 2, ixor),
    method!("ior", 2, ior),
    method!("concat", 2, concat),
    method!("iconcat", 2, iconcat),
    method!("getitem", 2, getitem),
    method!("setitem", 3, setitem),
    method!("delitem", 2, delitem),
    method!("pow", 2, pow),
    method!("ipow", 2, ipow),
    method!("eq", 2, eq),
    method!("ne", 2, ne),
    method!("lt", 2, lt),
    method!("le", 2, le),
    method!("gt", 2, gt),
    method!("ge", 2, ge),
    method!("index", 1, index),
    method!("length_hint", "($module, obj, default=0, /)", length_hint),
    method!("call", "($module, obj, /, *args, **kwargs)", call),
    method!("_compare_digest", 2, compare_digest),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for def in [&getters::ITEMGETTER, &getters::ATTRGETTER, &getters::METHODCALLER] {
        module.add_type(vm, vm.native_type(def)?)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_operator", FUNCTIONS, init).doc(
    "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
);
