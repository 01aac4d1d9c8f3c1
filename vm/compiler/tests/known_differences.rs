//! What the code generator does differently from CPython, and is set right here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")]

use brolga_bytecode::{CodeObject, Const, Opcode, dis};
use brolga_compiler::{Mode, Options, Source, compile};

fn code(source: &str) -> CodeObject {
    compile(Source::Text(source), "<string>", Mode::Exec, &Options::default()).unwrap().code
}

fn names(code: &CodeObject) -> Vec<String> {
    code.localsplusnames.iter().map(|n| n.to_string_lossy()).collect()
}

/// A comprehension's variable is its own, also where a function declares that name global.
#[test]
fn comprehension_and_global() {
    let module = code("def f():\n    global x\n{x: y for x, y in z}\n[lambda x: x for x in x]\n");
    assert_eq!(names(&module), ["x", "y"]);
    assert!(!dis::disassemble(&module).contains("STORE_GLOBAL"));
    let module = code("def f(x):\n    return [x for x in x]\ndef g():\n    global x\n    return [x for x in x]\n");
    for constant in module.consts.iter() {
        if let Const::Code(function) = constant {
            assert_eq!(names(function), ["x"]);
        }
    }
    let wrong = "def f():\n    global x\n[(x := 1) for x in y]\n";
    let error = compile(Source::Text(wrong), "<string>", Mode::Exec, &Options::default()).unwrap_err();
    assert_eq!(error.message, "assignment expression cannot rebind comprehension iteration variable 'x'");
}

/// A loop over a long display of constants goes over one constant.
#[test]
fn long_displays_in_loops() {
    let items = (0..40).map(|i| format!("('{i}', {i})")).collect::<Vec<_>>().join(", ");
    for source in [format!("for x in [{items}]: pass"), format!("[x for x in ({items})]")] {
        let code = code(&source);
        let Some(Const::Tuple(all)) = code.consts.iter().find(|c| matches!(c, Const::Tuple(t) if t.len() == 40)) else {
            panic!("{:?}", code.consts)
        };
        assert!(matches!(&all[39], Const::Tuple(pair) if matches!(&pair[1], Const::Int(39))));
        assert!(!code.code.chunks(2).any(|unit| unit[0] == Opcode::LIST_APPEND as u8 && source.starts_with("for")));
    }
}

/// No loop stands in for `all(... async for ...)`.
#[test]
fn asynchronous_arguments() {
    for argument in ["i async for i in g()", "await i for i in g()", "i for i in g() if await i"] {
        let module = code(&format!("async def f(): return all({argument})\n"));
        let Some(Const::Code(function)) = module.consts.first() else { panic!("no function") };
        assert!(!dis::disassemble(function).contains("LOAD_COMMON_CONSTANT"), "{argument}");
        assert_eq!(function.names[0].to_string_lossy(), "all");
    }
    let module = code("async def f(): return all(i for i in await g())\n");
    let Some(Const::Code(function)) = module.consts.first() else { panic!("no function") };
    assert!(dis::disassemble(function).contains("LOAD_COMMON_CONSTANT"));
}
