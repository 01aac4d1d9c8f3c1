//! `_hmac`: HMAC over the hash functions that are known by name.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use super::hashlib::{MAC_GETSET, MAC_METHODS, Mac, fed, named};
use super::mac::Hmac;
use super::state::State;
use super::with_data;
use crate::exception_class::{Base, ExceptionClass};

static UNKNOWN: ExceptionClass = ExceptionClass::new("_hmac", "UnknownHashError", Base::ValueError);

const NAMES: [&str; 10] =
    ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512"];
/// These have functions of their own, but no objects.
const BLAKE2: [&str; 4] = ["blake2b", "blake2b_32", "blake2s", "blake2s_32"];

fn unknown(vm: &Vm, name: Value) -> Raised {
    match vm.repr_lossy(name) {
        Ok(shown) => UNKNOWN.raise(vm, format!("unsupported hash type: {shown}")),
        Err(raised) => raised,
    }
}

fn by_name(vm: &Vm, v: Value) -> PyResult<State> {
    let Some(text) = v.downcast::<PyStr>() else { return Err(unknown(vm, v)) };
    let name = text.to_lossy();
    let lower = name.to_lowercase();
    if NAMES.contains(&lower.as_str()) {
        return named(&lower).ok_or_else(|| unknown(vm, v));
    }
    match BLAKE2.contains(&lower.as_str()) {
        true => Err(vm.value_error("invalid HACL* algorithm")),
        false => Err(unknown(vm, v)),
    }
}

fn keyed(vm: &Vm, state: &State, key: Value) -> PyResult<Hmac> {
    with_data(vm, key, |key| Ok(Hmac::new(state, key)))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Mac>> {
    let Some(digestmod) = args.opt(2) else {
        return Err(vm.type_error("new() missing 1 required argument 'digestmod'"));
    };
    let state = by_name(vm, digestmod)?;
    let mac = keyed(vm, &state, args.get(0))?;
    fed(vm, vm.native_type(&HMAC)?, mac, args.opt_not_none(1))
}

fn compute(vm: &Vm, state: &State, key: Value, message: Value) -> PyResult<Value> {
    let mut mac = keyed(vm, state, key)?;
    with_data(vm, message, |bytes| {
        mac.update(bytes);
        Ok(())
    })?;
    Ok(PyBytes::new(vm, &mac.digest())?.value())
}

fn compute_digest(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    compute(vm, &by_name(vm, args.get(2))?, args.get(0), args.get(1))
}

macro_rules! computed {
    ($($function:ident $attribute:literal $name:literal;)*) => {
        $(fn $function(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
            let [key, message] = args.rest else {
                let given = args.rest.len();
                return Err(vm.type_error(format!("{} expected 2 arguments, got {given}", $attribute)));
            };
            let state = named($name).ok_or_else(|| vm.system_error("a hash that is none"))?;
            compute(vm, &state, *key, *message)
        })*

        const FUNCTIONS: &[MethodDef] = &[
            method!("new", "($module, /, key, msg=None, digestmod=None)", new).doc("Return a new HMAC object."),
            method!("compute_digest", "($module, /, key, msg, digest)", compute_digest),
            $(method!($attribute, "($module, /, *args)", $function).text("($module, key, msg, /)")),*
        ];
    };
}

computed! {
    md5 "compute_md5" "md5";
    sha1 "compute_sha1" "sha1";
    sha224 "compute_sha224" "sha224";
    sha256 "compute_sha256" "sha256";
    sha384 "compute_sha384" "sha384";
    sha512 "compute_sha512" "sha512";
    sha3_224 "compute_sha3_224" "sha3_224";
    sha3_256 "compute_sha3_256" "sha3_256";
    sha3_384 "compute_sha3_384" "sha3_384";
    sha3_512 "compute_sha3_512" "sha3_512";
    blake2s_32 "compute_blake2s_32" "blake2s";
    blake2b_32 "compute_blake2b_32" "blake2b";
}

static HMAC: TypeDef = TypeDef {
    module: "_hmac",
    layout: Some(crate::layouts::HMAC),
    flags: type_flags::DISALLOW_NEW,
    methods: &[MAC_METHODS],
    getset: MAC_GETSET,
    ..TypeDef::new("HMAC")
};

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    m.add_type(vm, vm.native_type(&HMAC)?)?;
    m.add(vm, "UnknownHashError", UNKNOWN.class(vm)?.value())?;
    m.add_int(vm, "_GIL_MINSIZE", 2048)
}

pub static MODULE: ModuleDef = ModuleDef::new("_hmac", FUNCTIONS, init);
