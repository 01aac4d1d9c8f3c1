//! Checksums.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::value::Value;

/// A starting value: the low bits of an int of any size.
pub fn low_bits(vm: &Vm, v: Option<Value>, default: u32) -> PyResult<u32> {
    match v {
        Some(v) => Ok(int::low_u64(vm.index(v)?) as u32),
        None => Ok(default),
    }
}

pub fn crc32(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    let start = low_bits(vm, args.opt(1), 0)?;
    vm.with_buffer(args.get(0), |data| zlib_rs::crc32::crc32(start, data))
}

/// CRC-CCITT by bytes: x^16 + x^12 + x^5 + 1, the highest bit first.
const TABLE: [u16; 256] = {
    let mut table = [0u16; 256];
    let mut i = 0;
    while i < table.len() {
        let mut crc = (i as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
};

pub fn crc_hqx(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    let start = low_bits(vm, args.opt(1), 0)? as u16;
    vm.with_buffer(args.get(0), |data| {
        let crc = data.iter().fold(start, |crc, b| crc << 8 ^ TABLE[usize::from((crc >> 8) as u8 ^ b)]);
        u32::from(crc)
    })
}
