//! Positions in text: opaque cookies, from which decoding can go on.

use brolga_runtime::PyResult;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::value::Value;

use super::super::{offset_arg, os_error_text, unsupported};
use super::{CAN_READ, Me, SEEKABLE, TELLING, check_closed, coding, forget_decoded, forget_snapshot, write};

/// What a cookie packs: a position in the binary stream, the state of the decoder there, how many bytes to feed it,
/// how many of the characters to skip, and whether the end of input has to be told.
#[derive(Default)]
struct Cookie {
    position: u64,
    flags: u32,
    feed: u32,
    skip: u32,
    at_end: bool,
}

impl Cookie {
    fn to_value(&self, vm: &Vm) -> PyResult<Value> {
        let limbs = [
            self.position,
            u64::from(self.flags) | u64::from(self.feed) << 32,
            u64::from(self.skip) | u64::from(self.at_end) << 32,
        ];
        int::from_limbs(vm, false, &limbs)
    }

    fn parse(vm: &Vm, v: Value) -> PyResult<Cookie> {
        let Some(view) = int::view(&v) else { return Err(vm.type_error("an integer is required")) };
        if view.is_negative() {
            return Err(vm.value_error(format!("negative seek position {}", vm.repr_lossy(v)?)));
        }
        let mut one = [0];
        let limbs = view.magnitude(&mut one);
        let at = |i: usize| limbs.get(i).copied().unwrap_or(0);
        if limbs.len() > 3 || at(2) >> 40 != 0 {
            return Err(vm.overflow_error("int too big to convert"));
        }
        Ok(Cookie {
            position: at(0),
            flags: at(1) as u32,
            feed: (at(1) >> 32) as u32,
            skip: at(2) as u32,
            at_end: at(2) >> 32 & 0xff != 0,
        })
    }
}

/// `tell()`.
pub fn tell(vm: &Vm, this: Me) -> PyResult<Value> {
    super::check_init(vm, this)?;
    check_closed(vm, this)?;
    if !this.has(SEEKABLE) {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    if !this.has(TELLING) {
        return Err(os_error_text(vm, "telling position disabled by next() call"));
    }
    write::write_pending(vm, this)?;
    vm.call_method(this.value(), "flush", &[])?;
    let at = vm.call_method(super::buffer_of(vm, this)?, "tell", &[])?;
    let snapshot = this.snapshot.get().and_then(Value::downcast::<PyBytes>);
    let (Some(input), true) = (snapshot, this.has(CAN_READ)) else { return Ok(at) };
    let start_flags = int::low_u64(this.snapshot_flags.get_or_none());
    let mut cookie = Cookie {
        position: offset_arg(vm, at)?.saturating_sub(input.len() as i64).max(0) as u64,
        flags: start_flags as u32,
        ..Cookie::default()
    };
    let skip = this.used.get();
    if skip == 0 || this.decoded.is_empty() {
        return cookie.to_value(vm);
    }
    let (held, flags) = coding::decoder_state(vm, this)?;
    let held = held.as_slice().to_vec();
    let found = find_start(vm, this, &mut cookie, input.as_slice(), start_flags, skip);
    coding::set_decoder_state(vm, this, &held, flags)?;
    found?;
    cookie.to_value(vm)
}

/// Finds the last byte of `input` before the position at which the decoder holds nothing back, and the number of
/// characters from there on.
fn find_start(vm: &Vm, this: Me, cookie: &mut Cookie, input: &[u8], start_flags: u64, skip: usize) -> PyResult<()> {
    let decode = |bytes: &[u8], end: bool| -> PyResult<usize> {
        let piece = PyBytes::new(vm, bytes)?;
        Ok(coding::decode(vm, this, piece.value(), end)?.len())
    };
    // At the very start the decoder is as new: it forgets what endings it has seen, too.
    let restart = |position: u64, flags: u64| {
        if position == 0 && flags == 0 {
            coding::reset_decoder(vm, this)
        } else {
            coding::set_decoder_state(vm, this, &[], flags)
        }
    };
    let start = cookie.position;
    // A guess by the bytes a character took lately, halved until it is not too far.
    let mut guess = ((this.ratio.get() * skip as f64) as usize).min(input.len());
    let mut back = 1;
    let mut base = 0;
    let mut left = skip;
    while guess > 0 {
        restart(start, start_flags)?;
        let chars = decode(input.get(..guess).unwrap_or(&[]), false)?;
        if chars <= skip {
            let (held, flags) = coding::decoder_state(vm, this)?;
            if held.is_empty() {
                cookie.flags = flags as u32;
                left = skip - chars;
                base = guess;
                break;
            }
            guess = guess.saturating_sub(held.len());
            back = 1;
        } else {
            guess = guess.saturating_sub(back);
            back *= 2;
        }
    }
    cookie.position = start.saturating_add(base as u64);
    restart(cookie.position, if guess == 0 { start_flags } else { u64::from(cookie.flags) })?;
    cookie.skip = u32::try_from(left).unwrap_or(u32::MAX);
    if left == 0 {
        return Ok(());
    }
    // From there byte by byte; whenever the decoder holds nothing back, start there.
    let (mut fed, mut decoded) = (0usize, 0usize);
    for byte in input.get(base..).unwrap_or(&[]) {
        decoded += decode(std::slice::from_ref(byte), false)?;
        fed += 1;
        let (held, flags) = coding::decoder_state(vm, this)?;
        if held.is_empty() && decoded <= left {
            cookie.position = cookie.position.saturating_add(fed as u64);
            left -= decoded;
            cookie.flags = flags as u32;
            fed = 0;
            decoded = 0;
        }
        if decoded >= left {
            break;
        }
    }
    if decoded < left {
        // The rest comes at the end of the input only.
        decoded += decode(&[], true)?;
        cookie.at_end = true;
        if decoded < left {
            return Err(os_error_text(vm, "can't reconstruct logical file position"));
        }
    }
    cookie.feed = u32::try_from(fed).unwrap_or(u32::MAX);
    cookie.skip = u32::try_from(left).unwrap_or(u32::MAX);
    Ok(())
}

/// `seek(cookie, whence)`.
pub fn seek(vm: &Vm, this: Me, cookie: Value, whence: i32) -> PyResult<Value> {
    super::check_init(vm, this)?;
    check_closed(vm, this)?;
    if !this.has(SEEKABLE) {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    let zero = |v: Value| vm.eq(v, Value::from_i32(0));
    let mut cookie = cookie;
    match whence {
        0 => {}
        1 => {
            if !zero(cookie)? {
                return Err(unsupported(vm, "can't do nonzero cur-relative seeks"));
            }
            vm.call_method(this.value(), "flush", &[])?;
            cookie = tell(vm, this)?;
        }
        2 => {
            if !zero(cookie)? {
                return Err(unsupported(vm, "can't do nonzero end-relative seeks"));
            }
            vm.call_method(this.value(), "flush", &[])?;
            forget_decoded(this);
            forget_snapshot(this);
            coding::reset_decoder(vm, this)?;
            let buffer = super::buffer_of(vm, this)?;
            let at = vm.call_method(buffer, "seek", &[Value::from_i32(0), Value::from_i32(2)])?;
            coding::reset_encoder(vm, this, zero(at)?)?;
            return Ok(at);
        }
        _ => return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    }
    let cookie = vm.index(cookie)?;
    let place = Cookie::parse(vm, cookie)?;
    vm.call_method(this.value(), "flush", &[])?;
    let buffer = super::buffer_of(vm, this)?;
    vm.call_method(buffer, "seek", &[vm.new_int_u64(place.position)?])?;
    forget_decoded(this);
    forget_snapshot(this);
    let at_start = place.position == 0 && place.flags == 0;
    if this.has(CAN_READ) {
        if at_start {
            coding::reset_decoder(vm, this)?;
        } else {
            coding::set_decoder_state(vm, this, &[], u64::from(place.flags))?;
        }
    }
    this.snapshot_flags.set(this, vm.new_int_u64(u64::from(place.flags))?);
    if place.skip > 0 {
        let input = vm.call_method(buffer, "read", &[Value::from_len(place.feed as usize)])?;
        let Some(input) = input.downcast::<PyBytes>() else {
            return Err(vm.type_error(format!(
                "underlying read() should have returned a bytes object, not '{}'",
                vm.type_name(input)
            )));
        };
        this.snapshot.set(this, input.value());
        let text = coding::decode(vm, this, input.value(), place.at_end)?;
        this.decoded.set(this, text.value());
        if text.len() < place.skip as usize {
            return Err(os_error_text(vm, "can't restore logical file position"));
        }
        this.used.set(place.skip as usize);
    } else {
        this.snapshot.set(this, PyBytes::new(vm, b"")?.value());
    }
    coding::reset_encoder(vm, this, at_start)?;
    Ok(cookie)
}
