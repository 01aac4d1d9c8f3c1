//! Where blocks end: in CPython behind the semicolon that may follow a block's last statement, in the parser crate before it.

use ast::visitor::transformer::{self, Transformer};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Sets the ends of compound statements right.
pub(crate) fn extend(tree: &mut ast::Mod, text: &str) {
    let ast::Mod::Module(module) = tree else { return };
    let ends_line = |rest: &str| rest.trim_start_matches([' ', '\t', '\x0c']).starts_with(['\n', '#']);
    if text.split(';').skip(1).any(ends_line) || text.ends_with(';') {
        Extender { text }.visit_body(&mut module.body);
    }
}

struct Extender<'a> {
    text: &'a str,
}

impl Transformer for Extender<'_> {
    fn visit_stmt(&self, stmt: &mut ast::Stmt) {
        transformer::walk_stmt(self, stmt);
        let Some(last) = last_of(stmt) else { return };
        let mut end = last.end();
        if last_of(last).is_none() {
            end = self.behind_semicolon(end);
        }
        if end > stmt.end()
            && let Some(range) = range_of(stmt)
        {
            *range = TextRange::new(range.start(), end);
        }
    }
}

impl Extender<'_> {
    fn behind_semicolon(&self, end: TextSize) -> TextSize {
        let rest = self.text.get(end.to_usize()..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\x0c']).len();
        match u32::try_from(blanks + 1) {
            Ok(width) if rest.get(blanks..).is_some_and(|r| r.starts_with(';')) => end + TextSize::new(width),
            _ => end,
        }
    }
}

/// The last statement in the last block of a compound one.
fn last_of(stmt: &ast::Stmt) -> Option<&ast::Stmt> {
    match stmt {
        ast::Stmt::FunctionDef(s) => s.body.last(),
        ast::Stmt::ClassDef(s) => s.body.last(),
        ast::Stmt::For(s) => s.orelse.last().or(s.body.last()),
        ast::Stmt::While(s) => s.orelse.last().or(s.body.last()),
        ast::Stmt::If(s) => s.elif_else_clauses.last().map_or(s.body.last(), |clause| clause.body.last()),
        ast::Stmt::With(s) => s.body.last(),
        ast::Stmt::Match(s) => s.cases.last().and_then(|case| case.body.last()),
        ast::Stmt::Try(s) => s.finalbody.last().or(s.orelse.last()).or_else(|| match s.handlers.last() {
            Some(ast::ExceptHandler::ExceptHandler(handler)) => handler.body.last(),
            None => s.body.last(),
        }),
        _ => None,
    }
}

fn range_of(stmt: &mut ast::Stmt) -> Option<&mut TextRange> {
    Some(match stmt {
        ast::Stmt::FunctionDef(s) => &mut s.range,
        ast::Stmt::ClassDef(s) => &mut s.range,
        ast::Stmt::For(s) => &mut s.range,
        ast::Stmt::While(s) => &mut s.range,
        ast::Stmt::If(s) => &mut s.range,
        ast::Stmt::With(s) => &mut s.range,
        ast::Stmt::Match(s) => &mut s.range,
        ast::Stmt::Try(s) => &mut s.range,
        _ => return None,
    })
}
