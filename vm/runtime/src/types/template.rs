//! `string.templatelib`: what t-strings make.

use crate::object::def::{GetSetDef, TypeDef, type_flags};
use crate::object::layout::{INTERPOLATION, SEQ_ITER, TEMPLATE};
use crate::object::{Args, Field, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::generic_alias;
use crate::types::seq_iter::PySeqIter;
use crate::types::shape;
use crate::types::str::{PyStr, StrBuilder, concat};
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

const MODULE: &str = "string.templatelib";

#[repr(C)]
pub struct PyTemplate {
    header: Header,
    /// A tuple of strings, one more than there are interpolations.
    strings: Field,
    interpolations: Field,
}

// SAFETY: repr(C), header first, then fields.
unsafe impl HeapType for PyTemplate {
    const LAYOUT: LayoutId = TEMPLATE;
}

#[repr(C)]
pub struct PyInterpolation {
    header: Header,
    value: Field,
    expression: Field,
    conversion: Field,
    format_spec: Field,
}

// SAFETY: repr(C), header first, then fields.
unsafe impl HeapType for PyInterpolation {
    const LAYOUT: LayoutId = INTERPOLATION;
}

/// BUILD_TEMPLATE: tuples of strings and of interpolations.
pub fn new(vm: &Vm, strings: Value, interpolations: Value) -> PyResult<Value> {
    let t: Ref<PyTemplate> = vm.alloc(shape::template)?;
    t.strings.init(strings);
    t.interpolations.init(interpolations);
    Ok(t.value())
}

/// BUILD_INTERPOLATION.
pub fn interpolation(
    vm: &Vm,
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
) -> PyResult<Value> {
    let i: Ref<PyInterpolation> = vm.alloc(shape::interpolation)?;
    i.value.init(value);
    i.expression.init(expression);
    i.conversion.init(conversion);
    i.format_spec.init(format_spec);
    Ok(i.value())
}

impl PyTemplate {
    fn parts(&self, vm: &Vm) -> (Ref<PyTuple>, Ref<PyTuple>) {
        let tuple = |f: &Field| f.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple);
        (tuple(&self.strings), tuple(&self.interpolations))
    }
}

/// Puts strings and interpolations into the two tuples: adjoining strings are joined, missing ones are empty.
fn assemble(vm: &Vm, parts: &[Value]) -> PyResult<Value> {
    let (strings, interpolations) = (ValueVec::new(), ValueVec::new());
    let mut last: Option<Ref<PyStr>> = None;
    for part in parts {
        if let Some(s) = part.downcast::<PyStr>() {
            last = Some(match last {
                Some(before) => concat(vm, before, s)?,
                None => s,
            });
        } else if part.downcast::<PyInterpolation>().is_some() {
            strings.push(vm, last.take().unwrap_or(vm.names.empty).value())?;
            interpolations.push(vm, *part)?;
        } else {
            return Err(vm.type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                vm.type_name(*part)
            )));
        }
    }
    strings.push(vm, last.unwrap_or(vm.names.empty).value())?;
    let strings = vm.new_tuple(strings.as_slice())?;
    let interpolations = vm.new_tuple(interpolations.as_slice())?;
    new(vm, strings.value(), interpolations.value())
}

fn template_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    if !args.kw.is_empty() {
        return Err(vm.type_error("Template.__new__ only accepts *args arguments"));
    }
    assemble(vm, args.rest)
}

/// Strings and interpolations in turn, empty strings left out.
fn flat(vm: &Vm, this: Ref<PyTemplate>, all: bool) -> PyResult<ValueVec> {
    let (strings, interpolations) = this.parts(vm);
    let out = ValueVec::with_capacity(vm, strings.len() + interpolations.len())?;
    for (i, s) in strings.as_slice().iter().enumerate() {
        if all || s.downcast::<PyStr>().is_some_and(|s| !s.is_empty()) {
            out.push(vm, *s)?;
        }
        if let Some(interpolation) = interpolations.get(i) {
            out.push(vm, interpolation)?;
        }
    }
    Ok(out)
}

fn iter(vm: &Vm, this: Ref<PyTemplate>) -> PyResult<Value> {
    let parts = flat(vm, this, false)?;
    let tuple = vm.new_tuple(parts.as_slice())?;
    let it = PySeqIter::new(vm, tuple.value())?;
    it.obj().header().set_tag(shape::template_iter);
    Ok(it.value())
}

fn iter_next(vm: &Vm, it: Value) -> PyResult<Slot> {
    crate::types::seq_iter::next(vm, it)
}

fn this(_: &Vm, it: Value) -> Value {
    it
}

fn add(vm: &Vm, this: Ref<PyTemplate>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyTemplate>() else {
        return Err(concat_error(vm, other, "string.templatelib.Template"));
    };
    let parts = flat(vm, this, true)?;
    let more = flat(vm, other, true)?;
    parts.extend(vm, more.as_slice())?;
    assemble(vm, parts.as_slice())
}

fn concat_error(vm: &Vm, other: Value, to: &str) -> crate::Raised {
    let got = vm.type_full_name(vm.type_of(other));
    vm.type_error(format!("can only concatenate {to} (not \"{got}\") to {to}"))
}

fn strings(_: &Vm, this: Ref<PyTemplate>) -> Slot {
    this.strings.get()
}

fn interpolations(_: &Vm, this: Ref<PyTemplate>) -> Slot {
    this.interpolations.get()
}

fn values(vm: &Vm, this: Ref<PyTemplate>) -> PyResult<Ref<PyTuple>> {
    let (_, interpolations) = this.parts(vm);
    let out = ValueVec::with_capacity(vm, interpolations.len())?;
    for i in interpolations.as_slice() {
        if let Some(i) = i.downcast::<PyInterpolation>() {
            out.push(vm, i.value.get_or_none())?;
        }
    }
    vm.new_tuple(out.as_slice())
}

fn template_repr(vm: &Vm, this: Ref<PyTemplate>) -> PyResult<Ref<PyStr>> {
    let (strings, interpolations) = this.parts(vm);
    let mut out = StrBuilder::new();
    out.push_rust("Template(strings=");
    out.push_str(&*vm.repr(strings.value())?);
    out.push_rust(", interpolations=");
    out.push_str(&*vm.repr(interpolations.value())?);
    out.push_rust(")");
    out.finish(vm)
}

/// `string.templatelib._template_unpickle`, as CPython pickles templates.
fn template_reduce(vm: &Vm, this: Ref<PyTemplate>) -> PyResult<Value> {
    let module = vm.import(MODULE)?;
    let unpickle = vm.get_attr_str(module, "_template_unpickle")?;
    let (strings, interpolations) = this.parts(vm);
    let args = vm.new_tuple(&[strings.value(), interpolations.value()])?;
    Ok(vm.new_tuple(&[unpickle, args.value()])?.value())
}

fn class_getitem(vm: &Vm, class: Value, key: Value) -> PyResult<Value> {
    generic_alias::new(vm, class, key)
}

fn interpolation_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let conversion = args.opt_not_none(3);
    if let Some(c) = conversion {
        let Some(s) = c.downcast::<PyStr>() else {
            return Err(
                vm.type_error(format!("Interpolation() argument 'conversion' must be str, not {}", vm.type_name(c)))
            );
        };
        if !matches!(s.as_ascii(), Some("s" | "r" | "a")) {
            return Err(vm.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
        }
    }
    let text = |i: usize, name: &str| match args.opt(i) {
        Some(v) => vm.expect_str(v, &format!("Interpolation() argument '{name}'")),
        None => Ok(vm.names.empty),
    };
    let expression = text(2, "expression")?;
    let spec = text(4, "format_spec")?;
    interpolation(vm, args.get(1), expression.value(), conversion.unwrap_or(Value::NONE), spec.value())
}

fn interpolation_repr(vm: &Vm, this: Ref<PyInterpolation>) -> PyResult<Ref<PyStr>> {
    let mut out = StrBuilder::new();
    out.push_rust("Interpolation(");
    for (i, field) in [&this.value, &this.expression, &this.conversion, &this.format_spec].into_iter().enumerate() {
        if i > 0 {
            out.push_rust(", ");
        }
        out.push_str(&*vm.repr(field.get_or_none())?);
    }
    out.push_rust(")");
    out.finish(vm)
}

fn interpolation_reduce(vm: &Vm, this: Ref<PyInterpolation>) -> PyResult<Value> {
    let class = vm.types.interpolation.value();
    let args = vm.new_tuple(&[
        this.value.get_or_none(),
        this.expression.get_or_none(),
        this.conversion.get_or_none(),
        this.format_spec.get_or_none(),
    ])?;
    Ok(vm.new_tuple(&[class, args.value()])?.value())
}

fn get_value(_: &Vm, this: Ref<PyInterpolation>) -> Slot {
    this.value.get()
}
fn get_expression(_: &Vm, this: Ref<PyInterpolation>) -> Slot {
    this.expression.get()
}
fn get_conversion(_: &Vm, this: Ref<PyInterpolation>) -> Slot {
    this.conversion.get()
}
fn get_format_spec(_: &Vm, this: Ref<PyInterpolation>) -> Slot {
    this.format_spec.get()
}

/// `Interpolation.__match_args__`, for the type's dict.
pub fn match_args(vm: &Vm) -> PyResult<Ref<PyTuple>> {
    let n = &vm.names;
    vm.new_tuple(&[n.value.value(), n.expression.value(), n.conversion.value(), n.format_spec.value()])
}

const TEMPLATE_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", template_new).static_(),
    method!("__iter__", 1, iter),
    method!("__add__", 2, add),
    method!("__repr__", 1, template_repr),
    method!("__reduce__", 1, template_reduce),
    method!("__class_getitem__", 2, class_getitem).class(),
];

const TEMPLATE_GETSET: &[GetSetDef] = &[
    getset!("strings", strings).member(),
    getset!("interpolations", interpolations).member(),
    getset!("values", values),
];

pub static DEF: TypeDef = TypeDef {
    module: MODULE,
    layout: Some(TEMPLATE),
    methods: &[TEMPLATE_METHODS],
    getset: TEMPLATE_GETSET,
    doc: Some("Template object"),
    ..TypeDef::new("Template")
};

const ITER_METHODS: &[MethodDef] = &[method!("__iter__", 1, this)];

pub static ITER_DEF: TypeDef = TypeDef {
    module: MODULE,
    layout: Some(SEQ_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ITER_METHODS],
    iternext: Some(iter_next),
    ..TypeDef::new("TemplateIter")
};

const INTERPOLATION_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, value, expression='', conversion=None, format_spec='')", interpolation_new)
        .static_(),
    method!("__repr__", 1, interpolation_repr),
    method!("__reduce__", 1, interpolation_reduce),
    method!("__class_getitem__", 2, class_getitem).class(),
];

const INTERPOLATION_GETSET: &[GetSetDef] = &[
    getset!("value", get_value).member(),
    getset!("expression", get_expression).member(),
    getset!("conversion", get_conversion).member(),
    getset!("format_spec", get_format_spec).member(),
];

pub static INTERPOLATION_DEF: TypeDef = TypeDef {
    module: MODULE,
    layout: Some(INTERPOLATION),
    methods: &[INTERPOLATION_METHODS],
    getset: INTERPOLATION_GETSET,
    doc: Some("Interpolation object"),
    ..TypeDef::new("Interpolation")
};
