//! The document type declaration: what stands in it is read at once, when all of it is there.

use std::rc::Rc;

use super::chars::{char_ref, in_public_id, is_char, is_space, name_len, normal_lines, token_len};
use super::codes::Code;
use super::dtd::{ANY, Attribute, CHOICE, EMPTY, Entity, MIXED, Model, NAME, SEQUENCE};
use super::engine::Engine;
use super::event::{Event, Wanted};

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
/// Content models nested deeper, and parameter entities within others, are refused.
const MAX_DEPTH: usize = 200;

/// Where `<!DOCTYPE ... >` ends: behind the `>`. `None`: not all of it is there.
fn extent(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut i, mut inside) = (0, false);
    while i < bytes.len() {
        match bytes[i] {
            quote @ (b'"' | b'\'') => i += 1 + bytes[i + 1..].iter().position(|b| *b == quote)?,
            b'<' if text[i..].starts_with("<!--") => i += 4 + text[i + 4..].find("-->")? + 2,
            b'<' if text[i..].starts_with("<?") => i += 2 + text[i + 2..].find("?>")? + 1,
            b'[' => inside = true,
            b']' => inside = false,
            b'>' if !inside => return Some(i + 1),
            _ => {}
        }
        i += 1;
    }
    None
}

/// A cursor in a text, for one declaration.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn spaces(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches(SPACE);
        self.at += rest.len() - trimmed.len();
        rest.len() != trimmed.len()
    }

    fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    /// A keyword with something behind it that is no name.
    fn word(&mut self, what: &str) -> bool {
        let rest = self.rest();
        rest.starts_with(what) && token_len(rest) == what.len() && self.eat(what)
    }

    fn name(&mut self) -> Option<&'t str> {
        let len = name_len(self.rest());
        self.part(len)
    }

    fn token(&mut self) -> Option<&'t str> {
        let len = token_len(self.rest());
        self.part(len)
    }

    fn part(&mut self, len: usize) -> Option<&'t str> {
        let part = &self.rest()[..len];
        self.at += len;
        Some(part).filter(|part| !part.is_empty())
    }

    fn literal(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let quote = rest.chars().next().filter(|q| matches!(q, '"' | '\''))?;
        let end = rest[1..].find(quote)?;
        self.at += end + 2;
        Some(&rest[1..end + 1])
    }

    fn wrong(&self) -> (usize, Code) {
        let bad = self.rest().chars().next().is_some_and(|c| !is_char(u32::from(c)) || matches!(c, '&' | '<'));
        (self.at, if bad { Code::INVALID_TOKEN } else { Code::SYNTAX })
    }
}

type Wrong = (usize, Code);
type Parsed<T> = Result<T, Wrong>;

/// `SYSTEM "..."` or `PUBLIC "..." "..."`: public and system identifiers. `notation`: a public one will do.
fn external_id(cursor: &mut Cursor<'_>, notation: bool) -> Parsed<Option<(Option<String>, Option<String>)>> {
    if cursor.word("SYSTEM") {
        cursor.spaces();
        let system = cursor.literal().ok_or_else(|| cursor.wrong())?;
        return Ok(Some((None, Some(system.to_owned()))));
    }
    if !cursor.word("PUBLIC") {
        return Ok(None);
    }
    cursor.spaces();
    let at = cursor.at;
    let public = cursor.literal().ok_or_else(|| cursor.wrong())?;
    if !public.chars().all(in_public_id) {
        return Err((at, Code::PUBLICID));
    }
    let words: Vec<&str> = public.split(SPACE).filter(|w| !w.is_empty()).collect();
    let public = words.join(" ");
    cursor.spaces();
    match cursor.literal() {
        Some(system) => Ok(Some((Some(public), Some(system.to_owned())))),
        None if notation => Ok(Some((Some(public), None))),
        None => Err(cursor.wrong()),
    }
}

/// `<!DOCTYPE`, with everything in it.
pub(super) fn doctype(engine: &mut Engine, wanted: Wanted) -> Result<bool, Code> {
    let Some(len) = extent(engine.unread()) else { return engine.wait(Code::UNCLOSED_TOKEN) };
    engine.seen_doctype = true;
    let text = engine.unread()[..len].to_owned();
    let wrong = |engine: &mut Engine, (at, code): Wrong| engine.error_at(at, code);
    let mut cursor = Cursor { text: &text, at: "<!DOCTYPE".len() };
    if !cursor.spaces() {
        return Err(engine.error_at(cursor.at, Code::SYNTAX));
    }
    let Some(name) = cursor.name() else {
        let error = cursor.wrong();
        return Err(wrong(engine, error));
    };
    cursor.spaces();
    let id = match external_id(&mut cursor, false) {
        Ok(id) => id,
        Err(error) => return Err(wrong(engine, error)),
    };
    let (public, system) = id.clone().unwrap_or((None, None));
    cursor.spaces();
    let internal = cursor.eat("[");
    let external = id.is_some() || std::mem::take(&mut engine.foreign_dtd);
    engine.dtd.borrow_mut().has_external |= external;
    if wanted.raw {
        // A default handler gets the head in its pieces.
        for piece in pieces(&text[..cursor.at]) {
            engine.push(Event::Default, piece.to_owned());
        }
    }
    if external && wanted.not_standalone && !engine.dtd.borrow().standalone {
        engine.push(Event::NotStandalone, String::new());
    }
    engine.push(
        Event::StartDoctype { name: name.to_owned(), system: system.clone(), public: public.clone(), internal },
        String::new(),
    );
    let begin = cursor.at;
    engine.take(begin);
    let mut tail = begin;
    if internal {
        let Some(end) = subset_end(&text[begin..]) else { return Err(engine.error_at(0, Code::SYNTAX)) };
        let inner = text[begin..begin + end].to_owned();
        declarations(engine, &inner, false, wanted)?;
        engine.take(end);
        tail = begin + end;
    }
    let mut cursor = Cursor { text: &text, at: tail + usize::from(internal) };
    cursor.spaces();
    if !cursor.eat(">") {
        let (at, code) = cursor.wrong();
        return Err(engine.error_at(at - tail, code));
    }
    if external && engine.read_parameter_entities {
        engine.push(Event::ExternalEntity { context: None, system, public }, String::new());
    }
    if wanted.raw {
        for piece in pieces(&text[tail..]) {
            engine.push(Event::Default, piece.to_owned());
        }
    }
    engine.push(Event::EndDoctype, String::new());
    engine.take(len - tail);
    Ok(true)
}

/// The tokens of a piece of a declaration, spaces among them.
fn pieces(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            c if SPACE.contains(&c) => rest.find(|c| !SPACE.contains(&c)).unwrap_or(rest.len()),
            '"' | '\'' => rest[1..].find(c).map_or(rest.len(), |end| end + 2),
            '<' if rest.starts_with("<!") => 2 + token_len(&rest[2..]),
            _ => token_len(rest).max(c.len_utf8()),
        };
        let (piece, behind) = rest.split_at(len);
        all.push(piece);
        rest = behind;
    }
    all
}

/// Where the internal subset ends: at its `]`.
fn subset_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            quote @ (b'"' | b'\'') => i += 1 + bytes[i + 1..].iter().position(|b| *b == quote)?,
            b'<' if text[i..].starts_with("<!--") => i += 4 + text[i + 4..].find("-->")? + 2,
            b'<' if text[i..].starts_with("<?") => i += 2 + text[i + 2..].find("?>")? + 1,
            b']' => return Some(i),
            _ => {}
        }
        i += 1;
    }
    None
}

/// Declarations side by side. `external`: not in the document itself, so that they may have conditional sections.
pub(super) fn declarations(engine: &mut Engine, text: &str, external: bool, wanted: Wanted) -> Result<(), Code> {
    declare(engine, text, external, 0, wanted).map_err(|(at, code)| {
        let inside = engine.unread().starts_with(text);
        if inside { engine.error_at(at, code) } else { code }
    })
}

fn declare(engine: &mut Engine, text: &str, external: bool, depth: usize, wanted: Wanted) -> Parsed<()> {
    if depth > MAX_DEPTH {
        return Err((0, Code::RECURSIVE_ENTITY_REF));
    }
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if is_space(rest.as_bytes()[0]) {
            let len = rest.find(|c| !SPACE.contains(&c)).unwrap_or(rest.len());
            default(engine, &rest[..len], wanted);
            at += len;
            continue;
        }
        if let Some(after) = rest.strip_prefix('%') {
            let len = name_len(after);
            if len == 0 || !after[len..].starts_with(';') {
                return Err((at, Code::INVALID_TOKEN));
            }
            parameter_entity(engine, &after[..len], depth, wanted).map_err(|code| (at, code))?;
            at += len + 2;
            continue;
        }
        if let Some(body) = rest.strip_prefix("<!--") {
            let end = body.find("--").ok_or((at, Code::UNCLOSED_TOKEN))?;
            if !body[end + 2..].starts_with('>') {
                return Err((at + 4 + end + 2, Code::INVALID_TOKEN));
            }
            let raw = if wanted.raw { rest[..end + 7].to_owned() } else { String::new() };
            engine.push(Event::Comment(normal_lines(&body[..end])), raw);
            at += end + 7;
            continue;
        }
        if let Some(body) = rest.strip_prefix("<?") {
            let end = body.find("?>").ok_or((at, Code::UNCLOSED_TOKEN))?;
            let len = name_len(&body[..end]);
            if len == 0 {
                return Err((at + 2, Code::INVALID_TOKEN));
            }
            if body[..len] == *"xml" {
                return Err((at, Code::MISPLACED_XML_PI));
            }
            let data = normal_lines(body[len..end].trim_start_matches(SPACE));
            let raw = if wanted.raw { rest[..end + 4].to_owned() } else { String::new() };
            engine.push(Event::Instruction(body[..len].to_owned(), data), raw);
            at += end + 4;
            continue;
        }
        if external && rest.starts_with("<![") {
            at += conditional(engine, rest, depth, wanted).map_err(|(o, code)| (at + o, code))?;
            continue;
        }
        if !rest.starts_with("<!") {
            let (_, code) = Cursor { text: rest, at: 0 }.wrong();
            return Err((at, code));
        }
        let Some(len) = extent(rest) else { return Err((at, Code::UNCLOSED_TOKEN)) };
        let before = engine.queue.len();
        declaration(engine, &rest[..len], external || depth > 0).map_err(|(o, code)| (at + o, code))?;
        match engine.queue.get_mut(before) {
            Some(reported) if wanted.raw => reported.raw = rest[..len].to_owned(),
            Some(_) => {}
            None => default(engine, &rest[..len], wanted),
        }
        at += len;
    }
    Ok(())
}

fn default(engine: &mut Engine, raw: &str, wanted: Wanted) {
    if wanted.raw {
        engine.push(Event::Default, raw.to_owned());
    }
}

/// `<![INCLUDE[...]]>` and `<![IGNORE[...]]>`: how long it is.
fn conditional(engine: &mut Engine, text: &str, depth: usize, wanted: Wanted) -> Parsed<usize> {
    let mut cursor = Cursor { text, at: 3 };
    cursor.spaces();
    let keyword = match cursor.rest().strip_prefix('%') {
        Some(after) => {
            let len = name_len(after);
            let name = &after[..len];
            cursor.at += len + 2;
            let found = engine.dtd.borrow().parameter.get(name).and_then(|e| e.text.clone());
            found.ok_or((3, Code::UNDEFINED_ENTITY))?.trim_matches(SPACE).to_owned()
        }
        None => cursor.token().unwrap_or("").to_owned(),
    };
    cursor.spaces();
    if !cursor.eat("[") {
        return Err(cursor.wrong());
    }
    let begin = cursor.at;
    // Sections nest.
    let (mut open, mut i) = (1, begin);
    while open > 0 {
        let rest = text.get(i..).filter(|rest| !rest.is_empty()).ok_or((0, Code::UNCLOSED_TOKEN))?;
        if rest.starts_with("<![") {
            open += 1;
            i += 3;
        } else if rest.starts_with("]]>") {
            open -= 1;
            i += 3;
        } else {
            i += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    match keyword.as_str() {
        "INCLUDE" => {
            declare(engine, &text[begin..i - 3], true, depth + 1, wanted).map_err(|(o, code)| (begin + o, code))?
        }
        "IGNORE" => {}
        _ => return Err((3, Code::SYNTAX)),
    }
    Ok(i)
}

/// `%name;` between declarations.
fn parameter_entity(engine: &mut Engine, name: &str, depth: usize, wanted: Wanted) -> Result<(), Code> {
    let found = engine.dtd.borrow().parameter.get(name).cloned();
    let standalone = {
        let mut dtd = engine.dtd.borrow_mut();
        dtd.has_external = true;
        dtd.standalone
    };
    if !engine.read_parameter_entities {
        // What it stands for is not known, and what follows may depend on it.
        engine.dtd.borrow_mut().unread |= !standalone;
        default(engine, &format!("%{name};"), wanted);
    } else {
        match found {
            Some(Entity { text: Some(text), .. }) => {
                engine.expand(text.len())?;
                declare(engine, &text, true, depth + 1, wanted).map_err(|(_, code)| code)?;
            }
            Some(entity) => {
                let event = Event::ExternalEntity { context: None, system: entity.system, public: entity.public };
                engine.push(event, String::new());
            }
            None if standalone => return Err(Code::UNDEFINED_ENTITY),
            None => {
                engine.dtd.borrow_mut().unread = true;
                let raw = if wanted.raw { format!("%{name};") } else { String::new() };
                engine.push(Event::SkippedEntity { name: name.to_owned(), parameter: true }, raw);
            }
        }
    }
    if !standalone && wanted.not_standalone {
        engine.push(Event::NotStandalone, String::new());
    }
    Ok(())
}

/// Replaces references to parameter entities within a declaration, where they are allowed.
fn with_parameters(engine: &mut Engine, text: &str, depth: usize) -> Result<String, Code> {
    if depth > MAX_DEPTH {
        return Err(Code::RECURSIVE_ENTITY_REF);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let (Some(quote), false) = (Some(c).filter(|c| matches!(c, '"' | '\'')), rest.len() < 2)
            && let Some(end) = rest[1..].find(quote)
        {
            out.push_str(&rest[..end + 2]);
            rest = &rest[end + 2..];
            continue;
        }
        if c == '%' {
            let len = name_len(&rest[1..]);
            if len > 0 && rest[1 + len..].starts_with(';') {
                let name = rest[1..1 + len].to_owned();
                let found = engine.dtd.borrow().parameter.get(&name).and_then(|e| e.text.clone());
                let replacement = found.ok_or(Code::UNDEFINED_ENTITY)?;
                engine.expand(replacement.len())?;
                out.push(' ');
                out.push_str(&with_parameters(engine, &replacement, depth + 1)?);
                out.push(' ');
                rest = &rest[len + 2..];
                continue;
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    Ok(out)
}

fn declaration(engine: &mut Engine, text: &str, external: bool) -> Parsed<()> {
    let entity = text.starts_with("<!ENTITY");
    let replaced = if external && !entity && text.contains('%') {
        Some(with_parameters(engine, text, 0).map_err(|code| (0, code))?)
    } else {
        None
    };
    let text = replaced.as_deref().unwrap_or(text);
    let mut cursor = Cursor { text, at: 2 };
    let keyword = cursor.name().ok_or((2, Code::SYNTAX))?;
    if !cursor.spaces() {
        return Err(cursor.wrong());
    }
    match keyword {
        "ENTITY" => declare_entity(engine, &mut cursor, external)?,
        "ELEMENT" => declare_element(engine, &mut cursor)?,
        "ATTLIST" => declare_attributes(engine, &mut cursor)?,
        "NOTATION" => {
            let name = cursor.name().ok_or_else(|| cursor.wrong())?.to_owned();
            cursor.spaces();
            let (public, system) = external_id(&mut cursor, true)?.ok_or_else(|| cursor.wrong())?;
            engine.push(Event::NotationDecl { name, system, public }, String::new());
        }
        _ => return Err((2, Code::SYNTAX)),
    }
    cursor.spaces();
    if cursor.rest() == ">" { Ok(()) } else { Err(cursor.wrong()) }
}

/// The replacement text of an entity: character references are replaced, and those to parameter entities.
fn replacement(engine: &mut Engine, literal: &str, external: bool) -> Result<String, Code> {
    let mut out = String::with_capacity(literal.len());
    let text = normal_lines(literal);
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        match c {
            '&' => {
                let end = rest.find(';').ok_or(Code::INVALID_TOKEN)?;
                let name = &rest[1..end];
                if let Some(digits) = name.strip_prefix('#') {
                    let c = char_ref(digits).ok_or(Code::BAD_CHAR_REF)?;
                    out.push(c);
                } else if name_len(name) == name.len() && !name.is_empty() {
                    out.push_str(&rest[..=end]);
                } else {
                    return Err(Code::INVALID_TOKEN);
                }
                rest = &rest[end + 1..];
                continue;
            }
            '%' => {
                let len = name_len(&rest[1..]);
                if len == 0 || !rest[1 + len..].starts_with(';') {
                    return Err(Code::INVALID_TOKEN);
                }
                if !external {
                    return Err(Code::PARAM_ENTITY_REF);
                }
                let found = engine.dtd.borrow().parameter.get(&rest[1..1 + len]).and_then(|e| e.text.clone());
                let found = found.ok_or(Code::UNDEFINED_ENTITY)?;
                engine.expand(found.len())?;
                out.push_str(&found);
                rest = &rest[len + 2..];
                continue;
            }
            c if !is_char(u32::from(c)) => return Err(Code::INVALID_TOKEN),
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    Ok(out)
}

fn declare_entity(engine: &mut Engine, cursor: &mut Cursor<'_>, external: bool) -> Parsed<()> {
    let parameter = cursor.eat("%");
    if parameter && !cursor.spaces() {
        return Err(cursor.wrong());
    }
    let name = cursor.name().ok_or_else(|| cursor.wrong())?.to_owned();
    if !cursor.spaces() {
        return Err(cursor.wrong());
    }
    let at = cursor.at;
    let mut entity = Entity { text: None, system: None, public: None, notation: None };
    if let Some(literal) = cursor.literal() {
        let text = replacement(engine, literal, external).map_err(|code| (at, code))?;
        entity.text = Some(Rc::from(text));
    } else {
        let (public, system) = external_id(cursor, false)?.ok_or_else(|| cursor.wrong())?;
        (entity.public, entity.system) = (public, system);
        if cursor.spaces() && cursor.word("NDATA") {
            cursor.spaces();
            entity.notation = Some(cursor.name().ok_or_else(|| cursor.wrong())?.to_owned());
        }
    }
    let mut dtd = engine.dtd.borrow_mut();
    let unread = dtd.unread;
    let table = if parameter { &mut dtd.parameter } else { &mut dtd.general };
    // The first declaration counts.
    if table.contains_key(&name) || !parameter && super::engine::predefined(&name).is_some() {
        return Ok(());
    }
    if !unread {
        table.insert(name.clone(), entity.clone());
    }
    drop(dtd);
    let value = entity.text.as_ref().map(|t| t.to_string());
    let Entity { system, public, notation, .. } = entity;
    engine.push(Event::EntityDecl { name, parameter, value, system, public, notation }, String::new());
    Ok(())
}

fn quantifier(cursor: &mut Cursor<'_>) -> u8 {
    match cursor.rest().chars().next() {
        Some('?') if cursor.eat("?") => 1,
        Some('*') if cursor.eat("*") => 2,
        Some('+') if cursor.eat("+") => 3,
        _ => 0,
    }
}

fn leaf(kind: u8, quantifier: u8, name: Option<&str>) -> Model {
    Model { kind, quantifier, name: name.map(str::to_owned), children: Vec::new() }
}

fn declare_element(engine: &mut Engine, cursor: &mut Cursor<'_>) -> Parsed<()> {
    let name = cursor.name().ok_or_else(|| cursor.wrong())?.to_owned();
    if !cursor.spaces() {
        return Err(cursor.wrong());
    }
    let model = if cursor.word("EMPTY") {
        leaf(EMPTY, 0, None)
    } else if cursor.word("ANY") {
        leaf(ANY, 0, None)
    } else if cursor.eat("(") {
        group(cursor, 0)?
    } else {
        return Err(cursor.wrong());
    };
    engine.push(Event::ElementDecl(name, model), String::new());
    Ok(())
}

/// A content model behind its `(`.
fn group(cursor: &mut Cursor<'_>, depth: usize) -> Parsed<Model> {
    if depth > MAX_DEPTH {
        return Err((cursor.at, Code::NO_MEMORY));
    }
    cursor.spaces();
    let mut model = leaf(SEQUENCE, 0, None);
    if depth == 0 && cursor.eat("#PCDATA") {
        model.kind = MIXED;
        loop {
            cursor.spaces();
            if cursor.eat(")") {
                break;
            }
            if !cursor.eat("|") {
                return Err(cursor.wrong());
            }
            cursor.spaces();
            let name = cursor.name().ok_or_else(|| cursor.wrong())?;
            model.children.push(leaf(NAME, 0, Some(name)));
        }
        model.quantifier = if cursor.eat("*") { 2 } else { 0 };
        if model.quantifier == 0 && !model.children.is_empty() {
            return Err(cursor.wrong());
        }
        return Ok(model);
    }
    let mut separator = None;
    loop {
        cursor.spaces();
        if cursor.eat("(") {
            model.children.push(group(cursor, depth + 1)?);
        } else {
            let name = cursor.name().ok_or_else(|| cursor.wrong())?;
            let quantifier = quantifier(cursor);
            model.children.push(leaf(NAME, quantifier, Some(name)));
        }
        cursor.spaces();
        if cursor.eat(")") {
            break;
        }
        let found = cursor.rest().chars().next().filter(|c| matches!(c, '|' | ','));
        match found {
            Some(c) if separator.is_none_or(|s| s == c) => {
                separator = Some(c);
                cursor.at += 1;
            }
            _ => return Err(cursor.wrong()),
        }
    }
    if separator == Some('|') {
        model.kind = CHOICE;
    }
    model.quantifier = quantifier(cursor);
    Ok(model)
}

fn declare_attributes(engine: &mut Engine, cursor: &mut Cursor<'_>) -> Parsed<()> {
    let element = cursor.name().ok_or_else(|| cursor.wrong())?.to_owned();
    loop {
        let spaced = cursor.spaces();
        if cursor.rest().starts_with('>') {
            return Ok(());
        }
        if !spaced {
            return Err(cursor.wrong());
        }
        let name = cursor.name().ok_or_else(|| cursor.wrong())?.to_owned();
        if !cursor.spaces() {
            return Err(cursor.wrong());
        }
        let kind = attribute_type(cursor)?;
        if !cursor.spaces() {
            return Err(cursor.wrong());
        }
        let (mut required, mut default) = (false, None);
        if cursor.eat("#REQUIRED") {
            required = true;
        } else if !cursor.eat("#IMPLIED") {
            required = cursor.eat("#FIXED");
            cursor.spaces();
            let at = cursor.at;
            let literal = cursor.literal().ok_or_else(|| cursor.wrong())?;
            default = Some(engine.attribute_value(literal, kind == "CDATA", at).map_err(|code| (at, code))?);
        }
        let attribute = Attribute { name: name.clone(), is_cdata: kind == "CDATA", default: default.clone() };
        let known = {
            let mut dtd = engine.dtd.borrow_mut();
            let unread = dtd.unread;
            let list = dtd.attributes.entry(element.clone()).or_default();
            let known = list.iter().any(|a| a.name == name);
            if !known && !unread {
                list.push(attribute);
            }
            known
        };
        if !known {
            engine.push(
                Event::AttlistDecl { element: element.clone(), attribute: name, kind, default, required },
                String::new(),
            );
        }
    }
}

fn attribute_type(cursor: &mut Cursor<'_>) -> Parsed<String> {
    for plain in ["CDATA", "IDREFS", "IDREF", "ID", "ENTITIES", "ENTITY", "NMTOKENS", "NMTOKEN"] {
        if cursor.word(plain) {
            return Ok(plain.to_owned());
        }
    }
    let mut kind = String::new();
    if cursor.word("NOTATION") {
        kind.push_str("NOTATION");
        cursor.spaces();
    }
    if !cursor.eat("(") {
        return Err(cursor.wrong());
    }
    kind.push('(');
    loop {
        cursor.spaces();
        kind.push_str(cursor.token().ok_or_else(|| cursor.wrong())?);
        cursor.spaces();
        if cursor.eat(")") {
            kind.push(')');
            return Ok(kind);
        }
        if !cursor.eat("|") {
            return Err(cursor.wrong());
        }
        kind.push('|');
    }
}
