//! What the encodings are: tables recorded from CPython's codecs (`tools/multibyte_tables.py`), read when first needed.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// See the program that makes it for what is in it.
static PACKED: &[u8] = include_bytes!("tables.bin");
/// Its size, inflated.
const SIZE: usize = 1 << 20;

const NONE: u16 = 0xffff;
const LONG: u16 = 0xfffe;

/// The names, in the order of the tables.
pub const NAMES: [&str; 16] = [
    "big5",
    "big5hkscs",
    "cp949",
    "cp950",
    "euc_kr",
    "johab",
    "euc_jp",
    "euc_jis_2004",
    "euc_jisx0213",
    "shift_jis",
    "shift_jis_2004",
    "shift_jisx0213",
    "cp932",
    "gb2312",
    "gbk",
    "gb18030",
];

static READ: [OnceLock<Option<Encoding>>; NAMES.len()] = [const { OnceLock::new() }; NAMES.len()];

/// Numbers by two bytes.
#[derive(Default)]
struct Grid {
    leads: (u8, u8),
    trails: (u8, u8),
    values: Vec<u16>,
}

impl Grid {
    fn get(&self, lead: u8, trail: u8) -> u16 {
        if !(self.leads.0..=self.leads.1).contains(&lead) || !(self.trails.0..=self.trails.1).contains(&trail) {
            return NONE;
        }
        let width = usize::from(self.trails.1 - self.trails.0) + 1;
        let at = usize::from(lead - self.leads.0) * width + usize::from(trail - self.trails.0);
        self.values.get(at).copied().unwrap_or(NONE)
    }

    fn each(&self, mut f: impl FnMut(u8, u8, u16)) {
        for lead in self.leads.0..=self.leads.1 {
            for trail in self.trails.0..=self.trails.1 {
                match self.get(lead, trail) {
                    NONE => {}
                    value => f(lead, trail, value),
                }
            }
        }
    }
}

/// One encoding.
pub struct Encoding {
    leads: Vec<u8>,
    singles: Vec<u16>,
    pairs: Grid,
    triples: Grid,
    long: HashMap<[u8; 3], Vec<u32>>,
    /// Characters in order, each with its bytes: their number in the highest byte, the last of them in the lowest.
    codes: Vec<(u32, u32)>,
    /// Two characters that are one code.
    joined: HashMap<(u32, u32), u32>,
    firsts: HashSet<u32>,
    /// Four bytes of GB 18030: index, character, count.
    runs: Vec<(u32, u32, u32)>,
    /// EUC-KR writes a syllable that has no code of its own by its parts.
    by_parts: bool,
    /// Pairs that were given a meaning after this version of JIS X 0213: wrong as a whole.
    late: &'static [(u8, u8)],
}

const LATE_EUC: [(u8, u8); 10] = [
    (0xae, 0xa1),
    (0xaf, 0xfe),
    (0xcf, 0xd4),
    (0xcf, 0xfe),
    (0xf4, 0xa7),
    (0xfe, 0xfa),
    (0xfe, 0xfb),
    (0xfe, 0xfc),
    (0xfe, 0xfd),
    (0xfe, 0xfe),
];

const LATE_SHIFT: [(u8, u8); 10] = [
    (0x87, 0x9f),
    (0x88, 0x9e),
    (0x98, 0x73),
    (0x98, 0x9e),
    (0xea, 0xa5),
    (0xef, 0xf8),
    (0xef, 0xf9),
    (0xef, 0xfa),
    (0xef, 0xfb),
    (0xef, 0xfc),
];

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn bytes(&mut self, n: usize) -> Option<&[u8]> {
        let (front, back) = self.0.split_at_checked(n)?;
        self.0 = back;
        Some(front)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1)?.first().copied()
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.bytes(2)?.try_into().ok()?))
    }

    fn word(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    fn shorts(&mut self, n: usize) -> Option<Vec<u16>> {
        (0..n).map(|_| self.short()).collect()
    }

    fn words(&mut self, n: usize) -> Option<Vec<u32>> {
        (0..n).map(|_| self.word()).collect()
    }

    fn grid(&mut self) -> Option<Grid> {
        let (leads, trails) = ((self.byte()?, self.byte()?), (self.byte()?, self.byte()?));
        let width = |(from, to): (u8, u8)| (usize::from(to) + 1).saturating_sub(usize::from(from));
        let values = self.shorts(width(leads) * width(trails))?;
        if values.is_empty() {
            Some(Grid { leads: (1, 0), ..Grid::default() })
        } else {
            Some(Grid { leads, trails, values })
        }
    }

    fn encoding(&mut self, name: &str) -> Option<Encoding> {
        let leads = self.bytes(256)?.to_vec();
        let singles = self.shorts(256)?;
        let (pairs, triples) = (self.grid()?, self.grid()?);
        let mut long = HashMap::new();
        for _ in 0..self.word()? {
            let key = [self.byte()?, self.byte()?, self.byte()?];
            let count = self.byte()?;
            long.insert(key, self.words(usize::from(count))?);
        }
        let mut own = HashMap::new();
        for _ in 0..self.word()? {
            let count = self.byte()?;
            let text = self.words(usize::from(count))?;
            let len = self.byte()?;
            own.insert(text, packed(self.bytes(usize::from(len))?));
        }
        let mut runs = Vec::new();
        for _ in 0..self.short()? {
            runs.push((self.word()?, self.word()?, self.word()?));
        }
        // What a character is written as is the first code that is read as it, unless the tables say otherwise.
        let mut codes: Vec<(u32, u32)> = Vec::new();
        let mut joined = HashMap::new();
        {
            let mut add = |text: &[u32], bytes: &[u8]| match *text {
                [c] => codes.push((c, packed(bytes))),
                [a, b] => {
                    joined.entry((a, b)).or_insert(packed(bytes));
                }
                _ => {}
            };
            for (byte, c) in (0..=255u8).zip(&singles) {
                if *c != NONE {
                    add(&[u32::from(*c)], &[byte]);
                }
            }
            pairs.each(|lead, trail, value| match long.get(&[0, lead, trail]) {
                Some(text) if value == LONG => add(text, &[lead, trail]),
                _ => add(&[u32::from(value)], &[lead, trail]),
            });
            triples.each(|lead, trail, value| match long.get(&[0x8f, lead, trail]) {
                Some(text) if value == LONG => add(text, &[0x8f, lead, trail]),
                _ => add(&[u32::from(value)], &[0x8f, lead, trail]),
            });
        }
        codes.sort_by_key(|(c, _)| *c);
        codes.dedup_by_key(|(c, _)| *c);
        for (text, code) in own {
            match *text.as_slice() {
                [c] => match codes.binary_search_by_key(&c, |(c, _)| *c) {
                    Ok(at) => codes[at].1 = code,
                    Err(at) => codes.insert(at, (c, code)),
                },
                [a, b] => {
                    joined.insert((a, b), code);
                }
                _ => {}
            }
        }
        let firsts = joined.keys().map(|(a, _)| *a).collect();
        let by_parts = name == "euc_kr";
        let late: &[(u8, u8)] = match name {
            "euc_jisx0213" => &LATE_EUC,
            "shift_jisx0213" => &LATE_SHIFT,
            _ => &[],
        };
        Some(Encoding { leads, singles, pairs, triples, long, codes, joined, firsts, runs, by_parts, late })
    }
}

/// Up to three bytes and their number.
fn packed(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)) | (bytes.len() as u32) << 24
}

fn push_packed(code: u32, out: &mut Vec<u8>) {
    let len = (code >> 24).min(3) as usize;
    out.extend_from_slice(&code.to_be_bytes()[4 - len..]);
}

/// The encoding of that number in [`NAMES`]. `None`: out of memory.
pub fn encoding(number: usize) -> Option<&'static Encoding> {
    READ.get(number)?.get_or_init(|| read(number)).as_ref()
}

fn read(number: usize) -> Option<Encoding> {
    let mut room = Vec::new();
    room.try_reserve_exact(SIZE).ok()?;
    room.resize(SIZE, 0);
    let config = zlib_rs::InflateConfig { window_bits: -15 };
    let whole = zlib_rs::decompress_slice(&mut room, PACKED, config).0;
    let mut reader = Reader(whole);
    reader.byte()?;
    for (i, name) in NAMES.iter().enumerate() {
        let len = reader.byte()?;
        let found = reader.bytes(usize::from(len))? == name.as_bytes();
        debug_assert!(found);
        // Each has to be read to find where the next one begins.
        let encoding = reader.encoding(name)?;
        if i == number {
            return Some(encoding);
        }
    }
    None
}

/// What comes next in bytes.
pub enum Decoded<'a> {
    One(u32, usize),
    Several(&'a [u32], usize),
    /// So many bytes are none.
    Illegal(usize),
    /// All that is left is the beginning of something.
    Incomplete,
}

/// The first index of GB 18030's four bytes for characters beyond the BMP.
const GB_ASTRAL: u32 = 189_000;

const CHO: [u8; 19] =
    [0xa1, 0xa2, 0xa4, 0xa7, 0xa8, 0xa9, 0xb1, 0xb2, 0xb3, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe];
const JONG: [u8; 28] = [
    0xd4, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0xb0, 0xb1, 0xb2, 0xb4,
    0xb5, 0xb6, 0xb7, 0xb8, 0xba, 0xbb, 0xbc, 0xbd, 0xbe,
];
const FIRST_JUNG: u8 = 0xbf;
const JUNGS: u32 = 21;
const FIRST_SYLLABLE: u32 = 0xac00;

impl Encoding {
    /// `input` is not empty.
    pub fn decode(&self, input: &[u8]) -> Decoded<'_> {
        let Some(&lead) = input.first() else { return Decoded::Incomplete };
        match self.leads.get(usize::from(lead)) {
            Some(1) => {
                let c = self.singles.get(usize::from(lead)).copied().unwrap_or(NONE);
                return Decoded::One(u32::from(c), 1);
            }
            Some(2) => {}
            _ => return Decoded::Illegal(1),
        }
        let Some(&trail) = input.get(1) else { return Decoded::Incomplete };
        if lead == 0x8f && !self.triples.values.is_empty() {
            let Some(&last) = input.get(2) else { return Decoded::Incomplete };
            return self.found(self.triples.get(trail, last), [0x8f, trail, last], 3);
        }
        if !self.runs.is_empty() && trail.is_ascii_digit() {
            return self.decode_four(input);
        }
        if self.by_parts && (lead, trail) == (0xa4, 0xd4) {
            return decode_parts(input);
        }
        if self.late.contains(&(lead, trail)) {
            return Decoded::Illegal(2);
        }
        self.found(self.pairs.get(lead, trail), [0, lead, trail], 2)
    }

    fn found(&self, value: u16, key: [u8; 3], len: usize) -> Decoded<'_> {
        match value {
            NONE => Decoded::Illegal(1),
            LONG => self.long.get(&key).map_or(Decoded::Illegal(1), |text| Decoded::Several(text, len)),
            c => Decoded::One(u32::from(c), len),
        }
    }

    fn decode_four(&self, input: &[u8]) -> Decoded<'_> {
        let Some(&[a, b, c, d]) = input.get(..4) else { return Decoded::Incomplete };
        if !(0x81..=0xfe).contains(&a) || !(0x81..=0xfe).contains(&c) || !d.is_ascii_digit() {
            return Decoded::Illegal(1);
        }
        let place = |byte: u8, first: u8| u32::from(byte - first);
        let index = ((place(a, 0x81) * 10 + place(b, 0x30)) * 126 + place(c, 0x81)) * 10 + place(d, 0x30);
        if index >= GB_ASTRAL {
            let c = index - GB_ASTRAL + 0x1_0000;
            return if c < 0x11_0000 { Decoded::One(c, 4) } else { Decoded::Illegal(1) };
        }
        for (first, character, count) in &self.runs {
            if (*first..first + count).contains(&index) {
                return Decoded::One(character + index - first, 4);
            }
        }
        Decoded::Illegal(1)
    }

    /// Is this the first of two characters that are one code?
    pub fn begins_pair(&self, c: u32) -> bool {
        self.firsts.contains(&c)
    }

    /// Writes two characters as one code, if they are.
    pub fn encode_pair(&self, a: u32, b: u32, out: &mut Vec<u8>) -> bool {
        match self.joined.get(&(a, b)) {
            Some(code) => {
                push_packed(*code, out);
                true
            }
            None => false,
        }
    }

    /// Writes a character, if the encoding has it.
    pub fn encode(&self, c: u32, out: &mut Vec<u8>) -> bool {
        if c < 0x80 && self.singles.get(c as usize).is_some_and(|s| u32::from(*s) == c) {
            out.push(c as u8);
            return true;
        }
        if let Ok(at) = self.codes.binary_search_by_key(&c, |(c, _)| *c)
            && let Some((_, code)) = self.codes.get(at)
            && *code != 0
        {
            push_packed(*code, out);
            return true;
        }
        if self.by_parts && (FIRST_SYLLABLE..FIRST_SYLLABLE + 19 * JUNGS * 28).contains(&c) {
            let index = c - FIRST_SYLLABLE;
            let (cho, jung, jong) = (index / (JUNGS * 28), index / 28 % JUNGS, index % 28);
            let (cho, jong) = (CHO[cho as usize % 19], JONG[jong as usize % 28]);
            out.extend_from_slice(&[0xa4, 0xd4, 0xa4, cho, 0xa4, FIRST_JUNG + jung as u8, 0xa4, jong]);
            return true;
        }
        if self.runs.is_empty() || (0xd800..0xe000).contains(&c) {
            return false;
        }
        let index = if c >= 0x1_0000 {
            GB_ASTRAL + c - 0x1_0000
        } else {
            match self.runs.iter().find(|(_, first, count)| (*first..first + count).contains(&c)) {
                Some((index, first, _)) => index + c - first,
                None => return false,
            }
        };
        let digit = |n: u32| 0x30 + (n % 10) as u8;
        let (d, c, b, a) = (index, index / 10, index / 1260, index / 12_600);
        out.extend_from_slice(&[0x81 + a as u8, digit(b), 0x81 + (c % 126) as u8, digit(d)]);
        true
    }
}

/// A syllable of EUC-KR in eight bytes.
fn decode_parts(input: &[u8]) -> Decoded<'static> {
    let Some(&[_, _, a, cho, b, jung, c, jong]) = input.get(..8) else { return Decoded::Incomplete };
    let cho = CHO.iter().position(|code| *code == cho);
    let jong = JONG.iter().position(|code| *code == jong);
    let jung = jung.checked_sub(FIRST_JUNG).map(u32::from).filter(|jung| *jung < JUNGS);
    match (cho, jung, jong) {
        (Some(cho), Some(jung), Some(jong)) if (a, b, c) == (0xa4, 0xa4, 0xa4) => {
            Decoded::One(FIRST_SYLLABLE + (cho as u32 * JUNGS + jung) * 28 + jong as u32, 8)
        }
        _ => Decoded::Illegal(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_back() {
        for (number, name) in NAMES.iter().enumerate() {
            let encoding = encoding(number);
            assert!(encoding.is_some(), "{name}");
            let Some(encoding) = encoding else { continue };
            let mut seen = 0;
            for c in (0..0x11_0000).filter(|c| !(0xd800..0xe000).contains(c)) {
                let mut bytes = Vec::new();
                if !encoding.encode(c, &mut bytes) {
                    continue;
                }
                seen += 1;
                match encoding.decode(&bytes) {
                    Decoded::One(back, len) => {
                        assert_eq!(len, bytes.len(), "{name} {c:x}");
                        // A few characters are written as another that looks like them.
                        assert!(back == c || c > 0x7f, "{name} {c:x}");
                    }
                    Decoded::Several(text, _) => assert_eq!(text, [c]),
                    // The filler begins a syllable in parts.
                    _ => assert_eq!((*name, c), ("euc_kr", 0x3164), "{bytes:?}"),
                }
            }
            assert!(seen > 7000, "{name}");
        }
    }
}
