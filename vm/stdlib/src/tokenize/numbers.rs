//! Numbers.

use super::kinds::NUMBER;
use super::lexer::is_name_char;
use super::state::{Got, Lexer, Token};

pub fn is_digit(c: i32) -> bool {
    (i32::from(b'0')..=i32::from(b'9')).contains(&c)
}

fn is(c: i32, any: &[u8]) -> bool {
    u8::try_from(c).is_ok_and(|c| any.contains(&c))
}

/// A base other than ten.
struct Base {
    name: &'static str,
    holds: fn(i32) -> bool,
}

const HEXADECIMAL: Base = Base { name: "hexadecimal", holds: |c| is(c, b"0123456789abcdefABCDEF") };
const OCTAL: Base = Base { name: "octal", holds: |c| is(c, b"01234567") };
const BINARY: Base = Base { name: "binary", holds: |c| is(c, b"01") };

impl Lexer<'_> {
    /// A number that begins with the digit `c`.
    pub fn number(&mut self, c: i32) -> Got {
        if c != i32::from(b'0') {
            let c = self.decimal_tail()?;
            return self.after_integer(c);
        }
        let mut c = self.next_char();
        if is(c, b"xX") {
            return self.based(&HEXADECIMAL);
        }
        if is(c, b"oO") {
            return self.based(&OCTAL);
        }
        if is(c, b"bB") {
            return self.based(&BINARY);
        }
        // Zeros; what follows may be a float.
        loop {
            if is(c, b"_") {
                c = self.next_char();
                if !is_digit(c) {
                    self.back(c);
                    return Err(self.syntax_error("invalid decimal literal"));
                }
            }
            if !is(c, b"0") {
                break;
            }
            c = self.next_char();
        }
        let zeros_end = self.s.cur;
        if is_digit(c) {
            c = self.decimal_tail()?;
            if !is(c, b".eEjJ") && !self.s.extra_tokens {
                self.back(c);
                let start = self.s.start.unwrap_or(0) + 1;
                let line = self.s.line_start;
                return Err(self.syntax_error_at(
                    start.saturating_sub(line),
                    zeros_end.saturating_sub(line),
                    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
                ));
            }
        }
        self.after_integer(c)
    }

    /// Digits in another base, behind the letter that names it.
    fn based(&mut self, base: &Base) -> Got {
        let mut c = self.next_char();
        loop {
            if is(c, b"_") {
                c = self.next_char();
            }
            if !(base.holds)(c) {
                if is_digit(c) {
                    return Err(self.bad_digit(c, base));
                }
                self.back(c);
                return Err(self.syntax_error(format!("invalid {} literal", base.name)));
            }
            while (base.holds)(c) {
                c = self.next_char();
            }
            if !is(c, b"_") {
                break;
            }
        }
        if is_digit(c) {
            return Err(self.bad_digit(c, base));
        }
        self.end_of_number(c, base.name)?;
        self.finish(c)
    }

    fn bad_digit(&mut self, c: i32, base: &Base) -> super::state::NoToken {
        self.syntax_error(format!("invalid digit '{}' in {} literal", c as u8 as char, base.name))
    }

    /// Behind the digits of an integer, `c` being the character there.
    fn after_integer(&mut self, c: i32) -> Got {
        if is(c, b".") {
            let c = self.next_char();
            return self.fraction(c);
        }
        self.exponent(c)
    }

    /// Behind the point.
    pub fn fraction(&mut self, mut c: i32) -> Got {
        if is_digit(c) {
            c = self.decimal_tail()?;
        }
        self.exponent(c)
    }

    fn exponent(&mut self, mut c: i32) -> Got {
        if is(c, b"eE") {
            let e = c;
            c = self.next_char();
            if is(c, b"+-") {
                c = self.next_char();
                if !is_digit(c) {
                    self.back(c);
                    return Err(self.syntax_error("invalid decimal literal"));
                }
            } else if !is_digit(c) {
                // No exponent, but perhaps `1else`.
                self.back(c);
                self.end_of_number(e, "decimal")?;
                return self.finish(e);
            }
            c = self.decimal_tail()?;
        }
        if is(c, b"jJ") {
            c = self.next_char();
            self.end_of_number(c, "imaginary")?;
        } else {
            self.end_of_number(c, "decimal")?;
        }
        self.finish(c)
    }

    fn finish(&mut self, c: i32) -> Got<Token> {
        self.back(c);
        Ok(self.token(NUMBER))
    }

    /// Digits and underscores; gives the character behind them.
    fn decimal_tail(&mut self) -> Got<i32> {
        loop {
            let mut c = self.next_char();
            while is_digit(c) {
                c = self.next_char();
            }
            if !is(c, b"_") {
                return Ok(c);
            }
            c = self.next_char();
            if !is_digit(c) {
                self.back(c);
                return Err(self.syntax_error("invalid decimal literal"));
            }
        }
    }

    /// Do these characters come next, and then the end of a name? Reads nothing.
    fn looks_at(&mut self, rest: &[u8]) -> bool {
        let text = self.s.buf.get(self.s.cur..).unwrap_or(&[]);
        text.starts_with(rest) && !text.get(rest.len()).is_some_and(|c| is_name_char(i32::from(*c)))
    }

    /// A keyword right behind a number is deprecated, any other name an error. `c` is its first character.
    fn end_of_number(&mut self, c: i32, kind: &str) -> Got<()> {
        if self.s.extra_tokens {
            return Ok(());
        }
        let keyword = match u8::try_from(c) {
            Ok(b'a') => self.looks_at(b"nd"),
            Ok(b'e') => self.looks_at(b"lse"),
            Ok(b'f') => self.looks_at(b"or"),
            Ok(b'i') => is(i32::from(self.s.byte_at(self.s.cur)), b"fns"),
            Ok(b'o') => self.looks_at(b"r"),
            Ok(b'n') => self.looks_at(b"ot"),
            _ => false,
        };
        let message = format!("invalid {kind} literal");
        if keyword {
            self.back(c);
            self.warn(&message, &message)?;
            self.next_char();
        } else if c < 128 && is_name_char(c) {
            self.back(c);
            return Err(self.syntax_error(message));
        }
        Ok(())
    }
}
