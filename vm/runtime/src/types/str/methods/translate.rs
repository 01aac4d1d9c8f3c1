//! `translate` and `maketrans`.

use brolga_text::unicode::MAX_CODE;

use crate::object::{Args, MethodDef, Ref};
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::str::{PyStr, StrBuilder};
use crate::types::{int, shape};
use crate::value::Value;
use crate::{PyResult, method};

/// `table[c]`; `None`: no entry (LookupError).
fn lookup(vm: &Vm, table: Value, c: u32) -> PyResult<Option<Value>> {
    let key = Value::from_int_truncated(i64::from(c));
    if let Some(dict) = vm.exact::<PyDict>(table, shape::dict) {
        return dict.get_item(vm, key);
    }
    match vm.get_item(table, key) {
        Ok(v) => Ok(Some(v)),
        Err(raised) => vm.catch(raised, vm.types.lookup_error).map(|_| None),
    }
}

fn translate(vm: &Vm, this: Ref<PyStr>, table: Value) -> PyResult<Ref<PyStr>> {
    let mut out = StrBuilder::with_capacity(this.len());
    // Most characters recur: what ASCII ones become is kept (only single characters; the table is asked once each,
    // as CPython does).
    let mut cache = [u32::MAX; 128];
    const DELETED: u32 = u32::MAX - 1;
    for i in 0..this.len() {
        let c = this.char_at(i);
        match cache.get(c as usize) {
            Some(&DELETED) => continue,
            Some(&known) if known != u32::MAX => {
                out.push(known);
                continue;
            }
            _ => {}
        }
        let single = match lookup(vm, table, c)? {
            None => Some(c),
            Some(v) if v.is_none() => Some(DELETED),
            Some(v) => {
                if let Some(s) = v.downcast::<PyStr>() {
                    if s.len() == 1 {
                        Some(s.char_at(0))
                    } else {
                        out.push_str(&s);
                        None
                    }
                } else if vm.is_instance(v, vm.types.int) {
                    match int::to_i64(v) {
                        Some(n) if (0..=i64::from(MAX_CODE)).contains(&n) => Some(n as u32),
                        _ => return Err(vm.value_error("character mapping must be in range(0x110000)")),
                    }
                } else {
                    return Err(vm.type_error("character mapping must return integer, None or str"));
                }
            }
        };
        if let Some(single) = single {
            if single != DELETED {
                out.push(single);
            }
            if let Some(slot) = cache.get_mut(c as usize) {
                *slot = single;
            }
        }
    }
    out.finish(vm)
}

fn maketrans(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let x = args.get(0);
    let table = vm.new_dict()?;
    let code = |c: u32| Value::from_int_truncated(i64::from(c));
    if let Some(y) = args.opt(1) {
        let Some(x) = x.downcast::<PyStr>() else {
            return Err(vm.type_error("first maketrans argument must be a string if there is a second argument"));
        };
        let y = vm.expect_str(y, "maketrans() argument 2")?;
        let z = args.opt(2).map(|z| vm.expect_str(z, "maketrans() argument 3")).transpose()?;
        if x.len() != y.len() {
            return Err(vm.value_error("the first two maketrans arguments must have equal length"));
        }
        for i in 0..x.len() {
            table.set_item(vm, code(x.char_at(i)), code(y.char_at(i)))?;
        }
        if let Some(z) = z {
            for i in 0..z.len() {
                table.set_item(vm, code(z.char_at(i)), Value::NONE)?;
            }
        }
        return Ok(table.value());
    }
    let Some(dict) = x.downcast::<PyDict>() else {
        return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
    };
    let mut position = 0;
    while let Some((key, value)) = dict.next_item(&mut position) {
        if let Some(s) = key.downcast::<PyStr>() {
            if s.len() != 1 {
                return Err(vm.value_error("string keys in translatetable must be of length 1"));
            }
            table.set_item(vm, code(s.char_at(0)), value)?;
        } else if vm.is_instance(key, vm.types.int) {
            table.set_item(vm, key, value)?;
        } else {
            return Err(vm.type_error("keys in translate table mustbe strings or integers"));
        }
    }
    Ok(table.value())
}

pub(super) const METHODS: &[MethodDef] =
    &[method!("translate", 2, translate), method!("maketrans", "(x, y=None, z=None, /)", maketrans).static_()];
