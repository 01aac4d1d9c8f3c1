//! `_string`: the parts of a format string, for `string.Formatter`.

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::{self, PyStr};
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};
use brolga_text::format::template::{First, Pieces, Span, Step, split_name};

fn text(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    v.downcast().ok_or_else(|| vm.type_error(format!("expected str, got {}", vm.type_name(v))))
}

fn piece(vm: &Vm, s: Ref<PyStr>, span: &Span) -> PyResult<Value> {
    Ok(str::slice(vm, s, span.start, span.end)?.value())
}

/// An iterator of (literal, field name, spec, conversion).
fn formatter_parser(vm: &Vm, s: Value) -> PyResult<Value> {
    let s = text(vm, s)?;
    let list = PyList::new(vm, &[])?;
    let mut pieces = Pieces::new(0..s.len());
    while let Some(found) = pieces.next(s.view()) {
        let found = found.map_err(|e| vm.value_error(e.to_string()))?;
        let literal = piece(vm, s, &found.literal)?;
        let parts = match found.field {
            None => [literal, Value::NONE, Value::NONE, Value::NONE],
            Some(field) => {
                let conversion = match field.conversion {
                    Some(c) => PyStr::from_char(vm, c)?.value(),
                    None => Value::NONE,
                };
                [literal, piece(vm, s, &field.name)?, piece(vm, s, &field.spec)?, conversion]
            }
        };
        list.push(vm, vm.new_tuple(&parts)?.value())?;
    }
    vm.iter(list.value())
}

/// What the field's name starts with, and an iterator of (is attribute, name or index).
fn formatter_field_name_split(vm: &Vm, s: Value) -> PyResult<Value> {
    let s = text(vm, s)?;
    let error = |e: brolga_text::format::template::TemplateError| vm.value_error(e.to_string());
    let (first, mut steps) = split_name(s.view(), 0..s.len()).map_err(error)?;
    let first = match first {
        First::Empty => vm.names.empty.value(),
        First::Index(i) => vm.new_int(i as i64)?,
        First::Name(span) => piece(vm, s, &span)?,
    };
    let list = PyList::new(vm, &[])?;
    while let Some(step) = steps.next(s.view()) {
        let (attribute, value) = match step.map_err(error)? {
            Step::Attribute(span) => (true, piece(vm, s, &span)?),
            Step::Index(i) => (false, vm.new_int(i as i64)?),
            Step::Key(span) => (false, piece(vm, s, &span)?),
        };
        list.push(vm, vm.new_tuple(&[Value::from_bool(attribute), value])?.value())?;
    }
    let rest = vm.iter(list.value())?;
    Ok(vm.new_tuple(&[first, rest])?.value())
}

static FUNCTIONS: &[MethodDef] = &[
    method!("formatter_parser", 1, formatter_parser),
    method!("formatter_field_name_split", 1, formatter_field_name_split),
];

pub static MODULE: ModuleDef = ModuleDef::new("_string", FUNCTIONS, nothing).doc("string helper module");
