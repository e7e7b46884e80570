//! Projections and pipelines: what the server answers has the type that the program says.

mod contract;
mod models;
mod stages;
