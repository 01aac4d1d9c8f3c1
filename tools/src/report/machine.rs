//! Machine code as text.

/// An instruction: where it begins, and what it is.
pub struct Instruction {
    pub offset: u32,
    pub text: String,
}

#[cfg(target_arch = "x86_64")]
pub fn instructions(bytes: &[u8]) -> Vec<Instruction> {
    use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};

    let mut formatter = IntelFormatter::new();
    let options = formatter.options_mut();
    options.set_first_operand_char_index(8);
    options.set_space_after_operand_separator(true);
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_uppercase_hex(false);
    options.set_branch_leading_zeros(false);
    // Addresses in the code are distances from its start.
    let decoder = Decoder::with_ip(64, bytes, 0, DecoderOptions::NONE);
    let mut all = Vec::new();
    for instruction in decoder {
        let mut text = String::new();
        formatter.format(&instruction, &mut text);
        all.push(Instruction { offset: instruction.ip() as u32, text });
    }
    all
}

#[cfg(target_arch = "aarch64")]
pub fn instructions(bytes: &[u8]) -> Vec<Instruction> {
    use yaxpeax_arch::{Decoder, U8Reader};

    let decoder = yaxpeax_arm::armv8::a64::InstDecoder::default();
    let words = bytes.chunks_exact(4).enumerate();
    words
        .map(|(i, word)| {
            let text = match decoder.decode(&mut U8Reader::new(word)) {
                Ok(instruction) => instruction.to_string(),
                // A constant among the code.
                Err(_) => format!(".word 0x{:08x}", u32::from_le_bytes([word[0], word[1], word[2], word[3]])),
            };
            Instruction { offset: 4 * i as u32, text }
        })
        .collect()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub fn instructions(_: &[u8]) -> Vec<Instruction> {
    Vec::new()
}
