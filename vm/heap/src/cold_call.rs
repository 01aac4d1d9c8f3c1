//! Calls of the slow paths that disturb no register.
//!
//! An ordinary call makes the compiler assume that all caller-saved registers change, among them *every* vector register of
//! the System V convention. Around an inlined allocation that is never in the hot path, and still it is paid there: live
//! floats go to the stack before the test and come back behind it, which lengthens each chain of arithmetic by a store and a
//! load. So the slow path is entered through a trampoline that saves what its caller did not. What it saves lies on the native
//! stack, where the collector sees it.
//!
//! It also does by itself what is needed most often: in a block with survivors, going on to the next hole.
//!
//! Compiled code calls the same trampoline. Its convention, on x86-64 and aarch64:
//!
//! | | x86-64 | aarch64 |
//! |---|---|---|
//! | allocator | `r10` | `x9` |
//! | size class, then the cell or 0 | `r11` | `x10` |
//! | changed besides | flags | flags, `x11`, `x12`, `x16`, `x17`, `lr` |

use std::ptr::NonNull;

use crate::alloc::{Allocator, LISTED};
use crate::classes::CLASS_SIZES;
use crate::header::Header;

/// The slow path of an allocation, by the address of its result or 0.
///
/// # Safety
/// As [`Allocator::alloc_slow`].
pub(crate) unsafe extern "C" fn alloc_slow_entry(allocator: *const Allocator, class: usize) -> usize {
    // SAFETY: by this function's contract.
    unsafe { (*allocator).alloc_slow(class) }.map_or(0, |cell| cell.as_ptr() as usize)
}

/// The assembly below takes the sizes of these classes for `16 * (class + 1)`, spans and holes for pairs of words.
const _: () = {
    let mut class = 0;
    while class < LISTED {
        assert!(CLASS_SIZES[class] as usize == 16 * (class + 1));
        class += 1;
    }
};

/// The trampoline does not know the registers of AVX, which a program built for one kind of machine may use anywhere.
macro_rules! preserving {
    ($($item:item)*) => {
        $(#[cfg(any(all(target_arch = "x86_64", not(target_feature = "avx")), target_arch = "aarch64"))] $item)*
    };
}

preserving! {
    /// [`Allocator::alloc_slow`] by the convention above.
    #[unsafe(naked)]
    #[cfg(target_arch = "x86_64")]
    pub unsafe extern "C" fn alloc_slow_trampoline() {
        std::arch::naked_asm!(
            ".cfi_startproc",
            "cmp r11, {listed}",
            "jae 2f",
            "mov [rsp - 8], rax",
            "mov [rsp - 16], rcx",
            "mov [rsp - 24], rdx",
            "mov rcx, r11",
            "shl rcx, 4",
            "add rcx, r10",
            "mov rax, [rcx + {holes}]",
            "mov edx, [rax]",
            "test edx, edx",
            "jz 3f",
            "add rax, 4",
            "mov [rcx + {holes}], rax",
            "mov eax, edx",
            "shr eax, 16",
            "shl eax, 4",
            "movzx edx, dx",
            "shl edx, 4",
            "add rax, [rcx + {holes} + 8]",
            "add rdx, [rcx + {holes} + 8]",
            "mov [rcx + {spans} + 8], rax",
            "inc r11",
            "shl r11, 4",
            "add r11, rdx",
            "mov [rcx + {spans}], r11",
            "mov r11, rdx",
            "mov rdx, [rsp - 24]",
            "mov rcx, [rsp - 16]",
            "mov rax, [rsp - 8]",
            "ret",
            "3:",
            "mov rdx, [rsp - 24]",
            "mov rcx, [rsp - 16]",
            "mov rax, [rsp - 8]",
            "2:",
            "push rbp",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset rbp, -16",
            "mov rbp, rsp",
            ".cfi_def_cfa_register rbp",
            "push rax",
            "push rcx",
            "push rdx",
            "push rsi",
            "push rdi",
            "push r8",
            "push r9",
            "push r10",
            // The caller may have put off its own prologue to behind the call: its stack is not always aligned.
            "sub rsp, 256",
            "and rsp, -16",
            "movaps [rsp], xmm0",
            "movaps [rsp + 16], xmm1",
            "movaps [rsp + 32], xmm2",
            "movaps [rsp + 48], xmm3",
            "movaps [rsp + 64], xmm4",
            "movaps [rsp + 80], xmm5",
            "movaps [rsp + 96], xmm6",
            "movaps [rsp + 112], xmm7",
            "movaps [rsp + 128], xmm8",
            "movaps [rsp + 144], xmm9",
            "movaps [rsp + 160], xmm10",
            "movaps [rsp + 176], xmm11",
            "movaps [rsp + 192], xmm12",
            "movaps [rsp + 208], xmm13",
            "movaps [rsp + 224], xmm14",
            "movaps [rsp + 240], xmm15",
            "mov rdi, r10",
            "mov rsi, r11",
            "call {slow}",
            "mov r11, rax",
            "movaps xmm0, [rsp]",
            "movaps xmm1, [rsp + 16]",
            "movaps xmm2, [rsp + 32]",
            "movaps xmm3, [rsp + 48]",
            "movaps xmm4, [rsp + 64]",
            "movaps xmm5, [rsp + 80]",
            "movaps xmm6, [rsp + 96]",
            "movaps xmm7, [rsp + 112]",
            "movaps xmm8, [rsp + 128]",
            "movaps xmm9, [rsp + 144]",
            "movaps xmm10, [rsp + 160]",
            "movaps xmm11, [rsp + 176]",
            "movaps xmm12, [rsp + 192]",
            "movaps xmm13, [rsp + 208]",
            "movaps xmm14, [rsp + 224]",
            "movaps xmm15, [rsp + 240]",
            "lea rsp, [rbp - 64]",
            "pop r10",
            "pop r9",
            "pop r8",
            "pop rdi",
            "pop rsi",
            "pop rdx",
            "pop rcx",
            "pop rax",
            "pop rbp",
            ".cfi_def_cfa rsp, 8",
            "ret",
            ".cfi_endproc",
            slow = sym alloc_slow_entry,
            listed = const LISTED,
            spans = const Allocator::cur_offset(0),
            holes = const Allocator::HOLES,
        )
    }

    /// [`Allocator::alloc_slow`] by the convention above.
    #[unsafe(naked)]
    #[cfg(target_arch = "aarch64")]
    pub unsafe extern "C" fn alloc_slow_trampoline() {
        std::arch::naked_asm!(
            ".cfi_startproc",
            "cmp x10, {listed}",
            "b.hs 2f",
            "add x11, x9, x10, lsl #4",
            "ldr x16, [x11, {holes}]",
            "ldr w17, [x16], #4",
            "cbz w17, 2f",
            "str x16, [x11, {holes}]",
            "ldr x16, [x11, {holes} + 8]",
            "lsr w12, w17, #16",
            "add x12, x16, x12, lsl #4",
            "str x12, [x11, {spans} + 8]",
            "and w17, w17, #0xffff",
            "add x17, x16, x17, lsl #4",
            "add x10, x10, #1",
            "add x10, x17, x10, lsl #4",
            "str x10, [x11, {spans}]",
            "mov x10, x17",
            "ret",
            "2:",
            "stp x29, x30, [sp, #-16]!",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset x30, -8",
            ".cfi_offset x29, -16",
            "mov x29, sp",
            ".cfi_def_cfa x29, 16",
            "sub sp, sp, #640",
            "stp x0, x1, [sp]",
            "stp x2, x3, [sp, #16]",
            "stp x4, x5, [sp, #32]",
            "stp x6, x7, [sp, #48]",
            "stp x8, x9, [sp, #64]",
            "stp x13, x14, [sp, #80]",
            "str x15, [sp, #96]",
            // All of them: the upper halves of v8 to v15 are the caller's to save.
            "stp q0, q1, [sp, #128]",
            "stp q2, q3, [sp, #160]",
            "stp q4, q5, [sp, #192]",
            "stp q6, q7, [sp, #224]",
            "stp q8, q9, [sp, #256]",
            "stp q10, q11, [sp, #288]",
            "stp q12, q13, [sp, #320]",
            "stp q14, q15, [sp, #352]",
            "stp q16, q17, [sp, #384]",
            "stp q18, q19, [sp, #416]",
            "stp q20, q21, [sp, #448]",
            "stp q22, q23, [sp, #480]",
            "stp q24, q25, [sp, #512]",
            "stp q26, q27, [sp, #544]",
            "stp q28, q29, [sp, #576]",
            "stp q30, q31, [sp, #608]",
            "mov x0, x9",
            "mov x1, x10",
            "bl {slow}",
            "mov x10, x0",
            "ldp x0, x1, [sp]",
            "ldp x2, x3, [sp, #16]",
            "ldp x4, x5, [sp, #32]",
            "ldp x6, x7, [sp, #48]",
            "ldp x8, x9, [sp, #64]",
            "ldp x13, x14, [sp, #80]",
            "ldr x15, [sp, #96]",
            "ldp q0, q1, [sp, #128]",
            "ldp q2, q3, [sp, #160]",
            "ldp q4, q5, [sp, #192]",
            "ldp q6, q7, [sp, #224]",
            "ldp q8, q9, [sp, #256]",
            "ldp q10, q11, [sp, #288]",
            "ldp q12, q13, [sp, #320]",
            "ldp q14, q15, [sp, #352]",
            "ldp q16, q17, [sp, #384]",
            "ldp q18, q19, [sp, #416]",
            "ldp q20, q21, [sp, #448]",
            "ldp q22, q23, [sp, #480]",
            "ldp q24, q25, [sp, #512]",
            "ldp q26, q27, [sp, #544]",
            "ldp q28, q29, [sp, #576]",
            "ldp q30, q31, [sp, #608]",
            "mov sp, x29",
            "ldp x29, x30, [sp], #16",
            ".cfi_def_cfa sp, 0",
            "ret",
            ".cfi_endproc",
            slow = sym alloc_slow_entry,
            listed = const LISTED,
            spans = const Allocator::cur_offset(0),
            holes = const Allocator::HOLES,
        )
    }
}

/// [`Allocator::alloc_slow`], called so that the caller's registers stay as they are.
///
/// # Safety
/// As [`Allocator::alloc_slow`].
#[inline(always)]
pub(crate) unsafe fn alloc_slow(allocator: &Allocator, class: usize) -> Option<NonNull<Header>> {
    std::hint::cold_path();
    let mut result = class;
    // SAFETY: the trampoline takes and returns what its convention says, and changes nothing else that is not declared.
    #[cfg(all(target_arch = "x86_64", not(target_feature = "avx")))]
    unsafe {
        std::arch::asm!(
            "call {trampoline}",
            trampoline = sym alloc_slow_trampoline,
            in("r10") allocator,
            inout("r11") result,
        );
    }
    // SAFETY: likewise.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "bl {trampoline}",
            trampoline = sym alloc_slow_trampoline,
            in("x9") allocator,
            inout("x10") result,
            out("x11") _,
            out("x12") _,
            out("x16") _,
            out("x17") _,
            out("lr") _,
        );
    }
    // SAFETY: by this function's contract.
    #[cfg(all(target_arch = "x86_64", target_feature = "avx"))]
    unsafe {
        result = alloc_slow_entry(allocator, result);
    }
    NonNull::new(result as *mut Header)
}
