//! `_decimal`: the General Decimal Arithmetic Specification 1.70.
//!
//! `coefficient` has the natural numbers, `number` what a number is and how a context rounds it; `arithmetic`,
//! `logarithms` and `power` are the operations, `text` and `formatting` their texts. None of these but the last know the
//! runtime. The rest is objects: `object`, `methods` (`Decimal`), `context`, `context_methods` (`Context`), `signals`.

mod arithmetic;
mod coefficient;
pub mod context;
mod context_methods;
mod formatting;
mod logarithms;
mod methods;
mod number;
pub mod object;
mod power;
pub mod signals;
mod text;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use self::context::{
    BASIC_CONTEXT, Context, DEFAULT, DEFAULT_CONTEXT, DEFAULT_TRAPS, EXTENDED_CONTEXT, apply_keywords, copy, current,
    new_context, set_current,
};
use self::number::status::*;
use self::number::{MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, Rounding, Rules};
use crate::object::object;

/// `numbers.Rational`.
static RATIONAL: u8 = 0;
static DECIMAL_TUPLE: u8 = 1;

/// Largest size of a context of IEEE 754, in bits.
const IEEE_MOST_BITS: i64 = 512;

object!(
    /// What `localcontext` returns.
    pub struct ContextManager: DECIMAL_MANAGER {
        /// The context for the time of the `with` statement, and the one before.
        local: Field,
        global: Field,
    }
);

fn enter(vm: &Vm, this: Ref<ContextManager>) -> PyResult<Value> {
    let local = this.local.get_or_none();
    set_current(vm, local)?;
    Ok(local)
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let this: Ref<ContextManager> =
        args.get(0).downcast().ok_or_else(|| vm.type_error("a ContextManager is required"))?;
    set_current(vm, this.global.get_or_none())?;
    Ok(false)
}

static MANAGER_METHODS: &[MethodDef] =
    &[method!("__enter__", 1, enter), method!("__exit__", "($self, /, *args)", exit)];

static MANAGER: TypeDef = TypeDef {
    module: "decimal",
    layout: Some(crate::layouts::DECIMAL_MANAGER),
    flags: brolga_runtime::object::def::type_flags::DISALLOW_NEW,
    methods: &[MANAGER_METHODS],
    ..TypeDef::new("ContextManager")
};

fn getcontext(vm: &Vm) -> PyResult<Ref<Context>> {
    current(vm)
}

fn setcontext(vm: &Vm, v: Value) -> PyResult<()> {
    set_current(vm, v)
}

fn localcontext(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<ContextManager>> {
    let global = current(vm)?;
    let base = match args.opt_not_none(0) {
        None => global,
        Some(v) => v.downcast().ok_or_else(|| vm.type_error("optional argument must be a context"))?,
    };
    let local = copy(vm, base)?;
    apply_keywords(vm, local, args)?;
    let manager: Ref<ContextManager> = vm.alloc_instance(vm.native_type(&MANAGER)?)?;
    manager.local.init(local.value());
    manager.global.init(global.value());
    Ok(manager)
}

fn ieee_context(vm: &Vm, bits: i64) -> PyResult<Ref<Context>> {
    if bits <= 0 || bits > IEEE_MOST_BITS || bits % 32 != 0 {
        return Err(vm.value_error("argument must be a multiple of 32, with a maximum of 512"));
    }
    let emax = 3 << (bits / 16 + 3);
    let rules = Rules { prec: 9 * (bits / 32) - 2, emax, emin: 1 - emax, rounding: Rounding::HalfEven, clamp: true };
    new_context(vm, &rules, true, 0)
}

const FUNCTIONS: &[MethodDef] = &[
    method!("getcontext", 0, getcontext).doc("Get the current default context."),
    method!("setcontext", 1, setcontext).text("($module, context, /)").doc("Set a new default context."),
    method!("localcontext", "($module, /, ctx=None, **kwargs)", localcontext).doc(
        "Return a context manager for a copy of the supplied context.\n\nThat will set the default context to a copy of \
         ctx on entry to the\nwith-statement and restore the previous default context when exiting\nthe with-statement. \
         If no context is supplied, a copy of the current\ndefault context is used.",
    ),
    method!("IEEEContext", 1, ieee_context)
        .text("($module, bits, /)")
        .doc("Return a context object initialized to the proper values for one of the\nIEEE interchange formats.\n\nThe argument must be a multiple of 32 and less\nthan IEEE_CONTEXT_MAX_BITS."),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let decimal = object::decimal_class(vm)?;
    let numbers = vm.import("numbers")?;
    vm.keep(&RATIONAL, vm.get_attr_str(numbers, "Rational")?);
    let number = vm.get_attr_str(numbers, "Number")?;
    vm.call_method(number, "register", &[decimal.value()])?;
    vm.import("collections.abc")?;
    let collections = vm.import("collections")?;
    let abc = vm.get_attr_str(collections, "abc")?;
    signals::make_view_class(vm, vm.get_attr_str(abc, "MutableMapping")?)?;
    let tuple = match vm.kept(&DECIMAL_TUPLE) {
        Some(tuple) => tuple,
        None => {
            let fields = vm.new_str("sign digits exponent")?;
            let name = vm.new_str("DecimalTuple")?;
            let tuple = vm.call_method(collections, "namedtuple", &[name.value(), fields.value()])?;
            vm.set_attr(tuple, vm.names.__module__, vm.intern("decimal")?.value())?;
            vm.keep(&DECIMAL_TUPLE, tuple);
            tuple
        }
    };
    m.add_type(vm, decimal)?;
    m.add_type(vm, vm.native_type(&context::DEF)?)?;
    m.add(vm, "DecimalTuple", tuple)?;
    for (name, class) in signals::make_classes(vm)? {
        m.add(vm, name, class)?;
    }
    let nine = Rules { prec: 9, ..DEFAULT };
    let all = ANY_INVALID | DIVISION_BY_ZERO | OVERFLOW | UNDERFLOW | CLAMPED;
    let templates: [(&str, &'static u8, Rules, u32); 3] = [
        ("DefaultContext", &DEFAULT_CONTEXT, DEFAULT, DEFAULT_TRAPS),
        ("BasicContext", &BASIC_CONTEXT, nine.rounded(Rounding::HalfUp), all),
        ("ExtendedContext", &EXTENDED_CONTEXT, nine, 0),
    ];
    for (name, key, rules, traps) in templates {
        let context = match vm.kept(key) {
            Some(context) => context,
            None => new_context(vm, &rules, true, traps)?.value(),
        };
        vm.keep(key, context);
        m.add(vm, name, context)?;
    }
    for (_, name) in Rounding::ALL {
        m.add(vm, name, vm.intern(name)?.value())?;
    }
    m.add_int(vm, "MAX_PREC", MAX_PREC)?;
    m.add_int(vm, "MAX_EMAX", MAX_EMAX)?;
    m.add_int(vm, "MIN_EMIN", MIN_EMIN)?;
    m.add_int(vm, "MIN_ETINY", MIN_ETINY)?;
    m.add_int(vm, "IEEE_CONTEXT_MAX_BITS", IEEE_MOST_BITS)?;
    m.add(vm, "HAVE_THREADS", Value::from_bool(true))?;
    m.add(vm, "HAVE_CONTEXTVAR", Value::from_bool(true))?;
    // The specification's version, and that of the C library whose behaviour this module has.
    m.add_str(vm, "__version__", "1.70")?;
    m.add_str(vm, "__libmpdec_version__", "2.5.1")
}

pub static MODULE: ModuleDef = ModuleDef::new("_decimal", FUNCTIONS, init);
