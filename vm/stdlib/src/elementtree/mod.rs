//! `_elementtree`: the elements, the tree builder and the parser of `xml.etree.ElementTree`.
//!
//! [`element`] is the object, [`children`] what it does as a sequence, [`search`] its `find` functions, [`copying`] copies
//! and pickling, [`walk`] the iterators over a tree. [`builder`] makes a tree of what a parser reports, and [`parser`] is
//! the parser of `pyexpat` with that as its target.

mod builder;
mod children;
mod copying;
mod element;
mod parser;
mod search;
mod walk;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::exception_class::{Base, ExceptionClass};

pub use parser::drop_parser;

static PARSE_ERROR: ExceptionClass = ExceptionClass::new("xml.etree.ElementTree", "ParseError", Base::SyntaxError);

/// The keys of what the module keeps: what makes comments and processing instructions (or `None`), `copy.deepcopy`, and
/// the module `ElementPath`.
static COMMENT_FACTORY: u8 = 1;
static INSTRUCTION_FACTORY: u8 = 2;
static DEEP_COPY: u8 = 3;
static ELEMENT_PATH: u8 = 4;

fn kept(vm: &Vm, key: &'static u8) -> Slot {
    vm.kept(key).filter(|v| !v.is_none())
}

fn set_factories(vm: &Vm, comment: Value, instruction: Value) -> PyResult<Value> {
    for (what, factory) in [("Comment", comment), ("PI", instruction)] {
        if !factory.is_none() && !vm.is_callable(factory) {
            return Err(vm.type_error(format!("{what} factory must be callable, not {}", vm.tp_name(factory))));
        }
    }
    let old = [&COMMENT_FACTORY, &INSTRUCTION_FACTORY].map(|key| vm.kept(key).unwrap_or(Value::NONE));
    let old = vm.new_tuple(&old)?;
    vm.keep(&COMMENT_FACTORY, comment);
    vm.keep(&INSTRUCTION_FACTORY, instruction);
    Ok(old.value())
}

const FUNCTIONS: &[MethodDef] = &[
    method!("SubElement", "($module, /, *args, **kwargs)", element::sub_element),
    method!("_set_factories", 2, set_factories)
        .doc("Change the factories used to create comments and processing instructions.\n\nFor internal use only."),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    vm.keep(&DEEP_COPY, vm.import_attr("copy", "deepcopy")?);
    let path = vm.import_attr("xml.etree", "ElementPath");
    let path = match vm.suppress(path, vm.types.attribute_error)? {
        Some(path) => path,
        None => {
            vm.import("xml.etree.ElementPath")?;
            vm.import_attr("xml.etree", "ElementPath")?
        }
    };
    vm.keep(&ELEMENT_PATH, path);
    m.add(vm, "ParseError", PARSE_ERROR.class(vm)?.value())?;
    for def in [&element::DEF, &builder::DEF, &parser::DEF] {
        m.add_type(vm, vm.native_type(def)?)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_elementtree", FUNCTIONS, init);
