//! The builtin types, one file or folder each. [`builtin_types`] lists them all: each gets a field of [`Types`] and a
//! constant shape id in [`shape`].

pub mod array;
pub mod asyncgen;
pub mod bool;
pub mod bytearray;
pub mod bytes;
pub mod callable_iter;
pub(crate) mod callable_wrapper;
pub mod cell;
pub mod classmethod;
pub mod code;
pub mod complex;
pub mod described;
pub mod dict;
pub mod enumerate;
pub mod exception;
pub mod filter;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod getset;
pub mod int;
pub mod list;
pub mod map;
pub mod mappingproxy;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod namespace;
pub mod native_function;
pub mod object;
pub mod property;
pub mod range;
pub mod reversed;
pub mod seq_iter;
pub mod set;
pub mod singletons;
pub mod slice;
pub mod slot_docs;
pub mod staticmethod;
pub mod str;
pub mod struct_sequence;
pub mod super_type;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_object;
pub mod type_params;
pub mod typed_array;
pub mod union;
pub mod weakref;
pub mod zip;

use brolga_heap::LayoutId;

use crate::PyResult;
use crate::object::Ref;
use crate::object::layout as l;
use crate::state::Vm;
use type_object::PyType;

/// Layouts whose memory holds raw words beside fields, with the function that traces them.
pub(crate) const TRACED: &[(LayoutId, unsafe fn(std::ptr::NonNull<brolga_heap::Header>, &mut brolga_heap::Tracer))] = &[
    (l::STR, str::trace),
    (l::DICT_TABLE, dict::table::trace),
    (l::INT, int::trace),
    (l::FLOAT, float::trace),
    (l::COMPLEX, complex::trace),
    (l::BYTES, bytes::trace),
    (l::SET, set::trace),
    (l::SET_TABLE, set::table::trace),
    (l::FRAME, frame::trace),
    (l::GENERATOR, generator::trace),
    (l::CODE, code::trace),
    (l::TRACEBACK, traceback::trace),
    (l::WEAKREF, weakref::trace),
];

macro_rules! builtin_types {
    ($($name:ident: $def:path $(, $base:ident)*;)*) => {
        /// The builtin classes.
        pub struct Types { $(pub $name: Ref<PyType>),* }

        /// The shape ids of exact instances of the builtin classes.
        #[allow(non_upper_case_globals, reason = "named as the types are")]
        pub mod shape {
            #[allow(non_camel_case_types, reason = "only counts")]
            #[repr(u32)]
            enum Id { _None, $($name,)* Count }
            $(pub const $name: u32 = Id::$name as u32;)*
            /// The number of shapes that builtin types have, from 1.
            pub const COUNT: u32 = Id::Count as u32 - 1;
        }

        impl Types {
            /// Makes the shells of all builtin classes; their dicts are filled by [`Types::fill`].
            pub(crate) fn new(vm: &Vm) -> PyResult<Types> {
                $(let $name = Ref::<PyType>::new_native(vm, shape::$name, &$def, &[$($base),*])?;)*
                Ok(Types { $($name),* })
            }

            pub fn each(&self, mut f: impl FnMut(Ref<PyType>) -> PyResult<()>) -> PyResult<()> {
                $(f(self.$name)?;)*
                Ok(())
            }
        }
    };
}

builtin_types! {
    object: object::DEF;
    type_: type_object::methods::DEF, object;
    int: int::DEF, object;
    bool: bool::DEF, int;
    float: float::DEF, object;
    complex: complex::DEF, object;
    str: str::methods::DEF, object;
    bytes: bytes::DEF, object;
    bytearray: bytearray::DEF, object;
    memoryview: memoryview::DEF, object;
    tuple: tuple::methods::DEF, object;
    list: list::methods::DEF, object;
    dict: dict::methods::DEF, object;
    set: set::DEF, object;
    frozenset: set::FROZEN_DEF, object;
    range: range::DEF, object;
    slice: slice::DEF, object;
    none_type: singletons::NONE_DEF, object;
    not_implemented_type: singletons::NOT_IMPLEMENTED_DEF, object;
    ellipsis: singletons::ELLIPSIS_DEF, object;
    function: function::DEF, object;
    method: method::DEF, object;
    builtin_function: native_function::BUILTIN_FUNCTION, object;
    method_descriptor: native_function::METHOD_DESCRIPTOR, object;
    wrapper_descriptor: native_function::WRAPPER_DESCRIPTOR, object;
    method_wrapper: native_function::METHOD_WRAPPER, object;
    classmethod_descriptor: native_function::CLASSMETHOD_DESCRIPTOR, object;
    getset: getset::DEF, object;
    member: getset::MEMBER_DEF, object;
    property: property::DEF, object;
    classmethod: classmethod::DEF, object;
    staticmethod: staticmethod::DEF, object;
    super_: super_type::DEF, object;
    cell: cell::DEF, object;
    code: code::DEF, object;
    frame: frame::DEF, object;
    frame_locals: frame::LOCALS_DEF, object;
    traceback: traceback::DEF, object;
    generator: generator::DEF, object;
    coroutine: generator::COROUTINE_DEF, object;
    coroutine_wrapper: generator::WRAPPER_DEF, object;
    async_generator: asyncgen::DEF, object;
    async_gen_asend: asyncgen::ASEND_DEF, object;
    async_gen_athrow: asyncgen::ATHROW_DEF, object;
    async_gen_wrapped: asyncgen::WRAPPED_DEF, object;
    anext_awaitable: asyncgen::ANEXT_DEF, object;
    module: module::DEF, object;
    mappingproxy: mappingproxy::DEF, object;
    namespace: namespace::DEF, object;
    weakref: weakref::DEF, object;
    weak_proxy: weakref::PROXY_DEF, object;
    weak_callable_proxy: weakref::CALLABLE_PROXY_DEF, object;
    generic_alias: generic_alias::DEF, object;
    generic_alias_iter: generic_alias::ITER_DEF, object;
    union: union::DEF, object;
    template: template::DEF, object;
    template_iter: template::ITER_DEF, object;
    interpolation: template::INTERPOLATION_DEF, object;
    type_var: type_params::TYPE_VAR, object;
    type_var_tuple: type_params::TYPE_VAR_TUPLE, object;
    param_spec: type_params::PARAM_SPEC, object;
    param_spec_args: type_params::PARAM_SPEC_ARGS, object;
    param_spec_kwargs: type_params::PARAM_SPEC_KWARGS, object;
    type_alias: type_params::TYPE_ALIAS, object;
    generic: type_params::GENERIC, object;
    no_default: type_params::NO_DEFAULT, object;
    const_evaluator: type_params::CONST_EVALUATOR, object;
    list_iter: list::methods::ITER_DEF, object;
    list_reverse_iter: list::methods::REVERSE_ITER_DEF, object;
    tuple_iter: tuple::methods::ITER_DEF, object;
    range_iter: range::ITER_DEF, object;
    long_range_iter: range::LONG_ITER_DEF, object;
    str_iter: str::methods::ITER_DEF, object;
    bytes_iter: bytes::ITER_DEF, object;
    bytearray_iter: bytearray::ITER_DEF, object;
    memory_iter: memoryview::ITER_DEF, object;
    dict_keys: dict::methods::KEYS_DEF, object;
    dict_values: dict::methods::VALUES_DEF, object;
    dict_items: dict::methods::ITEMS_DEF, object;
    dict_key_iter: dict::methods::KEY_ITER_DEF, object;
    dict_value_iter: dict::methods::VALUE_ITER_DEF, object;
    dict_item_iter: dict::methods::ITEM_ITER_DEF, object;
    dict_reverse_key_iter: dict::methods::REVERSE_KEY_ITER_DEF, object;
    dict_reverse_value_iter: dict::methods::REVERSE_VALUE_ITER_DEF, object;
    dict_reverse_item_iter: dict::methods::REVERSE_ITEM_ITER_DEF, object;
    set_iter: set::ITER_DEF, object;
    seq_iter: seq_iter::DEF, object;
    callable_iter: callable_iter::DEF, object;
    enumerate: enumerate::DEF, object;
    zip: zip::DEF, object;
    map: map::DEF, object;
    filter: filter::DEF, object;
    reversed: reversed::DEF, object;
    line_iter: code::LINES_DEF, object;
    position_iter: code::POSITIONS_DEF, object;
    typed_array: typed_array::DEF, object;
    typed_array_iter: typed_array::ITER_DEF, object;
    // Exceptions, as the tree of the library reference.
    base_exception: exception::defs::BASE_EXCEPTION, object;
    base_exception_group: exception::defs::BASE_EXCEPTION_GROUP, base_exception;
    generator_exit: exception::defs::GENERATOR_EXIT, base_exception;
    keyboard_interrupt: exception::defs::KEYBOARD_INTERRUPT, base_exception;
    system_exit: exception::defs::SYSTEM_EXIT, base_exception;
    exception: exception::defs::EXCEPTION, base_exception;
    exception_group: exception::defs::EXCEPTION_GROUP, base_exception_group, exception;
    arithmetic_error: exception::defs::ARITHMETIC_ERROR, exception;
    floating_point_error: exception::defs::FLOATING_POINT_ERROR, arithmetic_error;
    overflow_error: exception::defs::OVERFLOW_ERROR, arithmetic_error;
    zero_division_error: exception::defs::ZERO_DIVISION_ERROR, arithmetic_error;
    assertion_error: exception::defs::ASSERTION_ERROR, exception;
    attribute_error: exception::defs::ATTRIBUTE_ERROR, exception;
    buffer_error: exception::defs::BUFFER_ERROR, exception;
    eof_error: exception::defs::EOF_ERROR, exception;
    import_error: exception::defs::IMPORT_ERROR, exception;
    module_not_found_error: exception::defs::MODULE_NOT_FOUND_ERROR, import_error;
    lookup_error: exception::defs::LOOKUP_ERROR, exception;
    index_error: exception::defs::INDEX_ERROR, lookup_error;
    key_error: exception::defs::KEY_ERROR, lookup_error;
    memory_error: exception::defs::MEMORY_ERROR, exception;
    name_error: exception::defs::NAME_ERROR, exception;
    unbound_local_error: exception::defs::UNBOUND_LOCAL_ERROR, name_error;
    os_error: exception::defs::OS_ERROR, exception;
    blocking_io_error: exception::defs::BLOCKING_IO_ERROR, os_error;
    child_process_error: exception::defs::CHILD_PROCESS_ERROR, os_error;
    connection_error: exception::defs::CONNECTION_ERROR, os_error;
    broken_pipe_error: exception::defs::BROKEN_PIPE_ERROR, connection_error;
    connection_aborted_error: exception::defs::CONNECTION_ABORTED_ERROR, connection_error;
    connection_refused_error: exception::defs::CONNECTION_REFUSED_ERROR, connection_error;
    connection_reset_error: exception::defs::CONNECTION_RESET_ERROR, connection_error;
    file_exists_error: exception::defs::FILE_EXISTS_ERROR, os_error;
    file_not_found_error: exception::defs::FILE_NOT_FOUND_ERROR, os_error;
    interrupted_error: exception::defs::INTERRUPTED_ERROR, os_error;
    is_a_directory_error: exception::defs::IS_A_DIRECTORY_ERROR, os_error;
    not_a_directory_error: exception::defs::NOT_A_DIRECTORY_ERROR, os_error;
    permission_error: exception::defs::PERMISSION_ERROR, os_error;
    process_lookup_error: exception::defs::PROCESS_LOOKUP_ERROR, os_error;
    timeout_error: exception::defs::TIMEOUT_ERROR, os_error;
    reference_error: exception::defs::REFERENCE_ERROR, exception;
    runtime_error: exception::defs::RUNTIME_ERROR, exception;
    not_implemented_error: exception::defs::NOT_IMPLEMENTED_ERROR, runtime_error;
    python_finalization_error: exception::defs::PYTHON_FINALIZATION_ERROR, runtime_error;
    recursion_error: exception::defs::RECURSION_ERROR, runtime_error;
    stop_async_iteration: exception::defs::STOP_ASYNC_ITERATION, exception;
    stop_iteration: exception::defs::STOP_ITERATION, exception;
    syntax_error: exception::defs::SYNTAX_ERROR, exception;
    incomplete_input_error: exception::defs::INCOMPLETE_INPUT_ERROR, syntax_error;
    indentation_error: exception::defs::INDENTATION_ERROR, syntax_error;
    tab_error: exception::defs::TAB_ERROR, indentation_error;
    system_error: exception::defs::SYSTEM_ERROR, exception;
    type_error: exception::defs::TYPE_ERROR, exception;
    value_error: exception::defs::VALUE_ERROR, exception;
    unicode_error: exception::defs::UNICODE_ERROR, value_error;
    unicode_decode_error: exception::defs::UNICODE_DECODE_ERROR, unicode_error;
    unicode_encode_error: exception::defs::UNICODE_ENCODE_ERROR, unicode_error;
    unicode_translate_error: exception::defs::UNICODE_TRANSLATE_ERROR, unicode_error;
    warning: exception::defs::WARNING, exception;
    bytes_warning: exception::defs::BYTES_WARNING, warning;
    deprecation_warning: exception::defs::DEPRECATION_WARNING, warning;
    encoding_warning: exception::defs::ENCODING_WARNING, warning;
    future_warning: exception::defs::FUTURE_WARNING, warning;
    import_warning: exception::defs::IMPORT_WARNING, warning;
    pending_deprecation_warning: exception::defs::PENDING_DEPRECATION_WARNING, warning;
    resource_warning: exception::defs::RESOURCE_WARNING, warning;
    runtime_warning: exception::defs::RUNTIME_WARNING, warning;
    syntax_warning: exception::defs::SYNTAX_WARNING, warning;
    unicode_warning: exception::defs::UNICODE_WARNING, warning;
    user_warning: exception::defs::USER_WARNING, warning;
}
