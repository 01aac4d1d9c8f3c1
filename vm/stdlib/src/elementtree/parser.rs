//! `XMLParser`: reads a document and tells a target, natively where that is a [`Builder`].

use std::cell::Cell;
use std::collections::HashMap;
use std::ptr::NonNull;

use brolga_runtime::codecs;
use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::PARSE_ERROR;
use super::builder::{self, Builder, EVENTS, Event, exact_builder, new_builder};
use super::element::{got, sequence};
use crate::expat::{Answer, Code, Encoding, Engine, Position, Reported, Sink, Wanted, drive, message, new_engine};
use crate::expat::{Event as Report, VERSION};
use crate::object::{Boxed, class_argument, object};

/// The methods of a target, in the order of [`Parser::methods`].
const METHODS_OF_TARGET: [&str; 9] =
    ["start_ns", "end_ns", "start", "data", "end", "comment", "pi", "close", "doctype"];

#[derive(Copy, Clone)]
enum Method {
    StartNamespace,
    EndNamespace,
    Start,
    Data,
    End,
    Comment,
    Instruction,
    Close,
    Doctype,
}

/// What stands in malloc's memory: the parser, and which names it has met, numbered as they stand in
/// [`Parser::names`].
pub struct State {
    engine: Engine,
    numbers: HashMap<String, usize>,
}

object!(
    pub struct Parser: ET_PARSER {
        /// Empty before `__init__`.
        target: Field,
        entity: Field,
        /// The names as Python has them, a list.
        names: Field,
        methods: [Field; 9],
        state: Boxed<State>,
        line: Cell<usize>,
        column: Cell<usize>,
        /// Parsing has come to its end, or to an error.
        finished: Cell<bool>,
        wants_namespaces: Cell<bool>,
    }
);

/// What [`crate::layouts`] calls for a dead parser.
///
/// # Safety
/// A dead cell of the layout of parsers.
pub unsafe fn drop_parser(cell: NonNull<Header>) {
    // SAFETY: by this function's contract.
    let parser: Ref<Parser> = unsafe { Ref::from_ptr(cell) };
    drop(parser.state.take());
}

impl Parser {
    fn method(&self, method: Method) -> Slot {
        self.methods[method as usize].get()
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Parser>> {
    vm.alloc_instance(class_argument(vm, args)?)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let encoding = match args.opt_not_none(2) {
        None => None,
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => Some(s.to_lossy()),
            None => {
                let got = got(vm, v);
                return Err(vm.type_error(format!("XMLParser() argument 'encoding' must be str or None, not {got}")));
            }
        },
    };
    let (entity, names) = (vm.new_dict()?, vm.new_list(&[])?);
    let engine = new_engine(vm, encoding, Some("}".to_owned()))?;
    let target = match args.opt_not_none(1) {
        Some(target) => target,
        None => new_builder(vm)?.value(),
    };
    this.entity.set(this, entity.value());
    this.names.set(this, names.value());
    this.target.set(this, target);
    for (field, name) in this.methods.iter().zip(METHODS_OF_TARGET) {
        let found = vm.get_attr_opt(target, vm.intern(name)?)?;
        field.set(this, found);
    }
    this.wants_namespaces
        .set(this.method(Method::StartNamespace).is_some() || this.method(Method::EndNamespace).is_some());
    this.line.set(1);
    this.column.set(0);
    this.finished.set(false);
    let state = State { engine, numbers: HashMap::new() };
    if this.state.take().is_some() {
        // A second `__init__`: the object's death is arranged for.
        this.state.put(Box::new(state));
        return Ok(());
    }
    this.state.attach(vm, this, state)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Parser>> {
    brolga_runtime::object::FromValue::from_value(vm, args.get(0))
}

fn check(vm: &Vm, this: Ref<Parser>) -> PyResult<()> {
    if this.target.is_empty() { Err(vm.value_error("XMLParser.__init__() wasn't called")) } else { Ok(()) }
}

/// Raises a `ParseError` for what is wrong where the parser is.
fn fail(vm: &Vm, this: Ref<Parser>, code: Code, text: Option<&str>) -> Raised {
    let text = text.or(message(i64::from(code.0))).unwrap_or("unknown error");
    let (line, column) = (this.line.get(), this.column.get());
    let made = || -> PyResult<Value> {
        let text = vm.new_str(&format!("{text}: line {line}, column {column}"))?;
        let error = vm.call(PARSE_ERROR.class(vm)?.value(), &[text.value()])?;
        vm.set_attr_str(error, "code", Value::from_i32(i32::from(code.0)))?;
        let position = vm.new_tuple(&[vm.new_int_u64(line as u64)?, vm.new_int_u64(column as u64)?])?;
        vm.set_attr_str(error, "position", position.value())?;
        Ok(error)
    };
    match made().map(Value::downcast) {
        Ok(Some(error)) => vm.raise(error),
        Ok(None) => vm.type_error("ParseError is no exception"),
        Err(raised) => raised,
    }
}

/// A parser's reports on their way to its target.
struct Reports<'a> {
    vm: &'a Vm,
    parser: Ref<Parser>,
    builder: Option<Ref<Builder>>,
    numbers: &'a mut HashMap<String, usize>,
    /// The first error of the target: from then on nothing is told to it, as long as this piece of data is read.
    raised: Option<Raised>,
}

impl Sink for Reports<'_> {
    fn wanted(&self) -> Wanted {
        Wanted { skipped: self.raised.is_none(), ..Wanted::default() }
    }

    fn at(&self, position: Position) {
        self.parser.line.set(position.line);
        self.parser.column.set(position.column);
    }

    fn event(&mut self, _: &mut Engine, reported: Reported) -> PyResult<Answer> {
        if self.raised.is_none()
            && let Err(raised) = self.tell(reported.event)
        {
            self.raised = Some(raised);
        }
        Ok(Answer::GoOn)
    }
}

impl Reports<'_> {
    fn text(&self, s: &str) -> PyResult<Value> {
        Ok(self.vm.new_str(s)?.value())
    }

    fn optional_name(&mut self, name: Option<String>) -> PyResult<Value> {
        name.map_or(Ok(Value::NONE), |name| self.name(name))
    }

    /// A name as `{uri}local`, the same object for the same name.
    fn name(&mut self, name: String) -> PyResult<Value> {
        let names = self.parser.names.get().and_then(Value::downcast::<PyList>);
        let Some(names) = names else { return self.text(&name) };
        if let Some(known) = self.numbers.get(&name).and_then(|number| names.get(*number)) {
            return Ok(known);
        }
        let made = if name.contains('}') { self.text(&format!("{{{name}"))? } else { self.text(&name)? };
        names.push(self.vm, made)?;
        self.numbers.insert(name, names.len() - 1);
        Ok(made)
    }

    fn call(&self, method: Method, args: &[Value]) -> PyResult<()> {
        match self.parser.method(method) {
            Some(method) => self.vm.call(method, args).map(|_| ()),
            None => Ok(()),
        }
    }

    fn tell(&mut self, event: Report) -> PyResult<()> {
        let vm = self.vm;
        match event {
            Report::StartElement { name, attributes, .. } => {
                let tag = self.name(name)?;
                let mut given = None;
                if !attributes.is_empty() || self.builder.is_none() {
                    let dict = vm.new_dict()?;
                    for (attribute, value) in attributes {
                        let attribute = self.name(attribute)?;
                        dict.set_item(vm, attribute, self.text(&value)?)?;
                    }
                    given = Some(dict);
                }
                match self.builder {
                    Some(builder) => builder::start(vm, builder, tag, given).map(|_| ()),
                    None => self.call(Method::Start, &[tag, given.map_or(Value::NONE, Ref::value)]),
                }
            }
            Report::EndElement(name) => match self.builder {
                Some(builder) => builder::end(vm, builder).map(|_| ()),
                None if self.parser.method(Method::End).is_some() => {
                    let tag = self.name(name)?;
                    self.call(Method::End, &[tag])
                }
                None => Ok(()),
            },
            Report::Characters(text) => {
                let text = self.text(&text)?;
                self.data(text)
            }
            Report::Comment(text) => match self.builder {
                Some(builder) => builder::comment(vm, builder, self.text(&text)?).map(|_| ()),
                None => self.call(Method::Comment, &[self.text(&text)?]),
            },
            Report::Instruction(target, text) => {
                let args = [self.text(&target)?, self.text(&text)?];
                match self.builder {
                    Some(builder) if builder.wants(Event::Instruction) || builder.inserts_instructions() => {
                        builder::instruction(vm, builder, args[0], args[1]).map(|_| ())
                    }
                    Some(_) => Ok(()),
                    None => self.call(Method::Instruction, &args),
                }
            }
            Report::StartNamespace(prefix, uri) if self.parser.wants_namespaces.get() => {
                let args = [self.text(&prefix.unwrap_or_default())?, self.text(&uri.unwrap_or_default())?];
                match self.builder {
                    Some(builder) => builder::start_namespace(vm, builder, args[0], args[1]),
                    None => self.call(Method::StartNamespace, &args),
                }
            }
            Report::EndNamespace(prefix) if self.parser.wants_namespaces.get() => match self.builder {
                Some(builder) => builder::end_namespace(vm, builder),
                None => self.call(Method::EndNamespace, &[self.text(&prefix.unwrap_or_default())?]),
            },
            Report::StartDoctype { name, system, public, .. } => {
                let name = self.name(name)?;
                let (system, public) = (self.optional_name(system)?, self.optional_name(public)?);
                self.doctype(name, public, system)
            }
            Report::SkippedEntity { name, parameter: false } => self.entity(&name),
            _ => Ok(()),
        }
    }

    fn data(&self, text: Value) -> PyResult<()> {
        match self.builder {
            Some(builder) => builder::data(self.vm, builder, text),
            None => self.call(Method::Data, &[text]),
        }
    }

    fn doctype(&self, name: Value, public: Value, system: Value) -> PyResult<()> {
        let vm = self.vm;
        if self.parser.method(Method::Doctype).is_some() {
            return self.call(Method::Doctype, &[name, public, system]);
        }
        if vm.get_attr_opt(self.parser.value(), vm.intern("doctype")?)?.is_some() {
            let message = "The doctype() method of XMLParser is ignored.  \
                           Define doctype() method on the TreeBuilder target.";
            vm.warn(vm.types.runtime_warning, message, 1)?;
        }
        Ok(())
    }

    /// An entity that the document does not define: the dict `entity` may.
    fn entity(&self, name: &str) -> PyResult<()> {
        let entities = self.parser.entity.get().and_then(Value::downcast::<PyDict>);
        let key = self.text(name)?;
        match entities.map_or(Ok(None), |entities| entities.get_item(self.vm, key))? {
            Some(text) => self.data(text),
            None => {
                let reference: String = format!("&{name};").chars().take(100).collect();
                let text = format!("undefined entity {reference}");
                Err(fail(self.vm, self.parser, Code::UNDEFINED_ENTITY, Some(&text)))
            }
        }
    }
}

/// More of the document. `complete`: the last of it.
fn read(vm: &Vm, this: Ref<Parser>, data: &[u8], complete: bool, is_text: bool) -> PyResult<()> {
    if this.finished.get() {
        return Err(fail(vm, this, Code::FINISHED, None));
    }
    let Some(mut state) = this.state.take() else {
        return Err(fail(vm, this, Code::UNEXPECTED_STATE, None));
    };
    if is_text && !state.engine.has_begun() {
        state.engine.given = Some(Encoding::Utf8);
    }
    if !state.engine.feed(data, complete) {
        this.state.put(state);
        return Err(vm.memory_error());
    }
    let builder = exact_builder(vm, this.target.get_or_none())?;
    let State { engine, numbers } = &mut *state;
    let mut reports = Reports { vm, parser: this, builder, numbers, raised: None };
    let result = drive(vm, engine, &mut reports);
    let raised = reports.raised;
    this.state.put(state);
    if let Some(raised) = raised {
        return Err(raised);
    }
    if let Some(code) = result? {
        return Err(fail(vm, this, code, None));
    }
    this.finished.set(complete);
    Ok(())
}

fn feed(vm: &Vm, this: Ref<Parser>, data: Value) -> PyResult<()> {
    check(vm, this)?;
    if let Some(s) = data.downcast::<PyStr>() {
        return read(vm, this, &codecs::utf8(vm, s)?, false, true);
    }
    let copy = vm.with_buffer(data, <[u8]>::to_vec)?;
    read(vm, this, &copy, false, false)
}

fn close(vm: &Vm, this: Ref<Parser>) -> PyResult<Value> {
    check(vm, this)?;
    read(vm, this, b"", true, false)?;
    match exact_builder(vm, this.target.get_or_none())? {
        Some(builder) => Ok(builder.root()),
        None => this.method(Method::Close).map_or(Ok(Value::NONE), |close| vm.call(close, &[])),
    }
}

fn flush(vm: &Vm, this: Ref<Parser>) -> PyResult<()> {
    check(vm, this)?;
    read(vm, this, b"", false, false)
}

fn parse_whole(vm: &Vm, this: Ref<Parser>, file: Value) -> PyResult<Value> {
    const PIECE: i32 = 64 * 1024;
    check(vm, this)?;
    let reader = vm.get_attr_str(file, "read")?;
    loop {
        let piece = vm.call(reader, &[Value::from_i32(PIECE)])?;
        let text = vm.exact_str(piece);
        let bytes = if let Some(text) = text {
            let errors = vm.intern("surrogatepass")?;
            codecs::BuiltIn::Utf8.encode(vm, text, Some(errors))?
        } else {
            match vm.exact::<PyBytes>(piece, brolga_runtime::types::shape::bytes) {
                Some(bytes) => bytes.as_slice().to_vec(),
                None => Vec::new(),
            }
        };
        if bytes.is_empty() {
            break;
        }
        read(vm, this, &bytes, false, text.is_some())?;
    }
    read(vm, this, b"", true, false)?;
    Ok(exact_builder(vm, this.target.get_or_none())?.map_or(Value::NONE, |builder| builder.root()))
}

fn set_events(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    check(vm, this)?;
    let Some(builder) = exact_builder(vm, this.target.get_or_none())? else {
        return Err(vm.type_error("event handling only supported for ElementTree.TreeBuilder targets"));
    };
    let append = vm.get_attr_str(args.get(1), "append")?;
    let mut names: [Slot; 6] = [None; 6];
    let Some(wanted) = args.opt_not_none(2) else {
        names[Event::End as usize] = Some(vm.intern("end")?.value());
        builder::set_events(builder, append, names);
        return Ok(());
    };
    builder::set_events(builder, append, names);
    let wanted = sequence(vm, wanted, "events must be a sequence")?;
    for name in wanted.as_slice() {
        let text = match (name.downcast::<PyStr>(), name.downcast::<PyBytes>()) {
            (Some(s), _) => s.to_lossy(),
            (_, Some(bytes)) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
            _ => return Err(vm.value_error("invalid events sequence")),
        };
        let Some(at) = EVENTS.iter().position(|event| *event == text) else {
            return Err(vm.value_error(format!("unknown event '{text}'")));
        };
        names[at] = Some(*name);
        builder::set_events(builder, append, names);
        if at == Event::StartNamespace as usize || at == Event::EndNamespace as usize {
            this.wants_namespaces.set(true);
        }
    }
    Ok(())
}

fn get_entity(_: &Vm, this: Ref<Parser>) -> Slot {
    this.entity.get()
}

fn get_target(_: &Vm, this: Ref<Parser>) -> Slot {
    this.target.get()
}

fn get_version(_: &Vm, _: Ref<Parser>) -> String {
    let [major, minor, micro] = VERSION;
    format!("Expat {major}.{minor}.{micro}")
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *, target=None, encoding=None)", init).called("XMLParser"),
    method!("feed", 2, feed).text("($self, data, /)"),
    method!("close", 1, close).text("($self, /)"),
    method!("flush", 1, flush).text("($self, /)"),
    method!("_parse_whole", 2, parse_whole).text("($self, file, /)"),
    method!("_setevents", "($self, events_queue, events_to_report=None, /)", set_events),
];

static GETSET: &[GetSetDef] =
    &[getset!("entity", get_entity).member(), getset!("target", get_target).member(), getset!("version", get_version)];

pub static DEF: TypeDef = TypeDef {
    module: "xml.etree.ElementTree",
    layout: Some(crate::layouts::ET_PARSER),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("XMLParser")
};
