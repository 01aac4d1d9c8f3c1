//! CPython's special cases that are told by the tokens around the error.

use super::SyntaxError;
use super::parse::Context;
use super::scan::{TokenKind, is_layout};

impl Context<'_> {
    pub(super) fn by_context(&self) -> Option<SyntaxError> {
        if self.tok(self.token).level == 0 {
            return self.statement();
        }
        let open = self.enclosing(self.token)?;
        match self.word(open) {
            "(" if self.is_definition(open) => self.parameter(),
            "(" => self.argument(open).or_else(|| self.not_operand()).or_else(|| self.comprehension_target(open)),
            "{" => self.braces(open),
            _ => self.type_parameter(open).or_else(|| self.not_operand()).or_else(|| self.comprehension_target(open)),
        }
    }

    /// `def f[*Ts: int]`
    fn type_parameter(&self, open: usize) -> Option<SyntaxError> {
        let at = self.token;
        let kind = match self.word(at.checked_sub(2)?) {
            "*" => "TypeVarTuple",
            "**" => "ParamSpec",
            _ => return None,
        };
        let owner = self.word(open.checked_sub(2)?);
        if self.word(at) != ":" || !matches!(owner, "def" | "class" | "type") {
            return None;
        }
        let last = self.operand_end(at + 1);
        let what = if self.word(at + 1) == "(" && (at + 1..last).any(|i| self.word(i) == ",") {
            "constraints"
        } else {
            "bound"
        };
        self.span(&format!("cannot use {what} with {kind}"), at, last)
    }

    /// Whether the bracket holds the parameters of a `def`.
    pub(super) fn is_definition(&self, open: usize) -> bool {
        self.word(self.line_first(open)) == "def" && self.tok(open).level == 0
            || self.word(self.line_first(open)) == "async" && self.tok(open).level == 0
    }

    fn span(&self, message: &str, first: usize, last: usize) -> Option<SyntaxError> {
        Some(self.syntax(message, self.tok(first).start, self.tok(last).end))
    }

    fn statement(&self) -> Option<SyntaxError> {
        let (at, first) = (self.token, self.line_first(self.token));
        let word = self.word(first);
        let previous = at.checked_sub(1).map(|i| self.word(i)).unwrap_or_default();
        let def = if word == "async" { self.word(first + 1) } else { word };
        if def == "def" && at >= 2 && self.word(at - 2) == "def" {
            return Some(self.here("expected '('"));
        }
        if matches!(word, "import" | "from") && previous == "as" {
            let last = self.operand_end(at);
            let name = self.target_name(at, last)?;
            return self.span(&format!("cannot use {name} as import target"), at, last);
        }
        if matches!(word, "import" | "from") && at >= 2 && self.word(at - 2) == "as" {
            let last = self.operand_end(at - 1);
            let name = self.target_name(at - 1, last)?;
            return self.span(&format!("cannot use {name} as import target"), at - 1, last);
        }
        if word == "import" && self.word(at) == "from" {
            let end = (at..self.scan.tokens.len()).find(|i| is_layout(self.tok(*i).kind))?;
            return self.span("Did you mean to use 'from ... import ...' instead?", first, end - 1);
        }
        if matches!(
            self.word(at),
            "+=" | "-=" | "*=" | "/=" | "//=" | "%=" | "**=" | "&=" | "|=" | "^=" | ">>=" | "<<=" | "@="
        ) && (first..at).any(|i| self.word(i) == "," && self.tok(i).level == 0)
        {
            return self.span("'tuple' is an illegal expression for augmented assignment", first, at - 1);
        }
        self.not_operand()
    }

    /// `None` when the target is a plain name.
    fn target_name(&self, first: usize, last: usize) -> Option<&'static str> {
        let closing = self.word(last);
        Some(match self.tok(first).kind {
            TokenKind::Number | TokenKind::String => "literal",
            TokenKind::Op if self.word(first) == "(" => {
                if (first..last).any(|i| self.word(i) == ",") {
                    "tuple"
                } else {
                    return None;
                }
            }
            TokenKind::Op if self.word(first) == "[" => "list",
            TokenKind::Name if first == last => return None,
            TokenKind::Name if closing == ")" => "function call",
            TokenKind::Name if closing == "]" => "subscript",
            TokenKind::Name if self.word(last - 1) == "." => "attribute",
            _ => "expression",
        })
    }

    /// `3 + not 3`
    fn not_operand(&self) -> Option<SyntaxError> {
        let previous = self.word(self.token.checked_sub(1)?);
        let operator =
            matches!(previous, "+" | "-" | "*" | "/" | "//" | "%" | "@" | "**" | "~" | "<<" | ">>" | "&" | "|" | "^");
        if self.word(self.token) != "not" || !operator {
            return None;
        }
        self.span("'not' after an operator must be parenthesized", self.token, self.operand_end(self.token + 1))
    }

    fn parameter(&self) -> Option<SyntaxError> {
        let at = self.token;
        if self.word(at) == "(" {
            let level = self.tok(at).level;
            let close =
                (at + 1..self.scan.tokens.len()).find(|i| self.tok(*i).level == level && self.word(*i) == ")")?;
            let names = (at + 1..close).all(|i| self.tok(i).kind == TokenKind::Name || self.word(i) == ",");
            return if names { self.span("Function parameters cannot be parenthesized", at, close) } else { None };
        }
        if matches!(self.word(at), "," | ")") && self.word(at.checked_sub(1)?) == "=" {
            return self.span("expected default value expression", at - 1, at - 1);
        }
        if self.word(at) == "*" && self.word(at.checked_sub(1)?) == "/" {
            return self.span("expected comma between / and *", at, at);
        }
        None
    }

    fn argument(&self, open: usize) -> Option<SyntaxError> {
        let at = self.token;
        let called = open > 0 && self.ends_expression(open - 1);
        if !called {
            return None;
        }
        if matches!(self.word(at), "," | ")") && self.word(at.checked_sub(1)?) == "=" {
            return self.span("expected argument value expression", at.checked_sub(2)?, at - 1);
        }
        if self.word(at) != "=" {
            return None;
        }
        let level = self.tok(at).level;
        let separator = (open..at).rev().find(|i| *i == open || self.tok(*i).level == level && self.word(*i) == ",")?;
        let first = separator + 1;
        let value_end = self.operand_end(at + 1);
        match self.word(first) {
            "*" => return self.span("cannot assign to iterable argument unpacking", first, value_end),
            "**" => return self.span("cannot assign to keyword argument unpacking", first, value_end),
            name @ ("True" | "False" | "None") if first + 1 == at => {
                return self.span(&format!("cannot assign to {name}"), first, at);
            }
            _ => {}
        }
        if self.tok(first).kind == TokenKind::Name && first + 1 == at {
            return None;
        }
        self.span("expression cannot contain assignment, perhaps you meant \"==\"?", first, at)
    }

    fn braces(&self, open: usize) -> Option<SyntaxError> {
        let at = self.token;
        let level = self.tok(at).level;
        let previous = at.checked_sub(1)?;
        if matches!(self.word(at), "," | "}") && self.word(previous) == ":" {
            return self.span("expression expected after dictionary key and ':'", previous, previous);
        }
        if self.word(at) == "*" && self.word(previous) == ":" {
            return self.span("cannot use a starred expression in a dictionary value", at, self.operand_end(at + 1));
        }
        if self.word(at) == "for" && self.word(open + 1) == "**" {
            return self.span("dict unpacking cannot be used in dict comprehension", open + 1, open + 1);
        }
        let is_dict = (open + 1..at).any(|i| self.tok(i).level == level && self.word(i) == ":");
        if is_dict && matches!(self.word(at), "," | "}") {
            let mut e = self.span("':' expected after dictionary key", previous, previous)?;
            e.end_column = 0;
            return Some(e);
        }
        self.not_operand().or_else(|| self.comprehension_target(open))
    }

    /// `[x, y for x, y in z]`
    fn comprehension_target(&self, open: usize) -> Option<SyntaxError> {
        let (at, level) = (self.token, self.tok(self.token).level);
        let called = open > 0 && self.word(open) == "(";
        if self.word(at) != "for"
            || called
            || !(open + 1..at).any(|i| self.tok(i).level == level && self.word(i) == ",")
        {
            return None;
        }
        self.span("did you forget parentheses around the comprehension target?", open + 1, at - 1)
    }
}
