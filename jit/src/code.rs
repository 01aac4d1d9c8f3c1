//! Memory for native code: never writable and executable at once, and capped.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// All that an interpreter's native code may take, in bytes.
const CAP: usize = 64 << 20;

/// A reserved range of addresses; code is put one unit behind the other, each on pages of its own.
#[derive(Debug)]
pub struct CodeMemory {
    base: *mut u8,
    used: Cell<usize>,
    page: usize,
    /// How often the instruction caches were told of new code. (x86-64 needs no telling, and emulation does not notice if
    /// it is left out: a test looks at this.)
    told: Cell<usize>,
}

impl CodeMemory {
    /// `None` where the system gives no addresses.
    pub fn new() -> Option<CodeMemory> {
        // SAFETY: a fresh anonymous mapping that nothing can touch yet.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                CAP,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        // SAFETY: a plain question.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(65536);
        (base != libc::MAP_FAILED).then(|| CodeMemory {
            base: base.cast(),
            used: Cell::new(0),
            page,
            told: Cell::new(0),
        })
    }

    /// Puts a unit's code into memory; its address. `None`: there is no room.
    pub fn put(&self, code: &[u8]) -> Option<*const u8> {
        let size = code.len().checked_next_multiple_of(self.page)?;
        let at = self.used.get();
        if code.is_empty() || size > CAP - at {
            return None;
        }
        // SAFETY: pages of the mapping that hold nothing yet; nobody runs them before they are executable.
        unsafe {
            let place = self.base.add(at);
            if libc::mprotect(place.cast(), size, libc::PROT_READ | libc::PROT_WRITE) != 0 {
                return None;
            }
            std::ptr::copy_nonoverlapping(code.as_ptr(), place, code.len());
            if libc::mprotect(place.cast(), size, libc::PROT_READ | libc::PROT_EXEC) != 0 {
                return None;
            }
            let cleared = wasmtime_internal_jit_icache_coherence::clear_cache(place.cast(), code.len()).is_ok();
            self.used.set(at + size);
            // Where the system knows no barrier for all threads, they get here by the GIL's lock.
            let _ = wasmtime_internal_jit_icache_coherence::pipeline_flush_mt();
            self.told.set(self.told.get() + usize::from(cleared));
            Some(place)
        }
    }

    /// All addresses that code may have.
    pub fn addresses(&self) -> std::ops::Range<usize> {
        self.base as usize..self.base as usize + CAP
    }

    pub fn used(&self) -> usize {
        self.used.get()
    }

    pub fn page(&self) -> usize {
        self.page
    }
}

/// Constants that code loads rather than carries: the code generator keeps a load in a register for a whole loop, but makes
/// an immediate anew at each use. They live as long as the code.
#[derive(Debug, Default)]
pub struct Pool {
    chunks: RefCell<Vec<Box<[Cell<u64>]>>>,
    places: RefCell<HashMap<u64, usize>>,
}

/// Constants in a chunk of the pool.
const POOL_CHUNK: usize = 256;

impl Pool {
    /// Where a constant stands.
    pub fn address(&self, bits: u64) -> usize {
        let mut places = self.places.borrow_mut();
        let number = places.len();
        *places.entry(bits).or_insert_with(|| {
            let mut chunks = self.chunks.borrow_mut();
            if number.is_multiple_of(POOL_CHUNK) {
                chunks.push((0..POOL_CHUNK).map(|_| Cell::new(0)).collect());
            }
            // Chunks are boxed: they stay where they are.
            let cell = &chunks[number / POOL_CHUNK][number % POOL_CHUNK];
            cell.set(bits);
            cell.as_ptr() as usize
        })
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        // SAFETY: the mapping of `new`; the interpreter that ran code in it is gone.
        unsafe { libc::munmap(self.base.cast(), CAP) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_are_told_of_each_unit() {
        let memory = CodeMemory::new().unwrap();
        for n in 1..=3 {
            memory.put(&[0; 100]).unwrap();
            assert_eq!(memory.told.get(), n);
        }
    }

    #[test]
    fn never_writable_and_executable() {
        let memory = CodeMemory::new().unwrap();
        memory.put(&[0; 100]).unwrap();
        memory.put(&[0; 5000]).unwrap();
        let mine = memory.addresses();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let mut executable = 0;
        for line in maps.lines() {
            let (range, rest) = line.split_once(' ').unwrap();
            let (start, end) = range.split_once('-').unwrap();
            let (start, end) = (usize::from_str_radix(start, 16).unwrap(), usize::from_str_radix(end, 16).unwrap());
            if start < mine.end && end > mine.start {
                assert!(!rest.starts_with("rwx") && !rest.starts_with("-wx"), "{line}");
                executable += usize::from(rest.starts_with("r-x")) * (end - start);
            }
        }
        assert_eq!(executable, memory.used());
    }
}
