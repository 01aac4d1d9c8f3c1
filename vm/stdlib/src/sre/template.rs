//! Replacements: compiled templates of `sub` and `Match.expand`.

use brolga_runtime::PyResult;
use brolga_runtime::object::{Field, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;

use super::pattern::{PyPattern, Walk};
use crate::object::object;

object!(
    /// `items`: a tuple of literals and group numbers in turn, a literal first and last.
    pub struct Template: SRE_TEMPLATE { items: Field }
);

pub static DEF: TypeDef = TypeDef {
    module: "_sre",
    layout: Some(crate::layouts::SRE_TEMPLATE),
    flags: type_flags::DISALLOW_NEW,
    ..TypeDef::new("SRE_Template")
};

/// `_sre.template(pattern, [literal, index, literal, ...])`
pub fn template(vm: &Vm, _: Value, items: Value) -> PyResult<Ref<Template>> {
    let invalid = || vm.type_error("invalid template");
    let Some(list) = items.downcast::<PyList>().filter(|l| l.len() % 2 == 1) else { return Err(invalid()) };
    for i in (1..list.len()).step_by(2) {
        let index = list.get(i).unwrap_or(Value::NONE);
        if vm.type_of(index).special(Special::Index).is_none() {
            return Err(vm.type_error("an integer is required"));
        }
        if vm.to_isize(index)? < 0 {
            return Err(invalid());
        }
    }
    let items = vm.new_tuple(list.as_slice())?;
    let this: Ref<Template> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.items.init(items.value());
    Ok(this)
}

impl Template {
    fn items(&self) -> Option<Ref<PyTuple>> {
        self.items.get()?.downcast()
    }

    /// Pushes the literals and the groups' texts; `group` gives that of a group, if it took part.
    pub fn expand(&self, vm: &Vm, out: Ref<PyList>, group: impl Fn(usize) -> PyResult<Option<Value>>) -> PyResult<()> {
        let Some(items) = self.items() else { return Ok(()) };
        for (i, item) in items.as_slice().iter().enumerate() {
            if i % 2 == 0 {
                let empty = item.downcast::<PyStr>().is_some_and(|s| s.is_empty())
                    || item.downcast::<PyBytes>().is_some_and(|b| b.is_empty());
                if !empty && !item.is_none() {
                    out.push(vm, *item)?;
                }
            } else if let Some(text) = group(vm.to_isize(*item)?.max(0) as usize)? {
                out.push(vm, text)?;
            }
        }
        Ok(())
    }
}

pub fn expand_into(vm: &Vm, template: Ref<Template>, walk: &Walk<'_>, out: Ref<PyList>) -> PyResult<()> {
    template.expand(vm, out, |i| walk.group_text(vm, i))
}

/// What a match is replaced by.
pub enum Replacement {
    Literal(Value),
    Template(Ref<Template>),
    Call(Value),
}

impl Replacement {
    pub fn new(vm: &Vm, pattern: Ref<PyPattern>, given: Value) -> PyResult<Replacement> {
        if vm.is_callable(given) {
            return Ok(Replacement::Call(given));
        }
        let backslash = u32::from(b'\\');
        let plain = match (given.downcast::<PyStr>(), given.downcast::<PyBytes>()) {
            (Some(s), _) => !s.chars().any(|c| c == backslash),
            (None, Some(b)) => !b.as_slice().contains(&b'\\'),
            _ => false,
        };
        if plain { Ok(Replacement::Literal(given)) } else { Replacement::compile(vm, pattern, given) }
    }

    /// By `re._compile_template`, which caches.
    pub fn compile(vm: &Vm, pattern: Ref<PyPattern>, given: Value) -> PyResult<Replacement> {
        let function = vm.import_attr("re", "_compile_template")?;
        let compiled = match vm.call(function, &[pattern.value(), given]) {
            // What cannot be hashed, a bytearray for one, cannot be looked up in the cache: its bytes can.
            Err(raised) if vm.has_buffer(given) => {
                vm.catch(raised, vm.types.type_error)?;
                let buffer = vm.buffer(given, false)?;
                let bytes = PyBytes::new(vm, buffer.as_slice())?;
                vm.call(function, &[pattern.value(), bytes.value()])?
            }
            result => result?,
        };
        let Some(template) = compiled.downcast::<Template>() else { return Ok(Replacement::Literal(compiled)) };
        match template.items().filter(|t| t.len() == 1).and_then(|t| t.get(0)) {
            Some(literal) => Ok(Replacement::Literal(literal)),
            None => Ok(Replacement::Template(template)),
        }
    }
}
