//! Timsort: Tim Peters' stable, adaptive merge sort, with the powersort merge policy, as CPython 3.14 runs it, so that
//! the same comparisons are made in the same order (they can be observed) and an inconsistent order gives the same
//! result. See "listsort.txt" in CPython's sources for the reasons behind each step.
//!
//! It sorts plain data: keys in machine form, or indices into a rooted array of keys. A comparison may fail; the items
//! are then some permutation of what they were.

use crate::PyResult;
use crate::state::Vm;

/// Runs shorter than this are extended by binary insertion.
const MAX_MINRUN: usize = 64;
/// How often one run must win in a row before merging gallops.
const MIN_GALLOP: usize = 7;

#[derive(Copy, Clone)]
struct Run {
    start: usize,
    len: usize,
    /// The depth of the boundary to the next run in the (virtual) merge tree.
    power: u32,
}

struct Sorter<'a, T, F> {
    vm: &'a Vm,
    items: &'a mut [T],
    less: F,
    /// Runs not merged yet, adjacent, in order.
    pending: Vec<Run>,
    temp: Vec<T>,
    min_gallop: usize,
}

/// Sorts `items` by `less`, a strict weak order.
pub fn sort<T: Copy>(vm: &Vm, items: &mut [T], less: impl FnMut(T, T) -> PyResult<bool>) -> PyResult<()> {
    let len = items.len();
    if len < 2 {
        return Ok(());
    }
    let mut sorter = Sorter { vm, items, less, pending: Vec::new(), temp: Vec::new(), min_gallop: MIN_GALLOP };
    let minrun = min_run(len);
    let mut start = 0;
    while start < len {
        let mut run = sorter.count_run(start, len)?;
        if run < minrun {
            let wanted = minrun.min(len - start);
            sorter.binary_insertion(start, run, wanted)?;
            run = wanted;
        }
        sorter.found_run(start, run, len)?;
        start += run;
    }
    sorter.merge_all()
}

/// 32 to 64, such that `len` divided by it is a power of two or a little less.
fn min_run(mut len: usize) -> usize {
    let mut odd = 0;
    while len >= MAX_MINRUN {
        odd |= len & 1;
        len >>= 1;
    }
    len + odd
}

impl<T: Copy, F: FnMut(T, T) -> PyResult<bool>> Sorter<'_, T, F> {
    #[inline(always)]
    fn less(&mut self, a: T, b: T) -> PyResult<bool> {
        (self.less)(a, b)
    }

    /// Whether item `a` is less than item `b`.
    #[inline(always)]
    fn at_less(&mut self, a: usize, b: usize) -> PyResult<bool> {
        let (a, b) = (self.items[a], self.items[b]);
        self.less(a, b)
    }

    /// The length of the run at `lo`; a descending one (equal neighbours allowed) is reversed, stably.
    fn count_run(&mut self, lo: usize, hi: usize) -> PyResult<usize> {
        let end = hi - lo;
        if end < 2 {
            return Ok(end);
        }
        let mut n = 1;
        while n < end && !self.at_less(lo + n, lo + n - 1)? {
            n += 1;
        }
        if n == end {
            return Ok(n);
        }
        if n > 1 {
            if self.at_less(lo, lo + n - 1)? {
                return Ok(n);
            }
            // All equal up to here, and the next is smaller: a descending run. Equal stretches are turned round, so
            // that turning the whole round puts them right.
            self.items[lo..lo + n].reverse();
        }
        n += 1;
        let mut equal = 0;
        while n < end {
            if self.at_less(lo + n, lo + n - 1)? {
                self.reverse_equal(lo + n, &mut equal);
            } else if self.at_less(lo + n - 1, lo + n)? {
                break;
            } else {
                equal += 1;
            }
            n += 1;
        }
        self.reverse_equal(lo + n, &mut equal);
        self.items[lo..lo + n].reverse();
        while n < end && !self.at_less(lo + n, lo + n - 1)? {
            n += 1;
        }
        Ok(n)
    }

    /// Reverses the last stretch of equal items, which ends before `end`.
    fn reverse_equal(&mut self, end: usize, equal: &mut usize) {
        if *equal > 0 {
            let n = *equal + 1;
            self.items[end - n..end].reverse();
            *equal = 0;
        }
    }

    /// Sorts `len` items at `lo`, of which the first `sorted` are.
    fn binary_insertion(&mut self, lo: usize, sorted: usize, len: usize) -> PyResult<()> {
        for i in sorted.max(1)..len {
            let pivot = self.items[lo + i];
            let (mut left, mut right) = (0, i);
            while left < right {
                let middle = (left + right) / 2;
                let other = self.items[lo + middle];
                if self.less(pivot, other)? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            self.items.copy_within(lo + left..lo + i, lo + left + 1);
            self.items[lo + left] = pivot;
        }
        Ok(())
    }

    /// A new run: first merges those before it that lie deeper in the merge tree.
    fn found_run(&mut self, start: usize, len: usize, total: usize) -> PyResult<()> {
        if let Some(last) = self.pending.last() {
            let power = power(last.start, last.len, len, total);
            while let [.., before, _] = self.pending.as_slice()
                && before.power > power
            {
                self.merge_at(self.pending.len() - 2)?;
            }
            if let Some(last) = self.pending.last_mut() {
                last.power = power;
            }
        }
        self.pending.try_reserve(1).map_err(|_| self.vm.memory_error())?;
        self.pending.push(Run { start, len, power: 0 });
        Ok(())
    }

    fn merge_all(&mut self) -> PyResult<()> {
        while self.pending.len() > 1 {
            let mut n = self.pending.len() - 2;
            if n > 0 && self.pending[n - 1].len < self.pending[n + 1].len {
                n -= 1;
            }
            self.merge_at(n)?;
        }
        Ok(())
    }

    /// Merges pending runs `i` and `i + 1`.
    fn merge_at(&mut self, i: usize) -> PyResult<()> {
        let (mut a, b) = (self.pending[i], self.pending[i + 1]);
        self.pending[i].len = a.len + b.len;
        self.pending.remove(i + 1);
        // Items of `a` already in place, then those of `b`.
        let k = self.gallop_right(self.items[b.start], Source::Items(a.start), a.len, 0)?;
        a.start += k;
        a.len -= k;
        if a.len == 0 {
            return Ok(());
        }
        let nb = self.gallop_left(self.items[a.start + a.len - 1], Source::Items(b.start), b.len, b.len - 1)?;
        if nb == 0 {
            return Ok(());
        }
        if a.len <= nb { self.merge_low(a.start, a.len, nb) } else { self.merge_high(a.start, a.len, nb) }
    }

    #[inline(always)]
    fn read(&self, source: Source, i: usize) -> T {
        match source {
            Source::Items(start) => self.items[start + i],
            Source::Temp(start) => self.temp[start + i],
        }
    }

    /// Where `key` belongs in a sorted stretch of `n` items, before equal ones; the search starts at `hint`.
    fn gallop_left(&mut self, key: T, source: Source, n: usize, hint: usize) -> PyResult<usize> {
        let (mut last, mut offset) = (0isize, 1isize);
        let hint_at = hint as isize;
        let at_hint = self.read(source, hint);
        if self.less(at_hint, key)? {
            let max = n as isize - hint_at;
            while offset < max {
                let other = self.read(source, (hint_at + offset) as usize);
                if !self.less(other, key)? {
                    break;
                }
                last = offset;
                offset = (offset << 1) + 1;
            }
            offset = offset.min(max);
            last += hint_at;
            offset += hint_at;
        } else {
            let max = hint_at + 1;
            while offset < max {
                let other = self.read(source, (hint_at - offset) as usize);
                if self.less(other, key)? {
                    break;
                }
                last = offset;
                offset = (offset << 1) + 1;
            }
            offset = offset.min(max);
            (last, offset) = (hint_at - offset, hint_at - last);
        }
        last += 1;
        while last < offset {
            let middle = last + ((offset - last) >> 1);
            let other = self.read(source, middle as usize);
            if self.less(other, key)? {
                last = middle + 1;
            } else {
                offset = middle;
            }
        }
        Ok(offset as usize)
    }

    /// As [`Sorter::gallop_left`], after equal ones.
    fn gallop_right(&mut self, key: T, source: Source, n: usize, hint: usize) -> PyResult<usize> {
        let (mut last, mut offset) = (0isize, 1isize);
        let hint_at = hint as isize;
        let at_hint = self.read(source, hint);
        if self.less(key, at_hint)? {
            let max = hint_at + 1;
            while offset < max {
                let other = self.read(source, (hint_at - offset) as usize);
                if !self.less(key, other)? {
                    break;
                }
                last = offset;
                offset = (offset << 1) + 1;
            }
            offset = offset.min(max);
            (last, offset) = (hint_at - offset, hint_at - last);
        } else {
            let max = n as isize - hint_at;
            while offset < max {
                let other = self.read(source, (hint_at + offset) as usize);
                if self.less(key, other)? {
                    break;
                }
                last = offset;
                offset = (offset << 1) + 1;
            }
            offset = offset.min(max);
            last += hint_at;
            offset += hint_at;
        }
        last += 1;
        while last < offset {
            let middle = last + ((offset - last) >> 1);
            let other = self.read(source, middle as usize);
            if self.less(key, other)? {
                offset = middle;
            } else {
                last = middle + 1;
            }
        }
        Ok(offset as usize)
    }

    /// Moves `len` items at `start` to the temporary.
    fn fill_temp(&mut self, start: usize, len: usize) -> PyResult<()> {
        self.temp.clear();
        self.temp.try_reserve(len).map_err(|_| self.vm.memory_error())?;
        self.temp.extend_from_slice(&self.items[start..start + len]);
        Ok(())
    }

    /// Merges two neighbours, the first (the shorter) by way of the temporary, from the left. The first item of the
    /// second run goes first; the last item of the first run goes last.
    fn merge_low(&mut self, start: usize, na: usize, nb: usize) -> PyResult<()> {
        self.fill_temp(start, na)?;
        let mut m = Merge { a: 0, na, b: start + na, nb, to: start };
        let result = self.merge_low_loop(&mut m);
        // What is left of the first run, at the end and after an error alike; what is left of the second is in place,
        // unless only the first run's last item is left, which goes behind it.
        if result.is_ok() && m.na == 1 && m.nb > 0 {
            self.items.copy_within(m.b..m.b + m.nb, m.to);
            m.to += m.nb;
        }
        self.items[m.to..m.to + m.na].copy_from_slice(&self.temp[m.a..m.a + m.na]);
        result
    }

    fn merge_low_loop(&mut self, m: &mut Merge) -> PyResult<()> {
        self.low_take_b(m);
        if m.nb == 0 || m.na == 1 {
            return Ok(());
        }
        loop {
            let (mut won_a, mut won_b) = (0, 0);
            // One at a time, until one run seems to win all the time.
            loop {
                let (a, b) = (self.temp[m.a], self.items[m.b]);
                if self.less(b, a)? {
                    self.low_take_b(m);
                    won_b += 1;
                    won_a = 0;
                    if m.nb == 0 {
                        return Ok(());
                    }
                    if won_b >= self.min_gallop {
                        break;
                    }
                } else {
                    self.low_take_a(m);
                    won_a += 1;
                    won_b = 0;
                    if m.na == 1 {
                        return Ok(());
                    }
                    if won_a >= self.min_gallop {
                        break;
                    }
                }
            }
            self.min_gallop += 1;
            loop {
                self.min_gallop -= usize::from(self.min_gallop > 1);
                let k = self.gallop_right(self.items[m.b], Source::Temp(m.a), m.na, 0)?;
                won_a = k;
                if k > 0 {
                    self.items[m.to..m.to + k].copy_from_slice(&self.temp[m.a..m.a + k]);
                    m.to += k;
                    m.a += k;
                    m.na -= k;
                    // 0 only if the order is inconsistent.
                    if m.na <= 1 {
                        return Ok(());
                    }
                }
                self.low_take_b(m);
                if m.nb == 0 {
                    return Ok(());
                }
                let k = self.gallop_left(self.temp[m.a], Source::Items(m.b), m.nb, 0)?;
                won_b = k;
                if k > 0 {
                    self.items.copy_within(m.b..m.b + k, m.to);
                    m.to += k;
                    m.b += k;
                    m.nb -= k;
                    if m.nb == 0 {
                        return Ok(());
                    }
                }
                self.low_take_a(m);
                if m.na == 1 {
                    return Ok(());
                }
                if won_a < MIN_GALLOP && won_b < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
    }

    #[inline(always)]
    fn low_take_a(&mut self, m: &mut Merge) {
        self.items[m.to] = self.temp[m.a];
        m.to += 1;
        m.a += 1;
        m.na -= 1;
    }

    #[inline(always)]
    fn low_take_b(&mut self, m: &mut Merge) {
        self.items[m.to] = self.items[m.b];
        m.to += 1;
        m.b += 1;
        m.nb -= 1;
    }

    /// As [`Sorter::merge_low`], the second run (the shorter) by way of the temporary, from the right. In the state,
    /// `a` and `b` are where the runs start, `to` is where what is merged starts.
    fn merge_high(&mut self, start: usize, na: usize, nb: usize) -> PyResult<()> {
        self.fill_temp(start + na, nb)?;
        let mut m = Merge { a: start, na, b: 0, nb, to: start + na + nb };
        let result = self.merge_high_loop(&mut m);
        if result.is_ok() && m.nb == 1 && m.na > 0 {
            m.to -= m.na;
            self.items.copy_within(m.a..m.a + m.na, m.to);
        }
        self.items[m.to - m.nb..m.to].copy_from_slice(&self.temp[..m.nb]);
        result
    }

    fn merge_high_loop(&mut self, m: &mut Merge) -> PyResult<()> {
        self.high_take_a(m);
        if m.na == 0 || m.nb == 1 {
            return Ok(());
        }
        loop {
            let (mut won_a, mut won_b) = (0, 0);
            loop {
                let (a, b) = (self.items[m.a + m.na - 1], self.temp[m.nb - 1]);
                if self.less(b, a)? {
                    self.high_take_a(m);
                    won_a += 1;
                    won_b = 0;
                    if m.na == 0 {
                        return Ok(());
                    }
                    if won_a >= self.min_gallop {
                        break;
                    }
                } else {
                    self.high_take_b(m);
                    won_b += 1;
                    won_a = 0;
                    if m.nb == 1 {
                        return Ok(());
                    }
                    if won_b >= self.min_gallop {
                        break;
                    }
                }
            }
            self.min_gallop += 1;
            loop {
                self.min_gallop -= usize::from(self.min_gallop > 1);
                let k = m.na - self.gallop_right(self.temp[m.nb - 1], Source::Items(m.a), m.na, m.na - 1)?;
                won_a = k;
                if k > 0 {
                    m.to -= k;
                    m.na -= k;
                    self.items.copy_within(m.a + m.na..m.a + m.na + k, m.to);
                    if m.na == 0 {
                        return Ok(());
                    }
                }
                self.high_take_b(m);
                if m.nb == 1 {
                    return Ok(());
                }
                let k = m.nb - self.gallop_left(self.items[m.a + m.na - 1], Source::Temp(0), m.nb, m.nb - 1)?;
                won_b = k;
                if k > 0 {
                    m.to -= k;
                    m.nb -= k;
                    self.items[m.to..m.to + k].copy_from_slice(&self.temp[m.nb..m.nb + k]);
                    if m.nb <= 1 {
                        return Ok(());
                    }
                }
                self.high_take_a(m);
                if m.na == 0 {
                    return Ok(());
                }
                if won_a < MIN_GALLOP && won_b < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
    }

    #[inline(always)]
    fn high_take_a(&mut self, m: &mut Merge) {
        m.to -= 1;
        m.na -= 1;
        self.items[m.to] = self.items[m.a + m.na];
    }

    #[inline(always)]
    fn high_take_b(&mut self, m: &mut Merge) {
        m.to -= 1;
        m.nb -= 1;
        self.items[m.to] = self.temp[m.nb];
    }
}

#[derive(Copy, Clone)]
enum Source {
    Items(usize),
    Temp(usize),
}

/// A merge under way: where the two runs stand and how many of each are left, and where the next item goes.
struct Merge {
    a: usize,
    na: usize,
    b: usize,
    nb: usize,
    to: usize,
}

/// The depth of the boundary between two runs of `n1` and `n2` items, the first at `start`: how many leading binary
/// digits the positions of their middles (as fractions of `total`) share, plus one.
fn power(start: usize, n1: usize, n2: usize, total: usize) -> u32 {
    let mut a = 2 * start + n1;
    let mut b = a + n1 + n2;
    let mut power = 0;
    loop {
        power += 1;
        if a >= total {
            a -= total;
            b -= total;
        } else if b >= total {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}
