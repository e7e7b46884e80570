//! Projections and pipelines: what the server answers has the type that the program says.

mod accumulators;
mod contract;
mod models;
mod scale;
mod stages;
