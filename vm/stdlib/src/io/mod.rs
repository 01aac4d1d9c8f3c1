//! `_io`: files, buffers, text, and what `open` makes of them.

pub mod base;
pub mod buffered;
pub(crate) mod bytesio;
pub mod fileio;
pub(crate) mod memory;
pub(crate) mod newline;
mod open;
pub(crate) mod os;
pub(crate) mod pair;
mod startup;
pub(crate) mod stringio;
pub mod text;

use brolga_runtime::codecs;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, HeapType, MethodDef, Obj, Ref, TypeDef, layout};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::str::{PyStr, StrBuilder};
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::types::weakref::{self, PyWeakRef};
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, method};

pub use startup::start;
pub use text::standard_stream;

/// The size of buffers, in bytes.
pub const DEFAULT_BUFFER_SIZE: usize = 128 << 10;

// ---- errors -------------------------------------------------------------------------------------------------------------

/// `UnsupportedOperation(OSError, ValueError)`, with the fields of an OSError (bits 28 and up of the flags).
static UNSUPPORTED: TypeDef = TypeDef {
    module: "io",
    layout: Some(layout::EXCEPTION),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::IS_EXCEPTION | 5 << 28,
    ..TypeDef::new("UnsupportedOperation")
};

fn unsupported_class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type_with_bases(&UNSUPPORTED, &[vm.types.os_error, vm.types.value_error])
}

/// Methods that are those of the stream underneath: `delegates!(ask(Me): seekable, readable)` defines them by
/// `fn ask(vm, this: Me, name) -> PyResult<Value>`.
macro_rules! delegates {
    ($ask:ident($this:ty): $($name:ident),* $(,)?) => {$(
        fn $name(vm: &Vm, this: $this) -> PyResult<Value> {
            $ask(vm, this, stringify!($name))
        }
    )*};
}
pub(crate) use delegates;

/// Raises `io.UnsupportedOperation`.
#[cold]
pub fn unsupported(vm: &Vm, message: &str) -> Raised {
    match unsupported_class(vm) {
        Ok(class) => vm.raise_message(class, message),
        Err(raised) => raised,
    }
}

/// Raises `OSError(message)`.
#[cold]
pub fn os_error_text(vm: &Vm, message: &str) -> Raised {
    vm.raise_message(vm.types.os_error, message)
}

/// `__getstate__` of what holds a descriptor or a buffer.
fn no_pickle(vm: &Vm, this: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' instances", type_display(vm, this))))
}

// ---- arguments ----------------------------------------------------------------------------------------------------------

fn receiver<T: HeapType>(vm: &Vm, v: Value) -> PyResult<Ref<T>> {
    v.downcast().ok_or_else(|| vm.wrong_layout(T::LAYOUT, v))
}

fn class_arg(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyType>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("__new__(X): X is not a type object"))
}

/// A position in a file.
fn offset_arg(vm: &Vm, v: Value) -> PyResult<i64> {
    if v.is_float() {
        return Err(vm.type_error("an integer is required"));
    }
    let i = vm.index(v)?;
    brolga_runtime::types::int::to_i64(i).ok_or_else(|| vm.overflow_error("Python int too large to convert to C long"))
}

/// A `str` argument that may be None.
fn optional_str(vm: &Vm, v: Slot, function: &str, what: &str) -> PyResult<Option<Ref<PyStr>>> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) if s.chars().any(|c| c == 0) => Err(vm.value_error("embedded null character")),
            Some(s) => Ok(Some(s)),
            None => {
                Err(vm
                    .type_error(format!("{function}() argument '{what}' must be str or None, not {}", vm.type_name(v))))
            }
        },
    }
}

/// `os.fspath`.
fn fspath(vm: &Vm, path: Value) -> PyResult<Value> {
    if path.downcast::<PyStr>().is_some() || path.downcast::<PyBytes>().is_some() {
        return Ok(path);
    }
    let result = match vm.type_of(path).special(Special::Fspath) {
        Some(m) if !m.is_none() => vm.call_special(path, Special::Fspath, &[])?,
        _ => None,
    };
    match result {
        Some(p) if p.downcast::<PyStr>().is_some() || p.downcast::<PyBytes>().is_some() => Ok(p),
        Some(p) => Err(vm.type_error(format!(
            "expected {}.__fspath__() to return str or bytes, not {}",
            vm.type_name(path),
            vm.type_name(p)
        ))),
        None => Err(vm.type_error(format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(path)))),
    }
}

// ---- texts --------------------------------------------------------------------------------------------------------------

/// The class as reprs show it: with the module where it is one of this one's.
fn type_display(vm: &Vm, this: Value) -> String {
    let class = vm.type_of(this);
    if class.is_heap_type() { class.name() } else { format!("_io.{}", class.name()) }
}

/// `this.name`; `None` where it has none.
fn name_of(vm: &Vm, this: Value) -> PyResult<Slot> {
    match vm.get_attr_opt(this, vm.intern("name")?) {
        Ok(v) => Ok(v),
        // A stream that was detached has none either.
        Err(raised) => vm.catch(raised, vm.types.value_error).map(|_| None),
    }
}

/// `repr(name)`, for the repr of `this`.
fn guarded_repr(vm: &Vm, this: Value, name: Value) -> PyResult<Ref<PyStr>> {
    if !vm.enter_repr(this) {
        return Err(vm.runtime_error(format!("reentrant call inside {}.__repr__", type_display(vm, this))));
    }
    let text = vm.repr(name);
    vm.leave_repr(this);
    text
}

fn format_str(vm: &Vm, before: &[&str], text: Option<Ref<PyStr>>, after: &str) -> PyResult<Value> {
    let mut out = StrBuilder::new();
    before.iter().for_each(|s| out.push_rust(s));
    if let Some(text) = text {
        out.push_str(&text);
    }
    out.push_rust(after);
    Ok(out.finish(vm)?.value())
}

// ---- pickling -----------------------------------------------------------------------------------------------------------

/// A copy of the object's `__dict__`, None where it has no attributes.
fn own_dict(vm: &Vm, this: Value) -> PyResult<Value> {
    let Ok(dict) = brolga_runtime::types::object::get_dict(vm, this) else { return Ok(Value::NONE) };
    match dict.downcast::<PyDict>() {
        Some(d) if !d.is_empty() => Ok(d.copy(vm)?.value()),
        _ => Ok(Value::NONE),
    }
}

/// Puts a pickled `__dict__` back.
fn update_dict(vm: &Vm, this: Value, dict: Value, message: &str) -> PyResult<()> {
    if dict.is_none() {
        return Ok(());
    }
    let Some(new) = dict.downcast::<PyDict>() else {
        return Err(vm.type_error(format!("{message}{}", vm.type_name(dict))));
    };
    let own = brolga_runtime::types::object::get_dict(vm, this)?;
    vm.call_method(own, "update", &[new.value()]).map(|_| ())
}

// ---- life and death -----------------------------------------------------------------------------------------------------

/// A new stream: `__del__` closes it.
fn register(vm: &Vm, object: Obj) {
    // SAFETY: a live cell of this heap. Without memory to remember it, it dies without its `__del__`.
    let _ = unsafe { vm.heap.register_finalizer(object.as_ptr()) };
}

/// Warns of a file that was not closed. What goes wrong can't be raised.
fn resource_warning(vm: &Vm, source: Value) {
    let warn = || -> PyResult<()> {
        let Some(warnings) = vm.modules.get_item(vm, vm.intern("warnings")?.value())? else { return Ok(()) };
        let text = vm.repr(source)?;
        let message = format_str(vm, &["unclosed file "], Some(text), "")?;
        let names = vm.new_tuple(&[vm.intern("source")?.value()])?;
        vm.call_method_kw(
            warnings,
            "warn",
            &[message, vm.types.resource_warning.value(), Value::from_i32(1), source],
            Some(names),
        )?;
        Ok(())
    };
    if let Err(raised) = warn() {
        vm.write_unraisable(raised, source, None);
    }
}

/// Streams with something to flush at exit: a list of weak references.
static WRITERS: u8 = 0;

fn writers(vm: &Vm) -> PyResult<Ref<PyList>> {
    if let Some(list) = vm.kept(&WRITERS).and_then(Value::downcast) {
        return Ok(list);
    }
    let list = vm.new_list(&[])?;
    vm.keep(&WRITERS, list.value());
    Ok(list)
}

/// Remembers a stream that buffers what is written.
fn remember_writer(vm: &Vm, stream: Value) -> PyResult<()> {
    let list = writers(vm)?;
    let reference = weakref::new_ref(vm, stream, None)?;
    // Dead ones go whenever the list would grow.
    if list.len() >= 32 && list.len().is_power_of_two() {
        let mut kept = 0;
        for i in 0..list.len() {
            let Some(item) = list.get(i) else { break };
            if item.downcast::<PyWeakRef>().is_some_and(|r| r.target().is_some()) {
                list.set(kept, item);
                kept += 1;
            }
        }
        list.truncate(kept);
    }
    list.push(vm, reference.value())
}

/// Flushes every stream that is open for writing: for the interpreter's end. Errors are swallowed.
pub fn flush_all(vm: &Vm) {
    vm.run_finalizers();
    let Ok(list) = writers(vm) else { return };
    // Text first: it goes into the buffers below.
    for texts in [true, false] {
        let mut i = 0;
        while let Some(item) = list.get(i) {
            i += 1;
            let Some(stream) = item.downcast::<PyWeakRef>().and_then(|r| r.target()) else { continue };
            if stream.downcast::<text::PyTextIO>().is_some() != texts {
                continue;
            }
            let flushed = match base::attr_true(vm, stream, "closed") {
                Ok(false) => vm.call_method(stream, "flush", &[]).map(|_| ()),
                Ok(true) => Ok(()),
                Err(raised) => Err(raised),
            };
            if let Err(raised) = flushed {
                vm.take_raised(raised);
            }
        }
    }
}

/// In the child after `fork`: locks of threads that are gone are free.
pub fn after_fork(vm: &Vm) {
    let Ok(list) = writers(vm) else { return };
    let mut i = 0;
    while let Some(item) = list.get(i) {
        i += 1;
        if let Some(stream) = item.downcast::<PyWeakRef>().and_then(|r| r.target())
            && let Some(b) = stream.downcast::<buffered::PyBuffered>()
        {
            b.break_lock(vm);
        }
    }
}

// ---- the module ---------------------------------------------------------------------------------------------------------

/// Makes the module's types. They are then found by `vm.native_type`.
fn make_types(vm: &Vm) -> PyResult<Vec<Ref<PyType>>> {
    let io = vm.native_type(&base::IO_BASE)?;
    let raw = vm.native_type_with_bases(&base::RAW_BASE, &[io])?;
    let buffered = vm.native_type_with_bases(&base::BUFFERED_BASE, &[io])?;
    let text = vm.native_type_with_bases(&base::TEXT_BASE, &[io])?;
    let mut all = vec![io, raw, buffered, text];
    all.push(vm.native_type_with_bases(&fileio::DEF, &[raw])?);
    for def in [&buffered::READER, &buffered::WRITER, &buffered::RANDOM] {
        all.push(vm.native_type_with_bases(def, &[buffered])?);
    }
    all.push(vm.native_type_with_bases(&text::DEF, &[text])?);
    all.push(vm.native_type(&newline::DEF)?);
    all.push(vm.native_type_with_bases(&pair::DEF, &[buffered])?);
    all.push(vm.native_type_with_bases(&bytesio::DEF, &[buffered])?);
    all.push(vm.native_type(&bytesio::LOAN)?);
    all.push(vm.native_type_with_bases(&stringio::DEF, &[text])?);
    Ok(all)
}

/// `text_encoding(encoding, stacklevel=2)`.
fn text_encoding(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.opt_not_none(0) {
        Some(encoding) => Ok(encoding),
        None => {
            let stacklevel = match args.opt(1) {
                Some(level) => vm.to_i32(level)?,
                None => 2,
            };
            warn_of_no_encoding(vm, stacklevel)?;
            let locale = if vm.config.utf8_mode { "utf-8" } else { "locale" };
            Ok(vm.intern(locale)?.value())
        }
    }
}

fn open_code(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let path = args.get(0);
    if path.downcast::<PyStr>().is_none() {
        return Err(vm.type_error(format!("open_code() argument 'path' must be str, not {}", vm.type_name(path))));
    }
    open::open(vm, path, "rb", -1, open::TextArgs::default(), true, None)
}

const FUNCTIONS: &[MethodDef] = &[
    method!(
        "open",
        "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        open::open_function
    )
    .doc("Open file and return a stream.  Raise OSError upon failure."),
    method!("text_encoding", "($module, encoding, stacklevel=2, /)", text_encoding)
        .doc("A helper function to choose the text encoding."),
    method!("open_code", "($module, /, path)", open_code).doc(
        "Opens the provided file with the intent to import the contents.\n\nThis may perform extra validation beyond open(), but is otherwise interchangeable\nwith calling open(path, 'rb').",
    ),
];

/// Where `open` is kept: the one of `builtins` and of `_io`.
static OPEN: u64 = 0;

/// `open`.
pub fn open_function(vm: &Vm) -> PyResult<Value> {
    if let Some(open) = vm.kept(&OPEN) {
        return Ok(open);
    }
    let module = vm.intern("_io")?;
    let open = PyNativeFunction::new_function(vm, &FUNCTIONS[0], None, Some(module.value()))?.value();
    vm.keep(&OPEN, open);
    Ok(open)
}

/// `-X warn_default_encoding`: what is opened has no encoding given.
pub fn warn_of_no_encoding(vm: &Vm, stacklevel: i32) -> PyResult<()> {
    if !vm.config.warn_default_encoding {
        return Ok(());
    }
    vm.warn(vm.types.encoding_warning, "'encoding' argument not specified", stacklevel)
}

/// The encoding of the locale: of files opened without one.
pub fn locale_encoding(vm: &Vm) -> PyResult<Ref<PyStr>> {
    if vm.config.utf8_mode {
        return vm.intern("utf-8");
    }
    vm.intern(codeset())
}

/// The codeset of the environment's locale. The C locale counts as UTF-8, as in CPython's UTF-8 mode.
fn codeset() -> &'static str {
    static CODESET: std::sync::OnceLock<&'static str> = std::sync::OnceLock::new();
    CODESET.get_or_init(|| {
        // SAFETY: plain C calls; the locale is freed after its text was copied.
        let name = unsafe {
            let locale = libc::newlocale(libc::LC_CTYPE_MASK, c"".as_ptr(), std::ptr::null_mut());
            if locale.is_null() {
                return "utf-8";
            }
            let text = libc::nl_langinfo_l(libc::CODESET, locale);
            let name = if text.is_null() {
                String::new()
            } else {
                std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
            };
            libc::freelocale(locale);
            name
        };
        match name.as_str() {
            "" | "ANSI_X3.4-1968" => "utf-8",
            "UTF-8" => "UTF-8",
            _ => String::leak(name),
        }
    })
}

/// Whether the environment asks for the C locale, or its like in UTF-8.
fn c_locale() -> bool {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os).find(|v| !v.is_empty());
    name.is_none_or(|n| ["C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"].into_iter().any(|c| n == c))
}

/// Is this codec name one that [`codecs::BuiltIn`] knows and text streams treat natively?
fn native_codec(name: &str) -> Option<codecs::BuiltIn> {
    codecs::BuiltIn::by_name(name)
        .filter(|c| matches!(c, codecs::BuiltIn::Utf8 | codecs::BuiltIn::Ascii | codecs::BuiltIn::Latin1))
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for class in make_types(vm)? {
        module.add_type(vm, class)?;
    }
    // The object that `builtins` has, which pickles name by this one.
    let open = open_function(vm)?;
    if let Some(open) = open.downcast() {
        PyNativeFunction::set_module_object(open, module.value());
    }
    module.add(vm, "open", open)?;
    module.add_int(vm, "DEFAULT_BUFFER_SIZE", DEFAULT_BUFFER_SIZE as i64)?;
    module.add(vm, "UnsupportedOperation", unsupported_class(vm)?)?;
    module.add(vm, "BlockingIOError", vm.types.blocking_io_error)
}

pub static MODULE: ModuleDef = ModuleDef::new("_io", FUNCTIONS, init).doc(
    "The io module provides the Python interfaces to stream handling. The\nbuiltin open function is defined in this module.",
);
