//! What compiled code calls: each `ops` function behind one C signature. A helper answers 0 where it raised.
//!
//! Immediates are packed by the translator: see [`Packed`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use brolga_runtime::PyResult;
use brolga_runtime::frame::Frame;
use brolga_runtime::interp::feedback::Feedback;
use brolga_runtime::interp::ops;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};

/// What FOR_ITER's helper answers at the end: no value has these bits.
pub const EXHAUSTED: u64 = 1;

/// A helper's immediate: a number (`co_names` index, opcode argument, count), the instruction's feedback entry, and a
/// slot of the frame.
#[derive(Copy, Clone, Debug)]
pub struct Packed {
    pub number: u32,
    pub feedback: u16,
    pub slot: u16,
}

impl Packed {
    /// Packs them; `None`: the slot is too high.
    pub fn bits(number: u32, feedback: u16, slot: usize) -> Option<u64> {
        let slot = u16::try_from(slot).ok()?;
        Some(u64::from(number) | u64::from(feedback) << 32 | u64::from(slot) << 48)
    }

    fn from(bits: u64) -> Packed {
        Packed { number: bits as u32, feedback: (bits >> 32) as u16, slot: (bits >> 48) as u16 }
    }
}

/// The arguments of a helper.
struct Call<'a> {
    vm: &'a Vm,
    frame: &'a Frame,
    packed: Packed,
    operands: [u64; 3],
}

impl Call<'_> {
    fn value(&self, i: usize) -> Value {
        // SAFETY: the translator passes values that compiled code holds, none of them empty.
        unsafe { Value::from_bits(self.operands[i]) }
    }

    fn name(&self) -> Ref<PyStr> {
        self.frame.code.get().name_at(self.packed.number as usize)
    }

    fn feedback(&self) -> &Feedback {
        // SAFETY: the number of one of this code object's entries.
        unsafe { &*self.frame.code.get().feedback_base().add(self.packed.feedback as usize) }
    }

    /// `n` slots from the immediate's on.
    fn slots(&self, n: usize) -> &[Slot] {
        // SAFETY: the translator stored them: they are slots of the frame's value stack.
        unsafe { std::slice::from_raw_parts(self.frame.locals_ptr().add(self.packed.slot as usize), n) }
    }

    /// The same as values: none is empty.
    fn values(&self, n: usize) -> &[Value] {
        // SAFETY: as `slots`; a full slot is represented as its value.
        unsafe { std::slice::from_raw_parts(self.slots(n).as_ptr().cast(), n) }
    }

    fn set_slot(&self, i: usize, v: Slot) {
        // SAFETY: as `slots`.
        unsafe { *self.frame.locals_ptr().add(self.packed.slot as usize + i) = v };
    }
}

type Native = unsafe extern "C" fn(*const Vm, *const Frame, u64, u64, u64, u64) -> u64;

macro_rules! helpers {
    ($($name:ident $text:literal $runs_python:literal $operands:literal |$c:ident| $body:expr;)*) => {
        /// A helper, by number.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u64)]
        pub enum Helper { $($name,)* }

        impl Helper {
            pub const ALL: &'static [Helper] = &[$(Helper::$name,)*];

            /// In dumps.
            pub fn name(self) -> &'static str {
                match self { $(Helper::$name => $text,)* }
            }

            /// May it run Python code, so that somebody sees the frame?
            pub fn runs_python(self) -> bool {
                match self { $(Helper::$name => $runs_python,)* }
            }

            /// How many operands it takes besides the immediate.
            pub fn operands(self) -> usize {
                match self { $(Helper::$name => $operands,)* }
            }

            /// Its code. Arguments: thread, frame, immediate, three operands.
            pub fn address(self) -> usize {
                match self {
                    $(Helper::$name => {
                        unsafe extern "C" fn native(
                            vm: *const Vm,
                            frame: *const Frame,
                            packed: u64,
                            a: u64,
                            b: u64,
                            c: u64,
                        ) -> u64 {
                            // SAFETY: compiled code passes its thread and its frame, both alive.
                            let call = unsafe {
                                Call { vm: &*vm, frame: &*frame, packed: Packed::from(packed), operands: [a, b, c] }
                            };
                            run(&call, |$c| $body)
                        }
                        (native as Native) as usize
                    })*
                }
            }
        }
    };
}

/// Runs a helper's body; a panic in it becomes a SystemError.
#[inline(always)]
fn run(call: &Call<'_>, body: impl Fn(&Call<'_>) -> PyResult<u64>) -> u64 {
    match catch_unwind(AssertUnwindSafe(|| body(call))) {
        Ok(Ok(bits)) => bits,
        Ok(Err(_raised)) => 0,
        Err(_) => {
            let _raised = call.vm.system_error("a native operation panicked");
            0
        }
    }
}

fn bits(result: PyResult<Value>) -> PyResult<u64> {
    result.map(Value::bits)
}

fn done(result: PyResult<()>) -> PyResult<u64> {
    result.map(|()| Value::NONE.bits())
}

helpers! {
    BinaryOp "binary_op" true 2 |c| bits(ops::arithmetic::binary_op(c.vm, c.value(0), c.value(1), c.packed.number, c.feedback()));
    CompareOp "compare_op" true 2 |c| bits(ops::arithmetic::compare_op(c.vm, c.value(0), c.value(1), c.packed.number, c.feedback()));
    ContainsOp "contains_op" true 2 |c| bits(ops::arithmetic::contains_op(c.vm, c.value(0), c.value(1), c.packed.number != 0));
    IsOp "is_op" false 2 |c| Ok(Value::from_bool(c.value(0).is(c.value(1)) != (c.packed.number != 0)).bits());
    ToBool "to_bool" true 1 |c| bits(ops::arithmetic::to_bool(c.vm, c.value(0)));
    UnaryNegative "unary_negative" true 1 |c| bits(ops::arithmetic::unary_negative(c.vm, c.value(0)));
    UnaryInvert "unary_invert" true 1 |c| bits(ops::arithmetic::unary_invert(c.vm, c.value(0)));
    BinarySlice "binary_slice" true 3 |c| bits(ops::arithmetic::binary_slice(c.vm, c.value(0), c.value(1), c.value(2)));
    // value, container, start, stop from the slot on
    StoreSlice "store_slice" true 0 |c| {
        let v = c.values(4);
        done(ops::arithmetic::store_slice(c.vm, v[0], v[1], v[2], v[3]))
    };
    // container, index, value
    StoreSubscr "store_subscr" true 3 |c| done(ops::arithmetic::store_subscr(c.vm, c.value(0), c.value(1), c.value(2), c.feedback()));
    DeleteSubscr "delete_subscr" true 2 |c| done(c.vm.del_item(c.value(0), c.value(1)));
    FormatSimple "format_simple" true 1 |c| bits(ops::arithmetic::format_simple(c.vm, c.value(0)));
    ConvertValue "convert_value" true 1 |c| bits(ops::arithmetic::convert_value(c.vm, c.value(0), c.packed.number));
    LoadGlobal "load_global" true 0 |c| bits(ops::globals::load_global(c.vm, c.frame, c.name(), c.feedback()));
    LoadName "load_name" true 0 |c| bits(ops::globals::load_name(c.vm, c.frame, c.name()));
    StoreName "store_name" true 1 |c| done(ops::globals::store_name(c.vm, c.frame, c.name(), c.value(0)));
    StoreGlobal "store_global" true 1 |c| done(ops::globals::store_global(c.vm, c.frame, c.name(), c.value(0)));
    LoadDeref "load_deref" false 0 |c| bits(ops::globals::load_deref(c.vm, c.frame, c.packed.number as usize));
    LoadAttr "load_attr" true 1 |c| bits(ops::attributes::load_attr(c.vm, c.value(0), c.name(), c.feedback()));
    // The function; self or nothing goes to the slot.
    LoadMethod "load_method" true 1 |c| {
        let (f, this) = ops::attributes::load_method(c.vm, c.value(0), c.name(), c.feedback())?;
        c.set_slot(0, this);
        Ok(f.bits())
    };
    // object, value
    StoreAttr "store_attr" true 2 |c| done(ops::attributes::store_attr(c.vm, c.value(0), c.name(), c.value(1), c.feedback()));
    GetIter "get_iter" true 1 |c| bits(ops::iteration::get_iter(c.vm, c.value(0)));
    ForIter "for_iter" true 1 |c| {
        Ok(ops::iteration::for_iter(c.vm, c.value(0), c.feedback())?.map_or(EXHAUSTED, Value::bits))
    };
    // callable, self or nothing, `number` arguments from the slot on
    CallValue "call_value" true 0 |c| {
        let n = c.packed.number as usize;
        let callable = c.values(1)[0];
        let bound = c.slots(2)[1].is_some();
        let all = c.values(n + 2);
        bits(c.vm.call(callable, if bound { &all[1..] } else { &all[2..] }))
    };
    BuildTuple "build_tuple" false 0 |c| bits(ops::build::build_tuple(c.vm, c.values(c.packed.number as usize)));
    BuildList "build_list" false 0 |c| bits(ops::build::build_list(c.vm, c.values(c.packed.number as usize)));
    BuildMap "build_map" true 0 |c| bits(ops::build::build_map(c.vm, c.values(2 * c.packed.number as usize)));
    BuildString "build_string" false 0 |c| bits(ops::build::build_string(c.vm, c.values(c.packed.number as usize)));
    BuildSlice "build_slice" false 0 |c| bits(ops::build::build_slice(c.vm, c.values(c.packed.number as usize)));
    BuildSet "build_set" true 0 |c| bits(ops::build::build_set(c.vm, c.values(c.packed.number as usize)));
    ListAppend "list_append" false 2 |c| done(ops::build::list_append(c.vm, c.value(0), c.value(1)));
    SetAdd "set_add" true 2 |c| done(ops::build::set_add(c.vm, c.value(0), c.value(1)));
    MapAdd "map_add" true 3 |c| done(ops::build::map_add(c.vm, c.value(0), c.value(1), c.value(2)));
    ListExtend "list_extend" true 2 |c| done(ops::build::list_extend(c.vm, c.value(0), c.value(1)));
    // The items go to the slots, the first on top.
    UnpackSequence "unpack_sequence" true 1 |c| {
        let n = c.packed.number as usize;
        // SAFETY: the value stack has room for the items from the slot on.
        let out = unsafe { std::slice::from_raw_parts_mut(c.frame.locals_ptr().add(c.packed.slot as usize), n) };
        done(ops::unpack::unpack_sequence(c.vm, c.value(0), out))
    };
}
