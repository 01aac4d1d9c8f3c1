//! Quoted-printable (RFC 1521), and the "Q" encoding of headers (RFC 1522).

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;

use super::hex::value;
use super::{bytes, with_ascii, with_capacity};

/// Characters of a line, the `=` of a soft line break included.
const LINE: usize = 76;

pub fn decode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let header = args.opt(1).map_or(Ok(false), |v| vm.is_true(v))?;
    with_ascii(vm, args.get(0), |text| {
        let mut out = with_capacity(vm, Some(text.len()))?;
        let mut rest = text;
        while let Some((&c, after)) = rest.split_first() {
            rest = after;
            if c == b'_' && header {
                out.push(b' ');
                continue;
            }
            if c != b'=' {
                out.push(c);
                continue;
            }
            match rest {
                [] => {}
                [b'\n', after @ ..] => rest = after,
                // A soft line break: whatever stands between the carriage return and the newline goes.
                [b'\r', ..] => {
                    let end = rest.iter().position(|c| *c == b'\n').map_or(rest.len(), |i| i + 1);
                    rest = rest.get(end..).unwrap_or(&[]);
                }
                // What an old encoder wrote.
                [b'=', after @ ..] => {
                    out.push(b'=');
                    rest = after;
                }
                [a, b, after @ ..] => match (value(*a), value(*b)) {
                    (Some(a), Some(b)) => {
                        out.push(a << 4 | b);
                        rest = after;
                    }
                    _ => out.push(b'='),
                },
                _ => out.push(b'='),
            }
        }
        bytes(vm, &out)
    })
}

fn push_quoted(out: &mut Vec<u8>, c: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'=', DIGITS[usize::from(c >> 4)], DIGITS[usize::from(c & 15)]]);
}

struct Options {
    quote_tabs: bool,
    is_text: bool,
    header: bool,
}

/// Must the character at `i` be quoted?
fn must_quote(data: &[u8], i: usize, column: usize, options: &Options) -> bool {
    let Some(&c) = data.get(i) else { return false };
    let next = data.get(i + 1);
    match c {
        127.. | b'=' => true,
        b'_' => options.header,
        // A dot alone on its line ends a mail.
        b'.' => column == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)),
        b'\r' | b'\n' => !options.is_text,
        b'\t' | b' ' => next.is_none() || options.quote_tabs,
        0..=31 => true,
        _ => false,
    }
}

fn encoded(data: &[u8], out: &mut Vec<u8>, options: &Options) {
    // All line ends become like the first.
    let newline: &[u8] = match data.iter().position(|c| *c == b'\n') {
        Some(i) if i > 0 && data.get(i - 1) == Some(&b'\r') => b"\r\n",
        _ => b"\n",
    };
    let (mut i, mut column) = (0, 0);
    while let Some(&c) = data.get(i) {
        let next = data.get(i + 1);
        if must_quote(data, i, column, options) {
            if column + 3 >= LINE {
                out.push(b'=');
                out.extend_from_slice(newline);
                column = 0;
            }
            push_quoted(out, c);
            column += 3;
        } else if options.is_text && (c == b'\n' || (c == b'\r' && next == Some(&b'\n'))) {
            column = 0;
            // White space at the end of a line would be lost.
            if let Some(&last @ (b' ' | b'\t')) = out.last() {
                out.pop();
                push_quoted(out, last);
            }
            out.extend_from_slice(newline);
            if c == b'\r' {
                i += 1;
            }
        } else {
            if next.is_some_and(|n| *n != b'\n') && column + 1 >= LINE {
                out.push(b'=');
                out.extend_from_slice(newline);
                column = 0;
            }
            column += 1;
            out.push(if options.header && c == b' ' { b'_' } else { c });
        }
        i += 1;
    }
}

pub fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let flag = |i: usize, default| args.opt(i).map_or(Ok(default), |v| vm.is_true(v));
    let options = Options { quote_tabs: flag(1, false)?, is_text: flag(2, true)?, header: flag(3, false)? };
    let buffer = vm.buffer(args.get(0), false)?;
    let data = buffer.as_slice();
    let mut out = with_capacity(vm, data.len().checked_mul(4).and_then(|n| n.checked_add(8)))?;
    encoded(data, &mut out, &options);
    bytes(vm, &out)
}
