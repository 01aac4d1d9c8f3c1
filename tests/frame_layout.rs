//! The layout of a frame: its header, then locals, cells, free variables and the value stack, in one block.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use brolga_bytecode::Const;
use brolga_bytecode::constants::local_kind::{CELL, FREE, LOCAL};
use brolga_compiler::source::Source;
use brolga_runtime::frame::{FRAME_SLOTS, Frame};
use brolga_runtime::marshal::code_from_plain;
use brolga_runtime::state::start::Interpreter;

#[test]
fn locals_cells_frees_and_stack_stand_in_one_block_in_this_order() {
    let text =
        "def outer(a):\n    def f(x, y):\n        z = x + a\n        c = y\n        return lambda: c\n    return f\n";
    let compiled =
        brolga_compiler::compile(Source::Text(text), "<f>", brolga_compiler::Mode::Exec, &Default::default());
    let module = compiled.unwrap().code;
    let inner = |code: &brolga_bytecode::CodeObject| {
        code.consts.iter().find_map(|c| if let Const::Code(c) = c { Some((**c).clone()) } else { None }).unwrap()
    };
    let plain = inner(&inner(&module));

    let interpreter = Interpreter::new(Default::default(), &brolga_stdlib::library()).unwrap();
    let vm = interpreter.vm();
    let code = code_from_plain(vm, &plain).ok().unwrap();
    let names: Vec<String> = (0..code.nlocalsplus()).map(|i| code.local_name(i).unwrap().to_lossy()).collect();
    assert_eq!(names, ["x", "y", "z", "c", "a"]);
    let kinds: Vec<u8> = (0..code.nlocalsplus()).map(|i| code.local_kind(i) & (LOCAL | CELL | FREE)).collect();
    assert_eq!(kinds, [LOCAL, LOCAL, LOCAL, CELL, FREE]);

    let globals = vm.new_dict().ok().unwrap().value();
    let first = vm.push_frame(code, globals, globals, None, None).ok().unwrap();
    let second = vm.push_frame(code, globals, globals, None, None).ok().unwrap();
    // SAFETY: both frames were just pushed, and are not the current ones.
    let frame = unsafe { &*first };
    let start = first as usize;
    assert_eq!(frame.locals_ptr() as usize, start + size_of::<Frame>(), "variables follow the header");
    assert_eq!(FRAME_SLOTS * 8, size_of::<Frame>());
    assert_eq!(frame.stack_base() as usize, frame.locals_ptr() as usize + 5 * 8, "the stack follows the variables");
    let end = frame.stack_base() as usize + plain.stacksize as usize * 8;
    assert_eq!(second as usize, end, "the next frame stands right above");
    assert!((0..code.nlocalsplus()).all(|i| frame.local(i).is_none()), "all variables are empty at first");
    assert_eq!(frame.live_slots().len(), 5, "nothing is on the stack yet");
}
