//! `Pickler`, and `dump` and `dumps`.

use std::cell::{Cell, RefCell};

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::assigned;
use super::memo::{self, Indexes};
use super::opcodes::{PROTO, STOP};
use super::output::Output;
use super::save::Saver;
use super::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL, PICKLING_ERROR};
use crate::object::{Settled, class_argument, object};

object!(
    pub struct Pickler: PICKLE_PICKLER {
        /// The file's `write`. Empty: `__init__` was never called, or `dumps`.
        pub(super) write: Field,
        /// A list of the objects in the memo.
        pub(super) memo: Field,
        pub(super) dispatch_table: Field,
        /// What was assigned to the attribute `persistent_id`.
        persistent_id: Field,
        pub(super) buffer_callback: Field,
        pub(super) indexes: Settled<RefCell<Indexes>>,
        pub(super) protocol: Cell<u32>,
        pub(super) bin: Cell<i32>,
        pub(super) fast: Cell<i32>,
        pub(super) fix_imports: Cell<bool>,
        initialized: Cell<bool>,
        running: Cell<bool>,
    }
);

fn alloc(vm: &Vm, class: Ref<brolga_runtime::types::type_object::PyType>) -> PyResult<Ref<Pickler>> {
    let this: Ref<Pickler> = vm.alloc_instance(class)?;
    this.indexes.attach(vm, this, RefCell::default())?;
    Ok(this)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Pickler>> {
    alloc(vm, class_argument(vm, args)?)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Pickler>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a Pickler is required"))
}

fn configure(vm: &Vm, this: Ref<Pickler>, protocol: Slot, fix_imports: Slot, callback: Slot) -> PyResult<()> {
    let protocol = match protocol.filter(|p| !p.is_none()) {
        None => DEFAULT_PROTOCOL,
        Some(given) => match vm.to_i64(given)? {
            negative if negative < 0 => HIGHEST_PROTOCOL,
            p if p > HIGHEST_PROTOCOL => {
                return Err(vm.value_error(format!("pickle protocol must be <= {HIGHEST_PROTOCOL}")));
            }
            p => p,
        },
    };
    let fix_imports = match fix_imports {
        Some(v) => vm.is_true(v)?,
        None => true,
    };
    let callback = callback.filter(|c| !c.is_none());
    if callback.is_some() && protocol < 5 {
        return Err(vm.value_error("buffer_callback needs protocol >= 5"));
    }
    this.protocol.set(protocol as u32);
    this.bin.set(i32::from(protocol > 0));
    this.fix_imports.set(fix_imports && protocol < 3);
    this.buffer_callback.set(this, callback);
    Ok(())
}

fn set_file(vm: &Vm, this: Ref<Pickler>, file: Value) -> PyResult<()> {
    match vm.get_attr_opt(file, vm.intern("write")?)? {
        Some(write) => {
            this.write.set(this, write);
            Ok(())
        }
        None => Err(vm.type_error("file must have a 'write' attribute")),
    }
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    in_use(vm, this)?;
    configure(vm, this, args.opt(2), args.opt(3), args.opt(4))?;
    set_file(vm, this, args.get(1))?;
    this.forget_all();
    this.fast.set(0);
    if vm.type_of(this.value()).is_heap_type() {
        let table = vm.get_attr_opt(this.value(), vm.intern("dispatch_table")?)?;
        this.dispatch_table.set(this, table);
    }
    this.initialized.set(true);
    Ok(())
}

fn in_use(vm: &Vm, this: Ref<Pickler>) -> PyResult<()> {
    if this.running.get() {
        return Err(vm.runtime_error("Pickler object is already used"));
    }
    Ok(())
}

/// A method that a subclass or the instance has in place of ours.
fn overriding(vm: &Vm, this: Ref<Pickler>, name: &str) -> PyResult<Slot> {
    let found = vm.get_attr_opt(this.value(), vm.intern(name)?)?;
    Ok(found.filter(|found| {
        !found.downcast::<PyNativeFunction>().is_some_and(|f| std::ptr::eq(f.def(), &raw const METHODS[PERSISTENT_ID]))
    }))
}

/// Writes one pickle.
fn run(vm: &Vm, this: Ref<Pickler>, object: Value, file: Slot) -> PyResult<Value> {
    let plain = !vm.type_of(this.value()).is_heap_type();
    let persistent_id =
        if plain && this.persistent_id.is_empty() { None } else { overriding(vm, this, "persistent_id")? };
    let reducer = if plain { None } else { overriding(vm, this, "reducer_override")? };
    let mut saver = Saver::new(vm, this, Output::new(vm, file), persistent_id, reducer);
    let protocol = this.protocol.get();
    if protocol >= 2 {
        saver.out.put(&[PROTO, protocol as u8])?;
        saver.out.framing = protocol >= 4;
    }
    saver.save(object)?;
    saver.out.put(&[STOP])?;
    saver.out.finish()
}

fn dump_method(vm: &Vm, this: Ref<Pickler>, object: Value) -> PyResult<()> {
    if !this.initialized.get() {
        let name = vm.tp_name(this.value());
        return Err(PICKLING_ERROR.raise(vm, format!("Pickler.__init__() was not called by {name}.__init__()")));
    }
    in_use(vm, this)?;
    this.running.set(true);
    let result = run(vm, this, object, this.write.get());
    this.running.set(false);
    result.map(|_| ())
}

pub(super) fn dump(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = alloc(vm, vm.native_type(&DEF)?)?;
    configure(vm, this, args.opt(2), args.opt(3), args.opt(4))?;
    set_file(vm, this, args.get(1))?;
    run(vm, this, args.get(0), this.write.get()).map(|_| ())
}

pub(super) fn dumps(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = alloc(vm, vm.native_type(&DEF)?)?;
    configure(vm, this, args.opt(1), args.opt(2), args.opt(3))?;
    run(vm, this, args.get(0), None)
}

fn clear_memo(_: &Vm, this: Ref<Pickler>) {
    this.forget_all();
}

/// By default nothing has one.
fn default_persistent_id(_: &Vm, _: Ref<Pickler>, _: Value) -> Value {
    Value::NONE
}

// ---- attributes -------------------------------------------------------------------------------------------------------

fn getattribute(vm: &Vm, this: Ref<Pickler>, name: Value) -> PyResult<Value> {
    assigned::get(vm, this, "persistent_id", &this.persistent_id, name)
}

fn setattr(vm: &Vm, this: Ref<Pickler>, name: Value, value: Value) -> PyResult<()> {
    assigned::set(vm, this, "persistent_id", &this.persistent_id, name, Some(value))
}

fn delattr(vm: &Vm, this: Ref<Pickler>, name: Value) -> PyResult<()> {
    assigned::set(vm, this, "persistent_id", &this.persistent_id, name, None)
}

fn given(vm: &Vm, value: Slot) -> PyResult<Value> {
    value.ok_or_else(|| vm.type_error("can't delete numeric/char attribute"))
}

fn get_bin(_: &Vm, this: Ref<Pickler>) -> i32 {
    this.bin.get()
}

fn set_bin(vm: &Vm, this: Ref<Pickler>, value: Slot) -> PyResult<()> {
    this.bin.set(vm.to_i32(given(vm, value)?)?);
    Ok(())
}

fn get_fast(_: &Vm, this: Ref<Pickler>) -> i32 {
    this.fast.get()
}

fn set_fast(vm: &Vm, this: Ref<Pickler>, value: Slot) -> PyResult<()> {
    this.fast.set(vm.to_i32(given(vm, value)?)?);
    Ok(())
}

fn get_dispatch_table(vm: &Vm, this: Ref<Pickler>) -> PyResult<Value> {
    let name = vm.intern("dispatch_table")?;
    this.dispatch_table.get().ok_or_else(|| vm.no_attribute(this.value(), name))
}

fn set_dispatch_table(vm: &Vm, this: Ref<Pickler>, value: Slot) -> PyResult<()> {
    if value.is_none() && this.dispatch_table.is_empty() {
        return Err(vm.no_attribute(this.value(), vm.intern("dispatch_table")?));
    }
    this.dispatch_table.set(this, value);
    Ok(())
}

object!(
    /// `pickler.memo`: what can be done with the memo from outside.
    pub struct MemoProxy: PICKLE_MEMO_PROXY { pickler: Field }
);

impl MemoProxy {
    fn pickler(&self) -> Option<Ref<Pickler>> {
        self.pickler.get().and_then(Value::downcast)
    }
}

fn get_memo(vm: &Vm, this: Ref<Pickler>) -> PyResult<Ref<MemoProxy>> {
    let proxy: Ref<MemoProxy> = vm.alloc_instance(vm.native_type(&MEMO_PROXY_DEF)?)?;
    proxy.pickler.init(this.value());
    Ok(proxy)
}

/// The memo of another pickler, or a dict of pairs (number, object).
fn set_memo(vm: &Vm, this: Ref<Pickler>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("attribute deletion is not supported")) };
    let dict = if let Some(proxy) = value.downcast::<MemoProxy>() {
        copy_memo(vm, proxy)?
    } else if let Some(dict) = value.downcast::<PyDict>() {
        dict
    } else {
        let shown = vm.type_name(value);
        return Err(vm.type_error(format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {shown}")));
    };
    let bad = || vm.type_error("'memo' values must be 2-item tuples");
    let entries = vm.new_list(&[])?;
    let mut position = 0;
    while let Some((_, entry)) = dict.next_item(&mut position) {
        entries.push(vm, entry)?;
    }
    for i in 0..entries.len() {
        let pair = entries.get(i).and_then(Value::downcast::<PyTuple>).filter(|t| t.len() == 2).ok_or_else(bad)?;
        vm.to_i64(pair.get(0).unwrap_or(Value::NONE))?;
    }
    this.forget_all();
    for i in 0..entries.len() {
        let Some(pair) = entries.get(i).and_then(Value::downcast::<PyTuple>) else { continue };
        let number = vm.to_i64(pair.get(0).unwrap_or(Value::NONE))?;
        let number = u32::try_from(number).map_err(|_| vm.value_error("memo key must be positive integers."))?;
        memo::remember(vm, this, pair.get(1).unwrap_or(Value::NONE), number)?;
    }
    Ok(())
}

fn clear_memo_proxy(_: &Vm, proxy: Ref<MemoProxy>) {
    if let Some(pickler) = proxy.pickler() {
        pickler.forget_all();
    }
}

fn copy_memo(vm: &Vm, proxy: Ref<MemoProxy>) -> PyResult<Ref<PyDict>> {
    let copy = vm.new_dict()?;
    let mut i = 0;
    while let Some((number, object)) = proxy.pickler().and_then(|pickler| pickler.memo_entry(i)) {
        let key = vm.new_int_u64(vm.id_of(object))?;
        let pair = vm.new_tuple(&[Value::from_int_truncated(i64::from(number)), object])?;
        copy.set_item(vm, key, pair.value())?;
        i += 1;
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
    method!("__reduce__", 1, reduce_memo).doc("Implement pickle support."),
];

pub static MEMO_PROXY_DEF: TypeDef = TypeDef {
    module: "_pickle",
    layout: Some(crate::layouts::PICKLE_MEMO_PROXY),
    flags: type_flags::DISALLOW_NEW,
    methods: &[MEMO_PROXY_METHODS],
    ..TypeDef::new("PicklerMemoProxy")
};

fn memory_size(_: &Vm, this: Ref<Pickler>) -> usize {
    size_of::<Pickler>() + this.memo_len() * 16
}

/// Where `persistent_id` stands among the methods.
const PERSISTENT_ID: usize = 0;

static METHODS: &[MethodDef] = &[
    method!("persistent_id", 2, default_persistent_id),
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, file, protocol=None, fix_imports=True, buffer_callback=None)", init),
    method!("__getattribute__", 2, getattribute),
    method!("__setattr__", 3, setattr),
    method!("__delattr__", 2, delattr),
    method!("dump", 2, dump_method).doc("Write a pickled representation of the given object to the open file."),
    method!("clear_memo", 1, clear_memo).doc(
        "Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful when\nre-using picklers.",
    ),
    method!("__sizeof__", 1, memory_size).doc("Returns size in memory, in bytes."),
];

static GETSET: &[GetSetDef] = &[
    getset!("bin", get_bin, set_bin),
    getset!("fast", get_fast, set_fast),
    getset!("dispatch_table", get_dispatch_table, set_dispatch_table),
    getset!("memo", get_memo, set_memo),
];

pub static DEF: TypeDef = TypeDef {
    module: "_pickle",
    layout: Some(crate::layouts::PICKLE_PICKLER),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)\n--\n\nThis takes a binary file for writing a pickle data stream.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument. It can thus be a file object opened for binary\nwriting, an io.BytesIO instance, or any other custom object that meets\nthis interface.\n\nIf *fix_imports* is True and protocol is less than 3, pickle will try\nto map the new Python 3 names to the old module names used in Python\n2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are\nserialized into *file* as part of the pickle stream.\n\nIf *buffer_callback* is not None, then it can be called any number\nof times with a buffer view.  If the callback returns a false value\n(such as None), the given buffer is out-of-band; otherwise the\nbuffer is serialized in-band, i.e. inside the pickle stream.\n\nIt is an error if *buffer_callback* is not None and *protocol*\nis None or smaller than 5.",
    ),
    ..TypeDef::new("Pickler")
};

/// The name as an exact string that is interned: for messages and lookups.
pub(super) fn as_str(v: Value) -> Option<Ref<PyStr>> {
    v.downcast()
}

pub(super) const DUMP_DOC: &str = "Write a pickled representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, protocol).dump(obj)``, but may\nbe more efficient.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument.  It can thus be a file object opened for binary\nwriting, an io.BytesIO instance, or any other custom object that meets\nthis interface.\n\nIf *fix_imports* is True and protocol is less than 3, pickle will try\nto map the new Python 3 names to the old module names used in Python\n2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are serialized\ninto *file* as part of the pickle stream.  It is an error if\n*buffer_callback* is not None and *protocol* is None or smaller than 5.";

pub(super) const DUMPS_DOC: &str = "Return the pickled representation of the object as a bytes object.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nIf *fix_imports* is True and *protocol* is less than 3, pickle will\ntry to map the new Python 3 names to the old module names used in\nPython 2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are serialized\ninto *file* as part of the pickle stream.  It is an error if\n*buffer_callback* is not None and *protocol* is None or smaller than 5.";
