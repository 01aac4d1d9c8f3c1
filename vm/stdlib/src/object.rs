//! What all native types here share.

use std::cell::Cell;

use brolga_runtime::PyResult;
use brolga_runtime::object::{Args, HeapType, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};

/// Defines the struct of a native type: `object!(pub struct Chain: CHAIN { source: Field, active: Field })`. Beside
/// [`Field`](brolga_runtime::object::Field)s it may have cells of plain data that can't look like a heap address.
macro_rules! object {
    ($(#[$meta:meta])* $vis:vis struct $name:ident: $layout:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $t:ty),* $(,)? }) => {
        $(#[$meta])*
        #[repr(C)]
        $vis struct $name {
            _header: brolga_runtime::object::Header,
            _attrs: brolga_runtime::object::Field,
            $($(#[$fmeta])* $fvis $field: $t),*
        }
        // SAFETY: repr(C), header first, then the attributes' field; the rest are fields, and cells of plain data that
        // is no heap address or that the layout's own trace function skips. All zero is valid for each.
        unsafe impl brolga_runtime::object::HeapType for $name {
            const LAYOUT: brolga_runtime::object::LayoutId = crate::layouts::$layout;
        }
    };
}
pub(crate) use object;

/// Argument 0 of a `__new__`.
pub fn class_argument(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyType>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("object.__new__(X): X is not a type object"))
}

/// `__iter__` of iterators.
pub fn itself(_: &Vm, v: Value) -> Value {
    v
}

/// `__class_getitem__` of generic classes.
pub fn class_getitem(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
    brolga_runtime::types::generic_alias::new(vm, class, item)
}

/// Binds the arguments behind the first (`self` or the class) of a function with `*args, **kwargs`, of which the first
/// `required` have no default. For functions that CPython's messages give another name than their own.
pub fn named_arguments<const N: usize>(
    vm: &Vm,
    args: &Args<'_>,
    function: &str,
    names: [&str; N],
    required: usize,
) -> PyResult<[Slot; N]> {
    let mut bound = [None; N];
    let given = args.rest.len() + args.kw.iter().count();
    if given > N {
        let plural = if N == 1 { "" } else { "s" };
        let kind = if args.rest.is_empty() { "keyword " } else { "" };
        return Err(vm.type_error(format!("{function}() takes at most {N} {kind}argument{plural} ({given} given)")));
    }
    for (slot, value) in bound.iter_mut().zip(args.rest) {
        *slot = Some(*value);
    }
    for (name, value) in args.kw.iter() {
        let name = vm.to_lossy(name);
        let Some(at) = names.iter().position(|n| *n == name) else {
            return Err(vm.type_error(format!("{function}() got an unexpected keyword argument '{name}'")));
        };
        if bound[at].replace(value).is_some() {
            let at = at + 1;
            return Err(
                vm.type_error(format!("argument for {function}() given by name ('{name}') and position ({at})"))
            );
        }
    }
    match bound.iter().take(required).position(Slot::is_none) {
        Some(at) => {
            Err(vm.type_error(format!("{function}() missing required argument '{}' (pos {})", names[at], at + 1)))
        }
        None => Ok(bound),
    }
}

/// A field that owns plain data in malloc's memory: what may look like a heap address, or is large. The object's layout
/// needs a drop function, which calls [`Boxed::take`].
#[repr(transparent)]
pub struct Boxed<T>(Cell<*mut T>);

impl<T> Boxed<T> {
    /// Stores the data in a new object, and has it freed with the object.
    pub fn attach<O: HeapType>(&self, vm: &Vm, owner: Ref<O>, data: T) -> PyResult<()> {
        // SAFETY: a cell of this heap, whose layout has a drop function, which accepts one without data.
        if unsafe { vm.heap.register_drop(owner.obj().as_ptr()) }.is_err() {
            return Err(vm.memory_error());
        }
        self.put(Box::new(data));
        Ok(())
    }

    /// [`Boxed::attach`] for data that owns about so much memory beside: the collector counts it as allocated, so that
    /// many dead ones don't pile up between two collections.
    pub fn attach_large<O: HeapType>(&self, vm: &Vm, owner: Ref<O>, data: T, bytes: isize) -> PyResult<()> {
        self.attach(vm, owner, data)?;
        vm.heap.external(bytes);
        vm.heap.external(-bytes);
        Ok(())
    }

    /// Stores data in an object that [`Boxed::attach`] was called for.
    pub fn put(&self, data: Box<T>) {
        drop(self.take());
        self.0.set(Box::into_raw(data));
    }

    /// Takes the data out: for code that may run Python, or for the object's death.
    pub fn take(&self) -> Option<Box<T>> {
        let data = self.0.replace(std::ptr::null_mut());
        if data.is_null() {
            return None;
        }
        // SAFETY: made by `Box::into_raw` in `put`, and no longer in the cell.
        Some(unsafe { Box::from_raw(data) })
    }

    /// Runs `f` on the data, which must run no Python; `None` while it is taken out.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut data = self.take()?;
        let result = f(&mut data);
        self.put(data);
        Some(result)
    }
}

/// A [`Boxed`] that is stored once, in a new object, and then stays where it is until the object dies: it may be looked
/// at while Python runs. The layout's drop function calls [`Settled::free`].
#[repr(transparent)]
pub struct Settled<T>(Boxed<T>);

impl<T> Settled<T> {
    /// Stores the data in a new object, and has it freed with the object. For an object that has some already this is an
    /// error.
    pub fn attach<O: HeapType>(&self, vm: &Vm, owner: Ref<O>, data: T) -> PyResult<()> {
        if self.get().is_some() {
            return Err(vm.system_error("data of an object stored twice"));
        }
        self.0.attach(vm, owner, data)
    }

    pub fn get(&self) -> Option<&T> {
        // SAFETY: null, or made by `Box::into_raw` in `Boxed::put`, which only `attach` calls, once; freed at the death
        // of the object that holds this field.
        unsafe { self.0.0.get().as_ref() }
    }

    /// Frees the data.
    ///
    /// # Safety
    /// The object that holds this field is dead: nobody has a reference to the data.
    pub unsafe fn free(&self) {
        drop(self.0.take());
    }
}
