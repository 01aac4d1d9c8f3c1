//! `_CData`: the struct of all instances of C types, and where their data is.

use std::cell::Cell;
use std::ptr::NonNull;

use brolga_runtime::PyResult;
use brolga_runtime::object::{Field, Header, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::memoryview::PyMemoryView;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;

use super::info::{self, FINAL, TypeInfo};
use super::memory::{Address, Blocks};
use super::traced;
use crate::object::object;

/// Data up to this size is in the object, which never moves.
const INLINE: usize = 16;

object!(
    /// An instance of a C type.
    pub struct CData: CTYPES_DATA {
        inline: Cell<[u8; INLINE]>,
        /// The object whose data this one's is part of, or that has a pointer to it.
        pub base: Field,
        /// What is to live as long as the data: a dict, or None, or the one object.
        pub objects: Field,
        /// A loan of the memory by another object. (The one in `objects` can be released by the program.)
        loan: Field,
        /// Of a function pointer: what is known of the function ([`super::function::Function`]).
        pub function: Field,
        address: Cell<usize>,
        pub size: Cell<usize>,
        /// That of the type: 0 for one object to keep at most.
        pub length: Cell<usize>,
        pub index: Cell<usize>,
        blocks: Blocks,
        owns: Cell<bool>,
    }
);
traced!(trace_data, CData: base, objects, loan, function);

/// Frees a dead object's memory.
///
/// # Safety
/// `cell` is a `CData` that nothing reaches any more.
pub unsafe fn drop_data(cell: NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only. Objects that have the address keep this one alive.
    unsafe {
        let this: Ref<CData> = Ref::from_ptr(cell);
        this.blocks.free();
    }
}

impl CData {
    /// Whether the data is the object's own.
    pub fn owns(&self) -> bool {
        self.owns.get()
    }

    pub fn address(&self) -> Address {
        // SAFETY: the object's own memory, or what it was made with, which the contract of `Address::new` covers. Who uses
        // it has the object, or keeps it.
        unsafe { Address::new(self.address.get()) }
    }

    /// `len` bytes of the data. ValueError where it is smaller: of an object whose class was changed, or by a descriptor of
    /// another class.
    pub fn part(&self, vm: &Vm, offset: usize, len: usize) -> PyResult<Address> {
        match offset.checked_add(len) {
            Some(end) if end <= self.size.get() => Ok(self.address().offset(offset as isize)),
            _ => Err(vm.value_error("the object has no memory for this")),
        }
    }

    /// The address that a pointer instance holds.
    pub fn pointer(&self, vm: &Vm) -> PyResult<Address> {
        Ok(self.part(vm, 0, size_of::<usize>())?.read_address())
    }

    /// A copy of all the data.
    pub fn bytes(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        self.address().to_vec(vm, self.size.get())
    }
}

impl CData {
    /// Gives an object memory of its own.
    fn allocate(this: Ref<CData>, vm: &Vm, size: usize) -> PyResult<()> {
        let address = if size <= INLINE {
            this.inline.as_ptr().expose_provenance()
        } else {
            CData::new_block(this, vm, size)?.get()
        };
        this.address.set(address);
        this.size.set(size);
        this.owns.set(true);
        Ok(())
    }

    fn new_block(this: Ref<CData>, vm: &Vm, size: usize) -> PyResult<Address> {
        // SAFETY: a cell of this heap, whose layout has a drop function, which accepts one without blocks.
        if this.blocks.is_empty() && unsafe { vm.heap.register_drop(this.obj().as_ptr()) }.is_err() {
            return Err(vm.memory_error());
        }
        if size > vm.heap.limit().saturating_sub(vm.heap.used_bytes()) {
            return Err(vm.memory_error());
        }
        let block = this.blocks.add(size).ok_or_else(|| vm.memory_error())?;
        // Counted as allocated, lest many dead ones pile up between two collections.
        let counted = isize::try_from(size).unwrap_or(isize::MAX);
        vm.heap.external(counted);
        vm.heap.external(-counted);
        Ok(block)
    }

    /// Makes the object's own memory larger, or its size smaller, but not below that of its type.
    pub fn resize(this: Ref<CData>, vm: &Vm, size: usize) -> PyResult<()> {
        let old = this.size.get();
        if size > INLINE && size > old {
            let block = CData::new_block(this, vm, size)?;
            block.copy_from(this.address(), old);
            this.address.set(block.get());
        }
        this.size.set(size);
        Ok(())
    }

    /// Keeps the loan of the memory that the data is in.
    pub fn set_loan(this: Ref<CData>, view: Ref<PyMemoryView>) {
        this.loan.set(this, view.value());
    }
}

fn blank(vm: &Vm, class: Ref<PyType>, info: Ref<TypeInfo>) -> PyResult<Ref<CData>> {
    info.add_flag(FINAL);
    let this: Ref<CData> = vm.alloc_instance(class)?;
    this.length.set(info.length.get());
    Ok(this)
}

/// A new instance, its data zero.
pub fn new(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<CData>> {
    let info = info::required(vm, class)?;
    let this = blank(vm, class, info)?;
    CData::allocate(this, vm, info.size.get())?;
    Ok(this)
}

/// An instance whose data is where another object's data is, or where its pointer points.
pub fn part_of(vm: &Vm, class: Ref<PyType>, base: Ref<CData>, index: usize, address: Address) -> PyResult<Ref<CData>> {
    let info = info::required(vm, class)?;
    let this = blank(vm, class, info)?;
    this.address.set(address.get());
    this.size.set(info.size.get());
    this.base.set(this, base.value());
    this.index.set(index);
    Ok(this)
}

/// An instance with a copy of the data.
pub fn copied(vm: &Vm, class: Ref<PyType>, bytes: &[u8]) -> PyResult<Ref<CData>> {
    let this = new(vm, class)?;
    let len = bytes.len().min(this.size.get());
    this.address().write(bytes.get(..len).unwrap_or(&[]));
    Ok(this)
}

/// An instance whose data is at an address.
pub fn at_address(vm: &Vm, class: Ref<PyType>, address: Address) -> PyResult<Ref<CData>> {
    vm.audit("ctypes.cdata", &[signed(vm, address)?])?;
    let info = info::required(vm, class)?;
    let this = blank(vm, class, info)?;
    this.address.set(address.get());
    this.size.set(info.size.get());
    Ok(this)
}

/// An address as audit hooks get it.
pub fn signed(vm: &Vm, address: Address) -> PyResult<Value> {
    vm.new_int(address.get() as i64)
}

pub fn of(v: Value) -> Option<Ref<CData>> {
    v.downcast()
}
