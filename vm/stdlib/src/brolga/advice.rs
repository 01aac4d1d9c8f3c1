//! Why something is not compiled or was left, in plain English, and what the program's author can change.

use brolga_bytecode::constants::flags;
use brolga_bytecode::instructions::Instructions;
use brolga_bytecode::opcode::Opcode;
use brolga_runtime::interp::inspect::{ExitReport, UnitKind, UnitReport, UnitState};
use brolga_runtime::interp::seen::{opcode_at, types_at};
use brolga_runtime::object::Ref;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::{Value, Vm};

/// A reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advice {
    /// A name for programs that read reports.
    pub name: &'static str,
    pub why: String,
    /// What helps, where something does.
    pub change: Option<String>,
}

impl Advice {
    fn new(name: &'static str, why: impl Into<String>, change: &str) -> Advice {
        Advice { name, why: why.into(), change: (!change.is_empty()).then(|| change.to_owned()) }
    }
}

/// A function's name, file and line for people.
pub fn name_of(code: Ref<PyCode>) -> String {
    code.qualname_str().or(code.name_str()).map_or_else(|| "?".to_owned(), |n| n.to_lossy())
}

pub fn file_of(code: Ref<PyCode>) -> String {
    code.filename_str().map_or_else(|| "?".to_owned(), |n| n.to_lossy())
}

/// The line of a code unit.
pub fn line_of(code: Ref<PyCode>, at: u32) -> u32 {
    let line = i32::try_from(at).ok().and_then(|at| code.line_of(at.saturating_mul(2)));
    line.unwrap_or(code.data().firstlineno.max(0) as u32)
}

/// `loop at line 12`, `the function`.
pub fn unit_name(unit: &UnitReport) -> String {
    match unit.kind {
        UnitKind::Loop => format!("the loop at line {}", line_of(unit.code, unit.at)),
        UnitKind::Function => "the function".to_owned(),
        UnitKind::Generator => "the generator".to_owned(),
    }
}

/// Why a place was refused.
pub fn of_refusal(why: &'static str) -> Advice {
    match why {
        "the loop is too long" | "the function is too long" | "the generator is too long" => Advice::new(
            "too-long",
            format!("{why}: it has more than 4,000 bytecode instructions"),
            "move parts of it, best its inner loops, into functions of their own",
        ),
        "it suspends its frame: the generator is compiled instead" => Advice::new(
            "suspends",
            "the loop holds a yield or await, so its generator is compiled as a whole instead",
            "",
        ),
        "it runs instructions that are left to the interpreter" => Advice::new(
            "instruction",
            "the loop runs an instruction that only the interpreter knows",
            "move that statement (often `async for`, `await` or `yield from`) out of the hot loop",
        ),
        "too many guesses failed" => Advice::new(
            "unstable",
            "it was compiled 12 times, and each time values came that were of another kind than before",
            "keep each variable and attribute to one type, and let one line of code see objects of few classes",
        ),
        "the bytecode can't be translated" => {
            Advice::new("untranslatable", "the compiler does not know this shape of bytecode", "")
        }
        "it has too many exits" => Advice::new(
            "too-long",
            "it has more places where guesses may fail than one unit of code can have",
            "split it into several functions",
        ),
        "code memory is full" => Advice::new(
            "memory",
            "the 64 MB of memory for code are used up",
            "compile less: is -X jit=eager needed? Does the program make functions without end (exec, lambdas)?",
        ),
        "no code can be made on this machine" | "there is no memory for code" => {
            Advice::new("machine", format!("{why}: this processor or system is not supported"), "")
        }
        "no memory" => Advice::new("memory", "there was no memory", ""),
        other => Advice::new("compiler", format!("the compiler gave up: {other}"), "please report this: it is a fault"),
    }
}

/// What to say of an exit that was taken often.
pub fn of_exit(vm: &Vm, exit: &ExitReport) -> Advice {
    let types = types_at(vm, exit.code, exit.at);
    let opcode = opcode_at(exit.code, exit.at).map_or("?", Opcode::name);
    let seen = match types.is_empty() {
        true => format!(" ({opcode})"),
        false => format!(" ({opcode} has met {})", types.join("; ")),
    };
    let why = format!("{}{seen}", exit.sentence);
    match exit.reason {
        "guard" | "hoisted" => Advice::new(
            "guard",
            why,
            if types.len() == 1 && matches!(opcode, "LOAD_ATTR" | "STORE_ATTR") {
                "give all objects of this class the same attributes in the same order, best all of them in __init__"
            } else if types.len() > 1 {
                "give this line values of one type: convert them before the loop, or use one function for each type"
            } else {
                "look whether a variable or attribute changes its type or class here, or an object its attributes"
            },
        ),
        "overflow" => Advice::new(
            "overflow",
            why,
            "ints of up to 49 bits are fastest: cut them with % or & earlier, or use floats if they may be inexact",
        ),
        "error" => Advice::new(
            "error",
            format!("{why}: a division by zero, or an index or key that is not there"),
            "test for the case first (`if i < len(a)`) rather than let it raise",
        ),
        "not_run" => Advice::new("not-run", why, "nothing: the next version has this code, too"),
        "interpreted" => Advice::new("instruction", why, "move this statement out of the hot path, if it can be"),
        "raise" | "raised" => Advice::new(
            "exception",
            why,
            "an exception that is not caught in the same function goes through the interpreter: return a value where that is the common case",
        ),
        "polled" => Advice::new(
            "interrupted",
            why,
            "many of these mean busy threads, signals, or __del__ methods and weak references",
        ),
        "leave" => Advice::new("frame", why, "avoid sys._getframe, f_locals, locals() and trace functions in hot code"),
        _ => Advice::new("end", why, ""),
    }
}

/// Exits so often taken are worth a word.
const MANY_EXITS: u32 = 50;

/// Why a function runs in the interpreter, all of it or a part: the most telling reason first. Never empty.
pub fn of_interpreted(vm: &Vm, code: Ref<PyCode>, units: &[UnitReport]) -> Vec<Advice> {
    if !vm.compiler.is_set() {
        return vec![Advice::new("off", "the JIT is off", "run without -X jit=off and PYTHON_JIT=0")];
    }
    let mut all = Vec::new();
    if vm.hooks.on.get() {
        all.push(Advice::new(
            "tracing",
            "events are wanted (a debugger, profiler, coverage or sys.settrace is on): everything is interpreted meanwhile",
            "turn tracing off where speed matters",
        ));
    }
    let own: Vec<&UnitReport> = units.iter().filter(|u| u.code == code).collect();
    for unit in &own {
        match unit.state {
            UnitState::Refused(why) => {
                let mut advice = of_refusal(why);
                advice.why = format!("{}: {}", unit_name(unit), advice.why);
                all.push(advice);
            }
            UnitState::Waiting => all.push(Advice::new(
                "waiting",
                format!("{}: its code was still being made when the program ended", unit_name(unit)),
                "a longer run has it; -X jit-wait waits for code",
            )),
            UnitState::Discarded if unit.versions > 0 => all.push(Advice::new(
                "discarded",
                format!("{}: version {} was given up because guesses failed", unit_name(unit), unit.versions),
                "",
            )),
            UnitState::Discarded | UnitState::Compiled => {}
        }
        let mut exits: Vec<&ExitReport> =
            unit.exits.iter().filter(|e| e.count >= MANY_EXITS && !matches!(e.reason, "loop_end" | "return")).collect();
        exits.sort_by_key(|e| std::cmp::Reverse(e.count));
        for exit in exits.into_iter().take(2) {
            let mut advice = of_exit(vm, exit);
            let line = line_of(exit.code, exit.at);
            advice.why = format!("{} was left {} times at line {line}: {}", unit_name(unit), exit.count, advice.why);
            // Of another version, in the same words.
            if !all.contains(&advice) {
                all.push(advice);
            }
        }
    }
    if all.is_empty() {
        all.push(if own.is_empty() { of_cold(vm, code) } else { of_warm_up(vm, &own) });
    }
    all
}

/// What has code, and ran interpreted before that.
fn of_warm_up(vm: &Vm, own: &[&UnitReport]) -> Advice {
    let (calls, turns) = (vm.call_threshold.get(), vm.loop_threshold.get());
    let has_function = own.iter().any(|u| u.kind != UnitKind::Loop);
    let why = if has_function {
        format!("it is compiled; it was interpreted for its first {calls} calls and while its code was made")
    } else {
        let lines: Vec<String> = own.iter().map(|u| line_of(u.code, u.at).to_string()).collect();
        format!(
            "only its hot loops are compiled (at line {}); what is around them, and their first {turns} turns, is interpreted",
            lines.join(", ")
        )
    };
    Advice::new("warm-up", why, "")
}

/// What was never compiled, nor refused.
fn of_cold(vm: &Vm, code: Ref<PyCode>) -> Advice {
    let compiler = &vm.compiler;
    if compiler.inspect().was_put_off(code) {
        return Advice::new(
            "put-off",
            "its compilation was put off: compiling takes a tenth of a second at first and then a third of the time at most, and the more code there is, the hotter the next has to be",
            "a longer run compiles it; -X jit=eager compiles everything at once",
        );
    }
    let (calls, turns) = (vm.call_threshold.get(), vm.loop_threshold.get());
    let is_generator = code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR);
    let loops = Instructions::new(&code.data().code).flatten().any(|i| i.opcode == Opcode::JUMP_BACKWARD);
    if !code.has_flag(flags::OPTIMIZED) {
        let rest =
            if loops { format!("and no loop in it turned {turns} times") } else { "and it has no loop".to_owned() };
        return Advice::new(
            "module",
            format!("it is the code of a module or class, which runs once, {rest}"),
            if loops { "" } else { "move hot statements into a function" },
        );
    }
    let (what, left) = match is_generator {
        true => ("resumed", code.resumes_left.get()),
        false => ("called", code.calls_left.get()),
    };
    let times = calls.saturating_sub(left);
    let rest = if loops { format!(", and no loop in it turned {turns} times") } else { String::new() };
    Advice::new(
        "cold",
        format!("it was {what} {times} times; it is compiled after {calls}{rest}"),
        "nothing, unless one run of it takes long: then see what it calls",
    )
}

/// What `jit.explain(f)` says.
pub fn explain(vm: &Vm, code: Ref<PyCode>) -> String {
    let mut text = format!("{} ({}:{})\n", name_of(code), file_of(code), code.data().firstlineno.max(0));
    let units = if vm.compiler.is_set() { vm.compiler.inspect().units() } else { Vec::new() };
    let mut compiled = false;
    for unit in units.iter().filter(|u| u.code == code && u.state == UnitState::Compiled) {
        compiled = true;
        text += &format!(
            "  {} is compiled: version {}, {} bytes of machine code",
            unit_name(unit),
            unit.versions,
            unit.bytes
        );
        if !unit.inlined.is_empty() {
            text += &format!(", with {} inlined", unit.inlined.join(", "));
        }
        text += "\n";
    }
    if !compiled {
        text += "  it is not compiled\n";
    }
    for advice in of_interpreted(vm, code, &units) {
        if compiled && matches!(advice.name, "warm-up" | "cold") {
            continue;
        }
        text += &format!("  - {}.\n", advice.why);
        if let Some(change) = advice.change {
            text += &format!("    What helps: {change}.\n");
        }
    }
    let inside: Vec<String> = units
        .iter()
        .filter(|u| {
            u.state == UnitState::Compiled && u.code != code && u.inlined.iter().any(|n| *n == short_name(code))
        })
        .map(|u| name_of(u.code))
        .collect();
    if !inside.is_empty() {
        text += &format!("  a function of this name is inlined into: {}\n", inside.join(", "));
    }
    text
}

fn short_name(code: Ref<PyCode>) -> String {
    code.name_str().map_or_else(String::new, |n| n.to_lossy())
}

/// A word of Python's for an optional text.
pub fn text_or_none(vm: &Vm, text: Option<&str>) -> brolga_runtime::PyResult<Value> {
    text.map_or(Ok(Value::NONE), |t| Ok(vm.new_str(t)?.value()))
}
