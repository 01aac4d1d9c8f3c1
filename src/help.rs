//! What `-h` and its like print.

/// `-h`
pub const OPTIONS: &str = "\
usage: brolga [option] ... [-c cmd | -m mod | file | -] [arg] ...
Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str and comparing
         bytes/bytearray with str or bytes with int (-bb: issue errors)
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-d     : accepted, without effect
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; forces a prompt even
         if stdin does not appear to be a terminal; also PYTHONINSPECT=x
-I     : isolate Python from the user's environment (implies -E, -P and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path; also
         PYTHONSAFEPATH
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered;
         this option has no effect on stdin; also PYTHONUNBUFFERED=x
-v     : verbose (trace import statements); also PYTHONVERBOSE=x
-V     : print the Python version number and exit (also --version)
         when given twice, print more information about the build
-W arg : warning control; arg is action:message:category:module:lineno
         also PYTHONWARNINGS=arg
-x     : skip first line of source, allowing use of non-Unix forms of #!cmd
-X opt : set implementation-specific option
--check-hash-based-pycs always|default|never:
         control how Python invalidates hash-based .pyc files
--dis file: print the bytecode of a source file and exit
--jit-explain: run the program, then say what the JIT did with it, and why not
         more
--help-jit: print help about the tools and options of the JIT and exit
--help-env: print help about Python environment variables and exit
--help-xoptions: print help about implementation-specific -X options and exit
--help-all: print complete help information and exit

Arguments:
file   : program read from script file
-      : program read from stdin (default; interactive mode if a tty)
arg ...: arguments passed to program in sys.argv[1:]
";

/// `--help-env`
pub const ENVIRONMENT: &str = "\
Environment variables that change behavior:
PYTHON_BASIC_REPL: use the plain interactive prompt
PYTHONBREAKPOINT: if this variable is set to 0, it disables the default
                  debugger.  It can be set to the callable of your debugger of
                  choice.
PYTHON_COLORS   : if this variable is set to 1, the interpreter will colorize
                  various kinds of output.  Setting it to 0 deactivates
                  this behavior.
PYTHONHASHSEED  : if this variable is set to 'random', a random value is used
                  to seed the hashes of str and bytes objects.  It can also be
                  set to an integer in the range [0,4294967295] to get hash
                  values with a predictable seed.
PYTHON_HISTORY  : the location of a .python_history file.
PYTHONHOME      : a library folder in place of the one in the executable:
                  <prefix>/lib/python3.14.
PYTHONIOENCODING: encoding[:errors] used for stdin/stdout/stderr
PYTHONPATH      : ':'-separated list of directories prefixed to the
                  default module search path.  The result is sys.path.
PYTHONSTARTUP   : file executed on interactive startup (no default)
PYTHONUSERBASE  : defines the user base directory (site.USER_BASE)

These variables have equivalent command-line options (see --help for details):
PYTHON_CONTEXT_AWARE_WARNINGS: if true (1), filters of warnings are the context's
                  (-X context_aware_warnings)
PYTHON_CPU_COUNT: override the return value of os.cpu_count() (-X cpu_count)
PYTHONDEVMODE   : enable Python Development Mode (-X dev)
PYTHONDONTWRITEBYTECODE: don't write .pyc files (-B)
PYTHONFAULTHANDLER: write tracebacks when the process dies of a signal (-X faulthandler)
PYTHONINSPECT   : inspect interactively after running script (-i)
PYTHONINTMAXSTRDIGITS: limit the size of int<->str conversions;
                  0 disables the limit (-X int_max_str_digits=N)
PYTHON_JIT      : 0 turns the JIT off, 1 on (-X jit=)
PYTHONNODEBUGRANGES: don't include extra location information in code objects
                  (-X no_debug_ranges)
PYTHONNOUSERSITE: disable user site directory (-s)
PYTHONOPTIMIZE  : enable level 1 optimizations (-O)
PYTHONPERFSUPPORT: support the Linux \"perf\" profiler (-X perf)
PYTHONPROFILEIMPORTTIME: show how long each import takes (-X importtime)
PYTHONPYCACHEPREFIX: root directory for bytecode cache (pyc) files
                  (-X pycache_prefix)
PYTHONSAFEPATH  : don't prepend a potentially unsafe path to sys.path.
PYTHON_THREAD_INHERIT_CONTEXT: if true (1), threads inherit context vars
                  (-X thread_inherit_context)
PYTHONUNBUFFERED: disable stdout/stderr buffering (-u)
PYTHONUTF8      : control the UTF-8 mode (-X utf8)
PYTHONVERBOSE   : trace import statements (-v)
PYTHONWARNDEFAULTENCODING: enable opt-in EncodingWarning for 'encoding=None'
                  (-X warn_default_encoding)
PYTHONWARNINGS  : warning control (-W)
";

/// `--help-xoptions`
pub const X_OPTIONS: &str = "\
The following implementation-specific options are available:
-X alloc-fail=N: the program's Nth allocation fails (0: none; says how many there
         were)
-X context_aware_warnings=[0|1]: if true (1) then the warnings module will
         use a context variable; if false (0, the default) module globals;
         also PYTHON_CONTEXT_AWARE_WARNINGS
-X cpu_count=N: override the return value of os.cpu_count();
         -X cpu_count=default cancels overriding; also PYTHON_CPU_COUNT
-X dev : enable Python Development Mode; also PYTHONDEVMODE
-X fuel[=N]: count bytecodes, and stop the program after N of them
-X mem=SIZE: the heap's bound, such as 512M: beyond it is a MemoryError
-X faulthandler: write tracebacks when the process dies of a signal; also PYTHONFAULTHANDLER
-X gc-stress: collect garbage at every slow path of the allocator
-X importtime[=2]: show how long each import takes; use -X importtime=2 to log
         imports of already-loaded modules; also PYTHONPROFILEIMPORTTIME
-X int_max_str_digits=N: limit the size of int<->str conversions;
         0 disables the limit; also PYTHONINTMAXSTRDIGITS
-X jit=off|on|eager|nofast: how much is compiled to native code (on); there are
         more options that begin with jit-: see docs/jit.md
-X no_debug_ranges: don't include extra location information in code objects;
         also PYTHONNODEBUGRANGES
-X perf: support the Linux \"perf\" profiler; also PYTHONPERFSUPPORT=1
-X pycache_prefix=PATH: write .pyc files to a parallel tree instead of to the
         code tree; also PYTHONPYCACHEPREFIX
-X thread_inherit_context=[0|1]: enable (1) or disable (0, the default) threads
         inheriting context vars; also PYTHON_THREAD_INHERIT_CONTEXT
-X utf8[=0|1]: files that are opened without an encoding are UTF-8; also PYTHONUTF8
-X warn_default_encoding: enable opt-in EncodingWarning for 'encoding=None';
         also PYTHONWARNDEFAULTENCODING
";

/// `--help-jit`
pub const JIT: &str = "\
Tools that say what the JIT does with a program. They stand before the
program, and leave its own options and arguments as they are:

  brolga --jit-explain script.py ...
      Runs the program as usual. Then says, on stderr, where its time went,
      which functions were hot, for each hot one that is not compiled why, and
      where compiled code was left, with the line, the types seen there, and
      what to change.
      --jit-explain=FILE   write the report to a file
      --json               write it as JSON
      --fail-on=LIST       exit with 3 if one of these was found, for CI:
                           deopt-loop      compiled code was left and made anew
                                           again and again
                           uncompiled-hot  a function with a tenth of the time
                                           ran in the interpreter
                           slower          it took longer than with the JIT off
                                           (which is run, too, without output)

  brolga --jit-report script.py ...
      Runs the program as usual, and writes report.html, a page for a browser
      that needs no network: the source with each line's share of the time
      (interpreter, compiled code, collector, compiler), beside it bytecode,
      the JIT's intermediate representation after each pass, the code
      generator's input and machine code, which follow each other; what was
      compiled and left when; the memory for code; what --jit-explain says.
      --jit-report=FILE    write it there

  brolga --jit-diff script.py ...
      Runs the program in each engine and compares what it writes, how it ends,
      what its names hold at the end, and the files it leaves. If something
      differs, finds out which function, pass and instruction it comes from,
      writes a folder that reproduces it, and exits with 1.
      --against=PYTHON     compare with another Python, too: python3.14
      --engines=LIST       of off,nofast,on,eager; the first is the reference
      --out=FOLDER         where to reproduce it (brolga-diff)
      --no-narrow          only compare
      --lockstep           compare what frames hold on the way, and find the bytecode
                           before which they part
      --timeout=SECONDS    for each run (600)
      --json               say it as JSON

  brolga --jit-count script.py ...
      Counts the instructions that the program takes in the interpreter and
      with the JIT: by the processor's counters, or by valgrind where these
      can't be had. The same program gives the same count, on a busy machine,
      too.
      --save=FILE          write the counts to a file
      --against=FILE       compare with such a file; exit with 3 if there are
      --threshold=PERCENT  more by so much (2)
      --engines=LIST       of off,nofast,on,eager (off,on)
      --by=hardware|valgrind
      --json               say it as JSON

  brolga --profile script.py ...
      Samples where the main thread's time goes, with all callers, and writes
      a file for the Firefox Profiler (profiler.firefox.com), which tells the
      interpreter, compiled code and the collector apart.
      --profile=FILE       write it there (profile.json); a FILE that ends in
                           .txt gets collapsed stacks, for flame graphs

From Python: the module brolga.jit (is_compiled, compile, explain,
disassemble, stats, on_compile, on_exit), and CPython's sys._jit.

Options for users:
-X jit=off|on|eager|nofast: how much is compiled; on is the default, eager
         compiles loops and functions in their second turn, nofast too, but
         without fast paths; also PYTHON_JIT=0|1
-X jit-threshold=LOOPS[,CALLS]: after how many turns and calls to compile
-X jit-wait: the program waits for its code (it is made by a thread)
-X jit-log=FILE: what the JIT does, as JSON lines (docs/jit-log.md)
-X perf: names of compiled code for perf
-X gdb: names of compiled code for gdb

Options for developers of the JIT:
-X jit-dump=ir,clif,asm,check,exits[:FUNCTION]: what it makes, on stderr (and
         --jit-dump=...)
-X jit-stress=...: guards fail though they hold (docs/testing.md)
-X jit-only=PLACE,...: compile only these functions or units
-X jit-without=PASS,...: leave passes out
-X jit-general=PLACE@UNIT,...: no guesses about these instructions
-X outside=record:FILE|replay:FILE: clocks and random bytes from a file
-X globals-digest=FILE: what the main module's names hold at the end
The last five are what --jit-diff works with; docs/jit-diff.md tells how.
";
