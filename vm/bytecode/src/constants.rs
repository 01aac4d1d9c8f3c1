//! The numbers that opcode arguments and code flags use, with CPython 3.14's names.

/// `co_flags` bits.
pub mod flags {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_DIVISION: u32 = 0x2_0000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x4_0000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x8_0000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x10_0000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x20_0000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x40_0000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x80_0000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;
    pub const NO_MONITORING_EVENTS: u32 = 0x200_0000;
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    pub const METHOD: u32 = 0x800_0000;
    /// Any of the three that make a call return a generator-like object.
    pub const ANY_GENERATOR: u32 = GENERATOR | COROUTINE | ASYNC_GENERATOR;
    /// The bits that `compile()` inherits and accepts (`PyCF_MASK`).
    pub const FUTURE_MASK: u32 = FUTURE_DIVISION
        | FUTURE_ABSOLUTE_IMPORT
        | FUTURE_WITH_STATEMENT
        | FUTURE_PRINT_FUNCTION
        | FUTURE_UNICODE_LITERALS
        | FUTURE_BARRY_AS_BDFL
        | FUTURE_GENERATOR_STOP
        | FUTURE_ANNOTATIONS;
}

/// `compile()` flags beside the future features.
pub mod compile_flags {
    pub const SOURCE_IS_UTF8: u32 = 0x100;
    pub const DONT_IMPLY_DEDENT: u32 = 0x200;
    pub const ONLY_AST: u32 = 0x400;
    pub const IGNORE_COOKIE: u32 = 0x800;
    pub const TYPE_COMMENTS: u32 = 0x1000;
    pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
    pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
    pub const OPTIMIZED_AST: u32 = 0x8000 | ONLY_AST;
}

/// Bits of `co_localspluskinds`.
pub mod local_kind {
    pub const ARG_POS: u8 = 0x02;
    pub const ARG_KW: u8 = 0x04;
    pub const ARG_VAR: u8 = 0x08;
    /// A local of a comprehension inlined into module or class code: not in `locals()`.
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// `BINARY_OP`'s argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum BinaryOp {
    Add = 0,
    And,
    FloorDivide,
    LeftShift,
    MatrixMultiply,
    Multiply,
    Remainder,
    Or,
    Power,
    RightShift,
    Subtract,
    TrueDivide,
    Xor,
    InplaceAdd,
    InplaceAnd,
    InplaceFloorDivide,
    InplaceLeftShift,
    InplaceMatrixMultiply,
    InplaceMultiply,
    InplaceRemainder,
    InplaceOr,
    InplacePower,
    InplaceRightShift,
    InplaceSubtract,
    InplaceTrueDivide,
    InplaceXor,
    Subscript,
}

impl BinaryOp {
    pub const ALL: [BinaryOp; 27] = {
        use BinaryOp::*;
        [
            Add,
            And,
            FloorDivide,
            LeftShift,
            MatrixMultiply,
            Multiply,
            Remainder,
            Or,
            Power,
            RightShift,
            Subtract,
            TrueDivide,
            Xor,
            InplaceAdd,
            InplaceAnd,
            InplaceFloorDivide,
            InplaceLeftShift,
            InplaceMatrixMultiply,
            InplaceMultiply,
            InplaceRemainder,
            InplaceOr,
            InplacePower,
            InplaceRightShift,
            InplaceSubtract,
            InplaceTrueDivide,
            InplaceXor,
            Subscript,
        ]
    };

    pub fn from_arg(arg: u32) -> Option<BinaryOp> {
        Self::ALL.get(usize::try_from(arg).ok()?).copied()
    }

    /// (`opcode._nb_ops` name, symbol).
    pub fn names(self) -> (&'static str, &'static str) {
        NB_OPS[self as usize]
    }

    /// `+=` and its like.
    pub fn is_inplace(self) -> bool {
        (BinaryOp::InplaceAdd as u8..=BinaryOp::InplaceXor as u8).contains(&(self as u8))
    }

    /// The plain operation of an in-place one; any other is its own.
    pub fn plain(self) -> BinaryOp {
        if self.is_inplace() { Self::ALL[self as usize - BinaryOp::InplaceAdd as usize] } else { self }
    }
}

/// `opcode._nb_ops`.
pub const NB_OPS: [(&str, &str); 27] = [
    ("NB_ADD", "+"),
    ("NB_AND", "&"),
    ("NB_FLOOR_DIVIDE", "//"),
    ("NB_LSHIFT", "<<"),
    ("NB_MATRIX_MULTIPLY", "@"),
    ("NB_MULTIPLY", "*"),
    ("NB_REMAINDER", "%"),
    ("NB_OR", "|"),
    ("NB_POWER", "**"),
    ("NB_RSHIFT", ">>"),
    ("NB_SUBTRACT", "-"),
    ("NB_TRUE_DIVIDE", "/"),
    ("NB_XOR", "^"),
    ("NB_INPLACE_ADD", "+="),
    ("NB_INPLACE_AND", "&="),
    ("NB_INPLACE_FLOOR_DIVIDE", "//="),
    ("NB_INPLACE_LSHIFT", "<<="),
    ("NB_INPLACE_MATRIX_MULTIPLY", "@="),
    ("NB_INPLACE_MULTIPLY", "*="),
    ("NB_INPLACE_REMAINDER", "%="),
    ("NB_INPLACE_OR", "|="),
    ("NB_INPLACE_POWER", "**="),
    ("NB_INPLACE_RSHIFT", ">>="),
    ("NB_INPLACE_SUBTRACT", "-="),
    ("NB_INPLACE_TRUE_DIVIDE", "/="),
    ("NB_INPLACE_XOR", "^="),
    ("NB_SUBSCR", "[]"),
];

/// `COMPARE_OP`'s comparison: argument >> 5. The numbers are `Py_LT`..`Py_GE`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Compare {
    Lt = 0,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Compare {
    pub const fn from_number(number: u32) -> Option<Compare> {
        Some(match number {
            0 => Compare::Lt,
            1 => Compare::Le,
            2 => Compare::Eq,
            3 => Compare::Ne,
            4 => Compare::Gt,
            5 => Compare::Ge,
            _ => return None,
        })
    }

    /// From `COMPARE_OP`'s argument.
    pub const fn from_arg(arg: u32) -> Option<Compare> {
        Compare::from_number(arg >> 5)
    }

    pub const fn symbol(self) -> &'static str {
        match self {
            Compare::Lt => "<",
            Compare::Le => "<=",
            Compare::Eq => "==",
            Compare::Ne => "!=",
            Compare::Gt => ">",
            Compare::Ge => ">=",
        }
    }
}

/// Bit of `COMPARE_OP`'s argument: the result is wanted as a bool.
pub const COMPARE_TO_BOOL: u32 = 16;

/// `CALL_INTRINSIC_1`'s argument is the index.
pub const INTRINSICS_1: [&str; 12] = [
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];

/// `CALL_INTRINSIC_1`'s argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Intrinsic1 {
    Print = 1,
    ImportStar,
    StopIterationError,
    AsyncGenWrap,
    UnaryPositive,
    ListToTuple,
    TypeVar,
    ParamSpec,
    TypeVarTuple,
    SubscriptGeneric,
    TypeAlias,
}

impl Intrinsic1 {
    pub const fn from_arg(arg: u32) -> Option<Intrinsic1> {
        Some(match arg {
            1 => Intrinsic1::Print,
            2 => Intrinsic1::ImportStar,
            3 => Intrinsic1::StopIterationError,
            4 => Intrinsic1::AsyncGenWrap,
            5 => Intrinsic1::UnaryPositive,
            6 => Intrinsic1::ListToTuple,
            7 => Intrinsic1::TypeVar,
            8 => Intrinsic1::ParamSpec,
            9 => Intrinsic1::TypeVarTuple,
            10 => Intrinsic1::SubscriptGeneric,
            11 => Intrinsic1::TypeAlias,
            _ => return None,
        })
    }
}

/// `CALL_INTRINSIC_2`'s argument is the index.
pub const INTRINSICS_2: [&str; 6] = [
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];

/// `CALL_INTRINSIC_2`'s argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Intrinsic2 {
    PrepReraiseStar = 1,
    TypeVarWithBound,
    TypeVarWithConstraints,
    SetFunctionTypeParams,
    SetTypeParamDefault,
}

impl Intrinsic2 {
    pub const fn from_arg(arg: u32) -> Option<Intrinsic2> {
        Some(match arg {
            1 => Intrinsic2::PrepReraiseStar,
            2 => Intrinsic2::TypeVarWithBound,
            3 => Intrinsic2::TypeVarWithConstraints,
            4 => Intrinsic2::SetFunctionTypeParams,
            5 => Intrinsic2::SetTypeParamDefault,
            _ => return None,
        })
    }
}

/// `LOAD_COMMON_CONSTANT`'s argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum CommonConstant {
    AssertionError = 0,
    NotImplementedError,
    Tuple,
    All,
    Any,
}

/// Names of [`CommonConstant`], by number.
pub const COMMON_CONSTANTS: [&str; 5] = ["AssertionError", "NotImplementedError", "tuple", "all", "any"];

impl CommonConstant {
    pub const fn from_arg(arg: u32) -> Option<CommonConstant> {
        Some(match arg {
            0 => CommonConstant::AssertionError,
            1 => CommonConstant::NotImplementedError,
            2 => CommonConstant::Tuple,
            3 => CommonConstant::All,
            4 => CommonConstant::Any,
            _ => return None,
        })
    }
}

/// `LOAD_SPECIAL`'s argument is the index.
pub const SPECIAL_METHODS: [&str; 4] = ["__enter__", "__exit__", "__aenter__", "__aexit__"];

/// `SET_FUNCTION_ATTRIBUTE`'s argument: exactly one of these.
pub mod function_attribute {
    pub const DEFAULTS: u32 = 0x01;
    pub const KWDEFAULTS: u32 = 0x02;
    pub const ANNOTATIONS: u32 = 0x04;
    pub const CLOSURE: u32 = 0x08;
    pub const ANNOTATE: u32 = 0x10;
}

/// `CONVERT_VALUE`'s argument, and `BUILD_INTERPOLATION`'s above two bits (0 there: no conversion).
pub mod convert {
    pub const STR: u32 = 1;
    pub const REPR: u32 = 2;
    pub const ASCII: u32 = 3;
}

/// `RESUME`'s argument: where it stands in the low two bits.
pub mod resume {
    pub const AT_FUNC_START: u32 = 0;
    pub const AFTER_YIELD: u32 = 1;
    pub const AFTER_YIELD_FROM: u32 = 2;
    pub const AFTER_AWAIT: u32 = 3;
    pub const LOCATION_MASK: u32 = 3;
    /// The yield stands directly under the generator's own `StopIteration` handler, in no other try block.
    pub const DEPTH1: u32 = 4;
}

/// The largest argument of `LOAD_SMALL_INT`.
pub const SMALL_INT_MAX: u32 = 256;
