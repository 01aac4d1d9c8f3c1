//! Type codes: the letters by which `_SimpleCData` names C's types.

/// A letter of [`Code::ALL`], or one of the two that only fields have: `s` and `U`, arrays of characters as strings.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Code(u8);

/// What a letter stands for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// So many bytes, signed or not.
    Int(usize, bool),
    Bool,
    /// A `short` that is 0 or -1.
    VariantBool,
    Float,
    Double,
    LongDouble,
    FloatComplex,
    DoubleComplex,
    LongDoubleComplex,
    Char,
    WideChar,
    /// The address of bytes that end with a zero; of wide characters; of anything.
    CharPointer,
    WideCharPointer,
    Pointer,
    /// A Python object.
    Object,
    /// Bytes, wide characters in place.
    CharArray,
    WideCharArray,
}

/// C's `wchar_t`, and `long double` on the architectures that are supported.
pub const WIDE: usize = size_of::<libc::wchar_t>();
pub const LONG_DOUBLE: usize = 16;

impl Code {
    /// In the order in which an error lists them.
    pub const ALL: &str = "cbBhHiIlLdDFGfuzZqQPOv?g";
    pub const CHAR_ARRAY: Code = Code(b's');
    pub const WIDE_ARRAY: Code = Code(b'U');
    pub const POINTER: Code = Code(b'P');
    pub const CHAR_POINTER: Code = Code(b'z');
    pub const WIDE_POINTER: Code = Code(b'Z');

    pub fn of(letter: u8) -> Option<Code> {
        Code::ALL.as_bytes().contains(&letter).then_some(Code(letter))
    }

    pub fn letter(self) -> u8 {
        self.0
    }

    pub fn kind(self) -> Kind {
        match self.0 {
            b'b' => Kind::Int(1, true),
            b'B' => Kind::Int(1, false),
            b'h' => Kind::Int(2, true),
            b'H' => Kind::Int(2, false),
            b'i' => Kind::Int(4, true),
            b'I' => Kind::Int(4, false),
            b'l' | b'q' => Kind::Int(8, true),
            b'L' | b'Q' => Kind::Int(8, false),
            b'?' => Kind::Bool,
            b'v' => Kind::VariantBool,
            b'f' => Kind::Float,
            b'd' => Kind::Double,
            b'g' => Kind::LongDouble,
            b'F' => Kind::FloatComplex,
            b'D' => Kind::DoubleComplex,
            b'G' => Kind::LongDoubleComplex,
            b'c' => Kind::Char,
            b'u' => Kind::WideChar,
            b'z' => Kind::CharPointer,
            b'Z' => Kind::WideCharPointer,
            b'O' => Kind::Object,
            b's' => Kind::CharArray,
            b'U' => Kind::WideCharArray,
            _ => Kind::Pointer,
        }
    }

    /// Bytes; of an array's item.
    pub fn size(self) -> usize {
        match self.kind() {
            Kind::Int(n, _) => n,
            Kind::Bool | Kind::Char | Kind::CharArray => 1,
            Kind::VariantBool => 2,
            Kind::Float => 4,
            Kind::WideChar | Kind::WideCharArray => WIDE,
            Kind::Double | Kind::FloatComplex => 8,
            Kind::LongDouble | Kind::DoubleComplex => 16,
            Kind::LongDoubleComplex => 32,
            Kind::CharPointer | Kind::WideCharPointer | Kind::Pointer | Kind::Object => size_of::<usize>(),
        }
    }

    pub fn align(self) -> usize {
        match self.kind() {
            Kind::FloatComplex => 4,
            Kind::DoubleComplex => 8,
            Kind::LongDoubleComplex => LONG_DOUBLE,
            _ => self.size(),
        }
    }

    /// Has the type a twin of the other byte order?
    pub fn swaps(self) -> bool {
        use Kind::{Bool, Double, DoubleComplex, Float, FloatComplex, Int};
        matches!(self.kind(), Int(..) | Bool | Float | Double | FloatComplex | DoubleComplex)
    }

    /// Its letter in the format of a buffer (PEP 3118), which goes by size.
    pub fn format_letter(self) -> char {
        match self.0 {
            b'l' => 'q',
            b'L' => 'Q',
            letter => char::from(letter),
        }
    }

    pub fn is_pointer(self) -> bool {
        matches!(self.kind(), Kind::CharPointer | Kind::WideCharPointer | Kind::Pointer | Kind::Object)
    }
}
