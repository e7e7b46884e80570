//! The options of a bulk.

/// The same for a bulk of one model and of several.
macro_rules! options {
    ($bulk:ident $(<$model:ident>)?) => {
        impl $(<$model: $crate::Model>)? $bulk $(<$model>)? {
            /// `true` (the default): the first refusal ends the bulk. `false`: all other writes are
            /// still executed, in the order that needs the fewest commands.
            pub fn ordered(mut self, ordered: bool) -> Self {
                self.writes.work.options.is_unordered = !ordered;
                self
            }

            /// Runs the whole bulk in one transaction: all writes are applied, or none. It is run
            /// again after a transient error, as by
            /// [`Database::transaction`](crate::Database::transaction); on a
            /// [`Transaction`](crate::executor::Transaction) it is a part of that transaction.
            ///
            /// Manual: [transactions](https://www.mongodb.com/docs/manual/core/transactions/).
            pub fn atomic(mut self) -> Self {
                self.writes.is_atomic = true;
                self
            }

            /// The acknowledgement that each command waits for, in place of the
            /// collection's.
            pub fn write_concern(mut self, concern: WriteConcern) -> Self {
                self.writes.work.options.write_concern = Some(concern);
                self
            }

            /// A comment for the server's logs and profiler.
            pub fn comment(mut self, comment: impl Into<Bson>) -> Self {
                self.writes.work.options.comment = Some(comment.into());
                self
            }

            /// Variables that `$expr` and pipelines refer to as `$$name`.
            #[doc(alias = "let")]
            pub fn let_vars(mut self, variables: Document) -> Self {
                self.writes.work.options.let_vars = Some(variables);
                self
            }

            /// Skips the collection's validation rules.
            pub fn bypass_document_validation(mut self) -> Self {
                self.writes.work.options.bypass_validation = true;
                self
            }

            /// How long the whole bulk may take, waiting for a server and for its session included.
            /// The error says what was written until then.
            pub fn timeout(mut self, limit: Duration) -> Self {
                self.writes.timeout = Some(limit);
                self
            }

            /// How many writes there are.
            pub fn len(&self) -> usize {
                self.writes.work.statements.len()
            }

            /// Whether there is no write yet.
            pub fn is_empty(&self) -> bool {
                self.writes.work.statements.is_empty()
            }

            /// The commands that are sent, as in the
            /// [`update` command](https://www.mongodb.com/docs/manual/reference/command/update/).
            ///
            /// # Errors
            ///
            /// The first mistake in the writes.
            pub fn as_documents(&self) -> Result<Vec<Document>> {
                self.writes.as_documents()
            }
        }
    };
}
pub(super) use options;
