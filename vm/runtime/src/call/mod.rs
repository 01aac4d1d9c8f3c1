//! Calling things from native code. (Python-to-Python calls in the interpreter use no native stack: `interp::calls`.)

pub(crate) mod bind;
pub mod native;

use crate::PyResult;
use crate::frame::{Frame, OnReturn};
use crate::object::Args;
use crate::object::Ref;
use crate::object::layout::EXCEPTION;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
use crate::types::exception::PyException;
use crate::types::function::PyFunction;
use crate::types::generator::PyGenerator;
use crate::types::method::PyMethod;
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::Value;

impl Vm {
    /// `callable(*args)`.
    #[inline]
    pub fn call(&self, callable: Value, args: &[Value]) -> PyResult<Value> {
        self.call_kw(callable, args, None)
    }

    /// `callable(*args, **kw)`: `args` holds the positional arguments and then the values of the keyword arguments
    /// named in `kwnames`.
    pub fn call_kw(&self, callable: Value, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Value> {
        let Some(obj) = callable.as_obj() else { return self.call_object(callable, args, kwnames) };
        match obj.shape_id() {
            shape::function => match obj.downcast::<PyFunction>() {
                Some(f) => self.call_function(f, args, kwnames),
                None => self.call_object(callable, args, kwnames),
            },
            shape::method => match obj.downcast::<PyMethod>() {
                Some(m) => {
                    self.with_prefixed_args(m.receiver(), args, |args| self.call_kw(m.function(), args, kwnames))
                }
                None => self.call_object(callable, args, kwnames),
            },
            shape::builtin_function
            | shape::method_descriptor
            | shape::wrapper_descriptor
            | shape::method_wrapper
            | shape::classmethod_descriptor => match obj.downcast::<PyNativeFunction>() {
                Some(f) => self.call_native(f, args, kwnames),
                None => self.call_object(callable, args, kwnames),
            },
            _ => self.call_object(callable, args, kwnames),
        }
    }

    /// Anything else: classes, instances with `__call__`.
    fn call_object(&self, callable: Value, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Value> {
        self.check_native_stack(" while calling a Python object")?;
        // A function that has attributes has another shape.
        if let Some(f) = callable.downcast::<PyFunction>() {
            return self.call_function(f, args, kwnames);
        }
        if let Some(class) = callable.downcast::<PyType>()
            && self.type_of(callable) == self.types.type_
        {
            return self.call_type(class, args, kwnames);
        }
        let class = self.type_of(callable);
        match class.special(Special::Call) {
            Some(method) if !method.is_none() => {
                if let Some(f) = method.downcast::<PyNativeFunction>()
                    && f.is_descriptor()
                {
                    return self.with_prefixed_args(callable, args, |args| self.call_native(f, args, kwnames));
                }
                if let Some(f) = method.downcast::<PyFunction>() {
                    return self.with_prefixed_args(callable, args, |args| self.call_function(f, args, kwnames));
                }
                let bound = self.bind_descriptor(method, callable)?.unwrap_or(method);
                self.call_kw(bound, args, kwnames)
            }
            _ => Err(self.not_callable(callable)),
        }
    }

    #[cold]
    fn not_callable(&self, callable: Value) -> crate::Raised {
        let class = self.type_of(callable).tp_name();
        // `import m; m()` where `m.m` was meant.
        if let Some(dict) = callable.downcast::<crate::types::module::PyModule>().and_then(|m| m.dict())
            && let Some(name) = dict.get_str(self, self.names.__name__).and_then(Value::downcast::<PyStr>)
            && dict.get_str(self, name).is_some_and(|v| self.is_callable(v))
        {
            let name = name.to_lossy();
            return self.type_error(format!("'{class}' object is not callable. Did you mean: '{name}.{name}(...)'?"));
        }
        self.type_error(format!("'{class}' object is not callable"))
    }

    /// Calls a Python function: binds the arguments in a new frame and runs it.
    pub fn call_function(
        &self,
        function: Ref<PyFunction>,
        args: &[Value],
        kwnames: Option<Ref<PyTuple>>,
    ) -> PyResult<Value> {
        if kwnames.is_none()
            && let Some(result) = crate::interp::native::call_compiled(self, function, args)
        {
            return result;
        }
        let code = function.code();
        if kwnames.is_none()
            && let Some((copied, at)) = code.makes_generator()
            && let Some(closure) = function.closure_of(copied)
            && bind::takes_plainly(function, args.len())
            && self.depth.get() < self.recursion_limit.get()
            && !self.hooks.on.get()
            && self.coroutine_origin_depth.get() == 0
            // It leaves out the bytecodes that make the generator.
            && !self.meter.is_on()
        {
            let cells = closure.as_ref().map_or(&[][..], |cells| &cells.as_slice()[..copied]);
            return PyGenerator::from_call(self, function, args, cells, at);
        }
        self.check_native_stack("")?;
        let frame = self.frame_for_call(function, args, kwnames)?;
        // SAFETY: just pushed, and set to return to its native caller before it is entered.
        unsafe {
            (*frame).on_return.set(OnReturn::Exit);
            crate::interp::run(self, frame)
        }
    }

    /// A frame for this call, pushed, arguments bound. On an error it is popped again.
    #[inline]
    pub fn frame_for_call(
        &self,
        function: Ref<PyFunction>,
        args: &[Value],
        kwnames: Option<Ref<PyTuple>>,
    ) -> PyResult<*mut Frame> {
        let frame =
            self.push_frame(function.code(), function.globals(), function.builtins(), Some(function.value()), None)?;
        match bind::bind(self, function, frame, args, kwnames) {
            Ok(()) => Ok(frame),
            Err(raised) => {
                self.pop_frame(frame);
                Err(raised)
            }
        }
    }

    /// `class(*args, **kw)` for a class whose metaclass is `type`: `__new__`, then `__init__`.
    pub fn call_type(&self, class: Ref<PyType>, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Value> {
        if class == self.types.type_ && args.len() == 1 && kwnames.is_none() {
            return Ok(self.type_of(args[0]).value());
        }
        if let ([arg], None) = (args, kwnames)
            && let Some(done) = self.convert(class, *arg)
        {
            return done;
        }
        if kwnames.is_none() && class.layout() == EXCEPTION && PyException::is_plain(self, class) {
            return PyException::new_plain(self, class, args).map(Ref::value);
        }
        let object = self.call_new(class, args, kwnames)?;
        let made = self.type_of(object);
        if !made.is_subtype(class) {
            return Ok(object);
        }
        self.call_init(made, object, args, kwnames)?;
        Ok(object)
    }

    /// `class(arg)` of the builtin classes that are called all the time, without the ways of a class in general.
    #[inline(never)]
    fn convert(&self, class: Ref<PyType>, arg: Value) -> Option<PyResult<Value>> {
        if class.is_heap_type() {
            return None;
        }
        let t = &self.types;
        if class == t.str {
            return Some(self.str(arg).map(Ref::value));
        }
        if class == t.tuple {
            return Some(self.tuple_from(arg).map(Ref::value));
        }
        if class == t.list {
            let list = match self.new_list(&[]) {
                Ok(list) => list,
                Err(raised) => return Some(Err(raised)),
            };
            return Some(crate::types::list::methods::extend_from_iterable(self, list, arg).map(|()| list.value()));
        }
        if class == t.bool {
            return Some(self.is_true(arg).map(Value::from_bool));
        }
        if class == t.weakref {
            return Some(crate::types::weakref::new_ref(self, arg, None).map(Ref::value));
        }
        None
    }

    /// `class.__new__(class, *args, **kw)`.
    pub fn call_new(&self, class: Ref<PyType>, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Value> {
        let Some(new) = class.special(Special::New) else {
            return Err(self.type_error(format!("cannot create '{}' instances", self.type_full_name(class))));
        };
        // The native `__new__` of a type that allows none.
        if class.has_flag(crate::object::def::type_flags::DISALLOW_NEW) {
            return Err(self.type_error(format!("cannot create '{}' instances", self.type_full_name(class))));
        }
        let function = self.descriptor_get(new, None, class.value())?.unwrap_or(new);
        self.with_prefixed_args(class.value(), args, |args| self.call_kw(function, args, kwnames))
    }

    /// `object.__init__(*args, **kw)`.
    pub fn call_init(
        &self,
        class: Ref<PyType>,
        object: Value,
        args: &[Value],
        kwnames: Option<Ref<PyTuple>>,
    ) -> PyResult<()> {
        let Some(init) = class.special(Special::Init) else { return Ok(()) };
        let result = if init.downcast::<PyFunction>().is_some()
            || init.downcast::<PyNativeFunction>().is_some_and(|f| f.is_descriptor())
        {
            self.with_prefixed_args(object, args, |args| self.call_kw(init, args, kwnames))?
        } else {
            let bound = self.bind_descriptor(init, object)?.unwrap_or(init);
            self.call_kw(bound, args, kwnames)?
        };
        if !result.is_none() {
            return Err(self.init_returned(result));
        }
        Ok(())
    }

    #[cold]
    pub fn init_returned(&self, result: Value) -> crate::Raised {
        self.type_error(format!("__init__() should return None, not '{}'", self.type_name(result)))
    }

    /// `__call__` called as a method: calls the receiver (argument 0) with the rest.
    pub fn call_again(&self, args: &Args<'_>) -> PyResult<Value> {
        if args.kw.is_empty() {
            return self.call_kw(args.get(0), args.rest, None);
        }
        let all = ValueVec::from_slice(self, args.rest)?;
        let names = ValueVec::new();
        for (name, value) in args.kw.iter() {
            names.push(self, name)?;
            all.push(self, value)?;
        }
        let names = self.new_tuple(names.as_slice())?;
        self.call_kw(args.get(0), all.as_slice(), Some(names))
    }

    /// `callable(*args, **kwargs)` with the keyword arguments in a dict (`None`: none).
    pub fn call_with_dict(&self, callable: Value, args: &[Value], kwargs: Option<Ref<PyDict>>) -> PyResult<Value> {
        let Some(kwargs) = kwargs.filter(|d| !d.is_empty()) else { return self.call(callable, args) };
        let all = ValueVec::from_slice(self, args)?;
        let names = ValueVec::new();
        let mut position = 0;
        while let Some((name, value)) = kwargs.next_item(&mut position) {
            if name.downcast::<PyStr>().is_none() {
                return Err(self.type_error("keywords must be strings"));
            }
            names.push(self, name)?;
            all.push(self, value)?;
        }
        let names = self.new_tuple(names.as_slice())?;
        self.call_kw(callable, all.as_slice(), Some(names))
    }

    pub fn is_callable(&self, v: Value) -> bool {
        v.downcast::<PyFunction>().is_some()
            || v.downcast::<PyType>().is_some()
            || self.type_of(v).special(Special::Call).is_some()
    }
}
