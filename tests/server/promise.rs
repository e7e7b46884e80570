//! A typed write never leaves a document that its model cannot read.
//!
//! For each model: random stored documents that it can read, random updates on them, and after
//! each one every document of the collection must decode. An error is a fine answer.
//!
//! `ODM_CHAINS` sets how many updates there are, `ODM_SEED` which ones.

mod any;
mod chain;
mod edge;
mod models;
mod report;
mod run;
mod stored;
mod subject;

/// How many updates, of all models together.
const CHAINS: u64 = 20_000;

/// How many whole documents, of all models together.
const WHOLE: u32 = 1_000;

const SEED: u64 = 2_024;

/// A number from the environment.
fn given(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

/// Two tests a model.
macro_rules! promised {
    ($($name:ident: $model:ident;)*) => {
        const MODELS: u64 = [$(stringify!($name)),*].len() as u64;

        mod an_update_leaves_documents_that_decode {
            $(#[tokio::test]
            async fn $name() {
                let chains = super::given("ODM_CHAINS").unwrap_or(super::CHAINS);
                let seed = super::given("ODM_SEED").unwrap_or(super::SEED);
                let chains = chains.div_ceil(super::MODELS);
                let name = concat!("promise_", stringify!($name));
                super::run::chains::<super::models::$model>(name, seed, chains).await.check();
            })*
        }

        mod a_whole_document_is_read_as_it_was_written {
            $(#[tokio::test]
            async fn $name() {
                let seed = super::given("ODM_SEED").unwrap_or(super::SEED);
                let name = concat!("promise_whole_", stringify!($name));
                let documents = super::WHOLE.div_ceil(super::MODELS as u32);
                super::run::whole::<super::models::$model>(name, seed, documents).await;
            })*
        }
    };
}

promised! {
    numbers: Numbers;
    checked: Checked;
    scalars: Scalars;
    options: Options;
    arrays: Arrays;
    maps: Maps;
    externals: Externals;
    internals: Internals;
    adjacents: Adjacents;
    attributes: Attributes;
    flattened: Flattened;
    newtypes: Newtypes;
    small: Small;
    nulled: Nulled;
}
