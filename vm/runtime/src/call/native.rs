//! Calls of native functions: arity, and binding of arguments to parameters, with CPython's errors.

use crate::PyResult;
use crate::object::args::{Args, Keywords, MAX_PARAMS};
use crate::object::{Func, MethodDef, Params, Ref};
use crate::state::Vm;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

impl Vm {
    /// Calls a native function; `args` and `kwnames` as [`Vm::call_kw`].
    #[inline]
    pub fn call_native(
        &self,
        f: Ref<PyNativeFunction>,
        args: &[Value],
        kwnames: Option<Ref<PyTuple>>,
    ) -> PyResult<Value> {
        if let Some(receiver) = f.bound_receiver() {
            return self.with_prefixed_args(receiver, args, |args| {
                let result = self.call_native_unbound(f, args, kwnames);
                self.slot_result(f, args, result)
            });
        }
        if f.def().is_new {
            self.check_new_class(f, args)?;
        } else if f.is_descriptor() {
            match args.first() {
                Some(receiver) => f.check_receiver(self, *receiver)?,
                None => return Err(self.missing_receiver(f)),
            }
        } else if f.is(crate::types::shape::classmethod_descriptor) {
            let Some(class) = args.first() else { return Err(self.missing_receiver(f)) };
            f.check_class(self, *class)?;
        }
        let result = self.call_native_unbound(f, args, kwnames);
        self.slot_result(f, args, result)
    }

    /// `T.__new__(C)` is for subclasses of `T`.
    #[inline]
    fn check_new_class(&self, f: Ref<PyNativeFunction>, args: &[Value]) -> PyResult<()> {
        match (f.owner_type(), args.first()) {
            (Some(owner), Some(class)) if class.is(owner.value()) => Ok(()),
            (Some(owner), Some(class)) => match class.downcast::<PyType>() {
                Some(class) if class.is_subtype(owner) => Ok(()),
                _ => Err(self.wrong_new_class(owner, *class)),
            },
            _ => Ok(()),
        }
    }

    #[cold]
    fn wrong_new_class(&self, owner: Ref<PyType>, class: Value) -> crate::Raised {
        let name = owner.tp_name();
        match class.downcast::<PyType>() {
            None => {
                let kind = self.tp_name(class);
                self.type_error(format!("{name}.__new__(X): X is not a type object ({kind})"))
            }
            Some(class) => {
                let class = class.tp_name();
                self.type_error(format!("{name}.__new__({class}): {class} is not a subtype of {name}"))
            }
        }
    }

    /// What a special method of a sequence gives to a caller who names it: concatenation and repetition of sequences are
    /// no numbers' operations in CPython, and raise where those return `NotImplemented`.
    #[inline]
    fn slot_result(&self, f: Ref<PyNativeFunction>, args: &[Value], result: PyResult<Value>) -> PyResult<Value> {
        match result {
            Ok(v) if v.same_bits(Value::NOT_IMPLEMENTED) => self.sequence_refuses(f, args),
            result => result,
        }
    }

    #[cold]
    fn sequence_refuses(&self, f: Ref<PyNativeFunction>, args: &[Value]) -> PyResult<Value> {
        if let ([receiver, other], Some(owner)) = (args, f.owner_type()) {
            let t = &self.types;
            if [t.str, t.list, t.tuple, t.bytes, t.bytearray, t.typed_array].contains(&owner)
                || self.is_deque_class(owner)
            {
                match f.def().name {
                    "__add__" => return Err(self.unsupported(*receiver, *other, "+")),
                    "__mul__" | "__rmul__" | "__imul__" => {
                        self.index(*other)?;
                    }
                    _ => {}
                }
            }
        }
        Ok(Value::NOT_IMPLEMENTED)
    }

    /// The receiver is the first argument, checked.
    #[inline]
    pub(crate) fn call_native_unbound(
        &self,
        f: Ref<PyNativeFunction>,
        args: &[Value],
        kwnames: Option<Ref<PyTuple>>,
    ) -> PyResult<Value> {
        let def = f.def();
        if kwnames.is_none()
            && let Some(result) = self.invoke_fixed(def.func, args)
        {
            return result;
        }
        match def.func {
            Func::V(code) => self.call_bound(f, code, args, kwnames),
            _ => Err(self.wrong_count(f, args.len(), kwnames)),
        }
    }

    #[cold]
    fn missing_receiver(&self, f: Ref<PyNativeFunction>) -> crate::Raised {
        if f.is(crate::types::shape::classmethod_descriptor) {
            let owner = f.owner_type().map(|t| t.tp_name()).unwrap_or_default();
            return self.type_error(format!("descriptor '{}' of '{owner}' object needs an argument", f.def().name));
        }
        let owner = f.owner_type().map(|t| t.name()).unwrap_or_default();
        if f.is(crate::types::shape::wrapper_descriptor) {
            return self.type_error(format!("descriptor '{}' of '{owner}' object needs an argument", f.def().name));
        }
        self.type_error(format!("unbound method {owner}.{}() needs an argument", f.def().name))
    }

    /// The name as messages about functions without keyword parameters have it: `list.append`, `math.sqrt`.
    fn native_name(&self, f: Ref<PyNativeFunction>) -> String {
        if let Some(called) = f.def().called {
            return called.to_owned();
        }
        match f.owner_type() {
            Some(owner) if f.def().kind != crate::object::MethodKind::Static => {
                format!("{}.{}", owner.name(), f.def().name)
            }
            Some(owner) if f.def().name == "__new__" => owner.name(),
            Some(_) => f.def().name.to_owned(),
            None => match self.to_lossy(f.module.get_or_none()) {
                module if module.is_empty() || module == "builtins" => f.def().name.to_owned(),
                module => format!("{module}.{}", f.def().name),
            },
        }
    }

    /// The name as messages about functions with these parameters have it. Where some can be given by keyword, it is
    /// the name alone.
    fn bound_name(&self, f: Ref<PyNativeFunction>, params: &Params) -> String {
        // A function of the old kind, whose arguments come as they are, goes by its name alone, too.
        let old = params.text.is_some_and(|text| text == "(*args)") && f.def().called.is_none();
        if (params.posonly == params.count && !old) || f.def().name == "__new__" {
            return self.native_name(f);
        }
        match f.owner_type() {
            Some(owner) if f.def().name == "__init__" => owner.name(),
            _ => f.def().name.to_owned(),
        }
    }

    #[cold]
    fn wrong_count(&self, f: Ref<PyNativeFunction>, given: usize, kwnames: Option<Ref<PyTuple>>) -> crate::Raised {
        let name = self.native_name(f);
        if kwnames.is_some_and(|k| !k.is_empty()) {
            return if f.is(crate::types::shape::wrapper_descriptor) || f.is(crate::types::shape::method_wrapper) {
                self.type_error(format!("wrapper {}() takes no keyword arguments", f.def().name))
            } else {
                self.type_error(format!("{name}() takes no keyword arguments"))
            };
        }
        let free = f.def().kind == crate::object::MethodKind::Static && f.def().name != "__new__";
        let receiver = usize::from(f.owner_type().is_some() && !free);
        let wanted = (f.params().count as usize).saturating_sub(receiver);
        let given = given.saturating_sub(receiver);
        if f.is(crate::types::shape::wrapper_descriptor) || f.is(crate::types::shape::method_wrapper) {
            let plural = if wanted == 1 { "" } else { "s" };
            return self.type_error(format!("expected {wanted} argument{plural}, got {given}"));
        }
        match wanted {
            0 => self.type_error(format!("{name}() takes no arguments ({given} given)")),
            1 => self.type_error(format!("{name}() takes exactly one argument ({given} given)")),
            _ => {
                let plural = if wanted == 1 { "" } else { "s" };
                self.type_error(format!("{} expected {wanted} argument{plural}, got {given}", f.def().name))
            }
        }
    }

    /// Binds to named parameters and calls.
    fn call_bound(
        &self,
        f: Ref<PyNativeFunction>,
        code: fn(&Vm, &Args<'_>) -> PyResult<Value>,
        args: &[Value],
        kwnames: Option<Ref<PyTuple>>,
    ) -> PyResult<Value> {
        let params = f.params();
        let keywords = kwnames.map_or(0, |k| k.len());
        let given = args.len().saturating_sub(keywords);
        if keywords == 0 && params.takes(given) {
            return call_taken(self, code, params, args);
        }
        let (positional, values) = args.split_at(given);
        let mut bound: [Slot; MAX_PARAMS] = [None; MAX_PARAMS];
        let count = params.count as usize;
        let named = (params.positional as usize).min(given);
        for (slot, value) in bound.iter_mut().zip(&positional[..named]) {
            *slot = Some(*value);
        }
        if given > params.positional as usize && !params.varargs {
            return Err(self.too_many(f, params, given + keywords, keywords));
        }
        if keywords > 0 && !params.varkw && self.more_than_parameters(params, given, keywords) {
            return Err(self.more_arguments(f, params, given, keywords));
        }
        let rest = &positional[named..];
        let mut kw = Keywords { names: kwnames, values, taken: 0 };
        if let Some(names) = kwnames {
            for (i, name) in names.as_slice().iter().enumerate() {
                let Some(name) = name.downcast::<PyStr>() else {
                    return Err(self.type_error("keywords must be strings"));
                };
                let at = (params.posonly as usize..count).find(|p| name.equals_str(params.names[*p]));
                match at {
                    Some(at) => {
                        if bound[at].is_some() {
                            return Err(self.type_error(format!(
                                "argument for {}() given by name ('{}') and position ({})",
                                self.bound_name(f, params),
                                params.names[at],
                                at + 1 - usize::from(params.has_self)
                            )));
                        }
                        bound[at] = values.get(i).copied();
                        if i < 64 {
                            kw.taken |= 1 << i;
                        }
                    }
                    None if params.varkw => {}
                    None if self.subclass_takes_keywords(f, params, positional) => {}
                    None if given == 0 && params.varargs && matches!(f.def().name, "min" | "max") => {}
                    None => return Err(self.unexpected_keyword(f, params, name, keywords)),
                }
            }
        }
        for (i, slot) in bound.iter().enumerate().take(count) {
            let required = if i < params.positional as usize {
                i < params.required as usize
            } else {
                params.required_kwonly & (1 << i) != 0
            };
            if required && slot.is_none() {
                return Err(self.missing_argument(f, params, i, given));
            }
        }
        code(self, &Args { bound: &bound[..count], rest, kw })
    }

    /// Calls a function whose definition this is, with arguments without names: as many as it takes. (Compiled code has
    /// looked at [`Params::takes`].)
    pub fn call_positional(&self, def: &MethodDef, args: &[Value]) -> PyResult<Value> {
        let Func::V(code) = def.func else { return Err(self.system_error("a native function without parameters")) };
        let params = &def.params;
        call_taken(self, code, params, args)
    }

    /// A native `__new__` without keyword parameters lets keywords pass that are for a subclass's `__init__`, and the
    /// other way round.
    #[cold]
    fn subclass_takes_keywords(&self, f: Ref<PyNativeFunction>, params: &Params, args: &[Value]) -> bool {
        use crate::state::names::Special;
        let (Some(owner), Some(first)) = (f.owner_type(), args.first()) else { return false };
        if params.posonly != params.count {
            return false;
        }
        let (class, other) = match f.def().name {
            "__new__" => (first.downcast::<crate::types::type_object::PyType>(), Special::Init),
            "__init__" => (Some(self.type_of(*first)), Special::New),
            _ => return false,
        };
        let same = |a: Slot, b: Slot| a.is_some_and(|a| b.is_some_and(|b| a.same_bits(b)));
        // `set.__init__` takes no keywords of any class's.
        let strict = owner == self.types.set && f.def().name == "__init__";
        !strict && class.is_some_and(|c| c != owner && !same(c.special(other), owner.special(other)))
    }

    /// Are there more arguments than parameters, some by keyword? (A function all of whose parameters are positional says
    /// something else.)
    fn more_than_parameters(&self, params: &Params, given: usize, keywords: usize) -> bool {
        params.posonly != params.count && !params.varargs && given + keywords > params.count as usize
    }

    #[cold]
    fn more_arguments(
        &self,
        f: Ref<PyNativeFunction>,
        params: &Params,
        given: usize,
        keywords: usize,
    ) -> crate::Raised {
        let receiver = usize::from(params.has_self);
        let function = self.bound_name(f, params);
        let limit = (params.count as usize).saturating_sub(receiver);
        let total = given.saturating_sub(receiver) + keywords;
        let kind = if given <= receiver { "keyword " } else { "" };
        let plural = if limit == 1 { "" } else { "s" };
        self.type_error(format!("{function}() takes at most {limit} {kind}argument{plural} ({total} given)"))
    }

    #[cold]
    fn unexpected_keyword(
        &self,
        f: Ref<PyNativeFunction>,
        params: &Params,
        name: Ref<PyStr>,
        keywords: usize,
    ) -> crate::Raised {
        let function = self.bound_name(f, params);
        if params.posonly as usize == params.count as usize {
            if let (Some(owner), "__init__") = (f.owner_type(), f.def().name) {
                return self.type_error(format!("{}() takes no keyword arguments", owner.name()));
            }
            return self.type_error(format!("{function}() takes no keyword arguments"));
        }
        // Functions of any number of positional arguments look at their keywords alone; but `print` is of a newer kind.
        let limit = (params.count - params.positional) as usize;
        if params.varargs && f.owner_type().is_some_and(|owner| owner.tp_name() == "itertools.zip_longest") {
            return self.type_error("zip_longest() got an unexpected keyword argument");
        }
        if params.varargs && keywords > limit && f.def().name != "print" {
            let plural = if limit == 1 { "" } else { "s" };
            return self
                .type_error(format!("{function}() takes at most {limit} keyword argument{plural} ({keywords} given)"));
        }
        // A string of a class of its own may equal a parameter's name after all, as a keyword is not looked for.
        if self.exact_str(name.value()).is_none() {
            for known in params.names.iter().take(params.count as usize).skip(params.posonly as usize) {
                let equal = self.intern(known).and_then(|known| self.eq(name.value(), known.value()));
                match equal {
                    Ok(true) => return self.type_error(format!("invalid keyword argument for {function}()")),
                    Ok(false) => {}
                    Err(raised) => return raised,
                }
            }
        }
        let name = name.to_lossy();
        if (1..params.posonly as usize).any(|p| params.names[p] == name) {
            return self.type_error(format!(
                "{function}() got some positional-only arguments passed as keyword arguments: '{name}'"
            ));
        }
        let candidates: Vec<String> = (params.posonly as usize..params.count as usize)
            .filter_map(|p| params.names.get(p).map(|n| (*n).to_owned()))
            .collect();
        match crate::types::exception::suggest::closest(&name, &candidates) {
            Some(near) => self.type_error(format!(
                "{function}() got an unexpected keyword argument '{name}'. Did you mean '{near}'?"
            )),
            None => self.type_error(format!("{function}() got an unexpected keyword argument '{name}'")),
        }
    }

    #[cold]
    fn too_many(&self, f: Ref<PyNativeFunction>, params: &Params, given: usize, keywords: usize) -> crate::Raised {
        if matches!(f.def().name, "__pow__" | "__rpow__") {
            return self.type_error(format!("expected 1 or 2 arguments, got {}", given.saturating_sub(1)));
        }
        let receiver = usize::from(params.has_self);
        let function = self.bound_name(f, params);
        let (max, min) = (
            params.positional as usize - receiver.min(params.positional as usize),
            (params.required as usize).saturating_sub(receiver),
        );
        let given = given.saturating_sub(receiver);
        // `str(...)` without keywords counts as if none were possible.
        let only_positional =
            params.posonly == params.count || keywords == 0 && f.def().is_new && f.owner_type() == Some(self.types.str);
        if only_positional {
            let owner = f.owner_type().filter(|_| f.def().name == "__init__").map(|owner| owner.name());
            if let (Some(owner), true) = (&owner, keywords > 0) {
                return self.type_error(format!("{owner}() takes no keyword arguments"));
            }
            let name = match &owner {
                _ if f.def().name == "__new__" => function.as_str(),
                Some(owner) => owner,
                None => f.def().name,
            };
            return if max == 0 {
                self.type_error(format!("{function}() takes no arguments ({given} given)"))
            } else if min == max {
                let plural = if max == 1 { "" } else { "s" };
                self.type_error(format!("{name} expected {max} argument{plural}, got {given}"))
            } else {
                let plural = if max == 1 { "" } else { "s" };
                self.type_error(format!("{name} expected at most {max} argument{plural}, got {given}"))
            };
        }
        let plural = if max == 1 { "" } else { "s" };
        // Where all may be given by name, their number is an upper limit in CPython's words.
        let how = if min == max && params.positional != params.count { "exactly" } else { "at most" };
        let positional = if params.positional == params.count { "" } else { "positional " };
        if max == 0 {
            return self.type_error(format!("{function}() takes no positional arguments"));
        }
        self.type_error(format!("{function}() takes {how} {max} {positional}argument{plural} ({given} given)"))
    }

    #[cold]
    fn missing_argument(&self, f: Ref<PyNativeFunction>, params: &Params, at: usize, given: usize) -> crate::Raised {
        if matches!(f.def().name, "__pow__" | "__rpow__") {
            return self.type_error(format!("expected 1 or 2 arguments, got {}", given.saturating_sub(1)));
        }
        let receiver = usize::from(params.has_self);
        let function = self.bound_name(f, params);
        let (max, min) = (
            (params.positional as usize).saturating_sub(receiver),
            (params.required as usize).saturating_sub(receiver),
        );
        if given == 0 && f.def().name == "__new__" {
            return self.type_error(format!("{}.__new__(): not enough arguments", self.native_name(f)));
        }
        let given = given.saturating_sub(receiver);
        if params.posonly == params.count {
            let plural = if min == 1 { "" } else { "s" };
            let name = if f.def().name == "__new__" { function.as_str() } else { f.def().name };
            return if min == max {
                if max == 1 && !params.has_self {
                    return self.type_error(format!("{function}() takes exactly one argument ({given} given)"));
                }
                self.type_error(format!("{name} expected {min} argument{plural}, got {given}"))
            } else {
                self.type_error(format!("{name} expected at least {min} argument{plural}, got {given}"))
            };
        }
        if at < params.posonly as usize {
            let plural = if min == 1 { "" } else { "s" };
            let how = if min == max && !params.varargs { "exactly" } else { "at least" };
            return self
                .type_error(format!("{function}() takes {how} {min} positional argument{plural} ({given} given)"));
        }
        self.type_error(format!(
            "{function}() missing required argument '{}' (pos {})",
            params.names[at],
            at + 1 - receiver
        ))
    }
}

/// Calls a function that [takes](Params::takes) so many arguments without names.
#[inline]
fn call_taken(
    vm: &Vm,
    code: fn(&Vm, &Args<'_>) -> PyResult<Value>,
    params: &Params,
    args: &[Value],
) -> PyResult<Value> {
    let kw = || Keywords { names: None, values: &[], taken: 0 };
    let count = params.count as usize;
    let (positional, rest) = args.split_at(args.len().min(params.positional as usize));
    // SAFETY: a full slot is represented as a `Value`.
    let positional = unsafe { std::slice::from_raw_parts(positional.as_ptr().cast::<Slot>(), positional.len()) };
    if positional.len() == count {
        return code(vm, &Args { bound: positional, rest, kw: kw() });
    }
    // Some have their defaults. Few slots are cheaper to empty.
    if let Some(mut bound) = (count <= 4).then_some([None; 4]) {
        bound[..positional.len()].copy_from_slice(positional);
        return code(vm, &Args { bound: &bound[..count], rest, kw: kw() });
    }
    let mut bound: [Slot; MAX_PARAMS] = [None; MAX_PARAMS];
    bound[..positional.len()].copy_from_slice(positional);
    code(vm, &Args { bound: &bound[..count], rest, kw: kw() })
}

/// The values of a slice of slots that are full, up to the first empty one.
pub fn filled(slots: &[Slot]) -> impl Iterator<Item = Value> + '_ {
    slots.iter().map_while(|s| *s)
}
