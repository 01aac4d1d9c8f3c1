//! What Python sees of `TextIOWrapper`.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::super::open::TextArgs;
use super::super::{
    base, buffered, class_arg, format_str, guarded_repr, newline, no_pickle, optional_str, receiver, type_display,
    unsupported,
};
use super::{
    CAN_READ, CAN_WRITE, DETACHED, FINALIZING, LINE_BUFFERING, Me, NEWLINE_FLAGS, PyTextIO, READY, WRITE_THROUGH,
    alloc, buffer_of, check_init, coding, is_closed, newline_flags, read, seek, write,
};

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Me> {
    alloc(vm, class_arg(vm, args)?)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver::<PyTextIO>(vm, args.get(0))?;
    let text = TextArgs {
        encoding: optional_str(vm, args.opt(2), "TextIOWrapper", "encoding")?,
        errors: optional_str(vm, args.opt(3), "TextIOWrapper", "errors")?,
        newline: optional_str(vm, args.opt(4), "TextIOWrapper", "newline")?,
    };
    let line_buffering = args.opt(5).map_or(Ok(false), |v| vm.is_true(v))?;
    let write_through = args.opt(6).map_or(Ok(false), |v| vm.is_true(v))?;
    super::init(vm, this, args.get(1), text, line_buffering, write_through)
}

fn repr(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    let mut out = brolga_runtime::types::str::StrBuilder::new();
    out.push_rust("<");
    out.push_rust(&type_display(vm, this.value()));
    if let Some(name) = super::super::name_of(vm, this.value())? {
        let text = guarded_repr(vm, this.value(), name)?;
        out.push_rust(" name=");
        out.push_str(&text);
    }
    if let Some(mode) = vm.get_attr_opt(this.value(), vm.intern("mode")?)? {
        let text = guarded_repr(vm, this.value(), mode)?;
        out.push_rust(" mode=");
        out.push_str(&text);
    }
    let text = vm.repr(this.encoding.get_or_none())?;
    out.push_rust(" encoding=");
    out.push_str(&text);
    let head = out.finish(vm)?;
    format_str(vm, &[], Some(head), ">")
}

fn detach(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    vm.call_method(this.value(), "flush", &[])?;
    let buffer = buffer_of(vm, this)?;
    this.buffer.set(this, None);
    this.buffer_shape.set(0);
    this.flags.set(this.flags.get() & !READY | DETACHED);
    Ok(buffer)
}

fn reconfigure(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver::<PyTextIO>(vm, args.get(0))?;
    check_init(vm, this)?;
    let encoding = optional_str(vm, args.opt(1), "reconfigure", "encoding")?;
    let errors = optional_str(vm, args.opt(2), "reconfigure", "errors")?;
    let newline = args.opt(3);
    let flag = |v: Slot, now: u32| match v.filter(|v| !v.is_none()) {
        Some(v) => vm.is_true(v),
        None => Ok(this.has(now)),
    };
    if (encoding.is_some() || errors.is_some() || newline.is_some())
        && this.has(CAN_READ)
        && (!this.snapshot.is_empty() || !this.decoded.is_empty())
    {
        return Err(unsupported(
            vm,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    let newline_value = match newline {
        Some(n) if !n.is_none() && n.downcast::<PyStr>().is_none() => {
            return Err(
                vm.type_error(format!("reconfigure() argument 'newline' must be str or None, not {}", vm.type_name(n)))
            );
        }
        Some(n) => Some(n.downcast::<PyStr>()),
        None => None,
    };
    let new_flags = match newline_value {
        Some(n) => Some(newline_flags(vm, n)?),
        None => None,
    };
    let line_buffering = flag(args.opt(4), LINE_BUFFERING)?;
    let write_through = flag(args.opt(5), WRITE_THROUGH)?;
    vm.call_method(this.value(), "flush", &[])?;
    this.ratio.set(0.0);
    if let (Some(flags), Some(value)) = (new_flags, newline) {
        this.flags.set(this.flags.get() & !NEWLINE_FLAGS | flags);
        this.newline.set(this, value);
        if encoding.is_none() && errors.is_none() {
            coding::reset_decoder(vm, this)?;
        }
    }
    if encoding.is_some() || errors.is_some() {
        let encoding = match encoding {
            Some(e) if e.as_ascii() == Some("locale") => Some(super::super::locale_encoding(vm)?),
            other => other,
        };
        if let Some(e) = encoding {
            coding::check_codec(vm, e)?;
        }
        let (old_encoding, old_errors) = (this.encoding.get(), this.errors.get());
        let errors = match (errors, encoding) {
            (Some(e), _) => e.value(),
            (None, Some(_)) => vm.names.strict.value(),
            (None, None) => this.errors.get_or_none(),
        };
        if let Some(e) = encoding {
            this.encoding.set(this, e.value());
        }
        this.errors.set(this, errors);
        let (can_read, can_write) = (this.has(CAN_READ), this.has(CAN_WRITE));
        if let Err(raised) = coding::make_coders(vm, this, can_read, can_write) {
            this.encoding.set(this, old_encoding);
            this.errors.set(this, old_errors);
            return Err(raised);
        }
        coding::fix_encoder(vm, this)?;
    }
    this.set_flag(LINE_BUFFERING, line_buffering);
    this.set_flag(WRITE_THROUGH, write_through);
    Ok(())
}

fn write_method(vm: &Vm, this: Me, text: Value) -> PyResult<Value> {
    write::write(vm, this, text).map(Value::from_len)
}

fn read_method(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver::<PyTextIO>(vm, args.get(0))?;
    let n = base::size_arg(vm, args.opt(1))?;
    read::read(vm, this, n)
}

fn readline(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver::<PyTextIO>(vm, args.get(0))?;
    check_init(vm, this)?;
    let n = args.opt(1).map_or(Ok(-1), |v| vm.to_isize(v))?;
    read::readline(vm, this, n as i64)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    read::next(vm, receiver(vm, this)?)
}

fn flush(vm: &Vm, this: Me) -> PyResult<Value> {
    write::flush(vm, this)
}

fn close(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    if base::attr_true(vm, this.value(), "closed")? {
        return Ok(Value::NONE);
    }
    let buffer = buffer_of(vm, this)?;
    if this.has(FINALIZING) {
        match this.native_buffer() {
            Some(b) => buffered::dealloc_warn(vm, b, this.value()),
            None => {
                if let Err(raised) = vm.call_method(buffer, "_dealloc_warn", &[this.value()]) {
                    vm.take_raised(raised);
                }
            }
        }
    }
    let flushed = vm.call_method(this.value(), "flush", &[]);
    base::chain(vm, flushed, |vm| vm.call_method(buffer, "close", &[]))
}

fn ask(vm: &Vm, this: Me, method: &str) -> PyResult<Value> {
    let buffer = buffer_of(vm, this)?;
    vm.call_method(buffer, method, &[])
}

super::super::delegates!(ask(Me): fileno, seekable, readable, writable, isatty);

fn seek_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyTextIO>(vm, args.get(0))?;
    let whence = args.opt(2).map_or(Ok(0), |w| vm.to_i32(w))?;
    seek::seek(vm, this, args.get(1), whence)
}

fn tell(vm: &Vm, this: Me) -> PyResult<Value> {
    seek::tell(vm, this)
}

fn truncate(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyTextIO>(vm, args.get(0))?;
    check_init(vm, this)?;
    vm.call_method(this.value(), "flush", &[])?;
    let buffer = buffer_of(vm, this)?;
    vm.call_method(buffer, "truncate", &[args.opt(1).unwrap_or(Value::NONE)])
}

fn get_name(vm: &Vm, this: Me) -> PyResult<Value> {
    vm.get_attr_str(buffer_of(vm, this)?, "name")
}

fn get_closed(vm: &Vm, this: Me) -> PyResult<bool> {
    is_closed(vm, this)
}

fn get_newlines(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    newline::seen_value(vm, coding::seen(this))
}

fn get_errors(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    Ok(this.errors.get_or_none())
}

fn get_encoding(_: &Vm, this: Me) -> Value {
    this.encoding.get_or_none()
}

fn get_buffer(vm: &Vm, this: Me) -> PyResult<Value> {
    buffer_of(vm, this)
}

fn get_line_buffering(_: &Vm, this: Me) -> bool {
    this.has(LINE_BUFFERING)
}

fn get_write_through(_: &Vm, this: Me) -> bool {
    this.has(WRITE_THROUGH)
}

fn get_chunk_size(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    Ok(Value::from_len(this.chunk.get()))
}

fn set_chunk_size(vm: &Vm, this: Me, value: Slot) -> PyResult<()> {
    check_init(vm, this)?;
    let Some(value) = value else { return Err(vm.attribute_error("cannot delete attribute")) };
    let n = vm.to_isize(value)?;
    if n <= 0 {
        return Err(vm.value_error("a strictly positive integer is required"));
    }
    this.chunk.set(n as usize);
    Ok(())
}

fn get_finalizing(_: &Vm, this: Me) -> bool {
    this.has(FINALIZING)
}

fn set_finalizing(vm: &Vm, this: Me, value: Slot) -> PyResult<()> {
    let on = vm.is_true(value.unwrap_or(Value::FALSE))?;
    this.set_flag(FINALIZING, on);
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!(
        "__init__",
        "($self, /, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
        init
    ),
    method!("__repr__", 1, repr),
    method!("detach", 1, detach),
    method!(
        "reconfigure",
        "($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
        reconfigure
    ),
    method!("write", 2, write_method),
    method!("read", "($self, size=-1, /)", read_method),
    method!("readline", "($self, size=-1, /)", readline),
    method!("flush", 1, flush),
    method!("close", 1, close),
    method!("fileno", 1, fileno),
    method!("seekable", 1, seekable),
    method!("readable", 1, readable),
    method!("writable", 1, writable),
    method!("isatty", 1, isatty),
    method!("seek", "($self, cookie, whence=os.SEEK_SET, /)", seek_method),
    method!("tell", 1, tell),
    method!("truncate", "($self, pos=None, /)", truncate),
    method!("__getstate__", 1, no_pickle),
];

const GETSET: &[GetSetDef] = &[
    getset!("encoding", get_encoding).member(),
    getset!("line_buffering", get_line_buffering).member(),
    getset!("write_through", get_write_through).member(),
    getset!("_finalizing", get_finalizing, set_finalizing).member(),
    getset!("name", get_name),
    getset!("closed", get_closed),
    getset!("newlines", get_newlines),
    getset!("errors", get_errors),
    getset!("_CHUNK_SIZE", get_chunk_size, set_chunk_size),
    getset!("buffer", get_buffer),
];

pub static DEF: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_TEXT),
    flags: base::FLAGS,
    methods: &[METHODS],
    getset: GETSET,
    iternext: Some(next),
    doc: Some(
        "Character and line based layer over a BufferedIOBase object, buffer.\n\nencoding gives the name of the encoding that the stream will be\ndecoded or encoded with. It defaults to locale.getencoding().\n\nerrors determines the strictness of encoding and decoding (see\nhelp(codecs.Codec) or the documentation for codecs.register) and\ndefaults to \"strict\".\n\nnewline controls how line endings are handled. It can be None, '',\n'\\n', '\\r', and '\\r\\n'.  It works as follows:\n\n* On input, if newline is None, universal newlines mode is\n  enabled. Lines in the input can end in '\\n', '\\r', or '\\r\\n', and\n  these are translated into '\\n' before being returned to the\n  caller. If it is '', universal newline mode is enabled, but line\n  endings are returned to the caller untranslated. If it has any of\n  the other legal values, input lines are only terminated by the given\n  string, and the line ending is returned to the caller untranslated.\n\n* On output, if newline is None, any '\\n' characters written are\n  translated to the system default line separator, os.linesep. If\n  newline is '' or '\\n', no translation takes place. If newline is any\n  of the other legal values, any '\\n' characters written are translated\n  to the given string.\n\nIf line_buffering is True, a call to flush is implied when a call to\nwrite contains a newline character.",
    ),
    ..TypeDef::new("TextIOWrapper")
};
