//! The tables of the book, in an SQLite transaction.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ToSql, Transaction};

use super::fault::Trouble;
use crate::ledger::rows::{Bind, Row, Rows, Value};

/// The tables, within one transaction.
pub(super) struct Tables<'t> {
    transaction: &'t Transaction<'t>,
}

impl<'t> Tables<'t> {
    pub(super) const fn new(transaction: &'t Transaction<'t>) -> Self {
        Self { transaction }
    }

    fn prepared(&self, sql: &'static str, bind: &[Bind<'_>]) -> rusqlite::Result<CachedStatement<'t>> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        for (index, value) in bind.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, value)?;
        }
        Ok(statement)
    }

    fn all(&self, sql: &'static str, bind: &[Bind<'_>]) -> rusqlite::Result<Vec<Row>> {
        let mut statement = self.prepared(sql, bind)?;
        let columns = statement.column_count();
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values: rusqlite::Result<Vec<Value>> = (0..columns).map(|column| value(row, column)).collect();
            rows.push(Row(values?));
        }
        Ok(rows)
    }
}

fn value(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Value::Nothing,
        ValueRef::Integer(number) => Value::Number(number),
        text => Value::Text(text.as_str()?.to_owned()),
    })
}

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Bind::Number(number) => ValueRef::Integer(*number),
            Bind::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl Rows for Tables<'_> {
    type Error = Trouble;

    fn rows(&mut self, sql: &'static str, bind: &[Bind<'_>]) -> Result<Vec<Row>, Trouble> {
        Ok(self.all(sql, bind)?)
    }

    fn change(&mut self, sql: &'static str, bind: &[Bind<'_>]) -> Result<(), Trouble> {
        self.prepared(sql, bind)?.raw_execute()?;
        Ok(())
    }
}
