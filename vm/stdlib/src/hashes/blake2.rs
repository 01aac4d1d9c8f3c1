//! `_blake2`: the types `blake2b` and `blake2s`, with keys and the parameters of tree hashing (RFC 7693, the BLAKE2
//! paper).

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use super::state::State;
use super::{Hash, block_size, copy, digest, digest_size, hexdigest, name, native, start, update};
use crate::object::class_argument;

/// What the two functions differ in.
struct Variant {
    name: &'static str,
    max_digest: i64,
    max_key: usize,
    salt: usize,
    person: usize,
    /// Offsets of nodes stay below.
    max_offset: u64,
}

const B: Variant = Variant { name: "Blake2b", max_digest: 64, max_key: 64, salt: 16, person: 16, max_offset: u64::MAX };
const S: Variant =
    Variant { name: "Blake2s", max_digest: 32, max_key: 32, salt: 8, person: 8, max_offset: (1 << 48) - 1 };

struct Parameters {
    digest_size: u8,
    key: Vec<u8>,
    salt: Vec<u8>,
    person: Vec<u8>,
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: u8,
    last_node: bool,
}

/// A bytes-like argument of at most so many bytes.
fn bytes(vm: &Vm, v: Option<Value>, limit: usize, what: &str) -> PyResult<Vec<u8>> {
    let Some(v) = v else { return Ok(Vec::new()) };
    let buffer = vm.buffer(v, false)?;
    if buffer.len() > limit {
        return Err(vm.value_error(format!("maximum {what} length is {limit} bytes")));
    }
    Ok(buffer.as_slice().to_vec())
}

/// An int argument from `low` to 255 (or `high`).
fn small(vm: &Vm, v: Option<Value>, default: u8, range: (i32, i32), message: &str) -> PyResult<u8> {
    let n = v.map_or(Ok(i32::from(default)), |v| vm.to_i32(v))?;
    match u8::try_from(n) {
        Ok(small) if n >= range.0 && n <= range.1 => Ok(small),
        _ => Err(vm.value_error(message)),
    }
}

fn unsigned(vm: &Vm, v: Option<Value>, c_type: &str) -> PyResult<u64> {
    let Some(v) = v else { return Ok(0) };
    let n = vm.index(v)?;
    if int::is_negative(n) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    int::to_u64(n).ok_or_else(|| vm.overflow_error(format!("Python int too large for C {c_type}")))
}

fn parameters(vm: &Vm, args: &Args<'_>, variant: &Variant) -> PyResult<Parameters> {
    let digest_size = args.opt(2).map_or(Ok(variant.max_digest), |v| vm.to_i32(v).map(i64::from))?;
    // Conversions in the order of the parameters, checks after them.
    let fanout = args.opt(6).map(|v| vm.to_i32(v)).transpose()?.map(Value::from_i32);
    let depth = args.opt(7).map(|v| vm.to_i32(v)).transpose()?.map(Value::from_i32);
    let node_depth = args.opt(10).map(|v| vm.to_i32(v)).transpose()?.map(Value::from_i32);
    let inner_size = args.opt(11).map(|v| vm.to_i32(v)).transpose()?.map(Value::from_i32);
    let last_node = args.opt(12).map_or(Ok(false), |v| vm.is_true(v))?;
    if digest_size < 1 || digest_size > variant.max_digest {
        return Err(vm.value_error(format!(
            "digest_size for {} must be between 1 and {} bytes, here it is {digest_size}",
            variant.name, variant.max_digest
        )));
    }
    let salt = bytes(vm, args.opt(4), variant.salt, "salt")?;
    let person = bytes(vm, args.opt(5), variant.person, "person")?;
    let fanout = small(vm, fanout, 1, (0, 255), "fanout must be between 0 and 255")?;
    let depth = small(vm, depth, 1, (1, 255), "depth must be between 1 and 255")?;
    let leaf_size = unsigned(vm, args.opt(8), "unsigned long")?;
    let leaf_size = u32::try_from(leaf_size).map_err(|_| vm.overflow_error("leaf_size is too large"))?;
    let node_offset = unsigned(vm, args.opt(9), "unsigned long long")?;
    if node_offset > variant.max_offset {
        return Err(vm.overflow_error("node_offset is too large"));
    }
    let node_depth = small(vm, node_depth, 0, (0, 255), "node_depth must be between 0 and 255")?;
    let max = variant.max_digest;
    let inner_size = small(vm, inner_size, 0, (0, max as i32), &format!("inner_size must be between 0 and is {max}"))?;
    let key = bytes(vm, args.opt(3), variant.max_key, "key")?;
    Ok(Parameters {
        digest_size: digest_size as u8,
        key,
        salt,
        person,
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size,
        last_node,
    })
}

macro_rules! state {
    ($name:ident, $krate:ident, $variant:ident) => {
        fn $name(p: &Parameters) -> State {
            let mut params = $krate::Params::new();
            params
                .hash_length(usize::from(p.digest_size))
                .key(&p.key)
                .salt(&p.salt)
                .personal(&p.person)
                .fanout(p.fanout)
                .max_depth(p.depth)
                .max_leaf_length(p.leaf_size)
                .node_offset(p.node_offset)
                .node_depth(p.node_depth)
                .inner_hash_length(usize::from(p.inner_size))
                .last_node(p.last_node);
            State::$variant(Box::new(params.to_state()), p.digest_size)
        }
    };
}
state!(state_b, blake2b_simd, Blake2b);
state!(state_s, blake2s_simd, Blake2s);

fn new_b(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    let class: Ref<PyType> = class_argument(vm, args)?;
    start(vm, args, class, state_b(&parameters(vm, args, &B)?), 1, 14)
}

fn new_s(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
    let class: Ref<PyType> = class_argument(vm, args)?;
    start(vm, args, class, state_s(&parameters(vm, args, &S)?), 1, 14)
}

static METHODS: &[MethodDef] = &[
    method!("copy", 1, copy).doc("Return a copy of the hash object."),
    method!("digest", 1, digest).doc("Return the digest value as a bytes object."),
    method!("hexdigest", 1, hexdigest).doc("Return the digest value as a string of hexadecimal digits."),
    method!("update", 2, update).doc("Update this hash object's state with the provided bytes-like object."),
];
static NEW_B: &[MethodDef] = &[method!("__new__", "($type, /, data=b'', *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)", new_b).static_()];
static NEW_S: &[MethodDef] = &[method!("__new__", "($type, /, data=b'', *, digest_size=32, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)", new_s).static_()];
static GETSET: &[GetSetDef] =
    &[getset!("name", name), getset!("block_size", block_size), getset!("digest_size", digest_size)];

static BLAKE2B: TypeDef = TypeDef {
    module: "_blake2",
    layout: Some(crate::layouts::HASH),
    methods: &[METHODS, NEW_B],
    getset: GETSET,
    doc: Some("Return a new BLAKE2b hash object."),
    ..TypeDef::new("blake2b")
};
static BLAKE2S: TypeDef = TypeDef {
    module: "_blake2",
    layout: Some(crate::layouts::HASH),
    methods: &[METHODS, NEW_S],
    getset: GETSET,
    doc: Some("Return a new BLAKE2s hash object."),
    ..TypeDef::new("blake2s")
};

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (def, prefix, variant) in [(&BLAKE2B, "BLAKE2B", &B), (&BLAKE2S, "BLAKE2S", &S)] {
        let class = native(vm, def)?;
        let limits = [
            ("SALT_SIZE", "SALT_SIZE", variant.salt),
            ("PERSON_SIZE", "PERSON_SIZE", variant.person),
            ("MAX_KEY_SIZE", "MAX_KEY_SIZE", variant.max_key),
            ("MAX_DIGEST_SIZE", "MAX_DIGEST_SIZE", variant.max_digest as usize),
        ];
        for (own, global, value) in limits {
            let value = Value::from_len(value);
            if let Some(dict) = class.dict() {
                dict.set_str(vm, vm.intern(own)?, value)?;
            }
            module.add(vm, &format!("{prefix}_{global}"), value)?;
        }
        module.add_type(vm, class)?;
    }
    module.add_int(vm, "_GIL_MINSIZE", 2048)
}

pub static MODULE: ModuleDef = ModuleDef::new("_blake2", &[], init).doc("_blake2b provides BLAKE2b for hashlib\n");
