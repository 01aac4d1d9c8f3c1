//! The tokens of code: indentation, names, operators.

use brolga_text::unicode;

use super::kinds::{
    COLON, COMMENT, DEDENT, DOT, ELLIPSIS, ENDMARKER, INDENT, NAME, NEWLINE, NL, OP, one_char, three_chars, two_chars,
};
use super::numbers::is_digit;
use super::state::{Bracket, Done, EOF, Got, Lexer, MAX_BRACKETS, MAX_INDENT, NoToken, Token};
use super::strings::Prefix;

const TAB_SIZE: usize = 8;

fn is(c: i32, byte: u8) -> bool {
    c == i32::from(byte)
}

fn is_name_start(c: i32) -> bool {
    c >= 128 || u8::try_from(c).is_ok_and(|c| c.is_ascii_alphabetic() || c == b'_')
}

/// Bytes of characters beyond ASCII are taken for part of a name, which is looked at when it is complete.
pub fn is_name_char(c: i32) -> bool {
    is_name_start(c) || is_digit(c)
}

impl Lexer<'_> {
    /// The next token.
    pub fn next(&mut self) -> Got {
        if self.s.literals.last().is_some_and(|l| l.in_text) { self.literal_text() } else { self.code() }
    }

    /// The next token of code.
    pub fn code(&mut self) -> Got {
        loop {
            self.s.start = None;
            let blank = if self.s.at_line_start { self.indentation()? } else { false };
            self.s.start = Some(self.s.cur);
            if self.s.pending != 0 {
                return Ok(self.pending_indentation());
            }
            // The first character is read with `start` set: a line it comes from does not end the buffer's.
            let c = self.next_char();
            self.back(c);
            if let Some(token) = self.on_line(blank)? {
                return Ok(token);
            }
        }
    }

    fn pending_indentation(&mut self) -> Token {
        let start = |at| self.s.extra_tokens.then_some(at);
        if self.s.pending < 0 {
            let token = Token { kind: DEDENT, start: start(self.s.cur), end: self.s.cur };
            self.s.pending += 1;
            return token;
        }
        let token = Token { kind: INDENT, start: start(0), end: self.s.cur };
        self.s.pending -= 1;
        token
    }

    /// Reads the spaces at the beginning of a line. `true`: there is nothing else but perhaps a comment.
    fn indentation(&mut self) -> Got<bool> {
        let (mut column, mut narrow) = (0usize, 0usize);
        self.s.at_line_start = false;
        // Where a backslash ended the first line, that line alone says how much the next one is indented.
        let mut continued = 0;
        let c = loop {
            let c = self.next_char();
            match u8::try_from(c) {
                Ok(b' ') => (column, narrow) = (column + 1, narrow + 1),
                Ok(b'\t') => (column, narrow) = ((column / TAB_SIZE + 1) * TAB_SIZE, narrow + 1),
                Ok(b'\x0c') => (column, narrow) = (0, 0),
                Ok(b'\\') => {
                    continued = if continued != 0 { continued } else { column };
                    self.continuation_line()?;
                }
                _ => break c,
            }
        };
        self.back(c);
        if is(c, b'#') || is(c, b'\n') || is(c, b'\r') {
            return Ok(true);
        }
        if !self.s.brackets.is_empty() {
            return Ok(false);
        }
        if continued != 0 {
            (column, narrow) = (continued, continued);
        }
        let (present, present_narrow) = self.s.indents.last().copied().unwrap_or((0, 0));
        if column == present {
            if narrow != present_narrow {
                return Err(self.stop(Done::TabSpace));
            }
        } else if column > present {
            if self.s.indents.len() >= MAX_INDENT {
                return Err(self.stop(Done::TooDeep));
            }
            if narrow <= present_narrow {
                return Err(self.stop(Done::TabSpace));
            }
            self.s.pending += 1;
            self.s.indents.push((column, narrow));
        } else {
            while self.s.indents.len() > 1 && self.s.indents.last().is_some_and(|i| column < i.0) {
                self.s.pending -= 1;
                self.s.indents.pop();
            }
            let (present, present_narrow) = self.s.indents.last().copied().unwrap_or((0, 0));
            if column != present {
                return Err(self.stop(Done::Dedent));
            }
            if narrow != present_narrow {
                return Err(self.stop(Done::TabSpace));
            }
        }
        Ok(false)
    }

    /// Behind a backslash: the end of the line, and a line after it.
    fn continuation_line(&mut self) -> Got<()> {
        let mut c = self.next_char();
        if is(c, b'\r') {
            c = self.next_char();
        }
        if !is(c, b'\n') {
            self.s.done = Done::LineCont;
            return Err(NoToken);
        }
        c = self.next_char();
        if c == EOF {
            return Err(self.stop(Done::Eof));
        }
        self.back(c);
        Ok(())
    }

    /// The next token of a line; `None` at the end of a line that has none.
    fn on_line(&mut self, blank: bool) -> Got<Option<Token>> {
        loop {
            self.s.start = None;
            let mut c = self.next_char();
            while is(c, b' ') || is(c, b'\t') || is(c, b'\x0c') {
                c = self.next_char();
            }
            self.s.start = Some(self.s.cur.saturating_sub(1));
            if is(c, b'#') {
                while c != EOF && !is(c, b'\n') && !is(c, b'\r') {
                    c = self.next_char();
                }
                if self.s.extra_tokens {
                    self.back(c);
                    self.s.comment_newline = blank;
                    return Ok(Some(self.token(COMMENT)));
                }
            }
            if c == EOF {
                if self.s.brackets.is_empty() && self.s.done == Done::Eof {
                    return Ok(Some(Token { kind: ENDMARKER, start: None, end: 0 }));
                }
                return Err(NoToken);
            }
            if is_name_start(c) {
                return self.name_or_string(c).map(Some);
            }
            if is(c, b'\r') {
                c = self.next_char();
            }
            if is(c, b'\n') {
                self.s.at_line_start = true;
                let nothing = blank || !self.s.brackets.is_empty();
                if nothing && !self.s.extra_tokens {
                    return Ok(None);
                }
                if nothing || (self.s.comment_newline && self.s.extra_tokens) {
                    self.s.comment_newline = false;
                    return Ok(Some(self.token(NL)));
                }
                return Ok(Some(Token { kind: NEWLINE, start: self.s.start, end: self.s.cur - 1 }));
            }
            if is(c, b'.') {
                return self.point().map(Some);
            }
            if is_digit(c) {
                return self.number(c).map(Some);
            }
            if is(c, b'\'') || is(c, b'"') {
                return self.string(c).map(Some);
            }
            if is(c, b'\\') {
                self.continuation_line()?;
                continue;
            }
            return self.operator(c).map(Some);
        }
    }

    fn name_or_string(&mut self, mut c: i32) -> Got {
        let mut prefix = Prefix::default();
        while prefix.take(c) {
            c = self.next_char();
            if is(c, b'"') || is(c, b'\'') {
                self.check_prefix(&prefix)?;
                return if prefix.interpolates() { self.start_literal(c, &prefix) } else { self.string(c) };
            }
        }
        let mut ascii = true;
        while is_name_char(c) {
            ascii &= c < 128;
            c = self.next_char();
        }
        self.back(c);
        if !ascii && !self.s.extra_tokens {
            self.check_name()?;
        }
        Ok(self.token(NAME))
    }

    /// Refuses names of characters that names must not have.
    fn check_name(&mut self) -> Got<()> {
        let start = self.s.start.unwrap_or(0);
        let name = String::from_utf8_lossy(self.s.slice(start, self.s.cur)).into_owned();
        let valid = |i: usize, c: char| {
            if i == 0 { c == '_' || unicode::is_xid_start(c as u32) } else { unicode::is_xid_continue(c as u32) }
        };
        let Some((at, c)) = name.char_indices().find(|(i, c)| !valid(*i, *c)) else { return Ok(()) };
        self.s.cur = start + at + c.len_utf8();
        let code = c as u32;
        Err(if unicode::is_printable(code) {
            self.syntax_error(format!("invalid character '{c}' (U+{code:04X})"))
        } else {
            self.syntax_error(format!("invalid non-printable character U+{code:04X}"))
        })
    }

    fn point(&mut self) -> Got {
        let c = self.next_char();
        if is_digit(c) {
            return self.fraction(c);
        }
        if is(c, b'.') {
            let c = self.next_char();
            if is(c, b'.') {
                return Ok(self.token(ELLIPSIS));
            }
            self.back(c);
            self.back(i32::from(b'.'));
        } else {
            self.back(c);
        }
        Ok(self.token(DOT))
    }

    fn operator(&mut self, c: i32) -> Got {
        if is(c, b':')
            && let Some(literal) = self.s.literals.last_mut()
            && literal.in_field()
            && literal.depth - 1 == literal.field_depth
        {
            // A colon on the level of the field begins the format specification.
            literal.in_text = true;
            literal.in_format_spec = true;
            return Ok(self.token(COLON));
        }
        let c2 = self.next_char();
        let kind = two_chars(c, c2);
        if kind != OP {
            let c3 = self.next_char();
            let longer = three_chars(c, c2, c3);
            if longer != OP {
                return Ok(self.token(longer));
            }
            self.back(c3);
            return Ok(self.token(kind));
        }
        self.back(c2);
        match u8::try_from(c) {
            Ok(open @ (b'(' | b'[' | b'{')) => self.open_bracket(open)?,
            Ok(close @ (b')' | b']' | b'}')) => self.close_bracket(close)?,
            _ => {}
        }
        if !unicode::is_printable(c as u32) {
            return Err(self.syntax_error(format!("invalid non-printable character U+{c:04X}")));
        }
        if is(c, b'=')
            && let Some(literal) = self.s.literals.last_mut()
            && literal.in_field()
        {
            literal.debug = true;
        }
        Ok(self.token(one_char(c)))
    }

    fn open_bracket(&mut self, open: u8) -> Got<()> {
        if self.s.brackets.len() >= MAX_BRACKETS {
            return Err(self.syntax_error("too many nested parentheses"));
        }
        self.s.brackets.push(Bracket { open, lineno: self.s.lineno });
        if let Some(literal) = self.s.literals.last_mut() {
            literal.depth += 1;
        }
        Ok(())
    }

    fn close_bracket(&mut self, close: u8) -> Got<()> {
        let shown = close as char;
        if let Some(literal) = self.s.literals.last()
            && literal.depth == 0
            && close == b'}'
        {
            let message = format!("{}-string: single '}}' is not allowed", literal.prefix());
            return Err(self.syntax_error(message));
        }
        match self.s.brackets.pop() {
            None if !self.s.extra_tokens => return Err(self.syntax_error(format!("unmatched '{shown}'"))),
            Some(bracket) if !matches(bracket.open, close) => self.mismatch(bracket, shown)?,
            _ => {}
        }
        let Some(literal) = self.s.literals.last_mut() else { return Ok(()) };
        literal.depth -= 1;
        if literal.depth < 0 {
            let message = format!("{}-string: unmatched '{shown}'", literal.prefix());
            return Err(self.syntax_error(message));
        }
        if close == b'}' && literal.depth == literal.field_depth {
            literal.field_depth -= 1;
            literal.in_text = true;
            literal.in_format_spec = false;
            literal.debug = false;
        }
        Ok(())
    }

    /// The wrong bracket is closed: an error, but where one is liberal only in a replacement field.
    fn mismatch(&mut self, bracket: Bracket, close: char) -> Got<()> {
        let open = bracket.open as char;
        if let Some(literal) = self.s.literals.last()
            && open == '{'
            && literal.depth - 1 == literal.field_depth
        {
            let message = format!("{}-string: unmatched '{close}'", literal.prefix());
            return Err(self.syntax_error(message));
        }
        if self.s.extra_tokens {
            return Ok(());
        }
        let place =
            if bracket.lineno == self.s.lineno { String::new() } else { format!(" on line {}", bracket.lineno) };
        let message = format!("closing parenthesis '{close}' does not match opening parenthesis '{open}'{place}");
        Err(self.syntax_error(message))
    }
}

fn matches(open: u8, close: u8) -> bool {
    matches!((open, close), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
}
