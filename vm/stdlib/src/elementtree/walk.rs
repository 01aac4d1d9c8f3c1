//! `iter` and `itertext`: walks over a tree in the order of the document.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::element::{Element, Elements, Part, receiver};
use crate::object::{itself, object};

object!(
    pub struct Walk: ET_WALK {
        /// Where it begins; empty once it has begun.
        root: Field,
        /// The open elements, each followed by the number of its child that comes next.
        open: Field,
        /// The tag that is looked for; empty: any.
        tag: Field,
        /// It gives the text, not the elements.
        texts: Cell<bool>,
    }
);

fn new(vm: &Vm, root: Ref<Element>, tag: Slot, texts: bool) -> PyResult<Value> {
    let open = vm.new_list(&[])?;
    let this: Ref<Walk> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.root.init(root.value());
    this.open.init(open.value());
    this.tag.init(tag);
    this.texts.set(texts);
    Ok(this.value())
}

/// What comes next in the order of the document.
enum Step {
    Begins(Ref<Element>),
    /// An element that is not the root is over.
    Over(Ref<Element>),
    /// The root is over.
    End,
}

fn step(vm: &Vm, this: Ref<Walk>) -> PyResult<Step> {
    let Some(open) = this.open.get().and_then(Value::downcast::<PyList>) else { return Ok(Step::End) };
    let next = match this.root.get().and_then(Value::downcast::<Element>) {
        Some(root) => {
            this.root.set(this, None);
            root
        }
        None => {
            let Some(last) = open.len().checked_sub(2) else { return Ok(Step::End) };
            let (Some(parent), Some(at)) = (open.get(last), open.get(last + 1)) else { return Ok(Step::End) };
            let Some(parent) = parent.downcast::<Element>() else { return Ok(Step::End) };
            let at = at.as_small_int().and_then(|i| usize::try_from(i).ok()).unwrap_or(0);
            match parent.child(at).and_then(Value::downcast::<Element>) {
                Some(child) => {
                    open.set(last + 1, vm.new_int_u64(at as u64 + 1)?);
                    child
                }
                None => {
                    open.truncate(last);
                    return Ok(if last == 0 { Step::End } else { Step::Over(parent) });
                }
            }
        }
    };
    open.push(vm, next.value())?;
    open.push(vm, Value::from_i32(0))?;
    Ok(Step::Begins(next))
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Walk>() else { return Ok(None) };
    loop {
        let text = match step(vm, this)? {
            Step::End => return Ok(None),
            Step::Over(_) if !this.texts.get() => continue,
            Step::Over(element) => element.part(vm, Part::Tail)?,
            // A comment's text, or a processing instruction's, is none of the document's.
            Step::Begins(element) if this.texts.get() => {
                let tag = element.tag.get_or_none();
                if !tag.is_none() && tag.downcast::<PyStr>().is_none() {
                    continue;
                }
                element.part(vm, Part::Text)?
            }
            Step::Begins(element) => match this.tag.get() {
                Some(tag) if !vm.eq(element.tag.get_or_none(), tag)? => continue,
                _ => return Ok(Some(element.value())),
            },
        };
        if !text.is_none() && vm.is_true(text)? {
            return Ok(Some(text));
        }
    }
}

fn iter(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let all = |tag: &Value| match tag.downcast::<PyStr>() {
        Some(s) => s.equals_str("*"),
        None => tag.downcast::<PyBytes>().is_some_and(|bytes| bytes.as_slice() == b"*"),
    };
    new(vm, receiver(vm, args)?, args.opt_not_none(1).filter(|tag| !all(tag)), false)
}

fn iter_text(vm: &Vm, root: Ref<Element>) -> PyResult<Value> {
    new(vm, root, None, true)
}

pub static METHODS: &[MethodDef] =
    &[method!("iter", "($self, /, tag=None)", iter), method!("itertext", 1, iter_text).text("($self, /)")];

static WALK_METHODS: &[MethodDef] = &[method!("__iter__", 1, itself)];

static DEF: TypeDef = TypeDef {
    module: "_elementtree",
    layout: Some(crate::layouts::ET_WALK),
    flags: type_flags::DISALLOW_NEW,
    methods: &[WALK_METHODS],
    iternext: Some(next),
    ..TypeDef::new("_element_iterator")
};
