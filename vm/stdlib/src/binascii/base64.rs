//! Base64.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::shape;
use brolga_runtime::value::Value;

use super::{bytes, error, with_ascii, with_capacity};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD: u8 = b'=';
/// No character of the alphabet.
const NONE: u8 = 64;

const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
};

pub fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let newline = args.opt(1).map_or(Ok(true), |v| vm.is_true(v))?;
    let buffer = vm.buffer(args.get(0), false)?;
    let data = buffer.as_slice();
    let length = data.len().div_ceil(3).checked_mul(4).and_then(|n| n.checked_add(usize::from(newline)));
    let length = length.ok_or_else(|| vm.memory_error())?;
    Ok(PyBytes::build(vm, shape::bytes, length, |out| encode_into(data, out))?.value())
}

/// Writes the digits, then pads; a byte more is the newline's.
fn encode_into(data: &[u8], out: &mut [u8]) {
    let digit = |word: u32, shift: u32| ALPHABET[(word >> shift & 0x3f) as usize];
    let (triples, rest) = data.as_chunks::<3>();
    let (whole, end) = out.split_at_mut((triples.len() * 4).min(out.len()));
    for ([a, b, c], quad) in triples.iter().zip(whole.as_chunks_mut::<4>().0) {
        let word = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
        *quad = [digit(word, 18), digit(word, 12), digit(word, 6), digit(word, 0)];
    }
    let last = match rest {
        [a] => {
            let word = u32::from(*a) << 16;
            [digit(word, 18), digit(word, 12), PAD, PAD, b'\n']
        }
        [a, b] => {
            let word = u32::from(*a) << 16 | u32::from(*b) << 8;
            [digit(word, 18), digit(word, 12), digit(word, 6), PAD, b'\n']
        }
        _ => [b'\n'; 5],
    };
    end.iter_mut().zip(last).for_each(|(to, from)| *to = from);
}

/// As many whole groups of four digits as there are at the beginning; gives how many characters that are.
fn decode_groups(text: &[u8], out: &mut Vec<u8>) -> usize {
    // In blocks: in a text of lines little is read at a time, and what is made ready is lost.
    const BLOCK: usize = 512;
    let mut read = 0;
    for block in text.chunks(BLOCK) {
        let done = decode_block(block, out);
        read += done;
        if done < BLOCK {
            break;
        }
    }
    read
}

fn decode_block(text: &[u8], out: &mut Vec<u8>) -> usize {
    let (groups, _) = text.as_chunks::<4>();
    let start = out.len();
    // There is room for all of the text.
    out.resize(start + groups.len() * 3, 0);
    let free = out.get_mut(start..).unwrap_or(&mut []);
    let mut done = 0;
    for (group, triple) in groups.iter().zip(free.as_chunks_mut::<3>().0) {
        let [a, b, c, d] = group.map(|c| u32::from(VALUES[c as usize]));
        if (a | b | c | d) >= u32::from(NONE) {
            break;
        }
        let word = a << 18 | b << 12 | c << 6 | d;
        *triple = [(word >> 16) as u8, (word >> 8) as u8, word as u8];
        done += 1;
    }
    out.truncate(start + done * 3);
    done * 4
}

pub fn decode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let strict = args.opt(1).map_or(Ok(false), |v| vm.is_true(v))?;
    with_ascii(vm, args.get(0), |text| {
        let mut out = with_capacity(vm, Some(text.len().div_ceil(4) * 3))?;
        if strict && text.first() == Some(&PAD) {
            return Err(error(vm, "Leading padding not allowed"));
        }
        let mut at = decode_groups(text, &mut out);
        // Digits of an unfinished group, and pads behind them.
        let (mut word, mut digits, mut pads) = (0u32, 0usize, 0usize);
        while let Some(&c) = text.get(at) {
            at += 1;
            if c == PAD {
                if strict && digits == 1 {
                    break;
                }
                if strict && (digits == 0 || digits + pads + 1 > 4) {
                    return Err(error(vm, "Excess padding not allowed"));
                }
                if digits >= 2 {
                    pads += 1;
                }
                continue;
            }
            let six = VALUES[usize::from(c)];
            if six == NONE {
                if strict {
                    return Err(error(vm, "Only base64 data is allowed"));
                }
                continue;
            }
            if strict && pads > 0 {
                let message =
                    if digits + pads == 4 { "Excess data after padding" } else { "Discontinuous padding not allowed" };
                return Err(error(vm, message));
            }
            pads = 0;
            word = word << 6 | u32::from(six);
            digits += 1;
            match digits {
                2 => out.push((word >> 4) as u8),
                3 => out.push((word >> 2) as u8),
                4 => {
                    out.push(word as u8);
                    (word, digits) = (0, 0);
                    at += decode_groups(text.get(at..).unwrap_or(&[]), &mut out);
                }
                _ => {}
            }
        }
        if digits == 1 {
            let count = out.len() / 3 * 4 + 1;
            return Err(error(
                vm,
                format!(
                    "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"
                ),
            ));
        }
        if digits != 0 && digits + pads < 4 {
            return Err(error(vm, "Incorrect padding"));
        }
        bytes(vm, &out)
    })
}
