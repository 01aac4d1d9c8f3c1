//! `_collections`: `deque`, `defaultdict`, `_tuplegetter`, `OrderedDict`, `_count_elements`.

pub mod defaultdict;
pub mod deque;
pub mod deque_iter;
pub mod ordered_dict;
mod ordered_dict_iter;
pub mod tuple_getter;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::shape;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

/// Counts the items of an iterable in a mapping.
fn count_elements(vm: &Vm, mapping: Value, iterable: Value) -> PyResult<()> {
    let one = Value::from_i32(1);
    // The dict's own operations, unless a subclass has others.
    let class = vm.type_of(mapping);
    let plain = [vm.names.get, vm.intern("__setitem__")?].into_iter().all(|name| {
        match (class.lookup(vm, name), vm.types.dict.lookup(vm, name)) {
            (Some(theirs), Some(ours)) => theirs.same_bits(ours),
            _ => false,
        }
    });
    if let Some(dict) = mapping.downcast::<PyDict>()
        && (plain || vm.exact::<PyDict>(mapping, shape::dict).is_some())
    {
        return vm.for_each(iterable, |item| {
            let hash = vm.hash_key(item)?;
            let count = match dict.get_item_hashed(vm, item, hash)? {
                Some(count) => vm.binary_op(count, one, BinaryOp::Add)?,
                None => one,
            };
            dict.set_item_hashed(vm, item, hash, count)
        });
    }
    let get = vm.get_attr(mapping, vm.names.get)?;
    vm.for_each(iterable, |item| {
        let count = vm.call(get, &[item, Value::from_i32(0)])?;
        let count = vm.binary_op(count, one, BinaryOp::Add)?;
        vm.set_item(mapping, item, count)
    })
}

const FUNCTIONS: &[MethodDef] =
    &[method!("_count_elements", 2, count_elements).doc("Count elements in the iterable, updating the mapping")];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for def in [&deque::DEF, &deque_iter::DEF, &deque_iter::REVERSE_DEF, &tuple_getter::DEF] {
        module.add_type(vm, vm.native_type(def)?)?;
    }
    module.add_type(vm, ordered_dict::class(vm)?)?;
    module.add_type(vm, vm.native_type_with_bases(&defaultdict::DEF, &[vm.types.dict])?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_collections", FUNCTIONS, init).doc(
    "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  \
     dict subclass with a default value factory\n",
);
