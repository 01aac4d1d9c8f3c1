//! What cannot be assigned to: behind `as`, and before an `=` that stands in an expression.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::SyntaxError;
use super::parse::{Context, is_keyword};
use super::scan::TokenKind;
use super::statements::expr_name;
use crate::compile::Mode;

impl Context<'_> {
    /// `except A as b.c:`, `import a as b.c`, `case 1 as a.b:`: anything but a name.
    pub(super) fn target_behind_as(&self) -> Option<SyntaxError> {
        let at = self.token;
        let level = self.tok(at).level;
        let named = (at.saturating_sub(2)..at).rev().find(|i| self.word(*i) == "as" && self.tok(*i).level == level)?;
        let (tree, start, end) = self.expression_at(named + 1)?;
        let name = expr_name(&tree);
        let first = self.line_first(at);
        let what = match self.word(first) {
            "import" | "from" if name != "name" => format!("cannot use {name} as import target"),
            "except" if level == 0 && self.behind_operand(named + 1) == ":" => {
                let star = if self.word(first + 1) == "*" { "*" } else { "" };
                format!("cannot use except{star} statement with {name}")
            }
            "case" if self.word(named + 1) == "_" => "cannot use '_' as a target".to_owned(),
            "case" if name != "name" => format!("cannot use {name} as pattern target"),
            _ => return None,
        };
        Some(self.syntax(what, start, end))
    }

    fn behind_operand(&self, first: usize) -> &str {
        self.word(self.operand_end(first) + 1)
    }

    /// The expression that begins at a token, and its offsets: without the parentheses around it.
    fn expression_at(&self, first: usize) -> Option<(ast::Expr, usize, usize)> {
        if !self.begins_expression(first) {
            return None;
        }
        self.expression(first, self.operand_end(first))
    }

    /// The tokens from `first` to `last` as an expression.
    pub(super) fn expression(&self, first: usize, last: usize) -> Option<(ast::Expr, usize, usize)> {
        let base = self.tok(first).start;
        let text = self.text.get(base..self.tok(last).end)?;
        // In parentheses it may have several lines.
        let tree = ruff_python_parser::parse_expression(&format!("({text}\n)")).ok()?.into_expr();
        let at = |offset: ruff_text_size::TextSize| (base + offset.to_usize()).saturating_sub(1);
        let (start, end) = (at(tree.start()), at(tree.end()));
        Some((tree, start, end))
    }

    /// `=` where `==` or `:=` was meant.
    pub(super) fn equals(&self) -> Option<SyntaxError> {
        // CPython looks for it where a named expression may stand.
        let statement = || {
            let first = self.line_first(self.token);
            matches!(self.word(first), "if" | "elif" | "while" | "match" | "case" | "@")
        };
        let named = self.tok(self.token).level > 0 || self.mode != Mode::Eval && statement();
        if self.word(self.token) != "=" || !named {
            return None;
        }
        let last = self.token.checked_sub(1)?;
        let first = self.operand_start(last);
        let first = if is_keyword(self.word(first)) && !self.begins_expression(first) { first + 1 } else { first };
        if first > last || !self.ends_expression(last) || !self.begins_expression(self.token + 1) {
            return None;
        }
        let value_end = self.operand_end(self.token + 1).max(self.token + 1);
        if matches!(self.word(value_end + 1), "=" | ":=") || self.expression(self.token + 1, value_end).is_none() {
            return None;
        }
        let constant = matches!(self.word(last), "None" | "True" | "False");
        if first == last && self.tok(last).kind == TokenKind::Name && !constant {
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            return Some(self.syntax(message, self.tok(first).start, self.tok(value_end).end));
        }
        let (tree, start, end) = self.expression(first, last)?;
        let operand = match &tree {
            // Displays in brackets, and what binds less tightly than `|`.
            ast::Expr::List(_)
            | ast::Expr::Tuple(_)
            | ast::Expr::Generator(_)
            | ast::Expr::NoneLiteral(_)
            | ast::Expr::BooleanLiteral(_)
            | ast::Expr::Compare(_)
            | ast::Expr::BoolOp(_)
            | ast::Expr::Lambda(_)
            | ast::Expr::If(_) => false,
            ast::Expr::UnaryOp(unary) => unary.op != ast::UnaryOp::Not,
            _ => true,
        };
        if !operand {
            return None;
        }
        let name = expr_name(&tree);
        Some(self.syntax(format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"), start, end))
    }
}
