//! Filter chains: from dicts, and their properties' encoding.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};
use liblzma_sys::*;

use super::lzma::{lzma_error, raise, to_u32, to_u64};

/// Most filters of a chain.
const MOST: usize = 4;

/// Options of the delta filter, as the library has them.
#[repr(C)]
struct DeltaOptions {
    /// 0: byte-wise, the only one.
    kind: u32,
    distance: u32,
    reserved_ints: [u32; 4],
    reserved_pointers: [usize; 2],
}

/// The options that a filter of a chain owns.
enum Options {
    Lzma(Box<lzma_options_lzma>),
    Delta(Box<DeltaOptions>),
    Bcj(Box<lzma_options_bcj>),
}

/// A chain as the library wants it: filters with pointers to their options, and an end.
pub struct Chain {
    filters: Vec<lzma_filter>,
    options: Vec<Options>,
}

/// An entry of a filter's specifier.
fn entry(vm: &Vm, spec: Value, name: &str) -> PyResult<Slot> {
    let key = vm.intern(name)?.value();
    if let Some(dict) = spec.downcast::<PyDict>() {
        return dict.get_item(vm, key);
    }
    match vm.get_item(spec, key) {
        Ok(v) => Ok(Some(v)),
        Err(raised) => vm.catch(raised, vm.types.key_error).map(|_| None),
    }
}

fn is_mapping(vm: &Vm, v: Value) -> bool {
    v.downcast::<PyDict>().is_some() || vm.get_attr_str(v, "keys").map_err(|e| vm.take_raised(e)).is_ok()
}

/// A number among a filter's options; what is none makes the specifier invalid.
fn option(vm: &Vm, spec: Value, name: &str, kind: &str) -> PyResult<Option<u32>> {
    let Some(v) = entry(vm, spec, name)? else { return Ok(None) };
    match to_u32(vm, v) {
        Ok(n) => Ok(Some(n)),
        Err(raised) => {
            vm.take_raised(raised);
            Err(vm.value_error(format!("Invalid filter specifier for {kind} filter")))
        }
    }
}

/// Whether a specifier has no other entries than these.
fn only(vm: &Vm, spec: Value, known: &[&str]) -> PyResult<bool> {
    let keys = vm.collect(vm.iter(spec)?)?;
    Ok(keys.as_slice().iter().all(|k| known.contains(&vm.to_lossy(*k).as_str())))
}

fn lzma_options(vm: &Vm, spec: Value) -> PyResult<Options> {
    let preset = entry(vm, spec, "preset")?.map_or(Ok(LZMA_PRESET_DEFAULT), |v| to_u32(vm, v))?;
    // SAFETY: plain data, for which all zero is valid.
    let mut options: Box<lzma_options_lzma> = Box::new(unsafe { std::mem::zeroed() });
    // SAFETY: a struct of the caller's.
    if unsafe { lzma_lzma_preset(&mut *options, preset) } != 0 {
        return Err(lzma_error(vm, format!("Invalid compression preset: {preset}")));
    }
    let known = ["id", "preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
    if !only(vm, spec, &known)? {
        return Err(vm.value_error("Invalid filter specifier for LZMA filter"));
    }
    let number = |name: &str| option(vm, spec, name, "LZMA");
    if let Some(n) = number("dict_size")? {
        options.dict_size = n;
    }
    if let Some(n) = number("lc")? {
        options.lc = n;
    }
    if let Some(n) = number("lp")? {
        options.lp = n;
    }
    if let Some(n) = number("pb")? {
        options.pb = n;
    }
    if let Some(n) = number("mode")? {
        options.mode = n;
    }
    if let Some(n) = number("nice_len")? {
        options.nice_len = n;
    }
    if let Some(n) = number("mf")? {
        options.mf = n;
    }
    if let Some(n) = number("depth")? {
        options.depth = n;
    }
    Ok(Options::Lzma(options))
}

fn filter(vm: &Vm, spec: Value) -> PyResult<(u64, Options)> {
    if !is_mapping(vm, spec) {
        return Err(vm.type_error("Filter specifier must be a dict or dict-like object"));
    }
    let Some(id) = entry(vm, spec, "id")? else {
        return Err(vm.value_error("Filter specifier must have an \"id\" entry"));
    };
    let id = to_u64(vm, id, "lzma_vli")?;
    let options = match id {
        LZMA_FILTER_LZMA1 | LZMA_FILTER_LZMA2 => lzma_options(vm, spec)?,
        LZMA_FILTER_DELTA => {
            if !only(vm, spec, &["id", "dist"])? {
                return Err(vm.value_error("Invalid filter specifier for delta filter"));
            }
            let distance = option(vm, spec, "dist", "delta")?.unwrap_or(1);
            let options = DeltaOptions { kind: 0, distance, reserved_ints: [0; 4], reserved_pointers: [0; 2] };
            Options::Delta(Box::new(options))
        }
        LZMA_FILTER_X86 | LZMA_FILTER_POWERPC | LZMA_FILTER_IA64 | LZMA_FILTER_ARM | LZMA_FILTER_ARMTHUMB
        | LZMA_FILTER_SPARC => {
            if !only(vm, spec, &["id", "start_offset"])? {
                return Err(vm.value_error("Invalid filter specifier for BCJ filter"));
            }
            let start_offset = option(vm, spec, "start_offset", "BCJ")?.unwrap_or(0);
            Options::Bcj(Box::new(lzma_options_bcj { start_offset }))
        }
        id => return Err(vm.value_error(format!("Invalid filter ID: {id}"))),
    };
    Ok((id, options))
}

impl Chain {
    /// From a sequence of dicts.
    pub fn parse(vm: &Vm, specs: Value) -> PyResult<Chain> {
        let n = vm.len(specs)?;
        if n > MOST {
            return Err(vm.value_error(format!("Too many filters - liblzma supports a maximum of {MOST}")));
        }
        let mut chain = Chain { filters: Vec::new(), options: Vec::new() };
        for i in 0..n {
            let spec = vm.get_item(specs, vm.new_int(i as i64)?)?;
            chain.push(filter(vm, spec)?);
        }
        chain.end();
        Ok(chain)
    }

    fn push(&mut self, (id, mut options): (u64, Options)) {
        let pointer = match &mut options {
            Options::Lzma(o) => std::ptr::from_mut(&mut **o).cast(),
            Options::Delta(o) => std::ptr::from_mut(&mut **o).cast(),
            Options::Bcj(o) => std::ptr::from_mut(&mut **o).cast(),
        };
        self.filters.push(lzma_filter { id, options: pointer });
        self.options.push(options);
    }

    fn end(&mut self) {
        self.filters.push(lzma_filter { id: LZMA_VLI_UNKNOWN, options: std::ptr::null_mut() });
    }

    /// The filters, up to one of unknown id. Good as long as the chain is.
    pub fn as_ptr(&self) -> *const lzma_filter {
        self.filters.as_ptr()
    }

    /// The options, if the chain is one LZMA1 filter.
    pub fn single_lzma1(&self) -> Option<&lzma_options_lzma> {
        match (self.filters.as_slice(), self.options.as_slice()) {
            ([first, _], [Options::Lzma(options)]) if first.id == LZMA_FILTER_LZMA1 => Some(options),
            _ => None,
        }
    }
}

fn failed(vm: &Vm, code: lzma_ret) -> Raised {
    raise(vm, code as i32)
}

/// `_encode_filter_properties(filter)`
pub fn encode_properties(vm: &Vm, spec: Value) -> PyResult<Value> {
    let mut chain = Chain { filters: Vec::new(), options: Vec::new() };
    chain.push(filter(vm, spec)?);
    chain.end();
    let mut size = 0;
    // SAFETY: one filter with its options.
    let code = unsafe { lzma_properties_size(&mut size, chain.as_ptr()) };
    if code != LZMA_OK {
        return Err(failed(vm, code));
    }
    let mut out = vec![0u8; size as usize];
    // SAFETY: the room that the library asked for.
    let code = unsafe { lzma_properties_encode(chain.as_ptr(), out.as_mut_ptr()) };
    if code != LZMA_OK {
        return Err(failed(vm, code));
    }
    Ok(PyBytes::new(vm, &out)?.value())
}

/// `_decode_filter_properties(filter_id, encoded_props)`
pub fn decode_properties(vm: &Vm, id: Value, encoded: Value) -> PyResult<Ref<PyDict>> {
    let id = to_u64(vm, id, "lzma_vli")?;
    let data = super::data_of(vm, encoded)?;
    let mut filter = lzma_filter { id, options: std::ptr::null_mut() };
    // SAFETY: bytes of the caller's; without an allocator the options come from malloc.
    let code = unsafe { lzma_properties_decode(&mut filter, std::ptr::null(), data.as_ptr(), data.len()) };
    if code != LZMA_OK {
        return Err(failed(vm, code));
    }
    /// Frees what the library allocated.
    struct Owned(*mut libc::c_void);
    impl Drop for Owned {
        fn drop(&mut self) {
            // SAFETY: null, or malloc's, and freed nowhere else.
            unsafe { libc::free(self.0.cast()) };
        }
    }
    let owned = Owned(filter.options.cast());
    let dict = vm.new_dict()?;
    let add = |name: &str, n: u64| dict.set_name(vm, name, vm.new_int_u64(n)?);
    add("id", id)?;
    if owned.0.is_null() {
        return Ok(dict);
    }
    match id {
        LZMA_FILTER_LZMA1 | LZMA_FILTER_LZMA2 => {
            // SAFETY: what the library decodes for these filters.
            let options = unsafe { &*owned.0.cast::<lzma_options_lzma>() };
            if id == LZMA_FILTER_LZMA1 {
                add("lc", u64::from(options.lc))?;
                add("lp", u64::from(options.lp))?;
                add("pb", u64::from(options.pb))?;
            }
            add("dict_size", u64::from(options.dict_size))?;
        }
        LZMA_FILTER_DELTA => {
            // SAFETY: likewise.
            let options = unsafe { &*owned.0.cast::<DeltaOptions>() };
            add("dist", u64::from(options.distance))?;
        }
        _ => {
            // SAFETY: likewise.
            let options = unsafe { &*owned.0.cast::<lzma_options_bcj>() };
            add("start_offset", u64::from(options.start_offset))?;
        }
    }
    Ok(dict)
}
