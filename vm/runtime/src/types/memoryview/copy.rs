//! Copying the items of views that need not be contiguous.

use crate::PyResult;
use crate::protocol::buffer::{Dimensions, RawBuffer};
use crate::state::Vm;
use crate::types::bytes::construct::reserve;

/// Calls `f` with the byte offset of every item, in C order.
pub(crate) fn each_offset(dims: &Dimensions, f: &mut impl FnMut(isize)) {
    fn walk(shape: &[usize], strides: &[isize], at: isize, f: &mut impl FnMut(isize)) {
        match (shape, strides) {
            ([n, shape @ ..], [step, strides @ ..]) => {
                let mut at = at;
                for _ in 0..*n {
                    walk(shape, strides, at, f);
                    at = at.wrapping_add(*step);
                }
            }
            _ => f(at),
        }
    }
    // At most 64 dimensions: the recursion is bounded.
    walk(&dims.shape, &dims.strides, 0, f);
}

/// The items side by side in C order.
pub fn copy_out(vm: &Vm, raw: &RawBuffer) -> PyResult<Vec<u8>> {
    copy_dims(vm, raw.ptr, raw.len, raw.itemsize, &raw.dims())
}

/// See [`copy_out`].
pub(crate) fn copy_dims(vm: &Vm, ptr: *mut u8, len: usize, itemsize: usize, dims: &Dimensions) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    reserve(vm, &mut out, len)?;
    if len == 0 {
        return Ok(out);
    }
    if dims.is_c_contiguous(itemsize) {
        // SAFETY: the lender keeps `len` bytes at `ptr`.
        out.extend_from_slice(unsafe { std::slice::from_raw_parts(ptr, len) });
        return Ok(out);
    }
    each_offset(dims, &mut |at| {
        // SAFETY: the offsets of items lie within the memory that is lent.
        out.extend_from_slice(unsafe { std::slice::from_raw_parts(ptr.offset(at), itemsize) });
    });
    Ok(out)
}

/// Stores `bytes`, items side by side in C order, into the view's items.
///
/// # Safety
/// `ptr` and `dims` describe memory that is lent for writing, and no Rust reference to it is alive.
pub(crate) unsafe fn copy_in(ptr: *mut u8, itemsize: usize, dims: &Dimensions, bytes: &[u8]) {
    let mut items = bytes.chunks_exact(itemsize.max(1));
    each_offset(dims, &mut |at| {
        if let Some(item) = items.next() {
            // SAFETY: by the contract; an item is `itemsize` bytes long.
            unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), ptr.offset(at), itemsize) };
        }
    });
}
