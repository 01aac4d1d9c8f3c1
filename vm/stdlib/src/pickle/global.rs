//! What is written by its name: classes, functions, and objects whose `__reduce__` gives a name.

use brolga_runtime::codecs;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::opcodes::*;
use super::save::Saver;
use super::{library, pickler};

static EXTENSIONS: u8 = 0;
static NAME_MAPPING: u8 = 0;
static IMPORT_MAPPING: u8 = 0;

/// `object.a.b`, or the AttributeError.
pub(super) fn attribute_path(vm: &Vm, object: Value, path: Ref<PyList>) -> PyResult<Value> {
    let mut at = object;
    let mut i = 0;
    while let Some(name) = path.get(i).and_then(Value::downcast::<PyStr>) {
        at = vm.get_attr(at, vm.intern_str(name))?;
        i += 1;
    }
    Ok(at)
}

/// The parts of a name between its dots.
pub(super) fn split(vm: &Vm, name: Ref<PyStr>) -> PyResult<Ref<PyList>> {
    if !name.chars().any(|c| c == u32::from(b'.')) {
        return vm.new_list(&[name.value()]);
    }
    let parts = vm.call_method(name.value(), "split", &[vm.names.dot.value()])?;
    parts.downcast().ok_or_else(|| vm.type_error("split() gave no list"))
}

/// The module of this name, imported if it is not there.
pub(super) fn module_named(vm: &Vm, name: Ref<PyStr>) -> PyResult<Value> {
    if let Some(module) = vm.modules.get_item(vm, name.value())?.filter(|m| !m.is_none()) {
        return Ok(module);
    }
    if name.is_empty() {
        return Err(vm.value_error("Empty module name"));
    }
    brolga_runtime::import::import_absolute(vm, vm.intern_str(name))
}

impl Saver<'_> {
    pub(super) fn save_type(&mut self, v: Value) -> PyResult<()> {
        let vm = self.vm;
        for singleton in [Value::NONE, Value::NOT_IMPLEMENTED, Value::ELLIPSIS] {
            if vm.type_of(singleton).value().is(v) {
                let args = vm.new_tuple(&[singleton])?;
                return self.save_call(v, vm.types.type_.value(), args);
            }
        }
        self.save_global(v, None)
    }

    pub(super) fn save_global(&mut self, v: Value, name: Slot) -> PyResult<()> {
        let vm = self.vm;
        let name = match name {
            Some(name) => name,
            None => match vm.get_attr_opt(v, vm.names.__qualname__)? {
                Some(name) => name,
                None => vm.get_attr(v, vm.names.__name__)?,
            },
        };
        let Some(name) = pickler::as_str(name) else {
            return Err(vm.type_error(format!("attribute name must be string, not '{}'", vm.type_name(name))));
        };
        let path = split(vm, name)?;
        let module = self.module_of(v, name, path)?;
        if self.protocol >= 2 && self.save_extension(v, module, name)? {
            return Ok(());
        }
        if self.protocol >= 4 {
            self.save(module.value())?;
            self.save(name.value())?;
            self.out.put(&[STACK_GLOBAL])?;
        } else if path.len() > 1 {
            // Older protocols have no names with dots: getattr(getattr(..., "a"), "b").
            let getattr = vm.builtin(vm.intern("getattr")?)?;
            for _ in 1..path.len() {
                self.save(getattr)?;
                if self.protocol < 2 {
                    self.out.put(&[MARK])?;
                }
            }
            let first = path.get(0).and_then(Value::downcast).unwrap_or(name);
            self.put_global(module, first)?;
            for i in 1..path.len() {
                self.save(path.get(i).unwrap_or(Value::NONE))?;
                self.out.put(&[if self.protocol < 2 { TUPLE } else { TUPLE2 }])?;
                self.out.put(&[REDUCE])?;
            }
        } else {
            self.put_global(module, name)?;
        }
        self.memoize(v)
    }

    /// The code of `copyreg.add_extension`, if there is one.
    fn save_extension(&mut self, v: Value, module: Ref<PyStr>, name: Ref<PyStr>) -> PyResult<bool> {
        let vm = self.vm;
        let registry = library(vm, &EXTENSIONS, "copyreg", "_extension_registry")?;
        let Some(registry) = registry.downcast::<PyDict>().filter(|registry| !registry.is_empty()) else {
            return Ok(false);
        };
        let key = vm.new_tuple(&[module.value(), name.value()])?;
        let Some(code) = registry.get_item(vm, key.value())? else { return Ok(false) };
        let number = vm.to_i64(code)?;
        if !(1..=0x7fff_ffff).contains(&number) {
            let object = vm.repr_lossy(v)?;
            return Err(vm.runtime_error(format!("Can't pickle {object}: extension code {number} is out of range")));
        }
        let [a, b, c, d, ..] = number.to_le_bytes();
        match number {
            0..=0xff => self.out.put(&[EXT1, a])?,
            0x100..=0xffff => self.out.put(&[EXT2, a, b])?,
            _ => self.out.put(&[EXT4, a, b, c, d])?,
        }
        Ok(true)
    }

    /// GLOBAL with its two lines.
    fn put_global(&mut self, module: Ref<PyStr>, name: Ref<PyStr>) -> PyResult<()> {
        let vm = self.vm;
        let (mut module, mut name) = (module, name);
        if self.protocol < 3 && self.pickler.fix_imports.get() {
            (module, name) = old_names(vm, module, name)?;
        }
        let line = |this: &Self, text: Ref<PyStr>, what: &str| -> PyResult<Vec<u8>> {
            let encoding = if this.protocol >= 3 { None } else { Some(vm.intern("ascii")?) };
            match codecs::encode(vm, text, encoding, None) {
                Ok(bytes) => Ok(bytes.as_slice().to_vec()),
                Err(raised) => {
                    let cause = vm.catch(raised, vm.types.unicode_encode_error)?;
                    let shown = vm.repr_lossy(text.value())?;
                    let protocol = this.protocol;
                    let message = format!("can't pickle {what} identifier {shown} using pickle protocol {protocol}");
                    Err(this.error_from(message, Some(cause)))
                }
            }
        };
        let module = line(self, module, "module")?;
        let name = line(self, name, "global")?;
        self.out.put(&[GLOBAL])?;
        self.out.put(&module)?;
        self.out.put(b"\n")?;
        self.out.put(&name)?;
        self.out.put(b"\n")
    }

    /// PicklingError, caused by another.
    fn error_from(&self, message: String, cause: Option<Ref<brolga_runtime::types::exception::PyException>>) -> Raised {
        let raised = self.error(message);
        let Some(cause) = cause else { return raised };
        let exception = self.vm.take_raised(raised);
        exception.set_context(Some(cause));
        self.vm.reraise(exception)
    }

    /// The module where an object is found under its name.
    fn module_of(&self, v: Value, name: Ref<PyStr>, path: Ref<PyList>) -> PyResult<Ref<PyStr>> {
        let vm = self.vm;
        let shown = || vm.repr_lossy(v);
        let given = vm.get_attr_opt(v, vm.names.__module__)?.filter(|m| !m.is_none());
        let is_local = |part: &Value| part.downcast::<PyStr>().is_some_and(|part| part.equals_str("<locals>"));
        if path.as_slice().iter().any(is_local) {
            return Err(self.error(format!("Can't pickle local object {}", shown()?)));
        }
        let module_name = match given {
            Some(given) => given,
            None => search_modules(vm, v, path)?,
        };
        let Some(module_name) = module_name.downcast::<PyStr>() else {
            let got = vm.type_name(module_name);
            return Err(vm.type_error(format!("module name must be a string, not {got}")));
        };
        let module = match module_named(vm, module_name) {
            Ok(module) => module,
            Err(raised) => {
                let cause = vm.take_raised(raised);
                let t = &vm.types;
                if ![t.import_error, t.value_error, t.key_error]
                    .iter()
                    .any(|class| vm.is_instance(cause.value(), *class))
                {
                    return Err(vm.reraise(cause));
                }
                let text = vm.to_lossy(vm.str(cause.value())?.value());
                return Err(self.error_from(format!("Can't pickle {}: {text}", shown()?), Some(cause)));
            }
        };
        let full = || format!("{}.{}", module_name.to_lossy(), name.to_lossy());
        match attribute_path(vm, module, path) {
            Ok(found) if found.is(v) => Ok(module_name),
            Ok(_) => Err(self.error(format!("Can't pickle {}: it's not the same object as {}", shown()?, full()))),
            Err(raised) => {
                let cause = vm.catch(raised, vm.types.attribute_error)?;
                Err(self.error_from(format!("Can't pickle {}: it's not found as {}", shown()?, full()), Some(cause)))
            }
        }
    }
}

/// The first module that has the object under this name, else `__main__`.
fn search_modules(vm: &Vm, v: Value, path: Ref<PyList>) -> PyResult<Value> {
    // Looking at an attribute may import something.
    let modules = vm.modules.copy(vm)?;
    let mut position = 0;
    while let Some((name, module)) = modules.next_item(&mut position) {
        let skipped = name.downcast::<PyStr>().is_none_or(|s| s.equals_str("__main__") || s.equals_str("__mp_main__"));
        if skipped || module.is_none() {
            continue;
        }
        let found = attribute_path(vm, module, path);
        if vm.suppress(found, vm.types.attribute_error)?.is_some_and(|found| found.is(v)) {
            return Ok(name);
        }
    }
    Ok(vm.intern("__main__")?.value())
}

fn text_pair(pair: Value) -> Option<(Ref<PyStr>, Ref<PyStr>)> {
    let pair = pair.downcast::<PyTuple>().filter(|t| t.len() == 2)?;
    Some((pair.get(0)?.downcast()?, pair.get(1)?.downcast()?))
}

/// The names that Python 2 has for these.
fn old_names(vm: &Vm, module: Ref<PyStr>, name: Ref<PyStr>) -> PyResult<(Ref<PyStr>, Ref<PyStr>)> {
    mapped(vm, module, name, (&NAME_MAPPING, "REVERSE_NAME_MAPPING"), (&IMPORT_MAPPING, "REVERSE_IMPORT_MAPPING"))
}

/// A pair of names by the tables of `_compat_pickle`.
pub(super) fn mapped(
    vm: &Vm,
    module: Ref<PyStr>,
    name: Ref<PyStr>,
    names: (&'static u8, &str),
    modules: (&'static u8, &str),
) -> PyResult<(Ref<PyStr>, Ref<PyStr>)> {
    let key = vm.new_tuple(&[module.value(), name.value()])?;
    let table = |(key, name): (&'static u8, &str)| -> PyResult<Option<Ref<PyDict>>> {
        Ok(library(vm, key, "_compat_pickle", name)?.downcast())
    };
    let wrong = |what: &str, got: Value| {
        vm.runtime_error(format!("_compat_pickle.{what} values should be {}, not {}", kind(what), vm.type_name(got)))
    };
    if let Some(table) = table(names)?
        && let Some(pair) = table.get_item(vm, key.value())?
    {
        return text_pair(pair).ok_or_else(|| wrong(names.1, pair));
    }
    if let Some(table) = table(modules)?
        && let Some(new) = table.get_item(vm, module.value())?
    {
        let Some(text) = new.downcast::<PyStr>() else { return Err(wrong(modules.1, new)) };
        return Ok((text, name));
    }
    Ok((module, name))
}

fn kind(table: &str) -> &'static str {
    if table.ends_with("NAME_MAPPING") { "2-tuples" } else { "strings" }
}
