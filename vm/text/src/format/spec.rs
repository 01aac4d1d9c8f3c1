//! The format-spec mini-language: `[[fill]align][sign][z][#][0][width][,_][.precision[,_]][type]`.

use crate::Text;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Grouping {
    #[default]
    None,
    /// Every three digits.
    Comma,
    /// Every three digits, or every four of a binary, octal or hexadecimal number.
    Underscore,
}

impl Grouping {
    fn symbol(self) -> Option<char> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some(','),
            Grouping::Underscore => Some('_'),
        }
    }
}

/// A parsed format spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    pub fill: u32,
    /// One of `<`, `>`, `=`, `^`.
    pub align: u8,
    /// `+`, `-`, a space, or 0 when not given.
    pub sign: u8,
    pub no_neg_0: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Grouping,
    pub precision: Option<usize>,
    pub fraction_grouping: Grouping,
    /// The presentation type; the default that the caller gave, which may be 0.
    pub kind: u32,
}

/// Why a spec cannot be used. [`SpecError::message`] gives CPython's text; all are `ValueError` but `CharRange`
/// (`OverflowError`) and `NoMemory` (`MemoryError`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecError {
    TooManyDigits,
    CommaAndUnderscore,
    MissingPrecision,
    /// The whole spec is wrong.
    Invalid(String),
    Separator(char, u32),
    UnknownCode(u32),
    NotAllowed(&'static str),
    PrecisionTooBig,
    CharRange,
    NoMemory,
}

impl From<crate::NoMemory> for SpecError {
    fn from(_: crate::NoMemory) -> Self {
        SpecError::NoMemory
    }
}

fn quoted(code: u32) -> String {
    match char::from_u32(code) {
        Some(c) if (33..128).contains(&code) => c.to_string(),
        _ => format!("\\x{code:x}"),
    }
}

impl SpecError {
    /// `type_name` is that of the object being formatted.
    pub fn message(&self, type_name: &str) -> String {
        match self {
            SpecError::TooManyDigits => "Too many decimal digits in format string".into(),
            SpecError::CommaAndUnderscore => "Cannot specify both ',' and '_'.".into(),
            SpecError::MissingPrecision => "Format specifier missing precision".into(),
            SpecError::Invalid(spec) => format!("Invalid format specifier '{spec}' for object of type '{type_name}'"),
            SpecError::Separator(separator, kind) => format!("Cannot specify '{separator}' with '{}'.", quoted(*kind)),
            SpecError::UnknownCode(kind) => {
                format!("Unknown format code '{}' for object of type '{type_name}'", quoted(*kind))
            }
            SpecError::NotAllowed(text) => (*text).into(),
            SpecError::PrecisionTooBig => "precision too big".into(),
            SpecError::CharRange => "%c arg not in range(0x110000)".into(),
            SpecError::NoMemory => crate::NoMemory.to_string(),
        }
    }
}

/// Reads a decimal number (any script's digits, as CPython) at `*at`: `Ok(None)` when there is none.
pub(super) fn read_integer(text: Text<'_>, at: &mut usize) -> Result<Option<usize>, SpecError> {
    let mut value: Option<usize> = None;
    while let Some(digit) = text.get(*at).and_then(crate::unicode::decimal_value) {
        let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(usize::from(digit)));
        // Sizes are signed in CPython.
        let next = next.filter(|&v| v <= isize::MAX as usize).ok_or(SpecError::TooManyDigits)?;
        value = Some(next);
        *at += 1;
    }
    Ok(value)
}

fn is_align(code: Option<u32>) -> Option<u8> {
    match code {
        Some(c @ (0x3C..=0x3E | 0x5E)) => Some(c as u8),
        _ => None,
    }
}

/// Parses `spec`; `default_kind` 0 means no type, `default_align` is `<` or `>`.
pub fn parse(spec: Text<'_>, default_kind: u32, default_align: u8) -> Result<FormatSpec, SpecError> {
    let mut out = FormatSpec {
        fill: 0x20,
        align: default_align,
        sign: 0,
        no_neg_0: false,
        alternate: false,
        width: None,
        grouping: Grouping::None,
        precision: None,
        fraction_grouping: Grouping::None,
        kind: default_kind,
    };
    if spec.is_empty() {
        return Ok(out);
    }
    let mut at = 0;
    let mut fill_given = false;
    let mut align_given = true;
    if let (Some(fill), Some(align)) = (spec.get(0), is_align(spec.get(1))) {
        (out.fill, out.align) = (fill, align);
        fill_given = true;
        at = 2;
    } else if let Some(align) = is_align(spec.get(0)) {
        out.align = align;
        at = 1;
    } else {
        align_given = false;
    }
    let peek = |at: usize| spec.get(at).and_then(|c| u8::try_from(c).ok()).unwrap_or(0);
    if matches!(peek(at), b' ' | b'+' | b'-') {
        out.sign = peek(at);
        at += 1;
    }
    if peek(at) == b'z' {
        out.no_neg_0 = true;
        at += 1;
    }
    if peek(at) == b'#' {
        out.alternate = true;
        at += 1;
    }
    if !fill_given && peek(at) == b'0' {
        out.fill = u32::from(b'0');
        if !align_given && default_align == b'>' {
            out.align = b'=';
        }
        at += 1;
    }
    out.width = read_integer(spec, &mut at)?;
    out.grouping = read_grouping(&peek, &mut at)?;
    if peek(at) == b'.' {
        at += 1;
        out.precision = read_integer(spec, &mut at)?;
        out.fraction_grouping = read_grouping(&peek, &mut at)?;
        if out.precision.is_none() && out.fraction_grouping == Grouping::None {
            return Err(SpecError::MissingPrecision);
        }
    }
    if spec.len() - at.min(spec.len()) > 1 {
        return Err(SpecError::Invalid(spec.to_string_lossy()));
    }
    if let Some(kind) = spec.get(at) {
        out.kind = kind;
    }
    check_grouping(&out)?;
    Ok(out)
}

fn read_grouping(peek: &impl Fn(usize) -> u8, at: &mut usize) -> Result<Grouping, SpecError> {
    let mut grouping = Grouping::None;
    if peek(*at) == b',' {
        grouping = Grouping::Comma;
        *at += 1;
    }
    if peek(*at) == b'_' {
        if grouping != Grouping::None {
            return Err(SpecError::CommaAndUnderscore);
        }
        grouping = Grouping::Underscore;
        *at += 1;
    }
    if peek(*at) == b',' && grouping == Grouping::Underscore {
        return Err(SpecError::CommaAndUnderscore);
    }
    Ok(grouping)
}

fn check_grouping(spec: &FormatSpec) -> Result<(), SpecError> {
    let kind = spec.kind;
    if let Some(symbol) = spec.grouping.symbol() {
        let fits = match u8::try_from(kind).unwrap_or(b'?') {
            b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0 => true,
            b'b' | b'o' | b'x' | b'X' => symbol == '_',
            _ => false,
        };
        if !fits {
            return Err(SpecError::Separator(symbol, kind));
        }
    }
    match spec.fraction_grouping.symbol() {
        Some(symbol) if kind == u32::from(b'n') => Err(SpecError::Separator(symbol, kind)),
        _ => Ok(()),
    }
}

/// How an integer is to be presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntKind {
    /// Digits in this base.
    Base(u32),
    Char,
    /// As the float of the same value: use [`super::apply::format_float`].
    Float,
}

impl FormatSpec {
    /// The presentation of an `int`, with the checks that CPython makes.
    pub fn int_kind(&self) -> Result<IntKind, SpecError> {
        let kind = match u8::try_from(self.kind).unwrap_or(b'?') {
            b'd' | b'n' => IntKind::Base(10),
            b'b' => IntKind::Base(2),
            b'o' => IntKind::Base(8),
            b'x' | b'X' => IntKind::Base(16),
            b'c' => IntKind::Char,
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => return Ok(IntKind::Float),
            _ => return Err(SpecError::UnknownCode(self.kind)),
        };
        let no = |text| Err(SpecError::NotAllowed(text));
        if self.precision.is_some() {
            return no("Precision not allowed in integer format specifier");
        }
        if self.no_neg_0 {
            return no("Negative zero coercion (z) not allowed in integer format specifier");
        }
        if kind == IntKind::Char {
            if self.sign != 0 {
                return no("Sign not allowed with integer format specifier 'c'");
            }
            if self.alternate {
                return no("Alternate form (#) not allowed with integer format specifier 'c'");
            }
        }
        Ok(kind)
    }
}
