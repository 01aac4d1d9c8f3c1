//! How much of the place of a field is its own: all bytes, or some bits of an int.

use super::memory::Address;

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Width {
    pub bytes: usize,
    /// Of a bit field: how many bits, from which one on.
    pub bits: Option<(u8, u8)>,
}

impl Width {
    pub fn bytes(bytes: usize) -> Width {
        Width { bytes, bits: None }
    }

    fn low(self) -> u32 {
        self.bits.map_or(0, |(_, low)| u32::from(low)).min(63)
    }

    /// The int of `size` bytes, its first bit that of the field.
    pub fn read(self, from: Address, size: usize, swapped: bool) -> u64 {
        let mut bytes = [0; 8];
        let used = &mut bytes[..size.min(8)];
        from.read(used);
        if swapped {
            used.reverse();
        }
        u64::from_le_bytes(bytes) >> self.low()
    }

    /// Writes the field's bits of an int of `size` bytes, and leaves the others as they are.
    pub fn merge(self, to: Address, size: usize, swapped: bool, value: u64) {
        let used = self.bits.map_or(64, |(used, _)| u32::from(used)).clamp(1, 64);
        let mask = (u64::MAX >> (64 - used)) << self.low();
        let before = Width::bytes(size).read(to, size, swapped);
        let after = before & !mask | value << self.low() & mask;
        let mut bytes = after.to_le_bytes();
        let out = &mut bytes[..size.min(8)];
        if swapped {
            out.reverse();
        }
        to.write(out);
    }
}
