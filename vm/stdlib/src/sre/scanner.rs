//! `SRE_Scanner`: matches one after the other.

use std::cell::Cell;

use brolga_regex::Mode;
use brolga_runtime::object::{Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::matches::PyMatch;
use super::pattern::{PyPattern, Walk};
use crate::object::object;

object!(pub struct Scanner: SRE_SCANNER {
    pattern: Field,
    string: Field,
    pos: Cell<usize>,
    end: Cell<usize>,
    start: Cell<usize>,
    must_advance: Cell<bool>,
    ended: Cell<bool>,
    running: Cell<bool>,
});

pub fn new(
    vm: &Vm,
    pattern: Ref<PyPattern>,
    string: Value,
    pos: Option<Value>,
    end: Option<Value>,
) -> PyResult<Ref<Scanner>> {
    let walk = Walk::new(vm, pattern, string, pos, end)?;
    let this: Ref<Scanner> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.pattern.init(pattern.value());
    this.string.init(string);
    this.pos.set(walk.pos);
    this.end.set(walk.end);
    this.start.set(walk.pos);
    Ok(this)
}

fn step(vm: &Vm, this: Ref<Scanner>, mode: Mode) -> PyResult<Slot> {
    if this.running.get() {
        return Err(vm.value_error("regular expression scanner already executing"));
    }
    let Some(pattern) = this.pattern.get().and_then(Value::downcast::<PyPattern>).filter(|_| !this.ended.get()) else {
        return Ok(None);
    };
    let mut walk = Walk::new(vm, pattern, this.string.get_or_none(), None, None)?;
    walk.end = this.end.get().min(walk.end);
    walk.pos = this.pos.get();
    walk.start = this.start.get();
    walk.must_advance = this.must_advance.get();
    this.running.set(true);
    let found = walk.run(vm, mode);
    this.running.set(false);
    if !found? {
        this.ended.set(true);
        return Ok(None);
    }
    let result = PyMatch::new(vm, &walk)?;
    walk.advance();
    this.start.set(walk.start);
    this.must_advance.set(walk.must_advance);
    Ok(Some(result.value()))
}

fn match_(vm: &Vm, this: Ref<Scanner>) -> PyResult<Slot> {
    step(vm, this, Mode::Match)
}

fn search(vm: &Vm, this: Ref<Scanner>) -> PyResult<Slot> {
    step(vm, this, Mode::Search)
}

fn pattern(_: &Vm, this: Ref<Scanner>) -> Slot {
    this.pattern.get()
}

static METHODS: &[MethodDef] = &[method!("match", 1, match_), method!("search", 1, search)];
static GETSET: &[GetSetDef] = &[getset!("pattern", pattern).member()];

pub static DEF: TypeDef = TypeDef {
    module: "_sre",
    layout: Some(crate::layouts::SRE_SCANNER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("SRE_Scanner")
};
