//! `re.Match`.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::StrBuilder;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::pattern::{PyPattern, Walk};
use super::subject::Subject;
use super::template::Replacement;
use crate::object::{class_getitem, object};

object!(
    /// The spans of the groups stand behind the struct, two numbers each, -1 where a group took no part.
    pub struct PyMatch: SRE_MATCH {
        string: Field,
        pattern: Field,
        regs: Field,
        pos: Cell<usize>,
        end: Cell<usize>,
        /// 0: none.
        last_index: Cell<usize>,
        /// Group 0 counted.
        groups: Cell<usize>,
        marks: [Cell<i64>; 0],
    }
);

impl PyMatch {
    pub fn new(vm: &Vm, walk: &Walk<'_>) -> PyResult<Ref<PyMatch>> {
        let groups = walk.pattern.groups(vm)? + 1;
        let bytes = groups.checked_mul(16).and_then(|n| n.checked_add(size_of::<PyMatch>()));
        let this: Ref<PyMatch> = vm.alloc_instance_sized(vm.native_type(&DEF)?, bytes)?;
        this.string.init(walk.subject.value);
        this.pattern.init(walk.pattern.value());
        this.pos.set(walk.pos);
        this.end.set(walk.end);
        this.last_index.set(walk.last_index().unwrap_or(0));
        this.groups.set(groups);
        for (i, pair) in this.marks().chunks_exact(2).enumerate() {
            let span = walk.group(i);
            if span.is_some_and(|(start, end)| start > end) {
                return Err(
                    vm.system_error("The span of capturing group is wrong, please report a bug for the re module.")
                );
            }
            let (start, end) = span.map_or((-1, -1), |(start, end)| (start as i64, end as i64));
            pair[0].set(start);
            pair[1].set(end);
        }
        Ok(this)
    }

    fn marks(&self) -> &[Cell<i64>] {
        // SAFETY: `new` made the cell with two numbers for each group behind the struct.
        unsafe { std::slice::from_raw_parts(self.marks.as_ptr(), self.groups.get() * 2) }
    }

    /// A group's span; (-1, -1) where it took no part.
    fn span(&self, i: usize) -> (i64, i64) {
        match self.marks().get(i * 2..i * 2 + 2) {
            Some([start, end]) => (start.get(), end.get()),
            _ => (-1, -1),
        }
    }

    fn pattern(&self, vm: &Vm) -> PyResult<Ref<PyPattern>> {
        self.pattern.get().and_then(Value::downcast).ok_or_else(|| vm.system_error("a match without pattern"))
    }
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyMatch>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a re.Match is required"))
}

fn text_of(vm: &Vm, this: Ref<PyMatch>, i: usize) -> PyResult<Slot> {
    let (start, end) = this.span(i);
    if start < 0 {
        return Ok(None);
    }
    let subject = Subject::new(vm, this.string.get_or_none(), None)?;
    subject.slice(vm, start as usize, end.max(0) as usize).map(Some)
}

/// A group by its number or name.
fn group_number(vm: &Vm, this: Ref<PyMatch>, v: Value) -> PyResult<usize> {
    let i = if v.is_small_int() || vm.type_of(v).special(Special::Index).is_some() {
        vm.to_isize_clamped(v)? as i64
    } else {
        let names = this.pattern(vm)?.group_index.get().and_then(Value::downcast::<PyDict>);
        let found = match names {
            Some(names) => vm.suppress(names.get_item(vm, v), vm.types.exception)?.flatten(),
            None => None,
        };
        found.and_then(Value::as_small_int).unwrap_or(-1)
    };
    match usize::try_from(i) {
        Ok(i) if i < this.groups.get() => Ok(i),
        _ => Err(vm.index_error("no such group")),
    }
}

fn group_value(vm: &Vm, this: Ref<PyMatch>, v: Value) -> PyResult<Value> {
    let i = group_number(vm, this, v)?;
    Ok(text_of(vm, this, i)?.unwrap_or(Value::NONE))
}

fn group(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    match args.rest {
        [] => Ok(text_of(vm, this, 0)?.unwrap_or(Value::NONE)),
        [one] => group_value(vm, this, *one),
        many => {
            let texts = ValueVec::with_capacity(vm, many.len())?;
            for v in many {
                texts.push(vm, group_value(vm, this, *v)?)?;
            }
            Ok(vm.new_tuple(texts.as_slice())?.value())
        }
    }
}

fn groups(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let default = args.opt(1).unwrap_or(Value::NONE);
    let texts = ValueVec::new();
    for i in 1..this.groups.get() {
        texts.push(vm, text_of(vm, this, i)?.unwrap_or(default))?;
    }
    Ok(vm.new_tuple(texts.as_slice())?.value())
}

fn groupdict(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let default = args.opt(1).unwrap_or(Value::NONE);
    let result = vm.new_dict()?;
    let Some(names) = this.pattern(vm)?.group_index.get().and_then(Value::downcast::<PyDict>) else {
        return Ok(result.value());
    };
    let mut position = 0;
    while let Some((name, number)) = names.next_item(&mut position) {
        let i = group_number(vm, this, number)?;
        let text = text_of(vm, this, i)?.unwrap_or(default);
        result.set_item(vm, name, text)?;
    }
    Ok(result.value())
}

fn span_argument(vm: &Vm, args: &Args<'_>) -> PyResult<(i64, i64)> {
    let this = receiver(vm, args)?;
    let i = args.opt(1).map_or(Ok(0), |v| group_number(vm, this, v))?;
    Ok(this.span(i))
}

fn start(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    Ok(span_argument(vm, args)?.0)
}

fn end(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    Ok(span_argument(vm, args)?.1)
}

fn pair(vm: &Vm, (start, end): (i64, i64)) -> PyResult<Value> {
    let values = [vm.new_int(start)?, vm.new_int(end)?];
    Ok(vm.new_tuple(&values)?.value())
}

fn span(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let span = span_argument(vm, args)?;
    pair(vm, span)
}

fn expand(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let template = match Replacement::compile(vm, this.pattern(vm)?, args.get(1))? {
        Replacement::Template(template) => template,
        Replacement::Literal(text) | Replacement::Call(text) => return Ok(text),
    };
    let pieces = PyList::new(vm, &[])?;
    template.expand(vm, pieces, |i| text_of(vm, this, i))?;
    let empty = Subject::new(vm, this.string.get_or_none(), None)?.empty(vm)?;
    vm.call_method(empty, "join", &[pieces.value()])
}

fn repr(vm: &Vm, this: Ref<PyMatch>) -> PyResult<Value> {
    let (start, end) = this.span(0);
    let mut out = StrBuilder::new();
    out.push_rust(&format!("<re.Match object; span=({start}, {end}), match="));
    let text = text_of(vm, this, 0)?.unwrap_or(Value::NONE);
    let text = vm.repr(text)?;
    out.push_slice(&text, 0, 50);
    out.push_rust(">");
    Ok(out.finish(vm)?.value())
}

fn copy(_: &Vm, this: Value) -> Value {
    this
}

fn deepcopy(_: &Vm, this: Value, _: Value) -> Value {
    this
}

fn get_string(_: &Vm, this: Ref<PyMatch>) -> Slot {
    this.string.get()
}

fn get_pattern(_: &Vm, this: Ref<PyMatch>) -> Slot {
    this.pattern.get()
}

fn get_pos(_: &Vm, this: Ref<PyMatch>) -> usize {
    this.pos.get()
}

fn get_end(_: &Vm, this: Ref<PyMatch>) -> usize {
    this.end.get()
}

fn last_index(_: &Vm, this: Ref<PyMatch>) -> Slot {
    match this.last_index.get() {
        0 => None,
        i => Some(Value::from_len(i)),
    }
}

fn last_group(vm: &Vm, this: Ref<PyMatch>) -> PyResult<Slot> {
    let names = this.pattern(vm)?.index_group.get().and_then(Value::downcast::<PyTuple>);
    Ok(match this.last_index.get() {
        0 => None,
        i => names.and_then(|n| n.get(i)),
    })
}

fn regs(vm: &Vm, this: Ref<PyMatch>) -> PyResult<Value> {
    if let Some(regs) = this.regs.get() {
        return Ok(regs);
    }
    let spans = ValueVec::new();
    for i in 0..this.groups.get() {
        spans.push(vm, pair(vm, this.span(i))?)?;
    }
    let regs = vm.new_tuple(spans.as_slice())?.value();
    this.regs.set(this, regs);
    Ok(regs)
}

static METHODS: &[MethodDef] = &[
    method!("group", "($self, /, *args)", group),
    method!("start", "($self, group=0, /)", start),
    method!("end", "($self, group=0, /)", end),
    method!("span", "($self, group=0, /)", span),
    method!("groups", "($self, /, default=None)", groups),
    method!("groupdict", "($self, /, default=None)", groupdict),
    method!("expand", "($self, /, template)", expand),
    method!("__getitem__", 2, getitem),
    method!("__repr__", 1, repr),
    method!("__copy__", 1, copy),
    method!("__deepcopy__", 2, deepcopy),
    method!("__class_getitem__", 2, class_getitem).class(),
];

fn getitem(vm: &Vm, this: Ref<PyMatch>, key: Value) -> PyResult<Value> {
    group_value(vm, this, key)
}

static GETSET: &[GetSetDef] = &[
    getset!("string", get_string).member(),
    getset!("re", get_pattern).member(),
    getset!("pos", get_pos).member(),
    getset!("endpos", get_end).member(),
    getset!("lastindex", last_index),
    getset!("lastgroup", last_group),
    getset!("regs", regs),
];

pub static DEF: TypeDef = TypeDef {
    module: "re",
    layout: Some(crate::layouts::SRE_MATCH),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("The result of re.match() and re.search().\nMatch objects always have a boolean value of True."),
    ..TypeDef::new("Match")
};
