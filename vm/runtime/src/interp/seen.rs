//! Which types an instruction has met, in words: what its [`Feedback`] remembers, for people.

use brolga_bytecode::opcode::Opcode;

use crate::interp::feedback::{Feedback, Kind, seen, truth};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::code::PyCode;

/// The opcode at a code unit.
pub fn opcode_at(code: Ref<PyCode>, at: u32) -> Option<Opcode> {
    let bytes = &code.data().code;
    // An argument beyond 8 bits comes first.
    let mut at = (at as usize).checked_mul(2)?;
    loop {
        let opcode = Opcode::from_u8(*bytes.get(at)?)?;
        if opcode != Opcode::EXTENDED_ARG {
            return Some(opcode);
        }
        at += 2;
    }
}

/// The instruction at a code unit, and what it has met; an empty list where nothing is known.
pub fn types_at(vm: &Vm, code: Ref<PyCode>, at: u32) -> Vec<String> {
    let Some(opcode) = opcode_at(code, at) else { return Vec::new() };
    let Some(feedback) = feedback_at(code, at) else { return Vec::new() };
    let bits = feedback.seen.get();
    match opcode {
        Opcode::BINARY_OP | Opcode::COMPARE_OP | Opcode::STORE_SUBSCR | Opcode::CONTAINS_OP => {
            let mut all = operands(opcode, bits);
            if feedback.kind.get() == Kind::Operator {
                let left = class_name(vm, feedback.shape.get());
                match feedback.extra.get() {
                    0 => all.push(left),
                    right => all.push(format!("{left} and {}", class_name(vm, right))),
                }
            }
            all
        }
        Opcode::TO_BOOL => words(
            bits,
            &[
                (truth::BOOL, "bool"),
                (truth::INT, "int"),
                (truth::FLOAT, "float"),
                (truth::NONE, "None"),
                (truth::STR, "str"),
                (truth::LIST, "list"),
                (truth::TUPLE, "tuple"),
                (truth::DICT, "dict"),
                (truth::SET, "set"),
                (truth::BYTES, "bytes"),
                (truth::OBJECT, "an object"),
                (truth::OTHER, "something else"),
            ],
        ),
        Opcode::LOAD_ATTR | Opcode::STORE_ATTR => receivers(vm, feedback),
        Opcode::FOR_ITER if feedback.kind.get() == Kind::Iterator => {
            let mut all = vec![class_name(vm, feedback.shape.get())];
            if feedback.extra.get() > 0 {
                all.push("other iterators".to_owned());
            }
            all
        }
        Opcode::CALL | Opcode::CALL_KW => arguments(bits),
        Opcode::UNPACK_SEQUENCE => {
            words(bits, &[(seen::TUPLE, "tuple"), (seen::LIST, "list"), (seen::OTHER, "something else")])
        }
        _ => Vec::new(),
    }
}

fn feedback_at(code: Ref<PyCode>, at: u32) -> Option<&'static Feedback> {
    let length = code.data().code.len() / 2;
    let start = code.instructions();
    let mut at = at as usize;
    // SAFETY: `at` is within the executable stream, which is as long as `co_code`.
    let unit = |at: usize| (at < length).then(|| unsafe { *start.add(at) });
    while unit(at)? as u8 == Opcode::EXTENDED_ARG as u8 {
        at += 1;
    }
    let opcode = Opcode::from_u8(unit(at)? as u8)?;
    if opcode.caches() == 0 {
        return None;
    }
    let number = unit(at + 1)? as usize;
    let all = code.feedback();
    // SAFETY: lives as long as the code object, of which the callers have a reference.
    all.get(number).map(|f| unsafe { &*std::ptr::from_ref(f) })
}

fn words(bits: u16, names: &[(u16, &str)]) -> Vec<String> {
    names.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| (*name).to_owned()).collect()
}

fn operands(opcode: Opcode, bits: u16) -> Vec<String> {
    let mut all = words(
        bits,
        &[
            (seen::INT_INT, "int and int"),
            (seen::FLOAT_FLOAT, "float and float"),
            (seen::INT_FLOAT, "int and float"),
            (seen::FLOAT_INT, "float and int"),
            (seen::LIST_INT, "list and int"),
            (seen::TUPLE_INT, "tuple and int"),
            (seen::DICT_KEY, "dict and key"),
            (seen::STR_INT, "str and int"),
            (seen::BYTES_INT, "bytes and int"),
            (seen::BYTEARRAY_INT, "bytearray and int"),
            (seen::ARRAY_INT, "array and int"),
            (seen::STR_STR, "str and str"),
        ],
    );
    if opcode == Opcode::CONTAINS_OP {
        all.extend(words(bits, &[(seen::SET_KEY, "set"), (seen::SEQUENCE_KEY, "list or tuple")]));
    } else {
        all.extend(words(bits, &[(seen::EXACT, "other builtin types"), (seen::SLICE, "sequence and slice")]));
    }
    all.extend(words(bits, &[(seen::OTHER, "something else")]));
    all
}

fn receivers(vm: &Vm, feedback: &Feedback) -> Vec<String> {
    let mut all = Vec::new();
    for one in std::iter::once(feedback.now()).chain(feedback.former()) {
        let name = match one.kind {
            Kind::Inline
            | Kind::ClassValue
            | Kind::Method
            | Kind::AddInline
            | Kind::Property
            | Kind::SlotDescriptor => class_name(vm, one.shape),
            Kind::Module => "a module".to_owned(),
            Kind::TypeValue | Kind::ClassMethod => "a class".to_owned(),
            Kind::Megamorphic => "objects of many classes".to_owned(),
            _ => continue,
        };
        if name != "?" && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// What the first three arguments were.
fn arguments(bits: u16) -> Vec<String> {
    let mut all = Vec::new();
    for (i, shift) in seen::ARGUMENT_SHIFTS.into_iter().enumerate() {
        let names = words(
            bits >> shift,
            &[(seen::ARGUMENT_INT, "int"), (seen::ARGUMENT_FLOAT, "float"), (seen::ARGUMENT_OTHER, "something else")],
        );
        if !names.is_empty() {
            all.push(format!("argument {}: {}", i + 1, names.join(" or ")));
        }
    }
    all
}

fn class_name(vm: &Vm, shape: u32) -> String {
    if shape as usize >= vm.shapes.made() { "?".to_owned() } else { vm.shapes.get(shape).class.get().name() }
}
