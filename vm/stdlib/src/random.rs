//! `_random`: the Mersenne twister.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};
use brolga_text::mersenne::MersenneTwister;

use crate::object::{Boxed, class_argument, object};

object!(
    /// The generator stands in malloc's memory: its words may look like addresses.
    pub struct Random: RANDOM { generator: Boxed<MersenneTwister> }
);

/// Frees what a dead generator owned.
///
/// # Safety
/// `cell` is a `Random` that nothing reaches any more.
pub unsafe fn drop_random(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Random> = unsafe { Ref::from_ptr(cell) };
    drop(this.generator.take());
}

/// Runs `f` on the generator; it must run no Python.
fn with<R>(vm: &Vm, this: Ref<Random>, f: impl FnOnce(&mut MersenneTwister) -> R) -> PyResult<R> {
    this.generator.with(f).ok_or_else(|| vm.runtime_error("a random generator without state"))
}

fn from_seed(vm: &Vm, seed: Option<Value>) -> PyResult<MersenneTwister> {
    let no_memory = |_| vm.memory_error();
    let Some(seed) = seed.filter(|s| !s.is_none()) else {
        let mut words = [0u64; 312];
        // SAFETY: room for so many bytes.
        let got = unsafe { libc::getrandom(words.as_mut_ptr().cast(), size_of_val(&words), 0) };
        if got < size_of_val(&words) as isize {
            return Err(vm.last_os_error(None));
        }
        if vm.outside.is_set() {
            let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            vm.from_outside("random-seed", &mut bytes);
            for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
                *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
            }
        }
        return MersenneTwister::from_limbs(&words).map_err(no_memory);
    };
    let number = if vm.is_instance(seed, vm.types.int) {
        seed
    } else {
        // The hash as an unsigned number.
        vm.new_int_u64(vm.hash(seed)? as u64)?
    };
    let view = int::view(&number).unwrap_or(int::IntRef::Small(0));
    let mut buffer = [0];
    MersenneTwister::from_limbs(view.magnitude(&mut buffer)).map_err(no_memory)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Random>> {
    let class = class_argument(vm, args)?;
    let generator = from_seed(vm, args.opt(1))?;
    let this: Ref<Random> = vm.alloc_instance(class)?;
    this.generator.attach(vm, this, generator)?;
    Ok(this)
}

fn random(vm: &Vm, this: Ref<Random>) -> PyResult<f64> {
    with(vm, this, MersenneTwister::random)
}

fn seed(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = args.get(0).downcast::<Random>().ok_or_else(|| vm.type_error("a Random is required"))?;
    let fresh = from_seed(vm, args.opt(1))?;
    with(vm, this, |g| *g = fresh)
}

fn getstate(vm: &Vm, this: Ref<Random>) -> PyResult<Value> {
    let (words, index) = with(vm, this, |g| {
        let (words, index) = g.state();
        (*words, index)
    })?;
    let values = ValueVec::with_capacity(vm, words.len() + 1)?;
    for word in words {
        values.push(vm, Value::from_int_truncated(i64::from(word)))?;
    }
    values.push(vm, Value::from_len(index))?;
    Ok(vm.new_tuple(values.as_slice())?.value())
}

fn setstate(vm: &Vm, this: Ref<Random>, state: Value) -> PyResult<()> {
    let Some(state) = state.downcast::<PyTuple>() else {
        return Err(vm.type_error("state vector must be a tuple"));
    };
    if state.len() != 625 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut words = [0u32; 624];
    for (word, item) in words.iter_mut().zip(state.as_slice()) {
        let item = vm.index(*item)?;
        if int::is_negative(item) {
            return Err(vm.overflow_error("can't convert negative int to unsigned"));
        }
        *word = int::low_u64(item) as u32;
    }
    let index = vm.to_i64(state.get(624).unwrap_or(Value::NONE))?;
    let invalid = || vm.value_error("invalid state");
    let index = usize::try_from(index).map_err(|_| invalid())?;
    let fresh = MersenneTwister::from_state(&words, index).ok_or_else(invalid)?;
    with(vm, this, |g| *g = fresh)
}

fn getrandbits(vm: &Vm, this: Ref<Random>, k: Value) -> PyResult<Value> {
    let k = vm.index(k)?;
    if int::is_negative(k) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let Some(k) = int::to_u64(k) else {
        return Err(vm.overflow_error("Python int too large for C uint64_t"));
    };
    if k <= 64 {
        let bits = with(vm, this, |g| g.bits(k as u32))?;
        return vm.new_int_u64(bits);
    }
    let limbs = with(vm, this, |g| g.bit_limbs(usize::try_from(k).unwrap_or(usize::MAX)))?;
    match limbs {
        Ok(limbs) => int::from_limbs(vm, false, &limbs),
        Err(_) => Err(vm.memory_error()),
    }
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, x=None, /)", new).static_(),
    method!("random", 1, random).doc("random() -> x in the interval [0, 1)."),
    method!("seed", "($self, n=None, /)", seed),
    method!("getstate", 1, getstate),
    method!("setstate", 2, setstate),
    method!("getrandbits", 2, getrandbits),
];

static RANDOM: TypeDef = TypeDef {
    module: "_random",
    layout: Some(crate::layouts::RANDOM),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    doc: Some("Random() -> create a random number generator with its own internal state."),
    ..TypeDef::new("Random")
};

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, vm.native_type(&RANDOM)?)
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_random", &[], init).doc("Module implements the Mersenne Twister random number generator.");
