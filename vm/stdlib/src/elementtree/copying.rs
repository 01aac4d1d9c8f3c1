//! Copies of elements, and their state for pickles.

use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::element::{Element, Elements, Part, dict_argument, exact, new_element, not_element};
use super::{DEEP_COPY, kept};

const PARTS: [Part; 2] = [Part::Text, Part::Tail];

fn copy(vm: &Vm, this: Ref<Element>) -> PyResult<Value> {
    let made = new_element(vm, this.tag.get_or_none(), this.attributes())?;
    for part in PARTS {
        let value = this.part(vm, part)?;
        made.set_part(part, value, false);
    }
    if let Some(list) = this.children() {
        made.set_children(PyList::part(vm, list, 0, list.len(), 0)?);
    }
    Ok(made.value())
}

fn deep_copy(vm: &Vm, this: Ref<Element>, memo: Value) -> PyResult<Value> {
    let memo = dict_argument(vm, memo, "__deepcopy__() argument")?;
    deep_copy_element(vm, this, memo)
}

fn deep_copy_element(vm: &Vm, this: Ref<Element>, memo: Ref<PyDict>) -> PyResult<Value> {
    vm.check_native_stack(" while copying an element")?;
    let tag = deep_copy_value(vm, this.tag.get_or_none(), memo)?;
    let attrib = match this.attributes() {
        Some(dict) => match deep_copy_value(vm, dict.value(), memo)?.downcast::<PyDict>() {
            Some(dict) => Some(dict),
            None => return Err(vm.type_error("attrib must be dict")),
        },
        None => None,
    };
    let made = new_element(vm, tag, attrib)?;
    for part in PARTS {
        let value = this.part(vm, part)?;
        let value = deep_copy_value(vm, value, memo)?;
        made.set_part(part, value, false);
    }
    let mut i = 0;
    while let Some(child) = this.child(i) {
        let child = deep_copy_value(vm, child, memo)?;
        made.append(vm, child)?;
        i += 1;
    }
    remember(vm, this.value(), made.value(), memo)?;
    Ok(made.value())
}

fn remember(vm: &Vm, original: Value, made: Value, memo: Ref<PyDict>) -> PyResult<()> {
    memo.set_item(vm, vm.new_int_u64(vm.id_of(original))?, made)
}

fn remembered(vm: &Vm, original: Value, memo: Ref<PyDict>) -> PyResult<Slot> {
    memo.get_item(vm, vm.new_int_u64(vm.id_of(original))?)
}

/// Has it nothing but strings in it?
fn is_plain(vm: &Vm, dict: Ref<PyDict>) -> bool {
    let mut position = 0;
    while let Some((key, value)) = dict.next_item(&mut position) {
        if vm.exact_str(key).is_none() || vm.exact_str(value).is_none() {
            return false;
        }
    }
    true
}

/// What `copy.deepcopy` makes of it; elements and their attributes are copied here.
fn deep_copy_value(vm: &Vm, v: Value, memo: Ref<PyDict>) -> PyResult<Value> {
    if v.is_none() || vm.exact_str(v).is_some() {
        return Ok(v);
    }
    let element = exact(vm, v)?;
    let plain = vm.exact::<PyDict>(v, brolga_runtime::types::shape::dict).filter(|dict| is_plain(vm, *dict));
    if element.is_some() || plain.is_some() {
        if let Some(found) = remembered(vm, v, memo)? {
            return Ok(found);
        }
        if let Some(element) = element {
            return deep_copy_element(vm, element, memo);
        }
        if let Some(dict) = plain {
            let made = dict.copy(vm)?.value();
            remember(vm, v, made, memo)?;
            return Ok(made);
        }
    }
    let Some(function) = kept(vm, &DEEP_COPY) else { return Err(vm.runtime_error("deepcopy helper not found")) };
    vm.call(function, &[v, memo.value()])
}

/// The state is that of an `Element` written in Python, so that the two can read each other's pickles.
fn get_state(vm: &Vm, this: Ref<Element>) -> PyResult<Ref<PyDict>> {
    let children = match this.children() {
        Some(list) => PyList::part(vm, list, 0, list.len(), 0)?,
        None => vm.new_list(&[])?,
    };
    let attrib = match this.attributes() {
        Some(dict) => dict,
        None => vm.new_dict()?,
    };
    let state = vm.new_dict()?;
    state.set_name(vm, "tag", this.tag.get_or_none())?;
    state.set_name(vm, "_children", children.value())?;
    state.set_name(vm, "attrib", attrib.value())?;
    for part in PARTS {
        state.set_name(vm, part.name(), this.stored(part))?;
    }
    Ok(state)
}

fn set_state(vm: &Vm, this: Ref<Element>, state: Value) -> PyResult<()> {
    let Some(state) = vm.exact::<PyDict>(state, brolga_runtime::types::shape::dict) else {
        let shown: String = vm.repr_lossy(state)?.chars().take(200).collect();
        return Err(vm.type_error(format!("Don't know how to unpickle \"{shown}\" as an Element")));
    };
    const NAMES: [&str; 5] = ["tag", "attrib", "text", "tail", "_children"];
    let mut found: [Slot; 5] = [None; 5];
    let mut position = 0;
    while let Some((key, value)) = state.next_item(&mut position) {
        let Some(name) = key.downcast::<PyStr>() else { return Err(vm.type_error("keywords must be strings")) };
        match NAMES.iter().position(|n| name.equals_str(n)) {
            Some(at) => found[at] = Some(value),
            None => {
                let name = name.to_lossy();
                return Err(vm.type_error(format!("this function got an unexpected keyword argument '{name}'")));
            }
        }
    }
    let [tag, attrib, text, tail, children] = found;
    let Some(tag) = tag else { return Err(vm.type_error("tag may not be NULL")) };
    this.tag.set(this, tag);
    for (part, value) in [(Part::Text, text), (Part::Tail, tail)] {
        let value = value.unwrap_or(Value::NONE);
        let in_pieces = vm.exact::<PyList>(value, brolga_runtime::types::shape::list).is_some();
        this.set_part(part, value, in_pieces);
    }
    if let Some(children) = children {
        let Some(list) = children.downcast::<PyList>() else {
            return Err(vm.type_error("'_children' is not a list"));
        };
        let own = PyList::part(vm, list, 0, list.len(), 0)?;
        let wrong = own.as_slice().iter().position(|child| child.downcast::<Element>().is_none());
        if let Some(at) = wrong {
            let error = not_element(vm, own.get(at).unwrap_or(Value::NONE));
            own.truncate(at);
            this.set_children(own);
            return Err(error);
        }
        this.set_children(own);
    } else if attrib.is_none() {
        return Ok(());
    }
    if let Some(attrib) = attrib
        && attrib.downcast::<PyDict>().is_none()
    {
        return Err(vm.type_error(format!("attrib must be dict, not {}", vm.tp_name(attrib))));
    }
    this.attrib.set(this, attrib);
    Ok(())
}

pub static METHODS: &[MethodDef] = &[
    method!("__copy__", 1, copy).text("($self, /)"),
    method!("__deepcopy__", 2, deep_copy).text("($self, memo, /)"),
    method!("__getstate__", 1, get_state).text("($self, /)"),
    method!("__setstate__", 2, set_state).text("($self, state, /)"),
];
