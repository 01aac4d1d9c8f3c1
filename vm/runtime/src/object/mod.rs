//! Heap objects as builtins see them: [`Obj`] (any object), [`Ref`] (an object of a known layout), the fields in
//! them, and the static tables that define native types.
//!
//! This module owns the casts from an untyped object to its Rust struct: the header's layout id, set once when the
//! cell is allocated, says which struct it is. Nothing else in the crate reinterprets an object's memory.

pub mod args;
pub mod convert;
pub mod def;
pub mod field;
pub mod layout;

use std::ptr::NonNull;

pub use args::{Args, Params};
pub use brolga_heap::{Header, LayoutId, Trace};
pub use convert::{FromValue, IntoResult};
pub use def::{Func, GetSetDef, MethodDef, MethodKind, Raw, TypeDef};
pub use field::Field;

use crate::value::Value;

/// A reference to any heap object.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Obj(NonNull<Header>);

impl Obj {
    #[inline(always)]
    pub fn addr(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// # Safety
    /// `addr` is the address of a live heap object.
    #[inline(always)]
    pub unsafe fn from_addr_unchecked(addr: usize) -> Obj {
        // SAFETY: the caller says it is a live object, whose address is not null.
        Obj(unsafe { NonNull::new_unchecked(addr as *mut Header) })
    }

    /// # Safety
    /// `ptr` is a live heap object.
    #[inline(always)]
    pub unsafe fn from_ptr(ptr: NonNull<Header>) -> Obj {
        Obj(ptr)
    }

    #[inline(always)]
    pub fn as_ptr(self) -> NonNull<Header> {
        self.0
    }

    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: an `Obj` is a live cell (it is reachable from where it is held: a scanned stack or a traced field),
        // cells never move, and every cell starts with its header, whose words are `Cell`s.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    pub fn shape_id(self) -> u32 {
        self.header().tag()
    }

    #[inline(always)]
    pub fn layout(self) -> LayoutId {
        self.header().layout()
    }

    #[inline(always)]
    pub fn value(self) -> Value {
        Value::from_obj(self)
    }

    /// The object as the struct `T`, if that is its layout (its class may be a subclass).
    #[inline(always)]
    pub fn downcast<T: HeapType>(self) -> Option<Ref<T>> {
        if self.layout() == T::LAYOUT { Some(Ref(self.0.cast())) } else { None }
    }

    /// The write barrier: after a store of a value into this object by other means than [`Field::set`].
    #[inline(always)]
    pub fn wrote(self) {
        // SAFETY: a live object of the heap.
        unsafe { brolga_heap::write_barrier(self.0) }
    }
}

/// A Rust struct that is the memory of a heap object.
///
/// # Safety
/// The struct is `repr(C)`, begins with a [`Header`], is valid when all bytes after the header are zero, and has no
/// `Drop`. Every cell whose header has `LAYOUT` holds such a struct. Unless the layout is registered with a trace
/// function of its own, each of its words is a [`Field`], or bits that are no heap address.
pub unsafe trait HeapType: Sized {
    const LAYOUT: LayoutId;
}

/// A reference to a heap object whose memory is a `T`. Gives `&T`; what changes in `T` is in cells and fields.
#[repr(transparent)]
pub struct Ref<T>(NonNull<T>);

impl<T> Copy for Ref<T> {}
impl<T> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ref({:p})", self.0)
    }
}

/// Identity.
impl<T> PartialEq for Ref<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Ref<T> {}

impl<T: HeapType> Ref<T> {
    /// # Safety
    /// `ptr` is a live cell whose layout is `T`'s.
    #[inline(always)]
    pub unsafe fn from_ptr(ptr: NonNull<Header>) -> Ref<T> {
        Ref(ptr.cast())
    }

    #[inline(always)]
    pub fn obj(self) -> Obj {
        Obj(self.0.cast())
    }

    #[inline(always)]
    pub fn value(self) -> Value {
        self.obj().value()
    }

    #[inline(always)]
    pub fn addr(self) -> usize {
        self.0.as_ptr() as usize
    }

    #[inline(always)]
    pub fn raw(self) -> *mut T {
        self.0.as_ptr()
    }
}

impl<T: HeapType> std::ops::Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a `Ref<T>` is a live cell with `T`'s layout (see `HeapType`); cells don't move, and a collection
        // keeps every cell that a native stack names, so it outlives this borrow of the local that holds the `Ref`.
        unsafe { self.0.as_ref() }
    }
}

impl<T: HeapType> From<Ref<T>> for Value {
    #[inline(always)]
    fn from(r: Ref<T>) -> Value {
        r.value()
    }
}

impl<T: HeapType> From<Ref<T>> for Obj {
    #[inline(always)]
    fn from(r: Ref<T>) -> Obj {
        r.obj()
    }
}

impl From<Obj> for Value {
    #[inline(always)]
    fn from(o: Obj) -> Value {
        o.value()
    }
}

impl Value {
    /// The object as the struct `T`, if the value is an object with that layout (its class may be a subclass).
    #[inline(always)]
    pub fn downcast<T: HeapType>(self) -> Option<Ref<T>> {
        self.as_obj()?.downcast()
    }
}
