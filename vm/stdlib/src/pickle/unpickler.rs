//! `Unpickler`, and `load` and `loads`.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::PyArray;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::UNPICKLING_ERROR;
use super::assigned;
use super::build;
use super::input::{File, Input};
use super::load::Loader;
use crate::object::{class_argument, object};

object!(
    pub struct Unpickler: PICKLE_UNPICKLER {
        read: Field,
        readline: Field,
        readinto: Field,
        peek: Field,
        /// A [`PyArray`]: the objects under low numbers, and a dict of those under numbers far beyond them.
        memo: Field,
        far: Field,
        pub(super) buffers: Field,
        pub(super) encoding: Field,
        pub(super) errors: Field,
        /// What was assigned to the attribute `persistent_load`.
        persistent_load: Field,
        /// How many objects are in the memo.
        pub(super) count: Cell<usize>,
        pub(super) protocol: Cell<u32>,
        pub(super) fix_imports: Cell<bool>,
        initialized: Cell<bool>,
        running: Cell<bool>,
    }
);

impl Unpickler {
    fn array(&self) -> Option<Ref<PyArray>> {
        self.memo.get().and_then(Value::downcast)
    }

    fn far(&self) -> Option<Ref<PyDict>> {
        self.far.get().and_then(Value::downcast)
    }

    /// The object under a number.
    #[inline]
    pub(super) fn recall(&self, vm: &Vm, number: u64) -> PyResult<Slot> {
        if let Some(array) = self.array()
            && let Some(found) = usize::try_from(number).ok().and_then(|i| array.get(i))
        {
            return Ok(Some(found));
        }
        match self.far() {
            Some(far) => far.get_item(vm, vm.new_int_u64(number)?),
            None => Ok(None),
        }
    }

    fn forget_all(this: Ref<Unpickler>) {
        this.memo.set(this, None);
        this.far.set(this, None);
        this.count.set(0);
    }
}

/// Puts an object under a number.
pub(super) fn remember(vm: &Vm, this: Ref<Unpickler>, number: u64, v: Value) -> PyResult<()> {
    let near = this.count.get().saturating_mul(2) + 1024;
    let at = match usize::try_from(number) {
        Ok(at) if at < near => at,
        // A number that a hostile pickle may have chosen: not as many slots.
        _ => {
            let far = match this.far() {
                Some(far) => far,
                None => {
                    let far = vm.new_dict()?;
                    this.far.set(this, far.value());
                    far
                }
            };
            let before = far.len();
            far.set_item(vm, vm.new_int_u64(number)?, v)?;
            this.count.set(this.count.get() + far.len() - before);
            return Ok(());
        }
    };
    let array = match this.array() {
        Some(array) if at < array.capacity() => array,
        old => {
            let array = PyArray::new(vm, (at + 1).max(at + at / 2).max(32))?;
            if let Some(old) = old {
                for i in 0..old.capacity() {
                    array.set(i, old.get(i));
                }
            }
            this.memo.set(this, array.value());
            array
        }
    };
    if array.get(at).is_none() {
        let known = match this.far() {
            Some(far) => far.remove(vm, vm.new_int_u64(number)?)?.is_some(),
            None => false,
        };
        this.count.set(this.count.get() + usize::from(!known));
    }
    array.set(at, v);
    Ok(())
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Unpickler>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("an Unpickler is required"))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Unpickler>> {
    vm.alloc_instance(class_argument(vm, args)?)
}

/// The options that all ways to load have: `fix_imports`, `encoding`, `errors`, `buffers`.
fn configure(vm: &Vm, this: Ref<Unpickler>, options: [Slot; 4]) -> PyResult<()> {
    let [fix_imports, encoding, errors, buffers] = options;
    let text = |v: Slot, default: &str, what: &str| -> PyResult<Value> {
        match v {
            None => Ok(vm.intern(default)?.value()),
            Some(v) if v.downcast::<PyStr>().is_some() => Ok(v),
            Some(v) => {
                Err(vm.type_error(format!("Unpickler() argument '{what}' must be str, not {}", vm.type_name(v))))
            }
        }
    };
    this.encoding.set(this, text(encoding, "ASCII", "encoding")?);
    this.errors.set(this, text(errors, "strict", "errors")?);
    let fix_imports = match fix_imports {
        Some(v) => vm.is_true(v)?,
        None => true,
    };
    this.fix_imports.set(fix_imports);
    let buffers = match buffers.filter(|b| !b.is_none()) {
        Some(buffers) => Some(vm.iter(buffers)?),
        None => None,
    };
    this.buffers.set(this, buffers);
    this.protocol.set(0);
    Ok(())
}

fn set_file(vm: &Vm, this: Ref<Unpickler>, file: Value) -> PyResult<()> {
    let method = |name: &str| vm.get_attr_opt(file, vm.intern(name)?);
    let (peek, readinto) = (method("peek")?, method("readinto")?);
    let (Some(read), Some(readline)) = (method("read")?, method("readline")?) else {
        return Err(vm.type_error("file must have 'read' and 'readline' attributes"));
    };
    this.peek.set(this, peek);
    this.readinto.set(this, readinto);
    this.read.set(this, read);
    this.readline.set(this, readline);
    Ok(())
}

fn in_use(vm: &Vm, this: Ref<Unpickler>) -> PyResult<()> {
    if this.running.get() {
        return Err(vm.runtime_error("Unpickler object is already used"));
    }
    Ok(())
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    in_use(vm, this)?;
    set_file(vm, this, args.get(1))?;
    configure(vm, this, [args.opt(2), args.opt(3), args.opt(4), args.opt(5)])?;
    Unpickler::forget_all(this);
    this.initialized.set(true);
    Ok(())
}

/// A method that a subclass or the instance has in place of ours.
fn overriding(vm: &Vm, this: Ref<Unpickler>, name: &str, own: usize) -> PyResult<Slot> {
    let found = vm.get_attr_opt(this.value(), vm.intern(name)?)?;
    Ok(found.filter(|found| {
        !found.downcast::<PyNativeFunction>().is_some_and(|f| std::ptr::eq(f.def(), &raw const METHODS[own]))
    }))
}

fn run(vm: &Vm, this: Ref<Unpickler>, input: Input<'_>) -> PyResult<Value> {
    let plain = !vm.type_of(this.value()).is_heap_type();
    let (mut persistent_load, mut find_class) = (None, None);
    if !plain || !this.persistent_load.is_empty() {
        persistent_load = overriding(vm, this, "persistent_load", PERSISTENT_LOAD)?;
    }
    if !plain {
        find_class = overriding(vm, this, "find_class", FIND_CLASS)?;
    }
    this.protocol.set(0);
    Loader::new(vm, this, input, persistent_load, find_class).load()
}

fn file_of(this: Ref<Unpickler>) -> File {
    File { read: this.read.get(), readline: this.readline.get(), readinto: this.readinto.get(), peek: this.peek.get() }
}

fn load_method(vm: &Vm, this: Ref<Unpickler>) -> PyResult<Value> {
    if !this.initialized.get() {
        let name = vm.tp_name(this.value());
        return Err(UNPICKLING_ERROR.raise(vm, format!("Unpickler.__init__() was not called by {name}.__init__()")));
    }
    in_use(vm, this)?;
    this.running.set(true);
    let result = run(vm, this, Input::file(vm, file_of(this)));
    this.running.set(false);
    result
}

pub(super) fn load(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<Unpickler> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    set_file(vm, this, args.get(0))?;
    configure(vm, this, [args.opt(1), args.opt(2), args.opt(3), args.opt(4)])?;
    run(vm, this, Input::file(vm, file_of(this)))
}

pub(super) fn loads(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<Unpickler> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    configure(vm, this, [args.opt(1), args.opt(2), args.opt(3), args.opt(4)])?;
    let data = vm.buffer(args.get(0), false)?;
    run(vm, this, Input::memory(vm, data))
}

fn default_persistent_load(vm: &Vm, _: Ref<Unpickler>, _: Value) -> PyResult<()> {
    Err(UNPICKLING_ERROR
        .raise(vm, "A load persistent id instruction was encountered, but no persistent_load function was specified."))
}

fn find_class(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let text = |i: usize| {
        let v = args.get(i);
        v.downcast::<PyStr>()
            .ok_or_else(|| vm.type_error(format!("module name must be a string, not {}", vm.type_name(v))))
    };
    build::find_class(vm, this, text(1)?, text(2)?)
}

// ---- attributes -------------------------------------------------------------------------------------------------------

fn getattribute(vm: &Vm, this: Ref<Unpickler>, name: Value) -> PyResult<Value> {
    assigned::get(vm, this, "persistent_load", &this.persistent_load, name)
}

fn setattr(vm: &Vm, this: Ref<Unpickler>, name: Value, value: Value) -> PyResult<()> {
    assigned::set(vm, this, "persistent_load", &this.persistent_load, name, Some(value))
}

fn delattr(vm: &Vm, this: Ref<Unpickler>, name: Value) -> PyResult<()> {
    assigned::set(vm, this, "persistent_load", &this.persistent_load, name, None)
}

object!(
    /// `unpickler.memo`: what can be done with the memo from outside.
    pub struct MemoProxy: UNPICKLE_MEMO_PROXY { unpickler: Field }
);

impl MemoProxy {
    fn unpickler(&self) -> Option<Ref<Unpickler>> {
        self.unpickler.get().and_then(Value::downcast)
    }
}

fn get_memo(vm: &Vm, this: Ref<Unpickler>) -> PyResult<Ref<MemoProxy>> {
    let proxy: Ref<MemoProxy> = vm.alloc_instance(vm.native_type(&MEMO_PROXY_DEF)?)?;
    proxy.unpickler.init(this.value());
    Ok(proxy)
}

fn set_memo(vm: &Vm, this: Ref<Unpickler>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("attribute deletion is not supported")) };
    let dict = if let Some(proxy) = value.downcast::<MemoProxy>() {
        copy_memo(vm, proxy)?
    } else if let Some(dict) = value.downcast::<PyDict>() {
        dict.copy(vm)?
    } else {
        let shown = vm.type_name(value);
        return Err(
            vm.type_error(format!("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {shown}"))
        );
    };
    let mut position = 0;
    while let Some((key, _)) = dict.next_item(&mut position) {
        if !vm.is_instance(key, vm.types.int) {
            return Err(vm.type_error("memo key must be integers"));
        }
        if vm.to_i64(key)? < 0 {
            return Err(vm.value_error("memo key must be positive integers."));
        }
    }
    Unpickler::forget_all(this);
    position = 0;
    while let Some((key, object)) = dict.next_item(&mut position) {
        remember(vm, this, vm.to_i64(key)?.unsigned_abs(), object)?;
    }
    Ok(())
}

fn clear_memo_proxy(_: &Vm, proxy: Ref<MemoProxy>) {
    if let Some(unpickler) = proxy.unpickler() {
        Unpickler::forget_all(unpickler);
    }
}

fn copy_memo(vm: &Vm, proxy: Ref<MemoProxy>) -> PyResult<Ref<PyDict>> {
    let copy = vm.new_dict()?;
    let Some(unpickler) = proxy.unpickler() else { return Ok(copy) };
    let mut i = 0;
    while unpickler.array().is_some_and(|array| i < array.capacity()) {
        if let Some(object) = unpickler.array().and_then(|array| array.get(i)) {
            copy.set_item(vm, vm.new_int_u64(i as u64)?, object)?;
        }
        i += 1;
    }
    if let Some(far) = unpickler.far() {
        let mut position = 0;
        while let Some((key, object)) = far.next_item(&mut position) {
            copy.set_item(vm, key, object)?;
        }
    }
    Ok(copy)
}

fn reduce_memo(vm: &Vm, proxy: Ref<MemoProxy>) -> PyResult<Ref<PyTuple>> {
    let contents = vm.new_tuple(&[copy_memo(vm, proxy)?.value()])?;
    vm.new_tuple(&[vm.types.dict.value(), contents.value()])
}

static MEMO_PROXY_METHODS: &[MethodDef] = &[
    method!("clear", 1, clear_memo_proxy).doc("Remove all items from memo."),
    method!("copy", 1, copy_memo).doc("Copy the memo to a new object."),
    method!("__reduce__", 1, reduce_memo).doc("Implement pickling support."),
];

pub static MEMO_PROXY_DEF: TypeDef = TypeDef {
    module: "_pickle",
    layout: Some(crate::layouts::UNPICKLE_MEMO_PROXY),
    flags: type_flags::DISALLOW_NEW,
    methods: &[MEMO_PROXY_METHODS],
    ..TypeDef::new("UnpicklerMemoProxy")
};

fn memory_size(_: &Vm, this: Ref<Unpickler>) -> usize {
    size_of::<Unpickler>() + this.array().map_or(0, |array| array.capacity() * 8)
}

/// Where these stand among the methods.
const PERSISTENT_LOAD: usize = 0;
const FIND_CLASS: usize = 1;

static METHODS: &[MethodDef] = &[
    method!("persistent_load", 2, default_persistent_load),
    method!("find_class", "($self, module_name, global_name, /)", find_class).doc(
        "Return an object from a specified module.\n\nIf necessary, the module will be imported. Subclasses may override\nthis method (e.g. to restrict unpickling of arbitrary classes and\nfunctions).\n\nThis method is called whenever a class or a function object is\nneeded.  Both arguments passed are str objects.",
    ),
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!(
        "__init__",
        "($self, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        init
    ),
    method!("__getattribute__", 2, getattribute),
    method!("__setattr__", 3, setattr),
    method!("__delattr__", 2, delattr),
    method!("load", 1, load_method).doc(
        "Load a pickle.\n\nRead a pickled object representation from the open file object given\nin the constructor, and return the reconstituted object hierarchy\nspecified therein.",
    ),
    method!("__sizeof__", 1, memory_size).doc("Returns size in memory, in bytes."),
];

static GETSET: &[GetSetDef] = &[getset!("memo", get_memo, set_memo)];

pub static DEF: TypeDef = TypeDef {
    module: "_pickle",
    layout: Some(crate::layouts::PICKLE_UNPICKLER),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())\n--\n\nThis takes a binary file for reading a pickle data stream.\n\nThe protocol version of the pickle is detected automatically, so no\nprotocol argument is needed.  Bytes past the pickled object's\nrepresentation are ignored.\n\nThe argument *file* must have two methods, a read() method that takes\nan integer argument, and a readline() method that requires no\narguments.  Both methods should return bytes.  Thus *file* can be a\nbinary file object opened for reading, an io.BytesIO object, or any\nother custom object that meets this interface.\n\nOptional keyword arguments are *fix_imports*, *encoding* and *errors*,\nwhich are used to control compatibility support for pickle stream\ngenerated by Python 2.  If *fix_imports* is True, pickle will try to\nmap the old Python 2 names to the new names used in Python 3.  The\n*encoding* and *errors* tell pickle how to decode 8-bit string\ninstances pickled by Python 2; these default to 'ASCII' and 'strict',\nrespectively.  The *encoding* can be 'bytes' to read these 8-bit\nstring instances as bytes objects.",
    ),
    ..TypeDef::new("Unpickler")
};

pub(super) const LOAD_DOC: &str = "Read and return an object from the pickle data stored in a file.\n\nThis is equivalent to ``Unpickler(file).load()``, but may be more\nefficient.\n\nThe protocol version of the pickle is detected automatically, so no\nprotocol argument is needed.  Bytes past the pickled object's\nrepresentation are ignored.\n\nThe argument *file* must have two methods, a read() method that takes\nan integer argument, and a readline() method that requires no\narguments.  Both methods should return bytes.  Thus *file* can be a\nbinary file object opened for reading, an io.BytesIO object, or any\nother custom object that meets this interface.\n\nOptional keyword arguments are *fix_imports*, *encoding* and *errors*,\nwhich are used to control compatibility support for pickle stream\ngenerated by Python 2.  If *fix_imports* is True, pickle will try to\nmap the old Python 2 names to the new names used in Python 3.  The\n*encoding* and *errors* tell pickle how to decode 8-bit string\ninstances pickled by Python 2; these default to 'ASCII' and 'strict',\nrespectively.  The *encoding* can be 'bytes' to read these 8-bit\nstring instances as bytes objects.";

pub(super) const LOADS_DOC: &str = "Read and return an object from the given pickle data.\n\nThe protocol version of the pickle is detected automatically, so no\nprotocol argument is needed.  Bytes past the pickled object's\nrepresentation are ignored.\n\nOptional keyword arguments are *fix_imports*, *encoding* and *errors*,\nwhich are used to control compatibility support for pickle stream\ngenerated by Python 2.  If *fix_imports* is True, pickle will try to\nmap the old Python 2 names to the new names used in Python 3.  The\n*encoding* and *errors* tell pickle how to decode 8-bit string\ninstances pickled by Python 2; these default to 'ASCII' and 'strict',\nrespectively.  The *encoding* can be 'bytes' to read these 8-bit\nstring instances as bytes objects.";
