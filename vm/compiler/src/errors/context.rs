//! CPython's special cases that are told by the tokens around the error.

use super::SyntaxError;
use super::parse::{Context, is_keyword};
use super::scan::TokenKind;

impl Context<'_> {
    pub(super) fn by_context(&self) -> Option<SyntaxError> {
        if let Some(e) = self.lambda_parameter() {
            return Some(e);
        }
        if self.inner_level(self.token) == 0 {
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
        let first = self.line_first(open);
        let body = || self.next(first, 0, ":").is_some_and(|colon| colon < open);
        matches!(self.word(first), "def" | "async") && self.tok(open).level == 0 && !body()
    }

    fn span(&self, message: &str, first: usize, last: usize) -> Option<SyntaxError> {
        Some(self.syntax(message, self.tok(first).start, self.tok(last).end))
    }

    fn statement(&self) -> Option<SyntaxError> {
        let (at, first) = (self.token, self.line_first(self.token));
        let word = self.word(first);
        let def = if word == "async" { self.word(first + 1) } else { word };
        if def == "def" && at >= 2 && self.word(at - 2) == "def" {
            return Some(self.here("expected '('"));
        }
        if word == "import" && self.word(at) == "from" {
            let mut read = at + 1;
            while self.tok(read).kind == TokenKind::Name && self.word(read) != "as" || self.word(read) == "." {
                read += 1;
            }
            return Some(self.starting_from("Did you mean to use 'from ... import ...' instead?", first, read));
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

    /// The `lambda` in whose parameters the error is.
    pub(super) fn lambda(&self) -> Option<usize> {
        let level = self.tok(self.token).level;
        let lambda = self.previous(self.token, level, "lambda")?;
        let body = self.next(lambda, level, ":").is_some_and(|colon| colon < self.token);
        (!body).then_some(lambda)
    }

    /// `lambda (x, y): 0` and the like.
    pub(super) fn lambda_parameter(&self) -> Option<SyntaxError> {
        self.lambda()?;
        let (at, before) = (self.token, self.word(self.token.checked_sub(1)?));
        match self.word(at) {
            "(" if matches!(before, "lambda" | ",") => {
                let close = self.next(at + 1, self.tok(at).level, ")")?;
                let name = |i| self.tok(i).kind == TokenKind::Name && !is_keyword(self.word(i));
                let names = (at + 1..close).all(|i| name(i) || self.word(i) == ",");
                names.then(|| self.span("Lambda expression parameters cannot be parenthesized", at, close)).flatten()
            }
            "," | ":" if before == "=" => self.span("expected default value expression", at - 1, at - 1),
            "*" if before == "/" => self.span("expected comma between / and *", at, at),
            _ => None,
        }
    }

    /// `lambda *: 0`, blamed on the last token that CPython looks at.
    pub(super) fn bare_star_of_lambda(&self) -> Option<SyntaxError> {
        let star = self.next(self.token, self.tok(self.token).level, "*")?;
        let last = match (self.word(star + 1), self.word(star + 2)) {
            (":", _) => star + 1,
            (",", ":" | "**") => star + 2,
            _ => return self.span("invalid syntax", star + 1, star + 1),
        };
        self.span("named arguments must follow bare *", last, last)
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
        // CPython's expression is what stands in the parentheses.
        let start = self.expression(first, at.checked_sub(1)?)?.1;
        let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
        Some(self.syntax(message, start, self.tok(at).end))
    }

    fn braces(&self, open: usize) -> Option<SyntaxError> {
        let at = self.token;
        let level = self.inner_level(at);
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
            || !self.ends_expression(at - 1)
            || !(open + 1..at).any(|i| self.tok(i).level == level && self.word(i) == ",")
        {
            return None;
        }
        self.span("did you forget parentheses around the comprehension target?", open + 1, at - 1)
    }
}
