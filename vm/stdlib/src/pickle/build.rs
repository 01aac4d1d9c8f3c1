//! How unpickled objects are made: classes by name, instances, their state.

use brolga_runtime::PyResult;
use brolga_runtime::attributes::instance;
use brolga_runtime::object::Ref;
use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::layout::INSTANCE;
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};

use super::global::{attribute_path, mapped, module_named, split};
use super::library;
use super::load::Loader;
use super::unpickler::Unpickler;

static NAME_MAPPING: u8 = 0;
static IMPORT_MAPPING: u8 = 0;
static INVERTED_REGISTRY: u8 = 0;
static EXTENSION_CACHE: u8 = 0;

/// `Unpickler.find_class`.
pub(super) fn find_class(vm: &Vm, this: Ref<Unpickler>, module: Ref<PyStr>, name: Ref<PyStr>) -> PyResult<Value> {
    vm.audit("pickle.find_class", &[module.value(), name.value()])?;
    let (mut module, mut name) = (module, name);
    let protocol = this.protocol.get();
    if protocol < 3 && this.fix_imports.get() {
        let (names, modules) = ((&NAME_MAPPING, "NAME_MAPPING"), (&IMPORT_MAPPING, "IMPORT_MAPPING"));
        (module, name) = mapped(vm, module, name, names, modules)?;
    }
    let found = module_named(vm, module)?;
    if protocol < 4 || !name.chars().any(|c| c == u32::from(b'.')) {
        return vm.get_attr(found, vm.intern_str(name));
    }
    match attribute_path(vm, found, split(vm, name)?) {
        Ok(v) => Ok(v),
        Err(raised) => {
            let cause = vm.catch(raised, vm.types.attribute_error)?;
            let (name, module) = (vm.repr_lossy(name.value())?, vm.repr_lossy(module.value())?);
            let raised = vm.attribute_error(format!("Can't resolve path {name} on module {module}"));
            let e = vm.take_raised(raised);
            e.set_context(Some(cause));
            Err(vm.reraise(e))
        }
    }
}

/// What `copyreg.add_extension` has given a code.
pub(super) fn extension(loader: &mut Loader<'_>, code: i64) -> PyResult<Value> {
    let vm = loader.vm;
    let key = vm.new_int(code)?;
    let cache = library(vm, &EXTENSION_CACHE, "copyreg", "_extension_cache")?;
    let Some(cache) = cache.downcast::<PyDict>() else {
        return Err(vm.type_error("copyreg._extension_cache is no dict"));
    };
    if let Some(found) = cache.get_item(vm, key)? {
        return Ok(found);
    }
    let registry = library(vm, &INVERTED_REGISTRY, "copyreg", "_inverted_registry")?;
    let pair = match registry.downcast::<PyDict>() {
        Some(registry) => registry.get_item(vm, key)?,
        None => None,
    };
    let Some(pair) = pair else {
        if code <= 0 {
            return Err(loader.error("EXT specifies code <= 0"));
        }
        return Err(vm.value_error(format!("unregistered extension code {code}")));
    };
    let names = pair
        .downcast::<PyTuple>()
        .filter(|t| t.len() == 2)
        .and_then(|t| Some((t.get(0)?.downcast::<PyStr>()?, t.get(1)?.downcast::<PyStr>()?)));
    let Some((module, name)) = names else {
        return Err(vm.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
    };
    let found = loader.find(module, name)?;
    cache.set_item(vm, key, found)?;
    Ok(found)
}

/// `function(*args)`.
pub(super) fn call(loader: &Loader<'_>, function: Value, args: Value) -> PyResult<Value> {
    match args.downcast::<PyTuple>() {
        Some(args) => loader.vm.call(function, args.as_slice()),
        None => Err(loader.vm.type_error("argument list must be a tuple")),
    }
}

/// An instance of an old pickle: made of the values from `start` on.
pub(super) fn instantiate(loader: &Loader<'_>, class: Value, start: usize) -> PyResult<Value> {
    let vm = loader.vm;
    if loader.stack.len() == start
        && class.downcast::<PyType>().is_some()
        && vm.get_attr_opt(class, vm.intern("__getinitargs__")?)?.is_none()
    {
        return vm.call_method(class, "__new__", &[class]);
    }
    let args = ValueVec::from_slice(vm, loader.above(start))?;
    vm.call(class, args.as_slice())
}

/// NEWOBJ and NEWOBJ_EX: `class.__new__(class, *args, **kwargs)`.
pub(super) fn new_object(loader: &mut Loader<'_>, extended: bool) -> PyResult<()> {
    let vm = loader.vm;
    let name = if extended { "NEWOBJ_EX" } else { "NEWOBJ" };
    let keywords = if extended { Some(loader.pop()?) } else { None };
    let args = loader.pop()?;
    let class = loader.pop()?;
    let Some(class) = class.downcast::<PyType>() else {
        let got = vm.type_name(class);
        return Err(loader.error(format!("{name} class argument must be a type, not {got}")));
    };
    let Some(new) = class.special(Special::New) else {
        return Err(loader.error(format!("{name} class argument '{}' doesn't have __new__", class.name())));
    };
    let Some(args) = args.downcast::<PyTuple>() else {
        let got = vm.type_name(args);
        return Err(loader.error(format!("{name} args argument must be a tuple, not {got}")));
    };
    let keywords = match keywords {
        None => None,
        Some(keywords) => match keywords.downcast::<PyDict>() {
            Some(keywords) => Some(keywords).filter(|k| !k.is_empty()),
            None => {
                let got = vm.type_name(keywords);
                return Err(loader.error(format!("{name} kwargs argument must be a dict, not {got}")));
            }
        },
    };
    // What most classes have makes an instance of a class statement's class and looks at nothing.
    let plain = args.is_empty()
        && keywords.is_none()
        && class.layout() == INSTANCE
        && class.is_heap_type()
        && new.same_bits(vm.object_new())
        && !class.has_flag(type_flags::ABSTRACT);
    let made = if plain {
        instance::PyInstance::new(vm, class)?.value()
    } else if let Some(keywords) = keywords {
        let all = ValueVec::with_capacity(vm, args.len() + 1)?;
        all.push(vm, class.value())?;
        all.extend(vm, args.as_slice())?;
        let new = vm.get_attr_str(class.value(), "__new__")?;
        vm.call_with_dict(new, all.as_slice(), Some(keywords))?
    } else {
        vm.call_new(class, args.as_slice(), None)?
    };
    loader.stack.push(vm, made)
}

/// BUILD: `object.__setstate__(state)`, or its attributes one by one.
pub(super) fn set_state(loader: &mut Loader<'_>) -> PyResult<()> {
    let vm = loader.vm;
    if loader.stack.len() < loader.fence() + 2 {
        return Err(loader.underflow());
    }
    let state = loader.pop()?;
    let object = loader.top()?;
    if let Some(setter) = vm.get_attr_opt(object, vm.intern("__setstate__")?)? {
        return vm.call(setter, &[state]).map(|_| ());
    }
    let (state, slots): (Value, Slot) = match state.downcast::<PyTuple>().filter(|t| t.len() == 2) {
        Some(pair) => (pair.get(0).unwrap_or(Value::NONE), pair.get(1)),
        None => (state, None),
    };
    if !state.is_none() {
        let Some(state) = state.downcast::<PyDict>() else { return Err(loader.error("state is not a dictionary")) };
        if !set_in_place(vm, object, state)? {
            let attributes = vm.get_attr(object, vm.names.__dict__)?;
            let mut position = 0;
            while let Some((key, value)) = state.next_item(&mut position) {
                let key = match vm.exact_str(key) {
                    Some(name) => vm.intern_str(name).value(),
                    None => key,
                };
                vm.set_item(attributes, key, value)?;
            }
        }
    }
    if let Some(slots) = slots.filter(|s| !s.is_none()) {
        let Some(slots) = slots.downcast::<PyDict>() else {
            return Err(loader.error("slot state is not a dictionary"));
        };
        let mut position = 0;
        while let Some((key, value)) = slots.next_item(&mut position) {
            let name = vm.expect_str(key, "attribute name")?;
            vm.set_attr(object, vm.intern_str(name), value)?;
        }
    }
    Ok(())
}

/// Sets the attributes of an instance whose `__dict__` nobody has asked for yet, without making one.
fn set_in_place(vm: &Vm, object: Value, state: Ref<PyDict>) -> PyResult<bool> {
    let class = vm.type_of(object);
    let Some(object) = object.as_obj() else { return Ok(false) };
    let plain = class.layout() == INSTANCE
        && class.is_heap_type()
        && class.has_flag(type_flags::HAS_DICT)
        && class.has_flag(type_flags::PLAIN_GETATTR)
        && instance::attrs_dict(object).is_none()
        && class.lookup(vm, vm.names.__dict__).and_then(Value::as_obj).is_some_and(|d| d.shape_id() == shape::getset);
    if !plain {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((key, _)) = state.next_item(&mut position) {
        if vm.exact_str(key).is_none() {
            return Ok(false);
        }
    }
    position = 0;
    while let Some((key, value)) = state.next_item(&mut position) {
        if let Some(name) = vm.exact_str(key) {
            instance::set(vm, object, vm.intern_str(name), value)?;
        }
    }
    Ok(true)
}
