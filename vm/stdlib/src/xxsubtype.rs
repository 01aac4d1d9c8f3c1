//! `xxsubtype`: CPython's example of native subclasses of `list` and `dict`, each with a number of its own.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::def::{TypeDef, type_flags};
use brolga_runtime::object::layout::{DICT, LIST};
use brolga_runtime::object::{Args, Field, GetSetDef, HeapType, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::list::methods::{class_arg, receiver};
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use crate::arguments::parsed_int;

/// The bytes of an instance: those of its base, and the number.
const fn size<T>() -> usize {
    size_of::<T>() + 8
}

/// The field behind the base's struct. `None`: the object was not made as one of these (its class was assigned).
fn state_field<T: HeapType>(vm: &Vm, this: Ref<T>) -> Option<&'static Field> {
    if vm.heap.size_of_cell(this.obj().as_ptr()) < size::<T>() {
        return None;
    }
    let field = (this.addr() + size_of::<T>()) as *const Field;
    // SAFETY: the cell has room for one field behind the base's struct, which nothing else uses, zeroed when it was
    // allocated, and it never holds but an int that is no heap address. The object outlives the use: its caller holds it.
    Some(unsafe { &*field })
}

fn state<T: HeapType>(vm: &Vm, this: Ref<T>) -> Value {
    state_field(vm, this).and_then(Field::get).unwrap_or(Value::from_i32(0))
}

fn store_state<T: HeapType>(vm: &Vm, this: Ref<T>, state: i32) {
    if let Some(field) = state_field(vm, this) {
        field.set(this, Value::from_i32(state));
    }
}

fn set_state<T: HeapType>(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Ref<T> = receiver(vm, args)?;
    let [state] = args.rest else {
        return Err(vm.type_error(format!("setstate() takes exactly 1 argument ({} given)", args.rest.len())));
    };
    store_state(vm, this, parsed_int(vm, *state)?);
    Ok(())
}

/// The keyword arguments, as a dict if there are any.
fn keywords(vm: &Vm, args: &Args<'_>) -> PyResult<Option<Ref<PyDict>>> {
    if args.kw.is_empty() {
        return Ok(None);
    }
    let dict = vm.new_dict()?;
    for (name, value) in args.kw.iter() {
        dict.set_item(vm, name, value)?;
    }
    Ok(Some(dict))
}

/// The base's `__init__`, and a number of 0.
fn init<T: HeapType>(vm: &Vm, args: &Args<'_>, base: Ref<PyType>) -> PyResult<()> {
    let this: Ref<T> = receiver(vm, args)?;
    // (A `__new__` in Python may have taken keywords that `list` does not know.)
    let new = vm.type_of(this.value()).special(Special::New);
    let is_native = new.is_some_and(|new| new.downcast::<PyNativeFunction>().is_some());
    if base == vm.types.list && is_native && !args.kw.is_empty() {
        return Err(vm.type_error("list() takes no keyword arguments"));
    }
    if let Some(init) = base.lookup(vm, vm.intern("__init__")?) {
        let all = ValueVec::from_slice(vm, &[this.value()])?;
        for value in args.rest {
            all.push(vm, *value)?;
        }
        vm.call_with_dict(init, all.as_slice(), keywords(vm, args)?)?;
    }
    store_state(vm, this, 0);
    Ok(())
}

fn new_list(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    vm.alloc_instance_sized(class_arg(vm, args)?, Some(size::<PyList>()))
}

fn new_dict(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyDict>> {
    vm.alloc_instance_sized(class_arg(vm, args)?, Some(size::<PyDict>()))
}

fn init_list(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init::<PyList>(vm, args, vm.types.list)
}

fn init_dict(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init::<PyDict>(vm, args, vm.types.dict)
}

fn told(vm: &Vm, first: Value, args: &Args<'_>) -> PyResult<Value> {
    let given = vm.new_tuple(args.rest)?;
    let keywords = keywords(vm, args)?.map_or(Value::NONE, Ref::value);
    Ok(vm.new_tuple(&[first, given.value(), keywords])?.value())
}

fn class_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    told(vm, args.get(0), args)
}

fn static_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    told(vm, Value::NONE, args)
}

/// Of this process, in microseconds.
fn processor_time() -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for a time.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

/// How long it takes to get an attribute so many times, in seconds.
fn bench(vm: &Vm, args: &Args<'_>) -> PyResult<f64> {
    let (object, name, times) = match *args.rest {
        [object, name] => (object, name, None),
        [object, name, times] => (object, name, Some(times)),
        ref other => {
            let bound = if other.len() < 2 { "least 2" } else { "most 3" };
            return Err(vm.type_error(format!("function takes at {bound} arguments ({} given)", other.len())));
        }
    };
    let name = vm.expect_str(name, "argument 2")?;
    let times = times.map_or(Ok(1000), |n| parsed_int(vm, n))?;
    let start = processor_time();
    for _ in 0..times {
        vm.get_attr(object, name)?;
        vm.check_breaker()?;
    }
    Ok((processor_time() - start) as f64 / 1e6)
}

const LIST_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new_list).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init_list),
    method!("getstate", 1, state::<PyList>).doc("getstate() -> state"),
    method!("setstate", "($self, /, *args)", set_state::<PyList>).doc("setstate(state)"),
    method!("classmeth", "($type, /, *args, **kw)", class_method).class().doc("classmeth(*args, **kw)"),
    method!("staticmeth", "(*args, **kw)", static_method).static_().doc("staticmeth(*args, **kw)"),
];

const DICT_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new_dict).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init_dict),
    method!("getstate", 1, state::<PyDict>).doc("getstate() -> state"),
    method!("setstate", "($self, /, *args)", set_state::<PyDict>).doc("setstate(state)"),
];

const LIST_STATE: &[GetSetDef] = &[getset!("state", state::<PyList>).doc("an int variable for demonstration purposes")];
const DICT_STATE: &[GetSetDef] =
    &[getset!("state", state::<PyDict>).member().doc("an int variable for demonstration purposes")];

static SPAM_LIST: TypeDef = TypeDef {
    module: "xxsubtype",
    layout: Some(LIST),
    flags: type_flags::BASETYPE,
    methods: &[LIST_METHODS],
    getset: LIST_STATE,
    ..TypeDef::new("spamlist")
};

static SPAM_DICT: TypeDef = TypeDef {
    module: "xxsubtype",
    layout: Some(DICT),
    flags: type_flags::BASETYPE,
    methods: &[DICT_METHODS],
    getset: DICT_STATE,
    ..TypeDef::new("spamdict")
};

const FUNCTIONS: &[MethodDef] = &[method!("bench", "($module, /, *args)", bench)];

fn fill(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, vm.native_type_with_bases(&SPAM_LIST, &[vm.types.list])?)?;
    module.add_type(vm, vm.native_type_with_bases(&SPAM_DICT, &[vm.types.dict])?)
}

pub static MODULE: ModuleDef = ModuleDef::new("xxsubtype", FUNCTIONS, fill).doc(
    "xxsubtype is an example module showing how to subtype builtin types from C.\ntest_descr.py in the standard test suite \
     requires it in order to complete.\nIf you don't care about the examples, and don't intend to run the Python\ntest \
     suite, you can recompile Python without Modules/xxsubtype.c.",
);
