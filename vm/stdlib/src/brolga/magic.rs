//! `%jit f` at the prompt: what the JIT has made of a function. Only a line that begins so, at the start of a statement, is meant:
//! no statement of Python does.

use brolga_compiler::{Mode, Source};
use brolga_runtime::object::Ref;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::{PyResult, Value, Vm};

use crate::builtins::code::{compile_source, run_code};

const COMMAND: &str = "%jit";

/// The statement that stands for a line, if the line is `%jit` or `%jit EXPRESSION`.
pub fn statement(line: &str) -> Option<String> {
    let rest = line.strip_prefix(COMMAND)?.trim_end();
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    Some(format!("__import__('brolga.jit').jit.show({})", rest.trim_start()))
}

/// CPython's console takes a statement as a whole: it gets a method that looks at it first.
const CONSOLE: &str = "
def install(console, statement):
    runsource = console.runsource

    def run(self, source, *args, **kwargs):
        return runsource(self, statement(source), *args, **kwargs)

    console.runsource = run
";

/// Teaches a class of consoles the command; `statement` is [`statement`] as Python's function, which gives what is none back.
pub fn install(vm: &Vm, console: Value, statement: Value) -> PyResult<()> {
    let globals: Ref<PyDict> = vm.new_dict()?;
    let code = compile_source(vm, Source::Text(CONSOLE), "<brolga>", Mode::Exec, 0, None)?;
    run_code(vm, code, globals, globals.value(), None)?;
    if let Some(install) = globals.get_str(vm, vm.intern("install")?) {
        vm.call(install, &[console, statement])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::statement;

    #[test]
    fn statements() {
        assert_eq!(statement("%jit f\n").as_deref(), Some("__import__('brolga.jit').jit.show(f)"));
        assert_eq!(statement("%jit").as_deref(), Some("__import__('brolga.jit').jit.show()"));
        for other in ["x %jit", " %jit f", "%jitter", "%", ""] {
            assert_eq!(statement(other), None, "{other:?}");
        }
    }
}
