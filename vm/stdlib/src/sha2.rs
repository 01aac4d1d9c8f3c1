//! `_sha2`: SHA-224, SHA-256, SHA-384 and SHA-512.

use std::cell::Cell;

use ::sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use crate::object::object;

#[derive(Clone)]
enum State {
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

object!(
    /// The state stands in malloc's memory: its words may look like addresses.
    pub struct Hash: SHA2 { state: Cell<*mut State> }
);

/// Frees what a dead hash owned.
///
/// # Safety
/// `cell` is a `Hash` that nothing reaches any more.
pub unsafe fn drop_hash(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Hash> = unsafe { Ref::from_ptr(cell) };
    let state = this.state.replace(std::ptr::null_mut());
    if !state.is_null() {
        // SAFETY: made by `Box::into_raw` in `make`, and freed once.
        drop(unsafe { Box::from_raw(state) });
    }
}

/// Runs `f` on the state; it must run no Python.
fn with<R>(vm: &Vm, this: Ref<Hash>, f: impl FnOnce(&mut State) -> R) -> PyResult<R> {
    // SAFETY: owned by the object, which `this` keeps; `f` runs no Python and the GIL is held, so nobody else has it.
    match unsafe { this.state.get().as_mut() } {
        Some(state) => Ok(f(state)),
        None => Err(vm.runtime_error("a hash without state")),
    }
}

impl State {
    fn update(&mut self, data: &[u8]) {
        match self {
            State::Sha224(h) => h.update(data),
            State::Sha256(h) => h.update(data),
            State::Sha384(h) => h.update(data),
            State::Sha512(h) => h.update(data),
        }
    }

    fn digest(&self) -> Vec<u8> {
        match self.clone() {
            State::Sha224(h) => h.finalize().to_vec(),
            State::Sha256(h) => h.finalize().to_vec(),
            State::Sha384(h) => h.finalize().to_vec(),
            State::Sha512(h) => h.finalize().to_vec(),
        }
    }

    /// Name, bytes of a digest, bytes of a block, type.
    fn facts(&self) -> (&'static str, i32, i32, &'static TypeDef) {
        match self {
            State::Sha224(_) => ("sha224", 28, 64, &SHA224),
            State::Sha256(_) => ("sha256", 32, 64, &SHA256),
            State::Sha384(_) => ("sha384", 48, 128, &SHA384),
            State::Sha512(_) => ("sha512", 64, 128, &SHA512),
        }
    }
}

fn make(vm: &Vm, state: State) -> PyResult<Ref<Hash>> {
    let this: Ref<Hash> = vm.alloc_instance(vm.native_type(state.facts().3)?)?;
    // SAFETY: a fresh cell of this heap, whose layout has a drop function, which accepts one without state.
    if unsafe { vm.heap.register_drop(this.obj().as_ptr()) }.is_err() {
        return Err(vm.memory_error());
    }
    this.state.set(Box::into_raw(Box::new(state)));
    Ok(this)
}

fn feed(vm: &Vm, state: &mut State, data: Value) -> PyResult<()> {
    if data.downcast::<PyStr>().is_some() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    if !vm.has_buffer(data) {
        return Err(vm.type_error("object supporting the buffer API required"));
    }
    vm.with_buffer(data, |bytes| state.update(bytes))
}

/// `sha256(data=b'', *, usedforsecurity=True, string=None)` and its like.
fn start(vm: &Vm, args: &Args<'_>, mut state: State) -> PyResult<Ref<Hash>> {
    let (data, string) = (args.opt(0), args.opt_not_none(2));
    if data.is_some() && string.is_some() {
        return Err(vm.type_error("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version."));
    }
    if let Some(data) = data.or(string) {
        feed(vm, &mut state, data)?;
    }
    make(vm, state)
}

fn sha224(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    start(vm, args, State::Sha224(Sha224::new()))
}

fn sha256(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    start(vm, args, State::Sha256(Sha256::new()))
}

fn sha384(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    start(vm, args, State::Sha384(Sha384::new()))
}

fn sha512(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    start(vm, args, State::Sha512(Sha512::new()))
}

fn update(vm: &Vm, this: Ref<Hash>, data: Value) -> PyResult<()> {
    // A copy is fed: lending the data may run Python.
    let mut state = with(vm, this, |s| s.clone())?;
    feed(vm, &mut state, data)?;
    with(vm, this, |s| *s = state)
}

fn digest(vm: &Vm, this: Ref<Hash>) -> PyResult<Value> {
    let bytes = with(vm, this, |s| s.digest())?;
    Ok(PyBytes::new(vm, &bytes)?.value())
}

fn hexdigest(vm: &Vm, this: Ref<Hash>) -> PyResult<String> {
    let bytes = with(vm, this, |s| s.digest())?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

fn copy(vm: &Vm, this: Ref<Hash>) -> PyResult<Ref<Hash>> {
    make(vm, with(vm, this, |s| s.clone())?)
}

fn name(vm: &Vm, this: Ref<Hash>) -> PyResult<&'static str> {
    with(vm, this, |s| s.facts().0)
}

fn digest_size(vm: &Vm, this: Ref<Hash>) -> PyResult<i32> {
    with(vm, this, |s| s.facts().1)
}

fn block_size(vm: &Vm, this: Ref<Hash>) -> PyResult<i32> {
    with(vm, this, |s| s.facts().2)
}

static METHODS: &[MethodDef] = &[
    method!("update", 2, update),
    method!("digest", 1, digest),
    method!("hexdigest", 1, hexdigest),
    method!("copy", 1, copy),
];
static GETSET: &[GetSetDef] =
    &[getset!("name", name), getset!("digest_size", digest_size), getset!("block_size", block_size)];

macro_rules! hash_type {
    ($id:ident $name:literal) => {
        static $id: TypeDef = TypeDef {
            module: "_sha2",
            layout: Some(crate::layouts::SHA2),
            flags: type_flags::DISALLOW_NEW,
            methods: &[METHODS],
            getset: GETSET,
            ..TypeDef::new($name)
        };
    };
}
hash_type!(SHA224 "SHA224Type");
hash_type!(SHA256 "SHA256Type");
hash_type!(SHA384 "SHA384Type");
hash_type!(SHA512 "SHA512Type");

static FUNCTIONS: &[MethodDef] = &[
    method!("sha224", "($module, /, data=b'', *, usedforsecurity=True, string=None)", sha224),
    method!("sha256", "($module, /, data=b'', *, usedforsecurity=True, string=None)", sha256),
    method!("sha384", "($module, /, data=b'', *, usedforsecurity=True, string=None)", sha384),
    method!("sha512", "($module, /, data=b'', *, usedforsecurity=True, string=None)", sha512),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for def in [&SHA224, &SHA256, &SHA384, &SHA512] {
        module.add_type(vm, vm.native_type(def)?)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_sha2", FUNCTIONS, init);
