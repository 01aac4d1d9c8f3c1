//! `_hashlib`: hash functions by name, HMAC, and keys from passwords. In CPython OpenSSL does this; here the same functions
//! that the other modules of hashes have.

use std::ptr::NonNull;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::mac::{self, Hmac};
use super::state::State;
use super::{Hash, block_size, copy, digest, digest_size, hex, hexdigest, name, start, update, with, with_data};
use crate::exception_class::{Base, ExceptionClass};
use crate::object::{Boxed, object};

static UNSUPPORTED: ExceptionClass = ExceptionClass::new("_hashlib", "UnsupportedDigestmodError", Base::ValueError);

/// The key of a dict: the module's constructors, and which hash each makes.
static CONSTRUCTORS: u8 = 0;

object!(
    pub struct Mac: HMAC { state: Boxed<Hmac> }
);

/// Frees what a dead HMAC owned.
///
/// # Safety
/// `cell` is a `Mac` that nothing reaches any more.
pub unsafe fn drop_mac(cell: NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Mac> = unsafe { Ref::from_ptr(cell) };
    drop(this.state.take());
}

/// A hash that has been fed nothing, by a name as OpenSSL takes it.
pub(super) fn named(name: &str) -> Option<State> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    Some(match name.as_str() {
        "md5" => State::Md5(Default::default()),
        "sha1" | "sha_1" | "ssl3_sha1" => State::Sha1(Default::default()),
        "sha224" | "sha_224" | "sha2_224" => State::Sha224(Default::default()),
        "sha256" | "sha_256" | "sha2_256" => State::Sha256(Default::default()),
        "sha384" | "sha_384" | "sha2_384" => State::Sha384(Default::default()),
        "sha512" | "sha_512" | "sha2_512" => State::Sha512(Default::default()),
        "sha512_224" | "sha_512/224" | "sha2_512/224" => State::Sha512_224(Default::default()),
        "sha512_256" | "sha_512/256" | "sha2_512/256" => State::Sha512_256(Default::default()),
        "sha3_224" => State::Sha3_224(Default::default()),
        "sha3_256" => State::Sha3_256(Default::default()),
        "sha3_384" => State::Sha3_384(Default::default()),
        "sha3_512" => State::Sha3_512(Default::default()),
        "shake_128" | "shake128" => State::Shake128(Default::default()),
        "shake_256" | "shake256" => State::Shake256(Default::default()),
        "blake2b" | "blake2b512" | "blake2b_512" => State::Blake2b(Box::new(blake2b_simd::State::new()), 64),
        "blake2s" | "blake2s256" | "blake2s_256" => State::Blake2s(Box::new(blake2s_simd::State::new()), 32),
        _ => return None,
    })
}

const NAMES: [&str; 16] = [
    "blake2b",
    "blake2s",
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha3_224",
    "sha3_256",
    "sha3_384",
    "sha3_512",
    "sha512",
    "sha512_224",
    "sha512_256",
    "shake_128",
    "shake_256",
];

#[cold]
fn unsupported(vm: &Vm) -> Raised {
    UNSUPPORTED.raise(vm, "[digital envelope routines] unsupported")
}

/// A hash by its name, an argument of `function`.
fn by_name(vm: &Vm, v: Value, function: &str, parameter: &str) -> PyResult<State> {
    let Some(text) = v.downcast::<PyStr>() else {
        let got = vm.tp_name(v);
        return Err(vm.type_error(format!("{function}() argument '{parameter}' must be str, not {got}")));
    };
    named(&text.to_lossy()).ok_or_else(|| unsupported(vm))
}

fn class(vm: &Vm, state: &State) -> PyResult<Ref<PyType>> {
    let hash = vm.native_type(&HASH)?;
    match state {
        State::Shake128(_) | State::Shake256(_) => vm.native_type_with_bases(&XOF, &[hash]),
        _ => Ok(hash),
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    let state = by_name(vm, args.get(0), "new", "name")?;
    start(vm, args, class(vm, &state)?, state, 1, 3)
}

macro_rules! constructors {
    ($($function:ident $name:literal $attribute:literal $doc:literal;)*) => {
        $(fn $function(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
            let state = named($name).ok_or_else(|| unsupported(vm))?;
            start(vm, args, class(vm, &state)?, state, 0, 2)
        })*

        static MAKERS: &[MethodDef] = &[$(
            method!($attribute, "($module, /, data=b'', *, usedforsecurity=True, string=None)", $function).doc($doc)
        ),*];
        const MADE: &[(&str, &str)] = &[$(($attribute, $name)),*];
    };
}

constructors! {
    md5 "md5" "openssl_md5" "Returns a md5 hash object; optionally initialized with a string";
    sha1 "sha1" "openssl_sha1" "Returns a sha1 hash object; optionally initialized with a string";
    sha224 "sha224" "openssl_sha224" "Returns a sha224 hash object; optionally initialized with a string";
    sha256 "sha256" "openssl_sha256" "Returns a sha256 hash object; optionally initialized with a string";
    sha384 "sha384" "openssl_sha384" "Returns a sha384 hash object; optionally initialized with a string";
    sha512 "sha512" "openssl_sha512" "Returns a sha512 hash object; optionally initialized with a string";
    sha3_224 "sha3_224" "openssl_sha3_224" "Returns a sha3-224 hash object; optionally initialized with a string";
    sha3_256 "sha3_256" "openssl_sha3_256" "Returns a sha3-256 hash object; optionally initialized with a string";
    sha3_384 "sha3_384" "openssl_sha3_384" "Returns a sha3-384 hash object; optionally initialized with a string";
    sha3_512 "sha3_512" "openssl_sha3_512" "Returns a sha3-512 hash object; optionally initialized with a string";
    shake_128 "shake_128" "openssl_shake_128" "Returns a shake-128 variable hash object; optionally initialized with a string";
    shake_256 "shake_256" "openssl_shake_256" "Returns a shake-256 variable hash object; optionally initialized with a string";
}

fn shown(vm: &Vm, this: Ref<Hash>) -> PyResult<String> {
    let name = name(vm, this)?;
    Ok(format!("<{name} {} object @ {:#x}>", vm.tp_name(this.value()), vm.id_of(this.value())))
}

fn squeezed(vm: &Vm, args: &Args<'_>) -> PyResult<Vec<u8>> {
    let this: Ref<Hash> = brolga_runtime::object::FromValue::from_value(vm, args.get(0))?;
    let length = vm.to_isize(args.get(1))?;
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.system_error("Negative size passed to PyBytes_FromStringAndSize"));
    };
    let mut out = Vec::new();
    out.try_reserve_exact(length).map_err(|_| vm.memory_error())?;
    out.resize(length, 0);
    with(vm, this, |state| state.squeeze(&mut out))?;
    Ok(out)
}

fn xof_digest(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    Ok(PyBytes::new(vm, &squeezed(vm, args)?)?.value())
}

fn xof_hexdigest(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    Ok(hex(&squeezed(vm, args)?))
}

// ---- HMAC -------------------------------------------------------------------------------------------------------------

/// A hash by its name, or by one of this module's constructors.
fn by_digestmod(vm: &Vm, digestmod: Value, function: &str) -> PyResult<State> {
    if digestmod.downcast::<PyStr>().is_some() {
        return by_name(vm, digestmod, function, "digestmod");
    }
    let known = vm.kept(&CONSTRUCTORS).and_then(Value::downcast::<PyDict>);
    let found: Slot = match known {
        Some(known) => vm.suppress(known.get_item(vm, digestmod), vm.types.type_error)?.flatten(),
        None => None,
    };
    match found {
        Some(name) => by_name(vm, name, function, "digestmod"),
        None => Err(UNSUPPORTED.raise(vm, format!("Unsupported digestmod {}", vm.repr_lossy(digestmod)?))),
    }
}

/// A mac for a key. Functions of variable length have none.
fn keyed(vm: &Vm, state: &State, key: Value) -> PyResult<Hmac> {
    if state.digest_size() == 0 {
        return Err(vm.value_error("no reason supplied"));
    }
    vm.with_buffer(key, |key| Hmac::new(state, key))
}

fn new_mac(vm: &Vm, class: Ref<PyType>, state: Hmac) -> PyResult<Ref<Mac>> {
    let this: Ref<Mac> = vm.alloc_instance(class)?;
    this.state.attach(vm, this, state)?;
    Ok(this)
}

/// A new object that has been fed a message, if there is one.
pub(super) fn fed(vm: &Vm, class: Ref<PyType>, mut mac: Hmac, message: Slot) -> PyResult<Ref<Mac>> {
    if let Some(message) = message {
        with_data(vm, message, |bytes| {
            mac.update(bytes);
            Ok(())
        })?;
    }
    new_mac(vm, class, mac)
}

fn hmac_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Mac>> {
    let Some(digestmod) = args.opt_not_none(2) else {
        return Err(vm.type_error("Missing required parameter 'digestmod'."));
    };
    if args.get(0).downcast::<PyStr>().is_some() {
        return Err(vm.type_error("a bytes-like object is required, not 'str'"));
    }
    let state = by_digestmod(vm, digestmod, "hmac_new")?;
    let mac = keyed(vm, &state, args.get(0))?;
    fed(vm, vm.native_type(&HMAC)?, mac, args.opt_not_none(1))
}

fn hmac_digest(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let state = by_digestmod(vm, args.get(2), "hmac_digest")?;
    let mut mac = keyed(vm, &state, args.get(0))?;
    vm.with_buffer(args.get(1), |message| mac.update(message))?;
    Ok(PyBytes::new(vm, &mac.digest())?.value())
}

fn with_mac<R>(vm: &Vm, this: Ref<Mac>, f: impl FnOnce(&mut Hmac) -> R) -> PyResult<R> {
    this.state.with(f).ok_or_else(|| vm.runtime_error("a hash without state"))
}

fn mac_update(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Ref<Mac> = brolga_runtime::object::FromValue::from_value(vm, args.get(0))?;
    with_data(vm, args.get(1), |bytes| with_mac(vm, this, |mac| mac.update(bytes)))
}

fn mac_digest(vm: &Vm, this: Ref<Mac>) -> PyResult<Value> {
    let bytes = with_mac(vm, this, |mac| mac.digest())?;
    Ok(PyBytes::new(vm, &bytes)?.value())
}

fn mac_hexdigest(vm: &Vm, this: Ref<Mac>) -> PyResult<String> {
    Ok(hex(&with_mac(vm, this, |mac| mac.digest())?))
}

fn mac_copy(vm: &Vm, this: Ref<Mac>) -> PyResult<Ref<Mac>> {
    new_mac(vm, vm.type_of(this.value()), with_mac(vm, this, |mac| mac.clone())?)
}

fn mac_name(vm: &Vm, this: Ref<Mac>) -> PyResult<String> {
    Ok(format!("hmac-{}", with_mac(vm, this, |mac| mac.hash().name())?))
}

fn mac_digest_size(vm: &Vm, this: Ref<Mac>) -> PyResult<usize> {
    with_mac(vm, this, |mac| mac.hash().digest_size())
}

fn mac_block_size(vm: &Vm, this: Ref<Mac>) -> PyResult<usize> {
    with_mac(vm, this, |mac| mac.hash().block_size())
}

fn mac_shown(vm: &Vm, this: Ref<Mac>) -> PyResult<String> {
    let name = with_mac(vm, this, |mac| mac.hash().name())?;
    Ok(format!("<{name} HMAC object @ {:#x}>", vm.id_of(this.value())))
}

// ---- keys from passwords ------------------------------------------------------------------------------------------------

fn room(vm: &Vm, length: usize) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    out.try_reserve_exact(length).map_err(|_| vm.memory_error())?;
    out.resize(length, 0);
    Ok(out)
}

fn pbkdf2_hmac(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let state = match args.get(0).downcast::<PyStr>() {
        Some(_) => None,
        None => Some(by_name(vm, args.get(0), "pbkdf2_hmac", "hash_name")?),
    };
    let password = vm.with_buffer(args.get(1), <[u8]>::to_vec)?;
    let salt = vm.with_buffer(args.get(2), <[u8]>::to_vec)?;
    let iterations = vm.to_i64(args.get(3))?;
    let state = match state {
        Some(state) => state,
        None => by_name(vm, args.get(0), "pbkdf2_hmac", "hash_name")?,
    };
    if iterations < 1 {
        return Err(vm.value_error("iteration value must be greater than 0."));
    }
    let Some(iterations) = u32::try_from(iterations).ok().filter(|n| i32::try_from(*n).is_ok()) else {
        return Err(vm.overflow_error("iteration value is too great."));
    };
    let length = match args.opt_not_none(4) {
        Some(length) => vm.to_i64(length)?,
        None => state.digest_size() as i64,
    };
    if length < 1 {
        return Err(vm.value_error("key length must be greater than 0."));
    }
    let Ok(length) = i32::try_from(length) else { return Err(vm.overflow_error("key length is too great.")) };
    if state.digest_size() == 0 {
        return Err(unsupported(vm));
    }
    let mut out = room(vm, length as usize)?;
    vm.allow_threads(|| mac::pbkdf2(&state, &password, &salt, iterations, &mut out));
    Ok(PyBytes::new(vm, &out)?.value())
}

/// An `unsigned long`.
fn unsigned(vm: &Vm, v: Value) -> PyResult<u64> {
    let v = vm.index(v)?;
    if brolga_runtime::types::int::is_negative(v) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    brolga_runtime::types::int::to_u64(v)
        .ok_or_else(|| vm.overflow_error("Python int too large to convert to C unsigned long"))
}

/// What OpenSSL takes where no limit is given.
const SCRYPT_MEMORY: u64 = 32 << 20;

fn scrypt(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let password = vm.with_buffer(args.get(0), <[u8]>::to_vec)?;
    let salt = vm.with_buffer(args.get(1), <[u8]>::to_vec)?;
    let (n, r, p) = (unsigned(vm, args.get(2))?, unsigned(vm, args.get(3))?, unsigned(vm, args.get(4))?);
    let limit = args.opt(5).map_or(Ok(0), |v| vm.to_i64(v))?;
    let length = args.opt(6).map_or(Ok(64), |v| vm.to_i64(v))?;
    if n < 2 || !n.is_power_of_two() {
        return Err(vm.value_error("n must be a power of 2."));
    }
    let top = i64::from(i32::MAX);
    if !(0..=top).contains(&limit) {
        return Err(vm.value_error(format!("maxmem must be positive and smaller than {top}")));
    }
    if !(1..=top).contains(&length) {
        return Err(vm.value_error(format!("dklen must be greater than 0 and smaller than {top}")));
    }
    if r == 0 || p == 0 || r.checked_mul(p).is_none_or(|rp| rp > (1 << 30) - 1) {
        return Err(vm.value_error("Invalid parameter combination for n, r, p, maxmem."));
    }
    let limit = if limit == 0 { SCRYPT_MEMORY } else { limit.unsigned_abs() };
    if mac::scrypt_memory(n, r, p).is_none_or(|needed| needed > limit) {
        return Err(vm.value_error("[digital envelope routines] memory limit exceeded"));
    }
    let mut out = room(vm, length as usize)?;
    let (n, r, p) = (n as usize, r as usize, p as usize);
    if !vm.allow_threads(|| mac::scrypt(&password, &salt, n, r, p, &mut out)) {
        return Err(vm.memory_error());
    }
    Ok(PyBytes::new(vm, &out)?.value())
}

fn compare_digest(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    let is_text = |v: Value| v.downcast::<PyStr>().is_some();
    if is_text(a) != is_text(b) {
        return Err(vm.type_error("a bytes-like object is required, not 'str'"));
    }
    crate::operator::compare_digest(vm, a, b)
}

fn fips_mode(_: &Vm) -> i32 {
    0
}

// ---- the types and the module ---------------------------------------------------------------------------------------------

static HASH_METHODS: &[MethodDef] = &[
    method!("__repr__", 1, shown),
    method!("update", 2, update).doc("Update this hash object's state with the provided string."),
    method!("digest", 1, digest).doc("Return the digest value as a bytes object."),
    method!("hexdigest", 1, hexdigest).doc("Return the digest value as a string of hexadecimal digits."),
    method!("copy", 1, copy).doc("Return a copy of the hash object."),
];
static XOF_METHODS: &[MethodDef] = &[
    method!("digest", "($self, /, length)", xof_digest).doc("Return the digest value as a bytes object."),
    method!("hexdigest", "($self, /, length)", xof_hexdigest)
        .doc("Return the digest value as a string of hexadecimal digits."),
];
pub(super) static MAC_METHODS: &[MethodDef] = &[
    method!("__repr__", 1, mac_shown),
    method!("update", "($self, /, msg)", mac_update).doc("Update the HMAC object with msg."),
    method!("digest", 1, mac_digest).doc("Return the digest of the bytes passed to the update() method so far."),
    method!("hexdigest", 1, mac_hexdigest).doc(
        "Return hexadecimal digest of the bytes passed to the update() method so far.\n\nThis may be used to exchange \
         the value safely in email or other non-binary\nenvironments.",
    ),
    method!("copy", 1, mac_copy).doc("Return a copy (\"clone\") of the HMAC object."),
];
static HASH_GETSET: &[GetSetDef] =
    &[getset!("name", name), getset!("digest_size", digest_size), getset!("block_size", block_size)];
pub(super) static MAC_GETSET: &[GetSetDef] =
    &[getset!("name", mac_name), getset!("digest_size", mac_digest_size), getset!("block_size", mac_block_size)];

static HASH: TypeDef = TypeDef {
    module: "_hashlib",
    layout: Some(crate::layouts::HASH),
    flags: type_flags::DISALLOW_NEW,
    methods: &[HASH_METHODS],
    getset: HASH_GETSET,
    doc: Some("A hash is an object used to calculate a checksum of a string of information."),
    ..TypeDef::new("HASH")
};
static XOF: TypeDef = TypeDef {
    module: "_hashlib",
    layout: Some(crate::layouts::HASH),
    flags: type_flags::DISALLOW_NEW,
    methods: &[XOF_METHODS],
    doc: Some("A hash is an object used to calculate a checksum of a string of information."),
    ..TypeDef::new("HASHXOF")
};
static HMAC: TypeDef = TypeDef {
    module: "_hashlib",
    layout: Some(crate::layouts::HMAC),
    flags: type_flags::DISALLOW_NEW,
    methods: &[MAC_METHODS],
    getset: MAC_GETSET,
    doc: Some("The object used to calculate HMAC of a message."),
    ..TypeDef::new("HMAC")
};

const FUNCTIONS: &[MethodDef] = &[
    method!("new", "($module, /, name, data=b'', *, usedforsecurity=True, string=None)", new)
        .doc("Return a new hash object using the named algorithm."),
    method!("hmac_new", "($module, /, key, msg=b'', digestmod=None)", hmac_new).doc("Return a new hmac object."),
    method!("hmac_digest", "($module, /, key, msg, digest)", hmac_digest).doc("Single-shot HMAC."),
    method!("pbkdf2_hmac", "($module, /, hash_name, password, salt, iterations, dklen=None)", pbkdf2_hmac)
        .doc("Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function."),
    method!("scrypt", "($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)", scrypt)
        .doc("scrypt password-based key derivation function."),
    method!("compare_digest", 2, compare_digest)
        .text("($module, a, b, /)")
        .doc("Return 'a == b'.\n\nThis function uses an approach designed to prevent timing analysis, making it\nappropriate for cryptography."),
    method!("get_fips_mode", 0, fips_mode).doc("Determine the OpenSSL FIPS mode of operation: there is none."),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let hash = vm.native_type(&HASH)?;
    m.add_type(vm, hash)?;
    m.add_type(vm, vm.native_type_with_bases(&XOF, &[hash])?)?;
    m.add_type(vm, vm.native_type(&HMAC)?)?;
    m.add(vm, "UnsupportedDigestmodError", UNSUPPORTED.class(vm)?.value())?;
    let names = vm.new_list(&[])?;
    for name in NAMES {
        names.push(vm, vm.new_str(name)?.value())?;
    }
    m.add(vm, "openssl_md_meth_names", vm.call(vm.types.frozenset.value(), &[names.value()])?)?;
    let constructors = vm.new_dict()?;
    let module_name = vm.intern("_hashlib")?;
    for ((attribute, name), def) in MADE.iter().zip(MAKERS) {
        let function = PyNativeFunction::new_function(vm, def, Some(m.value()), Some(module_name.value()))?.value();
        m.add(vm, attribute, function)?;
        constructors.set_item(vm, function, vm.new_str(name)?.value())?;
    }
    vm.keep(&CONSTRUCTORS, constructors.value());
    m.add(vm, "_constructors", vm.call(vm.types.mappingproxy.value(), &[constructors.value()])?)?;
    m.add_int(vm, "_GIL_MINSIZE", 2048)
}

pub static MODULE: ModuleDef = ModuleDef::new("_hashlib", FUNCTIONS, init).doc("OpenSSL interface for hashlib module");
