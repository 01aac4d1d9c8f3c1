//! `unicodedata`: the Unicode database, of the present version and, as `ucd_3_2_0`, of an old one. Both share their
//! functions: those of the module, and the methods of the old database.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, getset, method};
use brolga_text::NoMemory;
use brolga_text::unicode::normalize::{self, Form};
use brolga_text::unicode::{self, names, v3_2};

use crate::object::object;

object!(
    /// The old database.
    pub struct Ucd: UCD {}
);

const VERSION: &str = "16.0.0";
/// Longer names are not looked up.
const LONGEST_NAME: usize = 256;

/// The character in a string of one. `place` is " 1" where there are more arguments.
fn char_of(vm: &Vm, v: Value, function: &str, place: &str) -> PyResult<u32> {
    match v.downcast::<PyStr>() {
        Some(s) if s.len() == 1 => Ok(s.char_at(0)),
        Some(s) => Err(vm.type_error(format!(
            "{function}(): argument{place} must be a unicode character, not a string of length {}",
            s.len()
        ))),
        None => {
            Err(vm
                .type_error(format!("{function}() argument{place} must be a unicode character, not {}", vm.tp_name(v))))
        }
    }
}

/// What a function gives for a character it has no value for.
fn or_default(vm: &Vm, default: Option<Value>, message: &str) -> PyResult<Value> {
    default.ok_or_else(|| vm.value_error(message))
}

/// Functions of a character; `$old` is what the old database says.
macro_rules! of_char {
    ($($name:ident $old_name:ident: $t:ty = $new:path, $old:path;)*) => {$(
        fn $name(vm: &Vm, c: Value) -> PyResult<$t> {
            Ok($new(char_of(vm, c, stringify!($name), "")?).into())
        }

        fn $old_name(vm: &Vm, _: Value, c: Value) -> PyResult<$t> {
            Ok($old(char_of(vm, c, stringify!($name), "")?).into())
        }
    )*};
}

of_char! {
    category old_category: &'static str = unicode::category, v3_2::category;
    bidirectional old_bidirectional: &'static str = unicode::bidirectional, v3_2::bidirectional;
    combining old_combining: i32 = unicode::combining, v3_2::combining;
    mirrored old_mirrored: i32 = unicode::mirrored, v3_2::mirrored;
    east_asian_width old_east_asian_width: &'static str = unicode::east_asian_width, v3_2::east_asian_width;
    decomposition old_decomposition: String = unicode::decomposition, v3_2::decomposition;
}

/// Functions of a character and a default. The old database's have a receiver in front.
macro_rules! with_default {
    ($($name:ident $old_name:ident ($vm:ident, $c:ident, $old:ident) $message:literal $value:expr;)*) => {$(
        fn $name($vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
            let $c = char_of($vm, args.get(0), stringify!($name), " 1")?;
            let $old = false;
            match $value {
                Some(value) => brolga_runtime::object::IntoResult::into_result(value, $vm),
                None => or_default($vm, args.opt(1), $message),
            }
        }

        fn $old_name($vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
            let $c = char_of($vm, args.get(1), stringify!($name), " 1")?;
            let $old = true;
            match $value {
                Some(value) => brolga_runtime::object::IntoResult::into_result(value, $vm),
                None => or_default($vm, args.opt(2), $message),
            }
        }
    )*};
}

with_default! {
    name old_name (vm, c, old) "no such name" if old { v3_2::name(c) } else { names::name(c) };
    decimal old_decimal (vm, c, old) "not a decimal"
        (if old { v3_2::decimal_value(c) } else { unicode::decimal_value(c) }).map(i32::from);
    digit old_digit (vm, c, _old) "not a digit" unicode::digit_value(c).map(i32::from);
    numeric old_numeric (vm, c, old) "not a numeric character"
        if old { v3_2::numeric_value(c) } else { unicode::numeric_value(c) };
}

fn key_error(vm: &Vm, message: &str) -> Raised {
    match vm.new_str(message) {
        Ok(message) => vm.key_error(message.value()),
        Err(raised) => raised,
    }
}

fn lookup(vm: &Vm, name: Value) -> PyResult<Ref<PyStr>> {
    let name = match name.downcast::<PyStr>() {
        Some(text) => match text.to_utf8() {
            Ok(text) => text,
            // A surrogate: the encoder says which.
            Err(_) => String::from_utf8_lossy(&brolga_runtime::codecs::utf8(vm, text)?).into_owned(),
        },
        None => vm.with_buffer(name, |bytes| String::from_utf8_lossy(bytes).into_owned())?,
    };
    if name.len() > LONGEST_NAME {
        return Err(key_error(vm, "name too long"));
    }
    if let Some(c) = names::lookup(&name) {
        return PyStr::from_char(vm, c);
    }
    match names::lookup_sequence(&name) {
        Some(text) => vm.new_str(text),
        None => Err(key_error(vm, &format!("undefined character name '{name}'"))),
    }
}

fn old_lookup(vm: &Vm, _: Value, name: Value) -> PyResult<Ref<PyStr>> {
    lookup(vm, name)
}

/// The form and the text, from arguments `at` and the next; no form where there is no text.
fn form_and_text(vm: &Vm, args: &Args<'_>, at: usize, function: &str) -> PyResult<(Option<Form>, Ref<PyStr>)> {
    let text_of = |i: usize, v: Value| {
        v.downcast::<PyStr>().ok_or_else(|| {
            let what = if v.is_none() { "None".to_owned() } else { vm.tp_name(v) };
            vm.type_error(format!("{function}() argument {i} must be str, not {what}"))
        })
    };
    let (form, text) = (text_of(1, args.get(at))?, text_of(2, args.get(at + 1))?);
    if text.is_empty() {
        return Ok((None, text));
    }
    match Form::by_name(&form.to_lossy()) {
        Some(form) => Ok((Some(form), text)),
        None => Err(vm.value_error("invalid normalization form")),
    }
}

fn memory<T>(vm: &Vm, result: Result<T, NoMemory>) -> PyResult<T> {
    result.map_err(|_| vm.memory_error())
}

fn normalize(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let (form, text) = form_and_text(vm, args, 0, "normalize")?;
    let Some(form) = form else { return Ok(vm.names.empty) };
    match memory(vm, normalize::normalize(text.view(), form))? {
        Some(data) => PyStr::from_text(vm, data.as_text()),
        None => brolga_runtime::types::str::ops::exact(vm, text),
    }
}

fn old_normalize(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let (form, text) = form_and_text(vm, args, 1, "normalize")?;
    let Some(form) = form else { return Ok(vm.names.empty) };
    PyStr::from_data(vm, v3_2::normalize(text.view(), form))
}

fn is_normalized(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let (form, text) = form_and_text(vm, args, 0, "is_normalized")?;
    let Some(form) = form else { return Ok(true) };
    memory(vm, normalize::is_normalized(text.view(), form))
}

fn old_is_normalized(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let (form, text) = form_and_text(vm, args, 1, "is_normalized")?;
    let Some(form) = form else { return Ok(true) };
    let data = memory(vm, v3_2::normalize(text.view(), form))?;
    Ok(data.as_text().equals(text.view()))
}

fn old_version(_: &Vm, _: Value) -> &'static str {
    v3_2::UNIDATA_VERSION
}

const CATEGORY: &str = "Returns the general category assigned to the character chr as string.";
const BIDIRECTIONAL: &str = "Returns the bidirectional class assigned to the character chr as string.\n\nIf no such value is defined, an empty string is returned.";
const COMBINING: &str = "Returns the canonical combining class assigned to the character chr as integer.\n\nReturns 0 if no combining class is defined.";
const MIRRORED: &str = "Returns the mirrored property assigned to the character chr as integer.\n\nReturns 1 if the character has been identified as a \"mirrored\"\ncharacter in bidirectional text, 0 otherwise.";
const WIDTH: &str = "Returns the east asian width assigned to the character chr as string.";
const DECOMPOSITION: &str = "Returns the character decomposition mapping assigned to the character chr as string.\n\nAn empty string is returned in case no such mapping is defined.";
const NAME: &str = "Returns the name assigned to the character chr as a string.\n\nIf no name is defined, default is returned, or, if not given,\nValueError is raised.";
const DECIMAL: &str = "Converts a Unicode character into its equivalent decimal value.\n\nReturns the decimal value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.";
const DIGIT: &str = "Converts a Unicode character into its equivalent digit value.\n\nReturns the digit value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.";
const NUMERIC: &str = "Converts a Unicode character into its equivalent numeric value.\n\nReturns the numeric value assigned to the character chr as float.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.";
const LOOKUP: &str = "Look up character by name.\n\nIf a character with the given name is found, return the\ncorresponding character.  If not found, KeyError is raised.";
const NORMALIZE: &str = "Return the normal form 'form' for the Unicode string unistr.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.";
const IS_NORMALIZED: &str = "Return whether the Unicode string unistr is in the normal form 'form'.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.";

static FUNCTIONS: &[MethodDef] = &[
    method!("category", 1, category).doc(CATEGORY),
    method!("bidirectional", 1, bidirectional).doc(BIDIRECTIONAL),
    method!("combining", 1, combining).doc(COMBINING),
    method!("mirrored", 1, mirrored).doc(MIRRORED),
    method!("east_asian_width", 1, east_asian_width).doc(WIDTH),
    method!("decomposition", 1, decomposition).doc(DECOMPOSITION),
    method!("name", "($module, chr, default=<unrepresentable>, /)", name).doc(NAME),
    method!("decimal", "($module, chr, default=<unrepresentable>, /)", decimal).doc(DECIMAL),
    method!("digit", "($module, chr, default=<unrepresentable>, /)", digit).doc(DIGIT),
    method!("numeric", "($module, chr, default=<unrepresentable>, /)", numeric).doc(NUMERIC),
    method!("lookup", 1, lookup).doc(LOOKUP),
    method!("normalize", "($module, form, unistr, /)", normalize).doc(NORMALIZE),
    method!("is_normalized", "($module, form, unistr, /)", is_normalized).doc(IS_NORMALIZED),
];

static OLD_METHODS: &[MethodDef] = &[
    method!("category", 2, old_category).doc(CATEGORY),
    method!("bidirectional", 2, old_bidirectional).doc(BIDIRECTIONAL),
    method!("combining", 2, old_combining).doc(COMBINING),
    method!("mirrored", 2, old_mirrored).doc(MIRRORED),
    method!("east_asian_width", 2, old_east_asian_width).doc(WIDTH),
    method!("decomposition", 2, old_decomposition).doc(DECOMPOSITION),
    method!("name", "($self, chr, default=<unrepresentable>, /)", old_name).doc(NAME),
    method!("decimal", "($self, chr, default=<unrepresentable>, /)", old_decimal).doc(DECIMAL),
    method!("digit", "($self, chr, default=<unrepresentable>, /)", old_digit).doc(DIGIT),
    method!("numeric", "($self, chr, default=<unrepresentable>, /)", old_numeric).doc(NUMERIC),
    method!("lookup", 2, old_lookup).doc(LOOKUP),
    method!("normalize", "($self, form, unistr, /)", old_normalize).doc(NORMALIZE),
    method!("is_normalized", "($self, form, unistr, /)", old_is_normalized).doc(IS_NORMALIZED),
];
static OLD_GETSET: &[GetSetDef] = &[getset!("unidata_version", old_version).member()];

static DEF: TypeDef = TypeDef {
    module: "unicodedata",
    layout: Some(crate::layouts::UCD),
    flags: type_flags::DISALLOW_NEW,
    methods: &[OLD_METHODS],
    getset: OLD_GETSET,
    ..TypeDef::new("UCD")
};

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_str(vm, "unidata_version", VERSION)?;
    let class = vm.native_type(&DEF)?;
    module.add_type(vm, class)?;
    let old: Ref<Ucd> = vm.alloc_instance(class)?;
    module.add(vm, "ucd_3_2_0", old)
}

pub static MODULE: ModuleDef = ModuleDef::new("unicodedata", FUNCTIONS, init).doc(
    "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode \
     characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available \
     from ftp://ftp.unicode.org/.\n\nThe module uses the same names and symbols as defined by the\nUnicodeData File Format \
     16.0.0.",
);
