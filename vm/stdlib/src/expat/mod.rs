//! `pyexpat`: an XML parser that reports what it reads, with Expat's interface and messages.
//!
//! [`engine`] parses, without Python; [`subset`] what stands in a document type declaration; [`decode`] makes text of bytes,
//! [`namespaces`] resolves prefixes. [`parser`] is the object that Python sees, [`handlers`] how its functions are called.

mod chars;
mod codes;
mod decode;
mod drive;
mod dtd;
mod engine;
mod event;
mod handlers;
mod namespaces;
mod parser;
mod subset;
mod tags;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use crate::exception_class::{Base, ExceptionClass};

pub(crate) use codes::{Code, message};
pub(crate) use decode::Encoding;
pub(crate) use drive::{Answer, Sink, drive, new_engine};
pub(crate) use engine::Engine;
pub(crate) use event::{Event, Position, Reported, Wanted};
pub use parser::drop_parser;

static ERROR: ExceptionClass = ExceptionClass::new("xml.parsers.expat", "ExpatError", Base::Exception);

/// The version of Expat whose behaviour this is.
pub(crate) const VERSION: [i64; 3] = [2, 7, 0];

fn error_string(vm: &Vm, args: &Args<'_>) -> PyResult<Option<Value>> {
    match codes::message(vm.to_i64(args.get(0))?) {
        Some(text) => Ok(Some(vm.new_str(text)?.value())),
        None => Ok(None),
    }
}

const FUNCTIONS: &[MethodDef] = &[
    method!(
        "ParserCreate",
        "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)",
        parser::create
    )
    .doc("Return a new XML parser object."),
    method!("ErrorString", "($module, code, /)", error_string).doc("Returns string error for given number."),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let error = ERROR.class(vm)?;
    m.add(vm, "ExpatError", error.value())?;
    m.add(vm, "error", error.value())?;
    m.add(vm, "XMLParserType", vm.native_type(&parser::DEF)?.value())?;
    m.add_str(vm, "EXPAT_VERSION", "expat_2.7.0")?;
    let numbers = VERSION.map(Value::from_int_truncated);
    m.add(vm, "version_info", vm.new_tuple(&numbers)?.value())?;
    m.add_str(vm, "native_encoding", "UTF-8")?;
    let features = vm.new_list(&[])?;
    for (name, value) in
        [("sizeof(XML_Char)", 1), ("sizeof(XML_LChar)", 1), ("XML_DTD", 0), ("XML_NS", 0), ("XML_GE", 0)]
    {
        let pair = vm.new_tuple(&[vm.new_str(name)?.value(), Value::from_i32(value)])?;
        features.push(vm, pair.value())?;
    }
    m.add(vm, "features", features.value())?;
    for (i, name) in ["NEVER", "UNLESS_STANDALONE", "ALWAYS"].into_iter().enumerate() {
        m.add_int(vm, &format!("XML_PARAM_ENTITY_PARSING_{name}"), i as i64)?;
    }
    let sub = |name: &str, doc: &str| -> PyResult<Ref<PyModule>> {
        let full = format!("pyexpat.{name}");
        let module = PyModule::new(vm, &full, Some(doc))?;
        vm.modules.set_name(vm, &full, module.value())?;
        m.add(vm, name, module.value())?;
        Ok(module)
    };
    let errors = sub("errors", "Constants used to describe error conditions.")?;
    let (by_text, by_number): (Ref<PyDict>, Ref<PyDict>) = (vm.new_dict()?, vm.new_dict()?);
    for (name, number, message) in codes::ALL {
        let text = vm.new_str(message)?.value();
        errors.add(vm, &format!("XML_ERROR_{name}"), text)?;
        by_text.set_item(vm, text, Value::from_i32(i32::from(*number)))?;
        by_number.set_item(vm, Value::from_i32(i32::from(*number)), text)?;
    }
    errors.add(vm, "codes", by_text.value())?;
    errors.add(vm, "messages", by_number.value())?;
    let model = sub("model", "Constants used to interpret content model information.")?;
    for (i, name) in ["EMPTY", "ANY", "MIXED", "NAME", "CHOICE", "SEQ"].into_iter().enumerate() {
        model.add_int(vm, &format!("XML_CTYPE_{name}"), i as i64 + 1)?;
    }
    for (i, name) in ["NONE", "OPT", "REP", "PLUS"].into_iter().enumerate() {
        model.add_int(vm, &format!("XML_CQUANT_{name}"), i as i64)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("pyexpat", FUNCTIONS, init).doc("Python wrapper for Expat parser.");
