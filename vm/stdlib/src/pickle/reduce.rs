//! Objects that say themselves how they are made again: `copyreg.dispatch_table`, `__reduce_ex__` and `__reduce__`.

use brolga_runtime::PyResult;
use brolga_runtime::attributes::instance;
use brolga_runtime::object::Ref;
use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::layout::INSTANCE;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};

use super::opcodes::*;
use super::save::Saver;
use super::{class_name, library, with_note};

static DISPATCH_TABLE: u8 = 0;

impl Saver<'_> {
    /// An object of no type that has opcodes of its own.
    pub(super) fn save_other(&mut self, v: Value) -> PyResult<()> {
        let vm = self.vm;
        let class = vm.type_of(v);
        if class == vm.types.type_ {
            return self.save_type(v);
        }
        if class == vm.types.function {
            return self.save_global(v, None);
        }
        let reducer = match self.pickler.dispatch_table.get() {
            None => {
                let table = library(vm, &DISPATCH_TABLE, "copyreg", "dispatch_table")?;
                match table.downcast::<PyDict>() {
                    Some(table) => table.get_item(vm, class.value())?,
                    None => None,
                }
            }
            Some(table) => {
                let found = vm.get_item(table, class.value());
                vm.suppress(found, vm.types.key_error)?
            }
        };
        let reduced = match reducer {
            Some(reducer) => vm.call(reducer, &[v])?,
            None if class.is_subtype(vm.types.type_) => return self.save_type(v),
            None => {
                if self.protocol >= 2
                    && let Some(state) = plain_state(self, v, class)?
                {
                    return self.save_plain_instance(v, class, state);
                }
                match vm.get_attr_opt(v, vm.intern("__reduce_ex__")?)? {
                    Some(reduce) => vm.call(reduce, &[Value::from_int_truncated(i64::from(self.protocol))])?,
                    None => match vm.get_attr_opt(v, vm.names.__reduce__)? {
                        Some(reduce) => vm.call(reduce, &[])?,
                        None => {
                            let shown = vm.repr_lossy(v)?;
                            return Err(self.error(format!("can't pickle '{}' object: {shown}", vm.type_name(v))));
                        }
                    },
                }
            }
        };
        self.save_reduced(v, reduced)
    }

    /// An instance of a class that leaves everything to `object`: what its `__reduce_ex__` would give, without a call.
    fn save_plain_instance(&mut self, v: Value, class: Ref<PyType>, state: Slot) -> PyResult<()> {
        let note = |this: &mut Self, result: PyResult<()>| {
            result.map_err(|raised| {
                with_note(this.vm, raised, || Ok(format!("when serializing {} object", class_name(this.vm, v))))
            })
        };
        let result = self
            .noted(v, || "class".to_owned(), |this| this.save(class.value()))
            .and_then(|()| self.out.put(if self.bin() { &[EMPTY_TUPLE] } else { &[MARK, TUPLE] }))
            .and_then(|()| self.out.put(&[NEWOBJ]))
            .and_then(|()| self.memoize_made(v))
            .and_then(|()| match state {
                Some(state) => {
                    self.noted(v, || "state".to_owned(), |this| this.save(state))?;
                    self.out.put(&[BUILD])
                }
                None => Ok(()),
            });
        note(self, result)
    }

    /// The object on the stack is `v`: remembered now, unless making it has remembered it already.
    fn memoize_made(&mut self, v: Value) -> PyResult<()> {
        match self.pickler.number_of(v) {
            Some(number) => {
                self.out.put(&[POP])?;
                self.get(number)
            }
            None => self.memoize(v),
        }
    }

    /// What a reduction has given.
    pub(super) fn save_reduced(&mut self, v: Value, reduced: Value) -> PyResult<()> {
        if reduced.downcast::<PyStr>().is_some() {
            return self.save_global(v, Some(reduced));
        }
        let result = match reduced.downcast::<PyTuple>() {
            Some(tuple) => self.save_reduce(Some(v), tuple),
            None => {
                let shown = class_name(self.vm, reduced);
                Err(self.error(format!("__reduce__ must return a string or tuple, not {shown}")))
            }
        };
        result.map_err(|raised| {
            with_note(self.vm, raised, || Ok(format!("when serializing {} object", class_name(self.vm, v))))
        })
    }

    /// `function(*args)` makes the object.
    pub(super) fn save_call(&mut self, v: Value, function: Value, args: Ref<PyTuple>) -> PyResult<()> {
        let reduced = self.vm.new_tuple(&[function, args.value()])?;
        self.save_reduce(Some(v), reduced)
    }

    fn save_reduce(&mut self, object: Slot, reduced: Ref<PyTuple>) -> PyResult<()> {
        let vm = self.vm;
        if !(2..=6).contains(&reduced.len()) {
            return Err(self.error("tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let part = |i: usize| reduced.get(i).filter(|v| !v.is_none());
        let function = reduced.get(0).unwrap_or(Value::NONE);
        let wrong = |this: &Self, which: &str, wanted: &str, got: Value| {
            let got = class_name(this.vm, got);
            this.error(format!("{which} item of the tuple returned by __reduce__ must be {wanted}, not {got}"))
        };
        if !vm.is_callable(function) {
            return Err(wrong(self, "first", "callable", function));
        }
        let given = reduced.get(1).unwrap_or(Value::NONE);
        let Some(args) = given.downcast::<PyTuple>() else { return Err(wrong(self, "second", "a tuple", given)) };
        let (state, list_items, dict_items, setter) = (part(2), part(3), part(4), part(5));
        for (items, which) in [(list_items, "fourth"), (dict_items, "fifth")] {
            if let Some(items) = items
                && !vm.is_iterator(items)
            {
                return Err(wrong(self, which, "an iterator", items));
            }
        }
        if let Some(setter) = setter
            && !vm.is_callable(setter)
        {
            return Err(wrong(self, "sixth", "callable", setter));
        }
        let of = object.unwrap_or(Value::NONE);
        let name = if self.protocol >= 2 { vm.get_attr_opt(function, vm.names.__name__)? } else { None };
        let is_named = |text: &str| name.and_then(Value::downcast::<PyStr>).is_some_and(|s| s.equals_str(text));
        if is_named("__newobj_ex__") {
            self.save_new_ex(of, args)?;
        } else if is_named("__newobj__") {
            self.save_new(object, args)?;
        } else {
            self.noted(of, || "reconstructor".to_owned(), |this| this.save(function))?;
            self.noted(of, || "reconstructor arguments".to_owned(), |this| this.save(args.value()))?;
            self.out.put(&[REDUCE])?;
        }
        if let Some(object) = object {
            self.memoize_made(object)?;
        }
        if let Some(items) = list_items {
            self.batch_list(items, of)?;
        }
        if let Some(items) = dict_items {
            self.batch_dict(items, of)?;
        }
        let Some(state) = state else { return Ok(()) };
        match setter {
            None => {
                self.noted(of, || "state".to_owned(), |this| this.save(state))?;
                self.out.put(&[BUILD])
            }
            Some(setter) => {
                // `setter(object, state)`, whose result nobody wants.
                self.noted(of, || "state setter".to_owned(), |this| this.save(setter))?;
                self.save(of)?;
                self.noted(of, || "state".to_owned(), |this| this.save(state))?;
                self.out.put(&[TUPLE2])?;
                self.out.put(&[REDUCE])?;
                self.out.put(&[POP])
            }
        }
    }

    fn save_new_ex(&mut self, of: Value, args: Ref<PyTuple>) -> PyResult<()> {
        let vm = self.vm;
        let [class, arguments, keywords] = args.as_slice() else {
            return Err(self.error(format!("__newobj_ex__ expected 3 arguments, got {}", args.len())));
        };
        let (class, arguments, keywords) = (*class, *arguments, *keywords);
        let wrong = |this: &Self, which: &str, wanted: &str, got: Value| {
            let got = class_name(this.vm, got);
            this.error(format!("{which} argument to __newobj_ex__() must be {wanted}, not {got}"))
        };
        if class.downcast::<PyType>().is_none() {
            return Err(wrong(self, "first", "a class", class));
        }
        let Some(positional) = arguments.downcast::<PyTuple>() else {
            return Err(wrong(self, "second", "a tuple", arguments));
        };
        let Some(named) = keywords.downcast::<PyDict>() else {
            return Err(wrong(self, "third", "a dict", keywords));
        };
        if self.protocol >= 4 {
            self.noted(of, || "class".to_owned(), |this| this.save(class))?;
            self.noted(of, || "__new__ arguments".to_owned(), |this| this.save(arguments))?;
            self.noted(of, || "__new__ arguments".to_owned(), |this| this.save(keywords))?;
            return self.out.put(&[NEWOBJ_EX]);
        }
        let partial = vm.import_attr("functools", "partial")?;
        let all = ValueVec::new();
        all.push(vm, vm.get_attr_str(class, "__new__")?)?;
        all.push(vm, class)?;
        all.extend(vm, positional.as_slice())?;
        let call = vm.call_with_dict(partial, all.as_slice(), Some(named))?;
        self.noted(of, || "reconstructor".to_owned(), |this| this.save(call))?;
        let empty = vm.new_tuple(&[])?;
        self.save(empty.value())?;
        self.out.put(&[REDUCE])
    }

    fn save_new(&mut self, object: Slot, args: Ref<PyTuple>) -> PyResult<()> {
        let vm = self.vm;
        let of = object.unwrap_or(Value::NONE);
        let Some(class) = args.get(0) else {
            return Err(self.error("__newobj__ expected at least 1 argument, got 0"));
        };
        if class.downcast::<PyType>().is_none() {
            let got = class_name(vm, class);
            return Err(self.error(format!("first argument to __newobj__() must be a class, not {got}")));
        }
        if let Some(object) = object {
            let own = vm.get_attr(object, vm.names.__class__)?;
            if !own.is(class) {
                let (own, class) = (vm.repr_lossy(own)?, vm.repr_lossy(class)?);
                return Err(self.error(format!("first argument to __newobj__() must be {own}, not {class}")));
            }
        }
        self.noted(of, || "class".to_owned(), |this| this.save(class))?;
        let rest = vm.new_tuple(args.as_slice().get(1..).unwrap_or(&[]))?;
        self.noted(of, || "__new__ arguments".to_owned(), |this| this.save(rest.value()))?;
        self.out.put(&[NEWOBJ])
    }
}

/// The state of an instance for which `object.__reduce_ex__` would do nothing but name its class and its attributes: outer
/// `None` where Python has a say in it. The dict is made for this; an object whose attributes are in a dict gives that one.
fn plain_state(saver: &Saver<'_>, v: Value, class: Ref<PyType>) -> PyResult<Option<Slot>> {
    let vm = saver.vm;
    if class.layout() != INSTANCE || !class.is_heap_type() || !class.has_flag(type_flags::PLAIN_GETATTR) {
        return Ok(None);
    }
    let is_objects = |special: Special| match (class.special(special), vm.types.object.special(special)) {
        (Some(own), Some(plain)) => own.same_bits(plain),
        _ => false,
    };
    if !is_objects(Special::Reduce) || !is_objects(Special::ReduceEx) || class.special(Special::GetAttr).is_some() {
        return Ok(None);
    }
    let Some(object) = v.as_obj() else { return Ok(None) };
    let own = |name: Ref<PyStr>| instance::get(vm, object, name).is_some();
    let reduce_ex = vm.intern("__reduce_ex__")?;
    let getstate = vm.names.__getstate__;
    if own(reduce_ex) || own(vm.names.__reduce__) || own(getstate) || own(vm.names.__class__) {
        return Ok(None);
    }
    let found = class.lookup(vm, getstate).and_then(Value::downcast::<PyNativeFunction>);
    if !found.is_some_and(|f| f.owner_type() == Some(vm.types.object)) {
        return Ok(None);
    }
    for name in ["__getnewargs_ex__", "__getnewargs__"] {
        if class.lookup(vm, vm.intern(name)?).is_some() {
            return Ok(None);
        }
    }
    for name in [vm.names.__class__, vm.names.__dict__] {
        // A class may have a property of that name.
        let by = class.mro().find(|t| t.dict().is_some_and(|d| d.get_str(vm, name).is_some()));
        let plain = by.is_some_and(|t| t == vm.types.object || name == vm.names.__dict__ && is_getset(vm, t, name));
        if !plain {
            return Ok(None);
        }
    }
    // The names of its slots, which `copyreg` has left in the class once it was asked.
    let names = class.dict().and_then(|dict| vm.intern("__slotnames__").ok().and_then(|name| dict.get_str(vm, name)));
    let names = match names {
        Some(names) => names,
        None => {
            let copyreg = vm.import("copyreg")?;
            vm.call_method(copyreg, "_slotnames", &[class.value()])?
        }
    };
    if !names.downcast::<PyList>().is_some_and(|names| names.is_empty()) {
        return Ok(None);
    }
    let dict = match instance::attrs_dict(object) {
        Some(dict) => dict,
        None => {
            let dict = vm.new_dict()?;
            instance::each(vm, object, |name, value| dict.set_str(vm, name, value))?;
            dict
        }
    };
    Ok(Some((!dict.is_empty()).then(|| dict.value())))
}

fn is_getset(vm: &brolga_runtime::state::Vm, class: Ref<PyType>, name: Ref<PyStr>) -> bool {
    let found = class.dict().and_then(|dict| dict.get_str(vm, name)).and_then(Value::as_obj);
    found.is_some_and(|found| found.shape_id() == shape::getset)
}
