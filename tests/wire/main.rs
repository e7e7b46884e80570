//! Builders give documents; no server.

mod bulk;
mod derive;
mod events;
mod expression;
mod filter;
mod filter_encoding;
mod filter_logic;
mod filter_whole;
mod geo;
mod guards;
mod layers;
mod legal;
mod legal_values;
mod operations;
mod pages;
mod partial;
mod partial_changes;
mod partial_kept;
mod polymorphic;
mod references;
mod timestamps;
mod update;
mod versions;
mod wholes;
