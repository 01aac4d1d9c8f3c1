//! What runs an [`Engine`] for whoever gets its reports: the handlers of `pyexpat`'s parser, or the target of ElementTree's.

use std::cell::RefCell;
use std::rc::Rc;

use brolga_runtime::PyResult;
use brolga_runtime::codecs;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;

use super::codes::Code;
use super::decode::Encoding;
use super::dtd::Dtd;
use super::engine::{Engine, Kind};
use super::event::{Event, Position, Reported, Wanted};
use super::namespaces::Namespaces;

/// What a report's receiver makes of it.
pub enum Answer {
    GoOn,
    /// NotStandaloneHandler or ExternalEntityRefHandler gave 0.
    Refused,
}

/// Who gets what an engine reads.
pub trait Sink {
    fn wanted(&self) -> Wanted;
    /// Where what comes next begins.
    fn at(&self, position: Position);
    fn event(&mut self, engine: &mut Engine, reported: Reported) -> PyResult<Answer>;
}

/// An engine for a document. `separator`: names are to be resolved.
pub fn new_engine(vm: &Vm, encoding: Option<String>, separator: Option<String>) -> PyResult<Engine> {
    let dtd: Rc<RefCell<Dtd>> = Rc::default();
    let mut engine = Engine::new(Kind::Document, separator.map(Namespaces::new), dtd);
    if let Some(name) = encoding {
        let found = encoding_named(vm, &name);
        engine.given = vm.suppress(found, vm.types.lookup_error)?.flatten();
        if engine.given.is_none() {
            engine.error = Some(Code::UNKNOWN_ENCODING);
        }
    }
    Ok(engine)
}

/// An encoding, by a codec if it is none of the parser's own: one of single bytes. `None`: one in which markup would not be
/// found.
pub fn encoding_named(vm: &Vm, name: &str) -> PyResult<Option<Encoding>> {
    if let Some(own) = Encoding::named(name) {
        return Ok(Some(own));
    }
    let bytes: Vec<u8> = (0..=255).collect();
    let all = PyBytes::new(vm, &bytes)?;
    let (encoding, replace) = (vm.new_str(name)?, vm.intern("replace")?);
    let text = codecs::decode(vm, all.value(), all.as_slice(), Some(encoding), Some(replace))?;
    if text.len() != 256 {
        return Err(vm.value_error("multi-byte encodings are not supported"));
    }
    let mut table = Box::new([0u32; 256]);
    for (slot, c) in table.iter_mut().zip(text.chars()) {
        *slot = if c == 0xfffd { 0 } else { c };
    }
    // Every ASCII character that means something must be where it is in ASCII.
    let means = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r') || (0x20..0x7f).contains(b) && !b"$@\\^`{}~".contains(b);
    if (0..128u8).filter(means).any(|b| table[b as usize] != u32::from(b)) {
        return Ok(None);
    }
    Ok(Some(Encoding::Table(table)))
}

/// Parses what the engine has been fed. `Some`: the document is wrong.
pub fn drive(vm: &Vm, engine: &mut Engine, sink: &mut impl Sink) -> PyResult<Option<Code>> {
    loop {
        match engine.advance(sink.wanted()) {
            Ok(true) => {}
            Ok(false) => {
                let Some(name) = engine.wants_codec.take() else {
                    sink.at(engine.position);
                    return Ok(None);
                };
                engine.given = encoding_named(vm, &name)?;
                if engine.given.is_none() {
                    engine.error = Some(Code::UNKNOWN_ENCODING);
                }
                continue;
            }
            Err(code) => {
                sink.at(engine.position);
                return Ok(Some(code));
            }
        }
        while let Some(reported) = engine.queue.pop_front() {
            sink.at(reported.position);
            let not_standalone = matches!(reported.event, Event::NotStandalone);
            if let Answer::Refused = sink.event(engine, reported)? {
                let code = if not_standalone { Code::NOT_STANDALONE } else { Code::EXTERNAL_ENTITY_HANDLING };
                engine.error = Some(code);
                engine.queue.clear();
                return Ok(Some(code));
            }
        }
    }
}
