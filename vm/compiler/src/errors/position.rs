//! Where CPython's parser stops: it tries every rule, and its plain "invalid syntax" is at the furthest token that any of
//! them has looked at. The parser crate stops at the first thing that is wrong, which may be before.

use ruff_python_ast::token::TokenKind as Kind;
use ruff_python_parser::ParseErrorType as E;

use super::parse::Context;
use super::scan::TokenKind;

impl Context<'_> {
    /// The token to blame for an error of the parser crate's.
    pub(super) fn furthest(&self, error: &E) -> usize {
        let at = self.token;
        let level = self.tok(at).level;
        match error {
            // `f(a.b=1)`: the equals sign, where an argument would have ended.
            E::OtherError(text) if text == "Expected a parameter name" => self.behind(self.end),
            E::ExpectedExpression if self.end > self.tok(at).end && self.word(self.behind(self.end)) == "=" => {
                self.behind(self.end)
            }
            // `raise A, B`
            E::UnparenthesizedTupleExpression => self.next(at, level, ",").unwrap_or(at),
            E::OtherError(text) if text == "Trailing comma not allowed" => at + 1,
            E::OtherError(text) if text == "Star import must be the only import" => {
                self.next(at, level, "*").map_or(at, |star| star + 1)
            }
            // `class C(x for x in y)`
            E::OtherError(text) if text == "invalid syntax" => self.next(at, level, "for").unwrap_or(at),
            // `a not b`: it could have been `not in`.
            E::SimpleStatementsOnSameLine if self.word(at) == "not" => at + 1,
            // `A[*b:]`
            E::InvalidStarredExpressionUsage if self.word(self.behind(self.end)) == ":" => self.behind(self.end),
            // `A[:*]`
            E::ExpectedExpression if at > 1 && self.word(at - 1) == "*" && self.word(at - 2) == ":" => at - 1,
            // `for i < (): pass`: a target, and no `in` behind it.
            E::InvalidAssignmentTarget if at > 0 && self.word(at - 1) == "for" => {
                let operator = self.comparison(at, self.behind(self.end));
                operator.filter(|i| self.word(*i) != "in").unwrap_or(at)
            }
            // `[x for x if y]`: a comprehension without `in`, rather than a conditional expression without `else`.
            E::ExpectedToken { expected: Kind::Else, .. } if at > 0 => {
                self.condition_of_comprehension(at).unwrap_or(at)
            }
            _ => at,
        }
    }

    /// The first token that begins at an offset or later.
    fn behind(&self, offset: usize) -> usize {
        let layout = |kind| matches!(kind, TokenKind::Indent | TokenKind::Dedent);
        let found = self.scan.tokens.iter().position(|t| t.start >= offset && !layout(t.kind));
        found.unwrap_or(self.scan.tokens.len().saturating_sub(1))
    }

    /// The next token with this text on the same level, from `first` on.
    pub(super) fn next(&self, first: usize, level: usize, word: &str) -> Option<usize> {
        (first..self.scan.tokens.len())
            .take_while(|i| self.inner_level(*i) >= level && self.tok(*i).kind != TokenKind::Newline)
            .find(|i| self.tok(*i).level == level && self.word(*i) == word)
    }

    /// The last token with this text on the same level, before `last`, in the same brackets or logical line.
    pub(super) fn previous(&self, last: usize, level: usize, word: &str) -> Option<usize> {
        (0..last)
            .rev()
            .take_while(|i| self.tok(*i).level >= level && self.tok(*i).kind != TokenKind::Newline)
            .take_while(|i| self.tok(*i).level > level || !self.opens(*i) || self.closes_before(*i, last))
            .find(|i| self.tok(*i).level == level && self.word(*i) == word)
    }

    fn opens(&self, index: usize) -> bool {
        self.tok(index).kind == TokenKind::Op && matches!(self.word(index), "(" | "[" | "{")
    }

    /// Whether the bracket that opens here is closed before `last`.
    fn closes_before(&self, open: usize, last: usize) -> bool {
        let level = self.tok(open).level;
        (open + 1..=last).any(|i| self.tok(i).level == level)
    }

    fn comparison(&self, first: usize, end: usize) -> Option<usize> {
        let level = self.tok(first).level;
        (first..end).find(|i| {
            self.tok(*i).level == level
                && matches!(self.word(*i), "<" | ">" | "<=" | ">=" | "==" | "!=" | "in" | "is" | "not")
        })
    }

    fn condition_of_comprehension(&self, at: usize) -> Option<usize> {
        let level = self.inner_level(at);
        let condition = self.previous(at, level, "if")?;
        let target = self.previous(condition, level, "for")?;
        let complete = self.next(target, level, "in").is_some_and(|i| i < condition);
        (!complete).then_some(condition)
    }
}
