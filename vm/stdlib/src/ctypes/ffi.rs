//! Calls by `libffi`: the only place that knows it.

use std::ffi::c_void;
use std::ptr::{addr_of_mut, null_mut};

use libffi_sys as raw;

use super::shape::{Scalar, Shape};

/// The description of a structure for `libffi`, and the array that it points to.
struct Structure {
    description: raw::ffi_type,
    _elements: Vec<*mut raw::ffi_type>,
}

/// A prepared interface: how a result and arguments of certain types are passed. It stays in its box, which `libffi` has
/// addresses into.
pub struct Interface {
    cif: raw::ffi_cif,
    _arguments: Vec<*mut raw::ffi_type>,
    #[expect(clippy::vec_box, reason = "the vector moves what is in it when it grows")]
    _structures: Vec<Box<Structure>>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Error {
    Memory,
    /// `libffi` has no such interface: the number of its error.
    Refused(u32),
}

fn scalar(scalar: Scalar) -> *mut raw::ffi_type {
    // (Only their addresses: `libffi` does not change them.)
    match scalar {
        Scalar::Int(1, true) => addr_of_mut!(raw::ffi_type_sint8),
        Scalar::Int(1, false) => addr_of_mut!(raw::ffi_type_uint8),
        Scalar::Int(2, true) => addr_of_mut!(raw::ffi_type_sint16),
        Scalar::Int(2, false) => addr_of_mut!(raw::ffi_type_uint16),
        Scalar::Int(4, true) => addr_of_mut!(raw::ffi_type_sint32),
        Scalar::Int(4, false) => addr_of_mut!(raw::ffi_type_uint32),
        Scalar::Int(_, true) => addr_of_mut!(raw::ffi_type_sint64),
        Scalar::Int(_, false) => addr_of_mut!(raw::ffi_type_uint64),
        Scalar::Float => addr_of_mut!(raw::ffi_type_float),
        Scalar::Double => addr_of_mut!(raw::ffi_type_double),
        Scalar::LongDouble => addr_of_mut!(raw::ffi_type_longdouble),
        Scalar::FloatComplex => addr_of_mut!(raw::ffi_type_complex_float),
        Scalar::DoubleComplex => addr_of_mut!(raw::ffi_type_complex_double),
        Scalar::LongDoubleComplex => addr_of_mut!(raw::ffi_type_complex_longdouble),
        Scalar::Pointer => addr_of_mut!(raw::ffi_type_pointer),
    }
}

fn vector<T>(len: usize) -> Result<Vec<T>, Error> {
    let mut out = Vec::new();
    out.try_reserve_exact(len).map_err(|_| Error::Memory)?;
    Ok(out)
}

#[expect(clippy::vec_box, reason = "`libffi` has the addresses of those that are in the vector already")]
fn description(shape: &Shape, structures: &mut Vec<Box<Structure>>) -> Result<*mut raw::ffi_type, Error> {
    match shape {
        Shape::Void => Ok(addr_of_mut!(raw::ffi_type_void)),
        Shape::Scalar(s) => Ok(scalar(*s)),
        // C has no empty structures; C++ passes a byte.
        Shape::Structure { size: 0, .. } => Ok(addr_of_mut!(raw::ffi_type_uint8)),
        Shape::Structure { size, align, parts } => {
            let mut elements = vector(parts.len() + 1)?;
            elements.extend(parts.iter().map(|part| scalar(*part)));
            elements.push(null_mut());
            let description = raw::ffi_type {
                size: *size,
                alignment: u16::try_from(*align).unwrap_or(u16::MAX),
                type_: raw::ffi_type_enum_STRUCT,
                elements: elements.as_mut_ptr(),
            };
            structures.try_reserve(1).map_err(|_| Error::Memory)?;
            structures.push(Box::new(Structure { description, _elements: elements }));
            let last = structures.last_mut().ok_or(Error::Memory)?;
            Ok(&raw mut last.description)
        }
    }
}

impl Interface {
    /// `fixed`: how many arguments a function with variable ones declares.
    pub fn new(result: &Shape, arguments: &[Shape], fixed: Option<usize>) -> Result<Box<Interface>, Error> {
        let mut structures = Vec::new();
        let result = description(result, &mut structures)?;
        let mut descriptions = vector(arguments.len())?;
        for argument in arguments {
            descriptions.push(description(argument, &mut structures)?);
        }
        let mut this =
            Box::new(Interface { cif: raw::ffi_cif::default(), _arguments: descriptions, _structures: structures });
        let count = u32::try_from(arguments.len()).map_err(|_| Error::Memory)?;
        let list = this._arguments.as_mut_ptr();
        let abi = raw::ffi_abi_FFI_DEFAULT_ABI;
        // SAFETY: the descriptions are `libffi`'s own or in boxes that live as long as the interface, as does the list.
        let status = unsafe {
            match fixed.and_then(|fixed| u32::try_from(fixed).ok()) {
                Some(fixed) => raw::ffi_prep_cif_var(&mut this.cif, abi, fixed, count, result, list),
                None => raw::ffi_prep_cif(&mut this.cif, abi, count, result, list),
            }
        };
        if status == raw::ffi_status_FFI_OK { Ok(this) } else { Err(Error::Refused(status)) }
    }

    /// Calls a function.
    ///
    /// # Safety
    /// `function` is a function of these types, or the program has said so. `result` has room for the result, and for 16
    /// bytes at least; `arguments` has the address of each argument's bytes.
    pub unsafe fn call(&mut self, function: usize, result: *mut c_void, arguments: &mut [*mut c_void]) {
        let code: *const () = std::ptr::with_exposed_provenance(function);
        // SAFETY: by the contract.
        unsafe {
            let code = std::mem::transmute::<*const (), unsafe extern "C" fn()>(code);
            raw::ffi_call(&mut self.cif, Some(code), result, arguments.as_mut_ptr());
        }
    }
}

/// What `libffi` calls in place of a function that was made of `handler` and `data`.
pub type Handler<T> =
    unsafe extern "C" fn(cif: &raw::ffi_cif, result: *mut c_void, arguments: *const *const c_void, data: &T);

/// A C function that runs a handler. Never freed: C may have its address.
pub fn make_function<T: Sync>(
    interface: &'static mut Interface,
    handler: Handler<T>,
    data: &'static T,
) -> Result<usize, Error> {
    let mut code = null_mut();
    // SAFETY: plain allocation.
    let closure = unsafe { raw::ffi_closure_alloc(size_of::<raw::ffi_closure>(), &mut code) };
    if closure.is_null() {
        return Err(Error::Memory);
    }
    // SAFETY: the closure is fresh; interface and data are never freed. The handler's type differs from `libffi`'s in how
    // its pointers are written only.
    let status = unsafe {
        let handler = std::mem::transmute::<
            Handler<T>,
            unsafe extern "C" fn(*mut raw::ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
        >(handler);
        let data = std::ptr::from_ref(data).cast_mut().cast();
        raw::ffi_prep_closure_loc(closure.cast(), &mut interface.cif, Some(handler), data, code)
    };
    if status == raw::ffi_status_FFI_OK {
        Ok(code.expose_provenance())
    } else {
        // SAFETY: allocated above; nobody has its address.
        unsafe { raw::ffi_closure_free(closure) };
        Err(Error::Refused(status))
    }
}
