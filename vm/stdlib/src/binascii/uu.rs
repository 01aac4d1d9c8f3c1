//! Lines of uuencoded data: a character for the length, then one for each six bits, from the space on.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;

use super::{bytes, error, with_ascii};

const SPACE: u8 = b' ';
/// Another zero.
const BACKTICK: u8 = b'`';
/// Bytes in a line.
const LONGEST: usize = 45;

pub fn decode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    with_ascii(vm, args.get(0), |line| {
        let Some((length, text)) = line.split_first() else { return Err(error(vm, "Missing length byte")) };
        let length = usize::from(length.wrapping_sub(SPACE) & 0x3f);
        let mut out = Vec::with_capacity(length);
        let mut text = text.iter();
        let (mut word, mut bits) = (0u32, 0);
        while out.len() < length {
            let six = match text.next() {
                // Spaces at the end of a line may have been eaten.
                None | Some(b'\n' | b'\r') => 0,
                Some(c @ SPACE..=BACKTICK) => (c - SPACE) & 0x3f,
                Some(_) => return Err(error(vm, "Illegal char")),
            };
            word = word << 6 | u32::from(six);
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                out.push((word >> bits) as u8);
            }
        }
        if text.any(|c| !matches!(*c, SPACE | BACKTICK | b'\n' | b'\r')) {
            return Err(error(vm, "Trailing garbage"));
        }
        bytes(vm, &out)
    })
}

pub fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let backtick = args.opt(1).map_or(Ok(false), |v| vm.is_true(v))?;
    let buffer = vm.buffer(args.get(0), false)?;
    let data = buffer.as_slice();
    if data.len() > LONGEST {
        return Err(error(vm, "At most 45 bytes at once"));
    }
    let digit = |six: u8| if six == 0 && backtick { BACKTICK } else { SPACE + six };
    let mut out = vec![digit(data.len() as u8)];
    for chunk in data.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|i| u32::from(chunk.get(i).copied().unwrap_or(0)));
        let word = a << 16 | b << 8 | c;
        out.extend([18, 12, 6, 0].map(|shift| digit((word >> shift & 0x3f) as u8)));
    }
    out.push(b'\n');
    bytes(vm, &out)
}
