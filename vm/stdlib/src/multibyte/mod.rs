//! `_multibytecodec` and the modules that hold codecs of encodings of several bytes: `_codecs_cn`, `_codecs_hk`,
//! `_codecs_jp`, `_codecs_kr` and `_codecs_tw`.
//!
//! [`tables`] knows the encodings, [`coding`] runs over a text with them and handles errors, [`incremental`] and [`stream`]
//! are the classes that are fed piece by piece.

mod coding;
mod incremental;
mod stream;
mod tables;

use std::cell::Cell;

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::object;

object!(
    pub struct Codec: MULTIBYTE_CODEC {
        /// Its place in [`tables::NAMES`].
        number: Cell<usize>,
    }
);

/// `errors` of a codec's methods: `None` is strict.
fn errors_argument(vm: &Vm, v: Slot, function: &str, what: &str) -> PyResult<Option<Ref<PyStr>>> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => match v.downcast() {
            Some(errors) => Ok(Some(errors)),
            None => Err(vm.type_error(format!("{function}() argument {what}, not {}", vm.tp_name(v)))),
        },
    }
}

/// What is to be encoded: a str, or what `str` makes of it.
fn text_argument(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    match v.downcast() {
        Some(text) => Ok(text),
        None => vm.str(v),
    }
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Codec>> {
    brolga_runtime::object::FromValue::from_value(vm, args.get(0))
}

fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let errors = errors_argument(vm, args.opt(2), "encode", "'errors' must be str or None")?;
    let text = text_argument(vm, args.get(1))?;
    let encoded = coding::encode(vm, this.number.get(), text, errors, true)?;
    let bytes = PyBytes::new(vm, &encoded.bytes)?;
    Ok(vm.new_tuple(&[bytes.value(), Value::from_len(text.len())])?.value())
}

fn decode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let errors = errors_argument(vm, args.opt(2), "decode", "'errors' must be str or None")?;
    let data = vm.with_buffer(args.get(1), <[u8]>::to_vec)?;
    let (text, _) = coding::decode(vm, this.number.get(), args.get(1), &data, errors, true)?;
    Ok(vm.new_tuple(&[text.value(), Value::from_len(data.len())])?.value())
}

static METHODS: &[MethodDef] = &[
    method!("encode", "($self, /, input, errors=None)", encode).doc(
        "Return an encoded string version of 'input'.\n\n'errors' may be given to set a different error handling \
         scheme.\nDefault is 'strict' meaning that encoding errors raise\na UnicodeEncodeError.  Other possible values \
         are 'ignore', 'replace'\nand 'xmlcharrefreplace' as well as any other name registered \
         with\ncodecs.register_error that can handle UnicodeEncodeErrors.",
    ),
    method!("decode", "($self, /, input, errors=None)", decode).doc(
        "Decodes 'input'.\n\n'errors' may be given to set a different error handling scheme.\nDefault is 'strict' \
         meaning that encoding errors raise\na UnicodeDecodeError.  Other possible values are 'ignore' and\n'replace' \
         as well as any other name registered with\ncodecs.register_error that is able to handle \
         UnicodeDecodeErrors.\"",
    ),
];

static DEF: TypeDef = TypeDef {
    module: "_multibytecodec",
    layout: Some(crate::layouts::MULTIBYTE_CODEC),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    ..TypeDef::new("MultibyteCodec")
};

/// The attribute `codec` of a class that is fed piece by piece.
fn codec_of(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<Codec>> {
    let codec = vm.get_attr_str(class.value(), "codec")?;
    codec.downcast().ok_or_else(|| vm.type_error("codec is unexpected type"))
}

/// `getcodec` of a module that has these.
fn get_codec(vm: &Vm, name: Value, known: &[&str]) -> PyResult<Ref<Codec>> {
    let Some(name) = name.downcast::<PyStr>() else {
        return Err(vm.type_error("encoding name must be a string."));
    };
    let name = name.to_lossy();
    let number = tables::NAMES.iter().position(|n| *n == name).filter(|_| known.contains(&name.as_str()));
    let Some(number) = number else { return Err(vm.lookup_error("no such codec is supported.")) };
    let this: Ref<Codec> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.number.set(number);
    Ok(this)
}

macro_rules! families {
    ($($id:ident $function:ident $module:literal [$($name:literal),*];)*) => {$(
        fn $function(vm: &Vm, name: Value) -> PyResult<Ref<Codec>> {
            get_codec(vm, name, &[$($name),*])
        }

        pub static $id: ModuleDef = {
            const FUNCTIONS: &[MethodDef] = &[method!("getcodec", 1, $function)];
            ModuleDef::new($module, FUNCTIONS, nothing)
        };
    )*};
}

families! {
    CN codec_cn "_codecs_cn" ["gb2312", "gbk", "gb18030"];
    HK codec_hk "_codecs_hk" ["big5hkscs"];
    JP codec_jp "_codecs_jp" [
        "shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213", "shift_jisx0213"
    ];
    KR codec_kr "_codecs_kr" ["euc_kr", "cp949", "johab"];
    TW codec_tw "_codecs_tw" ["big5", "cp950"];
}

fn create_codec(vm: &Vm, _: Value) -> PyResult<()> {
    Err(vm.value_error("argument type invalid"))
}

const FUNCTIONS: &[MethodDef] = &[method!("__create_codec", 1, create_codec)];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    for def in [&incremental::ENCODER, &incremental::DECODER, &stream::READER, &stream::WRITER] {
        m.add_type(vm, vm.native_type(def)?)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_multibytecodec", FUNCTIONS, init);
