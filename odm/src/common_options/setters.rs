//! The builder methods of the options.

/// Gives a builder the methods of these options. `common_options(&mut self)` is where they are kept.
macro_rules! setters {
    (impl[$($parameters:tt)*] $builder:ty { $($option:ident),* $(,)? }) => {
        impl<$($parameters)*> $builder {
            $( $crate::common_options::setters!($option); )*
        }
    };
    (hint) => {
        /// The index to use, by name or by key.
        pub fn hint(mut self, hint: impl $crate::options::IntoHint) -> Self {
            self.common_options().statement.hint = Some(hint.into_hint());
            self
        }
    };
    (collation) => {
        /// How strings are compared, in array filters too.
        pub fn collation(mut self, collation: $crate::options::Collation) -> Self {
            self.common_options().statement.collation = Some(collation);
            self
        }
    };
    (comment) => {
        /// A comment for the server's logs and profiler.
        pub fn comment(mut self, comment: impl Into<$crate::bson::Bson>) -> Self {
            self.common_options().command.comment = Some(comment.into());
            self
        }
    };
    (let_vars) => {
        /// Variables that `$expr` and pipelines refer to as `$$name`. A value that begins with `$` is
        /// an expression.
        #[doc(alias = "let")]
        pub fn let_vars(mut self, variables: $crate::bson::Document) -> Self {
            self.common_options().command.add_variables(Ok(variables));
            self
        }

        /// The value of a [parameter](fn@crate::parameter) of the expressions (`let`).
        #[doc(alias = "let")]
        pub fn let_value<T: $crate::path::Field>(
            mut self,
            parameter: &$crate::expression::Parameter<T>,
            value: impl $crate::path::IntoValue<T>,
        ) -> Self {
            let variable = parameter.with(std::borrow::Borrow::borrow(&value.into_stored()));
            let variables = variable.map(|variable| [variable].into_iter().collect());
            self.common_options().command.add_variables(variables);
            self
        }
    };
    (write_concern) => {
        /// The acknowledgement that is waited for, in place of the collection's.
        pub fn write_concern(mut self, concern: $crate::options::WriteConcern) -> Self {
            self.common_options().command.write_concern = Some(concern);
            self
        }
    };
    (bypass_document_validation) => {
        /// Skips the collection's validation rules.
        pub fn bypass_document_validation(mut self) -> Self {
            self.common_options().command.bypass_validation = true;
            self
        }
    };
    (timeout) => {
        /// How long the operation may take, waiting for a server and for its session included; for
        /// a stream, how long each step may take. The server is told the time that is left
        /// (`maxTimeMS`). When the time is up, the error is `Timeout`, and its outcome says what
        /// became of a write: what was not sent by then is not sent any more.
        pub fn timeout(mut self, limit: std::time::Duration) -> Self {
            self.common_options().timeout = Some(limit);
            self
        }
    };
}
pub(crate) use setters;
