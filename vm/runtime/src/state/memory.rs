//! Allocation of heap objects. Every failure is a MemoryError.

use brolga_heap::Header;
use brolga_heap::flags::{HAS_ATTRS, HAS_FIN};

use super::Vm;
use crate::PyResult;
use crate::object::def::type_flags;
use crate::object::{HeapType, Ref};
use crate::types::type_object::PyType;
use crate::value::Slot;

impl Vm {
    /// A new object of the struct's size, zeroed.
    #[inline(always)]
    pub fn alloc<T: HeapType>(&self, shape: u32) -> PyResult<Ref<T>> {
        // SAFETY: the header has `T`'s layout, and a zeroed `T` is valid (see `HeapType`).
        match unsafe { self.alloc.alloc(size_of::<T>(), Header::new(shape, T::LAYOUT)) } {
            // SAFETY: just allocated with `T`'s layout.
            Some(ptr) => Ok(unsafe { Ref::from_ptr(ptr) }),
            None => Err(self.memory_error()),
        }
    }

    /// A new object that is nothing but `N` fields.
    ///
    /// # Safety
    /// Behind its header `T` has `N` fields, and nothing else.
    #[inline(always)]
    pub unsafe fn alloc_fields<T: HeapType, const N: usize>(&self, shape: u32, fields: [Slot; N]) -> PyResult<Ref<T>> {
        const { assert!(size_of::<T>() == size_of::<Header>() + size_of::<[Slot; N]>()) };
        // SAFETY: the header has `T`'s layout, and the content is the fields'.
        match unsafe { self.alloc.alloc_filled(Header::new(shape, T::LAYOUT), fields) } {
            // SAFETY: just allocated with `T`'s layout.
            Some(ptr) => Ok(unsafe { Ref::from_ptr(ptr) }),
            None => Err(self.memory_error()),
        }
    }

    /// A new object of `bytes` bytes (`None`: a size beyond memory), at least the struct's, zeroed.
    #[inline(always)]
    pub fn alloc_sized<T: HeapType>(&self, shape: u32, bytes: Option<usize>) -> PyResult<Ref<T>> {
        let Some(bytes) = bytes else { return Err(self.memory_error()) };
        debug_assert!(bytes >= size_of::<T>());
        // SAFETY: as `alloc`; what lies behind the struct is the type's own business.
        match unsafe { self.alloc.alloc_dynamic(bytes, Header::new(shape, T::LAYOUT)) } {
            // SAFETY: just allocated with `T`'s layout.
            Some(ptr) => Ok(unsafe { Ref::from_ptr(ptr) }),
            None => Err(self.memory_error()),
        }
    }

    /// As [`Vm::alloc_sized`], but the memory behind the header may hold anything.
    ///
    /// # Safety
    /// Before anything else is allocated, the caller writes all that the layout's tracer reads: of a layout that is traced
    /// word by word the whole cell.
    #[inline(always)]
    pub unsafe fn alloc_unfilled<T: HeapType>(&self, shape: u32, bytes: Option<usize>) -> PyResult<Ref<T>> {
        let Some(bytes) = bytes else { return Err(self.memory_error()) };
        debug_assert!(bytes >= size_of::<T>());
        // SAFETY: as `alloc_sized`; what the cell has in it is the caller's business.
        match unsafe { self.alloc.alloc_uninit(bytes, Header::new(shape, T::LAYOUT)) } {
            // SAFETY: just allocated with `T`'s layout.
            Some(ptr) => Ok(unsafe { Ref::from_ptr(ptr) }),
            None => Err(self.memory_error()),
        }
    }

    /// A full collection, and the finalizers of what it found. Natives call this for what only garbage stands in the way
    /// of, such as open files that nobody can reach.
    pub fn collect_garbage(&self) {
        // SAFETY: a native is running, on the thread that holds the GIL; all its values are on the stack.
        unsafe { self.heap.collect(brolga_heap::CollectionKind::Full) };
        self.run_finalizers();
    }

    /// A new instance of `class`, a subclass of the native type whose struct is `T`.
    #[inline]
    pub fn alloc_instance<T: HeapType>(&self, class: Ref<PyType>) -> PyResult<Ref<T>> {
        self.alloc_instance_sized(class, Some(size_of::<T>()))
    }

    pub fn alloc_instance_sized<T: HeapType>(&self, class: Ref<PyType>, bytes: Option<usize>) -> PyResult<Ref<T>> {
        if class.layout() != T::LAYOUT {
            return Err(self.type_error(format!("object layout of '{}' differs", class.name())));
        }
        let object: Ref<T> = self.alloc_sized(class.root_shape(), bytes)?;
        self.made_instance(class, object.obj());
        Ok(object)
    }

    /// What every new instance of a class statement's class needs.
    #[inline]
    pub fn made_instance(&self, class: Ref<PyType>, object: crate::object::Obj) {
        if class.is_heap_type() {
            object.header().add_flags(HAS_ATTRS);
            if class.has_flag(type_flags::HAS_DEL) {
                debug_assert_eq!(object.header().flags() & HAS_FIN, 0);
                // SAFETY: a live cell of this heap. Without memory to remember it, it dies without its `__del__`.
                let _ = unsafe { self.heap.register_finalizer(object.as_ptr()) };
            }
        }
    }
}
