//! Calling special methods: looked up on the class, never on the instance.

use crate::PyResult;
use crate::object::Ref;
use crate::object::def::{Func, MethodKind};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::function::PyFunction;
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;

impl Vm {
    /// Calls a special method of `receiver`'s class; `None`: it has none (or it is None, which only some protocols
    /// tell apart: they look first).
    #[inline]
    pub fn call_special(&self, receiver: Value, special: Special, args: &[Value]) -> PyResult<Option<Value>> {
        let class = self.type_of(receiver);
        match class.special(special) {
            None => Ok(None),
            Some(method) => self.call_unbound(method, receiver, args).map(Some),
        }
    }

    /// Calls what a class lookup found as a method of `receiver`.
    pub fn call_unbound(&self, method: Value, receiver: Value, args: &[Value]) -> PyResult<Value> {
        if let Some(f) = method.downcast::<PyNativeFunction>()
            && f.is_descriptor()
        {
            let def = f.def();
            match (def.func, args) {
                (Func::F1(f), []) => return f(self, receiver),
                (Func::F2(f), [a]) => return f(self, receiver, *a),
                (Func::F3(f), [a, b]) => return f(self, receiver, *a, *b),
                _ => {}
            }
        }
        if method.is_none() {
            return Err(self.type_error("'NoneType' object is not callable"));
        }
        self.with_prefixed_args(receiver, args, |args| {
            if method.downcast::<PyFunction>().is_some()
                || method.downcast::<PyNativeFunction>().is_some_and(|f| f.is_descriptor())
            {
                self.call(method, args)
            } else {
                let bound = self.bind_descriptor(method, receiver)?;
                match bound {
                    Some(bound) => self.call(bound, &args[1..]),
                    None => self.call(method, &args[1..]),
                }
            }
        })
    }

    /// Calls `f` with `first` put before `args`, in a short array on the native stack or on the VM stack.
    pub fn with_prefixed_args<R>(
        &self,
        first: Value,
        args: &[Value],
        f: impl FnOnce(&[Value]) -> PyResult<R>,
    ) -> PyResult<R> {
        match args {
            [] => f(&[first]),
            [a] => f(&[first, *a]),
            [a, b] => f(&[first, *a, *b]),
            [a, b, c] => f(&[first, *a, *b, *c]),
            _ => {
                let all = crate::types::array::ValueVec::with_capacity(self, args.len() + 1)?;
                all.push(self, first)?;
                all.extend(self, args)?;
                f(all.as_slice())
            }
        }
    }

    /// `descriptor.__get__(receiver, type(receiver))`; `None`: it has no `__get__`.
    pub fn bind_descriptor(&self, descriptor: Value, receiver: Value) -> PyResult<Option<Value>> {
        let class = self.type_of(receiver);
        self.descriptor_get(descriptor, Some(receiver), class.value())
    }

    /// `descriptor.__get__(receiver or None, class)`; `None`: it has no `__get__`.
    pub fn descriptor_get(&self, descriptor: Value, receiver: Option<Value>, class: Value) -> PyResult<Option<Value>> {
        let Some(obj) = descriptor.as_obj() else { return Ok(None) };
        match obj.shape_id() {
            shape::function => {
                return Ok(Some(match receiver {
                    Some(receiver) => crate::types::method::PyMethod::new(self, descriptor, receiver)?.value(),
                    None => descriptor,
                }));
            }
            shape::method_descriptor | shape::wrapper_descriptor => {
                if let (Some(f), Some(receiver)) = (obj.downcast::<PyNativeFunction>(), receiver) {
                    f.check_receiver(self, receiver)?;
                    return PyNativeFunction::bind(self, f, receiver).map(Some);
                }
            }
            shape::getset | shape::member => {
                if let (Some(g), Some(receiver)) = (obj.downcast::<crate::types::getset::PyGetSet>(), receiver) {
                    return g.get(self, receiver).map(Some);
                }
            }
            _ => {}
        }
        if self.type_of(descriptor).special(Special::Get).is_none() {
            return Ok(None);
        }
        self.call_special(descriptor, Special::Get, &[receiver.unwrap_or(Value::NONE), class])
    }

    /// Looks a special method up and binds it, for what calls it later (`with`, `async for`).
    pub fn bound_special(&self, receiver: Value, special: Special) -> PyResult<Option<Value>> {
        let class = self.type_of(receiver);
        match class.special(special) {
            None => Ok(None),
            Some(method) => Ok(Some(self.bind_descriptor(method, receiver)?.unwrap_or(method))),
        }
    }

    /// Calls `receiver.name(*args)`, the attribute looked up in the ordinary way.
    pub fn call_method(&self, receiver: Value, name: &str, args: &[Value]) -> PyResult<Value> {
        let name = self.intern(name)?;
        self.call_method_name(receiver, name, args)
    }

    pub fn call_method_name(&self, receiver: Value, name: Ref<PyStr>, args: &[Value]) -> PyResult<Value> {
        match self.get_method(receiver, name)? {
            (method, true) => self.with_prefixed_args(receiver, args, |args| self.call(method, args)),
            (method, false) => self.call(method, args),
        }
    }

    pub fn call_method_kw(
        &self,
        receiver: Value,
        name: &str,
        args: &[Value],
        kwnames: Option<Ref<PyTuple>>,
    ) -> PyResult<Value> {
        let name = self.intern(name)?;
        let method = self.get_attr(receiver, name)?;
        self.call_kw(method, args, kwnames)
    }

    /// Is this native method one that is found unbound on its class (`__new__`)?
    pub fn is_static_native(&self, f: Ref<PyNativeFunction>) -> bool {
        f.def().kind == MethodKind::Static
    }
}
