//! `TreeBuilder`: makes a tree of what a parser reports.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::element::{Elements, Part, dict_argument, exact, join, new_element};
use super::{COMMENT_FACTORY, INSTRUCTION_FACTORY, PARSE_ERROR, kept};
use crate::object::{class_argument, object};

/// What can be reported to an `XMLPullParser`, as it is called.
pub const EVENTS: [&str; 6] = ["start", "end", "start-ns", "end-ns", "comment", "pi"];

/// The places of [`EVENTS`].
#[derive(Copy, Clone)]
pub enum Event {
    Start,
    End,
    StartNamespace,
    EndNamespace,
    Comment,
    Instruction,
}

object!(
    pub struct Builder: ET_BUILDER {
        root: Field,
        /// The innermost open element.
        current: Field,
        /// The elements around it, a list.
        around: Field,
        /// The element made last, whose text comes, and the one that is over, whose tail comes.
        last: Field,
        over: Field,
        /// Text that is not stored yet: as it came, or a list of several pieces.
        data: Field,
        element_factory: Field,
        comment_factory: Field,
        instruction_factory: Field,
        /// The method `append` of the list of events, and the names of the events that go there, by [`Event`].
        append_event: Field,
        events: [Field; 6],
        insert_comments: Cell<bool>,
        insert_instructions: Cell<bool>,
    }
);

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Builder>> {
    let around = vm.new_list(&[])?;
    let this: Ref<Builder> = vm.alloc_instance(class_argument(vm, args)?)?;
    this.around.init(around.value());
    Ok(this)
}

/// A builder as a parser makes it, to which nobody has given factories.
pub fn new_builder(vm: &Vm) -> PyResult<Ref<Builder>> {
    let around = vm.new_list(&[])?;
    let this: Ref<Builder> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.around.init(around.value());
    Ok(this)
}

/// The exact builder that `v` is: one of a subclass may have methods of its own.
pub fn exact_builder(vm: &Vm, v: Value) -> PyResult<Option<Ref<Builder>>> {
    match v.downcast::<Builder>() {
        Some(builder) if vm.type_of(v) == vm.native_type(&DEF)? => Ok(Some(builder)),
        _ => Ok(None),
    }
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let truth = |i: usize| args.opt(i).map_or(Ok(false), |v| vm.is_true(v));
    let (comments, instructions) = (truth(4)?, truth(5)?);
    this.element_factory.set(this, args.opt_not_none(1));
    let comment = args.opt_not_none(2).or_else(|| kept(vm, &COMMENT_FACTORY));
    this.comment_factory.set(this, comment);
    this.insert_comments.set(comments && comment.is_some());
    let instruction = args.opt_not_none(3).or_else(|| kept(vm, &INSTRUCTION_FACTORY));
    this.instruction_factory.set(this, instruction);
    this.insert_instructions.set(instructions && instruction.is_some());
    Ok(())
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Builder>> {
    brolga_runtime::object::FromValue::from_value(vm, args.get(0))
}

/// Appends a child to what may be no [`Element`](super::element::Element).
fn append_child(vm: &Vm, parent: Value, child: Value) -> PyResult<()> {
    match exact(vm, parent)? {
        Some(parent) => parent.append(vm, child),
        None => vm.call_method(parent, "append", &[child]).map(|_| ()),
    }
}

impl Builder {
    pub fn wants(&self, event: Event) -> bool {
        !self.append_event.is_empty() && !self.events[event as usize].is_empty()
    }

    pub fn inserts_instructions(&self) -> bool {
        self.insert_instructions.get()
    }

    pub fn root(&self) -> Value {
        self.root.get_or_none()
    }
}

/// Which events go to which list.
pub fn set_events(this: Ref<Builder>, append: Value, names: [Slot; 6]) {
    this.append_event.set(this, append);
    for (field, name) in this.events.iter().zip(names) {
        field.set(this, name);
    }
}

fn report(vm: &Vm, this: Ref<Builder>, event: Event, node: Value) -> PyResult<()> {
    let (Some(append), Some(name)) = (this.append_event.get(), this.events[event as usize].get()) else {
        return Ok(());
    };
    let event = vm.new_tuple(&[name, node])?;
    vm.call(append, &[event.value()]).map(|_| ())
}

/// Stores the text that has come since the last tag.
fn flush(vm: &Vm, this: Ref<Builder>) -> PyResult<()> {
    let Some(data) = this.data.get() else { return Ok(()) };
    let (owner, part) = match this.over.get() {
        Some(over) => (over, Part::Tail),
        None => (this.last.get_or_none(), Part::Text),
    };
    if let Some(element) = exact(vm, owner)? {
        let before = element.stored(part);
        let pieces = before.downcast::<PyList>().filter(|_| element.in_pieces(part));
        if before.is_none() {
            element.set_part(part, data, data.downcast::<PyList>().is_some());
            this.data.set(this, None);
            return Ok(());
        }
        if let Some(pieces) = pieces {
            brolga_runtime::types::list::methods::extend_from_iterable(vm, pieces, data)?;
            this.data.set(this, None);
            return Ok(());
        }
    }
    let name = vm.intern(part.name())?;
    let before = vm.get_attr(owner, name)?;
    let mut text = join(vm, data)?.value();
    if !before.is_none() {
        text = vm.binary_op(before, text, BinaryOp::Add)?;
    }
    vm.set_attr(owner, name, text)?;
    this.data.set(this, None);
    Ok(())
}

pub fn start(vm: &Vm, this: Ref<Builder>, tag: Value, attrib: Option<Ref<PyDict>>) -> PyResult<Value> {
    flush(vm, this)?;
    let node = match this.element_factory.get() {
        None => new_element(vm, tag, attrib)?.value(),
        Some(factory) => {
            let attrib = match attrib {
                Some(attrib) => attrib,
                None => vm.new_dict()?,
            };
            vm.call(factory, &[tag, attrib.value()])?
        }
    };
    let parent = this.current.get_or_none();
    this.over.set(this, None);
    if !parent.is_none() {
        append_child(vm, parent, node)?;
    } else if this.root.is_empty() {
        this.root.set(this, node);
    } else {
        return Err(PARSE_ERROR.raise(vm, "multiple elements on top level"));
    }
    if let Some(around) = this.around.get().and_then(Value::downcast::<PyList>) {
        around.push(vm, parent)?;
    }
    this.current.set(this, node);
    this.last.set(this, node);
    report(vm, this, Event::Start, node)?;
    Ok(node)
}

pub fn data(vm: &Vm, this: Ref<Builder>, data: Value) -> PyResult<()> {
    match this.data.get() {
        // What comes before the first tag is nobody's.
        None if this.last.get_or_none().is_none() => {}
        None => this.data.set(this, data),
        Some(before) => match vm.exact::<PyList>(before, brolga_runtime::types::shape::list) {
            Some(pieces) => pieces.push(vm, data)?,
            None => this.data.set(this, vm.new_list(&[before, data])?.value()),
        },
    }
    Ok(())
}

pub fn end(vm: &Vm, this: Ref<Builder>) -> PyResult<Value> {
    flush(vm, this)?;
    let around = this.around.get().and_then(Value::downcast::<PyList>);
    let parent = around.and_then(|list| list.remove_at(list.len().wrapping_sub(1)));
    let Some(parent) = parent else { return Err(vm.index_error("pop from empty stack")) };
    let ended = this.current.get_or_none();
    this.last.set(this, ended);
    this.over.set(this, ended);
    this.current.set(this, parent);
    report(vm, this, Event::End, ended)?;
    Ok(ended)
}

fn insert(vm: &Vm, this: Ref<Builder>, node: Value, inserts: bool) -> PyResult<()> {
    let parent = this.current.get_or_none();
    if inserts && !parent.is_none() {
        append_child(vm, parent, node)?;
        this.over.set(this, node);
    }
    Ok(())
}

pub fn comment(vm: &Vm, this: Ref<Builder>, text: Value) -> PyResult<Value> {
    flush(vm, this)?;
    let mut node = text;
    if let Some(factory) = this.comment_factory.get() {
        node = vm.call(factory, &[text])?;
        insert(vm, this, node, this.insert_comments.get())?;
    }
    report(vm, this, Event::Comment, node)?;
    Ok(node)
}

pub fn instruction(vm: &Vm, this: Ref<Builder>, target: Value, text: Value) -> PyResult<Value> {
    flush(vm, this)?;
    let node = match this.instruction_factory.get() {
        Some(factory) => {
            let node = vm.call(factory, &[target, text])?;
            insert(vm, this, node, this.insert_instructions.get())?;
            node
        }
        None => vm.new_tuple(&[target, text])?.value(),
    };
    report(vm, this, Event::Instruction, node)?;
    Ok(node)
}

pub fn start_namespace(vm: &Vm, this: Ref<Builder>, prefix: Value, uri: Value) -> PyResult<()> {
    let pair = vm.new_tuple(&[prefix, uri])?;
    report(vm, this, Event::StartNamespace, pair.value())
}

pub fn end_namespace(vm: &Vm, this: Ref<Builder>) -> PyResult<()> {
    report(vm, this, Event::EndNamespace, Value::NONE)
}

fn start_method(vm: &Vm, this: Ref<Builder>, tag: Value, attrib: Value) -> PyResult<Value> {
    let attrib = dict_argument(vm, attrib, "start() argument 2")?;
    start(vm, this, tag, Some(attrib))
}

fn end_method(vm: &Vm, this: Ref<Builder>, _tag: Value) -> PyResult<Value> {
    end(vm, this)
}

fn instruction_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    instruction(vm, receiver(vm, args)?, args.get(1), args.opt(2).unwrap_or(Value::NONE))
}

fn close(_: &Vm, this: Ref<Builder>) -> Value {
    this.root()
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!(
        "__init__",
        "($self, /, element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)",
        init
    )
    .called("TreeBuilder"),
    method!("start", 3, start_method).text("($self, tag, attrs, /)"),
    method!("data", 2, data).text("($self, data, /)"),
    method!("end", 2, end_method).text("($self, tag, /)"),
    method!("comment", 2, comment).text("($self, text, /)"),
    method!("pi", "($self, target, text=None, /)", instruction_method),
    method!("close", 1, close).text("($self, /)"),
];

pub static DEF: TypeDef = TypeDef {
    module: "xml.etree.ElementTree",
    layout: Some(crate::layouts::ET_BUILDER),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    ..TypeDef::new("TreeBuilder")
};
