//! How many stack slots each instruction needs, takes and leaves.

use crate::opcode::Opcode;

/// What one instruction does to the stack's depth.
///
/// `needs >= pops`: the slots between are looked at or changed in place (`COPY`, `FOR_ITER`'s iterator), and keep their places
/// whether the instruction completes or raises. When it jumps, `pushes_on_jump` counts instead of `pushes`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StackEffect {
    pub needs: u32,
    pub pops: u32,
    pub pushes: u32,
    pub pushes_on_jump: u32,
}

const fn effect(needs: u32, pops: u32, pushes: u32) -> StackEffect {
    StackEffect { needs, pops, pushes, pushes_on_jump: pushes }
}

const fn take(pops: u32, pushes: u32) -> StackEffect {
    effect(pops, pops, pushes)
}

impl StackEffect {
    /// The effect of `op` with `arg`. Saturates on absurd arguments; no stack is that deep.
    pub const fn of(op: Opcode, arg: u32) -> StackEffect {
        use Opcode::*;
        match op {
            CACHE
            | NOP
            | NOT_TAKEN
            | RESERVED
            | RESUME
            | EXTENDED_ARG
            | SETUP_ANNOTATIONS
            | COPY_FREE_VARS
            | DELETE_DEREF
            | DELETE_FAST
            | DELETE_GLOBAL
            | DELETE_NAME
            | JUMP_BACKWARD
            | JUMP_BACKWARD_NO_INTERRUPT
            | JUMP_FORWARD
            | MAKE_CELL => take(0, 0),

            LOAD_BUILD_CLASS | LOAD_COMMON_CONSTANT | LOAD_CONST | LOAD_DEREF | LOAD_FAST | LOAD_FAST_AND_CLEAR
            | LOAD_FAST_BORROW | LOAD_FAST_CHECK | LOAD_LOCALS | LOAD_NAME | LOAD_SMALL_INT | PUSH_NULL
            | RETURN_GENERATOR => take(0, 1),
            LOAD_FAST_BORROW_LOAD_FAST_BORROW | LOAD_FAST_LOAD_FAST => take(0, 2),
            LOAD_GLOBAL => take(0, 1 + (arg & 1)),
            COPY => effect(arg, 0, 1),
            SWAP => effect(arg, 0, 0),

            DELETE_ATTR | END_FOR | EXIT_INIT_CHECK | INTERPRETER_EXIT | POP_EXCEPT | POP_ITER | POP_JUMP_IF_FALSE
            | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_TRUE | POP_TOP | STORE_DEREF | STORE_FAST
            | STORE_GLOBAL | STORE_NAME => take(1, 0),
            STORE_FAST_STORE_FAST | STORE_ATTR | DELETE_SUBSCR => take(2, 0),
            STORE_SUBSCR => take(3, 0),
            STORE_SLICE => take(4, 0),
            END_ASYNC_FOR => take(2, 0),
            RAISE_VARARGS => take(arg, 0),

            CONVERT_VALUE
            | FORMAT_SIMPLE
            | GET_AITER
            | GET_AWAITABLE
            | GET_ITER
            | GET_YIELD_FROM_ITER
            | CALL_INTRINSIC_1
            | LOAD_FROM_DICT_OR_DEREF
            | LOAD_FROM_DICT_OR_GLOBALS
            | MAKE_FUNCTION
            | STORE_FAST_LOAD_FAST
            | TO_BOOL
            | UNARY_INVERT
            | UNARY_NEGATIVE
            | UNARY_NOT
            | YIELD_VALUE => take(1, 1),
            // The value leaves the frame; CPython's metadata counts the caller's push.
            RETURN_VALUE => take(1, 1),
            BINARY_OP
            | BUILD_TEMPLATE
            | CALL_INTRINSIC_2
            | COMPARE_OP
            | CONTAINS_OP
            | FORMAT_WITH_SPEC
            | IMPORT_NAME
            | IS_OP
            | SET_FUNCTION_ATTRIBUTE
            | END_SEND => take(2, 1),
            BINARY_SLICE | MATCH_CLASS => take(3, 1),
            CLEANUP_THROW => take(3, 2),
            CHECK_EG_MATCH => take(2, 2),
            CHECK_EXC_MATCH => effect(2, 1, 1),
            PUSH_EXC_INFO => take(1, 2),

            // These look at the top and push beside it.
            GET_ANEXT | GET_LEN | IMPORT_FROM | MATCH_MAPPING | MATCH_SEQUENCE => effect(1, 0, 1),
            FOR_ITER => effect(1, 0, 1),
            MATCH_KEYS => effect(2, 0, 1),
            SEND => effect(2, 1, 1),
            WITH_EXCEPT_START => effect(5, 0, 1),
            RERAISE => effect(arg.saturating_add(1), 1, 0),

            LOAD_ATTR => take(1, 1 + (arg & 1)),
            LOAD_SPECIAL => take(1, 2),
            LOAD_SUPER_ATTR => take(3, 1 + (arg & 1)),

            BUILD_LIST | BUILD_SET | BUILD_SLICE | BUILD_STRING | BUILD_TUPLE => take(arg, 1),
            BUILD_MAP => take(arg.saturating_mul(2), 1),
            BUILD_INTERPOLATION => take(2 + (arg & 1), 1),
            CALL => take(arg.saturating_add(2), 1),
            CALL_KW => take(arg.saturating_add(3), 1),
            CALL_FUNCTION_EX => take(4, 1),

            LIST_APPEND | LIST_EXTEND | SET_ADD | SET_UPDATE | DICT_UPDATE => effect(arg.saturating_add(1), 1, 0),
            // Looks at the callable below the dict, for its error messages.
            DICT_MERGE => effect(arg.saturating_add(4), 1, 0),
            MAP_ADD => effect(arg.saturating_add(2), 2, 0),

            UNPACK_SEQUENCE => take(1, arg),
            UNPACK_EX => take(1, (arg & 0xff).saturating_add(arg >> 8).saturating_add(1)),
        }
    }

    /// As `dis.stack_effect` counts.
    pub const fn net(self) -> i64 {
        self.pushes as i64 - self.pops as i64
    }
}
