//! What compiled code calls: each `ops` function behind one C signature. A helper answers 0 where it raised.
//!
//! Immediates are packed by the translator: see [`Packed`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use brolga_runtime::PyResult;
use brolga_runtime::attributes::instance::PyInstance;
use brolga_runtime::frame::Frame;
use brolga_runtime::interp::feedback::Feedback;
use brolga_runtime::interp::generators::{self, Sent};
use brolga_runtime::interp::native::{self, panicked};
use brolga_runtime::interp::{calls, ops, unwind};
use brolga_runtime::object::{Func, MethodDef, Ref};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::iter::PyDictIter;
use brolga_runtime::types::set::{self, PySetIter};
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
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

    pub fn from(bits: u64) -> Packed {
        Packed { number: bits as u32, feedback: (bits >> 32) as u16, slot: (bits >> 48) as u16 }
    }
}

/// The arguments of a helper.
struct Call<'a> {
    vm: &'a Vm,
    frame: &'a Frame,
    packed: Packed,
    /// The immediate as it is.
    immediate: u64,
    operands: [u64; 3],
}

impl Call<'_> {
    /// The native function whose definition the immediate is.
    fn native(&self) -> Func {
        self.definition().func
    }

    /// That definition.
    fn definition(&self) -> &'static MethodDef {
        // SAFETY: the translator passes the address of a definition, which is static.
        unsafe { &*(self.immediate as *const MethodDef) }
    }

    fn no_such_native(&self) -> PyResult<u64> {
        Err(self.vm.system_error("a native function of another arity"))
    }

    fn value(&self, i: usize) -> Value {
        // SAFETY: the translator passes values that compiled code holds, none of them empty.
        unsafe { Value::from_bits(self.operands[i]) }
    }

    /// An operand that may be an empty slot.
    fn slot(&self, i: usize) -> Slot {
        // SAFETY: the translator passes slot words that compiled code holds; a slot is 0 or its value's word.
        unsafe { std::mem::transmute::<u64, Slot>(self.operands[i]) }
    }

    fn name(&self) -> Ref<PyStr> {
        self.name_at(self.packed.number)
    }

    fn name_at(&self, i: u32) -> Ref<PyStr> {
        self.frame.code.get().name_at(i as usize)
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

    /// `n` slots from the immediate's on, to be written: the value stack has room for them.
    #[expect(clippy::mut_from_ref, reason = "the frame's slots are cells that only this helper has")]
    fn slots_to_fill(&self, n: usize) -> &mut [Slot] {
        // SAFETY: the value stack has room for them, and nobody else looks at the frame meanwhile.
        unsafe { std::slice::from_raw_parts_mut(self.frame.locals_ptr().add(self.packed.slot as usize), n) }
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

            /// Does it do without the frame? Then an inlined one need not be pushed for it.
            pub fn needs_no_frame(self) -> bool {
                matches!(self, Helper::IsOp | Helper::ListAppend | Helper::NewInstance | Helper::InitResult)
            }

            /// How many operands it takes besides the immediate.
            pub fn operands(self) -> usize {
                match self { $(Helper::$name => $operands,)* }
            }

            /// Its code. Arguments: thread, frame, immediate, three operands, of which those count that it has.
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
                                Call {
                                    vm: &*vm,
                                    frame: &*frame,
                                    packed: Packed::from(packed),
                                    immediate: packed,
                                    operands: [a, b, c],
                                }
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
            // SAFETY: the frame of the compiled code that called.
            let _raised = unsafe { panicked(call.vm, std::ptr::from_ref(call.frame).cast_mut()) };
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

fn fast(result: Slot) -> PyResult<u64> {
    Ok(result.map_or(0, Value::bits))
}

fn fast_done(result: Option<()>) -> PyResult<u64> {
    Ok(result.map_or(0, |()| Value::NONE.bits()))
}

fn fast_bool(result: Option<bool>, negate: bool) -> PyResult<u64> {
    Ok(result.map_or(0, |b| Value::from_bool(b != negate).bits()))
}

helpers! {
    BinaryOp "binary_op" true 2 |c| bits(ops::arithmetic::binary_op(c.vm, c.value(0), c.value(1), c.packed.number, c.feedback()));
    CompareOp "compare_op" true 2 |c| bits(ops::arithmetic::compare_op(c.vm, c.value(0), c.value(1), c.packed.number, c.feedback()));
    ContainsOp "contains_op" true 2 |c| bits(ops::arithmetic::contains_op(c.vm, c.value(0), c.value(1), c.packed.number != 0, c.feedback()));
    IsOp "is_op" false 2 |c| Ok(Value::from_bool(c.value(0).is(c.value(1)) != (c.packed.number != 0)).bits());
    TypeOf "type_of" false 1 |c| Ok(c.vm.type_of(c.value(0)).value().bits());
    ToBool "to_bool" true 1 |c| bits(ops::arithmetic::to_bool(c.vm, c.value(0), c.feedback()));
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
    // container, key, value: where there is no feedback
    SetItem "set_item" true 3 |c| done(c.vm.set_item(c.value(0), c.value(1), c.value(2)));
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
    // An iterator over a dict: the key or value, the key of an item, whose value goes to the slot.
    ForIterDict "for_iter_dict" false 1 |c| {
        let Some(it) = c.value(0).downcast::<PyDictIter>() else { return Err(c.vm.system_error("no dict's iterator")) };
        Ok(match it.advance_pair(c.vm)? {
            None => EXHAUSTED,
            Some((_, value)) if it.is_of_values() => value.bits(),
            Some((key, value)) => {
                if it.is_of_items() {
                    c.set_slot(0, Some(value));
                }
                key.bits()
            }
        })
    };
    ListOf "list_of" true 1 |c| bits(c.vm.list_from(c.value(0)).map(Ref::value));
    TupleOf "tuple_of" true 1 |c| bits(c.vm.tuple_from(c.value(0)).map(Ref::value));
    SetOf "set_of" true 1 |c| bits(set::ops::of(c.vm, c.value(0)).map(Ref::value));
    // receiver, value: did it yield, or return? What, goes to the slot.
    Send "send" true 2 |c| {
        let (yielded, v) = match generators::send(c.vm, c.value(0), c.value(1))? {
            Sent::Yielded(v) => (true, v),
            Sent::Returned(v) => (false, v),
        };
        c.set_slot(0, Some(v));
        Ok(Value::from_bool(yielded).bits())
    };
    // callable, self or nothing, `number` arguments from the slot on
    CallValue "call_value" true 0 |c| {
        let n = c.packed.number as usize;
        let callable = c.values(1)[0];
        let bound = c.slots(2)[1].is_some();
        let all = c.values(n + 2);
        bits(native::call_value(c.vm, callable, if bound { &all[1..] } else { &all[2..] }))
    };
    // For these the immediate is the address of a native function's definition, which takes so many arguments.
    CallNative0 "call_native_0" true 0 |c| match c.native() {
        Func::F0(f) => bits(f(c.vm)),
        _ => c.no_such_native(),
    };
    CallNative1 "call_native_1" true 1 |c| match c.native() {
        Func::F1(f) => bits(f(c.vm, c.value(0))),
        _ => c.no_such_native(),
    };
    CallNative2 "call_native_2" true 2 |c| match c.native() {
        Func::F2(f) => bits(f(c.vm, c.value(0), c.value(1))),
        _ => c.no_such_native(),
    };
    CallNative3 "call_native_3" true 3 |c| match c.native() {
        Func::F3(f) => bits(f(c.vm, c.value(0), c.value(1), c.value(2))),
        _ => c.no_such_native(),
    };
    // The same where it has parameters by name, and so many arguments will do.
    CallFlexible1 "call_flexible_1" true 1 |c| bits(c.vm.call_positional(c.definition(), &[c.value(0)]));
    CallFlexible2 "call_flexible_2" true 2 |c| bits(c.vm.call_positional(c.definition(), &[c.value(0), c.value(1)]));
    CallFlexible3 "call_flexible_3" true 3 |c| {
        bits(c.vm.call_positional(c.definition(), &[c.value(0), c.value(1), c.value(2)]))
    };
    // class: an instance of a class that `object.__new__` serves
    NewInstance "new_instance" false 1 |c| {
        let Some(class) = c.value(0).downcast::<PyType>() else { return Err(c.vm.system_error("no class")) };
        PyInstance::new(c.vm, class).map(|o| o.value().bits())
    };
    // what an `__init__` has returned, its instance
    InitResult "init_result" false 2 |c| {
        if c.value(0).is_none() { Ok(c.operands[1]) } else { Err(c.vm.init_returned(c.value(0))) }
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
        done(ops::unpack::unpack_sequence(c.vm, c.value(0), c.slots_to_fill(c.packed.number as usize), c.feedback()))
    };
    UnpackEx "unpack_ex" true 1 |c| {
        let (before, after) = ((c.packed.number & 0xff) as usize, (c.packed.number >> 8) as usize);
        done(ops::unpack::unpack_ex(c.vm, c.value(0), before, after, c.slots_to_fill(before + 1 + after)))
    };
    FormatWithSpec "format_with_spec" true 2 |c| bits(ops::arithmetic::format_with_spec(c.vm, c.value(0), c.value(1)));
    BuildTemplate "build_template" true 2 |c| bits(ops::templates::build_template(c.vm, c.value(0), c.value(1)));
    // value, expression, format spec or nothing
    BuildInterpolation "build_interpolation" true 3 |c| {
        bits(ops::templates::build_interpolation(c.vm, c.value(0), c.value(1), c.slot(2), c.packed.number))
    };
    SetUpdate "set_update" true 2 |c| done(ops::build::set_update(c.vm, c.value(0), c.value(1)));
    DictUpdate "dict_update" true 2 |c| done(ops::build::dict_update(c.vm, c.value(0), c.value(1)));
    // function, dict, mapping
    DictMerge "dict_merge" true 3 |c| done(ops::build::dict_merge(c.vm, c.value(0), c.value(1), c.value(2)));
    MakeFunction "make_function" false 1 |c| bits(ops::functions::make_function(c.vm, c.frame, c.value(0)));
    // function, value
    SetFunctionAttribute "set_function_attribute" false 2 |c| {
        done(ops::functions::set_function_attribute(c.vm, c.value(0), c.packed.number, c.value(1)))
    };
    LoadBuildClass "load_build_class" true 0 |c| bits(ops::classes::load_build_class(c.vm, c.frame));
    SetupAnnotations "setup_annotations" true 0 |c| done(ops::classes::setup_annotations(c.vm, c.frame));
    CallIntrinsic1 "call_intrinsic_1" true 1 |c| {
        bits(ops::intrinsics::call_intrinsic_1(c.vm, c.frame, c.packed.number, c.value(0)))
    };
    CallIntrinsic2 "call_intrinsic_2" true 2 |c| {
        bits(ops::intrinsics::call_intrinsic_2(c.vm, c.packed.number, c.value(0), c.value(1)))
    };
    // level, names
    ImportName "import_name" true 2 |c| bits(ops::imports::import_name(c.vm, c.frame, c.name(), c.value(1), c.value(0)));
    ImportFrom "import_from" true 1 |c| bits(ops::imports::import_from(c.vm, c.value(0), c.name()));
    GetLen "get_len" true 1 |c| bits(ops::iteration::get_len(c.vm, c.value(0)));
    MatchMapping "match_mapping" false 1 |c| Ok(ops::matching::match_mapping(c.vm, c.value(0)).bits());
    MatchSequence "match_sequence" false 1 |c| Ok(ops::matching::match_sequence(c.vm, c.value(0)).bits());
    MatchKeys "match_keys" true 2 |c| bits(ops::matching::match_keys(c.vm, c.value(0), c.value(1)));
    MatchClass "match_class" true 3 |c| {
        bits(ops::matching::match_class(c.vm, c.value(0), c.value(1), c.packed.number as usize, c.value(2)))
    };
    LoadCommonConstant "load_common_constant" true 0 |c| bits(calls::common_constant(c.vm, c.packed.number));
    LoadLocals "load_locals" false 0 |c| bits(ops::globals::load_locals(c.vm, c.frame));
    DeleteName "delete_name" true 0 |c| done(ops::globals::delete_name(c.vm, c.frame, c.name()));
    DeleteGlobal "delete_global" true 0 |c| done(ops::globals::delete_global(c.vm, c.frame, c.name()));
    LoadFromDictOrGlobals "load_from_dict_or_globals" true 1 |c| {
        bits(ops::globals::load_from_dict_or_globals(c.vm, c.frame, c.value(0), c.name()))
    };
    LoadFromDictOrDeref "load_from_dict_or_deref" true 1 |c| {
        bits(ops::globals::load_from_dict_or_deref(c.vm, c.frame, c.value(0), c.packed.number as usize))
    };
    // the cell, the value or nothing
    StoreDeref "store_deref" false 2 |c| {
        ops::globals::store_deref(c.slot(0), c.slot(1));
        Ok(Value::NONE.bits())
    };
    DeleteDeref "delete_deref" false 0 |c| done(ops::globals::delete_deref(c.vm, c.frame, c.packed.number as usize));
    // what the slot holds
    MakeCell "make_cell" false 1 |c| bits(ops::functions::make_cell(c.vm, c.slot(0)));
    // The cells go to the last slots of the locals.
    CopyFreeVars "copy_free_vars" false 0 |c| {
        done(ops::functions::copy_free_vars(c.vm, c.frame, c.packed.number as usize))
    };
    DeleteAttr "delete_attr" true 1 |c| done(c.vm.del_attr(c.value(0), c.name()));
    // `super`, class, receiver; the second result goes to the slot.
    LoadSuperAttr "load_super_attr" true 3 |c| {
        let arg = c.packed.number;
        let name = c.name_at(arg >> 2);
        let (two, method) = (arg & 2 != 0, arg & 1 != 0);
        let (f, this) =
            ops::attributes::load_super_attr(c.vm, c.value(0), c.value(1), c.value(2), name, two, method, c.feedback())?;
        if method {
            c.set_slot(0, this);
        }
        Ok(f.bits())
    };
    LoadSpecial "load_special" true 1 |c| {
        let (f, this) = ops::attributes::load_special(c.vm, c.value(0), c.packed.number)?;
        c.set_slot(0, this);
        Ok(f.bits())
    };
    // callable, self or nothing, `number` arguments, the keywords' names from the slot on
    CallKw "call_kw" true 0 |c| {
        let n = c.packed.number as usize;
        let slots = c.slots(n + 3);
        let all = c.values(n + 2);
        let names = slots[n + 2].and_then(|names| names.downcast());
        bits(c.vm.call_kw(all[0], if slots[1].is_some() { &all[1..] } else { &all[2..] }, names))
    };
    // callable, arguments, keyword arguments or nothing
    CallEx "call_ex" true 3 |c| bits(calls::call_ex(c.vm, c.value(0), c.value(1), c.slot(2)));
    GetAwaitable "get_awaitable" true 1 |c| bits(ops::iteration::get_awaitable(c.vm, c.value(0), c.packed.number));
    GetAiter "get_aiter" true 1 |c| bits(ops::iteration::get_aiter(c.vm, c.value(0)));
    GetAnext "get_anext" true 1 |c| bits(ops::iteration::get_anext(c.vm, c.value(0)));
    GetYieldFromIter "get_yield_from_iter" true 1 |c| {
        bits(ops::iteration::get_yield_from_iter(c.vm, c.value(0), c.frame.code.get().flags.get()))
    };
    // exit, exit's self or nothing, exception
    WithExceptStart "with_except_start" true 3 |c| {
        bits(ops::exceptions::with_except_start(c.vm, c.value(0), c.slot(1), c.value(2)))
    };
    CheckExcMatch "check_exc_match" false 2 |c| {
        Ok(Value::from_bool(ops::exceptions::check_exc_match(c.vm, c.value(0), c.value(1))?).bits())
    };
    // What matched; the rest goes to the slot.
    CheckEgMatch "check_eg_match" true 2 |c| {
        let (rest, matched) = ops::exceptions::check_eg_match(c.vm, c.value(0), c.value(1))?;
        c.set_slot(0, Some(rest));
        Ok(matched.bits())
    };
    // Gives the exception that was handled before, or None.
    PushExcInfo "push_exc_info" false 1 |c| Ok(ops::exceptions::push_exc_info(c.vm, c.value(0)).bits());
    PopExcept "pop_except" false 1 |c| {
        ops::exceptions::pop_except(c.vm, c.value(0));
        Ok(Value::NONE.bits())
    };
    // Always raises; exception and cause, if given.
    RaiseVarargs "raise_varargs" true 2 |c| Err(ops::exceptions::raise_varargs(c.vm, c.slot(0), c.slot(1)).0);
    // Always raises; the offset of the instruction that raised first.
    Reraise "reraise" false 2 |c| {
        unwind::set_lasti(c.frame, c.slot(1));
        Err(unwind::reraise(c.vm, c.value(0)))
    };
    // For `Op::Fast`: 0 where they have done nothing.
    DictGet "dict_get" false 2 |c| fast(ops::plain::dict_get(c.vm, c.value(0), c.value(1)));
    DictSet "dict_set" false 3 |c| fast_done(ops::plain::dict_set(c.vm, c.value(0), c.value(1), c.value(2)));
    // item, container
    Contains "contains" false 2 |c| fast_bool(ops::plain::contains(c.vm, c.value(1), c.value(0)), c.packed.number != 0);
    StrEquals "str_equals" false 2 |c| fast_bool(ops::plain::str_equals(c.vm, c.value(0), c.value(1)), c.packed.number != 0);
    // Where both operands are equal to themselves only.
    SameObject "same_object" false 2 |c| {
        fast_bool(ops::plain::same_object(c.vm, c.value(0), c.value(1)), c.packed.number != 0)
    };
    Concat "concat" false 2 |c| fast(ops::plain::concat(c.vm, c.value(0), c.value(1)));
    StrItem "str_item" false 2 |c| fast(ops::plain::str_item(c.vm, c.value(0), c.value(1)));
    // Operators on objects of builtin types; `number` is the argument.
    BinaryExact "binary_exact" false 2 |c| fast(ops::exact::binary(c.vm, c.value(0), c.value(1), c.packed.number));
    CompareExact "compare_exact" false 2 |c| {
        let op = Compare::from_index(c.packed.number);
        fast(ops::exact::compare(c.vm, c.value(0), c.value(1), op).map(Value::from_bool))
    };
    // container, slice
    GetSlice "get_slice" false 2 |c| fast(ops::plain::get_slice(c.vm, c.value(0), c.value(1)));
    // container, slice, value
    SetSlice "set_slice" false 3 |c| fast_done(ops::plain::set_slice(c.vm, c.value(0), c.value(1), c.value(2)));
    // An iterator over a set.
    ForIterSet "for_iter_set" false 1 |c| {
        let Some(it) = c.value(0).downcast::<PySetIter>() else { return Err(c.vm.system_error("no set's iterator")) };
        Ok(it.advance(c.vm)?.map_or(EXHAUSTED, Value::bits))
    };
    // container, start, stop
    SlicePlain "slice_plain" false 3 |c| fast(ops::plain::slice(c.vm, c.value(0), c.value(1), c.value(2)));
    FormatPlain "format_plain" false 1 |c| fast(ops::plain::format_simple(c.vm, c.value(0)));
    CachedLoadAttr "cached_load_attr" false 1 |c| fast(ops::plain::load_attr(c.vm, c.value(0), c.feedback()));
    // object, name
    SharedAttr "shared_attr" false 2 |c| fast(ops::plain::shared_attr(c.vm, c.value(0), c.value(1)));
    SharedMethod "shared_method" false 2 |c| fast(ops::plain::shared_method(c.vm, c.value(0), c.value(1)));
    // object, value
    CachedStoreAttr "cached_store_attr" false 2 |c| fast_done(ops::plain::store_attr(c.vm, c.value(0), c.value(1), c.feedback()));
    Len "len" false 1 |c| fast(ops::plain::len(c.value(0)));
    IsInstance "isinstance" false 2 |c| fast(ops::plain::isinstance(c.vm, c.value(0), c.value(1)).map(Value::from_bool));
    Abs "abs" false 1 |c| fast(ops::plain::abs(c.value(0)));
    Ord "ord" false 1 |c| fast(ops::plain::ord(c.vm, c.value(0)));
    Chr "chr" false 1 |c| fast(ops::plain::chr(c.vm, c.value(0)));
    // list, item: what `list.append` returns
    MethodAppend "method_append" false 2 |c| fast(ops::plain::list_append(c.vm, c.value(0), c.value(1)));
    // dict, key, default
    DictGetOr "dict_get_or" false 3 |c| fast(ops::plain::dict_get_or(c.vm, c.value(0), c.value(1), c.value(2)));
    DictSetDefault "dict_set_default" false 3 |c| fast(ops::plain::dict_set_default(c.vm, c.value(0), c.value(1), c.value(2)));
    MethodSetAdd "method_set_add" false 2 |c| fast(ops::plain::set_add(c.vm, c.value(0), c.value(1)));
    StrStartsWith "str_startswith" false 2 |c| fast_bool(ops::plain::str_has_affix(c.vm, c.value(0), c.value(1), false), false);
    StrEndsWith "str_endswith" false 2 |c| fast_bool(ops::plain::str_has_affix(c.vm, c.value(0), c.value(1), true), false);
    // The exception in flight; `number` says that the frame has its traceback entry.
    Catch "catch" false 0 |c| Ok(unwind::catch_here(c.vm, c.frame, c.packed.number != 0).bits());
}
