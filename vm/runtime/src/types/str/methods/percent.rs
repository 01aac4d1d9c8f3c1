//! `str % args`, and what it shares with `bytes % args`.

use brolga_text::format::percent::{Conversion, Kind, PercentError, Piece, Pieces, Size};
use brolga_text::format::template::Span;
use brolga_text::unicode::MAX_CODE;
use brolga_text::{Text, TextBuf};

use crate::object::{MethodDef, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::int;
use crate::types::str::{PyStr, StrBuilder, ops};
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, Raised, method};

/// The text being formatted: a string, or bytes.
pub(crate) trait Flavor {
    const BYTES: bool;
    /// The format as text. It is asked for anew at each step, for Python code runs between them.
    fn text(&self) -> Text<'_>;
    /// The key of `%(key)s`.
    fn key(&self, vm: &Vm, span: Span) -> PyResult<Value>;
    /// `%s`, `%b`, `%r`, `%a`: appends the object as `conversion` asks.
    fn object(&self, vm: &Vm, conversion: &Conversion, kind: Kind, v: Value, out: &mut TextBuf) -> PyResult<()>;
    /// The character of `%c`.
    fn character(&self, vm: &Vm, v: Value) -> PyResult<u32>;
}

pub(crate) fn percent_error(vm: &Vm, error: PercentError) -> Raised {
    match error {
        PercentError::NoMemory => vm.memory_error(),
        _ => vm.value_error(error.to_string()),
    }
}

/// The arguments of a `%`.
struct Arguments {
    /// A tuple's items one after the other, or the one argument.
    value: Value,
    tuple: Option<Ref<PyTuple>>,
    next: usize,
    /// Where keys are looked up.
    mapping: Option<Value>,
}

impl Arguments {
    fn new(vm: &Vm, value: Value, of_bytes: bool) -> Arguments {
        let tuple = value.downcast::<PyTuple>();
        let class = vm.type_of(value);
        let text = [vm.types.str, vm.types.bytes, vm.types.bytearray];
        let mapping = tuple.is_none()
            && class.special(Special::GetItem).is_some()
            // To a string, bytes are a mapping like any other.
            && !text.iter().take(if of_bytes { 3 } else { 1 }).any(|t| class.is_subtype(*t));
        Arguments { value, tuple, next: 0, mapping: mapping.then_some(value) }
    }

    fn next(&mut self, vm: &Vm) -> PyResult<Value> {
        let found = match self.tuple {
            Some(tuple) => tuple.get(self.next),
            None if self.next == 0 => Some(self.value),
            None => None,
        };
        self.next += 1;
        found.ok_or_else(|| vm.type_error("not enough arguments for format string"))
    }

    fn size(&mut self, vm: &Vm, kind: &str) -> PyResult<i64> {
        let v = self.next(vm)?;
        if !vm.is_instance(v, vm.types.int) {
            return Err(vm.type_error("* wants int"));
        }
        int::to_i64(v).ok_or_else(|| vm.overflow_error(format!("Python int too large to convert to C {kind}")))
    }

    fn left_over(&self) -> bool {
        match self.tuple {
            Some(tuple) => self.next < tuple.len(),
            None => self.next == 0 && self.mapping.is_none(),
        }
    }
}

/// Formats `text % value` into `out`.
pub(crate) fn run<F: Flavor>(vm: &Vm, flavor: &F, value: Value, out: &mut TextBuf) -> PyResult<()> {
    let mut args = Arguments::new(vm, value, F::BYTES);
    let mut pieces = Pieces::default();
    while let Some(piece) = pieces.next(flavor.text()) {
        match piece.map_err(|e| percent_error(vm, e))? {
            Piece::Literal(span) => out.push_text(flavor.text().slice(span.start, span.end)),
            Piece::Percent => out.push(0x25),
            Piece::Conversion(conversion) => convert(vm, flavor, conversion, &mut args, out)?,
        }
    }
    if args.left_over() {
        let what = if F::BYTES { "bytes" } else { "string" };
        return Err(vm.type_error(format!("not all arguments converted during {what} formatting")));
    }
    Ok(())
}

fn convert<F: Flavor>(
    vm: &Vm,
    flavor: &F,
    mut conversion: Conversion,
    args: &mut Arguments,
    out: &mut TextBuf,
) -> PyResult<()> {
    if let Some(span) = conversion.key.clone() {
        let Some(mapping) = args.mapping else { return Err(vm.type_error("format requires a mapping")) };
        let key = flavor.key(vm, span)?;
        args.value = vm.get_item(mapping, key)?;
        args.tuple = None;
        args.next = 0;
    }
    if conversion.width == Size::Star {
        conversion.set_width(args.size(vm, "ssize_t")?);
    }
    if conversion.precision == Size::Star {
        let precision = args.size(vm, "int")?;
        if i32::try_from(precision).is_err() {
            return Err(vm.overflow_error("Python int too large to convert to C int"));
        }
        conversion.set_precision(precision).map_err(|e| percent_error(vm, e))?;
    }
    let v = args.next(vm)?;
    let kind = conversion.check(F::BYTES).map_err(|e| percent_error(vm, e))?;
    match kind {
        Kind::Str | Kind::Repr | Kind::Ascii => flavor.object(vm, &conversion, kind, v, out),
        Kind::Char => {
            let c = flavor.character(vm, v)?;
            conversion.format_text(Text::Four(&[c]), out);
            Ok(())
        }
        Kind::Float => {
            let value = match v.as_f64() {
                Some(f) => f,
                None => float_argument(vm, &conversion, v, F::BYTES)?,
            };
            conversion.format_float(value, out).map_err(|e| percent_error(vm, e))
        }
        Kind::Decimal => integer(vm, &conversion, 10, v, out),
        Kind::Based(base) => integer(vm, &conversion, base, v, out),
    }
}

fn float_argument(vm: &Vm, _: &Conversion, v: Value, bytes: bool) -> PyResult<f64> {
    match vm.to_f64(v) {
        Ok(f) => Ok(f),
        Err(raised) if bytes => {
            vm.catch(raised, vm.types.type_error)?;
            Err(vm.type_error(format!("float argument required, not {}", vm.type_name(v))))
        }
        Err(raised) => Err(raised),
    }
}

fn integer(vm: &Vm, conversion: &Conversion, base: u32, v: Value, out: &mut TextBuf) -> PyResult<()> {
    let v = integer_argument(vm, conversion, base, v)?;
    let (negative, digits) = int_digits(vm, v, base)?;
    conversion.format_int(negative, &digits, out).map_err(|e| percent_error(vm, e))
}

/// The int that a conversion takes its argument for.
fn integer_argument(vm: &Vm, conversion: &Conversion, base: u32, v: Value) -> PyResult<Value> {
    if v.is_small_int() || vm.is_instance(v, vm.types.int) {
        return Ok(v);
    }
    let code = char::from_u32(conversion.code).unwrap_or('d');
    let class = vm.type_of(v);
    // `d` takes any real number, by `__int__`; the others only what is an integer.
    let found = if base == 10 && class.special(Special::Int).is_some() {
        vm.call_special(v, Special::Int, &[])?
    } else if class.special(Special::Index).is_some() {
        Some(vm.index(v)?)
    } else {
        None
    };
    match found {
        Some(i) if vm.is_instance(i, vm.types.int) => Ok(i),
        _ => {
            let what = if base == 10 { "a real number is required" } else { "an integer is required" };
            Err(vm.type_error(format!("%{code} format: {what}, not {}", class.tp_name())))
        }
    }
}

/// Sign and digits of an int's magnitude.
pub(crate) fn int_digits(vm: &Vm, v: Value, base: u32) -> PyResult<(bool, String)> {
    let text = match int::to_i64(v) {
        Some(i) => {
            let n = i.unsigned_abs();
            let digits = match base {
                8 => format!("{n:o}"),
                16 => format!("{n:x}"),
                _ => n.to_string(),
            };
            return Ok((i < 0, digits));
        }
        None => {
            let spec = vm.intern(match base {
                8 => "o",
                16 => "x",
                _ => "d",
            })?;
            vm.format(v, spec)?.to_lossy()
        }
    };
    match text.strip_prefix('-') {
        Some(digits) => Ok((true, digits.to_owned())),
        None => Ok((false, text)),
    }
}

impl Flavor for Ref<PyStr> {
    const BYTES: bool = false;

    fn text(&self) -> Text<'_> {
        self.view()
    }

    fn key(&self, vm: &Vm, span: Span) -> PyResult<Value> {
        Ok(ops::slice(vm, *self, span.start, span.end)?.value())
    }

    fn object(&self, vm: &Vm, conversion: &Conversion, kind: Kind, v: Value, out: &mut TextBuf) -> PyResult<()> {
        let s = match kind {
            Kind::Str => vm.str(v)?,
            Kind::Repr => vm.repr(v)?,
            _ => vm.ascii(v)?,
        };
        conversion.format_text(s.view(), out);
        Ok(())
    }

    fn character(&self, vm: &Vm, v: Value) -> PyResult<u32> {
        if let Some(s) = v.downcast::<PyStr>() {
            return match s.len() {
                1 => Ok(s.char_at(0)),
                n => {
                    Err(vm.type_error(format!("%c requires an int or a unicode character, not a string of length {n}")))
                }
            };
        }
        if vm.type_of(v).special(Special::Index).is_none() && !vm.is_instance(v, vm.types.int) {
            let name = vm.fully_qualified_name(vm.type_of(v));
            return Err(vm.type_error(format!("%c requires an int or a unicode character, not {name}")));
        }
        match int::to_i64(vm.index(v)?) {
            Some(c) if (0..=i64::from(MAX_CODE)).contains(&c) => Ok(c as u32),
            _ => Err(vm.overflow_error("%c arg not in range(0x110000)")),
        }
    }
}

/// `format % args`.
pub fn format(vm: &Vm, format: Ref<PyStr>, args: Value) -> PyResult<Ref<PyStr>> {
    let mut out = StrBuilder::with_capacity(format.len());
    run(vm, &format, args, out.buf())?;
    out.finish(vm)
}

pub(crate) fn rem(vm: &Vm, this: Ref<PyStr>, args: Value) -> PyResult<Ref<PyStr>> {
    format(vm, this, args)
}

fn rrem(vm: &Vm, this: Ref<PyStr>, template: Value) -> PyResult<Value> {
    match template.downcast::<PyStr>() {
        Some(template) => Ok(format(vm, template, this.value())?.value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) const METHODS: &[MethodDef] = &[method!("__mod__", 2, rem), method!("__rmod__", 2, rrem)];
