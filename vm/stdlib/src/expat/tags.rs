//! Start and end tags, attributes and their values, and the XML declaration's parts.

use std::collections::HashMap;

use super::chars::{char_ref, is_char, name_len};
use super::codes::Code;
use super::dtd::Entity;
use super::engine::{Engine, Kind, MAX_DEPTH, Stage, Step, predefined};
use super::event::{Event, Wanted};

impl Engine {
    pub(super) fn end_tag(&mut self, wanted: Wanted) -> Step {
        let Some(end) = self.with_rest(|rest| rest.find('>')) else { return self.incomplete(Code::UNCLOSED_TOKEN) };
        let body = self.with_rest(|rest| rest[2..end].to_owned());
        let name = name_len(&body);
        if name == 0 {
            return Err(self.fail_at(2, Code::INVALID_TOKEN));
        }
        if let Some(at) = body[name..].find(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n')) {
            return Err(self.fail_at(2 + name + at, Code::INVALID_TOKEN));
        }
        let outer = self.expansions.last().map_or(0, |e| e.depth);
        if self.open.len() <= outer {
            return Err(Code::ASYNC_ENTITY);
        }
        if self.open.last().is_none_or(|open| *open != body[..name]) {
            return Err(self.fail_at(2, Code::TAG_MISMATCH));
        }
        self.close(end + 1, wanted);
        self.consume(end + 1);
        self.after_end();
        Ok(true)
    }

    /// Reports the end of the innermost element.
    fn close(&mut self, len: usize, wanted: Wanted) {
        let name = self.open.pop().unwrap_or_default();
        match &mut self.names {
            None => self.report(Event::EndElement(name), len, wanted),
            Some(names) => {
                let (name, ended) = names.end(&name);
                self.report(Event::EndElement(name), len, wanted);
                for prefix in ended {
                    self.report(Event::EndNamespace(prefix), 0, wanted);
                }
            }
        }
    }

    fn after_end(&mut self) {
        if self.open.is_empty() && self.kind == Kind::Document {
            self.stage = Stage::Epilog;
        }
    }

    pub(super) fn start_tag(&mut self, wanted: Wanted) -> Step {
        // The tag's end: a `>` outside of quotes.
        let end = self.with_rest(|rest| {
            let mut quote = 0;
            for (i, b) in rest.bytes().enumerate() {
                match b {
                    b'"' | b'\'' if quote == 0 => quote = b,
                    b if b == quote && quote != 0 => quote = 0,
                    b'>' if quote == 0 => return Ok(i),
                    b'<' if i > 0 => return Err(i),
                    _ => {}
                }
            }
            Err(usize::MAX)
        });
        let end = match end {
            Ok(end) => end,
            Err(usize::MAX) => {
                let bad = self.with_rest(|rest| name_len(&rest[1..]) == 0);
                if bad {
                    return Err(self.fail_at(1, Code::INVALID_TOKEN));
                }
                return self.incomplete(Code::UNCLOSED_TOKEN);
            }
            Err(at) => return Err(self.fail_at(at, Code::INVALID_TOKEN)),
        };
        let body = self.with_rest(|rest| rest[1..end].to_owned());
        let empty = body.ends_with('/');
        let body = body.strip_suffix('/').unwrap_or(&body);
        let tag = match split_tag(body) {
            Ok(tag) => tag,
            Err(at) => return Err(self.fail_at(1 + at, Code::INVALID_TOKEN)),
        };
        let mut attributes: Vec<(String, String)> = Vec::with_capacity(tag.attributes.len());
        let declared = self.dtd.borrow().attributes.get(tag.name).cloned();
        for (name, value) in &tag.attributes {
            if attributes.iter().any(|(other, _)| other == name) {
                return Err(self.fail_at(1 + offset_in(body, name), Code::DUPLICATE_ATTRIBUTE));
            }
            let is_cdata = declared.iter().flatten().find(|d| d.name == *name).is_none_or(|d| d.is_cdata);
            let value = self.attribute_value(value, is_cdata, 1 + offset_in(body, value))?;
            attributes.push(((*name).to_owned(), value));
        }
        let specified = attributes.len();
        for attribute in declared.iter().flatten() {
            if let Some(default) = &attribute.default
                && !attributes.iter().any(|(name, _)| *name == attribute.name)
            {
                attributes.push((attribute.name.clone(), default.clone()));
            }
        }
        let len = end + 1;
        let name = tag.name.to_owned();
        let (reported, attributes, specified, started) = match &mut self.names {
            None => (name.clone(), attributes, specified, Vec::new()),
            Some(names) => names.start(&name, attributes, specified)?,
        };
        for (prefix, uri) in started {
            self.report(Event::StartNamespace(prefix, uri), 0, wanted);
        }
        self.report(Event::StartElement { name: reported, attributes, specified }, len, wanted);
        self.open.push(name);
        self.consume(len);
        if empty {
            // The end is reported where the tag ends.
            self.close(0, wanted);
            self.after_end();
        }
        Ok(true)
    }

    /// An attribute's value with its references and white space as they count.
    pub(super) fn attribute_value(&mut self, raw: &str, is_cdata: bool, offset: usize) -> Result<String, Code> {
        let mut out = String::with_capacity(raw.len());
        let mut within = Vec::new();
        self.add_value(raw, &mut out, &mut within, offset)?;
        if !is_cdata {
            let words: Vec<&str> = out.split(' ').filter(|w| !w.is_empty()).collect();
            return Ok(words.join(" "));
        }
        Ok(out)
    }

    fn add_value(&mut self, raw: &str, out: &mut String, within: &mut Vec<String>, offset: usize) -> Result<(), Code> {
        let direct = within.is_empty();
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            let at = if direct { offset + raw.len() - rest.len() } else { 0 };
            match c {
                '<' => return Err(if direct { self.fail_at(at, Code::INVALID_TOKEN) } else { Code::INVALID_TOKEN }),
                '\r' => {
                    out.push(' ');
                    rest = rest[1..].strip_prefix('\n').unwrap_or(&rest[1..]);
                    continue;
                }
                '\n' | '\t' => out.push(' '),
                '&' => {
                    let Some(end) = rest.find(';') else {
                        return Err(if direct { self.fail_at(at, Code::INVALID_TOKEN) } else { Code::INVALID_TOKEN });
                    };
                    let name = &rest[1..end];
                    if let Some(digits) = name.strip_prefix('#') {
                        match char_ref(digits) {
                            Some(c) => out.push(c),
                            None if direct => return Err(self.fail_at(at, Code::BAD_CHAR_REF)),
                            None => return Err(Code::BAD_CHAR_REF),
                        }
                    } else if let Some(c) = predefined(name) {
                        out.push(c);
                    } else if name_len(name) != name.len() || name.is_empty() {
                        return Err(if direct {
                            self.fail_at(at + 1, Code::INVALID_TOKEN)
                        } else {
                            Code::INVALID_TOKEN
                        });
                    } else {
                        self.add_entity(name, out, within).map_err(|code| match code {
                            Code::UNDEFINED_ENTITY => code,
                            _ if direct => self.fail_at(at, code),
                            _ => code,
                        })?;
                    }
                    rest = &rest[end + 1..];
                    continue;
                }
                c if !is_char(u32::from(c)) => {
                    return Err(if direct { self.fail_at(at, Code::INVALID_TOKEN) } else { Code::INVALID_TOKEN });
                }
                c => out.push(c),
            }
            rest = &rest[c.len_utf8()..];
        }
        Ok(())
    }

    fn add_entity(&mut self, name: &str, out: &mut String, within: &mut Vec<String>) -> Result<(), Code> {
        let found: Option<Entity> = self.dtd.borrow().general.get(name).cloned();
        let Some(entity) = found else {
            let dtd = self.dtd.borrow();
            return if dtd.has_external && !dtd.standalone { Ok(()) } else { Err(Code::UNDEFINED_ENTITY) };
        };
        if within.iter().any(|n| n == name) || within.len() >= MAX_DEPTH {
            return Err(Code::RECURSIVE_ENTITY_REF);
        }
        if entity.notation.is_some() {
            return Err(Code::BINARY_ENTITY_REF);
        }
        let Some(text) = entity.text else { return Err(Code::ATTRIBUTE_EXTERNAL_ENTITY_REF) };
        self.expand(text.len())?;
        within.push(name.to_owned());
        self.add_value(&text, out, within, 0)?;
        within.pop();
        Ok(())
    }
}

/// Where a part of a text begins in it.
fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize).min(text.len())
}

struct Tag<'t> {
    name: &'t str,
    /// Names, and values between their quotes.
    attributes: Vec<(&'t str, &'t str)>,
}

/// Takes a start tag apart. `Err`: where it is wrong.
fn split_tag(body: &str) -> Result<Tag<'_>, usize> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let len = name_len(body);
    if len == 0 {
        return Err(0);
    }
    let (name, mut rest) = body.split_at(len);
    let mut attributes = Vec::new();
    loop {
        let at = |rest: &str| body.len() - rest.len();
        let trimmed = rest.trim_start_matches(SPACE);
        if trimmed.is_empty() {
            return Ok(Tag { name, attributes });
        }
        if trimmed.len() == rest.len() {
            return Err(at(rest));
        }
        let len = name_len(trimmed);
        if len == 0 {
            return Err(at(trimmed));
        }
        let (attribute, after) = trimmed.split_at(len);
        let after = after.trim_start_matches(SPACE);
        let Some(value) = after.strip_prefix('=') else { return Err(at(after)) };
        let value = value.trim_start_matches(SPACE);
        let quote = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => return Err(at(value)),
        };
        let Some(end) = value[1..].find(quote) else { return Err(at(value)) };
        attributes.push((attribute, &value[1..end + 1]));
        rest = &value[end + 2..];
    }
}

pub(super) type Pseudo = (Option<String>, Option<String>, Option<bool>);

/// `version`, `encoding` and `standalone` of an XML declaration. `Err`: where it is wrong.
pub(super) fn pseudo_attributes(body: &str) -> Result<Pseudo, usize> {
    let tag = split_tag_attributes(body)?;
    let mut found: HashMap<&str, &str> = HashMap::new();
    let mut order = 0;
    for (name, value) in tag {
        let rank = match name {
            "version" => 1,
            "encoding" => 2,
            "standalone" => 3,
            _ => return Err(offset_in(body, name)),
        };
        if rank <= order {
            return Err(offset_in(body, name));
        }
        order = rank;
        found.insert(name, value);
    }
    let standalone = match found.get("standalone") {
        None => None,
        Some(&"yes") => Some(true),
        Some(&"no") => Some(false),
        Some(other) => return Err(offset_in(body, other)),
    };
    Ok((found.get("version").map(|v| (*v).to_owned()), found.get("encoding").map(|v| (*v).to_owned()), standalone))
}

fn split_tag_attributes(body: &str) -> Result<Vec<(&str, &str)>, usize> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let mut rest = body;
    let mut all = Vec::new();
    loop {
        let trimmed = rest.trim_start_matches(SPACE);
        if trimmed.is_empty() {
            return Ok(all);
        }
        let at = |rest: &str| body.len() - rest.len();
        let len = name_len(trimmed);
        let (name, after) = trimmed.split_at(len);
        let after = after.trim_start_matches(SPACE);
        let Some(value) = after.strip_prefix('=').filter(|_| len > 0) else { return Err(at(trimmed)) };
        let value = value.trim_start_matches(SPACE);
        let quote = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => return Err(at(value)),
        };
        let Some(end) = value[1..].find(quote) else { return Err(at(value)) };
        all.push((name, &value[1..end + 1]));
        rest = &value[end + 2..];
    }
}
