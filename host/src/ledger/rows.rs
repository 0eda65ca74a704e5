//! What the book needs of a database: rows read, and rows changed, within one transaction.
//!
//! Every sentence of SQL is written once, so that two databases cannot count differently. Its parameters are
//! `$1`, `$2`, …, and stand first in that order, which SQLite and PostgreSQL read alike.

/// Why the book does not do what it was asked to, whatever the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Objection {
    /// What was given, or what is stored, is not what a ledger holds.
    Foreign(String),
    /// It is not the ledger that it was.
    Lost(&'static str),
}

/// A value that is given to the database.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bind<'a> {
    Number(i64),
    Text(&'a str),
}

impl From<i64> for Bind<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Bind<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// A value that the database gives.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Nothing,
    Number(i64),
    Text(String),
}

/// A row of the answer.
#[derive(Clone, Debug)]
pub(super) struct Row(pub(super) Vec<Value>);

impl Row {
    /// The number in a column; nothing is 0.
    pub(super) fn number(&self, column: usize) -> Result<i64, Objection> {
        match self.0.get(column) {
            Some(Value::Number(number)) => Ok(*number),
            Some(Value::Nothing) => Ok(0),
            _ => Err(Objection::Foreign("it holds a text where a number belongs".into())),
        }
    }

    /// The text in a column.
    pub(super) fn text(&self, column: usize) -> Result<&str, Objection> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(Objection::Foreign("it holds no text where one belongs".into())),
        }
    }

    /// Whether there is anything in a column.
    pub(super) fn has(&self, column: usize) -> bool {
        !matches!(self.0.get(column), None | Some(Value::Nothing))
    }
}

/// The tables, within one transaction.
pub(super) trait Rows {
    /// What goes wrong.
    type Error: From<Objection>;

    /// Every row of the answer.
    fn rows(&mut self, sql: &'static str, bind: &[Bind<'_>]) -> Result<Vec<Row>, Self::Error>;

    /// Changes rows.
    fn change(&mut self, sql: &'static str, bind: &[Bind<'_>]) -> Result<(), Self::Error>;

    /// The first row of the answer, where there is one.
    fn row(&mut self, sql: &'static str, bind: &[Bind<'_>]) -> Result<Option<Row>, Self::Error> {
        Ok(self.rows(sql, bind)?.into_iter().next())
    }
}
