//! What the command line and the environment decide.

/// The engine's mode, `-X jit=`.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum JitMode {
    Off,
    #[default]
    On,
    Eager,
    NoFast,
}

/// The configuration of an interpreter: `sys.flags`, paths and arguments.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `sys.argv`, its first item included.
    pub argv: Vec<String>,
    /// `sys.orig_argv`.
    pub orig_argv: Vec<String>,
    pub executable: String,
    pub optimize: u8,
    pub dont_write_bytecode: bool,
    pub ignore_environment: bool,
    pub isolated: bool,
    pub safe_path: bool,
    pub no_site: bool,
    pub no_user_site: bool,
    pub inspect: bool,
    /// `-x`: the script's first line is none of its own.
    pub skip_first_line: bool,
    /// `--check-hash-based-pycs`; empty: `default`.
    pub check_hash_pycs: String,
    pub interactive: bool,
    pub quiet: bool,
    pub verbose: u8,
    /// `-X importtime`: 1 says what each import took, 2 which module was there already, too.
    pub import_time: u8,
    pub bytes_warning: u8,
    pub unbuffered: bool,
    pub dev_mode: bool,
    /// Write tracebacks when the process dies; so it is in development mode, too.
    pub faulthandler: bool,
    pub debug: bool,
    pub warn_options: Vec<String>,
    /// `-X` options as given.
    pub x_options: Vec<(String, Option<String>)>,
    /// `None`: random.
    pub hash_seed: Option<u32>,
    /// `PYTHONHOME`: a `Lib` in the file system instead of the one in the binary.
    pub home: Option<String>,
    /// `PYTHONPATH`.
    pub path: Vec<String>,
    pub pycache_prefix: Option<String>,
    pub jit: JitMode,
    /// Collect at every slow path of the allocator, poison free memory.
    pub gc_stress: bool,
    /// The program's so manieth allocation fails (0: none, and at the end it is said how many there were).
    pub alloc_fail: Option<u64>,
    pub int_max_str_digits: Option<usize>,
    /// Bytes that the heap may have in use; beyond is a MemoryError.
    pub memory_limit: Option<usize>,
    /// Bytecodes that the program may run; `Some(u64::MAX)`: any number, but they are counted.
    pub fuel: Option<u64>,
    /// The process's signals are this interpreter's to handle.
    pub handles_signals: bool,
    /// Code objects keep lines, but no columns.
    pub no_debug_ranges: bool,
    pub utf8_mode: bool,
    /// What `os.cpu_count()` says instead of how many there are.
    pub cpu_count: Option<u32>,
    /// An EncodingWarning for text files that are opened without an encoding.
    pub warn_default_encoding: bool,
    /// New threads begin with a copy of the context of the one that starts them.
    pub thread_inherit_context: bool,
    /// `warnings.catch_warnings` changes the context's filters, not the module's.
    pub context_aware_warnings: bool,
}
