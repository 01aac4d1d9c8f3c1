//! `Context`, its signals, and which context is the current one.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::coefficient::Big;
use super::number::status::*;
use super::number::{MAX_EMAX, MAX_PREC, MIN_EMIN, Number, Rounding, Rules};
use super::object::{new_decimal, no_memory};
use super::signals::{self, Which};
use crate::io::memory::heap_struct;
use crate::object::class_argument;

heap_struct! {
    /// Precision, exponents, rounding mode, and what operations signal.
    Context, DECIMAL_CONTEXT,
    fields {
        /// The views of `flags` and `traps`, made at first use.
        flags_view,
        traps_view,
    }
    data {
        prec: i64,
        emax: i64,
        emin: i64,
        rounding: u8,
        capitals: bool,
        clamp: bool,
        traps: u32,
        status: u32,
    }
}

impl Context {
    pub fn rules(&self) -> Rules {
        let rounding = Rounding::ALL.iter().find(|(r, _)| *r as u8 == self.rounding.get());
        Rules {
            prec: self.prec.get(),
            emax: self.emax.get(),
            emin: self.emin.get(),
            rounding: rounding.map_or(Rounding::HalfEven, |(r, _)| *r),
            clamp: self.clamp.get(),
        }
    }

    pub fn set_rules(&self, rules: &Rules, capitals: bool, traps: u32) {
        self.prec.set(rules.prec);
        self.emax.set(rules.emax);
        self.emin.set(rules.emin);
        self.rounding.set(rules.rounding as u8);
        self.clamp.set(rules.clamp);
        self.capitals.set(capitals);
        self.traps.set(traps);
    }
}

/// What `DefaultContext` is at first.
pub const DEFAULT: Rules =
    Rules { prec: 28, emax: 999_999, emin: -999_999, rounding: Rounding::HalfEven, clamp: false };
pub const DEFAULT_TRAPS: u32 = ANY_INVALID | DIVISION_BY_ZERO | OVERFLOW;

static VARIABLE: u8 = 0;
/// The templates.
pub static DEFAULT_CONTEXT: u8 = 1;
pub static BASIC_CONTEXT: u8 = 2;
pub static EXTENDED_CONTEXT: u8 = 3;

pub fn new_context(vm: &Vm, rules: &Rules, capitals: bool, traps: u32) -> PyResult<Ref<Context>> {
    let context: Ref<Context> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    context.set_rules(rules, capitals, traps);
    Ok(context)
}

/// A copy, an exact `Context`.
pub fn copy(vm: &Vm, context: Ref<Context>) -> PyResult<Ref<Context>> {
    let new = new_context(vm, &context.rules(), context.capitals.get(), context.traps.get())?;
    new.status.set(context.status.get());
    Ok(new)
}

fn variable(vm: &Vm) -> PyResult<Value> {
    match vm.kept(&VARIABLE) {
        Some(v) => Ok(v),
        None => {
            let v = crate::contextvars::new_variable(vm, "decimal_context")?.value();
            vm.keep(&VARIABLE, v);
            Ok(v)
        }
    }
}

/// The context of the running thread and task.
pub fn current(vm: &Vm) -> PyResult<Ref<Context>> {
    let variable = variable(vm)?;
    if let Some(context) = crate::contextvars::value_of(vm, variable)?.and_then(Value::downcast) {
        return Ok(context);
    }
    let context = match vm.kept(&DEFAULT_CONTEXT).and_then(Value::downcast) {
        Some(template) => copy(vm, template)?,
        None => new_context(vm, &DEFAULT, true, DEFAULT_TRAPS)?,
    };
    context.status.set(0);
    crate::contextvars::set_value(vm, variable, context.value())?;
    Ok(context)
}

/// Makes it the current one; a template is copied.
pub fn set_current(vm: &Vm, v: Value) -> PyResult<()> {
    let mut context: Ref<Context> = v.downcast().ok_or_else(|| vm.type_error("argument must be a context"))?;
    let template = |key| vm.kept(key).is_some_and(|t| t.same_bits(v));
    if template(&DEFAULT_CONTEXT) || template(&BASIC_CONTEXT) || template(&EXTENDED_CONTEXT) {
        context = copy(vm, context)?;
        context.status.set(0);
    }
    crate::contextvars::set_value(vm, variable(vm)?, context.value())
}

/// An optional argument `context`.
pub fn context_argument(vm: &Vm, v: Slot) -> PyResult<Ref<Context>> {
    match v.filter(|v| !v.is_none()) {
        None => current(vm),
        Some(v) => v.downcast().ok_or_else(|| vm.type_error("optional argument must be a context")),
    }
}

/// Sets flags, whatever is trapped.
pub fn raise_status(context: Ref<Context>, status: u32) {
    context.status.set(context.status.get() | status);
}

/// Sets flags; an error where one is trapped.
#[inline]
pub fn add_status(vm: &Vm, context: Ref<Context>, status: u32) -> PyResult<()> {
    if status == 0 {
        return Ok(());
    }
    raise_status(context, status);
    let trapped = status & context.traps.get();
    if trapped == 0 { Ok(()) } else { Err(signals::raise(vm, trapped)) }
}

/// The result of an operation as an object, with what it signals.
pub fn finish(vm: &Vm, context: Ref<Context>, result: Big<Number>, status: u32) -> PyResult<Value> {
    let result = result.map_err(|e| no_memory(vm, e))?;
    add_status(vm, context, status)?;
    new_decimal(vm, &result)
}

/// An int that fits C's `ssize_t`.
fn int_argument(vm: &Vm, v: Value) -> PyResult<i64> {
    if int::view(&v).is_none() {
        return Err(vm.type_error("an integer is required"));
    }
    int::to_i64(v).ok_or_else(|| vm.overflow_error("Python int too large to convert to C ssize_t"))
}

pub fn bad_rounding(vm: &Vm) -> Raised {
    vm.type_error(
        "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, \
         ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
    )
}

pub fn rounding_argument(vm: &Vm, v: Value) -> PyResult<Rounding> {
    let name = v.downcast::<PyStr>().ok_or_else(|| bad_rounding(vm))?;
    let found = Rounding::ALL.iter().find(|(_, n)| name.equals_str(n));
    found.map(|(r, _)| *r).ok_or_else(|| bad_rounding(vm))
}

/// Setting one attribute of a context to a value: `None` deletes.
fn set_number(vm: &Vm, context: Ref<Context>, v: Slot, which: &str) -> PyResult<()> {
    let Some(v) = v else { return Err(vm.attribute_error("context attributes cannot be deleted")) };
    let i = int_argument(vm, v)?;
    let (fits, range) = match which {
        "prec" => ((1..=MAX_PREC).contains(&i), "range for prec is [1, MAX_PREC]"),
        "Emin" => ((MIN_EMIN..=0).contains(&i), "range for Emin is [MIN_EMIN, 0]"),
        "Emax" => ((0..=MAX_EMAX).contains(&i), "range for Emax is [0, MAX_EMAX]"),
        "capitals" => ((0..=1).contains(&i), "values for capitals are 0 or 1"),
        _ => ((0..=1).contains(&i), "values for clamp are 0 or 1"),
    };
    if !fits {
        return Err(vm.value_error(format!("valid {range}")));
    }
    match which {
        "prec" => context.prec.set(i),
        "Emin" => context.emin.set(i),
        "Emax" => context.emax.set(i),
        "capitals" => context.capitals.set(i == 1),
        _ => context.clamp.set(i == 1),
    }
    Ok(())
}

fn set_rounding(vm: &Vm, context: Ref<Context>, v: Slot) -> PyResult<()> {
    let Some(v) = v else { return Err(vm.attribute_error("context attributes cannot be deleted")) };
    context.rounding.set(rounding_argument(vm, v)? as u8);
    Ok(())
}

fn get_rounding(_: &Vm, context: Ref<Context>) -> &'static str {
    context.rules().rounding.name()
}

macro_rules! numbers {
    ($($get:ident $set:ident $field:ident $name:literal;)*) => {$(
        fn $get(_: &Vm, context: Ref<Context>) -> i64 {
            i64::from(context.$field.get())
        }
        fn $set(vm: &Vm, context: Ref<Context>, v: Slot) -> PyResult<()> {
            set_number(vm, context, v, $name)
        }
    )*};
}

numbers! {
    get_prec set_prec prec "prec";
    get_emin set_emin emin "Emin";
    get_emax set_emax emax "Emax";
    get_capitals set_capitals capitals "capitals";
    get_clamp set_clamp clamp "clamp";
}

fn get_flags(vm: &Vm, context: Ref<Context>) -> PyResult<Value> {
    signals::view(vm, context, Which::Flags)
}

fn get_traps(vm: &Vm, context: Ref<Context>) -> PyResult<Value> {
    signals::view(vm, context, Which::Traps)
}

fn set_flags(vm: &Vm, context: Ref<Context>, v: Slot) -> PyResult<()> {
    let Some(v) = v else { return Err(vm.attribute_error("context attributes cannot be deleted")) };
    context.status.set(signals::from_dict(vm, v)?);
    Ok(())
}

fn set_traps(vm: &Vm, context: Ref<Context>, v: Slot) -> PyResult<()> {
    let Some(v) = v else { return Err(vm.attribute_error("context attributes cannot be deleted")) };
    context.traps.set(signals::from_dict(vm, v)?);
    Ok(())
}

/// The names of a constructor's arguments.
const NAMES: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

/// Binds arguments by these names; messages name no function, as those of C functions whose format does not.
pub fn nameless_arguments<const N: usize>(vm: &Vm, args: &Args<'_>, names: [&str; N]) -> PyResult<[Slot; N]> {
    let mut bound = [None; N];
    let given = args.rest.len() + args.kw.iter().count();
    if given > N {
        let plural = if N == 1 { "" } else { "s" };
        return Err(vm.type_error(format!("function takes at most {N} argument{plural} ({given} given)")));
    }
    for (slot, value) in bound.iter_mut().zip(args.rest) {
        *slot = Some(*value);
    }
    for (name, value) in args.kw.iter() {
        let name = vm.to_lossy(name);
        let Some(at) = names.iter().position(|n| *n == name) else {
            return Err(vm.type_error(format!("this function got an unexpected keyword argument '{name}'")));
        };
        if bound[at].replace(value).is_some() {
            let at = at + 1;
            return Err(vm.type_error(format!("argument for function given by name ('{name}') and position ({at})")));
        }
    }
    Ok(bound)
}

/// Sets what is given, and is not None.
pub fn apply(vm: &Vm, context: Ref<Context>, given: &[Slot; 8]) -> PyResult<()> {
    let [prec, rounding, emin, emax, capitals, clamp, flags, traps] = given.map(|v| v.filter(|v| !v.is_none()));
    for (v, name) in [(prec, "prec"), (emin, "Emin"), (emax, "Emax"), (capitals, "capitals"), (clamp, "clamp")] {
        if v.is_some() {
            set_number(vm, context, v, name)?;
        }
        if name == "prec" && rounding.is_some() {
            set_rounding(vm, context, rounding)?;
        }
    }
    let signals = |v: Value| match v.downcast::<PyList>() {
        Some(list) => signals::from_list(vm, list),
        None => signals::from_dict(vm, v),
    };
    if let Some(v) = traps {
        context.traps.set(signals(v)?);
    }
    if let Some(v) = flags {
        context.status.set(signals(v)?);
    }
    Ok(())
}

/// The keyword arguments of `localcontext`.
pub fn apply_keywords(vm: &Vm, context: Ref<Context>, args: &Args<'_>) -> PyResult<()> {
    let none = Args { bound: &[], rest: &[], kw: args.kw };
    apply(vm, context, &nameless_arguments(vm, &none, NAMES)?)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Context>> {
    let class: Ref<PyType> = class_argument(vm, args)?;
    let context: Ref<Context> = vm.alloc_instance(class)?;
    match vm.kept(&DEFAULT_CONTEXT).and_then(Value::downcast::<Context>) {
        Some(t) => context.set_rules(&t.rules(), t.capitals.get(), t.traps.get()),
        None => context.set_rules(&DEFAULT, true, DEFAULT_TRAPS),
    }
    Ok(context)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let context: Ref<Context> = args.get(0).downcast().ok_or_else(|| vm.type_error("a Context is required"))?;
    apply(vm, context, &nameless_arguments(vm, args, NAMES)?)
}

fn cannot_delete(vm: &Vm, _: Value, _: Value) -> PyResult<()> {
    Err(vm.attribute_error("context attributes cannot be deleted"))
}

fn repr(_: &Vm, context: Ref<Context>) -> String {
    let r = context.rules();
    format!(
        "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags={}, traps={})",
        r.prec,
        r.rounding.name(),
        r.emin,
        r.emax,
        u8::from(context.capitals.get()),
        u8::from(r.clamp),
        signals::names(context.status.get()),
        signals::names(context.traps.get()),
    )
}

fn reduce(vm: &Vm, context: Ref<Context>) -> PyResult<Value> {
    let r = context.rules();
    let flags = signals::to_list(vm, context.status.get())?;
    let traps = signals::to_list(vm, context.traps.get())?;
    let items = [
        vm.new_int(r.prec)?,
        vm.new_str(r.rounding.name())?.value(),
        vm.new_int(r.emin)?,
        vm.new_int(r.emax)?,
        Value::from_i32(i32::from(context.capitals.get())),
        Value::from_i32(i32::from(r.clamp)),
        flags.value(),
        traps.value(),
    ];
    let class = vm.type_of(context.value());
    let items = vm.new_tuple(&items)?;
    Ok(vm.new_tuple(&[class.value(), items.value()])?.value())
}

fn copy_method(vm: &Vm, context: Ref<Context>) -> PyResult<Ref<Context>> {
    copy(vm, context)
}

fn clear_flags(_: &Vm, context: Ref<Context>) {
    context.status.set(0);
}

fn clear_traps(_: &Vm, context: Ref<Context>) {
    context.traps.set(0);
}

fn etiny(_: &Vm, context: Ref<Context>) -> i64 {
    context.rules().etiny()
}

fn etop(_: &Vm, context: Ref<Context>) -> i64 {
    context.rules().etop()
}

fn radix(vm: &Vm, _: Value) -> PyResult<Value> {
    new_decimal(vm, &Number::integer(10))
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
    method!("__copy__", 1, copy_method),
    method!("__delattr__", 2, cannot_delete),
    method!("copy", 1, copy_method).doc("Return a duplicate of the context with all flags cleared."),
    method!("clear_flags", 1, clear_flags).doc("Reset all flags to False."),
    method!("clear_traps", 1, clear_traps).doc("Set all traps to False."),
    method!("Etiny", 1, etiny).doc(
        "Return a value equal to Emin - prec + 1.\n\nThis is the minimum exponent value for subnormal results.  When\nunderflow occurs, the exponent is set to Etiny.",
    ),
    method!("Etop", 1, etop)
        .doc("Return a value equal to Emax - prec + 1.\n\nThis is the maximum exponent if the _clamp field of the context is set\nto 1 (IEEE clamp mode).  Etop() must not be negative."),
    method!("radix", 1, radix).doc("Return 10."),
];

static GETSET: &[GetSetDef] = &[
    getset!("prec", get_prec, set_prec),
    getset!("Emax", get_emax, set_emax),
    getset!("Emin", get_emin, set_emin),
    getset!("rounding", get_rounding, set_rounding),
    getset!("capitals", get_capitals, set_capitals),
    getset!("clamp", get_clamp, set_clamp),
    getset!("flags", get_flags, set_flags),
    getset!("traps", get_traps, set_traps),
];

pub static DEF: TypeDef = TypeDef {
    module: "decimal",
    layout: Some(crate::layouts::DECIMAL_CONTEXT),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, super::context_methods::METHODS, super::context_methods::UNARY, super::context_methods::BINARY],
    getset: GETSET,
    doc: Some(
        "The context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and \
         much more.  A new context\ncan be initialized as follows:\n\n    >>> c = Context(prec=28, Emin=-425000000, \
         Emax=425000000,\n    ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,\n    ...             \
         traps=[InvalidOperation, DivisionByZero, Overflow],\n    ...             flags=[])\n    >>>",
    ),
    ..TypeDef::new("Context")
};
