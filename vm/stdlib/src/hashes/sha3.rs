//! `_sha3`: the types `sha3_224` to `sha3_512`, `shake_128` and `shake_256`.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, FromValue, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use super::state::State;
use super::{Hash, block_size, copy, digest, digest_size, hex, hexdigest, name, native, start, update, with};
use crate::object::class_argument;

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    let class: Ref<PyType> = class_argument(vm, args)?;
    // The types can't be subclassed, so the name tells which one it is.
    let state = match class.name().as_str() {
        "sha3_224" => State::Sha3_224(Default::default()),
        "sha3_256" => State::Sha3_256(Default::default()),
        "sha3_384" => State::Sha3_384(Default::default()),
        "sha3_512" => State::Sha3_512(Default::default()),
        "shake_128" => State::Shake128(Default::default()),
        "shake_256" => State::Shake256(Default::default()),
        _ => return Err(vm.type_error("a type of _sha3 is required")),
    };
    start(vm, args, class, state, 1, 3)
}

/// A digest of variable length.
fn squeezed(vm: &Vm, args: &Args<'_>) -> PyResult<Vec<u8>> {
    let this = Ref::<Hash>::from_value(vm, args.get(0))?;
    let length = vm.index(args.get(1))?;
    if int::is_negative(length) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let Some(length) = int::to_u64(length) else {
        return Err(vm.overflow_error("Python int too large for C unsigned long"));
    };
    if length >= 1 << 29 {
        return Err(vm.value_error("length is too large"));
    }
    let mut out = Vec::new();
    out.try_reserve_exact(length as usize).map_err(|_| vm.memory_error())?;
    out.resize(length as usize, 0);
    with(vm, this, |s| s.squeeze(&mut out))?;
    Ok(out)
}

fn shake_digest(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let out = squeezed(vm, args)?;
    Ok(PyBytes::new(vm, &out)?.value())
}

fn shake_hexdigest(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    Ok(hex(&squeezed(vm, args)?))
}

fn rate_bits(vm: &Vm, this: Ref<Hash>) -> PyResult<usize> {
    with(vm, this, |s| s.block_size() * 8)
}

fn capacity_bits(vm: &Vm, this: Ref<Hash>) -> PyResult<usize> {
    with(vm, this, |s| 1600 - s.block_size() * 8)
}

/// What is put behind the message: it tells the two families apart.
fn suffix(vm: &Vm, this: Ref<Hash>) -> PyResult<Value> {
    let shake = with(vm, this, |s| matches!(s, State::Shake128(_) | State::Shake256(_)))?;
    Ok(PyBytes::new(vm, if shake { b"\x1f" } else { b"\x06" })?.value())
}

static SHARED: &[MethodDef] = &[
    method!("__new__", "($type, /, data=b'', *, usedforsecurity=True, string=None)", new).static_(),
    method!("copy", 1, copy).doc("Return a copy of the hash object."),
    method!("update", 2, update).doc("Update this hash object's state with the provided bytes-like object."),
];
static FIXED: &[MethodDef] = &[
    method!("digest", 1, digest).doc("Return the digest value as a bytes object."),
    method!("hexdigest", 1, hexdigest).doc("Return the digest value as a string of hexadecimal digits."),
];
static VARIABLE: &[MethodDef] = &[
    method!("digest", "($self, /, length)", shake_digest).doc("Return the digest value as a bytes object."),
    method!("hexdigest", "($self, /, length)", shake_hexdigest)
        .doc("Return the digest value as a string of hexadecimal digits."),
];
static GETSET: &[GetSetDef] = &[
    getset!("block_size", block_size),
    getset!("digest_size", digest_size),
    getset!("name", name),
    getset!("_capacity_bits", capacity_bits),
    getset!("_rate_bits", rate_bits),
    getset!("_suffix", suffix),
];

macro_rules! types {
    ($($id:ident $name:literal $own:ident $doc:expr;)*) => {
        $(
            static $id: TypeDef = TypeDef {
                module: "_sha3",
                layout: Some(crate::layouts::HASH),
                flags: type_flags::IMMUTABLE,
                methods: &[SHARED, $own],
                getset: GETSET,
                doc: Some($doc),
                ..TypeDef::new($name)
            };
        )*
        static TYPES: &[&TypeDef] = &[$(&$id),*];
    };
}
macro_rules! sha3_doc {
    ($name:literal, $bytes:literal) => {
        concat!(
            $name,
            "([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of ",
            $bytes,
            " bytes."
        )
    };
}
macro_rules! shake_doc {
    ($name:literal) => {
        concat!($name, "([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object.")
    };
}
types! {
    SHA3_224 "sha3_224" FIXED sha3_doc!("sha3_224", "28");
    SHA3_256 "sha3_256" FIXED sha3_doc!("sha3_256", "32");
    SHA3_384 "sha3_384" FIXED sha3_doc!("sha3_384", "48");
    SHA3_512 "sha3_512" FIXED sha3_doc!("sha3_512", "64");
    SHAKE_128 "shake_128" VARIABLE shake_doc!("shake_128");
    SHAKE_256 "shake_256" VARIABLE shake_doc!("shake_256");
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for def in TYPES {
        module.add_type(vm, native(vm, def)?)?;
    }
    module.add_str(vm, "implementation", "HACL")?;
    module.add_int(vm, "_GIL_MINSIZE", 2048)
}

pub static MODULE: ModuleDef = ModuleDef::new("_sha3", &[], init);
