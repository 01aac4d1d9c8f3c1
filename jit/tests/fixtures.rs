//! Python in, IR out: each `fixtures/NAME.py` is one loop in a function `f`, or a generator; `NAME.ir` is its unit after
//! all passes.
//! `BROLGA_BLESS=1` writes the `.ir` files anew.
//!
//! The first line says what the instructions have met: `# seen: int_int` (or another pair of `feedback::seen`), and
//! `# iterates: range` (or `list`, `generator`, `enumerate of a list`, `zip of lists`) for what FOR_ITER has; `truth: list none`, `subscript: dict`, `contains: set`, `unpack: tuple` for
//! what these instructions have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;
use std::rc::Rc;

use brolga_bytecode::code::{CodeObject, Const};
use brolga_bytecode::instructions::Instructions;
use brolga_bytecode::opcode::Opcode;
use brolga_jit::ir::{Unit, parse, validate};
use brolga_jit::translate::source::{NoCallees, Profile, Source};
use brolga_jit::translate::{region, translate_generator, translate_loop};
use brolga_runtime::interp::feedback::{Kind, seen, truth};
use brolga_runtime::types::shape;
use brolga_runtime::value::Value;

fn function(code: &CodeObject) -> &CodeObject {
    code.consts
        .iter()
        .find_map(|c| match c {
            Const::Code(code) => Some(&**code),
            _ => None,
        })
        .expect("a function")
}

fn word(constant: &Const) -> u64 {
    match constant {
        Const::Float(f) => Value::from_f64(*f).bits(),
        _ => Value::NONE.bits(),
    }
}

/// What the first line says of a kind of instructions: `truth: list none`.
fn named(head: &str, what: &str) -> Option<u16> {
    let names = head.split(&format!("{what}: ")).nth(1)?.split(',').next()?;
    names.split_whitespace().try_fold(0, |bits, name| {
        Some(
            bits | match (what, name) {
                ("subscript" | "contains", "dict") => seen::DICT_KEY,
                ("subscript", "bytearray") => seen::BYTEARRAY_INT,
                ("subscript", "array") => seen::ARRAY_INT,
                ("contains", "set") => seen::SET_KEY,
                ("unpack", "tuple") => seen::TUPLE,
                ("unpack", "list") => seen::LIST,
                ("truth", "bool") => truth::BOOL,
                ("truth", "int") => truth::INT,
                ("truth", "list") => truth::LIST,
                ("truth", "none") => truth::NONE,
                _ => return None,
            },
        )
    })
}

/// The unit of a fixture, after all passes.
fn unit(text: &str) -> Unit {
    let head = text.lines().next().unwrap_or("");
    let pair = match head.split("seen: ").nth(1).and_then(|s| s.split(',').next()) {
        Some("int_int") => seen::INT_INT,
        Some("int_int float_float") => seen::INT_INT | seen::FLOAT_FLOAT,
        Some("float_float") => seen::FLOAT_FLOAT,
        Some("list_int") => seen::LIST_INT,
        _ => seen::OTHER,
    };
    let iterates = match head.split("iterates: ").nth(1).and_then(|s| s.split(',').next()) {
        Some("range") => shape::range_iter,
        Some("list") => shape::list_iter,
        Some("generator") => shape::generator,
        Some("enumerate of a list") => shape::enumerate,
        Some("zip of lists") => shape::zip,
        _ => 0,
    };
    // What an `enumerate` or `zip` goes through.
    let inner = match iterates {
        shape::enumerate => shape::list_iter,
        shape::zip => shape::list_iter | shape::list_iter << 8,
        _ => 0,
    };
    let source = brolga_compiler::Source::Text(text);
    let compiled = brolga_compiler::compile(source, "fixture.py", brolga_compiler::Mode::Exec, &Default::default())
        .expect("compiles");
    let code = function(&compiled.code);
    let bytes = &code.code;
    let mut numbers = vec![0; bytes.len() / 2];
    let mut profiles = Vec::new();
    let mut header = None;
    for i in Instructions::new(bytes).flatten() {
        if i.opcode.caches() > 0 {
            numbers[i.offset / 2] = profiles.len() as u16;
            let named = |what: &str| named(head, what);
            let saw = match i.opcode {
                Opcode::BINARY_OP | Opcode::STORE_SUBSCR
                    if (i.opcode == Opcode::STORE_SUBSCR || i.arg == 26) && named("subscript").is_some() =>
                {
                    named("subscript").unwrap()
                }
                Opcode::TO_BOOL if named("truth").is_some() => named("truth").unwrap(),
                Opcode::CONTAINS_OP if named("contains").is_some() => named("contains").unwrap(),
                Opcode::UNPACK_SEQUENCE if named("unpack").is_some() => named("unpack").unwrap(),
                // Subscripts and other operators are told apart by the fixture's one pair.
                Opcode::BINARY_OP if i.arg == 26 => seen::LIST_INT,
                Opcode::BINARY_OP | Opcode::COMPARE_OP if pair == seen::LIST_INT => seen::INT_INT,
                Opcode::STORE_SUBSCR => seen::LIST_INT,
                _ => pair,
            };
            profiles.push(Profile {
                kind: Kind::Empty,
                seen: saw,
                index: if i.opcode == Opcode::FOR_ITER { inner } else { 0 },
                shape: if i.opcode == Opcode::FOR_ITER { iterates } else { 0 },
                version: 0,
                extra: 0,
                value: 0,
                place: None,
            });
        }
        if i.opcode == Opcode::JUMP_BACKWARD {
            header = i.jump_target();
        }
    }
    let source = Source {
        code: bytes.to_vec(),
        exceptiontable: code.exceptiontable.to_vec(),
        feedback_numbers: numbers,
        profiles,
        consts: code.consts.iter().map(word).collect(),
        nlocalsplus: code.localsplusnames.len(),
        ..Source::default()
    };
    let source = Rc::new(source);
    let unit = match region::of_generator(bytes, &code.exceptiontable, 1000) {
        Some((region, resumed)) => translate_generator(source, region, &resumed, &NoCallees),
        None => {
            let region = region::of_loop(bytes, &code.exceptiontable, header.expect("a loop"), 1000).expect("a region");
            let iterating = region.instructions.values().next().is_some_and(|i| i.opcode == Opcode::FOR_ITER);
            translate_loop(source, region, usize::from(iterating), &NoCallees)
        }
    };
    let mut unit = unit.expect("translates");
    validate(&unit).unwrap_or_else(|e| panic!("after translation: {e:?}\n{unit}"));
    brolga_jit::opt::run(&mut unit, &Default::default(), |unit, pass| {
        validate(unit).unwrap_or_else(|e| panic!("after {pass}: {e:?}\n{unit}"));
    });
    unit
}

#[test]
fn fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "py") {
            continue;
        }
        count += 1;
        let found = unit(&fs::read_to_string(&path).unwrap()).to_string();
        let expected = path.with_extension("ir");
        if std::env::var_os("BROLGA_BLESS").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let recorded = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(found, recorded, "{} (BROLGA_BLESS=1 writes it anew)", path.display());
        // The text form reads back.
        let again = parse(&found).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
        assert_eq!(again.to_string(), found, "{}", path.display());
        assert_eq!(validate(&again), Ok(()));
    }
    assert!(count >= 4, "the fixtures are gone");
}

/// Each unit gets code for both machines, with the same exits. (tests/aarch64.sh runs such code.)
#[cfg(target_arch = "x86_64")]
#[test]
fn both_machines() {
    use brolga_jit::code::Pool;
    use brolga_jit::lower::{Addresses, Dump, Scratch, lower};
    use cranelift_codegen::isa;
    use cranelift_codegen::settings::{self, Configurable};

    let mut flags = settings::builder();
    flags.set("opt_level", "speed").unwrap();
    flags.set("preserve_frame_pointers", "true").unwrap();
    let machines = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]
        .map(|name| isa::lookup_by_name(name).unwrap().finish(settings::Flags::new(flags.clone())).unwrap());
    let (mut scratch, pool) = (Scratch::default(), Pool::default());
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "py") {
            continue;
        }
        let unit = unit(&fs::read_to_string(&path).unwrap());
        let [x86, arm] = machines.each_ref().map(|machine| {
            lower(&mut scratch, machine, &pool, &unit, &Addresses::default(), None, Dump::None)
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        });
        assert_eq!(x86.exits, arm.exits, "{}", path.display());
        // Instructions of four bytes.
        assert!(arm.bytes.len() >= 4 && x86.bytes != arm.bytes);
    }
}

#[test]
fn invalid_units_are_told() {
    for (text, what) in [
        ("b0():\n  v0 = guard_int v1 @s0\n  v1 = const 0x2\n  exit @s0 guard\ns0: at 0, depth 0 []\n", "before"),
        ("b0():\n  v0 = int 0x1\n  v1 = float_add v0, v0\n  exit @s0 guard\ns0: at 0, depth 0 []\n", "wants"),
        ("b0():\n  v0 = const 0x2\n  v1 = guard_int v0\n  exit @s0 guard\ns0: at 0, depth 0 []\n", "frame state"),
        ("b0():\n  v0 = int 0x1\n  jump b1(v0)\nb1(v1: any):\n  exit @s0 guard\ns0: at 0, depth 0 []\n", "as v1"),
        ("b0():\n  jump b1()\nb1(v1: any):\n  exit @s0 guard\ns0: at 0, depth 0 []\n", "takes"),
        ("b0():\n  v0 = int 0x1\n", "no end"),
    ] {
        let unit = parse(text).expect("parses");
        let invalid = validate(&unit).expect_err(text);
        assert!(invalid.what.contains(what), "{}: {}", invalid.what, what);
    }
    assert!(parse("b0():\n  v0 = no_such_op\n").is_err());
    assert!(parse("b1():\n").is_err());
}
