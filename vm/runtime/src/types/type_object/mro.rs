//! The C3 linearisation.

use super::PyType;
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::tuple::PyTuple;
use crate::value::Value;

/// The method resolution order of a class with its bases set.
pub fn linearise(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyTuple>> {
    let bases = class.bases.get().and_then(Value::downcast::<PyTuple>);
    let bases: &[Value] = bases.as_ref().map_or(&[], |b| b.as_slice());
    for (i, base) in bases.iter().enumerate() {
        if bases.iter().skip(i + 1).any(|b| b.same_bits(*base)) {
            let name = base.downcast::<PyType>().map(|b| b.name()).unwrap_or_default();
            return Err(vm.type_error(format!("duplicate base class {name}")));
        }
    }
    let result = ValueVec::new();
    result.push(vm, class.value())?;
    // The lists to merge, each with the index of its head: the bases' orders, then the bases themselves.
    let lists = ValueVec::new();
    for base in bases {
        if let Some(mro) = base.downcast::<PyType>().and_then(|b| b.mro_tuple()) {
            lists.push(vm, mro.value())?;
        }
    }
    let own = PyTuple::new_with_shape(vm, crate::types::shape::tuple, bases, 0)?;
    lists.push(vm, own.value())?;
    let mut heads = vec![0usize; lists.len()];
    let list = |i: usize| lists.get(i).and_then(Value::downcast::<PyTuple>);
    loop {
        let mut chosen: Option<Value> = None;
        let mut left = false;
        for i in 0..lists.len() {
            let Some(candidate) = list(i).and_then(|l| l.get(heads[i])) else { continue };
            left = true;
            let in_a_tail = (0..lists.len()).any(|j| {
                list(j).is_some_and(|l| l.as_slice().iter().skip(heads[j] + 1).any(|t| t.same_bits(candidate)))
            });
            if !in_a_tail {
                chosen = Some(candidate);
                break;
            }
        }
        match chosen {
            Some(next) => {
                result.push(vm, next)?;
                for (i, head) in heads.iter_mut().enumerate() {
                    if list(i).and_then(|l| l.get(*head)).is_some_and(|t| t.same_bits(next)) {
                        *head += 1;
                    }
                }
            }
            None if left => {
                let mut names: Vec<String> = Vec::new();
                for (i, head) in heads.iter().enumerate() {
                    if let Some(t) = list(i).and_then(|l| l.get(*head)).and_then(Value::downcast::<PyType>) {
                        let name = t.name();
                        if !names.contains(&name) {
                            names.push(name);
                        }
                    }
                }
                return Err(vm.type_error(format!(
                    "Cannot create a consistent method resolution order (MRO) for bases {}",
                    names.join(", ")
                )));
            }
            None => break,
        }
    }
    PyTuple::new_with_shape(vm, crate::types::shape::tuple, result.as_slice(), 0)
}
