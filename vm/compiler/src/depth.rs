//! Bounds on nesting, so that neither the parser nor the code generator runs out of native stack.

use ast::visitor::{self, Visitor};
use ruff_python_ast as ast;
use ruff_text_size::Ranged;

/// Levels of nesting in a tree that we compile. CPython's limit depends on its native stack and lies in the same region.
pub(crate) const MAX_DEPTH: usize = 60_000;
/// Functions, lambdas and generator expressions within each other. The code generator copies an inner function's code once
/// for each level around it, and a qualified name has all levels in it, so its time goes by the cube. CPython's parser
/// gives up between 1,500 and 3,000.
const MAX_FUNCTIONS: usize = 500;
/// CPython's `MAXLEVEL`.
const MAX_PARENTHESES: usize = 200;
/// CPython's `MAXINDENT`, less the level without indentation.
const MAX_INDENTATION: usize = 99;
/// A source of fewer bytes cannot nest so deep that the parser would eat all memory.
const HARMLESS: usize = 128 << 10;
/// Operators in one expression that the parser is trusted with.
const MAX_OPERATORS: usize = 200_000;

/// Byte offsets say where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TooDeep {
    Indentation(usize),
    Nesting,
}

/// A rough bound before parsing: the parser recurses once for each operator of an expression, on the heap if need be.
pub(crate) fn check_source(text: &str) -> Result<(), TooDeep> {
    if text.len() < HARMLESS {
        return Ok(());
    }
    let bytes = text.as_bytes();
    let mut operators: usize = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\n' | b',' | b';' => operators = 0,
            b'#' => {
                while bytes.get(at).is_some_and(|b| *b != b'\n') {
                    at += 1;
                }
            }
            b'"' | b'\'' => at = skip_string(bytes, at - 1),
            b'+' | b'-' | b'~' | b'*' | b'.' | b'(' | b'[' | b'{' | b':' | b'/' | b'%' | b'&' | b'|' | b'^' | b'@'
            | b'<' | b'>' | b' ' => operators += 1,
            _ => {}
        }
        if operators > MAX_OPERATORS {
            return Err(TooDeep::Nesting);
        }
    }
    Ok(())
}

/// The offset behind the string literal whose quote is at `at`; prefixes do not matter, except that a raw string's backslash
/// also keeps the quote.
pub(crate) fn skip_string(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let triple = bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote);
    let mut i = at + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(i) {
        if byte == b'\\' {
            i += 2;
        } else if triple {
            if byte == quote && bytes.get(i + 1) == Some(&quote) && bytes.get(i + 2) == Some(&quote) {
                return i + 3;
            }
            i += 1;
        } else if byte == quote {
            return i + 1;
        } else if byte == b'\n' {
            return i;
        } else {
            i += 1;
        }
    }
    bytes.len()
}

#[derive(Default)]
struct Depth {
    now: usize,
    max: usize,
    functions: usize,
    blocks: usize,
    error: Option<TooDeep>,
}

impl Depth {
    fn enter(&mut self) -> bool {
        self.now += 1;
        self.max = self.max.max(self.now);
        if self.now > MAX_DEPTH {
            self.error.get_or_insert(TooDeep::Nesting);
        }
        self.error.is_none()
    }
}

impl<'a> Visitor<'a> for Depth {
    fn visit_stmt(&mut self, stmt: &'a ast::Stmt) {
        if self.enter() {
            visitor::walk_stmt(self, stmt);
        }
        self.now -= 1;
    }

    fn visit_expr(&mut self, expr: &'a ast::Expr) {
        let function = matches!(expr, ast::Expr::Lambda(_) | ast::Expr::Generator(_));
        self.functions += usize::from(function);
        if self.functions > MAX_FUNCTIONS {
            self.error.get_or_insert(TooDeep::Nesting);
        }
        if self.enter() {
            visitor::walk_expr(self, expr);
        }
        self.now -= 1;
        self.functions -= usize::from(function);
    }

    fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
        if self.enter() {
            visitor::walk_pattern(self, pattern);
        }
        self.now -= 1;
    }

    fn visit_body(&mut self, body: &'a [ast::Stmt]) {
        self.blocks += 1;
        // The module's own body is the first.
        if self.blocks > MAX_INDENTATION + 1
            && let Some(first) = body.first()
        {
            self.error.get_or_insert(TooDeep::Indentation(first.range().start().to_usize()));
        }
        visitor::walk_body(self, body);
        self.blocks -= 1;
    }
}

/// The deepest nesting of a tree.
pub(crate) fn of_tree(tree: &ast::Mod) -> Result<usize, TooDeep> {
    let mut depth = Depth::default();
    match tree {
        ast::Mod::Module(module) => depth.visit_body(&module.body),
        ast::Mod::Expression(module) => depth.visit_expr(&module.body),
    }
    match depth.error {
        Some(error) => Err(error),
        None => Ok(depth.max),
    }
}

/// Whether brackets may nest beyond CPython's limit; those in strings and comments count here too.
pub(crate) fn looks_bracketed(text: &str) -> bool {
    let mut level = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => level += 1,
            b')' | b']' | b'}' => level = level.saturating_sub(1),
            _ => {}
        }
        level > MAX_PARENTHESES
    })
}
