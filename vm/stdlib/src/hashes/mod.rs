//! Hash functions: what `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`, `_hashlib` and `_hmac` share. An object holds a [`State`].

pub mod blake2;
pub mod hashlib;
pub mod hmac;
mod mac;
mod macros;
pub mod md5;
pub mod sha1;
pub mod sha2;
pub mod sha3;
mod state;

use brolga_runtime::PyResult;
use brolga_runtime::object::{Args, Header, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;

use crate::object::{Boxed, object};
pub use hashlib::drop_mac;
use state::State;

object!(
    /// The state stands in malloc's memory: its words may look like addresses.
    pub struct Hash: HASH { state: Boxed<State> }
);

/// Frees what a dead hash owned.
///
/// # Safety
/// `cell` is a `Hash` that nothing reaches any more.
pub unsafe fn drop_hash(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Hash> = unsafe { Ref::from_ptr(cell) };
    drop(this.state.take());
}

/// Runs `f` on the state; it must run no Python.
fn with<R>(vm: &Vm, this: Ref<Hash>, f: impl FnOnce(&mut State) -> R) -> PyResult<R> {
    this.state.with(f).ok_or_else(|| vm.runtime_error("a hash without state"))
}

fn make(vm: &Vm, class: Ref<PyType>, state: State) -> PyResult<Ref<Hash>> {
    let this: Ref<Hash> = vm.alloc_instance(class)?;
    this.state.attach(vm, this, state)?;
    Ok(this)
}

/// Runs `f` on the bytes to hash.
fn with_data<R>(vm: &Vm, data: Value, f: impl FnOnce(&[u8]) -> PyResult<R>) -> PyResult<R> {
    if data.downcast::<PyStr>().is_some() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    if !vm.has_buffer(data) {
        return Err(vm.type_error("object supporting the buffer API required"));
    }
    let buffer = vm.buffer(data, false)?;
    f(buffer.as_slice())
}

/// `update(obj, /)`
fn update(vm: &Vm, this: Ref<Hash>, data: Value) -> PyResult<()> {
    with_data(vm, data, |bytes| with(vm, this, |state| state.update(bytes)))
}

/// A new hash of `data` or `string`, which are the arguments of these numbers.
fn start(
    vm: &Vm,
    args: &Args<'_>,
    class: Ref<PyType>,
    mut state: State,
    data: usize,
    string: usize,
) -> PyResult<Ref<Hash>> {
    let (data, string) = (args.opt(data), args.opt_not_none(string));
    if data.is_some() && string.is_some() {
        return Err(vm.type_error("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version."));
    }
    if let Some(data) = data.or(string) {
        with_data(vm, data, |bytes| {
            state.update(bytes);
            Ok(())
        })?;
    }
    make(vm, class, state)
}

fn native(vm: &Vm, def: &'static TypeDef) -> PyResult<Ref<PyType>> {
    vm.native_type(def)
}

fn digest(vm: &Vm, this: Ref<Hash>) -> PyResult<Value> {
    let bytes = with(vm, this, |s| s.digest())?;
    Ok(PyBytes::new(vm, &bytes)?.value())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char]).collect()
}

fn hexdigest(vm: &Vm, this: Ref<Hash>) -> PyResult<String> {
    Ok(hex(&with(vm, this, |s| s.digest())?))
}

fn copy(vm: &Vm, this: Ref<Hash>) -> PyResult<Ref<Hash>> {
    make(vm, vm.type_of(this.value()), with(vm, this, |s| s.clone())?)
}

fn name(vm: &Vm, this: Ref<Hash>) -> PyResult<&'static str> {
    with(vm, this, |s| s.name())
}

fn digest_size(vm: &Vm, this: Ref<Hash>) -> PyResult<usize> {
    with(vm, this, |s| s.digest_size())
}

fn block_size(vm: &Vm, this: Ref<Hash>) -> PyResult<usize> {
    with(vm, this, |s| s.block_size())
}
