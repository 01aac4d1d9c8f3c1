//! `re.Pattern`.

use std::cell::{Cell, RefCell};

use brolga_regex::{Matcher, Mode, Program};
use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::matches::PyMatch;
use super::scanner;
use super::subject::Subject;
use super::template::{self, Replacement};
use crate::object::{Settled, class_getitem, object};

/// What a pattern owns outside the heap.
pub struct Compiled {
    program: Program,
    code: Vec<u32>,
    /// A matcher that is not in use, to keep its memory.
    idle: RefCell<Option<Matcher>>,
}

object!(pub struct PyPattern: SRE_PATTERN {
    pub pattern: Field,
    pub group_index: Field,
    pub index_group: Field,
    flags: Cell<u32>,
    /// 0: neither text nor bytes; 1: text; 2: bytes.
    kind: Cell<u8>,
    compiled: Settled<Compiled>,
});

/// Frees what a dead pattern owned.
///
/// # Safety
/// `cell` is a pattern that nothing reaches any more.
pub unsafe fn drop_pattern(cell: std::ptr::NonNull<brolga_runtime::object::Header>) {
    // SAFETY: by the contract; the layout is registered for patterns only.
    let this: Ref<PyPattern> = unsafe { Ref::from_ptr(cell) };
    // SAFETY: the pattern is dead.
    unsafe { this.compiled.free() };
}

impl PyPattern {
    fn compiled(&self, vm: &Vm) -> PyResult<&Compiled> {
        self.compiled.get().ok_or_else(|| vm.runtime_error("invalid SRE code"))
    }

    pub fn text(&self) -> Option<bool> {
        match self.kind.get() {
            1 => Some(true),
            2 => Some(false),
            _ => None,
        }
    }

    pub fn groups(&self, vm: &Vm) -> PyResult<usize> {
        Ok(self.compiled(vm)?.program.groups())
    }
}

/// A walk over a subject.
pub struct Walk<'vm> {
    pub pattern: Ref<PyPattern>,
    pub subject: Subject<'vm>,
    matcher: Option<Matcher>,
    pub pos: usize,
    pub end: usize,
    /// Where the next run starts.
    pub start: usize,
    pub must_advance: bool,
}

impl<'vm> Walk<'vm> {
    pub fn new(
        vm: &'vm Vm,
        pattern: Ref<PyPattern>,
        string: Value,
        pos: Option<Value>,
        end: Option<Value>,
    ) -> PyResult<Walk<'vm>> {
        let index = |v: Option<Value>, default: isize| match v {
            Some(v) => vm.to_isize(v),
            None => Ok(default),
        };
        let (pos, end) = (index(pos, 0)?, index(end, isize::MAX)?);
        let subject = Subject::new(vm, string, pattern.text())?;
        let len = subject.len();
        let clamp = |i: isize| usize::try_from(i).unwrap_or(0).min(len);
        let (pos, end) = (clamp(pos), clamp(end));
        Ok(Walk { pattern, subject, matcher: None, pos, end, start: pos, must_advance: false })
    }

    /// Runs once from where the walk is.
    pub fn run(&mut self, vm: &Vm, mode: Mode) -> PyResult<bool> {
        let pattern = self.pattern;
        let compiled = pattern.compiled(vm)?;
        let mut matcher =
            self.matcher.take().or_else(|| compiled.idle.take()).unwrap_or_else(|| compiled.program.matcher());
        let found =
            self.subject.run(vm, &mut matcher, &compiled.program, self.start, self.end, mode, self.must_advance);
        self.matcher = Some(matcher);
        found
    }

    /// Moves behind the match just found.
    pub fn advance(&mut self) {
        let (start, end) = self.span();
        self.must_advance = start == end;
        self.start = end;
    }

    pub fn span(&self) -> (usize, usize) {
        self.matcher.as_ref().map_or((0, 0), |m| (m.start(), m.end()))
    }

    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        self.matcher.as_ref().and_then(|m| m.group(i))
    }

    pub fn last_index(&self) -> Option<usize> {
        self.matcher.as_ref().and_then(Matcher::lastindex)
    }

    pub fn piece(&self, vm: &Vm, start: usize, end: usize) -> PyResult<Value> {
        self.subject.slice(vm, start, end)
    }

    /// The text of a group; `None` where it took no part.
    pub fn group_text(&self, vm: &Vm, i: usize) -> PyResult<Slot> {
        match self.group(i) {
            Some((start, end)) => self.subject.slice(vm, start, end).map(Some),
            None => Ok(None),
        }
    }
}

impl Drop for Walk<'_> {
    fn drop(&mut self) {
        if let (Some(matcher), Some(compiled)) = (self.matcher.take(), self.pattern.compiled.get()) {
            compiled.idle.replace(Some(matcher));
        }
    }
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyPattern>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a re.Pattern is required"))
}

/// `_sre.compile`
pub fn compile(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyPattern>> {
    let source = args.get(0);
    let flags = vm.to_i32(args.get(1))? as u32;
    let Some(codes) = args.get(2).downcast::<PyList>() else {
        return Err(vm.type_error(format!("compile() argument 'code' must be list, not {}", vm.type_name(args.get(2)))));
    };
    let groups = vm.to_isize(args.get(3))?;
    let Some(group_index) = args.get(4).downcast::<PyDict>() else {
        return Err(
            vm.type_error(format!("compile() argument 'groupindex' must be dict, not {}", vm.type_name(args.get(4))))
        );
    };
    let Some(index_group) = args.get(5).downcast::<PyTuple>() else {
        return Err(
            vm.type_error(format!("compile() argument 'indexgroup' must be tuple, not {}", vm.type_name(args.get(5))))
        );
    };
    let invalid = || vm.runtime_error("invalid SRE code");
    let mut code: Vec<u32> = Vec::new();
    code.try_reserve_exact(codes.len()).map_err(|_| vm.memory_error())?;
    let mut i = 0;
    while let Some(item) = codes.get(i) {
        let n = int::to_u64(vm.index(item)?).and_then(|n| u32::try_from(n).ok());
        match n {
            Some(n) => code.push(n),
            None => return Err(vm.overflow_error("regular expression code size limit exceeded")),
        }
        i += 1;
    }
    let groups = usize::try_from(groups).map_err(|_| invalid())?;
    let program = Program::new(&code, groups, flags).map_err(|_| invalid())?;
    let kind = if source.is_none() {
        0
    } else if source.downcast::<PyStr>().is_some() {
        1
    } else {
        vm.buffer(source, false)?;
        2
    };
    let this: Ref<PyPattern> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.pattern.init(source);
    this.group_index.init(group_index.value());
    this.index_group.init(index_group.value());
    this.flags.set(flags);
    this.kind.set(kind);
    this.compiled.attach(vm, this, Compiled { program, code, idle: RefCell::new(None) })?;
    Ok(this)
}

fn match_with(vm: &Vm, args: &Args<'_>, mode: Mode) -> PyResult<Slot> {
    let this = receiver(vm, args)?;
    let mut walk = Walk::new(vm, this, args.get(1), args.opt(2), args.opt(3))?;
    if walk.run(vm, mode)? { Ok(Some(PyMatch::new(vm, &walk)?.value())) } else { Ok(None) }
}

fn match_(vm: &Vm, args: &Args<'_>) -> PyResult<Slot> {
    match_with(vm, args, Mode::Match)
}

fn fullmatch(vm: &Vm, args: &Args<'_>) -> PyResult<Slot> {
    match_with(vm, args, Mode::Fullmatch)
}

fn search(vm: &Vm, args: &Args<'_>) -> PyResult<Slot> {
    match_with(vm, args, Mode::Search)
}

fn findall(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let groups = this.groups(vm)?;
    let mut walk = Walk::new(vm, this, args.get(1), args.opt(2), args.opt(3))?;
    let list = PyList::new(vm, &[])?;
    let empty = walk.subject.empty(vm)?;
    while walk.start <= walk.end && walk.run(vm, Mode::Search)? {
        let (start, end) = walk.span();
        let item = match groups {
            0 => walk.piece(vm, start, end)?,
            1 => walk.group_text(vm, 1)?.unwrap_or(empty),
            _ => {
                let items = ValueVec::with_capacity(vm, groups)?;
                for i in 1..=groups {
                    items.push(vm, walk.group_text(vm, i)?.unwrap_or(empty))?;
                }
                vm.new_tuple(items.as_slice())?.value()
            }
        };
        list.push(vm, item)?;
        walk.advance();
    }
    Ok(list.value())
}

fn finditer(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let scanner = scanner::new(vm, receiver(vm, args)?, args.get(1), args.opt(2), args.opt(3))?;
    let search = vm.get_attr_str(scanner.value(), "search")?;
    let iter = vm.builtin(vm.intern("iter")?)?;
    vm.call(iter, &[search, Value::NONE])
}

fn make_scanner(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    Ok(scanner::new(vm, receiver(vm, args)?, args.get(1), args.opt(2), args.opt(3))?.value())
}

fn split(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let max = args.opt(2).map_or(Ok(0), |v| vm.to_isize(v))?;
    let groups = this.groups(vm)?;
    let mut walk = Walk::new(vm, this, args.get(1), None, None)?;
    let list = PyList::new(vm, &[])?;
    let (mut last, mut n) = (0, 0);
    while (max == 0 || n < max) && walk.run(vm, Mode::Search)? {
        let (start, end) = walk.span();
        list.push(vm, walk.piece(vm, last, start)?)?;
        for i in 1..=groups {
            list.push(vm, walk.group_text(vm, i)?.unwrap_or(Value::NONE))?;
        }
        n += 1;
        last = end;
        walk.advance();
    }
    list.push(vm, walk.piece(vm, last, walk.end)?)?;
    Ok(list.value())
}

/// `sub` and `subn`: the result and how often.
fn substitute(vm: &Vm, args: &Args<'_>) -> PyResult<(Value, isize)> {
    let this = receiver(vm, args)?;
    let count = args.opt(3).map_or(Ok(0), |v| vm.to_isize(v))?;
    let replacement = Replacement::new(vm, this, args.get(1))?;
    let mut walk = Walk::new(vm, this, args.get(2), None, None)?;
    let pieces = PyList::new(vm, &[])?;
    let (mut last, mut n) = (0, 0);
    while (count == 0 || n < count) && walk.run(vm, Mode::Search)? {
        let (start, end) = walk.span();
        if last < start {
            pieces.push(vm, walk.piece(vm, last, start)?)?;
        }
        match &replacement {
            Replacement::Literal(text) => pieces.push(vm, *text)?,
            Replacement::Template(template) => template::expand_into(vm, *template, &walk, pieces)?,
            Replacement::Call(function) => {
                let found = PyMatch::new(vm, &walk)?;
                let item = vm.call(*function, &[found.value()])?;
                if !item.is_none() {
                    pieces.push(vm, item)?;
                }
            }
        }
        last = end;
        n += 1;
        walk.advance();
    }
    if last < walk.end {
        pieces.push(vm, walk.piece(vm, last, walk.end)?)?;
    }
    let empty = walk.subject.empty(vm)?;
    drop(walk);
    Ok((vm.call_method(empty, "join", &[pieces.value()])?, n))
}

fn sub(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    Ok(substitute(vm, args)?.0)
}

fn subn(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (text, n) = substitute(vm, args)?;
    let n = vm.new_int(n as i64)?;
    Ok(vm.new_tuple(&[text, n])?.value())
}

const FLAG_NAMES: &[(u32, &str)] = &[
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (32, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];

fn repr(vm: &Vm, this: Ref<PyPattern>) -> PyResult<Value> {
    let mut flags = this.flags.get();
    // Text patterns are Unicode unless they say otherwise.
    if this.text() == Some(true) && flags & (4 | 32 | 256) == 32 {
        flags &= !32;
    }
    let mut names = Vec::new();
    for (bit, name) in FLAG_NAMES {
        if flags & bit != 0 {
            names.push((*name).to_owned());
            flags &= !bit;
        }
    }
    if flags != 0 {
        names.push(format!("{flags:#x}"));
    }
    let source = vm.repr(this.pattern.get_or_none())?;
    let source = brolga_runtime::types::str::slice(vm, source, 0, source.len().min(200))?;
    let mut out = brolga_runtime::types::str::StrBuilder::new();
    out.push_rust("re.compile(");
    out.push_str(&source);
    if !names.is_empty() {
        out.push_rust(", ");
        out.push_rust(&names.join("|"));
    }
    out.push_rust(")");
    Ok(out.finish(vm)?.value())
}

fn eq(vm: &Vm, this: Ref<PyPattern>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyPattern>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if this == other {
        return Ok(Value::TRUE);
    }
    let same = this.flags.get() == other.flags.get()
        && this.kind.get() == other.kind.get()
        && this.compiled(vm)?.code == other.compiled(vm)?.code;
    Ok(Value::from_bool(same && vm.eq(this.pattern.get_or_none(), other.pattern.get_or_none())?))
}

fn hash(vm: &Vm, this: Ref<PyPattern>) -> PyResult<i64> {
    let bytes: Vec<u8> = this.compiled(vm)?.code.iter().flat_map(|c| c.to_le_bytes()).collect();
    let code = vm.hash_bytes(&bytes);
    let source = vm.hash(this.pattern.get_or_none())?;
    let hash = code ^ source ^ i64::from(this.flags.get()) ^ i64::from(this.kind.get());
    // A hash is an int in place: 49 bits.
    let hash = (hash << 15) >> 15;
    Ok(if hash == -1 { -2 } else { hash })
}

fn copy(_: &Vm, this: Value) -> Value {
    this
}

fn deepcopy(_: &Vm, this: Value, _: Value) -> Value {
    this
}

fn pattern(_: &Vm, this: Ref<PyPattern>) -> Slot {
    this.pattern.get()
}

fn flags(_: &Vm, this: Ref<PyPattern>) -> u32 {
    this.flags.get()
}

fn groups(vm: &Vm, this: Ref<PyPattern>) -> PyResult<usize> {
    this.groups(vm)
}

fn group_index(vm: &Vm, this: Ref<PyPattern>) -> PyResult<Value> {
    vm.call(vm.types.mappingproxy.value(), &[this.group_index.get_or_none()])
}

static METHODS: &[MethodDef] = &[
    method!("match", "($self, /, string, pos=0, endpos=sys.maxsize)", match_),
    method!("fullmatch", "($self, /, string, pos=0, endpos=sys.maxsize)", fullmatch),
    method!("search", "($self, /, string, pos=0, endpos=sys.maxsize)", search),
    method!("sub", "($self, /, repl, string, count=0)", sub),
    method!("subn", "($self, /, repl, string, count=0)", subn),
    method!("findall", "($self, /, string, pos=0, endpos=sys.maxsize)", findall),
    method!("split", "($self, /, string, maxsplit=0)", split),
    method!("finditer", "($self, /, string, pos=0, endpos=sys.maxsize)", finditer),
    method!("scanner", "($self, /, string, pos=0, endpos=sys.maxsize)", make_scanner),
    method!("__copy__", 1, copy),
    method!("__deepcopy__", 2, deepcopy),
    method!("__repr__", 1, repr),
    method!("__eq__", 2, eq),
    method!("__hash__", 1, hash),
    method!("__class_getitem__", 2, class_getitem).class(),
];
static GETSET: &[GetSetDef] = &[
    getset!("pattern", pattern).member(),
    getset!("flags", flags).member(),
    getset!("groups", groups).member(),
    getset!("groupindex", group_index),
];

pub static DEF: TypeDef = TypeDef {
    module: "re",
    layout: Some(crate::layouts::SRE_PATTERN),
    flags: type_flags::DISALLOW_NEW | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Compiled regular expression object."),
    ..TypeDef::new("Pattern")
};
