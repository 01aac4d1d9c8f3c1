//! The one table of CPython 3.14's opcodes: number, name, inline cache units, jump kind, what the argument means, and what an
//! instruction may do besides moving stack slots (for the JIT). Stack effects are in [`crate::stack_effect`].
//!
//! The specialised opcodes (129..=233 and 3) are not in it: they are how CPython's interpreter rewrites code in memory and
//! never stand in a code object. The instrumented ones (>= 234) likewise; they have names only.

/// How an instruction transfers control besides falling through to the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Jump {
    None,
    /// Always, by `oparg` code units forward.
    Forward,
    /// Always, by `oparg` code units backward.
    Backward,
    /// Forward when the popped value says so.
    Conditional,
    /// Forward to an `END_FOR` when the iterator is exhausted; that `END_FOR` itself is skipped.
    ForIter,
    /// Forward to the `END_SEND` when the receiver has returned.
    Send,
    /// `END_ASYNC_FOR`: no jump; the argument tells tracing where the loop's `END_SEND` is, backward.
    AsyncForSource,
}

/// What the argument of an instruction means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    None,
    /// Index in `co_consts`.
    Const,
    /// Index in `co_names`.
    Name,
    /// `co_names` index above one flag bit (`LOAD_ATTR`: method load; `LOAD_GLOBAL`: push NULL).
    NameShifted1,
    /// `co_names` index above two flag bits (`LOAD_SUPER_ATTR`: method load, two-argument form).
    NameShifted2,
    /// Index in localsplus.
    Local,
    /// Two indexes in localsplus, four bits each.
    LocalPair,
    /// Index in localsplus of a cell or free variable.
    Deref,
    /// Distance in code units.
    Jump,
    /// Comparison number above five bits of mask; bit 4 asks for a bool.
    Compare,
    /// Number of the `NB_*` operation.
    BinaryOp,
    Intrinsic1,
    Intrinsic2,
    CommonConstant,
    Special,
    SmallInt,
    /// A number of items.
    Count,
    /// A distance from the top of the stack.
    Depth,
    /// Items before the star in the low byte, after it above.
    UnpackEx,
    /// High bits of the next instruction's argument.
    Extended,
    /// Flag bits or a small enumeration of that opcode's own.
    Flags,
}

/// What an instruction may do besides moving stack slots. A set bit means *may*, so an unset bit is a promise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Effects(pub u16);

impl Effects {
    pub const NONE: Effects = Effects(0);
    /// May end in an exception (`MemoryError` of an allocation included).
    pub const RAISE: Effects = Effects(1);
    /// May run Python code: special methods, finalizers at a poll, signal handlers.
    pub const RUN_PYTHON: Effects = Effects(1 << 1);
    pub const READ_LOCALS: Effects = Effects(1 << 2);
    pub const WRITE_LOCALS: Effects = Effects(1 << 3);
    pub const READ_GLOBALS: Effects = Effects(1 << 4);
    pub const WRITE_GLOBALS: Effects = Effects(1 << 5);
    /// Reads fields of objects that others can change.
    pub const READ_HEAP: Effects = Effects(1 << 6);
    /// Writes fields of objects that others can see.
    pub const WRITE_HEAP: Effects = Effects(1 << 7);
    /// Reads the thread's handled-exception state.
    pub const READ_EXC: Effects = Effects(1 << 8);
    pub const WRITE_EXC: Effects = Effects(1 << 9);
    pub const ALLOCATE: Effects = Effects(1 << 10);

    pub const fn contains(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }

    pub const fn union(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }
}

impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMES: [&str; 11] = [
            "RAISE",
            "RUN_PYTHON",
            "READ_LOCALS",
            "WRITE_LOCALS",
            "READ_GLOBALS",
            "WRITE_GLOBALS",
            "READ_HEAP",
            "WRITE_HEAP",
            "READ_EXC",
            "WRITE_EXC",
            "ALLOCATE",
        ];
        let mut set = f.debug_set();
        for (i, name) in NAMES.iter().enumerate() {
            if self.0 >> i & 1 == 1 {
                set.entry(&format_args!("{name}"));
            }
        }
        set.finish()
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    pub opcode: Opcode,
    pub name: &'static str,
    /// 16-bit cache units that follow the instruction.
    pub caches: u8,
    pub jump: Jump,
    pub operand: Operand,
    pub effects: Effects,
}

macro_rules! opcodes {
    ($($name:ident = $num:literal, $caches:literal, $jump:ident, $operand:ident, [$($effect:ident)*];)*) => {
        /// The opcodes that can stand in a code object, with their own numbers.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        #[allow(non_camel_case_types, reason = "CPython's spelling of opcode names")]
        pub enum Opcode {
            $($name = $num,)*
        }

        impl Opcode {
            pub const ALL: &'static [Opcode] = &[$(Opcode::$name,)*];

            /// The opcode of a number; `None` for specialised, instrumented and unassigned ones.
            pub const fn from_u8(number: u8) -> Option<Opcode> {
                match number {
                    $($num => Some(Opcode::$name),)*
                    _ => None,
                }
            }

            /// The cache units behind the instruction of an opcode's number; 0 where there is no such opcode.
            pub const fn caches_of(number: u8) -> usize {
                static CACHES: [u8; 256] = {
                    let mut table = [0; 256];
                    $(table[$num] = $caches;)*
                    table
                };
                CACHES[number as usize] as usize
            }

            pub const fn info(self) -> Info {
                match self {
                    $(Opcode::$name => Info {
                        opcode: self,
                        name: stringify!($name),
                        caches: $caches,
                        jump: Jump::$jump,
                        operand: Operand::$operand,
                        effects: Effects::NONE$(.union(Effects::$effect))*,
                    },)*
                }
            }
        }
    };
}

opcodes! {
    // name = number, caches, jump, operand, effects
    CACHE = 0, 0, None, None, [NONE];
    BINARY_SLICE = 1, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    BUILD_TEMPLATE = 2, 0, None, None, [RAISE ALLOCATE];
    CALL_FUNCTION_EX = 4, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP READ_GLOBALS WRITE_GLOBALS ALLOCATE];
    CHECK_EG_MATCH = 5, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP WRITE_EXC ALLOCATE];
    CHECK_EXC_MATCH = 6, 0, None, None, [RAISE READ_HEAP ALLOCATE];
    CLEANUP_THROW = 7, 0, None, None, [RAISE READ_HEAP];
    DELETE_SUBSCR = 8, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    END_FOR = 9, 0, None, None, [NONE];
    END_SEND = 10, 0, None, None, [NONE];
    EXIT_INIT_CHECK = 11, 0, None, None, [RAISE];
    FORMAT_SIMPLE = 12, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    FORMAT_WITH_SPEC = 13, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    GET_AITER = 14, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    GET_ANEXT = 15, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    GET_ITER = 16, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    RESERVED = 17, 0, None, None, [NONE];
    GET_LEN = 18, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    GET_YIELD_FROM_ITER = 19, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    INTERPRETER_EXIT = 20, 0, None, None, [NONE];
    LOAD_BUILD_CLASS = 21, 0, None, None, [RAISE RUN_PYTHON READ_GLOBALS READ_HEAP ALLOCATE];
    LOAD_LOCALS = 22, 0, None, None, [RAISE READ_HEAP];
    MAKE_FUNCTION = 23, 0, None, None, [RAISE ALLOCATE];
    MATCH_KEYS = 24, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    MATCH_MAPPING = 25, 0, None, None, [READ_HEAP];
    MATCH_SEQUENCE = 26, 0, None, None, [READ_HEAP];
    NOP = 27, 0, None, None, [NONE];
    NOT_TAKEN = 28, 0, None, None, [NONE];
    POP_EXCEPT = 29, 0, None, None, [WRITE_EXC];
    POP_ITER = 30, 0, None, None, [NONE];
    POP_TOP = 31, 0, None, None, [NONE];
    PUSH_EXC_INFO = 32, 0, None, None, [READ_EXC WRITE_EXC];
    PUSH_NULL = 33, 0, None, None, [NONE];
    RETURN_GENERATOR = 34, 0, None, None, [RAISE ALLOCATE READ_LOCALS WRITE_LOCALS];
    RETURN_VALUE = 35, 0, None, None, [NONE];
    SETUP_ANNOTATIONS = 36, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    STORE_SLICE = 37, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    STORE_SUBSCR = 38, 1, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    TO_BOOL = 39, 3, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    UNARY_INVERT = 40, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    UNARY_NEGATIVE = 41, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    UNARY_NOT = 42, 0, None, None, [NONE];
    WITH_EXCEPT_START = 43, 0, None, None, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    BINARY_OP = 44, 5, None, BinaryOp, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    BUILD_INTERPOLATION = 45, 0, None, Flags, [RAISE ALLOCATE];
    BUILD_LIST = 46, 0, None, Count, [RAISE ALLOCATE];
    BUILD_MAP = 47, 0, None, Count, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    BUILD_SET = 48, 0, None, Count, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    BUILD_SLICE = 49, 0, None, Count, [RAISE ALLOCATE];
    BUILD_STRING = 50, 0, None, Count, [RAISE READ_HEAP ALLOCATE];
    BUILD_TUPLE = 51, 0, None, Count, [RAISE ALLOCATE];
    CALL = 52, 3, None, Count, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP READ_GLOBALS WRITE_GLOBALS ALLOCATE];
    CALL_INTRINSIC_1 = 53, 0, None, Intrinsic1, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP READ_GLOBALS WRITE_GLOBALS ALLOCATE];
    CALL_INTRINSIC_2 = 54, 0, None, Intrinsic2, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    CALL_KW = 55, 3, None, Count, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP READ_GLOBALS WRITE_GLOBALS ALLOCATE];
    COMPARE_OP = 56, 1, None, Compare, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    CONTAINS_OP = 57, 1, None, Flags, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    CONVERT_VALUE = 58, 0, None, Flags, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    COPY = 59, 0, None, Depth, [NONE];
    COPY_FREE_VARS = 60, 0, None, Count, [WRITE_LOCALS];
    DELETE_ATTR = 61, 0, None, Name, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    DELETE_DEREF = 62, 0, None, Deref, [RAISE READ_LOCALS WRITE_HEAP];
    DELETE_FAST = 63, 0, None, Local, [RAISE READ_LOCALS WRITE_LOCALS];
    DELETE_GLOBAL = 64, 0, None, Name, [RAISE WRITE_GLOBALS];
    DELETE_NAME = 65, 0, None, Name, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP];
    DICT_MERGE = 66, 0, None, Depth, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    DICT_UPDATE = 67, 0, None, Depth, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    END_ASYNC_FOR = 68, 0, AsyncForSource, Jump, [RAISE READ_HEAP];
    EXTENDED_ARG = 69, 0, None, Extended, [NONE];
    FOR_ITER = 70, 1, ForIter, Jump, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    GET_AWAITABLE = 71, 0, None, Flags, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    IMPORT_FROM = 72, 0, None, Name, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    IMPORT_NAME = 73, 0, None, Name, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP READ_GLOBALS WRITE_GLOBALS ALLOCATE];
    IS_OP = 74, 0, None, Flags, [NONE];
    JUMP_BACKWARD = 75, 1, Backward, Jump, [RAISE RUN_PYTHON];
    JUMP_BACKWARD_NO_INTERRUPT = 76, 0, Backward, Jump, [NONE];
    JUMP_FORWARD = 77, 0, Forward, Jump, [NONE];
    LIST_APPEND = 78, 0, None, Depth, [RAISE WRITE_HEAP ALLOCATE];
    LIST_EXTEND = 79, 0, None, Depth, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    LOAD_ATTR = 80, 9, None, NameShifted1, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    LOAD_COMMON_CONSTANT = 81, 0, None, CommonConstant, [NONE];
    LOAD_CONST = 82, 0, None, Const, [NONE];
    LOAD_DEREF = 83, 0, None, Deref, [RAISE READ_LOCALS READ_HEAP];
    LOAD_FAST = 84, 0, None, Local, [READ_LOCALS];
    LOAD_FAST_AND_CLEAR = 85, 0, None, Local, [READ_LOCALS WRITE_LOCALS];
    LOAD_FAST_BORROW = 86, 0, None, Local, [READ_LOCALS];
    LOAD_FAST_BORROW_LOAD_FAST_BORROW = 87, 0, None, LocalPair, [READ_LOCALS];
    LOAD_FAST_CHECK = 88, 0, None, Local, [RAISE READ_LOCALS];
    LOAD_FAST_LOAD_FAST = 89, 0, None, LocalPair, [READ_LOCALS];
    LOAD_FROM_DICT_OR_DEREF = 90, 0, None, Deref, [RAISE RUN_PYTHON READ_LOCALS READ_HEAP WRITE_HEAP];
    LOAD_FROM_DICT_OR_GLOBALS = 91, 0, None, Name, [RAISE RUN_PYTHON READ_GLOBALS READ_HEAP WRITE_HEAP];
    LOAD_GLOBAL = 92, 4, None, NameShifted1, [RAISE RUN_PYTHON READ_GLOBALS];
    LOAD_NAME = 93, 0, None, Name, [RAISE RUN_PYTHON READ_GLOBALS READ_HEAP WRITE_HEAP];
    LOAD_SMALL_INT = 94, 0, None, SmallInt, [NONE];
    LOAD_SPECIAL = 95, 0, None, Special, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    LOAD_SUPER_ATTR = 96, 1, None, NameShifted2, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    MAKE_CELL = 97, 0, None, Deref, [RAISE READ_LOCALS WRITE_LOCALS ALLOCATE];
    MAP_ADD = 98, 0, None, Depth, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    MATCH_CLASS = 99, 0, None, Count, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    POP_JUMP_IF_FALSE = 100, 1, Conditional, Jump, [NONE];
    POP_JUMP_IF_NONE = 101, 1, Conditional, Jump, [NONE];
    POP_JUMP_IF_NOT_NONE = 102, 1, Conditional, Jump, [NONE];
    POP_JUMP_IF_TRUE = 103, 1, Conditional, Jump, [NONE];
    RAISE_VARARGS = 104, 0, None, Count, [RAISE RUN_PYTHON READ_EXC READ_HEAP WRITE_HEAP ALLOCATE];
    RERAISE = 105, 0, None, Depth, [RAISE];
    SEND = 106, 1, Send, Jump, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    SET_ADD = 107, 0, None, Depth, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    SET_FUNCTION_ATTRIBUTE = 108, 0, None, Flags, [WRITE_HEAP];
    SET_UPDATE = 109, 0, None, Depth, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    STORE_ATTR = 110, 4, None, Name, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    STORE_DEREF = 111, 0, None, Deref, [READ_LOCALS WRITE_HEAP];
    STORE_FAST = 112, 0, None, Local, [WRITE_LOCALS];
    STORE_FAST_LOAD_FAST = 113, 0, None, LocalPair, [READ_LOCALS WRITE_LOCALS];
    STORE_FAST_STORE_FAST = 114, 0, None, LocalPair, [WRITE_LOCALS];
    STORE_GLOBAL = 115, 0, None, Name, [RAISE WRITE_GLOBALS ALLOCATE];
    STORE_NAME = 116, 0, None, Name, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    SWAP = 117, 0, None, Depth, [NONE];
    UNPACK_EX = 118, 0, None, UnpackEx, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    UNPACK_SEQUENCE = 119, 1, None, Count, [RAISE RUN_PYTHON READ_HEAP WRITE_HEAP ALLOCATE];
    YIELD_VALUE = 120, 0, None, Flags, [RAISE RUN_PYTHON READ_EXC WRITE_EXC READ_LOCALS WRITE_LOCALS READ_HEAP WRITE_HEAP READ_GLOBALS WRITE_GLOBALS ALLOCATE];
    RESUME = 128, 0, None, Flags, [RAISE RUN_PYTHON];
}

impl Opcode {
    pub const fn name(self) -> &'static str {
        self.info().name
    }

    pub const fn caches(self) -> usize {
        Opcode::caches_of(self as u8)
    }

    pub const fn jump(self) -> Jump {
        self.info().jump
    }

    pub const fn operand(self) -> Operand {
        self.info().operand
    }

    pub const fn effects(self) -> Effects {
        self.info().effects
    }

    pub const fn can_raise(self) -> bool {
        self.effects().contains(Effects::RAISE)
    }

    pub const fn can_run_python(self) -> bool {
        self.effects().contains(Effects::RUN_PYTHON)
    }

    /// CPython's rule: opcodes from 44 on take an argument.
    pub const fn has_arg(self) -> bool {
        self as u8 > HAVE_ARGUMENT
    }

    pub const fn has_const(self) -> bool {
        matches!(self.operand(), Operand::Const)
    }

    pub const fn has_name(self) -> bool {
        matches!(self.operand(), Operand::Name | Operand::NameShifted1 | Operand::NameShifted2)
    }

    /// `dis.haslocal`: CPython counts `LOAD_DEREF` here, not among the free ones.
    pub const fn has_local(self) -> bool {
        matches!(self.operand(), Operand::Local | Operand::LocalPair) || matches!(self, Opcode::LOAD_DEREF)
    }

    /// `dis.hasfree`.
    pub const fn has_free(self) -> bool {
        matches!(self.operand(), Operand::Deref) && !matches!(self, Opcode::LOAD_DEREF)
    }

    /// `dis.hasjump`.
    pub const fn has_jump(self) -> bool {
        !matches!(self.jump(), Jump::None)
    }

    pub const fn has_compare(self) -> bool {
        matches!(self.operand(), Operand::Compare)
    }

    /// Whether control never reaches the instruction that follows.
    pub const fn ends_block(self) -> bool {
        matches!(
            self,
            Opcode::RETURN_VALUE
                | Opcode::RAISE_VARARGS
                | Opcode::RERAISE
                | Opcode::INTERPRETER_EXIT
                | Opcode::JUMP_FORWARD
                | Opcode::JUMP_BACKWARD
                | Opcode::JUMP_BACKWARD_NO_INTERRUPT
        )
    }

    /// Opcodes that CPython's interpreter makes for itself; a code object that holds one is refused.
    pub const fn is_internal(self) -> bool {
        matches!(self, Opcode::CACHE | Opcode::RESERVED | Opcode::INTERPRETER_EXIT | Opcode::EXIT_INIT_CHECK)
    }
}

/// The last opcode without an argument.
pub const HAVE_ARGUMENT: u8 = 43;

/// The first instrumented opcode.
pub const MIN_INSTRUMENTED: u8 = 234;

/// Names of the opcodes that `sys.monitoring` puts into CPython's code in memory, from [`MIN_INSTRUMENTED`] on.
pub const INSTRUMENTED: [&str; 22] = [
    "INSTRUMENTED_END_FOR",
    "INSTRUMENTED_POP_ITER",
    "INSTRUMENTED_END_SEND",
    "INSTRUMENTED_FOR_ITER",
    "INSTRUMENTED_INSTRUCTION",
    "INSTRUMENTED_JUMP_FORWARD",
    "INSTRUMENTED_NOT_TAKEN",
    "INSTRUMENTED_POP_JUMP_IF_TRUE",
    "INSTRUMENTED_POP_JUMP_IF_FALSE",
    "INSTRUMENTED_POP_JUMP_IF_NONE",
    "INSTRUMENTED_POP_JUMP_IF_NOT_NONE",
    "INSTRUMENTED_RESUME",
    "INSTRUMENTED_RETURN_VALUE",
    "INSTRUMENTED_YIELD_VALUE",
    "INSTRUMENTED_END_ASYNC_FOR",
    "INSTRUMENTED_LOAD_SUPER_ATTR",
    "INSTRUMENTED_CALL",
    "INSTRUMENTED_CALL_KW",
    "INSTRUMENTED_CALL_FUNCTION_EX",
    "INSTRUMENTED_JUMP_BACKWARD",
    "INSTRUMENTED_LINE",
    "ENTER_EXECUTOR",
];

/// The name of any opcode number, as `opcode.opname` has it.
pub fn name_of(number: u8) -> String {
    if let Some(op) = Opcode::from_u8(number) {
        return op.name().to_owned();
    }
    match number.checked_sub(MIN_INSTRUMENTED).and_then(|i| INSTRUMENTED.get(usize::from(i))) {
        Some(name) => (*name).to_owned(),
        None => format!("<{number}>"),
    }
}
