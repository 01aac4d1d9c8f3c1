//! The codec registry: search functions, found codecs, error handlers. Kept by the interpreter.

use super::{errors, normalize};
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;

static SEARCH: u8 = 0;
static CACHE: u8 = 1;
static ERRORS: u8 = 2;
/// Set once `encodings`, which registers the standard search function, was imported.
static IMPORTED: u8 = 3;

/// Indexes into a codec's tuple.
pub const ENCODER: usize = 0;
pub const DECODER: usize = 1;

fn search_path(vm: &Vm) -> PyResult<Ref<PyList>> {
    if let Some(list) = vm.kept(&SEARCH).and_then(Value::downcast) {
        return Ok(list);
    }
    let list = vm.new_list(&[])?;
    vm.keep(&SEARCH, list.value());
    Ok(list)
}

fn cache(vm: &Vm) -> PyResult<Ref<PyDict>> {
    if let Some(dict) = vm.kept(&CACHE).and_then(Value::downcast) {
        return Ok(dict);
    }
    let dict = vm.new_dict()?;
    vm.keep(&CACHE, dict.value());
    Ok(dict)
}

fn handlers(vm: &Vm) -> PyResult<Ref<PyDict>> {
    if let Some(dict) = vm.kept(&ERRORS).and_then(Value::downcast) {
        return Ok(dict);
    }
    let dict = vm.new_dict()?;
    errors::register_all(vm, dict)?;
    vm.keep(&ERRORS, dict.value());
    Ok(dict)
}

/// `codecs.register(search_function)`.
pub fn register(vm: &Vm, search: Value) -> PyResult<()> {
    if !vm.is_callable(search) {
        return Err(vm.type_error("argument must be callable"));
    }
    search_path(vm)?.push(vm, search)
}

/// `codecs.unregister(search_function)`.
pub fn unregister(vm: &Vm, search: Value) -> PyResult<()> {
    let path = search_path(vm)?;
    if let Some(i) = path.as_slice().iter().position(|v| v.is(search)) {
        path.remove_at(i);
        cache(vm)?.clear();
    }
    Ok(())
}

/// `codecs.lookup(encoding)`.
pub fn lookup(vm: &Vm, encoding: Ref<PyStr>) -> PyResult<Ref<PyTuple>> {
    let name = normalize_for_search(&encoding.to_lossy());
    let key = vm.new_str(&name)?;
    let cache = cache(vm)?;
    if let Some(found) = cache.get_item(vm, key.value())?.and_then(Value::downcast) {
        return Ok(found);
    }
    if vm.kept(&IMPORTED).is_none() {
        vm.keep(&IMPORTED, Value::TRUE);
        vm.import("encodings")?;
    }
    let path = search_path(vm)?;
    if path.is_empty() {
        return Err(vm.lookup_error("no codec search functions registered: can't find encoding"));
    }
    let mut i = 0;
    while let Some(search) = path.get(i) {
        i += 1;
        let result = vm.call(search, &[key.value()])?;
        if result.is_none() {
            continue;
        }
        return match result.downcast::<PyTuple>() {
            Some(codec) if codec.len() == 4 => {
                cache.set_item(vm, key.value(), result)?;
                Ok(codec)
            }
            _ => Err(vm.type_error("codec search functions must return 4-tuples")),
        };
    }
    Err(vm.lookup_error(format!("unknown encoding: {}", encoding.to_lossy())))
}

/// Search functions get the name in lower case with spaces as underscores; all else is theirs.
fn normalize_for_search(name: &str) -> String {
    normalize(name)
}

/// The encoder or decoder of a codec that is one of text; else the LookupError that names `alternative`.
pub fn text_coder(vm: &Vm, encoding: Ref<PyStr>, which: usize, alternative: &str) -> PyResult<Value> {
    let codec = lookup(vm, encoding)?;
    if vm.exact::<PyTuple>(codec.value(), crate::types::shape::tuple).is_none() {
        let name = vm.intern("_is_text_encoding")?;
        if let Some(flag) = vm.get_attr_opt(codec.value(), name)?
            && !vm.is_true(flag)?
        {
            let encoding = encoding.to_lossy();
            return Err(vm.lookup_error(format!(
                "'{encoding}' is not a text encoding; use {alternative} to handle arbitrary codecs"
            )));
        }
    }
    Ok(codec.get(which).unwrap_or(Value::NONE))
}

/// Calls an encoder or decoder and gives its result without the length.
pub fn run(vm: &Vm, coder: Value, object: Value, errors: Option<Ref<PyStr>>, which: usize) -> PyResult<Value> {
    let result = match errors {
        Some(errors) => vm.call(coder, &[object, errors.value()])?,
        None => vm.call(coder, &[object])?,
    };
    match result.downcast::<PyTuple>() {
        Some(pair) if pair.len() == 2 => Ok(pair.get(0).unwrap_or(Value::NONE)),
        _ => {
            let what = if which == ENCODER { "encoder" } else { "decoder" };
            Err(vm.type_error(format!("{what} must return a tuple (object, integer)")))
        }
    }
}

/// `codecs.register_error(name, handler)`.
pub fn register_error(vm: &Vm, name: Ref<PyStr>, handler: Value) -> PyResult<()> {
    if !vm.is_callable(handler) {
        return Err(vm.type_error("handler must be callable"));
    }
    handlers(vm)?.set_item(vm, name.value(), handler)
}

/// `codecs._unregister_error(name)`: whether there was one.
pub fn unregister_error(vm: &Vm, name: Ref<PyStr>) -> PyResult<bool> {
    if name.as_ascii().is_some_and(|n| errors::NAMES.contains(&n)) {
        return Err(vm.value_error(format!("cannot un-register built-in error handler '{}'", name.to_lossy())));
    }
    Ok(handlers(vm)?.remove(vm, name.value())?.is_some())
}

/// `codecs.lookup_error(name)`.
pub fn lookup_error(vm: &Vm, name: Ref<PyStr>) -> PyResult<Value> {
    match handlers(vm)?.get_item(vm, name.value())? {
        Some(handler) => Ok(handler),
        None => Err(vm.lookup_error(format!("unknown error handler name '{}'", name.to_lossy()))),
    }
}
