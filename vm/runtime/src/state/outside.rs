//! What a program reads from outside (clocks, random bytes) and what another run is to read in their place: `-X
//! outside=record:FILE` writes it down, `-X outside=replay:FILE` gives it back in the same order. So two runs can be compared.
//!
//! The file has one line for each: what was asked for, a tab, the bytes in hexadecimal digits. Where a run asks for more
//! than was recorded it gets what there really is, and `FILE.more` says so.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write};

use super::Vm;

/// A recording that is made or played.
pub struct Outside {
    path: String,
    process: u32,
    mode: Mode,
}

enum Mode {
    Record(RefCell<BufWriter<File>>),
    Replay(RefCell<HashMap<String, VecDeque<Vec<u8>>>>),
}

impl Outside {
    /// What the option says: `record:FILE` or `replay:FILE`.
    pub fn open(value: &str) -> Result<Outside, String> {
        let (mode, path) = value.split_once(':').ok_or("-X outside: wants record:FILE or replay:FILE\n")?;
        let wrong = |e: std::io::Error| format!("-X outside: {path}: {e}\n");
        let mode = match mode {
            "record" => Mode::Record(RefCell::new(BufWriter::new(File::create(path).map_err(wrong)?))),
            "replay" => Mode::Replay(RefCell::new(parse(&std::fs::read_to_string(path).map_err(wrong)?))),
            _ => return Err("-X outside: wants record:FILE or replay:FILE\n".to_owned()),
        };
        Ok(Outside { path: path.to_owned(), process: std::process::id(), mode })
    }

    /// `bytes` are what there really is: records them, or puts what was recorded into their place.
    fn exchange(&self, kind: &str, bytes: &mut [u8]) {
        if std::process::id() != self.process {
            return;
        }
        match &self.mode {
            Mode::Record(file) => {
                let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
                let mut file = file.borrow_mut();
                // What can't be written is not replayed. (Written at once: the process may end in any way.)
                let _ = writeln!(file, "{kind}\t{digits}").and_then(|()| file.flush());
            }
            Mode::Replay(queues) => {
                let recorded = queues.borrow_mut().get_mut(kind).and_then(VecDeque::pop_front);
                match recorded.filter(|r| r.len() == bytes.len()) {
                    Some(recorded) => bytes.copy_from_slice(&recorded),
                    None => _ = std::fs::write(format!("{}.more", self.path), kind),
                }
            }
        }
    }
}

fn parse(text: &str) -> HashMap<String, VecDeque<Vec<u8>>> {
    let mut queues: HashMap<String, VecDeque<Vec<u8>>> = HashMap::new();
    for (kind, digits) in text.lines().filter_map(|line| line.split_once('\t')) {
        let pairs = digits.as_bytes().chunks(2);
        let bytes = pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        queues.entry(kind.to_owned()).or_default().push_back(bytes);
    }
    queues
}

impl Vm {
    /// A program reads these bytes from outside: what it gets.
    #[inline]
    pub fn from_outside(&self, kind: &str, bytes: &mut [u8]) {
        if self.outside.is_set() {
            self.outside.exchange(kind, bytes);
        }
    }

    /// A program reads a clock.
    #[inline]
    pub fn clock_from_outside(&self, clock: i32, ns: i64) -> i64 {
        if !self.outside.is_set() {
            return ns;
        }
        let mut bytes = ns.to_le_bytes();
        self.outside.exchange(&format!("clock-{clock}"), &mut bytes);
        i64::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_is_replayed() {
        let path = std::env::temp_dir().join(format!("brolga-outside-{}", std::process::id()));
        let path = path.to_str().unwrap();
        let record = Outside::open(&format!("record:{path}")).unwrap();
        for n in 1..4u8 {
            record.exchange("clock-0", &mut [n, n]);
            record.exchange("random", &mut [n]);
        }
        let replay = Outside::open(&format!("replay:{path}")).unwrap();
        let mut bytes = [9];
        replay.exchange("random", &mut bytes);
        assert_eq!(bytes, [1]);
        for n in 1..4u8 {
            let mut bytes = [0, 0];
            replay.exchange("clock-0", &mut bytes);
            assert_eq!(bytes, [n, n]);
        }
        let mut more = [7, 7];
        replay.exchange("clock-0", &mut more);
        assert_eq!(more, [7, 7]);
        assert_eq!(std::fs::read_to_string(format!("{path}.more")).unwrap(), "clock-0");
        std::fs::remove_file(path).unwrap();
        std::fs::remove_file(format!("{path}.more")).unwrap();
        assert!(Outside::open("x").is_err());
    }
}
