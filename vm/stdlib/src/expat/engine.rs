//! The parser itself, without Python: text goes in piece by piece, and events come out.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::chars::{char_ref, is_char, is_space, name_len, normal_lines};
use super::codes::Code;
use super::decode::{self, Encoding, Start};
use super::dtd::Dtd;
use super::event::{Event, Position, Reported, Wanted};
use super::namespaces::Namespaces;
use super::tags::pseudo_attributes;

/// What is read may be so many times as long as the document, from a length on: Expat's own limits.
const AMPLIFICATION: f64 = 100.0;
const AMPLIFICATION_FROM: u64 = 8 << 20;
/// The size of what is decoded at once.
const PIECE: usize = 1024;
/// Entities within entities.
pub(super) const MAX_DEPTH: usize = 200;

/// What is being read.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Kind {
    Document,
    /// An external general entity: content that needs no root.
    Entity,
    /// The external subset, or an external parameter entity: declarations.
    Subset,
}

#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    Start,
    Prolog,
    Content,
    Epilog,
}

/// An internal entity that is being expanded in content.
pub(super) struct Expansion {
    name: String,
    text: Rc<str>,
    at: usize,
    /// How many elements were open when it began.
    pub(super) depth: usize,
    /// The length of the reference, which is still to be passed.
    reference: usize,
}

pub struct Engine {
    pub kind: Kind,
    pub(super) stage: Stage,
    encoding: Option<Encoding>,
    /// An encoding that was given: what the document says does not count.
    pub given: Option<Encoding>,
    raw: Vec<u8>,
    text: String,
    at: usize,
    pub position: Position,
    complete: bool,
    bad_bytes: bool,
    pub dtd: Rc<RefCell<Dtd>>,
    pub(super) names: Option<Namespaces>,
    /// The names of the open elements, as they stand in the text.
    pub(super) open: Vec<String>,
    pub(super) expansions: Vec<Expansion>,
    in_cdata: bool,
    pub(super) seen_doctype: bool,
    pub queue: VecDeque<Reported>,
    expanded: usize,
    direct: usize,
    /// The factor, and the length from which on it counts.
    pub amplification: f64,
    pub amplification_from: u64,
    /// Is it no parser of an external entity?
    pub is_root: bool,
    pub read_parameter_entities: bool,
    pub foreign_dtd: bool,
    /// An encoding that the document names and that a codec of Python's must decode.
    pub wants_codec: Option<String>,
    pub error: Option<Code>,
}

pub(super) type Step = Result<bool, Code>;

impl Engine {
    pub fn new(kind: Kind, namespaces: Option<Namespaces>, dtd: Rc<RefCell<Dtd>>) -> Engine {
        Engine {
            kind,
            stage: Stage::Start,
            encoding: None,
            given: None,
            raw: Vec::new(),
            text: String::new(),
            at: 0,
            position: Position { line: 1, column: 0, byte: 0 },
            complete: false,
            bad_bytes: false,
            dtd,
            names: namespaces,
            open: Vec::new(),
            expansions: Vec::new(),
            in_cdata: false,
            seen_doctype: false,
            queue: VecDeque::new(),
            expanded: 0,
            direct: 0,
            amplification: AMPLIFICATION,
            amplification_from: AMPLIFICATION_FROM,
            is_root: true,
            read_parameter_entities: false,
            foreign_dtd: false,
            wants_codec: None,
            error: None,
        }
    }

    /// A parser for an external entity of this document.
    pub fn child(&self, context: Option<&str>) -> Engine {
        let kind = if context.is_some() { Kind::Entity } else { Kind::Subset };
        let mut child = Engine::new(kind, self.names.clone(), Rc::clone(&self.dtd));
        child.read_parameter_entities = self.read_parameter_entities;
        child.amplification = self.amplification;
        child.amplification_from = self.amplification_from;
        child.is_root = false;
        child
    }

    pub fn has_begun(&self) -> bool {
        self.stage != Stage::Start || !self.raw.is_empty() || !self.text.is_empty()
    }

    /// The text from the present event on, as far as it was read.
    pub fn rest(&self) -> &str {
        &self.text[self.at.min(self.text.len())..]
    }

    /// More of the document. `complete`: the last of it. False: out of memory.
    pub fn feed(&mut self, data: &[u8], complete: bool) -> bool {
        self.complete |= complete;
        self.direct += data.len();
        // What was read is let go of.
        if self.at > 0 {
            self.text.drain(..self.at);
            self.at = 0;
        }
        if self.raw.try_reserve(data.len()).is_err() || self.text.try_reserve(data.len()).is_err() {
            return false;
        }
        self.raw.extend_from_slice(data);
        true
    }

    fn decode(&mut self) -> Step {
        if self.encoding.is_none() {
            let chosen = match decode::start(&self.raw, self.complete) {
                Start::Unknown => return Ok(false),
                Start::Certain(encoding, mark) => {
                    self.raw.drain(..mark);
                    self.position.byte += mark;
                    match (&self.given, &encoding) {
                        (Some(Encoding::Utf16 { .. }), _) | (None, _) => encoding,
                        (Some(given), _) if mark == 0 => given.clone(),
                        (Some(given), _) => given.clone(),
                    }
                }
                Start::Declared(name) => match (self.given.clone(), name) {
                    (Some(given), _) => given,
                    (None, None) => Encoding::Utf8,
                    (None, Some(name)) => {
                        if let Err(code) = decode::agrees(&Encoding::Utf8, &name) {
                            let at = self.raw.windows(name.len()).position(|w| w == name.as_bytes()).unwrap_or(0);
                            self.position.column += at;
                            self.position.byte += at;
                            return Err(code);
                        }
                        match Encoding::named(&name) {
                            Some(encoding) => encoding,
                            None => {
                                self.wants_codec = Some(name);
                                return Ok(false);
                            }
                        }
                    }
                },
            };
            self.encoding = Some(chosen);
        }
        if let Some(encoding) = self.encoding.clone()
            && !self.raw.is_empty()
        {
            self.bad_bytes |= !encoding.decode(&mut self.raw, &mut self.text);
        }
        Ok(true)
    }

    /// Parses on, until there is something to report or nothing more can be done. Answers whether there is something.
    pub fn advance(&mut self, wanted: Wanted) -> Step {
        if let Some(code) = self.error {
            return Err(code);
        }
        while self.queue.is_empty() {
            match self.step(wanted) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(code) => {
                    self.error = Some(code);
                    // What comes before the error is reported first.
                    if self.queue.is_empty() {
                        return Err(code);
                    }
                }
            }
        }
        Ok(true)
    }

    pub(super) fn report(&mut self, event: Event, len: usize, wanted: Wanted) {
        let raw = if wanted.raw { self.source(len) } else { String::new() };
        self.queue.push_back(Reported { event, raw, position: self.position });
    }

    /// The next `len` bytes of what is being read.
    fn source(&self, len: usize) -> String {
        let (text, at) = match self.expansions.last() {
            Some(e) => (&*e.text, e.at),
            None => (self.text.as_str(), self.at),
        };
        text.get(at..at + len).unwrap_or("").to_owned()
    }

    /// Goes on behind `len` bytes.
    pub(super) fn consume(&mut self, len: usize) {
        if let Some(expansion) = self.expansions.last_mut() {
            expansion.at += len;
            return;
        }
        let encoding = self.encoding.clone().unwrap_or(Encoding::Utf8);
        let text = &self.text[self.at..self.at + len];
        if matches!(encoding, Encoding::Utf8) {
            self.position.byte += len;
        } else {
            self.position.byte += text.chars().map(|c| encoding.width(c)).sum::<usize>();
        }
        let bytes = text.as_bytes();
        let mut line_start = None;
        for (i, b) in bytes.iter().enumerate() {
            if *b == b'\n' || *b == b'\r' && bytes.get(i + 1) != Some(&b'\n') {
                self.position.line += 1;
                line_start = Some(i + 1);
            }
        }
        match line_start {
            Some(start) => self.position.column = text[start..].chars().count(),
            None => self.position.column += text.chars().count(),
        }
        self.at += len;
    }

    /// Moves the position to an error `len` bytes ahead.
    pub(super) fn fail_at(&mut self, len: usize, code: Code) -> Code {
        if self.expansions.is_empty() {
            let len = len.min(self.text.len() - self.at);
            if self.text.is_char_boundary(self.at + len) {
                self.consume(len);
            }
        }
        code
    }

    /// Where something is not complete: more may come, or that is an error.
    pub(super) fn incomplete(&mut self, code: Code) -> Step {
        if self.complete || !self.expansions.is_empty() {
            if self.bad_bytes {
                let rest = self.text.len() - self.at;
                return Err(self.fail_at(rest, Code::INVALID_TOKEN));
            }
            return Err(code);
        }
        if self.bad_bytes {
            let rest = self.text.len() - self.at;
            return Err(self.fail_at(rest, Code::INVALID_TOKEN));
        }
        Ok(false)
    }

    fn step(&mut self, wanted: Wanted) -> Step {
        if !self.decode()? {
            if self.wants_codec.is_some() {
                return Ok(false);
            }
            return if self.complete { self.finish() } else { Ok(false) };
        }
        if self.stage == Stage::Start {
            return self.begin(wanted);
        }
        if let Some(expansion) = self.expansions.last()
            && expansion.at >= expansion.text.len()
        {
            if expansion.depth != self.open.len() {
                return Err(Code::ASYNC_ENTITY);
            }
            let passed = expansion.reference;
            self.expansions.pop();
            self.consume(passed);
            return Ok(true);
        }
        let empty = self.expansions.is_empty() && self.at >= self.text.len();
        if empty {
            if self.bad_bytes {
                return Err(Code::INVALID_TOKEN);
            }
            return if self.complete { self.finish() } else { Ok(false) };
        }
        match self.stage {
            Stage::Content => self.content(wanted),
            _ if self.kind == Kind::Subset => self.subset(wanted),
            _ => self.outside(wanted),
        }
    }

    /// The end of the input.
    fn finish(&mut self) -> Step {
        if !self.raw.is_empty() {
            return Err(Code::PARTIAL_CHAR);
        }
        if self.in_cdata {
            return Err(Code::UNCLOSED_CDATA_SECTION);
        }
        match (self.kind, self.stage) {
            (Kind::Document, Stage::Epilog) => Ok(false),
            (Kind::Document, _) => Err(Code::NO_ELEMENTS),
            (Kind::Entity, _) if !self.open.is_empty() => Err(Code::ASYNC_ENTITY),
            _ => Ok(false),
        }
    }

    /// The XML declaration, or text declaration, if there is one.
    fn begin(&mut self, wanted: Wanted) -> Step {
        let rest = &self.text[self.at..];
        let next = if self.kind == Kind::Entity { Stage::Content } else { Stage::Prolog };
        const XML: &str = "<?xml";
        if rest.len() <= XML.len() && XML.starts_with(&rest[..rest.len().min(XML.len())]) && !self.complete {
            return Ok(false);
        }
        if !rest.starts_with(XML) || !rest[XML.len()..].starts_with([' ', '\t', '\r', '\n']) {
            self.stage = next;
            return Ok(true);
        }
        let Some(end) = rest.find("?>") else { return self.incomplete(Code::UNCLOSED_TOKEN) };
        let wrong = if self.kind == Kind::Document { Code::XML_DECL } else { Code::TEXT_DECL };
        let body = rest[XML.len()..end].to_owned();
        let (version, encoding, standalone) = match pseudo_attributes(&body) {
            Ok(found) => found,
            Err(offset) => return Err(self.fail_at(XML.len() + offset, wrong)),
        };
        let bad = match self.kind {
            Kind::Document => version.is_none(),
            _ => encoding.is_none() || standalone.is_some(),
        };
        if bad {
            let spaces = body.len() - body.trim_start().len();
            return Err(self.fail_at(XML.len() + spaces, wrong));
        }
        if let (Some(name), Some(actual), None) = (&encoding, &self.encoding, &self.given) {
            decode::agrees(actual, name)?;
        }
        if standalone == Some(true) {
            self.dtd.borrow_mut().standalone = true;
        }
        let standalone = standalone.map_or(-1, i8::from);
        self.report(Event::XmlDecl { version, encoding, standalone }, end + 2, wanted);
        self.consume(end + 2);
        self.stage = next;
        Ok(true)
    }

    // ---- outside of the root ------------------------------------------------------------------------------------------

    fn outside(&mut self, wanted: Wanted) -> Step {
        let rest = &self.text[self.at..];
        let spaces = rest.bytes().position(|b| !is_space(b)).unwrap_or(rest.len());
        if spaces > 0 {
            if wanted.raw {
                self.report(Event::Default, spaces, wanted);
            }
            self.consume(spaces);
            return Ok(true);
        }
        let after = self.stage == Stage::Epilog;
        if !rest.starts_with('<') {
            let first = rest.chars().next().unwrap_or(' ');
            // What declarations are made of is known here, too, but out of place.
            let is_token = super::chars::in_name(first) || "\"'%()#,|*+?[];>".contains(first);
            return Err(match (is_token, after) {
                (false, _) => Code::INVALID_TOKEN,
                (true, false) => Code::SYNTAX,
                (true, true) => Code::JUNK_AFTER_DOC_ELEMENT,
            });
        }
        if rest.starts_with("<?") {
            return self.instruction(wanted);
        }
        if rest.starts_with("<!--") {
            return self.comment(wanted);
        }
        if rest.starts_with("<!") {
            let known = ["<!--", "<!DOCTYPE"];
            if known.iter().any(|k| rest.len() < k.len() && k.starts_with(rest)) {
                return self.incomplete(Code::UNCLOSED_TOKEN);
            }
            if rest.starts_with("<!DOCTYPE") && !after && !self.seen_doctype {
                return super::subset::doctype(self, wanted);
            }
            if let Some(at) = not_declaration(rest) {
                return Err(self.fail_at(at, Code::INVALID_TOKEN));
            }
            return Err(if after { Code::JUNK_AFTER_DOC_ELEMENT } else { Code::SYNTAX });
        }
        if rest.len() == 1 {
            return self.incomplete(Code::UNCLOSED_TOKEN);
        }
        if after {
            return Err(Code::JUNK_AFTER_DOC_ELEMENT);
        }
        if name_len(&rest[1..]) == 0 {
            return Err(self.fail_at(1, Code::INVALID_TOKEN));
        }
        if std::mem::take(&mut self.foreign_dtd) && !self.seen_doctype && self.read_parameter_entities {
            self.dtd.borrow_mut().has_external = true;
            self.report(Event::ExternalEntity { context: None, system: None, public: None }, 0, wanted);
            return Ok(true);
        }
        self.stage = Stage::Content;
        Ok(true)
    }

    fn subset(&mut self, wanted: Wanted) -> Step {
        // Declarations are short: they are read when all of them are there.
        if !self.complete {
            return Ok(false);
        }
        let text = self.text[self.at..].to_owned();
        super::subset::declarations(self, &text, true, wanted)?;
        self.consume(text.len());
        Ok(true)
    }

    /// The part of the document behind a doctype's `[`, and what else declarations need.
    pub(super) fn unread(&self) -> &str {
        &self.text[self.at..]
    }

    pub(super) fn take(&mut self, len: usize) {
        self.consume(len);
    }

    pub(super) fn error_at(&mut self, len: usize, code: Code) -> Code {
        self.fail_at(len, code)
    }

    pub(super) fn wait(&mut self, code: Code) -> Step {
        self.incomplete(code)
    }

    pub(super) fn push(&mut self, event: Event, raw: String) {
        self.queue.push_back(Reported { event, raw, position: self.position });
    }

    // ---- content ------------------------------------------------------------------------------------------------------

    /// What is being read from here on: the document or an entity. A copy is only made of an entity's handle.
    pub(super) fn with_rest<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        match self.expansions.last() {
            Some(e) => f(&e.text[e.at..]),
            None => f(&self.text[self.at..]),
        }
    }

    /// Is all there that can come of the source that is being read?
    fn source_complete(&self) -> bool {
        self.complete || !self.expansions.is_empty()
    }

    fn content(&mut self, wanted: Wanted) -> Step {
        if self.in_cdata {
            return self.cdata(wanted);
        }
        enum Next {
            Text(usize),
            Line(usize),
            Reference,
            Markup,
            Brackets,
            Bad(usize),
        }
        let complete = self.source_complete();
        let next = self.with_rest(|rest| {
            let bytes = rest.as_bytes();
            match bytes.first().copied().unwrap_or(b' ') {
                b'<' => Next::Markup,
                b'&' => Next::Reference,
                b'\n' => Next::Line(1),
                b'\r' => Next::Line(match bytes.get(1) {
                    Some(b'\n') => 2,
                    Some(_) => 1,
                    None if complete => 1,
                    None => 0,
                }),
                b']' if "]]>".starts_with(rest) && !complete => Next::Brackets,
                b']' if rest.starts_with("]]>") => Next::Bad(2),
                _ => {
                    let mut end = 0;
                    for (i, b) in bytes.iter().enumerate() {
                        match b {
                            b'<' | b'&' | b'\n' | b'\r' => break,
                            b']' if i > 0 && (rest[i..].starts_with("]]>") || "]]>".starts_with(&rest[i..])) => break,
                            0..=8 | 0xb | 0xc | 0xe..=0x1f => return if i == 0 { Next::Bad(0) } else { Next::Text(i) },
                            0xef if rest.get(i..).is_some_and(|r| r.starts_with(['\u{fffe}', '\u{ffff}'])) => {
                                return if i == 0 { Next::Bad(0) } else { Next::Text(i) };
                            }
                            _ => {}
                        }
                        end = i + 1;
                    }
                    Next::Text(end)
                }
            }
        });
        match next {
            Next::Text(len) => {
                if self.open.is_empty() && self.kind == Kind::Document {
                    return Err(Code::SYNTAX);
                }
                // What had to be decoded comes in pieces of the decoder's size.
                let whole = matches!(self.encoding, Some(Encoding::Utf8)) || len <= PIECE;
                let text = self.with_rest(|rest| {
                    let end =
                        if whole { len } else { (0..=PIECE).rev().find(|i| rest.is_char_boundary(*i)).unwrap_or(len) };
                    rest[..end].to_owned()
                });
                let len = text.len();
                self.report(Event::Characters(text), len, wanted);
                self.consume(len);
                Ok(true)
            }
            Next::Line(0) | Next::Brackets => Ok(false),
            Next::Line(len) => {
                self.report(Event::Characters("\n".to_owned()), len, wanted);
                self.consume(len);
                Ok(true)
            }
            Next::Bad(offset) => Err(self.fail_at(offset, Code::INVALID_TOKEN)),
            Next::Reference => self.reference(wanted),
            Next::Markup => self.markup(wanted),
        }
    }

    fn markup(&mut self, wanted: Wanted) -> Step {
        enum Next {
            Start,
            End,
            Instruction,
            Comment,
            Cdata,
            Short,
            Bad,
        }
        let next = self.with_rest(|rest| {
            if rest.len() == 1 {
                return Next::Short;
            }
            match rest.as_bytes()[1] {
                b'/' => Next::End,
                b'?' => Next::Instruction,
                b'!' if rest.starts_with("<!--") => Next::Comment,
                b'!' if rest.starts_with("<![CDATA[") => Next::Cdata,
                b'!' if "<!--".starts_with(rest) || "<![CDATA[".starts_with(rest) => Next::Short,
                b'!' => Next::Bad,
                _ => Next::Start,
            }
        });
        match next {
            Next::Start => self.start_tag(wanted),
            Next::End => self.end_tag(wanted),
            Next::Instruction => self.instruction(wanted),
            Next::Comment => self.comment(wanted),
            Next::Cdata => {
                self.report(Event::StartCdata, 9, wanted);
                self.consume(9);
                self.in_cdata = true;
                Ok(true)
            }
            Next::Short => self.incomplete(Code::UNCLOSED_TOKEN),
            Next::Bad => Err(self.fail_at(2, Code::INVALID_TOKEN)),
        }
    }

    fn cdata(&mut self, wanted: Wanted) -> Step {
        let complete = self.source_complete();
        let (text, len, ends) = self.with_rest(|rest| {
            if rest.starts_with("]]>") {
                return (None, 3, true);
            }
            let bytes = rest.as_bytes();
            match bytes.first() {
                Some(b'\n') => return (Some("\n".to_owned()), 1, false),
                Some(b'\r') => {
                    return match bytes.get(1) {
                        Some(b'\n') => (Some("\n".to_owned()), 2, false),
                        None if !complete => (None, 0, false),
                        _ => (Some("\n".to_owned()), 1, false),
                    };
                }
                _ => {}
            }
            let stop = |(i, b): (usize, &u8)| match b {
                b'\n' | b'\r' => true,
                b']' => rest[i..].starts_with("]]>") || !complete && "]]>".starts_with(&rest[i..]),
                _ => false,
            };
            let end = bytes.iter().enumerate().position(stop).unwrap_or(bytes.len());
            (Some(rest[..end].to_owned()).filter(|t| !t.is_empty()), end, false)
        });
        if ends {
            self.report(Event::EndCdata, 3, wanted);
            self.consume(3);
            self.in_cdata = false;
            return Ok(true);
        }
        match text {
            Some(text) => {
                if let Some(at) = text.find(|c| !is_char(u32::from(c))) {
                    return Err(self.fail_at(at, Code::INVALID_TOKEN));
                }
                self.report(Event::Characters(text), len, wanted);
                self.consume(len);
                Ok(true)
            }
            None => self.incomplete(Code::UNCLOSED_CDATA_SECTION),
        }
    }

    fn comment(&mut self, wanted: Wanted) -> Step {
        let found = self.with_rest(|rest| {
            rest[4..].find("--").map(|at| (rest[4..4 + at].to_owned(), rest[4 + at + 2..].chars().next()))
        });
        match found {
            Some((text, Some('>'))) => {
                self.check_chars(&text, 4)?;
                let len = text.len() + 7;
                self.report(Event::Comment(normal_lines(&text)), len, wanted);
                self.consume(len);
                Ok(true)
            }
            Some((text, Some(_))) => Err(self.fail_at(text.len() + 6, Code::INVALID_TOKEN)),
            _ => self.incomplete(Code::UNCLOSED_TOKEN),
        }
    }

    fn check_chars(&mut self, text: &str, offset: usize) -> Result<(), Code> {
        match text.find(|c| !is_char(u32::from(c))) {
            Some(at) => Err(self.fail_at(offset + at, Code::INVALID_TOKEN)),
            None => Ok(()),
        }
    }

    fn instruction(&mut self, wanted: Wanted) -> Step {
        // (`<?>` does not end itself.)
        let found = self.with_rest(|rest| {
            let body = rest.get(2..)?;
            body.find("?>").map(|end| body[..end].to_owned())
        });
        let nameless = self.with_rest(|rest| rest.get(2..).is_some_and(|body| !body.is_empty() && name_len(body) == 0));
        if nameless {
            return Err(self.fail_at(2, Code::INVALID_TOKEN));
        }
        let Some(body) = found else { return self.incomplete(Code::UNCLOSED_TOKEN) };
        let name = name_len(&body);
        let (target, data) = body.split_at(name);
        if target.eq_ignore_ascii_case("xml") {
            return Err(if target == "xml" { Code::MISPLACED_XML_PI } else { self.fail_at(2, Code::INVALID_TOKEN) });
        }
        if !data.is_empty() && !data.starts_with([' ', '\t', '\r', '\n']) {
            return Err(self.fail_at(2 + name, Code::INVALID_TOKEN));
        }
        self.check_chars(data, 2 + name)?;
        let data = normal_lines(data.trim_start_matches([' ', '\t', '\r', '\n']));
        let len = body.len() + 4;
        self.report(Event::Instruction(target.to_owned(), data), len, wanted);
        self.consume(len);
        Ok(true)
    }

    // ---- references ---------------------------------------------------------------------------------------------------

    fn reference(&mut self, wanted: Wanted) -> Step {
        enum Found {
            Char(Option<char>, usize),
            Named(String, usize),
            Short,
            Bad(usize),
        }
        let complete = self.source_complete();
        let found = self.with_rest(|rest| {
            let body = &rest[1..];
            if let Some(digits) = body.strip_prefix('#') {
                let hex = digits.starts_with('x');
                let from = usize::from(hex);
                let is_digit = |c: char| if hex { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
                let end = digits.get(from..).and_then(|d| d.find(|c| !is_digit(c)).map(|e| e + from));
                return match end {
                    Some(end) if end > from && digits[end..].starts_with(';') => {
                        Found::Char(char_ref(&digits[..end]), end + 3)
                    }
                    Some(end) => Found::Bad(end + 2),
                    None if complete => Found::Short,
                    None => Found::Short,
                };
            }
            let len = name_len(body);
            match body[len..].chars().next() {
                Some(';') if len > 0 => Found::Named(body[..len].to_owned(), len + 2),
                Some(_) => Found::Bad(len + 1),
                None => Found::Short,
            }
        });
        match found {
            Found::Short => self.incomplete(Code::UNCLOSED_TOKEN),
            Found::Bad(offset) => Err(self.fail_at(offset, Code::INVALID_TOKEN)),
            Found::Char(None, _) => Err(Code::BAD_CHAR_REF),
            Found::Char(Some(c), len) => {
                self.report(Event::Characters(c.to_string()), len, wanted);
                self.consume(len);
                Ok(true)
            }
            Found::Named(name, len) => {
                if let Some(c) = predefined(&name) {
                    self.report(Event::Characters(c.to_string()), len, wanted);
                    self.consume(len);
                    return Ok(true);
                }
                self.entity(&name, len, wanted)
            }
        }
    }

    fn entity(&mut self, name: &str, len: usize, wanted: Wanted) -> Step {
        let found = self.dtd.borrow().general.get(name).cloned();
        let Some(entity) = found else {
            let (external, standalone) = {
                let dtd = self.dtd.borrow();
                (dtd.has_external, dtd.standalone)
            };
            // It may have been declared where nobody has read.
            if !external || standalone {
                return Err(Code::UNDEFINED_ENTITY);
            }
            let event = if wanted.skipped {
                Event::SkippedEntity { name: name.to_owned(), parameter: false }
            } else {
                Event::Default
            };
            self.report(event, len, wanted);
            self.consume(len);
            return Ok(true);
        };
        if self.expansions.iter().any(|e| e.name == name) {
            return Err(Code::RECURSIVE_ENTITY_REF);
        }
        if entity.notation.is_some() {
            return Err(Code::BINARY_ENTITY_REF);
        }
        if let Some(text) = entity.text {
            if wanted.unexpanded {
                let event = if wanted.skipped {
                    Event::SkippedEntity { name: name.to_owned(), parameter: false }
                } else {
                    Event::Default
                };
                self.report(event, len, wanted);
                self.consume(len);
                return Ok(true);
            }
            self.expand(text.len())?;
            if self.expansions.len() >= MAX_DEPTH {
                return Err(Code::RECURSIVE_ENTITY_REF);
            }
            self.expansions.push(Expansion {
                name: name.to_owned(),
                text,
                at: 0,
                depth: self.open.len(),
                reference: len,
            });
            return Ok(true);
        }
        let event = if wanted.external_entities {
            let context = self.names.as_ref().map(|n| n.context(name)).unwrap_or_else(|| name.to_owned());
            Event::ExternalEntity { context: Some(context), system: entity.system, public: entity.public }
        } else if wanted.skipped {
            Event::SkippedEntity { name: name.to_owned(), parameter: false }
        } else {
            Event::Default
        };
        self.report(event, len, wanted);
        self.consume(len);
        Ok(true)
    }

    /// Counts what entities have been expanded to.
    pub(super) fn expand(&mut self, len: usize) -> Result<(), Code> {
        self.expanded = self.expanded.saturating_add(len);
        let total = self.expanded.saturating_add(self.direct) as u64;
        let factor = total as f64 / self.direct.max(1) as f64;
        if total >= self.amplification_from && factor > self.amplification {
            return Err(Code::AMPLIFICATION_LIMIT_BREACH);
        }
        Ok(())
    }
}

/// The entities that are always there.
pub(super) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Where `<!...` turns out to begin no declaration: the offset of what may not stand there. `None`: it may begin one.
fn not_declaration(text: &str) -> Option<usize> {
    let body = text.get(2..)?;
    let first = body.chars().next()?;
    if first == '-' {
        // What has two is a comment.
        return (body.len() > 1).then_some(3);
    }
    if !first.is_ascii_alphabetic() {
        return (first != '[').then_some(2);
    }
    let end = body.find(|c: char| !c.is_ascii_alphabetic())?;
    (!body[end..].starts_with([' ', '\t', '\r', '\n', '%'])).then_some(2 + end)
}
