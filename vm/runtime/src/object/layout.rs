//! The layout ids: which Rust struct a heap cell holds. The runtime's own stand here; `stdlib` appends its own from
//! [`FIRST_STDLIB`] on. Ids are constants, so that a cast compares with an immediate, in compiled code too.

use brolga_heap::{Layout, LayoutId, Trace};

macro_rules! layouts {
    ($($name:ident),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "names of constants")]
        #[repr(u16)]
        enum Index { $($name),*, COUNT }
        $(pub const $name: LayoutId = LayoutId(Index::$name as u16);)*
        /// How many layouts the runtime has.
        pub const COUNT: u16 = Index::COUNT as u16;
        const NAMES: [&str; COUNT as usize] = [$(stringify!($name)),*];
    };
}

layouts! {
    // Storage that Python never sees by itself.
    ARRAY, BYTES_BUFFER, RECORD, DICT_TABLE, SET_TABLE, WEAK_CELL,
    // Objects.
    INSTANCE, TYPE, STR, BYTES, BYTEARRAY, INT, FLOAT, COMPLEX, TUPLE, LIST, DICT, SET, RANGE, SLICE,
    FUNCTION, METHOD, NATIVE_FUNCTION, GETSET, MEMBER, PROPERTY, CLASSMETHOD, STATICMETHOD, CELL, CODE, FRAME,
    TRACEBACK, GENERATOR, MODULE, EXCEPTION, WEAKREF, MAPPINGPROXY, NAMESPACE, MEMORYVIEW, SUPER,
    LIST_ITER, TUPLE_ITER, RANGE_ITER, STR_ITER, BYTES_ITER, DICT_ITER, DICT_VIEW, SET_ITER, SEQ_ITER, CALLABLE_ITER,
    LONG_RANGE_ITER,
    ENUMERATE, ZIP, MAP, FILTER, REVERSED, GENERIC_ALIAS, GENERIC_ALIAS_ITER, UNION, TEMPLATE, INTERPOLATION, TYPE_PARAM, TYPE_ALIAS,
    ASYNC_GEN_OP, COROUTINE_WRAPPER, FRAME_LOCALS, STRUCT_SEQUENCE, MEMORY_ITER, LINES_ITER,
    TYPED_ARRAY, TYPED_ARRAY_ITER,
    // Objects whose fields are a fixed number of values and nothing else (see types::record).
    NATIVE_RECORD,
}

/// The first layout id that the standard library's native modules may use.
pub const FIRST_STDLIB: u16 = 256;

/// The trace of each of the runtime's layouts, in the order of their ids.
pub fn table() -> [Layout; COUNT as usize] {
    let mut table = [const { Layout { name: "", trace: Trace::Words, drop: None } }; COUNT as usize];
    for (entry, name) in table.iter_mut().zip(NAMES) {
        entry.name = name;
    }
    for leaf in [BYTES_BUFFER, RANGE_ITER, WEAK_CELL] {
        table[leaf.0 as usize].trace = Trace::Leaf;
    }
    table[CODE.0 as usize].drop = Some(crate::types::code::drop_cell);
    // Raw 64-bit words stand in these: traced by their own functions, or only for the attributes of a subclass.
    for (id, trace) in crate::types::TRACED {
        table[id.0 as usize].trace = Trace::Custom(*trace);
    }
    table
}
