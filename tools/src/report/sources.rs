//! The source files that the page shows, and the bytecode of what is in them.

use std::collections::{BTreeMap, HashMap};

use brolga_bytecode::code::{CodeObject, Const};
use brolga_bytecode::dis;
use brolga_bytecode::instructions::Instructions;
use brolga_compiler::{Mode, Source};
use brolga_runtime::Vm;
use brolga_runtime::object::Ref;
use brolga_runtime::types::code::PyCode;
use brolga_stdlib::brolga::advice;

use super::tally::{Counts, ENGINES};

/// Longer files are shown without their text.
const MAX_SOURCE: usize = 2 << 20;

/// A file.
#[derive(Default)]
pub struct File {
    pub name: String,
    pub text: Option<String>,
    pub lines: BTreeMap<u32, Counts>,
}

/// A function, or a module's or class's code.
pub struct Function {
    pub name: String,
    pub file: usize,
    pub line: u32,
    pub counts: Counts,
    /// Code unit, line, samples, text.
    pub rows: Vec<(u32, u32, Counts, String)>,
}

/// What the page knows of the program's code.
#[derive(Default)]
pub struct Sources {
    pub files: Vec<File>,
    pub functions: Vec<Function>,
    file_numbers: HashMap<String, usize>,
    /// By file, qualified name and first line: the bytecode as compiled anew. (A code object at run time has it in another
    /// form.)
    compiled: HashMap<(usize, String, u32), CodeObject>,
    by_address: HashMap<usize, usize>,
}

fn read(vm: &Vm, name: &str) -> Option<String> {
    if name == "<string>" {
        let options = &vm.config.orig_argv;
        let at = options.iter().position(|o| o.starts_with('-') && !o.starts_with("--") && o.ends_with('c'))?;
        return options.get(at + 1).cloned();
    }
    if let Ok(bytes) = std::fs::read(name) {
        let text = (bytes.len() <= MAX_SOURCE).then(|| String::from_utf8_lossy(&bytes).into_owned());
        return text.map(|t| t.replace("\r\n", "\n"));
    }
    let hook = vm.source_hook.get()?;
    let mut text = String::new();
    for number in 1.. {
        let Some(line) = hook(vm, name, number) else { break };
        text += &line;
        text.push('\n');
        if text.len() > MAX_SOURCE {
            return None;
        }
    }
    (!text.is_empty()).then_some(text)
}

fn collect(code: &CodeObject, file: usize, all: &mut HashMap<(usize, String, u32), CodeObject>) {
    for value in &code.consts {
        if let Const::Code(inner) = value {
            collect(inner, file, all);
        }
    }
    let key = (file, code.qualname.to_string_lossy(), code.firstlineno.max(0) as u32);
    all.insert(key, code.clone());
}

impl Sources {
    /// The number of a file.
    pub fn file(&mut self, vm: &Vm, name: &str) -> usize {
        if let Some(known) = self.file_numbers.get(name) {
            return *known;
        }
        let number = self.files.len();
        let text = read(vm, name);
        let options = brolga_compiler::Options { optimize: vm.config.optimize, ..Default::default() };
        if let Some(text) = &text
            && let Ok(compiled) = brolga_compiler::compile(Source::Text(text), name, Mode::Exec, &options)
        {
            collect(&compiled.code, number, &mut self.compiled);
        }
        self.files.push(File { name: name.to_owned(), text, ..File::default() });
        self.file_numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of a function.
    pub fn function(&mut self, vm: &Vm, code: Ref<PyCode>) -> usize {
        if let Some(known) = self.by_address.get(&code.addr()) {
            return *known;
        }
        let file = self.file(vm, &advice::file_of(code));
        let (name, line) = (advice::name_of(code), code.data().firstlineno.max(0) as u32);
        let key = (file, name, line);
        let rows = match self.compiled.remove(&key).filter(|c| c.code.len() == code.data().code.len()) {
            Some(compiled) => rows(&compiled),
            None => plain_rows(code),
        };
        let number = self.functions.len();
        self.functions.push(Function { name: key.1, file, line, counts: [0; ENGINES], rows });
        self.by_address.insert(code.addr(), number);
        number
    }

    /// Adds samples to a function's instruction and its line.
    pub fn add(&mut self, function: usize, at: u32, counts: &Counts) {
        let Some(f) = self.functions.get_mut(function) else { return };
        let row = f.rows.partition_point(|row| row.0 <= at).saturating_sub(1);
        let line = match f.rows.get_mut(row) {
            Some((_, line, of_row, _)) => {
                add(of_row, counts);
                *line
            }
            None => f.line,
        };
        add(&mut f.counts, counts);
        if let Some(file) = self.files.get_mut(f.file) {
            add(file.lines.entry(line).or_default(), counts);
        }
    }

    /// What is in the file and was neither sampled nor compiled.
    pub fn add_the_rest_of(&mut self, file: usize) {
        let rest: Vec<_> = self.compiled.keys().filter(|key| key.0 == file).cloned().collect();
        for key in rest {
            if let Some(code) = self.compiled.remove(&key) {
                let (file, name, line) = key;
                self.functions.push(Function { name, file, line, counts: [0; ENGINES], rows: rows(&code) });
            }
        }
    }
}

fn add(to: &mut Counts, counts: &Counts) {
    to.iter_mut().zip(counts).for_each(|(a, b)| *a += b);
}

fn rows(code: &CodeObject) -> Vec<(u32, u32, Counts, String)> {
    let first = code.firstlineno.max(0) as u32;
    let row = |row: dis::Row| {
        let line = row.line.and_then(|l| u32::try_from(l).ok()).unwrap_or(first);
        ((row.start / 2) as u32, line, [0; ENGINES], narrow(&row.text))
    };
    dis::rows(code).into_iter().map(row).collect()
}

/// An instruction's text without the room between its columns: label, offset, name, argument.
fn narrow(text: &str) -> String {
    let column = |from: usize, to: usize| text.get(from..to.min(text.len())).unwrap_or("").trim();
    format!("{:>4} {:>4} {} {}", column(0, 6), column(6, 12), column(12, 38), column(38, text.len()))
        .trim_end()
        .to_owned()
}

/// Where there is no source: names and arguments.
fn plain_rows(code: Ref<PyCode>) -> Vec<(u32, u32, Counts, String)> {
    let all = Instructions::new(&code.data().code).map_while(Result::ok);
    all.map(|i| {
        let at = (i.start / 2) as u32;
        let text = format!("{:>9} {} {}", i.offset, i.opcode.name(), i.arg);
        (at, advice::line_of(code, at), [0; ENGINES], text)
    })
    .collect()
}
