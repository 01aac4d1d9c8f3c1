//! Symbol tables: what `symtable` shows.

use std::collections::HashSet;

use rustpython_codegen::symboltable::{CompilerScope, SymbolFlags, SymbolTable};
use rustpython_compiler_core as core;

use crate::compile::{Mode, Options, STACK_PER_LEVEL, parse_text, with_stack};
use crate::depth;
use crate::errors::{self, SyntaxError};
use crate::source::{Source, decode_source};

/// The kinds of scopes, with `symtable`'s numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Function = 0,
    Class = 1,
    Module = 2,
    Annotation = 3,
    TypeAlias = 4,
    TypeParameters = 5,
    TypeVariable = 6,
}

/// One scope.
#[derive(Debug)]
pub struct Scope {
    pub name: String,
    pub kind: Kind,
    pub line: u32,
    pub nested: bool,
    /// Names with their flags, and their scope from bit 12 on, as CPython numbers them.
    pub symbols: Vec<(String, u32)>,
    pub varnames: Vec<String>,
    pub children: Vec<Scope>,
}

/// Bits below those of the scope.
pub const SCOPE_OFFSET: u32 = 12;

/// The symbol table of a source.
pub fn symbols(source: Source<'_>, filename: &str, mode: Mode, options: &Options<'_>) -> Result<Scope, SyntaxError> {
    let text = decode_source(source, filename, options.decoder)?;
    with_stack(&text, || {
        let tree = parse_text(&text, filename, mode, options)?;
        let levels = depth::of_tree(&tree).map_err(|e| e.located(filename, &text))?;
        let file = core::SourceFileBuilder::new(filename, &*text).finish();
        let stack = levels * STACK_PER_LEVEL + (256 << 10);
        stacker::maybe_grow(stack, stack + (1 << 20), || {
            let table = match &tree {
                ruff_python_ast::Mod::Module(m) => {
                    SymbolTable::scan_program_with_options(m, file, false, false, usize::MAX)
                }
                ruff_python_ast::Mod::Expression(m) => {
                    SymbolTable::scan_expr_with_options(m, file, false, false, usize::MAX)
                }
            };
            match table {
                Ok(table) => Ok(scope(&table)),
                Err(error) => {
                    let error = error.into_codegen_error(filename.to_owned());
                    Err(errors::codegen_error(&text, filename, &error))
                }
            }
        })
    })
}

/// The names that an inlined comprehension takes from outside.
fn uses<'a>(comprehension: &'a SymbolTable, into: &mut HashSet<&'a str>) {
    let mut used: HashSet<&str> = HashSet::new();
    for inner in &comprehension.inlined_comprehension_blocks {
        uses(inner, &mut used);
    }
    let own = comprehension.symbols.iter().filter(|(_, s)| s.flags.contains(SymbolFlags::USE));
    used.extend(own.map(|(name, _)| name.as_str()));
    let bound = |name: &str| comprehension.symbols.iter().any(|(n, s)| n.as_str() == name && s.is_bound());
    into.extend(used.into_iter().filter(|name| !bound(name)));
}

fn scope(table: &SymbolTable) -> Scope {
    let kind = match table.typ {
        CompilerScope::Module => Kind::Module,
        CompilerScope::Class => Kind::Class,
        CompilerScope::Annotation => Kind::Annotation,
        CompilerScope::TypeAlias => Kind::TypeAlias,
        CompilerScope::TypeParams => Kind::TypeParameters,
        CompilerScope::TypeVariable => Kind::TypeVariable,
        CompilerScope::Function
        | CompilerScope::AsyncFunction
        | CompilerScope::Lambda
        | CompilerScope::Comprehension => Kind::Function,
    };
    let flags = |name: &str, s: &rustpython_codegen::symboltable::Symbol| {
        let mut flags = s.flags;
        // The code generator marks the names that it makes up for itself, too.
        if name.starts_with('.') || name == "__classdict__" {
            flags.remove(SymbolFlags::DEF_FREE_CLASS);
        }
        u32::from(flags.bits()) | (s.scope.as_i32() as u32) << SCOPE_OFFSET
    };
    let mut used = HashSet::new();
    for comprehension in &table.inlined_comprehension_blocks {
        uses(comprehension, &mut used);
    }
    // What an inlined comprehension uses, its scope uses.
    let with_uses = |name: &str, flags: u32| {
        if used.contains(name) { flags | u32::from(SymbolFlags::USE.bits()) } else { flags }
    };
    let mut children: Vec<&SymbolTable> = table.sub_tables.iter().chain(table.annotation_block.as_deref()).collect();
    children.sort_by_key(|c| c.block_index);
    Scope {
        name: table.name.to_string(),
        kind,
        line: table.line_number,
        nested: table.is_nested,
        symbols: table.symbols.iter().map(|(name, s)| (name.to_string(), with_uses(name, flags(name, s)))).collect(),
        varnames: table.varnames.iter().map(ToString::to_string).collect(),
        children: children.into_iter().map(scope).collect(),
    }
}
