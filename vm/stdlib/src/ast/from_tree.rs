//! Trees that the compiler crate made, as Python's nodes.

use brolga_bytecode::Const;
use brolga_compiler::tree::{Node, Tree};
use brolga_runtime::attributes::instance::PyInstance;
use brolga_runtime::marshal::{Trust, from_wtf8, load};
use brolga_runtime::object::Ref;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::{PyResult, Value, Vm};

use super::PLACE;

/// The nodes without fields and places, such as `Load()`: one of each, by the name of its class.
static SINGLETONS: u8 = 0;

/// What the conversion needs of `_ast`.
pub struct Maker<'vm> {
    vm: &'vm Vm,
    classes: Ref<PyDict>,
    singletons: Ref<PyDict>,
    fields: Ref<PyStr>,
    place: [Ref<PyStr>; 4],
}

/// The dict of `_ast`, which is imported.
pub fn classes(vm: &Vm) -> PyResult<Ref<PyDict>> {
    let module = vm.import("_ast")?;
    module.downcast::<PyModule>().and_then(|m| m.dict()).ok_or_else(|| vm.system_error("_ast is no module"))
}

fn singletons(vm: &Vm) -> PyResult<Ref<PyDict>> {
    if let Some(dict) = vm.kept(&SINGLETONS).and_then(Value::downcast) {
        return Ok(dict);
    }
    let dict = vm.new_dict()?;
    vm.keep(&SINGLETONS, dict.value());
    Ok(dict)
}

/// A constant's value.
pub fn constant(vm: &Vm, value: &Const) -> PyResult<Value> {
    Ok(match value {
        Const::None => Value::NONE,
        Const::True => Value::TRUE,
        Const::False => Value::FALSE,
        Const::Ellipsis => Value::ELLIPSIS,
        Const::Int(i) => vm.new_int(*i)?,
        Const::Float(f) => Value::from_f64(*f),
        Const::Str(text) => from_wtf8(vm, text.as_bytes())?.value(),
        other => load(vm, &brolga_bytecode::marshal::write_const(other), Trust::Own, false)?.0,
    })
}

impl Maker<'_> {
    pub fn new(vm: &Vm) -> PyResult<Maker<'_>> {
        let [a, b, c, d] = PLACE;
        Ok(Maker {
            vm,
            classes: classes(vm)?,
            singletons: singletons(vm)?,
            fields: vm.intern("_fields")?,
            place: [vm.intern(a)?, vm.intern(b)?, vm.intern(c)?, vm.intern(d)?],
        })
    }

    pub fn make(&self, tree: &Tree) -> PyResult<Value> {
        let vm = self.vm;
        match tree {
            Tree::None => Ok(Value::NONE),
            Tree::Node(node) => self.node(node),
            Tree::List(items) => {
                let list = vm.new_list(&[])?;
                for item in items {
                    list.push(vm, self.make(item)?)?;
                }
                Ok(list.value())
            }
            // Identifiers are interned, as all names in code.
            Tree::Str(text) => Ok(vm.intern(text)?.value()),
            Tree::Int(i) => vm.new_int(*i),
            Tree::Constant(value) => constant(vm, value),
        }
    }

    fn node(&self, node: &Node) -> PyResult<Value> {
        let vm = self.vm;
        vm.check_native_stack(" during ast construction")?;
        let name = vm.intern(node.class)?;
        let single = node.fields.is_empty() && node.place.is_none();
        if single && let Some(known) = self.singletons.get_str(vm, name) {
            return Ok(known);
        }
        let class = self.classes.get_str(vm, name).and_then(Value::downcast::<PyType>);
        let Some(class) = class else { return Err(vm.system_error(format!("_ast has no class {}", node.class))) };
        let made = PyInstance::new(vm, class)?.value();
        if single {
            self.singletons.set_str(vm, name, made)?;
            return Ok(made);
        }
        let names = class.lookup(vm, self.fields).and_then(Value::downcast::<PyTuple>);
        for (i, field) in node.fields.iter().enumerate() {
            let Some(field_name) = names.and_then(|n| n.get(i)).and_then(Value::downcast::<PyStr>) else { continue };
            let value = self.make(field)?;
            vm.set_attr(made, field_name, value)?;
        }
        if let Some(place) = node.place {
            let numbers = [place.line, place.column, place.end_line, place.end_column];
            for (name, number) in self.place.iter().zip(numbers) {
                vm.set_attr(made, *name, Value::from_int_truncated(i64::from(number)))?;
            }
        }
        Ok(made)
    }
}
