//! `Element`.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::{PyStr, ops};
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::{children, copying, search, walk};
use crate::object::{class_argument, object};

object!(
    pub struct Element: ET_ELEMENT {
        pub tag: Field,
        text: Field,
        tail: Field,
        /// A dict, or empty while there is no attribute.
        pub attrib: Field,
        /// A list that nobody else has, or empty while there are no children.
        children: Field,
        /// Bits of [`Part`]: what is a list of pieces that are still to be joined.
        pieces: Cell<u32>,
    }
);

/// Text within an element, and that behind it.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Part {
    Text = 1,
    Tail = 2,
}

impl Part {
    pub fn name(self) -> &'static str {
        if self == Part::Text { "text" } else { "tail" }
    }
}

impl Element {
    fn field(&self, part: Part) -> &Field {
        if part == Part::Text { &self.text } else { &self.tail }
    }

    /// Text or tail as it is stored.
    pub fn stored(&self, part: Part) -> Value {
        self.field(part).get_or_none()
    }

    pub fn in_pieces(&self, part: Part) -> bool {
        self.pieces.get() & part as u32 != 0
    }

    #[inline]
    pub fn children(&self) -> Option<Ref<PyList>> {
        self.children.get()?.downcast()
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.children().map_or(0, |list| list.len())
    }

    #[inline]
    pub fn child(&self, i: usize) -> Slot {
        self.children()?.get(i)
    }

    pub fn attributes(&self) -> Option<Ref<PyDict>> {
        self.attrib.get()?.downcast()
    }
}

/// What [`Element`]'s functions need of a reference to one.
pub trait Elements {
    fn set_part(self, part: Part, value: Value, in_pieces: bool);
    fn part(self, vm: &Vm, part: Part) -> PyResult<Value>;
    fn children_or_make(self, vm: &Vm) -> PyResult<Ref<PyList>>;
    fn set_children(self, list: Ref<PyList>);
    fn attributes_or_make(self, vm: &Vm) -> PyResult<Ref<PyDict>>;
    fn append(self, vm: &Vm, child: Value) -> PyResult<()>;
}

impl Elements for Ref<Element> {
    fn set_part(self, part: Part, value: Value, in_pieces: bool) {
        let others = self.pieces.get() & !(part as u32);
        self.field(part).set(self, value);
        self.pieces.set(if in_pieces { others | part as u32 } else { others });
    }

    /// Text or tail, its pieces joined.
    fn part(self, vm: &Vm, part: Part) -> PyResult<Value> {
        let value = self.stored(part);
        match value.downcast::<PyList>() {
            Some(list) if self.in_pieces(part) => {
                let joined = join(vm, list.value())?.value();
                self.set_part(part, joined, false);
                Ok(joined)
            }
            _ => Ok(value),
        }
    }

    fn children_or_make(self, vm: &Vm) -> PyResult<Ref<PyList>> {
        if let Some(list) = self.children() {
            return Ok(list);
        }
        let list = vm.new_list(&[])?;
        self.children.set(self, list.value());
        Ok(list)
    }

    fn set_children(self, list: Ref<PyList>) {
        self.children.set(self, list.value());
    }

    fn attributes_or_make(self, vm: &Vm) -> PyResult<Ref<PyDict>> {
        if let Some(dict) = self.attributes() {
            return Ok(dict);
        }
        let dict = vm.new_dict()?;
        self.attrib.set(self, dict.value());
        Ok(dict)
    }

    fn append(self, vm: &Vm, child: Value) -> PyResult<()> {
        if child.downcast::<Element>().is_none() {
            return Err(not_element(vm, child));
        }
        self.children_or_make(vm)?.push(vm, child)?;
        Ok(())
    }
}

/// The text of pieces: a str, or a list of them.
pub fn join(vm: &Vm, pieces: Value) -> PyResult<Ref<PyStr>> {
    if let Some(list) = pieces.downcast::<PyList>() {
        return ops::join(vm, None, list.as_slice());
    }
    if let Some(text) = vm.exact_str(pieces) {
        return Ok(text);
    }
    let pieces = sequence(vm, pieces, "can only join an iterable")?;
    ops::join(vm, None, pieces.as_slice())
}

/// The items of an iterable; a TypeError of its `__iter__` gets this message.
pub fn sequence(vm: &Vm, v: Value, message: &str) -> PyResult<ValueVec> {
    if let Some(list) = v.downcast::<PyList>() {
        return ValueVec::from_slice(vm, list.as_slice());
    }
    let iterator = match vm.iter(v) {
        Ok(iterator) => iterator,
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error(message));
        }
    };
    vm.collect(iterator)
}

#[cold]
pub fn not_element(vm: &Vm, v: Value) -> Raised {
    vm.type_error(format!("expected an Element, not \"{}\"", vm.tp_name(v)))
}

/// What messages about arguments call a value's type.
pub fn got(vm: &Vm, v: Value) -> String {
    if v.is_none() { "None".to_owned() } else { vm.tp_name(v) }
}

/// An argument that must be an element.
pub fn element_argument(vm: &Vm, v: Value, where_: &str) -> PyResult<Ref<Element>> {
    v.downcast()
        .ok_or_else(|| vm.type_error(format!("{where_} must be xml.etree.ElementTree.Element, not {}", got(vm, v))))
}

/// An argument that must be a dict.
pub fn dict_argument(vm: &Vm, v: Value, where_: &str) -> PyResult<Ref<PyDict>> {
    v.downcast().ok_or_else(|| vm.type_error(format!("{where_} must be dict, not {}", got(vm, v))))
}

/// A new exact element, which takes over `attrib`.
pub fn new_element(vm: &Vm, tag: Value, attrib: Option<Ref<PyDict>>) -> PyResult<Ref<Element>> {
    let this: Ref<Element> = vm.alloc_instance(class(vm)?)?;
    this.tag.init(tag);
    this.text.init(Value::NONE);
    this.tail.init(Value::NONE);
    this.attrib.init(attrib.filter(|dict| !dict.is_empty()).map(Ref::value));
    Ok(this)
}

pub fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&DEF)
}

/// The exact element that `v` is: no instance of a subclass.
pub fn exact(vm: &Vm, v: Value) -> PyResult<Option<Ref<Element>>> {
    match v.downcast::<Element>() {
        Some(element) if vm.type_of(v) == class(vm)? => Ok(Some(element)),
        _ => Ok(None),
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Element>> {
    let this: Ref<Element> = vm.alloc_instance(class_argument(vm, args)?)?;
    this.tag.init(Value::NONE);
    this.text.init(Value::NONE);
    this.tail.init(Value::NONE);
    Ok(this)
}

/// The attributes that a call gives: a dict by position, or by the name `attrib`, and all other keywords.
fn given_attributes(vm: &Vm, args: &Args<'_>, position: usize, function: &str) -> PyResult<Option<Ref<PyDict>>> {
    let by_position = args.rest.get(position).copied();
    if by_position.is_none() && args.kw.is_empty() {
        return Ok(None);
    }
    let mut attributes = match by_position {
        Some(v) => Some(dict_argument(vm, v, &format!("{function}() argument {}", position + 1))?.copy(vm)?),
        None => None,
    };
    if by_position.is_none() {
        for (name, value) in args.kw.iter() {
            if name.downcast::<PyStr>().is_some_and(|s| s.equals_str("attrib")) {
                let Some(dict) = value.downcast::<PyDict>() else {
                    return Err(vm.type_error(format!("attrib must be dict, not {}", vm.tp_name(value))));
                };
                attributes = Some(dict.copy(vm)?);
            }
        }
    }
    let attributes = match attributes {
        Some(attributes) => attributes,
        None => vm.new_dict()?,
    };
    for (name, value) in args.kw.iter() {
        let is_attrib = name.downcast::<PyStr>().is_some_and(|s| s.equals_str("attrib"));
        if by_position.is_some() || !is_attrib {
            attributes.set_item(vm, name, value)?;
        }
    }
    Ok(Some(attributes))
}

fn check_count(vm: &Vm, args: &Args<'_>, function: &str, least: usize, most: usize) -> PyResult<()> {
    let given = args.rest.len();
    let (bound, limit) = match given {
        n if n < least => ("least", least),
        n if n > most => ("most", most),
        _ => return Ok(()),
    };
    let plural = if limit == 1 { "" } else { "s" };
    Err(vm.type_error(format!("{function}() takes at {bound} {limit} argument{plural} ({given} given)")))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    check_count(vm, args, "Element", 1, 2)?;
    let attributes = given_attributes(vm, args, 1, "Element")?.filter(|dict| !dict.is_empty());
    if let Some(attributes) = attributes {
        this.attrib.set(this, attributes.value());
        this.children.set(this, None);
    }
    this.tag.set(this, args.rest.first().copied().unwrap_or(Value::NONE));
    this.set_part(Part::Text, Value::NONE, false);
    this.set_part(Part::Tail, Value::NONE, false);
    Ok(())
}

/// `SubElement(parent, tag, attrib={}, **extra)`
pub(super) fn sub_element(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    check_count(vm, args, "SubElement", 2, 3)?;
    let parent = element_argument(vm, args.rest.first().copied().unwrap_or(Value::NONE), "SubElement() argument 1")?;
    let attributes = given_attributes(vm, args, 2, "SubElement")?;
    let made = new_element(vm, args.rest.get(1).copied().unwrap_or(Value::NONE), attributes)?;
    parent.append(vm, made.value())?;
    Ok(made.value())
}

pub fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Element>> {
    brolga_runtime::object::FromValue::from_value(vm, args.get(0))
}

fn repr(vm: &Vm, this: Ref<Element>) -> PyResult<Value> {
    let address = vm.id_of(this.value());
    if !vm.enter_repr(this.value()) {
        return Err(vm.runtime_error(format!("reentrant call inside {}.__repr__", vm.tp_name(this.value()))));
    }
    let tag = vm.repr(this.tag.get_or_none());
    vm.leave_repr(this.value());
    let (front, back) = (vm.new_str("<Element ")?, vm.new_str(&format!(" at {address:#x}>"))?);
    Ok(ops::join(vm, None, &[front.value(), tag?.value(), back.value()])?.value())
}

fn truth(vm: &Vm, this: Ref<Element>) -> PyResult<bool> {
    let message = "Testing an element's truth value will always return True in future versions.  \
                   Use specific 'len(elem)' or 'elem is not None' test instead.";
    vm.warn(vm.types.deprecation_warning, message, 1)?;
    Ok(this.len() != 0)
}

fn clear(_: &Vm, this: Ref<Element>) {
    this.attrib.set(this, None);
    this.children.set(this, None);
    this.set_part(Part::Text, Value::NONE, false);
    this.set_part(Part::Tail, Value::NONE, false);
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let default = args.opt(2).unwrap_or(Value::NONE);
    match receiver(vm, args)?.attributes() {
        Some(dict) => Ok(dict.get_item(vm, args.get(1))?.unwrap_or(default)),
        None => Ok(default),
    }
}

fn set(vm: &Vm, this: Ref<Element>, key: Value, value: Value) -> PyResult<()> {
    this.attributes_or_make(vm)?.set_item(vm, key, value)?;
    Ok(())
}

fn keys(vm: &Vm, this: Ref<Element>) -> PyResult<Ref<PyList>> {
    let list = vm.new_list(&[])?;
    let mut position = 0;
    while let Some((key, _)) = this.attributes().and_then(|dict| dict.next_item(&mut position)) {
        list.push(vm, key)?;
    }
    Ok(list)
}

fn items(vm: &Vm, this: Ref<Element>) -> PyResult<Ref<PyList>> {
    let list = vm.new_list(&[])?;
    let mut position = 0;
    while let Some((key, value)) = this.attributes().and_then(|dict| dict.next_item(&mut position)) {
        list.push(vm, vm.new_tuple(&[key, value])?.value())?;
    }
    Ok(list)
}

fn make_element(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let [tag, attrib] = args.rest else {
        let given = args.rest.len();
        return Err(vm.type_error(format!("makeelement() takes exactly 2 positional arguments ({given} given)")));
    };
    let attrib = dict_argument(vm, *attrib, "makeelement() argument 2")?.copy(vm)?;
    Ok(new_element(vm, *tag, Some(attrib))?.value())
}

fn sizeof(_: &Vm, this: Ref<Element>) -> usize {
    size_of::<Element>() + this.children().map_or(0, |list| list.array().map_or(0, |array| array.capacity() * 8))
}

fn get_tag(_: &Vm, this: Ref<Element>) -> Slot {
    this.tag.get()
}

fn get_text(vm: &Vm, this: Ref<Element>) -> PyResult<Value> {
    this.part(vm, Part::Text)
}

fn get_tail(vm: &Vm, this: Ref<Element>) -> PyResult<Value> {
    this.part(vm, Part::Tail)
}

fn get_attrib(vm: &Vm, this: Ref<Element>) -> PyResult<Ref<PyDict>> {
    this.attributes_or_make(vm)
}

fn assigned(vm: &Vm, value: Slot) -> PyResult<Value> {
    value.ok_or_else(|| vm.attribute_error("can't delete element attribute"))
}

fn set_tag(vm: &Vm, this: Ref<Element>, value: Slot) -> PyResult<()> {
    this.tag.set(this, assigned(vm, value)?);
    Ok(())
}

fn set_text(vm: &Vm, this: Ref<Element>, value: Slot) -> PyResult<()> {
    this.set_part(Part::Text, assigned(vm, value)?, false);
    Ok(())
}

fn set_tail(vm: &Vm, this: Ref<Element>, value: Slot) -> PyResult<()> {
    this.set_part(Part::Tail, assigned(vm, value)?, false);
    Ok(())
}

fn set_attrib(vm: &Vm, this: Ref<Element>, value: Slot) -> PyResult<()> {
    let value = assigned(vm, value)?;
    if value.downcast::<PyDict>().is_none() {
        return Err(vm.type_error(format!("attrib must be dict, not {}", vm.tp_name(value))));
    }
    this.attrib.set(this, value);
    Ok(())
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, repr),
    method!("__bool__", 1, truth),
    method!("__sizeof__", 1, sizeof),
    method!("clear", 1, clear).text("($self, /)"),
    method!("get", "($self, /, key, default=None)", get),
    method!("set", 3, set).text("($self, key, value, /)"),
    method!("keys", 1, keys).text("($self, /)"),
    method!("items", 1, items).text("($self, /)"),
    method!("makeelement", "($self, /, *args)", make_element).text("($self, tag, attrib, /)"),
];

static GETSET: &[GetSetDef] = &[
    getset!("tag", get_tag, set_tag).doc("A string identifying what kind of data this element represents"),
    getset!("text", get_text, set_text).doc("A string of text directly after the start tag, or None"),
    getset!("tail", get_tail, set_tail).doc("A string of text directly after the end tag, or None"),
    getset!("attrib", get_attrib, set_attrib).doc("A dictionary containing the element's attributes"),
];

pub static DEF: TypeDef = TypeDef {
    module: "xml.etree.ElementTree",
    layout: Some(crate::layouts::ET_ELEMENT),
    flags: type_flags::BASETYPE | type_flags::WEAKREFABLE,
    methods: &[METHODS, children::METHODS, search::METHODS, copying::METHODS, walk::METHODS],
    getset: GETSET,
    ..TypeDef::new("Element")
};
