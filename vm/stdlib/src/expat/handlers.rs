//! Calls of a parser's handlers.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::value::{Slot, Value};

use super::drive::Answer;
use super::dtd::Model;
use super::event::{Event, Reported, Wanted};
use super::parser::XmlParser;

macro_rules! handlers {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// The handlers, numbered as they stand in a parser's list.
        #[derive(Copy, Clone, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Handler { $($name),* }
        pub const NAMES: &[&str] = &[$($text),*];
    };
}

handlers! {
    StartElement = "StartElementHandler", EndElement = "EndElementHandler",
    Instruction = "ProcessingInstructionHandler", Characters = "CharacterDataHandler",
    UnparsedEntity = "UnparsedEntityDeclHandler", Notation = "NotationDeclHandler",
    StartNamespace = "StartNamespaceDeclHandler", EndNamespace = "EndNamespaceDeclHandler",
    Comment = "CommentHandler", StartCdata = "StartCdataSectionHandler", EndCdata = "EndCdataSectionHandler",
    Default = "DefaultHandler", DefaultExpand = "DefaultHandlerExpand", NotStandalone = "NotStandaloneHandler",
    ExternalEntity = "ExternalEntityRefHandler", StartDoctype = "StartDoctypeDeclHandler",
    EndDoctype = "EndDoctypeDeclHandler", Entity = "EntityDeclHandler", XmlDecl = "XmlDeclHandler",
    Element = "ElementDeclHandler", Attlist = "AttlistDeclHandler", Skipped = "SkippedEntityHandler",
}

fn has(parser: Ref<XmlParser>, handler: Handler) -> bool {
    parser.handler(handler as usize).is_some()
}

pub(super) fn wanted(parser: Ref<XmlParser>) -> Wanted {
    Wanted {
        raw: has(parser, Handler::Default) || has(parser, Handler::DefaultExpand),
        unexpanded: has(parser, Handler::Default),
        external_entities: has(parser, Handler::ExternalEntity),
        skipped: has(parser, Handler::Skipped),
        not_standalone: has(parser, Handler::NotStandalone),
    }
}

fn text(vm: &Vm, s: &str) -> PyResult<Value> {
    vm.new_str(s).map(Ref::value)
}

fn optional(vm: &Vm, s: &Option<String>) -> PyResult<Value> {
    match s {
        Some(s) => text(vm, s),
        None => Ok(Value::NONE),
    }
}

/// A name, the same object for the same text.
fn name(vm: &Vm, parser: Ref<XmlParser>, s: &str) -> PyResult<Value> {
    let new = text(vm, s)?;
    match parser.intern.get().and_then(Value::downcast::<PyDict>) {
        Some(known) => match known.get_item(vm, new)? {
            Some(found) => Ok(found),
            None => {
                known.set_item(vm, new, new)?;
                Ok(new)
            }
        },
        None => Ok(new),
    }
}

fn optional_name(vm: &Vm, parser: Ref<XmlParser>, s: &Option<String>) -> PyResult<Value> {
    match s {
        Some(s) => name(vm, parser, s),
        None => Ok(Value::NONE),
    }
}

/// Gives the characters that wait to their handler.
pub(super) fn flush(vm: &Vm, parser: Ref<XmlParser>) -> PyResult<()> {
    let Some(waiting) = parser.take_text() else { return Ok(()) };
    match parser.handler(Handler::Characters as usize) {
        Some(handler) => vm.call(handler, &[text(vm, &waiting)?]).map(|_| ()),
        None => Ok(()),
    }
}

fn characters(vm: &Vm, parser: Ref<XmlParser>, handler: Value, data: &str) -> PyResult<()> {
    let size = parser.buffer_size.get();
    if !parser.buffer_text.get() {
        return vm.call(handler, &[text(vm, data)?]).map(|_| ());
    }
    if parser.waiting() + data.len() > size {
        flush(vm, parser)?;
        // The handler may have been taken off.
        if !has(parser, Handler::Characters) {
            return Ok(());
        }
    }
    if data.len() > size {
        return vm.call(handler, &[text(vm, data)?]).map(|_| ());
    }
    parser.wait_with(data);
    Ok(())
}

fn model(vm: &Vm, parser: Ref<XmlParser>, m: &Model) -> PyResult<Value> {
    vm.check_native_stack("")?;
    let children = vm.new_list(&[])?;
    for child in &m.children {
        children.push(vm, model(vm, parser, child)?)?;
    }
    let children = vm.tuple_from(children.value())?.value();
    let name = optional_name(vm, parser, &m.name)?;
    let (kind, quantifier) = (Value::from_i32(i32::from(m.kind)), Value::from_i32(i32::from(m.quantifier)));
    Ok(vm.new_tuple(&[kind, quantifier, name, children])?.value())
}

/// Calls the handler of an event, or the default one.
pub(super) fn dispatch(vm: &Vm, parser: Ref<XmlParser>, reported: &Reported) -> PyResult<Answer> {
    use Handler as H;
    let slot = |handler: Handler| -> Slot { parser.handler(handler as usize) };
    let base = || parser.base.get_or_none();
    if let Event::Characters(data) = &reported.event
        && let Some(handler) = slot(H::Characters)
    {
        return characters(vm, parser, handler, data).map(|()| Answer::GoOn);
    }
    let find = || match &reported.event {
        Event::StartElement { .. } => slot(H::StartElement),
        Event::EndElement(_) => slot(H::EndElement),
        Event::Instruction(..) => slot(H::Instruction),
        Event::Comment(_) => slot(H::Comment),
        Event::StartCdata => slot(H::StartCdata),
        Event::EndCdata => slot(H::EndCdata),
        Event::XmlDecl { .. } => slot(H::XmlDecl),
        Event::StartDoctype { .. } => slot(H::StartDoctype),
        Event::EndDoctype => slot(H::EndDoctype),
        Event::ElementDecl(..) => slot(H::Element),
        Event::AttlistDecl { .. } => slot(H::Attlist),
        Event::EntityDecl { notation: Some(_), .. } => slot(H::UnparsedEntity).or(slot(H::Entity)),
        Event::EntityDecl { .. } => slot(H::Entity),
        Event::NotationDecl { .. } => slot(H::Notation),
        Event::StartNamespace(..) => slot(H::StartNamespace),
        Event::EndNamespace(_) => slot(H::EndNamespace),
        Event::ExternalEntity { .. } => slot(H::ExternalEntity),
        Event::SkippedEntity { .. } => slot(H::Skipped),
        Event::NotStandalone => slot(H::NotStandalone),
        Event::Characters(_) | Event::Default => None,
    };
    if find().is_none() {
        if reported.raw.is_empty() {
            return Ok(Answer::GoOn);
        }
        return match slot(H::DefaultExpand).or(slot(H::Default)) {
            Some(handler) => {
                flush(vm, parser)?;
                vm.call(handler, &[text(vm, &reported.raw)?]).map(|_| Answer::GoOn)
            }
            None => Ok(Answer::GoOn),
        };
    }
    flush(vm, parser)?;
    // The handler of characters may have taken this one off.
    let Some(handler) = find() else { return Ok(Answer::GoOn) };
    let truth = |v: Value| -> PyResult<Answer> { Ok(if vm.to_i64(v)? == 0 { Answer::Refused } else { Answer::GoOn }) };
    let done = match &reported.event {
        Event::StartElement { name: tag, attributes, specified } => {
            let count = if parser.specified_attributes.get() { *specified } else { attributes.len() };
            let tag = name(vm, parser, tag)?;
            let given = if parser.ordered_attributes.get() {
                let list = vm.new_list(&[])?;
                for (attribute, value) in attributes.iter().take(count) {
                    list.push(vm, name(vm, parser, attribute)?)?;
                    list.push(vm, text(vm, value)?)?;
                }
                list.value()
            } else {
                let dict = vm.new_dict()?;
                for (attribute, value) in attributes.iter().take(count) {
                    let attribute = name(vm, parser, attribute)?;
                    dict.set_item(vm, attribute, text(vm, value)?)?;
                }
                dict.value()
            };
            vm.call(handler, &[tag, given])?
        }
        Event::EndElement(tag) => vm.call(handler, &[name(vm, parser, tag)?])?,
        Event::Instruction(target, data) => vm.call(handler, &[name(vm, parser, target)?, text(vm, data)?])?,
        Event::Comment(data) => vm.call(handler, &[text(vm, data)?])?,
        Event::StartCdata | Event::EndCdata | Event::EndDoctype => vm.call(handler, &[])?,
        Event::XmlDecl { version, encoding, standalone } => {
            let args = [optional(vm, version)?, optional(vm, encoding)?, Value::from_i32(i32::from(*standalone))];
            vm.call(handler, &args)?
        }
        Event::StartDoctype { name: root, system, public, internal } => {
            let args = [
                name(vm, parser, root)?,
                optional_name(vm, parser, system)?,
                optional_name(vm, parser, public)?,
                Value::from_i32(i32::from(*internal)),
            ];
            vm.call(handler, &args)?
        }
        Event::ElementDecl(element, m) => {
            let element = name(vm, parser, element)?;
            vm.call(handler, &[element, model(vm, parser, m)?])?
        }
        Event::AttlistDecl { element, attribute, kind, default, required } => {
            let args = [
                name(vm, parser, element)?,
                name(vm, parser, attribute)?,
                text(vm, kind)?,
                optional(vm, default)?,
                Value::from_i32(i32::from(*required)),
            ];
            vm.call(handler, &args)?
        }
        Event::EntityDecl { name: entity, parameter, value, system, public, notation } => {
            let entity = name(vm, parser, entity)?;
            let (system, public) = (optional_name(vm, parser, system)?, optional_name(vm, parser, public)?);
            let notation_value = optional_name(vm, parser, notation)?;
            if notation.is_some() && slot(H::UnparsedEntity).is_some() {
                vm.call(handler, &[entity, base(), system, public, notation_value])?
            } else {
                let parameter = Value::from_i32(i32::from(*parameter));
                let value = optional(vm, value)?;
                vm.call(handler, &[entity, parameter, value, base(), system, public, notation_value])?
            }
        }
        Event::NotationDecl { name: notation, system, public } => {
            let args = [
                name(vm, parser, notation)?,
                base(),
                optional_name(vm, parser, system)?,
                optional_name(vm, parser, public)?,
            ];
            vm.call(handler, &args)?
        }
        Event::StartNamespace(prefix, uri) => {
            vm.call(handler, &[optional_name(vm, parser, prefix)?, optional_name(vm, parser, uri)?])?
        }
        Event::EndNamespace(prefix) => vm.call(handler, &[optional_name(vm, parser, prefix)?])?,
        Event::ExternalEntity { context, system, public } => {
            let args = [
                optional(vm, context)?,
                base(),
                optional_name(vm, parser, system)?,
                optional_name(vm, parser, public)?,
            ];
            return truth(vm.call(handler, &args)?);
        }
        Event::SkippedEntity { name: entity, parameter } => {
            vm.call(handler, &[name(vm, parser, entity)?, Value::from_i32(i32::from(*parameter))])?
        }
        Event::NotStandalone => return truth(vm.call(handler, &[])?),
        Event::Characters(_) | Event::Default => Value::NONE,
    };
    let _ = done;
    Ok(Answer::GoOn)
}
