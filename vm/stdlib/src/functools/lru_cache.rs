//! `_lru_cache_wrapper`. A bounded cache keeps its entries in a dict, key to link, and the links in a ring, the one used
//! last before the root.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::method::PyMethod;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use crate::object::{class_argument, object};

object!(pub struct Cache: FUNCTOOLS_CACHE {
    function: Field,
    dict: Field,
    /// The ring's root, a [`Link`] without key.
    root: Field,
    info: Field,
    typed: Cell<bool>,
    /// -1: no bound.
    max: Cell<i64>,
    hits: Cell<i64>,
    misses: Cell<i64>,
});

object!(pub struct Link: FUNCTOOLS_LINK { before: Field, after: Field, key: Field, result: Field });

static LINK_DEF: TypeDef = TypeDef {
    module: "functools",
    layout: Some(crate::layouts::FUNCTOOLS_LINK),
    flags: type_flags::DISALLOW_NEW,
    ..TypeDef::new("_lru_list_elem")
};

/// Stands between positional and keyword arguments in keys.
static KEYWORD_MARK: u8 = 0;

fn keyword_mark(vm: &Vm) -> PyResult<Value> {
    if let Some(mark) = vm.kept(&KEYWORD_MARK) {
        return Ok(mark);
    }
    let mark = vm.call(vm.types.object.value(), &[])?;
    vm.keep(&KEYWORD_MARK, mark);
    Ok(mark)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Cache>> {
    let class = class_argument(vm, args)?;
    let function = args.get(1);
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let max = if args.get(2).is_none() {
        -1
    } else {
        match vm.index(args.get(2)) {
            Ok(_) => vm.to_isize(args.get(2))?.max(0) as i64,
            Err(raised) => {
                vm.catch(raised, vm.types.type_error)?;
                return Err(vm.type_error("maxsize should be integer or None"));
            }
        }
    };
    let typed = vm.is_true(args.get(3))?;
    let dict = vm.new_dict()?;
    let root = new_link(vm, Value::NONE, Value::NONE)?;
    root.before.set(root, root.value());
    root.after.set(root, root.value());
    let this: Ref<Cache> = vm.alloc_instance(class)?;
    this.function.init(function);
    this.dict.init(dict.value());
    this.root.init(root.value());
    this.info.init(args.get(4));
    this.typed.set(typed);
    this.max.set(max);
    Ok(this)
}

fn new_link(vm: &Vm, key: Value, result: Value) -> PyResult<Ref<Link>> {
    let link: Ref<Link> = vm.alloc_instance(vm.native_type(&LINK_DEF)?)?;
    link.key.init(key);
    link.result.init(result);
    Ok(link)
}

fn unlink(link: Ref<Link>) {
    let before = link.before.get().and_then(Value::downcast::<Link>);
    let after = link.after.get().and_then(Value::downcast::<Link>);
    if let (Some(before), Some(after)) = (before, after) {
        before.after.set(before, after.value());
        after.before.set(after, before.value());
    }
}

fn append(root: Ref<Link>, link: Ref<Link>) {
    let Some(last) = root.before.get().and_then(Value::downcast::<Link>) else { return };
    last.after.set(last, link.value());
    root.before.set(root, link.value());
    link.before.set(link, last.value());
    link.after.set(link, root.value());
}

/// The key of a call's arguments.
fn make_key(vm: &Vm, args: &Args<'_>, typed: bool) -> PyResult<Value> {
    let keywords = !args.kw.is_empty();
    if !typed && !keywords {
        if let [only] = args.rest
            && (only.is_small_int() || vm.exact_str(*only).is_some() || vm.type_of(*only) == vm.types.int)
        {
            return Ok(*only);
        }
        return Ok(vm.new_tuple(args.rest)?.value());
    }
    let key = ValueVec::from_slice(vm, args.rest)?;
    if keywords {
        key.push(vm, keyword_mark(vm)?)?;
        for (name, value) in args.kw.iter() {
            key.push(vm, name)?;
            key.push(vm, value)?;
        }
    }
    if typed {
        for value in args.rest {
            key.push(vm, vm.type_of(*value).value())?;
        }
        for (_, value) in args.kw.iter() {
            key.push(vm, vm.type_of(value).value())?;
        }
    }
    Ok(vm.new_tuple(key.as_slice())?.value())
}

/// Calls the function with the arguments behind `self`.
fn call_function(vm: &Vm, function: Value, args: &Args<'_>) -> PyResult<Value> {
    if args.kw.is_empty() {
        return vm.call(function, args.rest);
    }
    let all = ValueVec::from_slice(vm, args.rest)?;
    let names = ValueVec::new();
    for (name, value) in args.kw.iter() {
        names.push(vm, name)?;
        all.push(vm, value)?;
    }
    let names = vm.new_tuple(names.as_slice())?;
    vm.call_kw(function, all.as_slice(), Some(names))
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<Cache>() else {
        return Err(vm.type_error("a functools._lru_cache_wrapper is required"));
    };
    let function = this.function.get_or_none();
    if this.max.get() == 0 {
        this.misses.set(this.misses.get() + 1);
        return call_function(vm, function, args);
    }
    let (Some(dict), Some(root)) =
        (this.dict.get().and_then(Value::downcast::<PyDict>), this.root.get().and_then(Value::downcast::<Link>))
    else {
        return call_function(vm, function, args);
    };
    let key = make_key(vm, args, this.typed.get())?;
    let hash = vm.hash(key)?;
    let found = dict.get_item_hashed(vm, key, hash)?;
    if this.max.get() < 0 {
        if let Some(result) = found {
            this.hits.set(this.hits.get() + 1);
            return Ok(result);
        }
        this.misses.set(this.misses.get() + 1);
        let result = call_function(vm, function, args)?;
        dict.set_item_hashed(vm, key, hash, result)?;
        return Ok(result);
    }
    if let Some(link) = found.and_then(Value::downcast::<Link>) {
        unlink(link);
        append(root, link);
        this.hits.set(this.hits.get() + 1);
        return Ok(link.result.get_or_none());
    }
    this.misses.set(this.misses.get() + 1);
    let result = call_function(vm, function, args)?;
    // The call may have filled in this very key.
    if dict.get_item_hashed(vm, key, hash)?.is_some() {
        return Ok(result);
    }
    if dict.len() as i64 >= this.max.get()
        && let Some(oldest) = root.after.get().and_then(Value::downcast::<Link>)
        && oldest != root
    {
        unlink(oldest);
        dict.remove(vm, oldest.key.get_or_none())?;
    }
    let link = new_link(vm, key, result)?;
    dict.set_item_hashed(vm, key, hash, link.value())?;
    append(root, link);
    Ok(result)
}

fn cache_info(vm: &Vm, this: Ref<Cache>) -> PyResult<Value> {
    let size = this.dict.get().and_then(Value::downcast::<PyDict>).map_or(0, |d| d.len());
    let max = if this.max.get() < 0 { Value::NONE } else { vm.new_int(this.max.get())? };
    let (hits, misses) = (vm.new_int(this.hits.get())?, vm.new_int(this.misses.get())?);
    vm.call(this.info.get_or_none(), &[hits, misses, max, Value::from_len(size)])
}

fn cache_clear(_: &Vm, this: Ref<Cache>) {
    this.hits.set(0);
    this.misses.set(0);
    if let Some(dict) = this.dict.get().and_then(Value::downcast::<PyDict>) {
        dict.clear();
    }
    if let Some(root) = this.root.get().and_then(Value::downcast::<Link>) {
        root.before.set(root, root.value());
        root.after.set(root, root.value());
    }
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.opt_not_none(1) {
        Some(receiver) => Ok(PyMethod::new(vm, args.get(0), receiver)?.value()),
        None => Ok(args.get(0)),
    }
}

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.get_attr(this, vm.names.__qualname__)
}

fn copy(_: &Vm, this: Value) -> Value {
    this
}

fn deepcopy(_: &Vm, this: Value, _: Value) -> Value {
    this
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, user_function, maxsize, typed, cache_info_type, /)", new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("cache_info", 1, cache_info).doc("Report cache statistics"),
    method!("cache_clear", 1, cache_clear).doc("Clear the cache and cache statistics"),
    method!("__reduce__", 1, reduce),
    method!("__copy__", 1, copy),
    method!("__deepcopy__", 2, deepcopy),
];
static GETSET: &[GetSetDef] =
    &[getset!("__dict__", brolga_runtime::types::object::get_dict, brolga_runtime::types::object::set_dict)];

pub static DEF: TypeDef = TypeDef {
    module: "functools",
    layout: Some(crate::layouts::FUNCTOOLS_CACHE),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE | type_flags::METHOD_DESCRIPTOR,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize",
    ),
    ..TypeDef::new("_lru_cache_wrapper")
};
