//! `xmlparser`: the parser as Python sees it.

use std::cell::Cell;
use std::ptr::NonNull;

use brolga_runtime::codecs;
use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::ERROR;
use super::codes::{self, Code};
use super::decode::Encoding;
use super::drive::{self, Answer, Sink, encoding_named};
use super::engine::Engine;
use super::event::{Event, Position, Reported, Wanted};
use super::handlers;
use crate::object::{Boxed, object};

object!(
    pub struct XmlParser: EXPAT_PARSER {
        /// A list, by [`handlers::Handler`].
        handlers: Field,
        pub(super) intern: Field,
        pub(super) base: Field,
        engine: Boxed<Engine>,
        /// Character data that waits for more.
        text: Boxed<String>,
        waiting: Cell<usize>,
        pub(super) buffer_size: Cell<usize>,
        line: Cell<usize>,
        column: Cell<usize>,
        byte: Cell<usize>,
        error: Cell<u32>,
        pub(super) buffer_text: Cell<bool>,
        pub(super) ordered_attributes: Cell<bool>,
        pub(super) specified_attributes: Cell<bool>,
        namespace_prefixes: Cell<bool>,
        parsing: Cell<bool>,
        begun: Cell<bool>,
        finished: Cell<bool>,
        defers: Cell<bool>,
    }
);

/// What [`crate::layouts`] calls for a dead parser.
///
/// # Safety
/// A dead cell of the layout of parsers.
pub unsafe fn drop_parser(cell: NonNull<Header>) {
    // SAFETY: by this function's contract.
    let parser: Ref<XmlParser> = unsafe { Ref::from_ptr(cell) };
    drop(parser.engine.take());
    drop(parser.text.take());
}

impl XmlParser {
    pub(super) fn handler(&self, i: usize) -> Slot {
        self.handlers.get()?.downcast::<PyList>()?.get(i).filter(|h| !h.is_none())
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.get()
    }

    pub(super) fn wait_with(&self, data: &str) {
        self.text.with(|text| text.push_str(data));
        self.waiting.set(self.waiting.get() + data.len());
    }

    /// The character data that waits.
    pub(super) fn take_text(&self) -> Option<String> {
        if self.waiting.replace(0) == 0 {
            return None;
        }
        self.text.with(std::mem::take)
    }

    fn set_position(&self, position: Position) {
        self.line.set(position.line);
        self.column.set(position.column);
        self.byte.set(position.byte);
    }
}

fn make(vm: &Vm, engine: Engine, intern: Slot) -> PyResult<Ref<XmlParser>> {
    let handlers = vm.new_list(&vec![Value::NONE; handlers::NAMES.len()])?;
    let this: Ref<XmlParser> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.handlers.init(handlers.value());
    this.intern.init(intern);
    this.buffer_size.set(8192);
    this.line.set(1);
    this.defers.set(true);
    this.engine.attach(vm, this, engine)?;
    this.text.put(Box::default());
    Ok(this)
}

fn optional_text(vm: &Vm, v: Slot, what: &str) -> PyResult<Option<String>> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => Ok(Some(s.to_lossy())),
            None => {
                let got = vm.type_name(v);
                Err(vm.type_error(format!("ParserCreate() argument '{what}' must be str or None, not {got}")))
            }
        },
    }
}

pub(super) fn create(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<XmlParser>> {
    let encoding = optional_text(vm, args.opt(0), "encoding")?;
    let separator = optional_text(vm, args.opt(1), "namespace_separator")?;
    if separator.as_ref().is_some_and(|s| s.chars().count() > 1) {
        return Err(vm.value_error("namespace_separator must be at most one character, omitted, or None"));
    }
    let intern = match args.opt(2) {
        Some(v) if v.is_none() => None,
        Some(v) if v.downcast::<PyDict>().is_some() => Some(v),
        Some(_) => return Err(vm.type_error("intern must be a dictionary")),
        None => Some(vm.new_dict()?.value()),
    };
    let engine = drive::new_engine(vm, encoding, separator)?;
    make(vm, engine, intern)
}

/// Raises the error with which parsing has ended.
fn fail(vm: &Vm, this: Ref<XmlParser>, code: Code) -> Raised {
    this.error.set(u32::from(code.0));
    let (line, column) = (this.line.get(), this.column.get());
    let message = codes::message(i64::from(code.0)).unwrap_or("unknown error");
    error_at(vm, this, code, &format!("{message}: line {line}, column {column}"))
}

/// An `ExpatError` with this text, for where the parser is.
fn error_at(vm: &Vm, this: Ref<XmlParser>, code: Code, text: &str) -> Raised {
    let (line, column) = (this.line.get(), this.column.get());
    let made = || -> PyResult<Ref<PyException>> {
        let class = ERROR.class(vm)?;
        let made = vm.call(class.value(), &[vm.new_str(text)?.value()])?;
        for (name, value) in [("code", u64::from(code.0)), ("offset", column as u64), ("lineno", line as u64)] {
            vm.set_attr_str(made, name, vm.new_int_u64(value)?)?;
        }
        made.downcast().ok_or_else(|| vm.type_error("ExpatError is no exception"))
    };
    match made() {
        Ok(e) => vm.raise(e),
        Err(raised) => raised,
    }
}

fn feed(vm: &Vm, this: Ref<XmlParser>, data: &[u8], complete: bool, is_text: bool) -> PyResult<()> {
    if this.finished.get() {
        return Err(fail(vm, this, Code::FINISHED));
    }
    let Some(mut engine) = this.engine.take() else {
        return Err(fail(vm, this, Code::UNEXPECTED_STATE));
    };
    if is_text && !engine.has_begun() {
        engine.given = Some(Encoding::Utf8);
    }
    if !engine.feed(data, complete) {
        this.engine.put(engine);
        return Err(vm.memory_error());
    }
    this.begun.set(true);
    this.parsing.set(true);
    let result = drive::drive(vm, &mut engine, &mut Handlers { vm, parser: this });
    this.parsing.set(false);
    let result = match result {
        Ok(None) => handlers::flush(vm, this),
        Ok(Some(code)) => {
            let flushed = handlers::flush(vm, this);
            flushed.and_then(|()| Err(fail(vm, this, code)))
        }
        Err(raised) => {
            // A handler has raised: no other is called any more.
            engine.error = Some(Code::ABORTED);
            this.take_text();
            if let Some(list) = this.handlers.get().and_then(Value::downcast::<PyList>) {
                for i in 0..list.len() {
                    list.set(i, Value::NONE);
                }
            }
            Err(raised)
        }
    };
    this.engine.put(engine);
    if complete && result.is_ok() {
        this.finished.set(true);
    }
    result
}

/// A parser's reports on their way to its handlers.
struct Handlers<'a> {
    vm: &'a Vm,
    parser: Ref<XmlParser>,
}

impl Sink for Handlers<'_> {
    fn wanted(&self) -> Wanted {
        handlers::wanted(self.parser)
    }

    fn at(&self, position: Position) {
        self.parser.set_position(position);
    }

    fn event(&mut self, engine: &mut Engine, reported: Reported) -> PyResult<Answer> {
        // Who makes a parser of an external entity meanwhile needs what has been declared.
        let external = matches!(reported.event, Event::ExternalEntity { .. });
        if external {
            self.parser.engine.put(Box::new(engine.child(None)));
        }
        let answer = handlers::dispatch(self.vm, self.parser, &reported);
        if external {
            drop(self.parser.engine.take());
        }
        answer
    }
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<XmlParser>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("an xmlparser is required"))
}

fn parse(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let this = receiver(vm, args)?;
    let data = args.get(1);
    let complete = match args.opt(2) {
        Some(v) => vm.is_true(v)?,
        None => false,
    };
    if this.parsing.get() {
        return Err(vm.runtime_error("cannot call Parse() from within a handler"));
    }
    if let Some(s) = data.downcast::<PyStr>() {
        let utf8 = codecs::utf8(vm, s)?;
        feed(vm, this, &utf8, complete, true)?;
    } else {
        let copy = vm.with_buffer(data, <[u8]>::to_vec)?;
        feed(vm, this, &copy, complete, false)?;
    }
    Ok(1)
}

fn parse_file(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    const PIECE: usize = 2048;
    let this = receiver(vm, args)?;
    let Some(read) = vm.get_attr_opt(args.get(1), vm.intern("read")?)? else {
        return Err(vm.type_error("argument must have 'read' attribute"));
    };
    if this.parsing.get() {
        return Err(vm.runtime_error("cannot call ParseFile() from within a handler"));
    }
    loop {
        let data = vm.call(read, &[Value::from_i32(PIECE as i32)])?;
        if data.downcast::<PyBytes>().is_none() && !vm.is_instance(data, vm.types.bytearray) {
            let got = vm.type_name(data);
            return Err(vm.type_error(format!("read() did not return a bytes object (type={got})")));
        }
        let copy = vm.with_buffer(data, <[u8]>::to_vec)?;
        if copy.len() > PIECE {
            let got = copy.len();
            return Err(
                vm.value_error(format!("read() returned too much data: {PIECE} bytes requested, {got} returned"))
            );
        }
        feed(vm, this, &copy, copy.is_empty(), false)?;
        if copy.is_empty() {
            return Ok(1);
        }
    }
}

fn set_base(vm: &Vm, this: Ref<XmlParser>, base: Value) -> PyResult<()> {
    let base = vm.expect_str(base, "SetBase() argument")?;
    this.base.set(this, base.value());
    Ok(())
}

fn get_base(_: &Vm, this: Ref<XmlParser>) -> Slot {
    this.base.get()
}

/// The text of the event that is being handled, and what is known of what follows.
fn get_input_context(vm: &Vm, this: Ref<XmlParser>) -> PyResult<Slot> {
    if !this.parsing.get() {
        return Ok(None);
    }
    let rest = this.engine.with(|engine| engine.rest().to_owned()).unwrap_or_default();
    Ok(Some(PyBytes::new(vm, rest.as_bytes())?.value()))
}

fn external_entity_parser(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<XmlParser>> {
    let this = receiver(vm, args)?;
    let context = match args.get(1) {
        v if v.is_none() => None,
        v => Some(vm.expect_str(v, "ExternalEntityParserCreate() argument 1")?.to_lossy()),
    };
    let encoding = optional_text(vm, args.opt(2), "encoding")?;
    let Some(mut child) = this.engine.with(|engine| engine.child(context.as_deref())) else {
        return Err(fail(vm, this, Code::UNEXPECTED_STATE));
    };
    if let Some(name) = encoding {
        child.given = encoding_named(vm, &name)?;
    }
    let made = make(vm, child, this.intern.get())?;
    made.buffer_size.set(this.buffer_size.get());
    made.buffer_text.set(this.buffer_text.get());
    made.ordered_attributes.set(this.ordered_attributes.get());
    made.specified_attributes.set(this.specified_attributes.get());
    made.namespace_prefixes.set(this.namespace_prefixes.get());
    made.defers.set(this.defers.get());
    made.base.set(made, this.base.get());
    if let (Some(from), Some(to)) = (
        this.handlers.get().and_then(Value::downcast::<PyList>),
        made.handlers.get().and_then(Value::downcast::<PyList>),
    ) {
        for i in 0..to.len() {
            to.set(i, from.get(i).unwrap_or(Value::NONE));
        }
    }
    Ok(made)
}

fn set_param_entity_parsing(vm: &Vm, this: Ref<XmlParser>, flag: i64) -> i32 {
    let _ = vm;
    let known = (0..=2).contains(&flag);
    if known && !this.begun.get() {
        this.engine.with(|engine| engine.read_parameter_entities = flag > 0);
    }
    i32::from(known)
}

fn use_foreign_dtd(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let flag = match args.opt(1) {
        Some(v) => vm.is_true(v)?,
        None => true,
    };
    if this.begun.get() {
        return Err(fail(vm, this, Code::CANT_CHANGE_FEATURE_ONCE_PARSING));
    }
    this.engine.with(|engine| engine.foreign_dtd = flag);
    Ok(())
}

fn get_deferral(_: &Vm, this: Ref<XmlParser>) -> bool {
    this.defers.get()
}

fn set_deferral(_: &Vm, this: Ref<XmlParser>, on: bool) {
    this.defers.set(on);
}

/// Raises the error of an argument that Expat does not take.
fn invalid(vm: &Vm, this: Ref<XmlParser>, text: &str) -> Raised {
    this.error.set(u32::from(Code::INVALID_ARGUMENT.0));
    error_at(vm, this, Code::INVALID_ARGUMENT, text)
}

/// Lets `f` set a limit of the protection against amplification, which a whole document has.
fn set_limit(vm: &Vm, this: Ref<XmlParser>, f: impl FnOnce(&mut Engine)) -> PyResult<()> {
    match this.engine.with(|engine| {
        if engine.is_root {
            f(engine);
        }
        engine.is_root
    }) {
        Some(true) => Ok(()),
        Some(false) => Err(invalid(vm, this, "parser must be a root parser")),
        None => Err(fail(vm, this, Code::UNEXPECTED_STATE)),
    }
}

fn set_amplification_from(vm: &Vm, this: Ref<XmlParser>, threshold: Value) -> PyResult<()> {
    let threshold = vm.index(threshold)?;
    if int::is_negative(threshold) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let Some(threshold) = int::to_u64(threshold) else {
        return Err(vm.overflow_error("Python int too large for C unsigned long long"));
    };
    set_limit(vm, this, |engine| engine.amplification_from = threshold)
}

fn set_amplification(vm: &Vm, this: Ref<XmlParser>, factor: f64) -> PyResult<()> {
    // Neither is a NaN.
    let at_least_one = factor >= 1.0;
    if !at_least_one && this.engine.with(|engine| engine.is_root) == Some(true) {
        return Err(invalid(vm, this, "'max_factor' must be at least 1.0"));
    }
    set_limit(vm, this, |engine| engine.amplification = factor)
}

// ---- attributes -------------------------------------------------------------------------------------------------------

fn get_handler(_: &Vm, this: Ref<XmlParser>, i: usize) -> Slot {
    this.handler(i)
}

fn set_handler(vm: &Vm, this: Ref<XmlParser>, i: usize, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.runtime_error("Cannot delete attribute")) };
    if i == handlers::Handler::Characters as usize {
        handlers::flush(vm, this)?;
    }
    if let Some(list) = this.handlers.get().and_then(Value::downcast::<PyList>) {
        list.set(i, value);
    }
    Ok(())
}

fn flag(vm: &Vm, value: Slot) -> PyResult<bool> {
    match value {
        Some(v) => vm.is_true(v),
        None => Err(vm.runtime_error("Cannot delete attribute")),
    }
}

fn get_buffer_text(_: &Vm, this: Ref<XmlParser>) -> bool {
    this.buffer_text.get()
}

fn set_buffer_text(vm: &Vm, this: Ref<XmlParser>, value: Slot) -> PyResult<()> {
    let on = flag(vm, value)?;
    if !on {
        handlers::flush(vm, this)?;
    }
    this.buffer_text.set(on);
    Ok(())
}

fn get_buffer_size(_: &Vm, this: Ref<XmlParser>) -> usize {
    this.buffer_size.get()
}

fn set_buffer_size(vm: &Vm, this: Ref<XmlParser>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.runtime_error("Cannot delete attribute")) };
    if !vm.is_instance(value, vm.types.int) {
        return Err(vm.type_error("buffer_size must be an integer"));
    }
    let size = vm.to_i64(value)?;
    if size <= 0 {
        return Err(vm.value_error("buffer_size must be greater than zero"));
    }
    if size > i64::from(i32::MAX) {
        return Err(vm.value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
    }
    handlers::flush(vm, this)?;
    this.buffer_size.set(size.unsigned_abs() as usize);
    Ok(())
}

fn get_buffer_used(_: &Vm, this: Ref<XmlParser>) -> usize {
    this.waiting.get()
}

fn get_ordered(_: &Vm, this: Ref<XmlParser>) -> bool {
    this.ordered_attributes.get()
}

fn set_ordered(vm: &Vm, this: Ref<XmlParser>, value: Slot) -> PyResult<()> {
    this.ordered_attributes.set(flag(vm, value)?);
    Ok(())
}

fn get_specified(_: &Vm, this: Ref<XmlParser>) -> bool {
    this.specified_attributes.get()
}

fn set_specified(vm: &Vm, this: Ref<XmlParser>, value: Slot) -> PyResult<()> {
    this.specified_attributes.set(flag(vm, value)?);
    Ok(())
}

fn get_prefixes(_: &Vm, this: Ref<XmlParser>) -> bool {
    this.namespace_prefixes.get()
}

fn set_prefixes(vm: &Vm, this: Ref<XmlParser>, value: Slot) -> PyResult<()> {
    let on = flag(vm, value)?;
    this.namespace_prefixes.set(on);
    this.engine.with(|engine| {
        if let Some(names) = &mut engine.names {
            names.triplets = on;
        }
    });
    Ok(())
}

fn get_intern(_: &Vm, this: Ref<XmlParser>) -> Slot {
    this.intern.get()
}

fn get_error_code(_: &Vm, this: Ref<XmlParser>) -> u32 {
    this.error.get()
}

fn get_line(_: &Vm, this: Ref<XmlParser>) -> usize {
    this.line.get()
}

fn get_column(_: &Vm, this: Ref<XmlParser>) -> usize {
    this.column.get()
}

fn get_byte(_: &Vm, this: Ref<XmlParser>) -> i64 {
    if this.begun.get() { this.byte.get() as i64 } else { -1 }
}

static METHODS: &[MethodDef] = &[
    method!("Parse", "($self, data, isfinal=False, /)", parse)
        .doc("Parse XML data.\n\n'isfinal' should be true at end of input."),
    method!("ParseFile", "($self, file, /)", parse_file).doc("Parse XML data from file-like object."),
    method!("SetBase", 2, set_base).doc("Set the base URL for the parser."),
    method!("GetBase", 1, get_base).doc("Return base URL string for the parser."),
    method!("GetInputContext", 1, get_input_context).doc(
        "Return the untranslated text of the input that caused the current event.\n\nIf the event was generated by a large amount of text (such as a start tag\nfor an element with many attributes), not all of the text may be available.",
    ),
    method!("ExternalEntityParserCreate", "($self, context, encoding=<unrepresentable>, /)", external_entity_parser)
        .doc("Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler."),
    method!("SetParamEntityParsing", 2, set_param_entity_parsing).doc(
        "Controls parsing of parameter entities (including the external DTD subset).\n\nPossible flag values are XML_PARAM_ENTITY_PARSING_NEVER,\nXML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and\nXML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag\nwas successful.",
    ),
    method!("UseForeignDTD", "($self, flag=True, /)", use_foreign_dtd).doc(
        "Allows the application to provide an artificial external subset if one is not specified as part of the document instance.\n\nThis readily allows the use of a 'default' document type controlled by the\napplication, while still getting the advantage of providing document type\ninformation to the parser. 'flag' defaults to True if not provided.",
    ),
    method!("SetBillionLaughsAttackProtectionActivationThreshold", 2, set_amplification_from)
        .text("($self, threshold, /)")
        .doc("Sets the number of output bytes needed to activate protection against billion laughs attacks.\n\nThe number of output bytes includes amplification from entity expansion\nand reading DTD files."),
    method!("SetBillionLaughsAttackProtectionMaximumAmplification", 2, set_amplification)
        .text("($self, max_factor, /)")
        .doc("Sets the maximum tolerated amplification factor for protection against billion laughs attacks.\n\nThe amplification factor is \"(direct + indirect) / direct\" while parsing."),
    method!("GetReparseDeferralEnabled", 1, get_deferral)
        .doc("Retrieve reparse deferral enabled status; always returns false with Expat <2.6.0."),
    method!("SetReparseDeferralEnabled", 2, set_deferral).doc("Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0."),
];

macro_rules! handler_attributes {
    ($($name:literal: $handler:ident),* $(,)?) => {
        static GETSET: &[GetSetDef] = &[
            getset!("buffer_text", get_buffer_text, set_buffer_text),
            getset!("buffer_size", get_buffer_size, set_buffer_size),
            getset!("buffer_used", get_buffer_used),
            getset!("ordered_attributes", get_ordered, set_ordered),
            getset!("specified_attributes", get_specified, set_specified),
            getset!("namespace_prefixes", get_prefixes, set_prefixes),
            getset!("intern", get_intern),
            getset!("ErrorCode", get_error_code),
            getset!("ErrorLineNumber", get_line),
            getset!("ErrorColumnNumber", get_column),
            getset!("ErrorByteIndex", get_byte),
            getset!("CurrentLineNumber", get_line),
            getset!("CurrentColumnNumber", get_column),
            getset!("CurrentByteIndex", get_byte),
            $({
            fn get(vm: &Vm, this: Ref<XmlParser>) -> Slot {
                get_handler(vm, this, handlers::Handler::$handler as usize)
            }
            fn set(vm: &Vm, this: Ref<XmlParser>, value: Slot) -> PyResult<()> {
                set_handler(vm, this, handlers::Handler::$handler as usize, value)
            }
            getset!($name, get, set)
        }),*];
    };
}

handler_attributes! {
    "StartElementHandler": StartElement, "EndElementHandler": EndElement, "ProcessingInstructionHandler": Instruction,
    "CharacterDataHandler": Characters, "UnparsedEntityDeclHandler": UnparsedEntity, "NotationDeclHandler": Notation,
    "StartNamespaceDeclHandler": StartNamespace, "EndNamespaceDeclHandler": EndNamespace, "CommentHandler": Comment,
    "StartCdataSectionHandler": StartCdata, "EndCdataSectionHandler": EndCdata, "DefaultHandler": Default,
    "DefaultHandlerExpand": DefaultExpand, "NotStandaloneHandler": NotStandalone,
    "ExternalEntityRefHandler": ExternalEntity, "StartDoctypeDeclHandler": StartDoctype,
    "EndDoctypeDeclHandler": EndDoctype, "EntityDeclHandler": Entity, "XmlDeclHandler": XmlDecl,
    "ElementDeclHandler": Element, "AttlistDeclHandler": Attlist, "SkippedEntityHandler": Skipped,
}

pub static DEF: TypeDef = TypeDef {
    module: "pyexpat",
    layout: Some(crate::layouts::EXPAT_PARSER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("XML parser"),
    ..TypeDef::new("xmlparser")
};
