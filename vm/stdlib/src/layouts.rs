//! The layout ids of the native modules' own structs, behind those of the runtime. To add one: a name here, and a row
//! in [`TRACES`] if its memory holds raw words that may look like heap addresses, or needs a drop.

use brolga_heap::{Layout, LayoutId, Trace};
use brolga_runtime::object::layout::FIRST_STDLIB;

macro_rules! layouts {
    ($($name:ident = $trace:expr, $drop:expr;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "names of constants")]
        #[repr(u16)]
        enum Index { $($name),* }
        $(pub const $name: LayoutId = LayoutId(FIRST_STDLIB + Index::$name as u16);)*

        /// All of them, in the order of their ids.
        pub fn table() -> Vec<Layout> {
            vec![$(Layout { name: stringify!($name), trace: $trace, drop: $drop }),*]
        }
    };
}

layouts! {
    DEQUE = Trace::Words, None;
    DEQUE_ITER = Trace::Words, None;
    DEFAULTDICT = Trace::Words, None;
    ORDERED_DICT_ITER = Trace::Words, None;
    TUPLE_GETTER = Trace::Words, None;
    ITERTOOLS_COUNT = Trace::Words, None;
    ITERTOOLS_CYCLE = Trace::Words, None;
    ITERTOOLS_REPEAT = Trace::Words, None;
    ITERTOOLS_CHAIN = Trace::Words, None;
    ITERTOOLS_ZIP_LONGEST = Trace::Words, None;
    ITERTOOLS_ACCUMULATE = Trace::Words, None;
    ITERTOOLS_FILTER = Trace::Words, None;
    ITERTOOLS_GROUPBY = Trace::Words, None;
    ITERTOOLS_GROUPER = Trace::Words, None;
    ITERTOOLS_ISLICE = Trace::Words, None;
    ITERTOOLS_PAIRWISE = Trace::Words, None;
    ITERTOOLS_BATCHED = Trace::Words, None;
    ITERTOOLS_TEE = Trace::Words, None;
    ITERTOOLS_TEE_DATA = Trace::Words, None;
    ITERTOOLS_COMBINATORIC = Trace::Words, None;
    FUNCTOOLS_PARTIAL = Trace::Words, None;
    FUNCTOOLS_PLACEHOLDER = Trace::Words, None;
    FUNCTOOLS_KEY = Trace::Words, None;
    FUNCTOOLS_CACHE = Trace::Words, None;
    FUNCTOOLS_LINK = Trace::Words, None;
    OPERATOR_GETTER = Trace::Words, None;
    POSIX_SCANDIR = Trace::Words, None;
    POSIX_DIR_ENTRY = Trace::Words, None;
    IO_FILE = Trace::Custom(crate::io::fileio::trace), None;
    IO_BUFFERED = Trace::Custom(crate::io::buffered::trace), None;
    IO_TEXT = Trace::Custom(crate::io::text::trace), None;
    IO_BYTES = Trace::Custom(crate::io::bytesio::trace), None;
    IO_BYTES_LOAN = Trace::Words, None;
    IO_STRING = Trace::Custom(crate::io::stringio::trace), None;
    IO_PAIR = Trace::Custom(crate::io::pair::trace), None;
    IO_NEWLINE_DECODER = Trace::Custom(crate::io::newline::trace), None;
    SRE_PATTERN = Trace::Words, Some(crate::sre::pattern::drop_pattern);
    SRE_MATCH = Trace::Words, None;
    SRE_SCANNER = Trace::Words, None;
    SRE_TEMPLATE = Trace::Words, None;
    ABC_DATA = Trace::Words, None;
    RANDOM = Trace::Words, Some(crate::random::drop_random);
    STRUCT = Trace::Words, None;
    STRUCT_FORMAT = Trace::Words, Some(crate::structs::drop_format);
    STRUCT_ITER = Trace::Words, None;
    HASH = Trace::Words, Some(crate::hashes::drop_hash);
    HMAC = Trace::Words, Some(crate::hashes::drop_mac);
    MULTIBYTE_CODEC = Trace::Words, None;
    MULTIBYTE_FEEDER = Trace::Words, None;
    THREAD_LOCK = Trace::Words, Some(crate::thread::lock::drop_cell);
    THREAD_RLOCK = Trace::Words, Some(crate::thread::rlock::drop_cell);
    THREAD_HANDLE = Trace::Words, Some(crate::thread::handle::drop_cell);
    THREAD_LOCAL = Trace::Words, None;
    ASYNCIO_FUTURE = Trace::Words, None;
    ASYNCIO_FUTURE_ITER = Trace::Words, None;
    ASYNCIO_TASK_STEP = Trace::Words, None;
    ASYNCIO_TASK_SLOTS = Trace::Leaf, None;
    PICKLE_PICKLER = Trace::Words, Some(crate::pickle::drop_indexes);
    PICKLE_MEMO_PROXY = Trace::Words, None;
    PICKLE_UNPICKLER = Trace::Words, None;
    UNPICKLE_MEMO_PROXY = Trace::Words, None;
    PICKLE_BUFFER = Trace::Words, None;
    EXPAT_PARSER = Trace::Words, Some(crate::expat::drop_parser);
    DATETIME_DELTA = Trace::Custom(crate::datetime::trace_delta), None;
    DATETIME_DATE = Trace::Custom(crate::datetime::trace_date), None;
    DATETIME_TIME = Trace::Custom(crate::datetime::trace_time), None;
    DATETIME_STAMP = Trace::Custom(crate::datetime::trace_stamp), None;
    DATETIME_TZINFO = Trace::Words, None;
    DATETIME_TIMEZONE = Trace::Words, None;
    ET_ELEMENT = Trace::Words, None;
    ET_WALK = Trace::Words, None;
    ET_BUILDER = Trace::Words, None;
    ET_PARSER = Trace::Words, Some(crate::elementtree::drop_parser);
    CONTEXT = Trace::Words, None;
    CONTEXT_VAR = Trace::Words, None;
    CONTEXT_TOKEN = Trace::Words, None;
    CONTEXT_MISSING = Trace::Words, None;
    JSON_SCANNER = Trace::Words, None;
    JSON_ENCODER = Trace::Words, None;
    CSV_DIALECT = Trace::Words, None;
    CSV_READER = Trace::Words, None;
    CSV_WRITER = Trace::Words, None;
    UCD = Trace::Words, None;
    ZLIB_COMPRESS = Trace::Words, Some(crate::zlib::drop_compressor);
    ZLIB_DECOMPRESS = Trace::Words, Some(crate::zlib::drop_decompressor);
    ZLIB_INCREMENTAL = Trace::Words, Some(crate::zlib::drop_incremental);
    TOKENIZER = Trace::Words, Some(crate::tokenize::drop_tokenizer);
    SOCKET = Trace::Words, Some(crate::socket::drop_socket);
    SYMTABLE_ENTRY = Trace::Words, None;
    MMAP = Trace::Words, Some(crate::mmap::drop_map);
    MMAP_ITER = Trace::Words, None;
    SEM_LOCK = Trace::Words, Some(crate::multiprocessing::drop_lock);
    SELECT_POLL = Trace::Words, None;
    SELECT_EPOLL = Trace::Words, Some(crate::select::drop_epoll);
    QUEUE = Trace::Words, Some(crate::queue::drop_queue);
    DECIMAL = Trace::Custom(crate::decimal::object::trace), None;
    DECIMAL_CONTEXT = Trace::Custom(crate::decimal::context::trace), None;
    DECIMAL_SIGNALS = Trace::Custom(crate::decimal::signals::trace), None;
    DECIMAL_MANAGER = Trace::Words, None;
    COMPRESSION_COMPRESSOR = Trace::Words, Some(crate::compression::drop_compressor);
    COMPRESSION_DECOMPRESSOR = Trace::Words, Some(crate::compression::drop_decompressor);
    LSPROF = Trace::Words, Some(crate::lsprof::drop_profiler);
    CTYPES_DATA = Trace::Custom(crate::ctypes::trace_data), Some(crate::ctypes::drop_data);
    CTYPES_INFO = Trace::Custom(crate::ctypes::trace_info), None;
    CTYPES_FIELD = Trace::Custom(crate::ctypes::trace_field), None;
    CTYPES_ARGUMENT = Trace::Custom(crate::ctypes::trace_argument), None;
    CTYPES_MEMORY = Trace::Custom(crate::ctypes::trace_memory), None;
    CTYPES_FUNCTION = Trace::Words, None;
    CTYPES_THUNK = Trace::Words, Some(crate::ctypes::drop_thunk);
    CTYPES_WIDE_TEXT = Trace::Words, Some(crate::ctypes::drop_wide_text);
}
