//! String literals, and the text of f-strings and t-strings.

use super::kinds::{FSTRING_END, FSTRING_MIDDLE, FSTRING_START, STRING, TSTRING_END, TSTRING_MIDDLE, TSTRING_START};
use super::state::{Done, EOF, Got, Lexer, Literal, MAX_FIELDS, MAX_STRINGS, NoToken, Token};

const NEWLINE: i32 = b'\n' as i32;
const CARRIAGE_RETURN: i32 = b'\r' as i32;
const BACKSLASH: i32 = b'\\' as i32;
const OPEN: i32 = b'{' as i32;
const CLOSE: i32 = b'}' as i32;

/// The letters before a quote.
#[derive(Default)]
pub struct Prefix {
    b: bool,
    r: bool,
    u: bool,
    f: bool,
    t: bool,
}

impl Prefix {
    /// Takes one more letter, unless it is none of a prefix or there already.
    pub fn take(&mut self, c: i32) -> bool {
        let seen = match u8::try_from(c).map(|c| c.to_ascii_lowercase()) {
            Ok(b'b') => &mut self.b,
            Ok(b'r') => &mut self.r,
            Ok(b'u') => &mut self.u,
            Ok(b'f') => &mut self.f,
            Ok(b't') => &mut self.t,
            _ => return false,
        };
        !std::mem::replace(seen, true)
    }

    pub fn interpolates(&self) -> bool {
        self.f || self.t
    }

    /// Two letters that don't go together.
    fn conflict(&self) -> Option<(char, char)> {
        let pairs = [
            (self.u && self.b, 'u', 'b'),
            (self.u && self.r, 'u', 'r'),
            (self.u && self.f, 'u', 'f'),
            (self.u && self.t, 'u', 't'),
            (self.b && self.f, 'b', 'f'),
            (self.b && self.t, 'b', 't'),
            (self.f && self.t, 'f', 't'),
        ];
        pairs.iter().find(|p| p.0).map(|p| (p.1, p.2))
    }
}

impl Lexer<'_> {
    /// Refuses prefixes such as `ub`; the quote has been read.
    pub fn check_prefix(&mut self, prefix: &Prefix) -> Got<()> {
        let Some((a, b)) = prefix.conflict() else { return Ok(()) };
        let line = self.s.line_start;
        let start = (self.s.start.unwrap_or(0) + 1).saturating_sub(line);
        let end = self.s.cur.saturating_sub(line);
        Err(self.syntax_error_at(start, end, format!("'{a}' and '{b}' prefixes are incompatible")))
    }

    fn mark_string(&mut self) {
        self.s.first_lineno = self.s.lineno;
        self.s.multi_line_start = self.s.line_start;
    }

    /// The beginning of an f-string or t-string, whose first quote has been read.
    pub fn start_literal(&mut self, quote: i32, prefix: &Prefix) -> Got {
        self.mark_string();
        let mut quote_size = 1;
        let second = self.next_char();
        if second == quote {
            let third = self.next_char();
            if third == quote {
                quote_size = 3;
            } else {
                self.back(third);
                self.back(second);
            }
        } else {
            self.back(second);
        }
        if self.s.literals.len() + 1 >= MAX_STRINGS {
            return Err(self.syntax_error("too many nested f-strings or t-strings"));
        }
        self.s.literals.push(Literal {
            in_text: true,
            template: prefix.t,
            raw: prefix.r,
            quote,
            quote_size,
            start: self.s.start.unwrap_or(0),
            line_start: self.s.line_start,
            lineno: self.s.lineno,
            depth: 0,
            field_depth: -1,
            in_format_spec: false,
            debug: false,
        });
        Ok(self.token(if prefix.t { TSTRING_START } else { FSTRING_START }))
    }

    /// A plain string, whose first quote has been read.
    pub fn string(&mut self, quote: i32) -> Got {
        self.mark_string();
        let (mut quote_size, mut closing) = (1, 0);
        let mut escaped_quote = false;
        let mut c = self.next_char();
        if c == quote {
            c = self.next_char();
            if c == quote {
                quote_size = 3;
            } else {
                // Empty.
                closing = 1;
            }
        }
        if c != quote {
            self.back(c);
        }
        while closing != quote_size {
            c = self.next_char();
            match self.s.done {
                Done::Error | Done::Unreadable => return Err(NoToken),
                _ => {}
            }
            if c == EOF || (quote_size == 1 && c == NEWLINE) {
                return Err(self.unterminated(quote, quote_size, c, escaped_quote));
            }
            if c == quote {
                closing += 1;
                continue;
            }
            closing = 0;
            if c == BACKSLASH {
                c = self.next_char();
                escaped_quote |= c == quote;
                if c == CARRIAGE_RETURN {
                    self.next_char();
                }
            }
        }
        Ok(self.token(STRING))
    }

    /// Reports a string without end at its first quote.
    fn unterminated(&mut self, quote: i32, quote_size: usize, at: i32, escaped_quote: bool) -> NoToken {
        self.s.cur = self.s.start.unwrap_or(0) + 1;
        self.s.line_start = self.s.multi_line_start;
        let detected = self.s.lineno;
        self.s.lineno = self.s.first_lineno;
        // The quote may have been meant to end the f-string around it.
        if let Some(literal) = self.s.literals.last()
            && literal.quote == quote
            && literal.quote_size == quote_size
        {
            let message = format!("{}-string: expecting '}}'", literal.prefix());
            return self.syntax_error(message);
        }
        let what =
            if quote_size == 3 { "unterminated triple-quoted string literal" } else { "unterminated string literal" };
        let hint = if quote_size == 1 && escaped_quote { "; perhaps you escaped the end quote?" } else { "" };
        self.syntax_error(format!("{what} (detected at line {detected}){hint}"));
        if at != NEWLINE {
            self.s.done = Done::EofInString;
        }
        NoToken
    }

    fn middle(&self, template: bool, end: usize) -> Token {
        let kind = if template { TSTRING_MIDDLE } else { FSTRING_MIDDLE };
        Token { kind, start: self.s.start, end }
    }

    /// Leaves the text for an expression.
    fn enter_expression(&mut self) -> Got<()> {
        let Some(literal) = self.s.literals.last_mut() else { return Ok(()) };
        literal.field_depth += 1;
        if literal.field_depth >= MAX_FIELDS {
            let message = format!("{}-string: expressions nested too deeply", literal.prefix());
            return Err(self.syntax_error(message));
        }
        literal.in_text = false;
        Ok(())
    }

    /// The next token of the text of an f-string or t-string.
    pub fn literal_text(&mut self) -> Got {
        self.s.start = Some(self.s.cur);
        self.mark_string();
        let Some(literal) = self.s.literals.last() else { return self.code() };
        let (quote, quote_size, template, raw) = (literal.quote, literal.quote_size, literal.template, literal.raw);
        let (prefix, in_format_spec) = (literal.prefix(), literal.in_format_spec && literal.in_field());

        let first = self.next_char();
        if first == OPEN {
            let second = self.next_char();
            self.back(second);
            self.back(first);
            if second != OPEN {
                self.enter_expression()?;
                return self.code();
            }
        } else {
            self.back(first);
        }

        // At its end?
        let mut quotes = 0;
        while quotes < quote_size {
            let c = self.next_char();
            if c != quote {
                self.back(c);
                break;
            }
            quotes += 1;
        }
        if quotes == quote_size {
            self.s.literals.pop();
            return Ok(self.token(if template { TSTRING_END } else { FSTRING_END }));
        }

        // Inside `\N{...}`.
        let mut named_escape = false;
        let mut closing = 0;
        while closing != quote_size {
            let c = self.next_char();
            if matches!(self.s.done, Done::Error | Done::Unreadable) {
                return Err(NoToken);
            }
            if c == EOF || (quote_size == 1 && c == NEWLINE) {
                if in_format_spec && c == NEWLINE {
                    return Err(self.syntax_error(format!(
                        "{prefix}-string: newlines are not allowed in format specifiers for single quoted {prefix}-strings"
                    )));
                }
                return Err(self.unterminated_literal(c));
            }
            if c == quote {
                closing += 1;
                continue;
            }
            closing = 0;
            if c == OPEN {
                let peek = self.next_char();
                if peek == OPEN && !in_format_spec {
                    return Ok(self.middle(template, self.s.cur - 1));
                }
                self.back(peek);
                self.back(c);
                self.enter_expression()?;
                if let Some(literal) = self.s.literals.last_mut() {
                    literal.in_format_spec = false;
                }
                return Ok(self.middle(template, self.s.cur));
            }
            if c == CLOSE {
                if named_escape {
                    return Ok(self.middle(template, self.s.cur));
                }
                let peek = self.next_char();
                let depth = self.s.literals.last().map_or(0, |l| l.depth);
                if peek == CLOSE && !in_format_spec && depth == 0 {
                    return Ok(self.middle(template, self.s.cur - 1));
                }
                self.back(peek);
                self.back(c);
                if let Some(literal) = self.s.literals.last_mut() {
                    literal.in_text = false;
                    literal.in_format_spec = false;
                }
                return Ok(self.middle(template, self.s.cur));
            }
            if c == BACKSLASH {
                let mut peek = self.next_char();
                if peek == CARRIAGE_RETURN {
                    peek = self.next_char();
                }
                if peek == OPEN || peek == CLOSE {
                    if !raw {
                        let brace = peek as u8 as char;
                        self.warn(
                            &format!("\"\\{brace}\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \"\\\\{brace}\"? A raw string is also an option."),
                            &format!("\"\\{brace}\" is an invalid escape sequence. Did you mean \"\\\\{brace}\"? A raw string is also an option."),
                        )?;
                    }
                    self.back(peek);
                    continue;
                }
                if !raw && peek == i32::from(b'N') {
                    let brace = self.next_char();
                    if brace == OPEN {
                        named_escape = true;
                    } else {
                        self.back(brace);
                    }
                }
            }
        }
        // The quotes are the next token.
        for _ in 0..quote_size {
            self.back(quote);
        }
        Ok(self.middle(template, self.s.cur))
    }

    /// Reports an f-string or t-string without end at its first character.
    fn unterminated_literal(&mut self, at: i32) -> NoToken {
        let Some(literal) = self.s.literals.last() else { return NoToken };
        let (prefix, quote_size) = (literal.prefix(), literal.quote_size);
        self.s.cur = literal.start + 1;
        self.s.line_start = literal.line_start;
        let detected = self.s.lineno;
        self.s.lineno = literal.lineno;
        let triple = if quote_size == 3 { "triple-quoted " } else { "" };
        self.syntax_error(format!("unterminated {triple}{prefix}-string literal (detected at line {detected})"));
        if quote_size == 3 && at != NEWLINE {
            self.s.done = Done::EofInString;
        }
        NoToken
    }
}
