//! The table of the IR's operations: name in the text form, operand and result types, effects.

use super::Type;

/// What an operation does besides computing its result. A set bit means *may*.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Effects(pub u8);

impl Effects {
    pub const PURE: Effects = Effects(0);
    /// Reads memory that others write.
    pub const READ: Effects = Effects(1);
    /// Writes memory that others read.
    pub const WRITE: Effects = Effects(2);
    /// May leave the unit by its frame state.
    pub const EXIT: Effects = Effects(4);
    /// May run Python code, look at frames, collect, give up the GIL.
    pub const CALL: Effects = Effects(8);

    pub const fn has(self, other: Effects) -> bool {
        self.0 & other.0 != 0
    }

    const fn or(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }

    /// May go where nobody uses its result.
    pub const fn is_removable(self) -> bool {
        !self.has(Effects(Effects::WRITE.0 | Effects::EXIT.0 | Effects::CALL.0))
    }
}

/// One row of the table.
pub struct Info {
    /// In the text form.
    pub name: &'static str,
    /// The types of its operands; `None`: any number of [`Type::Any`].
    pub operands: Option<&'static [Type]>,
    pub result: Option<Type>,
    pub effects: Effects,
    /// How many immediate numbers it carries.
    pub immediates: usize,
}

macro_rules! ops {
    ($($(#[doc = $doc:literal])* $op:ident $name:literal $imm:literal ($($operands:tt)*) -> $result:expr, [$($effect:ident)*];)*) => {
        /// The operations.
        #[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op { $($(#[doc = $doc])* $op,)* }

        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$op,)*];

            pub const fn info(self) -> Info {
                match self {
                    $(Op::$op => Info {
                        name: $name,
                        operands: operands!($($operands)*),
                        result: $result,
                        effects: Effects::PURE$(.or(Effects::$effect))*,
                        immediates: $imm,
                    },)*
                }
            }
        }
    };
}

macro_rules! operands {
    (..) => { None };
    ($($t:ident)*) => { Some(&[$(Type::$t),*]) };
}

ops! {
    /// A block's parameter.
    Param "param" 0 () -> None, [];
    /// A slot word known at translation (a value that lives as long as the unit, or 0: no value).
    Const "const" 1 () -> Some(Type::Any), [];
    Int "int" 1 () -> Some(Type::Int), [];
    /// The immediate is the float's bits.
    Float "float" 1 () -> Some(Type::Float), [];
    Bool "bool" 1 () -> Some(Type::Bool), [];

    /// Slot `imm` of the frame: locals, cells, free variables, then the value stack.
    LoadSlot "load_slot" 1 () -> Some(Type::Any), [READ];
    StoreSlot "store_slot" 1 (Any) -> None, [WRITE];
    /// Is the frame, a generator's, resumed at code unit `imm`?
    ResumesAt "resumes_at" 1 () -> Some(Type::Bool), [READ];

    /// An int held in place.
    GuardInt "guard_int" 0 (Any) -> Some(Type::Int), [EXIT];
    GuardFloat "guard_float" 0 (Any) -> Some(Type::Float), [EXIT];
    GuardBool "guard_bool" 0 (Any) -> Some(Type::Bool), [EXIT];
    /// A heap object of shape `imm` or one of the next, as many as the second immediate says.
    GuardShape "guard_shape" 2 (Any) -> Some(Type::Any), [EXIT READ];
    /// A heap object of layout `imm`: an instance of the native type that has it, or of a subclass.
    GuardLayout "guard_layout" 1 (Any) -> Some(Type::Any), [EXIT];
    /// An object whose 64-bit number at offset `imm` is the second immediate.
    GuardRaw "guard_raw" 2 (Any) -> Some(Type::Any), [EXIT READ];
    /// A tuple or list of `imm` items, one or more: the object behind whose first 16 bytes they are, the tuple or the
    /// list's array.
    GuardItems "guard_items" 1 (Any) -> Some(Type::Any), [EXIT READ];
    /// A heap object.
    GuardObject "guard_object" 0 (Any) -> Some(Type::Any), [EXIT];
    /// Has an object shape `imm` or one of the next, as many as the second immediate says?
    HasShape "has_shape" 2 (Any) -> Some(Type::Bool), [READ];
    /// The very word `imm`.
    GuardIs "guard_is" 1 (Any) -> Some(Type::Any), [EXIT];
    /// Not 0: the slot holds a value.
    GuardBound "guard_bound" 0 (Any) -> Some(Type::Any), [EXIT];
    GuardTrue "guard_true" 0 (Bool) -> None, [EXIT];
    GuardFalse "guard_false" 0 (Bool) -> None, [EXIT];

    BoxInt "box_int" 0 (Int) -> Some(Type::Any), [];
    BoxFloat "box_float" 0 (Float) -> Some(Type::Any), [];
    BoxBool "box_bool" 0 (Bool) -> Some(Type::Any), [];
    IntToFloat "int_to_float" 0 (Int) -> Some(Type::Float), [];

    /// Ints are those of 49 bits, so sums and differences never overflow 64: they are checked against the 49.
    IntAdd "int_add" 0 (Int Int) -> Some(Type::Int), [EXIT];
    IntSub "int_sub" 0 (Int Int) -> Some(Type::Int), [EXIT];
    IntMul "int_mul" 0 (Int Int) -> Some(Type::Int), [EXIT];
    IntNeg "int_neg" 0 (Int) -> Some(Type::Int), [EXIT];
    /// On 64 bits, wrapping.
    RawAdd "raw_add" 0 (Int Int) -> Some(Type::Int), [];
    RawSub "raw_sub" 0 (Int Int) -> Some(Type::Int), [];
    IntAnd "int_and" 0 (Int Int) -> Some(Type::Int), [];
    IntOr "int_or" 0 (Int Int) -> Some(Type::Int), [];
    IntXor "int_xor" 0 (Int Int) -> Some(Type::Int), [];
    /// The greater of the two.
    IntMax "int_max" 0 (Int Int) -> Some(Type::Int), [];
    IntMin "int_min" 0 (Int Int) -> Some(Type::Int), [];
    IntNot "int_not" 0 (Int) -> Some(Type::Int), [];
    /// Exits on a count outside 0..64.
    IntShr "int_shr" 0 (Int Int) -> Some(Type::Int), [EXIT];
    /// Exits on a count outside 0..48 and on results beyond 49 bits.
    IntShl "int_shl" 0 (Int Int) -> Some(Type::Int), [EXIT];
    /// Exits on 0.
    IntFloorDiv "int_floor_div" 0 (Int Int) -> Some(Type::Int), [EXIT];
    IntMod "int_mod" 0 (Int Int) -> Some(Type::Int), [EXIT];
    /// `imm`: the comparison, as COMPARE_OP numbers it.
    IntCompare "int_compare" 1 (Int Int) -> Some(Type::Bool), [];

    FloatAdd "float_add" 0 (Float Float) -> Some(Type::Float), [];
    FloatSub "float_sub" 0 (Float Float) -> Some(Type::Float), [];
    FloatMul "float_mul" 0 (Float Float) -> Some(Type::Float), [];
    /// Exits on a divisor of 0.
    FloatDiv "float_div" 0 (Float Float) -> Some(Type::Float), [EXIT];
    FloatNeg "float_neg" 0 (Float) -> Some(Type::Float), [];
    FloatCompare "float_compare" 1 (Float Float) -> Some(Type::Bool), [];

    /// `imm`: 0 power, 1 floor division, 2 remainder. The divisor is not 0; what a power is where the result is no finite
    /// float, or the operands are odd, is not told: NaN.
    FloatCall "float_call" 1 (Float Float) -> Some(Type::Float), [];

    /// Correctly rounded; a NaN of what is below 0.
    FloatSqrt "float_sqrt" 0 (Float) -> Some(Type::Float), [];
    FloatAbs "float_abs" 0 (Float) -> Some(Type::Float), [];
    /// Calls the function of doubles at address `imm`, which does nothing but compute. What is not finite goes no further
    /// than a test for that: it may be any NaN.
    FloatNative "float_native" 1 (Float) -> Some(Type::Float), [];
    FloatNative2 "float_native_2" 1 (Float Float) -> Some(Type::Float), [];
    /// As an int: `imm` 0 towards zero, 1 down, 2 up, 3 the nearest (of two the even one). Exits where that is no int of 49
    /// bits, and near that.
    FloatToInt "float_to_int" 1 (Float) -> Some(Type::Int), [EXIT];
    /// The second where the first is true, else the third.
    FloatSelect "float_select" 0 (Bool Float Float) -> Some(Type::Float), [];
    Select "select" 0 (Bool Any Any) -> Some(Type::Any), [];

    IsInt "is_int" 0 (Any) -> Some(Type::Bool), [];
    IsFloat "is_float" 0 (Any) -> Some(Type::Bool), [];
    Not "not" 0 (Bool) -> Some(Type::Bool), [];
    /// The same word.
    Same "same" 0 (Any Any) -> Some(Type::Bool), [];
    /// Python's `is`: large ints go by value.
    Identical "identical" 0 (Any Any) -> Some(Type::Bool), [];
    /// The class of any value.
    TypeOf "type_of" 0 (Any) -> Some(Type::Any), [READ];

    /// The 64-bit number at offset `imm` of an object.
    LoadRaw "load_raw" 1 (Any) -> Some(Type::Int), [READ];
    StoreRaw "store_raw" 1 (Any Int) -> None, [WRITE];
    /// The slot at offset `imm` of an object; 0 where it is empty.
    LoadField "load_field" 1 (Any) -> Some(Type::Any), [READ];
    /// Stores with the write barrier.
    StoreField "store_field" 1 (Any Any) -> None, [WRITE];
    /// The word at offset `imm` + 8 * index.
    LoadElement "load_element" 1 (Any Int) -> Some(Type::Any), [READ];
    StoreElement "store_element" 1 (Any Int Any) -> None, [WRITE];
    /// The number at offset `imm` + size * index, of the kind that the second immediate says (see [`NumberKind`]).
    ///
    /// [`NumberKind`]: super::NumberKind
    LoadNumber "load_number" 2 (Any Int) -> Some(Type::Int), [READ];
    StoreNumber "store_number" 2 (Any Int Int) -> None, [WRITE];
    /// The same for doubles.
    LoadDouble "load_double" 1 (Any Int) -> Some(Type::Float), [READ];
    StoreDouble "store_double" 1 (Any Int Float) -> None, [WRITE];
    /// The object has shape `imm` now.
    SetShape "set_shape" 1 (Any) -> None, [WRITE];
    /// The index itself where it is in `0..length`, `index + length` where it is in `-length..0`; exits elsewhere.
    CheckIndex "check_index" 0 (Int Int) -> Some(Type::Int), [EXIT];
    /// The index itself, one that is not negative; exits unless it is below the length.
    CheckBelow "check_below" 0 (Int Int) -> Some(Type::Int), [EXIT];
    /// The first operand; exits unless it, and it plus the second times the third, fit 49 bits.
    CheckRange "check_range" 0 (Int Int Int) -> Some(Type::Int), [EXIT];
    /// The same, and exits where the first or the last number on the way (the second is how many there are) is negative.
    CheckIndexes "check_indexes" 0 (Int Int Int) -> Some(Type::Int), [EXIT];
    /// The operand, which fits 49 bits where this stands.
    KnownInt "known_int" 0 (Int) -> Some(Type::Int), [];
    /// The same, which is not negative either.
    KnownIndex "known_index" 0 (Int) -> Some(Type::Int), [];
    /// Exits unless the 32-bit number at address `imm` is the second immediate.
    GuardWord "guard_word" 2 () -> None, [EXIT READ];

    /// Exits unless the 64-bit number at address `imm` is the second immediate.
    GuardPointer "guard_pointer" 2 () -> None, [EXIT READ];
    /// Exits unless the frame's globals are the object `imm`, and its builtins the second.
    GuardGlobals "guard_globals" 2 () -> None, [EXIT];
    /// A variable: the slot at offset `imm` of a dict's table, which nobody else has; 0 where it is empty.
    LoadVariable "load_variable" 1 (Any) -> Some(Type::Any), [READ];
    /// Stores with the write barrier.
    StoreVariable "store_variable" 1 (Any Any) -> None, [WRITE];
    /// Exits unless the frame's namespace is the object `imm`.
    GuardNamespace "guard_namespace" 1 () -> None, [EXIT];

    /// A new object: the immediates are its header's word and its size in bytes; the operands are the words behind the
    /// header, slots or raw ints, and zeros follow. It has been there for nobody: it writes nothing that is read. Exits
    /// where there is no memory.
    New "new" 2 (..) -> Some(Type::Any), [EXIT CALL];

    /// Before a return: where somebody has the frame's object, it takes the slots over (or this exits).
    GuardUnseen "guard_unseen" 0 () -> None, [EXIT READ];
    /// Exits where the native stack is short.
    GuardStack "guard_stack" 0 () -> None, [EXIT READ];
    /// Exits unless there is room for `imm` more frames, with as many slots as the second immediate says in all.
    GuardRoom "guard_room" 2 () -> None, [EXIT];
    /// Puts the frames of its state on the VM stack: somebody may look at them.
    PushFrames "push_frames" 0 () -> None, [WRITE EXIT];
    /// Takes `imm` of them off again.
    PopFrames "pop_frames" 1 () -> None, [WRITE];
    /// A slot of the innermost frame that was pushed.
    LoadPushedSlot "load_pushed_slot" 1 () -> Some(Type::Any), [READ];
    /// Calls a Python function whose code object is at address `imm` and has plain parameters, as many as operands
    /// follow the function; exits where there is no room for its frame, or it raised.
    CallPython "call_python" 1 (..) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// The same; where it raised the result is 0.
    TryCallPython "try_call_python" 1 (..) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// Resumes a generator (or asks helper `for_iter`, with this immediate, where it can't be): what it yields, or the
    /// marker of the end; exits where it raised.
    ResumeGenerator "resume_generator" 1 (Any) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// The same; where it raised the result is 0.
    TryResumeGenerator "try_resume_generator" 1 (Any) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// Sends a value to a generator or coroutine (to anything else through helper `send`, with this immediate): whether it
    /// yielded, not returned; what, is in the helper's slot. Exits where it raised.
    SendGenerator "send_generator" 1 (Any Any) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// The same; where it raised the result is 0.
    TrySendGenerator "try_send_generator" 1 (Any Any) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// Calls helper `imm` with the operands; exits where it raised, and where the frame is to be left.
    Call "call" 2 (..) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// The same; where it raised the result is 0, and it leaves nowhere: of its state only the instruction counts.
    TryCall "try_call" 2 (..) -> Some(Type::Any), [READ WRITE EXIT CALL];
    /// Calls helper `imm`, one that runs no Python code, sees no frame and raises nothing: 0 where it has done nothing.
    Fast "fast" 2 (..) -> Some(Type::Any), [READ WRITE];
    /// The same, of helpers that only read.
    FastRead "fast_read" 2 (..) -> Some(Type::Any), [READ];
    /// Exits where the frame was changed from outside, or one of the `imm` inlined frames that stand on the stack was
    /// seen.
    CheckLeave "check_leave" 1 () -> None, [EXIT READ];
    /// Exits where an int does not fit 49 bits.
    CheckInt "check_int" 0 (Int) -> Some(Type::Int), [EXIT];
    /// Before a loop: its state is the loop's start, to which what is moved out of it leaves.
    Anchor "anchor" 0 () -> None, [EXIT];
    /// Takes `imm` from the fuel, the 64-bit number at the second immediate; exits where there is less, having taken none.
    Fuel "fuel" 2 () -> None, [WRITE EXIT];
    /// Signals, GIL requests, the collector: exits where any of them waits.
    Poll "poll" 0 () -> None, [EXIT READ];
}

impl Op {
    pub fn effects(self) -> Effects {
        self.info().effects
    }

    /// Is its first immediate a helper's number?
    pub fn calls_helper(self) -> bool {
        matches!(self, Op::Call | Op::TryCall | Op::Fast | Op::FastRead)
    }

    pub fn needs_state(self) -> bool {
        self.effects().has(Effects::EXIT)
    }

    pub fn by_name(name: &str) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| op.info().name == name)
    }
}
