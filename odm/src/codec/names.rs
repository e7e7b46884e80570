//! Finding a field by its name, when it is not the next one.
//!
//! Few names are compared one after the other. Many have a table, which is made once per list of
//! names, when a document in another order is read for the first time.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

/// The names of a type's fields, each with a NUL at its end.
pub(super) type Names = &'static [&'static str];

/// Up to this many names, comparing all of them is faster than asking the table.
const FEW: usize = 8;

/// A hash table with linear probing, at most half full.
struct Table {
    slots: Box<[Slot]>,
}

#[derive(Clone, Copy)]
struct Slot {
    /// A part of the hash, so that another name is seldom compared.
    tag: u32,
    /// [`EMPTY`], or the place of the name.
    index: u32,
}

const EMPTY: u32 = u32::MAX;

/// The index of `key`, which is probably one soon after `next`.
#[inline(never)]
pub(super) fn find(names: Names, key: &[u8], next: usize) -> Option<usize> {
    // Where a field is absent, the key is one of the next.
    for index in next..(next + 3).min(names.len()) {
        if is_name(names[index], key) {
            return Some(index);
        }
    }
    match names.len() {
        0..=FEW => names.iter().position(|name| is_name(name, key)),
        _ => table(names).find(names, key),
    }
}

#[inline]
fn is_name(name: &str, key: &[u8]) -> bool {
    name.len() == key.len() + 1 && name.as_bytes().starts_with(key)
}

impl Table {
    fn new(names: Names) -> Self {
        let empty = Slot { tag: 0, index: EMPTY };
        let mut slots = vec![empty; (names.len() * 2).next_power_of_two()].into_boxed_slice();
        for (index, name) in names.iter().enumerate() {
            let hash = hash(name.trim_end_matches('\0').as_bytes());
            let mut at = hash as usize & (slots.len() - 1);
            while slots[at].index != EMPTY {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at] = Slot { tag: tag(hash), index: index as u32 };
        }
        Self { slots }
    }

    fn find(&self, names: Names, key: &[u8]) -> Option<usize> {
        let hash = hash(key);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.index == EMPTY {
                return None;
            }
            let index = slot.index as usize;
            if slot.tag == tag(hash) && is_name(names[index], key) {
                return Some(index);
            }
            at = (at + 1) & mask;
        }
    }
}

/// Eight bytes a step: the names are known, so nobody can choose them to collide.
#[inline]
fn hash(key: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = key.len() as u64;
    for chunk in key.chunks(8) {
        hash = (hash ^ word(chunk)).wrapping_mul(FACTOR);
        hash ^= hash >> 32;
    }
    hash
}

/// Up to eight bytes as a number.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(all) => u64::from_le_bytes(*all),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[inline]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The place of a list of names in memory: the list lives as long as the program.
type Place = (usize, usize);

/// All tables. There is one per derived type that is read in another order, and none is dropped.
static TABLES: LazyLock<RwLock<HashMap<Place, &'static Table>>> = LazyLock::new(RwLock::default);

const RECENT: usize = 16;

thread_local! {
    /// The tables that this thread has used, so that it seldom takes the lock.
    static LOCAL: [Cell<Option<(Place, &'static Table)>>; RECENT] =
        const { [const { Cell::new(None) }; RECENT] };
}

fn table(names: Names) -> &'static Table {
    let place = (names.as_ptr() as usize, names.len());
    LOCAL.with(|recent| {
        let cell = &recent[(place.0 >> 4) % RECENT];
        match cell.get() {
            Some((found, table)) if found == place => table,
            _ => {
                let table = shared(place, names);
                cell.set(Some((place, table)));
                table
            }
        }
    })
}

#[cold]
fn shared(place: Place, names: Names) -> &'static Table {
    if let Some(table) = TABLES.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
        return table;
    }
    let mut tables = TABLES.write().unwrap_or_else(PoisonError::into_inner);
    tables.entry(place).or_insert_with(|| Box::leak(Box::new(Table::new(names))))
}
