//! `_uuid`: unique ids from time and place (RFC 9562, version 1).

use std::cell::Cell;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

/// From the start of the Gregorian calendar, 15 October 1582, to 1970: in 100 nanoseconds.
const GREGORIAN: u64 = 0x01b2_1dd2_1381_4000;

/// What makes the ids of one thread unique: its last time, the clock's sequence number and the node.
#[derive(Copy, Clone)]
struct Clock {
    last: u64,
    sequence: u16,
    node: [u8; 6],
}

thread_local! {
    static CLOCK: Cell<Option<Clock>> = const { Cell::new(None) };
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // SAFETY: room for so many bytes. Fewer than 256 come at once.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), N, 0) };
    bytes
}

/// The address of the first network card that has one.
fn hardware_address() -> Option<[u8; 6]> {
    for entry in std::fs::read_dir("/sys/class/net").ok()?.flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("address")) else { continue };
        let mut address = [0u8; 6];
        let parts = text.trim().split(':').map(|p| u8::from_str_radix(p, 16));
        let mut count = 0;
        for (slot, part) in address.iter_mut().zip(parts) {
            let Ok(part) = part else { break };
            *slot = part;
            count += 1;
        }
        if count == 6 && address != [0; 6] {
            return Some(address);
        }
    }
    None
}

fn new_clock() -> Clock {
    let node = hardware_address().unwrap_or_else(|| {
        let mut node = random::<6>();
        // The bit that no card's address has.
        node[0] |= 1;
        node
    });
    Clock { last: 0, sequence: u16::from_be_bytes(random()) & 0x3fff, node }
}

fn generate() -> [u8; 16] {
    let mut clock = CLOCK.get().unwrap_or_else(new_clock);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let time = (now.as_nanos() / 100) as u64 + GREGORIAN;
    if time < clock.last {
        // The clock was put back.
        clock.sequence = (clock.sequence + 1) & 0x3fff;
    }
    let time = if time == clock.last { time + 1 } else { time };
    clock.last = time;
    CLOCK.set(Some(clock));
    let mut id = [0u8; 16];
    id[..4].copy_from_slice(&(time as u32).to_be_bytes());
    id[4..6].copy_from_slice(&((time >> 32) as u16).to_be_bytes());
    id[6..8].copy_from_slice(&((time >> 48) as u16 & 0x0fff | 0x1000).to_be_bytes());
    id[8..10].copy_from_slice(&(clock.sequence | 0x8000).to_be_bytes());
    id[10..].copy_from_slice(&clock.node);
    id
}

/// The id's bytes, and -1: no daemon sees to it that other processes make no equal one.
fn generate_time_safe(vm: &Vm) -> PyResult<Value> {
    let id = vm.allow_threads(generate);
    let pair = [PyBytes::new(vm, &id)?.value(), Value::from_i32(-1)];
    Ok(vm.new_tuple(&pair)?.value())
}

const FUNCTIONS: &[MethodDef] = &[method!("generate_time_safe", 0, generate_time_safe)];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_int(vm, "has_uuid_generate_time_safe", 1)?;
    module.add_int(vm, "has_stable_extractable_node", 0)
}

pub static MODULE: ModuleDef = ModuleDef::new("_uuid", FUNCTIONS, init);
