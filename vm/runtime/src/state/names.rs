//! Interned strings that the runtime itself uses, and the special methods.

use crate::object::Ref;
use crate::types::str::PyStr;

macro_rules! names {
    ($($name:ident $(= $text:literal)?),* $(,)?) => {
        /// Interned strings, each a field of its own name.
        #[allow(non_snake_case, reason = "named as the strings are")]
        pub struct Names { $(pub $name: Ref<PyStr>),* }

        impl Names {
            /// Interns all of them. `None`: out of memory.
            pub fn new(mut intern: impl FnMut(&str) -> Option<Ref<PyStr>>) -> Option<Names> {
                Some(Names { $($name: intern(names!(@text $name $($text)?))?),* })
            }
        }
    };
    (@text $name:ident) => { stringify!($name) };
    (@text $name:ident $text:literal) => { $text };
}

names! {
    empty = "", dot = ".", star = "*", strict, replace, ignore, utf_8 = "utf-8", surrogateescape, angle_module = "<module>",
    call_soon, get_debug, _asyncio_future_blocking,
    __name__, __qualname__, __module__, __dict__, __doc__, __class__, __bases__, __base__, __mro__, __weakref__, __slots__,
    __annotations__, __annotate__, __annotate_func__, __annotations_cache__, __type_params__, __classcell__, __classdictcell__, __classdict__,
    __static_attributes__, __firstlineno__, __orig_class__, __orig_bases__, __parameters__, __origin__, __args__,
    __builtins__, __file__, __path__, __package__, __loader__, __spec__, __cached__, __main__, __all__, __import__,
    __build_class__, __debug__, __match_args__, __wrapped__, __isabstractmethod__, __abstractmethods__, __text_signature__, __self__, __func__,
    __defaults__, __kwdefaults__, __code__, __globals__, __closure__, __notes__, __cause__, __context__, __traceback__,
    __suppress_context__, __unpacked__, __typing_subst__, __typing_prepare_subst__, __typing_is_unpacked_typevartuple__,
    __getinitargs__, __getnewargs__, __getnewargs_ex__, __getstate__, __setstate__, __copy__, __deepcopy__, __flags__, __mro_entries__,
    __lazy_modules__, __objclass__, __signature__, __instancecheck__, __subclasscheck__, __bound__, __constraints__, __default__,
    __evaluate__, __value__, __infer_variance__, __covariant__, __contravariant__, __subclasses__, __subclasshook__, mro, __trunc__,
    __iter__, __next__, __initializing__ = "_initializing", __uninitialized_submodules = "_uninitialized_submodules", __handle_fromlist = "_handle_fromlist",
    find_and_load = "_find_and_load", send, throw, close, keys, values, items, get, append, extend, update, pop, clear, copy,
    args, name, obj, path, value, code, errno, filename, filename2, strerror, msg, lineno, offset, text, end_lineno, end_offset,
    print_file_and_line, name_from, characters_written, exceptions, message, object, start, end, reason, encoding, stop, step,
    read, readline, write, flush, fileno, isatty, mode, errors, newlines, raw, buffer, closed, tell, seek, stdin, stdout, stderr, __stdout__, __stderr__,
    modules, builtins, sys, excepthook, displayhook, path_hooks, meta_path, path_importer_cache, sort_keys = "sort", join, key, default, reverse, file, sep,
    warn, warn_explicit, category, source, stacklevel, underscore = "_", ps1, ps2, argv, last_exc, last_type, last_value, last_traceback,
    metaclass, big, little, signed, maxsplit, keepends, tabsize, line, tracemalloc, print, input, open, lambda = "<lambda>", genexpr = "<genexpr>", listcomp = "<listcomp>",
    string = "<string>", opcode, call, exception, return_ = "return", c_call, c_return, c_exception, f_lineno, _fields, _attributes, unraisablehook,
    numerator, denominator, real, imag, conjugate, bit_length, tb_frame, tb_lineno, tb_next, fspath = "__fspath__", __newobj__, copyreg, _reconstructor, __reduce__,
    n_fields, n_sequence_fields, n_unnamed_fields, interpolations, strings, expression, conversion, format_spec, asyncgen_hooks, importlib, _bootstrap, _bootstrap_external, io, site, codecs,
    encodings, collections, abc, os, posix, typing, string_templatelib = "string.templatelib", dict, list, tuple, set, frozenset, int, float, str, bool, bytes, type_ = "type", function, module, generator, __replace__,
}

macro_rules! specials {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// A special method: an index into [`PyType`](crate::types::type_object::PyType)'s table.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Special { $($variant),* }

        impl Special {
            pub const COUNT: usize = [$($name),*].len();
            const ALL: [Special; Special::COUNT] = [$(Special::$variant),*];
            const NAMES: [&'static str; Special::COUNT] = [$($name),*];

            pub fn name(self) -> &'static str {
                Special::NAMES[self as usize]
            }

            pub fn all() -> impl Iterator<Item = Special> {
                Special::ALL.into_iter()
            }

            /// The special method that an interned string names: a string's header carries its number plus one.
            pub fn from_aux(aux: u8) -> Option<Special> {
                Special::ALL.get((aux as usize).wrapping_sub(1)).copied()
            }
        }
    };
}

specials! {
    Repr = "__repr__", Str = "__str__", Hash = "__hash__", Bool = "__bool__", Len = "__len__", GetItem = "__getitem__",
    SetItem = "__setitem__", DelItem = "__delitem__", Contains = "__contains__", Iter = "__iter__", Next = "__next__",
    Call = "__call__", Get = "__get__", Set = "__set__", Delete = "__delete__", GetAttribute = "__getattribute__",
    GetAttr = "__getattr__", SetAttr = "__setattr__", DelAttr = "__delattr__", Eq = "__eq__", Ne = "__ne__", Lt = "__lt__",
    Le = "__le__", Gt = "__gt__", Ge = "__ge__",
    Add = "__add__", Sub = "__sub__", Mul = "__mul__", MatMul = "__matmul__", TrueDiv = "__truediv__", FloorDiv = "__floordiv__",
    Mod = "__mod__", DivMod = "__divmod__", Pow = "__pow__", LShift = "__lshift__", RShift = "__rshift__", And = "__and__",
    Xor = "__xor__", Or = "__or__",
    RAdd = "__radd__", RSub = "__rsub__", RMul = "__rmul__", RMatMul = "__rmatmul__", RTrueDiv = "__rtruediv__",
    RFloorDiv = "__rfloordiv__", RMod = "__rmod__", RDivMod = "__rdivmod__", RPow = "__rpow__", RLShift = "__rlshift__",
    RRShift = "__rrshift__", RAnd = "__rand__", RXor = "__rxor__", ROr = "__ror__",
    IAdd = "__iadd__", ISub = "__isub__", IMul = "__imul__", IMatMul = "__imatmul__", ITrueDiv = "__itruediv__",
    IFloorDiv = "__ifloordiv__", IMod = "__imod__", IPow = "__ipow__", ILShift = "__ilshift__", IRShift = "__irshift__",
    IAnd = "__iand__", IXor = "__ixor__", IOr = "__ior__",
    Neg = "__neg__", Pos = "__pos__", Abs = "__abs__", Invert = "__invert__", Int = "__int__", Float = "__float__",
    Complex = "__complex__", Index = "__index__", Round = "__round__", Trunc = "__trunc__", Floor = "__floor__", Ceil = "__ceil__",
    Enter = "__enter__", Exit = "__exit__", AEnter = "__aenter__", AExit = "__aexit__", Await = "__await__", AIter = "__aiter__",
    ANext = "__anext__", New = "__new__", Init = "__init__", Del = "__del__", InitSubclass = "__init_subclass__",
    SetName = "__set_name__", Format = "__format__", Bytes = "__bytes__", Fspath = "__fspath__", Missing = "__missing__",
    LengthHint = "__length_hint__", Reversed = "__reversed__", InstanceCheck = "__instancecheck__",
    SubclassCheck = "__subclasscheck__", ClassGetItem = "__class_getitem__", Dir = "__dir__", Sizeof = "__sizeof__",
    Reduce = "__reduce__", ReduceEx = "__reduce_ex__", Buffer = "__buffer__", ReleaseBuffer = "__release_buffer__",
    Prepare = "__prepare__", MroEntries = "__mro_entries__",
}
