//! What operations read and write, by regions of memory that do not overlap.

use brolga_runtime::object::layout;
use brolga_runtime::types::{range, shape, tuple};

use crate::helpers::Helper;
use crate::ir::{Effects, Op, Unit, Val};
use crate::planted;

/// A set of regions.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Regions(pub u16);

impl Regions {
    pub const NONE: Regions = Regions(0);
    /// The frame's slots.
    pub const FRAME: Regions = Regions(1);
    /// Fields of objects that belong to no other region.
    pub const OBJECTS: Regions = Regions(2);
    /// Lengths of lists, and where their items are.
    pub const LISTS: Regions = Regions(4);
    /// Items of lists.
    pub const ELEMENTS: Regions = Regions(8);
    /// What range iterators count.
    pub const ITERATORS: Regions = Regions(16);
    /// Which shape an object has.
    pub const SHAPES: Regions = Regions(32);
    /// Versions of classes, dicts' tables and the like.
    pub const VERSIONS: Regions = Regions(64);
    /// Values of global variables.
    pub const GLOBALS: Regions = Regions(128);
    /// The numbers in bytearrays and arrays.
    pub const NUMBERS: Regions = Regions(256);
    pub const ALL: Regions = Regions(u16::MAX);

    pub const fn and(self, other: Regions) -> Regions {
        Regions(self.0 | other.0)
    }

    pub fn meets(self, other: Regions) -> bool {
        self.0 & other.0 != 0
    }
}

/// A place in memory, as far as it is known.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Access {
    pub region: Regions,
    pub offset: u64,
    /// The object's shape is one of these: the first, and how many follow it.
    pub shape: Option<[u64; 2]>,
}

/// What an operation may change.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Write {
    Regions(Regions),
    One(Access),
}

impl Write {
    pub fn changes(self, read: Access) -> bool {
        match self {
            Write::Regions(regions) => regions.meets(read.region),
            Write::One(written) => {
                written.region.meets(read.region)
                    && (written.region == Regions::ELEMENTS
                        || read.region == Regions::ALL
                        || written.offset == read.offset
                            && !matches!((written.shape, read.shape), (Some(x), Some(y)) if are_apart(x, y))
                            && !planted::is(16))
            }
        }
    }
}

/// Is none of some shapes one of the others?
fn are_apart([a, a_more]: [u64; 2], [b, b_more]: [u64; 2]) -> bool {
    a + a_more < b || b + b_more < a
}

/// Is a shape one of those that a guard lets through?
pub fn in_shapes([first, more]: [u64; 2], shape: u64) -> bool {
    (first..=first + more).contains(&shape)
}

/// What an operation reads of memory that may change; `None`: nothing.
pub fn reads(unit: &Unit, v: Val) -> Option<Access> {
    let inst = unit.inst(v);
    if !inst.op.effects().has(Effects::READ) {
        return None;
    }
    let region = match inst.op {
        Op::LoadField | Op::LoadRaw | Op::GuardRaw => {
            let access = field(unit, v);
            let constant = match access.shape.and_then(only) {
                Some(s) if s == u64::from(shape::tuple) => access.offset == tuple::TUPLE_LEN_OFFSET as u64,
                Some(s) if s == u64::from(shape::range_iter) => access.offset == range::STEP_OFFSET as u64,
                Some(s) => CONSTANT.contains(&s),
                _ => false,
            };
            return (!constant).then_some(access);
        }
        Op::LoadElement => {
            if shape_of(unit, inst.operands.first().copied()) == Some(u64::from(shape::tuple)) {
                return None;
            }
            Regions::ELEMENTS
        }
        Op::GuardShape => {
            if only(inst.immediates).is_some_and(is_fixed) {
                return None;
            }
            Regions::SHAPES
        }
        Op::LoadNumber if shape_of(unit, inst.operands.first().copied()) == Some(u64::from(shape::bytes)) => {
            return None;
        }
        Op::LoadNumber | Op::LoadDouble => Regions::NUMBERS,
        Op::HasShape | Op::TypeOf => Regions::SHAPES,
        Op::GuardWord | Op::GuardPointer => Regions::VERSIONS,
        Op::LoadVariable => {
            return Some(Access { region: Regions::GLOBALS, offset: inst.immediates[0], shape: None });
        }
        Op::LoadSlot => Regions::FRAME,
        _ => Regions::ALL,
    };
    Some(Access { region, offset: 0, shape: None })
}

/// May a load or guard be left out where the same was done before, and nothing changed what it reads?
pub fn is_repeated(op: Op) -> bool {
    matches!(
        op,
        Op::LoadField
            | Op::LoadRaw
            | Op::LoadElement
            | Op::GuardShape
            | Op::GuardItems
            | Op::GuardWord
            | Op::GuardPointer
            | Op::LoadVariable
            | Op::LoadNumber
            | Op::LoadDouble
            | Op::GuardRaw
            | Op::TypeOf
            | Op::FastRead
    )
}

/// What an operation may change; `None`: nothing.
pub fn writes(unit: &Unit, v: Val) -> Option<Write> {
    let inst = unit.inst(v);
    let effects = inst.op.effects();
    if !effects.has(Effects::WRITE) && !effects.has(Effects::CALL) {
        return None;
    }
    Some(match inst.op {
        Op::New | Op::Fuel => Write::Regions(Regions::NONE),
        Op::StoreField | Op::StoreRaw => Write::One(field(unit, v)),
        Op::StoreElement => Write::One(Access { region: Regions::ELEMENTS, offset: 0, shape: None }),
        Op::StoreSlot | Op::PushFrames | Op::PopFrames => Write::Regions(Regions::FRAME),
        Op::StoreNumber | Op::StoreDouble => Write::Regions(Regions::NUMBERS),
        Op::SetShape => Write::Regions(Regions::SHAPES),
        Op::StoreVariable => Write::One(Access { region: Regions::GLOBALS, offset: inst.immediates[0], shape: None }),
        Op::Call | Op::TryCall | Op::Fast => match Helper::ALL.get(inst.immediates[0] as usize) {
            Some(helper) => Write::Regions(by_helper(*helper)),
            None => Write::Regions(Regions::ALL),
        },
        _ => Write::Regions(Regions::ALL),
    })
}

/// The load that gives what a store has written, and what it was.
pub fn stored(unit: &Unit, v: Val) -> Option<(Op, Vec<Val>, Val)> {
    let inst = unit.inst(v);
    match (inst.op, inst.operands.as_slice()) {
        (Op::StoreField, &[object, value]) => Some((Op::LoadField, vec![object], value)),
        (Op::StoreVariable, &[table, value]) => Some((Op::LoadVariable, vec![table], value)),
        (Op::StoreRaw, &[object, value]) => Some((Op::LoadRaw, vec![object], value)),
        (Op::StoreElement, &[array, index, value]) => Some((Op::LoadElement, vec![array, index], value)),
        _ => None,
    }
}

/// The guard that a new object, or one whose shape was set, passes from there on; and the object.
pub fn known_shape(unit: &Unit, v: Val) -> Option<((Op, [u64; 2], Vec<Val>), Val, Access)> {
    let inst = unit.inst(v);
    let (shape, object) = match (inst.op, inst.operands.as_slice()) {
        (Op::New, _) => (shape_of_header(inst.immediates[0]), v),
        (Op::SetShape, &[object]) => (inst.immediates[0], object),
        _ => return None,
    };
    let access = Access { region: Regions::SHAPES, offset: 0, shape: None };
    (!is_fixed(shape)).then_some(((Op::GuardShape, [shape, 0], vec![object]), object, access))
}

/// What a helper changes of what compiled code reads. New objects are nobody's yet.
fn by_helper(helper: Helper) -> Regions {
    match helper {
        Helper::BuildTuple
        | Helper::BuildList
        | Helper::BuildString
        | Helper::BuildSlice
        | Helper::IsOp
        | Helper::LoadDeref
        | Helper::MakeCell
        | Helper::NewInstance
        | Helper::InitResult
        | Helper::MatchMapping
        | Helper::MatchSequence
        | Helper::CheckExcMatch
        | Helper::PushExcInfo
        | Helper::PopExcept
        | Helper::Catch
        | Helper::Reraise
        | Helper::CopyFreeVars
        | Helper::MakeFunction => Regions::FRAME,
        Helper::Concat | Helper::SlicePlain | Helper::StrItem | Helper::FormatPlain | Helper::GetSlice => Regions::NONE,
        // A list may be changed in place.
        Helper::BinaryExact | Helper::SetSlice => Regions::LISTS.and(Regions::ELEMENTS),
        Helper::CachedStoreAttr => Regions::SHAPES.and(Regions::OBJECTS),
        // It may be the globals'.
        Helper::DictSet | Helper::DictSetDefault => Regions::OBJECTS.and(Regions::VERSIONS).and(Regions::GLOBALS),
        Helper::MethodSetAdd => Regions::OBJECTS,
        Helper::ForIterDict | Helper::ForIterSet => Regions::FRAME.and(Regions::OBJECTS),
        Helper::MethodAppend => Regions::LISTS.and(Regions::ELEMENTS),
        Helper::ListAppend => Regions::FRAME.and(Regions::LISTS).and(Regions::ELEMENTS),
        _ => Regions::ALL,
    }
}

fn field(unit: &Unit, v: Val) -> Access {
    let inst = unit.inst(v);
    let shape = shapes_of(unit, inst.operands.first().copied());
    let region = match shape.map(|[first, _]| first) {
        Some(s) if s == u64::from(shape::list) => Regions::LISTS,
        Some(s) if ITERATORS.contains(&s) => Regions::ITERATORS,
        Some(_) => Regions::OBJECTS,
        None => Regions::OBJECTS.and(Regions::LISTS).and(Regions::ITERATORS),
    };
    Access { region, offset: inst.immediates[0], shape }
}

/// Objects of these shapes never change, as far as they are read here.
const CONSTANT: [u64; 3] = [shape::range as u64, shape::method as u64, shape::builtin_function as u64];

/// Shapes of iterators whose fields are [`Regions::ITERATORS`].
const ITERATORS: [u64; 3] = [shape::range_iter as u64, shape::list_iter as u64, shape::tuple_iter as u64];

/// The shape that an object was guarded to have, or was made with where it never has another.
pub fn shape_of(unit: &Unit, object: Option<Val>) -> Option<u64> {
    shapes_of(unit, object).and_then(only)
}

/// The shape, where it is one.
fn only([first, more]: [u64; 2]) -> Option<u64> {
    (more == 0).then_some(first)
}

/// [`shape_of`], where it may be one of several.
fn shapes_of(unit: &Unit, object: Option<Val>) -> Option<[u64; 2]> {
    let mut inst = unit.inst(object?);
    while inst.op == Op::GuardRaw {
        inst = unit.inst(*inst.operands.first()?);
    }
    match inst.op {
        Op::GuardShape => Some(inst.immediates),
        // Lists of all classes are one for the regions.
        Op::GuardLayout if inst.immediates[0] == u64::from(layout::LIST.0) => Some([u64::from(shape::list), 0]),
        Op::New => Some(shape_of_header(inst.immediates[0])).filter(|s| is_fixed(*s)).map(|s| [s, 0]),
        _ => None,
    }
}

/// The shape in a header's word.
pub fn shape_of_header(header: u64) -> u64 {
    header & 0xffff_ffff
}

/// Objects of these shapes never have another.
pub fn is_fixed(id: u64) -> bool {
    u32::try_from(id).is_ok_and(|id| {
        matches!(
            id,
            shape::list
                | shape::tuple
                | shape::range
                | shape::range_iter
                | shape::list_iter
                | shape::tuple_iter
                | shape::str
                | shape::dict
                | shape::bytes
                | shape::bytearray
                | shape::typed_array
                | shape::cell
                | shape::generator
                | shape::enumerate
                | shape::dict_key_iter
                | shape::dict_value_iter
                | shape::dict_item_iter
                | shape::zip
                | shape::method
                | shape::builtin_function
        )
    })
}
