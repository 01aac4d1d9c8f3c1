//! The exception classes, as the tree of the library reference lists them.

use super::{attribute, base, group, import, os, stop, syntax, unicode};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout;

/// A class's flags from this bit on: how many fields its instances have behind the struct.
pub(crate) const EXTRA_SHIFT: u32 = 28;

const FLAGS: u32 = type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::IS_EXCEPTION;

/// A class: how many fields its instances have behind the struct, and what it adds to its base.
const fn class(
    name: &'static str,
    extra: u32,
    methods: &'static [&'static [MethodDef]],
    getset: &'static [GetSetDef],
    doc: &'static str,
) -> TypeDef {
    TypeDef {
        layout: Some(layout::EXCEPTION),
        flags: FLAGS | extra << EXTRA_SHIFT,
        methods,
        getset,
        doc: Some(doc),
        ..TypeDef::new(name)
    }
}

/// `STATIC "Name" fields "doc" [METHODS GETSET];`
macro_rules! exceptions {
    ($($constant:ident $name:literal $extra:literal $doc:literal $([$methods:expr, $getset:expr])?;)*) => {
        $(pub static $constant: TypeDef =
            class($name, $extra, exceptions!(@methods $($methods)?), exceptions!(@getset $($getset)?), $doc);)*
    };
    (@methods $methods:expr) => { &[$methods] };
    (@methods) => { &[] };
    (@getset $getset:expr) => { $getset };
    (@getset) => { &[] };
}

exceptions! {
    BASE_EXCEPTION "BaseException" 0 "Common base class for all exceptions." [base::METHODS, base::GETSET];
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" 3 "A combination of multiple unrelated exceptions." [group::METHODS, group::GETSET];
    GENERATOR_EXIT "GeneratorExit" 0 "Request that a generator exit.";
    KEYBOARD_INTERRUPT "KeyboardInterrupt" 0 "Program interrupted by user.";
    SYSTEM_EXIT "SystemExit" 1 "Request to exit from the interpreter." [stop::EXIT_METHODS, stop::EXIT_GETSET];
    EXCEPTION "Exception" 0 "Common base class for all non-exit exceptions.";
    EXCEPTION_GROUP "ExceptionGroup" 3 "" [&[], &[]];
    ARITHMETIC_ERROR "ArithmeticError" 0 "Base class for arithmetic errors.";
    FLOATING_POINT_ERROR "FloatingPointError" 0 "Floating-point operation failed.";
    OVERFLOW_ERROR "OverflowError" 0 "Result too large to be represented.";
    ZERO_DIVISION_ERROR "ZeroDivisionError" 0 "Second argument to a division or modulo operation was zero.";
    ASSERTION_ERROR "AssertionError" 0 "Assertion failed.";
    ATTRIBUTE_ERROR "AttributeError" 2 "Attribute not found." [attribute::METHODS, attribute::GETSET];
    BUFFER_ERROR "BufferError" 0 "Buffer error.";
    EOF_ERROR "EOFError" 0 "Read beyond end of file.";
    IMPORT_ERROR "ImportError" 4 "Import can't find module, or can't find name in module." [import::METHODS, import::GETSET];
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" 4 "Module not found." [import::INIT_ONLY, &[]];
    LOOKUP_ERROR "LookupError" 0 "Base class for lookup errors.";
    INDEX_ERROR "IndexError" 0 "Sequence index out of range.";
    KEY_ERROR "KeyError" 0 "Mapping key not found." [base::KEY_ERROR, &[]];
    MEMORY_ERROR "MemoryError" 0 "Out of memory.";
    NAME_ERROR "NameError" 1 "Name not found globally." [attribute::NAME_METHODS, attribute::NAME_GETSET];
    UNBOUND_LOCAL_ERROR "UnboundLocalError" 1 "Local name referenced but not bound to a value." [attribute::NAME_METHODS, &[]];
    OS_ERROR "OSError" 5 "Base class for I/O related errors." [os::METHODS, os::GETSET];
    BLOCKING_IO_ERROR "BlockingIOError" 5 "I/O operation would block." [&[], &[]];
    CHILD_PROCESS_ERROR "ChildProcessError" 5 "Child process error." [&[], &[]];
    CONNECTION_ERROR "ConnectionError" 5 "Connection error." [&[], &[]];
    BROKEN_PIPE_ERROR "BrokenPipeError" 5 "Broken pipe." [&[], &[]];
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" 5 "Connection aborted." [&[], &[]];
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" 5 "Connection refused." [&[], &[]];
    CONNECTION_RESET_ERROR "ConnectionResetError" 5 "Connection reset." [&[], &[]];
    FILE_EXISTS_ERROR "FileExistsError" 5 "File already exists." [&[], &[]];
    FILE_NOT_FOUND_ERROR "FileNotFoundError" 5 "File not found." [&[], &[]];
    INTERRUPTED_ERROR "InterruptedError" 5 "Interrupted by signal." [&[], &[]];
    IS_A_DIRECTORY_ERROR "IsADirectoryError" 5 "Operation doesn't work on directories." [&[], &[]];
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" 5 "Operation only works on directories." [&[], &[]];
    PERMISSION_ERROR "PermissionError" 5 "Not enough permissions." [&[], &[]];
    PROCESS_LOOKUP_ERROR "ProcessLookupError" 5 "Process not found." [&[], &[]];
    TIMEOUT_ERROR "TimeoutError" 5 "Timeout expired." [&[], &[]];
    REFERENCE_ERROR "ReferenceError" 0 "Weak ref proxy used after referent went away.";
    RUNTIME_ERROR "RuntimeError" 0 "Unspecified run-time error.";
    NOT_IMPLEMENTED_ERROR "NotImplementedError" 0 "Method or function hasn't been implemented yet.";
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError" 0 "Operation blocked during Python finalization.";
    RECURSION_ERROR "RecursionError" 0 "Recursion limit exceeded.";
    STOP_ASYNC_ITERATION "StopAsyncIteration" 0 "Signal the end from iterator.__anext__().";
    STOP_ITERATION "StopIteration" 1 "Signal the end from iterator.__next__()." [stop::STOP_METHODS, stop::STOP_GETSET];
    SYNTAX_ERROR "SyntaxError" 9 "Invalid syntax." [syntax::METHODS, syntax::GETSET];
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError" 9 "incomplete input." [syntax::INIT_ONLY, &[]];
    INDENTATION_ERROR "IndentationError" 9 "Improper indentation." [syntax::INIT_ONLY, &[]];
    TAB_ERROR "TabError" 9 "Improper mixture of spaces and tabs." [syntax::INIT_ONLY, &[]];
    SYSTEM_ERROR "SystemError" 0 "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    TYPE_ERROR "TypeError" 0 "Inappropriate argument type.";
    VALUE_ERROR "ValueError" 0 "Inappropriate argument value (of correct type).";
    UNICODE_ERROR "UnicodeError" 0 "Unicode related error.";
    UNICODE_DECODE_ERROR "UnicodeDecodeError" 5 "Unicode decoding error." [unicode::DECODE_METHODS, unicode::CODEC_GETSET];
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" 5 "Unicode encoding error." [unicode::ENCODE_METHODS, unicode::CODEC_GETSET];
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" 5 "Unicode translation error." [unicode::TRANSLATE_METHODS, unicode::TRANSLATE_GETSET];
    WARNING "Warning" 0 "Base class for warning categories.";
    BYTES_WARNING "BytesWarning" 0 "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    DEPRECATION_WARNING "DeprecationWarning" 0 "Base class for warnings about deprecated features.";
    ENCODING_WARNING "EncodingWarning" 0 "Base class for warnings about encodings.";
    FUTURE_WARNING "FutureWarning" 0 "Base class for warnings about constructs that will change semantically\nin the future.";
    IMPORT_WARNING "ImportWarning" 0 "Base class for warnings about probable mistakes in module imports";
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" 0 "Base class for warnings about features which will be deprecated\nin the future.";
    RESOURCE_WARNING "ResourceWarning" 0 "Base class for warnings about resource usage.";
    RUNTIME_WARNING "RuntimeWarning" 0 "Base class for warnings about dubious runtime behavior.";
    SYNTAX_WARNING "SyntaxWarning" 0 "Base class for warnings about dubious syntax.";
    UNICODE_WARNING "UnicodeWarning" 0 "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    USER_WARNING "UserWarning" 0 "Base class for warnings generated by user code.";
}
