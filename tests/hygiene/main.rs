//! The derive inside hostile crates.
#![deny(missing_docs, warnings, unreachable_pub, unused_qualifications)]
#![deny(
    missing_debug_implementations,
    private_interfaces,
    private_bounds,
    elided_lifetimes_in_paths
)]

mod clashes;
mod deprecated;
mod documented;
mod expressions;
mod generated;
mod generic;
mod inside;
mod polymorphic;
mod references;
mod renamed;
mod shadowed;

/// The path of a handle.
fn path(handle: &impl odm::path::Handle) -> String {
    odm::path::Handle::as_path(handle).to_string()
}

/// What is read back of what was written.
fn there_and_back<T: odm::path::Field>(value: &T) -> T {
    let bytes = odm::codec::encode_document(value).expect("it can be written");
    odm::codec::decode_document(&bytes).expect("it can be read")
}
