//! Size classes: by 16 bytes up to 256, then about four to each doubling, up to half a block.

/// Number of size classes.
pub const CLASSES: usize = 36;

/// Cell sizes in bytes. From 2,720 on they are what divides a block well.
pub const CLASS_SIZES: [u32; CLASSES] = [
    16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 320, 384, 448, 512, 640, 768, 896, 1024,
    1280, 1536, 1792, 2048, 2720, 3264, 4096, 5456, 6544, 8192, 10912, 16384,
];

/// The largest cell that lives in a shared block; anything bigger is a run of whole blocks.
pub const MAX_SMALL: usize = 16384;

const FINE_LIMIT: usize = 1024;

/// Class by size in 16-byte steps, up to `FINE_LIMIT`.
const FINE: [u8; FINE_LIMIT / 16 + 1] = {
    let mut table = [0; FINE_LIMIT / 16 + 1];
    let mut i = 0;
    while i < table.len() {
        table[i] = first_class(i * 16);
        i += 1;
    }
    table
};

/// Smallest class that may hold the *smallest* size of each 256-byte step above `FINE_LIMIT`.
const COARSE: [u8; MAX_SMALL / 256 + 1] = {
    let mut table = [0; MAX_SMALL / 256 + 1];
    let mut i = 1;
    while i < table.len() {
        table[i] = first_class((i - 1) * 256 + 1);
        i += 1;
    }
    table
};

const fn first_class(size: usize) -> u8 {
    let mut class = 0;
    while (CLASS_SIZES[class as usize] as usize) < size {
        class += 1;
    }
    class
}

/// The size class of a cell of `bytes` (header included), or `None` for a large object.
#[inline(always)]
pub const fn size_class(bytes: usize) -> Option<usize> {
    if bytes <= 256 {
        Some(if bytes <= 16 { 0 } else { (bytes - 1) >> 4 })
    } else if bytes <= FINE_LIMIT {
        Some(FINE[(bytes + 15) >> 4] as usize)
    } else if bytes <= MAX_SMALL {
        let class = COARSE[(bytes + 255) >> 8] as usize;
        Some(if CLASS_SIZES[class] as usize >= bytes { class } else { class + 1 })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_fits() {
        for bytes in 0..=MAX_SMALL {
            let class = size_class(bytes).unwrap();
            assert!(CLASS_SIZES[class] as usize >= bytes, "{bytes}");
            assert!(class == 0 || (CLASS_SIZES[class - 1] as usize) < bytes, "{bytes}");
        }
        assert_eq!(size_class(MAX_SMALL + 1), None);
        assert_eq!(size_class(usize::MAX), None);
        assert!(CLASS_SIZES.iter().all(|size| size % 16 == 0));
    }
}
