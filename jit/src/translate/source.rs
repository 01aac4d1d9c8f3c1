//! What the translator reads of a code object: a snapshot, so that translation needs no heap and can be tested alone.

use std::rc::Rc;

use brolga_bytecode::instructions::Instruction;
use brolga_runtime::interp::feedback::{Kind, MAX_FORMER};
use brolga_runtime::object::Raw;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// What an instruction has met; see [`brolga_runtime::interp::feedback::Feedback`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    pub kind: Kind,
    pub seen: u16,
    pub index: u32,
    pub shape: u32,
    pub version: u32,
    pub extra: u32,
    pub value: u64,
    /// For cached attributes: what is known of shape `shape`.
    pub place: Option<Place>,
}

impl Profile {
    /// The shapes that it is about, as guards have them: the first, and how many follow it.
    pub fn shapes(&self) -> [u64; 2] {
        let span = if matches!(self.kind, Kind::Inline | Kind::ClassValue | Kind::Method) { self.extra } else { 0 };
        [u64::from(self.shape), u64::from(span)]
    }

    /// Is it about this shape, too?
    fn covers(&self, shape: u32) -> bool {
        u64::from(shape.wrapping_sub(self.shape)) <= self.shapes()[1]
    }
}

/// Where a cached attribute lies.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the object, at this offset, while the epoch is the profile's version.
    Offset(u32),
    /// In its side array, at this offset, while the epoch is the profile's version.
    Side(u32),
    /// STORE_ATTR: to be put at this offset; the class's version stands at this address.
    Add(u32, u64),
    /// In its class, whose version stands at this address.
    Class(u64),
    /// LOAD_GLOBAL: the value's address while the dicts of these addresses have these tables, and what is there now.
    Global { globals: u64, builtins: u64, tables: [Option<Table>; 2], value: u64, now: u64 },
}

/// A dict's table: the field that holds it, itself, and the version of its keys.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Table {
    pub field: u64,
    pub address: u64,
    pub version_address: u64,
    pub version: u32,
}

/// A code object, as far as translation reads it.
#[derive(Debug, Default)]
pub struct Source {
    pub name: String,
    /// `co_code`.
    pub code: Vec<u8>,
    /// `co_exceptiontable`.
    pub exceptiontable: Vec<u8>,
    /// The code object's address, and that of its executable stream.
    pub address: u64,
    pub instructions: u64,
    /// The number of the feedback entry of the instruction at a code unit.
    pub feedback_numbers: Vec<u16>,
    pub profiles: Vec<Profile>,
    /// By number of the feedback entry: what else an instruction has met, where it has met several shapes.
    pub others: HashMap<u16, Vec<Profile>>,
    /// The constants' words.
    pub consts: Vec<u64>,
    pub nlocalsplus: usize,
    /// Locals and value stack.
    pub frame_slots: usize,
    /// Slots that the caller fills: parameters of every kind.
    pub parameters: usize,
    /// Positional parameters; only these.
    pub argcount: usize,
    /// How many of them can't be named; and the names' words, interned strings, of all.
    pub positional_only: usize,
    pub parameter_names: Vec<u64>,
    /// It has plain positional parameters only, and is no generator.
    pub is_plain: bool,
    /// The dicts' words.
    pub globals: u64,
    pub builtins: u64,
    /// Names of globals and attributes: their words, interned strings.
    pub names: Vec<u64>,
    /// Its frames' namespace is their globals: a module's code.
    pub is_module: bool,
    /// Address of the interpreter's shape epoch.
    pub epoch: u64,
    /// Every instruction is a call of its `ops` function.
    pub no_fast_paths: bool,
    /// Instructions (code units) without a profile whose guesses have failed.
    pub refused: HashSet<u32>,
    /// Instructions (code units) with one about which a guess has failed once.
    pub open: HashSet<u32>,
    /// It is called with a frame, not inlined.
    pub is_called: bool,
}

impl Source {
    /// What the instruction at this code unit, one with caches, has met.
    pub fn profile(&self, unit: usize) -> Option<(u16, Profile)> {
        let number = *self.feedback_numbers.get(unit)?;
        Some((number, *self.profiles.get(number as usize)?))
    }

    /// The several shapes that an attribute's instruction has met; `None`: one, or too many. Where it `is_open` there is a way
    /// for others, too: one shape will do, and of too many some.
    pub fn cases(&self, number: u16, is_open: bool) -> Option<Vec<Profile>> {
        let current = *self.profiles.get(number as usize)?;
        let mut all = match self.others.get(&number) {
            Some(others) => others.clone(),
            None if is_open => Vec::new(),
            None => return None,
        };
        if all.len() >= MAX_FORMER && !is_open {
            return None;
        }
        if current.kind != Kind::Megamorphic && current.kind != Kind::Empty {
            all.retain(|p| !current.covers(p.shape) && !p.covers(current.shape));
            all.push(current);
        }
        // What is no longer so is not met again.
        all.retain(|p| p.place.is_some());
        (all.len() > usize::from(!is_open)).then_some(all)
    }
}

/// A Python function that is called.
#[derive(Clone, Debug)]
pub struct Function {
    pub value: u64,
    pub source: Rc<Source>,
    /// Address of its version, which changes with its code, defaults and closure; and what it is now. 0: of any function
    /// with this code and these surroundings, whose defaults and closure are not known.
    pub version: (u64, u32),
    pub defaults: Vec<u64>,
    /// The cells of its free variables.
    pub closure: Vec<u64>,
}

/// Native functions that have a form of their own.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Form {
    Len,
    /// `list.append`, unbound.
    ListAppend,
    IsInstance,
    Abs,
    Ord,
    Chr,
    Min,
    Max,
    Round,
    DivMod,
    /// Methods, unbound.
    ListPop,
    DictGet,
    DictSetDefault,
    SetAdd,
    StrStartsWith,
    StrEndsWith,
    /// The class `type`, of one argument.
    Type,
    /// The class `str`.
    Str,
    /// The classes `int` and `float`.
    Int,
    Float,
    /// The classes `list`, `tuple`, `set` and `dict`.
    List,
    Tuple,
    Set,
    Dict,
    /// The classes `enumerate` and `zip`.
    Enumerate,
    Zip,
}

/// A native function that is called.
#[derive(Copy, Clone, Debug)]
pub struct Native {
    pub form: Option<Form>,
    /// What it computes of floats.
    pub raw: Option<Raw>,
    /// The address of its definition and how many arguments it takes, where it always takes as many and has an ordinary
    /// name.
    pub fixed: Option<(u64, usize)>,
    /// The address of its definition where it has parameters by name, and has an ordinary name itself; bit `n`: `n` arguments
    /// without names will do.
    pub flexible: Option<(u64, u64)>,
    /// Its first argument, where it is bound.
    pub receiver: Option<u64>,
    /// Its first argument is to be of its class.
    pub is_descriptor: bool,
}

/// Where an attribute of a module stands, and what it is now.
#[derive(Copy, Clone, Debug)]
pub struct ModuleValue {
    pub table: Table,
    pub address: u64,
    pub now: u64,
}

/// What a value that is called is.
#[derive(Clone, Debug)]
pub enum Callee {
    Function(Function),
    /// A class whose instances `object.__new__` makes.
    Class {
        /// Address of its version, which changes with all that a lookup on it gives.
        version: (u64, u32),
        init: Option<Function>,
        /// A new instance's header and size in bytes; zeros stand behind the header.
        instance: (u64, u64),
    },
    /// `range`.
    Range,
    /// A native function, or a class like it.
    Native(Native),
}

/// What BINARY_OP or COMPARE_OP calls for operands of two shapes, as long as their classes have these versions.
#[derive(Clone, Debug)]
pub struct Operator {
    pub function: Function,
    pub left: (u64, u32),
    /// `None`: a number, or of the left one's class.
    pub right: Option<(u64, u32)>,
    /// The result is to be a bool.
    pub is_truth: bool,
}

/// What LOAD_SUPER_ATTR finds.
#[derive(Clone, Debug)]
pub struct SuperMethod {
    /// The class `super`, and the one behind which it looks.
    pub global_super: u64,
    pub class: u64,
    /// Takes the object before its arguments.
    pub function: u64,
    /// Address of the version of the object's class, and what it is.
    pub version: (u64, u32),
}

/// What `isinstance` says of objects of a shape.
#[derive(Clone, Debug)]
pub struct Membership {
    pub is_instance: bool,
    /// The class's own shape: that of classes made by `type` itself.
    pub class_shape: u32,
    /// Address of the version of the objects' class, and what it is; `None` where it can't change.
    pub version: Option<(u64, u32)>,
}

/// Tells what lies behind the values that translation meets.
pub trait Resolver {
    /// The address of the fuel that bytecodes take, if they are counted.
    fn fuel(&self) -> Option<u64> {
        None
    }

    /// The method of a BINARY_OP or COMPARE_OP, where it is a Python function that the left operand's class defines.
    fn operator(&self, _left: u32, _right: u32, _i: &Instruction) -> Option<Operator> {
        None
    }

    /// `__getitem__`, or `__setitem__`, of containers of a shape, where it is a Python function; and the address of their
    /// class's version, and what it is.
    fn subscript(&self, _container: u32, _stores: bool) -> Option<(Function, (u64, u32))> {
        None
    }

    /// The variable of this name (an interned string's word) in a module's globals, or else in its builtins.
    fn variable(&self, _globals: u64, _builtins: u64, _name: u64) -> Option<Place> {
        None
    }

    /// Do objects of this shape compare by identity? And the address of their class's version, where that can change, and
    /// what it is.
    fn compares_by_identity(&self, _shape: u32) -> Option<Option<(u64, u32)>> {
        None
    }

    /// The class of objects of this shape.
    fn class_of(&self, _shape: u32) -> Option<u64> {
        None
    }

    /// Is nothing but the value itself identical with it? (It is alive. Large ints are compared.)
    fn is_itself_only(&self, _value: u64) -> bool {
        false
    }

    /// Are objects of this shape instances of the class (a value that is alive)?
    fn is_instance(&self, _shape: u32, _class: u64) -> Option<Membership> {
        None
    }

    /// What is called by calling this value, a heap object that is alive.
    fn callee(&self, value: u64) -> Option<Callee>;

    /// Is the value a module or a class, of which attributes are known?
    fn has_known_attributes(&self, _value: u64) -> bool {
        false
    }

    /// The class at this address, if one is there.
    fn class_at(&self, _address: u64) -> Option<u64> {
        None
    }

    /// The address of a class's version, and what it is now.
    fn class_version(&self, _class: u64) -> Option<(u64, u32)> {
        None
    }

    /// The getter of a property, a Python function.
    fn getter(&self, _property: u64) -> Option<Function> {
        None
    }

    /// The method that `super()` finds for objects of a shape behind the class that has this version among theirs.
    fn super_method(&self, _shape: u32, _version: u32, _name: u64) -> Option<SuperMethod> {
        None
    }

    /// Any function like this one, which may be alive no more.
    fn any_function(&self, _function: u64) -> Option<Function> {
        None
    }

    /// The method of a native class that has its definition at this address.
    fn bound_native(&self, _def: u64) -> Option<Native> {
        None
    }

    /// Entry `index` of the dict of a module, while its keys have this version.
    fn module_value(&self, _module: u64, _version: u32, _index: u32) -> Option<ModuleValue> {
        None
    }

    /// The items of a tuple, one of the code's constants.
    fn items(&self, tuple: u64) -> Option<Vec<u64>>;
}

/// Knows nothing.
pub struct NoCallees;

impl Resolver for NoCallees {
    fn callee(&self, _: u64) -> Option<Callee> {
        None
    }

    fn items(&self, _: u64) -> Option<Vec<u64>> {
        None
    }
}
