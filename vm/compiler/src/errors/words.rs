//! Keywords and names out of place.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::SyntaxError;
use super::parse::{Context, is_keyword};
use super::scan::{TokenKind, is_layout};

impl Context<'_> {
    pub(super) fn misplaced_word(&self) -> Option<SyntaxError> {
        self.statement_in_conditional().or_else(|| self.elif_behind_else()).or_else(|| self.unquoted())
    }

    /// `x = pass if y else 1`, `x = 1 if y else return 2`
    fn statement_in_conditional(&self) -> Option<SyntaxError> {
        let at = self.token;
        let word = self.word(at);
        let short = matches!(word, "pass" | "break" | "continue");
        let statement =
            matches!(word, "return" | "raise" | "global" | "nonlocal" | "del" | "assert" | "import" | "from" | "yield");
        if !short && !statement {
            return None;
        }
        if short && self.word(at + 1) == "if" {
            return Some(self.here("expected expression before 'if', but statement is given"));
        }
        let conditional = at > 0 && self.word(at - 1) == "else";
        (conditional && self.previous(at - 1, self.tok(at).level, "if").is_some())
            .then(|| self.here("expected expression after 'else', but statement is given"))
    }

    /// The statement just before, on the same level, is an `else` with its block.
    fn elif_behind_else(&self) -> Option<SyntaxError> {
        if self.word(self.token) != "elif" {
            return None;
        }
        let mut depth = 0_usize;
        for i in (0..self.token).rev() {
            match self.tok(i).kind {
                TokenKind::Dedent => depth += 1,
                TokenKind::Indent => depth = depth.checked_sub(1)?,
                TokenKind::Newline => {}
                _ if depth == 0 => {
                    let owner = self.word(self.line_first(i)) == "else";
                    return owner.then(|| self.here("'elif' block follows an 'else' block"));
                }
                _ => {}
            }
        }
        None
    }

    /// `"a "b c" d"`: names between two strings.
    fn unquoted(&self) -> Option<SyntaxError> {
        let at = self.token;
        let name = |i: usize| self.tok(i).kind == TokenKind::Name && !is_keyword(self.word(i));
        if self.tok(at.checked_sub(1)?).kind != TokenKind::String || !name(at) {
            return None;
        }
        let end = (at..self.scan.tokens.len()).find(|i| !name(*i))?;
        (self.tok(end).kind == TokenKind::String).then(|| {
            let message = "invalid syntax. Is this intended to be part of the string?";
            self.syntax(message, self.tok(at).start, self.tok(end - 1).end)
        })
    }

    /// Interactive input is one statement: after a compound one nothing may follow, whatever it is.
    pub(super) fn behind_statement(&self) -> Option<SyntaxError> {
        let ast::Mod::Module(module) = self.tree else { return None };
        let first = module.body.first().filter(|s| is_compound(s))?;
        let end = first.end().to_usize();
        let next = self.scan.tokens.iter().position(|t| t.start >= end && !is_layout(t.kind))?;
        let (mine, line) = (self.tok(next), self.line_first(next));
        (mine.kind != TokenKind::End && line == next && mine.start < self.start)
            .then(|| self.syntax("invalid syntax", mine.start, mine.end))
    }
}

pub(super) fn is_compound(statement: &ast::Stmt) -> bool {
    matches!(
        statement,
        ast::Stmt::FunctionDef(_)
            | ast::Stmt::ClassDef(_)
            | ast::Stmt::If(_)
            | ast::Stmt::For(_)
            | ast::Stmt::While(_)
            | ast::Stmt::With(_)
            | ast::Stmt::Try(_)
            | ast::Stmt::Match(_)
    )
}
