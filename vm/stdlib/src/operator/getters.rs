//! `itemgetter`, `attrgetter`, `methodcaller`.

use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, object};

object!(
    /// `names`: a tuple of the items (or the names, those with dots as tuples of their parts) to get. A method caller
    /// has the method's name there, and its arguments.
    pub struct Getter: OPERATOR_GETTER { names: Field, given: Field, args: Field, keywords: Field }
);

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Getter>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a getter is required"))
}

fn names(vm: &Vm, this: Ref<Getter>) -> Ref<PyTuple> {
    this.names.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
}

fn tuple_of(vm: &Vm, values: &[Value]) -> PyResult<Value> {
    Ok(vm.new_tuple(values)?.value())
}

fn itemgetter_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Getter>> {
    let class = class_argument(vm, args)?;
    if args.rest.is_empty() {
        return Err(vm.type_error("itemgetter expected at least 1 argument, got 0"));
    }
    let items = tuple_of(vm, args.rest)?;
    let this: Ref<Getter> = vm.alloc_instance(class)?;
    this.names.init(items);
    this.given.init(items);
    Ok(this)
}

fn itemgetter_call(vm: &Vm, this: Ref<Getter>, v: Value) -> PyResult<Value> {
    let items = names(vm, this);
    if let [only] = items.as_slice() {
        return vm.get_item(v, *only);
    }
    let found = ValueVec::with_capacity(vm, items.len())?;
    for item in items.as_slice() {
        found.push(vm, vm.get_item(v, *item)?)?;
    }
    tuple_of(vm, found.as_slice())
}

fn attrgetter_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Getter>> {
    let class = class_argument(vm, args)?;
    if args.rest.is_empty() {
        return Err(vm.type_error("attrgetter expected at least 1 argument, got 0"));
    }
    let parts = ValueVec::new();
    for name in args.rest {
        let Some(text) = name.downcast::<PyStr>() else { return Err(vm.type_error("attribute name must be a string")) };
        if !text.chars().any(|c| c == u32::from(b'.')) {
            let interned = vm.intern_str(text);
            parts.push(vm, interned.value())?;
            continue;
        }
        let pieces = vm.call_method(*name, "split", &[vm.names.dot.value()])?;
        parts.push(vm, vm.tuple_from(pieces)?.value())?;
    }
    let given = tuple_of(vm, args.rest)?;
    let parts = tuple_of(vm, parts.as_slice())?;
    let this: Ref<Getter> = vm.alloc_instance(class)?;
    this.names.init(parts);
    this.given.init(given);
    Ok(this)
}

fn get_dotted(vm: &Vm, v: Value, name: Value) -> PyResult<Value> {
    if let Some(name) = name.downcast::<PyStr>() {
        return vm.get_attr(v, name);
    }
    let mut v = v;
    if let Some(parts) = name.downcast::<PyTuple>() {
        for part in parts.as_slice() {
            if let Some(part) = part.downcast::<PyStr>() {
                v = vm.get_attr(v, part)?;
            }
        }
    }
    Ok(v)
}

fn attrgetter_call(vm: &Vm, this: Ref<Getter>, v: Value) -> PyResult<Value> {
    let names = names(vm, this);
    if let [only] = names.as_slice() {
        return get_dotted(vm, v, *only);
    }
    let found = ValueVec::with_capacity(vm, names.len())?;
    for name in names.as_slice() {
        found.push(vm, get_dotted(vm, v, *name)?)?;
    }
    tuple_of(vm, found.as_slice())
}

fn methodcaller_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Getter>> {
    let class = class_argument(vm, args)?;
    let Some((name, given)) = args.rest.split_first() else {
        return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
    };
    let Some(name) = name.downcast::<PyStr>() else { return Err(vm.type_error("method name must be a string")) };
    let name = vm.intern_str(name);
    let given = tuple_of(vm, given)?;
    let keywords = vm.new_dict()?;
    for (key, value) in args.kw.iter() {
        keywords.set_item(vm, key, value)?;
    }
    let this: Ref<Getter> = vm.alloc_instance(class)?;
    this.names.init(name.value());
    this.args.init(given);
    this.keywords.init(keywords.value());
    Ok(this)
}

fn methodcaller_call(vm: &Vm, this: Ref<Getter>, v: Value) -> PyResult<Value> {
    let Some(name) = this.names.get().and_then(Value::downcast::<PyStr>) else { return Ok(Value::NONE) };
    let args = this.args.get().and_then(Value::downcast::<PyTuple>).unwrap_or(*vm.empty_tuple);
    match this.keywords.get().and_then(Value::downcast::<PyDict>).filter(|k| !k.is_empty()) {
        None => vm.call_method_name(v, name, args.as_slice()),
        keywords => {
            let method = vm.get_attr(v, name)?;
            vm.call_with_dict(method, args.as_slice(), keywords)
        }
    }
}

fn simple_call(
    vm: &Vm,
    args: &Args<'_>,
    name: &str,
    f: fn(&Vm, Ref<Getter>, Value) -> PyResult<Value>,
) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    if !args.kw.is_empty() {
        return Err(vm.type_error(format!("{name}() takes no keyword arguments")));
    }
    match args.rest {
        [v] => f(vm, this, *v),
        rest => Err(vm.type_error(format!("{name} expected 1 argument, got {}", rest.len()))),
    }
}

fn itemgetter_call_args(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    simple_call(vm, args, "itemgetter", itemgetter_call)
}

fn attrgetter_call_args(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    simple_call(vm, args, "attrgetter", attrgetter_call)
}

fn methodcaller_call_args(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    simple_call(vm, args, "methodcaller", methodcaller_call)
}

fn repr(vm: &Vm, this: Ref<Getter>) -> PyResult<String> {
    let name = vm.type_full_name(vm.type_of(this.value()));
    if !vm.enter_repr(this.value()) {
        return Ok(format!("{name}(...)"));
    }
    let text = repr_text(vm, this, name);
    vm.leave_repr(this.value());
    text
}

fn repr_text(vm: &Vm, this: Ref<Getter>, name: String) -> PyResult<String> {
    let mut parts = Vec::new();
    let given = match this.given.get() {
        Some(given) => given,
        None => {
            parts.push(vm.repr_lossy(this.names.get_or_none())?);
            this.args.get_or_none()
        }
    };
    if let Some(given) = given.downcast::<PyTuple>() {
        for v in given.as_slice() {
            parts.push(vm.repr_lossy(*v)?);
        }
    }
    let mut position = 0;
    while let Some((key, value)) =
        this.keywords.get().and_then(Value::downcast::<PyDict>).and_then(|k| k.next_item(&mut position))
    {
        parts.push(format!("{}={}", vm.to_lossy(key), vm.repr_lossy(value)?));
    }
    Ok(format!("{name}({})", parts.join(", ")))
}

fn reduce(vm: &Vm, this: Ref<Getter>) -> PyResult<Value> {
    tuple_of(vm, &[vm.type_of(this.value()).value(), this.given.get_or_none()])
}

fn methodcaller_reduce(vm: &Vm, this: Ref<Getter>) -> PyResult<Value> {
    let class = vm.type_of(this.value()).value();
    let all = ValueVec::new();
    all.push(vm, this.names.get_or_none())?;
    let given = this.args.get().and_then(Value::downcast::<PyTuple>).unwrap_or(*vm.empty_tuple);
    match this.keywords.get().and_then(Value::downcast::<PyDict>).filter(|k| !k.is_empty()) {
        None => {
            all.extend(vm, given.as_slice())?;
            let args = tuple_of(vm, all.as_slice())?;
            tuple_of(vm, &[class, args])
        }
        keywords => {
            let partial = vm.import_attr("functools", "partial")?;
            let constructor = vm.call_with_dict(partial, &[class, this.names.get_or_none()], keywords)?;
            tuple_of(vm, &[constructor, given.value()])
        }
    }
}

static ITEMGETTER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *items)", itemgetter_new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", itemgetter_call_args),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
];

pub static ITEMGETTER: TypeDef = TypeDef {
    module: "operator",
    layout: Some(crate::layouts::OPERATOR_GETTER),
    methods: &[ITEMGETTER_METHODS],
    doc: Some(
        "Return a callable object that fetches the given item(s) from its operand.\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    ),
    ..TypeDef::new("itemgetter")
};

static ATTRGETTER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *attrs)", attrgetter_new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", attrgetter_call_args),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
];

pub static ATTRGETTER: TypeDef = TypeDef {
    module: "operator",
    layout: Some(crate::layouts::OPERATOR_GETTER),
    methods: &[ATTRGETTER_METHODS],
    doc: Some(
        "Return a callable object that fetches the given attribute(s) from its operand.\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    ),
    ..TypeDef::new("attrgetter")
};

static METHODCALLER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", methodcaller_new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", methodcaller_call_args),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, methodcaller_reduce),
];

pub static METHODCALLER: TypeDef = TypeDef {
    module: "operator",
    layout: Some(crate::layouts::OPERATOR_GETTER),
    methods: &[METHODCALLER_METHODS],
    doc: Some(
        "Return a callable object that calls the given method on its operand.\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    ),
    ..TypeDef::new("methodcaller")
};
