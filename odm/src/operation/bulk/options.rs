//! The options of a bulk.

/// The same for a bulk of one model and of several.
macro_rules! options {
    ($bulk:ident $(<$model:ident>)?) => {
        impl $(<$model: $crate::Model>)? $bulk $(<$model>)? {
            /// `true` (the default): the first refusal ends the bulk. `false`: all other writes are
            /// still executed, in the order that needs the fewest commands.
            pub fn ordered(mut self, ordered: bool) -> Self {
                self.writes.work.options.command.is_unordered = !ordered;
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

            fn common_options(&mut self) -> &mut $crate::common_options::CommonOptions {
                &mut self.writes.work.options
            }
        }

        $crate::common_options::setters!(impl[$($model: $crate::Model)?] $bulk $(<$model>)? {
            write_concern, comment, let_vars, bypass_document_validation, timeout,
        });
    };
}
pub(super) use options;
