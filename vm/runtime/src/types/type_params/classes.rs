//! The classes of type parameters.

use super::{
    CONTRAVARIANT, COVARIANT, INFER_VARIANCE, PyTypeParam, const_value, evaluated, evaluator, has_default, make,
    no_default, type_check, typing_call, unpack,
};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::TYPE_PARAM;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::union;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

fn name_arg(vm: &Vm, args: &Args<'_>, function: &str) -> PyResult<Value> {
    let name = args.get(1);
    if name.downcast::<PyStr>().is_none() {
        return Err(vm.type_error(format!("{function}() argument 'name' must be str, not {}", vm.type_name(name))));
    }
    Ok(name)
}

/// The three flags from parameter `at` on.
fn variance(vm: &Vm, args: &Args<'_>, at: usize) -> PyResult<u64> {
    let flag = |i: usize| args.opt(at + i).map_or(Ok(false), |v| vm.is_true(v));
    let (covariant, contravariant, infer) = (flag(0)?, flag(1)?, flag(2)?);
    if covariant && contravariant {
        return Err(vm.value_error("Bivariant types are not supported."));
    }
    if infer && (covariant || contravariant) {
        return Err(vm.value_error("Variance cannot be specified with infer_variance."));
    }
    Ok(u64::from(covariant) * COVARIANT + u64::from(contravariant) * CONTRAVARIANT + u64::from(infer) * INFER_VARIANCE)
}

/// Notes the module of the caller.
fn set_module(vm: &Vm, param: Ref<PyTypeParam>) -> PyResult<()> {
    let module = vm.current_module_name().unwrap_or(Value::NONE);
    crate::attributes::instance::set(vm, param.obj(), vm.names.__module__, module)
}

fn default_arg(vm: &Vm, args: &Args<'_>, at: usize) -> PyResult<Value> {
    args.opt(at).map_or_else(|| no_default(vm), Ok)
}

fn new_type_var(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTypeParam>> {
    let name = name_arg(vm, args, "typevar")?;
    let variance = variance(vm, args, 4)?;
    let bound = match args.opt_not_none(2) {
        Some(bound) => Some(type_check(vm, bound, "Bound must be a type.")?),
        None => None,
    };
    if args.rest.len() == 1 {
        return Err(vm.type_error("A single constraint is not allowed"));
    }
    if !args.rest.is_empty() && bound.is_some() {
        return Err(vm.type_error("Constraints cannot be combined with bound=..."));
    }
    let constraints = if args.rest.is_empty() { None } else { Some(vm.new_tuple(args.rest)?) };
    let default = default_arg(vm, args, 3)?;
    let param = make(vm, shape::type_var, name, variance)?;
    param.bound.set(param, bound);
    param.constraints.set(param, constraints.map(Ref::value));
    param.default.set(param, default);
    set_module(vm, param)?;
    Ok(param)
}

fn new_param_spec(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTypeParam>> {
    let name = name_arg(vm, args, "paramspec")?;
    let variance = variance(vm, args, 4)?;
    let bound = args.opt_not_none(2);
    let default = default_arg(vm, args, 3)?;
    let param = make(vm, shape::param_spec, name, variance)?;
    param.bound.set(param, bound);
    param.default.set(param, default);
    set_module(vm, param)?;
    Ok(param)
}

fn new_type_var_tuple(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTypeParam>> {
    let name = name_arg(vm, args, "typevartuple")?;
    let default = default_arg(vm, args, 2)?;
    let param = make(vm, shape::type_var_tuple, name, 0)?;
    param.default.set(param, default);
    set_module(vm, param)?;
    Ok(param)
}

fn repr(_: &Vm, this: Ref<PyTypeParam>) -> String {
    let sign = match () {
        () if this.has(INFER_VARIANCE) => "",
        () if this.has(COVARIANT) => "+",
        () if this.has(CONTRAVARIANT) => "-",
        () => "~",
    };
    format!("{sign}{}", this.name_text())
}

fn tuple_repr(_: &Vm, this: Ref<PyTypeParam>) -> String {
    this.name_text()
}

fn or(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    union::from_item(vm, vm.new_tuple(&[this, other])?.value())
}

fn ror(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    union::from_item(vm, vm.new_tuple(&[other, this])?.value())
}

fn type_var_subst(vm: &Vm, this: Value, arg: Value) -> PyResult<Value> {
    typing_call(vm, "_typevar_subst", &[this, arg])
}

fn param_spec_subst(vm: &Vm, this: Value, arg: Value) -> PyResult<Value> {
    typing_call(vm, "_paramspec_subst", &[this, arg])
}

fn type_var_tuple_subst(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.type_error("Substitution of bare TypeVarTuple is not supported"))
}

/// Adds the default where the arguments end just before this parameter's place.
fn type_var_prepare(vm: &Vm, this: Ref<PyTypeParam>, alias: Value, args: Value) -> PyResult<Value> {
    let params = vm.get_attr(alias, vm.names.__parameters__)?;
    let params = vm.tuple_from(params)?;
    let given = vm.len(args)?;
    let Some(index) = params.as_slice().iter().position(|p| p.same_bits(this.value())) else {
        return Err(vm.value_error("tuple.index(x): x not in tuple"));
    };
    if index < given {
        return Ok(args);
    }
    let default = default(vm, this)?;
    if index > given || default.same_bits(no_default(vm)?) {
        let needed = index + 1;
        return Err(vm.type_error(format!(
            "Too few arguments for {}; actual {given}, expected at least {needed}",
            vm.str(alias)?.to_lossy()
        )));
    }
    let all = vm.collect(args)?;
    all.push(vm, default)?;
    Ok(vm.new_tuple(all.as_slice())?.value())
}

fn param_spec_prepare(vm: &Vm, this: Value, alias: Value, args: Value) -> PyResult<Value> {
    typing_call(vm, "_paramspec_prepare_subst", &[this, alias, args])
}

fn type_var_tuple_prepare(vm: &Vm, this: Value, alias: Value, args: Value) -> PyResult<Value> {
    typing_call(vm, "_typevartuple_prepare_subst", &[this, alias, args])
}

fn reduce(_: &Vm, this: Ref<PyTypeParam>) -> Slot {
    this.name.get()
}

fn has_default_method(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<bool> {
    has_default(vm, this)
}

fn mro_entries(vm: &Vm, this: Value, _: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("Cannot subclass an instance of {}", vm.type_of(this).name())))
}

fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
    let unpacked = unpack(vm, this)?;
    vm.iter(vm.new_tuple(&[unpacked])?.value())
}

fn name(_: &Vm, this: Ref<PyTypeParam>) -> Slot {
    this.name.get()
}

fn bound(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<Slot> {
    evaluated(vm, this, &this.bound, &this.evaluate_bound)
}

fn constraints(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<Value> {
    let found = evaluated(vm, this, &this.constraints, &this.evaluate_constraints)?;
    Ok(found.unwrap_or(vm.empty_tuple.value()))
}

fn default(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<Value> {
    match evaluated(vm, this, &this.default, &this.evaluate_default)? {
        Some(default) => Ok(default),
        None => no_default(vm),
    }
}

fn evaluate_bound(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<Slot> {
    evaluator(vm, &this.bound, &this.evaluate_bound)
}

fn evaluate_constraints(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<Slot> {
    evaluator(vm, &this.constraints, &this.evaluate_constraints)
}

fn evaluate_default(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<Slot> {
    evaluator(vm, &this.default, &this.evaluate_default)
}

fn covariant(_: &Vm, this: Ref<PyTypeParam>) -> bool {
    this.has(COVARIANT)
}

fn contravariant(_: &Vm, this: Ref<PyTypeParam>) -> bool {
    this.has(CONTRAVARIANT)
}

fn infer_variance(_: &Vm, this: Ref<PyTypeParam>) -> bool {
    this.has(INFER_VARIANCE)
}

fn spec_args(vm: &Vm, this: Value) -> PyResult<Ref<PyTypeParam>> {
    make(vm, shape::param_spec_args, this, 0)
}

fn spec_kwargs(vm: &Vm, this: Value) -> PyResult<Ref<PyTypeParam>> {
    make(vm, shape::param_spec_kwargs, this, 0)
}

fn new_args(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTypeParam>> {
    spec_args(vm, args.get(1))
}

fn new_kwargs(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTypeParam>> {
    spec_kwargs(vm, args.get(1))
}

fn part_repr(vm: &Vm, this: Ref<PyTypeParam>, part: &str) -> PyResult<String> {
    let origin = this.name.get_or_none();
    Ok(match origin.downcast::<PyTypeParam>() {
        Some(spec) if vm.type_of(origin) == vm.types.param_spec => format!("{}.{part}", spec.name_text()),
        _ => format!("{}.{part}", vm.repr_lossy(origin)?),
    })
}

fn args_repr(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<String> {
    part_repr(vm, this, "args")
}

fn kwargs_repr(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<String> {
    part_repr(vm, this, "kwargs")
}

fn part_eq(vm: &Vm, this: Ref<PyTypeParam>, other: Value) -> PyResult<Value> {
    match other.downcast::<PyTypeParam>() {
        Some(o) if vm.type_of(other) == vm.type_of(this.value()) => {
            Ok(Value::from_bool(vm.eq(this.name.get_or_none(), o.name.get_or_none())?))
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn evaluator_call(vm: &Vm, this: Ref<PyTypeParam>, format: i64) -> PyResult<Value> {
    const_value(vm, this.name.get_or_none(), format)
}

fn evaluator_repr(vm: &Vm, this: Ref<PyTypeParam>) -> PyResult<String> {
    Ok(format!("<constevaluator {}>", vm.repr_lossy(this.name.get_or_none())?))
}

fn no_default_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    if !args.rest.is_empty() || !args.kw.is_empty() {
        return Err(vm.type_error("NoDefaultType takes no arguments"));
    }
    no_default(vm)
}

fn no_default_repr(_: &Vm, _: Value) -> &'static str {
    "typing.NoDefault"
}

fn no_default_reduce(_: &Vm, _: Value) -> &'static str {
    "NoDefault"
}

/// Calls a function of `typing` with the class and all arguments.
fn forward(vm: &Vm, args: &Args<'_>, function: &str) -> PyResult<Value> {
    let function = vm.get_attr_str(vm.import("typing")?, function)?;
    let all = crate::types::array::ValueVec::new();
    all.push(vm, args.get(0))?;
    all.extend(vm, args.rest)?;
    vm.call_again(&Args { bound: &[Some(function)], rest: all.as_slice(), kw: args.kw })
}

fn class_getitem(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    forward(vm, args, "_generic_class_getitem")
}

fn init_subclass(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    forward(vm, args, "_generic_init_subclass")
}

/// What all three have.
const SHARED: &[MethodDef] = &[
    method!("__reduce__", 1, reduce),
    method!("has_default", 1, has_default_method),
    method!("__mro_entries__", 2, mro_entries),
];

/// Of those that can stand in a union.
const UNION: &[MethodDef] = &[method!("__or__", 2, or), method!("__ror__", 2, ror)];

const NAME: GetSetDef = getset!("__name__", name).member();
const BOUND: GetSetDef = getset!("__bound__", bound);
const COVARIANT_ATTR: GetSetDef = getset!("__covariant__", covariant).member();
const CONTRAVARIANT_ATTR: GetSetDef = getset!("__contravariant__", contravariant).member();
const INFER_ATTR: GetSetDef = getset!("__infer_variance__", infer_variance).member();
const DEFAULT: GetSetDef = getset!("__default__", default);
const EVALUATE_DEFAULT: GetSetDef = getset!("evaluate_default", evaluate_default);

const fn param_type(
    name: &'static str,
    methods: &'static [&'static [MethodDef]],
    getset: &'static [GetSetDef],
    doc: &'static str,
) -> TypeDef {
    TypeDef {
        module: "typing",
        layout: Some(TYPE_PARAM),
        flags: type_flags::HAS_DICT | type_flags::WEAKREFABLE,
        methods,
        getset,
        doc: Some(doc),
        ..TypeDef::new(name)
    }
}

pub static TYPE_VAR: TypeDef = param_type(
    "TypeVar",
    &[&[
        method!(
            "__new__",
            "($type, name, *constraints, bound=None, default=NoDefault, covariant=False, contravariant=False, infer_variance=False)",
            new_type_var
        )
        .static_()
        .called("typevar"),
        method!("__repr__", 1, repr),
        method!("__typing_subst__", 2, type_var_subst),
        method!("__typing_prepare_subst__", 3, type_var_prepare),
    ], SHARED, UNION],
    &[
        NAME,
        BOUND,
        COVARIANT_ATTR,
        CONTRAVARIANT_ATTR,
        INFER_ATTR,
        DEFAULT,
        EVALUATE_DEFAULT,
        getset!("__constraints__", constraints),
        getset!("evaluate_bound", evaluate_bound),
        getset!("evaluate_constraints", evaluate_constraints),
    ],
    "Type variable.",
);

pub static PARAM_SPEC: TypeDef = param_type(
    "ParamSpec",
    &[&[
        method!(
            "__new__",
            "($type, name, *, bound=None, default=NoDefault, covariant=False, contravariant=False, infer_variance=False)",
            new_param_spec
        )
        .static_()
        .called("paramspec"),
        method!("__repr__", 1, repr),
        method!("__typing_subst__", 2, param_spec_subst),
        method!("__typing_prepare_subst__", 3, param_spec_prepare),
    ], SHARED, UNION],
    &[
        NAME,
        BOUND,
        COVARIANT_ATTR,
        CONTRAVARIANT_ATTR,
        INFER_ATTR,
        DEFAULT,
        EVALUATE_DEFAULT,
        getset!("args", spec_args),
        getset!("kwargs", spec_kwargs),
    ],
    "Parameter specification variable.\n\nThe preferred way to construct a parameter specification is via the\ndedicated syntax for generic functions, classes, and type aliases,\nwhere the use of '**' creates a parameter specification::\n\n    type IntFunc[**P] = Callable[P, int]\n\nThe following syntax creates a parameter specification that defaults\nto a callable accepting two positional-only arguments of types int\nand str:\n\n    type IntFuncDefault[**P = [int, str]] = Callable[P, int]\n\nFor compatibility with Python 3.11 and earlier, ParamSpec objects\ncan also be created as follows::\n\n    P = ParamSpec('P')\n    DefaultP = ParamSpec('DefaultP', default=[int, str])\n\nParameter specification variables exist primarily for the benefit of\nstatic type checkers.  They are used to forward the parameter types of\none callable to another callable, a pattern commonly found in\nhigher-order functions and decorators.  They are only valid when used\nin ``Concatenate``, or as the first argument to ``Callable``, or as\nparameters for user-defined Generics. See class Generic for more\ninformation on generic types.\n\nAn example for annotating a decorator::\n\n    def add_logging[**P, T](f: Callable[P, T]) -> Callable[P, T]:\n        '''A type-safe decorator to add logging to a function.'''\n        def inner(*args: P.args, **kwargs: P.kwargs) -> T:\n            logging.info(f'{f.__name__} was called')\n            return f(*args, **kwargs)\n        return inner\n\n    @add_logging\n    def add_two(x: float, y: float) -> float:\n        '''Add two numbers together.'''\n        return x + y\n\nParameter specification variables can be introspected. e.g.::\n\n    >>> P = ParamSpec(\"P\")\n    >>> P.__name__\n    'P'\n\nNote that only parameter specification variables defined in the global\nscope can be pickled.\n",
);

pub static TYPE_VAR_TUPLE: TypeDef = param_type(
    "TypeVarTuple",
    &[
        &[
            method!("__new__", "($type, name, *, default=NoDefault)", new_type_var_tuple)
                .static_()
                .called("typevartuple"),
            method!("__repr__", 1, tuple_repr),
            method!("__iter__", 1, iter),
            method!("__typing_subst__", 2, type_var_tuple_subst),
            method!("__typing_prepare_subst__", 3, type_var_tuple_prepare),
        ],
        SHARED,
    ],
    &[NAME, DEFAULT, EVALUATE_DEFAULT],
    "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.",
);

pub static PARAM_SPEC_ARGS: TypeDef = param_type(
    "ParamSpecArgs",
    &[&[
        method!("__new__", "($type, origin)", new_args).static_(),
        method!("__repr__", 1, args_repr),
        method!("__eq__", 2, part_eq),
        method!("__mro_entries__", 2, mro_entries),
    ]],
    &[getset!("__origin__", name).member()],
    "The args for a ParamSpec object.\n\nGiven a ParamSpec object P, P.args is an instance of ParamSpecArgs.\n\nParamSpecArgs objects have a reference back to their ParamSpec::\n\n    >>> P = ParamSpec(\"P\")\n    >>> P.args.__origin__ is P\n    True\n\nThis type is meant for runtime introspection and has no special meaning\nto static type checkers.\n",
);

pub static PARAM_SPEC_KWARGS: TypeDef = param_type(
    "ParamSpecKwargs",
    &[&[
        method!("__new__", "($type, origin)", new_kwargs).static_(),
        method!("__repr__", 1, kwargs_repr),
        method!("__eq__", 2, part_eq),
        method!("__mro_entries__", 2, mro_entries),
    ]],
    &[getset!("__origin__", name).member()],
    "The kwargs for a ParamSpec object.\n\nGiven a ParamSpec object P, P.kwargs is an instance of ParamSpecKwargs.\n\nParamSpecKwargs objects have a reference back to their ParamSpec::\n\n    >>> P = ParamSpec(\"P\")\n    >>> P.kwargs.__origin__ is P\n    True\n\nThis type is meant for runtime introspection and has no special meaning\nto static type checkers.\n",
);

pub static CONST_EVALUATOR: TypeDef = TypeDef {
    module: "_typing",
    layout: Some(TYPE_PARAM),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__call__", 2, evaluator_call), method!("__repr__", 1, evaluator_repr)]],
    ..TypeDef::new("_ConstEvaluator")
};

pub static NO_DEFAULT: TypeDef = TypeDef {
    layout: Some(TYPE_PARAM),
    methods: &[&[
        method!("__new__", "($type, *args, **kwargs)", no_default_new).static_(),
        method!("__repr__", 1, no_default_repr),
        method!("__reduce__", 1, no_default_reduce),
    ]],
    doc: Some("The type of the NoDefault singleton."),
    ..TypeDef::new("NoDefaultType")
};

pub static GENERIC: TypeDef = TypeDef {
    module: "typing",
    flags: type_flags::BASETYPE,
    methods: &[&[
        method!("__class_getitem__", "($cls, *args, **kwargs)", class_getitem)
            .class()
            .doc("Parameterizes a generic class."),
        method!("__init_subclass__", "($cls, *args, **kwargs)", init_subclass)
            .class()
            .doc("Function to initialize subclasses."),
    ]],
    doc: Some("Abstract base class for generic types"),
    ..TypeDef::new("Generic")
};
