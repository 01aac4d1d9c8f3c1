//! `find` and its kin: a plain tag is looked for here, a path by the module `ElementPath`.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::element::{Element, Elements, Part, receiver};
use super::{ELEMENT_PATH, kept};

/// Are these the characters of a path, rather than of a tag?
fn has_path_characters(chars: impl Iterator<Item = u32>) -> bool {
    let (mut in_uri, mut begin) = (false, [0; 3]);
    for (i, c) in chars.enumerate() {
        if let Some(slot) = begin.get_mut(i) {
            *slot = c;
        }
        match u8::try_from(c) {
            Ok(b'{') => in_uri = true,
            Ok(b'}') => in_uri = false,
            Ok(b'/' | b'*' | b'[' | b'@' | b'.') if !in_uri => return true,
            _ => {}
        }
        // A wildcard for the namespace: `{}tag` or `{*}tag`.
        if i == 2 && matches!(begin.map(|c| u8::try_from(c).unwrap_or(0)), [b'{', b'}', _] | [b'{', b'*', b'}']) {
            return true;
        }
    }
    false
}

fn is_path(v: Value) -> bool {
    if let Some(s) = v.downcast::<PyStr>() {
        return has_path_characters(s.chars());
    }
    match v.downcast::<PyBytes>() {
        Some(bytes) => has_path_characters(bytes.as_slice().iter().map(|b| u32::from(*b))),
        None => true,
    }
}

fn by_path(vm: &Vm, function: &str, args: &[Value]) -> PyResult<Value> {
    let Some(module) = kept(vm, &ELEMENT_PATH) else { return Err(vm.runtime_error("ElementPath not found")) };
    vm.call_method(module, function, args)
}

/// The first child from `i` on with this tag, and where.
fn next_match(vm: &Vm, this: Ref<Element>, tag: Value, mut i: usize) -> PyResult<Option<(usize, Ref<Element>)>> {
    while let Some(child) = this.child(i) {
        if let Some(child) = child.downcast::<Element>()
            && vm.eq(child.tag.get_or_none(), tag)?
        {
            return Ok(Some((i, child)));
        }
        i += 1;
    }
    Ok(None)
}

/// Receiver, path, and the namespaces where a path must be interpreted.
fn arguments(vm: &Vm, args: &Args<'_>, namespaces: usize) -> PyResult<(Ref<Element>, Value, Slot)> {
    let (this, path) = (receiver(vm, args)?, args.get(1));
    let namespaces = args.opt(namespaces).unwrap_or(Value::NONE);
    Ok((this, path, Some(namespaces).filter(|n| !n.is_none() || is_path(path))))
}

fn find(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match arguments(vm, args, 2)? {
        (this, path, Some(namespaces)) => by_path(vm, "find", &[this.value(), path, namespaces]),
        (this, tag, None) => Ok(next_match(vm, this, tag, 0)?.map_or(Value::NONE, |(_, child)| child.value())),
    }
}

fn find_text(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let default = args.opt(2).unwrap_or(Value::NONE);
    match arguments(vm, args, 3)? {
        (this, path, Some(namespaces)) => by_path(vm, "findtext", &[this.value(), path, default, namespaces]),
        (this, tag, None) => match next_match(vm, this, tag, 0)? {
            Some((_, child)) => {
                let text = child.part(vm, Part::Text)?;
                Ok(if text.is_none() { vm.names.empty.value() } else { text })
            }
            None => Ok(default),
        },
    }
}

fn find_all(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match arguments(vm, args, 2)? {
        (this, path, Some(namespaces)) => by_path(vm, "findall", &[this.value(), path, namespaces]),
        (this, tag, None) => {
            let found = vm.new_list(&[])?;
            let mut i = 0;
            while let Some((at, child)) = next_match(vm, this, tag, i)? {
                found.push(vm, child.value())?;
                i = at + 1;
            }
            Ok(found.value())
        }
    }
}

fn iter_find(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    by_path(vm, "iterfind", &[args.get(0), args.get(1), args.opt(2).unwrap_or(Value::NONE)])
}

pub static METHODS: &[MethodDef] = &[
    method!("find", "($self, /, path, namespaces=None)", find),
    method!("findtext", "($self, /, path, default=None, namespaces=None)", find_text),
    method!("findall", "($self, /, path, namespaces=None)", find_all),
    method!("iterfind", "($self, /, path, namespaces=None)", iter_find),
];
