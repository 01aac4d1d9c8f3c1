//! An element as the sequence of its children.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::int;
use brolga_runtime::types::list::{PyList, index};
use brolga_runtime::types::slice::{self, PySlice};
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::element::{Element, Elements, element_argument, not_element, receiver, sequence};

/// What stands in brackets.
enum Subscript {
    /// From the start; out of range stays out of range.
    Index(usize),
    Slice(Ref<PySlice>),
}

fn subscript(vm: &Vm, this: Ref<Element>, key: Value) -> PyResult<Subscript> {
    if let Some(slice) = key.downcast::<PySlice>() {
        return Ok(Subscript::Slice(slice));
    }
    if !key.is_small_int() && vm.type_of(key).special(Special::Index).is_none() {
        return Err(vm.type_error("element indices must be integers"));
    }
    let i =
        int::to_i64(vm.index(key)?).ok_or_else(|| vm.index_error("cannot fit 'int' into an index-sized integer"))?;
    Ok(Subscript::Index(index::wrapped(i, this.len())))
}

fn get_item(vm: &Vm, this: Ref<Element>, key: Value) -> PyResult<Value> {
    match subscript(vm, this, key)? {
        Subscript::Index(i) => this.child(i).ok_or_else(|| vm.index_error("child index out of range")),
        Subscript::Slice(_) => match this.children() {
            Some(list) => vm.get_item(list.value(), key),
            None => Ok(vm.new_list(&[])?.value()),
        },
    }
}

fn set_item(vm: &Vm, this: Ref<Element>, key: Value, value: Value) -> PyResult<()> {
    match subscript(vm, this, key)? {
        Subscript::Index(i) => {
            let Some(list) = this.children().filter(|list| i < list.len()) else {
                return Err(vm.index_error("child assignment index out of range"));
            };
            if value.downcast::<Element>().is_none() {
                return Err(not_element(vm, value));
            }
            list.set(i, value);
        }
        Subscript::Slice(range) => {
            let (start, stop, step) = slice::unpack(vm, &range)?;
            let items = sequence(vm, value, "assignment expects an iterable")?;
            let (_, _, step, count) = slice::adjust(this.len(), start, stop, step);
            if step != 1 && items.len() != count {
                let given = items.len();
                return Err(vm.value_error(format!(
                    "attempt to assign sequence of size {given} to extended slice of size {count}"
                )));
            }
            if let Some(wrong) = items.as_slice().iter().find(|item| item.downcast::<Element>().is_none()) {
                return Err(not_element(vm, *wrong));
            }
            let items = PyList::from_vec(vm, items)?;
            vm.set_item(this.children_or_make(vm)?.value(), key, items.value())?;
        }
    }
    Ok(())
}

fn del_item(vm: &Vm, this: Ref<Element>, key: Value) -> PyResult<()> {
    match subscript(vm, this, key)? {
        Subscript::Index(i) => {
            if this.children().and_then(|list| list.remove_at(i)).is_none() {
                return Err(vm.index_error("child assignment index out of range"));
            }
        }
        Subscript::Slice(_) => match this.children() {
            Some(list) => vm.del_item(list.value(), key)?,
            None => return Ok(()),
        },
    }
    Ok(())
}

fn len(_: &Vm, this: Ref<Element>) -> usize {
    this.len()
}

fn append(vm: &Vm, this: Ref<Element>, child: Value) -> PyResult<()> {
    element_argument(vm, child, "append() argument 1")?;
    this.append(vm, child)
}

fn extend(vm: &Vm, this: Ref<Element>, elements: Value) -> PyResult<()> {
    let elements = sequence(vm, elements, "'elements' must be an iterable")?;
    for i in 0..elements.len() {
        if let Some(child) = elements.get(i) {
            this.append(vm, child)?;
        }
    }
    Ok(())
}

fn insert(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let at = vm.to_isize(args.get(1))?;
    let child = element_argument(vm, args.get(2), "insert() argument 2")?;
    let list = this.children_or_make(vm)?;
    let at = if at < 0 { at.saturating_add_unsigned(list.len()).max(0) } else { at };
    list.insert(vm, at.unsigned_abs(), child.value())?;
    Ok(())
}

fn remove(vm: &Vm, this: Ref<Element>, child: Value) -> PyResult<()> {
    element_argument(vm, child, "remove() argument")?;
    let mut i = 0;
    while let Some(item) = this.child(i) {
        if vm.eq(item, child)? {
            // The comparison may have taken it out already.
            this.children().and_then(|list| list.remove_at(i));
            return Ok(());
        }
        i += 1;
    }
    Err(vm.value_error("Element.remove(x): element not found"))
}

pub static METHODS: &[MethodDef] = &[
    method!("__len__", 1, len),
    method!("__getitem__", 2, get_item),
    method!("__setitem__", 3, set_item),
    method!("__delitem__", 2, del_item),
    method!("append", 2, append).text("($self, subelement, /)"),
    method!("extend", 2, extend).text("($self, elements, /)"),
    method!("insert", "($self, index, subelement, /)", insert),
    method!("remove", 2, remove).text("($self, subelement, /)"),
];
