//! `copy.replace` of nodes, and what the optimizer does to trees that Python sees.

use brolga_bytecode::Const;
use brolga_compiler::tree::{Node, Tree};
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::{PyResult, Value, Vm};

fn names_of(vm: &Vm, class: Value, attribute: &str) -> PyResult<Ref<PyTuple>> {
    match vm.get_attr_opt(class, vm.intern(attribute)?)? {
        Some(names) => vm.tuple_from(names),
        None => vm.new_tuple(&[]),
    }
}

/// A new node of the same class, with some fields or attributes replaced.
pub fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = args.get(0);
    let class = vm.type_of(this);
    if !args.rest.is_empty() {
        return Err(vm.type_error("__replace__() takes no positional arguments"));
    }
    let (fields, attributes) = (names_of(vm, class.value(), "_fields")?, names_of(vm, class.value(), "_attributes")?);
    let given = vm.new_dict()?;
    for (name, value) in args.kw.iter() {
        let known = |names: Ref<PyTuple>| -> PyResult<bool> {
            for known in names.as_slice() {
                if vm.eq(*known, name)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        if !known(fields)? && !known(attributes)? {
            let (class, name) = (class.name(), vm.repr_lossy(name)?);
            return Err(vm.type_error(format!("{class}.__replace__ got an unexpected keyword argument {name}.")));
        }
        given.set_item(vm, name, value)?;
    }
    let dict = vm.get_attr_opt(this, vm.names.__dict__)?.and_then(Value::downcast::<PyDict>);
    let types = vm.get_attr_opt(class.value(), vm.intern("_field_types")?)?.and_then(Value::downcast::<PyDict>);
    let all = vm.new_dict()?;
    let mut missing = Vec::new();
    for name in fields.as_slice().iter().chain(attributes.as_slice()) {
        let own = match dict {
            Some(dict) => dict.get_item(vm, *name)?,
            None => None,
        };
        let optional = match types {
            Some(types) => types.get_item(vm, *name)?.is_some_and(|t| vm.is_instance(t, vm.types.union)),
            None => false,
        };
        let attribute = attributes.as_slice().iter().any(|a| a.same_bits(*name));
        match (given.get_item(vm, *name)?, own) {
            (Some(value), _) | (None, Some(value)) => all.set_item(vm, *name, value)?,
            (None, None) if optional || attribute => {}
            (None, None) => missing.push(vm.repr_lossy(*name)?),
        }
    }
    if !missing.is_empty() {
        missing.sort();
        let plural = if missing.len() == 1 { "" } else { "s" };
        return Err(vm.type_error(format!(
            "{}.__replace__ missing {} keyword argument{plural}: {}.",
            class.name(),
            missing.len(),
            missing.join(", ")
        )));
    }
    vm.call_with_dict(class.value(), &[], Some(all))
}

/// Puts its value in place of `__debug__`, as the optimizer does.
pub fn fold_debug(tree: &mut Tree, debug: bool) {
    let mut left = vec![tree];
    while let Some(tree) = left.pop() {
        match tree {
            Tree::Node(node) => {
                if is_debug(node) {
                    node.class = "Constant";
                    node.fields = vec![Tree::Constant(if debug { Const::True } else { Const::False }), Tree::None];
                } else {
                    left.extend(node.fields.iter_mut());
                }
            }
            Tree::List(items) => left.extend(items.iter_mut()),
            _ => {}
        }
    }
}

fn is_debug(node: &Node) -> bool {
    node.class == "Name"
        && matches!(node.fields.first(), Some(Tree::Str(name)) if name == "__debug__")
        && matches!(node.fields.get(1), Some(Tree::Node(context)) if context.class == "Load")
}

/// Is a word one that no identifier can be, since it is a constant?
pub fn is_constant_word(text: Ref<PyStr>) -> bool {
    ["None", "True", "False"].iter().any(|word| text.equals_str(word))
}
