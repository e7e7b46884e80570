//! Documents of several shapes in one collection: payments by card, by transfer and in cash.
//!
//! The model is an enum. Reads give the enum, or one variant as what it holds; an update of the
//! fields of a variant asks for it. Needs nothing: without `MONGODB_URI` it starts a replica set of
//! its own.
//!
//! ```text
//! 1: 1250 cents by the card that ends in 4242
//! 2: 900 cents from CH93
//! 3: 310 cents in cash
//! cards over 10 francs: 4242
//! 1 card was charged back
//! payment 3 is now 310 cents from CH12
//! CH12 transferred 310 cents
//! CH93 transferred 900 cents
//! event: 4 is 77 cents in cash
//! ```

use odm::prelude::*;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "payments", tag = "kind", rename_all = "snake_case")]
enum Payment {
    Card(Card),
    Transfer(Transfer),
    Cash {
        #[model(id)]
        id: i64,
        cents: i64,
    },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Card {
    #[model(id)]
    id: i64,
    cents: i64,
    digits: String,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Transfer {
    #[model(id)]
    id: i64,
    cents: i64,
    account: String,
}

impl Payment {
    fn told(&self) -> String {
        match self {
            Self::Card(card) => {
                format!("{} cents by the card that ends in {}", card.cents, card.digits)
            }
            Self::Transfer(transfer) => {
                format!("{} cents from {}", transfer.cents, transfer.account)
            }
            Self::Cash { cents, .. } => format!("{cents} cents in cash"),
        }
    }
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server("polymorphic").await?;
    let db = &server.db;
    fill(db).await?;

    for payment in Payment::find().sort(|p| p.id().asc()).all(db).await? {
        println!("{}: {}", payment.document_id().unwrap_or(&0), payment.told());
    }

    // One variant, as what it holds.
    let cards: Vec<Card> =
        Payment::find().only_card().filter(|c| c.cents().gt(1_000)).all(db).await?;
    let digits: Vec<_> = cards.iter().map(|card| card.digits.as_str()).collect();
    println!("cards over 10 francs: {}", digits.join(", "));

    // The filter asks for the variant: no transfer loses its cents.
    let charged_back = Payment::update().all_documents().set(|p| p.as_card().cents(), 0);
    println!("{} card was charged back", charged_back.many(db).await?.modified);

    // A document can become another variant.
    let transfer = Transfer { id: 3, cents: 310, account: "CH12".into() };
    Payment::replace(&Payment::Transfer(transfer)).run(db).await?;
    println!("payment 3 is now {}", Payment::find_by_id(3).get(db).await?.told());

    let by_account = Payment::aggregate().only_transfer();
    let by_account = by_account.group(|t, g| (t.account(), g.sum(t.cents())));
    for (account, cents) in by_account.sort(|(account, _)| account.asc()).all(db).await? {
        println!("{account} transferred {cents} cents");
    }

    let mut events = Payment::watch().stream(db).await?;
    Payment::insert(&Payment::Cash { id: 4, cents: 77 }).run(db).await?;
    if let Some(event) = events.next().await {
        let inserted = event?.into_document();
        println!("event: 4 is {}", inserted.map_or("nothing".into(), |payment| payment.told()));
    }
    Ok(())
}

/// One payment of each kind.
async fn fill(db: &Database) -> odm::Result<()> {
    Payment::delete().all_documents().many(db).await?;
    let payments = [
        Payment::Card(Card { id: 1, cents: 1_250, digits: "4242".into() }),
        Payment::Transfer(Transfer { id: 2, cents: 900, account: "CH93".into() }),
        Payment::Cash { id: 3, cents: 310 },
    ];
    Payment::insert_many(&payments).run(db).await?;
    Ok(())
}
