//! Errors of the parser: the tokenizer's first, then CPython's special messages, then "invalid syntax".

use ruff_python_ast as ast;
use ruff_python_ast::token::TokenKind as Kind;
use ruff_python_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseErrorType, Parsed, UnsupportedSyntaxErrorKind,
};

use super::scan::{Scan, Token, TokenKind, is_layout, scan};
use super::statements::{block_owner, expr_name, find, last_statement_before};
use super::{ErrorKind, SyntaxError, at_offsets, line_column, lines, never_closed, offset};
use crate::compile::{Mode, Options};

pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    pub(super) filename: &'a str,
    pub(super) scan: Scan,
    pub(super) tree: &'a ast::Mod,
    pub(super) mode: Mode,
    /// Where the parser gave up, and the token there.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) token: usize,
}

pub(crate) fn parse_error(
    text: &str,
    filename: &str,
    mode: Mode,
    options: &Options<'_>,
    parsed: &Parsed<ast::Mod>,
) -> SyntaxError {
    let scan = scan(text, filename);
    if options.allow_incomplete_input && scan.cut_off {
        return incomplete(text, filename);
    }
    if let Some(mut error) = scan.error {
        // An expression gets no line end where it has none.
        if error.message == "unexpected EOF while parsing" && text.ends_with('\\') {
            if mode == Mode::Eval {
                error.message = "unexpected character after line continuation character".to_owned();
            } else {
                error.end_column = -1;
                error.text = error.text.map(|line| line + "\n");
            }
        }
        return error;
    }
    let unsupported = parsed.unsupported_syntax_errors().first().map(|e| (e.range, ParseErrorType::ExpectedExpression));
    // What a later Python allows.
    if parsed.errors().is_empty()
        && let Some(e) = parsed.unsupported_syntax_errors().first()
        && matches!(e.kind, UnsupportedSyntaxErrorKind::UnpackingInComprehension(_))
    {
        let (start, mut end) = (e.range.start().to_usize(), e.range.end().to_usize());
        let message = if text.get(start..).is_some_and(|t| t.starts_with("**")) {
            end = start + 2;
            "dict unpacking cannot be used in dict comprehension"
        } else {
            "iterable unpacking cannot be used in comprehension"
        };
        return at_offsets(text, filename, ErrorKind::SyntaxError, message.to_owned(), start, end);
    }
    let first = parsed.errors().first().map(|e| (e.location, e.error.clone()));
    let Some((range, error)) = first.or(unsupported) else {
        return at_offsets(text, filename, ErrorKind::SyntaxError, "invalid syntax".to_owned(), 0, 0);
    };
    let (start, end) = (range.start().to_usize(), range.end().to_usize());
    let token =
        scan.tokens.iter().position(|t| t.end > start && !matches!(t.kind, TokenKind::Indent | TokenKind::Dedent));
    let token = token.unwrap_or(scan.tokens.len().saturating_sub(1));
    let mut context = Context { text, filename, scan, tree: parsed.syntax(), mode, start, end, token };
    if mode == Mode::Eval && text.trim().is_empty() {
        let mut e = context.make(ErrorKind::SyntaxError, "invalid syntax", 0, 0);
        (e.line, e.column, e.end_line, e.end_column) = (0, 0, 0, 0);
        return e;
    }
    if options.allow_incomplete_input && context.wants_more(&error) {
        return incomplete(text, filename);
    }
    if mode == Mode::Single
        && let Some(e) = context.behind_statement()
    {
        return e;
    }
    context.token = context.furthest(&error);
    context.as_read(context.error(&error))
}

/// `_IncompleteInputError`, at the end.
pub(crate) fn incomplete(text: &str, filename: &str) -> SyntaxError {
    at_offsets(text, filename, ErrorKind::IncompleteInput, "incomplete input".to_owned(), text.len(), text.len())
}

impl Context<'_> {
    /// Whether more input could make it right: it failed at its end, not at the end of a line.
    fn wants_more(&self, error: &ParseErrorType) -> bool {
        let block = matches!(error, ParseErrorType::OtherError(text) if text.starts_with("Expected an indented block"));
        self.at_end() && (block || !self.scan.open.is_empty() || self.tok(self.token).kind == TokenKind::End)
    }

    /// The error as CPython tells it when its tokenizer has come as far as the parser looks: to the token that fits
    /// nowhere, or, to tell more than that, to the one behind the error.
    fn as_read(&self, mut e: SyntaxError) -> SyntaxError {
        let mut behind = self.token;
        if e.message != "invalid syntax" {
            let end = offset(self.text, e.end_line, e.end_column);
            behind = self.scan.tokens.partition_point(|t| t.start < end).max(self.token);
        }
        if e.message.ends_with("Maybe you meant '==' instead of '='?") {
            behind = self.operand_end(behind + 1) + 1;
        }
        let token = self.tok(behind);
        let at_end = token.kind == TokenKind::End || token.start >= self.text.len();
        if at_end
            && e.message.ends_with("Perhaps you forgot a comma?")
            && let Some(bracket) = self.scan.open.last()
        {
            return never_closed(self.text, self.filename, *bracket);
        }
        e.cut_text(if at_end { lines(self.text) } else { line_column(self.text, token.start).0 });
        e
    }

    /// From one token on to where CPython's tokenizer stands after another: a column less than that token's end.
    pub(super) fn starting_from(&self, message: impl Into<String>, first: usize, read: usize) -> SyntaxError {
        let mut e = self.syntax(message, self.tok(first).start, self.tok(read).end);
        let (line, end) = line_column(self.text, self.tok(read).start);
        let width = i32::try_from(self.word(read).chars().count()).unwrap_or(0).max(1);
        (e.end_line, e.end_column) = (line, end.saturating_add(width).saturating_sub(1));
        e
    }

    fn make(&self, kind: ErrorKind, message: impl Into<String>, start: usize, end: usize) -> SyntaxError {
        at_offsets(self.text, self.filename, kind, message.into(), start, end)
    }

    pub(super) fn syntax(&self, message: impl Into<String>, start: usize, end: usize) -> SyntaxError {
        self.make(ErrorKind::SyntaxError, message, start, end)
    }

    pub(super) fn here(&self, message: impl Into<String>) -> SyntaxError {
        let token = self.tok(self.token);
        self.syntax(message, token.start, token.end)
    }

    pub(super) fn tok(&self, index: usize) -> Token {
        self.scan.tokens.get(index).copied().unwrap_or(Token {
            kind: TokenKind::End,
            start: self.text.len(),
            end: self.text.len(),
            level: 0,
        })
    }

    /// Open brackets at a token, where a closing one counts as inside its own.
    pub(super) fn inner_level(&self, index: usize) -> usize {
        let t = self.tok(index);
        t.level + usize::from(t.kind == TokenKind::Op && matches!(self.word(index), ")" | "]" | "}"))
    }

    pub(super) fn word(&self, index: usize) -> &str {
        let t = self.tok(index);
        self.text.get(t.start..t.end).unwrap_or("")
    }

    /// Nothing but layout follows the error.
    fn at_end(&self) -> bool {
        self.scan
            .tokens
            .get(self.token..)
            .is_none_or(|rest| rest.iter().all(|t| is_layout(t.kind) || t.kind == TokenKind::End))
    }

    /// The first token of the logical line that `index` is on.
    pub(super) fn line_first(&self, index: usize) -> usize {
        let mut first = index;
        while first > 0 && !is_layout(self.tok(first - 1).kind) {
            first -= 1;
        }
        first
    }

    fn error(&self, error: &ParseErrorType) -> SyntaxError {
        if let Some(e) = self.unclosed() {
            return e;
        }
        if let Some(e) = self.special(error) {
            return e;
        }
        let found = self
            .legacy()
            .or_else(|| self.target_behind_as())
            .or_else(|| self.misplaced_word())
            .or_else(|| self.by_context())
            .or_else(|| self.equals())
            .or_else(|| self.comma())
            .or_else(|| self.unpacked());
        self.with_last_statement(found.unwrap_or_else(|| self.generic()))
    }

    /// Notes where `traceback` has to look for misspelt keywords, where a message is vague enough.
    fn with_last_statement(&self, mut e: SyntaxError) -> SyntaxError {
        if matches!(e.message.as_str(), "invalid syntax" | "invalid syntax. Perhaps you forgot a comma?") {
            let line = self.tok(self.line_first(self.token)).start.min(self.start);
            let at = last_statement_before(self.tree, self.text, line).map_or((0, 0), |at| line_column(self.text, at));
            e.last_statement = Some((at.0, u32::try_from(at.1).unwrap_or(1).saturating_sub(1)));
        }
        e
    }

    fn generic(&self) -> SyntaxError {
        if self.tok(self.token).kind == TokenKind::String && self.text.get(self.start..self.start + 1) == Some("}") {
            let prefix = self.word(self.token).to_ascii_lowercase();
            let prefix = if prefix.starts_with('t') || prefix.starts_with("rt") { 't' } else { 'f' };
            let message = format!("{prefix}-string: valid expression required before '}}'");
            return self.syntax(message, self.start, self.start + 1);
        }
        let token = self.tok(self.token);
        if self.word(self.token) == "<>" {
            return self.here("invalid syntax.  Maybe you meant '!=' instead of '<>'?");
        }
        if token.kind == TokenKind::End && self.token > 0 {
            let last = self.tok(self.token - 1);
            return self.syntax("invalid syntax", last.start, last.end);
        }
        let mut e = self.here("invalid syntax");
        if self.mode == Mode::Eval && token.kind == TokenKind::Newline && token.start >= self.text.len() {
            // An expression gets no line end where it has none: the end of the input is at no column.
            (e.column, e.end_column) = (0, 0);
        }
        e
    }

    /// A bracket that is still open is to blame when the error is on a later line, or nothing follows.
    fn unclosed(&self) -> Option<SyntaxError> {
        let open = *self.scan.open.last()?;
        let line = |at: usize| line_column(self.text, at).0;
        if !self.at_end() && line(self.tok(self.token).start) <= line(open) {
            return None;
        }
        Some(never_closed(self.text, self.filename, open))
    }

    fn special(&self, error: &ParseErrorType) -> Option<SyntaxError> {
        use ParseErrorType as E;
        let (start, end) = (self.start, self.end);
        let at = |message: &str| Some(self.syntax(message, start, end));
        let target = || {
            let range =
                ruff_text_size::TextRange::new(u32::try_from(start).ok()?.into(), u32::try_from(end).ok()?.into());
            find(self.tree, range)
        };
        match error {
            E::UnexpectedIndentation => Some(self.indentation("unexpected indent")),
            E::OtherError(text) if text.starts_with("Expected an indented block") => Some(self.block()),
            E::OtherError(text) => self.other(text),
            E::ExpectedToken { expected: Kind::Colon, .. } => self.colon(),
            E::ExpectedToken { expected: Kind::In, .. } => {
                // In comprehensions only.
                Some(self.here("'in' expected after for-loop variables"))
                    .filter(|_| !self.at_end() && self.tok(self.token).level > 0)
            }
            E::ExpectedToken { expected: Kind::Import, .. } => None,
            E::ExpectedToken { expected: Kind::Lpar, .. } if self.is_header("def") => Some(self.here("expected '('")),
            E::ExpectedToken { expected: Kind::Else, .. } if self.word(self.token) == "if" => {
                let comprehension = self.tok(self.token).level > 0;
                comprehension.then(|| self.here("'in' expected after for-loop variables"))
            }
            E::ExpectedToken { expected: Kind::Else, .. } if self.word(self.token) == ":" => None,
            E::ExpectedToken { expected: Kind::Else, .. } if self.token > 0 && self.ends_expression(self.token - 1) => {
                let first = self.operand_start(self.token.checked_sub(1)?);
                Some(self.syntax(
                    "expected 'else' after 'if' expression",
                    self.tok(first).start,
                    self.tok(self.token - 1).end,
                ))
            }
            E::InvalidStarredExpressionUsage => self.starred_group(),
            E::InvalidAssignmentTarget if self.tok(self.token).start > start => None,
            E::InvalidAssignmentTarget => Some(self.assignment(target()?)),
            E::InvalidNamedAssignmentTarget => {
                at(&format!("cannot use assignment expressions with {}", expr_name(target()?)))
            }
            E::InvalidAugmentedAssignmentTarget => {
                at(&format!("'{}' is an illegal expression for augmented assignment", expr_name(target()?)))
            }
            E::InvalidAnnotatedAssignmentTarget => at("illegal target for annotation"),
            E::InvalidDeleteTarget => at(&format!("cannot delete {}", expr_name(target()?))),
            E::PositionalAfterKeywordArgument => self.after_arguments("positional argument follows keyword argument"),
            E::PositionalAfterKeywordUnpacking => {
                self.after_arguments("positional argument follows keyword argument unpacking")
            }
            E::InvalidArgumentUnpackingOrder => {
                let comma = self.token.checked_sub(1)?;
                let close = self.next(self.token, self.tok(comma).level.checked_sub(1)?, ")")?;
                let message = "iterable argument unpacking follows keyword argument unpacking";
                Some(self.starting_from(message, comma, close))
            }
            E::IterableUnpackingInComprehension => at("iterable unpacking cannot be used in comprehension"),
            E::UnparenthesizedGeneratorExpression => at("Generator expression must be parenthesized"),
            E::NonDefaultParamAfterDefaultParam => at("parameter without a default follows parameter with a default"),
            E::ExpectedKeywordParam if self.lambda().is_some() => self.bare_star_of_lambda(),
            E::ExpectedKeywordParam
                if self.word(self.token) == "*" && !matches!(self.word(self.token + 1), "," | ")") =>
            {
                let t = self.tok(self.token + 1);
                Some(self.syntax("invalid syntax", t.start, t.end))
            }
            E::ExpectedKeywordParam => {
                let star = self.tok(self.token);
                let (s, e) = if self.word(self.token) == "*" { (star.start, star.end) } else { (start, end) };
                Some(self.syntax("named arguments must follow bare *", s, e))
            }
            E::ParamAfterVarKeywordParam => Some(self.here("arguments cannot follow var-keyword argument")),
            E::VarParameterWithDefault => {
                let equals = (self.token..self.scan.tokens.len()).find(|i| self.word(*i) == "=")?;
                let t = self.tok(equals);
                let what = if self.text[..t.start].rfind("**").is_some_and(|i| i + 40 > t.start) {
                    "keyword"
                } else {
                    "positional"
                };
                Some(self.syntax(format!("var-{what} argument cannot have default value"), t.start, t.end))
            }
            E::EmptyImportNames if self.tok(self.token).kind == TokenKind::Newline => {
                let t = self.tok(self.token);
                Some(self.syntax("Expected one or more names after 'import'", t.start, t.start))
            }
            E::ExpectedRealNumber => at("real number required in complex literal"),
            E::ExpectedImaginaryNumber => at("imaginary number required in complex literal"),
            E::EmptyTypeParams => {
                // An alias has been read further: it could have been a subscript.
                let read = self.token + usize::from(self.is_header("type"));
                Some(self.starting_from("Type parameter list cannot be empty", self.token, read))
            }
            E::FStringError(kind) | E::Lexical(LexicalErrorType::FStringError(kind)) => self.interpolated('f', kind),
            E::TStringError(kind) | E::Lexical(LexicalErrorType::TStringError(kind)) => self.interpolated('t', kind),
            E::Lexical(LexicalErrorType::InvalidByteLiteral) => {
                Some(self.here("bytes can only contain ASCII literal characters"))
            }
            E::Lexical(
                LexicalErrorType::UnicodeError
                | LexicalErrorType::MissingUnicodeLbrace
                | LexicalErrorType::MissingUnicodeRbrace,
            ) => self.escape(),
            E::Lexical(LexicalErrorType::OtherError(_)) => self.escape(),
            _ => None,
        }
    }

    /// `(*x)`: parentheses around a starred expression alone.
    fn starred_group(&self) -> Option<SyntaxError> {
        let star = self.token;
        let open = star.checked_sub(1).filter(|i| self.word(*i) == "(")?;
        let called = open.checked_sub(1).is_some_and(|i| self.ends_expression(i));
        let rest = self.text.get(self.end..)?.trim_start();
        (self.word(star) == "*" && !called && self.word(self.line_first(star)) != "case" && rest.starts_with(')'))
            .then(|| self.syntax("cannot use starred expression here", self.start, self.end))
    }

    fn other(&self, text: &str) -> Option<SyntaxError> {
        let at = |message: &str| Some(self.syntax(message, self.start, self.end));
        if text.starts_with("Only single target (not ") {
            return at(&text.replacen("Only", "only", 1));
        }
        match text {
            "Expected `except` or `finally` after `try` block" => {
                if self.at_end() {
                    let mut e = self.end_of_line("expected 'except' or 'finally' block");
                    e.kind = ErrorKind::SyntaxError;
                    return Some(e);
                }
                Some(self.here("expected 'except' or 'finally' block"))
            }
            "Only one '*' parameter allowed"
            | "Only one '*' separator allowed"
            | "Keyword-only parameter separator not allowed after '*' parameter" => {
                let t = self.tok(self.token);
                Some(self.syntax("* argument may appear only once", t.start, t.end))
            }
            "Only one '**' parameter allowed" => Some(self.here("arguments cannot follow var-keyword argument")),
            "Position-only parameter separator not allowed as first parameter" => {
                if self.word(self.token + 1) != "," {
                    return None;
                }
                let star = self.previous(self.token, self.tok(self.token).level, "*").is_some();
                Some(self.here(if star { "/ must be ahead of *" } else { "at least one argument must precede /" }))
            }
            "Only one '/' separator allowed" => Some(self.here("/ may appear only once")),
            "'/' parameter must appear before '*' parameter" => Some(self.here("/ must be ahead of *")),
            "Trailing comma not allowed" => {
                let first = self.word(self.line_first(self.token));
                let t = self.tok(self.token);
                (first == "from" && t.kind == TokenKind::Newline)
                    .then(|| self.syntax("trailing comma not allowed without surrounding parentheses", t.start, t.end))
            }
            "Multiple exception types must be parenthesized when using `as`" => {
                let name = self.next(self.token, self.tok(self.token).level, "as")? + 1;
                let message = "multiple exception types must be parenthesized when using 'as'";
                Some(self.starting_from(message, self.token, name + 1))
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                let last = self.token + usize::from(self.word(self.token + 1) == "*");
                let message = "cannot have both 'except' and 'except*' on the same 'try'";
                Some(self.syntax(message, self.tok(self.token).start, self.tok(last).end))
            }
            "Expected one or more exception types" => Some(self.here("expected one or more exception types")),
            "Positional patterns cannot follow keyword patterns" => at("positional patterns follow keyword patterns"),
            _ => None,
        }
    }

    /// `IndentationError` at the indentation itself.
    fn indentation(&self, message: &str) -> SyntaxError {
        let token = self.tok(self.token);
        let mut e = self.make(ErrorKind::IndentationError, message, token.start, token.start);
        (e.column, e.end_column) = (e.column - 1, -1);
        e
    }

    /// At the end of the last line that holds anything, with CPython's end of -1.
    fn end_of_line(&self, message: &str) -> SyntaxError {
        let end = self.text.trim_end_matches('\n').len();
        let mut e = self.make(ErrorKind::IndentationError, message, end, end);
        e.end_column = -1;
        e
    }

    fn block(&self) -> SyntaxError {
        let mut header = self.token;
        while header > 0 && is_layout(self.tok(header - 1).kind) {
            header -= 1;
        }
        let first = self.line_first(header.saturating_sub(1));
        let owner_at = if self.word(first) == "async" { first + 1 } else { first };
        let mut word = self.word(owner_at).to_owned();
        if word == "except" && self.word(owner_at + 1) == "*" {
            word.push('*');
        }
        let line = line_column(self.text, self.tok(first).start).0;
        let message = format!("expected an indented block after {} on line {line}", block_owner(&word));
        if self.at_end() {
            return self.end_of_line(&message);
        }
        let mut next = header;
        while self.tok(next).kind == TokenKind::Newline {
            next += 1;
        }
        let token = self.tok(next);
        if token.kind == TokenKind::Dedent {
            let mut e = self.make(ErrorKind::IndentationError, message, token.start, token.start);
            (e.column, e.end_column) = (e.column - 1, -1);
            return e;
        }
        self.make(ErrorKind::IndentationError, message, token.start, token.end)
    }

    /// Whether the logical line begins with this word, `async` left aside.
    fn is_header(&self, word: &str) -> bool {
        let first = self.line_first(self.token);
        self.word(first + usize::from(self.word(first) == "async")) == word
    }

    /// A missing colon, where CPython's grammar insists on one.
    fn colon(&self) -> Option<SyntaxError> {
        let token = self.tok(self.token);
        if let Some(e) = self.target_behind_as().or_else(|| self.equals()).or_else(|| self.lambda_parameter()) {
            return Some(e);
        }
        let first = self.line_first(self.token);
        let word = self.word(if self.word(first) == "async" { first + 1 } else { first });
        if token.level > 0 {
            let braces = self.enclosing(self.token).is_some_and(|i| self.word(i) == "{");
            let t = self.tok(self.token.checked_sub(1)?);
            return braces.then(|| {
                let mut e = self.syntax("':' expected after dictionary key", t.start, t.end);
                e.end_column = 0;
                e
            });
        }
        let newline = token.kind == TokenKind::Newline;
        let insists = match word {
            "def" | "else" | "try" | "finally" => true,
            "if" | "elif" | "while" | "match" | "case" | "except" | "class" | "with" | "for" => newline,
            _ => false,
        };
        insists.then(|| self.here("expected ':'"))
    }

    /// The bracket around a token.
    pub(super) fn enclosing(&self, index: usize) -> Option<usize> {
        let level = self.inner_level(index);
        (0..index).rev().find(|i| self.tok(*i).level < level && matches!(self.word(*i), "(" | "[" | "{"))
    }

    fn assignment(&self, target: &ast::Expr) -> SyntaxError {
        let name = expr_name(target);
        let (start, end) = (self.start, self.end);
        let plain = matches!(target, ast::Expr::NoneLiteral(_) | ast::Expr::BooleanLiteral(_));
        let before = self.text.get(..start).unwrap_or("").trim_end();
        let statement = self.tok(self.line_first(self.token)).start == start || self.begins_statement(before);
        let equals: usize = (self.token..self.scan.tokens.len())
            .take_while(|i| !is_layout(self.tok(*i).kind))
            .filter(|i| self.word(*i) == "=")
            .count();
        let bitwise = !matches!(
            target,
            ast::Expr::Compare(_)
                | ast::Expr::BoolOp(_)
                | ast::Expr::Lambda(_)
                | ast::Expr::If(_)
                | ast::Expr::Generator(_)
                | ast::Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::Not, .. })
        );
        if matches!(target, ast::Expr::Yield(_) | ast::Expr::YieldFrom(_))
            && !self.text[..start].trim_end().ends_with('(')
        {
            return self.syntax("assignment to yield expression not possible", start, end);
        }
        if !plain && statement && equals == 1 && bitwise {
            let message = format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?");
            return self.syntax(message, start, end);
        }
        self.syntax(format!("cannot assign to {name}"), start, end)
    }

    /// Does a statement begin behind this text, be it behind a block's colon, a semicolon or a parenthesis?
    fn begins_statement(&self, before: &str) -> bool {
        let inner = before.strip_suffix('(').map_or(before, str::trim_end);
        if inner.is_empty() || inner.ends_with(';') {
            return true;
        }
        let line = inner.rsplit('\n').next().unwrap_or(inner).trim_start();
        let header = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
        let block = matches!(
            header,
            "def"
                | "class"
                | "if"
                | "elif"
                | "else"
                | "while"
                | "for"
                | "with"
                | "try"
                | "except"
                | "finally"
                | "async"
        );
        inner.ends_with(':') && block && self.tok(self.token).level <= usize::from(inner.len() != before.len())
    }

    /// CPython blames the closing parenthesis or the last token of the arguments.
    fn after_arguments(&self, message: &str) -> Option<SyntaxError> {
        let level = self.tok(self.token).level;
        let close = (self.token..self.scan.tokens.len()).find(|i| self.tok(*i).level + 1 == level)?;
        let t = self.tok(close);
        Some(self.syntax(message, t.start, t.end))
    }

    fn interpolated(&self, prefix: char, kind: &InterpolatedStringErrorType) -> Option<SyntaxError> {
        let (start, end) = (self.start, self.end);
        let text = match kind {
            InterpolatedStringErrorType::UnclosedLbrace => "expecting '}'",
            InterpolatedStringErrorType::SingleRbrace => {
                return Some(self.syntax(format!("{prefix}-string: single '}}' is not allowed"), start, start));
            }
            InterpolatedStringErrorType::InvalidConversionFlag => {
                let found = self.text.get(start..end)?;
                let message =
                    format!("{prefix}-string: invalid conversion character '{found}': expected 's', 'r', or 'a'");
                return Some(self.syntax(message, start, end));
            }
            InterpolatedStringErrorType::LambdaWithoutParentheses => {
                "lambda expressions are not allowed without parentheses"
            }
            InterpolatedStringErrorType::ConversionFlagNotImmediatelyAfterExclamation => {
                "conversion type must come right after the exclamation mark"
            }
            InterpolatedStringErrorType::NewlineInFormatSpec => {
                "newlines are not allowed in format specifiers for single quoted f-strings"
            }
            InterpolatedStringErrorType::UnterminatedString
            | InterpolatedStringErrorType::UnterminatedTripleQuotedString => return None,
        };
        Some(self.syntax(format!("{prefix}-string: {text}"), start, end))
    }

    /// Whether an expression can begin with a token.
    pub(super) fn begins_expression(&self, index: usize) -> bool {
        match self.tok(index).kind {
            TokenKind::Name => {
                let word = self.word(index);
                !is_keyword(word) || matches!(word, "not" | "lambda" | "await" | "None" | "True" | "False")
            }
            TokenKind::Number | TokenKind::String => true,
            TokenKind::Op => matches!(self.word(index), "(" | "[" | "{" | "-" | "+" | "~" | "..."),
            _ => false,
        }
    }

    pub(super) fn ends_expression(&self, index: usize) -> bool {
        match self.tok(index).kind {
            TokenKind::Name => !is_keyword(self.word(index)) || matches!(self.word(index), "None" | "True" | "False"),
            TokenKind::Number | TokenKind::String => true,
            TokenKind::Op => matches!(self.word(index), ")" | "]" | "}" | "..."),
            _ => false,
        }
    }

    /// The first token of the operand that ends at `last`: back to a separator on the same level.
    pub(super) fn operand_start(&self, last: usize) -> usize {
        let level = self.tok(last).level;
        let mut first = last;
        while first > 0 {
            let t = self.tok(first - 1);
            let separator = t.level < level
                || is_layout(t.kind)
                || t.level == level
                    && matches!(
                        self.word(first - 1),
                        "," | ":"
                            | "="
                            | ";"
                            | ":="
                            | "lambda"
                            | "for"
                            | "else"
                            | "return"
                            | "yield"
                            | "assert"
                            | "del"
                            | "raise"
                            | "print"
                            | "->"
                            | "*"
                            | "**"
                    );
            if separator {
                break;
            }
            first -= 1;
        }
        first
    }

    /// The last token of the expression that begins at `first`.
    pub(super) fn operand_end(&self, first: usize) -> usize {
        let level = self.tok(first).level;
        let mut last = first;
        loop {
            let t = self.tok(last + 1);
            let stop = t.level < level
                || is_layout(t.kind)
                || t.kind == TokenKind::End
                || t.level == level
                    && (matches!(
                        self.word(last + 1),
                        "," | ":" | "=" | ";" | ":=" | "for" | "async" | "]" | ")" | "}"
                    ) && !(t.level == level && self.closes(first, last + 1))
                        || self.begins_expression(last + 1)
                            && self.ends_expression(last)
                            && !matches!(self.word(last + 1), "(" | "[" | "+" | "-" | "not"));
            if stop {
                return last;
            }
            last += 1;
        }
    }

    /// Whether the closing bracket at `index` belongs to a bracket opened since `first`.
    fn closes(&self, first: usize, index: usize) -> bool {
        matches!(self.word(index), ")" | "]" | "}")
            && (first..index)
                .any(|i| self.tok(i).level == self.tok(index).level && matches!(self.word(i), "(" | "[" | "{"))
    }

    /// `print x` and `exec x`.
    fn legacy(&self) -> Option<SyntaxError> {
        let first = self.token.checked_sub(1)?;
        let name = self.word(first);
        if !matches!(name, "print" | "exec")
            || !self.begins_expression(self.token)
            || self.tok(first).kind != TokenKind::Name
        {
            return None;
        }
        let mut last = self.operand_end(self.token);
        while self.word(last + 1) == "," && self.begins_expression(last + 2) {
            last = self.operand_end(last + 2);
        }
        // Only what is an expression can be put in parentheses.
        let argument = self.text.get(self.tok(self.token).start..self.tok(last).end)?;
        if ruff_python_parser::parse_expression(&format!("({argument}\n)")).is_err() {
            return None;
        }
        let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
        Some(self.syntax(message, self.tok(first).start, self.tok(last).end))
    }

    /// Two expressions side by side inside brackets.
    fn comma(&self) -> Option<SyntaxError> {
        let last = self.token.checked_sub(1)?;
        let (level, before) = (self.tok(self.token).level, self.tok(last).level);
        if level == 0 || level != before || !self.ends_expression(last) || !self.begins_expression(self.token) {
            return None;
        }
        if matches!(self.word(self.token), "(" | "[" | "-" | "+" | "not") {
            return None;
        }
        if self.enclosing(self.token).is_some_and(|open| self.is_definition(open)) {
            return None;
        }
        if self.source_of_comprehension(last) {
            return None;
        }
        let first = self.operand_start(last);
        if first == last && self.tok(first).kind == TokenKind::Name && self.tok(self.token).kind == TokenKind::String {
            return None;
        }
        if matches!(self.word(last), "match" | "case" | "type" | "_") && first == last {
            return None;
        }
        let end = self.operand_end(self.token);
        let message = "invalid syntax. Perhaps you forgot a comma?";
        Some(self.syntax(message, self.tok(first).start, self.tok(end).end))
    }

    /// Whether a token is in the last part of a comprehension, behind `in`: CPython looks for no missing comma there.
    fn source_of_comprehension(&self, index: usize) -> bool {
        let level = self.tok(index).level;
        let Some(within) = self.previous(index, level, "in") else { return false };
        let comma = self.previous(index, level, ",").is_some_and(|comma| comma > within);
        !comma && self.previous(within, level, "for").is_some()
    }

    /// `f(*)`, `a[*(b:c)]`: a star in arguments or a subscript, and no expression behind it.
    fn unpacked(&self) -> Option<SyntaxError> {
        let star = |i: usize| {
            let opener = self.enclosing(i)?;
            let called = opener > 0 && matches!(self.word(opener), "(" | "[") && self.ends_expression(opener - 1);
            let first = i > 0 && matches!(self.word(i - 1), "(" | "[" | ",");
            (self.word(i) == "*" && first && called).then(|| self.here("Invalid star expression"))
        };
        let mut at = self.token;
        loop {
            if let Some(e) = at.checked_sub(1).and_then(star) {
                return Some(e);
            }
            at = self.enclosing(at)?;
        }
    }
}

pub(super) fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "False"
            | "None"
            | "True"
            | "and"
            | "as"
            | "assert"
            | "async"
            | "await"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "nonlocal"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}
