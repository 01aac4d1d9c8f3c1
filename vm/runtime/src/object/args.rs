//! The arguments of native functions: [`Params`], parsed at compile time from CPython's text signature, and [`Args`],
//! the arguments bound to them.

use crate::object::Ref;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

/// At most this many named parameters.
pub const MAX_PARAMS: usize = 20;

/// The parameters of a native function.
///
/// Made from a signature such as `"($self, iterable=(), /, *, key=None, **kwargs)"`; the text itself is the
/// function's `__text_signature__`. `$self`, `$cls` and `$module` are not counted among the names of keyword
/// arguments, but `$self` and `$cls` are a positional argument (the first).
#[derive(Copy, Clone)]
pub struct Params {
    pub text: Option<&'static str>,
    /// The names in order: positional-only, positional-or-keyword, keyword-only. `$self` is one.
    pub names: [&'static str; MAX_PARAMS],
    pub count: u8,
    /// How many of `names` are positional-only; positional at all (keyword-only ones follow).
    pub posonly: u8,
    pub positional: u8,
    /// Positional parameters without a default.
    pub required: u8,
    /// Bit `i`: keyword-only parameter `names[i]` has no default.
    pub required_kwonly: u32,
    pub varargs: bool,
    pub varkw: bool,
    /// `$self` or `$cls` comes first.
    pub has_self: bool,
}

impl Params {
    /// Does it take so many arguments without names, and no others?
    pub fn takes(&self, n: usize) -> bool {
        let fits = n <= self.positional as usize || self.varargs;
        fits && n >= self.required as usize && self.required_kwonly == 0
    }

    /// `n` positional-only parameters without names.
    pub const fn exact(n: u8) -> Params {
        Params {
            text: None,
            names: [""; MAX_PARAMS],
            count: n,
            posonly: n,
            positional: n,
            required: n,
            required_kwonly: 0,
            varargs: false,
            varkw: false,
            has_self: false,
        }
    }

    /// Parses a text signature. A malformed one is a compile-time error (an index out of range in a constant).
    pub const fn parse(text: &'static str) -> Params {
        let mut p = Params::exact(0);
        p.text = Some(text);
        let b = text.as_bytes();
        assert!(b.len() >= 2 && b[0] == b'(' && b[b.len() - 1] == b')', "a signature stands in parentheses");
        let mut i = 1;
        let end = b.len() - 1;
        let mut kwonly = false;
        while i < end {
            while i < end && (b[i] == b' ' || b[i] == b',') {
                i += 1;
            }
            if i >= end {
                break;
            }
            let start = i;
            // One parameter reaches to the next comma outside brackets and quotes.
            let mut depth = 0;
            let mut quote = 0u8;
            let mut default = false;
            let mut name_end = 0;
            while i < end && (depth > 0 || quote != 0 || b[i] != b',') {
                let c = b[i];
                if quote != 0 {
                    if c == quote {
                        quote = 0;
                    }
                } else if c == b'\'' || c == b'"' {
                    quote = c;
                } else if c == b'(' || c == b'[' || c == b'{' {
                    depth += 1;
                } else if c == b')' || c == b']' || c == b'}' {
                    depth -= 1;
                } else if c == b'=' && !default {
                    default = true;
                    name_end = i;
                }
                i += 1;
            }
            if !default {
                name_end = i;
            }
            let first = b[start];
            if first == b'/' {
                p.posonly = p.count;
            } else if first == b'*' && start + 1 < end && b[start + 1] == b'*' {
                p.varkw = true;
            } else if first == b'*' {
                kwonly = true;
                if name_end > start + 1 {
                    p.varargs = true;
                }
            } else {
                let skip = if first == b'$' { 1 } else { 0 };
                let (_, rest) = text.split_at(start + skip);
                let (name, _) = rest.split_at(name_end - start - skip);
                if first == b'$' && is_module(name) {
                    continue;
                }
                if first == b'$' {
                    p.has_self = true;
                    p.posonly = 1;
                }
                p.names[p.count as usize] = name;
                if kwonly {
                    if !default {
                        p.required_kwonly |= 1 << p.count;
                    }
                } else {
                    p.positional = p.count + 1;
                    if !default {
                        p.required = p.count + 1;
                    }
                }
                p.count += 1;
            }
        }
        if p.posonly > p.positional {
            p.posonly = p.positional;
        }
        p
    }
}

const fn is_module(name: &str) -> bool {
    let b = name.as_bytes();
    b.len() == 6 && b[0] == b'm' && b[1] == b'o' && b[2] == b'd'
}

/// The arguments of a call of a [`Func::V`](super::Func::V), bound to its parameters.
pub struct Args<'a> {
    /// One slot per named parameter, in the order of [`Params::names`]; empty where not given.
    pub bound: &'a [Slot],
    /// The positional arguments beyond the named ones (`*args`).
    pub rest: &'a [Value],
    /// For `**kwargs`: names and values of the keyword arguments that no parameter took.
    pub kw: Keywords<'a>,
}

/// Keyword arguments that were left over for `**kwargs`.
#[derive(Copy, Clone)]
pub struct Keywords<'a> {
    /// Names, parallel to `values`. A name that a parameter took is skipped by [`Keywords::iter`].
    pub(crate) names: Option<Ref<PyTuple>>,
    pub(crate) values: &'a [Value],
    /// Bit `i`: a parameter took the `i`-th (functions with `**kwargs` take at most 64 keywords by name).
    pub(crate) taken: u64,
}

impl<'a> Keywords<'a> {
    pub const NONE: Keywords<'static> = Keywords { names: None, values: &[], taken: 0 };

    /// (name, value) pairs.
    pub fn iter(&self) -> impl Iterator<Item = (Value, Value)> + 'a {
        let Keywords { names, values, taken } = *self;
        let all = names.map_or(0, |n| n.len());
        (0..all)
            .filter(move |i| *i >= 64 || taken & (1 << i) == 0)
            .filter_map(move |i| Some((names?.get(i)?, *values.get(i)?)))
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl<'a> Args<'a> {
    /// The argument of parameter `i` (`self` is 0), if given.
    #[inline]
    pub fn opt(&self, i: usize) -> Slot {
        self.bound.get(i).copied().flatten()
    }

    /// The argument of parameter `i`, if given and not None.
    #[inline]
    pub fn opt_not_none(&self, i: usize) -> Slot {
        self.opt(i).filter(|v| !v.is_none())
    }

    /// The argument of a required parameter. (The binder has checked that it is there.)
    #[inline]
    pub fn get(&self, i: usize) -> Value {
        self.opt(i).unwrap_or(Value::NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures() {
        let p = Params::parse("($self, iterable=(), /, *, key=None, reverse=False)");
        assert_eq!((p.count, p.posonly, p.positional, p.required), (4, 2, 2, 1));
        assert_eq!(&p.names[..4], &["self", "iterable", "key", "reverse"]);
        let p = Params::parse("($module, a, b='x,y', *args, c, **kwargs)");
        assert_eq!((p.count, p.posonly, p.positional, p.required), (3, 0, 2, 1));
        assert!(p.varargs && p.varkw);
        assert_eq!(p.required_kwonly, 1 << 2);
        let p = Params::parse("(x, /)");
        assert_eq!((p.count, p.posonly, p.required), (1, 1, 1));
    }
}
