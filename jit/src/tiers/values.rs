//! What translation asks of the heap: code objects and their feedback, and what lies behind the values that it meets.

use std::cell::RefCell;
use std::rc::Rc;

use brolga_bytecode::constants::flags;
use brolga_bytecode::instructions::{Instruction, Instructions};
use brolga_bytecode::opcode::Opcode;
use brolga_heap::flags::HAS_ATTRS;
use brolga_runtime::attributes::instance::SLOTS_OFFSET;
use brolga_runtime::interp::feedback::{Feedback, Former, Kind, seen};
use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::layout::INSTANCE;
use brolga_runtime::object::{Func, Header, MethodDef, Ref};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::protocol::number::{BinaryOp, INPLACE};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ARRAY_ITEMS_OFFSET;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::function::PyFunction;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::property::PyProperty;
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::limits;
use crate::opt::Options;
use crate::translate::source::{
    self, Callee, Form, Function, Membership, ModuleValue, Native, Operator, Profile, Resolver, Source, SuperMethod,
    Table,
};

/// Tells what callees are, from the values that are there now.
pub struct Values<'a> {
    pub vm: &'a Vm,
    pub no_fast_paths: bool,
    /// Instructions (code object's address, code unit) whose guesses have failed.
    pub options: &'a Options,
    /// What the unit will refer to.
    pub met: RefCell<Vec<Value>>,
}

impl Values<'_> {
    fn function(&self, f: Ref<PyFunction>) -> Function {
        let code = f.code();
        for value in [f.value(), code.value()] {
            self.met.borrow_mut().push(value);
        }
        let words =
            |t: Option<Ref<PyTuple>>| t.map_or_else(Vec::new, |t| t.as_slice().iter().map(|v| v.bits()).collect());
        Function {
            value: f.value().bits(),
            source: Rc::new(snapshot(self.vm, code, f.globals(), f.builtins(), self.no_fast_paths, self.options)),
            version: (std::ptr::from_ref(&f.version) as u64, f.version.get()),
            defaults: words(f.defaults()),
            closure: words(f.closure()),
        }
    }

    fn native(&self, f: Ref<PyNativeFunction>) -> Native {
        let def = f.def();
        let of_builtins =
            f.owner_type().is_none() && f.module_name().is_some_and(|m| self.vm.to_lossy(m) == "builtins");
        let is_descriptor = f.is_descriptor();
        let types = &self.vm.types;
        let of = |class: Ref<PyType>| is_descriptor && f.owner_type() == Some(class);
        let form = match def.name {
            "len" if of_builtins => Some(Form::Len),
            "isinstance" if of_builtins => Some(Form::IsInstance),
            "abs" if of_builtins => Some(Form::Abs),
            "ord" if of_builtins => Some(Form::Ord),
            "chr" if of_builtins => Some(Form::Chr),
            "min" if of_builtins => Some(Form::Min),
            "max" if of_builtins => Some(Form::Max),
            "round" if of_builtins => Some(Form::Round),
            "divmod" if of_builtins => Some(Form::DivMod),
            "append" if of(types.list) => Some(Form::ListAppend),
            "pop" if of(types.list) => Some(Form::ListPop),
            "get" if of(types.dict) => Some(Form::DictGet),
            "setdefault" if of(types.dict) => Some(Form::DictSetDefault),
            "add" if of(types.set) => Some(Form::SetAdd),
            "startswith" if of(types.str) => Some(Form::StrStartsWith),
            "endswith" if of(types.str) => Some(Form::StrEndsWith),
            _ => None,
        };
        let arity = match def.func {
            Func::F0(_) => Some(0),
            Func::F1(_) => Some(1),
            Func::F2(_) => Some(2),
            Func::F3(_) => Some(3),
            Func::V(_) => None,
        };
        // (What a special method gives is looked at, and a class's is bound to what it is found on.)
        let ordinary = (f.is(shape::builtin_function) || f.is(shape::method_descriptor)) && !def.name.starts_with("__");
        let fixed = arity.filter(|_| ordinary).map(|n| (std::ptr::from_ref(def) as u64, n));
        let takes = (0..usize::BITS as usize).filter(|n| def.params.takes(*n)).fold(0, |all, n| all | 1 << n);
        let flexible = (ordinary && matches!(def.func, Func::V(_))).then_some((std::ptr::from_ref(def) as u64, takes));
        Native { form, raw: def.raw, fixed, flexible, receiver: f.bound_receiver().map(Value::bits), is_descriptor }
    }
}

impl Resolver for Values<'_> {
    fn fuel(&self) -> Option<u64> {
        let meter = &self.vm.meter;
        meter.is_on().then(|| std::ptr::from_ref(&meter.left) as u64)
    }

    fn has_known_attributes(&self, value: u64) -> bool {
        if self.no_fast_paths || value == 0 {
            return false;
        }
        // SAFETY: the translator asks for values that are alive.
        let value = unsafe { Value::from_bits(value) };
        value.downcast::<PyType>().is_some() || self.vm.exact::<PyModule>(value, shape::module).is_some()
    }

    fn class_at(&self, address: u64) -> Option<u64> {
        let cell = self.vm.heap.is_cell(address).filter(|c| c.as_ptr() as u64 == address)?;
        // SAFETY: a cell of the heap begins there.
        let class = unsafe { Value::from_bits(cell.as_ptr() as u64) }.downcast::<PyType>()?;
        self.met.borrow_mut().push(class.value());
        Some(class.value().bits())
    }

    fn class_version(&self, class: u64) -> Option<(u64, u32)> {
        // SAFETY: the translator asks for values that are alive.
        let class = unsafe { Value::from_bits(class) }.downcast::<PyType>()?;
        Some((std::ptr::from_ref(&class.version) as u64, class.version(self.vm)))
    }

    fn getter(&self, property: u64) -> Option<Function> {
        // SAFETY: what a profile has whose class has the same version.
        let property = unsafe { Value::from_bits(property) };
        let getter = self.vm.exact::<PyProperty>(property, shape::property)?.getter()?;
        self.met.borrow_mut().push(property);
        Some(self.function(self.vm.exact::<PyFunction>(getter, shape::function)?))
    }

    fn super_method(&self, shape: u32, version: u32, name: u64) -> Option<SuperMethod> {
        // SAFETY: a name of a code object that is alive.
        let name = self.vm.exact_str(unsafe { Value::from_bits(name) })?;
        let start = self.vm.shapes.get(shape).class.get();
        // Classes and modules share their shapes.
        let is_shared = start.is_subtype(self.vm.types.type_) || start.is_subtype(self.vm.types.module);
        if self.no_fast_paths || is_shared {
            return None;
        }
        let class = start.mro().find(|t| t.version.get() == version)?;
        let function = self.vm.super_method(class, start, name)?;
        self.met.borrow_mut().extend([class.value(), start.value(), function]);
        Some(SuperMethod {
            global_super: self.vm.types.super_.value().bits(),
            class: class.value().bits(),
            function: function.bits(),
            version: (std::ptr::from_ref(&start.version) as u64, start.version(self.vm)),
        })
    }

    fn any_function(&self, function: u64) -> Option<Function> {
        // What has been freed is no cell any more, and what has taken its place will do as well.
        let cell = self.vm.heap.is_cell(function).filter(|c| c.as_ptr() as u64 == function)?;
        // SAFETY: a cell of the heap begins there.
        let value = unsafe { Value::from_bits(cell.as_ptr() as u64) };
        let f = self.vm.exact::<PyFunction>(value, shape::function)?;
        let (code, globals, builtins) = (f.code(), f.globals(), f.builtins());
        self.met.borrow_mut().extend([code.value(), globals, builtins]);
        Some(Function {
            value: 0,
            source: Rc::new(snapshot(self.vm, code, globals, builtins, self.no_fast_paths, self.options)),
            version: (0, 0),
            defaults: Vec::new(),
            closure: Vec::new(),
        })
    }

    fn bound_native(&self, def: u64) -> Option<Native> {
        let t = &self.vm.types;
        // SAFETY: the address of a definition, which is static.
        let name = unsafe { &*(def as *const MethodDef) }.name;
        let name = self.vm.intern(name).ok()?;
        [t.list, t.dict, t.set, t.str].into_iter().find_map(|class| {
            let f = class.dict()?.get_str(self.vm, name)?.downcast::<PyNativeFunction>()?;
            (std::ptr::from_ref(f.def()) as u64 == def && f.is_descriptor()).then(|| self.native(f))
        })
    }

    fn module_value(&self, module: u64, version: u32, index: u32) -> Option<ModuleValue> {
        // SAFETY: the translator asks for values that are alive.
        let module = self.vm.exact::<PyModule>(unsafe { Value::from_bits(module) }, shape::module)?;
        let (table, address) = table_place(module.dict()?, version, index)?;
        Some(ModuleValue { table, address, now: word_at(address) })
    }

    fn items(&self, tuple: u64) -> Option<Vec<u64>> {
        // SAFETY: a constant of a code object that is alive.
        let tuple = unsafe { Value::from_bits(tuple) }.downcast::<PyTuple>()?;
        Some(tuple.as_slice().iter().map(|v| v.bits()).collect())
    }

    fn subscript(&self, container: u32, stores: bool) -> Option<(Function, (u64, u32))> {
        if self.no_fast_paths {
            return None;
        }
        let class = self.vm.shapes.get(container).class.get();
        if class.layout() != INSTANCE {
            return None;
        }
        let f = class.special(if stores { Special::SetItem } else { Special::GetItem })?.downcast::<PyFunction>()?;
        self.met.borrow_mut().push(class.value());
        Some((self.function(f), (std::ptr::from_ref(&class.version) as u64, class.version(self.vm))))
    }

    fn operator(&self, left: u32, right: u32, i: &Instruction) -> Option<Operator> {
        if self.no_fast_paths {
            return None;
        }
        let class = self.vm.shapes.get(left).class.get();
        if class.layout() != INSTANCE {
            return None;
        }
        let method = if i.opcode == Opcode::COMPARE_OP {
            Compare::from_index(i.arg >> 5).special()
        } else {
            let (index, inplace) = if i.arg >= INPLACE { (i.arg - INPLACE, true) } else { (i.arg, false) };
            let (method, of_inplace) = BinaryOp::from_index(index)?.methods();
            if inplace && class.special(of_inplace).is_some() {
                return None;
            }
            method
        };
        let f = class.special(method)?.downcast::<PyFunction>()?;
        let version = |class: Ref<PyType>| {
            self.met.borrow_mut().push(class.value());
            (std::ptr::from_ref(&class.version) as u64, class.version(self.vm))
        };
        let right_version = match right {
            shape::int | shape::float => None,
            _ => {
                let other = self.vm.shapes.get(right).class.get();
                // A subclass's reflected method may come first.
                if other != class && (other.layout() != INSTANCE || other.is_subtype(class)) {
                    return None;
                }
                (other != class).then(|| version(other))
            }
        };
        let is_truth = i.opcode == Opcode::COMPARE_OP && i.arg & 16 != 0;
        Some(Operator { function: self.function(f), left: version(class), right: right_version, is_truth })
    }

    fn variable(&self, globals: u64, builtins: u64, name: u64) -> Option<source::Place> {
        if self.no_fast_paths {
            return None;
        }
        // SAFETY: of a code object that is alive, and its frame.
        let (globals, builtins, name) =
            unsafe { (Value::from_bits(globals), Value::from_bits(builtins), Value::from_bits(name)) };
        let dict = self.vm.exact::<PyDict>(globals, shape::dict)?;
        let name = self.vm.exact_str(name)?;
        let table = dict.table().filter(|t| t.is_strings())?;
        let version = table.version(self.vm);
        let known = Former { kind: Kind::Global, shape: 0, version, index: 0, extra: 0, value: 0 };
        if let Some(entry) = dict.entry_of_str(self.vm, name) {
            return place(self.vm, globals, builtins, &Former { index: entry as u32, ..known });
        }
        let behind = self.vm.exact::<PyDict>(builtins, shape::dict)?;
        let table = behind.table().filter(|t| t.is_strings())?;
        let index = behind.entry_of_str(self.vm, name)? as u32;
        place(
            self.vm,
            globals,
            builtins,
            &Former { kind: Kind::Builtin, index, extra: table.version(self.vm), ..known },
        )
    }

    fn compares_by_identity(&self, shape: u32) -> Option<Option<(u64, u32)>> {
        let class = self.vm.shapes.get(shape).class.get();
        // Classes and modules share their shapes.
        let is_shared = class.is_subtype(self.vm.types.type_) || class.is_subtype(self.vm.types.module);
        if self.no_fast_paths || is_shared || !self.vm.compares_by_identity(class) {
            return None;
        }
        self.met.borrow_mut().push(class.value());
        Some(class.is_heap_type().then(|| (std::ptr::from_ref(&class.version) as u64, class.version(self.vm))))
    }

    fn is_itself_only(&self, value: u64) -> bool {
        // SAFETY: a constant of the unit: 0, or a value that is alive.
        value != 0 && unsafe { Value::from_bits(value) }.as_obj().is_none_or(|o| o.shape_id() != shape::int)
    }

    fn class_of(&self, shape: u32) -> Option<u64> {
        let class = self.vm.shapes.get(shape).class.get();
        // Classes and modules share their shapes.
        let is_shared = class.is_subtype(self.vm.types.type_) || class.is_subtype(self.vm.types.module);
        if self.no_fast_paths || is_shared {
            return None;
        }
        self.met.borrow_mut().push(class.value());
        Some(class.value().bits())
    }

    fn is_instance(&self, shape: u32, class: u64) -> Option<Membership> {
        if self.no_fast_paths || class == 0 {
            return None;
        }
        // SAFETY: the translator asks for values that are alive.
        let class = unsafe { Value::from_bits(class) };
        let class_shape = class.as_obj()?.shape_id();
        let is_plain = |v: Value| v.downcast::<PyType>().filter(|t| self.vm.type_of(t.value()) == self.vm.types.type_);
        let classes: Vec<Ref<PyType>> = match self.vm.exact::<PyTuple>(class, shape::tuple) {
            // What a class of the program's is an instance of may change.
            Some(all) => {
                let all = all.as_slice().iter().map(|v| is_plain(*v).filter(|t| !t.is_heap_type()));
                all.collect::<Option<_>>()?
            }
            None => vec![is_plain(class)?],
        };
        let of = self.vm.shapes.get(shape).class.get();
        // Classes and modules share their shapes.
        if of.is_subtype(self.vm.types.type_) || of.is_subtype(self.vm.types.module) {
            return None;
        }
        let is_instance = classes.iter().any(|class| of.is_subtype(*class));
        // What else an object may say of its class is asked where it is no instance.
        if !is_instance && !self.vm.has_plain_class(of) {
            return None;
        }
        self.met.borrow_mut().extend([class, of.value()]);
        let version = (std::ptr::from_ref(&of.version) as u64, of.version(self.vm));
        Some(Membership { is_instance, class_shape, version: of.is_heap_type().then_some(version) })
    }

    fn callee(&self, value: u64) -> Option<Callee> {
        if self.no_fast_paths || value == 0 {
            return None;
        }
        // SAFETY: the translator asks for values that are alive.
        let value = unsafe { Value::from_bits(value) };
        if let Some(f) = value.downcast::<PyFunction>() {
            return Some(Callee::Function(self.function(f)));
        }
        if let Some(f) = value.downcast::<PyNativeFunction>() {
            self.met.borrow_mut().push(value);
            return Some(Callee::Native(self.native(f)));
        }
        let types = &self.vm.types;
        for (class, form) in [
            (types.int, Form::Int),
            (types.float, Form::Float),
            (types.str, Form::Str),
            (types.type_, Form::Type),
            (types.list, Form::List),
            (types.tuple, Form::Tuple),
            (types.set, Form::Set),
            (types.dict, Form::Dict),
            (types.enumerate, Form::Enumerate),
            (types.zip, Form::Zip),
        ] {
            if value.same_bits(class.value()) {
                let none =
                    Native { form: None, raw: None, fixed: None, flexible: None, receiver: None, is_descriptor: false };
                return Some(Callee::Native(Native { form: Some(form), ..none }));
            }
        }
        if value.same_bits(self.vm.types.range.value()) {
            self.met.borrow_mut().push(value);
            return Some(Callee::Range);
        }
        if let Some(class) = value.downcast::<PyType>() {
            // What the interpreter's calls do (`interp::calls`), for classes without `__del__`.
            let plain = self.vm.type_of(value) == self.vm.types.type_
                && class.layout() == INSTANCE
                && !class.has_flag(type_flags::ABSTRACT | type_flags::DISALLOW_NEW | type_flags::HAS_DEL)
                && class.special(Special::New).is_some_and(|new| new.same_bits(self.vm.object_new()));
            if !plain {
                return None;
            }
            self.met.borrow_mut().push(value);
            let version = (std::ptr::from_ref(&class.version) as u64, class.version(self.vm));
            let init = class.special(Special::Init).and_then(Value::downcast::<PyFunction>);
            // Its constructor runs no other code, if there is none of `object`'s either.
            let no_init = class.special(Special::Init).is_some_and(|init| init.same_bits(self.vm.object_init()));
            if init.is_none() && !no_init {
                return None;
            }
            let shape = self.vm.shapes.get(class.root_shape());
            let flags = if class.is_heap_type() { HAS_ATTRS } else { 0 };
            let header = Header::bits_of(shape.id, INSTANCE, 0) | u64::from(flags) << (8 * Header::FLAGS_OFFSET);
            let instance = (header, SLOTS_OFFSET as u64 + 8 * u64::from(shape.inline));
            return Some(Callee::Class { version, init: init.map(|f| self.function(f)), instance });
        }
        None
    }
}

/// What translation reads.
pub fn snapshot(
    vm: &Vm,
    code: Ref<PyCode>,
    globals: Value,
    builtins: Value,
    no_fast_paths: bool,
    options: &Options,
) -> Source {
    let bytes: &[u8] = &code.data().code;
    let address = code.addr() as u64;
    let mut refused = limits::refused_within(options, code);
    let open: HashSet<u32> = options.open.iter().filter(|(of, _)| *of == address).map(|(_, unit)| *unit).collect();
    // Makes the side table, if there is none yet.
    let instructions = code.instructions();
    let mut feedback_numbers = vec![0; bytes.len() / 2];
    let mut profiles = Vec::new();
    let mut others = HashMap::default();
    for instruction in Instructions::new(bytes).flatten() {
        if instruction.opcode.caches() == 0 {
            // The interpreter learns nothing there: the next guess would be the same.
            let unit = (instruction.start / 2) as u32;
            if open.contains(&unit) {
                refused.insert(unit);
            }
            continue;
        }
        let unit = instruction.offset / 2;
        // SAFETY: the first cache unit of an instruction of the executable stream, and the entry it names.
        let (number, entry) = unsafe {
            let number = *instructions.add(unit + 1);
            (number, &*code.feedback_base().add(number as usize))
        };
        feedback_numbers[unit] = number;
        if profiles.len() <= number as usize {
            profiles.resize(number as usize + 1, blank());
        }
        if no_fast_paths || refused.contains(&((instruction.start / 2) as u32)) {
            profiles[number as usize] = blank();
            continue;
        }
        profiles[number as usize] = profile(vm, globals, builtins, entry);
        let former = entry.former();
        if !former.is_empty() {
            let former = former.into_iter().map(|f| {
                let place = place(vm, globals, builtins, &f);
                Profile {
                    kind: f.kind,
                    seen: 0,
                    index: f.index,
                    shape: f.shape,
                    version: f.version,
                    extra: f.extra,
                    value: f.value,
                    place,
                }
            });
            others.insert(number, former.collect());
        }
    }
    let parameters = code.argcount()
        + code.kwonlyargcount()
        + usize::from(code.has_flag(flags::VARARGS))
        + usize::from(code.has_flag(flags::VARKEYWORDS));
    Source {
        name: code.name_str().map_or_else(String::new, |n| n.to_lossy()),
        code: bytes.to_vec(),
        exceptiontable: code.data().exceptiontable.to_vec(),
        address,
        instructions: instructions as u64,
        frame_slots: code.frame_slots(),
        parameters: parameters.min(code.nlocalsplus()),
        argcount: code.argcount(),
        positional_only: code.data().posonlyargcount as usize,
        parameter_names: (0..code.argcount()).map(|i| code.local_name(i).map_or(0, |n| n.value().bits())).collect(),
        is_plain: code.is_simple() && !code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR),
        globals: globals.bits(),
        builtins: builtins.bits(),
        names: code.names().map_or_else(Vec::new, |t| t.as_slice().iter().map(|v| v.bits()).collect()),
        is_module: false,
        feedback_numbers,
        profiles,
        others,
        consts: code.consts().map_or_else(Vec::new, |t| t.as_slice().iter().map(|v| v.bits()).collect()),
        nlocalsplus: code.nlocalsplus(),
        epoch: std::ptr::from_ref(&vm.shape_epoch) as u64,
        no_fast_paths,
        refused,
        open,
        is_called: options.called.contains(&address),
    }
}

/// A profile that has no fast path.
fn blank() -> Profile {
    Profile { kind: Kind::Empty, seen: seen::OTHER, index: 0, shape: 0, version: 0, extra: 0, value: 0, place: None }
}

fn profile(vm: &Vm, globals: Value, builtins: Value, entry: &Feedback) -> Profile {
    Profile {
        kind: entry.kind.get(),
        seen: entry.seen.get(),
        index: entry.index.get(),
        shape: entry.shape.get(),
        version: entry.version.get(),
        extra: entry.extra.get(),
        value: entry.value.get(),
        place: place(vm, globals, builtins, &entry.now()),
    }
}

fn place(vm: &Vm, globals: Value, builtins: Value, entry: &Former) -> Option<source::Place> {
    use source::Place;

    match entry.kind {
        Kind::Inline => {
            let shape = vm.shapes.get(entry.shape);
            let index = entry.index;
            match index.checked_sub(u32::from(shape.inline)) {
                None => Some(Place::Offset(SLOTS_OFFSET as u32 + 8 * index)),
                Some(behind) if shape.class.get().layout() == INSTANCE => {
                    Some(Place::Side(ARRAY_ITEMS_OFFSET as u32 + 8 * behind))
                }
                Some(_) => None,
            }
        }
        Kind::AddInline => {
            let (before, after) = (vm.shapes.get(entry.shape), vm.shapes.get(entry.extra));
            let index = entry.index;
            let fits = before.class.get().layout() == INSTANCE && index < u32::from(after.inline);
            let version = std::ptr::from_ref(&before.class.get().version) as u64;
            fits.then(|| Place::Add(SLOTS_OFFSET as u32 + 8 * index, version))
        }
        Kind::Method | Kind::ClassValue | Kind::Property | Kind::SuperMethod | Kind::CallMethod | Kind::BoundMethod => {
            // Numbers and bools have no header.
            if matches!(entry.shape, shape::int | shape::float | shape::bool) {
                return None;
            }
            let class = vm.shapes.get(entry.shape).class.get();
            // Classes and modules share their shapes: what is cached for them is another kind.
            if class.version.get() != entry.version {
                return None;
            }
            Some(Place::Class(std::ptr::from_ref(&class.version) as u64))
        }
        Kind::Global => {
            let globals = vm.exact::<PyDict>(globals, shape::dict)?;
            let (table, value) = table_place(globals, entry.version, entry.index)?;
            let now = word_at(value);
            Some(Place::Global {
                globals: globals.addr() as u64,
                builtins: builtins.bits(),
                tables: [Some(table), None],
                value,
                now,
            })
        }
        Kind::Builtin => {
            let globals = vm.exact::<PyDict>(globals, shape::dict)?;
            let builtins = vm.exact::<PyDict>(builtins, shape::dict)?;
            let (first, _) = table_place(globals, entry.version, 0)?;
            let (second, value) = table_place(builtins, entry.extra, entry.index)?;
            let now = word_at(value);
            Some(Place::Global {
                globals: globals.addr() as u64,
                builtins: builtins.addr() as u64,
                tables: [Some(first), Some(second)],
                value,
                now,
            })
        }
        _ => None,
    }
}

fn word_at(address: u64) -> u64 {
    // SAFETY: the address of a value in a dict's table that is alive.
    unsafe { *(address as *const u64) }
}

/// A dict's table, if it has this version, and the address of an entry's value.
fn table_place(dict: Ref<PyDict>, version: u32, entry: u32) -> Option<(Table, u64)> {
    let (field, table) = dict.table_place()?;
    if version == 0 || table.current_version() != version {
        return None;
    }
    let (version_address, value) = table.places(entry as usize);
    Some((
        Table { field: field as u64, address: table.addr() as u64, version_address: version_address as u64, version },
        value as u64,
    ))
}
