//! The events, by CPython's numbers.

pub const PY_START: usize = 0;
pub const PY_RESUME: usize = 1;
pub const PY_RETURN: usize = 2;
pub const PY_YIELD: usize = 3;
pub const CALL: usize = 4;
pub const LINE: usize = 5;
pub const INSTRUCTION: usize = 6;
pub const JUMP: usize = 7;
pub const BRANCH_LEFT: usize = 8;
pub const BRANCH_RIGHT: usize = 9;
pub const STOP_ITERATION: usize = 10;
pub const RAISE: usize = 11;
pub const EXCEPTION_HANDLED: usize = 12;
pub const PY_UNWIND: usize = 13;
pub const PY_THROW: usize = 14;
pub const RERAISE: usize = 15;
pub const C_RETURN: usize = 16;
pub const C_RAISE: usize = 17;
/// BRANCH_LEFT and BRANCH_RIGHT in one, as before 3.14.
pub const BRANCH: usize = 18;

/// How many there are.
pub const COUNT: usize = 19;
/// Those below belong to an instruction: they can be asked for in one code object, and be disabled at one place.
pub const LOCAL: usize = 11;
/// Those below can be asked for by themselves; C_RETURN and C_RAISE come with CALL.
pub const UNGROUPED: usize = 16;

/// As `sys.monitoring.events` names them.
pub const NAMES: [&str; COUNT] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// What a trace function is called for.
pub const TRACED: u32 = 1 << PY_START
    | 1 << PY_RESUME
    | 1 << PY_THROW
    | 1 << PY_RETURN
    | 1 << PY_YIELD
    | 1 << PY_UNWIND
    | 1 << LINE
    | 1 << INSTRUCTION
    | 1 << JUMP
    | 1 << RAISE
    | 1 << STOP_ITERATION;

/// What a profile function is called for.
pub const PROFILED: u32 = 1 << PY_START
    | 1 << PY_RESUME
    | 1 << PY_THROW
    | 1 << PY_RETURN
    | 1 << PY_YIELD
    | 1 << PY_UNWIND
    | 1 << CALL
    | 1 << C_RETURN
    | 1 << C_RAISE;
