//! GDB's interface for code that is made at run time (`-X gdb`): each unit becomes an object file in memory with one
//! symbol, in a list that the debugger reads when [`__jit_debug_register_code`] is reached. So `backtrace` names compiled
//! frames, and walks through them, as they keep frame pointers. (The manual's chapter "JIT Compilation Interface".)

use std::cell::{RefCell, UnsafeCell};
use std::ptr::null_mut;
use std::sync::Mutex;

use brolga_runtime::state::config::Config;

/// An object file of the list.
#[repr(C)]
struct CodeEntry {
    next: *mut CodeEntry,
    previous: *mut CodeEntry,
    file: *const u8,
    size: u64,
}

/// What the debugger looks for by its name.
#[repr(C)]
pub struct Descriptor {
    version: u32,
    /// What is to be done about `relevant`.
    action: u32,
    relevant: *mut CodeEntry,
    first: *mut CodeEntry,
}

const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

#[repr(transparent)]
pub struct Shared(UnsafeCell<Descriptor>);

// SAFETY: written by those who hold `LIST` only.
unsafe impl Sync for Shared {}

/// Where the debugger finds the list.
#[unsafe(no_mangle)]
pub static __jit_debug_descriptor: Shared =
    Shared(UnsafeCell::new(Descriptor { version: 1, action: 0, relevant: null_mut(), first: null_mut() }));

/// The debugger stops here, and reads the descriptor.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn __jit_debug_register_code() {
    // Without an effect the calls would be left out.
    std::hint::black_box(&__jit_debug_descriptor);
}

static LIST: Mutex<()> = Mutex::new(());

/// The units of one interpreter that the debugger knows.
#[derive(Default)]
pub struct Gdb {
    entries: RefCell<Vec<(*mut CodeEntry, Box<[u8]>)>>,
}

impl Gdb {
    pub fn is_wanted(config: &Config) -> bool {
        let option = config.x_options.iter().rev().find(|(name, _)| name == "gdb");
        option.is_some_and(|(_, value)| value.as_deref() != Some("0"))
    }

    /// Names the code at an address.
    pub fn add(&self, start: usize, size: usize, name: &str) {
        let file = object_file(start as u64, size as u64, name).into_boxed_slice();
        let entry = CodeEntry { next: null_mut(), previous: null_mut(), file: file.as_ptr(), size: file.len() as u64 };
        let entry = Box::into_raw(Box::new(entry));
        let _held = LIST.lock();
        // SAFETY: who holds `LIST` has the descriptor and all entries to themselves (the debugger looks while the process
        // stands still); those in the list are alive until `drop` takes them off.
        unsafe {
            let list = &mut *__jit_debug_descriptor.0.get();
            (*entry).next = list.first;
            if let Some(first) = list.first.as_mut() {
                first.previous = entry;
            }
            list.first = entry;
            list.relevant = entry;
            list.action = REGISTER;
        }
        __jit_debug_register_code();
        self.entries.borrow_mut().push((entry, file));
    }
}

impl Drop for Gdb {
    fn drop(&mut self) {
        let _held = LIST.lock();
        for (entry, _file) in self.entries.get_mut().drain(..) {
            // SAFETY: as in `add`; nobody else frees entries, and this one is in no list any more when it is freed.
            unsafe {
                let list = &mut *__jit_debug_descriptor.0.get();
                match (*entry).previous.as_mut() {
                    Some(previous) => previous.next = (*entry).next,
                    None => list.first = (*entry).next,
                }
                if let Some(next) = (*entry).next.as_mut() {
                    next.previous = (*entry).previous;
                }
                list.relevant = entry;
                list.action = UNREGISTER;
                __jit_debug_register_code();
                list.relevant = null_mut();
                drop(Box::from_raw(entry));
            }
        }
    }
}

#[cfg(target_arch = "aarch64")]
const MACHINE: u16 = 183;
#[cfg(not(target_arch = "aarch64"))]
const MACHINE: u16 = 62;

const HEADER: u64 = 64;
const SECTION: u64 = 64;
const SYMBOL: u64 = 24;
const SECTIONS: u64 = 5;

/// An ELF file with a section of code, whose bytes lie elsewhere, and a symbol for it.
fn object_file(start: u64, size: u64, name: &str) -> Vec<u8> {
    let names = b"\0.text\0.symtab\0.strtab\0.shstrtab\0";
    let mut symbol_names = vec![0];
    symbol_names.extend(name.bytes().filter(|b| *b != 0));
    symbol_names.push(0);
    let symbols_at = HEADER + SECTIONS * SECTION;
    let symbol_names_at = symbols_at + 2 * SYMBOL;
    let names_at = symbol_names_at + symbol_names.len() as u64;
    let mut file = Vec::new();
    // The header: 64 bits, little-endian; a relocatable file.
    file.extend([0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    half(&mut file, &[1, MACHINE]);
    word(&mut file, &[1]);
    long(&mut file, &[0, 0, HEADER]);
    word(&mut file, &[0]);
    half(&mut file, &[HEADER as u16, 0, 0, SECTION as u16, SECTIONS as u16, 4]);
    // Sections: name, kind; flags, address, offset, size; link, info; alignment, entry size.
    let mut section = |name: u32, kind: u32, longs: [u64; 4], link: u32, info: u32, rest: [u64; 2]| {
        word(&mut file, &[name, kind]);
        long(&mut file, &longs);
        word(&mut file, &[link, info]);
        long(&mut file, &rest);
    };
    section(0, 0, [0; 4], 0, 0, [0; 2]);
    // No bits in the file; allocated and executable.
    section(1, 8, [2 | 4, start, 0, size], 0, 0, [16, 0]);
    section(7, 2, [0, 0, symbols_at, 2 * SYMBOL], 3, 1, [8, SYMBOL]);
    section(15, 3, [0, 0, symbol_names_at, symbol_names.len() as u64], 0, 0, [1, 0]);
    section(23, 3, [0, 0, names_at, names.len() as u64], 0, 0, [1, 0]);
    // Symbols: none, and a global function at the beginning of section 1.
    long(&mut file, &[0, 0, 0]);
    word(&mut file, &[1]);
    file.extend([1 << 4 | 2, 0]);
    half(&mut file, &[1]);
    long(&mut file, &[0, size]);
    file.extend(symbol_names);
    file.extend(names);
    file
}

fn half(file: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|n| file.extend(n.to_le_bytes()));
}

fn word(file: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|n| file.extend(n.to_le_bytes()));
}

fn long(file: &mut Vec<u8>, numbers: &[u64]) {
    numbers.iter().for_each(|n| file.extend(n.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length() -> usize {
        let _held = LIST.lock();
        // SAFETY: the lock is held.
        let mut entry = unsafe { (*__jit_debug_descriptor.0.get()).first };
        let mut count = 0;
        // SAFETY: entries of the list are alive.
        while let Some(e) = unsafe { entry.as_ref() } {
            count += 1;
            entry = e.next;
        }
        count
    }

    #[test]
    fn entries_come_and_go() {
        let (one, other) = (Gdb::default(), Gdb::default());
        one.add(0x1000, 16, "a");
        other.add(0x2000, 16, "b");
        one.add(0x3000, 16, "c");
        assert_eq!(length(), 3);
        drop(one);
        assert_eq!(length(), 1);
        drop(other);
        assert_eq!(length(), 0);
    }

    #[test]
    fn the_parts_of_a_file() {
        let file = object_file(0x1234_5000, 0x80, "py::f");
        let at = (HEADER + SECTIONS * SECTION + SYMBOL) as usize;
        assert_eq!(&file[at..at + 4], &[1, 0, 0, 0]);
        assert_eq!(&file[at + SYMBOL as usize..][..7], b"\0py::f\0");
        assert!(file.ends_with(b".shstrtab\0"));
    }
}
