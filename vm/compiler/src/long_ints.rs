//! Decimal literals with more digits than `sys.set_int_max_str_digits` allows.

use ast::visitor::{self, Visitor};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use crate::errors::{ErrorKind, SyntaxError, at_offsets};

/// The error for the first literal with more than `limit` digits (0: no limit). The tree's depth has been checked.
pub(crate) fn error(tree: &ast::Mod, text: &str, filename: &str, limit: usize) -> Option<SyntaxError> {
    if limit == 0 || !has_run(text, limit) {
        return None;
    }
    let mut finder = Finder { text, limit, found: None };
    match tree {
        ast::Mod::Module(module) => finder.visit_body(&module.body),
        ast::Mod::Expression(module) => finder.visit_expr(&module.body),
    }
    let (range, digits) = finder.found?;
    let message = format!(
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use \
         sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid \
         decimal conversion limits."
    );
    let (start, end) = (range.start().to_usize(), range.end().to_usize());
    Some(at_offsets(text, filename, ErrorKind::SyntaxError, message, start, end))
}

/// Are there more than `limit` digits in a row, underscores between them not counted?
fn has_run(text: &str, limit: usize) -> bool {
    let mut run = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                run += 1;
                if run > limit {
                    return true;
                }
            }
            b'_' => {}
            _ => run = 0,
        }
    }
    false
}

struct Finder<'a> {
    text: &'a str,
    limit: usize,
    found: Option<(TextRange, usize)>,
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'a ast::Expr) {
        if let ast::Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(_), range, .. }) = expr {
            let literal = self.text.get(range.start().to_usize()..expr.range().end().to_usize()).unwrap_or("");
            if literal.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
                let digits = literal.bytes().filter(u8::is_ascii_digit).count();
                if digits > self.limit && self.found.is_none() {
                    self.found = Some((*range, digits));
                }
            }
        }
        visitor::walk_expr(self, expr);
    }
}
